"""Minutes of socialisations: who adds and reads them, and that the bundle holds them."""

import csv
import datetime
import hashlib
import io
import zipfile
import zlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from audit.models import AuditEvent
from people.models import Role
from review.models import EvidenceBundle, SocialisationMinutes
from review.services import evidence_bundle, minutes
from tests.people.factories import OpdFactory, RoleGrantFactory, log_in, person_with
from tests.queries import count_page_queries
from tests.review.report_samples import picture

pytestmark = pytest.mark.django_db
LIST = "review:minutes_list"


@pytest.fixture
def opd():
    return OpdFactory()


@pytest.fixture
def head(opd):
    return person_with(Role.OPD_HEAD, opd)


def officer_of(opd):
    user = person_with(opd=opd)
    RoleGrantFactory(user=user, role=Role.OPD_OFFICER, opd=opd)
    return type(user).objects.get(pk=user.pk)


def picture_of(name):
    """Another one for another name."""
    target, code = io.BytesIO(), zlib.crc32(name.encode())
    Image.new("RGB", (40 + code % 400, 30 + code // 400 % 400), "navy").save(target, "JPEG")
    return SimpleUploadedFile(name, target.getvalue(), "image/jpeg")


def add(opd, by, *, name="Berita Acara.jpg", held_on=None, **values):
    values = {"topic": "Sosialisasi benturan", "attendees": 40, **values}
    return minutes.add(
        picture_of(name), opd=opd, by=by, held_on=held_on or timezone.localdate(),
        **values,
    )  # fmt: skip


def said(opd, **values):
    return {
        "opd": opd.pk, "held_on": timezone.localdate().isoformat(), "topic": "Sosialisasi",
        "attendees": 25, "file": picture(), **values,
    }  # fmt: skip


def test_the_head_adds_minutes_and_finds_them(client, opd, head):
    log_in(client, head)

    assert client.get(reverse("review:minutes_add")).status_code == 200
    assert client.post(reverse("review:minutes_add"), said(opd)).status_code == 302

    made = SocialisationMinutes.objects.get()
    assert (made.opd, made.attendees, made.uploaded_by) == (opd, 25, head)
    assert made.name in client.get(reverse(LIST)).content.decode()
    assert client.get(made.get_absolute_url()).status_code == 200
    event = AuditEvent.objects.get(action="socialisationminutes.add")
    assert event.opd_id == opd.pk


@pytest.mark.parametrize(
    "wrong",
    [
        {"attendees": 0},
        {"topic": ""},
        {"held_on": "2999-01-01"},
        {"file": ""},
        {"file": SimpleUploadedFile("a.pdf", b"MZ nonsense", "application/pdf")},
    ],
)
def test_bad_input_is_told_and_nothing_is_kept(client, opd, head, wrong):
    log_in(client, head)

    assert client.post(reverse("review:minutes_add"), said(opd, **wrong)).status_code == 422
    assert not SocialisationMinutes.objects.exists()


def test_nobody_adds_or_reads_for_another_opd(client, opd, head):
    other = OpdFactory()
    theirs = add(other, person_with(Role.OPD_HEAD, other))
    log_in(client, head)

    with pytest.raises(PermissionDenied):
        add(other, head)
    assert client.post(reverse("review:minutes_add"), said(other)).status_code == 422
    assert theirs.name not in client.get(reverse(LIST)).content.decode()
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert client.post(reverse("review:minutes_remove", args=[theirs.pk])).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_and_adds(client, opd, role):
    user = officer_of(opd) if role == Role.OPD_OFFICER else person_with(role, opd)
    log_in(client, user)
    overseers = {Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR}
    readers = overseers | {Role.OPD_HEAD, Role.OPD_OFFICER}

    assert (client.get(reverse(LIST)).status_code == 200) == (role in readers)
    may_add = client.get(reverse("review:minutes_add")).status_code == 200
    assert may_add == (role in readers - {Role.AUDITOR})


def test_an_auditor_reads_and_takes_nothing_away(client, opd, head):
    made = add(opd, head)
    log_in(client, person_with(Role.AUDITOR))

    assert client.get(made.get_absolute_url()).status_code == 200
    assert AuditEvent.objects.filter(action="socialisationminutes.read_file").count() == 1
    assert client.post(reverse("review:minutes_remove", args=[made.pk])).status_code == 403


def test_taken_away_once_and_gone(client, opd, head):
    made = add(opd, head)
    log_in(client, head)
    url = reverse("review:minutes_remove", args=[made.pk])

    assert client.post(url).status_code == 302
    minutes.remove(made, by=head)
    assert client.get(made.get_absolute_url()).status_code == 404
    assert AuditEvent.objects.filter(action="socialisationminutes.remove").count() == 1


def test_the_same_file_is_kept_once_a_year_and_not_without_end(opd, head):
    assert add(opd, head) == add(opd, head)
    assert AuditEvent.objects.filter(action="socialisationminutes.add").count() == 1
    for number in range(9):
        add(opd, head, name=f"{number}.jpg")
    with pytest.raises(ValidationError):
        add(opd, head, name="elf.jpg")
    last_year = timezone.localdate().replace(day=1) - datetime.timedelta(days=366)
    assert add(opd, head, name="elf.jpg", held_on=last_year)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_few_queries(client, opd, head, count):
    for number in range(count):
        add(opd, head, name=f"{number}.jpg")
    log_in(client, head)

    assert count_page_queries(lambda: client.get(reverse(LIST))) <= 12


def test_the_bundle_holds_them_under_names_of_its_own(opd, head):
    made = add(opd, head, name="=cmd ../../jahat.jpg", topic="=1+1")
    gone, other = add(opd, head, name="salah.jpg"), OpdFactory()
    minutes.remove(gone, by=head)
    add(other, person_with(Role.OPD_HEAD, other), name="lain.jpg")
    bundle = EvidenceBundle.objects.create(
        opd=opd, year=made.held_on.year, requested_by=type(head).objects.get(pk=head.pk)
    )

    evidence_bundle.make(str(bundle.pk))

    bundle.refresh_from_db()
    with bundle.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        names = [n for n in archive.namelist() if "berita-acara" in n]
        data = archive.read(names[0])
        index = archive.read("INDEKS.csv").decode("utf-8-sig")
        listed = archive.read("2-sosialisasi/sosialisasi.csv").decode("utf-8-sig")
    assert names == [f"2-sosialisasi/{minutes.name_in_bundle(made)}"]
    assert ".." not in names[0]
    assert hashlib.sha256(data).hexdigest() == made.sha256
    assert "b. Sosialisasi" in next(line for line in index.splitlines() if names[0] in line)
    rows = list(csv.reader(io.StringIO(listed), delimiter=";" if ";" in listed else ","))
    assert rows[1][1] == "'=1+1"
