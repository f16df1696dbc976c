"""Likenesses between a party and what the person declared before: shown, and answered."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import CleanCharField, plain_helper
from declarations import builder
from declarations.models import PartyMatch
from declarations.services import match_answers, statements
from declarations.services.drafting import DraftClosedError
from declarations.services.party_matching import NamedParty, hits
from declarations.views.editing.base import EditingView, posted_revision
from declarations.views.statements.editing import STATEMENT_EDITING

Answer = PartyMatch.Answer


class MatchForm(forms.Form):
    """The person's word on one likeness."""

    use_required_attribute = False
    answer = forms.ChoiceField(
        label=gettext_lazy("Is it the same?"),
        choices=Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether it is the same or another one.")},
    )
    reason = CleanCharField(
        label=gettext_lazy("Why is it another one?"),
        help_text=gettext_lazy("One sentence. Needed only when it is another one."),
        example=gettext_lazy("Another company with a like name, in another regency."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        widget = self.fields["reason"].widget
        widget.attrs["data-coi-shown-by"] = self.add_prefix("answer")
        widget.attrs["data-coi-shown-for"] = Answer.DIFFERENT

    @property
    def helper(self):
        return plain_helper(self, "answer", "reason")

    def clean(self):
        cleaned = super().clean()
        is_silent = not cleaned.get("reason") and "reason" not in self.errors
        if cleaned.get("answer") == Answer.DIFFERENT and is_silent:
            self.add_error("reason", _("Say in a sentence why it is another one."))
        return cleaned


class StatementMatchesView(EditingView):
    """All likenesses of the statement on one page; what was answered is kept, right or not."""

    editing = STATEMENT_EDITING

    @cached_property
    def found(self) -> statements.Review:
        return self.editing.review(self.subject)

    def get(self, request, *args, **kwargs):
        if not self.found.hits:
            return redirect(self.url("tasks"))
        return self.matches_page([(item, self.form_for(item)) for item in self.found.hits])

    def form_for(self, item, data=None) -> MatchForm:
        initial = {"answer": item.answer, "reason": item.reason}
        return MatchForm(data, initial=initial, prefix=item.hit.key.replace(":", "_"))

    def post(self, request, *args, **kwargs):
        pairs = [(item, self.form_for(item, request.POST)) for item in self.found.hits]
        given = [(item.hit, form.cleaned_data) for item, form in pairs if form.is_valid()]
        try:
            saved = self.editing.save(
                self.subject,
                change=lambda base: _with_answers(base, given),
                base_revision=posted_revision(request.POST),
                by=request.user,
            )
        except DraftClosedError:
            return self.closed()
        if saved.conflicts:
            messages.warning(request, _("Another window gave another answer; look again."))
            return self.matches_page(pairs, status=409)
        self.subject.draft, self.subject.revision = saved.draft, saved.revision
        if len(given) < len(pairs):
            return self.matches_page(pairs, status=422)
        return self.answered()

    def answered(self) -> HttpResponse:
        messages.success(self.request, _("Your answers are saved."))
        if self.editing.review(self.subject).is_conflict:
            return redirect(self.url("check"))
        return redirect(self.url("tasks"))

    def matches_page(self, pairs, *, status: int = 200) -> HttpResponse:
        return render(
            self.request,
            "declarations/statements/matches.html",
            {
                "subject": self.subject,
                "form_title": self.form.title.get(self.language),
                "revision": self.subject.revision,
                "tasks_url": self.url("tasks"),
                "parties_url": self.url("section", "parties"),
                "pairs": pairs,
                "forms": [form for _item, form in pairs],
            },
            status=status,
        )


def _with_answers(draft, given):
    for hit, values in given:
        draft = match_answers.with_answer(
            draft, hit, answer=values["answer"], reason=values["reason"]
        )
    return draft


class StatementHitsView(EditingView):
    """While a party is typed: what it is like. A fragment; nothing is stored."""

    editing = STATEMENT_EDITING
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            section = self.form.section("parties")
        except KeyError:
            raise Http404 from None
        key = str(self.kwargs["row"])
        typed = builder.typed(section, request.POST, builder.row_prefix(section, key)).values
        party = NamedParty(
            key,
            *(str(typed.get(name) or "")[:250] for name in ("name", "npwp", "nib")),
        )
        found = [
            match_answers.AnsweredHit(hit, "", "") for hit in hits(self.subject.declarant, [party])
        ]
        return render(
            request, "declarations/statements/_hits.html", {"hits": found, "is_typing": True}
        )
