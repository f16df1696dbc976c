"""Carrying out a plan: everything in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from audit.services import record_many
from people import events, services
from people.importing.planning import PersonPlan, Plan
from people.importing.posts import PostDraft
from people.importing.terms import Term
from people.models import Assignment, NipChange, Post, User

Report = Callable[[int, int, str], None]
BATCH = 2_000
# One import at a time; "people" in the numbers of a telephone's keys.
LOCK = 736753
USER_FIELDS = (
    "nip", "name", "title_before", "title_after", "email", "employment", "grade", "is_active",
)  # fmt: skip
POST_FIELDS = (
    "title", "unit", "level", "is_opd_head", "is_obliged", "obliged_because", "superior",
)  # fmt: skip


def silent(done: int, total: int, label: str) -> None:
    """For callers that show no progress."""


def lock_imports() -> None:
    """Wait for another import to end; held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def carry_out(plan: Plan, *, by: User | None, report: Report = silent) -> None:
    """Write the plan. It must be fresh and without fault: made under `lock_imports`."""
    if plan.faults:
        raise ValueError("A plan with faults is not carried out.")
    _write_posts(plan)
    written = [person for person in plan.people if person.outcome != "unchanged"]
    report(1, 4, "posts")
    _write_users(written, by=by)
    report(2, 4, "people")
    _write_assignments(plan, written)
    report(3, 4, "assignments")
    record_many(_events(plan, written), by=by, batch_size=BATCH)
    _tell(written, by=by)
    report(4, 4, "events")


def _tell(people: list[PersonPlan], *, by: User | None) -> None:
    """As the pages do: who got another address or number hears of it."""
    for person in people:
        if not person.is_new and "email" in person.changes:
            before = person.changes["email"][0]
            services.tell_of_address(person.user, before=before, by=by)
        if person.nip_change:
            events.tell(events.NIP_CHANGED, person.user)


def _write_posts(plan: Plan) -> None:
    # A head that is one no longer makes room first: an OPD has one head at any time.
    former = [d.post for d in plan.changed_posts if d.changes.get("is_opd_head") == (True, False)]
    Post.objects.bulk_update(former, ["is_opd_head"], batch_size=BATCH)
    Post.objects.bulk_create([draft.post for draft in plan.new_posts], batch_size=BATCH)
    ids = {draft.key: draft.post.pk for draft in plan.posts}
    if missing := {d.superior for d in plan.posts_to_write if d.superior} - ids.keys():
        for post in Post.objects.filter(code__in={code for _opd, code in missing}):
            ids.setdefault((post.opd_id, post.code), post.pk)
    for draft in plan.posts_to_write:
        if draft.superior:
            draft.post.superior_id = ids[draft.superior]
    with_superior = [draft.post for draft in plan.new_posts if draft.superior]
    Post.objects.bulk_update(with_superior, ["superior"], batch_size=500)
    changed = [draft.post for draft in plan.changed_posts]
    Post.objects.bulk_update(changed, POST_FIELDS, batch_size=200)


def _write_users(people: list[PersonPlan], *, by: User | None) -> None:
    changed = [p.user for p in people if not p.is_new and (p.changes or p.nip_change)]
    User.objects.bulk_update(changed, USER_FIELDS, batch_size=200)
    User.objects.bulk_create([p.user for p in people if p.is_new], batch_size=BATCH)
    changes = [person.nip_change for person in people if person.nip_change]
    for change in changes:
        change.changed_by = by
    NipChange.objects.bulk_create(changes, batch_size=BATCH)


def _write_assignments(plan: Plan, people: list[PersonPlan]) -> None:
    """Ends before beginnings, so that no two periods ever overlap on the way."""
    changed = [term for person in people for term in person.changed_terms]
    earlier = [term for term in changed if _ends_earlier(term)]
    later = [term for term in changed if not _ends_earlier(term)]
    for terms in (earlier, later):
        rows = []
        for term in terms:
            if (assignment := term.assignment) is not None:
                assignment.ends_on, assignment.decree = term.ends_on, term.decree
                rows.append(assignment)
        Assignment.objects.bulk_update(rows, ["ends_on", "decree"], batch_size=500)
    posts = _posts_of(plan)
    new = [
        Assignment(
            user=person.user,
            post_id=posts[term.post].pk,
            kind=term.kind,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            decree=term.decree,
            is_single_seat=posts[term.post].is_single_seat,
        )
        for person in people
        for term in person.new_terms
    ]
    Assignment.objects.bulk_create(new, batch_size=BATCH)


def _ends_earlier(term: Term) -> bool:
    before, after = term.changes.get("ends_on", (None, None))
    return after is not None and (before is None or after < before)


def _posts_of(plan: Plan) -> dict[Any, Post]:
    """Every new assignment's post stands in the file, so in a draft."""
    return {draft.key: draft.post for draft in plan.posts}


Happening = tuple[str, Any, dict[str, Any]]


def _events(plan: Plan, people: list[PersonPlan]) -> Iterator[Happening]:
    for draft in plan.posts_to_write:
        yield _post_event(draft)
    for person in people:
        if person.is_new:
            yield "person.add", person.user, {"nip": person.user.nip}
        elif person.changes:
            yield "person.change", person.user, {"changes": _plain(person.changes)}
        if person.nip_change:
            change = person.nip_change
            yield (
                "person.change_nip",
                person.user,
                {"before": change.old_nip, "after": change.new_nip, "reason": change.reason},
            )
        for term in person.changed_terms:
            yield (
                "assignment.change",
                person.user,
                {"post": plan.post_labels[term.post], "changes": _plain(term.changes)},
            )
        for term in person.new_terms:
            yield (
                "assignment.start",
                person.user,
                {
                    "post": plan.post_labels[term.post],
                    "kind": term.kind,
                    "starts_on": str(term.starts_on),
                },
            )


def _post_event(draft: PostDraft) -> Happening:
    if draft.is_new:
        return "post.add", draft.post, {}
    return "post.change", draft.post, {"changes": _plain(draft.changes)}


def _plain(changes: dict[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    """Before and after as JSON holds them."""
    return {
        name: [value if isinstance(value, bool | None) else str(value) for value in pair]
        for name, pair in changes.items()
    }
