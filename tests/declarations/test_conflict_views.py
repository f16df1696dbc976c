"""F3: what a person sees, the files, and what the pages make of bad input."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from audit.models import AuditEvent
from declarations.models import Attachment, ConflictDeclaration
from declarations.workflow import conflicts
from tests.declarations.office import make_office, proof
from tests.declarations.scenes import (
    again,
    asked,
    count_page_queries,
    direct_draft,
    plain_conflict,
    ready_conflict,
    sent,
    under_review,
)
from tests.people.factories import UserFactory, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def url(page, conflict=None, *arguments):
    first = [conflict.pk] if conflict is not None else []
    return reverse(f"declarations:conflict_{page}", args=[*first, *arguments])


def fresh(conflict):
    return ConflictDeclaration.objects.get(pk=conflict.pk)


PAGES = [
    ("detail", ()), ("tasks", ()), ("section", ("conflict",)), ("section", ("decision",)),
    ("section", ("parties",)), ("section", ("follow_up",)), ("check", ()), ("withdraw", ()),
    ("attachments", ()), ("import", ()),
]  # fmt: skip


@pytest.mark.parametrize(("page", "arguments"), PAGES)
def test_pages_of_a_draft_open_in_few_queries(client, office, page, arguments):
    conflict = ready_conflict(office)
    log_in(client, office.staff)
    address = url(page, conflict, *arguments)

    assert client.get(address).status_code == 200
    assert count_page_queries(lambda: client.get(address)) <= 12


@pytest.mark.parametrize(("page", "arguments"), [*PAGES, ("sign", ()), ("answer", ())])
def test_draft_is_404_for_everybody_else(client, office, page, arguments):
    conflict = ready_conflict(office)
    for person in (office.superior, office.officer, office.inspector, office.colleague):
        log_in(client, again(person))

        assert client.get(url(page, conflict, *arguments)).status_code == 404


def test_signature_page_says_what_follows_and_to_whom_it_goes(client, office):
    conflict = ready_conflict(office)
    log_in(client, office.staff)

    content = client.get(url("sign", conflict)).content.decode()

    assert office.superior.full_name in content
    assert count_page_queries(lambda: client.get(url("sign", conflict))) <= 12


@pytest.mark.parametrize("who", ["staff", "superior", "officer", "inspector"])
def test_sent_declaration_in_every_perspective(client, office, who):
    conflict = sent(office)
    log_in(client, again(getattr(office, who)))

    content = client.get(conflict.get_absolute_url()).content.decode()

    assert conflict.number in content
    assert (url("withdraw", conflict) in content) == (who == "staff")
    decide = reverse("declarations:decision_case", args=[conflict.pk])
    assert (decide in content) == (who == "superior")
    assert count_page_queries(lambda: client.get(conflict.get_absolute_url())) <= 12
    seen = AuditEvent.objects.filter(action="conflictdeclaration.view").exists()
    assert seen == (who != "staff")


@pytest.mark.parametrize("who", ["superior", "officer", "inspector"])
def test_readers_may_not_act_for_the_declarant(client, office, who):
    conflict = asked(office)
    log_in(client, again(getattr(office, who)))

    for page in ("withdraw", "answer", "attachments"):
        assert client.get(url(page, conflict)).status_code == 403
    assert client.post(url("correct", conflict)).status_code == 403


def test_confidential_one_is_not_for_the_officer(client, office):
    reason = {"is_confidential": "yes", "confidentiality_reason": "Keluarga."}
    conflict = sent(office, follow_up={"impact": "Ada.", **reason})
    log_in(client, again(office.officer))

    assert client.get(conflict.get_absolute_url()).status_code == 404
    assert not client.get(url("list") + "?lingkup=lain").context["conflicts"]


def test_colleague_sees_nothing(client, office):
    conflict = sent(office)
    log_in(client, again(office.colleague))

    assert client.get(conflict.get_absolute_url()).status_code == 404


def test_start_makes_one_draft_however_often_it_is_pressed(client, office):
    log_in(client, office.staff)

    assert client.get(url("start")).status_code == 200
    assert client.post(url("start")).url == client.post(url("start")).url
    assert ConflictDeclaration.objects.count() == 1


def test_start_without_a_post_says_why(client):
    log_in(client, UserFactory())

    assert client.post(url("start")).status_code == 409


def test_whole_way_of_a_direct_declaration(client, office):
    log_in(client, office.staff)
    client.post(url("start"))
    conflict = ConflictDeclaration.objects.get()
    answers = direct_draft()
    for section in ("conflict", "decision", "follow_up"):
        data = {f"{section}-{key}": value for key, value in answers[section].items()}
        data["revision"] = fresh(conflict).revision
        response = client.post(url("section", conflict, section), data)
        assert response.status_code == 302, response.context["form"].errors
    key = uuid.uuid4()
    client.post(
        url("row", conflict, "parties", key),
        {f"parties-{key}-name": "Ma'ruf", "revision": fresh(conflict).revision},
    )
    page = client.get(url("sign", conflict))
    done = client.post(url("sign", conflict), {"revision": page.context["revision"]}, follow=True)

    conflict = fresh(conflict)
    assert (conflict.state, conflict.handler) == ("sent", office.superior)
    assert conflict.number in done.content.decode()
    assert office.superior.full_name in done.content.decode()
    twice = client.post(url("sign", conflict), {"revision": conflict.revision})
    assert twice.url == url("done", conflict)


def test_perceived_conflicts_are_off_by_default(client, office, settings):
    conflict = plain_conflict(office)
    log_in(client, office.staff)
    address = url("section", conflict, "conflict")

    def kinds():
        field = client.get(address).context["form"].fields["conflict_kind"]
        return [value for value, _label in field.choices]

    assert kinds() == ["actual", "potential"]
    settings.PERCEIVED_CONFLICTS = True
    assert kinds() == ["actual", "potential", "perceived"]


# --- Data asked, withdrawal, correction ------------------------------------------------------


def test_answer_is_sent_and_the_review_goes_on(client, office):
    conflict = asked(office)
    log_in(client, office.staff)

    assert url("answer", conflict) in client.get(conflict.get_absolute_url()).content.decode()
    assert client.get(url("answer", conflict)).status_code == 200
    assert client.post(url("answer", conflict), {"answer": " "}).status_code == 422
    assert client.post(url("answer", conflict), {"answer": "x" * 4_001}).status_code == 422
    assert client.post(url("answer", conflict), {"answer": "a\x00b"}).status_code == 422
    assert client.post(url("answer", conflict), {"answer": "Terlampir."}).status_code == 302

    conflict = fresh(conflict)
    assert (conflict.state, conflict.data_request.answer) == ("under_review", "Terlampir.")


def test_late_answer_keeps_what_was_typed(client, office):
    conflict = asked(office)
    conflicts.lapse_data_request(conflict)
    log_in(client, office.staff)

    response = client.post(url("answer", conflict), {"answer": "Akta terlampir."})

    assert response.status_code == 409
    assert "Akta terlampir." in response.content.decode()


def test_withdrawal_before_the_review_only(client, office):
    conflict = sent(office)
    log_in(client, office.staff)

    assert client.post(url("withdraw", conflict), {"reason": ""}).status_code == 422
    assert client.post(url("withdraw", conflict), {"reason": "Paket batal."}).status_code == 302
    conflict = fresh(conflict)
    assert (conflict.state, conflict.document.state) == ("withdrawn", "revoked")
    assert not conflict.suspensions.filter(ended_at=None).exists()


def test_withdrawal_after_the_review_began_points_to_a_correction(client, office):
    conflict = under_review(office)
    log_in(client, office.staff)

    assert client.get(url("withdraw", conflict)).url == conflict.get_absolute_url()
    assert client.post(url("withdraw", conflict), {"reason": "Batal."}).status_code == 409
    assert url("correct", conflict) in client.get(conflict.get_absolute_url()).content.decode()


def test_correction_takes_the_case_over(client, office):
    former = under_review(office)
    log_in(client, office.staff)
    assert client.post(url("correct", former)).url == client.post(url("correct", former)).url
    correction = ConflictDeclaration.objects.get(supersedes=former)
    correction.draft["conflict"]["situation"] = "Saham itu milik istri saya."
    correction.save()
    page = client.get(url("sign", correction))

    client.post(url("sign", correction), {"revision": page.context["revision"]})

    former, correction = fresh(former), fresh(correction)
    assert (former.state, former.document.state) == ("superseded", "superseded")
    assert (correction.state, correction.handler) == ("sent", office.superior)
    assert correction.due_on == former.due_on
    assert correction.suspensions.filter(ended_at=None).count() == 1
    assert not former.suspensions.filter(ended_at=None).exists()
    assert correction.number in client.get(former.get_absolute_url()).content.decode()


@pytest.mark.parametrize("page", ["correct", "attachment_remove"])
def test_steps_are_posted(client, office, page):
    conflict = sent(office)
    log_in(client, office.staff)
    arguments = [uuid.uuid4()] if page == "attachment_remove" else []

    assert client.get(url(page, conflict, *arguments)).status_code == 405


def test_draft_cannot_be_corrected(client, office):
    conflict = ready_conflict(office)
    log_in(client, office.staff)

    assert client.post(url("correct", conflict)).status_code == 409


# --- Files -----------------------------------------------------------------------------------


def picture(**options):
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    Image.new("RGB", (20, 10), "green").save(target, "JPEG", exif=exif, **options)
    return SimpleUploadedFile("foto rapat.jpg", target.getvalue(), "image/jpeg")


def pdf(name="akta.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF", "application/pdf")


def test_file_is_added_read_and_taken_away(client, office, django_capture_on_commit_callbacks):
    conflict = ready_conflict(office)
    log_in(client, office.staff)
    address = url("attachments", conflict)

    assert client.post(address, {"file": picture()}).status_code == 302
    assert client.post(address, {"file": picture()}).status_code == 302
    attachment = Attachment.objects.get()  # The same file twice is one.
    response = client.get(url("attachment", conflict, attachment.pk))
    content = response.content
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"Kamera Rahasia" not in content
    assert attachment.name == "foto rapat.jpg"
    assert "foto" not in attachment.file.name

    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("attachment_remove", conflict, attachment.pk))
    assert not attachment.file.storage.exists(attachment.file.name)
    assert client.get(url("attachment", conflict, attachment.pk)).status_code == 404
    assert client.post(url("attachment_remove", conflict, attachment.pk)).status_code == 404


def bomb():
    """A picture of 900 megapixels in a small file."""
    target = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(target, "PNG")
    return SimpleUploadedFile("besar.png", target.getvalue(), "image/png")


@pytest.mark.parametrize(
    "file",
    [
        lambda: SimpleUploadedFile("akta.pdf", b"<script>alert(1)</script>"),
        lambda: SimpleUploadedFile("gambar.svg", b"<svg/>"),
        lambda: SimpleUploadedFile("makro.docm", b"PK\x03\x04"),
        lambda: SimpleUploadedFile("kosong.pdf", b""),
        lambda: SimpleUploadedFile("besar.pdf", b"%PDF-" + b"0" * 6_000_000),
        bomb,
        lambda: "bukan berkas",
    ],
)
def test_bad_files_are_refused_in_words(client, office, file):
    conflict = ready_conflict(office)
    log_in(client, office.staff)

    response = client.post(url("attachments", conflict), {"file": file()})

    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert not Attachment.objects.exists()


def test_eleventh_file_and_quota_are_refused(client, office, monkeypatch):
    from common import attachments as shared

    conflict = ready_conflict(office)
    log_in(client, office.staff)
    monkeypatch.setattr(shared, "MOST_FILES", 1)
    assert client.post(url("attachments", conflict), {"file": pdf()}).status_code == 302
    other = SimpleUploadedFile("lain.pdf", b"%PDF-1.4\n1 0 obj")
    assert client.post(url("attachments", conflict), {"file": other}).status_code == 422
    monkeypatch.setattr(shared, "MOST_FILES", 10)
    monkeypatch.setattr(shared, "QUOTA", 20)
    other = SimpleUploadedFile("lain.pdf", b"%PDF-1.4\n1 0 obj")
    assert client.post(url("attachments", conflict), {"file": other}).status_code == 422


def download(client, conflict, attachment):
    return client.get(url("attachment", conflict, attachment.pk)).status_code


def with_file(client, office, state="sent"):
    conflict = ready_conflict(office)
    log_in(client, office.staff)
    client.post(url("attachments", conflict), {"file": pdf()})
    conflict = conflicts.send(fresh(conflict), by=office.staff, proof=proof(office.staff))
    return conflict, Attachment.objects.get()


def test_files_stay_after_the_signature_and_are_named_in_the_document(client, office):
    conflict, attachment = with_file(client, office)

    assert client.post(url("attachments", conflict), {"file": pdf()}).status_code == 409
    assert client.post(url("attachment_remove", conflict, attachment.pk)).status_code == 409
    assert attachment.sha256[:16] in str(conflict.document.data)


def test_file_of_another_is_read_by_the_superior_and_noted(client, office):
    conflict, attachment = with_file(client, office)
    log_in(client, again(office.superior))

    assert download(client, conflict, attachment) == 200
    assert AuditEvent.objects.filter(action="conflictdeclaration.read_file").count() == 1
    log_in(client, again(office.colleague))
    assert download(client, conflict, attachment) == 404


def test_file_is_reached_through_its_own_declaration_only(client, office):
    _conflict, attachment = with_file(client, office)
    other = plain_conflict(office, direct_draft(title="Lain", number="7"))

    assert download(client, other, attachment) == 404


def test_files_are_added_with_the_answer_but_signed_ones_stay(client, office):
    conflict, attachment = with_file(client, office)
    conflict = conflicts.review(conflict, by=office.superior)
    conflict = conflicts.ask_data(conflict, by=office.superior, question="Akta?")
    new = SimpleUploadedFile("akta lengkap.pdf", b"%PDF-1.4\nisi")

    assert client.post(url("attachments", conflict), {"file": new}).status_code == 302
    assert client.post(url("attachment_remove", conflict, attachment.pk)).status_code == 409
    added = Attachment.objects.exclude(pk=attachment.pk).get()
    assert client.post(url("attachment_remove", conflict, added.pk)).status_code == 302


def test_correction_brings_the_files_without_taking_them(
    client, office, django_capture_on_commit_callbacks
):
    conflict, attachment = with_file(client, office)
    client.post(url("correct", conflict))
    correction = ConflictDeclaration.objects.get(supersedes=conflict)
    copy = correction.attachments.get()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("attachment_remove", correction, copy.pk))

    assert attachment.file.storage.exists(attachment.file.name)
    assert download(client, conflict, attachment) == 200


# --- Bad input, lists ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("conflict", "known_since", "0001-01-01"),
        ("conflict", "known_since", "31/02/2026"),
        ("conflict", "known_since", "2999-01-01"),
        ("conflict", "situation", "x" * 4_001),
        ("conflict", "conflict_kind", "perceived"),
        ("conflict", "source", "DIPALSU"),
        ("decision", "stage", "kapan-kapan"),
        ("decision", "title", "a\x00b"),
        ("follow_up", "is_confidential", "mungkin"),
    ],
)
def test_bad_answers_are_refused_in_words(client, office, section, name, value):
    conflict = ready_conflict(office)
    log_in(client, office.staff)
    data = {f"{section}-{key}": text for key, text in conflict.draft[section].items()}
    data |= {f"{section}-{name}": value, "revision": 0}

    response = client.post(url("section", conflict, section), data)

    assert response.status_code == 422
    assert response.context["form"].errors[name]


@pytest.mark.parametrize("page", ["detail", "tasks", "withdraw", "attachments"])
def test_unknown_declaration_is_404(client, office, page):
    log_in(client, office.staff)

    address = reverse(f"declarations:conflict_{page}", args=[uuid.uuid4()])

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("who", "query"),
    [("staff", ""), ("superior", "?lingkup=lain"), ("inspector", "?lingkup=lain")],
)
def test_list_query_count(client, office, count, who, query):
    for number in range(count):
        draft = direct_draft(title=f"Paket {number}", number=f"{number}/2026")
        conflicts.send(plain_conflict(office, draft), by=office.staff, proof=proof(office.staff))
    log_in(client, again(getattr(office, who)))
    address = url("list") + query

    assert len(client.get(address).context["conflicts"]) == count
    assert count_page_queries(lambda: client.get(address)) <= 9


@pytest.mark.parametrize(
    "query", ["keadaan=salah", "tahun=abc", "lingkup=x", "opd=abc&lingkup=lain", "q=" + "x" * 999]
)
def test_wrong_filters_are_ignored_with_a_message(client, office, query):
    log_in(client, again(office.inspector))

    assert client.get(f"{url('list')}?{query}").status_code == 200


def test_forged_cursor_is_404(client, office):
    log_in(client, office.staff)

    assert client.get(url("list") + "?sebelum=palsu").status_code == 404
