"""Flags: the list, the evidence card, what is done with them, the declarant's answer."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import KeysetListView
from common.views import InvalidFormMixin, PartMixin, filter_form
from declarations.workflow.base import TransitionError
from people.models import User
from review import flag_forms as forms
from review.flag_querysets import LEVELS
from review.flag_states import FlagState
from review.models import Flag, FlagReply
from review.path_drawing import draw
from review.rules import RULES
from review.services import evidence
from review.workflow import flag_cases
from review.workflow import flags as workflow


class FlagListView(PermissionRequiredMixin, PartMixin, KeysetListView):
    """What the reader may see, the weightiest first."""

    permission_required = "review.list_flag"
    template_name = "review/flags/list.html"
    part = "table"
    context_object_name = "flags"
    paginate_by = 15
    ordering = ("-weight", "-changed_at", "-pk")

    @cached_property
    def filters(self) -> forms.FlagFilterForm:
        return filter_form(self.request, forms.FlagFilterForm)

    def get_queryset(self):
        chosen = self.filters.cleaned_data
        rows = Flag.objects.visible_to(self.request.user).for_list()
        match chosen["keadaan"]:
            case forms.LIVE:
                rows = rows.live()
            case state if state in FlagState.values:
                rows = rows.filter(state=state)
        if chosen["tingkat"]:
            rows = rows.filter(weight__range=LEVELS[chosen["tingkat"]])
        for name, field in (("aturan", "rule"), ("opd", "opd"), ("tahun", "year")):
            rows = rows.filter(**{field: chosen[name]}) if chosen[name] else rows
        return rows

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for flag in context["flags"]:
            flag.rule_title = title_of(flag.rule)
        return context | {
            "filters": self.filters,
            "is_filtered": bool(self.request.GET),
            "may_judge": self.request.user.has_perm("review.work_on_cases"),
        }


def title_of(code: str) -> Any:
    return RULES[code].title if code in RULES else code


class FlagMixin(PermissionRequiredMixin):
    permission_required = "review.view_flag"

    @cached_property
    def flag(self) -> Flag:
        rows = Flag.objects.visible_to(self.request.user).select_related(
            "subject", "opd", "rule_version", "snapshot", "dismissed_by", "confirmed_by", "case"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_permission_object(self) -> Flag:
        return self.flag


class FlagDetailView(FlagMixin, TemplateView):
    """The evidence card; with `?pada=` as it was at an earlier moment."""

    template_name = "review/flags/detail.html"

    def get_context_data(self, **kwargs):
        flag, user = self.flag, self.request.user
        snapshots = list(flag.snapshots.select_related("rule_version")[:50])
        shown = self.shown(snapshots)
        path = shown.path
        wording, digest = evidence.wording_and_digest(shown)
        return super().get_context_data(
            **kwargs,
            flag=flag,
            title=title_of(flag.rule),
            rule=RULES.get(flag.rule),
            shown=shown,
            is_now=shown.pk == flag.snapshot_id,
            is_reproduced=evidence.is_reproduced(shown, wording, digest),
            snapshots=snapshots,
            rows=evidence.rows_of(shown, wording, user=user),
            path=path,
            drawing=draw(
                path, title=_("From the person to the finding"),
                description=shown.sentence, chart_id="path",
            ),
            score=evidence.score_of(flag.subject, user=user) if flag.subject else None,
            replies=list(flag.replies.select_related("asked_by", "addressee")),
            may_judge=user.has_perm("review.judge_flag", flag),
            may_go_on=user.has_perm("review.work_on_cases"),
            case=flag.case if flag.case and user.has_perm("review.view_case", flag.case) else None,
        )  # fmt: skip

    def shown(self, snapshots: list[Any]) -> Any:
        wanted = self.request.GET.get("pada")
        if not wanted:
            found = next((s for s in snapshots if s.pk == self.flag.snapshot_id), None)
        else:
            found = next((s for s in snapshots if str(s.pk) == wanted), None)
        if found is None:
            raise Http404
        return found


class FlagFormView(FlagMixin, InvalidFormMixin, FormView):
    """One step with a form; what the workflow refuses stands in the form."""

    permission_required = "review.judge_flag"
    template_name = "people/action.html"
    title: Any = ""
    lead: Any = ""
    is_dangerous = False
    success_message: Any = ""

    def perform(self, form: Any) -> None:
        raise NotImplementedError

    def get_initial(self):
        return {"seen": self.flag.fingerprint}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                self.perform(form)
        except TransitionError as error:
            form.add_error(None, str(error))
            response = self.form_invalid(form)
            response.status_code = 409
            return response
        messages.success(self.request, self.done())
        return redirect(self.get_success_url())

    def done(self) -> str:
        return str(self.success_message)

    def get_success_url(self) -> str:
        return self.flag.get_absolute_url()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title=self.title,
            lead=f"{self.flag.sentence} {self.lead}",
            button=self.title,
            is_dangerous=self.is_dangerous,
            subject=title_of(self.flag.rule),
            back_url=self.flag.get_absolute_url(),
            **kwargs,
        )


class JudgeView(FlagFormView):
    """Once it is judged, the next one comes by itself; so the message says which it was."""

    def done(self) -> str:
        return f"{self.success_message} {self.flag.sentence}"

    def get_success_url(self) -> str:
        return f"{reverse('review:flag_next')}?sesudah={self.flag.pk}"


class DismissView(JudgeView):
    form_class = forms.JudgeForm
    title = _("Dismiss the flag")
    lead = _("It stays dismissed until the facts change; then it comes back and says what.")
    success_message = _("The flag is dismissed.")

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        workflow.dismiss(self.flag, by=self.request.user, reason=data["reason"], seen=data["seen"])


class ConfirmView(JudgeView):
    form_class = forms.JudgeForm
    title = _("Confirm the flag")
    lead = _("There is something to it: it goes on counting. It is no finding of guilt.")
    success_message = _("The flag is confirmed.")

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        workflow.confirm(self.flag, by=self.request.user, reason=data["reason"], seen=data["seen"])


class TakeUpView(FlagMixin, View):
    """Into the person's case; whoever may not read that case stays with the flag."""

    permission_required = "review.judge_flag"
    http_method_names = ("post",)

    def post(self, request, *args, **kwargs):
        try:
            with transaction.atomic():
                case = flag_cases.take_up(self.flag, by=request.user)
        except TransitionError as error:
            messages.error(request, str(error))
            return redirect(self.flag)
        messages.success(request, _("The open flags of this person are in the case."))
        return redirect(case if request.user.has_perm("review.view_case", case) else self.flag)


class NextFlagView(PermissionRequiredMixin, View):
    """The weightiest open flag; with `?sesudah=` the one after that in the list.

    Who has the case of that flag on their desk goes through its flags, then back to the case.
    """

    permission_required = "review.work_on_cases"

    def get(self, request, *args, **kwargs):
        rows = Flag.objects.visible_to(request.user)
        waiting = rows.filter(state=FlagState.OPEN).by_weight()
        key = _key(request.GET.get("sesudah"))
        last = rows.filter(pk=key).select_related("case").first()
        if last and last.case and last.case.assignee_id == request.user.pk:
            return redirect(waiting.filter(case=last.case).after(last).first() or last.case)
        found = (waiting.after(last) if last else waiting).first()
        if found is None:
            messages.info(request, _("That was the last open flag of the list."))
            return redirect("review:flag_list")
        return redirect(found)


def _key(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


class AskView(FlagFormView):
    form_class = forms.QuestionForm
    title = _("Ask the declarant")
    lead = _("The declarant has the right to answer; the answer is shown beside the finding.")
    success_message = _("The question is sent.")

    def get_initial(self):
        return {}

    def perform(self, form: Any) -> None:
        workflow.ask(self.flag, by=self.request.user, question=form.cleaned_data["question"])


class ScoreView(PermissionRequiredMixin, TemplateView):
    """The score of a person with its parts; 404 where the reader sees none of them."""

    permission_required = "review.list_flag"
    template_name = "review/flags/score.html"

    def get_context_data(self, **kwargs):
        subject = get_object_or_404(User, pk=self.kwargs["pk"])
        score = evidence.score_of(subject, user=self.request.user)
        if not score.parts:
            raise Http404
        for flag in score.parts:
            flag.rule_title = title_of(flag.rule)
        return super().get_context_data(**kwargs, subject=subject, score=score)


class ReplyView(PermissionRequiredMixin, InvalidFormMixin, FormView):
    """The declarant reads the question and answers it, once."""

    permission_required = "review.view_flagreply"
    template_name = "review/flags/reply.html"
    form_class = forms.AnswerForm

    @cached_property
    def reply(self) -> FlagReply:
        rows = FlagReply.objects.for_addressee(self.request.user).select_related("asked_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_permission_object(self) -> FlagReply:
        return self.reply

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            workflow.answer(self.reply, by=self.request.user, text=form.cleaned_data["answer"])
        except TransitionError as error:
            form.add_error(None, str(error))
            response = self.form_invalid(form)
            response.status_code = 409
            return response
        messages.success(self.request, str(_("Your answer is sent.")))
        return redirect(self.reply)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs, reply=self.reply, back_url=reverse("declarations:home")
        )
