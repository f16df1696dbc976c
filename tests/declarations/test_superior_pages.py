"""The pages of F5 to F7: each works, and says no to the wrong person and the wrong moment."""

import datetime
import uuid
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import (
    ConflictDeclaration,
    DataRequest,
    EvaluationDraft,
    SuperiorDecision,
)
from declarations.models.conflicts import HandlerChangeReason
from declarations.services import attachments
from declarations.workflow import conflicts
from tests.declarations import cases
from tests.declarations.factories import family_row, full_draft, sent_register
from tests.declarations.office import make_office
from tests.people.factories import log_in, person_with, valid_nip
from tests.queries import count_queries

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


# --- Lists -----------------------------------------------------------------------------------

LISTS = {
    "decision_list": ("superior", "conflicts", cases.declared),
    "decision_all": ("superior", "decisions", cases.decided),
    "plan_list": ("superior", "plans", cases.running),
    "task_list": ("colleague", "tasks", cases.running),
}


def make_for_list(make, office, number):
    conflict = cases.declared(office, title=f"Perkara {number}")
    if make is cases.declared:
        return
    decision = cases.decided(office, conflict)
    if make is cases.running:
        cases.running(office, cases.planned(office, decision))


@pytest.mark.parametrize("name", LISTS)
def test_list_query_count_does_not_grow(client, office, name):
    who, context, make = LISTS[name]
    log_in(client, getattr(office, who))
    counts = []
    for number in range(3):
        make_for_list(make, office, number)
        assert len(client.get(url(name)).context[context]) == number + 1
        counts.append(count_queries(lambda: client.get(url(name))))

    assert counts[0] == counts[2]


def test_queue_shows_the_most_urgent_first_and_marks_what_is_overdue(client, office):
    later, late = cases.declared(office, title="A"), cases.declared(office, title="B")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    ConflictDeclaration.objects.filter(pk=late.pk).update(due_on=yesterday)
    log_in(client, office.superior)

    shown = client.get(url("decision_list")).context["cases"]

    assert [item["conflict"].pk for item in shown] == [late.pk, later.pk]
    assert [item["is_late"] for item in shown] == [True, False]


def test_queue_filters(client, office):
    cases.begun(office)
    cases.declared(office, title="B")
    log_in(client, office.superior)

    def count(query):
        return len(client.get(url("decision_list") + query).context["cases"])

    assert count("?keadaan=under_review") == 1
    assert count("?terlambat=on") == 0
    assert count("?keadaan=closed") == 2  # Not one of the filter's states: ignored, with words.
    assert client.get(url("decision_list") + "?keadaan=%00").status_code == 400


@pytest.mark.parametrize("name", ["decision_list", "plan_list", "task_list", "decision_all"])
def test_list_refuses_a_forged_place(client, office, name):
    log_in(client, office.superior)

    assert client.get(url(name) + "?setelah=palsu").status_code == 404


def test_list_gives_its_part_to_htmx(client, office):
    cases.declared(office)
    log_in(client, office.superior)

    response = client.get(url("decision_list"), headers={"HX-Request": "true"})

    assert b"<html" not in response.content
    assert "HX-Request" in response.headers["Vary"]


@pytest.mark.parametrize("who", ["staff", "officer", "inspector"])
def test_queue_is_for_those_who_decide(client, office, who):
    log_in(client, getattr(office, who))

    assert client.get(url("decision_list")).status_code == 403


# --- Who gets what ---------------------------------------------------------------------------


def test_replacement_sees_what_they_take_over_and_no_findings(client, office):
    decision = cases.decided(office)
    log_in(client, office.colleague)

    text = client.get(url("decision_detail", decision.pk)).content.decode()

    assert decision.conflict.matter.title in text
    assert "Hubungan itu benar." not in text


def test_declarant_reads_the_decision(client, office):
    decision = cases.decided(office)
    log_in(client, office.staff)

    text = client.get(url("decision_detail", decision.pk)).content.decode()

    assert "Hubungan itu benar." in text
    assert not AuditEvent.objects.filter(action="superiordecision.view").exists()


@pytest.mark.parametrize(
    ("name", "make", "action"),
    [
        ("decision_detail", cases.decided, "superiordecision.view"),
        ("plan_detail", cases.running, "controlplan.view"),
        ("task_detail", cases.reported, "controltask.view"),
    ],
)
def test_reading_by_an_inspector_is_an_event(client, office, name, make, action):
    thing = make(office)
    log_in(client, office.inspector)

    client.get(url(name, thing.pk))

    event = AuditEvent.objects.get(action=action)
    assert (event.actor_id, event.target_id) == (office.inspector.pk, str(thing.pk))


def test_reading_the_case_is_an_event(client, office):
    conflict = cases.declared(office)
    log_in(client, office.superior)

    client.get(url("decision_case", conflict.pk))

    event = AuditEvent.objects.get(action="conflictdeclaration.view")
    assert event.actor_id == office.superior.pk


INVISIBLE = {
    "decision_case": cases.declared,
    "decision_begin": cases.declared,
    "decision_ask_data": cases.declared,
    "decision_pass_on": cases.declared,
    "decision_detail": cases.decided,
    "decision_tasks": cases.begun,
    "decision_sign": cases.begun,
    "decision_risk": cases.begun,
    "decision_people": cases.begun,
    "decision_replacement": cases.begun,
    "plan_detail": cases.running,
    "plan_agree": cases.running,
    "plan_evaluate": cases.running,
    "plan_close": cases.running,
    "plan_people": cases.planned,
    "task_detail": cases.reported,
    "task_report": cases.reported,
    "task_confirm": cases.reported,
    "task_refuse": cases.reported,
    "task_cancel": cases.reported,
    "task_attachments": cases.reported,
}
POST_ONLY = {"decision_begin", "task_file_remove"}


@pytest.mark.parametrize("name", INVISIBLE)
def test_page_is_not_there_for_a_stranger(client, office, name):
    thing = INVISIBLE[name](office)
    log_in(client, person_with(opd=office.opd))
    send = client.post if name in POST_ONLY else client.get

    assert send(url(name, thing.pk)).status_code == 404


VISIBLE_ONLY = {
    "decision_case": ("inspector", cases.declared),
    "decision_begin": ("inspector", cases.declared),
    "decision_pass_on": ("staff", cases.declared),
    "decision_tasks": ("staff", cases.decided),
    "plan_agree": ("superior", cases.running),
    "plan_evaluate": ("staff", cases.running),
    "plan_close": ("inspector", cases.running),
    "plan_tasks": ("staff", cases.running),
    "task_report": ("superior", cases.reported),
    "task_confirm": ("colleague", cases.reported),
    "task_refuse": ("staff", cases.reported),
    "task_cancel": ("inspector", cases.reported),
    "task_attachments": ("superior", cases.reported),
}


@pytest.mark.parametrize("name", VISIBLE_ONLY)
def test_page_is_refused_to_one_who_may_only_look(client, office, name):
    who, make = VISIBLE_ONLY[name]
    thing = make(office)
    log_in(client, getattr(office, who))
    send = client.post if name in POST_ONLY else client.get

    assert send(url(name, thing.pk)).status_code == 403


@pytest.mark.parametrize(
    ("name", "make", "method"),
    [
        ("decision_begin", cases.declared, "get"),
        ("decision_detail", cases.decided, "post"),
        ("decision_risk", cases.begun, "post"),
        ("plan_detail", cases.running, "post"),
        ("task_detail", cases.reported, "post"),
        ("decision_case", cases.declared, "post"),
    ],
)
def test_wrong_method(client, office, name, make, method):
    thing = make(office)
    log_in(client, office.superior)

    assert getattr(client, method)(url(name, thing.pk)).status_code == 405


# --- Deciding --------------------------------------------------------------------------------


def test_superior_begins_twice_and_lands_on_one_draft(client, office):
    conflict = cases.declared(office)
    log_in(client, office.superior)

    first = client.post(url("decision_begin", conflict.pk))
    second = client.post(url("decision_begin", conflict.pk))

    assert first.url == second.url
    assert SuperiorDecision.objects.count() == 1


def test_involved_superior_is_led_to_pass_it_on(client, office):
    conflict = cases.declared(office)
    row = family_row(name=office.staff.name, nip=office.staff.nip)
    sent_register(office.superior, draft=full_draft(family={"rows": [row]}))
    log_in(client, office.superior)

    response = client.post(url("decision_begin", conflict.pk), follow=True)

    assert response.redirect_chain[-1][0] == url("decision_pass_on", conflict.pk)
    assert response.context["is_involved"]

    response = client.post(url("decision_pass_on", conflict.pk), {"note": "Ipar saya."})

    assert response.url == url("decision_list")
    conflict.refresh_from_db()
    assert (conflict.state, conflict.handler) == ("escalated", office.head)
    assert conflict.handler_changes.last().note == "Ipar saya."
    assert client.get(url("decision_case", conflict.pk)).status_code == 404


def test_more_data_is_asked_on_the_page(client, office):
    conflict = cases.begun(office).conflict
    log_in(client, office.superior)

    response = client.post(url("decision_ask_data", conflict.pk), {"question": "Sejak kapan?"})

    assert response.url == url("decision_case", conflict.pk)
    assert DataRequest.objects.get(conflict=conflict).question == "Sejak kapan?"
    # Pressed again in another window: what was typed stays on the page.
    again = client.post(url("decision_ask_data", conflict.pk), {"question": "Siapa lagi?"})
    assert again.status_code == 409
    assert "Siapa lagi?" in again.content.decode()


def test_one_may_go_on_writing_while_an_answer_is_awaited(client, office):
    decision = cases.begun(office)
    conflicts.ask_data(decision.conflict, by=office.superior, question="Sejak kapan?")
    log_in(client, office.superior)

    page = client.get(url("decision_case", decision.conflict_id))

    assert page.context["draft_url"] == url("decision_tasks", decision.pk)
    assert client.get(url("decision_tasks", decision.pk)).status_code == 200
    assert client.get(url("decision_check", decision.pk)).context["missing"]


def test_old_link_to_a_case_leads_on(client, office):
    decided = cases.decided(office)
    withdrawn = cases.declared(office, title="Lain")
    conflicts.withdraw(withdrawn, by=office.staff, reason="Keliru.")
    log_in(client, office.superior)

    assert client.get(url("decision_case", decided.conflict_id)).url == url(
        "decision_detail", decided.pk
    )
    assert client.get(url("decision_case", withdrawn.pk)).url == url("decision_list")


def test_next_superior_reads_why_it_was_passed_on(client, office):
    conflict = cases.declared(office)
    conflicts.escalate(
        conflict, by=office.superior, reason=HandlerChangeReason.CONFLICTED, note="Ipar saya."
    )
    log_in(client, office.head)

    assert "Ipar saya." in client.get(url("decision_case", conflict.pk)).content.decode()


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "x" * 2_001])
def test_bad_question_is_refused(client, office, text):
    conflict = cases.begun(office).conflict
    log_in(client, office.superior)

    response = client.post(url("decision_ask_data", conflict.pk), {"question": text})

    assert response.status_code == 422
    assert not DataRequest.objects.exists()


def test_whole_way_over_the_pages(client, office):
    """Sections, rows, signature: as a browser without JavaScript sends them."""
    conflict = cases.declared(office)
    log_in(client, office.superior)
    address = client.post(url("decision_begin", conflict.pk)).url
    decision = SuperiorDecision.objects.get()
    assert address == url("decision_tasks", decision.pk)

    def save(name, values, *arguments):
        decision.refresh_from_db()
        response = client.post(
            url(name, decision.pk, *arguments), values | {"revision": decision.revision}
        )
        assert response.status_code == 302, response.content.decode()
        return response

    save("decision_section", {
        "findings-truth_analysis": "Benar.", "findings-impact_analysis": "Berpihak.",
        "findings-finding": "conflict",
    }, "findings")  # fmt: skip
    save("decision_section", {"risk-likelihood": "5", "risk-impact": "5"}, "risk")
    row = str(uuid.uuid4())
    prefix = f"measures-{row}"
    save("decision_row", {
        f"{prefix}-measure": "ALIH_WEWENANG", f"{prefix}-replacement": office.colleague.nip,
    }, "measures", row)  # fmt: skip
    save("decision_section", {
        "validity-reasons": "Netral.", "validity-valid_from": timezone.localdate().isoformat(),
        "validity-must_report": "yes", "validity-report_every": "monthly",
    }, "validity")  # fmt: skip
    done = save("decision_sign", {})

    assert done.url == url("decision_done", decision.pk)
    decision.refresh_from_db()
    assert (decision.state, decision.level) == ("signed", "SANGAT_TINGGI")
    # Pressed twice: the same page, the same document.
    again = client.post(url("decision_sign", decision.pk), {"revision": decision.revision})
    assert again.url == done.url


def test_signature_needs_a_fresh_proof(client, office):
    decision = cases.begun(office)
    log_in(client, office.superior, proved=False)

    response = client.post(url("decision_sign", decision.pk), {"revision": decision.revision})

    assert response.status_code == 302
    decision.refresh_from_db()
    assert decision.state == "draft"


def test_stale_tab_does_not_sign_what_it_did_not_show(client, office):
    decision = cases.begun(office)
    log_in(client, office.superior)

    response = client.post(url("decision_sign", decision.pk), {"revision": 99})

    assert response.status_code == 409
    decision.refresh_from_db()
    assert decision.state == "draft"


def test_measure_that_needs_somebody_stands_on_the_list_of_what_is_missing(client, office):
    decision = cases.with_draft(cases.begun(office), measures=(("MUNDUR_PROSES", ""),))
    row = decision.draft["measures"]["rows"][0]["key"]
    log_in(client, office.superior)

    missing = client.get(url("decision_check", decision.pk)).context["missing"]

    ((_message, address),) = missing
    assert address.startswith(url("decision_row", decision.pk, "measures", row))
    assert client.get(url("decision_sign", decision.pk)).status_code == 302


@pytest.mark.parametrize(
    "values",
    [
        {"risk-likelihood": "6", "risk-impact": "1"},
        {"risk-likelihood": "-1", "risk-impact": "1"},
        {"risk-likelihood": "satu", "risk-impact": "1"},
        {"risk-likelihood": "1\x00", "risk-impact": "1"},
        {"risk-likelihood": "", "risk-impact": ""},
    ],
)
def test_forged_risk_is_refused(client, office, values):
    decision = cases.begun(office)
    log_in(client, office.superior)

    response = client.post(
        url("decision_section", decision.pk, "risk"), values | {"revision": decision.revision}
    )

    assert response.status_code in (400, 422)
    shown = client.get(url("decision_risk", decision.pk), values)
    assert shown.status_code in (200, 400)


@pytest.mark.parametrize("day", ["0001-01-01", "31-02-2026", "9999-12-31", "kemarin", "1\x00"])
def test_absurd_validity_is_refused(client, office, day):
    decision = cases.begun(office)
    log_in(client, office.superior)

    response = client.post(
        url("decision_section", decision.pk, "validity"),
        {
            "validity-reasons": "Netral.", "validity-valid_from": day,
            "validity-must_report": "no", "revision": decision.revision,
        },
    )  # fmt: skip

    assert response.status_code == 422


# --- What helps ------------------------------------------------------------------------------


def test_risk_is_told_in_words(client, office):
    decision = cases.begun(office)
    log_in(client, office.superior)

    response = client.get(
        url("decision_risk", decision.pk), {"risk-likelihood": "1", "risk-impact": "5"},
        headers={"HX-Request": "true"},
    )  # fmt: skip

    assert (response.context["risk"].magnitude, response.context["risk"].level) == (20, "TINGGI")
    assert b"<html" not in response.content


def test_colleague_is_looked_up_and_chosen(client, office):
    decision = cases.begun(office)
    row = decision.draft["measures"]["rows"][0]["key"]
    stand_in = person_with(opd=office.opd, name="Zulkifli Harahap")
    log_in(client, office.superior)
    address = url("decision_people", decision.pk)

    found = client.get(address, {"baris": row, "cari": "zulkif"}).context["people"]
    chosen = client.post(
        address, {"baris": row, "nip": stand_in.nip, "revision": decision.revision}
    )

    assert [person.pk for person in found] == [stand_in.pk]
    assert chosen.url == url("decision_row", decision.pk, "measures", row)
    decision.refresh_from_db()
    assert decision.draft["measures"]["rows"][0]["replacement"] == stand_in.nip


def test_declarant_is_not_offered_as_their_own_replacement(client, office):
    decision = cases.begun(office)
    row = decision.draft["measures"]["rows"][0]["key"]
    log_in(client, office.superior)

    response = client.get(
        url("decision_people", decision.pk), {"baris": row, "cari": office.staff.name}
    )

    assert response.context["people"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"cari": "a"}, 200),
        ({"cari": "%%%"}, 200),
        ({"cari": "a\x00b"}, 400),
        ({"cari": "x" * 101}, 422),
        ({"cari": "siti", "baris": "palsu"}, 404),
        ({"cari": "siti", "baris": ""}, 404),
    ],
)
def test_bad_search_is_harmless(client, office, query, status):
    decision = cases.begun(office)
    row = decision.draft["measures"]["rows"][0]["key"]
    log_in(client, office.superior)

    response = client.get(url("decision_people", decision.pk), {"baris": row} | query)

    assert response.status_code == status


@pytest.mark.parametrize("nip", ["", "123", "197001012000012999", "x" * 500])
def test_forged_choice_is_refused(client, office, nip):
    decision = cases.begun(office)
    row = decision.draft["measures"]["rows"][0]["key"]
    log_in(client, office.superior)

    response = client.post(
        url("decision_people", decision.pk),
        {"baris": row, "nip": nip, "revision": decision.revision},
    )

    assert response.status_code == 404


def test_replacement_is_checked_while_typing(client, office):
    decision = cases.begun(office)
    log_in(client, office.superior)
    address = url("decision_replacement", decision.pk)

    free = client.get(address, {"measures-x-replacement": office.colleague.nip})
    own = client.get(address, {"measures-x-replacement": office.staff.nip})
    unknown = client.get(address, {"measures-x-replacement": valid_nip()})
    nonsense = client.get(address, {"measures-x-replacement": "12 34"})

    assert free.context["check"].is_free
    assert not own.context["check"].is_free
    assert (unknown.status_code, nonsense.status_code) == (422, 422)


# --- Plan and tasks --------------------------------------------------------------------------


def test_plan_is_signed_by_both_and_closed_over_the_pages(client, office):
    plan = cases.planned(office)
    log_in(client, office.superior)
    assert client.post(url("plan_sign", plan.pk), {"revision": plan.revision}).status_code == 302
    log_in(client, office.staff)
    assert client.post(url("plan_agree", plan.pk)).status_code == 302
    assert client.post(url("plan_agree", plan.pk)).status_code == 302  # Pressed twice.
    task = cases.task_of(plan)
    log_in(client, office.colleague)
    upload = SimpleUploadedFile("surat.pdf", cases.PDF, content_type="application/pdf")
    assert client.post(url("task_attachments", task.pk), {"file": upload}).status_code == 302
    assert client.post(
        url("task_report", task.pk), {"evidence_note": "Sudah diserahkan.", "obstacles": ""}
    ).status_code == 302  # fmt: skip
    log_in(client, office.superior)
    assert client.post(url("task_confirm", task.pk), {"effect": "effective"}).status_code == 302
    today = timezone.localdate().isoformat()
    values = {
        "evaluated_on": today, "period_from": today, "period_until": today,
        "effect": "effective", "findings": "Baik.",
    }  # fmt: skip
    posted = {f"evaluation-{k}": v for k, v in values.items()} | {"evaluations": "0"}
    assert client.post(url("plan_evaluate", plan.pk), posted).status_code == 302
    assert client.post(url("plan_evaluate", plan.pk), posted).status_code == 302  # Pressed twice.
    assert client.post(url("plan_close", plan.pk)).status_code == 302

    plan.refresh_from_db()
    plan.conflict.refresh_from_db()
    assert (plan.state, plan.conflict.state) == ("closed", "closed")
    assert plan.agreed_by == office.staff
    evaluation = plan.follow_ups.get()  # Once.
    assert (evaluation.document.kind, evaluation.document.subject) == ("F7", office.staff)


def test_close_says_what_is_missing(client, office):
    plan = cases.running(office)
    log_in(client, office.superior)

    page = client.get(url("plan_close", plan.pk))
    forced = client.post(url("plan_close", plan.pk))

    assert len(page.context["missing"]) == 3
    assert forced.status_code == 409
    plan.refresh_from_db()
    assert plan.state == "active"


@pytest.mark.parametrize(
    "changes",
    [
        {"effect": "wonderful"},
        {"evaluated_on": "0001-01-01"},
        {"period_until": "2020-01-01"},
        {"findings": ""},
        {"findings": "a\x00b"},
        {"effect": "partly"},  # What is done next?
    ],
)
def test_bad_evaluation_is_refused(client, office, changes):
    plan = cases.running(office)
    log_in(client, office.superior)
    today = timezone.localdate().isoformat()
    values = {
        "evaluated_on": today, "period_from": today, "period_until": today,
        "effect": "effective", "findings": "Baik.",
    } | changes  # fmt: skip

    response = client.post(
        url("plan_evaluate", plan.pk),
        {f"evaluation-{k}": v for k, v in values.items()} | {"evaluations": "0", "revision": "0"},
    )

    assert response.status_code == 422
    assert not plan.follow_ups.exists()


def test_evaluation_written_for_longer_than_the_proof_lasts_is_not_lost(client, office, settings):
    plan = cases.running(office)
    log_in(client, office.superior)
    settings.PROOF_MINUTES = 0

    posted = {f"evaluation-{key}": value for key, value in cases.evaluation().items()}
    posted |= {"evaluation-findings": "Panjang sekali.", "evaluations": "0", "revision": "0"}
    asked = client.post(url("plan_evaluate", plan.pk), posted)
    page = client.get(url("plan_evaluate", plan.pk))

    assert asked.status_code == 302
    assert "Panjang sekali." in page.content.decode()
    assert not plan.follow_ups.exists()


def test_evaluation_after_another_one_shows_that_first(client, office):
    plan = cases.evaluated(office)
    log_in(client, office.superior)
    posted = {f"evaluation-{key}": value for key, value in cases.evaluation().items()}
    posted["evaluation-findings"] = "Lain."

    assert (
        client.post(url("plan_evaluate", plan.pk), posted | {"evaluations": "0"}).status_code
        == 409
    )
    assert plan.follow_ups.count() == 1


@pytest.fixture
def window(client, office):
    """A window on the evaluation of a running plan, as it was opened; posts what it holds."""
    plan = cases.running(office)
    log_in(client, office.superior)
    page = client.get(url("plan_evaluate", plan.pk))
    begun = {"evaluations": page.context["evaluations"], "revision": page.context["revision"]}
    first = {f"evaluation-{k}": v for k, v in page.context["form"].initial.items()}

    def write(*, accept="application/json", **answers):
        typed = {f"evaluation-{key}": value for key, value in answers.items()}
        return client.post(
            url("plan_evaluate", plan.pk), begun | first | typed, headers={"Accept": accept}
        )

    write.plan = plan
    return write


def test_evaluation_saves_itself_and_two_windows_merge(client, window):
    one = window(findings="Dari jendela pertama.")
    two = window(next_steps="Dari jendela kedua.")

    page = client.get(url("plan_evaluate", window.plan.pk)).content.decode()
    assert (one.json()["revision"], two.json()["revision"]) == (1, 2)
    assert two.json()["merged"] == {"evaluation-findings": "Dari jendela pertama."}
    assert "Dari jendela pertama." in page
    assert "Dari jendela kedua." in page


def test_evaluation_shows_both_texts_where_two_windows_wrote_the_same_answer(client, window):
    window(findings="Dari jendela pertama.")
    two = window(findings="Dari jendela kedua.")

    kept = client.get(two.json()["url"])
    both = client.post(kept.context["action"], dict(kept.context["carried"]))

    assert (two.status_code, both.status_code) == (409, 409)
    assert [(c.theirs, c.mine) for c in both.context["conflicts"]] == [
        ("Dari jendela pertama.", "Dari jendela kedua.")
    ]


def test_evaluation_is_signed_only_with_what_its_page_showed(window):
    window(recommendation="Dari jendela pertama.")

    signed = window(accept="text/html", effect="effective", findings="Baik.")

    assert signed.status_code == 409
    assert "Dari jendela pertama." in signed.content.decode()
    assert not window.plan.follow_ups.exists()


def test_evaluation_begun_before_the_last_signature_keeps_its_words_to_copy(window):
    window(accept="text/html", effect="effective", findings="Baik.")

    late = window(accept="text/html", effect="partly", findings="Terlambat.")
    saved = window(findings="Terlambat.")

    assert (late.status_code, saved.status_code) == (409, 409)
    assert "Terlambat." in late.content.decode()
    assert not EvaluationDraft.objects.filter(plan=window.plan).exists()


def test_report_without_the_expected_file_keeps_the_words(client, office):
    task = cases.task_of(cases.running(office))
    log_in(client, office.colleague)

    response = client.post(url("task_report", task.pk), {"evidence_note": "Sudah diserahkan."})

    assert response.status_code == 409
    assert "Sudah diserahkan." in response.content.decode()


def test_report_pressed_twice_reports_once(client, office):
    task = cases.reported(office)
    log_in(client, office.colleague)

    response = client.post(url("task_report", task.pk), {"evidence_note": "Sudah."})

    assert response.status_code == 409
    assert AuditEvent.objects.filter(action="controltask.report").count() == 1


@pytest.mark.parametrize("effect", ["", "wonderful", "effective\x00"])
def test_forged_effect_is_refused(client, office, effect):
    task = cases.reported(office)
    log_in(client, office.superior)

    response = client.post(url("task_confirm", task.pk), {"effect": effect})

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("name", "state"), [("task_refuse", "open"), ("task_cancel", "cancelled")]
)
def test_task_goes_back_or_falls_away_with_a_reason(client, office, name, state):
    task = cases.reported(office)
    log_in(client, office.superior)

    empty = client.post(url(name, task.pk), {"reason": ""})
    done = client.post(url(name, task.pk), {"reason": "Belum ditandatangani."})

    assert (empty.status_code, done.status_code) == (422, 302)
    task.refresh_from_db()
    assert task.state == state


@pytest.mark.parametrize(
    ("name", "content"),
    [("surat.exe", b"MZ"), ("surat.pdf", b"bukan pdf"), ("surat.pdf", b"")],
)
def test_wrong_file_is_refused(client, office, name, content):
    task = cases.task_of(cases.running(office))
    log_in(client, office.colleague)

    response = client.post(
        url("task_attachments", task.pk), {"file": SimpleUploadedFile(name, content)}
    )

    assert response.status_code == 422
    assert not attachments.of(task).exists()


def test_evidence_is_read_by_those_who_see_the_task_and_taken_away_by_the_owner(client, office):
    task = cases.with_evidence(cases.task_of(cases.running(office)))
    file = attachments.of(task).get()
    address = url("task_file", task.pk, file.pk)

    log_in(client, office.inspector)
    shown = client.get(address)
    assert (shown.status_code, shown.content) == (200, cases.PDF)
    assert "attachment" in shown.headers["Content-Disposition"]
    assert AuditEvent.objects.filter(action="controltask.read_file").count() == 1
    assert client.post(url("task_file_remove", task.pk, file.pk)).status_code == 403

    log_in(client, person_with(opd=office.opd))
    assert client.get(address).status_code == 404

    log_in(client, office.colleague)
    assert client.post(url("task_file_remove", task.pk, file.pk)).status_code == 302
    assert client.get(address).status_code == 404


def test_home_page_shows_what_waits_with_few_queries(client, office):
    cases.declared(office, title="Satu")
    cases.planned(office, cases.decided(office, cases.declared(office, title="Dua")))
    cases.running(office, cases.planned(office, cases.decided(office)))
    log_in(client, office.superior)
    client.get(url("home"))

    with CaptureQueriesContext(connection) as captured:
        response = client.get(url("home"))

    text = response.content.decode()
    assert url("decision_list") in text
    assert url("plan_list") in text
    own = [q for q in captured if "superiordecision" in q["sql"] or "controltask" in q["sql"]]
    assert len(own) <= 3
