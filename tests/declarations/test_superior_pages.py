"""The pages of F5 to F7: each works, and says no to the wrong person and the wrong moment."""

import datetime
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    ControlTask,
    DataRequest,
    SuperiorDecision,
)
from declarations.services import attachments
from declarations.workflow import conflicts, plans
from people.models import Role
from tests.declarations import cases
from tests.declarations.office import make_office, proof
from tests.people.factories import log_in, person_with, valid_nip

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def url(name, *arguments):
    return reverse(f"declarations:{name}", args=arguments)


@contextmanager
def at_most(count):
    """Queries of a page; the savepoints that only a test has are not counted."""
    with CaptureQueriesContext(connection) as captured:
        yield captured
    asked = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    number = len(asked)
    assert number <= count, "\n".join(f"{sql[:60]} … {sql[-120:]}" for sql in asked)


@pytest.fixture
def office():
    return make_office()


PAGES = {
    "decision_list": (cases.declared, "superior", lambda c: ()),
    "decision_all": (cases.decided, "superior", lambda d: ()),
    "decision_case": (cases.declared, "superior", lambda c: (c.pk,)),
    "decision_ask_data": (lambda o: cases.begun(o).conflict, "superior", lambda c: (c.pk,)),
    "decision_pass_on": (cases.declared, "superior", lambda c: (c.pk,)),
    "decision_detail": (cases.decided, "superior", lambda d: (d.pk,)),
    "decision_tasks": (cases.begun, "superior", lambda d: (d.pk,)),
    "decision_check": (cases.begun, "superior", lambda d: (d.pk,)),
    "decision_sign": (cases.begun, "superior", lambda d: (d.pk,)),
    "decision_done": (cases.decided, "superior", lambda d: (d.pk,)),
    "plan_list": (cases.running, "staff", lambda p: ()),
    "plan_detail": (cases.running, "superior", lambda p: (p.pk,)),
    "plan_tasks": (cases.planned, "superior", lambda p: (p.pk,)),
    "plan_check": (cases.planned, "superior", lambda p: (p.pk,)),
    "plan_sign": (cases.planned, "superior", lambda p: (p.pk,)),
    "plan_done": (cases.running, "superior", lambda p: (p.pk,)),
    "plan_agree": (cases.running, "staff", lambda p: (p.pk,)),
    "plan_evaluate": (cases.running, "superior", lambda p: (p.pk,)),
    "plan_close": (cases.evaluated, "superior", lambda p: (p.pk,)),
    "task_list": (cases.running, "colleague", lambda p: ()),
    "task_detail": (cases.reported, "superior", lambda t: (t.pk,)),
    "task_report": (lambda o: cases.task_of(cases.running(o)), "colleague", lambda t: (t.pk,)),
    "task_attachments": (
        lambda o: cases.task_of(cases.running(o)), "colleague", lambda t: (t.pk,),
    ),
    "task_confirm": (cases.reported, "superior", lambda t: (t.pk,)),
    "task_refuse": (cases.reported, "inspector", lambda t: (t.pk,)),
    "task_cancel": (cases.reported, "superior", lambda t: (t.pk,)),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_page_works_with_few_queries(client, office, name):
    make, who, arguments = PAGES[name]
    address = url(name, *arguments(make(office)))
    log_in(client, getattr(office, who))
    client.get(address)

    with at_most(MOST_QUERIES):
        response = client.get(address)

    assert response.status_code == 200, response


@pytest.mark.parametrize(
    ("name", "make", "section"),
    [("decision", cases.begun, key) for key in ("findings", "risk", "measures", "validity")]
    + [("plan", cases.planned, key) for key in ("plan", "tasks")],
)
def test_section_works_with_few_queries(client, office, name, make, section):
    subject = make(office)
    log_in(client, office.superior)
    client.get(url(f"{name}_section", subject.pk, section))

    with at_most(MOST_QUERIES):
        response = client.get(url(f"{name}_section", subject.pk, section))

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("name", "make", "section"),
    [("decision", cases.begun, "measures"), ("plan", cases.planned, "tasks")],
)
def test_row_works_with_few_queries(client, office, name, make, section):
    subject = make(office)
    row = subject.draft[section]["rows"][0]["key"]
    log_in(client, office.superior)
    client.get(url(f"{name}_row", subject.pk, section, row))

    with at_most(MOST_QUERIES):
        response = client.get(url(f"{name}_row", subject.pk, section, row))

    assert response.status_code == 200
