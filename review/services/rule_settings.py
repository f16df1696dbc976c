"""Versions of rules: shipped ones, and those the chief inspector makes with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record
from review.models import RuleText, RuleVersion
from review.rules import RULES, Rule
from review.rules.base import digest_of
from review.sampling import SAMPLE

if TYPE_CHECKING:
    from people.models import User

SHIPPED = "Bawaan portal"
RENEWED = "Aturan diperbarui bersama portal"


class RuleError(Exception):
    """The rule can't be changed so; the text is for the user."""


@transaction.atomic
def load() -> None:
    """A first version of each rule that has none, and a new one where the code has moved on.

    Weight, parameters and the switch that somebody set stay, as far as the rule still has them.
    """
    current = {version.rule: version for version in RuleVersion.objects.current()}
    for rule in (*RULES.values(), SAMPLE):
        version = current.get(rule.code)
        if version is None:
            _add(rule, number=1, weight=rule.weight, parameters=rule.defaults, reason=SHIPPED)
        elif version.text_id != digest_of(rule.body()):
            _succeed(
                version, rule, weight=version.weight, parameters=_kept(rule, version.parameters),
                is_enabled=version.is_enabled, reason=RENEWED,
            )  # fmt: skip


def _kept(rule: Rule, parameters: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in parameters.items() if name in rule.defaults}
    try:
        return rule.clean_parameters(kept)
    except ValidationError:
        return rule.defaults


def _add(rule: Rule, **values: Any) -> RuleVersion:
    body = rule.body()
    text, _is_new = RuleText.objects.get_or_create(digest=digest_of(body), defaults={"body": body})
    return RuleVersion.objects.create(rule=rule.code, text=text, **values)


def _succeed(version: RuleVersion, rule: Rule, **values: Any) -> RuleVersion:
    """In force instead of `version`, which stays."""
    last = RuleVersion.objects.filter(rule=rule.code).aggregate(last=Max("number"))["last"]
    RuleVersion.objects.filter(pk=version.pk).update(is_current=False)
    return _add(rule, number=last + 1, **values)


def rule_of(code: str) -> Rule:
    """Raises KeyError for a rule that the code does not know."""
    return SAMPLE if code == SAMPLE.code else RULES[code]


def check(rule: Rule, *, weight: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    """Cleaned parameters, or a ValidationError in words that a person understands."""
    if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= 1000:
        raise ValidationError(_("A weight is a whole number from 0 to 1000 thousandths."))
    return rule.clean_parameters(parameters)


@transaction.atomic
def change_rule(
    code: str,
    *,
    weight: int,
    parameters: dict[str, Any],
    is_enabled: bool,
    reason: str,
    seen: int,
    by: User,
) -> RuleVersion:
    """A new version in force; `seen` is the number of the version that the page showed."""
    if not by.has_perm("review.change_rule"):
        raise PermissionDenied
    rule = rule_of(code)
    current = RuleVersion.objects.select_for_update().get(rule=code, is_current=True)
    if current.number != seen:
        raise RuleError(_("Somebody changed this rule meanwhile; look at it again."))
    cleaned = check(rule, weight=weight, parameters=parameters)
    before = (current.weight, current.parameters, current.is_enabled)
    if before == (weight, cleaned, is_enabled):
        raise RuleError(_("Nothing is different from the version in force."))
    version = _succeed(
        current, rule, weight=weight, parameters=cleaned, is_enabled=is_enabled, reason=reason,
        created_by=by,
    )  # fmt: skip
    record(
        "rule.change",
        by=by,
        target=version,
        rule=code,
        reason=reason,
        before={"weight": before[0], "parameters": before[1], "is_enabled": before[2]},
        after={"weight": weight, "parameters": cleaned, "is_enabled": is_enabled},
    )
    return version
