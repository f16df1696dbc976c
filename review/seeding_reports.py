"""Reports from others and former officials for the demonstration; everything in it is invented.

    seed_reports(people, on=today, seed=1)

A dozen reports in each state that the Inspectorate brings about, over three years, about people of
the invented province; a third of them under a name. They are written in bulk, sealed as the real
ones are. Two more are about people who have declared nothing, for the list of hidden conflicts.
"""

import datetime
import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.encryption import Envelope
from declarations.models import FormVersion, InterestRegister, TimeLimit
from declarations.seeding import afterwards
from declarations.services import limits
from declarations.services.configuration import form_in_use
from matching.names import person_key
from people.models import Assignment, RoleGrant, User
from people.roles import Role
from review.models import (
    ConflictReport,
    ReporterIdentity,
    ReportMessage,
    ReportSeries,
    ReportStep,
    ReportSubject,
)
from review.models.reports import RING
from review.report_states import ReportOutcome, ReportState, SubjectStanding
from review.services import cooling_off, report_codes
from review.services.reports import DECIDE_LIMIT, VERIFY_LIMIT

EACH, NIL = 12, 2
WHAT = (
    "Perusahaan keluarga pejabat ini beberapa kali menang pengadaan yang dinilainya sendiri.",
    "Izin diberikan kepada usaha kerabatnya walaupun berkas belum lengkap.",
    "Penerima hibah diketuai oleh saudara pejabat yang memverifikasi proposal.",
    "Dalam seleksi jabatan, anggota panitia menilai anggota keluarganya.",
    "Kendaraan dinas dipakai untuk usaha pribadi hampir setiap akhir pekan.",
    "Pejabat ini bekerja sebagai konsultan bagi perusahaan yang diawasinya.",
)
WORDS = {
    "not_eligible": "Laporan belum memuat keputusan atau kepentingan yang dapat diperiksa.",
    "forwarded": "Laporan menyangkut penerimaan hadiah dan diteruskan kepada UPG.",
    "decided": "Pemeriksaan selesai. Terima kasih, keterangan Anda membantu.",
    "follow_up": "Pemeriksaan selesai. Tindak lanjut sedang dilaksanakan.",
    "closed": "Tindak lanjut sudah selesai. Laporan ditutup.",
}
# The steps that lead to a state.
WAY = {
    "received": (),
    "verifying": ("verify",),
    "not_eligible": ("verify", "reject"),
    "forwarded": ("verify", "forward"),
    "examining": ("verify", "examine"),
    "decided": ("verify", "examine", "decide"),
    "follow_up": ("verify", "examine", "decide", "follow_up"),
    "closed": ("verify", "examine", "decide", "follow_up", "close"),
}


@transaction.atomic
def seed_reports(*, on: datetime.date, seed: int = 1) -> list[dict[str, Any]]:
    """What was planted. Does nothing where a report stands already."""
    if ConflictReport.objects.exists():
        return []
    maker = _Maker(on, random.Random(f"{seed}:reports"))  # noqa: S311 -- repeatable on purpose
    for state in map(ReportState, WAY):  # Nobody of the Inspectorate brings one to "referred".
        for number in range(EACH):
            maker.make(state, next(maker.subjects), number)
    _register_leavers(on=on)
    return list(maker.about_nil())


class _Maker:
    """Makes reports of the past, each about another person."""

    def __init__(self, on: datetime.date, rng: random.Random) -> None:
        self.on, self.rng = on, rng
        self.version: FormVersion = form_in_use("F4")
        self.verify_limit = limits.limit(VERIFY_LIMIT, on=on)
        self.decide_limit = limits.limit(DECIDE_LIMIT, on=on)
        self.inspectors = _holders(Role.INSPECTOR)
        self.chiefs = _holders(Role.CHIEF_INSPECTOR) or self.inspectors
        self.subjects = itertools.cycle(list(self._people()))
        self.counts: dict[int, int] = {}

    def _people(self) -> Iterator[Assignment]:
        """Of the departments, since everybody in the Inspectorate would be kept out of them."""
        yield from (
            Assignment.objects.running(on=self.on)
            .definitive()
            .filter(post__is_obliged=True, post__opd__kind="DINAS")
            .select_related("user", "post__opd")
            .order_by("user__nip")[:400]
        )

    def about_nil(self) -> Iterator[dict[str, Any]]:
        """Reports that an inspector has begun to check: whom they mean has declared nothing."""
        waiting = InterestRegister.objects.filter(state__in=("sent", "returned"))
        nil = InterestRegister.objects.filter(
            state="accepted", is_nil=True, year__gte=self.on.year - 1
        ).exclude(declarant__in=waiting.values("declarant"))
        declared_nil = set(nil.values_list("declarant", flat=True))
        found = (held for held in self._people() if held.user_id in declared_nil)
        for number, held in enumerate(itertools.islice(found, NIL), EACH):
            subject = self.make(ReportState.VERIFYING, held, number)
            by = subject.report.verified_by
            if by is not None:
                subject.standing, subject.marked_by = SubjectStanding.CONFIRMED, by
                subject.marked_at = subject.report.verified_at
                subject.save(update_fields=["standing", "marked_at", "marked_by"])
                what, where = subject.report.number, {"report": subject.report.pk}
                yield afterwards.hidden("Q7_report_on_nil", what, held.user, **where)

    def make(self, state: ReportState, held: Assignment, number: int) -> ReportSubject:
        received, is_named = self._day(state, number), number % 3 == 0
        envelope = Envelope.new(RING)
        report = ConflictReport.objects.create(
            **self._dates(received, is_named=is_named),
            **self._judged(state, received),
            number=self._number(received.year),
            state=state,
            is_named=is_named,
            code_digest=report_codes.digests(f"DEMO{state}{number}")[0],
            data_key=envelope.wrapped,
            answers=envelope.seal_text(json.dumps(self._answers(held))),
            form_version=self.version,
            reported_opd=held.post.opd,
        )
        if is_named:
            self._name(report)
        self._tell(report, state, received)
        return ReportSubject.objects.create(
            report=report, user=held.user, opd=held.post.opd,
            name_key=person_key(held.user.name), standing="candidate",
        )  # fmt: skip

    def _day(self, state: ReportState, number: int) -> datetime.datetime:
        back = number + 1 if state in ReportState.OPEN else 30 + number * 85
        day = self.on - datetime.timedelta(days=back)
        at = datetime.time(8 + number % 8, self.rng.randrange(60))
        return timezone.make_aware(datetime.datetime.combine(day, at))

    def _number(self, year: int) -> str:
        self.counts[year] = self.counts.get(year, 0) + 1
        ReportSeries.objects.update_or_create(year=year, defaults={"last": self.counts[year]})
        return f"LAP/{year}/{self.counts[year]:04d}"

    def _dates(self, received: datetime.datetime, *, is_named: bool) -> dict[str, Any]:
        def due(limit: TimeLimit) -> datetime.date:
            return limits.due_on(limit, start=timezone.localdate(received))

        return {
            "received_at": received,
            "verify_limit": self.verify_limit,
            "verify_due_on": due(self.verify_limit),
            "decide_limit": self.decide_limit if is_named else None,
            "decide_due_on": due(self.decide_limit) if is_named else None,
        }

    def _judged(self, state: ReportState, received: datetime.datetime) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "verify" in WAY[state]:
            found["verified_at"] = received + datetime.timedelta(days=1)
            found["verified_by"] = self.rng.choice(self.inspectors)
        if "decide" in WAY[state]:
            found["decided_at"] = received + datetime.timedelta(days=6)
            found["decided_by"] = self.rng.choice(self.chiefs)
            found["outcome"] = self.rng.choice(ReportOutcome.values)
        if state in ("closed", "not_eligible"):
            found["closed_at"] = received + datetime.timedelta(days=20)
        return found

    def _answers(self, held: Assignment) -> dict[str, dict[str, str]]:
        return {
            "reported": {
                "name": held.user.name, "post": held.post.title, "opd": str(held.post.opd_id),
            },
            "events": {"what": self.rng.choice(WHAT), "when": "Beberapa bulan terakhir"},
            "evidence": {"relation": self.rng.choice(("colleague", "service_user", "other"))},
        }  # fmt: skip

    def _name(self, report: ConflictReport) -> None:
        own = Envelope.new(RING)
        who = {"name": "Warga Peraga", "contact": "pelapor@example.invalid"}
        ReporterIdentity.objects.create(
            report=report, data_key=own.wrapped, answers=own.seal_text(json.dumps(who))
        )

    def _tell(self, report: ConflictReport, state: str, received: datetime.datetime) -> None:
        by = report.verified_by
        if by is None:
            return
        for number, name in enumerate(WAY[state], 1):
            ReportStep.objects.create(
                report=report, name=name, taken_at=received + datetime.timedelta(days=number),
                taken_by=report.decided_by if name == "decide" else by,
                note=report.envelope.seal_text("" if name == "verify" else "Data peraga."),
            )  # fmt: skip
        if text := WORDS.get(state):
            ReportMessage.objects.create(
                report=report, to_reporter=True, body=report.envelope.seal_text(text), sent_by=by,
                sent_at=received + datetime.timedelta(days=6), once=report.pk,
            )  # fmt: skip


def _holders(role: Role) -> list[User]:
    held = RoleGrant.objects.filter(role=role, revoked_at=None).values("user")
    return list(User.objects.filter(pk__in=held).order_by("nip"))


def _register_leavers(*, on: datetime.date) -> None:
    """Half of the proposals are confirmed already, the others wait on their page."""
    by = (_holders(Role.CHIEF_INSPECTOR) or [None])[0]
    if by is None:
        return
    found = cooling_off.proposals_for(cooling_off.leavers(on=on)[:40])
    for proposal in found[::2]:
        cooling_off.register(cooling_off.entry_of(proposal), by=by)
