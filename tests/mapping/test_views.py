"""The pages: works, invisible → 404, not allowed → 403, wrong method → 405, queries."""

import cProfile
import pstats

import pytest
from django.urls import reverse

from mapping import workflow
from mapping.models import Control, MapImport, RiskArea, RiskMap
from tests.mapping.factories import ControlFactory, make_map, make_office, proof
from tests.people.factories import log_in, person_with
from tests.queries import count_page_queries

pytestmark = pytest.mark.django_db

MAP_PAGES = ("detail", "sheet", "history", "compare")
WRITING = ("library", "area_create", "import")


def page(name, thing, *arguments):
    return reverse(f"mapping:{name}", args=[thing.pk, *arguments])


def values(row, **changes):
    """The form of a row as the page sends it back."""
    names = (
        "area", "activity", "mcsp_area", "conflict_form", "cause", "consequence", "likelihood",
        "impact", "prevention", "handling", "control_effect", "status",
    )  # fmt: skip
    found = {name: getattr(row, name) for name in names}
    found |= {"source": row.source_id, "owner_post": row.owner_post_id, "revision": row.revision}
    return found | changes


@pytest.mark.parametrize("name", [*MAP_PAGES, *WRITING, "sign"])
def test_map_pages_for_the_head(client, name):
    office = make_office()
    risk_map = make_map(office, rows=2)
    log_in(client, office.head)

    assert client.get(page(name, risk_map)).status_code == 200


@pytest.mark.parametrize("name", [*MAP_PAGES, *WRITING, "sign", "review"])
def test_draft_is_hidden_from_others(client, name):
    risk_map = make_map(make_office())
    for user in (person_with(), make_office().head, make_office().inspector):
        log_in(client, user)

        assert client.get(page(name, risk_map)).status_code == 404


def test_what_is_visible_but_not_ones_own(client):
    office = make_office()
    risk_map = make_map(office, state="approved")
    row = risk_map.areas.get()
    log_in(client, office.staff)

    assert client.get(page("detail", risk_map)).status_code == 200
    assert client.get(page("area_detail", row)).status_code == 200
    for name in ("library", "import", "sign", "review", "reopen", "approve", "return"):
        assert client.get(page(name, risk_map)).status_code == 403, name
    for name in ("area_edit", "area_remove", "area_control"):
        assert client.get(page(name, row)).status_code == 403, name


def test_wrong_methods(client):
    office = make_office()
    risk_map = make_map(office)
    log_in(client, office.head)

    assert client.post(page("detail", risk_map)).status_code == 405
    assert client.get(page("export", risk_map, "pdf")).status_code == 404
    workflow.sign(risk_map, by=office.head, proof=proof(office.head))
    log_in(client, office.inspector)
    assert client.get(page("area_comment", risk_map.areas.get())).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_map(client, rows):
    office = make_office()
    risk_map = make_map(office, rows=rows)
    log_in(client, office.head)

    assert count_page_queries(lambda: client.get(page("detail", risk_map))) == 8


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_list(client, rows):
    for _ in range(rows):
        make_map(make_office(), state="signed")
    log_in(client, make_office().inspector)

    assert count_page_queries(lambda: client.get(reverse("mapping:list"))) <= 9


def test_filters_with_nonsense(client):
    office = make_office()
    risk_map = make_map(office, rows=2)
    log_in(client, office.head)

    for query in ("sel=awal-9-9", "sel=x", "tingkat=LAIN", "mcsp=LAIN", "perhatian=1"):
        assert client.get(page("detail", risk_map) + "?" + query).status_code == 200, query
    shown = client.get(page("detail", risk_map) + "?sel=awal-4-4").context["rows"]
    assert len(shown) == 2
    assert client.get(page("detail", risk_map) + "?sel=awal-1-1").context["rows"] == []
    assert client.get(page("compare", risk_map) + "?dengan=abc").status_code == 404


def test_start_and_pick_from_the_library(client):
    office = make_office()
    log_in(client, office.officer)

    response = client.post(
        reverse("mapping:start"),
        {"opd": office.opd.pk, "year": RiskMapYear.this(), "copy": "no"},
    )
    risk_map = RiskMap.objects.get(opd=office.opd)
    assert response.url == risk_map.get_absolute_url()

    client.post(page("library", risk_map), {"kode": ["PBJ-01", "UMM-01", "TIDAK-ADA"]})
    assert sorted(row.template.code for row in risk_map.areas.all()) == ["PBJ-01", "UMM-01"]
    client.post(page("library", risk_map), {"kode": ["PBJ-01"]})
    assert risk_map.areas.count() == 2

    again = {"opd": office.opd.pk, "year": RiskMapYear.this(), "copy": "no"}
    assert client.post(reverse("mapping:start"), again).status_code == 422
    form = client.get(reverse("mapping:start")).context["form"]
    assert form["year"].value() == RiskMapYear.this() + 1


class RiskMapYear:
    @staticmethod
    def this():
        from django.utils import timezone

        return timezone.localdate().year


def test_start_for_another_opd(client):
    office = make_office()
    log_in(client, office.head)

    response = client.post(
        reverse("mapping:start"),
        {"opd": make_office().opd.pk, "year": RiskMapYear.this(), "copy": "no"},
    )

    assert response.status_code == 422
    assert not RiskMap.objects.exists()


def test_change_a_row(client):
    office = make_office()
    row = make_map(office).areas.get()
    log_in(client, office.officer)

    assert client.get(page("area_edit", row)).status_code == 200
    sent = values(row, residual_likelihood=2, residual_impact=2, posts=[office.posts[1].pk])
    response = client.post(page("area_edit", row), sent)

    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.residual_magnitude, row.residual_level, row.revision) == (7, "RENDAH", 1)
    assert [item.post_id for item in row.named_posts.all()] == [office.posts[1].pk]


@pytest.mark.parametrize(
    "wrong",
    [
        {"likelihood": "6"}, {"impact": "x"}, {"cause": ""}, {"residual_likelihood": "2"},
        {"source": "999999"}, {"posts": ["999999"]}, {"due_on": "0001-01-01"},
        {"area": "x" * 161}, {"activity": "a\x00b"},
    ],
)  # fmt: skip
def test_row_with_a_fault(client, wrong):
    office = make_office()
    row = make_map(office).areas.get()
    log_in(client, office.officer)

    response = client.post(page("area_edit", row), values(row, **wrong))

    assert response.status_code == 422
    assert next(iter(wrong)) in response.context["form"].errors or response.context["form"].errors
    row.refresh_from_db()
    assert row.revision == 0


def test_post_of_another_opd_is_refused(client):
    office, other = make_office(), make_office()
    row = make_map(office).areas.get()
    log_in(client, office.officer)

    response = client.post(page("area_edit", row), values(row, posts=[other.posts[0].pk]))

    assert response.status_code == 422


def test_same_row_by_two_people(client):
    """Told who changed what; the form holds theirs where one changed nothing oneself."""
    office = make_office()
    row = make_map(office).areas.get()
    log_in(client, office.officer)
    seen = client.get(page("area_edit", row)).context["seen"]
    own = {"posts": [office.posts[2].pk], "due_on": row.due_on}
    log_in(client, office.head)
    theirs = values(row, cause="Menurut kepala", prevention="Cegah begini", posts=[])
    client.post(page("area_edit", row), theirs | {"due_on": row.due_on})
    log_in(client, office.officer)

    sent = values(row, cause="Menurut petugas", handling="Tangani begitu", seen=seen, **own)
    response = client.post(page("area_edit", row), sent)

    assert response.status_code == 409
    text = response.content.decode()
    (change,) = response.context["changes"]
    for words in ("Menurut kepala", "Menurut petugas", change.event.actor_label):
        assert words in text
    assert len(change.labels) == 3
    disputed = {str(each.label): each.is_disputed for each in response.context["differences"]}
    assert disputed == {"Penyebab": True, "Pencegahan": False, "Jabatan terkait": False}
    row.refresh_from_db()
    assert row.cause == "Menurut kepala"

    form = response.context["form"]
    again = {name: form[name].value() for name in form.fields} | {
        "revision": response.context["revision"], "seen": response.context["seen"],
    }  # fmt: skip
    again = {name: "" if value is None else value for name, value in again.items()}
    assert client.post(page("area_edit", row), again).status_code == 302
    row.refresh_from_db()
    assert (row.cause, row.prevention) == ("Menurut petugas", "Cegah begini")
    assert row.handling == "Tangani begitu"
    assert not row.named_posts.exists()


def test_different_rows_by_two_people(client):
    office = make_office()
    first, second = make_map(office, rows=2).areas.all()
    log_in(client, office.head)
    assert client.post(page("area_edit", first), values(first, cause="A")).status_code == 302
    log_in(client, office.officer)

    assert client.post(page("area_edit", second), values(second, cause="B")).status_code == 302


def test_change_of_a_signed_map(client):
    office = make_office()
    risk_map = make_map(office)
    row = risk_map.areas.get()
    workflow.sign(risk_map, by=office.head, proof=proof(office.head))
    log_in(client, office.officer)

    assert client.post(page("area_edit", row), values(row, cause="Lain")).status_code == 409
    assert client.post(page("library", risk_map), {"kode": ["PBJ-01"]}).status_code == 409
    assert client.post(page("area_remove", row), {"revision": 0}).status_code == 409


def test_remove_a_row(client):
    office = make_office()
    row = make_map(office).areas.get()
    log_in(client, office.officer)

    assert client.get(page("area_remove", row)).status_code == 200
    assert client.post(page("area_remove", row), {"revision": 7}).status_code == 409
    assert client.post(page("area_remove", row), {"revision": 0}).status_code == 302
    assert not RiskArea.objects.filter(pk=row.pk).exists()


def test_from_signature_to_approval(client):
    office = make_office()
    risk_map = make_map(office)
    row = risk_map.areas.get()
    log_in(client, office.head)
    client.post(page("sign", risk_map), {"revision": risk_map.revision})
    risk_map.refresh_from_db()
    assert risk_map.state == "signed"

    log_in(client, office.inspector)
    assert client.get(page("review", risk_map)).status_code == 200
    client.post(page("review", risk_map))
    client.post(page("area_comment", row), {"text": "Sebutkan penyebabnya."})
    client.post(page("return", risk_map), {"reason": "Ada catatan."})
    log_in(client, office.head)
    assert client.post(page("sign", risk_map), {"revision": 0}).status_code == 409
    client.post(page("comment_settle", row.comments.get()))
    client.post(page("sign", risk_map), {"revision": 0})
    log_in(client, office.inspector)
    client.post(page("review", risk_map))
    response = client.post(page("approve", risk_map))

    risk_map.refresh_from_db()
    assert (response.status_code, risk_map.state) == (302, "approved")
    assert client.get(reverse("mapping:province")).status_code == 200


def test_signature_without_fresh_proof(client):
    office = make_office()
    risk_map = make_map(office)
    log_in(client, office.head, proved=False)

    response = client.post(page("sign", risk_map), {"revision": risk_map.revision})

    risk_map.refresh_from_db()
    assert (response.status_code, risk_map.state) == (302, "draft")


def test_controls(client):
    office = make_office()
    row = make_map(office, state="approved").areas.get()
    log_in(client, office.officer)
    sent = {"title": "Rotasi tim", "owner_post": office.posts[2].pk, "due_on": "2027-02-01"}
    assert client.get(page("area_control", row)).status_code == 200
    client.post(page("area_control", row), sent)
    control = Control.objects.get()

    log_in(client, office.staff)
    assert client.get(control.get_absolute_url()).status_code == 200
    client.post(page("control_report", control), {"evidence": "Surat 12/2027"})
    log_in(client, office.head)
    client.post(page("control_confirm", control), {"effect": "effective"})

    control.refresh_from_db()
    assert (control.state, control.effect) == ("confirmed", "effective")
    assert client.post(page("control_cancel", control), {"reason": "x"}).status_code == 409
    log_in(client, person_with())
    assert client.get(control.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_controls(client, count):
    office = make_office()
    row = make_map(office).areas.get()
    for _ in range(count):
        ControlFactory(area=row)
    log_in(client, office.head)

    address = reverse("mapping:control_list")
    assert count_page_queries(lambda: client.get(address)) <= 8


@pytest.mark.parametrize("offices", [1, 3])
def test_queries_of_the_province(client, offices):
    for _ in range(offices):
        make_map(make_office(), rows=2, state="approved")
    log_in(client, make_office().auditor)

    assert count_page_queries(lambda: client.get(reverse("mapping:province"))) <= 8


def test_province_takes_less_than_twice_the_work_of_the_list(client):
    """Function calls, which other processes of the machine don't change."""
    for _ in range(8):
        make_map(make_office(), rows=2, state="approved")
    log_in(client, make_office().auditor)

    assert calls_of(client, "mapping:province") < 2 * calls_of(client, "mapping:list")


def calls_of(client, name):
    client.get(reverse(name))
    with cProfile.Profile() as profile:
        assert client.get(reverse(name)).status_code == 200
    return pstats.Stats(profile).total_calls


def test_province_is_for_those_who_oversee(client):
    log_in(client, make_office().head)

    assert client.get(reverse("mapping:province")).status_code == 403


def test_import_belongs_to_who_sent_it(client):
    office = make_office()
    batch = MapImport.objects.create(
        map=make_map(office), file_name="a.csv", revision=0, created_by=office.officer
    )
    log_in(client, office.head)
    assert client.get(page("import_check", batch)).status_code == 404
    log_in(client, office.officer)
    assert client.get(page("import_check", batch)).status_code == 200
