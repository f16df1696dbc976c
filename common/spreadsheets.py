"""Reading tables from CSV and XLSX within limits, and writing them without formulas.

Reading never evaluates anything. Every fault names its row and column, so that a person finds it
in their own program: a formula, a merged cell, a cell that is too long, a row too many. What would
exhaust the machine (a zip bomb, a million rows) is refused before it is unpacked. Cells come back
as text, cleaned; numbers and dates as people see them.

Writing puts an apostrophe before what a spreadsheet would take for a formula (OWASP ASVS 1.2.10)
and stores every cell of an XLSX as text, unless it is a number or a date of ours.
"""

import codecs
import csv
import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from common.text import clean_text

MEGABYTE = 1024 * 1024
FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DELIMITERS = ";,\t|"
ERROR_VALUES = {"#N/A", "#REF!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#VALUE!"}


class SpreadsheetError(Exception):
    """The file as a whole can't be read; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Limits:
    rows: int = 50_000
    columns: int = 100
    cell_length: int = 2_000
    file_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 300 * MEGABYTE
    zip_entries: int = 300
    zip_ratio: int = 200
    faults: int = 200


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where; `column` is the heading or the letter."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        if not self.column:
            return _("Row %(row)s: %(message)s") % {"row": self.row, "message": self.message}
        return _("Row %(row)s, column %(column)s: %(message)s") % {
            "row": self.row,
            "column": self.column,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the person's program shows it, its cells by heading."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")


@dataclass(slots=True)
class Table:
    headings: list[str]
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    faults_left_out: int = 0

    def add_fault(self, row: int, column: str, message: str, *, limit: int = 200) -> None:
        if len(self.faults) < limit:
            self.faults.append(Fault(row, column, message))
        else:
            self.faults_left_out += 1


def read_table(
    source: BinaryIO | Path | str,
    *,
    name: str = "",
    required: Iterable[str] = (),
    known: Iterable[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """The first sheet of `source`; the first row with content holds the headings.

    `required` headings must be there, others than `known` are faults. Headings are compared in
    lower case with `_` for spaces. Raises `SpreadsheetError` when there is no table to speak of.
    """
    data, name = _bytes_of(source, name, limits)
    if data.startswith(b"PK\x03\x04"):
        lines = _xlsx_lines(data, limits)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SpreadsheetError(_("Old Excel files (.xls) can't be read; save it as .xlsx or CSV."))
    elif name.lower().endswith(".xlsx"):
        raise SpreadsheetError(_("The file isn't really a spreadsheet."))
    else:
        lines = _csv_lines(data, limits)
    return _table(
        lines, required=set(required), known=None if known is None else set(known), limits=limits
    )


def _bytes_of(source: BinaryIO | Path | str, name: str, limits: Limits) -> tuple[bytes, str]:
    if isinstance(source, str | Path):
        path = Path(source)
        if path.stat().st_size > limits.file_bytes:
            raise SpreadsheetError(_too_large(limits))
        return path.read_bytes(), name or path.name
    source.seek(0)
    data = source.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        raise SpreadsheetError(_too_large(limits))
    return data, name or str(getattr(source, "name", "") or "")


def _too_large(limits: Limits) -> str:
    return _("The file is larger than %(limit)s MB.") % {"limit": limits.file_bytes // MEGABYTE}


# --- From lines to a table -------------------------------------------------------------------

Line = tuple[int, list[tuple[str, str]]]  # row number, (text, fault) of each cell


def heading_key(text: str) -> str:
    return re.sub(r"[\s_\-/.]+", "_", text.strip().lower()).strip("_")


def _table(
    lines: Iterator[Line], *, required: set[str], known: set[str] | None, limits: Limits
) -> Table:
    number, first = next(
        ((number, cells) for number, cells in lines if any(text for text, _fault in cells)),
        (0, []),
    )
    if not first:
        raise SpreadsheetError(_("The file is empty."))
    table = Table(headings=[heading_key(text) for text, _fault in first])
    _check_headings(table, number, required=required, known=known)
    for number, cells in lines:
        if not any(text or fault for text, fault in cells):
            continue
        if len(table.rows) >= limits.rows:
            raise SpreadsheetError(
                _("The file has more than %(limit)s rows.") % {"limit": limits.rows}
            )
        table.rows.append(_row(table, number, cells, limits))
    return table


def _check_headings(
    table: Table, number: int, *, required: set[str], known: set[str] | None
) -> None:
    present = [heading for heading in table.headings if heading]
    if missing := sorted(required - set(present)):
        raise SpreadsheetError(
            _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    if repeated := sorted({heading for heading in present if present.count(heading) > 1}):
        raise SpreadsheetError(
            _("These columns appear twice: %(names)s.") % {"names": ", ".join(repeated)}
        )
    for heading in present:
        if known is not None and heading not in known:
            table.add_fault(number, heading, _("This column isn't known."))


def _row(table: Table, number: int, cells: list[tuple[str, str]], limits: Limits) -> Row:
    values: dict[str, str] = {}
    for index, (text, fault) in enumerate(cells):
        heading = table.headings[index] if index < len(table.headings) else ""
        column = heading or get_column_letter(index + 1)
        if fault:
            table.add_fault(number, column, fault, limit=limits.faults)
        elif text and not heading:
            table.add_fault(
                number, column, _("This cell stands outside the table."), limit=limits.faults
            )
        if heading:
            values[heading] = text
    return Row(number, values)


def _clean_cell(text: str, limits: Limits) -> tuple[str, str]:
    if len(text) > limits.cell_length:
        message = _("The cell has %(length)s characters; %(limit)s are the limit.")
        return "", message % {"length": len(text), "limit": limits.cell_length}
    try:
        cleaned = clean_text(text, multiline=True, limit=None)
    except ValidationError as error:
        return "", error.messages[0]
    if cleaned in ERROR_VALUES:
        return "", _("The cell shows an error of the spreadsheet (%(error)s).") % {
            "error": cleaned
        }
    if cleaned.startswith("=") or (
        cleaned.startswith(FORMULA_START) and re.match(r"[+\-@＋－＠]\s*[A-Za-z@(]", cleaned)
    ):
        return "", _("The cell holds a formula; write its value instead.")
    return cleaned, ""


# --- CSV -------------------------------------------------------------------------------------


def _csv_lines(data: bytes, limits: Limits) -> Iterator[Line]:
    text = _decoded(data)
    csv.field_size_limit(max(limits.cell_length * 8, 131_072))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    started = 1
    try:
        for cells in reader:
            if len(cells) > limits.columns:
                raise SpreadsheetError(
                    _("Row %(row)s has more than %(limit)s columns.")
                    % {"row": started, "limit": limits.columns}
                )
            yield started, [_clean_cell(cell, limits) for cell in cells]
            started = reader.line_num + 1
    except csv.Error as error:
        raise SpreadsheetError(
            _("Row %(row)s can't be read: a quotation mark is missing or a cell is too long.")
            % {"row": started}
        ) from error


def _decoded(data: bytes) -> str:
    """UTF-8 (with or without mark), UTF-16 with mark, else Windows-1252 as Excel writes it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    if b"\x00" in data and encodings[0] != "utf-16":
        raise SpreadsheetError(_("The file isn't text; save it as CSV or XLSX and send it again."))
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SpreadsheetError(_("The characters of this file can't be read; save it as CSV UTF-8."))


def _delimiter(text: str) -> str:
    """The separator that the first line uses most, outside quotation marks."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", line)
    counts = {delimiter: bare.count(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else ","


# --- XLSX ------------------------------------------------------------------------------------


def _xlsx_lines(data: bytes, limits: Limits) -> Iterator[Line]:
    _check_zip(data, limits)
    merged = _merged_cells(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # "No stylesheet", "unknown extension": not our matter.
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # Not the stated size: a forged one lets 16,384 empty columns be read a row.
        sheet.reset_dimensions()
        yield from _sheet_lines(sheet, merged, limits)
        book.close()
    except SpreadsheetError:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError,
            AttributeError, SyntaxError, OSError, EOFError, OverflowError) as error:  # fmt: skip
        raise SpreadsheetError(_("The spreadsheet is damaged and can't be read.")) from error


def _sheet_lines(sheet: Any, merged: set[tuple[int, int]], limits: Limits) -> Iterator[Line]:
    empty_run = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if len(cells) > limits.columns and any(
            cell.value is not None for cell in cells[limits.columns :]
        ):
            raise SpreadsheetError(
                _("Row %(row)s has more than %(limit)s columns.")
                % {"row": number, "limit": limits.columns}
            )
        line = [
            _xlsx_cell(cell, (number, index) in merged, limits)
            for index, cell in enumerate(cells[: limits.columns], 1)
        ]
        empty_run = 0 if any(text or fault for text, fault in line) else empty_run + 1
        if empty_run > 10_000:
            raise SpreadsheetError(_("The sheet has very many empty rows; delete them."))
        yield number, line


def _xlsx_cell(cell: Any, is_merged: bool, limits: Limits) -> tuple[str, str]:
    if is_merged:
        return "", _("The cell is merged with others; unmerge it.")
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f" or not isinstance(
        value, str | int | float | bool | datetime.date | datetime.time | datetime.timedelta
    ):
        return "", _("The cell holds a formula; write its value instead.")
    if cell.data_type == "e":
        return "", _("The cell shows an error of the spreadsheet (%(error)s).") % {"error": value}
    return _clean_cell(_cell_text(value), limits)


def _cell_text(value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
        )
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    # A NIP typed as a number lost its last digits; 18 digits don't fit. Its check will refuse it.
    return str(value)


def _check_zip(data: bytes, limits: Limits) -> None:
    """Before anything is unpacked: number of parts, their sum, and how far they were squeezed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SpreadsheetError(_("The spreadsheet is damaged and can't be read.")) from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise SpreadsheetError(_("The file isn't really a spreadsheet."))
    if any("vbaproject" in name.lower() for name in names):
        raise SpreadsheetError(_("The spreadsheet holds macros; save it as .xlsx without macros."))
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = (
        len(entries) > limits.zip_entries
        or unpacked > limits.unpacked_bytes
        or any(
            entry.file_size > MEGABYTE
            and entry.file_size > limits.zip_ratio * max(1, entry.compress_size)
            for entry in entries
        )
    )
    if is_bomb:
        raise SpreadsheetError(
            _("The spreadsheet unpacks to far more than it should; it was refused.")
        )


def _merged_cells(data: bytes) -> set[tuple[int, int]]:
    """Cells of merged ranges on the first sheet; openpyxl's read-only mode doesn't tell them."""
    merged: set[tuple[int, int]] = set()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = sorted(
            (
                name
                for name in archive.namelist()
                if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)
            ),
            key=lambda name: int(re.findall(r"\d+", name)[-1]),
        )
        if not sheets:
            return merged
        with archive.open(sheets[0]) as part:
            tail = b""
            while chunk := part.read(MEGABYTE):
                for match in re.finditer(
                    rb'<mergeCell\s+ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"', tail + chunk
                ):
                    _add_range(merged, match)
                tail = chunk[-64:]
    return merged


def _add_range(merged: set[tuple[int, int]], match: re.Match[bytes]) -> None:
    left, right = (_column_number(match[group].decode()) for group in (1, 3))
    top, bottom = int(match[2]), int(match[4])
    for row in range(top, min(bottom, top + 1_000) + 1):
        for column in range(left, min(right, left + 100) + 1):
            if len(merged) < 100_000:
                merged.add((row, column))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


# --- Writing ---------------------------------------------------------------------------------


def neutral(value: Any) -> str:
    """`value` as a text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = str(value)
    if text.startswith(FORMULA_START) or text.lstrip().startswith(("=", "@")):
        return f"'{text}"
    return text


def write_csv(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """CSV as Excel in Indonesia opens it (UTF-8 with mark, semicolons), piece by piece."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([neutral(heading) for heading in headings])
    for row in rows:
        writer.writerow([_csv_value(value) for value in row])
        if buffer.tell() > 65_536:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _csv_value(value: Any) -> str:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)  # A negative number of ours is no formula.
    if isinstance(value, datetime.date):
        return value.isoformat()
    return neutral(value)


def write_xlsx(
    target: BinaryIO,
    headings: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "Data",
    widths: Sequence[int] = (),
) -> None:
    """One sheet, headings frozen; memory stays flat however many rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "Data")
    sheet.freeze_panes = "A2"
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.append([_text_cell(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append([_xlsx_value(sheet, value) for value in row])
    book.save(target)


def _text_cell(sheet: Any, value: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value="")
    # Set apart from the type: openpyxl would make a formula of a text that begins with "=".
    cell._value = neutral(value)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _xlsx_value(sheet: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, int | Decimal | datetime.date) and not isinstance(value, bool):
        return value.replace(tzinfo=None) if isinstance(value, datetime.datetime) else value
    return _text_cell(sheet, value)
