"""The life of a campaign: prepared, running, paused, stopped."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from people.models import User
from review.models import Campaign
from review.models.campaigns import PAUSE, RESUME, START, STOP, CampaignState, CampaignStep

FIELDS = (
    "name", "year", "opens_on", "due_on", "days_before", "days_after", "superior_after",
    "head_after", "quiet_from", "quiet_until",
)  # fmt: skip


class CampaignError(Exception):
    """The campaign can't take this step now; the text is for the user."""


@transaction.atomic
def create(*, by: User, values: dict[str, Any]) -> Campaign:
    if not by.has_perm("review.manage_campaign"):
        raise PermissionDenied
    campaign = Campaign(created_by=by, **{name: values[name] for name in FIELDS})
    _save(campaign)
    record("campaign.create", by=by, target=campaign, year=campaign.year)
    return campaign


@transaction.atomic
def change(campaign: Campaign, *, by: User, values: dict[str, Any], revision: int) -> Campaign:
    """Rounds that were planned stay as they are; the others follow the new days.

    `revision` is the one that the page showed: nobody overwrites what they have not seen.
    """
    campaign = _lock(campaign, by=by)
    if not campaign.is_open:
        raise CampaignError(_("A stopped campaign stays as it is."))
    if revision != campaign.revision:
        raise CampaignError(_("Somebody else changed this campaign; look at it again."))
    changed = [name for name in FIELDS if getattr(campaign, name) != values[name]]
    if "year" in changed and campaign.state != CampaignState.DRAFT:
        raise CampaignError(_("The year of a campaign that has begun stays as it is."))
    for name in changed:
        setattr(campaign, name, values[name])
    campaign.revision += 1
    _save(campaign)
    record("campaign.change", by=by, target=campaign, changed=changed)
    return campaign


def start(campaign: Campaign, *, by: User) -> Campaign:
    return _move(campaign, START, by=by)


def pause(campaign: Campaign, *, by: User, reason: str = "") -> Campaign:
    """Nobody is told any more from the next person on; what waits goes on waiting."""
    return _move(campaign, PAUSE, by=by, reason=reason)


def resume(campaign: Campaign, *, by: User) -> Campaign:
    return _move(campaign, RESUME, by=by)


def stop(campaign: Campaign, *, by: User, reason: str = "") -> Campaign:
    """For good; the ordinary reminders of the portal take over again."""
    return _move(campaign, STOP, by=by, reason=reason)


@transaction.atomic
def _move(campaign: Campaign, step: CampaignStep, *, by: User, reason: str = "") -> Campaign:
    campaign = _lock(campaign, by=by)
    if campaign.state not in step.sources:
        raise CampaignError(
            _("This is not possible any more; the state is now “%(state)s”.")
            % {"state": campaign.get_state_display()}
        )
    before = campaign.state
    campaign.state, campaign.state_reason = step.target, reason[:300]
    campaign.save(update_fields=["state", "state_reason", "changed_at"])
    record(
        f"campaign.{step.name}", by=by, target=campaign,
        before=str(before), after=step.target, reason=reason,
    )  # fmt: skip
    return campaign


def _lock(campaign: Campaign, *, by: User) -> Campaign:
    if not by.has_perm("review.manage_campaign", campaign):
        raise PermissionDenied
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)


def _save(campaign: Campaign) -> None:
    """The database settles two who prepare the same year at once."""
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        raise CampaignError(_("This year already has a campaign that is not stopped.")) from error
