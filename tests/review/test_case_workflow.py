"""The way of a case: who may take which step in which state, and what it does."""

import datetime
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import ConflictDeclaration
from declarations.workflow.base import TransitionError
from notices.models import Notice
from people.models import Role, User
from review.case_tasks import lapse_case_requests
from review.models import Case, CaseDecision, CaseNote, CaseRequest, Flag
from review.services import case_reminders, marking
from review.states import CASE_TRANSITIONS, CaseState, Outcome
from review.workflow import case_decisions, case_requests, cases
from tests.declarations import scenes
from tests.declarations.factories import sent_register
from tests.declarations.office import make_office
from tests.people.factories import person_with, post_of
from tests.review.case_desk import (
    WORDS,
    again,
    case_in,
    give_role,
    make_desk,
    new_case,
    proof,
    take_role,
)

pytestmark = pytest.mark.django_db
STATES = tuple(CaseState.values)
PEOPLE = ("chief", "inspector", "colleague", "superior", "subject")


@pytest.fixture
def desk():
    return make_desk()


def steps(case, desk):
    """Each transition as a call of whoever is given."""
    return {
        "assign": lambda by: cases.assign(case, to=desk.colleague, by=by),
        "claim": lambda by: cases.claim(case, by=by),
        "release": lambda by: cases.release(case, by=by),
        "ask": lambda by: case_requests.ask(
            case, by=by, question="Sejak kapan?", keys=first_place(case)
        ),
        "resume": lambda by: case_requests.end(waiting(case), by=by),
        "recommend": lambda by: cases.recommend(case, by=by, outcome="dismissed", reasons=WORDS),
        "return": lambda by: cases.return_to_reviewer(case, by=by, note="Lengkapi."),
        "decide": lambda by: case_decisions.decide(
            case, ruling=case_decisions.Ruling("dismissed", WORDS), by=by, proof=proof(by)
        ),
        "close": lambda by: case_decisions.close(case, by=by),
        "reopen": lambda by: case_decisions.reopen(case, by=by, reason="Bukti baru."),
    }


def first_place(case):
    groups = marking.places_of(case.subject)
    if not groups:
        sent_register(User.objects.get(pk=case.subject_id))
        groups = marking.places_of(case.subject)
    return [groups[0].places[0].key]


def waiting(case):
    found = case.requests.waiting().first()
    if found is None:
        raise TransitionError("nothing waits")
    return found


# Who may take the step in a state that allows it; the case is on the inspector's desk.
ALLOWED = {
    "assign": {"chief"},
    "claim": {"chief", "inspector", "colleague"},
    "release": {"chief", "inspector"},
    "ask": {"inspector"},
    "resume": {"inspector"},
    "recommend": {"inspector"},
    "return": {"chief"},
    "decide": {"chief"},
    "close": {"chief"},
    "reopen": {"chief"},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", [transition.name for transition in CASE_TRANSITIONS])
def test_each_step_in_each_state_by_each_person(step, state, desk):
    case = case_in(state, desk)
    transition = next(each for each in CASE_TRANSITIONS if each.name == step)
    done = set()
    for name in PEOPLE:
        sid = transaction.savepoint()
        try:
            steps(case, desk)[step](again(getattr(desk, name)))
        except (PermissionDenied, TransitionError):
            pass
        else:
            done.add(name)
            assert Case.objects.get(pk=case.pk).state in (transition.target, "closed")
        transaction.savepoint_rollback(sid)

    expected = ALLOWED[step] if state in transition.sources else set()
    if (step, state) == ("claim", "assigned"):
        expected = {"inspector"}
    assert done == expected


def test_every_step_is_an_event(desk):
    case = case_in("decided", desk)
    case_decisions.close(case, by=desk.chief)

    actions = AuditEvent.objects.of_target(case).order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        "case.open", "case.claim", "case.recommend", "case.decide", "case.close",
    ]  # fmt: skip


def test_the_database_refuses_an_edge_that_is_not_in_the_table(desk):
    case = new_case(desk)

    with pytest.raises(Exception, match="Invalid transition"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="awaiting_clarification")


def test_one_open_case_a_person(desk):
    first = new_case(desk, subject=desk.subject)
    second = new_case(desk, subject=desk.subject)

    assert second.pk == first.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            number="K/2026/999999", year=2026, subject=desk.subject, opd=desk.opd,
            origin="sample", opened_at=timezone.now(), due_on=timezone.localdate(),
            limit=first.limit,
        )  # fmt: skip


# --- Decisions -------------------------------------------------------------------------------


def test_whoever_recommended_does_not_decide(desk):
    case = cases.claim(new_case(desk), by=desk.chief)
    case = cases.recommend(case, by=desk.chief, outcome="conforming", reasons=WORDS)

    with pytest.raises(PermissionDenied):
        case_decisions.decide(
            case, ruling=case_decisions.Ruling("conforming", WORDS), by=desk.chief,
            proof=proof(desk.chief),
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(
            state="decided", outcome="conforming", decision_reasons="x",
            decided_by=desk.chief, decided_at=timezone.now(),
        )  # fmt: skip


def test_a_decision_needs_a_fresh_proof_of_the_decider(desk):
    case = case_in("recommended", desk)
    stale = proof(desk.chief)
    stale = type(stale)(stale.user_id, stale.method, timezone.now() - datetime.timedelta(hours=2))

    for bad in (stale, proof(desk.inspector)):
        with pytest.raises(PermissionDenied):
            case_decisions.decide(
                case, ruling=case_decisions.Ruling("dismissed", WORDS), by=desk.chief, proof=bad
            )


def test_a_page_that_was_overtaken_decides_nothing(desk):
    case = case_in("recommended", desk)

    with pytest.raises(TransitionError, match=r"moved on|berubah"):
        case_decisions.decide(
            case, ruling=case_decisions.Ruling("dismissed", WORDS), by=desk.chief,
            proof=proof(desk.chief), revision=case.revision - 1,
        )  # fmt: skip


@pytest.mark.parametrize("outcome", ["conforming", "dismissed"])
def test_an_outcome_that_asks_for_nothing_closes_the_case(outcome, desk):
    case = case_in("recommended", desk)
    ruling = case_decisions.Ruling(outcome, WORDS)

    case = case_decisions.decide(case, ruling=ruling, by=desk.chief, proof=proof(desk.chief))

    assert case.state == "closed"
    kept = CaseDecision.objects.get(case=case)
    assert (kept.outcome, kept.decided_by, kept.recommended_by) == (
        outcome, desk.chief, desk.inspector,
    )  # fmt: skip


def test_the_kept_decision_can_not_be_changed(desk):
    case = case_in("closed", desk)

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        CaseDecision.objects.filter(case=case).update(reasons="lain")


def test_a_recommendation_goes_back_with_a_note(desk):
    case = case_in("recommended", desk)

    case = cases.return_to_reviewer(case, by=desk.chief, note="Periksa aktanya.")

    assert (case.state, case.recommended_by, case.recommendation) == ("in_review", None, "")
    assert CaseNote.objects.get(case=case).text == "Periksa aktanya."
    assert Notice.objects.filter(recipient=desk.inspector, kind="case.returned").count() == 1


def test_reopening_keeps_the_former_decision_and_gives_a_new_limit(desk):
    case = case_in("closed", desk)

    case = case_decisions.reopen(case, by=desk.chief, reason="Akta baru.")

    assert (case.state, case.round, case.assignee, case.outcome) == ("reopened", 2, None, "")
    assert CaseDecision.objects.filter(case=case, round=1).exists()
    case = cases.claim(case, by=desk.colleague)
    case = cases.recommend(case, by=desk.colleague, outcome="conforming", reasons=WORDS)
    ruling = case_decisions.Ruling("conforming", WORDS)
    case_decisions.decide(case, ruling=ruling, by=desk.chief, proof=proof(desk.chief))
    assert CaseDecision.objects.filter(case=case).count() == 2


def test_reopening_beside_another_open_case_is_refused_in_words(desk):
    closed = case_in("closed", desk)
    other = new_case(desk, subject=closed.subject)

    with pytest.raises(TransitionError, match=other.number):
        case_decisions.reopen(closed, by=desk.chief, reason="Akta baru.")


def test_reopening_after_the_document_was_superseded(desk):
    case = case_in("awaiting_clarification", desk)
    question = case.requests.get()
    case_requests.answer(question, by=case.subject, answers={}, text="Sejak 2020.")
    case = cases.recommend(
        Case.objects.get(pk=case.pk), by=desk.inspector, outcome="dismissed", reasons=WORDS
    )
    ruling = case_decisions.Ruling("dismissed", WORDS)
    case = case_decisions.decide(case, ruling=ruling, by=desk.chief, proof=proof(desk.chief))
    from statements.models import Document

    documents = Document.objects.filter(subject=case.subject)
    documents.update(state="superseded", superseded_at=timezone.now(), superseded_by=case.subject)

    case = case_decisions.reopen(case, by=desk.chief, reason="Akta baru.")

    assert case.state == "reopened"
    assert marking.superseded_among(question.fields)


# --- Outcomes that ask for something ---------------------------------------------------------


@pytest.fixture
def office():
    return make_office()


def decided(desk, subject, outcome, conflict):
    case = cases.claim(new_case(desk, subject=subject, opd=conflict.opd), by=desk.inspector)
    case = cases.recommend(case, by=desk.inspector, outcome=outcome, reasons=WORDS)
    ruling = case_decisions.Ruling(outcome, "Alasan Inspektorat.", conflict)
    return case_decisions.decide(case, ruling=ruling, by=desk.chief, proof=proof(desk.chief))


def closed_conflict(office):
    from declarations.workflow import decisions
    from tests.declarations.office import decision_draft
    from tests.declarations.office import proof as office_proof

    conflict = scenes.under_review(office)
    decision = decisions.begin(conflict, by=office.superior)
    decision.draft = decision_draft(finding="no_conflict")
    decision.save()
    decisions.sign(decision, by=office.superior, proof=office_proof(office.superior))
    return ConflictDeclaration.objects.get(pk=conflict.pk)


def test_needing_correction_opens_the_declaration_again_for_its_superior(desk, office):
    conflict = closed_conflict(office)
    assert conflict.state == "closed"

    case = decided(desk, office.staff, Outcome.NEEDS_CORRECTION, conflict)

    conflict.refresh_from_db()
    assert (case.state, conflict.state) == ("decided", "under_review")
    request = case.requests.get()
    assert (request.kind, request.addressee, request.question) == (
        "correction", conflict.handler, "Alasan Inspektorat.",
    )  # fmt: skip
    with pytest.raises(TransitionError):
        case_decisions.close(case, by=desk.chief)
    case_requests.answer(request, by=office.superior, answers={}, text="Sudah diputus ulang.")
    assert case_decisions.close(case, by=desk.chief).state == "closed"


def test_needing_correction_without_a_declaration_goes_to_the_superior(desk):
    case = cases.claim(new_case(desk, subject=desk.subject), by=desk.inspector)
    case = cases.recommend(case, by=desk.inspector, outcome="needs_correction", reasons=WORDS)
    ruling = case_decisions.Ruling("needs_correction", WORDS)

    case = case_decisions.decide(case, ruling=ruling, by=desk.chief, proof=proof(desk.chief))

    assert case.requests.get().addressee == desk.superior


def test_taking_over_puts_the_declaration_on_the_chiefs_desk(desk, office):
    conflict = scenes.sent(office)

    case = decided(desk, office.staff, Outcome.TAKE_OVER, conflict)

    conflict.refresh_from_db()
    assert (case.state, conflict.state, conflict.handler) == ("decided", "escalated", desk.chief)
    assert conflict.handler_changes.filter(reason="taken_over").exists()


def test_taking_over_needs_a_declaration_of_that_person(desk, office):
    conflict = scenes.sent(office)
    case = case_in("recommended", desk)

    for about in (None, conflict):
        ruling = case_decisions.Ruling(Outcome.TAKE_OVER, WORDS, about)
        with pytest.raises(TransitionError):
            case_decisions.decide(case, ruling=ruling, by=desk.chief, proof=proof(desk.chief))
    assert Case.objects.get(pk=case.pk).state == "recommended"


# --- Questions -------------------------------------------------------------------------------


def test_a_clarification_is_asked_on_marked_places_and_comes_back(desk):
    sent_register(desk.subject)
    case = cases.claim(new_case(desk, subject=desk.subject), by=desk.inspector)
    keys = [place.key for place in marking.places_of(desk.subject)[0].places[:2]]

    request = case_requests.ask(case, by=desk.inspector, question="Sejak kapan?", keys=keys)

    assert [item["key"] for item in request.fields] == keys
    assert Notice.objects.filter(recipient=desk.subject, kind="case.asked").count() == 1
    case_requests.answer(
        request, by=again(desk.subject),
        answers={keys[0]: "Sejak 2019.", "bukan-yang-ditanya": "x"}, text="",
    )  # fmt: skip
    request.refresh_from_db()
    assert request.answers == {keys[0]: "Sejak 2019."}
    assert Case.objects.get(pk=case.pk).state == "in_review"
    assert Notice.objects.filter(recipient=desk.inspector, kind="case.changed").exists()
    with pytest.raises(TransitionError):
        case_requests.answer(request, by=desk.subject, answers={}, text="Dua kali.")


def test_nobody_answers_for_the_addressee(desk):
    case = case_in("awaiting_clarification", desk)

    for other in (desk.inspector, desk.superior):
        with pytest.raises(PermissionDenied):
            case_requests.answer(case.requests.get(), by=other, answers={}, text="x")


def test_places_of_somebody_else_are_left_out(desk):
    other = person_with()
    sent_register(other)
    sent_register(desk.subject)
    case = cases.claim(new_case(desk, subject=desk.subject), by=desk.inspector)
    foreign = [marking.places_of(other)[0].places[0].key]

    with pytest.raises(TransitionError):
        case_requests.ask(case, by=desk.inspector, question="?", keys=foreign)


def test_who_has_signed_nothing_is_asked_without_a_place(desk):
    case = cases.claim(new_case(desk, subject=desk.subject), by=desk.inspector)

    request = case_requests.ask(case, by=desk.inspector, question="Mengapa belum?", keys=[])

    case_requests.answer(request, by=desk.subject, answers={}, text="Saya baru pindah.")
    request.refresh_from_db()
    assert (request.fields, request.answer) == ([], "Saya baru pindah.")


def test_without_an_answer_in_time_the_review_goes_on(desk):
    case = case_in("awaiting_clarification", desk)
    CaseRequest.objects.update(due_on=timezone.localdate() - datetime.timedelta(days=1))

    lapse_case_requests.func()

    assert Case.objects.get(pk=case.pk).state == "in_review"
    assert CaseRequest.objects.get().ended_at is not None


def test_reminders_of_cases_and_questions(desk):
    today = timezone.localdate()
    case = case_in("in_review", desk)
    Case.objects.filter(pk=case.pk).update(due_on=today - datetime.timedelta(days=1))
    asked = case_in("awaiting_clarification", desk)
    CaseRequest.objects.update(due_on=today)

    cases_due = list(case_reminders.find_cases_due(on=today))
    answers_due = list(case_reminders.find_answers_due(on=today))

    assert [reminder.user for reminder in cases_due if case.number in str(reminder.title)]
    assert [reminder.user for reminder in answers_due] == [asked.subject]


# --- Flags -----------------------------------------------------------------------------------


def make_flag(subject, opd, *, rule="F-UJI", key="1", queued=True, weight=700, **values):
    from review.models import RuleVersion

    version, _new = RuleVersion.objects.get_or_create(
        rule=rule, number=1,
        defaults={"weight": weight, "reason": "uji", "parameters": {}},
    )  # fmt: skip
    now = timezone.now()
    return Flag.objects.create(
        rule=rule, key=key, subject=subject, opd=opd, year=now.year, weight=weight,
        rule_version=version, fingerprint="0" * 64, sentence="Temuan uji.", raised_at=now,
        changed_at=now, is_queued=queued, **values,
    )  # fmt: skip


def test_queued_flags_open_one_case_with_their_score(desk):
    make_flag(desk.subject, desk.opd, key="a", weight=700)
    make_flag(desk.subject, desk.opd, key="b", weight=200, queued=False)

    case = cases.gather(desk.subject.pk, at=timezone.now())

    assert (case.origin, case.score, case.flags.count()) == ("flags", 900, 2)
    assert cases.gather(desk.subject.pk, at=timezone.now()).pk == case.pk
    assert Case.objects.count() == 1


def test_flags_that_wait_for_nobody_open_no_case(desk):
    make_flag(desk.subject, desk.opd, queued=False)

    assert cases.gather(desk.subject.pk, at=timezone.now()) is None


def test_a_decision_judges_the_flags_and_a_new_one_opens_a_new_case(desk):
    flag = make_flag(desk.subject, desk.opd)
    case = cases.gather(desk.subject.pk, at=timezone.now())
    cases.claim(case, by=desk.inspector)
    case = cases.recommend(case, by=desk.inspector, outcome="dismissed", reasons=WORDS)
    ruling = case_decisions.Ruling("dismissed", WORDS)
    case_decisions.decide(case, ruling=ruling, by=desk.chief, proof=proof(desk.chief))

    flag.refresh_from_db()
    assert (flag.state, flag.dismissed_by) == ("dismissed", desk.chief)
    assert cases.gather(desk.subject.pk, at=timezone.now()) is None
    make_flag(desk.subject, desk.opd, key="z")
    assert cases.gather(desk.subject.pk, at=timezone.now()).pk != case.pk


# --- Who leaves, moves, or loses a role ------------------------------------------------------


def test_a_demoted_inspector_loses_every_case_at_once(desk):
    case = case_in("in_review", desk)
    take_role(desk.inspector)
    demoted = again(desk.inspector)

    assert not Case.objects.visible_to(demoted).exists()
    with pytest.raises(PermissionDenied):
        cases.recommend(case, by=demoted, outcome="conforming", reasons=WORDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(
            recommended_by=desk.inspector, recommended_at=timezone.now()
        )


def test_a_stale_instance_is_stopped_by_the_database(desk):
    """The role ended between the check and the write."""
    case = new_case(desk)
    desk.inspector.standing  # noqa: B018 -- remembered as it was
    assert desk.inspector.has_role(Role.INSPECTOR)
    take_role(desk.inspector)

    with pytest.raises(TransitionError):
        cases.claim(case, by=desk.inspector)


def test_a_case_outlives_the_account_of_its_subject(desk):
    case = case_in("in_review", desk)
    User.objects.filter(pk=case.subject_id).update(is_active=False)

    with pytest.raises(TransitionError):
        case_requests.ask(
            Case.objects.get(pk=case.pk), by=desk.inspector, question="?", keys=["x"]
        )
    case = cases.recommend(case, by=desk.inspector, outcome="dismissed", reasons=WORDS)
    assert case.state == "recommended"


# --- Two at once -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_chiefs_decide_at_once_and_one_decision_stands():
    desk = make_desk()
    other = person_with(Role.CHIEF_INSPECTOR, desk.inspectorate, name="Kepala Kedua")
    case = case_in("recommended", desk)
    results = at_once(
        lambda: decide_in_own_connection(case, desk.chief.pk, "dismissed"),
        lambda: decide_in_own_connection(case, other.pk, "conforming"),
    )

    assert sorted(results) == ["done", "refused"]
    assert CaseDecision.objects.filter(case=case).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_inspectors_claim_at_once_and_one_has_it():
    desk = make_desk()
    case = new_case(desk)

    def claim(key):
        try:
            cases.claim(Case.objects.get(pk=case.pk), by=User.objects.get(pk=key))
        except TransitionError:
            return "refused"
        return "done"

    results = at_once(
        lambda: claim(desk.inspector.pk),
        lambda: claim(desk.colleague.pk),
    )

    assert sorted(results) == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_two_gather_at_once_and_one_case_is_opened():
    desk = make_desk()
    make_flag(desk.subject, desk.opd)

    keys = at_once(
        lambda: cases.gather(desk.subject.pk, at=timezone.now()).pk,
        lambda: cases.gather(desk.subject.pk, at=timezone.now()).pk,
    )

    assert keys[0] == keys[1]
    assert Case.objects.filter(subject=desk.subject).count() == 1


def decide_in_own_connection(case, key, outcome):
    chief = User.objects.get(pk=key)
    ruling = case_decisions.Ruling(outcome, WORDS)
    try:
        case_decisions.decide(
            Case.objects.get(pk=case.pk), ruling=ruling, by=chief, proof=proof(chief)
        )
    except TransitionError:
        return "refused"
    return "done"


def at_once(*calls):
    results, barrier = [], threading.Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            results.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_an_acting_chief_of_the_same_office_may_decide(desk):
    """Two roles of one person change nothing: four eyes are two people."""
    give_role(desk.inspector, Role.CHIEF_INSPECTOR)
    case = case_in("recommended", desk)

    with pytest.raises(PermissionDenied):
        case_decisions.decide(
            case, ruling=case_decisions.Ruling("dismissed", WORDS), by=again(desk.inspector),
            proof=proof(desk.inspector),
        )  # fmt: skip
    assert post_of(desk.chief)
