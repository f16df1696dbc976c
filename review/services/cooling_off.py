"""The register of former officials (F10): who waits until when, who is proposed, who appears.

The time of waiting is a limit of the portal (`MASA_TUNGGU`, two years as shipped); a row keeps the
day that was computed when it was written.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from audit.services import record
from declarations.services import limits
from matching import names
from people.models import Assignment, Opd, User
from review.models import FormerOfficial, FormerOfficialBody

LIMIT = "MASA_TUNGGU"


class CoolingError(Exception):
    """The register can't be changed like this; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Body:
    """A company or body, and what the former official is there."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written about one former official."""

    name: str
    last_post: str
    opd: Opd
    ended_on: datetime.date
    restricted: str = ""
    bodies: tuple[Body, ...] = ()
    user: User | None = None


@transaction.atomic
def register(entry: Entry, *, by: User) -> FormerOfficial:
    if not by.has_perm("review.add_formerofficial"):
        raise PermissionDenied
    if entry.user is not None and entry.user.pk == by.pk:
        raise CoolingError(_("Nobody registers themselves."))
    limit = limits.limit(LIMIT, on=entry.ended_on)
    official = FormerOfficial(
        user=entry.user,
        name=entry.name,
        name_key=names.person_key(entry.name)[:200],
        last_post=entry.last_post,
        opd=entry.opd,
        ended_on=entry.ended_on,
        cooling_until=limits.due_on(limit, start=entry.ended_on),
        limit=limit,
        restricted=entry.restricted,
        created_by=by,
    )
    _save(official)
    _write_bodies(official, entry.bodies)
    record("formerofficial.add", by=by, target=official, until=str(official.cooling_until))
    return official


@transaction.atomic
def change(
    official: FormerOfficial, entry: Entry, *, revision: int | None, by: User
) -> FormerOfficial:
    official = _locked(official, by=by)
    if revision is not None and revision != official.revision:
        raise CoolingError(_("Somebody changed this entry meanwhile; look at it again."))
    limit = limits.limit(LIMIT, on=entry.ended_on)
    official.name, official.name_key = entry.name, names.person_key(entry.name)[:200]
    official.last_post, official.opd, official.ended_on = (
        entry.last_post,
        entry.opd,
        entry.ended_on,
    )
    official.cooling_until, official.limit = limits.due_on(limit, start=entry.ended_on), limit
    official.restricted = entry.restricted
    official.revision += 1
    _save(official)
    official.bodies.all().delete()
    _write_bodies(official, entry.bodies)
    record("formerofficial.change", by=by, target=official, until=str(official.cooling_until))
    return official


@transaction.atomic
def remove(
    official: FormerOfficial, *, reason: str, at: datetime.datetime, by: User
) -> FormerOfficial:
    """Out of the register, with a reason; the row stays. A second call does nothing."""
    official = _locked(official, by=by)
    if official.removed_at is None:
        official.removed_at, official.removed_by, official.removed_because = at, by, reason
        official.save(update_fields=["removed_at", "removed_by", "removed_because"])
        record("formerofficial.remove", by=by, target=official, reason=reason)
    return official


@transaction.atomic
def dismiss(proposal: "Proposal", *, reason: str, at: datetime.datetime, by: User) -> None:
    """A proposal that is turned down isn't made again."""
    remove(register(entry_of(proposal), by=by), reason=reason, at=at, by=by)


def _save(official: FormerOfficial) -> None:
    try:
        with transaction.atomic():
            official.validate_constraints()
            official.save()
    except IntegrityError as error:
        raise CoolingError(_("This person is in the register with that day already.")) from error
    except ValidationError as error:
        raise CoolingError(" ".join(error.messages)) from error


def _write_bodies(official: FormerOfficial, bodies: Iterable[Body]) -> None:
    kept = {names.company_key(body.name)[:200]: body for body in bodies}
    FormerOfficialBody.objects.bulk_create(
        FormerOfficialBody(official=official, name=body.name, name_key=key, role=body.role)
        for key, body in kept.items()
        if key
    )


def _locked(official: FormerOfficial, *, by: User) -> FormerOfficial:
    locked = FormerOfficial.objects.select_for_update(of=("self",)).get(pk=official.pk)
    if not by.has_perm("review.change_formerofficial", locked):
        raise PermissionDenied
    if locked.removed_at is not None:
        raise CoolingError(_("This entry was removed already."))
    return locked


# --- Who might be missing --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody whose last post ended: to be confirmed by a person, never registered by itself."""

    user: User
    post_title: str
    opd: Opd
    ended_on: datetime.date


def entry_of(proposal: Proposal) -> Entry:
    return Entry(
        name=proposal.user.name, last_post=proposal.post_title, opd=proposal.opd,
        ended_on=proposal.ended_on, user=proposal.user,
    )  # fmt: skip


def leavers(*, on: datetime.date) -> QuerySet[User]:
    """Who held a post that obliges to declare, holds none any more, and isn't registered."""
    earliest = on.replace(year=on.year - 2, day=min(on.day, 28))
    running = Assignment.objects.filter(user=OuterRef("pk")).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    )
    ended = (
        Assignment.objects.filter(user=OuterRef("pk"), ends_on__isnull=False)
        .order_by("-ends_on")
        .values("ends_on")[:1]
    )
    known = FormerOfficial.objects.filter(user=OuterRef("pk"), ended_on=OuterRef("last_day"))
    obliged = Assignment.objects.filter(
        user=OuterRef("pk"), post__is_obliged=True, ends_on=OuterRef("last_day")
    )
    return (
        User.objects.annotate(last_day=Subquery(ended))
        .filter(last_day__gte=earliest, last_day__lt=on)
        .filter(~Exists(running), Exists(obliged), ~Exists(known))
        .order_by("name", "pk")
    )


def proposals_for(people: Iterable[User]) -> list[Proposal]:
    """The posts of `leavers` in one query."""
    found = {person.pk: person for person in people}
    last = (
        Assignment.objects.filter(user__in=found, ends_on__isnull=False, post__is_obliged=True)
        .order_by("user", "-ends_on", F("kind").asc(), "-pk")
        .distinct("user")
        .select_related("post__opd")
    )
    by_user = {each.user_id: each for each in last}
    return [
        Proposal(person, by_user[key].post.title, by_user[key].post.opd, by_user[key].ends_on)
        for key, person in found.items()
        if key in by_user
    ]


# --- Who appears where they must not ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Appearance:
    """A former official, or a body of theirs, as a party of a decision of the former office."""

    official_id: uuid.UUID
    declaration: str
    declaration_id: uuid.UUID
    declarant_id: uuid.UUID
    opd_id: int
    party_id: uuid.UUID
    party_name: str
    signed_on: datetime.date
    is_body: bool


# A name of one word is shared by too many people to be a finding.
_MATCH = """
    WITH watched AS (
        SELECT f.id, f.opd_id, f.ended_on, f.cooling_until, f.name_key, FALSE AS is_body
          FROM review_formerofficial f
         WHERE f.removed_at IS NULL AND f.cooling_until >= %(since)s AND f.ended_on <= %(until)s
           AND position(' ' IN f.name_key) > 0
        UNION ALL
        SELECT f.id, f.opd_id, f.ended_on, f.cooling_until, b.name_key, TRUE
          FROM review_formerofficial f JOIN review_formerofficialbody b ON b.official_id = f.id
         WHERE f.removed_at IS NULL AND f.cooling_until >= %(since)s AND f.ended_on <= %(until)s
    ), parties AS (
        SELECT 'statement' AS kind, s.id, s.declarant_id, s.opd_id, s.sent_at, p.id AS party_id,
               p.name, p.name_key
          FROM declarations_party p
          JOIN declarations_decisionstatement s ON s.id = p.statement_id AND s.sent_at IS NOT NULL
         WHERE s.state NOT IN ('withdrawn', 'superseded')
        UNION ALL
        SELECT 'conflict', c.id, c.declarant_id, c.opd_id, c.sent_at, p.id, p.name, p.name_key
          FROM declarations_conflictparty p
          JOIN declarations_conflictdeclaration c ON c.id = p.conflict_id
               AND c.sent_at IS NOT NULL
         WHERE c.state NOT IN ('withdrawn', 'superseded')
    )
    SELECT w.id, p.kind, p.id, p.declarant_id, p.opd_id, p.party_id, p.name,
           (p.sent_at AT TIME ZONE 'Asia/Jakarta')::date, w.is_body
      FROM watched w
      JOIN parties p ON p.name_key = w.name_key AND p.opd_id = w.opd_id
     WHERE (p.sent_at AT TIME ZONE 'Asia/Jakarta')::date BETWEEN w.ended_on AND w.cooling_until
       AND (p.sent_at AT TIME ZONE 'Asia/Jakarta')::date BETWEEN %(since)s AND %(until)s
     ORDER BY p.sent_at, p.party_id, w.id
"""


def match_parties(*, since: datetime.date, until: datetime.date) -> list[Appearance]:
    """Parties of signed statements and declared conflicts in the former office of somebody whose
    time of waiting ran on the day of the signature (flag 10). Set-based, one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_MATCH, {"since": since, "until": until})
        rows = cursor.fetchall()
    return [
        Appearance(
            official_id=uuid.UUID(str(official)), declaration=kind,
            declaration_id=uuid.UUID(str(key)), declarant_id=uuid.UUID(str(declarant)),
            opd_id=opd, party_id=uuid.UUID(str(party)), party_name=name, signed_on=signed_on,
            is_body=is_body,
        )
        for official, kind, key, declarant, opd, party, name, signed_on, is_body in rows
    ]  # fmt: skip
