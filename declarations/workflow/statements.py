"""F2: a clean statement is signed, or becomes a declaration of conflict."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations import answers, drafts, states
from declarations.differences import difference
from declarations.documents import signature, statement_content
from declarations.messages import statements as messages
from declarations.models import (
    ConflictDeclaration,
    DecisionKind,
    DecisionStatement,
    Matter,
    Party,
    PartyMatch,
    SourceAnswer,
)
from declarations.models.statements import StatementState
from declarations.services import areas, match_answers, matters, suspensions
from declarations.services import statements as services
from declarations.services.configuration import form_in_use, read_form_of
from declarations.services.drafting import forget_revisions
from declarations.workflow.base import (
    TransitionError,
    check_revision,
    lock,
    lock_row,
    move,
)
from mapping.models import ConflictSource
from matching.names import name_key
from people.models import User
from people.proof import Proof
from statements import services as documents

# A statement names at most so much of the explanations as the situation of the declaration.
LONGEST_SITUATION = 4_000


@transaction.atomic
def issue(
    statement: DecisionStatement, *, by: User, proof: Proof, revision: int | None = None
) -> DecisionStatement:
    """Sign the statement that the decision is free of conflict.

    Refused while anything is missing, any source was answered with yes, a likeness is the
    same or unanswered, or the declarant is suspended from the matter (the database refuses
    these as well).
    """
    statement = lock(statement, states.STATEMENT_ISSUE, by=by)
    check_revision(statement, revision)
    form = read_form_of(statement)
    cleaned = answers.clean_answers(form, statement.draft)
    if not cleaned.is_valid:
        raise TransitionError(" ".join(item.message for item in cleaned.errors))
    found = match_answers.answered_hits(by, statement.draft)
    _check_clean(cleaned.values, found)
    # Held: a declaration on the same matter is sent before or after, never beside.
    area = areas.picked(statement.opd, cleaned.values["decision"]["risk_area"])
    matter = matters.hold(_matter(statement, cleaned.values["decision"], area))
    check_not_suspended(by, matter)
    _check_alone(statement, matter)
    _write_rows(statement, cleaned.values, found)
    former = statement.supersedes
    if statement.supersedes_id is not None:
        _supersede(DecisionStatement(pk=statement.supersedes_id), by=by)
    before = services.baseline(statement)
    document = documents.issue(
        kind="F2",
        content=statement_content(
            form=form,
            version=statement.form_version,
            draft=statement.draft,
            person=by,
            post=statement.post,
            opd=statement.opd,
            difference=difference(form, before, statement.draft) if before is not None else None,
            classification=None,
            data={"statement": str(statement.pk), "matter": str(matter.pk), **area.frozen},
        ),
        subject=by,
        opd=statement.opd,
        year=statement.year,
        title=form.title.id,
        signatures=[signature(form, "declarant", signer=by, post=statement.post)],
        supersedes=former.document if former is not None else None,
        by=by,
        proof=proof,
    )
    move(
        statement,
        states.STATEMENT_ISSUE,
        by=by,
        matter=matter,
        own_role=cleaned.values["decision"]["own_role"],
        area_said=area.said,
        document=document,
        sent_at=timezone.now(),
        sent_by=by,
    )
    forget_revisions(statement)
    messages.tell_issued(statement)
    return statement


@transaction.atomic
def convert(statement: DecisionStatement, *, by: User) -> ConflictDeclaration:
    """Any yes, or a likeness that is the same: go on as a declaration, nothing typed twice.

    Returns the draft of the declaration. Needs the decision itself to be filled in.
    """
    statement = lock(statement, states.STATEMENT_CONVERT, by=by)
    form = read_form_of(statement)
    cleaned = answers.clean_answers(form, statement.draft)
    faults = [item for item in cleaned.errors if item.section == "decision"]
    if faults:
        raise TransitionError(" ".join(item.message for item in faults))
    found = match_answers.answered_hits(by, statement.draft)
    if not any_conflict(cleaned.values, found):
        raise TransitionError(_("Nothing here speaks of a conflict; sign the statement."))
    area = areas.picked(statement.opd, cleaned.values["decision"]["risk_area"])
    matter = _matter(statement, cleaned.values["decision"], area)
    _write_rows(statement, cleaned.values, found)
    conflict = ConflictDeclaration.objects.create(
        declarant=by,
        opd=statement.opd,
        post=statement.post,
        year=timezone.localdate().year,
        form_version=form_in_use("F3"),
        origin=statement,
        draft=_carried_draft(statement.draft, cleaned.values, found),
    )
    move(
        statement,
        states.STATEMENT_CONVERT,
        by=by,
        matter=matter,
        own_role=cleaned.values["decision"]["own_role"],
        area_said=area.said,
        data={"conflict": str(conflict.pk)},
    )
    record("conflictdeclaration.create", by=by, target=conflict, origin=str(statement.pk))
    forget_revisions(statement)
    return conflict


@transaction.atomic
def withdraw(statement: DecisionStatement, *, by: User, reason: str) -> DecisionStatement:
    """A draft is put away; a signed statement is revoked before everybody."""
    statement = lock(statement, states.STATEMENT_WITHDRAW, by=by)
    if statement.sent_at is not None and not reason.strip():
        raise TransitionError(_("Say why you withdraw it."))
    changes: dict[str, Any] = {}
    if statement.sent_at is None and statement.supersedes_id is not None:
        # The signed one can be corrected again.
        changes["supersedes"] = None
    move(
        statement,
        states.STATEMENT_WITHDRAW,
        by=by,
        reason=reason,
        withdrawn_at=timezone.now(),
        withdrawn_by=by,
        withdrawal_reason=reason[:500],
        **changes,
    )
    forget_revisions(statement)
    if statement.document is not None:
        documents.revoke(statement.document, by=by, reason=reason)
    return statement


def check_not_suspended(user: User, matter: Matter) -> None:
    suspension = suspensions.running_like(user, matter)
    if suspension is not None:
        raise TransitionError(
            _("You are suspended from this decision: you declared a conflict on it (%(number)s).")
            % {"number": suspension.conflict.number or suspension.conflict.year}
        )


def _check_alone(statement: DecisionStatement, matter: Matter) -> None:
    """No other word of the same person on the matter, signed or begun."""
    others = DecisionStatement.objects.filter(
        declarant_id=statement.declarant_id, matter=matter, state=StatementState.ISSUED
    ).exclude(pk=statement.supersedes_id)
    if twin := others.select_related("document").first():
        raise TransitionError(
            _("You have already signed %(number)s on this decision; correct that one.")
            % {"number": twin.number}
        )
    begun = ConflictDeclaration.objects.open().filter(
        declarant_id=statement.declarant_id, origin__matter=matter
    )
    if begun.exists():
        raise TransitionError(
            _("You began a declaration of conflict on this decision; send or withdraw it first.")
        )


def any_conflict(values: dict[str, Any], found: list[match_answers.AnsweredHit]) -> bool:
    """The statement cannot be a clean one."""
    return bool(yes_sources(values)) or any(item.is_same for item in found)


def yes_sources(values: dict[str, Any]) -> list[str]:
    """The codes of the sources that were answered with yes, in the order of the form."""
    return [key.upper() for key, value in values["sources"].items() if value is True]


def _check_clean(values: dict[str, Any], found: list[match_answers.AnsweredHit]) -> None:
    if any_conflict(values, found):
        raise TransitionError(
            _("Your answers speak of a conflict. Go on as a declaration of conflict, please.")
        )
    if any(item.is_open for item in found):
        raise TransitionError(
            _("Say for each likeness whether it is the same or another one, please.")
        )


def _matter(statement: DecisionStatement, decision: dict[str, Any], area: areas.Picked) -> Matter:
    return matters.find_or_create(
        statement.opd,
        matters.MatterData(
            kind=DecisionKind.objects.get(code=decision["kind"]),
            title=decision["title"],
            number=decision["number"] or "",
            value=decision["value"],
            area=area,
        ),
        by=statement.declarant,
    )


def _write_rows(
    statement: DecisionStatement,
    values: dict[str, Any],
    found: list[match_answers.AnsweredHit],
) -> None:
    """The typed rows: parties, their likenesses, the answer to each source."""
    rows = [row for row in values["parties"]["rows"] if row["name"]]
    parties = Party.objects.bulk_create(
        Party(
            statement=statement,
            row_key=row["key"],
            position=position,
            name=row["name"],
            name_key=name_key(row["name"]),
            npwp=row["npwp"] or "",
            nib=row["nib"] or "",
            role=row["role"] or "",
        )
        for position, row in enumerate(rows, start=1)
    )
    by_key = {str(party.row_key): party for party in parties}
    PartyMatch.objects.bulk_create(
        PartyMatch(
            party=by_key[item.hit.party.key],
            interest=item.hit.interest,
            score=item.hit.score,
            why=item.hit.why,
            answer=item.answer,
            reason=item.reason[:300],
        )
        for item in found
        if not item.is_open and item.hit.party.key in by_key
    )
    sources = {source.code: source for source in ConflictSource.objects.all()}
    SourceAnswer.objects.bulk_create(
        SourceAnswer(
            statement=statement,
            source=sources[key.upper()],
            is_yes=value,
            explanation=values["sources"].get(f"{key}_explanation") or "",
        )
        for key, value in values["sources"].items()
        if isinstance(value, bool) and key.upper() in sources
    )


def _supersede(former: DecisionStatement, *, by: User) -> None:
    locked = lock_row(former)
    if locked.state != StatementState.ISSUED:
        raise TransitionError(_("The statement that you correct is not in force any more."))
    move(locked, states.STATEMENT_SUPERSEDE, by=by)


def _carried_draft(
    draft: drafts.Draft, values: dict[str, Any], found: list[match_answers.AnsweredHit]
) -> drafts.Draft:
    """The declaration's draft, from what the statement already says."""
    sources = yes_sources(values)
    explanations = [values["sources"].get(f"{code.lower()}_explanation") or "" for code in sources]
    explanations += [
        f"{item.hit.party.name} — {item.hit.interest.name}." for item in found if item.is_same
    ]
    source = sources[0] if sources else found_source(found)
    decision = {
        key: value
        for key, value in draft.get("decision", {}).items()
        if key in ("kind", "title", "number", "value", "risk_area")
    }
    about = {"situation": "\n".join(filter(None, explanations))[:LONGEST_SITUATION]}
    if source:
        about["source"] = source
    return {
        "conflict": about,
        "decision": decision,
        "parties": draft.get("parties", {"rows": []}),
    }


def found_source(found: list[match_answers.AnsweredHit]) -> str:
    """The source of the first likeness that is the same: the one its interest has."""
    return next((item.hit.interest.source.code for item in found if item.is_same), "")
