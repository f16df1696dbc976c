"""Inputs and selects as markup without templates: a form has dozens, a select fifty options.

The markup is that of Django's own templates, which tests hold it against; every other widget is
still drawn by its template.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString, mark_safe

from common.markup import escaped, markup

TEMPLATES = "django/forms/widgets/"


def _attrs(attrs: dict[str, Any]) -> SafeString:
    return mark_safe(  # noqa: S308 -- escaped one by one
        "".join(
            [
                f" {escaped(name)}"
                if value is True
                else f' {escaped(name)}="{escaped(str(value))}"'
                for name, value in attrs.items()
                if value is not False
            ]
        )
    )


def _input(widget: dict[str, Any]) -> str:
    value = widget["value"]
    return markup(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        "" if value is None else markup(' value="{}"', str(value)),
        _attrs(widget["attrs"]),
    )


def _textarea(widget: dict[str, Any]) -> str:
    return markup(
        '<textarea name="{}"{}>\n{}</textarea>',
        widget["name"],
        _attrs(widget["attrs"]),
        widget["value"] or "",
    )


def _select(widget: dict[str, Any]) -> str:
    groups = (_group(name, options) for name, options, _index in widget["optgroups"])
    return markup(
        '<select name="{}"{}>{}\n</select>',
        widget["name"],
        _attrs(widget["attrs"]),
        mark_safe("".join(groups)),  # noqa: S308 -- escaped by _group
    )


def _group(name: Any, options: list[dict[str, Any]]) -> str:
    lines = "".join(
        [
            f'\n  <option value="{escaped(str(option["value"]))}"{_attrs(option["attrs"])}>'
            f"{escaped(option['label'])}</option>"
            for option in options
        ]
    )
    if not name:
        return lines
    return f'\n  <optgroup label="{escaped(name)}">{lines}\n  </optgroup>'


INPUTS = ("date", "email", "hidden", "number", "password", "tel", "text", "url")
DRAWN: dict[str, Callable[[dict[str, Any]], str]] = {
    **{f"{TEMPLATES}{name}.html": _input for name in INPUTS},
    f"{TEMPLATES}textarea.html": _textarea,
    f"{TEMPLATES}select.html": _select,
}


class Renderer(TemplatesSetting):
    """Draws the plainest widgets itself, the others by their templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return draw(context["widget"])


class KeptSelect(forms.Select):
    """A select without groups whose options are drawn once, for lists of dozens.

    A label is text: markup is kept under the same words, so it would not be told apart.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        choices = tuple([(str(key), str(label) + "") for key, label in self.choices])
        sent = set(map(str, self.format_value(value)))
        # What nobody could choose would be kept as well: a megabyte, if somebody sends it.
        chosen = tuple([key for key, _label in choices if key in sent])
        return markup(
            '<select name="{}"{}>{}\n</select>',
            name,
            _attrs(self.build_attrs(self.attrs, attrs)),
            _options(choices, chosen),
        )


@lru_cache(maxsize=256)
def _options(choices: tuple[tuple[str, str], ...], chosen: tuple[str, ...]) -> SafeString:
    options = [
        {"value": key, "label": label, "attrs": {"selected": True} if key in chosen else {}}
        for key, label in choices
    ]
    return mark_safe(_group(None, options))  # noqa: S308 -- escaped by _group
