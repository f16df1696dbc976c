"""Who is in charge of a post today."""

import datetime
from collections.abc import Collection

from people.models import Assignment, User


def holders(post_ids: Collection[int], *, on: datetime.date) -> dict[int, list[User]]:
    """Who is in charge today, by post; one query."""
    found: dict[int, list[User]] = {}
    running = Assignment.objects.running(on=on).filter(post__in=post_ids, user__is_active=True)
    for item in running.select_related("user").order_by("pk"):
        found.setdefault(item.post_id, []).append(item.user)
    return found
