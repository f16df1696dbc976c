"""What happens to an account, told to whoever asked.

The apps above (notices, say) must hear of a login from an unknown device or of a new password,
and `people` may not know them: they call `listen` in their `AppConfig.ready()`. Listeners run
inside the transaction of what happened, so a message they queue commits with it.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from people.models import User

LOGIN_FROM_NEW_DEVICE = "login_from_new_device"
PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- the name of an event
SECOND_FACTOR_CHANGED = "second_factor_changed"
ACCOUNT_ACTIVATED = "account_activated"
ADDRESS_CHANGED = "address_changed"
NIP_CHANGED = "nip_changed"
LETTER_DUE = "letter_due"  # with `letter`, one of `people.emails`
NAMES = frozenset(
    {
        *(LOGIN_FROM_NEW_DEVICE, PASSWORD_CHANGED, SECOND_FACTOR_CHANGED, ACCOUNT_ACTIVATED),
        *(ADDRESS_CHANGED, NIP_CHANGED, LETTER_DUE),
    }
)

Listener = Callable[..., None]
_listeners: dict[str, list[Listener]] = defaultdict(list)


def listen(name: str, listener: Listener) -> None:
    """`listener(user, **facts)` hears every event of that name; twice the same counts once."""
    if name not in NAMES:
        raise ValueError(name)
    if listener not in _listeners[name]:
        _listeners[name].append(listener)


def tell(name: str, user: "User", **facts: Any) -> None:
    for listener in _listeners[name]:
        listener(user, **facts)
