"""Evidence of a control: words or files, who may add and read them, what is refused."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from audit.models import AuditEvent
from common.attachments import AttachmentClosedError
from mapping import workflow
from mapping.models import Control, ControlFile
from mapping.services import evidence
from tests.mapping.factories import ControlFactory, RiskAreaFactory, RiskMapFactory, make_office
from tests.people.factories import log_in, person_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def office():
    return make_office()


@pytest.fixture
def control(office):
    """The staff member is in charge of it."""
    area = RiskAreaFactory(map=RiskMapFactory(opd=office.opd), owner_post=office.posts[0])
    return ControlFactory(area=area, owner_post=office.posts[2])


def pdf(name="surat.pdf", more=b""):
    return SimpleUploadedFile(name, b"%PDF-1.4\n" + more, "application/pdf")


def photo():
    """A picture with the camera and the place in it."""
    target, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    exif[0x8825] = {1: "S", 2: (6.0, 59.0, 0.0)}
    Image.new("RGB", (40, 30), "green").save(target, "JPEG", exif=exif)
    return SimpleUploadedFile("foto.jpg", target.getvalue(), "image/jpeg")


def bomb():
    """A picture of 900 megapixels in a small file."""
    target = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(target, "PNG")
    return SimpleUploadedFile("besar.png", target.getvalue(), "image/png")


def page(name, control, *arguments):
    return reverse(f"mapping:control{name}", args=[control.pk, *arguments])


def events(action, control):
    return AuditEvent.objects.filter(action=action, target_id=str(control.pk)).count()


def test_a_file_is_evidence_enough(client, office, control):
    log_in(client, office.staff)

    assert client.get(page("_files", control)).status_code == 200
    added = client.post(page("_files", control), {"file": pdf()})
    reported = client.post(page("_report", control), {"evidence": ""})

    control.refresh_from_db()
    assert (added.status_code, reported.status_code, control.state) == (302, 302, "done")
    assert events("control.attach", control) == 1
    assert b"surat.pdf" in client.get(page("_detail", control)).content


def test_neither_words_nor_file(client, office, control):
    log_in(client, office.staff)

    response = client.post(page("_report", control), {"evidence": "  "})

    control.refresh_from_db()
    assert (response.status_code, control.state) == (422, "planned")
    with pytest.raises(workflow.TransitionError):
        workflow.report_control(control, by=office.staff, evidence=" ")


def test_database_asks_for_evidence_too(office, control):
    done = {"state": "done", "done_at": timezone.now(), "done_by": office.staff}

    with pytest.raises(Error), transaction.atomic():
        Control.objects.filter(pk=control.pk).update(**done)
    file = evidence.add(control, pdf(), by=office.staff)
    assert Control.objects.filter(pk=control.pk).update(**done) == 1
    with pytest.raises(Error), transaction.atomic():
        ControlFile.objects.filter(pk=file.pk).update(removed_at=timezone.now())
    with pytest.raises(Error), transaction.atomic():
        ControlFile.objects.filter(pk=file.pk).delete()


def test_a_file_taken_away_is_no_evidence(client, office, control):
    file = evidence.add(control, pdf(), by=office.staff)
    log_in(client, office.staff)

    for _twice in range(2):
        answer = client.post(page("_file_remove", control, file.pk))

    assert answer.status_code == 404
    assert client.get(page("_file", control, file.pk)).status_code == 404
    assert events("control.detach", control) == 1
    assert client.post(page("_report", control), {"evidence": ""}).status_code == 422


def test_metadata_leaves_pictures(office, control):
    file = evidence.add(control, photo(), by=office.staff)

    with file.file.open("rb") as stored:
        content = stored.read()
    assert b"Kamera" not in content
    assert not Image.open(io.BytesIO(content)).getexif()
    assert file.name == "foto.jpg"
    assert "foto" not in file.file.name


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
def test_bad_files_are_refused_in_words(client, office, control, file):
    log_in(client, office.staff)

    response = client.post(page("_files", control), {"file": file()})

    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert not ControlFile.objects.exists()


def test_same_file_twice_and_one_too_many(client, office, control, monkeypatch):
    first = evidence.add(control, pdf(), by=office.staff)
    assert evidence.add(control, pdf("nama-lain.pdf"), by=office.staff) == first
    monkeypatch.setattr("common.attachments.MOST_FILES", 1)
    log_in(client, office.staff)

    response = client.post(page("_files", control), {"file": pdf(more=b"lain")})

    assert (response.status_code, ControlFile.objects.count()) == (422, 1)


def test_who_reads_leaves_a_trace(client, office, control):
    file = evidence.add(control, pdf(), by=office.staff)
    address = page("_file", control, file.pk)

    log_in(client, office.staff)
    own = client.get(address)
    assert (own.status_code, events("control.read_file", control)) == (200, 0)
    assert own["Content-Disposition"] == 'attachment; filename="surat.pdf"'
    assert "sandbox" in own["Content-Security-Policy"]
    for user in (office.head, office.auditor):
        log_in(client, user)
        assert client.get(address).status_code == 200
    assert events("control.read_file", control) == 2
    log_in(client, person_with())
    assert client.get(address).status_code == 404


def test_who_only_sees_may_not_add(client, office, control):
    file = evidence.add(control, pdf(), by=office.staff)
    log_in(client, office.auditor)

    assert client.get(page("_files", control)).status_code == 403
    assert client.post(page("_files", control), {"file": pdf()}).status_code == 403
    assert client.post(page("_file_remove", control, file.pk)).status_code == 403
    with pytest.raises(PermissionDenied):
        evidence.add(control, pdf(), by=office.auditor)


def test_file_of_another_control(client, office, control):
    other = ControlFactory(area=RiskAreaFactory(map=RiskMapFactory(opd=office.opd, year=2020)))
    file = evidence.add(other, pdf(), by=office.head)
    log_in(client, office.head)

    assert client.get(page("_file", control, file.pk)).status_code == 404


def test_after_the_report_files_stand_still(client, office, control):
    file = evidence.add(control, pdf(), by=office.staff)
    reported = workflow.report_control(control, by=office.staff, evidence="")
    log_in(client, office.staff)

    assert client.get(page("_files", control)).status_code == 302
    assert client.post(page("_files", control), {"file": pdf(more=b"x")}).status_code == 409
    assert client.post(page("_file_remove", control, file.pk)).status_code == 409
    workflow.refuse_control(reported, by=office.head, reason="Belum lengkap")
    assert client.post(page("_file_remove", control, file.pk)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_no_file_slips_in_behind_a_report(office, control):
    evidence.add(control, pdf(), by=office.staff)
    barrier = threading.Barrier(2)

    def run(call):
        barrier.wait()
        try:
            call()
        except (AttachmentClosedError, workflow.TransitionError) as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    calls = [
        lambda: workflow.report_control(control, by=office.staff, evidence="Surat 1"),
        lambda: evidence.add(control, pdf(more=b"dua"), by=office.head),
    ]
    with ThreadPoolExecutor(2) as pool:
        report, _add = pool.map(run, calls)

    control.refresh_from_db()
    assert (report, control.state) == ("done", "done")
    assert control.files.count() == events("control.attach", control)
