"""One ZIP of evidence for ZI/WBK and MCSP about one OPD and year.

Everything in it obeys the rights of who asked for it, names are masked, cells cannot become
formulas, and the index names each file with its hash and the question that it answers.
"""

import datetime
import hashlib
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.spreadsheets import write_csv
from declarations.models import (
    ConflictDeclaration,
    ControlTask,
    DecisionStatement,
    FollowUp,
    InterestRegister,
    SuperiorDecision,
)
from declarations.models.plans import ControlPlan
from jobs.services import enqueue
from mapping.models import Control, RiskArea, RiskMap
from people.models import Opd, User
from review.models import CampaignDelivery, EvidenceBundle
from review.models.publications import BundleState
from review.services import minutes
from statements import files
from statements.masking import mask_name

TASK = "review.publication_tasks.make_bundle"
INDEX = "INDEKS.csv"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: where it lies, what it shows, and which question of the LKE or MCSP it answers."""

    name: str
    title: str
    question: str
    size: int
    sha256: str


@transaction.atomic
def request(*, opd: Opd, year: int, by: User) -> EvidenceBundle:
    """The worker makes it after the commit."""
    if not by.has_perm("review.request_bundle", opd):
        raise PermissionDenied
    bundle = EvidenceBundle.objects.create(opd=opd, year=year, requested_by=by)
    record("bundle.request", by=by, target=bundle, year=year)
    enqueue(TASK, str(bundle.pk), owner=by)
    return bundle


def make(bundle_id: str) -> None:
    """Write the ZIP; safe to run twice, refused when the right was lost meanwhile."""
    bundle = EvidenceBundle.objects.select_related("opd", "requested_by").get(pk=bundle_id)
    if bundle.state != BundleState.QUEUED:
        return
    if not bundle.requested_by.has_perm("review.request_bundle", bundle.opd):
        fail(bundle_id, "PermissionDenied")
        return
    with tempfile.TemporaryFile() as target:
        _write(bundle, target)
        size, digest = _measured(target)
        target.seek(0)
        _finish(bundle, target, size=size, digest=digest)


@transaction.atomic
def _finish(bundle: EvidenceBundle, target: IO[bytes], *, size: int, digest: str) -> None:
    locked = EvidenceBundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if locked.state != BundleState.QUEUED:
        return
    locked.file.save("bundle.zip", File(target), save=False)
    locked.state, locked.size, locked.sha256 = BundleState.READY, size, digest
    locked.finished_at = timezone.now()
    locked.save(update_fields=["file", "state", "size", "sha256", "finished_at"])
    record("bundle.finish", by=None, target=locked, sha256=digest, size=size)


@transaction.atomic
def fail(bundle_id: str, failure: str) -> None:
    """The page says that it failed; whoever wants it asks again."""
    bundle = EvidenceBundle.objects.select_for_update(of=("self",)).get(pk=bundle_id)
    if bundle.state != BundleState.QUEUED:
        return
    bundle.state, bundle.failure = BundleState.FAILED, failure[:200]
    bundle.finished_at = timezone.now()
    bundle.save(update_fields=["state", "failure", "finished_at"])
    record("bundle.fail", by=None, target=bundle, failure=failure)


@transaction.atomic
def open_bundle(bundle: EvidenceBundle, *, by: User) -> bytes:
    """The file for who asked for it; taking it is an event."""
    if not by.has_perm("review.view_bundle", bundle) or not by.has_perm(
        "review.request_bundle", bundle.opd
    ):
        raise PermissionDenied
    with bundle.file.open("rb") as file:
        data: bytes = file.read()
    record("bundle.download", by=by, target=bundle, sha256=bundle.sha256)
    return data


def _measured(target: IO[bytes]) -> tuple[int, str]:
    target.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := target.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _write(bundle: EvidenceBundle, target: IO[bytes]) -> None:
    entries: list[Entry] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, title, question, parts in _contents(bundle):
            entries.append(_put(archive, name, title, question, parts))
        rows = [(e.name, e.title, e.question, e.size, e.sha256) for e in entries]
        headings = ("Berkas", "Isi", "Pertanyaan", "Ukuran (byte)", "SHA-256")
        archive.writestr(INDEX, b"".join(write_csv(headings, rows)))


def _put(
    archive: zipfile.ZipFile, name: str, title: str, question: str, parts: Iterable[bytes]
) -> Entry:
    digest, size = hashlib.sha256(), 0
    with archive.open(name, "w") as file:
        for part in parts:
            file.write(part)
            digest.update(part)
            size += len(part)
    return Entry(name, title, question, size, digest.hexdigest())


Content = tuple[str, str, str, Iterable[bytes]]
MAPPED = "a. Identifikasi/pemetaan; MCSP: pengawasan APIP"
SOCIALISED = "b. Sosialisasi"
IMPLEMENTED = "c. Implementasi; MCSP: manajemen ASN"
EVALUATED = "d. Evaluasi"
FOLLOWED = "e. Tindak lanjut; MCSP: pengawasan APIP"


def _contents(bundle: EvidenceBundle) -> Iterator[Content]:
    yield from _maps(bundle)
    for path, data in minutes.files_of(bundle):
        yield f"2-sosialisasi/{path}", "Berita acara sosialisasi", SOCIALISED, [data]
    for name, title, question, headings, rows in LISTS:
        yield _csv(name, title, question, headings, rows(bundle))


def _csv(
    name: str, title: str, question: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Content:
    return name, title, question, write_csv(headings, rows)


def _maps(bundle: EvidenceBundle) -> Iterator[Content]:
    """The map of record with its approval, its rows, and the signed document."""
    maps = list(
        RiskMap.objects.visible_to(bundle.requested_by)
        .of_record(bundle.year)
        .filter(opd=bundle.opd)
        .select_related("document", "signed_by", "approved_by")
    )
    approvals = [
        (m.version, _day(m.signed_at), mask_name(m.signed_by.full_name), _day(m.approved_at),
         mask_name(m.approved_by.full_name), m.document.number if m.document else "")
        for m in maps
    ]  # fmt: skip
    headings = ("Versi", "Ditandatangani", "Oleh", "Disetujui", "Oleh Inspektorat", "Dokumen")
    yield _csv(
        "1-peta/persetujuan.csv", "Persetujuan peta area rawan", MAPPED, headings, approvals
    )
    for each in maps:
        rows = RiskArea.objects.filter(map=each).order_by("position")
        yield _csv(
            f"1-peta/peta-{each.version}.csv", "Area rawan", MAPPED,
            ("Area", "Kegiatan", "Bentuk", "Besaran", "Level", "Area MCSP", "Pencegahan"),
            ((r.area, r.activity, r.conflict_form, r.magnitude, r.level, r.mcsp_area, r.prevention)
             for r in rows),
        )  # fmt: skip
        if each.document and each.document.is_ready:
            data = files.load(each.document.file_sha256)
            yield f"1-peta/peta-{each.version}.pdf", "Peta bertanda tangan", MAPPED, [data]


def _reminders(bundle: EvidenceBundle) -> Iterator[Sequence[Any]]:
    told = CampaignDelivery.objects.filter(
        campaign__year=bundle.year,
        state="sent",
        about__assignments__post__opd=bundle.opd,
        about__assignments__post__is_obliged=True,
    )
    days: dict[datetime.date, set[Any]] = {}
    for settled_at, recipient in told.values_list("settled_at", "recipient").distinct():
        days.setdefault(timezone.localdate(settled_at), set()).add(recipient)
    yield from ((day, len(days[day])) for day in sorted(days))


def _declarations(bundle: EvidenceBundle) -> Iterator[Sequence[Any]]:
    forms = (("F1", InterestRegister), ("F2", DecisionStatement), ("F3", ConflictDeclaration))
    for form, model in forms:
        found = (
            model.objects.visible_to(bundle.requested_by)
            .filter(opd=bundle.opd, year=bundle.year, sent_at__isnull=False)
            .for_list()
            .order_by("sent_at", "pk")
        )
        for row in found.iterator(chunk_size=500):
            name = mask_name(row.declarant.full_name)
            yield form, row.number, name, str(row.get_state_display()), _day(row.sent_at)


def _decisions(bundle: EvidenceBundle) -> Iterator[Sequence[Any]]:
    found = (
        SuperiorDecision.objects.readable_by(bundle.requested_by)
        .filter(opd=bundle.opd, year=bundle.year, signed_at__isnull=False)
        .for_list()
        .order_by("signed_at", "pk")
    )
    for row in found.iterator(chunk_size=500):
        name = mask_name(row.conflict.declarant.full_name)
        yield row.number, name, str(row.get_finding_display()), row.level, _day(row.signed_at)


def _plans(bundle: EvidenceBundle) -> Any:
    seen = ControlPlan.objects.visible_to(bundle.requested_by)
    return seen.filter(opd=bundle.opd, year=bundle.year, started_at__isnull=False)


def _follow_ups(bundle: EvidenceBundle) -> Iterator[Sequence[Any]]:
    found = FollowUp.objects.filter(plan__in=_plans(bundle).values("pk"))
    for row in found.select_related("plan__document").order_by("evaluated_on", "pk"):
        effect = str(row.get_effect_display())
        yield row.plan.number, row.evaluated_on, row.period_from, row.period_until, effect


def _tasks(bundle: EvidenceBundle) -> Iterator[Sequence[Any]]:
    found = ControlTask.objects.filter(plan__in=_plans(bundle).values("pk"))
    for row in found.select_related("plan__document").order_by("due_on", "pk"):
        state = str(row.get_state_display())
        yield row.plan.number, row.action, row.due_on, state, _day(row.done_at)


def _controls(bundle: EvidenceBundle) -> Iterator[Sequence[Any]]:
    found = Control.objects.visible_to(bundle.requested_by).filter(
        opd=bundle.opd, due_on__year=bundle.year
    )
    for row in found.order_by("due_on", "pk"):
        yield row.area_words, row.title, row.due_on, str(row.get_state_display())


def _day(moment: datetime.datetime | None) -> datetime.date | str:
    return timezone.localdate(moment) if moment else ""


LISTS = (
    (
        "2-sosialisasi/sosialisasi.csv", "Sosialisasi dan berita acaranya", SOCIALISED,
        ("Tanggal", "Pokok bahasan", "Peserta", "Berkas"), minutes.listed,
    ),
    (
        "2-sosialisasi/pengingat.csv", "Pengingat kepada wajib lapor", SOCIALISED,
        ("Tanggal", "Orang diberi tahu"), _reminders,
    ),
    (
        "3-pelaksanaan/deklarasi.csv", "Daftar deklarasi, nama disamarkan", IMPLEMENTED,
        ("Formulir", "Nomor", "Nama", "Keadaan", "Ditandatangani"), _declarations,
    ),
    (
        "3-pelaksanaan/putusan.csv", "Putusan atasan, nama disamarkan", IMPLEMENTED,
        ("Nomor", "Nama", "Hasil", "Level", "Ditandatangani"), _decisions,
    ),
    (
        "4-evaluasi/pemantauan.csv", "Evaluasi rencana pengendalian", EVALUATED,
        ("Rencana", "Tanggal", "Dari", "Sampai", "Pengaruh"), _follow_ups,
    ),
    (
        "5-tindak-lanjut/tugas.csv", "Tugas rencana pengendalian", FOLLOWED,
        ("Rencana", "Tindakan", "Batas", "Keadaan", "Selesai"), _tasks,
    ),
    (
        "5-tindak-lanjut/pengendalian-area.csv", "Pengendalian area rawan", FOLLOWED,
        ("Area", "Pengendalian", "Batas", "Keadaan"), _controls,
    ),
)  # fmt: skip
