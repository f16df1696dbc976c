"""Validators of models and forms: the last check before a value is stored."""

import datetime
import math
import re

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from common.text import clean_name, clean_text

EARLIEST = datetime.date(1900, 1, 1)
LATEST = datetime.date(2100, 12, 31)


@deconstructible
class CleanTextValidator:
    """The text is already as `common.text.clean_text` leaves it, or is refused."""

    def __init__(self, *, multiline: bool = False) -> None:
        self.multiline = multiline

    def __call__(self, value: str) -> None:
        if clean_text(value, multiline=self.multiline, limit=None) != value:
            raise ValidationError(
                _("The text holds invisible characters or stray spaces."), code="unclean"
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CleanTextValidator) and self.multiline == other.multiline

    def __hash__(self) -> int:
        return hash((type(self), self.multiline))


def validate_name(value: str) -> None:
    """A person's or company's name, see `common.text.clean_name`."""
    clean_name(value, limit=10_000)


def validate_business_date(value: datetime.date) -> None:
    """Years outside 1900 to 2100 are typing errors; some of them cannot be shown at all.

    A time of the year 1 saved from a zone east of Greenwich fails in every list that reads it.
    """
    day = value.date() if isinstance(value, datetime.datetime) else value
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(
            _("The year must lie between %(first)s and %(last)s."),
            code="absurd_date",
            params={"first": EARLIEST.year, "last": LATEST.year},
        )


def validate_year(value: int) -> None:
    if not EARLIEST.year <= value <= LATEST.year:
        raise ValidationError(
            _("The year must lie between %(first)s and %(last)s."),
            code="absurd_year",
            params={"first": EARLIEST.year, "last": LATEST.year},
        )


def validate_npwp(value: str) -> None:
    """Tax number: 15 digits (old) or 16 digits (new)."""
    if not re.fullmatch(r"\d{15,16}", value):
        raise ValidationError(_("An NPWP has 15 or 16 digits."), code="npwp")


def validate_nib(value: str) -> None:
    """Business number: 13 digits."""
    if not re.fullmatch(r"\d{13}", value):
        raise ValidationError(_("An NIB has 13 digits."), code="nib")


def validate_json_storable(value: object) -> None:
    """PostgreSQL refuses NUL, lone surrogates, NaN and Infinity inside JSON; so say it first."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list | tuple):
            stack.extend(item)
        elif isinstance(item, str):
            clean_text(item, multiline=True, limit=None)
        elif isinstance(item, float) and not math.isfinite(item):
            raise ValidationError(_("A number here cannot be stored."), code="not_a_number")
