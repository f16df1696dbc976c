"""What the declarant says of each likeness: the same, or another one.

Kept in the draft as a section of its own (`matches`), merged like any other answer: under the
key of the hit "same" or "different", under `<key>/reason` the reason, under `<key>/about` what
was compared: an answer does not hold any more when the party was renamed since.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from declarations.drafts import Draft, rows_of
from declarations.models import PartyMatch
from declarations.services.party_matching import Hit, NamedParty, hits
from people.models import User

SECTION = "matches"
Answer = PartyMatch.Answer


@dataclass(frozen=True, slots=True)
class AnsweredHit:
    hit: Hit
    answer: str
    reason: str

    @property
    def is_open(self) -> bool:
        return self.answer not in Answer.values

    @property
    def is_same(self) -> bool:
        return self.answer == Answer.SAME


def parties_of(draft: Mapping[str, Any]) -> list[NamedParty]:
    """The parties as typed so far; a row without a name is left out."""
    return [
        NamedParty(
            key=row["key"],
            name=str(row.get("name", "")),
            npwp=str(row.get("npwp", "")),
            nib=str(row.get("nib", "")),
        )
        for row in rows_of(dict(draft), "parties")
        if str(row.get("name", "")).strip()
    ]


def answered_hits(declarant: User, draft: Mapping[str, Any]) -> list[AnsweredHit]:
    """Every hit of the draft's parties with the word of the declarant. One query."""
    given = draft.get(SECTION, {})
    return [_answered(hit, given) for hit in hits(declarant, parties_of(draft))]


def _answered(hit: Hit, given: Mapping[str, Any]) -> AnsweredHit:
    if given.get(f"{hit.key}/about") != about(hit):
        return AnsweredHit(hit, "", "")
    return AnsweredHit(hit, given.get(hit.key, ""), given.get(f"{hit.key}/reason", ""))


def about(hit: Hit) -> str:
    """What the two looked like when the person answered."""
    parts = (
        hit.party.name,
        hit.party.npwp,
        hit.party.nib,
        hit.interest.name,
        hit.interest.organisation,
    )
    text = "\n".join(" ".join(part.casefold().split()) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def with_answer(draft: Draft, hit: Hit, *, answer: str, reason: str = "") -> Draft:
    values = {
        **draft.get(SECTION, {}),
        hit.key: answer,
        f"{hit.key}/reason": reason,
        f"{hit.key}/about": about(hit),
    }
    return {**draft, SECTION: {name: value for name, value in values.items() if value}}
