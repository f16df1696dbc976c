"""F2 on the home page."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.addresses import address
from declarations.models import DecisionStatement
from declarations.panels import MOST_ENTRIES, OWN, Entry, Panel
from declarations.views.statements.editing import STATEMENT_EDITING
from people.prepared import prepared


def statement_panels(user, on) -> Iterator[Panel]:
    """One query: drafts and what was signed last."""
    yield Panel(
        OWN,
        _("Statements before a decision"),
        tuple(_entry(statement) for statement in _latest.rows(user)),
        icon="document",
        more_url=address("declarations:statement_list"),
        more_label=_("All my statements"),
        empty=_("Before you decide or act, sign that no interest of yours is at stake."),
        order=20,
    )


@prepared
def _latest(user) -> QuerySet:
    return (
        DecisionStatement.objects.filter(declarant=user)
        .exclude(state__in=("withdrawn", "superseded", "converted"))
        .select_related("document", "matter")
        .defer("document__content")
        .order_by("-updated_at", "-pk")[:MOST_ENTRIES]
    )


def _entry(statement) -> Entry:
    is_draft = statement.state == "draft"
    return Entry(
        statement.subject_title or _("Without a title yet"),
        statement.get_absolute_url(),
        text=statement.number,
        state=statement.state,
        state_label=statement.get_state_display(),
        action=_("Continue") if is_draft else "",
        action_url=STATEMENT_EDITING.url("tasks", statement) if is_draft else "",
    )
