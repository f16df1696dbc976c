"""F5 through the workflow: effect, event, notice; who and from where not; races; the database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from declarations import states
from declarations.models import (
    ChosenMeasure,
    ConflictDeclaration,
    ControlPlan,
    SuperiorDecision,
    Suspension,
)
from declarations.models.conflicts import HandlerChangeReason
from declarations.services import handlers, measures, replacements
from declarations.states import DECISION_TRANSITIONS, ConflictState, DecisionState
from declarations.workflow import conflicts, decisions
from declarations.workflow.base import TransitionError
from notices.models import Notice
from people.models import Assignment
from statements.models import Document
from tests.declarations import cases
from tests.declarations.factories import business_row, family_row, full_draft, sent_register
from tests.declarations.office import make_office, proof
from tests.people.factories import UserFactory, person_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def actions(thing):
    events = AuditEvent.objects.filter(target_id=str(thing.pk)).order_by("at", "pk")
    return [event.action for event in events]


def kinds_of(user):
    return sorted(Notice.objects.filter(recipient=user).values_list("kind", flat=True))


def sign(decision, office, **arguments):
    return decisions.sign(decision, by=office.superior, proof=proof(office.superior), **arguments)


# --- Begin -----------------------------------------------------------------------------------


def test_begin_starts_the_review_and_gives_the_same_draft_twice(office):
    conflict = cases.declared(office)

    first = decisions.begin(conflict, by=office.superior)
    second = decisions.begin(conflict, by=office.superior)

    conflict.refresh_from_db()
    assert first.pk == second.pk
    assert conflict.state == ConflictState.UNDER_REVIEW
    assert actions(first) == ["superiordecision.create"]
    assert actions(conflict)[-1] == "conflictdeclaration.review"


@pytest.mark.parametrize("who", ["head", "staff", "colleague", "officer", "inspector"])
def test_begin_is_refused_to_everybody_else(office, who):
    with pytest.raises(PermissionDenied):
        decisions.begin(cases.declared(office), by=getattr(office, who))

    assert not SuperiorDecision.objects.exists()


def test_begin_is_refused_when_it_was_decided(office):
    conflict = cases.decided(office).conflict

    with pytest.raises(TransitionError):
        decisions.begin(conflict, by=office.superior)


def test_kin_of_the_declarant_cannot_begin_and_passes_it_on(office):
    conflict = cases.declared(office)
    row = family_row(name=office.staff.name, nip=office.staff.nip)
    sent_register(office.superior, draft=full_draft(family={"rows": [row]}))

    with pytest.raises(TransitionError):
        decisions.begin(conflict, by=office.superior)
    passed = conflicts.escalate(
        conflict, by=office.superior, reason=HandlerChangeReason.CONFLICTED, note="Ipar saya."
    )

    assert passed.handler == office.head
    assert not SuperiorDecision.objects.exists()


def test_nobody_decides_on_their_own_superior(office):
    """The declarant has become the superior's superior meanwhile."""
    conflict = cases.declared(office)
    above = Assignment.objects.get(user=office.superior).post.superior
    Assignment.objects.filter(user=office.head).delete()
    Assignment.objects.filter(user=office.staff).update(post=above)

    with pytest.raises(TransitionError):
        decisions.begin(conflict, by=cases.fresh(office.superior))


def test_one_who_is_kept_out_of_the_matter_cannot_decide(office):
    conflict = cases.declared(office)
    other = cases.declared(office, title="Lain")
    ConflictDeclaration.objects.filter(pk=other.pk).update(
        declarant=office.head, matter=conflict.matter
    )
    Suspension.objects.filter(conflict=other).update(user=office.superior, matter=conflict.matter)

    assert not handlers.may_decide(conflict, office.superior)
    with pytest.raises(TransitionError):
        decisions.begin(conflict, by=office.superior)


# --- Sign ------------------------------------------------------------------------------------


def test_conflict_is_found_signed_recorded_and_told(office):
    decision = cases.decided(office)

    conflict = decision.conflict
    conflict.refresh_from_db()
    assert (decision.state, decision.finding) == (DecisionState.SIGNED, "conflict")
    assert (decision.likelihood, decision.impact, decision.magnitude) == (3, 4, 17)
    assert decision.level == "TINGGI"
    assert decision.document.kind == "F5"
    assert conflict.state == ConflictState.CONFLICT_FOUND
    assert Suspension.objects.get(conflict=conflict).is_lasting
    chosen = ChosenMeasure.objects.get(decision=decision)
    assert (chosen.kind.code, chosen.replacement) == ("MUNDUR_PROSES", office.colleague)
    assert actions(decision) == ["superiordecision.create", "superiordecision.sign"]
    assert "decision.signed" in kinds_of(office.staff)
    assert "decision.replacement" in kinds_of(office.colleague)


def test_plan_is_drafted_from_the_measures(office):
    plan = ControlPlan.objects.get(decision=cases.decided(office))

    (row,) = plan.draft["tasks"]["rows"]
    assert (row["measure"], row["owner"]) == ("MUNDUR_PROSES", office.colleague.nip)
    assert plan.state == "draft"


def test_no_conflict_closes_and_lifts_the_suspension(office):
    decision = cases.with_draft(cases.begun(office), finding="no_conflict")

    decision = sign(decision, office)

    decision.conflict.refresh_from_db()
    assert decision.conflict.state == ConflictState.CLOSED
    assert not Suspension.objects.filter(ended_at=None).exists()
    assert not ControlPlan.objects.exists()


def test_conditions_let_the_person_go_on(office):
    decision = cases.with_draft(cases.begun(office), measures=(("LANJUT_BERSYARAT", ""),))

    sign(decision, office)

    assert not Suspension.objects.filter(ended_at=None).exists()
    assert ControlPlan.objects.count() == 1


def test_sign_refuses_what_is_missing(office):
    decision = decisions.begin(cases.declared(office), by=office.superior)

    with pytest.raises(TransitionError):
        sign(decision, office)

    assert not Document.objects.filter(kind="F5").exists()


def test_sign_refuses_a_draft_that_was_changed_since(office):
    decision = cases.begun(office)

    with pytest.raises(TransitionError):
        sign(decision, office, revision=decision.revision + 1)


@pytest.mark.parametrize("who", ["head", "staff", "colleague", "officer", "inspector"])
def test_sign_is_refused_to_everybody_else(office, who):
    person = getattr(office, who)

    with pytest.raises(PermissionDenied):
        decisions.sign(cases.begun(office), by=person, proof=proof(person))


def test_sign_is_refused_while_data_is_asked_for(office):
    decision = cases.begun(office)
    conflicts.ask_data(decision.conflict, by=office.superior, question="Kapan?")

    with pytest.raises(TransitionError):
        sign(decision, office)


def test_sign_is_refused_when_it_was_signed(office):
    decision = cases.decided(office)

    with pytest.raises(TransitionError):
        sign(decision, office)

    assert Document.objects.filter(kind="F5").count() == 1


def test_more_data_is_asked_for_once(office):
    conflict = cases.begun(office).conflict
    conflicts.ask_data(conflict, by=office.superior, question="Kapan?")
    conflicts.complete(conflict, by=office.staff, answer="Kemarin.")

    with pytest.raises(TransitionError):
        conflicts.ask_data(conflict, by=office.superior, question="Siapa?")


def test_decision_after_reopening_takes_the_place_of_the_first(office):
    first = cases.with_draft(cases.begun(office), finding="no_conflict")
    first = sign(first, office)
    conflict = conflicts.reopen(first.conflict, by=office.inspector, reason="Bukti baru.")

    second = cases.with_draft(
        decisions.begin(conflict, by=office.superior), measures=(("LANJUT_BERSYARAT", ""),)
    )
    sign(second, office)

    first.refresh_from_db()
    first.document.refresh_from_db()
    assert (first.state, first.document.state) == ("superseded", "revoked")


# --- Measures and replacements ---------------------------------------------------------------


def row(measure, replacement="", key="a"):
    return {"key": key, "measure": measure, "replacement": replacement, "note": ""}


@pytest.mark.parametrize(
    ("finding", "rows"),
    [
        ("conflict", []),
        ("conflict", [row("MUNDUR_PROSES")]),
        ("conflict", [row("MUNDUR_PROSES", "197001012000012999")]),
        ("conflict", [row("LANJUT_BERSYARAT"), row("LANJUT_BERSYARAT", key="b")]),
        ("no_conflict", [row("BATASI_AKSES")]),
    ],
)
def test_measures_that_cannot_stand(office, finding, rows):
    assert not measures.check(cases.declared(office), finding, rows).is_valid


def test_fault_names_the_row_it_belongs_to(office):
    checked = measures.check(cases.declared(office), "conflict", [row("MUNDUR_PROSES")])

    (fault,) = checked.faults
    assert (fault.row, fault.question) == ("a", "replacement")


def check(office, person, conflict=None):
    return replacements.check(conflict or cases.declared(office), person)


def test_free_colleague_may_step_in(office):
    assert check(office, office.colleague).is_free


def test_declarant_cannot_step_in(office):
    assert not check(office, office.staff).is_free


def test_one_without_a_post_cannot_step_in(office):
    assert not check(office, UserFactory()).is_free


def test_kin_cannot_step_in(office):
    row = family_row(name=office.colleague.name, nip=office.colleague.nip)
    sent_register(office.staff, draft=full_draft(family={"rows": [row]}))

    assert not check(office, office.colleague).is_free


def test_one_with_an_interest_in_a_party_cannot_step_in_and_it_is_not_told_which(office):
    rows = {"rows": [business_row("PT Semarak Abadi")]}
    sent_register(office.colleague, draft=full_draft(business=rows))

    found = check(office, office.colleague)

    assert not found.is_free
    assert "Semarak" not in " ".join(found.faults)


def test_one_kept_out_of_the_matter_cannot_step_in(office):
    conflict = cases.declared(office)
    Suspension.objects.filter(conflict=conflict).update(user=office.colleague)

    assert not check(office, office.colleague, conflict).is_free


@pytest.mark.parametrize("count", [1, 3])
def test_replacements_are_checked_in_the_same_number_of_queries(
    office, count, django_assert_num_queries
):
    conflict = cases.declared(office)
    people = [person_with(opd=office.opd) for _number in range(count)]

    with django_assert_num_queries(3):
        found = replacements.find(conflict, [person.nip for person in people])
        assert len(replacements.check_all(conflict, found.values())) == count


def test_replacement_who_became_involved_before_the_signature_is_refused(office):
    decision = cases.begun(office)
    rows = {"rows": [business_row("PT Semarak Abadi")]}
    sent_register(office.colleague, draft=full_draft(business=rows))

    with pytest.raises(TransitionError):
        sign(decision, office)


# --- The database ----------------------------------------------------------------------------


def test_database_lets_nobody_decide_on_themselves(office):
    decision = cases.begun(office)

    with pytest.raises(DatabaseError), transaction.atomic():
        SuperiorDecision.objects.filter(pk=decision.pk).update(decider=office.staff)


def test_database_lets_nobody_handle_their_own_conflict(office):
    conflict = cases.declared(office)

    with pytest.raises(DatabaseError), transaction.atomic():
        ConflictDeclaration.objects.filter(pk=conflict.pk).update(handler=office.staff)


def test_database_keeps_a_signed_decision(office):
    decision = cases.decided(office)

    with pytest.raises(DatabaseError), transaction.atomic():
        SuperiorDecision.objects.filter(pk=decision.pk).delete()


@pytest.mark.parametrize("target", DecisionState.values)
@pytest.mark.parametrize("source", ["draft", "signed"])
def test_database_knows_the_edges(office, source, target):
    decision = cases.begun(office) if source == "draft" else cases.decided(office)
    allowed = (source, target) in states.edges(DECISION_TRANSITIONS) or source == target
    values = {"state": target}
    if source == "draft" and target in ("signed", "superseded"):
        values |= {
            "signed_at": timezone.now(), "signed_by": office.superior, "finding": "no_conflict",
            "truth_analysis": "x", "impact_analysis": "x", "reasons": "x",
        }  # fmt: skip

    def write():
        with transaction.atomic():
            SuperiorDecision.objects.filter(pk=decision.pk).update(**values)

    if allowed:
        write()
    else:
        with pytest.raises(DatabaseError):
            write()


# --- Races -----------------------------------------------------------------------------------


def outcome(step):
    """What became of a step in a thread with a connection of its own."""
    try:
        step()
    except (TransitionError, PermissionDenied):
        return "refused"
    finally:
        connection.close()
    return "done"


def race(*steps):
    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(outcome, steps))


@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_once_make_one_decision():
    office = make_office()
    decision = cases.begun(office)

    results = race(*[lambda: sign(SuperiorDecision.objects.get(pk=decision.pk), office)] * 2)

    assert sorted(results) == ["done", "refused"]
    assert Document.objects.filter(kind="F5").count() == 1
    assert AuditEvent.objects.filter(action="superiordecision.sign").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_begins_at_once_make_one_draft():
    office = make_office()
    conflict = cases.declared(office)

    results = race(
        *[
            lambda: decisions.begin(
                ConflictDeclaration.objects.get(pk=conflict.pk), by=cases.fresh(office.superior)
            )
        ]
        * 2
    )

    assert results == ["done", "done"]
    assert SuperiorDecision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_signature_and_escalation_at_once_leave_one_of_them():
    office = make_office()
    decision = cases.begun(office)
    conflict = decision.conflict

    results = race(
        lambda: sign(SuperiorDecision.objects.get(pk=decision.pk), office),
        lambda: conflicts.escalate(
            ConflictDeclaration.objects.get(pk=conflict.pk),
            by=None,
            reason=HandlerChangeReason.OVERDUE,
        ),
    )

    assert sorted(results) == ["done", "refused"]
    conflict.refresh_from_db()
    decision.refresh_from_db()
    assert (conflict.state, decision.state) in (
        ("conflict_found", "signed"),
        ("escalated", "discarded"),
    )


@pytest.mark.django_db(transaction=True)
def test_begin_and_withdrawal_at_once_leave_one_of_them():
    office = make_office()
    conflict = cases.declared(office)

    results = race(
        lambda: decisions.begin(
            ConflictDeclaration.objects.get(pk=conflict.pk), by=cases.fresh(office.superior)
        ),
        lambda: conflicts.withdraw(
            ConflictDeclaration.objects.get(pk=conflict.pk),
            by=cases.fresh(office.staff),
            reason="Keliru.",
        ),
    )

    assert sorted(results) == ["done", "refused"]
    conflict.refresh_from_db()
    drafts = SuperiorDecision.objects.filter(state="draft").count()
    assert (conflict.state, drafts) in (("under_review", 1), ("withdrawn", 0))
