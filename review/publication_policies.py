"""Who sees the province on one page, runs campaigns, freezes reports and publishes.

The Inspectorate and auditors read; the chief inspector signs, publishes and, like the system
administrator, runs campaigns. The head of an OPD reads the signed reports about that OPD. A
bundle holds what its requester may read, so nobody else gets it.
"""

from typing import TYPE_CHECKING, Any

import rules

from people.roles import Role
from review.policies import heads, is_officer, oversees

if TYPE_CHECKING:
    from people.models import User
    from review.models import EvidenceBundle, MonitoringReport


@rules.predicate
def runs_campaigns(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(Role.SYSTEM_ADMINISTRATOR, Role.CHIEF_INSPECTOR)


@rules.predicate
def inspects(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR)


@rules.predicate
def is_chief(user: "User", _target: Any = None) -> bool:
    return user.has_role(Role.CHIEF_INSPECTOR)


@rules.predicate
def asked_for_it(user: "User", bundle: "EvidenceBundle") -> bool:
    return bundle.requested_by_id == user.pk


@rules.predicate
def heads_what_it_is_about(user: "User", report: "MonitoringReport | None" = None) -> bool:
    """Without a report: heads some OPD."""
    if report is None:
        return heads(user)
    return report.is_signed and report.opd_id is not None and heads(user, report.opd_id)


asks_for_bundles = oversees | heads | is_officer

rules.add_perm("review.view_dashboard", oversees)
rules.add_perm("review.view_campaign", oversees | runs_campaigns)
rules.add_perm("review.manage_campaign", runs_campaigns)
rules.add_perm("review.view_monitoring", oversees | heads_what_it_is_about)
rules.add_perm("review.freeze_monitoring", inspects)
rules.add_perm("review.sign_monitoring", is_chief)
# Without an OPD: for any; with one: for that.
rules.add_perm("review.request_bundle", asks_for_bundles)
rules.add_perm("review.view_bundle", asks_for_bundles & asked_for_it)
# As bundles: without an OPD for any, with one for that.
rules.add_perm("review.view_minutes", asks_for_bundles)
rules.add_perm("review.add_minutes", inspects | heads | is_officer)
rules.add_perm("review.view_statistics_desk", oversees)
rules.add_perm("review.publish_statistics", is_chief)
