"""The columns of the table, as a personnel office names them.

A blank cell leaves what is stored as it is; a hyphen empties it.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    # The heading is data of the file format, the same in each language of the portal.
    heading: str
    hint: Any
    example: str
    is_required: bool = False
    other_headings: tuple[str, ...] = ()


COLUMNS = (
    Column(
        "nip",
        "NIP",
        _("18 digits, stored as text. Blank together with the name: a vacant post."),
        "199001012015011001",
        is_required=True,
        other_headings=("NIP/NI PPPK", "NI PPPK", "NIP Baru"),
    ),
    Column(
        "name",
        "Nama",
        _("Name without titles."),
        "Ahmad Fauzi",
        is_required=True,
        other_headings=("Nama Pegawai", "Nama Lengkap"),
    ),
    Column("title_before", "Gelar Depan", _("Titles before the name."), "Dr. H."),
    Column("title_after", "Gelar Belakang", _("Titles after the name."), "S.H., M.Si."),
    Column(
        "email",
        "Email",
        _("Own address of this person; needed for an activation link."),
        "ahmad.fauzi@bengkuluprov.example",
        other_headings=("Surel", "Alamat Email"),
    ),
    Column(
        "employment",
        "Status",
        _("PNS, PPPK or Pejabat Negara; blank: as the NIP says."),
        "PNS",
        other_headings=("Status Kepegawaian",),
    ),
    Column("grade", "Golongan", _("I/a to IV/e (PNS) or I to XVII (PPPK)."), "III/c"),
    Column(
        "opd_code",
        "Kode OPD",
        _("Code of an OPD in force."),
        "04.02",
        is_required=True,
    ),
    Column(
        "post_code",
        "Kode Jabatan",
        _("Code of the post, unique within its OPD."),
        "04.02.10",
        is_required=True,
    ),
    Column(
        "post_title",
        "Jabatan",
        _("Title of the post; needed when the code is new."),
        "Kepala Bidang Kesehatan Masyarakat",
        other_headings=("Nama Jabatan",),
    ),
    Column(
        "unit",
        "Unit",
        _("Division or section."),
        "Bidang Kesehatan Masyarakat",
        other_headings=("Unit Kerja",),
    ),
    Column(
        "level",
        "Jenjang",
        _(
            "Kepala Daerah, JPT Madya, JPT Pratama, Administrator, Pengawas, Fungsional or "
            "Pelaksana; needed when the code is new."
        ),
        "Administrator",
        other_headings=("Jenjang Jabatan", "Eselon"),
    ),
    Column(
        "superior_code",
        "Kode Jabatan Atasan",
        _("Code of the superior's post; of another OPD as Kode OPD/Kode Jabatan."),
        "04.02.00",
    ),
    Column(
        "is_opd_head", "Kepala OPD", _("Ya when the post heads its OPD; blank: Tidak."), "Tidak"
    ),
    Column(
        "is_single_seat",
        "Pemangku Tunggal",
        _("Tidak when several people hold the post; blank: as the level suggests."),
        "Ya",
    ),
    Column("is_obliged", "Wajib Lapor", _("Ya when the post is obliged to declare."), "Ya"),
    Column(
        "obliged_because",
        "Alasan Wajib Lapor",
        _("Why the post is obliged; needed with Ya."),
        "Administrator",
    ),
    Column(
        "kind",
        "Jenis Penugasan",
        _("Definitif, Plt or Plh; blank: Definitif."),
        "Definitif",
    ),
    Column(
        "starts_on",
        "Mulai",
        _("First day in the post; needed for a new assignment."),
        "01/02/2024",
        other_headings=("TMT", "TMT Jabatan", "Tanggal Mulai"),
    ),
    Column(
        "ends_on",
        "Selesai",
        _("Last day in the post, for those who leave it; blank: still running."),
        "",
        other_headings=("Tanggal Selesai",),
    ),
    Column("decree", "Nomor SK", _("Number of the decree."), "821.23/145/BKD/2024"),
    Column(
        "old_nip",
        "NIP Lama",
        _("The number the person has in the portal, when it changes."),
        "",
    ),
    Column("reason", "Alasan", _("Why the number changes or the person leaves."), ""),
)
BY_KEY = {column.key: column for column in COLUMNS}
KEYS = tuple(BY_KEY)


def normalised(heading: object) -> str:
    """A heading without what people vary: case, blanks, punctuation, a star for 'required'."""
    return re.sub(r"[^a-z0-9]", "", str(heading or "").lower())


_KEY_OF = {
    normalised(heading): column.key
    for column in COLUMNS
    for heading in (column.heading, *column.other_headings)
}


def key_of(heading: object) -> str | None:
    return _KEY_OF.get(normalised(heading))


def heading_of(key: str) -> str:
    return BY_KEY[key].heading if key in BY_KEY else key
