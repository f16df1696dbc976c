"""The generic editing pages, on F1: saving, merging, signing, bad input."""

import uuid

import pytest
from django.urls import reverse

from declarations.models import InterestRegister
from declarations.services import registers
from declarations.workflow import registers as workflow
from people.models import User
from tests.declarations.factories import (
    RegisterFactory,
    accepted_register,
    business_row,
    full_draft,
    nil_draft,
    office,
    returned_register,
)
from tests.people.factories import log_in, person_with
from tests.queries import count_page_queries

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def register(client):
    row = business_row()
    register = RegisterFactory(draft=full_draft(business={"rows": [row]}))
    log_in(client, register.declarant)
    return register


def url(page, register, *arguments):
    return reverse(f"declarations:register_{page}", args=[register.pk, *arguments])


def fresh(register):
    return InterestRegister.objects.get(pk=register.pk)


def row_data(key, revision=0, section="business", **changes):
    values = {**business_row(), **changes}
    data = {f"{section}-{key}-{name}": value for name, value in values.items() if name != "key"}
    return {**data, "revision": revision}


PAGES = [("tasks", ()), ("section", ("business",)), ("check", ()), ("sign", ())]


@pytest.mark.parametrize(("page", "arguments"), PAGES)
def test_pages_open_for_the_declarant_in_few_queries(client, register, page, arguments):
    address = url(page, register, *arguments)

    assert client.get(address).status_code == 200
    assert count_page_queries(lambda: client.get(address)) <= 12


@pytest.mark.parametrize(("page", "arguments"), PAGES)
def test_pages_of_a_draft_are_404_for_everybody_else(client, page, arguments):
    place = office()
    register = RegisterFactory(declarant=place.declarant)
    for person in (place.superior, place.officer, place.inspector, place.stranger):
        log_in(client, person)
        assert client.get(url(page, register, *arguments)).status_code == 404


def test_pages_are_403_for_those_who_may_only_read(client):
    place = office()
    register = workflow.resume(returned_register(place), by=place.declarant)
    log_in(client, place.officer)

    assert client.get(url("tasks", register)).status_code == 403
    assert client.post(url("section", register, "business"), {}).status_code == 403
    assert client.get(url("sign", register)).status_code == 403


def test_unknown_section_is_404(client, register):
    assert client.get(url("section", register, "nonsense")).status_code == 404


def test_page_of_two_hundred_rows_stays_small_and_needs_no_more_queries(client, register):
    rows = [business_row(f"CV Usaha Nomor {number}") for number in range(200)]
    register.draft["business"] = {"rows": rows}
    register.save()
    address = url("section", register, "business")

    response = client.get(address)

    import gzip

    assert response.status_code == 200
    assert len(gzip.compress(response.content)) < 100_000
    assert count_page_queries(lambda: client.get(address)) <= 12


# --- Rows ------------------------------------------------------------------------------------


def test_add_gives_the_row_a_key_so_that_pressing_twice_adds_one(client, register):
    address = client.get(url("row_add", register, "business")).url
    key = address.split("/")[-2]
    assert client.get(address).status_code == 200

    client.post(address, row_data(key, name="UD Dua Kali"))
    client.post(address, row_data(key, name="UD Dua Kali"))

    names = [row["name"] for row in fresh(register).draft["business"]["rows"]]
    assert names == ["CV Rafflesia Jaya", "UD Dua Kali"]


def test_faulty_row_is_kept_and_shown_again(client, register):
    key = str(uuid.uuid4())

    response = client.post(
        url("row", register, "business", key), row_data(key, share_percent="seratus dua")
    )

    assert response.status_code == 422
    assert fresh(register).draft["business"]["rows"][1]["share_percent"] == "seratus dua"
    assert b"seratus dua" in response.content


def test_empty_new_row_is_no_row(client, register):
    key = str(uuid.uuid4())

    client.post(url("row", register, "business", key), {"revision": 0, "then": "later"})

    assert len(fresh(register).draft["business"]["rows"]) == 1


def test_remove_takes_the_row_away(client, register):
    key = register.draft["business"]["rows"][0]["key"]

    response = client.post(url("row_remove", register, "business", key), {"revision": 0})

    assert response.status_code == 302
    assert fresh(register).draft["business"]["rows"] == []


def test_nil_is_refused_while_rows_stand(client, register):
    response = client.post(url("nil", register, "business"), {"revision": 0, "business-nil": "on"})

    assert response.status_code == 422
    assert len(fresh(register).draft["business"]["rows"]) == 1


def test_nil_is_ticked_and_taken_back(client):
    register = RegisterFactory(draft={})
    log_in(client, register.declarant)

    client.post(url("nil", register, "gifts"), {"revision": 0, "gifts-nil": "on"})
    assert fresh(register).draft["gifts"]["nil"] is True

    client.post(url("nil", register, "gifts"), {"revision": 1})
    assert not fresh(register).draft["gifts"].get("nil")


def test_whole_nil_leads_to_the_check(client):
    register = RegisterFactory(draft={})
    log_in(client, register.declarant)

    response = client.post(url("nil_all", register), {"revision": 0})

    assert response.url == url("check", register)
    assert fresh(register).draft == nil_draft()


def test_paste_adds_rows_and_leaves_out_what_stands_there(client, register):
    text = "Nama\tBidang usaha\nCV Satu\tDagang\nCV Dua\tJasa\nCV Satu\tDagang"

    response = client.post(url("paste", register, "business"), {"revision": 0, "rows": text})

    assert response.status_code == 302
    names = [row["name"] for row in fresh(register).draft["business"]["rows"]]
    assert names == ["CV Rafflesia Jaya", "CV Satu", "CV Dua"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n".join(f"CV {n}" for n in range(1000)),
        "a;" * 50,
        "CV \x00 Nul",
        "x" * 200_000,
    ],
)
def test_bad_paste_is_refused_and_stays_on_the_page(client, register, text):
    response = client.post(url("paste", register, "business"), {"revision": 0, "rows": text})

    assert response.status_code == 422
    assert len(fresh(register).draft["business"]["rows"]) == 1


def test_paste_is_404_where_it_is_not_offered(client, register):
    assert client.get(url("paste", register, "gifts")).status_code == 404


# --- Autosave and merge ----------------------------------------------------------------------


def test_autosave_stores_and_says_the_revision(client, register):
    key = register.draft["business"]["rows"][0]["key"]

    response = client.post(
        url("row", register, "business", key),
        row_data(key, name="CV Rafflesia Abadi"),
        headers=JSON,
    )

    assert response.status_code == 200
    body = response.json()
    assert body["revision"] == 1
    assert body["conflicts"] == []
    assert fresh(register).draft["business"]["rows"][0]["name"] == "CV Rafflesia Abadi"


def test_second_tab_merges_what_only_one_changed(client, register):
    key = register.draft["business"]["rows"][0]["key"]
    address = url("row", register, "business", key)
    before = {k: v for k, v in register.draft["business"]["rows"][0].items() if k != "key"}
    client.post(address, row_data(key, **{**before, "name": "CV Dari Tab Satu"}), headers=JSON)

    response = client.post(
        address, row_data(key, **{**before, "field": "Dari tab dua"}), headers=JSON
    )

    assert response.status_code == 200
    row = fresh(register).draft["business"]["rows"][0]
    assert (row["name"], row["field"]) == ("CV Dari Tab Satu", "Dari tab dua")
    assert response.json()["merged"] == {f"business-{key}-name": "CV Dari Tab Satu"}


def _conflict(client, register):
    key = register.draft["business"]["rows"][0]["key"]
    address = url("row", register, "business", key)
    client.post(address, row_data(key, name="CV Dari Tab Satu"), headers=JSON)
    return key, address, row_data(key, name="CV Dari Tab Dua")


def test_stale_page_shows_both_texts_and_loses_none(client, register):
    _key, address, data = _conflict(client, register)

    response = client.post(address, data)

    assert response.status_code == 409
    assert b"CV Dari Tab Satu" in response.content
    assert b"CV Dari Tab Dua" in response.content
    assert fresh(register).draft["business"]["rows"][0]["name"] == "CV Dari Tab Satu"


@pytest.mark.parametrize(
    ("choice", "kept"), [("mine", "CV Dari Tab Dua"), ("theirs", "CV Dari Tab Satu")]
)
def test_choice_on_the_merge_page_is_stored(client, register, choice, kept):
    key, address, data = _conflict(client, register)
    page = client.post(address, data)

    response = client.post(
        address,
        {**data, "seen": page.context["seen"], f"choice:business/{key}/name": choice},
    )

    assert response.status_code == 302
    assert fresh(register).draft["business"]["rows"][0]["name"] == kept


def test_choice_made_on_an_older_state_is_asked_again(client, register):
    key, address, data = _conflict(client, register)
    client.post(address, data)
    client.post(address, row_data(key, revision=1, name="CV Ketiga"), headers=JSON)

    response = client.post(address, {**data, "seen": "1", f"choice:business/{key}/name": "mine"})

    assert response.status_code == 409
    assert b"CV Ketiga" in response.content


def test_autosave_of_a_stale_tab_is_409_and_its_text_is_kept(client, register):
    _key, address, data = _conflict(client, register)

    response = client.post(address, data, headers=JSON)

    assert response.status_code == 409
    page = client.get(response.json()["url"])
    assert page.status_code == 200
    assert b"CV Dari Tab Dua" in page.content


def test_row_removed_elsewhere_and_changed_here_is_asked(client, register):
    key = register.draft["business"]["rows"][0]["key"]
    client.post(url("row_remove", register, "business", key), {"revision": 0})

    response = client.post(
        url("row", register, "business", key), row_data(key, name="CV Masih Ada")
    )

    assert response.status_code == 409
    assert b"CV Masih Ada" in response.content


@pytest.mark.parametrize("revision", ["", "abc", "-1", "99999999999999999999", "7", "²"])
def test_forged_revision_loses_nothing(client, register, revision):
    key = register.draft["business"]["rows"][0]["key"]

    response = client.post(
        url("row", register, "business", key), row_data(key, revision=revision, name="CV Palsu")
    )

    assert response.status_code == 409
    assert fresh(register).draft["business"]["rows"][0]["name"] == "CV Rafflesia Jaya"


# --- Bad input -------------------------------------------------------------------------------


def test_forged_hidden_fields_are_ignored(client, register):
    other = person_with()
    key = register.draft["business"]["rows"][0]["key"]
    forged = {
        "state": "accepted", "declarant": str(other.pk), "year": "1999", "is_nil": "true",
        f"business-{key}-key": str(uuid.uuid4()), f"business-{key}-secret": "x",
        "family-rows": "[]", "checked_by": str(other.pk),
    }  # fmt: skip

    client.post(url("row", register, "business", key), {**row_data(key), **forged})

    now = fresh(register)
    assert (now.state, now.declarant_id, now.year) == (
        "draft",
        register.declarant_id,
        register.year,
    )
    assert now.draft["business"]["rows"][0]["key"] == key
    assert "secret" not in now.draft["business"]["rows"][0]
    assert now.draft["family"] == register.draft["family"]


@pytest.mark.parametrize("text", ["CV \x00 Nul", "CV \x07 Bel", "x" * 1_000_000])
def test_text_that_cannot_be_stored_is_422_and_the_rest_is_kept(client, register, text):
    key = register.draft["business"]["rows"][0]["key"]

    response = client.post(
        url("row", register, "business", key), row_data(key, name=text, field="Tetap tersimpan")
    )

    assert response.status_code == 422
    row = fresh(register).draft["business"]["rows"][0]
    assert (row["name"], row["field"]) == ("CV Rafflesia Jaya", "Tetap tersimpan")


def test_a_thousand_rows_of_fields_are_refused_with_a_page(client, register):
    data = {f"business-{n}-name": "x" for n in range(2_500)}

    response = client.post(url("section", register, "business"), data)

    assert response.status_code in (400, 413)


def test_row_beyond_the_limit_is_refused_and_stays_on_the_page(client, register):
    register.draft["business"] = {"rows": [business_row(f"CV {n}") for n in range(200)]}
    register.save()
    key = str(uuid.uuid4())

    response = client.post(
        url("row", register, "business", key), row_data(key, name="CV Terlalu Banyak")
    )

    assert response.status_code == 422
    assert b"CV Terlalu Banyak" in response.content
    assert len(fresh(register).draft["business"]["rows"]) == 200


@pytest.mark.parametrize(
    ("method", "page", "arguments"),
    [
        ("get", "nil", ("business",)),
        ("get", "nil_all", ()),
        ("post", "row_add", ("business",)),
        ("post", "check", ()),
        ("post", "done", ()),
        ("delete", "section", ("business",)),
    ],
)
def test_other_methods_are_405(client, register, method, page, arguments):
    response = getattr(client, method)(url(page, register, *arguments))

    assert response.status_code == 405


# --- Signing ---------------------------------------------------------------------------------


def test_sign_makes_one_document_however_often_pressed(client, register):
    first = client.post(url("sign", register), {"revision": 0})
    second = client.post(url("sign", register), {"revision": 0})

    assert first.url == second.url == url("done", register)
    assert register.declarant.documents.count() == 1
    done = client.get(first.url)
    assert done.status_code == 200
    assert fresh(register).number.encode() in done.content


def test_sign_with_another_revision_shows_the_answers_again(client, register):
    response = client.post(url("sign", register), {"revision": 5})

    assert response.status_code == 409
    assert fresh(register).state == "draft"


def test_sign_of_an_incomplete_draft_leads_to_what_is_missing(client):
    register = RegisterFactory(draft={})
    log_in(client, register.declarant)

    assert client.get(url("sign", register)).url == url("check", register)
    response = client.post(url("sign", register), {"revision": 0}, follow=True)
    assert fresh(register).state == "draft"
    assert response.context["missing"]


def test_sign_without_a_fresh_proof_asks_for_it(client):
    register = RegisterFactory()
    log_in(client, register.declarant, proved=False)

    response = client.post(url("sign", register), {"revision": 0})

    assert response.status_code == 302
    assert url("sign", register) not in response.url.split("?")[0]
    assert fresh(register).state == "draft"


def test_tab_left_open_after_the_signature_shows_what_was_typed(client, register):
    key = register.draft["business"]["rows"][0]["key"]
    client.post(url("sign", register), {"revision": 0})
    address = url("row", register, "business", key)

    response = client.post(address, row_data(key, name="CV Terlambat"))
    quiet = client.post(address, row_data(key, name="CV Terlambat"), headers=JSON)

    assert response.status_code == quiet.status_code == 409
    assert b"CV Terlambat" in response.content
    assert client.get(address).status_code == 302


def test_only_returned_sections_are_open(client):
    place = office()
    register = workflow.resume(returned_register(place), by=place.declarant)
    log_in(client, place.declarant)
    key = register.draft["family"]["rows"][0]["key"]

    closed = client.post(
        url("row", register, "family", key), {"revision": 0, f"family-{key}-name": "Lain"}
    )

    assert closed.url == url("tasks", register)
    assert fresh(register).draft == register.draft
    assert client.get(url("section", register, "business")).status_code == 200


def test_missing_answers_link_to_their_fields(client):
    register = RegisterFactory(draft=full_draft(business={"rows": [business_row(role="")]}))
    log_in(client, register.declarant)

    links = [link for _text, link in client.get(url("check", register)).context["missing"]]

    key = register.draft["business"]["rows"][0]["key"]
    page = url("row", register, "business", key)
    assert links == [f"{page}?from=check#div_id_business-{key}-role"]
    assert f'id="div_id_business-{key}-role"'.encode() in client.get(links[0]).content


# --- Delta -----------------------------------------------------------------------------------


def test_unchanged_register_is_signed_on_one_page(client):
    place = office()
    accepted_register(place)
    log_in(client, place.declarant)

    started = client.post(reverse("declarations:register_start"))
    page = client.get(started.url)

    register = InterestRegister.objects.get(declarant=place.declarant, state="draft")
    assert started.url == url("delta", register)
    assert page.status_code == 200
    assert page.context["difference"].is_empty
    assert count_page_queries(lambda: client.get(started.url)) <= 12
    client.post(url("sign", register), {"revision": register.revision})
    assert fresh(register).is_unchanged


def test_delta_page_tells_what_changed(client):
    place = office()
    accepted_register(place)
    register = registers.start_register(by=User.objects.get(pk=place.declarant.pk))
    register.draft["business"]["rows"].append(business_row("PT Baru Sekali"))
    register.draft["family"]["rows"] = []
    register.draft["family"]["nil"] = True
    register.save()
    log_in(client, place.declarant)

    page = client.get(url("delta", register))

    changed = [section["shown"].key for section in page.context["changed"]]
    assert changed == ["business", "family"]
    assert page.context["difference"].count("added") == 1
    assert page.context["difference"].count("removed") == 1
    assert b"PT Baru Sekali" in page.content
    assert b"Siti binti Ahmad" in page.content
