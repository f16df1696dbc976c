"""Work outside the request: the mails of the door. Safe to run twice; the newer link counts."""

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django_tasks import task

from audit.models import AuditEvent
from people import emails
from people.models import User
from people.models.access import ActivationChannel
from people.services import make_activation_code


@task(queue_name="mail")
def send_activation_link(user_id: str, by_id: str) -> None:
    user = User.objects.get(pk=user_id)
    by = User.objects.filter(pk=by_id).first() if by_id else None
    with transaction.atomic():
        code = make_activation_code(user, channel=ActivationChannel.LINK, by=by)
        emails.send_activation(user, code)


@task(queue_name="mail")
def send_password_reset(user_id: str) -> None:
    """Nothing for nobody: a request with an unknown number ends here, unseen."""
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is None or not user.has_usable_password():
        return
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    emails.send_password_reset(user, path)


@task(queue_name="mail")
def tell_old_address(event_id: int) -> None:
    """The address stands in the event: a job holds nothing personal."""
    event = AuditEvent.objects.get(pk=event_id)
    user = User.objects.get(pk=event.target_id)
    emails.send_address_changed(user, to=event.data["before"])
