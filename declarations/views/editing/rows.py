"""One row: add, change, remove; many at once from a spreadsheet."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.forms import CleanTextarea, plain_helper
from declarations import answers, builder, drafts
from declarations.services.drafting import SavedDraft
from declarations.views.editing.base import SavingView, merge_key
from declarations.views.editing.pasting import PasteError, parse_rows
from declarations.views.editing.sections import SectionView, as_posted, came_from

# Stands for a tabulator while the text is cleaned.
CELL = "\u241f"


class RowsMixin:
    """A section of rows; any other has no such pages."""

    def dispatch(self, request, *args, **kwargs):
        if not self.section.has_rows:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class RowAddView(RowsMixin, SavingView):
    """Gives the new row its key, so that a button pressed twice makes one row."""

    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        if refused := self.refuse_locked():
            return refused
        return redirect(self.url("row", self.section.key, uuid.uuid4()))


class RowView(RowsMixin, SectionView):
    """One row of a section."""

    @cached_property
    def key(self) -> str:
        return str(self.kwargs["row"])

    @property
    def prefix(self) -> str:
        return builder.row_prefix(self.section, self.key)

    @property
    def stored(self) -> dict[str, Any] | None:
        return drafts.row_of(self.subject.draft, self.section.key, self.key)

    def get(self, request, *args, **kwargs):
        if refused := self.refuse_locked():
            return refused
        page = builder.row_form(
            self.section, language=self.language, initial=self.stored or {}, prefix=self.prefix
        )
        return self.row_page(page)

    def post(self, request, *args, **kwargs):
        if refused := self.refuse_locked():
            return refused
        typed = builder.typed(self.section, request.POST, self.prefix)
        try:
            saved = self.store(lambda base: self._changed(base, typed.values))
        except ValidationError as error:  # Too many rows.
            return self._refused(" ".join(error.messages))
        if not isinstance(saved, SavedDraft):
            return saved
        self.subject.revision, self.subject.draft = saved.revision, saved.draft
        stored = self.stored or {}
        if self.is_autosave:
            return self.saved_json(
                saved, prefix=self.prefix, sent=typed.values, stored=stored, errors=typed.refused
            )
        errors = typed.refused or answers.clean_values(self.section, stored)[1]
        if typed.refused or (errors and request.POST.get("then") != "later"):
            posted = (
                request.POST if typed.refused else as_posted(self.section, stored, self.prefix)
            )
            return self.row_page(self._form(posted), status=422)
        return redirect(self._next())

    def _changed(self, base: drafts.Draft, values: dict[str, Any]) -> drafts.Draft:
        is_known = drafts.row_of(base, self.section.key, self.key) is not None
        if not is_known and not any(values.values()):
            return base  # An empty new row is no row.
        return drafts.with_row(base, self.section, values, key=self.key)

    def _form(self, data: Any) -> Any:
        return builder.row_form(
            self.section, language=self.language, data=data, prefix=self.prefix
        )

    def _refused(self, message: str) -> HttpResponse:
        if self.is_autosave:
            return _json_error(message)
        form = self._form(self.request.POST)
        form.add_error(None, message)
        return self.row_page(form, status=422)

    def _next(self) -> str:
        then = self.request.POST.get("then")
        if then == "another":
            return self.url("row_add", self.section.key)
        address = self.url("section", self.section.key)
        return f"{address}?from=check" if came_from(self.request) else address

    def row_page(self, form: Any, *, status: int = 200) -> HttpResponse:
        row_name = self.section.row_name
        stored = self.stored
        return self.page(
            "row",
            status=status,
            form=form,
            is_new=stored is None,
            row_name=row_name.get(self.language) if row_name else _("row"),
            section_url=self.url("section", self.section.key),
            autosave_url=self.url("row", self.section.key, self.key),
            **self.common(),
        )


class RowRemoveView(RowsMixin, SectionView):
    """Takes a row away; pressed in a stale window, what the other one wrote is shown first."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if refused := self.refuse_locked():
            return refused
        key = str(self.kwargs["row"])
        saved = self.store(lambda base: drafts.without_row(base, self.section, key))
        if not isinstance(saved, SavedDraft):
            return saved
        messages.success(request, _("The row was removed."))
        address = self.url("section", self.section.key)
        return redirect(f"{address}?from=check" if came_from(request) else address)


class PasteField(CleanTextarea):
    """Clean text in which the tabulators between the cells survive."""

    def to_python(self, value: Any) -> str:
        if not isinstance(value, str):
            return super().to_python(value)
        return super().to_python(value.replace("\t", CELL)).replace(CELL, "\t")


class PasteForm(forms.Form):
    rows = PasteField(
        label=gettext_lazy("Rows from a spreadsheet"),
        help_text=gettext_lazy(
            "One row a line. Copy the cells in Excel or Google Sheets and paste them here, "
            "or separate the columns with semicolons."
        ),
        max_length=100_000,
        rows=12,
    )

    @property
    def helper(self):
        return plain_helper(self, "rows")


class PasteView(RowsMixin, SectionView):
    """Many rows at once; all or none, and what was pasted stays on the page."""

    def dispatch(self, request, *args, **kwargs):
        if self.section.key not in self.editing.paste_sections:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        return self.refuse_locked() or self.paste_page(PasteForm())

    def post(self, request, *args, **kwargs):
        if refused := self.refuse_locked():
            return refused
        form = PasteForm(request.POST)
        if not form.is_valid():
            return self.paste_page(form, status=422)
        known = drafts.rows_of(self.subject.draft, self.section.key)
        try:
            found = parse_rows(self.section, form.cleaned_data["rows"], known=known)
            saved = self.store(lambda base: _with_more(base, self.section, found.rows))
        except (PasteError, ValidationError) as error:
            for message in getattr(error, "messages", None) or [str(error)]:
                form.add_error("rows", message)
            return self.paste_page(form, status=422)
        if not isinstance(saved, SavedDraft):
            return saved
        self._tell(found)
        return redirect(self.url("section", self.section.key))

    def _tell(self, found: Any) -> None:
        count = len(found.rows)
        text = ngettext("%(count)s row was added.", "%(count)s rows were added.", count)
        messages.success(self.request, text % {"count": count})
        if found.repeated:
            text = ngettext(
                "%(count)s row stood here already and was left out.",
                "%(count)s rows stood here already and were left out.",
                found.repeated,
            )
            messages.info(self.request, text % {"count": found.repeated})

    def paste_page(self, form: PasteForm, *, status: int = 200) -> HttpResponse:
        return self.page(
            "paste",
            status=status,
            form=form,
            columns=[question.heading.get(self.language) for question in self.section.questions],
            limit=self.section.max_rows,
            section_url=self.url("section", self.section.key),
            **self.common(),
        )


class MergeView(SavingView):
    """What autosave could not store: shown again, to be compared with the other window's text."""

    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        kept = request.session.get(merge_key(self.subject, self.section))
        if not kept:
            return redirect(self.url("section", self.section.key))
        return self.page(
            "kept",
            action=kept["action"],
            carried=kept["data"],
            section_title=self.section.title.get(self.language),
            section_url=self.url("section", self.section.key),
        )


def _with_more(base: drafts.Draft, section: Any, rows: list) -> drafts.Draft:
    return drafts.with_rows(base, section, [*drafts.rows_of(base, section.key), *rows])


def _json_error(message: str) -> HttpResponse:
    return JsonResponse({"error": message, "errors": {}}, status=422)
