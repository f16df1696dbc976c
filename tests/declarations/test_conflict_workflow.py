"""F3 through the workflow: effect, event, notice; who and from where not; races."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import ConflictDeclaration, HandlerChange, Suspension
from declarations.services import attachments, suspensions
from declarations.services import conflicts as services
from declarations.workflow import conflicts, statements
from declarations.workflow.base import TransitionError
from notices.models import Notice
from people.calendar import due_on
from people.models import User
from statements.models import Document
from tests.declarations.factories import business_row, family_row
from tests.declarations.office import make_office, make_statement, proof, statement_draft
from tests.declarations.scenes import (
    again,
    asked,
    complete,
    direct_draft,
    issued,
    plain_conflict,
    ready_conflict,
    register_of,
    sent,
    under_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def send(office, conflict):
    return conflicts.send(conflict, by=office.staff, proof=proof(office.staff))


def events(action):
    return AuditEvent.objects.filter(action=f"conflictdeclaration.{action}")


def kinds_told(user):
    return set(Notice.objects.filter(recipient=user).values_list("kind", flat=True))


# --- Effect, event, notice -------------------------------------------------------------------


def test_send_suspends_records_and_tells(office):
    conflict = sent(office)

    assert (conflict.state, conflict.handler) == ("sent", office.superior)
    assert conflict.due_on == due_on(conflict.sent_at, 5)
    assert conflict.source.code == "BISNIS"
    assert events("send").get().data["after"] == "sent"
    assert AuditEvent.objects.filter(action="suspension.start").count() == 1
    assert "conflict.sent" in kinds_told(office.staff)
    assert "conflict.to_decide" in kinds_told(office.superior)
    assert Suspension.objects.get().matter == conflict.matter


def test_send_revokes_the_clean_statement_on_the_matter(office):
    statement = issued(office)

    send(office, plain_conflict(office))

    statement.refresh_from_db()
    assert statement.state == "withdrawn"
    assert Document.objects.get(pk=statement.document_id).state == "revoked"


def test_send_revokes_the_clean_statement_that_the_origin_corrected(office):
    former = issued(office)
    from declarations.services.statements import start_correction

    correction = start_correction(former, by=office.staff)
    correction.draft["sources"] |= {"bisnis": "yes", "bisnis_explanation": "Saham."}
    correction.draft["decision"]["number"] = "028/16/PBJ/2026"
    correction.save()

    send(office, complete(statements.convert(correction, by=office.staff)))

    former.refresh_from_db()
    assert former.state == "withdrawn"


def test_kin_above_is_passed_over(office):
    register_of(office.superior, family={"rows": [family_row(office.staff.name)]})

    conflict = sent(office)

    assert conflict.handler == office.head
    assert conflict.handler_changes.get().reason == "conflicted"


@pytest.mark.parametrize(("name", "is_passed_over"), [
    ("PT. Semarak Abadi", True), ("PT Semarak Abadi Sentosa", False),
])  # fmt: skip
def test_superior_with_an_interest_in_a_party_is_passed_over(office, name, is_passed_over):
    register_of(office.superior, business={"rows": [business_row(name)]})

    conflict = sent(office)

    assert conflict.handler == (office.head if is_passed_over else office.superior)


def test_superior_who_gains_an_interest_in_a_party_cannot_begin(office):
    conflict = sent(office)
    register_of(office.superior, business={"rows": [business_row("PT Semarak Abadi")]})

    with pytest.raises(TransitionError):
        conflicts.review(conflict, by=again(office.superior))


def test_ask_and_complete(office):
    conflict = asked(office)
    assert "conflict.data_asked" in kinds_told(office.staff)
    assert conflict.due_on == ConflictDeclaration.objects.get().due_on  # The clock goes on.

    conflict = conflicts.complete(conflict, by=office.staff, answer="Terlampir.")

    assert conflict.state == "under_review"
    assert "conflict.data_given" in kinds_told(office.superior)
    with pytest.raises(TransitionError):
        conflicts.ask_data(conflict, by=office.superior, question="Lagi?")


def test_empty_answer_is_no_answer(office):
    with pytest.raises(TransitionError):
        conflicts.complete(asked(office), by=office.staff, answer="  ")


def test_withdrawal_ends_the_suspension_and_tells(office):
    conflict = conflicts.withdraw(sent(office), by=office.staff, reason="Paket batal.")

    assert conflict.state == "withdrawn"
    assert suspensions.running(office.staff, conflict.matter) is None
    assert Document.objects.get(pk=conflict.document_id).state == "revoked"
    assert "conflict.withdrawn" in kinds_told(office.superior)
    assert issued(office).state == "issued"  # May sign on the matter again.


def test_put_away_draft_needs_no_reason_unless_a_statement_said_yes(office):
    draft = conflicts.withdraw(plain_conflict(office), by=office.staff, reason="")
    assert draft.state == "withdrawn"
    with pytest.raises(TransitionError):
        conflicts.withdraw(ready_conflict(office), by=office.staff, reason="")


def test_correction_supersedes_and_keeps_handler_and_limit(office):
    former = under_review(office)
    ConflictDeclaration.objects.filter(pk=former.pk).update(escalation_level=2)
    correction = services.start_correction(former, by=office.staff)

    correction = send(office, correction)

    former.refresh_from_db()
    assert former.state == "superseded"
    assert (correction.handler, correction.due_on) == (former.handler, former.due_on)
    assert correction.escalation_level == 2
    assert correction.document.supersedes_id == former.document_id
    assert events("supersede").count() == 1
    assert [s.conflict_id for s in Suspension.objects.filter(ended_at=None)] == [correction.pk]


def test_correction_of_a_withdrawn_declaration_is_not_sent(office):
    former = sent(office)
    correction = services.start_correction(former, by=office.staff)
    conflicts.withdraw(former, by=office.staff, reason="Salah.")

    with pytest.raises(TransitionError):
        send(office, correction)


# --- Refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["superior", "head", "officer", "inspector", "colleague"])
def test_nobody_else_speaks_for_the_declarant(office, who):
    person = getattr(office, who)
    draft = plain_conflict(office, direct_draft(title="Lain", number="1"))
    question = asked(office)

    with pytest.raises(PermissionDenied):
        conflicts.send(draft, by=person, proof=proof(person))
    with pytest.raises(PermissionDenied):
        conflicts.withdraw(draft, by=person, reason="x")
    with pytest.raises(PermissionDenied):
        conflicts.complete(question, by=person, answer="x")
    with pytest.raises(PermissionDenied):
        services.start_correction(question, by=person)
    with pytest.raises(PermissionDenied):
        attachments.add(draft, None, by=person)


@pytest.mark.parametrize("who", ["staff", "head", "officer", "inspector", "colleague"])
def test_only_the_handler_reviews(office, who):
    conflict = sent(office)

    with pytest.raises(PermissionDenied):
        conflicts.review(conflict, by=getattr(office, who))


def test_steps_from_other_states_are_refused(office):
    conflict = under_review(office)
    for step in (
        lambda: send(office, conflict),
        lambda: conflicts.withdraw(conflict, by=office.staff, reason="x"),
        lambda: conflicts.complete(conflict, by=office.staff, answer="x"),
        lambda: conflicts.lapse_data_request(conflict),
        lambda: conflicts.review(conflict, by=office.superior),
    ):
        with pytest.raises(TransitionError):
            step()


def test_incomplete_declaration_is_not_sent(office):
    draft = direct_draft()
    del draft["conflict"]["situation"]

    with pytest.raises(TransitionError):
        send(office, plain_conflict(office, draft))


def test_perceived_conflict_is_not_sent_while_switched_off(office, settings):
    draft = direct_draft()
    draft["conflict"]["conflict_kind"] = "perceived"
    with pytest.raises(TransitionError):
        send(office, plain_conflict(office, draft))

    settings.PERCEIVED_CONFLICTS = True

    assert send(office, plain_conflict(office, draft)).conflict_kind == "perceived"


def test_decided_declaration_is_not_corrected(office):
    conflict = sent(office)
    ConflictDeclaration.objects.filter(pk=conflict.pk).update(state="under_review")
    ConflictDeclaration.objects.filter(pk=conflict.pk).update(
        state="no_conflict", decided_at=timezone.now()
    )

    with pytest.raises(services.ConflictError):
        services.start_correction(conflict, by=office.staff)


# --- Two at once -----------------------------------------------------------------------------


def in_threads(*calls):
    def run(call):
        try:
            call()
        except (TransitionError, PermissionDenied, services.ConflictError):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def fresh(conflict):
    return ConflictDeclaration.objects.get(pk=conflict.pk)


def person(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_is_one_document():
    office = make_office()
    conflict = ready_conflict(office)

    result = in_threads(*(lambda: send(office, fresh(conflict)) for _ in range(2)))

    assert result == ["done", "refused"]
    assert Document.objects.filter(kind="F3").count() == 1
    assert Suspension.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_send_and_withdraw_at_once_leave_one_truth():
    office = make_office()
    conflict = ready_conflict(office)

    in_threads(
        lambda: send(office, fresh(conflict)),
        lambda: conflicts.withdraw(fresh(conflict), by=person(office.staff), reason="Batal."),
    )

    conflict = fresh(conflict)
    running = Suspension.objects.filter(ended_at=None).exists()
    assert running == (conflict.state == "sent")
    assert not Document.objects.filter(kind="F3", state="pending").exists() or running


@pytest.mark.django_db(transaction=True)
def test_withdraw_and_review_at_once_decide_once():
    office = make_office()
    conflict = sent(office)

    result = in_threads(
        lambda: conflicts.withdraw(fresh(conflict), by=person(office.staff), reason="Batal."),
        lambda: conflicts.review(fresh(conflict), by=person(office.superior)),
    )

    assert result == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_escalation_by_two_schedulers_goes_one_step():
    office = make_office()
    conflict = sent(office)
    seen = fresh(conflict)

    def escalate():
        conflicts.escalate(fresh(conflict), by=None, reason="overdue", seen=seen)

    assert in_threads(escalate, escalate) == ["done", "refused"]
    assert HandlerChange.objects.filter(reason="overdue").count() == 1


@pytest.mark.django_db(transaction=True)
def test_correction_and_review_at_once_keep_one_case():
    office = make_office()
    former = sent(office)
    correction = services.start_correction(former, by=office.staff)

    in_threads(
        lambda: send(office, fresh(correction)),
        lambda: conflicts.review(fresh(former), by=person(office.superior)),
    )

    assert fresh(former).state == "superseded"
    assert fresh(correction).state == "sent"
    assert Suspension.objects.filter(ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_answer_and_lapse_at_once_go_on_once():
    office = make_office()
    conflict = asked(office)

    result = in_threads(
        lambda: conflicts.complete(fresh(conflict), by=person(office.staff), answer="Ada."),
        lambda: conflicts.lapse_data_request(fresh(conflict)),
    )

    assert result == ["done", "refused"]
    assert fresh(conflict).state == "under_review"


def test_second_statement_of_a_suspended_person_is_refused_by_name_alone(office):
    sent(office)
    draft = statement_draft()
    draft["decision"]["number"] = ""

    with pytest.raises(TransitionError):
        statements.issue(make_statement(office, draft), by=office.staff, proof=proof(office.staff))
