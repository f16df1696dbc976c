"""A person's notices, how they want them, and the outbox of the system administrator."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView, FormView
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import KeysetListView
from common.views import InvalidFormMixin, PartMixin, one_of
from notices import kinds, services, workflow
from notices.forms import PreferenceForm
from notices.models import Email, Notice, Preference
from notices.states import Delivery, MailState

NOT_DELIVERED = "gagal"


class NoticeListView(LoginRequiredMixin, PartMixin, KeysetListView):
    template_name = "notices/list.html"
    part = "table"
    context_object_name = "notices"
    ordering = ("-pk",)
    counts = False

    def get_queryset(self):
        return Notice.objects.visible_to(self.request.user).for_list()


class NoticeOpenView(PermissionRequiredMixin, DetailView):
    """Marks a notice as read and goes where it points."""

    permission_required = "notices.view_notice"
    http_method_names = ["post"]

    def get_queryset(self):
        return Notice.objects.visible_to(self.request.user)

    @cached_property
    def notice(self):
        return super().get_object()

    def get_object(self, queryset=None):
        return self.notice

    def post(self, request, *args, **kwargs):
        services.mark_read(self.notice, by=request.user)
        return redirect(self.notice.get_absolute_url())


class NoticeReadAllView(LoginRequiredMixin, View):
    http_method_names = ["post"]

    def post(self, request):
        services.mark_all_read(by=request.user)
        messages.success(request, _("All notices are marked as read."))
        return redirect("notices:list")


class PreferenceView(LoginRequiredMixin, InvalidFormMixin, FormView):
    template_name = "notices/preference.html"
    form_class = PreferenceForm
    success_url = reverse_lazy("notices:list")

    def get_initial(self):
        preference = Preference.objects.filter(user=self.request.user).first()
        muted = preference.muted_kinds if preference else []
        return {
            "delivery": preference.delivery if preference else Delivery.EACH,
            "kinds": [kind.name for kind in kinds.optional() if kind.name not in muted],
        }

    def form_valid(self, form):
        services.save_preference(
            by=self.request.user,
            delivery=form.cleaned_data["delivery"],
            muted_kinds=form.muted_kinds,
        )
        messages.success(self.request, _("Your choice was saved."))
        return super().form_valid(form)


class OutboxView(PermissionRequiredMixin, PartMixin, KeysetListView):
    """What became of the e-mails; neither their texts nor their subjects."""

    permission_required = "notices.view_outbox"
    template_name = "notices/outbox.html"
    part = "table"
    context_object_name = "emails"
    ordering = ("-pk",)
    counts = False

    @cached_property
    def state(self):
        allowed = (NOT_DELIVERED, *MailState.values)
        return one_of(self.request.GET.get("keadaan"), allowed, NOT_DELIVERED)

    def get_queryset(self):
        emails = Email.objects.visible_to(self.request.user).for_list()
        if self.state == NOT_DELIVERED:
            return emails.not_delivered()
        return emails.filter(state=self.state)

    def get_context_data(self, **kwargs):
        labels = [(NOT_DELIVERED, _("All problems")), *MailState.choices]
        tabs = [
            {
                "label": label,
                "url": f"?keadaan={value}",
                "active": value == self.state,
                "count": None,
            }
            for value, label in labels
        ]
        return super().get_context_data(tabs=tabs, **kwargs)


class EmailRetryView(PermissionRequiredMixin, DetailView):
    permission_required = "notices.retry_email"
    http_method_names = ["post"]

    def get_queryset(self):
        return Email.objects.visible_to(self.request.user).select_related("recipient")

    @cached_property
    def email(self):
        return super().get_object()

    def get_object(self, queryset=None):
        return self.email

    def post(self, request, *args, **kwargs):
        try:
            workflow.retry(self.email, by=request.user)
        except workflow.TransitionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The e-mail will be sent again."))
        return redirect("notices:outbox")
