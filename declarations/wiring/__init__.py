"""What declarations hang on to elsewhere: menu, home page, reminders, schedule, documents.

One module a kind of declaration with a `wire()`; each is called once, when the apps are ready.
"""

from importlib import import_module
from pkgutil import iter_modules


def wire_all() -> None:
    for found in iter_modules(__path__):
        import_module(f"{__name__}.{found.name}").wire()
