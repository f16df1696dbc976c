"""Which superior decides: the nearest who is not involved, then upwards, then the Inspektur.

Source: fact sheet of the domain, section 4.5. Nobody decides on themselves, on kin, or on
their own superior: the chain only goes up, and the kin of the declarant are passed over, as
are those who declared an interest in one of the parties themselves.
"""

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from declarations.models import (
    ConflictDeclaration,
    HandlerChange,
    Interest,
    Suspension,
)
from declarations.models.conflicts import HandlerChangeReason as Reason
from declarations.services.kinship import FAMILY, FamilyRow, kin_in
from declarations.services.match_answers import parties_of
from declarations.services.party_matching import NamedParty, hits_in, signed_parties
from declarations.states import ConflictState
from people import hierarchy
from people.models import RoleGrant, User
from people.roles import Role

# Of 1000: what is less alike may be somebody else's, and a superior is not passed over for that.
SURELY_THE_SAME = 950


@dataclass(frozen=True, slots=True)
class HandlerChoice:
    """`handler` None: nobody is left; the system administrators have to appoint a holder."""

    handler: User | None
    passed_over: tuple[User, ...] = ()


def choose_handler(
    conflict: ConflictDeclaration,
    *,
    on: datetime.date,
    above: User | None = None,
    passed: Collection[uuid.UUID] = (),
) -> HandlerChoice:
    """The superior whose turn it is; with `above`, only those beyond that person.

    `passed`: those whose turn is over, because of the limit or because they are involved.
    A person who is no longer in the chain (moved meanwhile) does not shorten it.
    """
    declarant = conflict.declarant
    chain = [person for person in _above(conflict, on=on) if person.pk != declarant.pk]
    if above is not None and above in chain:
        chain = chain[chain.index(above) + 1 :]
    elif above is not None:
        tried = set(_tried(conflict))
        chain = [person for person in chain if person.pk not in tried]
    chain = [person for person in chain if person.pk not in passed]
    involved = tied_among(conflict, chain) | {p.pk for p in chain if p.is_kept_out}
    passed_over: list[User] = []
    for person in chain:
        if person.pk not in involved:
            return HandlerChoice(person, tuple(passed_over))
        passed_over.append(person)
    return HandlerChoice(None, tuple(passed_over))


def passed_over(conflict: ConflictDeclaration) -> set[uuid.UUID]:
    """Who had the case and let the limit pass, or was involved."""
    lost = conflict.handler_changes.filter(reason__in=(Reason.OVERDUE, Reason.CONFLICTED))
    return {key for key in lost.values_list("from_user_id", flat=True) if key}


def involved_among(conflict: ConflictDeclaration, people: list[User]) -> set:
    """The keys of those who may not decide: kin, kept out of the same matter, or interested."""
    involved = tied_among(conflict, people)
    involved |= set(_kept_out(conflict).filter(user__in=people).values_list("user_id", flat=True))
    involved.add(conflict.declarant_id)
    return involved


def tied_among(conflict: ConflictDeclaration, people: Collection[User]) -> set[uuid.UUID]:
    """Who is kin of the declarant, or declared an interest of their own, or kin, in a party of
    the matter. One query, two once the declaration was sent."""
    if not people:
        return set()
    declarant = conflict.declarant
    rows = list(
        Interest.objects.in_force()
        .filter(register__declarant__in=[declarant, *people])
        .select_related("register")
        .defer("register__draft")
    )
    family = (
        FamilyRow(row.register.declarant_id, row.relative_id, row.name_key)
        for row in rows
        if row.section == FAMILY
    )
    parties = _parties(conflict)
    interested = {
        row.register.declarant_id
        for row in rows
        if row.register.declarant_id != declarant.pk
        and any(hit.score >= SURELY_THE_SAME for hit in hits_in([row], parties))
    }
    return kin_in(family, declarant, people) | interested


def _parties(conflict: ConflictDeclaration) -> list[NamedParty]:
    """As typed so far, or as they were signed."""
    if conflict.state in ConflictState.EDITABLE:
        return parties_of(conflict.draft)
    return signed_parties(conflict)


def may_decide(conflict: ConflictDeclaration, person: User) -> bool:
    """Not involved, and the declarant is not above them today."""
    if person.pk in involved_among(conflict, [person]):
        return False
    return not hierarchy.is_above(conflict.declarant, person, on=timezone.localdate())


def record_change(
    conflict: ConflictDeclaration, *, to: User | None, reason: Reason, note: str = ""
) -> None:
    """One row of whose turn it was; the caller saves the conflict itself."""
    HandlerChange.objects.create(
        conflict=conflict,
        from_user_id=conflict.handler_id,
        to_user=to,
        reason=reason,
        note=note,
        changed_at=timezone.now(),
    )


def chief_grants(*, on: datetime.date) -> QuerySet[RoleGrant]:
    """Of those whom every line ends with."""
    return RoleGrant.objects.running(on=on).filter(role=Role.CHIEF_INSPECTOR, user__is_active=True)


def _tried(conflict: ConflictDeclaration) -> list:
    return [key for key in conflict.handler_changes.values_list("to_user_id", flat=True) if key]


def _kept_out(conflict: ConflictDeclaration) -> QuerySet:
    """Who keeps out of the same matter themselves."""
    return Suspension.objects.filter(matter_id=conflict.matter_id, ended_at__isnull=True)


def _above(conflict: ConflictDeclaration, *, on: datetime.date) -> list[User]:
    """The superiors upwards, then the chief inspectors; `is_kept_out` of each. Two queries."""
    keys = hierarchy.superior_ids([conflict.declarant_id], on=on)[conflict.declarant_id]
    grants = chief_grants(on=on)
    first = grants.filter(user=OuterRef("pk")).order_by("starts_on", "pk")
    # A union: for an OR the database would look at every person there is.
    wanted = User.objects.filter(pk__in=keys).values("pk").union(grants.values("user_id"))
    people = (
        User.objects.annotate(
            chief_since=Subquery(first.values("starts_on")[:1]),
            chief_grant=Subquery(first.values("pk")[:1]),
            is_kept_out=Exists(_kept_out(conflict).filter(user=OuterRef("pk"))),
        )
        .filter(pk__in=wanted)
        .order_by("chief_since", "chief_grant")
    )
    found = {person.pk: person for person in people}
    chiefs = [key for key, person in found.items() if person.chief_grant is not None]
    return [found[key] for key in dict.fromkeys([*keys, *chiefs])]
