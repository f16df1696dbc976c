"""Flags and rules: menu, words, notices, the clock."""

import datetime
from collections.abc import Iterator

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from audit import presentation, veils
from common.addresses import address
from declarations import state_diagrams
from declarations.models import ConflictDeclaration
from declarations.services import holding
from jobs import schedule
from notices import kinds
from people import navigation
from people.models import User
from review import flag_policies, flag_tasks  # noqa: F401 -- adds permissions
from review.flag_sentences import SENTENCES
from review.flag_states import FLAG_TRANSITIONS, ON_REPORT, FlagState
from review.models import Flag
from review.rules import RULES
from review.workflow import flags

# With the scheduler's second and the worker's, a change is flagged within five.
LOOK_EVERY = datetime.timedelta(seconds=2)


def menu(user: User) -> Iterator[navigation.Item]:
    if user.has_perm("review.list_flag"):
        yield navigation.Item(_("Flags"), address("review:flag_list"), "flag", order=48)
    if user.has_perm("review.view_rule"):
        yield navigation.Item(_("Rules"), address("review:rule_list"), "settings", order=49)


def veil(user: User) -> Q:
    """The trail names the rule and the key of a flag: nothing of those that tie the reader.

    Nor of the cases that a report kept from them was counted in.
    """
    kept = Flag.objects.kept_from(user)
    flags = kept.annotate(text=Cast("pk", TextField())).values("text")
    on_reports = kept.filter(rule=ON_REPORT, case__isnull=False)
    cases = on_reports.annotate(text=Cast("case", TextField())).values("text")
    return Q(target_type="review.flag", target_id__in=flags) | Q(
        target_type="review.case", target_id__in=cases
    )


def holds(conflict: ConflictDeclaration) -> bool:
    """A flag on it waits for the Inspectorate, or its case is not decided yet."""
    return Flag.objects.holding(conflict).exists()


def wire() -> None:
    veils.register(veil)
    holding.register(holds)
    state_diagrams.register("A flag of the rules", FlagState, FLAG_TRANSITIONS)
    presentation.register_all(SENTENCES)
    presentation.name_codes({code: rule.title for code, rule in RULES.items()})
    kinds.register(flags.ASKED, _("The Inspectorate asks about your declaration"))
    navigation.register(menu)
    schedule.register("review.flags", flag_tasks.follow_changes, every=LOOK_EVERY)
    schedule.register(
        "review.evaluate_all", flag_tasks.evaluate_all, daily_at=datetime.time(0, 40)
    )
