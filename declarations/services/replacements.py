"""The official who steps in for a person with a conflict is checked like that person.

Source: fact sheet of the domain, section 4.4: the replacement is "itself checked against F1".
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.models import ConflictDeclaration, Interest, Suspension
from declarations.services.kinship import FAMILY, FamilyRow, kin_in
from declarations.services.party_matching import hits_in, signed_parties
from people.models import Assignment, User


@dataclass(frozen=True, slots=True)
class ReplacementCheck:
    """`faults` forbid the choice; each is a sentence for the superior."""

    person: User
    faults: tuple[str, ...]

    @property
    def is_free(self) -> bool:
        return not self.faults


def check(conflict: ConflictDeclaration, person: User) -> ReplacementCheck:
    """Active, not the declarant or kin of theirs, not suspended, nothing declared that is
    like a party. What was declared is not told to the superior, only that there is something.
    """
    known = find(conflict, [person.nip]).get(person.nip)
    if known is None:
        return ReplacementCheck(person, (_no_post(person),))
    return check_all(conflict, [known])[person.nip]


def find(conflict: ConflictDeclaration, nips: Iterable[str | None]) -> dict[str, User]:
    """Active people by NIP, with what one query can tell of them for `check_all`."""
    wanted = {nip for nip in nips if nip}
    if not wanted:
        return {}
    posts = Assignment.objects.running(on=timezone.localdate()).filter(user=OuterRef("pk"))
    kept_out = Suspension.objects.filter(
        user=OuterRef("pk"), matter=conflict.matter_id, ended_at__isnull=True
    )
    people = User.objects.active().filter(nip__in=wanted)
    people = people.annotate(holds_post=Exists(posts), is_kept_out=Exists(kept_out))
    return {person.nip: person for person in people}


def check_all(conflict: ConflictDeclaration, people: Iterable[Any]) -> dict[str, ReplacementCheck]:
    """By NIP, for people from `find`. Two queries, whatever their number."""
    people = list(people)
    if not people:
        return {}
    declarant = conflict.declarant
    interests = _interests(declarant, people)
    family = (
        FamilyRow(row.register.declarant_id, row.relative_id, row.name_key)
        for rows in interests.values()
        for row in rows
        if row.section == FAMILY
    )
    kin = kin_in(family, declarant, people)
    parties = signed_parties(conflict)
    return {
        person.nip: ReplacementCheck(
            person,
            tuple(_faults(conflict, person, kin, hits_in(interests[person.pk], parties))),
        )
        for person in people
    }


def _interests(declarant: User, people: list[User]) -> dict[Any, list[Interest]]:
    """What each of them declared; of the declarant the family only."""
    rows = Interest.objects.in_force().filter(
        Q(register__declarant__in=people) | Q(register__declarant=declarant, section=FAMILY)
    )
    found: dict[Any, list[Interest]] = defaultdict(list)
    for row in rows.select_related("register").defer("register__draft"):
        found[row.register.declarant_id].append(row)
    return found


def _faults(conflict: ConflictDeclaration, person: Any, kin: set, alike: list) -> Iterable[str]:
    name = {"name": person.full_name}
    if not person.holds_post:
        yield _no_post(person)
    if person.pk == conflict.declarant_id:
        yield _("%(name)s is the person with the conflict.") % name
    elif person.pk in kin:
        yield _("%(name)s is kin of the person with the conflict.") % name
    if person.is_kept_out:
        yield _("%(name)s declared a conflict on the same decision.") % name
    if alike:
        yield _("%(name)s has declared an interest that is like one of the parties.") % name


def _no_post(person: User) -> str:
    return _("%(name)s holds no post at present.") % {"name": person.full_name}
