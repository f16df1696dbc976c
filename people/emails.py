"""The mails about the way in: they can't wait for the notices app's preferences.

Addresses and codes go to the mail server only, never into a log or the audit trail.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from people.models import User

ACTIVATION, PASSWORD_RESET, ADDRESS_CHANGED = "activation", "password_reset", "address_changed"
SUBJECTS = {
    ACTIVATION: _("Your account of the conflict of interest portal"),
    PASSWORD_RESET: _("A new password for the conflict of interest portal"),
    ADDRESS_CHANGED: _("The e-mail address of your account was changed"),
}


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    body: str


def activation_words(user: User, code: str) -> Words:
    return _words(
        user,
        ACTIVATION,
        url=absolute(reverse("activation_link", args=[code])),
        days=settings.ACTIVATION_DAYS,
    )


def password_reset_words(user: User, path: str) -> Words:
    return _words(
        user,
        PASSWORD_RESET,
        url=absolute(path),
        hours=settings.PASSWORD_RESET_TIMEOUT // 3600,
    )


def send_address_changed(user: User, *, to: str) -> None:
    words = _words(user, ADDRESS_CHANGED, to=to)
    send_mail(words.subject, words.body, settings.DEFAULT_FROM_EMAIL, [to])


def _words(user: User, letter: str, **facts: object) -> Words:
    with translation.override(user.language):
        context = {"person": user, "province": settings.PROVINCE, **facts}
        body = render_to_string(f"people/email/{letter}.txt", context)
        return Words(str(SUBJECTS[letter]), body)
