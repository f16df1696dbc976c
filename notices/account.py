"""Tells people what happened to their account; these mails can't be switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from notices import kinds
from notices.services import notify, post
from people import events
from people.emails import SUBJECTS

if TYPE_CHECKING:
    from people.models import User

KIND = "account.security"
NOT_YOU = _("If this was not you, change your password now and tell the system administrator.")
TITLES = {
    events.LOGIN_FROM_NEW_DEVICE: _("Sign-in from a new device"),
    events.PASSWORD_CHANGED: _("Your password was changed"),
    events.SECOND_FACTOR_CHANGED: _("Your second factor was changed"),
    events.ACCOUNT_ACTIVATED: _("Your account is active"),
    events.ADDRESS_CHANGED: _("The e-mail address of your account was changed"),
    events.NIP_CHANGED: _("The NIP with which you sign in was changed"),
}


def post_letter(user: User, *, letter: str) -> None:
    """Into the outbox without its words: they hold a secret, and are written when it is sent."""
    kind = next(kind for kind, name in kinds.LETTERS.items() if name == letter)
    post(user, kind=kind, subject=SUBJECTS[letter], body="")


def listen_to_accounts() -> None:
    events.listen(events.LETTER_DUE, post_letter)
    for name in TITLES:
        events.listen(name, _LISTENERS[name])


def _listener(name: str) -> Any:
    def tell(user: User, **_facts: Any) -> None:
        notify(user, kind=KIND, title=TITLES[name], body=NOT_YOU)

    return tell


_LISTENERS = {name: _listener(name) for name in TITLES}
