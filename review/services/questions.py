"""What the Inspectorate asks somebody: clarifications in cases, replies to flags, in one list.

Only the words that were written to them; neither the case nor the flag behind a question.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, DateTimeField, F, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.prepared import prepared
from review.models import CaseRequest, FlagReply
from review.states import RequestKind

REPLY = "reply"
LABELS = {**dict(RequestKind.choices), REPLY: _("Your right to answer")}
# Nobody is asked so often; a bound all the same, so that the page stays one.
MOST_ANSWERED = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to its addressee; `due_on` is None where no day was set."""

    pk: uuid.UUID
    kind: str
    question: str
    asked_at: datetime.datetime
    due_on: datetime.date | None
    answered_at: datetime.datetime | None

    @property
    def label(self) -> Any:
        return LABELS[self.kind]

    @property
    def url(self) -> str:
        name = "review:flag_reply" if self.kind == REPLY else "review:case_request"
        return reverse(name, args=[self.pk])

    def is_late(self, on: datetime.date) -> bool:
        return self.due_on is not None and self.due_on < on


def waiting_for(user: User, *, most: int) -> list[Asked]:
    """What waits for an answer of `user`, the most urgent first; one query."""
    return _read(_waiting.rows(user, most))


def answered_by(user: User) -> list[Asked]:
    """What `user` answered or what ended without an answer, the newest first; one query."""
    requests = (
        CaseRequest.objects.visible_to(user)
        .past()
        .annotate(on=F("due_on"), ended=F("answered_at"))
    )
    replies = (
        FlagReply.objects.for_addressee(user)
        .past()
        .annotate(kind=Value(REPLY), on=Value(None, DateField()), ended=F("answered_at"))
    )
    return _read(_both(requests, replies).order_by("-asked_at", "-pk")[:MOST_ANSWERED])


@prepared
def _waiting(user: User, most: int) -> QuerySet:
    requests = (
        CaseRequest.objects.visible_to(user)
        .waiting()
        .annotate(on=F("due_on"), ended=Value(None, DateTimeField()))
    )
    replies = (
        FlagReply.objects.for_addressee(user)
        .waiting()
        .annotate(
            kind=Value(REPLY), on=Value(None, DateField()), ended=Value(None, DateTimeField())
        )
    )
    # Nulls come last in PostgreSQL: what has a day goes first.
    return _both(requests, replies).order_by("on", "asked_at", "pk")[:most]


def _both(requests: QuerySet, replies: QuerySet) -> QuerySet:
    columns = ("pk", "kind", "question", "asked_at", "on", "ended")
    return (
        requests.order_by()
        .values_list(*columns)
        .union(replies.order_by().values_list(*columns), all=True)
    )


def _read(rows: Iterable[tuple]) -> list[Asked]:
    return [Asked(*row) for row in rows]
