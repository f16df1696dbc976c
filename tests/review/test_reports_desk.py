"""The Inspectorate's side: who sees what, each step, messages, identity, what leaks nowhere."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from common.encryption import UndecipherableError
from declarations.workflow.base import TransitionError
from people.models import Assignment, Role, RoleGrant
from review.models import (
    Case,
    ConflictReport,
    ReporterIdentity,
    ReportMessage,
    ReportSubject,
)
from review.report_states import REPORT_TRANSITIONS, ReportState
from review.services import report_files, reports
from review.services.report_errors import ReportError
from review.states import edges
from review.workflow import reports as workflow
from tests.people.factories import (
    AssignmentFactory,
    OpdFactory,
    log_in,
    person_with,
    post_of,
)
from tests.review.report_samples import (
    MARKER,
    document,
    in_state,
    make_report,
    mark,
    named,
    once,
    picture,
    take,
    with_code,
)

pytestmark = pytest.mark.django_db
MEANT = "Zulkifli Tertuduh"


@pytest.fixture
def inspector():
    return person_with(Role.INSPECTOR)


@pytest.fixture
def chief():
    return person_with(Role.CHIEF_INSPECTOR)


def sees(user, report) -> bool:
    """In the list and by the policy: both must say the same."""
    fresh = type(user).objects.get(pk=user.pk)
    listed = ConflictReport.objects.visible_to(fresh).filter(pk=report.pk).exists()
    allowed = fresh.has_perm(
        "review.view_conflictreport", ConflictReport.objects.get(pk=report.pk)
    )
    assert listed == allowed
    return listed


# --- Who sees it -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_only_inspectors_see_reports(role):
    opd = OpdFactory()
    user = person_with(role, opd)

    assert sees(user, make_report()) == (role in (Role.INSPECTOR, Role.CHIEF_INSPECTOR))


def test_the_reported_person_and_their_line_never_see_it():
    opd = OpdFactory()
    head = person_with(Role.OPD_HEAD, opd)
    meant = person_with(Role.SUPERIOR, opd, superior=post_of(head), name=MEANT)
    below = person_with(opd=opd, superior=post_of(meant))
    far_below = person_with(superior=post_of(below))
    people = [head, meant, below, far_below]
    for person in people:
        RoleGrant.objects.create(
            user=person, role=Role.INSPECTOR, starts_on=datetime.date(2020, 1, 1), reason="Uji"
        )
    report = make_report(MEANT, opd=opd)

    assert [sees(person, report) for person in people] == [False] * 4
    assert sees(person_with(Role.INSPECTOR), report)


def test_everybody_who_may_be_meant_is_kept_out_before_anybody_has_read_it():
    first = person_with(Role.INSPECTOR, name="Ahmad Fauzi")
    second = person_with(Role.CHIEF_INSPECTOR, name="Achmad Fauzi")

    report = make_report("Dr. H. Ahmad Fauzi, S.H.")

    assert {subject.user for subject in report.subjects.all()} == {first, second}
    assert not sees(first, report)
    assert not sees(second, report)


def test_a_name_of_one_word_keeps_out_inspectors_of_that_name():
    same = person_with(Role.INSPECTOR, name="Suharto Wibowo")
    elsewhere = person_with(name="Suharto Lain")

    report = make_report("Suharto")

    assert not sees(same, report)
    assert not report.subjects.filter(user=elsewhere).exists()


def test_who_worked_in_the_opd_within_two_years_is_kept_out(inspector):
    opd, today = OpdFactory(), timezone.localdate()
    AssignmentFactory(
        user=inspector, post__opd=opd, kind=Assignment.Kind.ACTING,
        ends_on=today - datetime.timedelta(days=200),
    )  # fmt: skip

    assert not sees(inspector, make_report(opd=opd))


def test_ruling_somebody_out_lets_them_in_again(inspector):
    same = person_with(Role.INSPECTOR, name=MEANT)
    report = in_state(make_report(MEANT), "verifying", by=inspector, chief=inspector)

    mark(report, same, by=inspector, standing="ruled_out")

    assert sees(same, report)


# --- Steps -----------------------------------------------------------------------------------


def test_the_way_of_a_report(inspector, chief):
    opd = OpdFactory()
    meant = person_with(opd=opd, name=MEANT)
    report = named(MEANT, opd=opd)

    take("verify", report, by=inspector)
    mark(report, meant, by=inspector)
    examined = take("examine", report, by=inspector)

    assert examined.case.subject == meant
    assert examined.case.origin == "report"
    assert MARKER not in str(Case.objects.filter(pk=examined.case.pk).values().get())
    with pytest.raises(ReportError):
        workflow.take("decide", examined, by=chief, outcome="substantiated", note="a",
                      feedback="Selesai diperiksa.")  # fmt: skip
    decided = take("decide", report, by=chief)
    assert decided.outcome == "substantiated"
    take("follow_up", report, by=inspector)
    closed = take("close", report, by=inspector)
    assert closed.state == ReportState.CLOSED
    actions = AuditEvent.objects.of_target(report).order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        "conflictreport.receive", "conflictreport.verify", "conflictreport.mark",
        "conflictreport.examine", "conflictreport.write", "conflictreport.decide",
        "conflictreport.follow_up", "conflictreport.write", "conflictreport.close",
    ]  # fmt: skip


def test_clocks(inspector):
    monday = datetime.datetime(2026, 11, 16, 3, tzinfo=datetime.UTC)

    report = named(at=monday)

    assert report.verify_due_on == datetime.date(2026, 11, 18)
    assert report.decide_due_on == datetime.date(2026, 11, 23)
    assert ConflictReport.objects.overdue(on=datetime.date(2026, 11, 18)).count() == 0
    assert ConflictReport.objects.overdue(on=datetime.date(2026, 11, 19)).count() == 1


@pytest.mark.parametrize("state", list(ReportState))
def test_each_step_from_each_state(state, inspector, chief):
    report = in_state(make_report(opd=OpdFactory()), state, by=inspector, chief=chief)
    for transition in REPORT_TRANSITIONS:
        with transaction.atomic():
            try:
                take(transition.name, report, by=chief)
                went = True
            except TransitionError:
                went = False
            except PermissionDenied:  # Of the regional secretary alone (test_reports_above).
                assert transition.name == "refer"
                went = state in transition.sources
            transaction.set_rollback(True)
        assert went == (state in transition.sources), transition.name


def test_the_database_knows_the_same_edges(inspector, chief):
    allowed = set(edges(REPORT_TRANSITIONS))
    report = make_report()
    full = {"verified_at": timezone.now(), "verified_by": inspector, "outcome": "substantiated",
            "decided_at": timezone.now(), "decided_by": chief}  # fmt: skip
    row = ConflictReport.objects.filter(pk=report.pk)
    for source in ReportState:
        for target in ReportState:
            if source == target:
                continue
            with transaction.atomic():
                _put(row, source, allowed, full)
                try:
                    with transaction.atomic():
                        row.update(state=target)
                    went = True
                except DatabaseError:
                    went = False
                transaction.set_rollback(True)
            assert went == ((str(source), str(target)) in allowed), (source, target)


def _put(row, state, allowed, full):
    """To `state` along the edges."""
    way = {"received": []}
    while len(way) < len(ReportState):
        for first, second in allowed:
            if first in way and second not in way:
                way[second] = [*way[first], second]
    row.update(**full)
    for step in way[state]:
        row.update(state=step)


def test_only_the_chief_decides(inspector, chief):
    report = in_state(make_report(opd=OpdFactory()), "examining", by=inspector, chief=chief)

    with pytest.raises(PermissionDenied):
        take("decide", report, by=inspector)


def test_the_database_refuses_a_handler_whom_it_is_about():
    meant = person_with(Role.INSPECTOR, name=MEANT)
    report = make_report(MEANT)

    with pytest.raises(DatabaseError), transaction.atomic():
        ConflictReport.objects.filter(pk=report.pk).update(
            state="verifying", verified_at=timezone.now(), verified_by=meant
        )


@pytest.mark.parametrize("text", ["", "Halo \x00"])
def test_a_report_can_not_be_changed_or_deleted(text):
    report = make_report()

    with pytest.raises(DatabaseError), transaction.atomic():
        ConflictReport.objects.filter(pk=report.pk).update(answers=b"x")
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("DELETE FROM review_conflictreport")


@pytest.mark.django_db(transaction=True)
def test_two_take_it_up_at_once():
    first, second = person_with(Role.INSPECTOR), person_with(Role.INSPECTOR)
    report = make_report()

    def attempt(person):
        try:
            take("verify", ConflictReport.objects.get(pk=report.pk), by=person)
        except TransitionError:
            return "refused"
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, (first, second))) == ["refused", "taken"]
    assert AuditEvent.objects.filter(action="conflictreport.verify").count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_follow_each_other_when_many_write():
    def write(_number):
        try:
            return make_report().number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(write, range(8)))

    assert len(set(numbers)) == 8
    assert numbers[-1].endswith("0008")


# --- Messages and identity -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Nomornya 199001012015011001.", "NIK 1771012345678901", "Sudah ditanyakan kepada {}."]
)
def test_messages_name_no_third_person(text, inspector):
    other = person_with(name="Mulyadi Pihak Ketiga")
    report = take("verify", make_report(), by=inspector)

    with pytest.raises(ValidationError):
        reports.write_to_reporter(
            report, text.format(other.name), once=once(), by=inspector, at=timezone.now()
        )
    assert not ReportMessage.objects.exists()


def test_whom_the_reporter_named_may_be_named(inspector):
    person_with(name=MEANT)
    report = take("verify", make_report(MEANT), by=inspector)

    reports.write_to_reporter(
        report, f"Apakah {MEANT} hadir?", once=once(), by=inspector, at=timezone.now()
    )

    assert ReportMessage.objects.get().sent_by == inspector


def test_identity_is_for_who_took_it_up_and_leaves_its_reason(inspector, client):
    other = person_with(Role.INSPECTOR)
    report = take("verify", named(), by=inspector)

    with pytest.raises(PermissionDenied):
        reports.open_identity(report, reason="Ingin tahu", by=other)
    log_in(client, inspector)
    url = reverse("review:report_identity", args=[report.pk])
    shown = client.post(url, {"reason": "Menghubungi pelapor"})

    assert "Pelapor Bernama Lengkap" in shown.content.decode()
    assert "Pelapor Bernama Lengkap" not in client.get(url).content.decode()
    event = AuditEvent.objects.get(action="conflictreport.read_identity")
    assert event.data["reason"] == "Menghubungi pelapor"
    assert "Pelapor" not in event.target_label


# --- Pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count(client, inspector, count, django_assert_num_queries):
    log_in(client, inspector)
    for _number in range(count):
        make_report()
    url = reverse("review:report_list")
    client.get(url)

    with django_assert_num_queries(10):  # two are savepoints
        response = client.get(url)

    assert len(response.context["reports"]) == count


def test_each_look_is_an_event_and_takes_few_queries(
    client, inspector, django_assert_max_num_queries
):
    log_in(client, inspector)
    report = take("verify", make_report(files=(document(), picture())), by=inspector)
    client.get(report.get_absolute_url())

    with django_assert_max_num_queries(17):  # four are savepoints
        response = client.get(report.get_absolute_url())

    assert MARKER in response.content.decode()
    assert (
        AuditEvent.objects.filter(action="conflictreport.read", actor_id=inspector.pk).count() == 2
    )


def test_a_file_is_sent_shut_in(client, inspector):
    log_in(client, inspector)
    report = make_report(files=(document("bukti \u202eaneh.pdf"),))
    file = report.files.get()

    response = client.get(reverse("review:report_file", args=[report.pk, file.pk]))

    assert response.content.startswith(b"%PDF")
    assert "attachment" in response["Content-Disposition"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert AuditEvent.objects.filter(action="conflictreport.read_file").exists()


@pytest.mark.parametrize("step", ["reject", "forward", "examine", "verify", "nonsense", "decide"])
def test_steps_by_the_page(client, inspector, step):
    log_in(client, inspector)
    report = take("verify", make_report(opd=OpdFactory()), by=inspector)
    url = reverse("review:report_step", args=[report.pk, step])

    response = client.post(url, {"note": "Catatan.", "feedback": "Terima kasih."})

    assert response.status_code == {"nonsense": 404, "decide": 403, "verify": 409}.get(step, 302)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"note": "\x00"},
        {"note": "x" * 9_000},
        {"note": "a", "feedback": "1990010120150110019"},
    ],
)
def test_bad_steps_are_refused_in_words(client, inspector, data):
    log_in(client, inspector)
    report = take("verify", make_report(), by=inspector)

    response = client.post(reverse("review:report_step", args=[report.pk, "reject"]), data)

    assert response.status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "keadaan=zzz",
        "jenis=zzz",
        "nomor=%00",
        "setelah=x",
        "nomor=" + "A" * 500,
        "keadaan=overdue",
    ],
)
def test_wrong_filters_are_answered(client, inspector, query):
    log_in(client, inspector)

    assert client.get(f"{reverse('review:report_list')}?{query}").status_code < 500


# --- Nothing leaks ---------------------------------------------------------------------------


def test_a_marker_appears_on_no_page_of_anybody_it_is_kept_from(client):
    opd = OpdFactory()
    head = person_with(Role.OPD_HEAD, opd)
    meant = person_with(Role.SUPERIOR, opd, superior=post_of(head), name=MEANT)
    officer = person_with(Role.OPD_OFFICER, opd)
    chief = person_with(Role.CHIEF_INSPECTOR, opd)
    auditor, system = person_with(Role.AUDITOR), person_with(Role.SYSTEM_ADMINISTRATOR)
    by = person_with(Role.INSPECTOR)
    report = take("verify", named(MEANT, opd=opd, files=(document(),)), by=by)
    mark(report, meant, by=by)
    take("examine", report, by=by)
    addresses = [
        report.get_absolute_url(),
        reverse("review:report_list"),
        reverse("audit:list"),
        reverse("notices:list"),
        reverse("declarations:home"),
        reverse("jobs:list"),
    ]
    for person in (head, meant, officer, chief, auditor, system):
        log_in(client, person)
        for address in addresses:
            text = client.get(address).content.decode()
            assert MARKER not in text, (person, address)
            assert "Pelapor Bernama" not in text, (person, address)
            if person not in (auditor, system):
                assert report.number not in text, (person, address)
        assert client.get(report.get_absolute_url()).status_code in (403, 404)


def test_the_trail_keeps_reports_from_readers_they_may_be_about():
    opd = OpdFactory()
    chief = person_with(Role.CHIEF_INSPECTOR, opd)
    auditor = person_with(Role.AUDITOR)
    report = make_report(opd=opd)
    event = AuditEvent.objects.of_target(report).first()

    assert not AuditEvent.objects.visible_to(chief).of_target(report).exists()
    assert not chief.has_perm("audit.view_auditevent", event)
    assert AuditEvent.objects.visible_to(auditor).of_target(report).exists()
    assert auditor.has_perm("audit.view_auditevent", event)


def test_nothing_of_a_report_stands_in_the_database_in_clear(inspector):
    report, code = with_code(
        MEANT, identity={"name": "Pelapor Bernama", "contact": "0812-3456-7890"},
        files=(document(),),
    )  # fmt: skip
    take("verify", report, by=inspector)
    reports.add_answer(report, MARKER, once=once(), at=timezone.now())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        for name in tables:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            for (row,) in cursor.fetchall():
                binary = b"".join(bytes.fromhex(part) for part in _hex_in(row))
                for secret in (MARKER, MEANT, "Pelapor Bernama", "0812-3456", code, "surat.pdf"):
                    assert secret not in row, name
                    assert secret.encode() not in binary, name


def _hex_in(row: str) -> list[str]:
    return re.findall(r"\\\\x((?:[0-9a-f]{2})+)", row)


# --- Keys ------------------------------------------------------------------------------------

OLD = "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLTEyMyE="
NEW = "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LTEyMyE="


def test_rotation_wraps_the_keys_and_leaves_the_words(settings, capsys):
    settings.REPORT_KEYS = [OLD]
    report = named(files=(document(),))
    words = bytes(report.answers)
    settings.REPORT_KEYS = [NEW, OLD]

    call_command("rotate_report_keys")

    settings.REPORT_KEYS = [NEW]
    report = ConflictReport.objects.get()
    assert report.read_answers()["events"]["what"] == MARKER
    assert ReporterIdentity.objects.get().read_answers()["name"]
    assert report_files.read(report.files.get()).read(4) == b"%PDF"
    assert bytes(report.answers) == words
    call_command("rotate_report_keys")
    assert AuditEvent.objects.filter(action="reportseries.rotate").count() == 1


def test_a_dropped_key_is_told_in_words(settings):
    settings.REPORT_KEYS = [OLD]
    make_report()
    settings.REPORT_KEYS = [NEW]

    with pytest.raises(UndecipherableError):
        ConflictReport.objects.get().read_answers()


def test_words_of_one_report_do_not_open_with_the_key_of_another():
    first, second = make_report(), make_report()

    with pytest.raises(UndecipherableError):
        first.envelope.unseal(second.answers)


def test_candidates_keep_where_they_worked():
    opd = OpdFactory()
    person = person_with(opd=opd, name=MEANT)

    make_report(MEANT)

    assert ReportSubject.objects.get(user=person).opd == opd
