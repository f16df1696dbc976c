"""What helps while one writes: looking colleagues up, checking a replacement, the risk in words.

Each answers with a part of a page to HTMX and with a page of its own to everybody else.
"""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property

from declarations import drafts
from declarations.forms.superiors import PeopleSearchForm
from declarations.services import measures, risks
from declarations.services.drafting import SavedDraft
from declarations.views.editing.base import EditingView, SavingView
from declarations.views.superiors.editing import DECISION_EDITING, PLAN_EDITING
from people.models import User

MOST_PEOPLE = 10
SHORTEST_SEARCH = 3


class FragmentMixin:
    """A part for HTMX, a page otherwise; the cache keeps them apart."""

    fragment = whole = ""

    def answer(self, *, status: int = 200, **context: Any) -> HttpResponse:
        name = self.fragment if self.request.htmx else self.whole
        context |= {"subject": self.subject, "tasks_url": self.url("tasks")}
        # To HTMX a fault is a part like any other: it swaps nothing in on an error status.
        shown = 200 if self.request.htmx else status
        response = render(self.request, name, context, status=shown)
        patch_vary_headers(response, ["HX-Request"])
        return response


class RiskView(FragmentMixin, EditingView):
    """The level of what is chosen, before it is saved."""

    editing = DECISION_EDITING
    fragment = "declarations/superiors/_risk.html"
    whole = "declarations/superiors/_risk_page.html"
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        scale = risks.scale_to_show()
        stored = self.subject.draft.get("risk", {})
        risk = risks.assess(
            scale,
            request.GET.get("risk-likelihood", stored.get("likelihood")),
            request.GET.get("risk-impact", stored.get("impact")),
        )
        return self.answer(risk=risk, matrix=risks.table(scale, risk), section_url=self.back())

    def back(self) -> str:
        return self.url("section", "risk")


class ReplacementView(FragmentMixin, EditingView):
    """May this person step in? Asked as soon as a NIP is typed."""

    editing = DECISION_EDITING
    fragment = "declarations/superiors/_replacement.html"
    whole = "declarations/superiors/_replacement_page.html"
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        nip = next(
            (value for name, value in request.GET.items() if name.endswith("replacement")), ""
        )
        if not nip.strip():
            return self.answer(nip="")
        try:
            check = measures.check_replacement(self.subject.conflict, nip)
        except ValidationError as error:
            return self.answer(nip=nip, problems=error.messages, status=422)
        return self.answer(nip=nip, check=check)


class PeopleView(FragmentMixin, SavingView):
    """Colleagues by name or NIP; choosing one writes the NIP into the row of the draft."""

    fragment = "declarations/superiors/_people.html"
    whole = "declarations/superiors/_people_page.html"
    section_key = question = ""

    @cached_property
    def section(self):
        return self.form.section(self.section_key)

    @cached_property
    def row(self) -> str:
        """The key of the row, made by the server and sent along; anything else is no row."""
        given = self.request.POST.get("baris") or self.request.GET.get("baris") or ""
        try:
            return str(uuid.UUID(given))
        except ValueError:
            raise Http404 from None

    def get(self, request, *args, **kwargs):
        form = PeopleSearchForm(request.GET)
        is_valid = form.is_valid()
        text = form.cleaned_data.get("cari", "") if is_valid else ""
        people = self.found(text) if len(text) >= SHORTEST_SEARCH else []
        return self.answer(
            status=200 if is_valid else 422,
            form=form,
            text=text,
            people=people[:MOST_PEOPLE],
            has_more=len(people) > MOST_PEOPLE,
            is_short=len(text) < SHORTEST_SEARCH,
            row=self.row,
            revision=self.subject.revision,
            field_id=f"id_{self.section_key}-{self.row}-{self.question}",
            people_url=request.path,
            row_url=self.url("row", self.section_key, self.row),
        )

    def found(self, text: str) -> list[User]:
        rows = User.objects.active().matching(text).exclude(pk=self.excluded())
        rows = rows.with_main_post(on=timezone.localdate()).filter(post_title__isnull=False)
        return list(rows.order_by("name", "pk")[: MOST_PEOPLE + 1])

    def excluded(self) -> Any:
        return None

    def post(self, request, *args, **kwargs):
        person = User.objects.active().filter(nip=request.POST.get("nip", "")[:18]).first()
        if person is None:
            raise Http404
        saved = self.store(self._chosen(person))
        if not isinstance(saved, SavedDraft):
            return saved
        return redirect(self.url("row", self.section_key, self.row))

    def _chosen(self, person: User) -> Any:
        def change(base: drafts.Draft) -> drafts.Draft:
            values = {self.question: person.nip}
            return drafts.with_row(base, self.section, values, key=self.row)

        return change


class DecisionPeopleView(PeopleView):
    editing = DECISION_EDITING
    section_key, question = "measures", "replacement"

    def excluded(self):
        return self.subject.conflict.declarant_id


class PlanPeopleView(PeopleView):
    editing = PLAN_EDITING
    section_key, question = "tasks", "owner"
