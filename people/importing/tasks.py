"""Work outside the request: checking a file and taking it over."""

from django.db import DatabaseError
from django_tasks import task

from jobs.exceptions import GiveUp, LeaseLost
from people.importing import batches

HALF_AN_HOUR = 1_800


@task(max_attempts=3, time_limit=HALF_AN_HOUR)
def check(batch_id: str) -> None:
    _or_fail(batch_id, batches.run_check, batch_id)


@task(max_attempts=3, time_limit=HALF_AN_HOUR)
def commit(batch_id: str, by_id: str) -> None:
    _or_fail(batch_id, batches.run_commit, batch_id, by_id)


def _or_fail(batch_id: str, step: object, *args: str) -> None:
    try:
        step(*args)  # type: ignore[operator]
    except (DatabaseError, LeaseLost):
        raise  # The database may come back: the queue tries again.
    except Exception as error:
        batches.fail(batch_id)
        raise GiveUp(f"{type(error).__name__}: {error}") from error
