"""The registers of decrees and contracts: the list, one row, a file taken in, a row removed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import KeysetListView
from common.views import InvalidFormMixin, PartMixin, filter_form
from review.act_forms import ActFilterForm, ActImportForm, ActRemoveForm
from review.models import RegisteredAct
from review.services import acts


class ActMixin(PermissionRequiredMixin):
    permission_required = "review.view_registeredact"

    def get_permission_object(self) -> None:
        return None

    @cached_property
    def act(self) -> RegisteredAct:
        rows = RegisteredAct.objects.visible_to(self.request.user).for_list()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class ActListView(ActMixin, PartMixin, KeysetListView):
    template_name = "review/acts/list.html"
    part = "table"
    context_object_name = "acts"
    ordering = ("-signed_on", "-pk")

    @cached_property
    def filters(self) -> ActFilterForm:
        return filter_form(self.request, ActFilterForm)

    def get_queryset(self):
        chosen = self.filters.cleaned_data
        rows = RegisteredAct.objects.visible_to(self.request.user).standing().for_list()
        for name, field in (("jenis", "kind"), ("opd", "opd")):
            rows = rows.filter(**{field: chosen[name]}) if chosen[name] else rows
        return rows.about(chosen["q"]) if chosen["q"] else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "filters": self.filters,
            "is_filtered": bool(self.request.GET),
            "may_import": self.request.user.has_perm("review.import_registeredact"),
        }


class ActDetailView(ActMixin, TemplateView):
    template_name = "review/acts/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_remove = self.act.removed_at is None and self.request.user.has_perm(
            "review.import_registeredact"
        )
        return super().get_context_data(
            **kwargs,
            act=self.act,
            file=self.act.file,
            parties=list(self.act.parties.all()),
            may_remove=may_remove,
        )


class ActImportView(ActMixin, InvalidFormMixin, FormView):
    """All rows of the file or none."""

    permission_required = "review.import_registeredact"
    form_class = ActImportForm
    template_name = "review/acts/import.html"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            file = acts.take_in(form.cleaned_data["file"], by=self.request.user, at=timezone.now())
        except acts.ActsError as error:
            for message in error.messages:
                form.add_error("file", message)
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("Taken in: %(added)s new, %(changed)s changed, %(unchanged)s as before.")
            % {"added": file.added, "changed": file.changed, "unchanged": file.unchanged},
        )
        return redirect("review:act_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs, required=acts.REQUIRED, columns=acts.COLUMNS, limits=acts.LIMITS
        )


class ActRemoveView(ActMixin, InvalidFormMixin, FormView):
    permission_required = "review.import_registeredact"
    form_class = ActRemoveForm
    template_name = "people/action.html"

    def form_valid(self, form: Any) -> HttpResponse:
        acts.remove(self.act, reason=form.cleaned_data["reason"], by=self.request.user)
        messages.success(self.request, _("The row was removed."))
        return redirect("review:act_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            title=_("Remove from the register"),
            lead=_("For a row that stands in the register by mistake. What it broke is cleared."),
            button=_("Remove"),
            subject=str(self.act),
            is_dangerous=True,
            back_url=self.act.get_absolute_url(),
        )
