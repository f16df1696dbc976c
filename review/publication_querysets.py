"""Campaigns, their deliveries, reports and bundles as lists."""

from typing import TYPE_CHECKING, Self

from django.db import models

from review.policies import oversees

if TYPE_CHECKING:
    from people.models import User


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The list form of `review.view_campaign`."""
        return self if user.has_perm("review.view_campaign") else self.none()

    def open(self) -> Self:
        return self.filter(state__in=("draft", "running", "paused"))

    def covering(self, year: int) -> Self:
        """Reminds of that year's registers, so that nothing else does; also while it pauses."""
        return self.filter(year=year, state__in=("running", "paused"))


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("review.view_campaign") else self.none()

    def waiting(self) -> Self:
        return self.filter(state="waiting")

    def for_list(self) -> Self:
        return self.select_related("recipient", "about", "round", "notice__email").defer(
            "notice__body", "notice__email__body"
        )


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The list form of `review.view_monitoring`."""
        if oversees(user):
            return self
        return self.filter(opd__in=user.standing.headed_opd_ids, document__isnull=False)

    def for_list(self) -> Self:
        return self.select_related("opd", "document", "signed_by").defer(
            "numbers", "document__content"
        )


class BundleQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The list form of `review.view_bundle`: one's own."""
        if not user.has_perm("review.request_bundle"):
            return self.none()
        return self.filter(requested_by=user)

    def for_list(self) -> Self:
        return self.select_related("opd")


class MinutesQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The list form of `review.view_minutes`: where somebody may ask for a bundle."""
        standing = self.standing()
        if oversees(user):
            return standing
        own = user.standing.headed_opd_ids | user.standing.officer_opd_ids
        return standing.filter(opd__in=own)

    def standing(self) -> Self:
        return self.filter(removed_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("opd")
