"""F3: one's declarations, those of others, beginning, correcting, withdrawing."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import DetailView

from common.errors import conflict as conflict_page
from declarations import states
from declarations.models import ConflictDeclaration, DataRequest
from declarations.services import attachments, conflicts
from declarations.services.configuration import bare_version, form_in_use
from declarations.views.cases import CaseListView, CaseMixin, WithdrawView
from declarations.views.conflicts.editing import CONFLICT_EDITING
from declarations.workflow import conflicts as workflow


class ConflictMixin(CaseMixin):
    model = ConflictDeclaration
    related = ("handler", "source", "origin", "data_request__asked_by", "withdrawn_by")

    def get_queryset(self):
        return super().get_queryset().defer(
            "form_version__content", "document__content", "supersedes__document__content",
            "superseded_by__document__content", "superseded_by__draft", "origin__draft",
        )  # fmt: skip

    @property
    def data_request(self) -> DataRequest | None:
        return getattr(self.case, "data_request", None)


class ConflictListView(CaseListView):
    model = ConflictDeclaration
    template_name = "declarations/conflicts/list.html"
    context_object_name = "conflicts"
    list_permission = "declarations.list_conflicts_of_others"
    mine_label = gettext_lazy("My declarations")
    others_label = gettext_lazy("Declarations of others")


class ConflictStartView(View):
    """What a declaration is and what follows, and the button that begins it."""

    def get(self, request):
        form = bare_version(form_in_use(conflicts.CODE))
        return render(request, "declarations/conflicts/start.html", {"form": form})

    def post(self, request):
        try:
            conflict = conflicts.start_conflict(by=request.user)
        except conflicts.ConflictError as error:
            return conflict_page(request, text=str(error))
        return redirect(CONFLICT_EDITING.url("tasks", conflict))


class ConflictDetailView(ConflictMixin, DetailView):
    """A declaration as it was sent, whose turn it is, and by when.

    Reading somebody else's is an event.
    """

    permission_required = "declarations.view_conflictdeclaration"
    template_name = "declarations/conflicts/detail.html"
    context_object_name = "conflict"

    def get_queryset(self):
        return super().get_queryset().with_suspension()

    def get_object(self, queryset=None):
        return self.case

    def get_context_data(self, **kwargs):
        conflict, user = self.case, self.request.user
        conflicts.note_reading(conflict, by=user)
        changes = list(conflict.handler_changes.select_related("to_user"))
        return super().get_context_data(
            **kwargs,
            form_title=self.form.title.id,
            is_own=self.is_own,
            is_handler=conflict.handler_id == user.pk and conflict.awaits_decision,
            sections=self.sections(),
            steps=self.steps(),
            clock=conflicts.clock_of(conflict, on=timezone.localdate()),
            happenings=conflicts.happenings(conflict, changes, self.data_request),
            data_request=self.data_request,
            files=list(attachments.of(conflict)),
            successor=getattr(conflict, "superseded_by", None),
        )

    def steps(self) -> list[str]:
        """What the declarant may do now, as names the template knows."""
        if not self.is_own:
            return []
        found = {
            "draft": ["continue", "withdraw"],
            "sent": ["correct", "withdraw"],
            "under_review": ["correct"],
            "needs_data": ["answer", "correct"],
            "escalated": ["correct"],
        }
        return found.get(self.case.state, [])


class ConflictCorrectView(ConflictMixin, View):
    """A new version with the same answers and files; it takes the case over when it is sent."""

    permission_required = states.CONFLICT_SUPERSEDE.permission
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            correction = conflicts.start_correction(self.case, by=request.user)
        except conflicts.ConflictError as error:
            return conflict_page(request, text=str(error), url=self.case.get_absolute_url())
        if correction.state != "draft":
            return redirect(correction)
        return redirect(CONFLICT_EDITING.url("tasks", correction))


class ConflictWithdrawView(ConflictMixin, WithdrawView):
    permission_required = states.CONFLICT_WITHDRAW.permission
    transition = states.CONFLICT_WITHDRAW
    template_name = "declarations/conflicts/withdraw.html"
    context_name = "conflict"

    def needs_reason(self):
        return workflow.needs_reason_to_withdraw(self.case)

    def withdraw(self, *, reason):
        workflow.withdraw(self.case, by=self.request.user, reason=reason)

    def done(self):
        messages.success(self.request, _("The declaration was withdrawn."))
        return redirect("declarations:conflict_list")

    def too_late(self):
        messages.info(
            self.request,
            _("The review has begun, so the declaration can't be withdrawn; send a correction."),
        )
        return redirect(self.case)
