"""An inspector's morning over flags, the declarant's reply, and the rule lab."""

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Role
from review.models import Flag, FlagSnapshot, RuleVersion
from review.services import summaries
from review.services.evaluation import evaluate_all
from review.services.evidence import reproduce
from review.workflow import flag_runs, flags
from tests.e2e.walking import Walk
from tests.people.factories import person_with
from tests.review.flag_cases import CASES, DAY, TODAY, person, register

pytestmark = pytest.mark.django_db(transaction=True)
DASHBOARD = reverse("review:dashboard")
LIST = reverse("review:flag_list")
RULE = "B3_BORN_AT_APPOINTMENT"
APPOINTED = TODAY - 900 * DAY


@pytest.fixture(autouse=True)
def _relaxed(settings):
    settings.SECOND_FACTOR_RELAXED = True


def found(*codes):
    for code in codes:
        CASES[code](hit=True)
    evaluate_all(at=timezone.now())
    summaries.rebuild(at=timezone.now())
    return [Flag.objects.filter(rule=code).first() for code in codes]


def test_a_morning_over_flags(desktop, live_server):
    """The weightiest is dismissed with a reason, another taken into a case; then by the keys."""
    first, second = found("D6_DECIDED_BY_KIN", "D4_DOUBLE_POST")
    walk = Walk(desktop, live_server.url)
    walk.becomes(person_with(Role.INSPECTOR))
    walk.open(DASHBOARD)
    open_flags = Flag.objects.filter(state="open").count()
    assert desktop.locator(f'a.stat[href="{LIST}?keadaan=open"]').inner_text().split()[0] == str(
        open_flags
    )

    walk.follow(first.get_absolute_url())
    assert desktop.locator("svg.chart-path title").count() == 1
    walk.follow(reverse("review:flag_dismiss", args=[first.pk]))
    walk.answer(reason="Keduanya bukan kerabat, hanya bernama sama.")
    walk.go_on()
    first.refresh_from_db()
    assert first.state == "dismissed"
    assert walk.path != first.get_absolute_url(), "The next flag comes by itself."

    walk.open(second.get_absolute_url())
    walk.press(f'form[action="{reverse("review:flag_take_up", args=[second.pk])}"] button')
    second.refresh_from_db()
    assert walk.path == second.case.get_absolute_url()

    walk.open(LIST)
    desktop.keyboard.press("?")
    assert desktop.locator("[data-coi-keys]").is_visible()
    desktop.locator("h1").click()
    for key in "jjk":
        desktop.keyboard.press(key)
    with desktop.expect_navigation():
        desktop.keyboard.press("Enter")
    assert walk.path == Flag.objects.live().by_weight().first().get_absolute_url()
    before = walk.path
    with desktop.expect_navigation():
        desktop.keyboard.press("n")
    assert walk.path not in (before, LIST)


def test_a_declarant_replies_on_a_phone(phone, live_server):
    """The right of reply: asked, answered once, read beside the finding."""
    (flag,) = found("A3_NO_IDENTIFIER")
    inspector = person_with(Role.INSPECTOR)
    walk = Walk(phone, live_server.url)
    walk.becomes(inspector)
    walk.open(LIST)
    walk.follow(flag.get_absolute_url())
    walk.follow(reverse("review:flag_ask", args=[flag.pk]))
    walk.answer(question="Mengapa usaha itu tanpa NIB?")
    walk.go_on()
    reply = flag.replies.get()

    walk.becomes(flag.subject)
    walk.open(reply.get_absolute_url())
    assert flag.sentence not in walk.paragraph(), "Only the question is theirs to read."
    walk.answer(answer="NIB masih diurus sejak bulan lalu.")
    walk.press("main form button[type=submit]")
    assert phone.locator("textarea").count() == 0

    walk.becomes(inspector)
    walk.open(flag.get_absolute_url())
    assert "NIB masih diurus" in walk.paragraph()


def born(months):
    """Somebody whose company began so many months after the appointment."""
    who = person(since=APPOINTED)
    register(who, {"started_on": APPOINTED + 30 * months * DAY})


def test_the_rule_lab(desktop, live_server):
    """A wider window: tried, seen what would come, put into force; the old flag still stands."""
    for months in (1, 2, 11):
        born(months)
    chief = person_with(Role.CHIEF_INSPECTOR)
    flag_runs.run_changes(at=timezone.now())
    one, two = Flag.objects.filter(rule=RULE).order_by("pk")
    flags.confirm(one, by=chief, reason="Benar.")
    flags.dismiss(two, by=chief, reason="Kebetulan.")
    version = RuleVersion.objects.current().get(rule=RULE)
    walk = Walk(desktop, live_server.url)
    walk.becomes(chief)
    walk.open(reverse("review:rule_list"))
    desktop.click(f"#group-{RULE[0]}")
    walk.follow(reverse("review:rule_detail", args=[RULE]))
    walk.follow(reverse("review:rule_lab", args=[RULE]))

    walk.answer(p_months="12")
    walk.press("main form button[type=submit]")
    said = walk.paragraph()
    assert "50% (1/2)" in said
    assert desktop.locator("#come-heading").count() == 1
    assert Flag.objects.filter(rule=RULE).count() == 2, "Nothing is switched on in the lab."

    walk.press(f'main a[href^="{reverse("review:rule_change", args=[RULE])}?"]')
    walk.answer(reason="Setahun lebih sesuai dengan pengalaman.")
    walk.go_on()
    flag_runs.run_changes(at=timezone.now())

    assert RuleVersion.objects.current().get(rule=RULE).number == version.number + 1
    assert Flag.objects.live().filter(rule=RULE).count() == 2
    old = FlagSnapshot.objects.filter(flag=one, rule_version=version).get()
    assert reproduce(old)
    walk.open(f"{one.get_absolute_url()}?pada={old.pk}")
    assert old.sentence in walk.paragraph()
