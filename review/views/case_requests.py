"""The page on which a declarant clarifies, or a superior says what was corrected."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView
from rules.contrib.views import PermissionRequiredMixin

from common.views import InvalidFormMixin
from declarations.workflow.base import TransitionError
from review.case_forms import AnswerForm
from review.models import CaseRequest
from review.services import case_notes, marking
from review.workflow import case_requests


class CaseRequestView(PermissionRequiredMixin, InvalidFormMixin, FormView):
    """The question, the marked places, the answer; afterwards what was answered, to read."""

    permission_required = "review.view_caserequest"
    template_name = "review/cases/request.html"
    form_class = AnswerForm

    @cached_property
    def question(self) -> CaseRequest:
        rows = CaseRequest.objects.visible_to(self.request.user)
        rows = rows.select_related("case", "conflict").prefetch_related("files")
        return get_object_or_404(rows.defer("conflict__draft"), pk=self.kwargs["pk"])

    def get_permission_object(self):
        return self.question

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"fields": self.question.fields}

    def get_context_data(self, **kwargs):
        question = self.question
        gone = marking.superseded_among(question.fields) if question.fields else set()
        return super().get_context_data(
            question=question,
            places=question.answered_places,
            is_superseded=bool(gone),
            is_correction=question.kind == question.Kind.CORRECTION,
            **kwargs,
        )

    def form_valid(self, form) -> HttpResponse:
        try:
            with transaction.atomic():
                if upload := form.cleaned_data["file"]:
                    case_notes.add_file(
                        self.question.case, upload, by=self.request.user, request=self.question
                    )
                case_requests.answer(
                    self.question,
                    by=self.request.user,
                    answers=form.answers,
                    text=form.cleaned_data["text"],
                )
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        except TransitionError as error:
            form.add_error(None, str(error))
            response = self.form_invalid(form)
            response.status_code = 409
            return response
        messages.success(self.request, _("Your answer was sent to the Inspectorate."))
        return redirect(self.question)
