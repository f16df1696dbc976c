"""What people are told when something happens.

One module a kind of declaration, each with `KINDS` (notice kind → name for the preferences)
and one function a message. How the audit trail says it is in `declarations.sentences`.
"""

from importlib import import_module
from pkgutil import iter_modules

from notices import kinds


def register_all() -> None:
    """Make every module's kinds known; called once, when the apps are ready."""
    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        for kind, label in module.KINDS.items():
            kinds.register(kind, label)
