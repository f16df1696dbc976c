"""The mails about the way in: they can't wait for the notices app's preferences.

Addresses and codes go to the mail server only, never into a log or the audit trail.
"""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from people.models import User


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def send_activation(user: User, code: str) -> None:
    with translation.override(user.language):
        _send(
            user,
            subject=_("Your account of the conflict of interest portal"),
            template="people/email/activation.txt",
            url=absolute(reverse("activation_link", args=[code])),
            days=settings.ACTIVATION_DAYS,
        )


def send_password_reset(user: User, path: str) -> None:
    with translation.override(user.language):
        _send(
            user,
            subject=_("A new password for the conflict of interest portal"),
            template="people/email/password_reset.txt",
            url=absolute(path),
            hours=settings.PASSWORD_RESET_TIMEOUT // 3600,
        )


def send_address_changed(user: User, *, to: str) -> None:
    with translation.override(user.language):
        _send(
            user,
            subject=_("The e-mail address of your account was changed"),
            template="people/email/address_changed.txt",
            to=to,
        )


def _send(user: User, *, subject: str, template: str, to: str = "", **facts: object) -> None:
    body = render_to_string(template, {"person": user, "province": settings.PROVINCE, **facts})
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [to or user.email])
