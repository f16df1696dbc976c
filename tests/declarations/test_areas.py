"""F2 and F3 pick their area from the map in force; the level is said, frozen and weighed."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from declarations.models import Matter
from declarations.services import areas
from declarations.services.configuration import read_form_of
from declarations.workflow import conflicts, decisions, statements
from declarations.workflow.base import TransitionError
from mapping.models import RiskMap
from tests.declarations import cases
from tests.declarations.office import make_office, make_statement, proof, statement_draft
from tests.declarations.scenes import complete, issued
from tests.people.factories import log_in
from tests.review.factories import approved_map

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


@pytest.fixture
def own(office):
    """A row of the OPD's own in the map in force; a row from the library stands beside it."""
    return approved_map(office.opd, None, "PBJ-01", head=office.head).areas.get(template=None)


def draft_with(code):
    draft = statement_draft()
    draft["decision"]["risk_area"] = str(code)
    return draft


def choices_of(statement):
    return read_form_of(statement).section("decision").question("risk_area").choices


def leave(row):
    """The row's map is archived, and the next one lacks it."""
    RiskMap.objects.filter(pk=row.map_id).update(state="archived")
    return approved_map(row.map.opd, "PBJ-01", head=row.map.signed_by, version=2)


def declared(office, code):
    """A sent declaration of conflict in the area."""
    draft = draft_with(code)
    draft["sources"] |= {"bisnis": "yes", "bisnis_explanation": "Saya memiliki saham."}
    conflict = statements.convert(make_statement(office, draft), by=office.staff)
    return conflicts.send(complete(conflict), by=office.staff, proof=proof(office.staff))


def test_the_rows_of_the_map_are_offered_with_their_level(office, own):
    found = choices_of(make_statement(office))

    assert [choice.value for choice in found] == [str(own.row_key), "PBJ-01", areas.NO_AREA]
    assert found[0].label.id == f"{own.activity} — Tinggi (19)"
    assert found[0].label.en == f"{own.activity} — High (19)"


def test_a_signed_statement_keeps_row_words_and_level(office, own):
    statement = issued(office, draft_with(own.row_key))

    assert (statement.matter.risk_row, statement.matter.risk_area) == (own.row_key, None)
    assert f"{own.activity} — Tinggi (19)" in statement.document.content
    assert statement.area_said["magnitude"] == 19
    library = draft_with("PBJ-01")
    library["decision"] |= {"title": "Lain", "number": "2/2026"}
    second = issued(office, library).matter
    assert second.risk_area.code == "PBJ-01"
    assert second.risk_row == own.map.areas.get(template__code="PBJ-01").row_key


def test_what_was_signed_stays_when_the_map_changes(client, office, own):
    statement = issued(office, draft_with(own.row_key))
    leave(own)
    log_in(client, office.staff)

    page = client.get(statement.get_absolute_url()).content.decode()

    assert f"{own.activity} — " in page
    assert "(19)" in page


def test_an_area_that_left_the_map_is_named_and_kept(client, office, own):
    statement = make_statement(office, draft_with(own.row_key))
    leave(own)
    log_in(client, office.staff)
    section = reverse("declarations:statement_section", args=[statement.pk, "decision"])
    check = reverse("declarations:statement_check", args=[statement.pk])

    with pytest.raises(TransitionError, match=own.activity):
        statements.issue(statement, by=office.staff, proof=proof(office.staff))
    shown = client.get(section).content.decode()
    answers = {f"decision-{key}": value for key, value in statement.draft["decision"].items()}
    refused = client.post(section, answers | {"revision": statement.revision})

    assert f'<option value="{own.row_key}" selected' in shown
    assert refused.status_code == 422
    assert own.activity in refused.content.decode()
    assert own.activity in client.get(check).content.decode()
    statement.refresh_from_db()
    assert areas.answer_in(statement.draft) == str(own.row_key)
    assert not Matter.objects.exists()


def test_keys_of_other_opds_are_no_answer_and_stay_unnamed(office, own):
    other = make_office()
    statement = make_statement(other, draft_with(own.row_key))

    assert str(own.row_key) not in {choice.value for choice in choices_of(statement)}
    with pytest.raises(TransitionError):
        statements.issue(statement, by=other.staff, proof=proof(other.staff))


@pytest.mark.parametrize(
    "answer", ["8c9f1f0e-4a53-4a8e-9c7e-0d6f5d1b2a33", "x" * 60, "PBJ-99", "😀"]
)
def test_forged_answers_are_refused_in_words(office, own, answer):
    statement = make_statement(office, draft_with(answer))

    with pytest.raises(TransitionError):
        statements.issue(statement, by=office.staff, proof=proof(office.staff))


def test_the_superior_sees_the_level_then_and_now(client, office, own):
    conflict = declared(office, own.row_key)
    log_in(client, office.superior)
    address = reverse("declarations:decision_case", args=[conflict.pk])

    before = client.get(address).content.decode()
    leave(own)
    after = client.get(address).content.decode()

    assert own.activity in before
    assert own.get_absolute_url() in before
    assert "(19)" in before
    assert areas.standing_of(conflict, "id").now == ""
    assert "(19)" in after


def test_a_level_below_that_of_the_area_asks_for_reasons(client, office, own):
    decision = cases.begun(office, declared(office, own.row_key))
    decision.draft["risk"] = {"likelihood": "1", "impact": "1"}
    decision.save()
    log_in(client, office.superior)

    risk = client.get(reverse("declarations:decision_section", args=[decision.pk, "risk"]))
    check = client.get(reverse("declarations:decision_check", args=[decision.pk]))

    assert own.activity in risk.content.decode()
    assert check.context["is_rated_lower"] is True
    signed = decisions.sign(decision, by=office.superior, proof=proof(office.superior))
    assert "Area rawan" in signed.document.content
    assert f"{own.activity} — Tinggi (19)" in signed.document.content


def test_no_area_no_panel(client, office):
    decision = cases.begun(office)
    log_in(client, office.superior)

    page = client.get(reverse("declarations:decision_check", args=[decision.pk]))

    assert page.context["area"] is None


# --- A matter that goes on to the newly approved map ------------------------------------------


def of_another(office, code):
    """The superior's paper on the same matter as the staff's, in the area `code`."""
    draft = draft_with(code)
    statement = make_statement(office, draft, declarant=office.superior)
    return statements.issue(statement, by=office.superior, proof=proof(office.superior))


def test_a_matter_goes_on_from_an_area_that_left_the_map(office, own):
    first = issued(office, draft_with(own.row_key))
    row = leave(own).areas.get()

    second = of_another(office, "PBJ-01")

    assert second.matter == first.matter
    assert (second.matter.risk_row, second.matter.risk_area.code) == (row.row_key, "PBJ-01")
    first.refresh_from_db()
    assert first.area_said["activity"] == own.activity
    event = AuditEvent.objects.get(action="matter.go_on")
    assert (event.data["before"], event.actor_id) == (str(own.row_key), office.superior.pk)


def test_a_matter_from_the_library_goes_on_to_the_row_of_its_area(office):
    first = issued(office, draft_with("PBJ-01"))
    assert first.matter.risk_row is None
    row = approved_map(office.opd, "PBJ-01", head=office.head).areas.get()

    assert of_another(office, "PBJ-01").matter.risk_row == row.row_key


def test_a_matter_keeps_its_area_while_the_map_has_it(office, own):
    issued(office, draft_with(own.row_key))

    second = of_another(office, "PBJ-01")

    assert second.matter.risk_row == own.row_key
    assert second.area_said["code"] == "PBJ-01"
    assert not AuditEvent.objects.filter(action="matter.go_on").exists()


def test_no_answer_leaves_the_area_alone(office, own):
    issued(office, draft_with(own.row_key))
    leave(own)

    assert of_another(office, areas.NO_AREA).matter.risk_row == own.row_key


def test_a_declared_conflict_takes_the_matter_along(office, own):
    first = declared(office, own.row_key)
    row = leave(own).areas.get()

    of_another(office, "PBJ-01")

    standing = areas.standing_of(type(first).objects.get(pk=first.pk), "id")
    assert standing.said == "Tinggi (19)"
    assert own.activity in standing.words
    assert standing.url == row.get_absolute_url()
