"""Passwords that are no secret: made of words that everybody here knows, or leaked somewhere.

There are no rules of composition; a long plain sentence is the best password.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from people.models import Opd, User

# What is left after the known words are taken out must still be worth guessing.
LEAST_LEFT = 8
SHORTEST_WORD = 4
# First in any list that is tried against Indonesian offices, beside the names of the offices.
KNOWN_WORDS = frozenset(
    {
        "indonesia", "merdeka", "pancasila", "garuda", "bhinneka", "nusantara", "republik",
        "negara", "pemerintah", "provinsi", "pemprov", "kabupaten", "kota", "gubernur",
        "pegawai", "portal", "benturan", "konflik", "kepentingan", "integritas", "korpri",
        "bismillah", "alhamdulillah", "assalamualaikum", "allahuakbar", "sayang",
        "sayangku", "cinta", "cintaku", "rahasia", "sandi", "katasandi", "kata",
        "password", "admin", "administrator", "selamat", "datang", "qwerty", "asdfgh",
        "zxcvbn", "jakarta", "komisi", "inspektorat", "sekretariat", "dinas", "badan",
        "biro", "kepala",
    }
)  # fmt: skip


class KnownWordsValidator:
    """Refuses what is left short when office, place, person and dates are taken out."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.lower()
        words = sorted(self._words(user), key=len, reverse=True)
        found = [word for word in words if word in rest]
        for word in found:
            rest = rest.replace(word, "")
        if found and len(re.sub(r"[\W\d_]", "", rest)) < LEAST_LEFT:
            raise ValidationError(
                _(
                    "This password is made of names, dates or words that others guess first. "
                    "Take three or four words that have nothing to do with you or the office."
                ),
                code="password_known_words",
            )

    def get_help_text(self) -> str:
        return _("Not made of your name, your NIP, the name of your office or well-known words.")

    def _words(self, user: User | None) -> set[str]:
        texts = [*settings.PROVINCE.values(), settings.MFA_TOTP_ISSUER]
        for names in Opd.objects.values_list("name", "short_name"):
            texts += names
        words = {word for text in texts for word in _split(text)} | KNOWN_WORDS
        return words | (_of_person(user) if user else set())


def _split(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) >= SHORTEST_WORD}


def _of_person(user: User) -> set[str]:
    born, rest = user.nip[:8], user.nip[8:]
    dates = {born, born[:4] + rest, born[6:] + born[4:6] + born[:4], rest, rest[:6]}
    return {*dates, *_split(user.name), *_split(user.email.partition("@")[0])} - {""}


class LeakedPasswordValidator:
    """Looks a password up in a sorted list of SHA-1 hashes, where the office has one.

    `COI_LEAKED_PASSWORDS` names the file, in the format of "Have I Been Pwned" ordered by hash:
    one `HASH:COUNT` a line. Halving the file finds a line among a thousand million in 40 reads;
    the password leaves the machine in no form.
    """

    def validate(self, password: str, user: Any = None) -> None:
        file = settings.LEAKED_PASSWORDS
        if file and _stands_in(Path(file), password):
            raise ValidationError(
                _("This password stands in a list of leaked passwords. Take another one."),
                code="password_leaked",
            )

    def get_help_text(self) -> str:
        return _("Not one that was ever leaked.")


def _stands_in(path: Path, password: str) -> bool:
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:
            middle = (low + high) // 2
            file.seek(middle)
            if middle:
                file.seek(middle - 1)
                file.readline()  # To the beginning of the next line.
            line = file.readline()
            if line and line[:40].upper() == wanted:
                return True
            if not line or line[:40].upper() > wanted:
                high = middle
            else:
                low = file.tell()
    return False
