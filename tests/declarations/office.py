"""A small office for tests of declarations: a head, a section head, staff, an OPD officer."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from declarations.drafts import new_key
from declarations.models import DecisionStatement
from declarations.services.configuration import form_in_use
from people.models import Opd, Post, User
from people.proof import Proof
from people.roles import Role
from tests.people.factories import (
    AssignmentFactory,
    OpdFactory,
    PostFactory,
    RoleGrantFactory,
    UserFactory,
)

SOURCES = (
    "bisnis",
    "keluarga",
    "afiliasi",
    "kerja_luar",
    "rangkap_jabatan",
    "gratifikasi",
    "mantan_pejabat",
    "info_aset",
    "lainnya",
)


@dataclass(frozen=True)
class Office:
    opd: Opd
    head: User
    superior: User
    staff: User
    colleague: User
    officer: User
    inspector: User
    chief_inspector: User


def make_office() -> Office:
    """Head ← superior ← staff and colleague; the officer and inspectors stand beside."""
    opd = OpdFactory()
    top = PostFactory(opd=opd, head=True, title="Kepala Dinas")
    middle = PostFactory(opd=opd, superior=top, title="Kepala Bidang")
    people = {name: UserFactory(name=label) for name, label in NAMES.items()}
    AssignmentFactory(user=people["head"], post=top)
    AssignmentFactory(user=people["superior"], post=middle)
    for name in ("staff", "colleague", "officer"):
        AssignmentFactory(user=people[name], post=_post(opd, middle))
    RoleGrantFactory(user=people["officer"], role=Role.OPD_OFFICER, opd=opd)
    RoleGrantFactory(user=people["inspector"], role=Role.INSPECTOR)
    RoleGrantFactory(user=people["chief_inspector"], role=Role.CHIEF_INSPECTOR)
    return Office(opd=opd, **people)


NAMES = {
    "head": "Hendra Gunawan Saputra",
    "superior": "Siti Rahmawati Lubis",
    "staff": "Budi Santoso Wijaya",
    "colleague": "Rina Marlina Sari",
    "officer": "Dewi Kartika Putri",
    "inspector": "Yusuf Maulana Hakim",
    "chief_inspector": "Bambang Irawan Nugroho",
}


def _post(opd: Opd, superior: Post) -> Post:
    return PostFactory(opd=opd, superior=superior)


def proof(user: User) -> Proof:
    return Proof(user.pk, "password", timezone.now())


def statement_draft(*, parties: tuple[str, ...] = ("PT Semarak Abadi",), **yes: str) -> dict:
    """A complete draft of F2; `bisnis="…"` answers a source with yes and that explanation."""
    sources: dict[str, str] = {}
    for source in SOURCES:
        sources[source] = "yes" if source in yes else "no"
        if source in yes:
            sources[f"{source}_explanation"] = yes[source]
    return {
        "decision": {
            "kind": "PBJ",
            "title": "Pengadaan alat kesehatan 2026",
            "number": "027/15/PBJ/2026",
            "value": "1500000000",
            "risk_area": "TIDAK_ADA",
            "own_role": "Pejabat Pembuat Komitmen",
        },
        "parties": {"rows": [{"key": new_key(), "name": name} for name in parties]},
        "sources": sources,
    }


def make_statement(office: Office, draft: dict | None = None, **values) -> DecisionStatement:
    staff = values.pop("declarant", office.staff)
    return DecisionStatement.objects.create(
        declarant=staff,
        opd=office.opd,
        post=staff.standing.post,
        year=timezone.localdate().year,
        form_version=form_in_use("F2"),
        draft=statement_draft() if draft is None else draft,
        **values,
    )


def conflict_answers(known_since: datetime.date | None = None) -> dict:
    """What F3 asks beyond what F2 carries over."""
    return {
        "conflict": {
            "conflict_kind": "actual",
            "known_since": (known_since or timezone.localdate()).isoformat(),
        },
        "decision": {"stage": "running"},
        "follow_up": {"impact": "Penilaian dapat berpihak.", "is_confidential": "no"},
    }


def decision_draft(*, finding: str = "conflict", measures: tuple[tuple[str, str], ...] = ()):
    return {
        "findings": {
            "truth_analysis": "Hubungan itu benar.",
            "impact_analysis": "Penilaian dapat diragukan.",
            "finding": finding,
        },
        "risk": {"likelihood": "3", "impact": "4"},
        "measures": {
            "rows": [
                {"key": new_key(), "measure": code, "replacement": nip} for code, nip in measures
            ]
        }
        if measures
        else {"nil": True, "rows": []},
        "validity": {
            "reasons": "Menjaga kenetralan keputusan.",
            "valid_from": timezone.localdate().isoformat(),
            "must_report": "no",
        },
    }
