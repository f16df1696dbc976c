"""Which declarations need a push today: overdue, without a fit superior, without an answer.

Source: fact sheet of the domain, sections 4.2, 4.3 and 4.5. Finding is here; moving a case is
`declarations.workflow.conflicts` (of a plan: `handing_over`), one transaction a case
(`declarations.tasks`).
"""

import datetime
import uuid
from collections.abc import Iterator
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    InterestRegister,
    Suspension,
)
from declarations.models.conflicts import HandlerChangeReason as Reason
from declarations.services import handlers, limits
from notices.reminders import Reminder
from people import calendar, hierarchy

ESCALATION = "SLA_ESKALASI"
# A register that was sent before is looked at by night.
LATELY = datetime.timedelta(days=2)
# The hierarchy of a thousand costs the database as much as that of ten thousand.
AT_ONCE = 10_000


def waiting() -> QuerySet[ConflictDeclaration]:
    """All that wait for a decision, the most urgent first."""
    rows = ConflictDeclaration.objects.awaiting().select_related("declarant", "handler")
    return rows.defer("draft").order_by("due_on", "pk")


def reason_to_pass_on(conflict: ConflictDeclaration, *, on: datetime.date) -> Reason | None:
    """Why it should go to somebody else today; None: it stays where it is."""
    if reason := reason_to_replace(conflict, on=on):
        return reason
    if conflict.handler is None or conflict.due_on is None:
        return None
    return Reason.OVERDUE if day_of_escalation(conflict.due_on) <= on else None


def cleared() -> QuerySet[ConflictDeclaration]:
    """Found to be no conflict, and kept open because the Inspectorate looked at them."""
    return ConflictDeclaration.objects.filter(state="no_conflict").defer("draft").order_by("pk")


def led() -> QuerySet[ConflictDeclaration]:
    """Those that were decided and whose control plan is written or runs."""
    plans = ControlPlan.objects.filter(state__in=("draft", "active"))
    rows = ConflictDeclaration.objects.filter(pk__in=plans.values("conflict"))
    return rows.select_related("declarant", "handler").defer("draft").order_by("pk")


def suspects(
    rows: QuerySet[ConflictDeclaration], *, on: datetime.date, or_else: Q | None = None
) -> QuerySet[ConflictDeclaration]:
    """Those of `rows` that may have to go to somebody else, by what a few queries tell of
    thousands at once; `or_else` lets in more.

    Left out is only whom a register that was sent days ago, or a new name, ties to the matter.
    """
    lately = InterestRegister.objects.filter(sent_at__date__gte=on - LATELY)
    may_have_to = (
        (or_else or Q())
        | Q(handler__isnull=True)
        | Q(handler__is_active=False)
        | Exists(
            Suspension.objects.filter(
                user=OuterRef("handler"), matter=OuterRef("matter"), ended_at__isnull=True
            )
        )
        | Exists(lately.filter(declarant=OuterRef("handler")))
        | Exists(lately.filter(declarant=OuterRef("declarant")))
    )
    chiefs = set(handlers.chief_grants(on=on).values_list("user_id", flat=True))
    columns = rows.annotate(may_have_to=may_have_to).values_list(
        "pk", "declarant_id", "handler_id", "may_have_to"
    )
    found: list[uuid.UUID] = []
    marked = columns.iterator(chunk_size=AT_ONCE)
    while some := list(islice(marked, AT_ONCE)):
        chains = hierarchy.superior_ids({declarant for _pk, declarant, *_rest in some}, on=on)
        found += [
            pk
            for pk, declarant, handler, is_one in some
            if is_one or (handler not in chiefs and handler not in chains[declarant])
        ]
    return rows.filter(pk__in=found)


def reason_to_replace(conflict: ConflictDeclaration, *, on: datetime.date) -> Reason | None:
    """Why this superior can't have the case any more, whatever the limit says."""
    handler = conflict.handler
    if handler is None:
        return Reason.VACANT if _somebody_is_there(conflict, on=on) else None
    if not handler.is_active:
        return Reason.MOVED
    if handler.pk in handlers.involved_among(conflict, [handler]):
        return Reason.CONFLICTED
    return None if _still_above(conflict, on=on) else Reason.MOVED


def day_of_escalation(due_on: datetime.date) -> datetime.date:
    """The first day on which an overdue case passes on: the limit after the last day."""
    return limits.due_on(limits.limit(ESCALATION, on=due_on), start=due_on)


def _somebody_is_there(conflict: ConflictDeclaration, *, on: datetime.date) -> bool:
    passed = handlers.passed_over(conflict)
    return handlers.choose_handler(conflict, on=on, passed=passed).handler is not None


def _still_above(conflict: ConflictDeclaration, *, on: datetime.date) -> bool:
    """In the line above the declarant, or a chief inspector, whom the line ends with."""
    handler = conflict.handler
    if handler is None:
        return False
    chain = hierarchy.superior_ids([conflict.declarant_id], on=on)[conflict.declarant_id]
    return handler.pk in chain or handler.has_role("chief_inspector")


def data_requests_lapsed(*, on: datetime.date) -> QuerySet[ConflictDeclaration]:
    """Asked for data, and the day has passed without an answer."""
    return ConflictDeclaration.objects.filter(
        state="needs_data", data_request__due_on__lt=on, data_request__answered_at__isnull=True
    ).defer("draft")


def find_data_due(*, on: datetime.date) -> Iterator[Reminder]:
    """People whose answer the superior awaits, on the last days."""
    asked = ConflictDeclaration.objects.filter(
        state="needs_data",
        data_request__due_on__range=(on, calendar.add_working_days(on, 1)),
        declarant__is_active=True,
    )
    for conflict in asked.select_related("declarant").defer("draft").iterator(chunk_size=200):
        yield Reminder(
            conflict.declarant,
            key=f"conflict.data:{conflict.pk}",
            kind="conflict.data_asked",
            title=_("Your superior waits for your data"),
            body=_("Afterwards the review goes on without them."),
            url=conflict.get_absolute_url(),
        )
