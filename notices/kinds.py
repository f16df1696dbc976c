"""What notices are about; each app registers its kinds in `AppConfig.ready()`.

    kinds.register("declaration.returned", _("Your declaration was sent back"))
    kinds.register("account.security", _("Security of your account"), is_mandatory=True)

A person may switch the e-mail of a kind off, except where it is mandatory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from people.emails import ACTIVATION, PASSWORD_RESET

# Whose words are not in the outbox: they hold a secret and are written at the sending.
LETTERS = {"account.activation": ACTIVATION, "account.password_reset": PASSWORD_RESET}
_kinds: dict[str, Kind] = {}


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    label: Any
    is_mandatory: bool = False


def register(name: str, label: Any, *, is_mandatory: bool = False) -> None:
    kind = Kind(name, label, is_mandatory)
    known = _kinds.setdefault(name, kind)
    if known.is_mandatory != is_mandatory:
        raise ImproperlyConfigured(f"The kind of notice {name} is registered twice.")


def get(name: str) -> Kind:
    try:
        return _kinds[name]
    except KeyError:
        raise ImproperlyConfigured(
            f"{name} is no kind of notice: register it with notices.kinds.register."
        ) from None


def optional() -> list[Kind]:
    return [kind for kind in _kinds.values() if not kind.is_mandatory]
