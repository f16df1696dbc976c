"""The register of former officials: list, entry, proposals from the posts that ended."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView
from rules.contrib.views import PermissionRequiredMixin

from common.errors import conflict as conflict_page
from common.keyset import KeysetListView
from common.views import InvalidFormMixin, filter_form
from matching.names import person_key
from people.models import User
from review.cooling_forms import FormerFilter, FormerForm, RemoveForm
from review.models import FormerOfficial
from review.services import cooling_off


class RegisterMixin(PermissionRequiredMixin):
    permission_required = "review.list_formerofficial"
    raise_exception = True

    def get_permission_object(self):
        return None


class FormerListView(RegisterMixin, KeysetListView):
    template_name = "review/cooling/list.html"
    context_object_name = "officials"
    ordering = ("-cooling_until", "-pk")

    @cached_property
    def filters(self):
        return filter_form(self.request, FormerFilter)

    def get_queryset(self):
        asked = self.filters.cleaned_data
        found = FormerOfficial.objects.filtered(
            which=asked["status"] or "running",
            name_key=person_key(asked["q"] or ""),
            on=timezone.localdate(),
        )
        return found.select_related("opd")

    def get_context_data(self, **kwargs):
        may_add = self.request.user.has_perm("review.add_formerofficial")
        return super().get_context_data(
            **kwargs, filters=self.filters, may_add=may_add, on=timezone.localdate()
        )


class ProposalListView(RegisterMixin, KeysetListView):
    """Whose obliged post ended and who isn't in the register yet."""

    permission_required = "review.add_formerofficial"
    template_name = "review/cooling/proposals.html"
    context_object_name = "people"
    ordering = ("name", "pk")

    def get_queryset(self):
        return cooling_off.leavers(on=timezone.localdate())

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"proposals": cooling_off.proposals_for(context["people"])}


class FormerMixin(PermissionRequiredMixin):
    permission_required = "review.change_formerofficial"
    raise_exception = True

    @cached_property
    def official(self):
        if not self.request.user.has_perm("review.list_formerofficial"):
            raise Http404
        found = FormerOfficial.objects.select_related("opd", "created_by", "removed_by", "limit")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_permission_object(self):
        return self.official


class FormerDetailView(FormerMixin, DetailView):
    permission_required = "review.view_formerofficial"
    template_name = "review/cooling/detail.html"
    context_object_name = "official"

    def get_object(self, queryset=None):
        return self.official

    def get_context_data(self, **kwargs):
        may_change = self.official.removed_at is None and self.request.user.has_perm(
            "review.change_formerofficial", self.official
        )
        found = cooling_off.match_parties(
            since=self.official.ended_on, until=self.official.cooling_until
        )
        return super().get_context_data(
            **kwargs,
            may_change=may_change,
            bodies=self.official.bodies.all(),
            appearances=len([each for each in found if each.official_id == self.official.pk]),
            is_running=self.official.cooling_until >= timezone.localdate(),
        )


class EntryFormView(InvalidFormMixin, FormView):
    form_class = FormerForm
    template_name = "review/cooling/edit.html"

    def form_valid(self, form):
        try:
            official = self.write(form)
        except cooling_off.CoolingError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The register was changed."))
        return redirect(official)


class FormerCreateView(RegisterMixin, EntryFormView):
    permission_required = "review.add_formerofficial"
    extra_context = {
        "title": gettext_lazy("Add a former official"),
        "button": gettext_lazy("Add"),
    }

    def write(self, form):
        return cooling_off.register(form.entry(), by=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, back_url=reverse("review:former_list"))


class FormerEditView(FormerMixin, EntryFormView):
    extra_context = {
        "title": gettext_lazy("Change the entry"),
        "button": gettext_lazy("Save"),
    }

    def get_initial(self):
        official = self.official
        lines = [f"{body.name}; {body.role}".rstrip("; ") for body in official.bodies.all()]
        return {
            "name": official.name,
            "last_post": official.last_post,
            "opd": official.opd_id,
            "ended_on": official.ended_on,
            "restricted": official.restricted,
            "bodies": "\n".join(lines),
            "revision": official.revision,
        }

    def write(self, form):
        return cooling_off.change(
            self.official, form.entry(), revision=form.cleaned_data["revision"],
            by=self.request.user,
        )  # fmt: skip

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, back_url=self.official.get_absolute_url())


class FormerRemoveView(FormerMixin, InvalidFormMixin, FormView):
    form_class = RemoveForm
    template_name = "review/cooling/edit.html"
    extra_context = {
        "title": gettext_lazy("Remove from the register"),
        "button": gettext_lazy("Remove"),
        "is_dangerous": True,
    }

    def form_valid(self, form):
        try:
            cooling_off.remove(
                self.official, reason=form.cleaned_data["reason"], at=timezone.now(),
                by=self.request.user,
            )  # fmt: skip
        except cooling_off.CoolingError as error:
            return conflict_page(
                self.request, text=str(error), url=self.official.get_absolute_url()
            )
        return redirect("review:former_list")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, back_url=self.official.get_absolute_url())


class ProposalView(RegisterMixin, InvalidFormMixin, FormView):
    """Confirms a proposal (`confirm`), or turns it down with a reason."""

    permission_required = "review.add_formerofficial"
    form_class = RemoveForm
    template_name = "review/cooling/proposal.html"

    @cached_property
    def proposal(self):
        people = cooling_off.leavers(on=timezone.localdate()).filter(pk=self.kwargs["leaver"])
        found = cooling_off.proposals_for(User.objects.filter(pk__in=people.values("pk")))
        if not found:
            raise Http404
        return found[0]

    def post(self, request, *args, **kwargs):
        if "confirm" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            official = cooling_off.register(cooling_off.entry_of(self.proposal), by=request.user)
        except cooling_off.CoolingError as error:
            return self.refused(error)
        return redirect(official)

    def form_valid(self, form):
        try:
            cooling_off.dismiss(
                self.proposal, reason=form.cleaned_data["reason"], at=timezone.now(),
                by=self.request.user,
            )  # fmt: skip
        except cooling_off.CoolingError as error:
            return self.refused(error)
        return redirect("review:former_proposals")

    def refused(self, error):
        return conflict_page(self.request, text=str(error), url=reverse("review:former_proposals"))

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, proposal=self.proposal)
