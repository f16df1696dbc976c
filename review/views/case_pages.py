"""The page of a case, in four parts; who opens it leaves a trace."""

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from audit import presentation
from audit import services as trail
from common.attachments import rules_in_words
from common.views import file_response, one_of
from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    DecisionStatement,
    InterestRegister,
)
from people import calendar
from review import case_forms as forms
from review import states
from review.models import Case, CaseFile
from review.services import case_notes, handovers, presence
from review.views.case_base import CaseMixin

PARTS = ("ringkasan", "deklarasi", "percakapan", "riwayat")
MOST_ROWS = 20


class CaseDetailView(CaseMixin, TemplateView):
    """One part at a time, so that each stays a small page."""

    @property
    def part(self) -> str:
        return one_of(self.request.GET.get("bagian"), PARTS, PARTS[0])

    def get_template_names(self):
        return [f"review/cases/{self.part}.html"]

    def get(self, request, *args, **kwargs):
        if self.part == PARTS[0]:
            case_notes.note_view(self.case, by=request.user)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        case, user, now = self.case, self.request.user, timezone.now()
        today = timezone.localdate(now)
        part = {
            "ringkasan": self.summary,
            "deklarasi": self.declarations,
            "percakapan": self.conversation,
            "riwayat": self.history,
        }[self.part]
        return super().get_context_data(
            **kwargs,
            case=case,
            part=self.part,
            tabs=self.tabs(),
            steps=steps_of(case, user),
            may_work=user.has_perm("review.work_on_cases"),
            days_left=calendar.working_days_left(case.due_on, today),
            is_late=case.is_open and case.due_on < today,
            others=presence.look(case, by=user, at=now),
            every_seconds=presence.EVERY_SECONDS,
            **part(),
        )

    def summary(self) -> dict[str, Any]:
        flags = self.case.flags.visible_to(self.request.user).for_list()
        return {
            "flags": list(flags.order_by("-weight", "-changed_at", "pk")[:MOST_ROWS]),
            "decisions": list(self.case.decisions.select_related("recommended_by", "decided_by")),
        }

    def declarations(self) -> dict[str, Any]:
        """Of the person, what this reader may open; each page records its own reading."""
        subject, user = self.case.subject, self.request.user
        if subject is None:
            return {"groups": []}
        plans = ControlPlan.objects.visible_to(user).filter(conflict__declarant=subject)
        return {
            "groups": [
                self.own(InterestRegister, subject),
                self.own(DecisionStatement, subject),
                self.own(ConflictDeclaration, subject),
                list(plans.for_list().order_by("-created_at", "-pk")[:MOST_ROWS]),
            ]
        }

    def own(self, model: Any, subject: Any) -> list[Any]:
        rows = model.objects.visible_to(self.request.user).filter(declarant=subject)
        rows = rows.exclude(sent_at=None).for_list()
        return list(rows.order_by("-sent_at", "-pk")[:MOST_ROWS])

    def conversation(self) -> dict[str, Any]:
        case = self.case
        requests = case.requests.select_related("addressee", "asked_by").prefetch_related("files")
        return {
            "notes": list(case.notes.select_related("written_by")),
            "files": list(case_notes.files_of(case).select_related("uploaded_by")),
            "requests": list(requests),
            "note_form": forms.NoteForm(),
            "file_form": forms.CaseFileForm(),
            "file_rules": rules_in_words(),
            "may_note": self.request.user.has_perm("review.note_case", case),
        }

    def history(self) -> dict[str, Any]:
        lines = [presentation.describe(event) for event in trail.history(self.case, limit=100)]
        events = presentation.together(lines)
        letters = self.case.handovers.select_related("recipient", "document", "issued_by")
        return {"events": events, "letters": list(letters.defer("document__content"))}

    def tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "url": f"{self.request.path}?bagian={key}",
                "active": key == self.part,
            }
            for key, label in zip(PARTS, part_names(), strict=True)
        ]


def part_names() -> tuple[str, ...]:
    return (_("Summary"), _("Declarations"), _("Conversation"), _("History"))


def steps_of(case: Case, user: Any) -> set[str]:
    """The steps that this person may take now: by the state and by their rights."""
    possible = {
        step.name
        for step in states.CASE_TRANSITIONS
        if case.state in step.sources and user.has_perm(step.permission, case)
    }
    if case.state == "assigned" and case.assignee_id != user.pk:
        possible.discard("claim")
    if handovers.may_hand_over(case) and user.has_perm("review.hand_over_case", case):
        possible.add("hand_over")
    return possible


class PresenceView(CaseMixin, View):
    """Asked by an open page from time to time: who else is looking."""

    def get(self, request, *args, **kwargs):
        others = presence.look(self.case, by=request.user, at=timezone.now())
        return render(request, "review/cases/_presence.html", {"others": others})


class NoteView(CaseMixin, View):
    permission_required = "review.note_case"
    http_method_names = ("post",)

    def post(self, request, *args, **kwargs):
        form = forms.NoteForm(request.POST)
        if not form.is_valid():
            return self.again(form)
        case_notes.add_note(self.case, text=form.cleaned_data["text"], by=request.user)
        return redirect(f"{self.case.get_absolute_url()}?bagian=percakapan")

    def again(self, form: Any) -> Any:
        context = {"case": self.case, "form": form, "back_url": self.case.get_absolute_url()}
        return render(self.request, "review/cases/again.html", context, status=422)


class FileAddView(NoteView):
    def post(self, request, *args, **kwargs):
        form = forms.CaseFileForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                case_notes.add_file(self.case, form.cleaned_data["file"], by=request.user)
            except ValidationError as error:
                form.add_error("file", error)
        if not form.is_valid():
            return self.again(form)
        return redirect(f"{self.case.get_absolute_url()}?bagian=percakapan")


class FileView(CaseMixin, View):
    """A file of the case, for whoever may see the case."""

    def get(self, request, *args, **kwargs):
        files = CaseFile.objects.filter(case=self.case, removed_at__isnull=True)
        file = get_object_or_404(files.select_related("case"), pk=self.kwargs["case_file"])
        case_notes.note_reading(file, by=request.user)
        return file_response(file)
