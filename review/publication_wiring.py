"""What the province's page, campaigns and publications hang on to elsewhere."""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobs import schedule
from people import navigation
from people.models import User
from review import publication_policies, publication_tasks  # noqa: F401 -- adds permissions

REFRESH_EVERY = datetime.timedelta(seconds=10)


def menu(user: User) -> Iterator[navigation.Item]:
    if user.has_perm("review.view_dashboard"):
        yield navigation.Item(
            _("The province on one page"), reverse("review:dashboard"), "dashboard", order=46
        )


def wire() -> None:
    navigation.register(menu)
    schedule.register("review.summaries", publication_tasks.refresh_summaries, every=REFRESH_EVERY)
    schedule.register(
        "review.rebuild_summaries",
        publication_tasks.rebuild_summaries,
        daily_at=datetime.time(0, 20),
    )
