"""The number of a civil servant (NIP of PNS, NI of PPPK), read and checked.

Layout of the 18 digits: birth date, year and month of appointment (PNS) or year and
contract code (PPPK), sex, serial. There is no check digit: a well-formed number may
still belong to nobody. Source: fact sheet of the domain, section 6.5.
"""

import datetime
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LENGTH = 18
_DIGITS = re.compile(r"[0-9]{18}")
# Blanks, dots and hyphens are how people group the digits; anything else is a mistake.
_SEPARATORS = re.compile(r"[\s.\-]")


@dataclass(frozen=True, slots=True)
class Nip:
    digits: str
    born_on: datetime.date
    year: int
    code: int
    sex: str
    serial: int
    employment: str

    def __str__(self) -> str:
        return display(self.digits)


def display(digits: str) -> str:
    """The usual grouping: 19900101 201501 1 001."""
    return f"{digits[:8]} {digits[8:14]} {digits[14:15]} {digits[15:]}"


def normalise(value: str) -> str:
    return _SEPARATORS.sub("", value or "")


def parse(value: str) -> Nip:
    """Read a NIP; raises ValidationError that says what is wrong."""
    digits = normalise(value)
    if not _DIGITS.fullmatch(digits):
        raise ValidationError(_("A NIP has 18 digits."), code="nip_length")
    try:
        born_on = datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise ValidationError(
            _("The first eight digits of a NIP are a birth date (year, month, day)."),
            code="nip_birth_date",
        ) from None
    year, code, sex, serial = int(digits[8:12]), int(digits[12:14]), digits[14], int(digits[15:])
    if sex not in "12" or serial == 0:
        raise ValidationError(
            _("Digit 15 of a NIP is 1 or 2, and the serial number is not 000."), code="nip_tail"
        )
    if 1 <= code <= 12:
        employment = "pns"
    elif code >= 21:
        employment = "pppk"
    else:
        raise ValidationError(
            _("Digits 13 and 14 of a NIP are a month (PNS) or a contract code from 21 (PPPK)."),
            code="nip_code",
        )
    if not 16 <= year - born_on.year <= 60:
        raise ValidationError(
            _("By this NIP the person was appointed before 16 or after 60 years of age."),
            code="nip_age",
        )
    return Nip(digits, born_on, year, code, sex, serial, employment)


def validate(value: str) -> None:
    parse(value)
