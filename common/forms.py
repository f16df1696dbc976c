"""Form fields that clean what they get and explain what they want.

Every field takes `why=` (shown folded as "Why we ask") and `example=` (one plain example, part of
the hint). A `ModelForm` gets these fields for its model's columns with
`Meta.formfield_callback = clean_formfield`.
"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from crispy_forms.utils import TEMPLATE_PACK, render_field
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common import plain_fields, uploads
from common.text import DEFAULT_LIMIT, NAME_LIMIT, ascii_digits, clean_name, clean_text
from common.validators import EARLIEST, LATEST, validate_nib, validate_npwp

MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "pebruari", "february", "feb"),
    ("maret", "march", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agu", "agt", "ags", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "december", "des", "dec"),
)
MONTH_NUMBERS = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
LARGEST_AMOUNT = 999_999_999_999_999
UNITS = {
    "ribu": 10**3, "rb": 10**3, "k": 10**3,
    "juta": 10**6, "jt": 10**6,
    "miliar": 10**9, "milyar": 10**9, "milyard": 10**9,
    "triliun": 10**12, "trilyun": 10**12,
}  # fmt: skip


def _hint(help_text: Any, example: Any) -> str:
    if not help_text:
        return format_html("{} {}", _("Example:"), example)
    return format_html(
        '{} <span class="field-example">{} {}</span>', help_text, _("Example:"), example
    )


_lazy_hint = lazy(_hint, SafeString)


class Explained:
    """Mixin of the fields: a reason for the question and an example of an answer."""

    def __init__(self, *args: Any, why: Any = "", example: Any = "", **kwargs: Any) -> None:
        if example:
            kwargs["help_text"] = _lazy_hint(kwargs.get("help_text", ""), example)
        super().__init__(*args, **kwargs)
        self.why = why


class CleanCharField(Explained, forms.CharField):
    """One line of clean text. A text that is too long is refused, never cut."""

    def __init__(self, *, max_length: int | None = 250, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return self.empty_value
        return clean_text(value, limit=self.max_length) or self.empty_value

    def widget_attrs(self, widget: forms.Widget) -> dict:
        """No limits: browsers cut pasted text without a word, and complain in their language."""
        attrs = super().widget_attrs(widget)
        for limit in ("maxlength", "minlength"):
            attrs.pop(limit, None)
        return attrs


# A reason that a later reader, or a court, can weigh: no "x", no "ok".
SHORTEST_REASON = 10


class CleanTextarea(CleanCharField):
    """Several lines of clean text, with a count of characters where JavaScript runs."""

    widget = forms.Textarea

    def __init__(
        self, *, max_length: int | None = DEFAULT_LIMIT, rows: int = 4, **kwargs: Any
    ) -> None:
        self.rows = rows
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return self.empty_value
        return clean_text(value, multiline=True, limit=self.max_length) or self.empty_value

    def widget_attrs(self, widget: forms.Widget) -> dict:
        attrs = super().widget_attrs(widget)
        attrs["rows"] = self.rows
        if self.max_length:
            attrs["data-coi-count"] = self.max_length
        return attrs


class NameField(CleanCharField):
    """Name of a person or a company, see `common.text.clean_name`."""

    def __init__(self, *, max_length: int = NAME_LIMIT, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return self.empty_value
        return clean_name(value, limit=self.max_length or NAME_LIMIT) or self.empty_value

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return super().widget_attrs(widget) | {"spellcheck": "false", "autocomplete": "off"}


class DigitsField(CleanCharField):
    """A number that names something: spaces, dots and hyphens are dropped, digits remain."""

    def __init__(self, *, digits: tuple[int, ...], **kwargs: Any) -> None:
        self.digits = digits
        super().__init__(max_length=60, **kwargs)

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return self.empty_value
        text = ascii_digits(value)
        if not text:
            return self.empty_value
        if not re.fullmatch(r"[0-9]+", text) or len(text) not in self.digits:
            raise ValidationError(
                _("Write %(digits)s digits; you wrote %(length)s characters."),
                code="digits",
                params={
                    "digits": "/".join(str(count) for count in self.digits),
                    "length": len(text),
                },
            )
        return text

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return super().widget_attrs(widget) | {"inputmode": "numeric", "autocomplete": "off"}


class NpwpField(DigitsField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(digits=(15, 16), validators=[validate_npwp], **kwargs)


class NibField(DigitsField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(digits=(13,), validators=[validate_nib], **kwargs)


class BusinessDateField(Explained, forms.DateField):
    """A date between 1900 and 2100, or the narrower `earliest`/`latest` (a date or a function).

    Accepts what the browser's calendar sends, 31/12/2026, 31-12-2026 and 31 Desember 2026.
    """

    def __init__(self, *, earliest: Any = None, latest: Any = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault(
            "input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y"]
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        if isinstance(value, str):
            value = self._with_month_number(clean_text(value, limit=60))
        day = super().to_python(value)
        if day is not None:
            self._check_range(day)
        return day

    @staticmethod
    def _with_month_number(text: str) -> str:
        match = re.fullmatch(r"(\d{1,2})[ .-]([^\W\d]+)[ .-](\d{4})", text)
        if match and (month := MONTH_NUMBERS.get(match[2].lower())):
            return f"{match[1]}/{month}/{match[3]}"
        return text

    def _check_range(self, day: datetime.date) -> None:
        first, last = _resolved(self.earliest, EARLIEST), _resolved(self.latest, LATEST)
        if day < first:
            raise ValidationError(
                _("The date must not be before %(date)s."),
                code="too_early",
                params={"date": f"{first:%d/%m/%Y}"},
            )
        if day > last:
            raise ValidationError(
                _("The date must not be after %(date)s."),
                code="too_late",
                params={"date": f"{last:%d/%m/%Y}"},
            )


def _resolved(bound: Any, default: datetime.date) -> datetime.date:
    if callable(bound):
        bound = bound()
    return bound or default


def today() -> datetime.date:
    """For `latest=today`."""
    return timezone.localdate()


class RupiahField(Explained, forms.Field):
    """Whole rupiah, written as people write them; the value is an `int`.

    Accepted: 1000000 · 1.000.000 · Rp1.000.000 · Rp 1.000.000,00 · Rp. 1.000.000,- · 1,5 juta ·
    750 ribu · 2 miliar · 1,000,000 (grouped by commas more than once). Refused, because it could
    mean two things: 1,000 and 1.5 without a word such as "juta"; cents other than 00.
    """

    widget = forms.TextInput

    def __init__(
        self,
        *,
        min_value: int = 0,
        max_value: int = LARGEST_AMOUNT,
        **kwargs: Any,
    ) -> None:
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        amount = value if isinstance(value, int) else parse_rupiah(clean_text(value, limit=60))
        if amount is not None and not self.min_value <= amount <= self.max_value:
            raise ValidationError(
                _("The amount must lie between Rp%(least)s and Rp%(most)s."),
                code="amount_range",
                params={"least": grouped(self.min_value), "most": grouped(self.max_value)},
            )
        return amount

    def prepare_value(self, value: Any) -> Any:
        return grouped(int(value)) if isinstance(value, int) or _is_decimal(value) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (None if initial is None else int(initial))
        except ValidationError:
            return True

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {"inputmode": "text", "autocomplete": "off", "data-coi-rupiah": ""}


def _is_decimal(value: Any) -> bool:
    return hasattr(value, "as_tuple")


def grouped(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def parse_rupiah(text: str) -> int | None:
    """The amount in `text`, or `ValidationError`; None for an empty text."""
    compact = re.sub(r"\s", "", text.lower())
    compact = re.sub(r"^(rp\.?|idr)", "", compact)
    compact = re.sub(r"(rupiah)$", "", compact)
    compact = re.sub(r",[-–]{1,2}$", "", compact)
    if not compact:
        return None
    match = re.fullmatch(r"([0-9.,]+)([a-z]*)", compact)
    if not match or (match[2] and match[2] not in UNITS):
        raise _not_an_amount()
    if match[2]:
        return _with_unit(match[1], UNITS[match[2]])
    number = re.sub(r"[,.]00$", "", match[1]) if re.search(r"[,.]00$", match[1]) else match[1]
    if re.fullmatch(r"\d{1,20}|\d{1,3}(\.\d{3}){1,6}|\d{1,3}(,\d{3}){2,6}", number):
        return int(re.sub(r"[.,]", "", number))
    raise _not_an_amount()


def _with_unit(number: str, unit: int) -> int:
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", number):
        number = number.replace(".", "")
    match = re.fullmatch(r"(\d{1,12})(?:[.,](\d{1,9}))?", number)
    if not match:
        raise _not_an_amount()
    decimals = match[2] or ""
    amount = int(match[1] + decimals) * unit
    if amount % 10 ** len(decimals):
        raise _not_an_amount()
    return amount // 10 ** len(decimals)


def _not_an_amount() -> ValidationError:
    return ValidationError(
        _("Write the amount in whole rupiah, for example 1.500.000 or 1,5 juta."), code="amount"
    )


class YesNoField(Explained, forms.TypedChoiceField):
    """A question answered by yes or no; nothing is chosen beforehand. The value is a bool."""

    widget = forms.RadioSelect

    def __init__(self, *, yes: Any = "", no: Any = "", **kwargs: Any) -> None:
        choose = _("Choose one of the answers.")
        kwargs.setdefault("error_messages", {"required": choose, "invalid_choice": choose})
        super().__init__(
            choices=[("yes", yes or _("Yes")), ("no", no or _("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if value is not None else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(self.prepare_value(value))


class UploadField(Explained, forms.FileField):
    """A file checked by `rules`; the value has the sender's bytes, `uploads.prepare_upload`
    makes of it what is stored."""

    def __init__(self, *, rules: uploads.UploadRules = uploads.EVIDENCE, **kwargs: Any) -> None:
        self.rules = rules
        kwargs.setdefault("widget", forms.FileInput())
        super().__init__(max_length=None, **kwargs)

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        if upload is not None:
            uploads.check_upload(upload, self.rules)
        return upload

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return super().widget_attrs(widget) | {
            "accept": self.rules.accept,
            "data-coi-drop": "",
            "data-coi-max-bytes": self.rules.max_bytes,
        }


class UploadForm(forms.Form):
    """One file, as evidence or annex."""

    file = UploadField(
        label=_("File"),
        help_text=_("PDF, JPEG or PNG. Where a picture was taken is removed from it."),
    )

    @property
    def helper(self) -> FormHelper:
        return plain_helper(self, "file")


def clean_formfield(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """`Meta.formfield_callback` of a ModelForm: the cleaning field for each kind of column."""
    if not getattr(db_field, "choices", None):
        if isinstance(db_field, models.TextField):
            kwargs.setdefault("form_class", CleanTextarea)
            kwargs.setdefault("max_length", db_field.max_length or 2 * DEFAULT_LIMIT)
        elif type(db_field) is models.CharField:
            kwargs.setdefault("form_class", CleanCharField)
        elif type(db_field) is models.DateField:
            kwargs.setdefault("form_class", BusinessDateField)
    return db_field.formfield(**kwargs)


def plain_helper(form: forms.BaseForm, *layout: Any) -> FormHelper:
    """A crispy helper for a form whose <form>, token and buttons stand in the template."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = QuickLayout(*(layout or form.fields))
    return helper


class QuickLayout(Layout):
    """Crispy's, but a field with one control is drawn at once, without the templates between."""

    def get_rendered_fields(
        self, form: Any, context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        return SafeString("".join(self._each(form, context, template_pack, **kwargs)))

    def _each(self, form: Any, context: Any, template_pack: str, **kwargs: Any) -> Iterator[str]:
        for field in self.fields:
            if isinstance(field, str) and plain_fields.is_plain(form[field]):
                form.rendered_fields.add(field)
                yield plain_fields.drawn(form[field])
            else:
                yield render_field(field, form, context, template_pack=template_pack, **kwargs)


class Columns(QuickLayout):
    """Fields beside each other where there is room."""

    def get_rendered_fields(
        self, form: Any, context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        fields = self._each(form, context, template_pack, **kwargs)
        columns = "".join([f'<div class="col-md">{field}</div>' for field in fields])
        return SafeString(f'<div class="row">{columns}</div>')
