"""Letters with a secret in them: written when they are sent, so that no table holds the secret.

A letter that is sent again carries a new one; the newer counts.
"""

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.translation import gettext as _

from people import emails
from people.models import User
from people.models.access import ActivationChannel
from people.services.activation import make_activation_code
from people.services.errors import ServiceError


def _activation(user: User) -> emails.Words:
    code = make_activation_code(user, channel=ActivationChannel.LINK, by=None)
    return emails.activation_words(user, code)


def _password_reset(user: User) -> emails.Words:
    if not user.has_usable_password():
        raise ServiceError(_("This account has no password yet; it needs an activation link."))
    key = default_token_generator.make_token(user)
    uid = user_pk_to_url_str(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
    return emails.password_reset_words(user, path)


_WRITERS = {emails.ACTIVATION: _activation, emails.PASSWORD_RESET: _password_reset}


def write_letter(letter: str, user: User) -> emails.Words:
    """The words with a new secret; call it in the transaction that ends with the sending.

    `ServiceError` where the person may get none any more.
    """
    return _WRITERS[letter](user)
