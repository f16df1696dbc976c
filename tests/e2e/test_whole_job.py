"""The portal's whole job in a browser, on a phone and on a desktop.

Real files, real signatures, the real queue; nothing is written past the pages but the register of
interests that the declarant signed earlier (`test_register_job.py` walks that one).
"""

import csv
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from declarations.models import ControlPlan, SuperiorDecision, Suspension
from people.models import ImportBatch, Opd, Role, User
from tests.declarations.factories import business_row, full_draft, sent_register
from tests.e2e.cases import (
    add_party,
    begin_statement,
    clean_statement,
    convert,
    deny_all_sources,
    page_of,
    sign,
)
from tests.e2e.walking import Walk, assert_signed, download, run_jobs
from tests.people.factories import OpdFactory, PostFactory, person_with

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "kabut-pagi-di-danau-tes"
COMPANY = "CV Rafflesia Jaya"
TITLE, NUMBER = "Pengadaan alat kesehatan 2026", "027/15/PBJ/2026"
PEOPLE = {
    "head": ("197003121995031001", "Hendra Gunawan", "00", "Kepala Dinas", "JPT Pratama",
             "99.00/SEKDA"),
    "superior": ("198002022005012002", "Siti Rahmawati", "10", "Kepala Bidang", "Administrator",
                 "00"),
    "staff": ("199001012015011001", "Ma'ruf", "11", "Pengelola Pengadaan", "Pelaksana", "10"),
    "colleague": ("199105052016012003", "Rina Marlina", "12", "Analis", "Pelaksana", "10"),
}  # fmt: skip


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_the_whole_job(screen, request, live_server, tmp_path):
    walk = Walk(request.getfixturevalue(screen), live_server.url)

    people = import_people(walk, tmp_path)
    activate_and_log_in(walk, people["staff"])
    sent_register(people["staff"], draft=full_draft(business={"rows": [business_row(COMPANY)]}))
    check_the_pdf(walk, tmp_path, clean(walk, people))

    conflict = declare_a_conflict(walk, people)
    is_kept_out(walk, people)
    plan = decide(walk, people, conflict)
    start_the_plan(walk, people, plan)
    assert_signed(download(walk, plan.document, tmp_path), signatures=2)
    do_the_task(walk, people, plan, tmp_path)
    evaluate_and_close(walk, people, plan)
    conflict.refresh_from_db()
    assert conflict.state == "closed"


def import_people(walk: Walk, folder: Path) -> dict[str, User]:
    opd = OpdFactory(code="99.01", name="Dinas Kesehatan Uji")
    PostFactory(opd=OpdFactory(code="99.00"), code="SEKDA", head=True)
    administrator = person_with(Role.HR_ADMINISTRATOR)
    walk.becomes(administrator)
    walk.open(reverse("people:import_create"))
    walk.page.set_input_files("input[type=file]", write_table(folder / "pegawai.csv", opd))
    walk.go_on()
    batch = ImportBatch.objects.get()
    run_jobs()
    walk.open(batch.get_absolute_url())
    assert "Ma'ruf" in walk.paragraph()
    walk.press(f'form[action="{reverse("people:import_commit", args=[batch.pk])}"] button')
    run_jobs()
    people = {slot: User.objects.get(nip=row[0]) for slot, row in PEOPLE.items()}

    walk.open(reverse("people:make_code", args=[people["staff"].pk]))
    walk.answer(channel="printed")
    walk.go_on()
    return people


def write_table(target: Path, opd: Opd) -> Path:
    headings = (
        "NIP;Nama;Kode OPD;Kode Jabatan;Jabatan;Jenjang;Kode Jabatan Atasan;Kepala OPD;"
        "Wajib Lapor;Alasan Wajib Lapor;Mulai"
    )
    with target.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(headings.split(";"))
        for slot, (nip, name, post, title, level, above) in PEOPLE.items():
            obliged = ("Ya", "Pengelola pengadaan") if slot == "staff" else ("Tidak", "")
            head = "Ya" if slot == "head" else "Tidak"
            table.writerow(
                [nip, name, opd.code, post, title, level, above, head, *obliged, "01/02/2024"]
            )
    return target


def activate_and_log_in(walk: Walk, staff: User) -> None:
    code = walk.page.inner_text(".slip-code")
    walk.page.context.clear_cookies()
    walk.open(reverse("activation"))
    walk.answer(nip=staff.nip, code=code, password1=PASSWORD, password2=PASSWORD)
    walk.go_on()
    assert walk.path == reverse("account_login")
    walk.answer(login=staff.nip, password=PASSWORD)
    walk.press("form[action='/akun/masuk/'] button[type=submit]")
    assert walk.path == reverse("declarations:home")


def clean(walk: Walk, people: dict[str, User]):
    statement = clean_statement(
        walk, by=people["staff"], title="Pengadaan kertas 2026", number="027/14/PBJ/2026"
    )
    return statement.document


def check_the_pdf(walk: Walk, folder: Path, document) -> None:
    """By Poppler, by the portal's command, by the public page with the code and with the file."""
    file = download(walk, document, folder)
    assert_signed(file, signatures=1)
    cookies = walk.page.context.cookies()
    walk.page.context.clear_cookies()
    walk.open(reverse("statements:verify"))
    walk.answer(code=document.code)
    walk.go_on()
    assert document.number in walk.paragraph()
    assert "Ma'ruf" not in walk.paragraph()
    walk.open(reverse("statements:verify"))
    drop(walk, file)
    walk.go_on()
    assert walk.page.locator(".notice.tone-success").count()
    walk.open(reverse("statements:verify"))
    drop(walk, changed(file))
    walk.go_on()
    assert not walk.page.locator(".notice.tone-success").count()
    walk.page.context.add_cookies(cookies)


def drop(walk: Walk, file: Path) -> None:
    walk.page.set_input_files("input[type=file]", file)


def changed(file: Path) -> Path:
    """The same statement with one byte of its text turned."""
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    other = file.with_suffix(".changed.pdf")
    other.write_bytes(data)
    return other


def declare_a_conflict(walk: Walk, people: dict[str, User]):
    staff = people["staff"]
    statement = begin_statement(walk, title=TITLE, number=NUMBER, by=staff)
    add_party(walk, statement, "C.V. RAFFLESIA JAYA", is_known=True)
    conflict = convert(walk, statement)

    walk.open(page_of("conflict", "section", conflict, "decision"))
    assert walk.page.locator("[name$='-title']").input_value() == TITLE
    walk.answer(stage="running")
    walk.go_on()
    walk.open(page_of("conflict", "section", conflict, "conflict"))
    walk.answer(
        conflict_kind="actual", source="BISNIS", situation="Saya memiliki saham perusahaan ini.",
        known_since=timezone.localdate().isoformat(),
    )  # fmt: skip
    walk.go_on()
    walk.open(page_of("conflict", "section", conflict, "follow_up"))
    walk.answer(impact="Penilaian saya dapat diragukan.", is_confidential="no")
    walk.go_on()
    sign(walk, "conflict", conflict)
    return conflict


def is_kept_out(walk: Walk, people: dict[str, User]) -> None:
    """Suspended, visibly; the same matter under a number written otherwise is the same matter."""
    suspension = Suspension.objects.get(user=people["staff"], ended_at=None)
    walk.open(suspension.conflict.get_absolute_url())
    assert walk.page.locator(".notice.tone-danger, .notice.tone-warning").count()
    statement = begin_statement(
        walk, title=TITLE, number=NUMBER.lower().replace("/", " / "), by=people["staff"]
    )
    add_party(walk, statement, "PT Semarak Abadi", is_known=False)
    deny_all_sources(walk, statement)
    check = page_of("statement", "check", statement)
    walk.open(page_of("statement", "sign", statement), leads_to=check)
    assert suspension.conflict.number in walk.paragraph()
    statement.refresh_from_db()
    assert statement.state == "draft"


def decide(walk: Walk, people: dict[str, User], conflict) -> ControlPlan:
    walk.becomes(people["superior"])
    walk.open(reverse("declarations:home"))
    walk.follow(reverse("declarations:decision_case", args=[conflict.pk]))
    begin = reverse("declarations:decision_begin", args=[conflict.pk])
    walk.press(f'form[action="{begin}"] button')
    decision = SuperiorDecision.objects.get(conflict=conflict)

    walk.follow(page_of("decision", "section", decision, "findings"))
    walk.answer(
        truth_analysis="Kepemilikan saham itu benar.", finding="conflict",
        impact_analysis="Penilaian dapat diragukan.",
    )  # fmt: skip
    walk.go_on()
    walk.answer(likelihood="3", impact="4")
    walk.page.wait_for_selector("#risk-level:not(.htmx-swapping)")
    walk.go_on()
    walk.follow(page_of("decision", "row_add", decision, "measures"))
    walk.answer(measure="MUNDUR_PROSES", replacement=people["colleague"].nip)
    walk.page.keyboard.press("Tab")
    walk.page.wait_for_selector("#replacement-check .notice.tone-success")
    walk.go_on()
    walk.go_on()
    today = timezone.localdate().isoformat()
    walk.answer(reasons="Menjaga kenetralan keputusan.", valid_from=today, must_report="no")
    walk.go_on()
    sign(walk, "decision", decision)
    walk.open(decision.get_absolute_url())
    return ControlPlan.objects.get(decision=decision)


def start_the_plan(walk: Walk, people: dict[str, User], plan: ControlPlan) -> None:
    walk.open(plan.get_absolute_url())
    walk.follow(page_of("plan", "tasks", plan))
    walk.follow(page_of("plan", "section", plan, "plan"))
    walk.answer(aim="Keputusan diambil tanpa kepentingan pribadi.")
    walk.go_on()
    for row in plan.draft["tasks"]["rows"]:
        walk.follow(page_of("plan", "row", plan, "tasks", row["key"]))
        walk.answer(
            action="Menyerahkan berkas kepada pengganti", owner=people["colleague"].nip,
            due_on=timezone.localdate().isoformat(), expected_evidence="Berita acara",
        )  # fmt: skip
        walk.go_on()
    sign(walk, "plan", plan)
    run_jobs()

    walk.becomes(people["staff"])
    walk.open(reverse("declarations:home"))
    walk.open(plan.get_absolute_url())
    walk.follow(reverse("declarations:plan_agree", args=[plan.pk]))
    walk.go_on()
    plan.refresh_from_db()
    assert plan.agreed_by == people["staff"]


def do_the_task(walk: Walk, people: dict[str, User], plan: ControlPlan, folder: Path) -> None:
    for task in plan.tasks.all():
        walk.becomes(task.owner)
        walk.open(reverse("declarations:task_list"))
        walk.follow(task.get_absolute_url())
        walk.follow(reverse("declarations:task_attachments", args=[task.pk]))
        walk.page.set_input_files("input[type=file]", next(folder.glob("*.pdf")))
        walk.go_on()
        assert walk.path == reverse("declarations:task_report", args=[task.pk])
        walk.answer(evidence_note="Berkas diserahkan hari ini.")
        walk.go_on()

        walk.becomes(people["superior"])
        walk.open(plan.get_absolute_url())
        walk.follow(task.get_absolute_url())
        walk.follow(reverse("declarations:task_confirm", args=[task.pk]))
        walk.answer(effect="effective")
        walk.go_on()


def evaluate_and_close(walk: Walk, people: dict[str, User], plan: ControlPlan) -> None:
    walk.open(plan.get_absolute_url())
    assert not walk.page.locator(f'a[href="{page_of("plan", "close", plan)}"]').count()
    walk.follow(reverse("declarations:plan_evaluate", args=[plan.pk]))
    walk.answer(effect="effective", findings="Pengganti mengambil keputusan.")
    walk.go_on()
    walk.follow(page_of("plan", "close", plan))
    walk.go_on()
    plan.refresh_from_db()
    assert plan.state == "closed"
