"""What may go wrong with a report, in words for the person."""

from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Lower, StrIndex
from django.utils.translation import gettext as _

from people.models import User


class ReportError(Exception):
    """The step isn't possible; the text is for the user."""


def check_names_nobody(text: str, *, allowed: str = "") -> None:
    """A message to a reporter tells nothing of third persons: no number, no name of anybody.

    `allowed` is what the reporter wrote: whom they named they know already. Names of one word
    can't be told from other words and pass.
    """
    digits = "".join(character for character in text if character.isdigit() or character == " ")
    if any(len(part) >= 16 for part in digits.split()):
        raise ValidationError(_("The message holds a NIP or NIK. Leave numbers of people out."))
    named = _people_named_in(text)
    said = allowed.casefold()
    told = sorted({name for name in named if name.casefold() not in said})
    if told:
        raise ValidationError(
            _("The message names %(names)s. The reporter isn't told about other people."),
            params={"names": ", ".join(told[:5])},
        )


def _people_named_in(text: str) -> list[str]:
    """One pass over all names, in the database."""
    found = (
        User.objects.filter(name__contains=" ")
        .annotate(place=StrIndex(Lower(Value(text)), Lower("name")))
        .filter(place__gt=0)
    )
    return list(found.values_list("name", flat=True)[:50])
