"""The first way in: a link by mail or a printed code, for one use and some days."""

import datetime
import hashlib
import re
import secrets

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from people import emails, events, nip
from people.models import ActivationCode, User
from people.models.access import ActivationChannel
from people.services.access import end_sessions
from people.services.checks import locked, require
from people.services.errors import ServiceError

# Without I, L, O and U: nothing that a pen makes ambiguous.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRINTED_LENGTH = 16  # 80 bits, asked for together with the NIP and a few times a minute at most
LINK_BYTES = 16
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def _new_code(channel: str) -> str:
    if channel == ActivationChannel.LINK:
        return secrets.token_hex(LINK_BYTES).upper()
    return "".join(secrets.choice(ALPHABET) for _ in range(PRINTED_LENGTH))


def display(code: str) -> str:
    """In groups of four, as it is printed."""
    return "-".join(re.findall(".{1,4}", code))


def normalise(code: str) -> str:
    """What people type back: any case, any grouping, O for 0."""
    return re.sub(r"[\s\-.]", "", code or "").upper().translate(_MISREAD)


def _digest(code: str) -> str:
    return hashlib.sha256(normalise(code).encode()).hexdigest()


@transaction.atomic
def make_activation_code(user: User, *, channel: str, by: User | None, reason: str = "") -> str:
    """A new code, told once; earlier ones of the person stop working.

    For an account that was in use it takes away the password, ends the sessions and wants a
    reason: this is how somebody without e-mail gets back in.
    """
    user = _without_password(user, channel=channel, by=by, reason=reason)
    now = timezone.now()
    user.activation_codes.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    code = _new_code(channel)
    ActivationCode.objects.create(
        user=user,
        channel=channel,
        code_sha256=_digest(code),
        created_by=by,
        expires_at=now + datetime.timedelta(days=settings.ACTIVATION_DAYS),
    )
    record("account.make_code", by=by, target=user, channel=str(channel), reason=reason)
    return code


@transaction.atomic
def send_activation_link(user: User, *, by: User | None, reason: str = "") -> None:
    """A link to the address on file; its code is made when it is sent."""
    user = _without_password(user, channel=ActivationChannel.LINK, by=by, reason=reason)
    record("account.send_link", by=by, target=user, reason=reason)
    events.tell(events.LETTER_DUE, user, letter=emails.ACTIVATION)


def _without_password(user: User, *, channel: str, by: User | None, reason: str) -> User:
    """The locked row of somebody who may get a code, with the old way in shut."""
    require(by, "people.make_code_for_user", user)
    user = locked(user)
    if not user.is_active:
        raise ServiceError(_("This account is closed. Open it again first."))
    if channel == ActivationChannel.LINK and not user.email:
        raise ServiceError(_("This person has no e-mail address on file. Print a code instead."))
    if user.has_usable_password():
        if not reason:
            raise ServiceError(_("This account is in use. Give the reason for a new code."))
        user.set_unusable_password()
        user.save(update_fields=["password"])
        end_sessions(user)
    return user


@transaction.atomic
def make_printed_codes(users: list[User], *, by: User) -> list[tuple[User, str]]:
    """One slip a person, for those who were never in; people the caller may not manage are left
    out."""
    slips = []
    for user in users:
        if not user.has_usable_password() and by.has_perm("people.make_code_for_user", user):
            code = make_activation_code(user, channel=ActivationChannel.PRINTED, by=by)
            slips.append((user, code))
    return slips


def find_code(nip_typed: str, code: str) -> ActivationCode | None:
    """The valid code of that person, held until the transaction ends; two users of one code
    come here one after the other, and the second finds it used."""
    return (
        ActivationCode.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(
            code_sha256=_digest(code),
            user__nip=nip.normalise(nip_typed),
            user__is_active=True,
            used_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        .first()
    )


@transaction.atomic
def activate(*, nip_typed: str, code: str, password: str) -> User:
    """Set the first password and use up the code. `ValidationError` for a weak password."""
    found = find_code(nip_typed, code)
    if found is None:
        raise ServiceError(
            _("NIP and code do not fit together, or the code was used or has expired.")
        )
    user = found.user
    validate_password(password, user)
    found.used_at = timezone.now()
    found.save(update_fields=["used_at"])
    user.set_password(password)
    user.save(update_fields=["password"])
    user.activation_codes.filter(used_at__isnull=True).update(expires_at=timezone.now())
    end_sessions(user)
    record("account.activate", by=user, target=user, channel=found.channel)
    events.tell(events.ACCOUNT_ACTIVATED, user)
    return user
