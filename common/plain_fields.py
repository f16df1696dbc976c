"""A field of a form with one control (input, select, textarea) as markup without templates.

`templates/bootstrap5/field.html` and the layout of a form leave these to it: label, help, errors
and control cost a template some hundred nodes, and a form has dozens of fields. Checkboxes and
groups stay templates.
"""

from typing import Any

from django.forms import BoundField, CheckboxInput, Select
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from common.markup import markup

PARTS = "bootstrap5/layout"
EMPTY = mark_safe("")


def is_plain(field: BoundField) -> bool:
    widget = field.field.widget
    return not (
        field.is_hidden
        or field.use_fieldset
        or isinstance(widget, CheckboxInput)
        or hasattr(widget, "widgets")
        or hasattr(widget, "widget")
    )


def drawn(field: BoundField, *, tag: str = "div", wrapper: str = "", label: bool = True) -> str:
    """The field in its frame; what is seldom there (help, errors) stays a template."""
    errors = field.errors
    between = ""
    if field.help_text or getattr(field.field, "why", ""):
        between = get_template(f"{PARTS}/help_text.html").render({"field": field})
    if errors:
        between += get_template(f"{PARTS}/field_errors_block.html").render({"field": field})
    _dress(field.field.widget, invalid=bool(errors))
    classes = ("field", "field-invalid" if errors else "", wrapper, field.css_classes())
    return markup(
        '<{0} id="div_{1}" class="{2}"><label for="{3}" class="form-label{4}">{5}{6}</label>{7}{8}'
        "</{0}>",
        tag,
        field.auto_id,
        " ".join(filter(None, classes)),
        field.id_for_label,
        "" if label else " visually-hidden",
        field.label,
        EMPTY if field.field.required else _optional(),
        mark_safe(between),  # noqa: S308 -- rendered templates
        field.as_widget(),
    )


def _optional() -> SafeString:
    return markup(' <span class="field-optional">{}</span>', gettext("(optional)"))


def _dress(widget: Any, *, invalid: bool) -> None:
    """The classes that crispy gives: the widget's name, then those of Bootstrap."""
    classes = widget.attrs.get("class", "").split()
    wanted = [
        type(widget).__name__.lower(),
        "form-select" if isinstance(widget, Select) else "form-control",
        *(["is-invalid"] if invalid else []),
    ]
    widget.attrs["class"] = " ".join(dict.fromkeys([*classes, *wanted]))
