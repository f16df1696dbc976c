"""Minutes of socialisations: the list, a new one, the file, taking one away."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView
from rules.contrib.views import PermissionRequiredMixin

from common.attachments import rules_in_words
from common.keyset import KeysetListView
from common.views import InvalidFormMixin, file_response
from review.models import SocialisationMinutes
from review.publication_forms import MinutesForm
from review.services import minutes


class MinutesMixin(PermissionRequiredMixin):
    permission_required = "review.view_minutes"

    def get_permission_object(self):
        return None

    @cached_property
    def minutes(self) -> SocialisationMinutes:
        rows = SocialisationMinutes.objects.visible_to(self.request.user).for_list()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class MinutesListView(MinutesMixin, KeysetListView):
    template_name = "review/publications/minutes_list.html"
    ordering = ("-held_on", "-pk")

    def get_queryset(self):
        return SocialisationMinutes.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user = self.request.user
        rows = [(row, user.has_perm("review.add_minutes", row.opd)) for row in context["page"]]
        return context | {"rows": rows, "may_add": user.has_perm("review.add_minutes")}


class MinutesAddView(MinutesMixin, InvalidFormMixin, FormView):
    permission_required = "review.add_minutes"
    form_class = MinutesForm
    template_name = "review/publications/minutes_add.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by": self.request.user}

    def form_valid(self, form):
        values = form.cleaned_data
        try:
            minutes.add(
                values["file"], opd=values["opd"], held_on=values["held_on"],
                topic=values["topic"], attendees=values["attendees"], by=self.request.user,
            )  # fmt: skip
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        messages.success(self.request, _("The minutes are kept."))
        return redirect("review:minutes_list")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs, rules=rules_in_words(), back_url=reverse("review:minutes_list")
        )


class MinutesFileView(MinutesMixin, View):
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        minutes.note_reading(self.minutes, by=request.user)
        return file_response(self.minutes)


class MinutesRemoveView(MinutesMixin, View):
    permission_required = "review.add_minutes"
    http_method_names = ["post"]

    def get_permission_object(self):
        return self.minutes.opd

    def post(self, request, *args, **kwargs):
        minutes.remove(self.minutes, by=request.user)
        messages.success(request, _("The minutes were taken away."))
        return redirect("review:minutes_list")
