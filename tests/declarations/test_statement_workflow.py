"""F2 through the workflow: effect, event, notice; who and from where not; the database; races."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import (
    ConflictDeclaration,
    DecisionStatement,
    Interest,
    Matter,
    Party,
    PartyMatch,
    SourceAnswer,
    Suspension,
)
from declarations.services import drafting, match_answers
from declarations.services import statements as services
from declarations.services.configuration import read_form_of
from declarations.services.matters import NO_AREA
from declarations.workflow import conflicts, statements
from declarations.workflow.base import TransitionError
from mapping.models import ConflictSource
from notices.models import Notice
from people.models import User
from statements.models import Document
from tests.declarations.factories import business_row
from tests.declarations.office import make_office, make_statement, proof, statement_draft
from tests.declarations.scenes import (
    answer_hits,
    issued,
    plain_conflict,
    ready_conflict,
    register_of,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def events(action):
    return AuditEvent.objects.filter(action=f"decisionstatement.{action}")


def issue(office, statement, **arguments):
    return statements.issue(statement, by=office.staff, proof=proof(office.staff), **arguments)


# --- Effect, event, notice -------------------------------------------------------------------


def test_issue_moves_records_and_tells(office):
    statement = issued(office)

    assert statement.state == "issued"
    assert statement.matter.title == "Pengadaan alat kesehatan 2026"
    assert statement.own_role == "Pejabat Pembuat Komitmen"
    event = events("issue").get()
    assert (event.data["before"], event.data["after"]) == ("draft", "issued")
    notice = Notice.objects.get(recipient=office.staff)
    assert notice.kind == "statement.issued"
    assert statement.document.data["statement"]


def test_risk_area_of_the_answer_stands_with_the_matter(office):
    draft = statement_draft()
    draft["decision"]["risk_area"] = "PBJ-03"

    assert issued(office, draft).matter.risk_area.code == "PBJ-03"


def test_no_area_is_no_area(office):
    draft = statement_draft()
    draft["decision"]["risk_area"] = NO_AREA

    assert issued(office, draft).matter.risk_area is None


def test_area_of_another_opd_is_not_offered_and_refused(office):
    draft = statement_draft()
    draft["decision"]["risk_area"] = "AUD-01"
    statement = make_statement(office, draft)
    form = read_form_of(statement)
    choices = form.section("decision").question("risk_area").choices
    values = [choice.value for choice in choices if not choice.is_gone]

    assert "AUD-01" not in values
    assert values[-1] == NO_AREA
    with pytest.raises(TransitionError):
        issue(office, statement)


def test_own_areas_of_an_opd_come_first():
    office = make_office()
    office.opd.code = "03"
    statement = make_statement(office)
    statement.opd = office.opd
    form = read_form_of(statement)
    choices = form.section("decision").question("risk_area").choices

    assert [choice.value for choice in choices][:3] == ["AUD-01", "AUD-02", "AUD-03"]
    groups = [choice.group.id for choice in choices if choice.group]
    assert len(set(groups)) == sum(
        1 for before, after in zip(["", *groups], groups, strict=False) if before != after
    )


def test_convert_moves_records_and_carries_everything(office):
    statement = make_statement(office, statement_draft(keluarga="Adik saya penawar."))

    conflict = statements.convert(statement, by=office.staff)

    statement.refresh_from_db()
    assert statement.state == "converted"
    assert events("convert").get().data["conflict"] == str(conflict.pk)
    assert AuditEvent.objects.filter(action="conflictdeclaration.create").count() == 1
    assert conflict.draft["conflict"] == {
        "source": "KELUARGA", "situation": "Adik saya penawar.",
    }  # fmt: skip
    assert conflict.draft["parties"] == statement.draft["parties"]
    assert conflict.draft["decision"]["number"] == "027/15/PBJ/2026"


def test_confirmed_hit_becomes_the_source_and_the_situation(office):
    register_of(office.staff, business={"rows": [business_row("PT Semarak Abadi")]})
    statement = make_statement(office)
    answer_hits(statement, "same")

    conflict = statements.convert(statement, by=office.staff)

    assert conflict.draft["conflict"]["source"] == "BISNIS"
    assert "PT Semarak Abadi" in conflict.draft["conflict"]["situation"]


def test_withdraw_of_a_signed_statement_revokes(office):
    statement = statements.withdraw(issued(office), by=office.staff, reason="Paket batal.")

    assert statement.state == "withdrawn"
    assert Document.objects.get(pk=statement.document_id).state == "revoked"
    assert events("withdraw").get().data["reason"] == "Paket batal."


# --- Refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["superior", "head", "officer", "inspector", "colleague"])
def test_nobody_else_takes_a_step(office, who):
    person = getattr(office, who)
    statement = make_statement(office)

    with pytest.raises(PermissionDenied):
        statements.issue(statement, by=person, proof=proof(person))
    with pytest.raises(PermissionDenied):
        statements.convert(statement, by=person)
    with pytest.raises(PermissionDenied):
        statements.withdraw(statement, by=person, reason="x")
    with pytest.raises(PermissionDenied):
        services.start_correction(issued(office), by=person)


def test_steps_from_other_states_are_refused(office):
    statement = issued(office)
    for step in (
        lambda: issue(office, statement),
        lambda: statements.convert(statement, by=office.staff),
    ):
        with pytest.raises(TransitionError):
            step()
    statements.withdraw(statement, by=office.staff, reason="x")
    with pytest.raises(TransitionError):
        statements.withdraw(statement, by=office.staff, reason="x")


def test_unanswered_hit_is_not_signed(office):
    register_of(office.staff, business={"rows": [business_row("PT Semarak Abadi")]})
    statement = make_statement(office)

    with pytest.raises(TransitionError):
        issue(office, statement)
    answer_hits(statement, "same")
    with pytest.raises(TransitionError):
        issue(office, statement)
    answer_hits(statement, "different", "Perusahaan lain.")
    assert issue(office, statement).state == "issued"


def test_interest_declared_since_the_page_was_shown_counts(office):
    statement = make_statement(office)
    register_of(office.staff, business={"rows": [business_row("PT Semarak Abadi")]})

    with pytest.raises(TransitionError):
        issue(office, statement)


def test_incomplete_answers_are_not_signed(office):
    draft = statement_draft()
    del draft["sources"]["lainnya"]

    with pytest.raises(TransitionError):
        issued(office, draft)


def test_what_was_not_seen_is_not_signed(office):
    statement = make_statement(office)
    drafting.save_draft(
        statement,
        change=lambda base: {**base, "sources": {**base["sources"], "bisnis": "no "}},
        base_revision=0,
        by=office.staff,
    )

    with pytest.raises(TransitionError):
        issue(office, statement, revision=0)


def test_begun_declaration_on_the_matter_comes_first(office):
    ready_conflict(office)

    with pytest.raises(TransitionError):
        issued(office)


def test_second_statement_on_the_matter_is_refused_in_words(office):
    first = issued(office)

    with pytest.raises(TransitionError, match=first.number):
        issued(office)


def test_correction_of_a_withdrawn_statement_is_not_signed(office):
    former = issued(office)
    correction = services.start_correction(former, by=office.staff)
    statements.withdraw(former, by=office.staff, reason="Salah.")

    with pytest.raises(TransitionError):
        issue(office, correction)


# --- The database ----------------------------------------------------------------------------


def refuses(statement, **changes):
    try:
        with transaction.atomic():
            DecisionStatement.objects.filter(pk=statement.pk).update(
                state="issued", sent_at=timezone.now(), sent_by=statement.declarant, **changes
            )
    except Error:
        return True
    return False


def matter_of(office):
    kind = issued(office).matter.kind
    return Matter.objects.create(
        opd=office.opd, kind=kind, title="Lain", title_key="lain", number_key=""
    )


def test_database_refuses_a_clean_statement_with_a_yes(office):
    matter = matter_of(office)
    statement = make_statement(office)
    source = ConflictSource.objects.first()
    SourceAnswer.objects.create(statement=statement, source=source, is_yes=True)

    assert refuses(statement, matter=matter)


def test_database_refuses_a_clean_statement_with_a_confirmed_hit(office):
    register_of(office.staff, business={"rows": [business_row("PT Semarak Abadi")]})
    answered = make_statement(office)
    answer_hits(answered, "different", "Lain.")
    matter = issue(office, answered).matter
    DecisionStatement.objects.filter(pk=answered.pk).update(state="withdrawn")
    statement = make_statement(office)
    party = Party.objects.create(
        statement=statement, row_key=statement.pk, name="PT Semarak Abadi", name_key="semarak"
    )
    PartyMatch.objects.create(
        party=party, interest=Interest.objects.get(name="PT Semarak Abadi"), score=1000,
        why="interest", answer="same",
    )  # fmt: skip

    assert refuses(statement, matter=matter)


def test_database_refuses_a_statement_while_suspended(office):
    conflict = sent(office)
    statement = make_statement(office)

    assert refuses(statement, matter=conflict.matter)
    Suspension.objects.update(ended_at=timezone.now())
    assert not refuses(statement, matter=conflict.matter)


def test_database_keeps_signed_statements(office):
    statement = issued(office)

    with pytest.raises(Error), transaction.atomic():
        DecisionStatement.objects.filter(pk=statement.pk).delete()


# --- Two windows, two at once ----------------------------------------------------------------


def test_two_windows_lose_nothing(office):
    statement = make_statement(office)
    first = {"decision": {**statement.draft["decision"], "title": "Dari jendela satu"}}
    second = {"decision": {**statement.draft["decision"], "own_role": "Dari jendela dua"}}

    for part in (first, second):
        drafting.save_draft(
            statement, change=lambda base, part=part: {**base, **part}, base_revision=0,
            by=office.staff,
        )  # fmt: skip

    statement.refresh_from_db()
    assert statement.draft["decision"]["title"] == "Dari jendela satu"
    assert statement.draft["decision"]["own_role"] == "Dari jendela dua"


def test_answers_to_hits_are_merged_like_others(office):
    register_of(
        office.staff,
        business={"rows": [business_row("PT Semarak Abadi"), business_row("PT Lintas Bumi")]},
    )
    statement = make_statement(
        office, statement_draft(parties=("PT Semarak Abadi", "PT Lintas Bumi"))
    )
    first, second = match_answers.answered_hits(office.staff, statement.draft)
    for item in (first, second):
        drafting.save_draft(
            statement,
            change=lambda base, item=item: match_answers.with_answer(
                base, item.hit, answer="different", reason="Lain."
            ),
            base_revision=0,
            by=office.staff,
        )

    statement.refresh_from_db()
    answered = match_answers.answered_hits(office.staff, statement.draft)
    assert [item.answer for item in answered] == ["different", "different"]


def in_threads(*calls):
    def run(call):
        try:
            call()
        except (TransitionError, drafting.DraftClosedError):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def person(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_once_make_one_document():
    office = make_office()
    statement = make_statement(office)

    def sign():
        issue(office, DecisionStatement.objects.get(pk=statement.pk))

    assert in_threads(sign, sign) == ["done", "refused"]
    assert Document.objects.filter(kind="F2").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_statements_on_one_matter_at_once_give_one():
    office = make_office()
    drafts = [make_statement(office), make_statement(office)]

    result = in_threads(*(lambda each=each: issue(office, each) for each in drafts))

    assert result == ["done", "refused"]
    assert DecisionStatement.objects.filter(state="issued").count() == 1


@pytest.mark.django_db(transaction=True)
def test_statement_and_declaration_on_one_matter_at_once_never_stand_beside():
    office = make_office()
    conflict, statement = plain_conflict(office), make_statement(office)

    in_threads(
        lambda: conflicts.send(conflict, by=office.staff, proof=proof(office.staff)),
        lambda: issue(office, statement),
    )

    assert ConflictDeclaration.objects.get().state == "sent"
    assert DecisionStatement.objects.get().state in ("draft", "withdrawn")
    assert not Document.objects.filter(kind="F2", state__in=("pending", "signed")).exists()


@pytest.mark.django_db(transaction=True)
def test_two_officials_sign_on_a_new_matter_at_once():
    office = make_office()
    mine = make_statement(office)
    theirs = make_statement(office, declarant=office.colleague)

    result = in_threads(
        lambda: issue(office, mine),
        lambda: statements.issue(theirs, by=office.colleague, proof=proof(office.colleague)),
    )

    assert result == ["done", "done"]
    assert Matter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_save_behind_a_signature_is_refused():
    office = make_office()
    statement = make_statement(office)

    def save():
        drafting.save_draft(
            statement,
            change=lambda base: {**base, "sources": {**base["sources"], "bisnis": "yes"}},
            base_revision=0,
            by=person(office.staff),
        )

    in_threads(save, lambda: issue(office, DecisionStatement.objects.get(pk=statement.pk)))

    statement = DecisionStatement.objects.get(pk=statement.pk)
    said_yes = statement.draft["sources"]["bisnis"] == "yes"
    assert (statement.state == "issued") == (not said_yes)


@pytest.mark.django_db(transaction=True)
def test_conversion_at_once_makes_one_declaration():
    office = make_office()
    statement = make_statement(office, statement_draft(bisnis="Saham."))

    def convert():
        statements.convert(DecisionStatement.objects.get(pk=statement.pk), by=person(office.staff))

    assert in_threads(convert, convert) == ["done", "refused"]
    assert ConflictDeclaration.objects.count() == 1
