"""F7: did the plan work? One page, saved as it is written, and signed by the superior."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from common.addresses import address
from declarations import builder, drafts
from declarations.models import ControlPlan, EvaluationDraft
from declarations.services import plan_checks, plan_drafts
from declarations.services.drafting import SavedDraft
from declarations.services.plan_drafts import EVALUATION
from declarations.views.editing import EditingSet
from declarations.views.editing.base import SavingView, posted_revision
from declarations.views.editing.rows import MergeView
from declarations.views.editing.sections import as_posted
from declarations.workflow import plans as workflow
from declarations.workflow.base import TransitionError
from people.proof import ask_for_proof, fresh_proof
from statements.services import DocumentError

ADDRESSES = {"section": "plan_evaluate", "merge": "plan_evaluate_merge", "tasks": "plan_detail"}


class EvaluationEditing(EditingSet):
    """A draft without pages of its own but two; it lies under the address of its plan."""

    model = EvaluationDraft
    templates = {"section": "declarations/superiors/plan_evaluate.html"}

    def subject(self, user, key):
        plans = ControlPlan.objects.visible_to(user).select_related(
            "conflict__declarant", "conflict__matter", "decision", "document", "opd"
        )
        large = ("draft", "document__content", "conflict__draft", "decision__draft")
        return plan_drafts.evaluation_of(get_object_or_404(plans.defer(*large), pk=key))

    def save(self, subject, **arguments):
        return plan_drafts.save_evaluation(subject.plan, **arguments)

    def url(self, page, subject, *_arguments):
        return address(f"declarations:{ADDRESSES[page]}", subject.pk)


EVALUATION_EDITING = EvaluationEditing()


class EvaluationMixin:
    """`section` is the only one of the form."""

    editing = EVALUATION_EDITING

    @cached_property
    def section(self) -> Any:
        return self.form.section(EVALUATION)


class EvaluationMergeView(EvaluationMixin, MergeView):
    """Both texts, where two windows wrote on one evaluation."""


class PlanEvaluateView(EvaluationMixin, SavingView):
    """Writing may take longer than a proof lasts: what was typed is saved, then that is asked."""

    def get(self, request, *args, **kwargs):
        initial = self.subject.draft[EVALUATION]
        return self.evaluation_page(
            builder.section_form(self.section, language=self.language, initial=initial)
        )

    def post(self, request, *args, **kwargs):
        typed = builder.typed(self.section, request.POST)
        evaluations = posted_revision(request.POST, "evaluations")
        saved = self.store(
            lambda base: drafts.with_values(base, self.section, typed.values),
            evaluations=evaluations,
        )
        if not isinstance(saved, SavedDraft):
            return saved
        self.subject.revision = saved.revision
        stored = saved.draft[EVALUATION]
        if self.is_autosave:
            return self.saved_json(
                saved, prefix=EVALUATION, sent=typed.values, stored=stored, errors=typed.refused
            )
        if request.POST.get("then") == "later":
            messages.success(request, _("The evaluation is saved; it is not signed yet."))
            return redirect(self.subject)
        posted = request.POST if typed.refused else as_posted(self.section, stored, EVALUATION)
        form = builder.section_form(self.section, language=self.language, data=posted)
        if form.is_valid() and (fault := plan_checks.evaluation_fault(form.cleaned_data)):
            form.add_error("next_steps", fault)
        if typed.refused or not form.is_valid():
            return self.evaluation_page(form, status=422)
        if self.not_sent(typed.values, stored):
            text = _(
                "An answer was changed in another window. Check your answers before you sign."
            )
            messages.warning(request, text)
            return self.evaluation_page(form, status=409)
        return self.sign(form, stored, revision=saved.revision, evaluations=evaluations)

    def closed(self) -> HttpResponse:
        """Pressed twice is no mistake: the evaluation is signed, once."""
        last = self.subject.plan.follow_ups.order_by("-created_at").first()
        typed = builder.typed(self.section, self.request.POST).values
        if (
            not self.is_autosave
            and last is not None
            and last.created_by_id == self.request.user.pk
            and last.findings == typed.get("findings")
            and last.evaluated_on.isoformat() == typed.get("evaluated_on")
        ):
            return redirect(self.subject)
        return super().closed()

    def sign(self, form: Any, stored: dict[str, Any], **seen: int) -> HttpResponse:
        if (proof := fresh_proof(self.request)) is None:
            text = _("Confirm that it is you, then press the button once more.")
            messages.info(self.request, text)
            return ask_for_proof(self.request, self.url("section"))
        try:
            workflow.evaluate(
                self.subject.plan, by=self.request.user, proof=proof, typed=stored, **seen
            )
        except (TransitionError, DocumentError) as error:
            form.add_error(None, str(error))
            return self.evaluation_page(form, status=409)
        messages.success(
            self.request, _("You signed the evaluation; its document is being prepared.")
        )
        return redirect(self.subject)

    def evaluation_page(self, form: Any, *, status: int = 200) -> HttpResponse:
        plan = self.subject.plan
        return self.page(
            "section",
            status=status,
            plan=plan,
            form=form,
            evaluations=plan.follow_ups.count(),
            autosave_url=self.url("section"),
            intro=self.form.intro.get(self.language),
            hint=self.section.hint.get(self.language),
            tasks=plan.tasks.select_related("owner", "measure"),
            legal_basis=self.form.legal_basis_for_screen(self.language),
            statement=self.form.statement_for(self.language),
        )
