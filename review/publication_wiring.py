"""What the province's page, campaigns and publications hang on to elsewhere."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from declarations.services import compliance
from jobs import schedule
from notices import kinds
from people import navigation
from people.models import User
from review import monitoring_documents, publication_policies, publication_tasks  # noqa: F401 -- adds permissions
from review.models import MonitoringReport
from review.services import campaigns
from statements.policies import register_viewer

REFRESH_EVERY = datetime.timedelta(seconds=10)
CAMPAIGNS_EVERY = datetime.timedelta(minutes=15)


def menu(user: User) -> Iterator[navigation.Item]:
    if user.has_perm("review.view_dashboard"):
        yield navigation.Item(
            _("The province on one page"), reverse("review:dashboard"), "dashboard", order=46
        )
    if user.has_perm("review.view_campaign"):
        yield navigation.Item(_("Campaigns"), reverse("review:campaign_list"), "mail", order=60)
    if user.has_perm("review.view_monitoring"):
        yield navigation.Item(
            _("Monitoring reports"), reverse("review:monitoring_list"), "document", order=61
        )
    if user.has_perm("review.view_statistics_desk"):
        yield navigation.Item(
            _("Statistics for the public"), reverse("review:statistics_desk"), "eye", order=63
        )
    if user.has_perm("review.request_bundle"):
        yield navigation.Item(
            _("Bundles of evidence"), reverse("review:bundle_list"), "folder", order=62
        )


def may_view(user: User, document: Any) -> bool:
    """F8 is for who oversees the province; that of one OPD for its head as well."""
    if document.kind != monitoring_documents.KIND:
        return False
    return MonitoringReport.objects.visible_to(user).filter(document=document.pk).exists()


def visible_documents(user: User) -> Q:
    if user.has_perm("review.view_dashboard"):
        return Q(kind=monitoring_documents.KIND)
    if not user.has_perm("review.view_monitoring"):
        return Q(pk__in=[])
    return Q(pk__in=MonitoringReport.objects.visible_to(user).values("document"))


def wire() -> None:
    navigation.register(menu)
    schedule.register("review.summaries", publication_tasks.refresh_summaries, every=REFRESH_EVERY)
    schedule.register(
        "review.rebuild_summaries",
        publication_tasks.rebuild_summaries,
        daily_at=datetime.time(0, 20),
    )
    schedule.register("review.campaigns", publication_tasks.run_campaigns, every=CAMPAIGNS_EVERY)
    kinds.register(campaigns.KIND, _("Campaigns for the register of interests"))
    compliance.let_take_over(campaigns.covers)
    register_viewer(monitoring_documents.KIND, may_view, visible_documents)
