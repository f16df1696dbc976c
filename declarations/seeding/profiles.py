"""What an invented person declares, year after year: the same rows come back, a few change."""

from __future__ import annotations

import datetime
import random
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from declarations.models.registers import Occasion
from declarations.seeding.companies import Company, CompanyMaker
from declarations.states import RegisterState as State
from people.seeding import names
from people.seeding.population import Person
from people.seeding.structure import PostSpec

SECTIONS = (
    "business", "family", "outside_work", "posts_held", "affiliations", "gifts",
    "previous_posts", "assets",
)  # fmt: skip
EMPLOYERS = (
    "Bank Bengkulu", "RS Tiara Sella", "Universitas Bengkulu", "SMP Negeri 1", "PLN Bengkulu",
    "Wiraswasta", "Perkebunan rakyat", "Klinik Keluarga", "Kantor notaris", "Pegadaian",
)  # fmt: skip
OCCUPATIONS = (
    "Guru", "Pegawai bank", "Ibu rumah tangga", "Petani", "Perawat", "Wiraswasta", "Dosen",
    "Pensiunan", "Karyawan swasta", "Notaris",
)  # fmt: skip
BODIES = (
    "KONI Provinsi", "PMI Kota Bengkulu", "Yayasan Pendidikan Nusa Indah", "Koperasi Pegawai",
    "Dewan Masjid", "Kwartir Daerah Pramuka", "PGRI", "Persatuan Perawat", "Yayasan Al-Hidayah",
)  # fmt: skip
GIFTS = ("Bingkisan hari raya", "Kain batik besurek", "Buku", "Jamuan makan", "Suvenir acara")
ASSETS = (
    ("Tanah kebun 2 hektare", "land"),
    ("Ruko dua lantai", "building"),
    ("Truk angkutan", "vehicle"),
    ("Ekskavator yang disewakan", "equipment"),
)
Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass
class Filing:
    """One register to be: None as `sent_at` is a draft."""

    year: int
    post: PostSpec
    occasion: str
    due_on: datetime.date
    state: str
    rows: Rows
    sent_at: datetime.datetime | None = None
    checked_at: datetime.datetime | None = None
    checked_by: Any = None
    acknowledged_at: datetime.datetime | None = None
    acknowledged_by: Any = None
    returns: list[tuple[str, str]] = field(default_factory=list)
    rounds: int = 1
    reason: str = ""

    @property
    def is_nil(self) -> bool:
        return not any(self.rows.values())


@dataclass
class Profile:
    person: Person
    filings: list[Filing] = field(default_factory=list)

    def own_rows(self, filing: Filing) -> Rows:
        """The filing's rows as a copy of its own, to be changed."""
        filing.rows = defaultdict(list, {name: list(rows) for name, rows in filing.rows.items()})
        return filing.rows

    def in_year(self, year: int) -> Filing | None:
        return next((f for f in reversed(self.filings) if f.year == year), None)

    def each_from(self, year: int) -> list[Filing]:
        return [filing for filing in self.filings if filing.year >= year]


class RowMaker:
    """Rows as they are typed in the form, see declarations/reference/forms/F1.json."""

    def __init__(self, rng: random.Random, companies: CompanyMaker) -> None:
        self.rng, self.companies = rng, companies

    def key(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def past(self, person: Person, *, before: int = 2024) -> str:
        first = min(before - 1, max(person.born_on.year + 20, before - 12))
        year = self.rng.randint(first, before - 1)
        return f"{year}-{self.rng.randint(1, 12):02d}-{self.rng.randint(1, 28):02d}"

    def business(self, person: Person, company: Company | None = None, **changes: Any) -> Row:
        company = company or self.companies.make()
        role = self.rng.choice(("owner", "shareholder", "commissioner", "director"))
        row = {
            "key": self.key(),
            "name": company.name,
            "field": company.field,
            "role": role,
            "share_percent": str(100 if role == "owner" else self.rng.randint(5, 45)),
            "nib": company.nib,
            "started_on": self.past(person),
            "deals_with_government": "no",
        }
        return row | changes

    def family(self, person: Person, **changes: Any) -> Row:
        rng = self.rng
        sex = 3 - person.sex
        relation = rng.choice(("spouse", "spouse", "saudara_kandung", "anak", "orang_tua"))
        if relation == "spouse":
            relation = "suami" if sex == 1 else "istri"
        else:
            sex = rng.choice((1, 2))
        family = person.family if relation in ("saudara_kandung", "anak") else ""
        row = {
            "key": self.key(),
            "name": names.make(rng, sex, region=person.region, family=family).text,
            "relation": relation,
            "occupation": rng.choice(OCCUPATIONS),
            "employer": rng.choice(EMPLOYERS),
            "related_to_duties": "no",
        }
        return row | changes

    def colleague(self, other: Person, relation: str, opd_name: str) -> Row:
        return {
            "key": self.key(),
            "name": other.full_name,
            "relation": relation,
            "occupation": other.post.title[:120],
            "employer": opd_name[:200],
            "nip": other.nip,
            "related_to_duties": "no",
        }

    def outside_work(self, person: Person) -> Row:
        return {
            "key": self.key(),
            "employer": self.rng.choice(EMPLOYERS),
            "work": self.rng.choice(("Dosen tidak tetap", "Konsultan", "Praktik mandiri")),
            "reward": self.rng.choice(("fee", "none", "both")),
            "hours_per_week": str(self.rng.randint(2, 12)),
            "permit_number": f"800/{self.rng.randint(10, 900)}/IZIN",
            "started_on": self.past(person),
        }

    def posts_held(self, person: Person, body: str = "") -> Row:
        return {
            "key": self.key(),
            "organisation": body or self.rng.choice(BODIES),
            "post": self.rng.choice(("Ketua", "Sekretaris", "Bendahara", "Anggota pengurus")),
            "started_on": self.past(person),
            "receives_grant": self.rng.choice(("no", "no", "yes")),
        }

    def affiliations(self, person: Person) -> Row:
        return {
            "key": self.key(),
            "party": names.make(self.rng, self.rng.choice((1, 2))).text,
            "kind": self.rng.choice(("business_friend", "education", "debt")),
            "description": "Teman lama yang sekarang menjalankan usaha di Bengkulu.",
            "related_to_duties": "no",
        }

    def gifts(self, person: Person, giver: str = "") -> Row:
        return {
            "key": self.key(),
            "giver": giver or self.companies.make().name,
            "item": self.rng.choice(GIFTS),
            "received_on": self.past(person),
            "occasion": "Kunjungan kerja",
            "is_reported": "yes",
            "report_number": f"UPG/{self.rng.randint(100, 999)}",
        }

    def previous_posts(self, person: Person, employer: str = "", ended: str = "") -> Row:
        year = self.rng.randint(2019, 2022)
        return {
            "key": self.key(),
            "kind": "previous",
            "employer": employer or self.companies.make().name,
            "post": self.rng.choice(("Staf ahli", "Manajer", "Konsultan")),
            "started_on": f"{year - 2}-01-05",
            "ended_on": ended or f"{year}-12-20",
            "still_close": self.rng.choice(("yes", "no")),
        }

    def assets(self, person: Person) -> Row:
        description, kind = self.rng.choice(ASSETS)
        return {
            "key": self.key(),
            "description": description,
            "kind": kind,
            "place": self.rng.choice(("Kabupaten Seluma", "Kota Bengkulu", "Kepahiang")),
            "relation": "Disewakan kepada umum; tidak terkait dengan tugas sekarang.",
            "near_project": "no",
        }


CHANCES = (
    ("business", 0.16),
    ("family", 0.42),
    ("outside_work", 0.06),
    ("posts_held", 0.10),
    ("affiliations", 0.04),
    ("gifts", 0.03),
    ("previous_posts", 0.05),
    ("assets", 0.08),
)


def first_rows(rng: random.Random, maker: RowMaker, person: Person, kin: list[Row]) -> Rows:
    rows: Rows = defaultdict(list)
    for section, chance in CHANCES:
        if rng.random() < chance:
            rows[section].append(getattr(maker, section)(person))
            if section == "family" and rng.random() < 0.3:
                rows[section].append(maker.family(person))
    rows["family"].extend(kin)
    return rows


def next_rows(rng: random.Random, maker: RowMaker, person: Person, rows: Rows) -> Rows:
    """Last year's rows, with an occasional one added; nothing leaves without a reason."""
    following: Rows = defaultdict(list, {name: list(found) for name, found in rows.items()})
    for section, chance in CHANCES:
        if rng.random() < chance / 6:
            following[section].append(getattr(maker, section)(person))
    if following["posts_held"] and rng.random() < 0.1:
        first = following["posts_held"][0]
        following["posts_held"][0] = first | {"ended_on": "2024-12-31"}
    return following


class ProfileMaker:
    """One profile after the other, each from a generator of its own, in whatever order."""

    def __init__(self, province: Any, companies: CompanyMaker, clock: Any) -> None:
        self.province, self.companies, self.clock = province, companies, clock
        self.last_year = clock.last_year
        # Whose registers the planting changes: theirs are all there, accepted, with all kin.
        self.complete: set[uuid.UUID] = set()
        self.nil_opds: set[str] = set()
        self.edits: dict[uuid.UUID, list[Callable[[Profile, RowMaker], None]]] = defaultdict(list)
        self.kin: dict[uuid.UUID, list[tuple[Person, str]]] = defaultdict(list)
        for kinship in province.kinships:
            self.kin[kinship.first.id].append((kinship.second, kinship.relation))
            self.kin[kinship.second.id].append((kinship.first, kinship.inverse))

    def make(self, person: Person) -> Profile:
        rng = random.Random(f"{self.province.seed}:{person.nip}")  # noqa: S311 -- repeatable
        maker = RowMaker(rng, self.companies)
        kin = [
            maker.colleague(other, relation, self.province.opds[other.post.opd].name)
            for other, relation in self.kin.get(person.id, ())
            if rng.random() < 0.9 or person.id in self.complete
        ]
        is_nil = person.post.opd in self.nil_opds
        rows = defaultdict(list) if is_nil else first_rows(rng, maker, person, kin)
        profile = Profile(person)
        for year in range(self.last_year - 2, self.last_year + 1):
            filing = self._filing(rng, person, year, rows)
            if filing is None:
                continue
            if filing.post.opd in self.nil_opds:
                filing.rows = defaultdict(list)
            profile.filings.append(filing)
            rows = rows if is_nil else next_rows(rng, maker, person, rows)
        if person.id not in self.complete:
            self._add_change(rng, maker, profile)
        for edit in self.edits.get(person.id, ()):
            edit(profile, maker)
        return profile

    def _filing(self, rng: random.Random, person: Person, year: int, rows: Rows) -> Filing | None:
        duty = self.clock.duty(person, year)
        if duty is None:
            return None
        post, occasion, due_on = duty
        filing = Filing(year, post, occasion, due_on, State.ACCEPTED, rows)
        chance = 1.0 if person.id in self.complete else rng.random()
        if year < self.last_year:
            if chance < 0.06:
                return None
        elif chance < 0.06:
            return None
        elif chance < 0.11:
            filing.state = State.DRAFT
            return filing
        elif chance < 0.14:
            filing.state = State.RETURNED
        elif chance < 0.19:
            filing.state = State.SENT
        elif chance < 0.20:
            filing.state = State.WITHDRAWN
        self.clock.date(rng, filing, person)
        return filing

    def _add_change(self, rng: random.Random, maker: RowMaker, profile: Profile) -> None:
        """Some tell of something new within the year; it waits to be checked."""
        last = profile.in_year(self.last_year)
        if last is None or last.state != State.ACCEPTED or rng.random() > 0.04:
            return
        rows: Rows = defaultdict(list, {name: list(found) for name, found in last.rows.items()})
        rows["business"].append(maker.business(profile.person))
        filing = Filing(
            self.last_year, last.post, Occasion.CHANGE, self.clock.on, State.SENT, rows
        )
        filing.sent_at = self.clock.recently(rng, 8)
        filing.due_on = filing.sent_at.date() + datetime.timedelta(days=6)
        if rng.random() < 0.25:
            filing.state = State.RETURNED
            filing.returns = [("business", "Tuliskan NIB perusahaan atau alasan tidak ada.")]
        profile.filings.append(filing)
