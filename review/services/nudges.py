"""Reminding somebody of their register of interests, once a day."""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import record
from notices.services import notify
from people.models import Opd, User
from review.models import Nudge
from review.services.desk import undeclared


class NudgeError(Exception):
    """This person can't be reminded now; the text is for the user."""


@transaction.atomic
def remind(person: User, *, opd: Opd, on: datetime.date, by: User) -> Nudge:
    """Tell `person` that their register is due. The constraint settles two clicks at once."""
    if not by.has_perm("review.add_nudge", opd):
        raise PermissionDenied
    if person.pk == by.pk:
        raise NudgeError(_("Nobody reminds themselves."))
    if not undeclared(opd, on=on).filter(pk=person.pk).exists():
        raise NudgeError(_("%(name)s has signed already.") % {"name": person.full_name})
    try:
        with transaction.atomic():
            nudge = Nudge.objects.create(
                person=person, opd=opd, year=on.year, sent_on=on, sent_by=by
            )
    except IntegrityError as error:
        text = _("%(name)s was reminded today already.") % {"name": person.full_name}
        raise NudgeError(text) from error
    notify(
        person,
        kind="review.reminded",
        title=gettext_lazy("The head of your OPD reminds you of your register of interests"),
        body=gettext_lazy(
            "Last year's answers come back; most people only sign that nothing changed."
        ),
        url=reverse("declarations:register_start"),
        dedupe_key=f"review.nudge:{on}",
    )
    record("nudge.send", by=by, target=nudge, year=on.year, person=str(person.pk))
    return nudge
