"""Names as keys: what two writings of one person or company have in common.

A first, cautious normaliser: titles and legal forms are set aside, spelling is folded. It is
meant for equality and a rough likeness; a likeness is never a finding, somebody looks at it.
"""

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

LEGAL_FORMS = {
    "pt": "pt",
    "cv": "cv",
    "ud": "ud",
    "pd": "pd",
    "fa": "firma",
    "firma": "firma",
    "koperasi": "koperasi",
    "kop": "koperasi",
    "yayasan": "yayasan",
    "yay": "yayasan",
    "perum": "perum",
    "perumda": "perumda",
    "toko": "toko",
    "tb": "toko",
    "apotek": "apotek",
    "persero": "",
    "tbk": "",
}
HONORIFICS = frozenset(
    (
        "h", "hj", "kh", "ir", "dr", "drg", "drs", "dra", "prof", "r", "rm", "ra", "rr", "raden",
        "tgk", "dt", "sutan", "ny", "apt", "alm",
    )
)  # fmt: skip
PARTICLES = frozenset(("bin", "binti", "br", "alm"))
MUHAMMAD = frozenset(
    (
        "m", "muh", "moh", "mhd", "moch", "mohd", "muhamad", "mohamad", "mohammad", "muhammad",
    )
)  # fmt: skip
# Old spelling to new; applied one after the other.
OLD_SPELLING = (("oe", "u"), ("tj", "c"), ("dj", "j"), ("sj", "sy"), ("nj", "ny"))
LIKE = 880
_WORD = re.compile(r"[a-z0-9]+")
# "P.T." and "C. V." are the forms, too.
_DOTTED_FORM = re.compile(r"\b(?:(p)\.\s*(t)|(c)\.\s*(v)|(u)\.\s*(d))\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CompanyName:
    legal_form: str
    name: str


def words(text: str) -> list[str]:
    """Lower-case words without accents; `Ma'ruf` is one word, `M.Si.` two."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(char for char in folded if not unicodedata.combining(char))
    return _WORD.findall(re.sub(r"['’`´]", "", folded))


def person_key(name: str) -> str:
    """The name without titles and particles: `Dr. H. M. Ridwan, S.H.` → `muhammad ridwan`."""
    tokens = words(name.split(",")[0])
    while len(tokens) > 1 and tokens[0] in HONORIFICS:
        tokens.pop(0)
    if len(tokens) > 1 and tokens[0] in MUHAMMAD:
        tokens[0] = "muhammad"
    kept = [token for token in tokens if token not in PARTICLES] or tokens
    return " ".join(_respelled(token) for token in kept)


def company(name: str) -> CompanyName:
    """Legal form apart from the name: `PT. Maju Jaya (Persero)` → (`pt`, `maju jaya`)."""
    form, rest = "", []
    for token in words(_undotted(name)):
        if token in LEGAL_FORMS:
            form = form or LEGAL_FORMS[token]
        else:
            rest.append(token)
    return CompanyName(form, " ".join(rest or words(name)))


def company_key(name: str) -> str:
    return company(name).name


def name_key(name: str) -> str:
    """A key for a name of which nobody knows whether it is a person's or a company's."""
    return company_key(name) if is_company(name) else person_key(name)


def is_company(name: str) -> bool:
    return any(token in LEGAL_FORMS for token in words(_undotted(name)))


def person_likeness(first: str, second: str) -> int:
    """How alike two names of people are, in thousandths; 1000 is the same key."""
    return _likeness(person_key(first), person_key(second))


def company_likeness(first: str, second: str) -> int:
    """As `person_likeness`; two different legal forms make it a different body."""
    one, two = company(first), company(second)
    score = _likeness(one.name, two.name)
    if one.legal_form and two.legal_form and one.legal_form != two.legal_form:
        score -= 200
    return max(score, 0)


def _likeness(first: str, second: str) -> int:
    if not first or not second:
        return 0
    if first == second or first.replace(" ", "") == second.replace(" ", ""):
        return 1000
    return round(fuzz.token_sort_ratio(first, second) * 10)


def _undotted(name: str) -> str:
    return _DOTTED_FORM.sub(lambda match: "".join(filter(None, match.groups())) + " ", name)


def _respelled(token: str) -> str:
    for old, new in OLD_SPELLING:
        token = token.replace(old, new)
    return re.sub(r"(.)\1", r"\1", token)
