"""Names as the public page shows them: enough to recognise, too little to learn."""

import re

# Titles are not the person; they would make a masked name easy to guess.
_TITLES = re.compile(r"^(?:(?:Dr|Drs|Dra|Prof|Ir|H|Hj|dr|drg|apt|Ns)\.?\s+)+|,.*$")


def mask_name(name: str) -> str:
    """`Suharto` → `S****o`; `Siti binti A.` → `S**i b***i A*`."""
    bare = _TITLES.sub("", name).strip()
    return " ".join(_mask_word(word) for word in bare.split()) or "–"


def _mask_word(word: str) -> str:
    letters = [character for character in word if character.isalpha()]
    if not letters:
        return "*"
    if len(letters) <= 2:
        return f"{letters[0]}*"
    return f"{letters[0]}{'*' * (len(letters) - 2)}{letters[-1]}"
