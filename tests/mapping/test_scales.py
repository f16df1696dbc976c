"""Scales as versions: what makes sense, who may, what changes, what stays for ever."""

import copy
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, connection, transaction
from django.urls import reverse

from audit.models import AuditEvent
from mapping.models import RiskScale
from mapping.scale_checks import contrast, distance, faults, ink_on, is_ranking
from mapping.scales import default_scale
from mapping.services import MapError, scale_versions
from people.models import Role
from tests.mapping.factories import RiskAreaFactory, RiskMapFactory, make_map, make_office
from tests.people.factories import log_in, person_with
from tests.queries import count_page_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return person_with(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def draft(administrator):
    return scale_versions.start_version(default_scale(), note="Uji", by=administrator)


def page(name, scale):
    return reverse(f"mapping:scale_{name}", args=[scale.pk])


def content(scale, **changes):
    names = scale_versions.CONTENT
    return {name: copy.deepcopy(getattr(scale, name)) for name in names} | changes


def swapped(cells):
    """12 and 13 change places: 13 comes where more likelihood stood, so all still rises."""
    cells = copy.deepcopy(cells)
    cells[1][3], cells[3][1] = 12, 13
    return cells


def typed(client, scale, **changes):
    """The page as a browser would send it back."""
    form = client.get(page("edit", scale)).context["form"]
    return {name: str(form[name].value()) for name in form.fields} | changes


# --- What makes a scale ----------------------------------------------------------------------


@pytest.mark.parametrize("code", ["SPBE5X5", "KALI"])
def test_shipped_scales_are_sound(code):
    scale = RiskScale.objects.get(code=code)

    assert is_ranking(scale.cells) == (code == "SPBE5X5")
    assert faults(cells=scale.cells, bands=scale.bands, is_ranking=code == "SPBE5X5") == []


def broken(**change):
    def make(scale):
        cells, bands = copy.deepcopy(scale.cells), copy.deepcopy(scale.bands)
        for name, value in change.items():
            kind, *place = name.split("_")
            if kind == "cell":
                cells[int(place[0]) - 1][int(place[1]) - 1] = value
            else:
                bands[int(place[0]) - 1][kind] = value
        return {"cells": cells, "bands": bands}

    return make


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (broken(cell_2_2=3), "cell_2_2"),
        (broken(cell_1_2=4), ""),
        (broken(upto_2=5), "upto_2"),
        (broken(upto_2=4), "upto_2"),
        (broken(upto_5=24), "upto_5"),
        (broken(colour_1="biru"), "colour_1"),
        (broken(colour_1="#2F6FB"), "colour_1"),
        (broken(colour_2="#2F6FB1"), "colour_2"),
    ],
)
def test_what_makes_no_sense_is_named(draft, administrator, make, field):
    scale = default_scale()

    found = faults(**make(scale), is_ranking=True)

    assert field in {fault.field for fault in found}
    with pytest.raises(ValidationError):
        scale_versions.save_version(
            draft, content(scale, **make(scale)), revision=0, by=administrator
        )
    draft.refresh_from_db()
    assert (draft.cells, draft.revision) == (scale.cells, 0)


def test_level_without_a_cell():
    scale = RiskScale.objects.get(code="KALI")
    bands = copy.deepcopy(scale.bands)
    bands[0]["upto"], bands[1]["upto"], bands[2]["upto"] = 6, 7, 14

    found = faults(cells=scale.cells, bands=bands, is_ranking=False)

    assert [fault.field for fault in found] == ["upto_2"]


def test_colours_are_measured():
    assert round(contrast("#000000", "#ffffff")) == 21
    assert ink_on("#E6B800") != ink_on("#2F6FB0")
    greys = [f"#{grey:02x}{grey:02x}{grey:02x}" for grey in range(256)]
    assert min(contrast(grey, ink_on(grey)) for grey in greys) > 4.5
    assert distance("#2F6FB0", "#2F6FB0") == 0
    assert round(distance("#000000", "#ffffff")) == 100


# --- The life of a version -------------------------------------------------------------------


def test_draft_is_edited_and_put_in_force(draft, administrator):
    office, former = make_office(), default_scale()
    old_map = RiskMapFactory(opd=office.opd, year=2024)
    values = content(former, cells=swapped(former.cells))

    changed = scale_versions.save_version(draft, values, revision=0, by=administrator)
    scale_versions.put_in_force(changed, reason="Disepakati", by=administrator)

    former.refresh_from_db()
    old_map.refresh_from_db()
    now = default_scale()
    assert (now.pk, now.version, now.state, former.is_default) == (draft.pk, 2, "published", False)
    assert old_map.scale_id == former.pk
    assert (old_map.scale.magnitude(2, 4), now.magnitude(2, 4)) == (13, 12)
    actions = AuditEvent.objects.filter(action__startswith="riskscale.").order_by("at", "pk")
    assert [event.action for event in actions] == [
        "riskscale.start", "riskscale.change", "riskscale.enforce",
    ]  # fmt: skip
    assert actions.last().data["reason"] == "Disepakati"


def test_an_older_version_comes_back_in_force(draft, administrator):
    former = default_scale()
    scale_versions.put_in_force(draft, reason="Baru", by=administrator)

    scale_versions.put_in_force(former, reason="Kembali", by=administrator)

    assert default_scale() == former
    with pytest.raises(MapError):
        scale_versions.put_in_force(former, reason="Lagi", by=administrator)


def test_what_was_published_never_changes(draft, administrator):
    scale = default_scale()

    for change in (
        lambda: RiskScale.objects.filter(pk=scale.pk).update(cells=swapped(scale.cells)),
        lambda: RiskScale.objects.filter(pk=scale.pk).update(name="Lain"),
        lambda: RiskScale.objects.filter(pk=scale.pk).update(state="draft"),
        lambda: RiskScale.objects.filter(code="KALI").delete(),
        lambda: RiskScale.objects.filter(pk=draft.pk).update(is_default=True),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()
    with pytest.raises(MapError):
        scale_versions.save_version(
            scale, content(scale, name="Lain"), revision=0, by=administrator
        )


def test_one_draft_and_stale_edits(draft, administrator):
    with pytest.raises(MapError):
        scale_versions.start_version(default_scale(), note="Lagi", by=administrator)
    scale_versions.save_version(draft, content(draft, name="Satu"), revision=0, by=administrator)
    with pytest.raises(MapError):
        scale_versions.save_version(
            draft, content(draft, name="Dua"), revision=0, by=administrator
        )
    scale_versions.discard_version(draft, reason="Tidak jadi", by=administrator)
    with pytest.raises(MapError):
        scale_versions.put_in_force(draft, reason="x", by=administrator)


@pytest.mark.parametrize("role", [Role.CHIEF_INSPECTOR, Role.AUDITOR, Role.HR_ADMINISTRATOR])
def test_only_the_administrator_changes_scales(draft, role):
    user = person_with(role)

    for call in (
        lambda: scale_versions.start_version(default_scale(), note="x", by=user),
        lambda: scale_versions.save_version(draft, content(draft), revision=0, by=user),
        lambda: scale_versions.put_in_force(draft, reason="x", by=user),
        lambda: scale_versions.discard_version(draft, reason="x", by=user),
    ):
        with pytest.raises(PermissionDenied):
            call()


@pytest.mark.django_db(transaction=True)
def test_two_scales_at_once_leave_one_in_force(administrator):
    drafts = [
        scale_versions.start_version(RiskScale.objects.get(code=code), note="x", by=administrator)
        for code in ("SPBE5X5", "KALI")
    ]
    barrier = threading.Barrier(2)

    def enforce(scale):
        barrier.wait()
        try:
            return scale_versions.put_in_force(scale, reason="x", by=administrator).code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enforce, drafts)) == ["KALI", "SPBE5X5"]
    assert RiskScale.objects.filter(is_default=True).count() == 1


# --- Pages -----------------------------------------------------------------------------------


def test_from_new_version_to_force(client, administrator):
    make_map(make_office(), state="approved")
    scale = default_scale()
    log_in(client, administrator)

    client.post(page("start", scale), {"note": "Angka disesuaikan"})
    draft = RiskScale.objects.get(state="draft")
    answer = client.post(page("edit", draft), typed(client, draft, cell_2_4="12", cell_4_2="13"))
    shown = client.get(page("detail", draft))
    client.post(page("enforce", draft), {"reason": "Disepakati"})

    assert (answer.status_code, shown.context["changed"], shown.context["moved"]) == (302, 2, 0)
    assert default_scale() == draft
    assert client.get(page("edit", draft)).status_code == 302
    assert client.post(page("edit", draft), typed_of(draft)).status_code == 409


def typed_of(scale):
    from mapping.scale_forms import ScaleForm

    form = ScaleForm(scale=scale)
    return {name: str(form[name].value()) for name in form.fields} | {"name": "Lain"}


def test_levels_that_move_are_counted_with_their_rows(client, administrator, draft):
    office = make_office()
    approved = make_map(office, state="approved")  # 4 × 4: 19, high.
    bands = copy.deepcopy(draft.bands)
    bands[3]["upto"] = 18
    scale_versions.save_version(draft, content(draft, bands=bands), revision=0, by=administrator)
    log_in(client, administrator)

    shown = client.get(page("detail", draft))

    assert (shown.context["moved"], shown.context["moved_rows"]) == (2, 1)
    assert approved.areas.get().level == "TINGGI"


@pytest.mark.parametrize(
    "wrong",
    [
        {"cell_1_1": ""}, {"cell_1_1": "0"}, {"cell_1_1": "26"}, {"cell_1_1": "1,5"},
        {"cell_1_1": "9" * 5000}, {"cell_1_1": "=1+1"}, {"cell_5_5": "1"}, {"upto_3": "6"},
        {"upto_5": "20"}, {"colour_1": "red"}, {"colour_1": "url(x)"}, {"label_1_en": ""},
        {"label_1_id": "Rendah"}, {"likelihood_2_id": "Hampir tidak terjadi"}, {"name": ""},
        {"treat_1_id": "x" * 201}, {"name": "a\x00b"}, {"revision": "x"}, {"revision": ""},
    ],
)  # fmt: skip
def test_bad_input_keeps_what_was_typed(client, administrator, draft, wrong):
    log_in(client, administrator)
    given = typed(client, draft, impact_1_en="Kept words") | wrong

    response = client.post(page("edit", draft), given)

    draft.refresh_from_db()
    assert (response.status_code, draft.revision) == (422, 0)
    assert response.context["form"].errors
    assert b"Kept words" in response.content


def test_stale_edit_is_told_and_kept(client, administrator, draft):
    log_in(client, administrator)
    given = typed(client, draft, name="Nama dari jendela kedua")
    scale_versions.save_version(draft, content(draft, name="Satu"), revision=0, by=administrator)

    response = client.post(page("edit", draft), given)

    assert response.status_code == 409
    assert b"Nama dari jendela kedua" in response.content


def test_who_opens_which_page(client, draft):
    scale = default_scale()
    for user, read, write in (
        (person_with(Role.SYSTEM_ADMINISTRATOR), 200, 200),
        (person_with(Role.INSPECTOR), 200, 403),
        (person_with(), 403, 403),
    ):
        log_in(client, user)
        assert client.get(reverse("mapping:scale_list")).status_code == read
        assert client.get(page("detail", scale)).status_code == read
        assert client.get(page("edit", draft)).status_code == write
    assert client.get(reverse("mapping:scale_detail", args=[999_999])).status_code in (403, 404)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_scale(client, administrator, draft, rows):
    RiskAreaFactory.create_batch(rows, map=RiskMapFactory())
    log_in(client, administrator)

    assert count_page_queries(lambda: client.get(page("detail", draft))) <= 12
