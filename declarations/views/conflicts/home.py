"""F3 on the home page: what one keeps out of, and one's declarations."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.addresses import address
from declarations.models import ConflictDeclaration, Suspension
from declarations.panels import MOST_ENTRIES, OWN, Entry, Panel
from declarations.services.desk import desk_of
from declarations.views.conflicts.editing import CONFLICT_EDITING
from people.prepared import prepared


def conflict_panels(user, on) -> Iterator[Panel]:
    """Declarations that are not at their end; and a second query for running suspensions."""
    if desk_of(user, on=on).suspended:
        yield Panel(
            OWN,
            _("You keep out of these decisions"),
            tuple(_suspended(suspension) for suspension in _running.rows(user)),
            icon="suspended",
            order=1,
        )
    yield Panel(
        OWN,
        _("Declarations of conflict"),
        tuple(_entry(conflict, on) for conflict in _latest.rows(user)),
        icon="conflict",
        more_url=address("declarations:conflict_list"),
        more_label=_("All my declarations"),
        empty=_("You declared no conflict."),
        start=(_("Declare a conflict"), address("declarations:conflict_start"), False),
        order=30,
    )


@prepared
def _running(user) -> QuerySet:
    return (
        Suspension.objects.filter(user=user, ended_at__isnull=True)
        .select_related("matter", "conflict")
        .defer("conflict__draft")
        .order_by("-started_at", "-pk")[:MOST_ENTRIES]
    )


@prepared
def _latest(user) -> QuerySet:
    return (
        ConflictDeclaration.objects.filter(declarant=user)
        .exclude(state__in=("withdrawn", "superseded"))
        .select_related("document", "matter", "handler")
        .defer("document__content")
        .order_by("-updated_at", "-pk")[:MOST_ENTRIES]
    )


def _suspended(suspension) -> Entry:
    text = _("Until your superior has decided")
    if suspension.is_lasting:
        text = _("For good, by your superior's decision")
    return Entry(
        suspension.matter.title,
        suspension.conflict.get_absolute_url(),
        text=text,
        state="suspended",
        state_label=_("Suspended"),
    )


def _entry(conflict, on) -> Entry:
    action, url = "", ""
    if conflict.state == "draft":
        action, url = _("Continue"), CONFLICT_EDITING.url("tasks", conflict)
    elif conflict.state == "needs_data":
        action, url = _("Answer"), address("declarations:conflict_answer", conflict.pk)
    text = conflict.number
    if conflict.awaits_decision and conflict.handler:
        text = _("%(number)s, decided by %(name)s") % {
            "number": conflict.number,
            "name": conflict.handler.full_name,
        }
    return Entry(
        conflict.subject_title or _("Without a title yet"),
        conflict.get_absolute_url(),
        text=text,
        state=conflict.state,
        state_label=conflict.get_state_display(),
        action=action,
        action_url=url,
    )
