"""What follows changes is what a full run finds: step by step through the work of an office.

Each step is one that people take, by its own service. After it the rules look at what the events
touch; a run over everything must then find nothing to add, to change or to clear.
"""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from audit.services import record
from declarations.models import ControlTask
from declarations.workflow import conflicts, oversight, plans, statements
from declarations.workflow import registers as register_workflow
from jobs.testing import run_jobs
from matching.names import person_key
from people.importing import batches
from people.models import Assignment, Role
from people.services import organisation, persons, standing
from review.models import EvaluationCursor, Flag, RuleVersion
from review.rules import RULES
from review.services import cooling_off, evaluation, flag_changes, rule_settings
from review.workflow import flag_runs
from tests.declarations import cases, scenes
from tests.declarations.factories import (
    business_row,
    family_row,
    full_draft,
    nil_draft,
    sent_register,
)
from tests.declarations.office import make_office, make_statement, proof, statement_draft
from tests.people.factories import PostFactory, person_with, post_of
from tests.people.test_import_batches import line, upload
from tests.review.factories import approved_map
from tests.review.flag_cases import CASES, register

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)
COMPANY = business_row("PT Lembah Hijau")


def rows_of(found):
    return {(rule.code, key, fingerprint) for rule, (key, fingerprint, *_rest) in found}


def follow():
    """Look at what changed; what there is now, which is what a full run would find."""
    now = timezone.now()
    flag_runs.run_changes(at=now)
    versions = {each.rule: each for each in evaluation.current_versions()}
    full = rows_of(
        (RULES[code], row)
        for code, version in versions.items()
        if version.is_enabled
        for row in evaluation.findings(RULES[code], version.parameters, at=now)
    )
    live = Flag.objects.exclude(state="cleared")
    assert set(live.values_list("rule", "key", "fingerprint")) == full
    return {rule for rule, _key, _fingerprint in full}


@pytest.fixture
def office():
    place = make_office()
    follow()
    return place


def test_a_conflict_from_the_declaration_to_the_end_of_its_control(office):
    conflict = cases.declared(office)
    assert "Q2_ACTUAL_CONFLICT" in follow()

    type(conflict).objects.filter(pk=conflict.pk).update(due_on=timezone.localdate() - DAY)
    conflict = conflicts.review(conflict, by=office.superior)
    assert "F2_DECISION_OVERDUE" in follow()

    decision = cases.decided(office, conflict)
    assert "F2_DECISION_OVERDUE" not in follow()

    plan = cases.running(office, cases.planned(office, decision))
    ControlTask.objects.filter(plan=plan).update(due_on=timezone.localdate() - DAY)
    cases.with_evidence(cases.task_of(plan))
    assert "F4_TASK_OVERDUE" in follow()

    task = plans.report_task(cases.task_of(plan), by=office.colleague, evidence_note="Ada.")
    assert "F4_TASK_OVERDUE" not in follow()
    plans.confirm_task(task, by=office.superior, effect="effective")
    follow()
    plans.evaluate(
        plan, by=office.superior, proof=proof(office.superior), typed=cases.evaluation()
    )
    follow()
    plans.close(plan, by=office.superior)
    assert "Q2_ACTUAL_CONFLICT" not in follow()


def test_the_guard_of_a_recusal(office):
    """A statement on another matter with the party one was taken off; then it is withdrawn."""
    plan = cases.running(office)
    follow()
    draft = statement_draft()
    draft["decision"] |= {"title": "Pengadaan obat 2026", "number": ""}
    statement = scenes.issued(office, draft)
    assert "F1_RECUSAL_BREACH" in follow()

    statements.withdraw(statement, by=office.staff, reason="Keliru.")
    assert "F1_RECUSAL_BREACH" not in follow()
    assert plan.state == "active"


def test_statements_and_what_the_register_says(office):
    statement = scenes.issued(office, statement_draft(parties=("PT Lembah Hijau",)))
    follow()
    sent_register(office.staff, draft=full_draft(business={"rows": [COMPANY]}))
    assert "C2_OWN_COMPANY_IS_PARTY" in follow()
    statements.withdraw(statement, by=office.staff, reason="Keliru.")
    assert "C2_OWN_COMPANY_IS_PARTY" not in follow()
    again = make_statement(office, statement_draft(bisnis="Saya memiliki saham."))
    statements.convert(again, by=office.staff)
    follow()


def test_a_conflict_passed_on_and_taken_over(office):
    conflict = cases.declared(office)
    follow()
    conflict = conflicts.review(conflict, by=office.superior)
    conflict = conflicts.escalate(conflict, by=None, reason="overdue")
    follow()
    oversight.take_over(conflict, by=office.chief_inspector, reason="Diambil alih.")
    follow()


def test_registers_that_return_expire_and_change_kin(office):
    row = family_row(office.colleague.name, relative_nip=office.colleague.nip)
    sent = sent_register(office.staff, draft=full_draft(family={"rows": [row]}))
    follow()
    sent_register(office.colleague, draft=nil_draft())
    follow()
    register_workflow.return_for_completion(
        sent, by=office.officer, comments={"business": "Lengkapi."}
    )
    follow()
    person = office.colleague
    person.name = "Rina Nama Baru"
    persons.change_person(person, by=None)
    follow()
    persons.deactivate(person, by=person_with(Role.HR_ADMINISTRATOR), reason="Pensiun.")
    follow()


def test_posts_assignments_and_the_map(office):
    staff = office.staff
    register(staff, {"is_related_to_government": True})
    # An assignment that ends next month is held today.
    Assignment.objects.filter(user=staff).update(ends_on=timezone.localdate() + 30 * DAY)
    organisation.oblige_post(post_of(staff), is_obliged=True, by=None, reason="SK.")
    assert "Q1_DEALS_IN_RISK_POST" not in follow()
    approved = approved_map(office.opd, "PBJ-01", posts=(post_of(staff),), head=person_with())
    with transaction.atomic():
        record("riskmap.approve", by=None, target=approved)
    assert "Q1_DEALS_IN_RISK_POST" in follow()
    standing.end_assignment(
        staff.assignments.get(), ends_on=timezone.localdate(), by=None, reason="Mutasi."
    )
    follow()
    standing.assign(
        Assignment(user=staff, post=PostFactory(), starts_on=timezone.localdate() + DAY), by=None
    )
    follow()


def test_an_import_of_people_is_followed_once():
    """Reading and checking a file touches nobody; taking it over may touch everybody."""
    post = PostFactory(code="99.01.00", head=True, opd__code="99.01")
    admin = person_with(Role.HR_ADMINISTRATOR)
    follow()
    batch = batches.receive(upload(line(Mulai="01/02/2020")), by=admin)
    run_jobs()
    assert not _changes().is_everything
    follow()

    batch.refresh_from_db()
    batches.commit(batch, by=admin)
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "committed"
    assert _changes().is_everything
    follow()
    assert post.subordinates.exists()


def _changes():
    return flag_changes.read_changes(EvaluationCursor.objects.get())


def test_entries_of_former_officials():
    """One that gets another name lets go of the statements with its old one."""
    CASES["Q10_FORMER_OFFICIAL_IS_PARTY"](hit=False)
    keeper = person_with(Role.CHIEF_INSPECTOR)
    assert "Q10_FORMER_OFFICIAL_IS_PARTY" not in follow()

    def entry(name):
        return cooling_off.Entry(
            name=name, last_post="Kepala Dinas", opd=post_of(keeper).opd,
            ended_on=timezone.localdate() - 100 * DAY,
        )  # fmt: skip

    official = cooling_off.register(entry("Zainal Abidin"), by=keeper)
    assert official.name_key == person_key("Zainal Abidin")
    assert "Q10_FORMER_OFFICIAL_IS_PARTY" in follow()
    cooling_off.change(official, entry("Orang Lain Sekali"), revision=None, by=keeper)
    assert "Q10_FORMER_OFFICIAL_IS_PARTY" not in follow()
    cooling_off.change(official, entry("Zainal Abidin"), revision=None, by=keeper)
    assert "Q10_FORMER_OFFICIAL_IS_PARTY" in follow()
    cooling_off.remove(official, reason="Keliru.", at=timezone.now(), by=keeper)
    assert "Q10_FORMER_OFFICIAL_IS_PARTY" not in follow()


def test_a_rule_that_is_switched_off_and_on():
    CASES["A3_NO_IDENTIFIER"](hit=True)
    chief = person_with(Role.CHIEF_INSPECTOR)
    assert "A3_NO_IDENTIFIER" in follow()
    for is_on in (False, True):
        current = RuleVersion.objects.current().get(rule="A3_NO_IDENTIFIER")
        rule_settings.change_rule(
            "A3_NO_IDENTIFIER", weight=current.weight, parameters=current.parameters,
            is_enabled=is_on, reason="Dicoba.", seen=current.number, by=chief,
        )  # fmt: skip
        assert ("A3_NO_IDENTIFIER" in follow()) is is_on
