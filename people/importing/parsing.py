"""From cells to facts: one row understood by itself, without the database.

A row that cannot be understood gives faults and no `Row`; each cell is looked at, so that
one round of mending is enough.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from common.forms import MONTH_NUMBERS
from common.text import clean_name, clean_text
from people import nip as nip_module
from people.importing.columns import KEYS
from people.importing.faults import Faults
from people.models.assignments import AssignmentKind
from people.models.organisation import PostLevel
from people.models.persons import Employment

# Written for "empty this"; a blank cell means "leave it".
EMPTY = "-"
EARLIEST_START = datetime.date(1950, 1, 1)
LATEST_END = datetime.date(2100, 12, 31)
YOUNGEST = 16
LIMITS = {
    "name": 150, "title_before": 60, "title_after": 100, "email": 254, "grade": 10,
    "opd_code": 20, "post_code": 40, "post_title": 200, "unit": 200, "superior_code": 61,
    "obliged_because": 200, "decree": 120, "reason": 200,
}  # fmt: skip
SHORT = 60

EMPLOYMENTS = {
    "pns": Employment.PNS,
    "pppk": Employment.PPPK,
    "p3k": Employment.PPPK,
    "pejabatnegara": Employment.OFFICIAL,
}
LEVELS = {
    "kepaladaerah": PostLevel.POLITICAL,
    "jptmadya": PostLevel.TOP_MIDDLE,
    "jptpratama": PostLevel.TOP_FIRST,
    "administrator": PostLevel.ADMINISTRATOR,
    "pengawas": PostLevel.SUPERVISOR,
    "fungsional": PostLevel.FUNCTIONAL,
    "pelaksana": PostLevel.STAFF,
    "ib": PostLevel.TOP_MIDDLE,
    "iia": PostLevel.TOP_FIRST,
    "iib": PostLevel.TOP_FIRST,
    "iiia": PostLevel.ADMINISTRATOR,
    "iiib": PostLevel.ADMINISTRATOR,
    "iva": PostLevel.SUPERVISOR,
    "ivb": PostLevel.SUPERVISOR,
}
KINDS = {
    "definitif": AssignmentKind.DEFINITIVE,
    "plt": AssignmentKind.ACTING,
    "plh": AssignmentKind.DAILY,
}
YES_NO = {"ya": True, "y": True, "tidak": False, "t": False}
PNS_GRADE = re.compile(r"(I|II|III)/[a-d]|IV/[a-e]")
PPPK_GRADE = re.compile(r"I|II|III|IV|V|VI|VII|VIII|IX|X|XI|XII|XIII|XIV|XV|XVI|XVII")
FLOAT_NUMBER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")


@dataclass(slots=True)
class Row:
    """What one row says. None: the cell was blank, so nothing is said."""

    number: int
    nip: str | None
    name: str | None
    title_before: str | None
    title_after: str | None
    email: str | None
    employment: str | None
    grade: str | None
    opd_code: str
    post_code: str
    post_title: str | None
    unit: str | None
    level: str | None
    superior_code: str | None
    is_opd_head: bool | None
    is_single_seat: bool | None
    is_obliged: bool | None
    obliged_because: str | None
    kind: str
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    decree: str | None
    old_nip: str | None
    reason: str | None

    @property
    def is_vacant(self) -> bool:
        return self.nip is None


assert tuple(field.name for field in fields(Row))[1:] == KEYS  # noqa: S101 -- fails at import


def parse_row(
    number: int, cells: dict[str, str], *, on: datetime.date, faults: Faults
) -> Row | None:
    """The row, or None when a cell has a fault."""
    values: dict[str, Any] = {}
    for key in KEYS:
        try:
            values[key] = _parse_cell(key, cells.get(key))
        except ValidationError as error:
            faults.add(number, key, error)
            values[key] = None
    # A cell that could not be read (a formula, say) comes here as an empty one.
    if number not in faults.rows:
        _check_together(number, values, on=on, faults=faults)
    return None if number in faults.rows else Row(number, **values)


def parse_rows(
    numbered: Iterable[tuple[int, dict[str, str]]], *, on: datetime.date, faults: Faults
) -> list[Row]:
    parsed = (parse_row(number, cells, on=on, faults=faults) for number, cells in numbered)
    return [row for row in parsed if row is not None]


def _parse_cell(key: str, value: str | None) -> Any:
    text = clean_text(value, limit=LIMITS.get(key, SHORT))
    if text.startswith(("'-", "'+")):  # How our own exports keep such a text from being a formula.
        text = text[1:]
    if not text:
        return KINDS["definitif"] if key == "kind" else None
    return PARSERS[key](text)


def _parse_nip(text: str) -> str:
    if FLOAT_NUMBER.fullmatch(text):
        raise ValidationError(
            _(
                "The number is stored as a number, which loses its last digits. "
                "Format the column as text and type it anew."
            )
        )
    # A leading apostrophe is how a spreadsheet is told "this is text".
    return nip_module.parse(text.lstrip("'")).digits


def _choice(choices: dict[str, Any], allowed: str) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        compact = re.sub(r"[^a-z0-9]", "", text.lower().removeprefix("eselon"))
        if compact not in choices:
            raise ValidationError(
                _("“%(value)s” is not known here; allowed: %(allowed)s.")
                % {"value": text[:40], "allowed": allowed}
            )
        return choices[compact]

    return parse


def _parse_email(text: str) -> str:
    if text == EMPTY:
        return ""
    validate_email(text)
    return text.lower()


def _parse_name(text: str) -> str:
    return clean_name(text)


def _clearable(text: str) -> str:
    return "" if text == EMPTY else text


def _parse_title(text: str) -> str:
    return "" if text == EMPTY else clean_name(text, limit=LIMITS["title_after"])


def _parse_code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/\-]*", text):
        raise ValidationError(_("A code has letters, digits, dots and hyphens only."))
    return text


def _parse_grade(text: str) -> str:
    if text == EMPTY:
        return ""
    compact = text.replace(" ", "")
    if "/" in compact:
        roman, _slash, letter = compact.partition("/")
        compact = f"{roman.upper()}/{letter.lower()}"
    else:
        compact = compact.upper()
    if not (PNS_GRADE.fullmatch(compact) or PPPK_GRADE.fullmatch(compact)):
        raise ValidationError(_("This grade is not known; examples: III/c (PNS), IX (PPPK)."))
    return compact


def _parse_date(text: str) -> datetime.date:
    return _in_range(_date_from_text(text))


@lru_cache(maxsize=4096)
def _date_from_text(text: str) -> datetime.date:
    """Dates repeat a lot in such a table."""
    year_first = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?", text)
    day_first = re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2}|[A-Za-z]+)[/.\- ](\d{4})", text)
    try:
        if year_first:
            return datetime.date(*(int(part) for part in year_first.groups()))
        if day_first:
            day, month, year = day_first.groups()
            number = MONTH_NUMBERS[month.lower()] if month.isalpha() else int(month)
            return datetime.date(int(year), number, int(day))
    except (ValueError, KeyError):
        raise ValidationError(_("This day does not exist: %(text)s.") % {"text": text}) from None
    raise ValidationError(_("Write the date as day/month/year, for example 01/02/2024."))


def _in_range(day: datetime.date) -> datetime.date:
    if not EARLIEST_START <= day <= LATEST_END:
        raise ValidationError(
            _("The date must lie between %(first)s and %(last)s.")
            % {"first": f"{EARLIEST_START:%d/%m/%Y}", "last": f"{LATEST_END:%d/%m/%Y}"}
        )
    return day


PARSERS: dict[str, Callable[[str], Any]] = {
    "nip": _parse_nip,
    "old_nip": _parse_nip,
    "name": _parse_name,
    "title_before": _parse_title,
    "title_after": _parse_title,
    "email": _parse_email,
    "employment": _choice(EMPLOYMENTS, "PNS, PPPK, Pejabat Negara"),
    "grade": _parse_grade,
    "opd_code": _parse_code,
    "post_code": _parse_code,
    "superior_code": lambda text: "" if text == EMPTY else _parse_code(text),
    "post_title": lambda text: text,
    "unit": _clearable,
    "level": _choice(
        LEVELS,
        "Kepala Daerah, JPT Madya, JPT Pratama, Administrator, Pengawas, Fungsional, Pelaksana",
    ),
    "is_opd_head": _choice(YES_NO, "Ya, Tidak"),
    "is_single_seat": _choice(YES_NO, "Ya, Tidak"),
    "is_obliged": _choice(YES_NO, "Ya, Tidak"),
    "obliged_because": _clearable,
    "kind": _choice(KINDS, "Definitif, Plt, Plh"),
    "starts_on": _parse_date,
    "ends_on": _parse_date,
    "decree": _clearable,
    "reason": _clearable,
}


def _check_together(
    number: int, values: dict[str, Any], *, on: datetime.date, faults: Faults
) -> None:
    """What no cell says alone."""
    for key in ("opd_code", "post_code"):
        if not values[key]:
            faults.add(number, key, _("This cell must be filled."))
    if values["nip"] is None:
        _check_vacant(number, values, faults)
    else:
        _check_person(number, values, on=on, faults=faults)


def _check_vacant(number: int, values: dict[str, Any], faults: Faults) -> None:
    for key in ("name", "old_nip", "starts_on", "ends_on"):
        if values[key]:
            faults.add(
                number,
                "nip",
                _("The NIP is missing. Leave the whole person blank for a vacant post."),
            )
            return


def _check_person(
    number: int, values: dict[str, Any], *, on: datetime.date, faults: Faults
) -> None:
    facts = nip_module.parse(values["nip"])
    if values["name"] is None:
        faults.add(number, "name", _("This cell must be filled."))
    employment = values["employment"]
    if employment in ("pns", "pppk") and employment != facts.employment:
        faults.add(
            number,
            "employment",
            _("By its digits 13 and 14 this NIP is of %(status)s.")
            % {"status": facts.employment.upper()},
        )
    _check_grade(number, values, employment or facts.employment, faults)
    if values["old_nip"] == values["nip"]:
        faults.add(number, "old_nip", _("The old and the new number are the same."))
    start, end = values["starts_on"], values["ends_on"]
    if start and end and end < start:
        faults.add(number, "ends_on", _("The last day is before the first."))
    if start and start.year - facts.born_on.year < YOUNGEST:
        faults.add(number, "starts_on", _("By the NIP this person was too young on that day."))
    if start and start > on + datetime.timedelta(days=366):
        faults.add(number, "starts_on", _("The first day is more than a year ahead."))


def _check_grade(number: int, values: dict[str, Any], employment: str, faults: Faults) -> None:
    grade = values["grade"]
    if not grade or employment not in ("pns", "pppk"):
        return
    pattern = PNS_GRADE if employment == "pns" else PPPK_GRADE
    if not pattern.fullmatch(grade):
        faults.add(
            number,
            "grade",
            _("The grade %(grade)s does not fit the status %(status)s.")
            % {"grade": grade, "status": employment.upper()},
        )
