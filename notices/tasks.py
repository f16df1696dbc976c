"""What the notices do outside a request."""

from django.utils import timezone
from django_tasks import task

from jobs.priorities import IN_BULK
from jobs.services import enqueue
from notices import reminders, services, workflow
from notices.models import Preference
from notices.states import Delivery
from people.models import User


@task(queue_name="mail", priority=IN_BULK, time_limit=60)
def send_email(email_id: int) -> None:
    workflow.deliver(email_id)


@task(queue_name="mail")
def sweep() -> int:
    """Send what was left behind: its job was lost, discarded, or died while sending."""
    return workflow.sweep(now=timezone.now())


@task(max_attempts=3, time_limit=1_800)
def remind() -> int:
    return reminders.run(on=timezone.localdate())


@task
def send_digests() -> int:
    """One job a person, so that one failure keeps nobody else waiting."""
    users = Preference.objects.filter(delivery=Delivery.DAILY).values_list("user_id", flat=True)
    for user_id in users.iterator():
        enqueue(send_digest, str(user_id))
    return len(users)


@task(queue_name="mail", atomic=True)
def send_digest(user_id: str) -> None:
    services.send_digest(User.objects.get(pk=user_id), now=timezone.now())


@task(max_attempts=2)
def clean_up() -> int:
    return services.clean_up(now=timezone.now())
