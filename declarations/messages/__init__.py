"""What people are told when something happens, and how the audit trail says it.

One module a kind of declaration, each with `KINDS` (notice kind → name for the preferences),
`SENTENCES` (audit action → sentence after the actor's name) and one function a message.
"""

from importlib import import_module
from pkgutil import iter_modules

from audit import presentation
from notices import kinds


def register_all() -> None:
    """Make every module's kinds and sentences known; called once, when the apps are ready."""
    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        for kind, label in module.KINDS.items():
            kinds.register(kind, label)
        for action, sentence in module.SENTENCES.items():
            presentation.register(action, sentence)
