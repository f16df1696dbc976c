"""Open cases of OPDs that are merged go over to the successor; what is signed stays as it was.

The OPD of a case decides whose officer and head may read it, so it follows the people. Documents
keep the OPD's old name. Matters that still keep somebody out, or that an open case speaks of, go
along: the same number must be recognised in the successor.
"""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from audit.services import record
from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    DecisionStatement,
    InterestRegister,
    Matter,
    SuperiorDecision,
    Suspension,
)
from declarations.states import ConflictState
from mapping.carrying import Line, Merger

# Of each kind the states in which somebody still has to do something, or a plan runs.
OPEN: dict[Any, tuple[str, ...]] = {
    InterestRegister: ("draft", "sent", "returned"),
    DecisionStatement: ("draft",),
    ConflictDeclaration: (
        "draft", *ConflictState.AWAITING_DECISION, "conflict_found", "no_conflict", "controlled",
    ),
    SuperiorDecision: ("draft",),
    ControlPlan: ("draft", "active"),
}  # fmt: skip


def open_cases(model: Any, merger: Merger) -> QuerySet:
    return model._default_manager.filter(opd__in=merger.sources, state__in=OPEN[model])


def open_matters(merger: Merger) -> QuerySet[Matter]:
    """Those of an open declaration of conflict, and those that somebody is kept out of."""
    cases = ConflictDeclaration.objects.filter(
        matter=OuterRef("pk"), state__in=OPEN[ConflictDeclaration]
    )
    kept_out = Suspension.objects.filter(matter=OuterRef("pk"), ended_at__isnull=True)
    return Matter.objects.filter(Exists(cases) | Exists(kept_out), opd__in=merger.sources)


def preview(merger: Merger) -> list[Line]:
    labels = {
        InterestRegister: _("Registers of interests that are not yet accepted"),
        DecisionStatement: _("Statements before a decision that are not yet signed"),
        ConflictDeclaration: _("Declarations of conflict that have not ended"),
        SuperiorDecision: _("Decisions that a superior is writing"),
        ControlPlan: _("Control plans that have not ended"),
    }
    found = [Line(labels[model], open_cases(model, merger).count()) for model in OPEN]
    matter_line = Line(
        _("Decisions that somebody is kept out of, or that an open case speaks of"),
        open_matters(merger).count(),
    )
    return [*found, matter_line]


@transaction.atomic
def carry(merger: Merger) -> int:
    """How many cases went over; safe to run twice. Each is locked and has its own event."""
    for matter in open_matters(merger).select_for_update(of=("self",)).order_by("pk"):
        _carry_matter(matter, merger)
    moved = 0
    for model in OPEN:
        cases = open_cases(model, merger).select_for_update(of=("self",)).order_by("pk")
        for case in cases.select_related("opd"):
            _carry_case(case, merger)
            moved += 1
    return moved


def _carry_case(case: Any, merger: Merger) -> None:
    former, fields = case.opd, ["opd", "updated_at"]
    case.opd = merger.successor
    if case.state == "draft" and (post := _post_now(case)) is not None:
        case.post, fields = post, [*fields, "post"]
    case.save(update_fields=[name for name in fields if hasattr(case, name)])
    record(
        f"{case._meta.model_name}.carry", by=merger.by, target=case, former=former.code,
        successor=merger.successor.code, reason=merger.reason,
    )  # fmt: skip


def _post_now(case: Any) -> Any:
    """Of a draft, the declarant's post in the successor; what was sent names the old one."""
    declarant = getattr(case, "declarant", None)
    post = declarant.standing.post if declarant is not None and hasattr(case, "post") else None
    return post if post is not None and post.opd_id == case.opd_id else None


def _carry_matter(matter: Matter, merger: Merger) -> None:
    """Under the successor; where it has the same matter already, the two become one."""
    same = (
        Q(number_key=matter.number_key)
        if matter.number_key
        else Q(number_key="", title_key=matter.title_key)
    )
    twin = Matter.objects.filter(same, opd=merger.successor, kind=matter.kind_id).first()
    if twin is None:
        matter.opd = merger.successor
        matter.save(update_fields=["opd"])
        return
    running = Suspension.objects.filter(matter=matter, ended_at__isnull=True)
    running.update(matter=twin)
    ConflictDeclaration.objects.filter(matter=matter, state__in=OPEN[ConflictDeclaration]).update(
        matter=twin
    )
