"""F3: a declared conflict on its way to a decision."""

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import tanggal_lazy
from declarations.models import ConflictDeclaration
from notices.services import notify
from people.models import User

KINDS = {
    "conflict.sent": _("A declaration of conflict was received"),
    "conflict.to_decide": _("A declaration of conflict waits for your decision"),
    "conflict.data_asked": _("Your superior asks for more data"),
    "conflict.data_given": _("The data that you asked for is there"),
    "conflict.escalated": _("A declaration of conflict was passed on"),
    "conflict.withdrawn": _("A declaration of conflict was withdrawn"),
    "conflict.reopened": _("A declaration of conflict was opened again"),
    "conflict.closed": _("A declaration of conflict was closed"),
}

LOG_IN = _("Log in to the portal to read it and to act.")


def tell_sent(conflict: ConflictDeclaration) -> None:
    """The declarant gets a receipt that says what happens next."""
    notify(
        conflict.declarant,
        kind="conflict.sent",
        title=_("Your declaration of conflict was received"),
        body=_(
            "Until your superior has decided you keep out of this decision. "
            "You are told as soon as there is a decision."
        ),
        url=_address(conflict),
        dedupe_key=f"conflict.sent:{conflict.pk}",
    )


def tell_handler(conflict: ConflictDeclaration) -> None:
    """The superior whose turn it is, with the last day."""
    if conflict.handler is None:
        return
    notify(
        conflict.handler,
        kind="conflict.to_decide",
        title=_("A declaration of conflict waits for your decision"),
        body=format_lazy(
            "{} {}",
            format_lazy(_("Decide by {day}."), day=tanggal_lazy(conflict.due_on)),
            LOG_IN,
        ),
        url=_address(conflict),
        dedupe_key=f"conflict.to_decide:{conflict.pk}:{conflict.handler_since.isoformat()}",
    )


def tell_nobody_left(conflict: ConflictDeclaration, administrators: list[User]) -> None:
    """No superior is left who may decide: somebody has to fill the post."""
    for administrator in administrators:
        notify(
            administrator,
            kind="conflict.escalated",
            title=_("A declaration of conflict has nobody to decide on it"),
            body=_("No superior is left who is not involved. Fill the post above, please."),
            url=reverse("people:list"),
            dedupe_key=f"conflict.nobody:{conflict.pk}:{conflict.escalation_level}",
        )


def tell_passed_on(conflict: ConflictDeclaration, former: User | None) -> None:
    for person in (former, conflict.declarant):
        if person is not None:
            notify(
                person,
                kind="conflict.escalated",
                title=_("A declaration of conflict was passed to the next superior"),
                body=LOG_IN,
                url=_address(conflict) if person.pk == conflict.declarant_id else "/",
                dedupe_key=f"conflict.escalated:{conflict.pk}:{conflict.escalation_level}",
            )


def tell_data_asked(conflict: ConflictDeclaration) -> None:
    notify(
        conflict.declarant,
        kind="conflict.data_asked",
        title=_("Your superior asks for more data"),
        body=LOG_IN,
        url=_address(conflict),
        dedupe_key=f"conflict.data_asked:{conflict.pk}",
    )


def tell_data_given(conflict: ConflictDeclaration) -> None:
    if conflict.handler is not None:
        notify(
            conflict.handler,
            kind="conflict.data_given",
            title=_("The data that you asked for is there"),
            body=LOG_IN,
            url=_address(conflict),
            dedupe_key=f"conflict.data_given:{conflict.pk}",
        )


def tell_withdrawn(conflict: ConflictDeclaration) -> None:
    if conflict.handler is not None:
        notify(
            conflict.handler,
            kind="conflict.withdrawn",
            title=_("A declaration of conflict was withdrawn"),
            body=_("You need not decide on it any more."),
            url="/",
            dedupe_key=f"conflict.withdrawn:{conflict.pk}",
        )


def tell_reopened(conflict: ConflictDeclaration) -> None:
    notify(
        conflict.declarant,
        kind="conflict.reopened",
        title=_("Your declaration of conflict was opened again"),
        body=LOG_IN,
        url=_address(conflict),
    )


def tell_closed(conflict: ConflictDeclaration) -> None:
    notify(
        conflict.declarant,
        kind="conflict.closed",
        title=_("Your declaration of conflict is closed"),
        body=LOG_IN,
        url=_address(conflict),
    )


def _address(conflict: ConflictDeclaration) -> str:
    return reverse("declarations:conflict_detail", args=[conflict.pk])
