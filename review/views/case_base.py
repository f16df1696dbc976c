"""What the pages of a case share: 404 for what one can't see, 403 for what one may not do."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView
from rules.contrib.views import PermissionRequiredMixin

from common.views import InvalidFormMixin
from declarations.workflow.base import TransitionError
from review.models import Case


class CaseMixin(PermissionRequiredMixin):
    permission_required = "review.view_case"

    @cached_property
    def case(self) -> Case:
        rows = Case.objects.visible_to(self.request.user).for_detail()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_permission_object(self) -> Case:
        return self.case


class StepView(CaseMixin, View):
    """One button: the step, or the words why it can't be taken."""

    http_method_names = ("post",)
    success_message: Any = ""

    def perform(self) -> None:
        raise NotImplementedError

    def next_url(self) -> str:
        return self.case.get_absolute_url()

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.perform()
        except TransitionError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, str(self.success_message))
        return redirect(self.next_url())


class CaseFormView(CaseMixin, InvalidFormMixin, FormView):
    """One step with a form; what the workflow refuses stands in the form, and nothing is lost."""

    template_name = "review/cases/action.html"
    sources: tuple[str, ...] = ()
    title: Any = ""
    lead: Any = ""
    button: Any = ""
    is_dangerous = False
    success_message: Any = ""

    def perform(self, form: Any) -> None:
        raise NotImplementedError

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """A form for a step that is past leads back to the case."""
        if self.sources and self.case.state not in self.sources:
            messages.info(request, str(_too_late(self.case)))
            return redirect(self.case)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"case": self.case}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.perform(form)
        except TransitionError as error:
            form.add_error(None, str(error))
            response = self.form_invalid(form)
            response.status_code = 409
            return response
        # The page that follows may be that of another case.
        done = f"{self.case.number}, {self.case.heading}: {self.success_message}"
        messages.success(self.request, done)
        return redirect(self.next_url())

    def next_url(self) -> str:
        return self.case.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            case=self.case,
            title=self.title,
            lead=self.lead,
            button=self.button or self.title,
            is_dangerous=self.is_dangerous,
            subject=f"{self.case.number}: {self.case.heading}",
            back_url=self.case.get_absolute_url(),
            **kwargs,
        )


def _too_late(case: Case) -> str:
    return _("This is not possible any more; the state is now “%(state)s”.") % {
        "state": case.get_state_display()
    }
