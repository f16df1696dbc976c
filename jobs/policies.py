"""Who may look after the queue, and who may follow one job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

if TYPE_CHECKING:
    from jobs.models import Job
    from people.models import User


@rules.predicate
def is_system_administrator(user: User, job: Job | None = None) -> bool:
    return user.is_authenticated and user.has_role("system_administrator")


@rules.predicate
def asked_for_it(user: User, job: Job | None = None) -> bool:
    return job is not None and job.owner != "" and job.owner == str(user.pk)


can_follow = is_system_administrator | asked_for_it

rules.add_perm("jobs.view_job", is_system_administrator)
rules.add_perm("jobs.retry_job", is_system_administrator)
rules.add_perm("jobs.discard_job", is_system_administrator)
rules.add_perm("jobs.follow_job", can_follow)
