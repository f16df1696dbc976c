"""Flags on a report, and flags about kin by name, are kept from whom the cases keep out.

The reader is tied to a second person whom the report may be about, and to nobody else: only the
wall around the report itself hides the flag on every surface.
"""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from people.models import Role, User
from review.models import Case, Flag, ReportSubject
from review.rules import RULES
from review.services.evaluation import evaluate_all
from review.services.rule_lab import forecast
from review.workflow import cases
from tests.people.factories import OpdFactory, log_in, person_with
from tests.review import report_samples
from tests.review.case_desk import again, relate
from tests.review.flag_cases import person, register
from tests.review.flag_world import make_flag

pytestmark = pytest.mark.django_db
CODE = "Q7_REPORT_ON_NIL"
READERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)
TITLE = str(RULES[CODE].title)


@pytest.fixture
def subject():
    return person(name="Wiwin Nihil Terlapor")


@pytest.fixture
def flag(subject):
    """Raised by the rules for a report that surely means `subject`."""
    register(subject)
    report = report_samples.make_report(subject.name)
    ReportSubject.objects.update_or_create(
        report=report, user=subject, defaults={"standing": "confirmed"}
    )
    evaluate_all(at=timezone.now())
    return Flag.objects.select_related("subject").get(rule=CODE)


def tied(flag: Flag, role: Role) -> User:
    """A reader whom the same report may be about."""
    reader = person_with(role, OpdFactory())
    report = flag.key.split(":")[1]
    ReportSubject.objects.create(report_id=report, user=reader, standing="candidate")
    return again(reader)


def readers(flag: Flag, role: Role) -> tuple[User, User]:
    return again(person_with(role, OpdFactory())), tied(flag, role)


def number_of(flag: Flag) -> str:
    return flag.snapshot.inputs["facts"]["number"]


@pytest.mark.parametrize("role", READERS)
def test_policy_and_list_say_the_same(flag, role):
    free, kept_out = readers(flag, role)

    assert free.has_perm("review.view_flag", flag)
    assert Flag.objects.visible_to(free).filter(pk=flag.pk).exists()
    assert not kept_out.has_perm("review.view_flag", flag)
    assert not kept_out.has_perm("review.judge_flag", flag)
    assert not Flag.objects.visible_to(kept_out).filter(pk=flag.pk).exists()


def pages_of(flag):
    """Every page on which the flag stands, for somebody who may see it."""
    return {
        "list": reverse("review:flag_list"),
        "of the rule": reverse("review:flag_list") + f"?aturan={CODE}",
        "dashboard": reverse("review:dashboard"),
        "cases": reverse("review:case_list") + "?keadaan=semua",
        "case": reverse("review:case_detail", args=[flag.case_id]),
    }


@pytest.mark.parametrize("page", ["list", "of the rule", "dashboard", "cases", "case"])
def test_no_page_tells_it(client, flag, page):
    cases.gather(flag.subject_id, at=timezone.now())
    flag.refresh_from_db()
    url = pages_of(flag)[page]
    free, kept_out = readers(flag, Role.INSPECTOR)

    log_in(client, free)
    assert number_of(flag) in client.get(url).content.decode()
    log_in(client, kept_out)
    response = client.get(url)
    assert number_of(flag) not in response.content.decode()
    assert str(flag.pk) not in response.content.decode()


def test_card_score_and_steps_are_hidden(client, flag):
    free, kept_out = readers(flag, Role.INSPECTOR)
    card, score = flag.get_absolute_url(), reverse("review:flag_score", args=[flag.subject_id])

    log_in(client, free)
    assert client.get(card).status_code == client.get(score).status_code == 200
    log_in(client, kept_out)
    for url in (card, score, reverse("review:flag_ask", args=[flag.pk])):
        assert client.get(url).status_code == 404
    snapshot = f"{card}?pada={flag.snapshot_id}"
    assert client.get(snapshot).status_code == 404


def test_the_list_of_rules_counts_it_not(client, flag):
    free, kept_out = readers(flag, Role.CHIEF_INSPECTOR)

    def counts(reader):
        log_in(client, reader)
        rows = client.get(reverse("review:rule_list")).context["rows"]
        return next(row["counts"] for row in rows if row["rule"].code == CODE)

    assert counts(free)["open"] == 1
    assert not counts(kept_out)


def test_the_lab_counts_it_not(flag):
    free, kept_out = readers(flag, Role.CHIEF_INSPECTOR)

    def lab(reader, *, is_enabled=True):
        return forecast(
            RULES[CODE], weight=700, parameters=RULES[CODE].defaults, is_enabled=is_enabled,
            at=timezone.now(), user=reader,
        )  # fmt: skip

    assert (lab(free).found, lab(kept_out).found) == (1, 0)
    assert lab(free, is_enabled=False).going == 1
    assert lab(kept_out, is_enabled=False).going == 0
    assert lab(free).before.queue == lab(kept_out).before.queue + 1


def test_the_trail_tells_it_not(flag):
    cases.gather(flag.subject_id, at=timezone.now())
    free, kept_out = readers(flag, Role.AUDITOR)

    def seen(reader, target_type):
        rows = AuditEvent.objects.visible_to(reader).filter(target_type=target_type)
        return {event.target_id for event in rows}

    case = str(Case.objects.get(subject=flag.subject_id).pk)
    assert str(flag.pk) in seen(free, "review.flag")
    assert case in seen(free, "review.case")
    assert str(flag.pk) not in seen(kept_out, "review.flag")
    assert case not in seen(kept_out, "review.case")


def test_the_trail_tells_nobody_of_flags_about_themselves(subject):
    auditor = person_with(Role.AUDITOR, OpdFactory())
    about, other = make_flag(auditor), make_flag(subject)
    for made in (about, other):
        AuditEvent.objects.create(
            action="flag.raise", target_type="review.flag", target_id=str(made.pk)
        )

    rows = AuditEvent.objects.visible_to(again(auditor)).filter(target_type="review.flag")

    assert {event.target_id for event in rows} == {str(other.pk)}


def test_whoever_is_ruled_out_sees_it_again(flag):
    _free, kept_out = readers(flag, Role.INSPECTOR)
    ReportSubject.objects.filter(user=kept_out).update(standing="ruled_out")

    assert Flag.objects.visible_to(again(kept_out)).filter(pk=flag.pk).exists()


# --- Kin by name -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "declared"),
    [
        ("Muhammad Ridwan Saputra", "Moh. Ridwan Saputra"),
        ("Joko Susilo Hartono", "Djoko Soesilo Hartono"),
        ("Annisa Rahmawati", "anisa rahmawati, S.E."),
    ],
)
@pytest.mark.parametrize("role", READERS)
def test_kin_written_otherwise_are_kin_for_flags_as_for_cases(account, declared, role):
    reader = person_with(role, OpdFactory())
    about = make_flag(person(name=account))
    resting = make_flag(person(name="Orang Lain Sekali"))
    Flag.objects.filter(pk=resting.pk).update(people=[resting.subject_id, about.subject_id])
    relate(reader, User(name=declared))
    reader = again(reader)

    assert not Flag.objects.visible_to(reader).exists()
    for flag in Flag.objects.select_related("subject"):
        assert not reader.has_perm("review.view_flag", flag)


def test_one_word_is_shared_by_too_many():
    reader = person_with(Role.INSPECTOR, OpdFactory())
    make_flag(person(name="Sukarno"))
    relate(reader, User(name="Soekarno"))

    assert Flag.objects.visible_to(again(reader)).count() == 1
