"""The steps on a case: taking, giving, asking, recommending, deciding, handing over."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from declarations.models import ConflictDeclaration
from declarations.workflow.base import TransitionError
from people.proof import RequireFreshProofMixin
from review import case_forms as forms
from review import states
from review.services import assignment, handovers, marking
from review.states import CaseState
from review.views.case_base import CaseFormView, StepView
from review.workflow import case_decisions, case_requests, cases
from statements.services import DocumentError


class ClaimView(StepView):
    permission_required = states.CLAIM.permission
    success_message = _("The case is on your desk.")

    def perform(self) -> None:
        cases.claim(self.case, by=self.request.user)


class ReleaseView(StepView):
    permission_required = states.RELEASE.permission
    success_message = _("The case is back in the queue.")

    def perform(self) -> None:
        cases.release(self.case, by=self.request.user)


class CloseView(StepView):
    permission_required = states.CLOSE.permission
    success_message = _("The case is closed.")

    def perform(self) -> None:
        case_decisions.close(self.case, by=self.request.user)


class TakeBackView(StepView):
    """The question is taken back; the review goes on without an answer."""

    permission_required = states.RESUME.permission
    success_message = _("The question was taken back.")

    def perform(self) -> None:
        waiting = self.case.requests.waiting().filter(kind="clarification").first()
        if waiting is None:
            raise TransitionError(str(_("This question is closed; nothing was changed.")))
        case_requests.end(waiting, by=self.request.user)


class AssignView(CaseFormView):
    """Who could take it, and why the others can't."""

    permission_required = states.ASSIGN.permission
    sources = states.ASSIGN.sources
    template_name = "review/cases/assign.html"
    form_class = forms.AssignForm
    title = _("Assign the case")
    lead = _("The first is picked: the fewest cases on the desk, then the fewest ties.")
    button = _("Assign")
    success_message = _("The case was assigned.")

    @cached_property
    def candidates(self) -> list[assignment.Candidate]:
        return assignment.pool(on=timezone.localdate()).candidates(self.case)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"candidates": self.candidates}

    def get_context_data(self, **kwargs):
        return super().get_context_data(candidates=self.candidates, **kwargs)

    def perform(self, form: Any) -> None:
        cases.assign(self.case, to=form.chosen, by=self.request.user)


class AskView(CaseFormView):
    permission_required = states.ASK.permission
    sources = states.ASK.sources
    form_class = forms.ClarificationForm
    title = _("Ask for a clarification")
    lead = _("The limit of the case goes on while the person answers.")
    button = _("Send the question")
    success_message = _("The question was sent.")

    def get_form_kwargs(self):
        subject = self.case.subject
        documents = marking.places_of(subject) if subject else []
        return super().get_form_kwargs() | {"documents": documents}

    def perform(self, form: Any) -> None:
        case_requests.ask(
            self.case,
            by=self.request.user,
            question=form.cleaned_data["question"],
            keys=form.cleaned_data.get("places", []),
            revision=form.cleaned_data["revision"],
        )


class RecommendView(CaseFormView):
    permission_required = states.RECOMMEND.permission
    sources = states.RECOMMEND.sources
    form_class = forms.OutcomeForm
    title = _("Recommend")
    lead = _("Somebody else decides on your recommendation.")
    button = _("Send the recommendation")
    success_message = _("The recommendation waits for the decision.")

    def perform(self, form: Any) -> None:
        cases.recommend(
            self.case,
            by=self.request.user,
            outcome=form.cleaned_data["outcome"],
            reasons=form.cleaned_data["reasons"],
            revision=form.cleaned_data["revision"],
        )

    def next_url(self) -> str:
        return reverse("review:case_next")


class ReturnView(CaseFormView):
    permission_required = states.RETURN.permission
    sources = states.RETURN.sources
    form_class = forms.ReturnForm
    title = _("Send the recommendation back")
    button = _("Send back")
    success_message = _("The recommendation is back on the reviewer's desk.")

    def perform(self, form: Any) -> None:
        cases.return_to_reviewer(
            self.case,
            by=self.request.user,
            note=form.cleaned_data["note"],
            revision=form.cleaned_data["revision"],
        )


class DecideView(RequireFreshProofMixin, CaseFormView):
    """The decision, with a fresh proof of who decides."""

    permission_required = states.DECIDE.permission
    sources = states.DECIDE.sources
    template_name = "review/cases/decide.html"
    form_class = forms.DecisionForm
    title = _("Decide")
    lead = _("Your decision is recorded with your name; the reviewer's stays beside it.")
    button = _("Decide")
    success_message = _("The decision is recorded.")

    def dispatch(self, request, *args, **kwargs):
        if not self.has_permission():  # Before the proof is asked for.
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"conflicts": self.conflicts()}

    def conflicts(self) -> Any:
        rows = ConflictDeclaration.objects.visible_to(self.request.user)
        rows = rows.filter(declarant=self.case.subject_id, sent_at__isnull=False)
        return rows.exclude(state__in=("withdrawn", "superseded")).for_list().order_by("-sent_at")

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        case_decisions.decide(
            self.case,
            ruling=case_decisions.Ruling(data["outcome"], data["reasons"], data["conflict"]),
            by=self.request.user,
            proof=self.proof,
            revision=data["revision"],
        )

    def next_url(self) -> str:
        """A decision that needs more stays in view; else on to the next case."""
        self.case.refresh_from_db(fields=["state"])
        if self.case.state == CaseState.DECIDED:
            return self.case.get_absolute_url()
        return reverse("review:case_next")


class ReopenView(CaseFormView):
    permission_required = states.REOPEN.permission
    sources = states.REOPEN.sources
    form_class = forms.ReopenForm
    title = _("Open the case again")
    button = _("Open again")
    success_message = _("The case is open again and waits for an inspector.")

    def perform(self, form: Any) -> None:
        case_decisions.reopen(self.case, by=self.request.user, reason=form.cleaned_data["reason"])


class HandOverView(RequireFreshProofMixin, CaseFormView):
    """The letter is signed at once; its PDF is made by the worker."""

    permission_required = "review.hand_over_case"
    sources = CaseState.JUDGED
    form_class = forms.HandoverForm
    title = _("Hand the case over")
    lead = _("You sign a letter to another body. It names no sanction.")
    button = _("Sign the letter")
    success_message = _("The letter is signed; its PDF is being made.")

    def dispatch(self, request, *args, **kwargs):
        if not self.has_permission():  # Before the proof is asked for.
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    def perform(self, form: Any) -> None:
        try:
            handovers.hand_over(
                self.case,
                recipient=form.cleaned_data["recipient"],
                summary=form.cleaned_data["summary"],
                by=self.request.user,
                proof=self.proof,
            )
        except (handovers.HandoverError, DocumentError) as error:
            raise TransitionError(str(error)) from error

    def next_url(self) -> str:
        return f"{self.case.get_absolute_url()}?bagian=riwayat"
