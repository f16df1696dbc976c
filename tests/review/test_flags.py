"""The life of a flag: raised, judged, remembered, cleared; who sees it; what follows changes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from audit.services import record
from declarations.models import InterestRegister
from declarations.workflow import registers as register_workflow
from declarations.workflow.base import TransitionError
from people.models import Role, User
from review import planted
from review.models import EvaluationCursor, Flag, FlagSnapshot, RuleVersion
from review.rules import RULES
from review.services import evaluation, flag_changes, rule_settings
from review.services.evaluation import evaluate_all, evaluate_subjects
from review.services.evidence import reproduce
from review.workflow import flag_runs
from review.workflow import flags as workflow
from tests.declarations.factories import business_row, full_draft, office, sent_register
from tests.people.factories import person_with
from tests.review.flag_cases import CASES, conflict, person, register
from tests.review.report_samples import make_report, mark, take

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def one_flag(code="A3_NO_IDENTIFIER"):
    CASES[code](hit=True)
    evaluate_all(at=now())
    return Flag.objects.get(rule=code)


def change_company(flag, name):
    """The register is replaced by one in which the same row has another company's name."""
    old = InterestRegister.objects.get(declarant=flag.subject, state="accepted")
    row = old.interests.get()
    InterestRegister.objects.filter(pk=old.pk).update(state="renewed")
    register(flag.subject, {"identifier": "", "name": name, "row_key": row.row_key})


def test_a_finding_becomes_a_flag_with_its_evidence():
    flag = one_flag()

    assert (flag.state, flag.weight) == ("open", 200)
    assert flag.people == [flag.subject_id]
    assert flag.snapshot.sentence == flag.sentence
    assert reproduce(flag.snapshot)
    assert AuditEvent.objects.filter(action="flag.raise", target_id=flag.pk).count() == 1


def test_an_old_flag_comes_out_again_when_the_code_has_moved_on(monkeypatch):
    """From the text of its own version; a fact or a weight that was touched is noticed."""
    flag = one_flag()
    old = flag.snapshot
    rule = replace(RULES[flag.rule], sentence="Kata yang lain tentang {company}.")
    monkeypatch.setitem(RULES, flag.rule, rule)

    rule_settings.load()
    evaluate_all(at=now())

    flag.refresh_from_db()
    assert flag.sentence == "Kata yang lain tentang CV Rafflesia Jaya."
    assert (flag.rule_version.number, flag.snapshot.rule_version_id) == (2, flag.rule_version_id)
    assert reproduce(FlagSnapshot.objects.get(pk=old.pk))
    assert reproduce(flag.snapshot)
    for touched in ({"weight": 1}, {"sentence": "Lain."}, {"fingerprint": "0" * 64}):
        forged = FlagSnapshot.objects.get(pk=old.pk)
        for name, value in touched.items():
            setattr(forged, name, value)
        assert not reproduce(forged)


def test_a_second_run_writes_nothing():
    one_flag()

    assert evaluate_all(at=now()).is_empty


def test_a_dismissed_flag_stays_so_until_its_facts_change():
    flag = one_flag()
    workflow.dismiss(flag, by=person_with(Role.INSPECTOR), reason="Usaha rumahan.")

    evaluate_all(at=now())
    flag.refresh_from_db()
    assert flag.state == "dismissed"

    change_company(flag, "CV Nama Baru")
    evaluate_all(at=now())
    flag.refresh_from_db()
    assert flag.state == "open"
    assert "CV Rafflesia Jaya → CV Nama Baru" in flag.change_note
    assert flag.dismissed_reason == "Usaha rumahan."
    assert flag.snapshots.count() == 2


def switch(code, *, on):
    current = RuleVersion.objects.current().get(rule=code)
    return rule_settings.change_rule(
        code,
        weight=current.weight,
        parameters=current.parameters,
        is_enabled=on,
        reason="Dicoba.",
        seen=current.number,
        by=person_with(Role.CHIEF_INSPECTOR),
    )


def test_a_flag_is_cleared_when_its_facts_are_gone():
    flag = one_flag()
    InterestRegister.objects.filter(declarant=flag.subject).update(state="expired")

    evaluate_all(at=now())

    flag.refresh_from_db()
    assert (flag.state, flag.cleared_at is None) == ("cleared", False)


@pytest.mark.parametrize("step", ["dismiss", "confirm"])
def test_what_comes_back_the_same_is_as_it_was_judged(step):
    flag = one_flag()
    getattr(workflow, step)(flag, by=person_with(Role.INSPECTOR), reason="Sudah jelas.")
    flag.refresh_from_db()
    judged = flag.state
    switch(flag.rule, on=False)
    evaluate_all(at=now())
    flag.refresh_from_db()
    assert flag.state == "cleared"

    switch(flag.rule, on=True)
    evaluate_all(at=now())

    flag.refresh_from_db()
    assert (flag.state, flag.cleared_at) == (judged, None)


def test_a_confirmed_flag_goes_on_counting():
    flag = one_flag()
    workflow.confirm(flag, by=person_with(Role.INSPECTOR), reason="Benar.")

    assert Flag.objects.scores().get()["score"] == 200
    with pytest.raises(TransitionError):
        workflow.dismiss(flag, by=person_with(Role.INSPECTOR), reason="Tidak.")


def test_facts_that_changed_meanwhile_are_not_judged():
    flag = one_flag()

    with pytest.raises(TransitionError):
        workflow.confirm(flag, by=person_with(Role.INSPECTOR), reason="Benar.", seen="0" * 64)


@pytest.mark.django_db(transaction=True)
def test_two_inspectors_judge_once():
    flag = one_flag()
    both = [person_with(Role.INSPECTOR), person_with(Role.INSPECTOR)]
    ready = threading.Barrier(2)

    def judge(step, by):
        try:
            ready.wait()
            step(Flag.objects.get(pk=flag.pk), by=by, reason="Alasan.")
        except TransitionError:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        steps = (workflow.dismiss, workflow.confirm)
        assert sorted(pool.map(judge, steps, both)) == ["done", "refused"]
    judged = AuditEvent.objects.filter(action__in=("flag.dismiss", "flag.confirm"))
    assert judged.count() == 1


# --- Who sees it -----------------------------------------------------------------------------


def seen_by(user, flag):
    user = User.objects.get(pk=user.pk)
    listed = Flag.objects.visible_to(user).filter(pk=flag.pk).exists()
    assert listed == user.has_perm("review.view_flag", flag)
    return listed


@pytest.mark.parametrize("role", Role.values)
def test_only_the_inspectorate_and_auditors_see_flags(role):
    flag = one_flag()

    assert seen_by(person_with(Role(role)), flag) == (
        role in (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)
    )


def test_an_inspector_sees_no_flag_about_themselves_their_kin_or_their_opd():
    flag = one_flag()
    own = person_with(Role.INSPECTOR)
    assert seen_by(own, flag)
    colleague = person_with(Role.INSPECTOR, opd=flag.opd)
    kin = person_with(Role.INSPECTOR)
    register(kin, {"section": "family", "name": flag.subject.name, "relative": flag.subject})
    Flag.objects.filter(pk=flag.pk).update(people=[flag.subject_id, own.pk])
    flag.refresh_from_db()

    assert [seen_by(user, flag) for user in (own, colleague, kin)] == [False, False, False]


def test_nobody_judges_what_they_may_not_see():
    flag = one_flag()

    for user in (person_with(Role.INSPECTOR, opd=flag.opd), person_with(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            workflow.dismiss(flag, by=user, reason="Alasan.")


# --- What follows changes --------------------------------------------------------------------


def findings_now():
    return {
        (rule.code, key, fingerprint)
        for rule in RULES.values()
        for key, fingerprint, *_rest in evaluation.findings(rule, rule.defaults, at=now())
    }


def flags_now():
    live = Flag.objects.exclude(state="cleared")
    return set(live.values_list("rule", "key", "fingerprint"))


@pytest.mark.django_db(transaction=True)
def test_following_changes_agrees_with_a_full_run():
    place = office()
    flag_runs.run_changes(at=now())
    assert findings_now() == flags_now()

    sent = sent_register(place.declarant, draft=full_draft(business={"rows": [business_row()]}))
    flag_runs.run_changes(at=now())
    assert ("A3_NO_IDENTIFIER",) in {row[:1] for row in flags_now()}
    assert findings_now() == flags_now()

    register_workflow.accept(sent, by=place.officer)
    flag_runs.run_changes(at=now())
    assert findings_now() == flags_now()

    changed = full_draft(business={"rows": [business_row("CV Lain", nib="1234567890123")]})
    InterestRegister.objects.filter(pk=sent.pk).exists()
    second = sent_register(place.declarant, draft=changed, previous=sent, occasion="change")
    flag_runs.run_changes(at=now())
    register_workflow.accept(second, by=place.officer)
    flag_runs.run_changes(at=now())

    assert findings_now() == flags_now()
    assert evaluate_all(at=now()).is_empty
    assert not Flag.objects.live().filter(rule="A3_NO_IDENTIFIER").exists()
    assert Flag.objects.live().filter(rule="B1_VANISHED").exists()


@pytest.mark.django_db(transaction=True)
def test_shares_of_all_holders_follow_one_of_them():
    CASES["A4_SHARES_OVER_WHOLE"](hit=True)
    evaluate_all(at=now())
    first, second = Flag.objects.filter(rule="A4_SHARES_OVER_WHOLE")
    InterestRegister.objects.filter(declarant=first.subject).update(state="expired")

    evaluate_subjects([first.subject_id], at=now())

    second.refresh_from_db()
    assert second.state == "cleared"
    assert findings_now() == flags_now()


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_read_once():
    """The transaction that began first, and got the smaller id, commits last."""
    flag_runs.run_changes(at=now())
    early, late = person_with(), person_with()
    flag_runs.run_changes(at=now())
    written, go_on = threading.Event(), threading.Event()

    def slowly():
        with transaction.atomic():
            record("person.change", by=None, target=early)
            written.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slowly)
    thread.start()
    written.wait(10)
    with transaction.atomic():
        record("person.change", by=None, target=late)
    first = _look()
    go_on.set()
    thread.join()
    second = _look()

    assert (first & {early.pk, late.pk}, second & {early.pk, late.pk}) == (
        set(),
        {early.pk, late.pk},
    )
    assert _look() == set()


def _look():
    with transaction.atomic():
        cursor = EvaluationCursor.objects.select_for_update().get()
        changes = flag_changes.read_changes(cursor)
        flag_changes.move_cursor(cursor, changes, at=now())
    return changes.users


def test_a_queued_flag_opens_a_case():
    who = person()
    conflict(who)

    flag_runs.run_all(at=now())

    flag = Flag.objects.get(rule="Q2_ACTUAL_CONFLICT")
    assert flag.case.subject == who


def test_a_report_on_a_nil_register_is_flagged():
    who = person()
    register(who)
    inspector = person_with(Role.INSPECTOR)
    mark(take("verify", make_report(), by=inspector), who, by=inspector)

    evaluate_all(at=now())

    assert Flag.objects.get(rule="Q7_REPORT_ON_NIL").subject == who


# --- The right of reply ----------------------------------------------------------------------


def test_the_declarant_answers_once():
    flag = one_flag()
    reply = workflow.ask(flag, by=person_with(Role.INSPECTOR), question="Mengapa?")
    with pytest.raises(TransitionError):
        workflow.ask(flag, by=person_with(Role.INSPECTOR), question="Lagi?")

    workflow.answer(reply, by=flag.subject, text="Usaha belum terdaftar.")

    with pytest.raises(TransitionError):
        workflow.answer(reply, by=flag.subject, text="Lagi.")
    with pytest.raises(PermissionDenied):
        workflow.answer(reply, by=person_with(), text="Bukan saya.")


# --- Against what is planted -----------------------------------------------------------------


@pytest.mark.slow
def test_everything_planted_in_a_small_province_is_flagged(tmp_path):
    path = tmp_path / "planted.json"
    call_command("seed_province", people=400, planted=path, verbosity=0)
    evaluate_all(at=now())

    records = planted.read_planted(path)
    result = planted.report(records, at=now())

    missed = {line.name for line in result.kinds if line.found < line.number}
    assert missed <= set(result.not_shown)
    assert result.recall == 1
    assert all(line.number for line in result.kinds)
    # The same person with another register is not the case that was planted.
    elsewhere = {"register": "another"}
    others = [
        record | {"where": record["where"] | elsewhere}
        for record in records
        if record["kind"] == "A3_company_without_identifier"
    ]
    assert planted.report(others, at=now()).recall == 0


def test_a_changed_rule_takes_its_flags_along():
    flag = one_flag("B3_BORN_AT_APPOINTMENT")
    chief = person_with(Role.CHIEF_INSPECTOR)
    rule_settings.change_rule(
        flag.rule,
        weight=900,
        parameters={"months": 1},
        is_enabled=True,
        reason="Terlalu lebar.",
        seen=1,
        by=chief,
    )

    flag_runs.run_all(at=now())

    flag.refresh_from_db()
    assert flag.state == "cleared"
    assert RuleVersion.objects.filter(rule=flag.rule).count() == 2
