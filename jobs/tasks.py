"""The queue's own housekeeping."""

from importlib import import_module

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from jobs import services


@task(max_attempts=2)
def clean_up() -> int:
    """Delete old finished jobs, expired sessions and expired cache entries."""
    now = timezone.now()
    deleted = services.clean_up(now=now)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    cache = settings.CACHES["default"]
    if cache["BACKEND"].endswith("DatabaseCache"):
        services.clean_cache(now=now, table=cache["LOCATION"])
    return deleted


@task
def nothing() -> None:
    """Does nothing: the benchmark and the health check measure the queue with it."""
