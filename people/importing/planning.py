"""The plan of an import: what would be written, and every reason not to.

Planning only reads. The same rows planned again on the same database give the same plan
(`Plan.digest`), which is how a check that has grown stale is noticed before a commit.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from people import nip as nip_module
from people.importing import known as known_module
from people.importing import terms as terms_module
from people.importing.faults import Faults
from people.importing.known import Known, PostKey
from people.importing.parsing import Row
from people.importing.posts import PostDraft, PostPlanner
from people.importing.terms import Term
from people.models import NipChange, RoleGrant, User
from people.policies import PROTECTED
from people.roles import Role

PERSONAL_FIELDS = ("name", "title_before", "title_after", "email", "employment", "grade")
OUTCOMES = ("new", "left", "moved", "changed", "unchanged")
STEPS_SHOWN = 200


@dataclass
class PersonPlan:
    """One person of the file."""

    user: User
    rows: list[Row]
    is_new: bool
    terms: list[Term] = field(default_factory=list)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    nip_change: NipChange | None = None
    left: bool = False

    @property
    def new_terms(self) -> list[Term]:
        return [term for term in self.terms if term.is_new]

    @property
    def changed_terms(self) -> list[Term]:
        return [term for term in self.terms if term.changes]

    @property
    def outcome(self) -> str:
        if self.is_new:
            return "new"
        if self.left:
            return "left"
        if any(term.is_definitive for term in self.new_terms):
            return "moved"
        if self.changes or self.nip_change or self.new_terms or self.changed_terms:
            return "changed"
        return "unchanged"


@dataclass
class Plan:
    posts: list[PostDraft]
    people: list[PersonPlan]
    faults: Faults
    post_labels: dict[PostKey, str]

    @property
    def new_posts(self) -> list[PostDraft]:
        return [draft for draft in self.posts if draft.is_new]

    @property
    def changed_posts(self) -> list[PostDraft]:
        return [draft for draft in self.posts if not draft.is_new and draft.changes]

    @property
    def counts(self) -> dict[str, int]:
        outcomes = Counter(person.outcome for person in self.people)
        return {
            "people": len(self.people),
            **{outcome: outcomes[outcome] for outcome in OUTCOMES},
            "nip_changed": sum(person.nip_change is not None for person in self.people),
            "posts_new": len(self.new_posts),
            "posts_changed": len(self.changed_posts),
        }

    @property
    def is_empty(self) -> bool:
        """Nothing to write: the file says what is stored."""
        return not self.posts_to_write and all(
            person.outcome == "unchanged" for person in self.people
        )

    @property
    def posts_to_write(self) -> list[PostDraft]:
        return [*self.new_posts, *self.changed_posts]

    def digest(self) -> str:
        """The same plan has the same digest, whoever makes it and when."""
        hasher = hashlib.sha256()
        for line in self._lines():
            hasher.update(repr(line).encode())
        return hasher.hexdigest()

    def _lines(self) -> Iterable[tuple[Any, ...]]:
        for draft in self.posts_to_write:
            yield "post", draft.key, draft.is_new, str(sorted(draft.changes.items()))
        for person in self.people:
            yield "person", person.user.nip, person.is_new, person.outcome
            yield from (("value", *item) for item in sorted(person.changes.items()))
            for term in person.new_terms:
                yield "start", term.post, term.kind, str(term.starts_on), str(term.ends_on)
            for term in person.changed_terms:
                yield "change", term.post, str(term.starts_on), str(sorted(term.changes.items()))

    def steps(self, limit: int = STEPS_SHOWN) -> list[dict[str, str]]:
        """The first changes in words, for the page and the command."""
        found: list[dict[str, str]] = []
        for person in self.people:
            if person.outcome == "unchanged":
                continue
            if len(found) == limit:
                break
            found.append(
                {
                    "outcome": person.outcome,
                    "nip": person.user.nip,
                    "name": person.user.full_name,
                    "text": self._words(person),
                }
            )
        return found

    def _words(self, person: PersonPlan) -> str:
        words = [
            _("%(post)s ends on %(day)s")
            % {"post": self.post_labels[term.post], "day": f"{term.ends_on:%d/%m/%Y}"}
            for term in person.changed_terms
            if "ends_on" in term.changes and term.ends_on
        ]
        words += [
            _("%(post)s from %(day)s")
            % {"post": self.post_labels[term.post], "day": f"{term.starts_on:%d/%m/%Y}"}
            for term in person.new_terms
        ]
        if person.nip_change:
            words.append(_("NIP before: %s") % person.nip_change.old_nip)
        if not person.is_new:
            words += [
                f"{before or '–'} → {after or '–'}"
                for name, (before, after) in person.changes.items()
                if name != "is_active"
            ]
        return "; ".join(words)


def make(rows: list[Row], *, on: datetime.date, faults: Faults, by: User | None) -> Plan:
    """The plan of all rows; `faults` grows, and with one fault nothing may be written.

    `by=None` is the command line, where no account stands behind the import.
    """
    known = known_module.load(
        nips={row.nip for row in rows if row.nip},
        old_nips={row.old_nip for row in rows if row.old_nip},
        emails={row.email for row in rows if row.email},
        on=on,
    )
    plan = Planner(known, faults, on=on).plan(rows)
    if by is not None:
        _check_reach(plan, by=by, on=on)
    return plan


def _check_reach(plan: Plan, *, by: User, on: datetime.date) -> None:
    """A file reaches no further than the pages: not oneself, nor those who watch over others."""
    out_of_reach = {by.pk}
    if not by.has_role(Role.SYSTEM_ADMINISTRATOR):
        watchers = RoleGrant.objects.running(on=on).filter(role__in=PROTECTED)
        out_of_reach.update(watchers.values_list("user", flat=True))
    for person in plan.people:
        if person.user.pk in out_of_reach and person.outcome != "unchanged":
            plan.faults.add(
                person.rows[0].number, "nip", _("Another administrator must change this account.")
            )


class Planner:
    def __init__(self, known: Known, faults: Faults, *, on: datetime.date) -> None:
        self.known, self.faults, self.on = known, faults, on
        self.posts = PostPlanner(known, faults, on=on)

    def plan(self, rows: list[Row]) -> Plan:
        by_nip: dict[str, list[tuple[Row, PostKey]]] = defaultdict(list)
        starts: dict[PostKey, datetime.date] = {}
        for row in rows:
            draft = self.posts.take(row)
            if draft is None or row.nip is None:
                continue
            by_nip[row.nip].append((row, draft.key))
            if row.starts_on:
                starts[draft.key] = min(row.starts_on, starts.get(draft.key, row.starts_on))
        self.posts.finish(starts)
        people = [
            person
            for nip, pairs in by_nip.items()
            if (person := self._plan_person(nip, pairs)) is not None
        ]
        self._check_numbers(people)
        self._check_emails(people)
        self._check_seats(people)
        return Plan([*self.posts.drafts.values()], people, self.faults, self._labels())

    def _labels(self) -> dict[PostKey, str]:
        posts = {**self.known.posts, **{key: d.post for key, d in self.posts.drafts.items()}}
        return {
            key: f"{post.title} ({self.known.opd_codes[key[0]]})" for key, post in posts.items()
        }

    def _plan_person(self, nip: str, pairs: list[tuple[Row, PostKey]]) -> PersonPlan | None:
        rows = [row for row, _key in pairs]
        told = self._told(rows)
        user, nip_change = self._find_user(nip, rows)
        if user is None and rows[0].old_nip:
            return None
        person = PersonPlan(user or self._new_user(nip), rows, is_new=user is None)
        person.nip_change = nip_change
        for name, value in told.items():
            before = getattr(person.user, name)
            if before != value:
                person.changes[name] = (before, value)
                setattr(person.user, name, value)
        person.terms = terms_module.of_assignments(
            self.known.assignments.get(person.user.pk, ()), self.known.post_keys
        )
        terms_module.merge(person.terms, pairs, on=self.on, faults=self.faults)
        self._settle_activity(person)
        return person

    def _told(self, rows: list[Row]) -> dict[str, Any]:
        """What the rows say of the person; two rows of one person may not disagree."""
        told: dict[str, Any] = {}
        for row in rows:
            for name in (*PERSONAL_FIELDS, "old_nip"):
                value = getattr(row, name)
                if value is not None and told.setdefault(name, value) != value:
                    self.faults.add(
                        row.number,
                        name,
                        _("Row %s says otherwise of the same person.") % rows[0].number,
                    )
        told.pop("old_nip", None)
        return told

    def _new_user(self, nip: str) -> User:
        facts = nip_module.parse(nip)
        return User(
            nip=nip,
            employment=facts.employment,
            # What `set_unusable_password` does, without a hasher's set-up for each person.
            password=UNUSABLE_PASSWORD_PREFIX + get_random_string(40),
        )

    def _find_user(self, nip: str, rows: list[Row]) -> tuple[User | None, NipChange | None]:
        user = self.known.users.get(nip)
        row = next((row for row in rows if row.old_nip), None)
        if row is None or row.old_nip is None:
            return user, None
        old = self.known.users.get(row.old_nip)
        if user is not None:
            # The change was made by an earlier run, or two different people are meant.
            if old is not None or (row.old_nip, nip) not in self.known.nip_changes:
                self.faults.add(
                    row.number, "old_nip", _("The new number belongs to somebody already.")
                )
            return user, None
        if old is None:
            self.faults.add(row.number, "old_nip", _("Nobody has this number."))
            return None, None
        if old.nip[:8] != nip[:8] and not row.reason:
            self.faults.add(
                row.number,
                "old_nip",
                _("The two numbers have different birth dates; give a reason if this is right."),
            )
        change = NipChange(
            user=old,
            old_nip=old.nip,
            new_nip=nip,
            reason=row.reason or _("Change of the number by an import"),
        )
        old.nip = nip
        return old, change

    def _settle_activity(self, person: PersonPlan) -> None:
        """Who has left can't log in; who gets a new post can again."""
        terms = person.terms
        gone = bool(terms) and not any(
            term.ends_on is None or term.ends_on >= self.on for term in terms
        )
        ended_now = any(
            "ends_on" in term.changes and not term.ended_by_move for term in person.changed_terms
        )
        goes = not any(term.ends_on is None for term in terms if term.is_definitive)
        person.left = bool(terms) and goes and (ended_now or (gone and person.user.is_active))
        if gone and person.user.is_active:
            person.changes["is_active"] = (True, False)
            person.user.is_active = False
        elif not gone and person.new_terms and not person.user.is_active:
            person.changes["is_active"] = (False, True)
            person.user.is_active = True

    def _check_numbers(self, people: list[PersonPlan]) -> None:
        """An old number belongs to one change, and to no row of its own."""
        present = {person.user.nip for person in people}
        seen: dict[str, int] = {}
        for person in people:
            for row in person.rows:
                if not row.old_nip:
                    continue
                first = seen.setdefault(row.old_nip, person.rows[0].number)
                if first != person.rows[0].number or row.old_nip in present:
                    self.faults.add(
                        row.number, "old_nip", _("Another row of this file uses this number.")
                    )

    def _check_emails(self, people: list[PersonPlan]) -> None:
        """A shared address would send one person's activation link to another."""
        seen: dict[str, PersonPlan] = {}
        for person in people:
            email = person.user.email.lower()
            if not email:
                continue
            row = next((row for row in person.rows if row.email), None)
            if row is None:
                continue
            if seen.setdefault(email, person) is not person:
                self.faults.add(
                    row.number,
                    "email",
                    _("Row %s has the same address.") % seen[email].rows[0].number,
                )
            owner = self.known.emails.get(email)
            before = person.nip_change.old_nip if person.nip_change else person.user.nip
            if owner and owner != before and owner not in self._giving_up(people):
                self.faults.add(row.number, "email", _("Somebody else has this address."))

    def _giving_up(self, people: list[PersonPlan]) -> set[str]:
        if not hasattr(self, "_gave_up"):
            self._gave_up = {
                person.user.nip
                for person in people
                if "email" in person.changes and not person.is_new
            }
        return self._gave_up

    def _check_seats(self, people: list[PersonPlan]) -> None:
        """A seat for one has one holder a day, counting those whom the file doesn't name."""
        touched: dict[PostKey, list[tuple[PersonPlan, Term]]] = defaultdict(list)
        mine: dict[PostKey, list[tuple[PersonPlan, Term]]] = defaultdict(list)
        for person in people:
            for term in person.terms:
                if not term.is_definitive or not self._is_single(term.post):
                    continue
                mine[term.post].append((person, term))
                if term.is_new or term.changes:
                    touched[term.post].append((person, term))
        ids = {post.pk for key in touched if (post := self.known.posts.get(key)) and post.pk}
        holders = self.known.holders(ids)
        planned = {person.user.pk for person in people}
        for key, changed in touched.items():
            post = self.known.posts.get(key)
            others = [
                holder
                for holder in holders.get(post.pk if post else 0, ())
                if holder.user_id not in planned
            ]
            self._check_seat(changed, mine[key], others)

    def _is_single(self, key: PostKey) -> bool:
        draft = self.posts.drafts.get(key)
        return (draft.post if draft else self.known.posts[key]).is_single_seat

    def _check_seat(
        self,
        changed: list[tuple[PersonPlan, Term]],
        planned: list[tuple[PersonPlan, Term]],
        others: list[Any],
    ) -> None:
        for person, term in changed:
            for rival, other in planned:
                if rival is person or not term.overlaps(other):
                    continue
                if other.number <= term.number or not (other.is_new or other.changes):
                    self._report_seat(term, rival.user, other.starts_on)
            for holder in others:
                if term.overlaps(Term(term.post, term.kind, holder.starts_on, holder.ends_on, "")):
                    self._report_seat(term, holder.user, holder.starts_on)

    def _report_seat(self, term: Term, holder: User, since: datetime.date) -> None:
        self.faults.add(
            term.number,
            "post_code",
            _("%(name)s (NIP %(nip)s) holds this post since %(day)s.")
            % {"name": holder.name, "nip": holder.nip, "day": f"{since:%d/%m/%Y}"},
        )
