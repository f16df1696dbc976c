"""Reports from others for tests, made as people make them: through the services."""

import datetime
import io
import itertools
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from declarations.services.configuration import form_in_use
from people.models import Opd, User
from review.models import ConflictReport
from review.services import cooling_off, report_codes, report_subjects, reports
from review.workflow import reports as workflow
from tests.people.factories import person_with

MARKER = "Gajah Putih Rahasia"
_numbers = itertools.count(1)


def told(
    name: str = "Tidak Dikenal Siapapun",
    *,
    opd: Opd | None = None,
    identity: dict[str, Any] | None = None,
    what: str = MARKER,
    files: tuple = (),
) -> reports.Told:
    return reports.Told(
        answers={"reported": {"name": name}, "events": {"what": what}},
        version=form_in_use("F4"),
        name=name,
        opd=opd,
        identity=identity,
        files=reports.prepare_files(files),
    )


def make_report(
    name: str = "Tidak Dikenal Siapapun", *, at: datetime.datetime | None = None, **parts: Any
) -> ConflictReport:
    return ConflictReport.objects.get(pk=with_code(name, at=at, **parts)[0].pk)


def with_code(
    name: str = "Tidak Dikenal Siapapun", *, at: datetime.datetime | None = None, **parts: Any
) -> tuple[ConflictReport, str]:
    code = reports.receive(
        told(name, **parts), token=report_codes.new_token(), at=at or timezone.now()
    )
    report = reports.find(code)
    assert report is not None
    return report, code


def named(name: str = "Tidak Dikenal Siapapun", **parts: Any) -> ConflictReport:
    who = {"name": "Pelapor Bernama Lengkap", "contact": "0812-3456-7890"}
    return make_report(name, identity=who, **parts)


def in_state(report: ConflictReport, state: str, *, by: User, chief: User) -> ConflictReport:
    """Brought to `state` by the steps that lead there."""
    steps = {
        "received": (),
        "verifying": ("verify",),
        "not_eligible": ("verify", "reject"),
        "forwarded": ("verify", "forward"),
        "referred": ("verify",),
        "examining": ("verify", "examine"),
        "decided": ("verify", "examine", "decide"),
        "follow_up": ("verify", "examine", "decide", "follow_up"),
        "closed": ("verify", "examine", "decide", "follow_up", "close"),
    }[state]
    for step in steps:
        report = take(step, report, by=chief if step == "decide" else by)
    if state == "referred":  # Only of reports that `by` may not see.
        ConflictReport.objects.filter(pk=report.pk).update(state=state)
        report.refresh_from_db()
    return report


def take(step: str, report: ConflictReport, *, by: User) -> ConflictReport:
    said: dict[str, str] = {}
    if step != "verify":
        said["note"] = "Catatan pemeriksa."
    if step in ("reject", "forward", "refer", "decide", "close"):
        said["feedback"] = "Terima kasih atas laporan Anda."
    if step == "decide":
        said["outcome"] = "substantiated"
        close_case(report)
    return workflow.take(step, report, by=by, **said)


def close_case(report: ConflictReport) -> None:
    """The case has its own tests; here only that it is over counts."""
    report.refresh_from_db()
    report.case = None
    ConflictReport.objects.filter(pk=report.pk).update(case=None)


def mark(report: ConflictReport, person: User, *, by: User, standing: str = "confirmed") -> None:
    report_subjects.mark(report, person, standing=standing, at=timezone.now(), by=by)


def picture(name: str = "foto.jpg", *, secret: str = MARKER) -> SimpleUploadedFile:
    """With camera data that must not survive."""
    image, target = Image.new("RGB", (40, 30), "navy"), io.BytesIO()
    exif = image.getexif()
    exif[0x010E] = secret
    image.save(target, "JPEG", exif=exif)
    return SimpleUploadedFile(name, target.getvalue(), "image/jpeg")


def document(name: str = "surat.pdf", *, author: str = MARKER) -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(target, "PDF", author=author, title=author)
    return SimpleUploadedFile(name, target.getvalue(), "application/pdf")


def once() -> uuid.UUID:
    return uuid.uuid4()


def things(opd: Opd, people: dict[str, User]) -> dict[str, Any]:
    """For `tests.world`: a report about an OPD without any of the actors, a former official."""
    report = make_report(files=(document(),))
    take("verify", report, by=people["inspector"])
    official = cooling_off.register(
        cooling_off.Entry(
            name="Mantan Pejabat Lama", last_post="Kepala bidang", opd=opd,
            ended_on=timezone.localdate() - datetime.timedelta(days=90),
        ),
        by=people["chief_inspector"],
    )  # fmt: skip
    return {
        "report": ConflictReport.objects.get(pk=report.pk),
        "former_official": official,
        "leaver": make_leaver(),
    }


def make_leaver(opd: Opd | None = None, *, days: int = 40, **fields: Any) -> User:
    """Held a post that obliges to declare until so many days ago, and none since."""
    person = person_with(opd=opd, post={"obliged": True}, **fields)
    person.assignments.update(ends_on=timezone.localdate() - datetime.timedelta(days=days))
    return User.objects.get(pk=person.pk)
