"""F1 on the home page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from declarations.models import InterestRegister
from declarations.panels import CHECK, MOST_ENTRIES, OWN, Entry, Panel
from declarations.services import registers
from declarations.views.registers.editing import REGISTER_EDITING


def register_panels(user, on) -> Iterator[Panel]:
    yield own_panel(user, on)
    if user.has_perm("declarations.list_checks"):
        yield queue_panel(
            _("Registers to check"),
            "declarations:register_checks",
            "declarations:register_review",
            InterestRegister.objects.to_check(user),
            _("Check"),
        )
    if user.has_perm("declarations.list_acknowledgements"):
        yield queue_panel(
            _("Registers to acknowledge"),
            "declarations:register_acknowledgements",
            "declarations:register_acknowledge",
            InterestRegister.objects.to_acknowledge(user),
            _("Read and sign"),
        )


def own_panel(user, on) -> Panel:
    duty = registers.duty_of(user, on=on)
    entries = []
    if duty.current is not None:
        entries.append(_current(duty, on))
    elif duty.occasion is not None:
        entries.append(_due(duty, on))
    if duty.in_force is not None:
        entries.append(_in_force(duty.in_force))
    start = None
    if duty.current is None and duty.occasion is None:
        label = _("Report a change") if duty.in_force else _("Begin a register")
        start = (label, reverse("declarations:register_start"), False)
    return Panel(
        OWN,
        _("Register of interests"),
        tuple(entries),
        icon="list",
        more_url=reverse("declarations:register_list"),
        more_label=_("All my registers"),
        empty=_("You have no register of interests, and none is due."),
        start=start,
        order=10,
    )


def _current(duty, on) -> Entry:
    register = duty.current
    action, url = "", ""
    if register.state == "draft":
        action, url = _("Continue"), REGISTER_EDITING.url("tasks", register)
    elif register.state == "returned":
        action, url = _("See what is missing"), register.get_absolute_url()
    return Entry(
        _("Register of interests %(year)s") % {"year": register.year},
        register.get_absolute_url(),
        text=register.get_occasion_display(),
        state=register.state,
        state_label=register.get_state_display(),
        due_on=None if register.state == "sent" else register.due_on,
        is_late=duty.is_late(on),
        action=action,
        action_url=url,
    )


def _due(duty, on) -> Entry:
    return Entry(
        _("Register of interests %(year)s") % {"year": on.year},
        reverse("declarations:register_start"),
        text=duty.occasion.label,
        state="overdue" if duty.is_late(on) else "due_soon",
        state_label=_("Overdue") if duty.is_late(on) else _("Due"),
        due_on=duty.due_on,
        is_late=duty.is_late(on),
        action=_("Begin now"),
        action_url=reverse("declarations:register_start"),
    )


def _in_force(register) -> Entry:
    return Entry(
        register.number or _("Register of interests %(year)s") % {"year": register.year},
        register.get_absolute_url(),
        text=_("In force") if register.state == "accepted" else "",
        state=register.state,
        state_label=register.get_state_display(),
    )


def queue_panel(heading, list_name, page_name, rows, action) -> Panel:
    found = list(rows.for_list().order_by("sent_at", "pk")[: MOST_ENTRIES + 1])
    entries = tuple(
        Entry(
            register.declarant.full_name,
            register.get_absolute_url(),
            text=register.number,
            state=register.state,
            state_label=register.get_state_display(),
            action=action,
            action_url=reverse(page_name, args=[register.pk]),
        )
        for register in found[:MOST_ENTRIES]
    )
    return Panel(
        CHECK,
        heading,
        entries,
        icon="tasks",
        more_url=reverse(list_name),
        more_label=_("See all") if len(found) > MOST_ENTRIES else _("The whole list"),
        empty=_("Nothing waits here."),
        order=20,
    )
