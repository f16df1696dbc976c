"""Parties of a decision held against what the declarant declared before.

A hit is a question to the declarant, never an answer. Likeness in thousandths, see
`matching.names`.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from declarations.models import ConflictDeclaration, ConflictParty, Interest
from declarations.services.kinship import FAMILY
from matching import names
from people.models import User


class Why(TextChoices):
    SAME_IDENTIFIER = "identifier", _("same NPWP or NIB")
    OWN_INTEREST = "interest", _("like an interest that you declared")
    RELATIVE = "relative", _("like the name of a relative")
    RELATIVES_EMPLOYER = "employer", _("like the employer of a relative")


@dataclass(frozen=True, slots=True)
class NamedParty:
    """A party as typed; `key` is its row in the draft."""

    key: str
    name: str
    npwp: str = ""
    nib: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    party: NamedParty
    interest: Interest
    score: int
    why: Why

    @property
    def key(self) -> str:
        """Names the pair in a draft; an interest keeps its row key over the years."""
        return f"{self.party.key}:{self.interest.row_key}"


def signed_parties(conflict: ConflictDeclaration) -> list[NamedParty]:
    """The parties as they were signed. One query."""
    return [
        NamedParty(str(party.pk), party.name, party.npwp, party.nib)
        for party in ConflictParty.objects.filter(conflict=conflict)
    ]


def hits(declarant: User, parties: Iterable[NamedParty]) -> list[Hit]:
    """All pairs that look alike, the surest first. One query, whatever the number of parties."""
    return hits_in(list(current_interests(declarant)), parties)


def hits_in(interests: Iterable[Interest], parties: Iterable[NamedParty]) -> list[Hit]:
    """As `hits`, with interests that were read already."""
    interests = list(interests)
    found = [
        hit
        for party in parties
        if party.name.strip()
        for interest in interests
        if (hit := _compare(party, interest)) is not None
    ]
    return sorted(found, key=lambda hit: (-hit.score, hit.party.name, str(hit.interest.pk)))


def current_interests(declarant: User) -> Iterable[Interest]:
    """The rows of the registers that count today, each interest once, newest version first."""
    rows = (
        Interest.objects.in_force()
        .filter(register__declarant=declarant)
        .order_by("-register__sent_at", "position")
    )
    seen: set[uuid.UUID] = set()
    for row in rows:
        if row.row_key not in seen:
            seen.add(row.row_key)
            yield row


def _compare(party: NamedParty, interest: Interest) -> Hit | None:
    identifier = _digits(interest.identifier)
    if identifier and identifier in (_digits(party.npwp), _digits(party.nib)):
        return Hit(party, interest, 1000, Why.SAME_IDENTIFIER)
    if interest.section == FAMILY:
        score = names.person_likeness(party.name, interest.name)
        if score >= names.LIKE:
            return Hit(party, interest, score, Why.RELATIVE)
        return _by_organisation(party, interest)
    score = names.company_likeness(party.name, interest.name)
    if score >= names.LIKE:
        return Hit(party, interest, score, Why.OWN_INTEREST)
    return _by_organisation(party, interest)


def _by_organisation(party: NamedParty, interest: Interest) -> Hit | None:
    if not interest.organisation:
        return None
    score = names.company_likeness(party.name, interest.organisation)
    if score < names.LIKE:
        return None
    why = Why.RELATIVES_EMPLOYER if interest.section == FAMILY else Why.OWN_INTEREST
    return Hit(party, interest, score, why)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
