"""An uploaded file: checked in the worker, shown, committed once and only while it still holds."""

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files import storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from openpyxl import Workbook

from audit.models import AuditEvent
from jobs.testing import run_jobs
from people.importing import batches
from people.importing.columns import COLUMNS
from people.models import ImportBatch, Role, User
from people.services import ServiceError
from tests.people.factories import (
    AssignmentFactory,
    OpdFactory,
    PostFactory,
    RoleGrantFactory,
    UserFactory,
    log_in,
    person_with,
)

NIP = "199001012015011001"
OTHER_NIP = "198505052010012002"
State = ImportBatch.State


def line(**changes):
    return {
        "NIP": NIP,
        "Nama": "Ahmad Fauzi",
        "Kode OPD": "99.01",
        "Kode Jabatan": "99.01.90",
        "Jabatan": "Pengadministrasi Umum",
        "Jenjang": "Pelaksana",
        "Kode Jabatan Atasan": "99.01.00",
        "Mulai": "01/02/2024",
    } | changes


def csv_of(*lines):
    target = io.StringIO()
    writer = csv.DictWriter(target, lines[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(lines)
    return target.getvalue().encode()


def upload(*lines, name="pegawai.csv"):
    return SimpleUploadedFile(name, csv_of(*lines))


@pytest.fixture
def head(db):
    return PostFactory(opd=OpdFactory(code="99.01"), code="99.01.00", head=True)


@pytest.fixture
def admin(head):
    return person_with(Role.HR_ADMINISTRATOR)


def checked(*lines, by):
    batch = batches.receive(upload(*lines), by=by)
    run_jobs()
    batch.refresh_from_db()
    return batch


def test_upload_is_checked_shown_and_taken_over(admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        batch = checked(line(), by=admin)
    assert batch.state == State.READY
    assert batch.plan["counts"]["new"] == 1
    assert not User.objects.filter(nip=NIP).exists()
    assert not storage.default_storage.exists(f"people-imports/{batch.pk}")

    batches.commit(batch, by=admin)
    run_jobs()

    batch.refresh_from_db()
    assert batch.state == State.COMMITTED
    assert (batch.committed_by, batch.rows) == (admin, [])
    assert User.objects.get(nip=NIP).assignments.count() == 1
    actions = AuditEvent.objects.filter(target_id=batch.pk).order_by("pk")
    assert [event.action for event in actions] == [
        "import.upload", "import.check", "import.start", "import.commit",
    ]  # fmt: skip


def test_faulty_file_lists_faults_and_cannot_be_taken_over(admin):
    batch = checked(line(NIP="123"), line(NIP=OTHER_NIP, Mulai="31/02/2024"), by=admin)

    assert batch.state == State.FAULTY
    assert [(fault["row"], fault["column"]) for fault in batch.faults] == [
        (2, "NIP"),
        (3, "Mulai"),
    ]
    with pytest.raises(ServiceError):
        batches.commit(batch, by=admin)


def test_check_that_grew_stale_is_shown_again(admin):
    batch = checked(line(), by=admin)
    UserFactory(nip=NIP, name="Sudah Ada")

    batches.commit(batch, by=admin)
    run_jobs()

    batch.refresh_from_db()
    assert batch.state == State.READY
    assert batch.plan["is_stale"]
    assert User.objects.get(nip=NIP).name == "Sudah Ada"
    batches.commit(batch, by=admin)
    run_jobs()
    assert User.objects.get(nip=NIP).name == "Ahmad Fauzi"


def test_check_that_grew_wrong_becomes_faulty(admin, head):
    seat = {"Kode Jabatan": "99.01.10", "Jenjang": "Administrator"}
    batch = checked(line(**seat), by=admin)
    post = PostFactory(opd=head.opd, code="99.01.10", level="administrator", superior=head)
    AssignmentFactory(post=post)

    batches.commit(batch, by=admin)
    run_jobs()

    batch.refresh_from_db()
    assert batch.state == State.FAULTY
    assert not User.objects.filter(nip=NIP).exists()


def test_two_commits_take_it_over_once(admin):
    batch = checked(line(), by=admin)
    batches.commit(batch, by=admin)

    with pytest.raises(ServiceError):
        batches.commit(batch, by=admin)

    run_jobs()
    batches.run_commit(batch.pk, admin.pk)
    assert AuditEvent.objects.filter(action="import.commit").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_commit_at_the_same_moment():
    PostFactory(opd=OpdFactory(code="99.01"), code="99.01.00", head=True)
    people = [person_with(Role.HR_ADMINISTRATOR) for _number in range(2)]
    batch = checked(line(), by=people[0])
    barrier = threading.Barrier(2)

    def commit(user):
        try:
            barrier.wait()
            batches.commit(batch, by=user)
        except ServiceError:
            return "refused"
        finally:
            connection.close()
        return "accepted"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(commit, people))

    assert outcomes == ["accepted", "refused"]


@pytest.mark.django_db(transaction=True)
def test_two_files_with_the_same_person_at_the_same_moment():
    PostFactory(opd=OpdFactory(code="99.01"), code="99.01.00", head=True)
    admin = person_with(Role.HR_ADMINISTRATOR)
    both = [checked(line(), by=admin), checked(line(), by=admin)]
    for batch in both:
        batches.commit(batch, by=admin)
    barrier = threading.Barrier(2)

    def take_over(batch):
        try:
            barrier.wait()
            batches.run_commit(batch.pk, admin.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(take_over, both))

    states = sorted(ImportBatch.objects.values_list("state", flat=True))
    assert states == [State.COMMITTED, State.READY]
    assert User.objects.filter(nip=NIP).count() == 1


def test_discarded_file_is_forgotten(admin):
    batch = checked(line(), by=admin)

    batches.discard(batch, by=admin)

    batch.refresh_from_db()
    assert (batch.state, batch.rows) == (State.DISCARDED, [])
    with pytest.raises(ServiceError):
        batches.commit(batch, by=admin)


def test_file_reaches_no_further_than_the_pages(admin):
    inspector = UserFactory(nip=NIP, email="inspektur@example.invalid")
    RoleGrantFactory(user=inspector, role=Role.INSPECTOR)

    batch = checked(line(Email="pencuri@example.invalid"), by=admin)

    assert batch.state == State.FAULTY
    assert [fault["column"] for fault in batch.faults] == ["NIP"]


def test_nobody_imports_themselves(admin):
    post = admin.assignments.get().post

    batch = checked(
        line(NIP=admin.nip, Nama="Nama Baru", **{"Kode OPD": post.opd.code,
             "Kode Jabatan": post.code, "Jabatan": "", "Jenjang": "", "Mulai": "",
             "Kode Jabatan Atasan": ""}),
        by=admin,
    )  # fmt: skip

    assert [fault["column"] for fault in batch.faults] == ["NIP"]


def test_others_may_not(head):
    with pytest.raises(PermissionDenied):
        batches.receive(upload(line()), by=person_with(Role.INSPECTOR))


def test_task_that_fails_leaves_a_failed_batch(admin, monkeypatch):
    batch = batches.receive(upload(line()), by=admin)
    storage.default_storage.delete(f"people-imports/{batch.pk}")

    run_jobs(raising=False)

    batch.refresh_from_db()
    assert batch.state == State.FAILED


# --- The page -----------------------------------------------------------------------------------


@pytest.fixture
def page(client, admin):
    log_in(client, admin)
    return client


def test_page_leads_from_file_to_people(page):
    response = page.post(reverse("people:import_create"), {"file": upload(line())})
    batch = ImportBatch.objects.get()
    detail = reverse("people:import_detail", args=[batch.pk])
    assert response.url == detail
    assert "hx-trigger" in page.get(detail).content.decode()
    run_jobs()
    assert "Ahmad Fauzi" in page.get(detail).content.decode()

    response = page.post(reverse("people:import_commit", args=[batch.pk]))
    run_jobs()

    assert response.url == detail
    assert page.get(detail).status_code == 200
    assert User.objects.filter(nip=NIP).exists()


def test_page_shows_faults_by_row_and_column(page):
    page.post(reverse("people:import_create"), {"file": upload(line(NIP="12"))})
    run_jobs()

    content = page.get(
        reverse("people:import_detail", args=[ImportBatch.objects.get().pk])
    ).content.decode()

    assert "<td>" in content.replace(' class="number"', "") or "data-label" in content
    assert "NIP" in content
    assert reverse("people:import_commit", args=[ImportBatch.objects.get().pk]) not in content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pegawai.pdf", b"%PDF-1.7"),
        ("pegawai.csv", b""),
        ("pegawai.xlsx", b"bukan lembar kerja"),
        ("pegawai.exe", b"MZ"),
        ("pegawai.csv", b"\x00\x01\x02"),
    ],
)
def test_wrong_kind_of_file_is_refused_at_once(page, name, content):
    response = page.post(
        reverse("people:import_create"), {"file": SimpleUploadedFile(name, content)}
    )

    assert response.status_code == 422
    assert not ImportBatch.objects.exists()


def test_second_click_on_the_button_is_told_so(page):
    page.post(reverse("people:import_create"), {"file": upload(line())})
    run_jobs()
    url = reverse("people:import_commit", args=[ImportBatch.objects.get().pk])
    page.post(url)

    response = page.post(url, follow=True)

    assert response.status_code == 200
    run_jobs()
    assert AuditEvent.objects.filter(action="import.commit").count() == 1


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_template_has_every_heading(page, kind):
    response = page.get(reverse("people:import_template", args=[kind]))

    body = b"".join(response.streaming_content)
    assert response.status_code == 200
    if kind == "csv":
        assert body.decode("utf-8-sig").splitlines()[0].split(";") == [c.heading for c in COLUMNS]
    else:
        assert body.startswith(b"PK")


def test_unknown_template_is_not_found(page):
    assert page.get(reverse("people:import_template", args=["ods"])).status_code == 404


@pytest.mark.parametrize("role", [Role.DECLARANT, Role.INSPECTOR, Role.AUDITOR, Role.OPD_OFFICER])
def test_page_is_for_administrators(client, head, role):
    log_in(client, person_with(role))

    assert client.get(reverse("people:import_list")).status_code == 403
    assert client.get(reverse("people:import_create")).status_code == 403


def test_steps_are_posts(page, admin):
    batch = checked(line(), by=admin)

    for name in ("import_commit", "import_discard"):
        assert page.get(reverse(f"people:{name}", args=[batch.pk])).status_code == 405


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_a_fixed_number_of_queries(page, admin, number, django_assert_num_queries):
    for _index in range(number):
        ImportBatch.objects.create(
            file_name="a.csv", file_sha256="0", created_by=UserFactory(), state=State.DISCARDED
        )
    page.get(reverse("people:import_list"))

    with django_assert_num_queries(9):
        page.get(reverse("people:import_list"))


# --- The command --------------------------------------------------------------------------------


def test_command_writes_all_or_nothing(head, tmp_path):
    path = tmp_path / "pegawai.csv"
    path.write_bytes(csv_of(line(), line(NIP="salah")))
    with pytest.raises(CommandError):
        call_command("import_people", path)
    assert not User.objects.filter(nip=NIP).exists()

    path.write_bytes(csv_of(line()))
    call_command("import_people", path, dry_run=True)
    assert not User.objects.filter(nip=NIP).exists()

    call_command("import_people", path)
    assert User.objects.filter(nip=NIP).exists()


def sheet(path, lines, *, change=None):
    book = Workbook()
    headings = list(lines[0])
    book.active.append(headings)
    for cells in lines:
        book.active.append([cells[heading] for heading in headings])
    if change:
        change(book.active)
    book.save(path)
    return path


def test_command_reads_a_spreadsheet(head, tmp_path):
    call_command("import_people", sheet(tmp_path / "p.xlsx", [line()]))

    assert User.objects.filter(nip=NIP).exists()


def _formula(page):
    page["B2"] = "=CONCAT(A1)"


def _merged(page):
    page.merge_cells("B2:C2")


def _number(page):
    page["A2"] = 1.99001012015011e17


@pytest.mark.parametrize("change", [_formula, _merged, _number])
def test_dangerous_cells_are_faults(head, tmp_path, change, capsys):
    path = sheet(tmp_path / "p.xlsx", [line()], change=change)

    with pytest.raises(CommandError):
        call_command("import_people", path)

    assert "2" in capsys.readouterr().err
    assert not User.objects.filter(nip=NIP).exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"NIP;Nama;Kode OPD;Kode Jabatan\n",
        b"NIP;Nama\n1;2\n",
        b"NIP;Nama;Kode OPD;Kode Jabatan;Gaji\n1;2;3;4;5\n",
        b"NIP;Nama;Kode OPD;Kode Jabatan;nip\n1;2;3;4;5\n",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b'NIP;Nama;Kode OPD;Kode Jabatan\n"1;2;3;4\n',
        b"NIP;Nama;Kode OPD;Kode Jabatan\n1;" + b"A" * 1_000_000 + b";3;4\n",
    ],
)
def test_unreadable_files_are_refused_in_words(db, tmp_path, content):
    path = tmp_path / "p.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError) as caught:
        call_command("import_people", path)

    assert len(str(caught.value)) > 10


def test_too_many_rows_are_refused(db, tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes(b"NIP;Nama;Kode OPD;Kode Jabatan\n" + b"1;2;3;4\n" * 100_001)

    with pytest.raises(CommandError) as caught:
        call_command("import_people", path)

    assert "100000" in str(caught.value).replace(".", "").replace(",", "")


def test_missing_file_is_said_so(db, tmp_path):
    with pytest.raises(CommandError):
        call_command("import_people", tmp_path / "tidak-ada.csv")
