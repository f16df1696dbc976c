"""F2: one's statements, those of others, beginning, correcting, converting, withdrawing."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import DetailView

from common.errors import conflict as conflict_page
from declarations import states
from declarations.models import DecisionStatement
from declarations.services import statements
from declarations.services.configuration import bare_version, form_in_use
from declarations.views.cases import CaseListView, CaseMixin, WithdrawView
from declarations.views.conflicts.editing import CONFLICT_EDITING
from declarations.views.statements.editing import STATEMENT_EDITING
from declarations.workflow import statements as workflow
from declarations.workflow.base import TransitionError


class StatementMixin(CaseMixin):
    model = DecisionStatement
    related = ("conflict_declaration__document", "withdrawn_by")

    def get_queryset(self):
        return super().get_queryset().defer(
            "form_version__content", "document__content", "supersedes__document__content",
            "superseded_by__document__content", "superseded_by__draft",
            "conflict_declaration__draft", "conflict_declaration__document__content",
        )  # fmt: skip


class StatementListView(CaseListView):
    model = DecisionStatement
    template_name = "declarations/statements/list.html"
    context_object_name = "statements"
    list_permission = "declarations.list_statements_of_others"
    mine_label = gettext_lazy("My statements")
    others_label = gettext_lazy("Statements of others")


class StatementStartView(View):
    """What the statement is, and the button that begins it."""

    def get(self, request):
        form = bare_version(form_in_use(statements.CODE))
        return render(request, "declarations/statements/start.html", {"form": form})

    def post(self, request):
        try:
            statement = statements.start_statement(by=request.user)
        except statements.StatementError as error:
            return conflict_page(request, text=str(error))
        return redirect(STATEMENT_EDITING.url("section", statement, "decision"))


class StatementDetailView(StatementMixin, DetailView):
    """A statement as it was signed. Reading somebody else's is an event."""

    permission_required = "declarations.view_decisionstatement"
    template_name = "declarations/statements/detail.html"
    context_object_name = "statement"

    def get_object(self, queryset=None):
        return self.case

    def get_context_data(self, **kwargs):
        statement, user = self.case, self.request.user
        statements.note_reading(statement, by=user)
        is_draft = statement.state == "draft"
        return super().get_context_data(
            **kwargs,
            form_title=self.form.title.id,
            is_own=self.is_own,
            sections=self.sections(),
            steps=self.steps(),
            found=statements.review(statement) if is_draft else None,
            likenesses=self.likenesses(),
            conflict=getattr(statement, "conflict_declaration", None),
            successor=getattr(statement, "superseded_by", None),
        )

    def likenesses(self):
        """What was alike and what the declarant said; for the readers of the register only."""
        if self.case.state == "draft" or not self.request.user.has_perm(
            "declarations.view_likenesses_decisionstatement", self.case
        ):
            return []
        return list(self.case.likenesses())

    def steps(self) -> list[str]:
        """What the declarant may do now, as names the template knows."""
        if not self.is_own:
            return []
        found = {"draft": ["continue", "withdraw"], "issued": ["correct", "withdraw"]}
        return found.get(self.case.state, [])


class StatementConvertView(StatementMixin, View):
    """Goes on as a declaration of conflict, with everything that was typed."""

    permission_required = states.STATEMENT_CONVERT.permission
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            conflict = workflow.convert(self.case, by=request.user)
        except TransitionError as error:
            self.case.refresh_from_db(fields=["state"])
            if self.case.state == "converted":  # Pressed twice is no mistake.
                return redirect(self.case.conflict_declaration)
            messages.error(request, str(error))
            return redirect(STATEMENT_EDITING.url("check", self.case))
        messages.success(
            request, _("Your answers are here again. Add what the superior has to know.")
        )
        return redirect(CONFLICT_EDITING.url("tasks", conflict))


class StatementCorrectView(StatementMixin, View):
    """A new version with the same answers; the signed one stays until it is signed."""

    permission_required = "declarations.change_decisionstatement"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            correction = statements.start_correction(self.case, by=request.user)
        except statements.StatementError as error:
            return conflict_page(request, text=str(error), url=self.case.get_absolute_url())
        if correction.state != "draft":
            return redirect(correction)
        return redirect(STATEMENT_EDITING.url("tasks", correction))


class StatementWithdrawView(StatementMixin, WithdrawView):
    permission_required = states.STATEMENT_WITHDRAW.permission
    transition = states.STATEMENT_WITHDRAW
    template_name = "declarations/statements/withdraw.html"
    context_name = "statement"

    def withdraw(self, *, reason):
        workflow.withdraw(self.case, by=self.request.user, reason=reason)

    def done(self):
        messages.success(self.request, _("The statement was withdrawn."))
        return redirect("declarations:statement_list")

    def too_late(self):
        return redirect(self.case)
