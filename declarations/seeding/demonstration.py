"""What the demonstration's accounts find when they log in.

Their older registers are invented like everybody's. What is recent goes through the real
services and workflow, so that its documents are issued, signed by the worker and verifiable.
"""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from typing import Any

from django.utils import timezone

from declarations import drafts
from declarations.models import ConflictDeclaration, DecisionStatement, InterestRegister
from declarations.models.registers import Occasion
from declarations.seeding.profiles import Profile, ProfileMaker, RowMaker
from declarations.services.configuration import form_in_use, read_version
from declarations.services.conflicts import start_conflict
from declarations.services.drafting import save_draft
from declarations.services.matters import NO_AREA
from declarations.services.registers import start_register
from declarations.services.statements import start_statement
from declarations.workflow import conflicts, decisions, plans, registers, statements
from mapping.models import ConflictSource
from people import calendar
from people.models import User
from people.proof import Proof
from people.roles import Role
from people.seeding.demo import DEMO_OPD, DEMO_POSTS
from people.seeding.population import Person

OWN_COMPANY = "CV Rafflesia Husada Farma"
OWN_NIB = "9120001234567"
VENDOR = "PT Sumber Sehat Sentosa"


def edit_profiles(province: Any, profiles: ProfileMaker, story: Any) -> None:
    """All demo accounts have three full years; the declarant has something to declare."""
    for code in DEMO_POSTS.values():
        if person := province.holder(code):
            profiles.complete.add(person.id)
            story.apart.add(person.id)
    profiles.complete.update(person.id for person in _colleagues(province))
    declarant = province.holder(DEMO_POSTS[Role.DECLARANT])

    def change(profile: Profile, maker: RowMaker) -> None:
        business = maker.business(
            declarant, name=OWN_COMPANY, nib=OWN_NIB, role="shareholder", share_percent="30",
            field="Alat kesehatan dan obat",
        )  # fmt: skip
        spouse = maker.family(
            declarant,
            relation="suami" if declarant.sex == 2 else "istri",
            occupation="Apoteker",
            employer="Apotek Sehat Bersama",
        )
        for filing in profile.filings:
            filing.rows = defaultdict(list, {"business": [business], "family": [spouse]})

    profiles.edits[declarant.id].append(change)


def prepare(province: Any) -> None:
    """Open work and signed documents for the accounts that people will log in with."""
    people = {
        role: User.objects.get(pk=person.id)
        for role, code in DEMO_POSTS.items()
        if (person := province.holder(code))
    }
    declarant, superior = people[Role.DECLARANT], people[Role.SUPERIOR]
    _decided_conflict(declarant, superior)
    _sent_conflict(declarant)
    _clean_statement(declarant)
    _open_statement(declarant)
    _open_register(declarant, province)
    _registers_to_check(province)
    _accepted_register(superior, people[Role.OPD_OFFICER], province)


def _proof(user: User) -> Proof:
    return Proof(user.pk, "password", timezone.now())


def _filled(subject: Any, draft: dict[str, Any], *, by: User) -> Any:
    save_draft(subject, change=lambda _draft: draft, base_revision=subject.revision, by=by)
    subject.refresh_from_db()
    return subject


def _decision(title: str, number: str, value: str = "185000000") -> dict[str, str]:
    return {
        "kind": "PBJ", "title": title, "number": number, "value": value, "risk_area": NO_AREA,
    }  # fmt: skip


def _parties(*names: tuple[str, str]) -> dict[str, Any]:
    rows = [
        {"key": drafts.new_key(), "name": name, "role": "Peserta", **({"nib": nib} if nib else {})}
        for name, nib in names
    ]
    return {"rows": rows}


def _sources() -> dict[str, str]:
    return {source.code.lower(): "no" for source in ConflictSource.objects.filter(is_active=True)}


def _statement_draft(title: str, number: str, parties: dict[str, Any]) -> dict[str, Any]:
    return {
        "decision": _decision(title, number) | {"own_role": "Anggota tim teknis"},
        "parties": parties,
        "sources": _sources(),
    }


def _clean_statement(declarant: User) -> DecisionStatement:
    year = timezone.localdate().year
    draft = _statement_draft(
        f"Pengadaan obat program Tahun {year}", f"027/0412/DINKES/{year}",
        _parties((VENDOR, ""), ("CV Bina Alkes Mandiri", "")),
    )  # fmt: skip
    statement = _filled(start_statement(by=declarant), draft, by=declarant)
    return statements.issue(statement, by=declarant, proof=_proof(declarant))


def _open_statement(declarant: User) -> DecisionStatement:
    """A draft with a party that is the declarant's own company: the hit is waiting."""
    year = timezone.localdate().year
    draft = _statement_draft(
        f"Pengadaan alat kesehatan puskesmas Tahun {year}", f"027/0455/DINKES/{year}",
        _parties((OWN_COMPANY, OWN_NIB), (VENDOR, "")),
    )  # fmt: skip
    return _filled(start_statement(by=declarant), draft, by=declarant)


def _conflict_draft(title: str, number: str, situation: str, source: str) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "conflict": {
            "conflict_kind": "potential",
            "source": source,
            "situation": situation,
            "known_since": today.isoformat(),
        },
        "decision": _decision(title, number) | {"stage": "not_started"},
        "parties": _parties((OWN_COMPANY, OWN_NIB)),
        "follow_up": {
            "impact": "Penilaian saya dapat dipandang tidak netral oleh peserta lain.",
            "steps_taken": "Saya belum membuka dokumen penawaran.",
            "proposal": ["MUNDUR_PROSES"],
            "is_confidential": "no",
        },
    }


def _sent_conflict(declarant: User) -> ConflictDeclaration:
    year = timezone.localdate().year
    draft = _conflict_draft(
        f"Pengadaan reagen laboratorium Tahun {year}",
        f"027/0447/DINKES/{year}",
        f"Saya pemegang saham 30 persen pada {OWN_COMPANY}, yang mengajukan penawaran.",
        "BISNIS",
    )
    conflict = _filled(start_conflict(by=declarant), draft, by=declarant)
    return conflicts.send(conflict, by=declarant, proof=_proof(declarant))


def _decided_conflict(declarant: User, superior: User) -> None:
    """A declaration that the superior has decided; its control plan is running."""
    year = timezone.localdate().year
    draft = _conflict_draft(
        f"Pemeliharaan alat kesehatan Tahun {year}",
        f"027/0398/DINKES/{year}",
        f"{OWN_COMPANY} menawarkan jasa pemeliharaan pada kegiatan yang saya kendalikan.",
        "BISNIS",
    )
    conflict = _filled(start_conflict(by=declarant), draft, by=declarant)
    conflict = conflicts.send(conflict, by=declarant, proof=_proof(declarant))
    conflict = conflicts.review(conflict, by=superior)
    decision = decisions.begin(conflict, by=superior)
    _filled(decision, _decision_draft(), by=superior)
    decision = decisions.sign(decision, by=superior, proof=_proof(superior))
    plan = conflict.plans.get()
    _filled(plan, _plan_draft(declarant), by=superior)
    plan = plans.start(plan, by=superior, proof=_proof(superior))


def _decision_draft() -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "findings": {
            "truth_analysis": "Kepemilikan saham sesuai dengan daftar kepentingan pribadi.",
            "impact_analysis": "Persyaratan teknis dapat menguntungkan perusahaan sendiri.",
            "finding": "conflict",
        },
        "risk": {"likelihood": "3", "impact": "4"},
        "measures": {
            "rows": [
                {
                    "key": drafts.new_key(),
                    "measure": "PENGAWASAN_KHUSUS",
                    "note": "Setiap langkah diperiksa oleh kepala bidang.",
                }
            ]
        },
        "validity": {
            "reasons": "Pekerjaan tetap berjalan dengan pengawasan yang dicatat.",
            "valid_from": today.isoformat(),
            "must_report": "yes",
            "report_every": "monthly",
        },
    }


def _plan_draft(declarant: User) -> dict[str, Any]:
    today = timezone.localdate()
    due_on = calendar.add_working_days(today, 7)
    return {
        "plan": {
            "aim": "Pemeliharaan alat kesehatan diputus tanpa pengaruh kepentingan pribadi.",
            "review_on": (today + datetime.timedelta(days=60)).isoformat(),
        },
        "tasks": {
            "rows": [
                {
                    "key": drafts.new_key(),
                    "action": "Menyerahkan berkas penilaian teknis kepada kepala bidang",
                    "measure": "PENGAWASAN_KHUSUS",
                    "owner": declarant.nip,
                    "due_on": due_on.isoformat(),
                    "expected_evidence": "Berita acara serah terima",
                }
            ]
        },
    }


def _open_register(declarant: User, province: Any) -> InterestRegister:
    """Last year's answers came back and one line is new: signing shows the difference."""
    register = start_register(by=declarant, occasion=Occasion.CHANGE)
    row = {
        "organisation": "Persatuan Ahli Kesehatan Masyarakat",
        "post": "Sekretaris",
        "started_on": datetime.date(province.on.year, 1, 15).isoformat(),
        "receives_grant": "no",
    }
    return _with_row(register, "posts_held", row, by=declarant)


def _with_row(
    register: InterestRegister, section: str, row: dict[str, Any], *, by: User
) -> InterestRegister:
    found = read_version(form_in_use("F1")).section(section)
    save_draft(
        register,
        change=lambda draft: drafts.with_row(_without_nil(draft, section), found, row),
        base_revision=register.revision,
        by=by,
    )
    register.refresh_from_db()
    return register


def _without_nil(draft: drafts.Draft, section: str) -> drafts.Draft:
    return draft | {section: {"rows": list(draft.get(section, {}).get("rows", []))}}


def _colleagues(province: Any) -> list[Person]:
    """Two of the accounts' OPD who had to declare this year, and have."""
    first = datetime.date(province.on.year, 3, 1)
    found = (
        person
        for person in province.obliged
        if person.post.opd == DEMO_OPD
        and person.post.code not in DEMO_POSTS.values()
        and person.post.rank == 3
        and person.starts_on <= first
    )
    return list(itertools.islice(found, 2))


def _registers_to_check(province: Any) -> None:
    """Two colleagues tell of something new; their signed registers wait for the officer."""
    for person in _colleagues(province):
        user = User.objects.get(pk=person.id)
        row = {
            "description": "Tanah kosong di dekat rencana rumah sakit",
            "kind": "land",
            "place": "Kota Bengkulu",
            "relation": "Dinas merencanakan bangunan di kecamatan yang sama.",
            "near_project": "yes",
        }
        register = start_register(by=user, occasion=Occasion.CHANGE)
        register = _with_row(register, "assets", row, by=user)
        registers.send(register, by=user, proof=_proof(user))


def _accepted_register(superior: User, officer: User, province: Any) -> None:
    """Accepted by the officer; the head has not signed below it yet."""
    register = start_register(by=superior, occasion=Occasion.CHANGE)
    row = {
        "organisation": "Ikatan Alumni Fakultas Kesehatan",
        "post": "Ketua",
        "started_on": (province.on - datetime.timedelta(days=90)).isoformat(),
        "receives_grant": "no",
    }
    register = _with_row(register, "posts_held", row, by=superior)
    register = registers.send(register, by=superior, proof=_proof(superior))
    registers.accept(register, by=officer)
