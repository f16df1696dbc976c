"""Forms of the queue: its filters, a name for them, one step on many cases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.forms import SHORTEST_REASON, CleanCharField, CleanTextarea, plain_helper
from people.models import Opd
from review.case_forms import field_of
from review.querysets import MOST_URGENT
from review.states import CaseOrigin

OPEN, FREE, MINE, TO_DECIDE, FOLLOWED_UP, CLOSED, ALL = (
    "terbuka", "bebas", "saya", "putusan", "tindak_lanjut", "selesai", "semua",
)  # fmt: skip
ORDERS = {
    "prioritas": (MOST_URGENT, _("Highest score first")),
    "tenggat": (("due_on", "pk"), _("Nearest limit first")),
    "terbaru": (("-opened_at", "-pk"), _("Newest first")),
}


class CaseFilterForm(forms.Form):
    """The queue's filters; they stand in the address, so that a filter can be sent to somebody."""

    q = CleanCharField(label=_("Name, NIP or case number"), required=False, max_length=120)
    keadaan = forms.ChoiceField(
        label=_("Show"),
        required=False,
        initial=OPEN,
        choices=[
            (OPEN, _("All open")),
            (FREE, _("On nobody's desk")),
            (MINE, _("On my desk")),
            (TO_DECIDE, _("Waits for the decision")),
            (FOLLOWED_UP, _("Decided, being followed up")),
            (CLOSED, _("Closed")),
            (ALL, _("All")),
        ],
    )
    waktu = forms.ChoiceField(
        label=_("Limit"),
        required=False,
        choices=[
            ("", _("Any")),
            ("terlambat", _("Overdue")),
            ("segera", _("Due within two working days")),
        ],
    )
    asal = forms.ChoiceField(
        label=_("Origin"), required=False, choices=[("", _("Any")), *CaseOrigin.choices]
    )
    opd = forms.ModelChoiceField(
        label="OPD",
        queryset=Opd.objects.none(),
        required=False,
        empty_label=_("All OPDs"),
    )
    urut = forms.ChoiceField(
        label=_("Order"),
        required=False,
        initial="prioritas",
        choices=[(key, label) for key, (_order, label) in ORDERS.items()],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "opd").queryset = Opd.objects.only("pk", "code", "name").order_by("code")

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class FilterNameForm(forms.Form):
    name = CleanCharField(label=_("Name of the filter"), max_length=60)

    @property
    def helper(self) -> Any:
        return plain_helper(self, "name")


class BulkForm(forms.Form):
    """One step on many cases."""

    MOST = 100
    CLAIM, RELEASE, ASSIGN, CONFORMING, DISMISS, DECIDE = (
        "ambil", "lepas", "tugaskan", "sesuai", "tutup", "putuskan",
    )  # fmt: skip
    WORDS = (
        (CLAIM, _("Take them on my desk")),
        (RELEASE, _("Put them back into the queue")),
        (CONFORMING, _("Recommend: conforming (SESUAI)")),
        (DISMISS, _("Recommend: close without a finding (DITUTUP)")),
    )
    LEADING = (
        (ASSIGN, _("Assign to inspectors who are free of conflict")),
        (DECIDE, _("Decide as recommended")),
    )

    tindakan = forms.ChoiceField(label=_("With the ticked cases"))
    alasan = CleanTextarea(
        label=_("Reasons"),
        min_length=SHORTEST_REASON,
        help_text=_("For a recommendation or a decision."),
        required=False,
        max_length=2_000,
        rows=2,
    )

    def __init__(self, *args: Any, leads: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = (*self.WORDS, *self.LEADING) if leads else self.WORDS
        field_of(self, "tindakan").choices = [("", pgettext_lazy("bulk", "Choose …")), *words]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needs = (self.CONFORMING, self.DISMISS, self.DECIDE)
        if cleaned.get("tindakan") in needs and not cleaned.get("alasan"):
            self.add_error("alasan", _("Write the reasons, please."))
        return cleaned

    @property
    def helper(self) -> Any:
        return plain_helper(self, "tindakan", "alasan")
