"""The worker's part: make files, and look after those that could not be made."""

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django_tasks import task

from jobs import progress
from jobs.priorities import WAITED_FOR
from statements import production, services
from statements.models import Document, Signature
from statements.services import DocumentError
from statements.states import SignatureState, State

MAX_ATTEMPTS = 4
# Longer than all attempts with their pauses: what still waits then was lost with its worker.
LOST_AFTER = datetime.timedelta(minutes=30)
RETRY_AFTER = datetime.timedelta(hours=1)
GIVE_UP_AFTER = datetime.timedelta(days=7)


@task(queue_name="documents", priority=WAITED_FOR, max_attempts=MAX_ATTEMPTS, time_limit=120)
def render_and_sign(document_id: str) -> None:
    try:
        production.render_and_sign(document_id)
    except Exception as error:
        if _is_last_attempt():
            production.note_failure(document_id, error=type(error).__name__)
        raise


@task(queue_name="documents", time_limit=300)
def look_after_failed() -> int:
    """Try again what failed an hour ago and what was lost; how many."""
    now = timezone.now()
    waiting = Signature.objects.filter(document=OuterRef("pk"))
    lost = waiting.filter(state=SignatureState.REQUESTED, requested_at__lt=now - LOST_AFTER)
    failed = waiting.filter(
        state=SignatureState.FAILED,
        requested_at__lt=now - RETRY_AFTER,
        requested_at__gt=now - GIVE_UP_AFTER,
    )
    documents = Document.objects.filter(
        Q(Exists(lost)) | Q(Exists(failed)), state__in=(State.PENDING, State.FAILED, State.SIGNED)
    ).order_by("created_at")
    count = 0
    for document in documents[:200]:
        if document.signatures.filter(state=SignatureState.REQUESTED).exists():
            render_and_sign.enqueue(str(document.pk))
            count += 1
            continue
        try:
            services.retry_document(document, by=None)
        except DocumentError:
            continue
        count += 1
    return count


def _is_last_attempt() -> bool:
    reporter = progress.current.get()
    return reporter is not None and reporter.run.attempt >= reporter.run.max_attempts
