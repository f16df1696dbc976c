"""What people are told about cases; never what a case says."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import tanggal_lazy
from notices import kinds
from notices.services import notify
from people.models import User
from review.models import Case, CaseRequest
from review.states import RequestKind

KINDS = {
    "case.assigned": _("A case was assigned to you"),
    "case.to_decide": _("A case waits for your decision"),
    "case.returned": _("Your recommendation came back"),
    "case.changed": _("There is something new in a case of yours"),
    "case.overdue": _("A case of yours is due"),
    "case.asked": _("The Inspectorate asks you something"),
}
LOG_IN = _("Log in to the portal to read it and to act.")


def register_kinds() -> None:
    for kind, label in KINDS.items():
        kinds.register(kind, label)


def tell_assigned(case: Case) -> None:
    _tell(
        case.assignee,
        case,
        "case.assigned",
        format_lazy(_("The case {number} was assigned to you"), number=case.number),
        key=f"case.assigned:{case.pk}:{case.revision}",
    )


def tell_to_decide(case: Case, leaders: list[User]) -> None:
    for leader in leaders:
        _tell(
            leader,
            case,
            "case.to_decide",
            format_lazy(_("The case {number} waits for your decision"), number=case.number),
            key=f"case.to_decide:{case.pk}:{case.revision}",
        )


def tell_returned(case: Case) -> None:
    _tell(
        case.assignee,
        case,
        "case.returned",
        format_lazy(_("Your recommendation on the case {number} came back"), number=case.number),
        key=f"case.returned:{case.pk}:{case.revision}",
    )


def tell_changed(case: Case, what: str) -> None:
    """Something came in: new flags, an answer, a correction."""
    _tell(
        case.assignee,
        case,
        "case.changed",
        format_lazy(_("There is something new in the case {number}"), number=case.number),
        key=f"case.changed:{case.pk}:{what}",
    )


def tell_asked(request: CaseRequest) -> None:
    """The declarant or the superior; with the last day, and without what it is about."""
    is_correction = request.kind == RequestKind.CORRECTION
    title = (
        _("The Inspectorate asks you to correct a decision")
        if is_correction
        else _("The Inspectorate asks you for a clarification")
    )
    notify(
        request.addressee,
        kind="case.asked",
        title=title,
        body=format_lazy(
            "{} {}", format_lazy(_("Answer by {day}."), day=tanggal_lazy(request.due_on)),
            LOG_IN,
        ),
        url=request.get_absolute_url(),
        dedupe_key=f"case.asked:{request.pk}",
    )  # fmt: skip


def _tell(person: User | None, case: Case, kind: str, title: object, *, key: str) -> None:
    if person is not None:
        notify(
            person,
            kind=kind,
            title=title,
            body=LOG_IN,
            url=case.get_absolute_url(),
            dedupe_key=key,
        )
