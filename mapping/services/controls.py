"""Controls of an area: who does what until when, the evidence, and whether it works."""

import datetime
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import record
from mapping import messages
from mapping.holders import holders
from mapping.models import Control, RiskArea
from mapping.services.ended import refuse_ended
from mapping.services.errors import MapError
from notices.reminders import Reminder
from people.models import User

DAYS_BEFORE = (14, 3, 0)


@transaction.atomic
def save_control(control: Control, *, area: RiskArea | None = None, by: User) -> Control:
    """Add a control to an area, or change a planned one."""
    added = control.pk is None
    if added:
        if area is None:
            raise ValueError("A new control needs its area.")
        refuse_ended(area.map)
        control.opd, control.row_key = area.map.opd, area.row_key
        control.area_words, control.created_by = str(area), by
    else:
        state = Control.objects.select_for_update(of=("self",)).get(pk=control.pk).state
        if state != Control.State.PLANNED:
            raise MapError(_("Only a planned control can be changed."))
    if not by.has_perm("mapping.change_control", control):
        raise PermissionDenied
    if control.owner_post.opd_id != control.opd_id:
        raise ValidationError({"owner_post": _("A row names only posts of its own OPD.")})
    control.full_clean()
    control.save()
    record(
        "control.add" if added else "control.change", by=by, target=control,
        due_on=str(control.due_on), post=control.owner_post.title,
    )  # fmt: skip
    if added:
        messages.tell_control(control)
    return control


def find_controls_due(*, on: datetime.date) -> Iterator[Reminder]:
    """Two weeks and three days before, on the day, and every Monday while it is late."""
    days = [on + datetime.timedelta(days=number) for number in DAYS_BEFORE]
    planned = Control.objects.unfinished()
    due = planned.filter(due_on__in=days)
    if on.weekday() == 0:
        due = due | planned.filter(due_on__lt=on)
    controls = list(due.select_related("owner_post").order_by("pk"))
    people = holders({control.owner_post_id for control in controls}, on=on)
    for control in controls:
        for user in people.get(control.owner_post_id, ()):
            yield Reminder(
                user=user,
                key=f"control:{control.pk}",
                kind="notices.reminder",
                title=gettext_lazy("A control of a risk area is due"),
                body=format_lazy(
                    gettext_lazy("It is due on {day}. Log in to the portal to report it."),
                    day=f"{control.due_on:%d-%m-%Y}",
                ),
                url=reverse("mapping:control_detail", args=[control.pk]),
            )
