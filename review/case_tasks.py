"""Cases by the clock; safe to run twice."""

import logging

from django.utils import timezone
from django_tasks import task

from declarations.workflow.base import TransitionError
from review.services import case_reminders, presence
from review.workflow import case_requests

logger = logging.getLogger(__name__)


@task(max_attempts=3)
def lapse_case_requests() -> int:
    """Where no clarification came in time the review goes on without; one transaction each."""
    ended = 0
    for request in case_reminders.requests_lapsed(on=timezone.localdate()):
        try:
            case_requests.end(request, by=None)
        except TransitionError:
            continue  # Answered meanwhile.
        except Exception:
            logger.exception("The question %s could not be ended.", request.pk)
        else:
            ended += 1
    presence.forget(at=timezone.now())
    return ended
