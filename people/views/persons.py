"""People: the list, one person, and everything an administrator may do about them."""

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, DetailView

from common.views import PartMixin, filter_form
from people import services
from people.emails import absolute
from people.forms import (
    AssignmentForm,
    CodeForm,
    EndForm,
    NipChangeForm,
    PersonFilterForm,
    PersonForm,
    ReasonForm,
    RoleGrantForm,
)
from people.lists import PreparedListView
from people.models import Assignment, Opd, RoleGrant, User
from people.services import activation
from people.views.base import (
    ActionView,
    FoundOnceMixin,
    PermissionRequiredMixin,
    ServiceFormMixin,
)

MOST_SLIPS = 300
# What a row of the list shows: the name, the number and how the account stands.
SHOWN = ("name", "title_before", "title_after", "nip", "is_active", "password", "last_login")


class PersonListView(PermissionRequiredMixin, PartMixin, PreparedListView):
    model = User
    permission_required = "people.list_user"
    template_name = "people/list.html"
    part = "table"
    context_object_name = "people"
    ordering = ("name", "pk")

    def get_permission_object(self):
        return None

    @staticmethod
    def rows(user, on):
        return User.objects.visible_to(user).with_main_post(on=on).only(*SHOWN)

    @property
    def facts(self):
        return (timezone.localdate(),)

    def get_queryset(self):
        self.filter = filter_form(self.request, PersonFilterForm)
        data, today = self.filter.cleaned_data, timezone.localdate()
        people = super().get_queryset()
        if data["q"]:
            people = people.matching(data["q"])
        if data["opd"]:
            people = people.in_opd(data["opd"], on=today)
        if data["state"] == "unactivated":
            people = people.active().unactivated()
        elif data["state"]:
            people = people.filter(is_active=data["state"] == "active")
        return people

    def get_context_data(self, **kwargs):
        may_add = self.request.user.has_perm("people.add_user")
        return super().get_context_data(filter=self.filter, may_add=may_add, **kwargs)


class VisiblePersonMixin:
    model = User
    context_object_name = "person"

    def get_queryset(self):
        return User.objects.visible_to(self.request.user)


class PersonDetailView(VisiblePersonMixin, PermissionRequiredMixin, FoundOnceMixin, DetailView):
    permission_required = "people.view_user"
    template_name = "people/detail.html"

    def get_queryset(self):
        return super().get_queryset().with_last_code()

    def get_context_data(self, **kwargs):
        person = self.object
        return super().get_context_data(
            assignments=person.assignments.select_related("post__opd"),
            grants=person.role_grants.select_related("opd", "granted_by", "revoked_by"),
            nip_changes=person.nip_changes.select_related("changed_by"),
            may={
                "change": self.request.user.has_perm("people.change_user", person),
                "assign": self.request.user.has_perm(
                    "people.add_assignment", Assignment(user=person)
                ),
            },
            may_grant=self.request.user.has_perm("people.add_rolegrant") and not self._is_self(),
            **kwargs,
        )

    def _is_self(self):
        return self.object.pk == self.request.user.pk


class PersonCreateView(PermissionRequiredMixin, ServiceFormMixin, CreateView):
    permission_required = "people.add_user"
    form_class = PersonForm
    template_name = "people/action.html"
    success_message = _("The person was added. Make an activation code so that they can sign in.")
    extra_context = {
        "title": _("Add a person"),
        "button": _("Add"),
        "back_url": reverse_lazy("people:list"),
    }

    def perform(self, form):
        return services.add_person(form.save(commit=False), by=self.request.user)

    def get_success_url_of(self, result):
        return result.get_absolute_url()


class PersonActionView(VisiblePersonMixin, ActionView):
    form_class = ReasonForm

    def reason_of(self, form):
        return {"by": self.request.user, "reason": form.cleaned_data["reason"]}


class PersonChangeView(PersonActionView):
    permission_required = "people.change_user"
    form_class = PersonForm
    title = _("Change personal data")
    button = _("Save")
    success_message = _("The changes were saved.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": User.objects.get(pk=self.object.pk)}

    def perform(self, form):
        return services.change_person(form.save(commit=False), by=self.request.user)


class NipChangeView(PersonActionView):
    permission_required = "people.change_nip_of_user"
    form_class = NipChangeForm
    title = _("Change the NIP")
    lead = _("The old number stays in the history and no longer opens the account.")
    success_message = _("The number was changed.")

    def perform(self, form):
        services.change_nip(self.object, new_nip=form.cleaned_data["nip"], **self.reason_of(form))


class DeactivateView(PersonActionView):
    permission_required = "people.deactivate_user"
    title = _("Close the account")
    lead = _("The person is signed out at once and cannot sign in. Nothing is deleted.")
    is_dangerous = True
    success_message = _("The account was closed.")

    def perform(self, form):
        services.deactivate(self.object, **self.reason_of(form))


class ReactivateView(PersonActionView):
    permission_required = "people.reactivate_user"
    title = _("Open the account again")
    success_message = _("The account is open again.")

    def perform(self, form):
        services.reactivate(self.object, **self.reason_of(form))


class EndSessionsView(PersonActionView):
    permission_required = "people.end_sessions_of_user"
    title = _("End all sessions")
    lead = _("The person is signed out everywhere and may sign in again.")
    success_message = _("All sessions were ended.")

    def perform(self, form):
        services.end_sessions_of(self.object, **self.reason_of(form))


class ResetSecondFactorView(PersonActionView):
    permission_required = "people.reset_second_factor_of_user"
    title = _("Reset the second factor")
    lead = _(
        "Authenticator app, passkeys and recovery codes stop working; the person sets up anew."
    )
    is_dangerous = True
    success_message = _("The second factor was reset.")

    def perform(self, form):
        services.reset_second_factor(self.object, **self.reason_of(form))


class CodeView(PersonActionView):
    """A link by mail, or a slip that is shown this once."""

    permission_required = "people.make_code_for_user"
    form_class = CodeForm
    title = _("New way into the account")
    button = _("Make")
    success_message = _("The link is on its way.")

    def form_valid(self, form):
        if form.cleaned_data["channel"] == "link":
            return super().form_valid(form)
        try:
            code = services.make_activation_code(
                self.object, channel="printed", **self.reason_of(form)
            )
        except services.ServiceError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return slips(self.request, [(self.object, code)], self.get_success_url())

    def perform(self, form):
        services.send_activation_link(self.object, **self.reason_of(form))


def slips(request, made, back_url):
    """The printable page; the codes exist nowhere else in clear, so it can't be had twice."""
    shown = [(person, activation.display(code)) for person, code in made]
    context = {
        "slips": shown,
        "back_url": back_url,
        "portal_address": absolute(reverse("activation")),
        "days": settings.ACTIVATION_DAYS,
    }
    return render(request, "people/slips.html", context)


class PrintCodesView(ActionView):
    """Slips for all people of an OPD who were never in."""

    model = Opd
    permission_required = "people.add_user"
    form_class = ReasonForm
    title = _("Print activation codes")
    lead = _(
        "One slip for each person of this OPD who never signed in. Earlier codes stop working."
    )
    button = _("Make the codes")

    def form_valid(self, form):
        people = User.objects.active().unactivated().in_opd(self.object, on=timezone.localdate())
        chosen = list(people.order_by("name", "pk")[:MOST_SLIPS])
        made = services.make_printed_codes(chosen, by=self.request.user)
        if not made:
            form.add_error(None, _("Everybody of this OPD has signed in already."))
            return self.form_invalid(form)
        return slips(self.request, made, self.get_success_url())


class GrantRoleView(PersonActionView):
    permission_required = "people.add_rolegrant"
    form_class = RoleGrantForm
    title = _("Give a role")
    success_message = _("The role was given. It counts from the next page on.")

    def get_permission_object(self):
        return RoleGrant(user=self.object) if self._is_self() else None

    def _is_self(self):
        return self.object.pk == self.request.user.pk

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        return kwargs | {"by": self.request.user, "instance": RoleGrant(user=self.object)}

    def perform(self, form):
        return services.grant_role(form.save(commit=False), by=self.request.user)


class RevokeRoleView(ActionView):
    model = RoleGrant
    permission_required = "people.revoke_rolegrant"
    form_class = ReasonForm
    title = _("Withdraw a role")
    is_dangerous = True
    success_message = _("The role was withdrawn.")

    def get_queryset(self):
        visible = User.objects.visible_to(self.request.user)
        return RoleGrant.objects.filter(user__in=visible).select_related("user", "opd")

    def get_success_url(self):
        return self.object.user.get_absolute_url()

    def perform(self, form):
        services.revoke_role(self.object, by=self.request.user, reason=form.cleaned_data["reason"])


class AssignView(PersonActionView):
    permission_required = "people.add_assignment"
    form_class = AssignmentForm
    title = _("Give a post")
    lead = _("A new definitive post ends the present one the day before.")
    success_message = _("The post was given.")

    def get_permission_object(self):
        return Assignment(user=self.object)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Assignment(user=self.object)}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        # The service ends the running post first; only then the constraints can be asked.
        form._post_clean = lambda: _fill(form)
        return form

    def perform(self, form):
        return services.assign(form.instance, by=self.request.user)


def _fill(form):
    from django.forms.models import construct_instance  # noqa: PLC0415

    construct_instance(form, form.instance, form._meta.fields)


class EndAssignmentView(ActionView):
    model = Assignment
    permission_required = "people.end_assignment"
    form_class = EndForm
    title = _("End an assignment")
    success_message = _("The assignment was ended.")

    def get_queryset(self):
        visible = User.objects.visible_to(self.request.user)
        return Assignment.objects.filter(user__in=visible).select_related("user", "post__opd")

    def get_success_url(self):
        return self.object.user.get_absolute_url()

    def perform(self, form):
        data = form.cleaned_data
        services.end_assignment(
            self.object, ends_on=data["ends_on"], by=self.request.user, reason=data["reason"]
        )
