"""Campaigns: the list, one with its progress and its log, the form, and the steps."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import KeysetListView
from common.views import InvalidFormMixin, one_of
from review.campaign_forms import CampaignForm, CampaignReasonForm
from review.models import Campaign, CampaignDelivery
from review.models.campaigns import CAMPAIGN_STEPS, DeliveryState
from review.services import campaigns
from review.workflow import campaigns as workflow

NEEDS_REASON = ("pause", "stop")
STEP_WORDS = {
    "start": gettext_lazy("Start"),
    "pause": gettext_lazy("Pause"),
    "resume": gettext_lazy("Go on"),
    "stop": gettext_lazy("Stop for good"),
}
STEPS = {
    "start": workflow.start,
    "pause": workflow.pause,
    "resume": workflow.resume,
    "stop": workflow.stop,
}


class CampaignMixin(PermissionRequiredMixin):
    permission_required = "review.view_campaign"

    def get_permission_object(self):
        return None

    @cached_property
    def campaign(self):
        seen = Campaign.objects.visible_to(self.request.user)
        return get_object_or_404(seen, pk=self.kwargs["pk"])


class CampaignListView(CampaignMixin, KeysetListView):
    template_name = "review/campaigns/list.html"
    ordering = ("-year", "-pk")

    def get_queryset(self):
        return Campaign.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        may_manage = self.request.user.has_perm("review.manage_campaign")
        return super().get_context_data(**kwargs, may_manage=may_manage)


class CampaignDetailView(CampaignMixin, KeysetListView):
    """How far it is, and the log of who was told of whom."""

    template_name = "review/campaigns/detail.html"
    ordering = ("-pk",)

    @property
    def state(self) -> str:
        return one_of(self.request.GET.get("keadaan"), DeliveryState.values, "")

    def get_queryset(self):
        log = CampaignDelivery.objects.visible_to(self.request.user).filter(campaign=self.campaign)
        return (log.filter(state=self.state) if self.state else log).for_list()

    def get_context_data(self, **kwargs):
        on = timezone.localdate()
        campaign = self.campaign
        rounds = {(each.audience, each.offset): each for each in campaign.rounds.all()}
        may_manage = self.request.user.has_perm("review.manage_campaign", campaign)
        return super().get_context_data(
            **kwargs,
            campaign=campaign,
            progress=campaigns.progress_of(campaign, on=on),
            timetable=[
                (each, rounds.get((each.audience, each.offset)))
                for each in campaigns.timetable(campaign)
            ],
            steps=[
                (name, STEP_WORDS[name], name in NEEDS_REASON)
                for name, step in CAMPAIGN_STEPS.items()
                if campaign.state in step.sources
            ]
            if may_manage
            else [],
            may_change=may_manage and campaign.is_open,
            tabs=self._tabs(),
        )

    def _tabs(self):
        states = [("", _("All")), *DeliveryState.choices]
        return [
            {
                "label": label,
                "url": f"{self.request.path}?keadaan={value}#log" if value else self.request.path,
                "active": value == self.state,
            }
            for value, label in states
        ]


class CampaignFormView(CampaignMixin, InvalidFormMixin, FormView):
    """A new campaign, or the days of one."""

    permission_required = "review.manage_campaign"
    form_class = CampaignForm
    template_name = "people/action.html"

    def get_form_kwargs(self):
        instance = self.campaign if "pk" in self.kwargs else Campaign()
        return super().get_form_kwargs() | {"instance": instance}

    def form_valid(self, form):
        values = form.cleaned_data
        try:
            if "pk" in self.kwargs:
                campaign = workflow.change(
                    Campaign.objects.get(pk=self.kwargs["pk"]), by=self.request.user,
                    values=values, revision=values.get("revision") or 0,
                )  # fmt: skip
            else:
                campaign = workflow.create(by=self.request.user, values=values)
        except workflow.CampaignError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The campaign was saved."))
        return redirect(campaign)

    def get_context_data(self, **kwargs):
        is_new = "pk" not in self.kwargs
        return super().get_context_data(
            **kwargs,
            title=_("Prepare a campaign") if is_new else _("Change the campaign"),
            lead=_("People are told on these days; who has signed meanwhile is left in peace."),
            button=_("Save"),
            back_url=reverse("review:campaign_list")
            if is_new
            else self.campaign.get_absolute_url(),
        )


class CampaignStepView(CampaignMixin, InvalidFormMixin, FormView):
    """Start and go on at once; pausing and stopping ask why."""

    permission_required = "review.manage_campaign"
    form_class = CampaignReasonForm
    template_name = "people/action.html"

    @cached_property
    def step(self) -> str:
        return one_of(self.kwargs["step"], STEPS, "start")

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if self.step not in NEEDS_REASON:
            form.fields["reason"].required = False
            form.fields["reason"].widget.is_required = False
        return form

    def form_valid(self, form):
        reasons = {"reason": form.cleaned_data["reason"]} if self.step in NEEDS_REASON else {}
        try:
            campaign = STEPS[self.step](self.campaign, by=self.request.user, **reasons)
        except workflow.CampaignError as error:
            messages.error(self.request, str(error))
            return redirect(self.campaign)
        messages.success(
            self.request,
            _("The campaign is now: %(state)s.") % {"state": campaign.get_state_display().lower()},
        )
        return redirect(campaign)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            title=STEP_WORDS[self.step],
            subject=self.campaign.name,
            button=STEP_WORDS[self.step],
            is_dangerous=self.step == "stop",
            back_url=self.campaign.get_absolute_url(),
        )
