"""Who is kin of whom, as far as anybody declared it.

A family row names a colleague by account or by name. A name alone counts only when it has two
words or more: a mononym is shared by too many. The tie holds in both directions.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from declarations.models import Interest
from matching.names import person_key
from people.models import User

FAMILY = "family"


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """What `declarant_id` declared of a relative."""

    declarant_id: uuid.UUID
    relative_id: uuid.UUID | None
    name_key: str


def kin_among(user: User, others: Iterable[User]) -> set[uuid.UUID]:
    """The keys of those among `others` who are kin of `user`. One query."""
    people = [other for other in others if other.pk != user.pk]
    if not people:
        return set()
    rows = (
        Interest.objects.in_force()
        .filter(section=FAMILY)
        .filter(Q(register__declarant=user) | Q(register__declarant__in=people))
        .values_list("register__declarant_id", "relative_id", "name_key")
    )
    return kin_in((FamilyRow(*row) for row in rows), user, people)


def kin_in(rows: Iterable[FamilyRow], user: User, others: Iterable[User]) -> set[uuid.UUID]:
    """As `kin_among`, from family rows of `user` and of `others` that were read already."""
    people = {other.pk: other for other in others if other.pk != user.pk}
    found = set()
    for row in rows:
        if row.declarant_id == user.pk:
            found |= {key for key, other in people.items() if _names(row, other)}
        elif row.declarant_id in people and _names(row, user):
            found.add(row.declarant_id)
    return found


def _names(row: FamilyRow, person: User) -> bool:
    if row.relative_id == person.pk:
        return True
    return " " in row.name_key and row.name_key == person_key(person.name)
