"""Who is kin of whom, as far as anybody declared it.

A family row names a colleague by account or by name. A name alone counts only when it has two
words or more: a mononym is shared by too many. The tie holds in both directions.
"""

import uuid
from collections.abc import Iterable

from declarations.models import Interest
from matching.names import person_key
from people.models import User

FAMILY = "family"


def kin_among(user: User, others: Iterable[User]) -> set[uuid.UUID]:
    """The keys of those among `others` who are kin of `user`. Two queries."""
    people = {other.pk: other for other in others if other.pk != user.pk}
    if not people:
        return set()
    rows = Interest.objects.in_force().filter(section=FAMILY)
    found = set()
    own = rows.filter(register__declarant=user).values_list("relative_id", "name_key")
    for relative_id, name_key in own:
        found |= {key for key in people if key == relative_id}
        found |= {key for key, other in people.items() if _is_name_of(name_key, other)}
    theirs = rows.filter(register__declarant__in=people)
    for declarant_id, relative_id, name_key in theirs.values_list(
        "register__declarant_id", "relative_id", "name_key"
    ):
        if relative_id == user.pk or _is_name_of(name_key, user):
            found.add(declarant_id)
    return found


def are_kin(one: User, other: User) -> bool:
    return other.pk in kin_among(one, [other])


def _is_name_of(name_key: str, person: User) -> bool:
    return " " in name_key and name_key == person_key(person.name)
