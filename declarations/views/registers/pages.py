"""The declarant's pages of a register: begin, see, sign the difference, withdraw."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView
from rules.contrib.views import PermissionRequiredMixin

from common.errors import conflict
from common.forms import CleanTextarea, plain_helper
from declarations import states
from declarations.differences import difference
from declarations.models import InterestRegister
from declarations.models.registers import Occasion
from declarations.presentation import answers_for_display
from declarations.services import registers
from declarations.services.configuration import read_version
from declarations.views.editing.base import EditingView
from declarations.views.editing.signing import ReviewMixin
from declarations.views.registers.editing import REGISTER_EDITING
from declarations.workflow import registers as workflow
from declarations.workflow.base import TransitionError
from people.lists import PreparedListView


class RegisterMixin(PermissionRequiredMixin):
    """404 for a register the user can't see, 403 for a step that isn't theirs."""

    model = InterestRegister
    context_object_name = "register"

    def get_queryset(self):
        rows = InterestRegister.objects.visible_to(self.request.user)
        return rows.select_related(
            "declarant", "opd", "post", "form_version", "document", "previous",
            "checked_by", "acknowledged_by",
        ).defer("form_version__content")  # fmt: skip

    @cached_property
    def register(self) -> InterestRegister:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_object(self, queryset=None):
        return self.register

    @cached_property
    def form(self):
        return read_version(self.register.form_version)

    @property
    def is_own(self) -> bool:
        return self.register.declarant_id == self.request.user.pk

    def answers(self) -> dict:
        """What was signed, with the difference; a draft in progress only for the declarant."""
        register = self.register
        draft = register.draft
        if register.state == "draft" and not self.is_own:
            draft = register.document.data["data"]["draft"]
        before = registers.baseline(register, self.form)
        delta = None if before is None else difference(self.form, before, draft)
        shown = answers_for_display(self.form, draft, get_language() or "id", difference=delta)
        sections = [
            {"shown": item, "url": "", "rows": [(row, "") for row in item.rows]} for item in shown
        ]
        return {"sections": sections, "difference": delta}


class RegisterListView(PreparedListView):
    """One's own registers, the newest first."""

    model = InterestRegister
    template_name = "declarations/registers/list.html"
    context_object_name = "registers"
    ordering = ("-created_at", "-pk")

    @staticmethod
    def rows(user):
        rows = InterestRegister.objects.filter(declarant=user)
        return rows.select_related("document").defer("draft", "document__content")

    def get_context_data(self, **kwargs):
        duty = registers.duty_of(self.request.user)
        return super().get_context_data(**kwargs, duty=duty)


class RegisterStartView(View):
    """Why one is due, and the button that begins it."""

    def get(self, request):
        duty = registers.duty_of(request.user)
        if duty.current is not None:
            return redirect(duty.current)
        return render(
            request,
            "declarations/registers/start.html",
            {"duty": duty, "is_late": duty.is_late(timezone.localdate())},
        )

    def post(self, request):
        wanted = request.POST.get("occasion", "")
        try:
            register = registers.start_register(
                by=request.user, occasion=Occasion(wanted) if wanted in Occasion.values else None
            )
        except registers.RegisterError as error:
            messages.error(request, str(error))
            return redirect("declarations:register_list")
        if register.state != "draft":
            return redirect(register)
        page = "delta" if register.previous_id else "tasks"
        return redirect(REGISTER_EDITING.url(page, register))


class RegisterDetailView(RegisterMixin, DetailView):
    """A register as it was signed. Reading somebody else's is an event."""

    permission_required = "declarations.view_interestregister"
    template_name = "declarations/registers/detail.html"

    def get_context_data(self, **kwargs):
        register, user = self.register, self.request.user
        registers.note_reading(register, by=user)
        waits = register.state in ("draft", "returned")
        return super().get_context_data(**kwargs) | {
            **self.answers(),
            "form_title": self.form.title.get(get_language() or "id"),
            "is_own": self.is_own,
            "is_late": waits and register.due_on < timezone.localdate(),
            "returns": [
                (self._title(section), comment)
                for section, comment in registers.open_returns(register).items()
            ],
            "steps": self.steps(),
            "may_check": register.state == "sent"
            and user.has_perm(states.REGISTER_ACCEPT.permission, register),
            "may_acknowledge": register.state in ("sent", "accepted")
            and register.acknowledged_at is None
            and user.has_perm("declarations.acknowledge_interestregister", register),
        }

    def _title(self, key: str) -> str:
        try:
            return self.form.section(key).title.get(get_language() or "id")
        except KeyError:
            return key

    def steps(self) -> list[str]:
        """What the declarant may do now, as names the template knows."""
        if not self.is_own:
            return []
        return {
            "draft": ["continue", "withdraw"],
            "returned": ["resume", "withdraw"],
            "sent": ["withdraw"],
            "accepted": ["change"],
            "expired": ["change"],
        }.get(self.register.state, [])


class RegisterDeltaView(ReviewMixin, EditingView):
    """ "The same as last time, except …": the difference, the statement and the signature."""

    editing = REGISTER_EDITING

    def get(self, request, *args, **kwargs):
        if self.subject.previous_id is None:
            return redirect(self.url("tasks"))
        review = self.review()
        changed = [each for each in review["sections"] if each["shown"].is_changed]
        same = [
            {**each, "names": [row.title for row, _url in each["rows"]][:12]}
            for each in review["sections"]
            if not each["shown"].is_changed
        ]
        return render(
            request,
            "declarations/registers/delta.html",
            {
                "subject": self.subject,
                "previous": self.subject.previous,
                "editing": self.editing,
                "revision": self.subject.revision,
                "tasks_url": self.url("tasks"),
                "check_url": self.url("check"),
                "sign_url": self.url("sign"),
                "changed": changed,
                "same": same,
                "statement": self.form.statement_for(self.language),
                "legal_basis": self.legal_basis(),
                **review,
            },
        )


class WithdrawForm(forms.Form):
    reason = CleanTextarea(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the history, where whoever may read this sees it."),
        example=gettext_lazy("One of the companies was entered with a wrong name."),
        max_length=500,
    )

    @property
    def helper(self):
        return plain_helper(self, "reason")


class RegisterWithdrawView(RegisterMixin, View):
    """Takes a register back before it was accepted."""

    permission_required = states.REGISTER_WITHDRAW.permission

    def get(self, request, *args, **kwargs):
        if self.register.state not in states.REGISTER_WITHDRAW.sources:
            return redirect(self.register)
        return self.page(WithdrawForm())

    def post(self, request, *args, **kwargs):
        form = WithdrawForm(request.POST)
        if self.register.sent_at is None:
            form.fields["reason"].required = False
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            workflow.withdraw(self.register, by=request.user, reason=form.cleaned_data["reason"])
        except TransitionError as error:
            return conflict(request, text=str(error), url=self.register.get_absolute_url())
        messages.success(request, _("The register was withdrawn."))
        return redirect("declarations:home")

    def page(self, form, *, status: int = 200) -> HttpResponse:
        context = {"register": self.register, "form": form}
        return render(self.request, "declarations/registers/withdraw.html", context, status=status)


class RegisterResumeView(RegisterMixin, View):
    """Opens the sections that were sent back."""

    permission_required = states.REGISTER_RESUME.permission
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            workflow.resume(self.register, by=request.user)
        except TransitionError as error:
            self.register.refresh_from_db(fields=["state"])
            if self.register.state != "draft":  # Pressed twice is no mistake.
                return conflict(request, text=str(error), url=self.register.get_absolute_url())
        return redirect(REGISTER_EDITING.url("tasks", self.register))
