"""The forms of a page as a browser reads them: addresses, fields, values."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TEXTS = frozenset({"text", "search", "email", "tel", "url", "password", "number", "date", ""})


@dataclass
class FoundForm:
    method: str
    action: str
    # Name → values as the page shows them; names of what a person may type in.
    values: dict[str, list[str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    # Of what is typed: "date" or "number" where the browser takes nothing else.
    types: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._form: FoundForm | None = None
        self._textarea = ""
        self._select = ""
        self._first: str | None = None
        self._takes_many = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self._form = FoundForm(method, given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._read_field(self._form, tag, given)

    def _read_field(self, form: FoundForm, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "textarea":
            self._textarea = name
            form.typed.append(name)
            form.values.setdefault(name, [""])
        elif tag == "select":
            self._select, self._first = name, None
            self._takes_many = "multiple" in given
            form.values.setdefault(name, [])
        elif tag == "option" and self._select:
            self._read_option(form, given)
        elif tag == "input" and name:
            self._read_input(form, name, given)

    def _read_option(self, form: FoundForm, given: dict[str, str]) -> None:
        if self._first is None:
            self._first = given.get("value", "")
        if "selected" in given:
            form.values[self._select].append(given.get("value", ""))

    def _end_select(self) -> None:
        """A browser sends the first option where none was chosen."""
        name, self._select = self._select, ""
        if self._form is None or not name or self._takes_many or self._first is None:
            return
        if not self._form.values.get(name):
            self._form.values[name] = [self._first]

    def _read_input(self, form: FoundForm, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "file":
            form.files.append(name)
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                form.values.setdefault(name, []).append(given.get("value", "on"))
        elif kind == "hidden":
            form.hidden.append(name)
            form.values.setdefault(name, []).append(given.get("value", ""))
        elif kind in TEXTS:
            form.typed.append(name)
            if kind in ("date", "number"):
                form.types[name] = kind
            form.values.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form.values[self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._textarea = ""
        elif tag == "select":
            self._end_select()


def forms_of(html: str) -> list[FoundForm]:
    reader = _Reader()
    reader.feed(html)
    return reader.forms
