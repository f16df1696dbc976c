"""The tasks of a control plan, held against what a form alone can't know."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from declarations.models.plans import Effect
from declarations.services.measures import Fault, found_people, unknown_nip
from people.models import User


@dataclass(frozen=True, slots=True)
class CheckedTasks:
    """`owners` by NIP; `faults` forbid the start."""

    owners: dict[str, User] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def evaluation_fault(values: Mapping[str, Any]) -> str:
    """F7: what does not work yet needs a next step."""
    if values["effect"] in (Effect.PARTLY, Effect.NOT) and not values["next_steps"]:
        return _("While the controls are not effective, say what is done next.")
    return ""


def check(rows: Iterable[Mapping[str, Any]], *, on: datetime.date) -> CheckedTasks:
    """Owners exist, nothing is due in the past, there is something to do."""
    rows = list(rows)
    owners = found_people(row.get("owner") for row in rows)
    faults = []
    for row in rows:
        key, owner, due_on = row.get("key"), row.get("owner"), row.get("due_on")
        if owner and owner not in owners:
            faults.append(Fault(unknown_nip(owner), key, "owner"))
        if due_on and due_on < on:
            faults.append(Fault(_("A task cannot be due in the past."), key, "due_on"))
    if not rows:
        faults.append(Fault(_("A plan has at least one task.")))
    return CheckedTasks(owners, faults)
