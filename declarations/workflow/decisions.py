"""F5: the superior's decision, and what it does to the declaration."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations import answers, states
from declarations.content import Form
from declarations.documents import classification_of, signature, statement_content
from declarations.messages import decisions as messages
from declarations.models import (
    ChosenMeasure,
    ConflictDeclaration,
    ControlPlan,
    SuperiorDecision,
)
from declarations.models.decisions import Finding
from declarations.services import areas, holding, measures, risks, suspensions
from declarations.services.configuration import form_in_use, read_version
from declarations.services.drafting import forget_revisions
from declarations.services.measures import Measure
from declarations.services.plan_drafts import first_draft
from declarations.states import ConflictState
from declarations.workflow import conflicts
from declarations.workflow.base import (
    TransitionError,
    check_revision,
    lock,
    lock_row,
    move,
)
from people import nip
from people.models import User
from people.proof import Proof
from statements import services as documents


@transaction.atomic
def begin(conflict: ConflictDeclaration, *, by: User) -> SuperiorDecision:
    """The decision that the superior writes on; a second call gives the same one."""
    conflict = lock_row(conflict)
    if conflict.handler_id != by.pk or not by.has_perm(states.CONFLICT_FIND.permission, conflict):
        raise PermissionDenied
    if conflict.state in (ConflictState.SENT, ConflictState.ESCALATED):
        conflict = conflicts.review(conflict, by=by)
    if conflict.state != ConflictState.UNDER_REVIEW:
        raise TransitionError(
            _("This is not possible any more; the state is now “%(state)s”.")
            % {"state": conflict.get_state_display()}
        )
    conflicts.check_may_decide(conflict, by=by)
    existing = SuperiorDecision.objects.filter(conflict=conflict, state="draft").first()
    if existing is not None and existing.decider_id == by.pk:
        return existing
    if existing is not None:
        move(existing, states.DECISION_DISCARD, by=None)
    decision = SuperiorDecision.objects.create(
        conflict=conflict,
        decider=by,
        decider_post=by.standing.post,
        opd=conflict.opd,
        year=timezone.localdate().year,
        form_version=form_in_use("F5"),
    )
    record("superiordecision.create", by=by, target=decision, conflict=str(conflict.pk))
    return decision


@transaction.atomic
def sign(
    decision: SuperiorDecision, *, by: User, proof: Proof, revision: int | None = None
) -> SuperiorDecision:
    """Sign the decision; the declaration moves on in the same transaction.

    No conflict: the suspension ends and the declaration is closed, unless the Inspectorate looks
    at it (then once it is through). A conflict: a control plan
    is begun, and a measure that takes the person off the decision makes the suspension lasting.
    """
    conflict = lock_row(decision.conflict)  # Before the decision: everybody locks in this order.
    decision = lock(decision, states.DECISION_SIGN, by=by)
    check_revision(decision, revision)
    decision.conflict = conflict
    if conflict.state != ConflictState.UNDER_REVIEW or conflict.handler_id != by.pk:
        raise TransitionError(
            _("It is not your turn any more; the state is now “%(state)s”.")
            % {"state": conflict.get_state_display()}
        )
    conflicts.check_may_decide(conflict, by=by)
    form = read_version(decision.form_version)
    cleaned = answers.clean_answers(form, decision.draft)
    if not cleaned.is_valid:
        raise TransitionError(" ".join(item.message for item in cleaned.errors))
    finding = cleaned.values["findings"]["finding"]
    checked = measures.check(conflict, finding, cleaned.values["measures"]["rows"])
    if not checked.is_valid:
        raise TransitionError(" ".join(fault.message for fault in checked.faults))
    chosen = checked.chosen
    _replace_former(conflict, by=by)
    ChosenMeasure.objects.bulk_create(
        ChosenMeasure(
            decision=decision, kind=item.kind, replacement=item.replacement, note=item.note
        )
        for item in chosen
    )
    changes = _typed(cleaned.values)
    now = timezone.now()
    changes["document"] = _issue(decision, form, chosen, changes, by=by, proof=proof)
    move(decision, states.DECISION_SIGN, by=by, signed_at=now, signed_by=by, **changes)
    forget_revisions(decision)
    if finding == Finding.CONFLICT:
        _found(conflict, decision, chosen, by=by)
    else:
        _cleared(conflict, by=by)
    messages.tell_decided(decision, chosen)
    return decision


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    findings, risk, validity = values["findings"], values["risk"], values["validity"]
    scale = risks.scale_in_force()
    likelihood, impact = int(risk["likelihood"]), int(risk["impact"])
    magnitude = scale.magnitude(likelihood, impact)
    return {
        "finding": findings["finding"],
        "truth_analysis": findings["truth_analysis"],
        "impact_analysis": findings["impact_analysis"],
        "scale": scale,
        "likelihood": likelihood,
        "impact": impact,
        "magnitude": magnitude,
        "level": scale.band(magnitude)["level"],
        "reasons": validity["reasons"],
        "valid_from": validity["valid_from"],
        "valid_until": validity["valid_until"],
    }


def _replace_former(conflict: ConflictDeclaration, *, by: User) -> None:
    """After a reopening the new decision takes the place of the old one, and of its plan."""
    for former in SuperiorDecision.objects.filter(conflict=conflict, state="signed"):
        move(former, states.DECISION_SUPERSEDE, by=by)
        if former.document is not None:
            documents.revoke(former.document, by=by, reason=_("A new decision replaces this one."))
    for former_plan in ControlPlan.objects.filter(conflict=conflict).exclude(state="replaced"):
        plan = lock_row(former_plan)
        move(plan, states.PLAN_REPLACE, by=by)
        if plan.document is not None:
            documents.revoke(plan.document, by=by, reason=_("A new decision replaces this one."))


def _issue(
    decision: SuperiorDecision,
    form: Form,
    chosen: list[Measure],
    changes: dict[str, Any],
    *,
    by: User,
    proof: Proof,
) -> Any:
    conflict = decision.conflict
    subject = {
        "title": _about_title(),
        "blocks": [
            {
                "type": "fields",
                "rows": [
                    {"label": "Nomor deklarasi", "value": conflict.number},
                    {"label": "Nama", "value": conflict.declarant.full_name},
                    {"label": "NIP", "value": nip.display(conflict.declarant.nip)},
                    {"label": "Keputusan terkait", "value": str(conflict.matter)},
                    *_area_row(conflict),
                ],
            }
        ],
    }
    replaced = [
        {
            "label": item.kind.label_id,
            "value": f"{item.replacement.full_name} (NIP {nip.display(item.replacement.nip)})",
        }
        for item in chosen
        if item.replacement is not None
    ]
    after = (
        [{"title": "Pejabat pengganti", "blocks": [{"type": "fields", "rows": replaced}]}]
        if replaced
        else []
    )
    return documents.issue(
        kind="F5",
        content=statement_content(
            form=form,
            version=decision.form_version,
            draft=decision.draft,
            person=by,
            post=decision.decider_post,
            opd=decision.opd,
            before=[subject],
            after=after,
            more={"risk": [_level_row(changes)]},
            classification=classification_of(conflict),
            data={"decision": str(decision.pk), "declaration": str(conflict.pk)},
        ),
        subject=conflict.declarant,
        opd=decision.opd,
        year=decision.year,
        title=form.title.id,
        signatures=[signature(form, "superior", signer=by, post=decision.decider_post)],
        by=by,
        proof=proof,
    )


def _level_row(changes: dict[str, Any]) -> dict[str, str]:
    """What likelihood and impact come to, on the scale of the day of the decision."""
    magnitude = changes["magnitude"]
    band = changes["scale"].band(magnitude)
    label = band.get("label_id", band["level"])
    return {"label": "Tingkat risiko", "value": f"{label} (besaran {magnitude})"}


def _area_row(conflict: ConflictDeclaration) -> list[dict[str, str]]:
    """What the map says of the area on the day of the decision, in Indonesian."""
    area = areas.standing_of(conflict, "id")
    if area is None or not area.words:
        return []
    level = area.now or area.said
    value = f"{area.words} — {level}" if level else area.words
    return [{"label": "Area rawan", "value": value}]


def _about_title() -> str:
    return "Deklarasi yang diputus"


def _found(
    conflict: ConflictDeclaration, decision: SuperiorDecision, chosen: list[Measure], *, by: User
) -> None:
    move(conflict, states.CONFLICT_FIND, by=by, decided_at=timezone.now())
    if any(not item.kind.allows_continuing for item in chosen):
        suspensions.make_lasting(conflict, by=by)
    else:
        suspensions.end(conflict, by=by, reason=_("The superior lets the person go on."))
    plan = ControlPlan.objects.create(
        conflict=conflict,
        decision=decision,
        opd=conflict.opd,
        year=decision.year,
        form_version=form_in_use("F6"),
        draft=first_draft(conflict, decision),
        created_by=by,
    )
    record("controlplan.create", by=by, target=plan, decision=str(decision.pk))


def _cleared(conflict: ConflictDeclaration, *, by: User) -> None:
    move(conflict, states.CONFLICT_CLEAR, by=by, decided_at=timezone.now())
    suspensions.end(conflict, by=by, reason=_("The superior found no conflict."))
    if not holding.is_held(conflict):
        conflicts.close(conflict, by=None)
