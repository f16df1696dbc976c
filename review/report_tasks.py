"""Work for reports outside the request. Ids in, safe to run twice."""

from django.utils import timezone
from django_tasks import task

from review import report_messages
from review.models import ConflictReport


@task(queue_name="mail")
def tell_new_report(report_id: str) -> None:
    report_messages.tell_received(
        ConflictReport.objects.get(pk=report_id), on=timezone.localdate()
    )


@task(queue_name="mail")
def tell_answer(report_id: str, message_id: str) -> None:
    report_messages.tell_replied(
        ConflictReport.objects.get(pk=report_id), message_id, on=timezone.localdate()
    )
