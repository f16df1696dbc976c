"""Rows of a map as a table, out and in again: the columns that government tables use.

An exported file that comes back changes nothing. Every fault names its row and its column; what
the scale computes may be in the file, and must then be what the scale says.
"""

import datetime
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import uploads
from common.spreadsheets import FORMULA_START, Limits, Row, Table, heading_key, read_table
from common.validators import validate_business_date
from mapping.models import ConflictSource, RiskArea, RiskAreaTemplate, RiskMap
from mapping.models.rows import ControlEffect, McspArea, RowStatus
from people.models import Post

RULES = uploads.SPREADSHEET
LIMITS = Limits(rows=500, columns=60)
FAULTS_KEPT = 200


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    value: Callable[[RiskArea], Any]
    width: int = 24
    is_required: bool = False

    @property
    def key(self) -> str:
        return heading_key(self.heading)


def _codes(row: RiskArea) -> str:
    return "; ".join(sorted(post.code for post in row.posts.all()))


COLUMNS = (
    Column("No", lambda row: row.position, 6),
    Column("Unit/OPD", lambda row: row.map.opd.code, 10),
    Column("Area", lambda row: row.area, 28, is_required=True),
    Column("Kegiatan", lambda row: row.activity, 36, is_required=True),
    Column("Bentuk konflik", lambda row: row.conflict_form, 40, is_required=True),
    Column("Sumber", lambda row: row.source.code, 16, is_required=True),
    Column("Penyebab", lambda row: row.cause, 40, is_required=True),
    Column("Jabatan terkait", _codes, 20),
    Column("Pejabat terkait", lambda row: row.officials, 28),
    Column("Pihak lain terkait", lambda row: row.other_parties, 28),
    Column("Uraian dampak", lambda row: row.consequence, 36, is_required=True),
    Column("Kemungkinan", lambda row: row.likelihood, 12, is_required=True),
    Column("Dampak", lambda row: row.impact, 10, is_required=True),
    Column("Besaran", lambda row: row.magnitude, 10),
    Column("Tingkat risiko", lambda row: row.level, 16),
    Column("Pengendalian yang ada", lambda row: row.existing_control, 36),
    Column("Efek pengendalian", lambda row: row.control_effect, 16),
    Column("Sisa kemungkinan", lambda row: row.residual_likelihood, 12),
    Column("Sisa dampak", lambda row: row.residual_impact, 12),
    Column("Sisa besaran", lambda row: row.residual_magnitude, 12),
    Column("Sisa tingkat", lambda row: row.residual_level, 16),
    Column("Pencegahan", lambda row: row.prevention, 40, is_required=True),
    Column("Penanganan bila terjadi", lambda row: row.handling, 40, is_required=True),
    Column(
        "Penanggung jawab",
        lambda row: row.owner_post.code if row.owner_post else "",
        18,
        is_required=True,
    ),
    Column("Waktu", lambda row: row.due_on, 14),
    Column("Status", lambda row: row.status, 12),
    Column("Keterangan", lambda row: row.status_note, 28),
    Column("Area MCSP", lambda row: row.mcsp_area, 22, is_required=True),
    Column("Kode pustaka", lambda row: row.template.code if row.template else "", 12),
    Column("Kunci baris", lambda row: str(row.row_key), 38),
)
HEADINGS = {column.key: column.heading for column in COLUMNS}
TEXTS = {
    "area": "area", "kegiatan": "activity", "bentuk_konflik": "conflict_form",
    "penyebab": "cause", "pejabat_terkait": "officials", "pihak_lain_terkait": "other_parties",
    "uraian_dampak": "consequence", "pengendalian_yang_ada": "existing_control",
    "pencegahan": "prevention", "penanganan_bila_terjadi": "handling",
    "keterangan": "status_note",
}  # fmt: skip

LENGTHS: dict[str, int] = {
    field.name: field.max_length or 0
    for field in RiskArea._meta.concrete_fields
    if field.name in TEXTS.values()
}


# --- Out -------------------------------------------------------------------------------------


def table_rows(rows: Iterable[RiskArea]) -> Iterable[list[Any]]:
    """Cells for `write_csv` and `write_xlsx`; `rows` have map, posts and source at hand."""
    for row in rows:
        yield [_outgoing(column.value(row)) for column in COLUMNS]


def _outgoing(value: Any) -> Any:
    """An apostrophe of our own is doubled, since the writer puts one before formulas."""
    return f"'{value}" if isinstance(value, str) and value.startswith("'") else value


def incoming(text: str) -> str:
    """The value as it was before the writer neutralised it."""
    text = text.strip()
    if text.startswith("''"):
        return text[1:]
    if text.startswith("'") and (
        text[1:].startswith(FORMULA_START) or text[1:].lstrip().startswith(("=", "@"))
    ):
        return text[1:]
    return text


# --- In --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Checked:
    """Rows ready to be taken over (as JSON), what they would do, and what is wrong."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[list[Any]] = field(default_factory=list)
    fault_count: int = 0


def check_file(source: BinaryIO, *, name: str, risk_map: RiskMap) -> Checked:
    """Read and check a file against the map; writes nothing. Raises SpreadsheetError."""
    required = {column.key for column in COLUMNS if column.is_required}
    table = read_table(source, name=name, required=required, known=set(HEADINGS), limits=LIMITS)
    return _Check(table, risk_map).run()


class _Check:
    def __init__(self, table: Table, risk_map: RiskMap) -> None:
        self.table, self.map = table, risk_map
        self.sources = {item.code: item for item in ConflictSource.objects.all()}
        self.posts = {post.code: post for post in Post.objects.filter(opd=risk_map.opd_id)}
        self.foreign = self._foreign_posts()
        self.templates = {
            item.code: item.pk
            for item in RiskAreaTemplate.objects.filter(valid_until__isnull=True)
        }
        rows = risk_map.areas.for_map().prefetch_related("posts")
        self.known = {str(row.row_key): row for row in rows}
        self.by_words = {_words(row): row for row in self.known.values()}
        self.former = self._former_keys()
        self.seen: dict[tuple[str, str, str], int] = {}
        self.seen_keys: dict[str, int] = {}

    def _foreign_posts(self) -> dict[str, str]:
        """Codes in the file that belong to another OPD, in one query."""
        wanted = {
            code
            for row in self.table.rows
            for key in ("jabatan_terkait", "penanggung_jawab")
            for code in _split(incoming(row[key]))
        }
        found = Post.objects.filter(code__in=wanted - set(self.posts)).select_related("opd")
        return {post.code: post.opd.short_name for post in found}

    def _former_keys(self) -> set[str]:
        """Keys of the file that rows of the OPD's other maps have."""
        wanted = {key for row in self.table.rows if (key := _uuid(incoming(row["kunci_baris"])))}
        rows = RiskArea.objects.filter(map__opd=self.map.opd_id, row_key__in=wanted)
        return {str(key) for key in rows.values_list("row_key", flat=True)}

    def run(self) -> Checked:
        checked = Checked(counts={"added": 0, "changed": 0, "unchanged": 0, "kept": 0})
        for row in self.table.rows:
            before = len(self.table.faults) + self.table.faults_left_out
            values = self._values(row)
            if len(self.table.faults) + self.table.faults_left_out == before:
                checked.counts[self._effect(values)] += 1
                checked.rows.append(values)
        matched = {values["row_key"] for values in checked.rows}
        checked.counts["kept"] = sum(key not in matched for key in self.known)
        faults = sorted(self.table.faults, key=lambda fault: fault.row)
        checked.faults = [
            [fault.row, HEADINGS.get(fault.column, fault.column), fault.message]
            for fault in faults[:FAULTS_KEPT]
        ]
        checked.fault_count = len(self.table.faults) + self.table.faults_left_out
        return checked

    def _fault(self, row: Row, key: str, message: str) -> None:
        already = any(
            fault.row == row.number and fault.column == key for fault in self.table.faults
        )
        if not already:
            self.table.add_fault(row.number, key, message)

    def _values(self, row: Row) -> dict[str, Any]:
        values: dict[str, Any] = {"number": row.number}
        self._texts(row, values)
        found = self._identity(row, values)
        for column in COLUMNS:
            is_empty = column.is_required and not row[column.key].strip()
            # What the map itself still lacks comes back as it went out.
            if is_empty and (found is None or column.value(found)):
                self._fault(row, column.key, _("This cell must not be empty."))
        if (opd := incoming(row["unit_opd"])) and opd != self.map.opd.code:
            self._fault(
                row, "unit_opd", _("The map is that of %(opd)s.") % {"opd": self.map.opd.code}
            )
        self._choices(row, values)
        values["template"] = self._template(row, found)
        self._risk(row, values)
        self._people(row, values)
        self._due(row, values)
        return values

    def _texts(self, row: Row, values: dict[str, Any]) -> None:
        for key, name in TEXTS.items():
            text = incoming(row[key])
            limit = LENGTHS[name]
            if len(text) > limit:
                self._fault(
                    row, key,
                    _("The text has %(length)s characters; %(limit)s are the limit.")
                    % {"length": len(text), "limit": limit},
                )  # fmt: skip
            values[name] = text

    def _choices(self, row: Row, values: dict[str, Any]) -> None:
        self._choice(row, values, "sumber", "source", list(self.sources), default="")
        self._choice(row, values, "area_mcsp", "mcsp_area", McspArea.values, default="")
        self._choice(
            row,
            values,
            "efek_pengendalian",
            "control_effect",
            ControlEffect.values,
            default="none",
        )
        self._choice(row, values, "status", "status", RowStatus.values, default="planned")

    def _template(self, row: Row, found: RiskArea | None) -> int | None:
        """By its code; a row keeps the version of the template that it was made from."""
        code = incoming(row["kode_pustaka"])
        if found is not None and found.template is not None and found.template.code == code:
            return found.template_id
        if code and code not in self.templates:
            self._fault(row, "kode_pustaka", _("The library has no area with this code."))
        return self.templates.get(code)

    def _choice(
        self, row: Row, values: dict[str, Any], key: str, name: str, known: Sequence[str], *,
        default: str,
    ) -> None:  # fmt: skip
        text = incoming(row[key])
        folded = {code.lower(): code for code in known}
        value = folded.get(text.lower().replace(" ", "_")) if text else default
        if value is None:
            self._fault(row, key, _("Use one of: %(codes)s.") % {"codes": ", ".join(known)})
        values[name] = value or default

    def _risk(self, row: Row, values: dict[str, Any]) -> None:
        for key, name in (
            ("kemungkinan", "likelihood"), ("dampak", "impact"),
            ("sisa_kemungkinan", "residual_likelihood"), ("sisa_dampak", "residual_impact"),
        ):  # fmt: skip
            values[name] = self._step(row, key)
        if (values["residual_likelihood"] is None) != (values["residual_impact"] is None):
            empty = "sisa_dampak" if values["residual_impact"] is None else "sisa_kemungkinan"
            self._fault(row, empty, _("Residual likelihood and impact are given together."))
        self._computed(row, values["likelihood"], values["impact"], "besaran", "tingkat_risiko")
        self._computed(
            row, values["residual_likelihood"], values["residual_impact"], "sisa_besaran",
            "sisa_tingkat",
        )  # fmt: skip

    def _step(self, row: Row, key: str) -> int | None:
        text = incoming(row[key])
        if not text:
            return None
        if text in ("1", "2", "3", "4", "5"):
            return int(text)
        self._fault(row, key, _("Write a whole number from 1 to 5."))
        return None

    def _computed(
        self, row: Row, likelihood: int | None, impact: int | None, number: str, level: str
    ) -> None:
        if likelihood is None or impact is None:
            return
        magnitude = self.map.scale.magnitude(likelihood, impact)
        band = self.map.scale.band(magnitude)["level"]
        for key, right in ((number, str(magnitude)), (level, band)):
            text = incoming(row[key])
            if text and text.upper().replace(" ", "_") != right:
                self._fault(
                    row, key,
                    _("The scale gives %(right)s here; leave the cell empty or correct it.")
                    % {"right": right},
                )  # fmt: skip

    def _people(self, row: Row, values: dict[str, Any]) -> None:
        codes = _split(incoming(row["jabatan_terkait"]))
        values["posts"] = sorted(
            {post.pk for code in codes if (post := self._post(row, "jabatan_terkait", code))}
        )
        owner = incoming(row["penanggung_jawab"])
        post = self._post(row, "penanggung_jawab", owner) if owner else None
        values["owner_post"] = post.pk if post else None

    def _post(self, row: Row, key: str, code: str) -> Post | None:
        post = self.posts.get(code)
        if post is None and code in self.foreign:
            self._fault(
                row, key,
                _("The post %(code)s belongs to %(opd)s.")
                % {"code": code[:40], "opd": self.foreign[code]},
            )  # fmt: skip
        elif post is None:
            self._fault(
                row, key, _("Your OPD has no post with the code %(code)s.") % {"code": code[:40]}
            )
        return post

    def _due(self, row: Row, values: dict[str, Any]) -> None:
        values["due_on"] = None
        text = incoming(row["waktu"])
        if not text:
            return
        day = _date(text)
        try:
            if day is None:
                raise ValidationError(_("Write a date such as 31/12/2026."))
            validate_business_date(day)
        except ValidationError as error:
            self._fault(row, "waktu", error.messages[0])
        else:
            values["due_on"] = day.isoformat() if day else None

    def _identity(self, row: Row, values: dict[str, Any]) -> RiskArea | None:
        """Which row of the map it is: by its key, else by its words, else a new one."""
        text = incoming(row["kunci_baris"])
        key = _uuid(text) if text else None
        if text and key is None:
            self._fault(row, "kunci_baris", _("This key isn't one of ours; leave the cell empty."))
        words = (values["area"], values["activity"], values["conflict_form"])
        same = self.by_words.get(words)
        found = self.known.get(key or "") or same
        if key and self.known and key not in self.known and key not in self.former:
            key = None  # A row of another OPD's file: it comes in as a new one.
        values["row_key"] = str(found.row_key) if found else (key or str(uuid.uuid4()))
        if found is not None and same is not None and found.pk != same.pk:
            self._fault(row, "area", _("Another row of the map has these words already."))
        if words in self.seen:
            self._fault(
                row, "area", _("The same row stands in row %(row)s.") % {"row": self.seen[words]}
            )
        elif values["row_key"] in self.seen_keys:
            self._fault(
                row, "kunci_baris",
                _("The same row stands in row %(row)s.")
                % {"row": self.seen_keys[values["row_key"]]},
            )  # fmt: skip
        self.seen.setdefault(words, row.number)
        self.seen_keys.setdefault(values["row_key"], row.number)
        return found

    def _effect(self, values: dict[str, Any]) -> str:
        row = self.known.get(values["row_key"])
        if row is None:
            return "added"
        return "unchanged" if comparable(row) == _without_identity(values) else "changed"


def comparable(row: RiskArea) -> dict[str, Any]:
    """A stored row in the shape that a checked row of a file has."""
    return {
        **{name: getattr(row, name) for name in TEXTS.values()},
        "source": row.source.code,
        "mcsp_area": row.mcsp_area,
        "control_effect": row.control_effect,
        "status": row.status,
        "template": row.template_id,
        "likelihood": row.likelihood,
        "impact": row.impact,
        "residual_likelihood": row.residual_likelihood,
        "residual_impact": row.residual_impact,
        "posts": sorted(post.pk for post in row.posts.all()),
        "owner_post": row.owner_post_id,
        "due_on": row.due_on.isoformat() if row.due_on else None,
    }


def _without_identity(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in ("number", "row_key")}


def _words(row: RiskArea) -> tuple[str, str, str]:
    return row.area, row.activity, row.conflict_form


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;,\n]", text) if part.strip()]


def _date(text: str) -> datetime.date | None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.datetime.strptime(text, pattern).date()  # noqa: DTZ007 -- a day
        except ValueError:
            continue
    return None


def _uuid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None
