"""The accounts of the demonstration: one person for each role, found by their post.

They are chosen so that each has something to do: the declarant's superior, the head and the
OPD officer are those of the declarant's own OPD.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from people.models import Assignment, User
from people.roles import Role

DEMO_OPD = "04.02"
# Codes of posts, see `structure`; every size of a province has them.
DEMO_POSTS: dict[Role, str] = {
    Role.DECLARANT: "04.02.1.1",
    Role.SUPERIOR: "04.02.1",
    Role.OPD_HEAD: "04.02.00",
    Role.OPD_OFFICER: "04.02.S.1",
    Role.INSPECTOR: "03.1",
    Role.CHIEF_INSPECTOR: "03.00",
    Role.HR_ADMINISTRATOR: "05.04.1",
    Role.SYSTEM_ADMINISTRATOR: "04.14.1",
    Role.AUDITOR: "03.2",
}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    role: Role
    user: User
    post: str


def accounts(*, on: datetime.date) -> list[DemoAccount]:
    """One account for each role, in the order of the roles, of those who can log in."""
    found = {
        a.post.code: a
        for a in Assignment.objects.running(on=on)
        .definitive()
        .filter(post__code__in=DEMO_POSTS.values(), user__is_active=True)
        .select_related("user", "post")
    }
    return [
        DemoAccount(role, found[code].user, found[code].post.title)
        for role, code in DEMO_POSTS.items()
        if code in found and found[code].user.has_usable_password()
    ]
