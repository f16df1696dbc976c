"""The person: who they are, what number they carry, whether the account is open."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from jobs.services import enqueue
from people import events
from people import nip as nip_module
from people.models import NipChange, User
from people.services.access import end_sessions
from people.services.checks import locked, require
from people.services.errors import ServiceError

EDITABLE = ("name", "title_before", "title_after", "email", "employment", "grade")


@transaction.atomic
def add_person(person: User, *, by: User | None) -> User:
    """Write a new person without a password: the way in is an activation code."""
    require(by, "people.add_user")
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save(force_insert=True)
    record("person.add", by=by, target=person, nip=person.nip)
    return person


@transaction.atomic
def change_person(person: User, *, by: User | None) -> User:
    """Write the fields of `EDITABLE`; NIP and standing have services of their own."""
    require(by, "people.change_user", person)
    before = locked(person)
    person.full_clean(exclude=["password", "nip", "last_login"])
    changed = [name for name in EDITABLE if getattr(before, name) != getattr(person, name)]
    if changed:
        person.save(update_fields=changed)
        record(
            "person.change",
            by=by,
            target=person,
            before={name: getattr(before, name) for name in changed},
            after={name: getattr(person, name) for name in changed},
        )
    if "email" in changed:
        tell_of_address(person, before=before.email, by=by)
    return person


@transaction.atomic
def tell_of_address(person: User, *, before: str, by: User | None) -> None:
    """Links into the account go to the new address from now on: the old one hears of it, too."""
    if before:
        event = record("account.change_address", by=by, target=person, before=before)
        enqueue("people.tasks.tell_old_address", event.pk)
        events.tell(events.ADDRESS_CHANGED, person)


@transaction.atomic
def change_language(person: User, *, language: str, by: User) -> None:
    """One's own choice of language."""
    if by.pk != person.pk or language not in dict(settings.LANGUAGES):
        raise ServiceError(_("This language is not offered."))
    person.language = language
    person.save(update_fields=["language"])
    record("person.change_language", by=by, target=person, language=language)


@transaction.atomic
def change_nip(person: User, *, new_nip: str, by: User | None, reason: str) -> User:
    """Give another number; the old one stays in the history and opens nothing any more."""
    require(by, "people.change_nip_of_user", person)
    person = locked(person)
    digits = nip_module.parse(new_nip).digits
    if digits == person.nip:
        raise ServiceError(_("This is the number the person has already."))
    if User.objects.filter(nip=digits).exists():
        raise ServiceError(_("Somebody else has this NIP."))
    old_nip, person.nip = person.nip, digits
    person.save(update_fields=["nip"])
    NipChange.objects.create(
        user=person, old_nip=old_nip, new_nip=digits, reason=reason, changed_by=by
    )
    record("person.change_nip", by=by, target=person, before=old_nip, after=digits, reason=reason)
    events.tell(events.NIP_CHANGED, person)
    return person


@transaction.atomic
def deactivate(person: User, *, by: User | None, reason: str) -> User:
    """Close the account; its holder is out at the next request."""
    require(by, "people.deactivate_user", person)
    person = locked(person)
    if not person.is_active:
        raise ServiceError(_("This account is closed already."))
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(person)
    record("person.deactivate", by=by, target=person, reason=reason)
    return person


@transaction.atomic
def reactivate(person: User, *, by: User | None, reason: str) -> User:
    require(by, "people.reactivate_user", person)
    person = locked(person)
    if person.is_active:
        raise ServiceError(_("This account is open already."))
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("person.reactivate", by=by, target=person, reason=reason)
    return person


@transaction.atomic
def link_identity(person: User, *, provider: str, uid: str) -> SocialAccount:
    """Tie an identity of the province's OpenID Connect to a person, once."""
    person = locked(person)
    if SocialAccount.objects.filter(user=person, provider=provider).exists():
        raise ServiceError(_("Another identity is linked to this account already."))
    account = SocialAccount.objects.create(user=person, provider=provider, uid=uid)
    record("account.link_identity", by=person, target=person, provider=provider)
    return account


def forget_claims(account: SocialAccount) -> None:
    """What the provider says of a person at each login is stored otherwise; we need none of it."""
    account.extra_data = {}
    account.save(update_fields=["extra_data"])
