"""The whole way of a declared conflict, through the workflow alone."""

import pytest
from django.utils import timezone

from declarations.models import ControlPlan, Suspension
from declarations.states import ConflictState, StatementState
from declarations.workflow import TransitionError, conflicts, decisions, plans, statements
from tests.declarations.office import (
    conflict_answers,
    decision_draft,
    make_office,
    make_statement,
    proof,
    statement_draft,
)

pytestmark = pytest.mark.django_db


def declared(office):
    """A conflict that began as a statement with a yes."""
    statement = make_statement(office, statement_draft(bisnis="Saya memiliki saham."))
    conflict = statements.convert(statement, by=office.staff)
    for section, values in conflict_answers().items():
        conflict.draft.setdefault(section, {}).update(values)
    conflict.save()
    return conflicts.send(conflict, by=office.staff, proof=proof(office.staff))


def test_clean_statement_is_issued():
    office = make_office()

    statement = statements.issue(
        make_statement(office), by=office.staff, proof=proof(office.staff)
    )

    assert statement.state == StatementState.ISSUED
    assert statement.number.startswith(f"F2/{timezone.localdate().year}/{office.opd.code}/")
    assert statement.answers.filter(is_yes=False).count() == 9


def test_yes_cannot_be_issued_but_becomes_a_declaration_without_retyping():
    office = make_office()
    statement = make_statement(office, statement_draft(bisnis="Saya memiliki saham."))

    with pytest.raises(TransitionError):
        statements.issue(statement, by=office.staff, proof=proof(office.staff))
    conflict = statements.convert(statement, by=office.staff)

    statement.refresh_from_db()
    assert statement.state == StatementState.CONVERTED
    assert conflict.draft["conflict"] == {"situation": "Saya memiliki saham.", "source": "BISNIS"}
    assert conflict.draft["decision"]["title"] == "Pengadaan alat kesehatan 2026"
    assert conflict.draft["parties"]["rows"][0]["name"] == "PT Semarak Abadi"


def test_sent_conflict_suspends_and_goes_to_the_superior():
    office = make_office()

    conflict = declared(office)

    assert (conflict.state, conflict.handler) == (ConflictState.SENT, office.superior)
    assert Suspension.objects.filter(user=office.staff, ended_at=None).exists()
    with pytest.raises(TransitionError, match=conflict.number):
        statements.issue(make_statement(office), by=office.staff, proof=proof(office.staff))


def test_conflict_is_decided_controlled_and_closed():
    office = make_office()
    conflict = declared(office)
    decision = decisions.begin(conflict, by=office.superior)
    decision.draft = decision_draft(measures=(("MUNDUR_PROSES", office.colleague.nip),))
    decision.save()

    decision = decisions.sign(decision, by=office.superior, proof=proof(office.superior))
    plan = ControlPlan.objects.get(decision=decision)
    plan.draft["plan"]["aim"] = "Menjaga kenetralan."
    for row in plan.draft["tasks"]["rows"]:
        row["expected_evidence"] = "Surat penunjukan"
    plan.save()
    plan = plans.start(plan, by=office.superior, proof=proof(office.superior))
    plans.agree(plan, by=office.staff, proof=proof(office.staff))

    conflict.refresh_from_db()
    assert conflict.state == ConflictState.CONTROLLED
    assert Suspension.objects.get(user=office.staff).is_lasting
    with pytest.raises(TransitionError):
        plans.close(plan, by=office.superior)


def test_no_conflict_lifts_the_suspension_and_closes():
    office = make_office()
    conflict = declared(office)
    decision = decisions.begin(conflict, by=office.superior)
    decision.draft = decision_draft(finding="no_conflict")
    decision.save()

    decisions.sign(decision, by=office.superior, proof=proof(office.superior))

    conflict.refresh_from_db()
    assert conflict.state == ConflictState.CLOSED
    assert not Suspension.objects.filter(ended_at=None).exists()
