"""The life of a document and of each signature in it, as data.

The database triggers, the services and the tests read these tables.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PENDING = "pending", _("Being prepared")
    SIGNED = "signed", _("In force")
    FAILED = "failed", _("Preparation failed")
    SUPERSEDED = "superseded", _("Superseded")
    REVOKED = "revoked", _("Revoked")


class SignatureState(models.TextChoices):
    REQUESTED = "requested", _("Being signed")
    SIGNED = "signed", _("Signed")
    FAILED = "failed", _("Signing failed")


class ProofMethod(models.TextChoices):
    PASSWORD = "password", _("Password")
    PASSKEY = "passkey", _("Passkey")
    TOTP = "totp", _("Authenticator app")


@dataclass(frozen=True, slots=True)
class Transition:
    name: str
    sources: tuple[State, ...]
    target: State


SIGN = Transition("complete", (State.PENDING, State.FAILED), State.SIGNED)
FAIL = Transition("fail", (State.PENDING,), State.FAILED)
RETRY = Transition("retry", (State.FAILED,), State.PENDING)
# A correction may come before the file of what it corrects was made.
SUPERSEDE = Transition("supersede", (State.PENDING, State.FAILED, State.SIGNED), State.SUPERSEDED)
REVOKE = Transition(
    "revoke", (State.PENDING, State.FAILED, State.SIGNED, State.SUPERSEDED), State.REVOKED
)

TRANSITIONS = (SIGN, FAIL, RETRY, SUPERSEDE, REVOKE)
EDGES = [(str(source), str(t.target)) for t in TRANSITIONS for source in t.sources]
SIGNATURE_EDGES = [
    ("requested", "signed"),
    ("requested", "failed"),
    ("failed", "requested"),
    ("failed", "signed"),
]
