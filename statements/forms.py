"""What the public page asks: a code or a file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import CleanCharField, UploadField
from common.uploads import PDF, UploadRules
from statements.inspection import MAX_BYTES

PDF_ONLY = UploadRules(kinds=(PDF,), max_bytes=MAX_BYTES)


class VerifyForm(forms.Form):
    """Either field is enough; a file says more than a code."""

    code = CleanCharField(
        label=_("Code on the document"),
        max_length=60,
        required=False,
        help_text=_("26 letters and digits beside the QR code; spaces do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    file = UploadField(
        label=_("PDF file"),
        rules=PDF_ONLY,
        required=False,
        help_text=_("The file as you received it, not a scan. At most 2 MB; it is not kept."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("code") and not data.get("file"):
            raise ValidationError(_("Give the code or choose the PDF file."), code="required")
        return data
