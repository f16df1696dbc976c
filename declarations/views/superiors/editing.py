"""F5 and F6 on the generic editing pages."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from declarations import answers, builder, drafts, states
from declarations.answers import Missing
from declarations.models import ControlMeasureKind, ControlPlan, SuperiorDecision
from declarations.services import areas, measures, plan_checks, risks
from declarations.services.measures import Fault, found_people
from declarations.states import ConflictState
from declarations.views.editing import EditingSet
from declarations.workflow import decisions, plans


def as_missing(section: Any, faults: Iterable[Fault]) -> list[Missing]:
    """Faults of rows as entries of the to-do list, each leading to its field."""
    found = []
    for fault in faults:
        anchor = f"id_{section.key}-nil"
        if fault.row:
            anchor = f"id_{builder.row_prefix(section, fault.row)}-{fault.question}"
        found.append(Missing(section.key, fault.row, fault.question, fault.message, anchor))
    return found


class DecisionEditing(EditingSet):
    name = "decision"
    path = "keputusan-atasan"
    model = SuperiorDecision
    sign_permission = states.DECISION_SIGN.permission
    sign_label = gettext_lazy("Sign the decision")
    done_title = gettext_lazy("Your decision is signed")
    templates = {
        "tasks": "declarations/superiors/decision_tasks.html",
        "section": "declarations/superiors/decision_section.html",
        "rows": "declarations/superiors/measures.html",
        "row": "declarations/superiors/measure.html",
        "check": "declarations/superiors/decision_check.html",
    }

    def queryset(self, user):
        rows = (
            super()
            .queryset(user)
            .select_related(
                "conflict__declarant",
                "conflict__matter__kind",
                "conflict__document",
                "conflict__matter__risk_area",
                "conflict__opd",
            )
        )
        return rows.defer(
            "form_version__content", "document__content", "conflict__draft",
            "conflict__document__content",
        )  # fmt: skip

    def sign(self, subject, *, by, proof, revision):
        decisions.sign(subject, by=by, proof=proof, revision=revision)

    def missing(self, subject, form):
        found = super().missing(subject, form)
        cleaned = answers.clean_answers(form, subject.draft)
        checked = measures.check(
            subject.conflict,
            cleaned.values["findings"]["finding"],
            cleaned.values["measures"]["rows"],
        )
        found += as_missing(form.section("measures"), checked.faults)
        if subject.conflict.state == ConflictState.NEEDS_DATA:
            text = _("You asked for more data; wait for the answer or for its limit.")
            found.append(Missing("", None, None, text, ""))
        return found

    def header(self, subject):
        conflict = subject.conflict
        return {"lead": str(conflict.matter), "kicker": f"F5 · {conflict.declarant.full_name}"}

    def context(self, request, subject, page):
        context = {
            "conflict": subject.conflict,
            "case_url": reverse("declarations:decision_case", args=[subject.conflict_id]),
        }
        if page == "check":
            risk, scale = subject.draft.get("risk", {}), risks.scale_to_show()
            risk = risks.assess(scale, risk.get("likelihood"), risk.get("impact"))
            area = areas.standing_of(subject.conflict, get_language() or "id")
            context |= {"risk": risk, "area": area}
            if risk is not None:
                context["is_rated_lower"] = areas.is_rated_lower(scale, risk.level, area)
        return context

    def section_context(self, request, subject, section):
        if section.key == "risk":
            return self._risk(subject)
        if section.key == "measures":
            return self._measures(request, subject)
        return {}

    def _risk(self, subject):
        scale = risks.scale_to_show()
        given = subject.draft.get("risk", {})
        risk = risks.assess(scale, given.get("likelihood"), given.get("impact"))
        return {
            "risk": risk,
            "matrix": risks.table(scale, risk),
            "area": areas.standing_of(subject.conflict, get_language() or "id"),
        }

    def _measures(self, request, subject):
        language = get_language() or "id"
        context = {
            "kinds": [
                {
                    "label": str(kind),
                    "hint": kind.hint_en if language == "en" else kind.hint_id,
                    "needs_replacement": kind.needs_replacement,
                }
                for kind in ControlMeasureKind.objects.filter(is_active=True)
            ],
            "finding": subject.draft.get("findings", {}).get("finding", ""),
        }
        if row := request.resolver_match.kwargs.get("row"):
            stored = drafts.row_of(subject.draft, "measures", str(row)) or {}
            context |= {
                "people_url": reverse("declarations:decision_people", args=[subject.pk]),
                "check_url": reverse("declarations:decision_replacement", args=[subject.pk]),
                "field_name": f"measures-{row}-replacement",
                "typed_nip": stored.get("replacement", ""),
            }
        return context

    def next_of_section(self, subject, section):
        return _next_section(self, subject, section)

    def next_steps(self, subject):
        if subject.finding == "no_conflict":
            return [
                _("The person may act in the decision again."),
                _("The declaration is closed, as soon as the Inspectorate has no question on it."),
                _("The person gets a notice and can read your decision."),
            ]
        return [
            _("The person and the replacement officials get a notice."),
            _("A control plan has been prepared for you: complete it and sign it."),
        ]


class PlanEditing(EditingSet):
    name = "plan"
    path = "pengendalian"
    model = ControlPlan
    sign_permission = states.PLAN_START.permission
    sign_label = gettext_lazy("Sign and start the plan")
    done_title = gettext_lazy("The control plan runs")
    done_steps = (
        gettext_lazy("The person under the plan gets a notice and signs below, in the same PDF."),
        gettext_lazy("The owners of the tasks get a notice, and reminders before the last day."),
        gettext_lazy("You look at the evidence, and evaluate on the day that you have set."),
    )
    templates = {
        "tasks": "declarations/superiors/plan_tasks.html",
        "row": "declarations/superiors/plan_row.html",
        "rows": "declarations/superiors/plan_rows.html",
    }

    def queryset(self, user):
        rows = (
            super()
            .queryset(user)
            .select_related("conflict__declarant", "conflict__matter", "decision")
        )
        return rows.defer(
            "form_version__content", "document__content", "conflict__draft", "decision__draft"
        )

    def sign(self, subject, *, by, proof, revision):
        plans.start(subject, by=by, proof=proof, revision=revision)

    def missing(self, subject, form):
        found = super().missing(subject, form)
        rows = answers.clean_answers(form, subject.draft).values["tasks"]["rows"]
        checked = plan_checks.check(rows, on=timezone.localdate())
        is_told = any(item.section == "tasks" and item.row is None for item in found)
        faults = [fault for fault in checked.faults if fault.row or not is_told]
        return found + as_missing(form.section("tasks"), faults)

    def header(self, subject):
        conflict = subject.conflict
        return {"lead": str(conflict.matter), "kicker": f"F6 · {conflict.declarant.full_name}"}

    def section_context(self, request, subject, section):
        if section.key != "tasks":
            return {}
        rows = drafts.rows_of(subject.draft, "tasks")
        row = request.resolver_match.kwargs.get("row")
        if row is None:
            owners = found_people("".join(r.get("owner", "").split()) for r in rows)
            return {"owners": list(owners.values())}
        stored = drafts.row_of(subject.draft, "tasks", str(row)) or {}
        return {
            "people_url": reverse("declarations:plan_people", args=[subject.pk]),
            "field_name": f"tasks-{row}-owner",
            "typed_nip": stored.get("owner", ""),
        }

    def next_of_section(self, subject, section):
        return _next_section(self, subject, section)


def _next_section(editing: EditingSet, subject: Any, section: Any) -> str:
    """A short form is walked through in its order, then checked."""
    sections = editing.form(subject).sections
    place = sections.index(section) + 1
    if place < len(sections):
        return editing.url("section", subject, sections[place].key)
    return editing.url("check", subject)


DECISION_EDITING = DecisionEditing()
PLAN_EDITING = PlanEditing()
