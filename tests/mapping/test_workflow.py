"""Every step of a map and a control: effect, event, notice; who and from where; races."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from audit.models import AuditEvent
from jobs.testing import run_jobs
from mapping import services, workflow
from mapping.models import RiskArea, RiskMap, RowComment
from mapping.models.rows import RiskAreaPost
from notices.models import Notice
from people.models import Role
from statements.models import Document
from tests.mapping.factories import (
    ControlFactory,
    RiskAreaFactory,
    RiskMapFactory,
    bring_to,
    make_map,
    make_office,
    proof,
)
from tests.people.factories import OpdFactory, PostFactory, person_with, post_of

pytestmark = pytest.mark.django_db


def events(action, thing):
    return AuditEvent.objects.filter(action=action, target_id=str(thing.pk))


def test_sign_freezes_and_tells():
    office = make_office()
    risk_map = make_map(office, rows=2)

    signed = workflow.sign(risk_map, by=office.head, proof=proof(office.head))

    assert (signed.state, signed.signed_by) == ("signed", office.head)
    assert signed.document.kind == "PETA"
    assert len(signed.document.data["data"]["rows"]) == 2
    assert events("riskmap.sign", risk_map).count() == 1
    assert Notice.objects.filter(recipient=office.inspector, kind="riskmap.signed").exists()


def test_document_gets_both_signatures():
    office = make_office()
    approved = make_map(office, state="approved")

    run_jobs()

    document = Document.objects.get(pk=approved.document_id)
    assert document.is_ready
    assert [item.state for item in document.signatures.all()] == ["signed", "signed"]


@pytest.mark.parametrize("change", [{"owner_post": None}, {"due_on": None}])
def test_sign_names_what_is_missing(change):
    office = make_office()
    risk_map = make_map(office)
    RiskArea.objects.filter(map=risk_map).update(**change)

    with pytest.raises(workflow.TransitionError, match="1"):
        workflow.sign(risk_map, by=office.head, proof=proof(office.head))


def test_sign_an_empty_map():
    office = make_office()
    risk_map = make_map(office, rows=0)

    with pytest.raises(workflow.TransitionError):
        workflow.sign(risk_map, by=office.head, proof=proof(office.head))


def test_sign_what_was_not_seen():
    office = make_office()
    risk_map = make_map(office)

    with pytest.raises(workflow.TransitionError):
        workflow.sign(risk_map, by=office.head, proof=proof(office.head), revision=7)


def test_only_the_head_signs():
    office = make_office()
    risk_map = make_map(office)

    for user in (office.officer, office.staff, office.inspector, office.auditor):
        with pytest.raises(PermissionDenied):
            workflow.sign(risk_map, by=user, proof=proof(user))


def test_an_inspector_never_reviews_the_own_opd():
    office = make_office()
    risk_map = make_map(office, state="signed")
    insider = person_with(Role.INSPECTOR, office.opd)

    with pytest.raises(PermissionDenied):
        workflow.review(risk_map, by=insider)
    assert risk_map not in RiskMap.objects.to_review_by(insider)
    assert risk_map in RiskMap.objects.to_review_by(office.inspector)


def test_inspectorate_is_reviewed_by_the_secretary():
    office = make_office(OpdFactory(kind="INSPEKTORAT"))
    secretary = person_with(Role.OPD_HEAD, OpdFactory(kind="SEKRETARIAT_DAERAH"))
    risk_map = make_map(office, state="signed")

    assert list(RiskMap.objects.to_review_by(secretary)) == [risk_map]
    assert workflow.review(risk_map, by=secretary).state == "under_review"


def test_return_comments_settle_and_sign_again():
    office = make_office()
    risk_map = make_map(office, state="under_review")
    row = risk_map.areas.get()
    comment = services.comment_on(row, by=office.inspector, text="Sebutkan penyebabnya.")
    with pytest.raises(workflow.TransitionError):
        workflow.approve(risk_map, by=office.inspector, proof=proof(office.inspector))
    first = risk_map.document
    workflow.return_for_correction(risk_map, by=office.inspector, reason="Ada catatan.")
    with pytest.raises(workflow.TransitionError):
        workflow.sign(risk_map, by=office.head, proof=proof(office.head))

    services.settle_comment(comment, by=office.officer)
    again = workflow.sign(risk_map, by=office.head, proof=proof(office.head))

    first.refresh_from_db()
    assert (first.state, again.document.supersedes) == ("superseded", first)
    assert RowComment.objects.get().settled_by == office.officer
    assert Notice.objects.filter(recipient=office.head, kind="riskmap.returned").exists()


def test_another_head_signs_after_a_return():
    office = make_office()
    risk_map = make_map(office, state="returned")
    first = risk_map.document
    office.head.assignments.update(ends_on="2026-01-01")
    from tests.people.factories import AssignmentFactory, UserFactory

    successor = UserFactory()
    AssignmentFactory(user=successor, post=post_of(office.head), starts_on="2026-01-02")

    signed = workflow.sign(risk_map, by=successor, proof=proof(successor))

    first.refresh_from_db()
    assert (first.state, signed.document.subject) == ("revoked", successor)


def test_approval_archives_last_year_and_obliges():
    office = make_office()
    year = timezone.localdate().year
    old = make_map(office, state="approved", year=year - 1)
    post = office.posts[2]
    post.refresh_from_db()
    assert (post.is_obliged, str(year - 1) in post.obliged_because) == (True, True)

    new = make_map(office, year=year)
    RiskAreaPost.objects.filter(area__map=new).delete()
    bring_to(new, office, "approved")

    old.refresh_from_db()
    post.refresh_from_db()
    assert (old.state, post.is_obliged, post.obliged_because) == ("archived", False, "")
    assert list(RiskMap.objects.in_force().filter(opd=office.opd)) == [
        RiskMap.objects.get(pk=new.pk)
    ]


def test_obligation_for_another_reason_is_left_alone():
    office = make_office()
    post = office.posts[2]
    post.is_obliged, post.obliged_because = True, "Jabatan administrator"
    post.save()

    make_map(office, state="approved")

    post.refresh_from_db()
    assert post.obliged_because == "Jabatan administrator"


def test_an_earlier_year_is_not_approved_after_a_later():
    office = make_office()
    year = timezone.localdate().year
    make_map(office, state="approved", year=year)
    old = make_map(office, state="under_review", year=year - 1)

    with pytest.raises(workflow.TransitionError, match=str(year)):
        workflow.approve(old, by=office.inspector, proof=proof(office.inspector))


def test_reopened_map_replaces_the_approved_one():
    office = make_office()
    first = make_map(office, state="approved")
    second = services.reopen_map(first, by=office.head, reason="Perubahan struktur")
    assert (second.version, second.areas.count(), second.previous) == (2, 1, first)
    assert second.areas.get().row_key == first.areas.get().row_key
    with pytest.raises(services.MapError):
        services.reopen_map(first, by=office.head, reason="Lagi")

    bring_to(second, office, "approved")

    first.refresh_from_db()
    assert (first.state, first.document.state) == ("superseded", "superseded")


def test_last_year_copied_says_what_has_changed():
    office = make_office()
    year = timezone.localdate().year
    old = make_map(office, state="approved", year=year - 1)
    row = old.areas.get()
    post = office.posts[2]
    post.valid_until = "2026-01-31"
    post.save()
    late = ControlFactory(area=row, due_on="2026-02-01")

    new = services.start_map(opd=office.opd, year=year, by=office.officer, copy=True)
    rows = list(new.areas.for_map())
    since = services.changed_since(new, rows, on=timezone.localdate())

    assert new.previous == old
    assert [(each.pk, gone) for each, gone in since.posts_gone] == [(rows[0].pk, post)]
    assert since.overdue == [late]
    assert new.areas.with_overdue_controls(on=timezone.localdate()).get().overdue_count == 1


def test_what_was_due_in_an_earlier_year_is_planned_again():
    office = make_office()
    year = timezone.localdate().year
    old = make_map(office, year=year - 1, rows=2)
    done, running = old.areas.all()
    old.areas.filter(pk=done.pk).update(due_on=datetime.date(year - 1, 6, 30), status="done")
    old.areas.filter(pk=running.pk).update(due_on=datetime.date(year, 6, 30), status="done")
    bring_to(old, office, "approved")

    new = services.start_map(opd=office.opd, year=year, by=office.officer, copy=True)

    rows = list(new.areas.for_map())
    june = datetime.date(year, 6, 30)
    assert [(row.due_on, row.status) for row in rows] == [(june, "planned"), (june, "done")]
    assert services.changed_since(new, rows, on=timezone.localdate()).renewed == 1


def test_an_area_ticked_again_is_the_same_area():
    """Its controls come along, and the years can be compared."""
    office = make_office()
    year = timezone.localdate().year
    old = RiskMapFactory(opd=office.opd, year=year - 1)
    (before,) = services.add_from_library(
        old, codes=["PBJ-01"], by=office.head, owner_post=office.posts[0],
        due_on=timezone.localdate(),
    )  # fmt: skip
    bring_to(old, office, "approved")

    new = services.start_map(opd=office.opd, year=year, by=office.head)
    first, second = services.add_from_library(new, codes=["PBJ-01", "UMM-01"], by=office.head)

    assert first.row_key == before.row_key != second.row_key


def test_scale_of_an_old_map_is_kept():
    from mapping.models import RiskScale

    office = make_office()
    approved = make_map(office, state="approved")
    row = approved.areas.get()
    other = RiskScale.objects.get(code="KALI")
    RiskScale.objects.update(is_default=False)
    RiskScale.objects.filter(pk=other.pk).update(is_default=True)

    copied = services.reopen_map(approved, by=office.head, reason="Skala baru").areas.get()

    assert (row.magnitude, copied.magnitude, copied.level) == (19, 16, "TINGGI")
    assert RiskMap.objects.get(pk=approved.pk).scale != other


def test_control_from_plan_to_effect():
    office = make_office()
    control = ControlFactory(area=make_map(office).areas.get(), owner_post=office.posts[2])

    workflow.report_control(control, by=office.staff, evidence="Surat 12")
    workflow.refuse_control(control, by=office.head, reason="Belum lengkap")
    workflow.report_control(control, by=office.head, evidence="Surat 13")
    with pytest.raises(PermissionDenied):
        workflow.confirm_control(control, by=office.head, effect="effective")
    done = workflow.confirm_control(control, by=office.officer, effect="partly")

    assert (done.state, done.effect) == ("confirmed", "partly")
    with pytest.raises(workflow.TransitionError):
        workflow.report_control(control, by=office.staff, evidence="Lagi")


def test_reminders_of_controls():
    from mapping.services.controls import find_controls_due

    office = make_office()
    control = ControlFactory(area=make_map(office).areas.get(), owner_post=office.posts[2])

    found = list(find_controls_due(on=control.due_on))

    assert [(item.user, item.key) for item in found] == [(office.staff, f"control:{control.pk}")]
    assert list(find_controls_due(on=control.due_on - timezone.timedelta(days=1))) == []


def test_areas_for_falls_back_to_the_library():
    office = make_office()
    offered = services.areas_for(office.opd)
    assert {"PBJ-01", "UMM-01"} <= {item.code for item in offered}
    assert "AUD-01" not in {item.code for item in offered}

    approved = make_map(office, state="approved")

    row = approved.areas.get()
    assert [(item.code, item.level) for item in services.areas_for(office.opd)] == [
        (str(row.row_key), "TINGGI")
    ]


def test_merging():
    from mapping.merging import merge_opds

    first, second = make_office(), make_office()
    a, b = make_map(first, state="approved"), make_map(second, rows=2)
    control = ControlFactory(area=a.areas.get())
    successor = OpdFactory()
    PostFactory(opd=successor, code=first.posts[2].code)
    head = PostFactory(opd=successor, head=True)
    admin = person_with(Role.HR_ADMINISTRATOR)
    year = timezone.localdate().year

    merged = merge_opds(
        [first.opd, second.opd], successor=successor, year=year, by=admin, reason="Perda 3/2026"
    )

    for risk_map in (a, b):
        risk_map.refresh_from_db()
        assert risk_map.state == "archived"
    a.document.refresh_from_db()
    assert a.document.state != "revoked"
    control.refresh_from_db()
    assert (merged.carried, merged.map.state, control.owner_post) == (3, "draft", head)
    first.posts[2].refresh_from_db()
    assert first.posts[2].is_obliged is False
    with pytest.raises(PermissionDenied):
        merge_opds([first.opd], successor=successor, year=year, by=first.head, reason="x")


def test_merging_into_a_map_that_is_being_drawn():
    """A map begun without rows doesn't hide the one in force; the successor's draft grows."""
    from mapping.merging import merge_opds

    source, successor = make_office(), make_office()
    year = timezone.localdate().year
    make_map(source, state="approved")
    RiskMapFactory(opd=source.opd, year=year + 1)
    draft = make_map(successor)
    admin = person_with(Role.HR_ADMINISTRATOR)

    def merge():
        return merge_opds(
            [source.opd], successor=successor.opd, year=year, by=admin, reason="Perda 3/2026"
        )

    merged = merge()

    assert (merged.map, merged.carried) == (draft, 1)
    assert [row.position for row in draft.areas.all()] == [1, 2]
    draft.refresh_from_db()
    assert draft.revision == 1
    assert merge().carried == 0

    make_map(source, year=year + 2)
    draft.areas.filter(owner_post=None).update(owner_post=successor.posts[0])
    bring_to(draft, successor, "signed")
    with pytest.raises(services.MapError):
        merge()


def in_threads(*calls):
    barrier = threading.Barrier(len(calls))

    def run(call):
        try:
            barrier.wait()
            call()
        except (services.MapError, PermissionDenied) as error:
            return type(error).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_two_heads_at_once():
    office = make_office()
    acting = person_with(opd=office.opd)
    from tests.people.factories import AssignmentFactory

    AssignmentFactory(user=acting, post=office.posts[0], kind="plt")
    risk_map = make_map(office)

    def sign(user):
        return lambda: workflow.sign(risk_map, by=user, proof=proof(user))

    assert in_threads(sign(office.head), sign(acting)) == ["TransitionError", "done"]
    assert Document.objects.filter(kind="PETA", opd=office.opd).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_begin_the_same_year_at_once():
    office = make_office()
    year = timezone.localdate().year

    def start(user):
        return lambda: services.start_map(opd=office.opd, year=year, by=user)

    assert in_threads(start(office.head), start(office.officer)) == ["MapError", "done"]
    assert RiskMap.objects.filter(opd=office.opd).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_written_while_the_head_signs():
    office = make_office()
    risk_map = make_map(office)
    row = risk_map.areas.get()

    def write():
        row.cause = "Ditulis saat penandatanganan"
        services.save_row(row, by=office.officer, posts=[], revision=row.revision)

    outcome = in_threads(
        write,
        lambda: workflow.sign(
            risk_map, by=office.head, proof=proof(office.head), revision=risk_map.revision
        ),
    )

    # Whoever comes first, the other is refused: nothing is signed that was not seen.
    assert outcome in (["MapError", "done"], ["TransitionError", "done"])


@pytest.mark.django_db(transaction=True)
def test_the_same_row_by_two_at_once():
    office = make_office()
    row = make_map(office).areas.get()

    def write(user, words):
        mine = RiskArea.objects.get(pk=row.pk)

        def call():
            mine.cause = words
            services.save_row(mine, by=user, posts=[], revision=0)

        return call

    outcome = in_threads(write(office.head, "A"), write(office.officer, "B"))

    assert outcome == ["StaleRowError", "done"]


def test_row_factory_is_plain():
    assert RiskAreaFactory().revision == 0
