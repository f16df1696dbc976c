"""Declared conflicts on their way through decision and control, made as people make them."""

import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from declarations.models import ConflictDeclaration, ControlPlan, ControlTask, SuperiorDecision
from declarations.services import attachments
from declarations.workflow import conflicts, decisions, plans, statements
from people.models import User
from tests.declarations.office import (
    Office,
    conflict_answers,
    decision_draft,
    make_statement,
    proof,
    statement_draft,
)

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def fresh(user: User) -> User:
    """The person as the next request loads them: posts and roles read anew."""
    return User.objects.get(pk=user.pk)


def declared(
    office: Office, *, title: str = "", confidential: bool = False
) -> ConflictDeclaration:
    """Sent, on the desk of the superior."""
    draft = statement_draft(bisnis="Saya memiliki saham.")
    if title:
        draft["decision"] |= {"title": title, "number": ""}
    conflict = statements.convert(make_statement(office, draft), by=office.staff)
    for section, values in conflict_answers().items():
        conflict.draft.setdefault(section, {}).update(values)
    if confidential:
        conflict.draft["follow_up"] |= {
            "is_confidential": "yes",
            "confidentiality_reason": "Menyangkut keluarga.",
        }
    conflict.save()
    return conflicts.send(conflict, by=office.staff, proof=proof(office.staff))


def begun(office: Office, conflict: ConflictDeclaration | None = None) -> SuperiorDecision:
    """A complete draft of a decision that finds a conflict."""
    decision = decisions.begin(conflict or declared(office), by=office.superior)
    return with_draft(decision, measures=(("MUNDUR_PROSES", office.colleague.nip),))


def with_draft(decision: SuperiorDecision, **values: Any) -> SuperiorDecision:
    decision.draft = decision_draft(**values)
    decision.save()
    return decision


def decided(office: Office, conflict: ConflictDeclaration | None = None) -> SuperiorDecision:
    decision = begun(office, conflict)
    return decisions.sign(decision, by=office.superior, proof=proof(office.superior))


def planned(office: Office, decision: SuperiorDecision | None = None) -> ControlPlan:
    """A complete draft of a plan, with one task of the replacement."""
    plan = ControlPlan.objects.get(decision=decision or decided(office))
    plan.draft["plan"]["aim"] = "Menjaga kenetralan."
    for row in plan.draft["tasks"]["rows"]:
        row["expected_evidence"] = "Surat penunjukan"
    plan.save()
    return plan


def running(office: Office, plan: ControlPlan | None = None) -> ControlPlan:
    return plans.start(plan or planned(office), by=office.superior, proof=proof(office.superior))


def task_of(plan: ControlPlan) -> ControlTask:
    return ControlTask.objects.select_related("owner").get(plan=plan)


def with_evidence(task: ControlTask) -> ControlTask:
    upload = SimpleUploadedFile("surat.pdf", PDF, content_type="application/pdf")
    attachments.add(task, upload, by=task.owner)
    return task


def reported(office: Office, plan: ControlPlan | None = None) -> ControlTask:
    task = with_evidence(task_of(plan or running(office)))
    return plans.report_task(task, by=task.owner, evidence_note="Berkas diserahkan.")


def confirmed(office: Office) -> ControlTask:
    return plans.confirm_task(reported(office), by=office.superior, effect="effective")


def evaluation(**changes: Any) -> dict[str, str]:
    """The answers as they are typed."""
    today = timezone.localdate()
    return {
        "evaluated_on": today.isoformat(),
        "period_from": (today - datetime.timedelta(days=30)).isoformat(),
        "period_until": today.isoformat(),
        "effect": "effective",
        "findings": "Dilaksanakan sesuai rencana.",
        "recommendation": "",
        "next_steps": "",
        **changes,
    }


def evaluated(office: Office) -> ControlPlan:
    """Ready to be closed."""
    plan = confirmed(office).plan
    plans.evaluate(plan, by=office.superior, proof=proof(office.superior), typed=evaluation())
    return plan


def closed(office: Office) -> ControlPlan:
    return plans.close(evaluated(office), by=office.superior)
