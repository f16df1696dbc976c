"""The rules that flag, by code; add one to a group's `RULES` and it runs."""

from review.rules import (
    handling,
    histories,
    levels,
    nil,
    parties,
    plans,
    posts,
    queue,
    recusals,
    registers,
    reported,
    units,
)
from review.rules.base import Parameter, Rule, Scope

GROUPS = (
    registers, histories, nil, parties, posts, units, handling, recusals, plans, queue,
    reported, levels,
)  # fmt: skip
RULES: dict[str, Rule] = {rule.code: rule for group in GROUPS for rule in group.RULES}

__all__ = ["RULES", "Parameter", "Rule", "Scope"]
