"""A map whose OPD was merged or closed meanwhile: plain words, 4xx, nothing lost."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from common.spreadsheets import write_xlsx
from mapping import services, workflow
from mapping.exchange import COLUMNS, table_rows
from mapping.merging import merge_opds
from mapping.models import MapImport, RiskMap
from mapping.services.importing import receive, take_over
from people.models import Assignment, Opd, Role, User
from tests.mapping.factories import ControlFactory, bring_to, make_map, make_office, proof
from tests.mapping.test_views import page, values
from tests.people.factories import OpdFactory, PostFactory, log_in, person_with

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


def close(office):
    """As somebody closes an OPD whose map was never carried over; its officer stays for now."""
    heir = OpdFactory(name="Dinas Gabungan")
    Opd.objects.filter(pk=office.opd.pk).update(valid_until=YESTERDAY, successor=heir)


def merge(office, *, close=False):
    """The office becomes part of another with the same posts; its head heads that one."""
    long_ago = timezone.localdate() - datetime.timedelta(days=400)
    Assignment.objects.filter(post__opd=office.opd).update(starts_on=long_ago)
    heir = OpdFactory(name="Dinas Gabungan")
    for post in office.posts:
        PostFactory(
            opd=heir, code=post.code, title=post.title, level=post.level,
            is_opd_head=post.is_opd_head,
        )  # fmt: skip
    return merge_opds(
        [office.opd], successor=heir, year=timezone.localdate().year, reason="Perda 3/2026",
        by=person_with(Role.HR_ADMINISTRATOR), close=close,
    )  # fmt: skip


def fresh(user):
    return User.objects.get(pk=user.pk)


def sheet(risk_map):
    rows = risk_map.areas.for_map().select_related("map__opd").prefetch_related("posts")
    target = io.BytesIO()
    headings = [column.heading for column in COLUMNS]
    write_xlsx(target, headings, table_rows(rows), title="x", widths=[10] * len(headings))
    return SimpleUploadedFile("peta.xlsx", target.getvalue())


def pages(client, risk_map, row):
    """What the officer may send while the map is a draft."""
    return {
        "edit": client.post(page("area_edit", row), values(row, cause="Sebab yang panjang")),
        "add": client.post(page("area_create", risk_map), values(row, area="Baru")),
        "remove": client.post(page("area_remove", row), {"revision": row.revision}),
        "library": client.post(page("library", risk_map), {"kode": ["PBJ-01"]}),
        "import": client.post(page("import", risk_map), {"file": sheet(risk_map)}),
        "form": client.get(page("import", risk_map)),
        "row form": client.get(page("area_edit", row)),
    }


@pytest.mark.parametrize("how", [close, merge])
def test_the_officer_is_told_and_keeps_what_was_typed(client, how):
    office = make_office()
    risk_map = make_map(office)
    row = risk_map.areas.get()
    how(office)
    log_in(client, fresh(office.officer))

    answers = pages(client, risk_map, row)

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "edit": 409, "add": 409, "remove": 409, "library": 409, "import": 422, "form": 409,
        "row form": 409,
    }  # fmt: skip
    assert all(office.opd.name in answer.content.decode() for answer in answers.values())
    assert "Sebab yang panjang" in answers["edit"].content.decode()
    row.refresh_from_db()
    assert row.cause != "Sebab yang panjang"
    assert risk_map.areas.count() == 1
    read = client.get(page("detail", risk_map))
    assert read.status_code == 200
    assert read.context["ended"]
    assert not read.context["may_change"]
    assert not read.context["may_sign"]


def test_the_head_who_went_over_is_shown_the_way_with_the_words(client):
    office = make_office()
    risk_map = make_map(office)
    row = risk_map.areas.get()
    merged = merge(office)
    log_in(client, fresh(office.head))

    sent = client.post(page("area_edit", row), values(row, cause="Sebab yang panjang"))
    signed = client.post(page("sign", risk_map), {"revision": risk_map.revision})
    seen = client.get(page("detail", risk_map))

    assert [sent.status_code, signed.status_code, seen.status_code] == [409, 409, 409]
    assert "Sebab yang panjang" in sent.content.decode()
    assert merged.map.get_absolute_url() in sent.content.decode()
    stranger = make_office()
    log_in(client, stranger.head)
    assert client.get(page("detail", risk_map)).status_code == 404


@pytest.mark.parametrize("how", [close, merge])
def test_a_checked_file_is_not_taken_over(client, how):
    office = make_office()
    risk_map = make_map(office)
    batch = receive(sheet(risk_map), risk_map=risk_map, by=office.officer)
    how(office)
    officer = fresh(office.officer)

    with pytest.raises(services.MapError, match=office.opd.name):
        take_over(batch, by=officer)
    log_in(client, officer)
    address = reverse("mapping:import_check", args=[batch.pk])
    assert [client.get(address).status_code, client.post(address).status_code] == [409, 409]
    assert MapImport.objects.get().committed_at is None


def test_the_head_who_went_over_asks_for_the_check_page(client):
    office = make_office()
    risk_map = make_map(office)
    batch = receive(sheet(risk_map), risk_map=risk_map, by=office.head)
    merge(office)
    log_in(client, fresh(office.head))

    assert client.get(reverse("mapping:import_check", args=[batch.pk])).status_code == 409


@pytest.mark.parametrize("how", [close, merge])
def test_nobody_reviews_it(client, how):
    office = make_office()
    risk_map = make_map(office, state="signed")
    other = make_office()
    begun = make_map(other, state="under_review")
    how(office)
    how(other)
    inspector = fresh(office.inspector)
    row = risk_map.areas.get()
    log_in(client, inspector)

    answers = [
        client.post(page("review", risk_map)),
        client.post(page("area_comment", row), {"text": "Sebutkan sebabnya."}),
        client.post(page("return", begun), {"reason": "Ada catatan."}),
        client.post(page("approve", begun)),
    ]

    assert [answer.status_code for answer in answers] == [409] * 4
    assert "Dinas Gabungan" in answers[0].content.decode() or office.opd.name in (
        answers[0].content.decode()
    )
    assert not RiskMap.objects.in_force().filter(opd__in=[office.opd, other.opd]).exists()
    assert risk_map not in RiskMap.objects.to_review_by(inspector)


def test_what_was_sent_goes_over_too():
    office = make_office()
    risk_map = make_map(office, state="under_review", rows=2)

    merged = merge(office)

    risk_map.refresh_from_db()
    assert (risk_map.state, risk_map.document.state) == ("archived", "pending")
    assert merged.map.areas.count() == 2


def test_signing_is_refused():
    office = make_office()
    risk_map = make_map(office)
    close(office)

    with pytest.raises(workflow.TransitionError, match=office.opd.name):
        workflow.sign(risk_map, by=office.head, proof=proof(office.head))


def test_a_control_is_not_added_to_what_has_ended(client):
    office = make_office()
    row = make_map(office, state="approved").areas.get()
    planned = ControlFactory(area=row, owner_post=office.posts[2])
    close(office)
    log_in(client, office.officer)
    sent = {"title": "Rotasi", "owner_post": office.posts[2].pk, "due_on": "2027-02-01"}

    answer = client.post(page("area_control", row), sent)

    assert answer.status_code in (409, 422)
    assert office.opd.name in answer.content.decode()
    assert planned.__class__.objects.count() == 1


def test_an_opd_that_ends_later_goes_on_until_then():
    office = make_office()
    risk_map = make_map(office)
    day = timezone.localdate()
    Opd.objects.filter(pk=office.opd.pk).update(valid_until=day)

    approved = bring_to(RiskMap.objects.get(pk=risk_map.pk), office, "approved")

    assert approved.is_in_force
