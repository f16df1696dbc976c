"""What the pages of F5 and F6 share: loading, answers in words, one step with one form."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rules.contrib.views import PermissionRequiredMixin

from declarations.content import Form
from declarations.models import ConflictDeclaration, ControlPlan, ControlTask, SuperiorDecision
from declarations.presentation import answers_for_display
from declarations.services import areas
from declarations.services.configuration import read_form_of, read_version
from declarations.workflow.base import TransitionError
from statements.services import DocumentError


def answers_in_words(form: Form, draft: dict[str, Any], *keys: str) -> list[dict[str, Any]]:
    """The sections of `editing/_answers.html`, read only; `keys` leaves out the others."""
    return [
        {"shown": item, "url": "", "rows": [(row, "") for row in item.rows]}
        for item in answers_for_display(form, draft, get_language() or "id")
        if not keys or item.key in keys
    ]


class SubjectMixin(PermissionRequiredMixin):
    """404 for what the user can't see, 403 for a step that isn't theirs."""

    model: Any = None

    def get_queryset(self):
        raise NotImplementedError

    @cached_property
    def subject(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_object(self, queryset=None):
        return self.subject

    def get_permission_object(self):
        return self.subject

    @cached_property
    def form_version(self) -> Form:
        return read_version(self.subject.form_version)

    @cached_property
    def area(self) -> areas.Standing | None:
        """What the map says of the area of the declared conflict."""
        conflict = self.subject if self.model is ConflictDeclaration else self.subject.conflict
        return areas.standing_of(conflict, get_language() or "id")


class ConflictMixin(SubjectMixin):
    """A declared conflict as its superior sees it."""

    model = ConflictDeclaration
    context_object_name = "conflict"

    @cached_property
    def form_version(self) -> Form:
        return read_form_of(self.subject, to_read=True)

    def get_queryset(self):
        return (
            ConflictDeclaration.objects.visible_to(self.request.user)
            .select_related(
                "declarant", "opd", "post", "document", "matter__kind", "matter__risk_area",
                "source", "handler", "limit", "form_version", "data_request",
            )
            .defer("document__content", "form_version__content")
        )  # fmt: skip


class DecisionMixin(SubjectMixin):
    model = SuperiorDecision
    context_object_name = "decision"

    def get_queryset(self):
        return (
            SuperiorDecision.objects.visible_to(self.request.user)
            .select_related(
                "conflict__declarant", "conflict__matter__kind", "conflict__document",
                "conflict__post", "opd", "decider", "decider_post", "document", "form_version",
                "scale", "plan",
            )
            .defer(
                "document__content", "conflict__document__content", "conflict__draft",
                "form_version__content", "plan__draft",
            )
        )  # fmt: skip


class PlanMixin(SubjectMixin):
    model = ControlPlan
    context_object_name = "plan"

    def get_queryset(self):
        return (
            ControlPlan.objects.visible_to(self.request.user)
            .select_related(
                "conflict__declarant", "conflict__matter__kind", "conflict__document",
                "conflict__handler", "decision__decider", "decision__document", "opd",
                "document", "form_version", "started_by",
            )
            .defer(
                "document__content", "conflict__document__content",
                "decision__document__content", "decision__draft", "conflict__draft",
                "form_version__content",
            )
        )  # fmt: skip


class TaskMixin(SubjectMixin):
    model = ControlTask
    context_object_name = "task"

    def get_queryset(self):
        return (
            ControlTask.objects.visible_to(self.request.user)
            .for_list()
            .select_related("plan__conflict__handler", "plan__decision__decider", "confirmed_by")
        )


class StepMixin:
    """A page with one small form that takes one step; the step says why it is refused.

    Set `form_class`, `template_name`, `step_sources` (states in which the page makes sense),
    and write `take(form)`; `done` is the message afterwards.
    """

    form_class: type[forms.Form] = forms.Form
    template_name = ""
    step_sources: tuple[str, ...] = ()
    done: Any = ""

    def get(self, request, *args, **kwargs):
        if self.step_sources and self.subject.state not in self.step_sources:
            messages.info(request, self.closed_text())
            return redirect(self.get_return_url())
        return self.step_page(self.get_form())

    def post(self, request, *args, **kwargs):
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.step_page(form, status=422)
        try:
            self.take(form)
        except (TransitionError, DocumentError) as error:
            return self.refused(error, form)
        if self.done:
            messages.success(request, self.done)
        return redirect(self.get_success_url())

    def get_form(self, data: Any = None) -> forms.Form:
        return self.form_class(data)

    def take(self, form: forms.Form) -> None:
        raise NotImplementedError

    def refused(self, error: Exception, form: forms.Form) -> HttpResponse:
        """Too late, or not enough: what was typed stays on the page."""
        form.add_error(None, str(error))
        return self.step_page(form, status=409)

    def closed_text(self) -> str:
        return _("This is not possible any more; the state is now “%(state)s”.") % {
            "state": self.subject.get_state_display()
        }

    def get_return_url(self) -> str:
        return self.subject.get_absolute_url()

    def get_success_url(self) -> str:
        return self.get_return_url()

    def step_page(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        context = {
            self.context_object_name: self.subject,
            "form": form,
            "return_url": self.get_return_url(),
            **self.step_context(),
        }
        return render(self.request, self.template_name, context, status=status)

    def step_context(self) -> dict[str, Any]:
        return {}
