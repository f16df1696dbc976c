"""Invented content for the page of components."""

import datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.forms import (
    BusinessDateField,
    CleanCharField,
    CleanTextarea,
    NameField,
    NpwpField,
    RupiahField,
    UploadField,
    YesNoField,
    plain_helper,
    today,
)
from common.icons import ICONS
from common.keyset import KeysetPage
from common.templatetags.ui import CHANGES, SECTION_STATES, STATE_TONES


class GalleryForm(forms.Form):
    """One field of each kind."""

    name = NameField(
        label=_("Name of the other party"),
        help_text=_("A person or a company, as in the contract."),
        example="CV Rafflesia Jaya",
        why=_("We compare the name with your own register of interests before you sign."),
    )
    npwp = NpwpField(label=_("NPWP"), required=False, example="01.234.567.8-901.000")
    kind = forms.ChoiceField(
        label=_("Kind of decision"),
        choices=[("", "—"), ("a", "Pengadaan barang dan jasa"), ("b", "Perizinan")],
    )
    value = RupiahField(label=_("Value"), example="1,5 juta")
    on = BusinessDateField(label=_("Date of the decision"), latest=today)
    has_tie = YesNoField(
        label=_("Is any of your family with this party?"),
        help_text=_("Spouse, children, parents, brothers and sisters, in-laws."),
        why=_("Family ties are the most frequent source of conflicts."),
    )
    sources = forms.MultipleChoiceField(
        label=_("Sources of the conflict"),
        choices=[("f", "Hubungan afiliasi"), ("g", "Gratifikasi"), ("r", "Rangkap jabatan")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = CleanTextarea(label=_("Describe it in your own words"), max_length=500)
    evidence = UploadField(label=_("Supporting file"), required=False)
    title = CleanCharField(label=_("Title"), required=False)
    agreed = forms.BooleanField(label=_("What I state here is true and complete."))

    @property
    def helper(self) -> Any:
        return plain_helper(self)


def gallery_context() -> dict[str, Any]:
    now = timezone.now()
    wrong = GalleryForm({"name": "…", "value": "1,000", "on": "0001-01-01", "has_tie": "perhaps"})
    return {
        "form_plain": GalleryForm(prefix="plain"),
        "form_wrong": wrong,
        "states": sorted(STATE_TONES),
        "section_states": list(SECTION_STATES),
        "changes": list(CHANGES),
        "icons": sorted(ICONS),
        "now": now,
        "today": now.date(),
        "yesterday": now - datetime.timedelta(days=1),
        "amount": 1_500_000_000,
        "nip": "199001012015011001",
        "tabs": [
            SimpleNamespace(label=_("My queue"), url="#", active=True, count=12),
            SimpleNamespace(label=_("Overdue"), url="#", active=False, count=3),
            SimpleNamespace(label=_("All OPD"), url="#", active=False, count=None),
        ],
        "page": KeysetPage([], "?sebelum=x", "?setelah=y", 10_000, True),
        "rows": [
            (
                "F2/2026/04.02/000123",
                "Siti binti A.",
                "Dinas Kesehatan",
                "submitted",
                _("Submitted"),
            ),
            (
                "F2/2026/01.01/000124",
                "Dr. H. Ma'ruf Hasan, S.H., M.Si.",
                "Dinas Pendidikan dan Kebudayaan",
                "accepted",
                _("Accepted"),
            ),
            (
                "F3/2026/02.07/000125",
                "Suharto",
                "Biro Pengadaan Barang dan Jasa",
                "overdue",
                _("Overdue"),
            ),
        ],
    }
