"""F2: beginning a statement or its correction, and what stands against a clean one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations import drafts
from declarations.models import DecisionStatement, FormVersion, Suspension
from declarations.services import match_answers, suspensions
from declarations.services.configuration import bare_version, form_in_use
from declarations.services.matters import key_of
from declarations.states import StatementState
from people.models import User

CODE = "F2"


class StatementError(Exception):
    """Not possible now; the text is for the user."""


# --- Beginning -------------------------------------------------------------------------------


@transaction.atomic
def start_statement(*, by: User) -> DecisionStatement:
    """An empty draft; one that was begun and never touched is taken again."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    untouched = DecisionStatement.objects.open().filter(
        declarant=by, revision=0, draft={}, supersedes__isnull=True
    )
    version = form_in_use(CODE)
    if found := untouched.filter(form_version=version).first():
        return found
    return _create(by=by, version=version)


@transaction.atomic
def start_correction(statement: DecisionStatement, *, by: User) -> DecisionStatement:
    """A draft with the answers of the signed statement; the open one if there is one.

    The signed statement stays in force until the correction is signed.
    """
    locked = DecisionStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if locked.declarant_id != by.pk:
        raise PermissionDenied
    if locked.state != StatementState.ISSUED:
        raise StatementError(_("Only a statement in force can be corrected."))
    if found := DecisionStatement.objects.filter(supersedes=locked).first():
        return found
    version = form_in_use(CODE)
    draft, _left = drafts.carry_over(locked.draft, bare_version(version))
    if given := locked.draft.get(match_answers.SECTION):
        draft[match_answers.SECTION] = dict(given)
    return _create(by=by, version=version, draft=draft, supersedes=locked)


def _create(*, by: User, version: FormVersion, **values: Any) -> DecisionStatement:
    standing = by.standing
    if standing.post is None:
        raise StatementError(_("You hold no post today, so there is no decision to sign for."))
    statement = DecisionStatement.objects.create(
        declarant=by,
        opd=standing.post.opd,
        post=standing.post,
        year=timezone.localdate().year,
        form_version=version,
        **values,
    )
    former = values.get("supersedes")
    record(
        "decisionstatement.create",
        by=by,
        target=statement,
        **({"corrects": str(former.pk)} if former else {}),
    )
    return statement


def baseline(statement: DecisionStatement) -> Mapping[str, Any] | None:
    """The answers of the statement that this one corrects, in this form's words."""
    former = statement.supersedes
    if former is None:
        return None
    form = bare_version(statement.form_version)
    return drafts.carry_over(former.draft, form)[0]


# --- What stands against a clean statement ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Review:
    """As far as typed: likenesses, sources with a yes, a running suspension, a twin."""

    hits: tuple[match_answers.AnsweredHit, ...] = ()
    yes: tuple[str, ...] = ()
    suspension: Suspension | None = None
    twin: DecisionStatement | None = None

    @property
    def open_hits(self) -> tuple[match_answers.AnsweredHit, ...]:
        return tuple(item for item in self.hits if item.is_open)

    @property
    def same_hits(self) -> tuple[match_answers.AnsweredHit, ...]:
        return tuple(item for item in self.hits if item.is_same)

    @property
    def is_conflict(self) -> bool:
        return bool(self.yes or self.same_hits)

    def of_party(self, key: str) -> tuple[match_answers.AnsweredHit, ...]:
        return tuple(item for item in self.hits if item.hit.party.key == key)


def review(statement: DecisionStatement) -> Review:
    """Two queries, whatever the number of parties, and one more for what is found."""
    draft = statement.draft
    user = statement.declarant
    suspension, twin = _on_the_matter(statement)
    return Review(
        hits=tuple(match_answers.answered_hits(user, draft)),
        yes=yes_keys(draft),
        suspension=suspension,
        twin=twin,
    )


def yes_keys(draft: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions on a source that say yes, in the order of the draft."""
    return tuple(key for key, value in (draft.get("sources") or {}).items() if value == "yes")


def _on_the_matter(
    statement: DecisionStatement,
) -> tuple[Suspension | None, DecisionStatement | None]:
    """A running suspension from the decision, however it is written this time; and a statement
    in force on it, which is corrected instead of signing another one."""
    decision = statement.draft.get("decision") or {}
    number, title = key_of(_text(decision, "number")), key_of(_text(decision, "title"))
    like = suspensions.matters_like(statement.opd_id, number_key=number, title_key=title)
    if like is None:
        return None, None
    issued = DecisionStatement.objects.filter(
        matter=OuterRef("pk"),
        declarant_id=statement.declarant_id,
        state=StatementState.ISSUED,
    ).exclude(pk=statement.supersedes_id or statement.pk)
    rows = like.annotate(
        suspension=Subquery(
            suspensions.running_of(statement.declarant)
            .filter(matter=OuterRef("pk"))
            .values("pk")[:1]
        ),
        issued=Subquery(issued.values("pk")[:1]),
    ).values_list("suspension", "issued", "kind__code", "number_key")
    suspension = twin = None
    for suspension_key, issued_key, kind, number_key in rows:
        suspension = suspension or suspension_key
        if kind == _text(decision, "kind") and number_key == number:
            twin = twin or issued_key
    return (
        suspensions.for_page(suspension) if suspension else None,
        DecisionStatement.objects.select_related("document").get(pk=twin) if twin else None,
    )


def _text(values: Mapping[str, Any], key: str) -> str:
    return str(values.get(key) or "")


# --- Reading somebody else's -----------------------------------------------------------------


def note_reading(statement: DecisionStatement, *, by: User) -> None:
    """Who reads somebody else's statement leaves a trace, in the transaction of the page."""
    if not by.has_perm("declarations.view_decisionstatement", statement):
        raise PermissionDenied
    if by.pk != statement.declarant_id:
        record("decisionstatement.view", by=by, target=statement)
