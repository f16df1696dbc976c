"""What happens at the door: logins, passwords, second factors, sessions."""

import uuid

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from audit.services import record
from jobs.services import enqueue
from people import events, nip
from people.models import User
from people.services.checks import locked, require

# Stands for a number that belongs to nobody, so that both cases cost the same and the number
# typed (perhaps a password in the wrong field) is kept nowhere.
UNKNOWN_PERSON = uuid.UUID(int=0)


@transaction.atomic
def note_login(user: User, *, method: str, new_device: bool) -> None:
    record("account.login", by=user, target=user, method=method, new_device=new_device)
    if new_device:
        events.tell(events.LOGIN_FROM_NEW_DEVICE, user)


@transaction.atomic
def note_login_failure(nip_typed: str) -> None:
    user = User.objects.filter(nip=nip.normalise(nip_typed)[:40]).first()
    record("account.login_failed", by=None, target=user or User(pk=UNKNOWN_PERSON))


@transaction.atomic
def note_second_factor_failure(user: User) -> None:
    record("account.second_factor_failed", by=None, target=user)


@transaction.atomic
def note_password_changed(user: User, *, how: str) -> None:
    record("account.change_password", by=user, target=user, how=how)
    events.tell(events.PASSWORD_CHANGED, user)


@transaction.atomic
def note_second_factor(user: User, *, what: str) -> None:
    record("account.second_factor", by=user, target=user, what=what)
    events.tell(events.SECOND_FACTOR_CHANGED, user, what=what)


@transaction.atomic
def request_password_reset(*, nip_typed: str) -> None:
    """Queue a mail with a link, if there is somebody to send it to; the same work either way."""
    user = User.objects.filter(nip=nip.normalise(nip_typed)[:40], is_active=True).first()
    target = user or User(pk=UNKNOWN_PERSON)
    record("account.ask_password_reset", by=None, target=target)
    enqueue("people.tasks.send_password_reset", str(target.pk))


def end_sessions(user: User) -> int:
    """End all sessions of `user`; they are out at the next request."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def end_sessions_of(user: User, *, by: User | None, reason: str) -> int:
    require(by, "people.end_sessions_of_user", user)
    count = end_sessions(user)
    record("account.end_sessions", by=by, target=user, count=count, reason=reason)
    return count


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None, reason: str) -> None:
    """Forget authenticator app, passkeys and recovery codes, and end the sessions."""
    require(by, "people.reset_second_factor_of_user", user)
    user = locked(user)
    kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    record("account.reset_second_factor", by=by, target=user, kinds=kinds, reason=reason)
    events.tell(events.SECOND_FACTOR_CHANGED, user, what="reset")
