"""Work outside the request: the mails of the door."""

from django_tasks import task

from audit.models import AuditEvent
from jobs.priorities import WAITED_FOR
from people import emails, events
from people.models import User


@task(queue_name="mail", priority=WAITED_FOR, atomic=True)
def send_password_reset(user_id: str) -> None:
    """Nothing for nobody: a request with an unknown number ends here, unseen."""
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is not None and user.has_usable_password():
        events.tell(events.LETTER_DUE, user, letter=emails.PASSWORD_RESET)


@task(queue_name="mail")
def tell_old_address(event_id: int) -> None:
    """The address stands in the event: a job holds nothing personal."""
    event = AuditEvent.objects.get(pk=event_id)
    user = User.objects.get(pk=event.target_id)
    emails.send_address_changed(user, to=event.data["before"])
