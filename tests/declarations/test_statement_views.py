"""F2: what a person sees, and what the pages make of bad input."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from audit.models import AuditEvent
from declarations.models import ConflictDeclaration, DecisionStatement
from declarations.services import match_answers
from declarations.workflow import conflicts
from tests.declarations.factories import business_row, family_row
from tests.declarations.office import make_office, make_statement, proof, statement_draft
from tests.declarations.scenes import (
    again,
    answer_hits,
    issued,
    plain_conflict,
    register_of,
    sent,
)
from tests.declarations.scenes import count_page_queries as count_queries
from tests.people.factories import log_in, person_with

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
MANY_PARTIES = [b"PT %d\n" % number for number in range(201)]


@pytest.fixture
def office():
    return make_office()


def url(page, statement=None, *arguments):
    first = [statement.pk] if statement is not None else []
    return reverse(f"declarations:statement_{page}", args=[*first, *arguments])


def fresh(statement):
    return DecisionStatement.objects.get(pk=statement.pk)


def like_draft(name="PT Semarak Abadi"):
    """A draft whose party is what the register holds."""
    return statement_draft(parties=(name,))


def other_matter():
    draft = statement_draft()
    draft["decision"] |= {"title": "Paket lain", "number": "9/LAIN/2026"}
    return draft


def with_hit(office, name="CV Rafflesia Jaya"):
    register_of(office.staff, business={"rows": [business_row("CV Rafflesia Jaya")]})
    return make_statement(office, like_draft(name))


PAGES = [
    ("detail", ()), ("tasks", ()), ("section", ("decision",)), ("section", ("parties",)),
    ("section", ("sources",)), ("check", ()), ("sign", ()), ("withdraw", ()), ("import", ()),
]  # fmt: skip


@pytest.mark.parametrize(("page", "arguments"), PAGES)
def test_pages_of_a_draft_open_in_few_queries(client, office, page, arguments):
    statement = make_statement(office)
    log_in(client, office.staff)
    address = url(page, statement, *arguments)

    assert client.get(address).status_code == 200
    assert count_queries(lambda: client.get(address)) <= 12


@pytest.mark.parametrize(("page", "arguments"), PAGES)
def test_draft_is_404_for_everybody_else(client, office, page, arguments):
    statement = make_statement(office)
    for person in (office.superior, office.officer, office.inspector, office.colleague):
        log_in(client, again(person))

        assert client.get(url(page, statement, *arguments)).status_code == 404


def test_signed_statement_is_read_by_those_who_may_and_noted(client, office):
    statement = issued(office)
    for person in (office.superior, office.officer, office.head, office.inspector):
        log_in(client, again(person))

        assert client.get(statement.get_absolute_url()).status_code == 200
        assert client.get(url("withdraw", statement)).status_code == 403
        assert client.post(url("correct", statement)).status_code == 403
        assert client.post(url("convert", statement)).status_code == 403
    log_in(client, again(office.colleague))
    assert client.get(statement.get_absolute_url()).status_code == 404
    readers = AuditEvent.objects.filter(action="decisionstatement.view").values_list(
        "actor_id", flat=True
    )
    seen_by = (office.superior, office.officer, office.head, office.inspector)
    assert {str(reader) for reader in readers} == {str(person.pk) for person in seen_by}


def test_own_reading_is_not_noted(client, office):
    statement = issued(office)
    log_in(client, office.staff)
    client.get(statement.get_absolute_url())

    assert not AuditEvent.objects.filter(action="decisionstatement.view").exists()


@pytest.mark.parametrize("page", ["convert", "correct"])
def test_steps_are_posted(client, office, page):
    statement = issued(office)
    log_in(client, office.staff)

    assert client.get(url(page, statement)).status_code == 405


def test_start_makes_one_draft_however_often_it_is_pressed(client, office):
    log_in(client, office.staff)

    assert client.get(url("start")).status_code == 200
    first = client.post(url("start"))
    second = client.post(url("start"))

    assert first.status_code == 302
    assert first.url == second.url
    assert DecisionStatement.objects.count() == 1


def test_start_without_a_post_says_why(client):
    from tests.people.factories import UserFactory

    log_in(client, UserFactory())

    assert client.post(url("start")).status_code == 409


def test_risk_areas_of_the_office_are_offered_with_a_way_out(client, office):
    statement = make_statement(office)
    log_in(client, office.staff)
    page = client.get(url("section", statement, "decision"))

    choices = page.context["form"].fields["risk_area"].choices
    values = [value for _label, group in choices if isinstance(group, list) for value, _ in group]
    assert "PBJ-01" in values
    assert "AUD-01" not in values  # For the inspectorate alone.
    assert choices[-1][0] == "TIDAK_ADA"


def test_whole_way_of_a_clean_statement(client, office):
    log_in(client, office.staff)
    client.post(url("start"))
    statement = DecisionStatement.objects.get()
    answers = statement_draft()
    for section in ("decision", "sources"):
        data = {f"{section}-{key}": value for key, value in answers[section].items()}
        response = client.post(
            url("section", statement, section), {**data, "revision": fresh(statement).revision}
        )
        assert response.status_code == 302, response.context["form"].errors
    key = uuid.uuid4()
    client.post(
        url("row", statement, "parties", key),
        {f"parties-{key}-name": "Siti binti A.", "revision": fresh(statement).revision},
    )

    page = client.get(url("sign", statement))
    assert page.status_code == 200
    done = client.post(url("sign", statement), {"revision": page.context["revision"]}, follow=True)

    statement = fresh(statement)
    assert statement.state == "issued"
    assert statement.number in done.content.decode()
    assert statement.parties.get().name == "Siti binti A."
    again_done = client.post(url("sign", statement), {"revision": statement.revision})
    assert again_done.url == url("done", statement)
    assert DecisionStatement.objects.get().document_id == statement.document_id


# --- Likenesses ------------------------------------------------------------------------------


def test_hit_is_shown_while_typing_and_nothing_is_stored(client, office):
    register_of(office.staff, business={"rows": [business_row("CV Rafflesia Jaya")]})
    statement = make_statement(office, {})
    key = uuid.uuid4()
    log_in(client, office.staff)

    response = client.post(
        url("hits", statement, key), {f"parties-{key}-name": "C.V. RAFLESIA JAYA"}
    )

    assert response.status_code == 200
    assert "CV Rafflesia Jaya" in response.content.decode()
    assert fresh(statement).draft == {}
    assert (
        count_queries(
            lambda: client.post(url("hits", statement, key), {f"parties-{key}-name": "CV Lain"})
        )
        <= 12
    )


@pytest.mark.parametrize("text", ["\x00CV", "x" * 1_000_000, "\u202eCV", ""])
def test_odd_texts_while_typing_are_no_failure(client, office, text):
    statement = make_statement(office, {})
    key = uuid.uuid4()
    log_in(client, office.staff)

    response = client.post(url("hits", statement, key), {f"parties-{key}-name": text})

    assert response.status_code == 200


def test_saved_party_shows_its_hit_without_scripts(client, office):
    statement = with_hit(office)
    log_in(client, office.staff)

    for page, arguments in (("section", ("parties",)), ("tasks", ()), ("check", ())):
        content = client.get(url(page, statement, *arguments)).content.decode()
        assert url("matches", statement) in content
    key = statement.draft["parties"]["rows"][0]["key"]
    page = client.get(url("row", statement, "parties", key))
    assert "CV Rafflesia Jaya" in page.content.decode()
    assert client.get(url("sign", statement)).url == url("check", statement)


def test_continue_from_the_parties_leads_to_open_hits(client, office):
    statement = with_hit(office)
    log_in(client, office.staff)

    response = client.post(url("section", statement, "parties"), {"revision": 0})

    assert response.url == url("matches", statement)


def answers_for(statement, **values):
    item = match_answers.answered_hits(statement.declarant, statement.draft)[0]
    prefix = item.hit.key.replace(":", "_")
    return {f"{prefix}-{name}": value for name, value in values.items()}


def test_another_one_needs_a_reason_and_then_it_may_be_signed(client, office):
    statement = with_hit(office)
    log_in(client, office.staff)
    address = url("matches", statement)

    assert client.get(address).status_code == 200
    data = answers_for(statement, answer="different")
    assert client.post(address, {**data, "revision": 0}).status_code == 422
    data = answers_for(statement, answer="different", reason="Perusahaan di Jambi.")
    assert client.post(address, {**data, "revision": 0}).url == url("tasks", statement)

    page = client.get(url("sign", statement))
    client.post(url("sign", statement), {"revision": page.context["revision"]})
    statement = fresh(statement)
    assert statement.state == "issued"
    match = statement.likenesses().get()
    assert (match.answer, match.reason) == ("different", "Perusahaan di Jambi.")


def test_same_offers_only_the_declaration(client, office):
    statement = with_hit(office)
    log_in(client, office.staff)
    data = answers_for(statement, answer="same")

    response = client.post(url("matches", statement), {**data, "revision": 0}, follow=True)

    assert response.redirect_chain[-1][0] == url("check", statement)
    content = response.content.decode()
    assert url("convert", statement) in content
    assert url("sign", statement) not in content
    assert client.get(url("sign", statement)).url == url("check", statement)
    assert client.post(url("sign", statement), {"revision": 1}).url == url("check", statement)
    assert fresh(statement).state == "draft"


def test_answer_does_not_hold_for_a_party_renamed_since(client, office):
    statement = with_hit(office, "CV Rafflesia Jayaa")
    answer_hits(statement, "different", "Lain.")
    statement.draft["parties"]["rows"][0]["name"] = "CV Rafflesia Jaya"
    statement.save()
    log_in(client, office.staff)

    assert client.get(url("sign", statement)).url == url("check", statement)


@pytest.mark.parametrize(
    "forged", [{"revision": 0}, {"x_y-answer": "different"}, {"revision": "abc"}]
)
def test_forged_answers_to_hits_change_nothing(client, office, forged):
    statement = with_hit(office)
    log_in(client, office.staff)

    assert client.post(url("matches", statement), forged).status_code == 422
    assert match_answers.SECTION not in fresh(statement).draft


def test_kin_are_compared_as_people_of_any_name(client, office):
    rows = [family_row("Suharto"), family_row("Ma'ruf Amin"), family_row("Siti binti A.")]
    register_of(office.staff, family={"rows": rows})
    statement = make_statement(
        office, statement_draft(parties=("SUHARTO", "H. Maruf Amin, S.E.", "Siti binti A."))
    )
    log_in(client, office.staff)

    page = client.get(url("matches", statement))

    names = {item.hit.interest.name for item, _form in page.context["pairs"]}
    assert names == {"Suharto", "Ma'ruf Amin", "Siti binti A."}


# --- Becoming a declaration ------------------------------------------------------------------


def test_yes_becomes_a_declaration_once(client, office):
    statement = make_statement(office, statement_draft(bisnis="Saya memiliki saham."))
    log_in(client, office.staff)

    content = client.get(url("check", statement)).content.decode()
    assert url("convert", statement) in content
    assert url("sign", statement) not in content
    first = client.post(url("convert", statement))
    second = client.post(url("convert", statement))

    conflict = ConflictDeclaration.objects.get()
    assert first.url == reverse("declarations:conflict_tasks", args=[conflict.pk])
    assert second.url == conflict.get_absolute_url()
    assert conflict.draft["decision"]["title"] == statement.draft["decision"]["title"]


def test_converting_without_a_decision_says_what_is_missing(client, office):
    draft = statement_draft(bisnis="Saham.")
    draft["decision"] = {}
    statement = make_statement(office, draft)
    log_in(client, office.staff)

    assert url("convert", statement) not in client.get(url("check", statement)).content.decode()
    assert client.post(url("convert", statement)).url == url("check", statement)
    assert not ConflictDeclaration.objects.exists()


def test_clean_answers_are_not_converted(client, office):
    statement = make_statement(office)
    log_in(client, office.staff)

    client.post(url("convert", statement))

    assert fresh(statement).state == "draft"


# --- Suspended, twice, corrected, withdrawn --------------------------------------------------


def test_suspension_is_shown_at_once_and_blocks(client, office):
    conflict = sent(office)
    statement = make_statement(office)
    log_in(client, office.staff)

    for page, arguments in (
        ("tasks", ()), ("section", ("decision",)), ("section", ("parties",)), ("check", ()),
        ("detail", ()),
    ):  # fmt: skip
        assert conflict.number in client.get(url(page, statement, *arguments)).content.decode()
    assert client.get(url("sign", statement)).url == url("check", statement)


def test_suspension_holds_without_the_number(client, office):
    sent(office)
    draft = statement_draft()
    del draft["decision"]["number"]
    draft["decision"]["kind"] = "IZIN" if draft["decision"]["kind"] != "IZIN" else "HIBAH"
    statement = make_statement(office, draft)
    log_in(client, office.staff)

    assert client.get(url("sign", statement)).url == url("check", statement)


def test_second_statement_on_the_matter_points_to_the_first(client, office):
    first = issued(office)
    statement = make_statement(office)
    log_in(client, office.staff)

    assert first.number in client.get(url("tasks", statement)).content.decode()
    assert client.get(url("sign", statement)).url == url("check", statement)
    assert client.post(url("sign", statement), {"revision": 0}).status_code == 302
    assert fresh(statement).state == "draft"


def test_correction_replaces_and_the_old_one_says_so(client, office):
    former = issued(office)
    log_in(client, office.staff)

    first = client.post(url("correct", former))
    second = client.post(url("correct", former))
    assert first.url == second.url
    correction = DecisionStatement.objects.get(supersedes=former)
    assert fresh(former).state == "issued"
    correction.draft["decision"]["title"] = "Pengadaan alat kesehatan tahap dua"
    correction.save()
    assert client.get(url("check", correction)).context["difference"]
    client.post(url("sign", correction), {"revision": correction.revision})

    former, correction = fresh(former), fresh(correction)
    assert (former.state, correction.state) == ("superseded", "issued")
    assert former.document.state == "superseded"
    assert correction.number in client.get(former.get_absolute_url()).content.decode()


def test_put_away_correction_can_be_begun_again(client, office):
    former = issued(office)
    log_in(client, office.staff)
    client.post(url("correct", former))
    correction = DecisionStatement.objects.get(supersedes=former)

    assert client.post(url("withdraw", correction), {}).status_code == 302
    client.post(url("correct", former))

    assert DecisionStatement.objects.filter(supersedes=former, state="draft").count() == 1


def test_withdrawal_of_a_signed_statement_needs_a_reason(client, office):
    statement = issued(office)
    log_in(client, office.staff)

    assert client.post(url("withdraw", statement), {"reason": "  "}).status_code == 422
    assert client.post(url("withdraw", statement), {"reason": "x" * 501}).status_code == 422
    assert client.post(url("withdraw", statement), {"reason": "Paket batal."}).status_code == 302
    statement = fresh(statement)
    assert (statement.state, statement.document.state) == ("withdrawn", "revoked")
    assert client.post(url("withdraw", statement), {"reason": "Lagi."}).status_code == 409


def test_only_one_in_force_can_be_corrected(client, office):
    statement = make_statement(office)
    log_in(client, office.staff)

    assert client.post(url("correct", statement)).status_code == 409


# --- Files -----------------------------------------------------------------------------------


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("pihak.xlsx", target.getvalue())


def upload(client, statement, file):
    data = {"file": file, "revision": fresh(statement).revision}
    return client.post(url("import", statement), data)


@pytest.mark.parametrize(
    "file",
    [
        lambda: workbook(["Peran", "Nama"], ["Penawar", "PT Satu"], [None, "Ma'ruf"]),
        lambda: SimpleUploadedFile("p.csv", b"nama;NPWP\nPT Satu;01.234.567.8-327.000\nMa'ruf;"),
    ],
)
def test_parties_from_a_file(client, office, file):
    draft = statement_draft(parties=())
    statement = make_statement(office, draft)
    log_in(client, office.staff)

    response = upload(client, statement, file())

    assert response.status_code == 302
    rows = fresh(statement).draft["parties"]["rows"]
    assert [row["name"] for row in rows] == ["PT Satu", "Ma'ruf"]
    assert upload(client, statement, file()).status_code == 302
    assert len(fresh(statement).draft["parties"]["rows"]) == 2


@pytest.mark.parametrize(
    "file",
    [
        lambda: workbook(["Nama"], ["=HYPERLINK(A1)"]),
        lambda: SimpleUploadedFile("p.csv", b"nama\n=1+1\n"),
        lambda: SimpleUploadedFile("p.csv", b"nama\n" + b"PT A\n" * 1_001),
        lambda: SimpleUploadedFile("p.csv", b"nama\n" + b"".join(MANY_PARTIES)),
        lambda: SimpleUploadedFile("p.csv", b"alamat\nJalan\n"),
        lambda: SimpleUploadedFile("p.csv", b"nama;rahasia\nPT A;x\n"),
        lambda: SimpleUploadedFile("p.csv", b"nama\n" + b"x" * 100_000),
        lambda: SimpleUploadedFile("p.csv", b""),
        lambda: SimpleUploadedFile("p.csv", b"nama\n"),
        lambda: SimpleUploadedFile("p.xlsx", b"PK\x03\x04rusak"),
        lambda: SimpleUploadedFile("p.exe", b"MZ"),
        lambda: SimpleUploadedFile("p.csv", b"nama\nPT \x00A\n"),
        lambda: "bukan berkas",
    ],
)  # fmt: skip
def test_bad_files_change_nothing(client, office, file):
    statement = make_statement(office)
    log_in(client, office.staff)

    assert upload(client, statement, file()).status_code == 422
    assert fresh(statement).draft == statement.draft


def test_pasted_parties_and_too_many(client, office):
    statement = make_statement(office, statement_draft(parties=()))
    log_in(client, office.staff)
    address = url("paste", statement, "parties")

    many = "\n".join(f"PT {n}" for n in range(1_000))
    assert client.post(address, {"rows": many, "revision": 0}).status_code == 422
    assert client.post(address, {"rows": "PT Satu\nMa'ruf", "revision": 0}).status_code == 302
    assert len(fresh(statement).draft["parties"]["rows"]) == 2


# --- Bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Paket\x00"),
        ("title", "x" * 1_000_000),
        ("value", "banyak"),
        ("kind", "DIPALSU"),
        ("risk_area", "DIPALSU"),
    ],
)
def test_bad_answers_are_refused_in_words(client, office, name, value):
    statement = make_statement(office)
    log_in(client, office.staff)
    data = {f"decision-{key}": text for key, text in statement.draft["decision"].items()}
    data |= {f"decision-{name}": value, "revision": 0}

    response = client.post(url("section", statement, "decision"), data)

    assert response.status_code == 422
    assert response.context["form"].errors[name]


def test_bidirectional_marks_are_stripped(client, office):
    statement = make_statement(office)
    log_in(client, office.staff)
    data = {f"decision-{key}": text for key, text in statement.draft["decision"].items()}
    data |= {"decision-title": "Paket\u202e gnp.exe\u200b", "revision": 0}

    client.post(url("section", statement, "decision"), data)

    assert fresh(statement).draft["decision"]["title"] == "Paket gnp.exe"


def test_stale_revision_is_not_signed(client, office):
    statement = make_statement(office)
    log_in(client, office.staff)

    assert client.post(url("sign", statement), {"revision": 99}).status_code == 409
    assert client.post(url("sign", statement), {"revision": "' OR 1=1"}).status_code == 409
    assert fresh(statement).state == "draft"


def test_autosave_after_the_signature_says_so(client, office):
    statement = issued(office)
    log_in(client, office.staff)

    response = client.post(
        url("section", statement, "decision"), {"decision-title": "Lain"}, headers=JSON
    )

    assert response.status_code == 409
    assert fresh(statement).draft["decision"]["title"] != "Lain"
    key = uuid.uuid4()
    assert client.post(url("hits", statement, key), {}).status_code == 409
    assert client.post(url("matches", statement), {}).status_code == 409


@pytest.mark.parametrize("page", ["detail", "tasks", "convert", "matches"])
def test_unknown_statement_is_404(client, office, page):
    log_in(client, office.staff)
    address = reverse(f"declarations:statement_{page}", args=[uuid.uuid4()])

    assert client.post(address).status_code in (404, 405)
    assert client.get(address).status_code in (404, 405)


# --- Lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("who", "query", "most"),
    [("staff", "", 8), ("officer", "?lingkup=lain", 9), ("inspector", "?lingkup=lain", 9)],
)
def test_list_query_count(client, office, count, who, query, most):
    for number in range(count):
        draft = statement_draft()
        draft["decision"] |= {"number": f"{number}/2026", "title": f"Paket {number}"}
        issued(office, draft)
    log_in(client, again(getattr(office, who)))
    address = url("list") + query

    response = client.get(address)

    assert len(response.context["statements"]) == count
    assert count_queries(lambda: client.get(address)) <= most


def test_lists_keep_to_what_one_may_see(client, office):
    signed, draft = issued(office), make_statement(office)
    log_in(client, office.staff)
    assert {s.pk for s in client.get(url("list")).context["statements"]} == {signed.pk, draft.pk}
    for person, expected in (
        (office.officer, {signed.pk}),
        (office.head, {signed.pk}),
        (office.superior, {signed.pk}),
        (office.inspector, {signed.pk}),
        (office.colleague, set()),
        (person_with(), set()),
    ):
        log_in(client, again(person))
        found = client.get(url("list") + "?lingkup=lain").context["statements"]
        assert {statement.pk for statement in found} == expected


@pytest.mark.parametrize(
    "query",
    [
        "keadaan=salah", "tahun=abc", "tahun=99999999999999", "lingkup=x", "opd=abc",
        "opd=0", "q=" + "x" * 5_000, "q=%E2%80%AE", "sort=-x",
    ],
)  # fmt: skip
def test_wrong_filters_are_ignored_with_a_message(client, office, query):
    log_in(client, again(office.inspector))

    assert client.get(f"{url('list')}?{query}").status_code == 200


def test_text_that_cannot_be_stored_is_400(client, office):
    log_in(client, office.staff)

    assert client.get(url("list") + "?q=%00").status_code == 400


def test_forged_cursor_is_404(client, office):
    log_in(client, office.staff)

    assert client.get(url("list") + "?setelah=palsu").status_code == 404


def test_filters_find_by_title_and_number(client, office):
    statement = issued(office)
    make_statement(office, {"decision": {"title": "Seleksi terbuka"}})
    log_in(client, office.staff)

    def found(query):
        return [s.pk for s in client.get(f"{url('list')}?{query}").context["statements"]]

    assert found("q=alat kesehatan") == [statement.pk]
    assert found("q=027/15") == [statement.pk]
    assert len(found("q=seleksi")) == 1
    assert found("keadaan=issued") == [statement.pk]
    assert found("tahun=2024") == []


def test_home_shows_statements_and_suspensions_in_few_queries(client, office):
    conflict = sent(office)
    issued(office, other_matter())
    log_in(client, office.staff)
    address = reverse("declarations:home")

    content = client.get(address).content.decode()

    assert "Paket lain" in content
    assert content.count(conflict.matter.title) >= 2  # Suspended from it; declared on it.
    assert count_queries(lambda: client.get(address)) <= 12


def test_declaring_afterwards_revokes_the_clean_statement(client, office):
    statement = issued(office)
    conflict = plain_conflict(office)

    conflicts.send(conflict, by=office.staff, proof=proof(office.staff))

    statement = fresh(statement)
    assert (statement.state, statement.document.state) == ("withdrawn", "revoked")
