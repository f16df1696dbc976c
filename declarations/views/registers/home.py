"""F1 on the home page."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.addresses import address
from declarations.panels import CHECK, OWN, Entry, Panel
from declarations.services import registers
from declarations.services.desk import desk_of
from declarations.views.registers.editing import REGISTER_EDITING


def register_panels(user, on) -> Iterator[Panel]:
    yield own_panel(user, on)
    desk = desk_of(user, on=on)
    if user.has_perm("declarations.list_checks"):
        yield queue_panel(
            _("Registers to check"),
            address("declarations:register_checks"),
            desk.to_check,
            _("Check"),
        )
    if user.has_perm("declarations.list_acknowledgements"):
        yield queue_panel(
            _("Registers to acknowledge"),
            address("declarations:register_acknowledgements"),
            desk.to_acknowledge,
            _("Read and sign"),
        )


def own_panel(user, on) -> Panel:
    duty = registers.duty_of(user, on=on, read_limit=registers.kept_limit)
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
        start = (label, address("declarations:register_start"), False)
    return Panel(
        OWN,
        _("Register of interests"),
        tuple(entries),
        icon="list",
        more_url=address("declarations:register_list"),
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
        address("declarations:register_start"),
        text=duty.occasion.label,
        state="overdue" if duty.is_late(on) else "due_soon",
        state_label=_("Overdue") if duty.is_late(on) else _("Due"),
        due_on=duty.due_on,
        is_late=duty.is_late(on),
        action=_("Begin now"),
        action_url=address("declarations:register_start"),
    )


def _in_force(register) -> Entry:
    return Entry(
        register.number or _("Register of interests %(year)s") % {"year": register.year},
        register.get_absolute_url(),
        text=_("In force") if register.state == "accepted" else "",
        state=register.state,
        state_label=register.get_state_display(),
    )


def queue_panel(heading, url, count, action) -> Panel:
    """The number only, which the desk has counted: the list itself is one step away."""
    text = ngettext("%(count)s register waits", "%(count)s registers wait", count)
    waiting = Entry(
        text % {"count": count}, url, state="waiting", state_label=_("Waits for you"),
        action=action, action_url=url,
    )  # fmt: skip
    return Panel(
        CHECK,
        heading,
        (waiting,) if count else (),
        icon="tasks",
        more_url=url,
        more_label=_("The whole list"),
        empty=_("Nothing waits here."),
        order=20,
    )
