"""The pages of flags, rules and samples: what they show, to whom, in how many queries."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import InterestRegister
from people.models import Role
from review.models import Case, Flag, NilSample, RuleVersion
from review.rules import RULES
from review.services import rule_lab, rule_settings, samples
from review.services.evaluation import evaluate_all
from review.workflow import cases, flag_cases
from review.workflow import flags as workflow
from review.workflow.samples import draw_sample
from tests.people.factories import log_in, person_with
from tests.queries import count_page_queries
from tests.review.flag_cases import CASES, conflict, decide, person, register

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
CODE = "B3_BORN_AT_APPOINTMENT"
WORDS = "Sudah diperiksa."


def flagged(code="A3_NO_IDENTIFIER", times=1):
    for _number in range(times):
        CASES[code](hit=True)
    evaluate_all(at=timezone.now())
    return Flag.objects.filter(rule=code).first()


def as_role(client, role=Role.INSPECTOR):
    return log_in(client, person_with(role))


@pytest.mark.parametrize("times", [1, 3])
def test_list_of_flags_costs_few_queries(client, times):
    flagged(times=times)
    as_role(client)
    url = reverse("review:flag_list")

    assert len(client.get(url).context["flags"]) == times
    assert count_page_queries(lambda: client.get(url)) <= MOST_QUERIES


def test_filters_stand_in_the_address(client):
    flag = flagged()
    as_role(client)

    for query, number in (
        ({"aturan": flag.rule, "opd": flag.opd_id, "tahun": flag.year, "tingkat": "rendah"}, 1),
        ({"tingkat": "tinggi"}, 0),
        ({"keadaan": "dismissed"}, 0),
        ({"aturan": "nonsense", "tahun": "zzz"}, 1),
    ):
        page = client.get(reverse("review:flag_list"), query)
        assert page.status_code == 200
        assert len(page.context["flags"]) == number


@pytest.mark.parametrize(
    "code", ["A1_RELATIVE_MISSING", "F1_RECUSAL_BREACH", "E3_RISK_WITHOUT_CONTROL"]
)
def test_evidence_card(client, code):
    flag = flagged(code)
    as_role(client)

    page = client.get(flag.get_absolute_url())

    assert page.status_code == 200
    assert flag.sentence in page.context["shown"].sentence
    assert "<svg" in page.content.decode()
    assert any(row.url for row in page.context["rows"])
    assert count_page_queries(lambda: client.get(flag.get_absolute_url())) <= MOST_QUERIES


def test_card_as_it_was(client):
    flag = flagged()
    as_role(client)
    snapshot = flag.snapshots.get()

    page = client.get(flag.get_absolute_url(), {"pada": str(snapshot.pk)})

    assert page.context["is_reproduced"]
    assert client.get(flag.get_absolute_url(), {"pada": "x"}).status_code == 404


def test_a_colleague_sees_nothing_of_a_flag_or_a_score(client):
    flag = flagged()
    log_in(client, person_with(opd=flag.opd))

    assert client.get(flag.get_absolute_url()).status_code == 404
    assert client.get(reverse("review:flag_list")).status_code == 403
    assert client.get(reverse("review:flag_score", args=[flag.subject_id])).status_code == 403


def test_score_with_its_parts(client):
    flag = flagged()
    as_role(client)

    page = client.get(reverse("review:flag_score", args=[flag.subject_id]))

    assert page.context["score"].total == sum(f.weight for f in page.context["score"].parts)


@pytest.mark.parametrize(
    ("step", "state"), [("flag_dismiss", "dismissed"), ("flag_confirm", "confirmed")]
)
def test_judging(client, step, state):
    flag = flagged()
    as_role(client)
    url = reverse(f"review:{step}", args=[flag.pk])

    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "x"}).status_code == 422
    assert client.post(url, {"reason": WORDS, "seen": "f" * 64}).status_code == 409
    assert client.post(url, {"reason": WORDS, "seen": flag.fingerprint}).status_code == 302
    flag.refresh_from_db()
    assert flag.state == state
    assert client.post(url, {"reason": "Sekali lagi.", "seen": ""}).status_code == 409


def test_auditors_read_only(client):
    flag = flagged()
    as_role(client, Role.AUDITOR)

    assert client.get(flag.get_absolute_url()).status_code == 200
    assert client.get(reverse("review:flag_dismiss", args=[flag.pk])).status_code == 403


def test_question_and_answer(client):
    flag = flagged()
    as_role(client)
    url = reverse("review:flag_ask", args=[flag.pk])
    client.post(url, {"question": "Mengapa tanpa NIB?"})
    reply = flag.replies.get()
    log_in(client, flag.subject)

    page = client.get(reply.get_absolute_url())
    assert flag.sentence not in page.content.decode()
    sent = client.post(reply.get_absolute_url(), {"answer": "Masih diurus."})

    assert sent.status_code == 302
    log_in(client, person_with(Role.INSPECTOR))
    assert "Masih diurus." in client.get(flag.get_absolute_url()).content.decode()
    assert client.get(reply.get_absolute_url()).status_code == 404


# --- Rules -----------------------------------------------------------------------------------


def test_rules_are_listed_in_few_queries(client):
    as_role(client)
    url = reverse("review:rule_list")

    assert len(client.get(url).context["rows"]) == len(RULES)
    assert count_page_queries(lambda: client.get(url)) <= MOST_QUERIES
    assert client.get(reverse("review:rule_detail", args=[CODE])).status_code == 200
    assert client.get(reverse("review:rule_detail", args=["S1_NIL_SAMPLE"])).status_code == 200
    assert client.get(reverse("review:rule_detail", args=["nothing"])).status_code == 404


def change(**fields):
    return {
        "weight": "500",
        "p_months": "6",
        "is_enabled": "on",
        "reason": "Sekadar uji.",
        "seen": "1",
    } | fields


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": "1001"}, {"weight": "-1"}, {"weight": "berat"}, {"p_months": "0"},
        {"p_months": "enam"}, {"p_months": ""}, {"reason": ""}, {"p_months": "9" * 40},
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_message(client, wrong):
    as_role(client, Role.CHIEF_INSPECTOR)

    page = client.post(reverse("review:rule_change", args=[CODE]), change(**wrong))

    assert page.status_code == 422
    assert page.context["form"].errors
    assert RuleVersion.objects.filter(rule=CODE).count() == 1


def test_a_change_is_a_new_version_and_a_stale_page_is_told(client):
    as_role(client, Role.CHIEF_INSPECTOR)
    url = reverse("review:rule_change", args=[CODE])

    assert client.post(url, change(p_months="3")).status_code == 302
    assert client.post(url, change(p_months="9")).status_code == 409
    current = RuleVersion.objects.current().get(rule=CODE)
    assert (current.number, current.parameters) == (2, {"months": 3})
    event = AuditEvent.objects.get(action="rule.change")
    assert event.data["reason"] == "Sekadar uji."


def test_only_the_chief_inspector_changes_rules(client):
    as_role(client, Role.INSPECTOR)

    assert client.post(reverse("review:rule_change", args=[CODE]), change()).status_code == 403


def test_a_version_stays_as_it_was():
    version = RuleVersion.objects.current().get(rule=CODE)
    version.weight = 1
    with pytest.raises(Exception, match=r"read-only|Cannot update"):
        version.save()


def test_the_lab_says_what_comes_and_goes_and_writes_nothing(client):
    flag = flagged(CODE)
    workflow.confirm(flag, by=person_with(Role.INSPECTOR), reason="Benar.")
    user = as_role(client, Role.CHIEF_INSPECTOR)
    url = reverse("review:rule_lab", args=[CODE])

    assert client.get(url).status_code == 200
    page = client.get(url, {"weight": "900", "p_months": "1", "is_enabled": "on"})

    result = page.context["result"]
    assert (result.found, result.coming, result.going) == (0, 0, 1)
    assert (result.before.precision, result.after.precision) == (100, None)
    assert [each.pk for each in result.go] == [flag.pk]
    assert client.get(url, {"weight": "9999"}).context["result"] is None
    assert RuleVersion.objects.filter(rule=CODE).count() == 1
    wider = rule_lab.forecast(
        RULES[CODE],
        weight=500,
        parameters={"months": 24},
        is_enabled=True,
        at=timezone.now(),
        user=user,
    )
    assert (wider.found, wider.going) == (1, 0)


def test_the_lab_foretells_exactly_what_the_change_brings():
    """One comes back dismissed and one confirmed, one goes, one comes for the first time."""
    code = "Q3_HIGH_LEVEL"
    chief, inspector = person_with(Role.CHIEF_INSPECTOR), person_with(Role.INSPECTOR)
    for level in ("TINGGI", "TINGGI", "SANGAT_TINGGI", "SEDANG"):
        decided = decide(conflict(person()), "BATASI_AKSES", level=level, **RISK)
        assert decided.level == level
    evaluate_all(at=timezone.now())
    high, other = Flag.objects.filter(rule=code, sentence__contains="Tinggi (19)").exclude(
        sentence__contains="Sangat"
    )
    workflow.dismiss(high, by=inspector, reason="Sudah diperiksa.")
    workflow.confirm(other, by=inspector, reason="Benar.")
    set_levels(code, ["SANGAT_TINGGI"], chief)
    tried = ["SEDANG", "TINGGI"]

    told = rule_lab.forecast(
        RULES[code], weight=250, parameters={"levels": tried}, is_enabled=True,
        at=timezone.now(), user=chief,
    )  # fmt: skip
    before = Flag.objects.filter(rule=code)
    queue = Flag.objects.filter(state="open", is_queued=True)
    assert told.before.queue == queue.count()
    assert told.before.people == queue.values("subject").distinct().count()
    set_levels(code, tried, chief, weight=250)

    states = sorted(before.values_list("state", flat=True))
    assert states == ["cleared", "confirmed", "dismissed", "open"]
    assert (told.coming, told.going, told.found) == (2, 1, 3)
    assert told.after.queue == queue.count()
    assert told.after.people == queue.values("subject").distinct().count()
    live = Flag.objects.live().filter(rule=code)
    assert (told.after.live, told.after.weight) == (2, sum(flag.weight for flag in live))
    assert (told.after.judged, told.after.confirmed, told.after.precision) == (2, 1, 50)


RISK = {"likelihood": 4, "impact": 4, "magnitude": 19}


def set_levels(code, levels, by, weight=500):
    current = RuleVersion.objects.current().get(rule=code)
    rule_settings.change_rule(
        code, weight=weight, parameters={"levels": levels}, is_enabled=True, reason="Dicoba.",
        seen=current.number, by=by,
    )  # fmt: skip
    evaluate_all(at=timezone.now())


# --- The sample ------------------------------------------------------------------------------


def test_the_sample_can_be_drawn_again_and_its_seed_comes_first():
    for _number in range(4):
        register(person())
    chief = person_with(Role.CHIEF_INSPECTOR)
    at = timezone.now()

    sample = draw_sample(year=at.year, by=chief, at=at)

    population = samples.population_of(at.year, on=at.date())
    rates = sample.rates.parameters
    again, counts = samples.choose(population, seed=sample.seed, rates=rates)
    assert {row[0] for row in again} == set(sample.items.values_list("register", flat=True))
    assert (counts, sample.population_hash) == (sample.counts, samples.hash_of(population))
    # Nobody needs the registers as they were: what the draw rested on is kept with it.
    InterestRegister.objects.update(state="expired")
    sample.refresh_from_db()
    assert samples.draw_again(sample)
    sample.population_hash = "0" * 64
    assert not samples.draw_again(sample)
    assert len(list(samples.listed(sample))) == len(population)
    first, second = AuditEvent.objects.filter(action__startswith="nilsample.").order_by("pk")
    assert (first.action, first.data["seed"]) == ("nilsample.seed", sample.seed)
    assert second.action == "nilsample.draw"
    assert Case.objects.filter(origin="sample").count() == len(again) == 1


def test_drawing_by_the_page(client):
    register(person())
    as_role(client, Role.INSPECTOR)
    assert client.get(reverse("review:sample_draw")).status_code == 403
    as_role(client, Role.CHIEF_INSPECTOR)

    url = reverse("review:sample_draw")
    assert client.get(url).status_code == 200
    assert client.post(url, {"year": "x"}).status_code == 422
    assert client.post(url, {"year": timezone.localdate().year}).status_code == 302

    sample = NilSample.objects.get()
    assert client.get(reverse("review:sample_list")).status_code == 200
    page = client.get(reverse("review:sample_detail", args=[sample.pk]))
    assert page.context["is_same"]
    listed = client.get(reverse("review:sample_population", args=[sample.pk]))
    assert len(listed.content.splitlines()) == 2
    as_role(client, Role.INSPECTOR)
    listed = client.get(reverse("review:sample_population", args=[sample.pk]))
    assert listed.status_code == 403


def test_check_refuses_a_weight_that_is_no_number():
    for weight in (None, "5", True, 1001, -1, 2.5):
        with pytest.raises(ValidationError):
            rule_settings.check(RULES[CODE], weight=weight, parameters={})


# --- From one flag to the next, and into a case ------------------------------------------------


def test_the_next_flag_comes_after_a_judgement(client):
    flagged(times=2)
    first, second = Flag.objects.filter(rule="A3_NO_IDENTIFIER").by_weight()
    as_role(client)

    judged = client.post(reverse("review:flag_dismiss", args=[first.pk]), {"reason": WORDS})
    page = client.get(judged.url)
    assert page.url == second.get_absolute_url()

    last = client.get(reverse("review:flag_next"), {"sesudah": str(second.pk)})
    assert last.url == reverse("review:flag_list")
    again = client.get(reverse("review:flag_next"), {"sesudah": "x"})
    assert again.url == second.get_absolute_url()


def test_the_flags_of_ones_own_case_come_one_after_another(client):
    flagged(times=2)
    first, second = Flag.objects.filter(rule="A3_NO_IDENTIFIER").by_weight()
    inspector = as_role(client)
    case = cases.claim(flag_cases.take_up(first, by=inspector), by=inspector)

    left = client.get(reverse("review:flag_next"), {"sesudah": str(first.pk)})
    assert left.url == case.get_absolute_url()

    other = client.get(reverse("review:flag_next"), {"sesudah": str(second.pk)})
    assert other.url == reverse("review:flag_list")


def test_nobody_is_led_to_a_flag_they_may_not_see(client):
    flag = flagged()
    log_in(client, person_with(Role.INSPECTOR, flag.opd))

    assert client.get(reverse("review:flag_next")).url == reverse("review:flag_list")


def test_a_flag_is_taken_into_a_case(client):
    flag = flagged()
    as_role(client)

    client.post(reverse("review:flag_take_up", args=[flag.pk]))

    flag.refresh_from_db()
    case = Case.objects.get(subject=flag.subject)
    assert (flag.case, case.state, case.score) == (case, "new", flag.weight)
    assert AuditEvent.objects.filter(action="flag.take_up", target_id=flag.pk).count() == 1


def test_what_was_judged_or_is_about_an_opd_opens_no_case(client):
    flag, unit = flagged(), flagged("A12_NIL_AT_ONCE")
    inspector = person_with(Role.INSPECTOR)
    workflow.dismiss(flag, by=inspector, reason="Rumahan.")
    log_in(client, inspector)

    for each in (flag, unit):
        answer = client.post(reverse("review:flag_take_up", args=[each.pk]))
        assert answer.url == each.get_absolute_url()
    assert not Case.objects.filter(subject=flag.subject).exists()


def test_auditors_take_up_nothing(client):
    flag = flagged()
    as_role(client, Role.AUDITOR)

    assert client.post(reverse("review:flag_take_up", args=[flag.pk])).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_inspectors_open_one_case():
    flag = flagged()
    inspectors = [person_with(Role.INSPECTOR) for _number in range(2)]
    barrier = threading.Barrier(2)

    def take(inspector):
        try:
            barrier.wait(10)
            return flag_cases.take_up(Flag.objects.get(pk=flag.pk), by=inspector).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(take, inspectors))

    assert len(set(taken)) == 1
    assert Case.objects.filter(subject=flag.subject).count() == 1


def test_dashboard_counts_exactly_the_rows_of_the_list(client):
    flagged(times=2)
    flag = flagged("D4_DOUBLE_POST")
    CASES["D6_DECIDED_BY_KIN"](hit=True)
    evaluate_all(at=timezone.now())
    # Somebody who may not see all of them.
    inspector = person_with(Role.INSPECTOR, flag.opd)
    confirmed = Flag.objects.filter(rule="A3_NO_IDENTIFIER").first()
    workflow.confirm(confirmed, by=person_with(Role.INSPECTOR), reason="Benar.")
    log_in(client, inspector)

    cells = client.get(reverse("review:dashboard")).context["flag_cells"]

    assert 0 < cells["open"].number < Flag.objects.filter(state="open").count()
    for name, cell in cells.items():
        rows = client.get(cell.url).context["page"]
        assert cell.number == rows.count, name
