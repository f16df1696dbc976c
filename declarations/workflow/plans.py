"""F6 and F7: the control plan is signed, its tasks are done, and somebody looks whether it
worked.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import record
from declarations import answers, states
from declarations.content import Form
from declarations.documents import classification_of, signature, statement_content
from declarations.messages import plans as messages
from declarations.models import (
    ControlMeasureKind,
    ControlPlan,
    ControlTask,
    FollowUp,
    FormVersion,
)
from declarations.presentation import format_date
from declarations.services import plan_checks
from declarations.services.configuration import read_version
from declarations.services.drafting import forget_revisions
from declarations.services.plan_drafts import EVALUATION, evaluation_of, forget_evaluation
from declarations.states import PlanState, TaskState
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
def start(
    plan: ControlPlan, *, by: User, proof: Proof, revision: int | None = None
) -> ControlPlan:
    """The superior signs; the tasks run, and the declarant is asked to sign below."""
    conflict = lock_row(plan.conflict)
    plan = lock(plan, states.PLAN_START, by=by)
    check_revision(plan, revision)
    plan.conflict = conflict
    form = read_version(plan.form_version)
    cleaned = answers.clean_answers(form, plan.draft)
    if not cleaned.is_valid:
        raise TransitionError(" ".join(item.message for item in cleaned.errors))
    rows = cleaned.values["tasks"]["rows"]
    checked = plan_checks.check(rows, on=timezone.localdate())
    if checked.faults:
        raise TransitionError(" ".join(fault.message for fault in checked.faults))
    tasks = _tasks(plan, rows, checked.owners)
    document = _issue(plan, form, tasks, by=by, proof=proof)
    ControlTask.objects.bulk_create(tasks)
    move(
        plan,
        states.PLAN_START,
        by=by,
        started_at=timezone.now(),
        started_by=by,
        document=document,
        review_on=cleaned.values["plan"]["review_on"],
    )
    move(conflict, states.CONFLICT_CONTROL, by=by)
    forget_revisions(plan)
    messages.tell_started(plan, tasks)
    return plan


@transaction.atomic
def agree(plan: ControlPlan, *, by: User, proof: Proof) -> ControlPlan:
    """The declarant's signature in the same PDF, below the superior's."""
    plan = lock_row(plan)
    if not by.has_perm("declarations.agree_controlplan", plan):
        raise PermissionDenied
    if plan.state != PlanState.ACTIVE or plan.agreed_at is not None or plan.document is None:
        raise TransitionError(_("This plan is not waiting for your signature."))
    documents.countersign(plan.document, slot="declarant", by=by, proof=proof)
    plan.agreed_at, plan.agreed_by = timezone.now(), by
    plan.save(update_fields=["agreed_at", "agreed_by", "updated_at"])
    record("controlplan.agree", by=by, target=plan)
    messages.tell_agreed(plan)
    return plan


@transaction.atomic
def report_task(
    task: ControlTask, *, by: User, evidence_note: str, obstacles: str = ""
) -> ControlTask:
    """The owner says what was done; needs the words, and a file where one was expected."""
    task = _lock_task(task, states.TASK_REPORT, by=by)
    if not evidence_note.strip():
        raise TransitionError(_("Say what was done, and add the evidence."))
    if task.expected_evidence and not task.attachments.filter(removed_at__isnull=True).exists():
        raise TransitionError(
            _("Add the evidence as a file: %(evidence)s") % {"evidence": task.expected_evidence}
        )
    move(
        task,
        states.TASK_REPORT,
        by=by,
        evidence_note=evidence_note,
        obstacles=obstacles,
        done_at=timezone.now(),
        done_by=by,
    )
    messages.tell_reported(task)
    return task


@transaction.atomic
def confirm_task(task: ControlTask, *, by: User, effect: str) -> ControlTask:
    """The superior has seen the evidence and says whether it worked."""
    task = _lock_task(task, states.TASK_CONFIRM, by=by)
    move(
        task,
        states.TASK_CONFIRM,
        by=by,
        effect=effect,
        confirmed_at=timezone.now(),
        confirmed_by=by,
    )
    messages.tell_confirmed(task)
    return task


@transaction.atomic
def refuse_task(task: ControlTask, *, by: User, reason: str) -> ControlTask:
    """Not done yet, or not shown: back to the owner with the reason."""
    task = _lock_task(task, states.TASK_REFUSE, by=by)
    if not reason.strip():
        raise TransitionError(_("Say what is missing."))
    move(task, states.TASK_REFUSE, by=by, reason=reason, done_at=None, done_by=None)
    messages.tell_refused(task)
    return task


@transaction.atomic
def cancel_task(task: ControlTask, *, by: User, reason: str) -> ControlTask:
    task = _lock_task(task, states.TASK_CANCEL, by=by)
    if not reason.strip():
        raise TransitionError(_("Say why the task falls away."))
    move(task, states.TASK_CANCEL, by=by, reason=reason)
    messages.tell_cancelled(task)
    return task


@transaction.atomic
def evaluate(
    plan: ControlPlan,
    *,
    by: User,
    proof: Proof,
    typed: Mapping[str, Any],
    evaluations: int | None = None,
    revision: int | None = None,
) -> FollowUp:
    """F7: one evaluation, signed and kept as it was written. `typed` are the answers of the form.

    `evaluations`: how many the page knew of, so that what is pressed twice is signed once;
    `revision`: the draft that the page showed.
    """
    plan = lock_row(plan)
    if not by.has_perm("declarations.evaluate_controlplan", plan):
        raise PermissionDenied
    if plan.state != PlanState.ACTIVE:
        raise TransitionError(_("Only a running plan is evaluated."))
    if evaluations is not None and plan.follow_ups.count() != evaluations:
        raise TransitionError(_("The plan was evaluated in the meantime; read that one first."))
    written = evaluation_of(plan)
    check_revision(written, revision)
    version = written.form_version
    form, draft = read_version(version), {EVALUATION: dict(typed)}
    cleaned = answers.clean_answers(form, draft)
    if not cleaned.is_valid:
        raise TransitionError(" ".join(item.message for item in cleaned.errors))
    values = cleaned.values[EVALUATION]
    if fault := plan_checks.evaluation_fault(values):
        raise TransitionError(fault)
    follow_up = FollowUp.objects.create(
        plan=plan,
        form_version=version,
        evaluated_on=values["evaluated_on"],
        period_from=values["period_from"],
        period_until=values["period_until"],
        effect=values["effect"],
        findings=values["findings"],
        recommendation=values["recommendation"] or "",
        next_steps=values["next_steps"] or "",
        created_by=by,
        document=_issue_evaluation(plan, version, form, draft, by=by, proof=proof),
    )
    record("controlplan.evaluate", by=by, target=plan, effect=follow_up.effect)
    forget_evaluation(plan)
    messages.tell_evaluated(follow_up)
    return follow_up


def missing_before_closing(plan: ControlPlan) -> list[str]:
    """What stands between a running plan and its end: the page's list and the guard."""
    states_of_tasks = list(plan.tasks.values_list("state", flat=True))
    return missing_among(states_of_tasks, plan.follow_ups.count())


def missing_among(task_states: list[str], evaluations: int) -> list[str]:
    """As above, for a caller who has read the rows already."""
    missing = []
    left = sum(state in (TaskState.OPEN, TaskState.DONE) for state in task_states)
    if left:
        text = ngettext(
            "%(count)s task is not settled yet.", "%(count)s tasks are not settled yet.", left
        )
        missing.append(text % {"count": left})
    if TaskState.CONFIRMED not in task_states:
        missing.append(_("No task has been confirmed with its evidence."))
    if not evaluations:
        missing.append(_("The plan has not been evaluated yet (F7)."))
    return missing


@transaction.atomic
def close(plan: ControlPlan, *, by: User) -> ControlPlan:
    """Every task settled with evidence and an evaluation written: the conflict is closed."""
    conflict = lock_row(plan.conflict)
    plan = lock(plan, states.PLAN_CLOSE, by=by)
    if missing := missing_before_closing(plan):
        raise TransitionError(" ".join(missing))
    move(plan, states.PLAN_CLOSE, by=by, closed_at=timezone.now(), closed_by=by)
    forget_evaluation(plan)
    conflicts.close(conflict, by=None)
    return plan


def _lock_task(task: ControlTask, transition: states.Transition, *, by: User) -> ControlTask:
    """The plan first, so that no task moves while the plan is being closed."""
    plan = lock_row(task.plan)
    if plan.state != PlanState.ACTIVE:
        raise TransitionError(_("The plan of this task is not running."))
    return lock(task, transition, by=by)


def _tasks(
    plan: ControlPlan, rows: list[dict[str, Any]], owners: dict[str, User]
) -> list[ControlTask]:
    kinds = {kind.code: kind for kind in ControlMeasureKind.objects.all()}
    return [
        ControlTask(
            plan=plan,
            measure=kinds.get(row["measure"]),
            position=position,
            action=row["action"],
            owner=owners[row["owner"]],
            due_on=row["due_on"],
            expected_evidence=row["expected_evidence"] or "",
        )
        for position, row in enumerate(rows, start=1)
    ]


def _issue(
    plan: ControlPlan, form: Form, tasks: list[ControlTask], *, by: User, proof: Proof
) -> Any:
    conflict, decision = plan.conflict, plan.decision
    owners = {nip.display(task.owner.nip): task.owner.full_name for task in tasks}
    names = {
        "title": "Penanggung jawab",
        "blocks": [
            {
                "type": "fields",
                "rows": [{"label": f"NIP {key}", "value": name} for key, name in owners.items()],
            }
        ],
    }
    post = by.standing.post
    return documents.issue(
        kind="F6",
        content=statement_content(
            form=form,
            version=plan.form_version,
            draft=plan.draft,
            person=by,
            post=post,
            opd=plan.opd,
            before=[_about(plan)],
            after=[names],
            classification=classification_of(conflict),
            data={"plan": str(plan.pk), "decision": str(decision.pk)},
        ),
        subject=conflict.declarant,
        opd=plan.opd,
        year=plan.year,
        title=form.title.id,
        signatures=[
            signature(form, "superior", signer=by, post=post),
            signature(form, "declarant", signer=conflict.declarant, post=conflict.post),
        ],
        by=by,
        proof=proof,
    )


def _about(plan: ControlPlan) -> dict[str, Any]:
    """What the plan rests on; of a signed one with its number."""
    conflict = plan.conflict
    rows = [
        {"label": "Nomor keputusan atasan", "value": plan.decision.number},
        {"label": "Nomor deklarasi", "value": conflict.number},
        {"label": "Nama", "value": conflict.declarant.full_name},
        {"label": "NIP", "value": nip.display(conflict.declarant.nip)},
        {"label": "Keputusan terkait", "value": str(conflict.matter)},
    ]
    if plan.number:
        rows.insert(0, {"label": "Nomor rencana", "value": plan.number})
    return {"title": "Dasar rencana", "blocks": [{"type": "fields", "rows": rows}]}


def _issue_evaluation(
    plan: ControlPlan,
    version: FormVersion,
    form: Form,
    draft: dict[str, Any],
    *,
    by: User,
    proof: Proof,
) -> Any:
    conflict, post = plan.conflict, by.standing.post
    return documents.issue(
        kind="F7",
        content=statement_content(
            form=form,
            version=version,
            draft=draft,
            person=by,
            post=post,
            opd=plan.opd,
            before=[_about(plan), _progress(plan)],
            classification=classification_of(conflict),
            data={"plan": str(plan.pk)},
        ),
        subject=conflict.declarant,
        opd=plan.opd,
        year=timezone.localdate().year,
        title=form.title.id,
        signatures=[signature(form, "superior", signer=by, post=post)],
        by=by,
        proof=proof,
    )


def _progress(plan: ControlPlan) -> dict[str, Any]:
    """How the tasks stand on the day of the evaluation, in Indonesian."""
    with translation.override("id"):
        rows = [
            {
                "cells": [
                    task.action,
                    task.owner.full_name,
                    format_date(task.due_on),
                    str(task.get_state_display()),
                    str(task.get_effect_display()) or "–",
                ]
            }
            for task in plan.tasks.select_related("owner")
        ]
    columns = ["Tindakan", "Penanggung jawab", "Tenggat", "Keadaan", "Pengaruh"]
    table = {"type": "table", "columns": columns, "rows": rows, "empty": "Nihil"}
    return {"title": "Pelaksanaan tindakan", "blocks": [table]}
