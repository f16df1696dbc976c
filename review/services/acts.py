"""Registers of decrees (SK) and contracts, taken in from a file: all rows or none.

A row that is there already is recognised by OPD, kind and number, however the number is written;
what differs is changed, so a corrected register may be sent again. A row that was removed stays
so until the register says something else.
"""

from __future__ import annotations

import datetime
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common import uploads
from common.forms import BusinessDateField
from common.spreadsheets import Limits, Row, SpreadsheetError, Table, read_table
from declarations.services.matters import key_of
from matching.names import name_key
from people import nip
from people.models import Opd, User
from review.models import ActFile, ActParty, RegisteredAct
from review.models.acts import ActKind

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LIMITS = Limits(rows=5_000, columns=30, file_bytes=5 * uploads.MEGABYTE)
RULES = uploads.UploadRules(kinds=(uploads.XLSX, uploads.CSV), max_bytes=LIMITS.file_bytes)
REQUIRED = ("opd", "jenis", "nomor", "perihal", "tanggal", "nip_penandatangan")
COLUMNS = (*REQUIRED, "pihak", "npwp_nib")
LENGTHS = {"nomor": 120, "perihal": 300}
MOST_PARTIES = 50
FAULTS_SHOWN = 50
DATES = BusinessDateField(earliest=datetime.date(2000, 1, 1))


class ActsError(Exception):
    """Nothing was taken in; each of `messages` says what is wrong, and where."""

    def __init__(self, messages: list[str]) -> None:
        self.messages = messages
        super().__init__(" ".join(messages))


@dataclass(slots=True)
class Read:
    """One understood row; `parties` are names with their NPWP or NIB."""

    act: RegisteredAct
    parties: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[int, str, str]:
        return self.act.opd_id, self.act.kind, self.act.number_key


@transaction.atomic
def take_in(upload: UploadedFile, *, by: User, at: datetime.datetime) -> ActFile:
    """Raises `ActsError`. Two files at once go one after the other."""
    if not by.has_perm("review.import_registeredact"):
        raise PermissionDenied
    upload.seek(0)
    data = upload.read()
    found = _read(data, name=uploads.original_name(upload), on=timezone.localdate(at))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('review.acts'))")
    file = ActFile(
        name=uploads.original_name(upload)[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        added=0, changed=0, unchanged=0, imported_at=at, imported_by=by,
    )  # fmt: skip
    fresh, changed, file.unchanged = _sorted_out(found)
    file.added, file.changed = len(fresh), len(changed)
    file.save(force_insert=True)
    _write(file, fresh, changed)
    record(
        "actfile.import", by=by, target=file, file=file.name, added=file.added,
        changed=file.changed, unchanged=file.unchanged,
    )  # fmt: skip
    return file


@transaction.atomic
def remove(act: RegisteredAct, *, reason: str, by: User) -> RegisteredAct:
    """What stands there by mistake; the row stays with the reason. Safe to call twice."""
    act = RegisteredAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    if not by.has_perm("review.import_registeredact"):
        raise PermissionDenied
    if act.removed_at is None:
        act.removed_at, act.removed_by, act.removed_because = timezone.now(), by, reason
        act.save(update_fields=["removed_at", "removed_by", "removed_because"])
        record("registeredact.remove", by=by, target=act, reason=reason)
    return act


# --- From the file to rows -------------------------------------------------------------------


def _read(data: bytes, *, name: str, on: datetime.date) -> list[Read]:
    try:
        table = read_table(
            io.BytesIO(data), name=name, required=REQUIRED, known=COLUMNS, limits=LIMITS
        )
    except SpreadsheetError as error:
        raise ActsError([str(error)]) from error
    found = _Reader(table, on).rows()
    if table.faults:
        shown = sorted(table.faults, key=lambda fault: fault.row)[:FAULTS_SHOWN]
        raise ActsError([str(fault) for fault in shown])
    if not found:
        raise ActsError([_("No row was found in the file.")])
    return found


class _Reader:
    def __init__(self, table: Table, on: datetime.date) -> None:
        self.table, self.on = table, on
        self.opds = {opd.code.casefold(): opd for opd in Opd.objects.only("pk", "code", "name")}
        numbers = {nip.normalise(row["nip_penandatangan"]) for row in table.rows}
        self.people = {user.nip: user for user in User.objects.filter(nip__in=numbers)}
        self.seen: dict[tuple[int, str, str], int] = {}

    def rows(self) -> list[Read]:
        return [read for row in self.table.rows if (read := self._row(row)) is not None]

    def _row(self, row: Row) -> Read | None:
        before = len(self.table.faults) + self.table.faults_left_out
        for column in REQUIRED:
            if not row[column].strip():
                self._fault(row, column, _("This cell must not be empty."))
        for column, most in LENGTHS.items():
            if len(row[column]) > most:
                message = _("The text has %(length)s characters; %(limit)s are the limit.")
                self._fault(row, column, message % {"length": len(row[column]), "limit": most})
        values = self._act(row), self._parties(row)
        if len(self.table.faults) + self.table.faults_left_out > before:
            return None
        read = Read(*values)
        if (earlier := self.seen.setdefault(read.identity, row.number)) != row.number:
            message = _("The same act stands in row %(row)s already.")
            self._fault(row, "nomor", message % {"row": earlier})
        return read

    def _act(self, row: Row) -> RegisteredAct:
        opd = self.opds.get(row["opd"].strip().casefold())
        if opd is None and row["opd"].strip():
            self._fault(row, "opd", _("There is no OPD with this code."))
        kind = row["jenis"].strip().casefold()
        if kind not in ActKind.values and kind:
            self._fault(row, "jenis", _("Use one of: %(codes)s.") % {"codes": "SK, kontrak"})
        number = row["nomor"].strip()
        if number and not key_of(number):
            self._fault(row, "nomor", _("A number has at least one letter or digit."))
        signatory = self.people.get(nip.normalise(row["nip_penandatangan"]))
        if signatory is None and row["nip_penandatangan"].strip():
            self._fault(row, "nip_penandatangan", _("Nobody with this NIP is in the portal."))
        title = row["perihal"].strip()
        return RegisteredAct(
            opd=opd, kind=kind[:8], number=number, number_key=key_of(number), title=title,
            title_key=key_of(title), signed_on=self._day(row), signatory=signatory,
        )  # fmt: skip

    def _day(self, row: Row) -> datetime.date | None:
        if not row["tanggal"].strip():
            return None
        try:
            day = DATES.clean(row["tanggal"])
        except ValidationError as error:
            self._fault(row, "tanggal", " ".join(error.messages))
            return None
        if day > self.on:
            self._fault(row, "tanggal", _("The day is still to come."))
        return day

    def _parties(self, row: Row) -> dict[str, tuple[str, str]]:
        names = [part.strip() for part in row["pihak"].split(";")]
        numbers = [part.strip() for part in row["npwp_nib"].split(";")] if row["npwp_nib"] else []
        if len(names) > MOST_PARTIES or any(len(name) > 200 for name in names):
            self._fault(row, "pihak", _("At most 50 names of at most 200 letters."))
        if len(numbers) > len(names):
            self._fault(row, "npwp_nib", _("There are more numbers than parties."))
        numbers += [""] * (len(names) - len(numbers))
        found = {}
        for name, number in zip(names, numbers, strict=False):
            digits = "".join(char for char in number if char.isascii() and char.isdigit())
            if number and len(digits) not in (13, 15, 16):
                self._fault(row, "npwp_nib", _("An NPWP has 15 or 16 digits, an NIB 13."))
            if key := name_key(name)[:200]:
                found[key] = (name, digits)
        return found

    def _fault(self, row: Row, column: str, message: str) -> None:
        self.table.add_fault(row.number, column, str(message))


# --- From rows to the register ---------------------------------------------------------------


def _sorted_out(found: list[Read]) -> tuple[list[Read], list[Read], int]:
    """New ones, changed ones (with the key of the row that stands), and how many are the same."""
    known = _known({read.act.opd_id for read in found}, {read.act.number_key for read in found})
    fresh, changed, unchanged = [], [], 0
    for read in found:
        standing = known.get(read.identity)
        if standing is None:
            fresh.append(read)
            continue
        read.act.pk = standing.act.pk
        if _said(standing) == _said(read):
            unchanged += 1
        else:
            changed.append(read)
    return fresh, changed, unchanged


def _known(opds: set[int], numbers: set[str]) -> dict[tuple[int, str, str], Read]:
    rows = RegisteredAct.objects.filter(opd__in=opds, number_key__in=numbers)
    return {
        read.identity: read
        for act in rows.prefetch_related("parties")
        if (read := Read(act, {p.name_key: (p.name, p.identifier) for p in act.parties.all()}))
    }


def _said(read: Read) -> tuple:
    act = read.act
    return act.number, act.title, act.signed_on, act.signatory_id, read.parties


def _write(file: ActFile, fresh: list[Read], changed: list[Read]) -> None:
    for read in (*fresh, *changed):
        read.act.file = file
    RegisteredAct.objects.bulk_create([read.act for read in fresh], batch_size=500)
    # What the register says anew holds again, whatever was removed before.
    RegisteredAct.objects.bulk_update(
        [read.act for read in changed],
        [
            "file", "number", "title", "title_key", "signed_on", "signatory", "removed_at",
            "removed_by", "removed_because",
        ],
        batch_size=500,
    )  # fmt: skip
    ActParty.objects.filter(act__in=[read.act.pk for read in changed]).delete()
    ActParty.objects.bulk_create(_parties_of((*fresh, *changed)), batch_size=1_000)


def _parties_of(rows: Iterable[Read]) -> list[ActParty]:
    return [
        ActParty(act=read.act, name=name, name_key=key, identifier=identifier)
        for read in rows
        for key, (name, identifier) in read.parties.items()
    ]
