"""The rules that flag, by code; add one to a group's `RULES` and it runs."""

from review.rules import handling, histories, parties, posts, queue, registers, reported, units
from review.rules.base import Parameter, Rule, Scope

GROUPS = (registers, histories, parties, posts, units, handling, queue, reported)
RULES: dict[str, Rule] = {rule.code: rule for group in GROUPS for rule in group.RULES}

__all__ = ["RULES", "Parameter", "Rule", "Scope"]
