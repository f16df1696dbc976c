"""The posts of an invented province: one root, each post below another, none in a circle.

The OPDs are the real ones of the reference data. How deep each goes depends on how many people
there are to fill it with; beyond three thousand, schools and technical units are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from people.models.organisation import OpdKind, PostLevel
from people.seeding.units import DIVISIONS, FIELDS, GENERIC_DIVISIONS, REGENCIES

SMALLEST = 350
RANKS = {
    PostLevel.POLITICAL: 4,
    PostLevel.TOP_MIDDLE: 4,
    PostLevel.TOP_FIRST: 4,
    PostLevel.ADMINISTRATOR: 3,
    PostLevel.SUPERVISOR: 2,
    PostLevel.FUNCTIONAL: 1,
    PostLevel.STAFF: 0,
}
# Why a post of that level is obliged to declare; others only with a reason of their own.
REASONS = {
    PostLevel.POLITICAL: "Kepala daerah dan wakil kepala daerah",
    PostLevel.TOP_MIDDLE: "Jabatan pimpinan tinggi madya",
    PostLevel.TOP_FIRST: "Jabatan pimpinan tinggi pratama",
    PostLevel.ADMINISTRATOR: "Jabatan administrator",
    PostLevel.SUPERVISOR: "Jabatan pengawas",
}
STAFF_TITLES = (
    "Penelaah Teknis Kebijakan",
    "Pengolah Data dan Informasi",
    "Pengadministrasi Perkantoran",
    "Penata Layanan Operasional",
)


@dataclass(slots=True, eq=False, repr=False)
class PostSpec:
    """A post to be made; `above` is its superior, `seats` how many people share it."""

    opd: str
    code: str
    title: str
    level: str
    above: PostSpec | None
    unit: str = ""
    is_head: bool = False
    is_single: bool = True
    because: str = ""
    weight: float = 0.0
    learning: str = ""
    pk: int = 0
    # Filled by `population`.
    holders: list = field(default_factory=list)

    @property
    def rank(self) -> int:
        return RANKS[PostLevel(self.level)]


@dataclass(frozen=True, slots=True)
class Size:
    divisions: int
    sections: int
    subdivisions: int
    units: int

    @classmethod
    def for_people(cls, number: int) -> Size:
        if number < 500:
            return cls(1, 1, 1, 0)
        if number < 1_400:
            return cls(3, 1, 1, 0)
        return cls(4, 2, 2, max(0, number - 3_000) // 80)


class Builder:
    """Makes the posts in an order in which each stands after its superior."""

    def __init__(self, opds: list[tuple[str, str, str]], *, people: int) -> None:
        self.opds = opds
        self.size = Size.for_people(people)
        self.posts: list[PostSpec] = []
        self.by_code: dict[str, PostSpec] = {}

    def build(self) -> list[PostSpec]:
        self._top()
        assistants = [self.by_code[f"01.ASS{number}"] for number in (1, 2, 3)]
        for index, (code, name, kind) in enumerate(self.opds):
            if kind == OpdKind.REGIONAL_SECRETARIAT:
                continue
            if kind == OpdKind.BUREAU:
                self._bureau(code, name, assistants[index % 3])
            elif kind == OpdKind.INSPECTORATE:
                self._inspectorate(code)
            elif kind == OpdKind.HOSPITAL:
                self._hospital(code, name)
            else:
                self._department(code, name, kind)
        self._units()
        return self.posts

    def add(self, spec: PostSpec) -> PostSpec:
        if not spec.because:
            spec.because = REASONS.get(PostLevel(spec.level), "")
        spec.learning = spec.learning or FIELDS.get(spec.opd, "")
        self.posts.append(spec)
        self.by_code[spec.code] = spec
        return spec

    def _top(self) -> None:
        add = self.add
        governor = add(PostSpec("01", "01.GUB", "Gubernur", PostLevel.POLITICAL, None))
        add(PostSpec("01", "01.WAGUB", "Wakil Gubernur", PostLevel.POLITICAL, governor))
        secretary = add(
            PostSpec(
                "01", "01.SEKDA", "Sekretaris Daerah", PostLevel.TOP_MIDDLE, governor, is_head=True
            )
        )
        for number, title in enumerate(
            (
                "Asisten Pemerintahan dan Kesejahteraan Rakyat",
                "Asisten Perekonomian dan Pembangunan",
                "Asisten Administrasi Umum",
            ),
            1,
        ):
            add(PostSpec("01", f"01.ASS{number}", title, PostLevel.TOP_FIRST, secretary))
        for number, title in enumerate(
            (
                "Staf Ahli Bidang Pemerintahan, Hukum dan Politik",
                "Staf Ahli Bidang Ekonomi dan Keuangan",
                "Staf Ahli Bidang Kemasyarakatan dan Sumber Daya Manusia",
            ),
            1,
        ):
            add(PostSpec("01", f"01.SAH{number}", title, PostLevel.TOP_FIRST, secretary))

    def _bureau(self, code: str, name: str, above: PostSpec) -> None:
        head = self._head(code, f"Kepala {name}", above)
        for number, title in self._divisions(code):
            part = self._part(code, str(number), f"Kepala Bagian {title}", f"Bagian {title}", head)
            self._sections(part, "Kepala Subbagian")
            self._staff(part)
        self._special(code, head)
        self._treasurer(code, head)

    def _department(self, code: str, name: str, kind: str) -> None:
        above = self.by_code["01.SEKDA"]
        title = f"Kepala {name}"
        if kind == OpdKind.COUNCIL_SECRETARIAT:
            title = "Sekretaris Dewan Perwakilan Rakyat Daerah"
        head = self._head(code, title, above)
        secretary = self._secretariat(code, head)
        for number, division in self._divisions(code):
            part = self._part(
                code, str(number), f"Kepala Bidang {division}", f"Bidang {division}", head
            )
            self._sections(part, "Kepala Seksi")
            self._staff(part)
        self._special(code, head)
        self._treasurer(code, secretary)

    def _inspectorate(self, code: str) -> None:
        head = self._head(code, "Inspektur Daerah", self.by_code["01.SEKDA"])
        secretary = self._secretariat(code, head)
        self._treasurer(code, secretary)
        for number in range(1, min(5, self.size.divisions + 1) + 1):
            name = "Khusus" if number == 5 else f"Wilayah {number}"
            part = self._part(
                code, str(number), f"Inspektur Pembantu {name}", f"Inspektur Pembantu {name}", head
            )
            self._shared(part, "A", "Auditor Ahli Madya", PostLevel.FUNCTIONAL, 0.6, "Auditor")
            self._shared(part, "B", "Auditor Ahli Muda", PostLevel.FUNCTIONAL, 0.8, "Auditor")
            self._shared(
                part, "C", "Pengawas Penyelenggaraan Urusan Pemerintahan Daerah Ahli Muda",
                PostLevel.FUNCTIONAL, 0.6, "Pengawas penyelenggaraan urusan (P2UPD)",
            )  # fmt: skip

    def _hospital(self, code: str, name: str) -> None:
        head = self._head(code, f"Direktur {name}", self.by_code["04.02.00"])
        deputies = (
            "Wakil Direktur Pelayanan Medik dan Keperawatan",
            "Wakil Direktur Umum dan Keuangan",
        )
        for number, title in enumerate(deputies, 1):
            part = self._part(code, f"W{number}", title, "", head)
            self._sections(part, "Kepala Bidang")
            self._staff(part)
            if number == 1:
                self._shared(part, "D", "Dokter Ahli Muda", PostLevel.FUNCTIONAL, 2.0)
                self._shared(part, "N", "Perawat Ahli Pertama", PostLevel.FUNCTIONAL, 5.0)
                self._shared(part, "T", "Perawat Terampil", PostLevel.FUNCTIONAL, 3.0)
        self._treasurer(code, head)

    def _head(self, code: str, title: str, above: PostSpec) -> PostSpec:
        return self.add(
            PostSpec(code, f"{code}.00", title, PostLevel.TOP_FIRST, above, is_head=True)
        )

    def _secretariat(self, code: str, head: PostSpec) -> PostSpec:
        secretary = self._part(code, "S", "Sekretaris", "Sekretariat", head)
        titles = (
            "Kepala Subbagian Umum dan Kepegawaian",
            "Kepala Subbagian Keuangan",
            "Kepala Subbagian Perencanaan",
        )
        for number, title in enumerate(titles[: self.size.subdivisions], 1):
            self.add(
                PostSpec(
                    code, f"{code}.S.{number}", title, PostLevel.SUPERVISOR, secretary,
                    unit=title.removeprefix("Kepala "),
                )
            )  # fmt: skip
        self._staff(secretary)
        return secretary

    def _divisions(self, code: str) -> Iterator[tuple[int, str]]:
        names = DIVISIONS.get(code, GENERIC_DIVISIONS)
        yield from enumerate(names[: self.size.divisions], 1)

    def _part(self, code: str, number: str, title: str, unit: str, above: PostSpec) -> PostSpec:
        return self.add(
            PostSpec(code, f"{code}.{number}", title, PostLevel.ADMINISTRATOR, above, unit=unit)
        )

    def _sections(self, part: PostSpec, title: str) -> None:
        names = ("Perencanaan dan Program", "Pembinaan dan Pengendalian", "Data dan Evaluasi")
        for number, name in enumerate(names[: self.size.sections], 1):
            self.add(
                PostSpec(
                    part.opd, f"{part.code}.{number}", f"{title} {name}", PostLevel.SUPERVISOR,
                    part, unit=part.unit,
                )
            )  # fmt: skip

    def _staff(self, part: PostSpec) -> None:
        """Shared posts below the last section of a part, or the part itself."""
        self._shared(part, "F", "Analis Kebijakan Ahli Muda", PostLevel.FUNCTIONAL, 0.5)
        for number, title in enumerate(STAFF_TITLES, 1):
            self._shared(part, f"P{number}", title, PostLevel.STAFF, 1.0)

    def _shared(
        self,
        part: PostSpec,
        suffix: str,
        title: str,
        level: str,
        weight: float,
        because: str = "",
    ) -> PostSpec:
        section = self.by_code.get(f"{part.code}.1", part)
        return self.add(
            PostSpec(
                part.opd, f"{part.code}.{suffix}", title, level, section, unit=part.unit,
                is_single=False, weight=weight, because=because,
            )
        )  # fmt: skip

    def _treasurer(self, code: str, above: PostSpec) -> None:
        self.add(
            PostSpec(
                code, f"{code}.BEND", "Bendahara Pengeluaran", PostLevel.STAFF, above,
                unit="Sekretariat", because="Bendahara",
            )
        )  # fmt: skip

    def _special(self, code: str, head: PostSpec) -> None:
        """Shared posts that deal with money, permits or force, and are obliged for that."""
        found = {
            "01.04": ("Pengelola Pengadaan Barang/Jasa Ahli Muda", "Kelompok kerja pemilihan"),
            "04.05": ("Penyidik Pegawai Negeri Sipil", "Penyidik pegawai negeri sipil (PPNS)"),
            "04.16": ("Verifikator Perizinan", "Pejabat dan verifikator perizinan"),
            "05.04": ("Asesor Sumber Daya Manusia Aparatur", "Tim penilai kinerja dan seleksi"),
            "04.14": ("Pranata Komputer Ahli Muda", "Pengelola sistem dan data"),
            "05.03": ("Pemeriksa Pajak Daerah", "Pemeriksa pajak"),
        }.get(code)
        if found:
            title, because = found
            first = self.by_code.get(f"{code}.1", head)
            self._shared(first, "K", title, PostLevel.FUNCTIONAL, 2.5, because)

    def _units(self) -> None:
        """Schools and technical units, as many as a large province needs."""
        schools = self.by_code["04.01.00"]
        hosts = [post for post in self.posts if post.is_head and post.opd.startswith("04.")]
        for number in range(1, self.size.units + 1):
            place = REGENCIES[number % len(REGENCIES)]
            if number % 5 < 3:
                kind = "SMAN" if number % 2 else "SMKN"
                head = self.add(
                    PostSpec(
                        "04.01", f"04.01.U{number}", f"Kepala {kind} {number} {place}",
                        PostLevel.FUNCTIONAL, schools, unit=f"{kind} {number} {place}",
                        because="Kepala sekolah menengah",
                    )
                )  # fmt: skip
                for suffix, title in (("G1", "Guru Ahli Pertama"), ("G2", "Guru Ahli Muda")):
                    self._shared(head, suffix, title, PostLevel.FUNCTIONAL, 3.0)
            else:
                host = hosts[number % len(hosts)]
                head = self.add(
                    PostSpec(
                        host.opd, f"{host.opd}.U{number}", f"Kepala UPTD {number} {place}",
                        PostLevel.SUPERVISOR, host, unit=f"UPTD {number} {place}",
                    )
                )  # fmt: skip
            self._staff(head)


def build(opds: list[tuple[str, str, str]], *, people: int) -> list[PostSpec]:
    """All posts for that many people; each stands after its superior."""
    builder = Builder(opds, people=people)
    return builder.build()
