"""Three invented years: valid drafts, sound states, planted conflicts that are really there."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from declarations import answers
from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    ControlTask,
    DecisionStatement,
    Interest,
    InterestRegister,
    PartyMatch,
    SourceAnswer,
    SuperiorDecision,
    Suspension,
)
from declarations.seeding import demonstration, everything
from declarations.seeding.planting import NIL_OPD, SILENT_OPD
from declarations.services.configuration import form_in_use, read_version
from declarations.services.registers import write_interests
from declarations.states import (
    ConflictState,
    DecisionState,
    PlanState,
    RegisterState,
    StatementState,
    TaskState,
)
from people.models import User
from people.roles import Role
from people.seeding import province
from people.seeding.demo import DEMO_POSTS
from tests.people.factories import log_in

ON = datetime.date(2026, 11, 23)
PEOPLE = 1_450


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """One province for all tests of this module, in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        # Foreign keys are checked by kept plans; those of the nearly empty tables of earlier
        # tests would read whole tables for each row.
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")
        made = province.make(people=PEOPLE, seed=5, on=ON, report=lambda done, total: None)
        records, numbers = everything.declare(made, report=lambda done, total: None)
        connection.check_constraints()
        yield made, records, numbers
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _use(seeded, db):
    """Every test looks at the same province, in a transaction of its own."""


def test_every_state_occurs():
    for model, states in (
        (InterestRegister, RegisterState),
        (DecisionStatement, StatementState),
        (ConflictDeclaration, ConflictState),
        (SuperiorDecision, DecisionState),
        (ControlPlan, PlanState),
        (ControlTask, TaskState),
    ):
        assert set(model.objects.values_list("state", flat=True)) == set(states.values), model


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (InterestRegister, "F1"),
        (DecisionStatement, "F2"),
        (ConflictDeclaration, "F3"),
        (SuperiorDecision, "F5"),
        (ControlPlan, "F6"),
    ],
)
def test_drafts_say_what_the_form_asks(model, code):
    form = read_version(form_in_use(code))
    rows = model.objects.exclude(state__in=["draft", "discarded"]).order_by("pk")[:300]

    for row in rows:
        assert answers.clean_answers(form, row.draft).is_valid


def test_typed_rows_are_those_of_the_draft():
    """COPY writes what the service would have written."""
    form = read_version(form_in_use("F1"))
    columns = [f.attname for f in Interest._meta.concrete_fields if f.name != "id"]
    registers = InterestRegister.objects.filter(state="accepted", is_nil=False).order_by("pk")
    for register in registers[:40]:
        stored = {row["row_key"]: row for row in register.interests.values(*columns)}
        cleaned = answers.clean_answers(form, register.draft)
        copy = InterestRegister(
            declarant=register.declarant,
            opd=register.opd,
            post=register.post,
            year=register.year,
            form_version=register.form_version,
            occasion=register.occasion,
            due_on=register.due_on,
        )
        InterestRegister.objects.filter(
            declarant=register.declarant, state__in=["draft", "returned"]
        ).update(state="withdrawn", withdrawn_at=F("created_at"), withdrawn_by=F("declarant"))
        copy.save()
        written = write_interests(copy, form, cleaned.values)

        for row in Interest.objects.filter(pk__in=[w.pk for w in written]).values(*columns):
            expected = stored[row["row_key"]]
            assert row | {"register_id": 0} == expected | {"register_id": 0}
        assert len(written) == len(stored)


def test_nobody_decides_checks_or_handles_their_own():
    assert not InterestRegister.objects.filter(checked_by=F("declarant")).exists()
    assert not ConflictDeclaration.objects.filter(handler=F("declarant")).exists()
    assert not SuperiorDecision.objects.filter(decider=F("conflict__declarant")).exists()


def test_times_follow_one_another_and_lie_in_the_past():
    tomorrow = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)

    assert not InterestRegister.objects.filter(sent_at__gt=tomorrow).exists()
    assert not InterestRegister.objects.filter(checked_at__lt=F("sent_at")).exists()
    assert not ConflictDeclaration.objects.filter(decided_at__lt=F("sent_at")).exists()
    assert not ConflictDeclaration.objects.filter(closed_at__lt=F("decided_at")).exists()
    assert not ControlPlan.objects.filter(started_at__lt=F("decision__signed_at")).exists()


def test_three_years_are_told():
    years = InterestRegister.objects.values_list("year", flat=True).distinct()

    assert set(years) == {2024, 2025, 2026}


def test_clean_statements_are_clean():
    assert not SourceAnswer.objects.filter(statement__state="issued", is_yes=True).exists()
    assert not PartyMatch.objects.filter(party__statement__state="issued", answer="same").exists()


def test_suspension_runs_while_undecided():
    waiting = ConflictDeclaration.objects.filter(state__in=ConflictState.AWAITING_DECISION)

    for conflict in waiting:
        assert Suspension.objects.filter(conflict=conflict, ended_at__isnull=True).exists()


# --- Planted ------------------------------------------------------------------------------------


def of(records, kind):
    found = [record for record in records if record["kind"] == kind]
    assert found, kind
    return found


def rows_of(person, year=2026, **filters):
    return Interest.objects.filter(
        register__declarant=person["id"], register__year=year, **filters
    )


def test_planted_list_names_thirty_kinds_and_real_people(seeded):
    _made, records, _numbers = seeded
    kinds = {record["kind"] for record in records}
    people = {person["id"] for record in records for person in record["people"]}

    assert len(kinds) >= 30
    assert User.objects.filter(pk__in=people).count() == len(people)
    assert {kind[0] for kind in kinds} >= {"A", "B", "D", "E", "F"}
    json.dumps(records)


def test_planted_inside_a_register(seeded):
    _made, records, _numbers = seeded
    for record in of(records, "A3_company_without_identifier"):
        row = rows_of(record["people"][0], name=record["what"]).get()
        assert row.identifier == ""
    for record in of(records, "A4_shares_over_100"):
        shares = Interest.objects.filter(name=record["what"], register__year=2026).values_list(
            "share_percent", flat=True
        )
        assert sum(shares) > 100
    for record in of(records, "A11_placeholder_text"):
        assert rows_of(record["people"][0], answers__dealings="-").exists()
    for record in of(records, "A12_clone_nil_filing"):
        sent = InterestRegister.objects.filter(
            declarant__in=[p["id"] for p in record["people"]], year=2026, is_nil=True
        ).values_list("sent_at", flat=True)
        assert len(sent) >= 4
        assert max(sent) - min(sent) < datetime.timedelta(minutes=10)


def test_planted_against_the_year_before(seeded):
    _made, records, _numbers = seeded
    for record in of(records, "B1_vanished_interest"):
        person = record["people"][0]
        assert rows_of(person, 2025, name=record["what"]).exists()
        assert not rows_of(person, 2026, name=record["what"]).exists()
    for record in of(records, "B2_moved_to_kin"):
        person = record["people"][0]
        assert rows_of(person, 2025, name=record["what"], section="business").exists()
        assert not rows_of(person, 2026, name=record["what"]).exists()
        assert rows_of(person, 2026, organisation=record["what"], section="family").exists()
    for record in of(records, "B11_never_filed"):
        assert not InterestRegister.objects.filter(declarant=record["people"][0]["id"]).exists()


def test_planted_kin_in_one_line(seeded):
    made, records, _numbers = seeded
    for record in of(records, "D1_kin_in_reporting_line"):
        superior, person = record["people"]
        assert made.by_code[person["post"]].above.code == superior["post"]
        assert rows_of(person, relative=superior["id"]).exists()
        assert rows_of(superior, relative=person["id"]).exists()
    for record in of(records, "D6_checked_by_kin"):
        officer, person = record["people"]
        register = InterestRegister.objects.get(declarant=person["id"], state="accepted")
        assert str(register.checked_by_id) == officer["id"]


def test_planted_in_statements(seeded):
    _made, records, _numbers = seeded
    for record in of(records, "C2_own_company_called_another"):
        person = record["people"][0]
        match = PartyMatch.objects.get(
            party__statement__matter=record["where"]["matter"], answer="different"
        )
        assert str(match.interest.register.declarant_id) == person["id"]
        assert match.interest.register.state == "accepted"
        assert match.party.name == match.interest.name


def test_planted_handling(seeded):
    _made, records, _numbers = seeded
    for record in of(records, "F4_task_overdue"):
        task = ControlTask.objects.get(plan__conflict__matter=record["where"]["matter"])
        assert (task.state, task.due_on < ON) == ("open", True)
    for record in of(records, "F2_superior_late"):
        conflict = ConflictDeclaration.objects.get(matter=record["where"]["matter"])
        assert conflict.decided_at.date() > conflict.due_on
    for record in of(records, "F3_acted_while_suspended"):
        conflict = ConflictDeclaration.objects.get(matter=record["where"]["matter"])
        signed = DecisionStatement.objects.get(matter=record["where"]["signed"])
        assert conflict.sent_at < signed.sent_at < conflict.decided_at
        assert signed.parties.get().name == conflict.parties.get().name
    for record in of(records, "F5_plan_stale_after_transfer"):
        plan = ControlPlan.objects.get(conflict__matter=record["where"]["matter"])
        moved_on = datetime.date.fromisoformat(record["where"]["moved_on"])
        assert plan.state == "active"
        assert plan.started_at.date() < moved_on
        assert not plan.follow_ups.exists()


def test_planted_quiet_offices():
    assert not ConflictDeclaration.objects.filter(opd__code=SILENT_OPD).exists()
    nil = InterestRegister.objects.filter(opd__code=NIL_OPD, sent_at__isnull=False)
    assert nil.exists()
    assert not nil.filter(is_nil=False).exists()


# --- The command --------------------------------------------------------------------------------


def test_command_refuses_a_portal_with_people(tmp_path):
    with pytest.raises(CommandError):
        call_command("seed_province", people=500, planted=tmp_path / "p.json")

    assert not (tmp_path / "p.json").exists()


def test_command_refuses_production(settings):
    settings.IS_DEVELOPMENT = False

    with pytest.raises(CommandError):
        call_command("seed_province")


@pytest.mark.parametrize("number", [0, 100, 10**9])
def test_command_refuses_absurd_sizes(number):
    with pytest.raises(CommandError):
        call_command("seed_province", people=number, stdout=StringIO())


def test_demo_accounts_are_printed(seeded):
    out = StringIO()

    call_command("demo_accounts", stdout=out)

    made = seeded[0]
    assert made.holder("04.02.00").nip in out.getvalue()


# --- The demonstration's accounts ---------------------------------------------------------------


def test_demonstration_has_something_for_each_role(seeded):
    made = seeded[0]
    people = {role: made.holder(code).id for role, code in DEMO_POSTS.items()}
    declarant, superior = people[Role.DECLARANT], people[Role.SUPERIOR]

    demonstration.prepare(made)

    conflicts = ConflictDeclaration.objects.filter(declarant=declarant)
    assert sorted(conflicts.values_list("state", flat=True)) == ["controlled", "sent"]
    assert set(conflicts.values_list("handler", flat=True)) == {superior}
    statements = DecisionStatement.objects.filter(declarant=declarant)
    assert sorted(statements.values_list("state", flat=True)) == ["draft", "issued"]
    registers = InterestRegister.objects.filter(declarant=declarant)
    assert sorted(registers.values_list("state", flat=True)) == [
        "accepted", "draft", "renewed", "renewed",
    ]  # fmt: skip
    assert InterestRegister.objects.filter(opd__code="04.02", state="sent").exists()
    for document in (
        statements.get(state="issued").document,
        conflicts.get(state="sent").document,
        SuperiorDecision.objects.get(conflict__declarant=declarant).document,
        ControlPlan.objects.get(conflict__declarant=declarant).document,
    ):
        assert document.state == "pending"


def test_pages_of_seeded_declarations_say_that_no_document_was_issued(seeded, client):
    made = seeded[0]
    declarant = User.objects.get(pk=made.holder(DEMO_POSTS[Role.DECLARANT]).id)
    log_in(client, declarant)
    register = declarant.interestregisters.get(state="accepted")
    superior = User.objects.get(pk=made.holder(DEMO_POSTS[Role.SUPERIOR]).id)

    assert register.document is None
    assert client.get(register.get_absolute_url()).status_code == 200
    assert client.get("/").status_code == 200
    log_in(client, superior)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("model", [DecisionStatement, ConflictDeclaration])
def test_pages_of_every_state_open_for_their_declarant(seeded, client, model):
    for state in model.State.values:
        subject = model.objects.filter(state=state).order_by("pk").first()
        log_in(client, subject.declarant)

        response = client.get(subject.get_absolute_url(), follow=True)

        assert response.status_code == 200, state
