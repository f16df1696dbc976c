"""The public side: making a report, the code, the way back; that nobody is recognised."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from notices.models import Notice
from people.models import Role
from review.models import ConflictReport, ReporterIdentity, ReportFile, ReportMessage
from review.services import report_codes, report_files
from tests.people.factories import OpdFactory, log_in, person_with
from tests.review.report_samples import MARKER, document, picture, with_code

pytestmark = pytest.mark.django_db


def token_of(response) -> str:
    return re.search(r'name="token" value="([^"]+)"', response.content.decode())[1]


def code_in(response) -> str:
    found = r'class="code-block">.*?<code>(.*?)</code>'
    block = re.search(found, response.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", block[1])


def answers(client, page="reporting:anonymous", **changes):
    data = {
        "token": token_of(client.get(reverse(page))),
        "good_faith": "on",
        "reported-name": "Tidak Dikenal Siapapun",
        "events-what": MARKER,
        **changes,
    }
    return {key: value for key, value in data.items() if value is not None}


def send(client, page="reporting:anonymous", **changes):
    return client.post(reverse(page), answers(client, page, **changes))


# --- Sending ---------------------------------------------------------------------------------


def test_an_anonymous_report_gives_a_code_and_the_code_gives_the_report(client):
    response = send(client)

    code = code_in(response)
    report = ConflictReport.objects.get()
    assert response.status_code == 200
    assert len(code) == 32
    assert not report.is_named
    assert report.decide_due_on is None
    assert report.read_answers()["events"]["what"] == MARKER
    back = client.post(reverse("reporting:code"), {"code": report_codes.display(code).lower()})
    assert back.status_code == 200
    assert report.number not in back.content.decode()


def test_a_named_report_keeps_the_identity_apart_and_has_a_clock(client):
    response = send(
        client, "reporting:named", **{"identity-name": "Siti Rahma", "identity-contact": "0811"}
    )

    report = ConflictReport.objects.get()
    assert response.status_code == 200
    assert report.is_named
    assert report.decide_due_on is not None
    assert report.identity.read_answers() == {"name": "Siti Rahma", "contact": "0811"}
    assert "identity" not in report.read_answers()


def test_whoever_is_signed_in_finds_the_name_filled_in(client):
    user = log_in(client, person_with(name="Rina Rekan Kerja"))

    text = client.get(reverse("reporting:named")).content.decode()

    assert user.full_name in text


def test_the_same_page_sent_twice_is_one_report_with_one_code(client):
    data = answers(client)

    first, second = (client.post(reverse("reporting:anonymous"), data) for _ in range(2))

    assert code_in(first) == code_in(second)
    assert ConflictReport.objects.count() == 1


def test_a_forged_token_makes_no_report(client):
    response = send(client, token="x")

    assert response.status_code == 422
    assert MARKER in response.content.decode()  # Nothing typed is lost.
    assert not ConflictReport.objects.exists()
    again = answers(client) | {"token": token_of(response)}
    assert client.post(reverse("reporting:anonymous"), again).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("good_faith", None),
        ("reported-name", ""),
        ("reported-name", "12345"),
        ("events-what", ""),
        ("events-what", "a\x00b"),
        ("events-what", "x" * 9_000),
        ("reported-opd", "abc"),
        ("reported-opd", "999999999999999999999"),
        ("events-source", "tidak ada"),
    ],
)
def test_bad_answers_are_refused_with_the_rest_kept(client, name, value):
    response = send(client, **{"events-when": "Sekitar Maret", name: value})

    assert response.status_code == 422
    assert "Sekitar Maret" in response.content.decode()
    assert not ConflictReport.objects.exists()


def test_bidirectional_marks_are_taken_out(client):
    send(client, **{"events-what": "Budi\u202egpj.exe\u200b"})

    assert ConflictReport.objects.get().read_answers()["events"]["what"] == "Budigpj.exe"


def test_pages_take_few_queries(client, django_assert_max_num_queries):
    client.get(reverse("reporting:named"))
    for page in ("start", "anonymous", "named", "code"):
        with django_assert_max_num_queries(4):
            assert client.get(reverse(f"reporting:{page}")).status_code == 200


# --- Nobody is recognised --------------------------------------------------------------------


def test_a_colleague_who_is_signed_in_leaves_no_trace(client):
    user = log_in(client, person_with(name="Rina Rekan Kerja"))
    before = list(AuditEvent.objects.values_list("pk", flat=True))

    response = send(client)

    assert response.status_code == 200
    assert user.name not in response.content.decode()
    for event in AuditEvent.objects.exclude(pk__in=before):
        assert (event.actor_id, event.actor_label, event.request_id) == (None, "", None)
        assert event.opd_id is None
        assert MARKER not in str(event.data)
    # The session is neither read nor written, and goes on afterwards.
    assert "sessionid" not in response.cookies
    assert client.get(reverse("declarations:home")).status_code == 200


def test_a_named_report_names_nobody_in_the_trail(client):
    log_in(client, person_with(name="Rina Rekan Kerja"))
    before = list(AuditEvent.objects.values_list("pk", flat=True))

    send(client, "reporting:named", **{"identity-name": "Rina Rekan Kerja",
                                       "identity-contact": "0811"})  # fmt: skip

    for event in AuditEvent.objects.exclude(pk__in=before):
        assert (event.actor_id, event.request_id) == (None, None)
        assert "Rina" not in event.target_label + str(event.data)


def test_addresses_are_counted_without_being_kept(client):
    client.post(reverse("reporting:code"), {"code": "x"}, REMOTE_ADDR="203.0.113.77")

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache_entries")
        kept = str(cursor.fetchall())
    assert "reports:code:" in kept
    assert "203.0.113" not in kept


def test_too_many_codes_are_slowed_down(client):
    found = [
        client.post(reverse("reporting:code"), {"code": "x"}).status_code for _number in range(22)
    ]

    assert found == [422] * 20 + [429] * 2
    other = client.post(reverse("reporting:code"), {"code": "x"}, REMOTE_ADDR="203.0.113.5")
    assert other.status_code == 422


def test_too_many_reports_are_slowed_down(client):
    found = [client.post(reverse("reporting:anonymous"), {}).status_code for _number in range(16)]

    assert found == [422] * 15 + [429]


def test_cross_site_posts_are_refused():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(reverse("reporting:anonymous"), {}).status_code == 403


# --- The code --------------------------------------------------------------------------------


def test_a_code_has_more_than_128_bits_and_is_not_kept():
    report, code = with_code()

    assert len(code) == 32
    assert 5 * (len(code) - report_codes.CHECK_LENGTH) == 140
    assert code not in str(ConflictReport.objects.values().get())
    assert report.code_digest in report_codes.digests(code)


def test_codes_never_repeat():
    codes = {report_codes.code_of(report_codes.new_token()) for _number in range(200)}

    assert len(codes) == 200
    assert all(report_codes.is_well_formed(code) for code in codes)


@pytest.mark.parametrize("typed", ["", "x", "A" * 32, "A" * 5_000, "\u202e", "١٢٣٤"])
def test_nonsense_is_no_code(client, typed):
    response = client.post(reverse("reporting:code"), {"code": typed})

    assert response.status_code == 422


def test_a_slip_of_the_pen_is_told_before_anything_is_looked_for(client):
    _report, code = with_code()
    wrong = ("Z" if code[5] != "Z" else "Y").join((code[:5], code[6:]))

    response = client.post(reverse("reporting:code"), {"code": wrong})

    assert response.status_code == 422


def test_an_unknown_code_finds_nothing(client):
    code = report_codes.code_of(report_codes.new_token())

    assert client.post(reverse("reporting:code"), {"code": code}).status_code == 404


def test_a_code_hashed_under_an_older_key_still_opens(client, settings):
    settings.REPORT_CODE_KEYS = ["a" * 40]
    _report, code = with_code()
    settings.REPORT_CODE_KEYS = ["b" * 40, "a" * 40]

    assert client.post(reverse("reporting:code"), {"code": code}).status_code == 200


# --- Answering -------------------------------------------------------------------------------


def test_the_holder_of_the_code_answers_and_adds_a_file(client):
    report, code = with_code()

    response = client.post(
        reverse("reporting:code"),
        {"code": code, "answer": "1", "text": "Buktinya ada di arsip.", "file1": document()},
    )

    message = ReportMessage.objects.get()
    assert response.status_code == 200
    assert report.envelope.unseal_text(message.body) == "Buktinya ada di arsip."
    assert (message.to_reporter, message.sent_by) == (False, None)
    assert message.files.count() == 1


def test_an_answer_sent_twice_is_one_answer(client):
    _report, code = with_code()
    page = client.post(reverse("reporting:code"), {"code": code}).content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    data = {"code": code, "answer": "1", "text": "Sekali saja.", "once": once}

    for _time in range(2):
        assert client.post(reverse("reporting:code"), data).status_code == 200

    assert ReportMessage.objects.count() == 1


def test_an_empty_answer_is_refused(client):
    _report, code = with_code()

    response = client.post(reverse("reporting:code"), {"code": code, "answer": "1", "text": ""})

    assert response.status_code == 422
    assert not ReportMessage.objects.exists()


# --- Files -----------------------------------------------------------------------------------


def test_files_lose_their_traces_and_are_stored_encrypted(client):
    send(client, file1=picture(), file2=document())

    assert ReportFile.objects.count() == 2
    for file in ReportFile.objects.select_related("report"):
        data = report_files.read(file).getvalue()
        with file.file.open("rb") as stored:
            sealed = stored.read()
        assert MARKER.encode() not in data
        assert data[:4] in (b"\xff\xd8\xff\xe0", b"%PDF")
        assert data[:4] not in sealed
        assert file.name != report_files.name_of(file).encode()
        assert "foto" not in file.file.name
        assert "surat" not in file.file.name


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("laporan.docx", b"PK\x03\x04", "PDF"),
        ("laporan.xlsx", b"PK\x03\x04", "PDF"),
        ("virus.exe", b"MZ", "PDF, JPEG, PNG"),
        ("foto.jpg", b"bukan gambar", "JPEG"),
        ("surat.pdf", b"%PDF-1.4 rusak", "PDF"),
        ("gambar.svg", b"<svg/>", "PDF, JPEG, PNG"),
        ("kosong.pdf", b"", ""),
    ],
)
def test_files_that_are_refused(client, name, data, words):
    response = send(client, file1=SimpleUploadedFile(name, data))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert MARKER in response.content.decode()
    assert not ConflictReport.objects.exists()


def test_the_same_file_twice_is_kept_once(client):
    send(client, file1=picture("satu.jpg"), file2=picture("dua.jpg"))

    assert ReportFile.objects.count() == 1


# --- Who is told -----------------------------------------------------------------------------


def test_inspectors_are_told_that_there_is_a_report_and_no_word_of_it(
    client, django_capture_on_commit_callbacks
):
    from review import report_tasks

    inspector = person_with(Role.INSPECTOR)
    send(client)

    report_tasks.tell_new_report.func(str(ConflictReport.objects.get().pk))
    report_tasks.tell_new_report.func(str(ConflictReport.objects.get().pk))

    notice = Notice.objects.get(recipient=inspector)
    assert MARKER not in notice.title + notice.body
    assert "Tidak Dikenal" not in notice.title + notice.body


def test_nobody_it_may_be_about_is_told():
    from review import report_tasks

    meant = person_with(Role.INSPECTOR, name="Wahyu Tertuduh Inspektur")
    auditor = person_with(Role.AUDITOR)
    report, _code = with_code("Wahyu Tertuduh Inspektur")

    report_tasks.tell_new_report.func(str(report.pk))

    assert not Notice.objects.filter(recipient=meant).exists()
    assert Notice.objects.filter(recipient=auditor, kind="review.report_stranded").exists()


def test_identity_has_a_key_of_its_own(client):
    send(client, "reporting:named", **{"identity-name": "Siti", "identity-contact": "0811"})

    identity = ReporterIdentity.objects.get()

    assert bytes(identity.data_key) != bytes(identity.report.data_key)


def test_the_opd_is_chosen_from_a_list(client):
    opd = OpdFactory(name="Dinas Terlapor")

    send(client, **{"reported-opd": str(opd.pk)})

    assert ConflictReport.objects.get().reported_opd == opd
