"""The OPD officer's check and the superior's acknowledgement."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.errors import conflict
from common.forms import CleanCharField, CleanTextarea, plain_helper
from common.keyset import KeysetListView
from common.views import filter_form
from declarations import states
from declarations.models import InterestRegister
from declarations.services import registers
from declarations.states import RegisterState
from declarations.views.registers.pages import RegisterMixin
from declarations.workflow import registers as workflow
from declarations.workflow.base import TransitionError
from people.proof import RequireFreshProofMixin
from statements.services import DocumentError


class QueueView(PermissionRequiredMixin, KeysetListView):
    """Registers that wait for somebody, the oldest first."""

    template_name = "declarations/registers/queue.html"
    context_object_name = "registers"
    ordering = ("sent_at", "pk")
    heading = lead = action = empty = gettext_lazy("")

    def get_context_data(self, **kwargs):
        words = {"heading": self.heading, "lead": self.lead, "empty": self.empty}
        return super().get_context_data(**kwargs, **words)


class CheckListView(QueueView):
    permission_required = "declarations.list_checks"
    heading = gettext_lazy("Registers to check")
    lead = gettext_lazy("Sent by the staff of your OPD; look whether they are complete.")
    empty = gettext_lazy("No register waits to be checked.")

    def get_queryset(self):
        return InterestRegister.objects.to_check(self.request.user).for_list()


class FilterForm(forms.Form):
    q = CleanCharField(label=gettext_lazy("Name"), required=False, max_length=100)
    year = forms.IntegerField(
        label=gettext_lazy("Year"), required=False, min_value=2000, max_value=2100
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            *((state.value, state.label) for state in RegisterState if state != "draft"),
        ],
    )


class RegisterBrowseView(PermissionRequiredMixin, KeysetListView):
    """What others have signed and one may read, the newest first."""

    permission_required = "declarations.list_registers"
    template_name = "declarations/registers/browse.html"
    context_object_name = "registers"
    ordering = ("-sent_at", "-pk")

    def get_queryset(self):
        self.filters = filter_form(self.request, FilterForm)
        wanted = self.filters.cleaned_data
        rows = InterestRegister.objects.of_others(self.request.user).for_list()
        return rows.matching(
            year=wanted["year"], state=wanted["state"] or "", name=wanted["q"] or ""
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, filters=self.filters)


class AcknowledgementListView(QueueView):
    permission_required = "declarations.list_acknowledgements"
    heading = gettext_lazy("Registers to acknowledge")
    lead = gettext_lazy("Signed by your staff; with your signature you say that you know of it.")
    empty = gettext_lazy("No register waits for your signature.")

    def get_queryset(self):
        return InterestRegister.objects.to_acknowledge(self.request.user).for_list()


class ReturnForm(forms.Form):
    """A remark for each section; a section with a remark goes back."""

    def __init__(self, *args: Any, sections: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in sections:
            self.fields[section.key] = CleanTextarea(
                label=_("What is missing in “%(section)s”")
                % {"section": section.title.get(language)},
                max_length=500,
                rows=2,
                required=False,
            )

    @property
    def helper(self):
        return plain_helper(self, *self.fields)

    def comments(self) -> dict[str, str]:
        return {key: text for key, text in self.cleaned_data.items() if text}


class RegisterReviewView(RegisterMixin, View):
    """Is it complete? Accept it, or send back only the sections that lack something."""

    permission_required = states.REGISTER_ACCEPT.permission

    def get(self, request, *args, **kwargs):
        if self.register.state != "sent":
            return redirect(self.register)
        registers.note_reading(self.register, by=request.user)
        return self.page(self.remarks())

    def remarks(self, data: Any = None) -> ReturnForm:
        return ReturnForm(data, sections=self.form.sections, language=get_language() or "id")

    def post(self, request, *args, **kwargs):
        remarks = self.remarks(request.POST)
        if not remarks.is_valid():
            return self.page(remarks, status=422)
        comments = remarks.comments()
        if request.POST.get("decision") == "accept":
            if comments:
                text = _("You wrote remarks: send these sections back, or empty the remarks.")
                remarks.add_error(None, text)
                return self.page(remarks, status=422)
            return self.carry_out(lambda: workflow.accept(self.register, by=request.user))
        if not comments:
            remarks.add_error(None, _("Mark at least one section and say what is missing."))
            return self.page(remarks, status=422)
        return self.carry_out(
            lambda: workflow.return_for_completion(
                self.register, by=request.user, comments=comments
            )
        )

    def carry_out(self, step) -> HttpResponse:
        try:
            register = step()
        except TransitionError as error:
            return conflict(self.request, text=str(error), url=self.register.get_absolute_url())
        messages.success(
            self.request,
            _("The register was accepted.")
            if register.state == "accepted"
            else _("The marked sections were sent back."),
        )
        return redirect("declarations:register_checks")

    def page(self, remarks: ReturnForm, *, status: int = 200) -> HttpResponse:
        answers = self.answers()
        context = {
            "register": self.register,
            "form": remarks,
            "sections": [
                {**section, "field": remarks[section["shown"].key]}
                for section in answers["sections"]
            ],
            "difference": answers["difference"],
        }
        return render(self.request, "declarations/registers/review.html", context, status=status)


class RegisterAcknowledgeView(RegisterMixin, RequireFreshProofMixin, View):
    """The superior signs below, in the same document."""

    permission_required = "declarations.acknowledge_interestregister"

    def get(self, request, *args, **kwargs):
        if self.register.acknowledged_at is not None:
            return redirect(self.register)
        registers.note_reading(self.register, by=request.user)
        context = {"register": self.register, **self.answers()}
        return render(request, "declarations/registers/acknowledge.html", context)

    def post(self, request, *args, **kwargs):
        try:
            workflow.acknowledge(self.register, by=request.user, proof=self.proof)
        except (TransitionError, DocumentError) as error:
            self.register.refresh_from_db(fields=["acknowledged_by", "state"])
            if self.register.acknowledged_by_id != request.user.pk:
                return conflict(request, text=str(error), url=self.register.get_absolute_url())
        messages.success(
            request, _("You acknowledged the register; your signature is being added.")
        )
        return redirect(self.register)
