"""The queue and the page of a case, as a browser asks for them."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import InterestRegister
from notices.models import Notice
from people.models import Role, User
from review.models import Case, CaseFile, CaseHandover, CaseNote, CasePresence, SavedFilter
from review.services import marking
from statements.models import Document
from tests.declarations.factories import sent_register
from tests.people.factories import OpdFactory, log_in, person_with
from tests.queries import count_page_queries
from tests.review.case_desk import WORDS, again, case_in, make_desk, new_case, relate, take_role

pytestmark = pytest.mark.django_db
LIST = "review:case_list"


@pytest.fixture
def desk():
    return make_desk()


@pytest.fixture
def inspector(client, desk):
    return log_in(client, desk.inspector)


@pytest.fixture
def chief(client, desk):
    return log_in(client, desk.chief)


def url(name, case, **more):
    return reverse(f"review:{name}", args=[case.pk, *more.values()])


def text(response):
    return response.content.decode()


# --- The queue -------------------------------------------------------------------------------


def test_queue_shows_the_most_important_first(client, desk, inspector):
    small, great = new_case(desk, score=10), new_case(desk, score=900)

    page = text(client.get(reverse(LIST)))

    assert page.index(great.number) < page.index(small.number)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("keadaan=bebas", {"new"}),
        ("keadaan=saya", {"in_review"}),
        ("keadaan=putusan", {"recommended"}),
        ("keadaan=selesai", {"closed"}),
        ("keadaan=terbuka", {"new", "in_review", "recommended"}),
        ("keadaan=semua", {"new", "in_review", "recommended", "closed"}),
        ("waktu=terlambat", set()),
        ("asal=flags", set()),
        ("urut=tenggat", {"new", "in_review", "recommended"}),
        ("urut=terbaru", {"new", "in_review", "recommended"}),
    ],
)
def test_filters_of_the_address(client, desk, inspector, query, found):
    made = {s: case_in(s, desk) for s in ("new", "in_review", "recommended", "closed")}

    page = text(client.get(f"{reverse(LIST)}?{query}"))

    assert {state for state, case in made.items() if case.number in page} == found


@pytest.mark.parametrize(
    "query",
    ["keadaan=tidakada", "opd=999999", "opd=abc", "urut=-id", "setelah=rusak", "q=%00", "asal=x"],
)
def test_nonsense_in_the_address_never_breaks_the_queue(client, desk, inspector, query):
    assert client.get(f"{reverse(LIST)}?{query}").status_code in (200, 400, 404)


def test_search_by_name_nip_and_number_obeys_rights(client, desk, inspector):
    subject = person_with(opd=OpdFactory(), name="Penanda Rahasia Sekali")
    case = new_case(desk, subject=subject, opd=subject.assignments.get().post.opd)
    for words in ("penanda rahasia", subject.nip, case.number):
        assert case.number in text(client.get(reverse(LIST), {"q": words}))

    relate(desk.inspector, subject)

    for words in ("penanda rahasia", subject.nip, case.number):
        page = text(client.get(reverse(LIST), {"q": words}))
        assert "Penanda Rahasia" not in page.replace(f'value="{words}"', "")
        assert f">{case.number}" not in page
        assert client.get(url("case_detail", case)).status_code == 404


def test_a_marker_in_ones_own_opd_leaks_nowhere(client, desk):
    """List, count, search, next, bulk and detail say nothing of a case one may not see."""
    insider = person_with(Role.INSPECTOR, desk.opd, name="Orang Dalam Pemeriksa")
    log_in(client, insider)
    subject = person_with(opd=desk.opd, name="Zakaria Penanda Unik")
    case = new_case(desk, subject=subject)

    for address in (reverse(LIST), f"{reverse(LIST)}?q=Penanda&keadaan=semua"):
        page = text(client.get(address))
        assert "Zakaria" not in page
        assert case.number not in page
    assert client.get(reverse("review:case_next")).url == reverse(LIST)
    bulk = client.post(
        reverse("review:case_bulk"), {"kasus": [case.pk], "tindakan": "ambil", "alasan": ""}
    )
    assert case.number not in text(bulk)
    assert "Zakaria" not in text(bulk)
    for name in ("case_detail", "case_recommend", "case_presence"):
        assert client.get(url(name, case)).status_code == 404


def test_pages_follow_each_other_without_gap_or_repetition(client, desk, inspector):
    made = {new_case(desk, score=number % 3).number for number in range(30)}

    seen, address = [], reverse(LIST)
    while address:
        response = client.get(address)
        seen += [case.number for case in response.context["cases"]]
        address = response.context["page"].next_url

    assert len(seen) == 30
    assert set(seen) == made


@pytest.mark.parametrize("number", [1, 3])
def test_queue_costs_the_same_for_one_and_three(client, desk, chief, number):
    for _each in range(number):
        case_in("in_review", desk)

    assert count_page_queries(lambda: client.get(reverse(LIST))) <= 12


@pytest.mark.parametrize("number", [1, 3])
def test_home_shows_what_waits_at_the_desk(client, desk, chief, number):
    cases = [case_in("recommended", desk) for _each in range(number)]
    new_case(desk, subject=desk.chief)

    home = client.get(reverse("declarations:home"))

    (panel,) = [each for each in home.context["waiting"] if each.icon == "folder"]
    free = Case.objects.visible_to(desk.chief).free()
    assert {entry.url for entry in panel.entries} == {
        case.get_absolute_url() for case in (*cases, *free)
    }
    assert count_page_queries(lambda: client.get(reverse("declarations:home"))) <= 12


def test_home_of_others_says_nothing_of_cases(client, desk):
    case = new_case(desk)
    log_in(client, desk.superior)

    assert case.number not in text(client.get(reverse("declarations:home")))


@pytest.mark.parametrize("part", ["ringkasan", "deklarasi", "percakapan", "riwayat"])
def test_a_part_of_a_case_costs_few_queries(client, desk, chief, part):
    case = case_in("awaiting_clarification", desk)
    CaseNote.objects.bulk_create(
        CaseNote(case=case, text="Catatan.", written_by=desk.inspector) for _each in range(3)
    )

    address = f"{case.get_absolute_url()}?bagian={part}"
    assert client.get(address).status_code == 200
    assert count_page_queries(lambda: client.get(address)) <= 12


# --- Kept filters ----------------------------------------------------------------------------


def test_a_filter_is_kept_used_and_removed(client, desk, inspector):
    save = reverse("review:case_filter_save")

    response = client.post(save, {"name": "Punyaku", "keadaan": "saya", "urut": "tenggat"})

    assert response.url == f"{reverse(LIST)}?keadaan=saya&urut=tenggat"
    assert "Punyaku" in text(client.get(reverse(LIST)))
    kept = SavedFilter.objects.get(user=inspector)
    client.post(reverse("review:case_filter_remove", args=[kept.pk]))
    assert not SavedFilter.objects.exists()


def test_nobody_removes_the_filter_of_somebody_else(client, desk, inspector):
    kept = SavedFilter.objects.create(user=desk.colleague, name="x", query="")

    assert client.post(
        reverse("review:case_filter_remove", args=[kept.pk])
    ).status_code == 404  # fmt: skip


@pytest.mark.parametrize("name", ["", "x" * 61, "\u202e"])
def test_a_filter_needs_a_sound_name(client, desk, inspector, name):
    assert client.post(reverse("review:case_filter_save"), {"name": name}).status_code == 302
    assert not SavedFilter.objects.exists()


# --- Many at once ----------------------------------------------------------------------------


def test_bulk_gives_each_case_its_own_result(client, desk, inspector):
    free, taken = new_case(desk), case_in("recommended", desk)
    hidden = new_case(desk, subject=desk.colleague, opd=desk.inspectorate)
    keys = [free.pk, taken.pk, hidden.pk, uuid.uuid4(), "bukan-kunci"]

    response = client.post(
        reverse("review:case_bulk"), {"kasus": keys, "tindakan": "ambil", "alasan": ""}
    )

    assert [result.is_done for result in response.context["results"]] == [
        True,
        False,
        False,
        False,
    ]
    assert hidden.number not in text(response)
    assert Case.objects.get(pk=free.pk).assignee == desk.inspector


def test_bulk_recommends_for_closing_and_the_chief_decides(client, desk, inspector):
    made = [new_case(desk) for _each in range(3)]
    keys = [case.pk for case in made]
    address = reverse("review:case_bulk")

    client.post(address, {"kasus": keys, "tindakan": "tutup", "alasan": WORDS})
    log_in(client, desk.chief)
    response = client.post(address, {"kasus": keys, "tindakan": "putuskan", "alasan": WORDS})

    assert response.context["done"] == 3
    assert set(Case.objects.values_list("state", "outcome")) == {("closed", "dismissed")}


def test_bulk_spreads_cases_over_those_who_may_take_them(client, desk, chief):
    keys = [new_case(desk).pk for _each in range(4)]

    client.post(reverse("review:case_bulk"), {"kasus": keys, "tindakan": "tugaskan", "alasan": ""})

    holders = list(Case.objects.values_list("assignee__name", flat=True))
    assert sorted(holders) == ["Ani Pemeriksa Satu"] * 2 + ["Budi Pemeriksa Dua"] * 2


@pytest.mark.parametrize(
    "data",
    [
        {"tindakan": "ambil"},
        {"kasus": ["x"], "tindakan": "ambil"},
        {"kasus": [NOBODY := str(uuid.uuid4())], "tindakan": "hapus"},
        {"kasus": [NOBODY], "tindakan": "tutup", "alasan": ""},
        {"kasus": [NOBODY], "tindakan": "tugaskan"},
        {"kasus": [str(uuid.uuid4()) for _each in range(101)], "tindakan": "ambil"},
    ],
)
def test_bulk_refuses_nonsense(client, desk, inspector, data):
    assert client.post(reverse("review:case_bulk"), data).status_code == 422


def test_deciding_many_asks_for_a_fresh_proof(client, desk):
    log_in(client, desk.chief, proved=False)
    case = case_in("recommended", desk)

    response = client.post(
        reverse("review:case_bulk"),
        {"kasus": [case.pk], "tindakan": "putuskan", "alasan": WORDS},
    )

    assert response.status_code == 302
    assert Case.objects.get(pk=case.pk).state == "recommended"


# --- One case --------------------------------------------------------------------------------


def test_opening_a_case_is_an_event(client, desk, inspector):
    case = new_case(desk)

    client.get(case.get_absolute_url())

    assert AuditEvent.objects.of_target(case).filter(action="case.view").count() == 1


def test_a_colleague_who_has_it_open_is_shown_on_page_and_queue(client, desk, inspector):
    case = new_case(desk)
    CasePresence.objects.create(case=case, user=desk.colleague, seen_at=timezone.now())

    assert desk.colleague.full_name in text(client.get(case.get_absolute_url()))
    assert desk.colleague.name in text(client.get(reverse(LIST)))
    CasePresence.objects.update(seen_at=timezone.now() - timezone.timedelta(minutes=5))
    assert desk.colleague.full_name not in text(client.get(url("case_presence", case)))


def test_declared_things_are_linked_and_open(client, desk, inspector):
    sent_register(desk.subject)
    case = new_case(desk, subject=desk.subject)
    register = InterestRegister.objects.get(declarant=desk.subject)

    page = text(client.get(f"{case.get_absolute_url()}?bagian=deklarasi"))

    assert register.get_absolute_url() in page
    assert client.get(register.get_absolute_url()).status_code == 200


def test_a_note_and_a_file_are_added_and_read(client, desk, inspector):
    case = new_case(desk)

    client.post(url("case_note", case), {"text": "Sudah dicek di lapangan."})
    client.post(
        url("case_file_add", case),
        {"file": SimpleUploadedFile("bukti.pdf", b"%PDF-1.7 bukti", "application/pdf")},
    )

    page = text(client.get(f"{case.get_absolute_url()}?bagian=percakapan"))
    assert "Sudah dicek di lapangan." in page
    assert "bukti.pdf" in page
    file = CaseFile.objects.get()
    assert client.get(url("case_file", case, file=file.pk)).status_code == 200
    log_in(client, desk.superior)
    assert client.get(url("case_file", case, file=file.pk)).status_code == 404


@pytest.mark.parametrize("text_", ["", "\x00", "x" * 4_001])
def test_a_bad_note_is_refused_and_kept_in_the_form(client, desk, inspector, text_):
    assert client.post(url("case_note", new_case(desk)), {"text": text_}).status_code == 422
    assert not CaseNote.objects.exists()


def test_an_auditor_reads_and_changes_nothing(client, desk):
    auditor = log_in(client, person_with(Role.AUDITOR))
    case = new_case(desk)

    assert client.get(case.get_absolute_url()).status_code == 200
    for name in ("case_claim", "case_note", "case_release"):
        assert client.post(url(name, case)).status_code == 403
    assert auditor.pk


def test_the_whole_way_through_the_pages(client, desk):
    """An inspector's morning: next, take, ask, answer, recommend; another decides."""
    sent_register(desk.subject)
    case = new_case(desk, subject=desk.subject, score=500)
    log_in(client, desk.inspector)
    assert client.get(reverse("review:case_next")).url == case.get_absolute_url()
    client.post(url("case_claim", case))
    case.refresh_from_db()
    place = marking.places_of(desk.subject)[0].places[0].key
    client.post(
        url("case_ask", case),
        {"question": "Sejak kapan?", "places": [place], "revision": case.revision},
    )
    request = case.requests.get()

    log_in(client, desk.subject)
    page = text(client.get(request.get_absolute_url()))
    assert "Sejak kapan?" in page
    assert desk.inspector.name not in page
    assert client.get(case.get_absolute_url()).status_code == 404
    answered = client.post(
        request.get_absolute_url(),
        {
            "place_0": "Sejak 2019.",
            "text": "",
            "file": SimpleUploadedFile("akta.pdf", b"%PDF-1.7 akta", "application/pdf"),
        },
    )
    assert answered.status_code == 302
    assert client.post(request.get_absolute_url(), {"text": "lagi"}).status_code == 409

    log_in(client, desk.inspector)
    assert "Sejak 2019." in text(client.get(f"{case.get_absolute_url()}?bagian=percakapan"))
    case.refresh_from_db()
    client.post(
        url("case_recommend", case),
        {"outcome": "examination", "reasons": WORDS, "revision": case.revision},
    )
    assert client.get(url("case_decide", case)).status_code == 403

    log_in(client, desk.chief)
    case.refresh_from_db()
    client.post(
        url("case_decide", case),
        {"outcome": "examination", "reasons": WORDS, "revision": case.revision, "conflict": ""},
    )
    case.refresh_from_db()
    assert (case.state, case.outcome, case.decided_by) == ("decided", "examination", desk.chief)


def test_a_stale_page_says_so_and_keeps_what_was_typed(client, desk, inspector):
    case = case_in("in_review", desk)

    response = client.post(
        url("case_recommend", case),
        {"outcome": "conforming", "reasons": "Alasan panjang.", "revision": case.revision - 1},
    )

    assert response.status_code == 409
    assert "Alasan panjang." in text(response)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"outcome": "sanksi", "reasons": WORDS},
        {"outcome": "conforming", "reasons": ""},
        {"outcome": "conforming", "reasons": WORDS, "revision": "abc"},
        {"outcome": "conforming", "reasons": WORDS, "revision": "99999999999"},
        {"outcome": "conforming", "reasons": "a\x00b", "revision": "0"},
    ],
)
def test_a_recommendation_of_nonsense_is_refused(client, desk, inspector, data):
    case = case_in("in_review", desk)

    assert client.post(url("case_recommend", case), data).status_code in (409, 422)
    assert Case.objects.get(pk=case.pk).state == "in_review"


def test_a_decision_asks_for_a_fresh_proof(client, desk):
    log_in(client, desk.chief, proved=False)
    case = case_in("recommended", desk)

    assert client.get(url("case_decide", case)).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "recommended"


def test_assignment_explains_who_may_not(client, desk, chief):
    case = new_case(desk)
    relate(desk.colleague, User.objects.get(pk=case.subject_id))

    page = text(client.get(url("case_assign", case)))
    assert desk.colleague.full_name in page
    response = client.post(url("case_assign", case), {"to": str(desk.colleague.pk)})
    assert response.status_code == 422
    client.post(url("case_assign", case), {"to": str(desk.inspector.pk)})

    assert Case.objects.get(pk=case.pk).assignee == desk.inspector
    assert Notice.objects.filter(recipient=desk.inspector, kind="case.assigned").exists()


def test_a_role_that_ended_opens_nothing_at_the_next_request(client, desk, inspector):
    case = case_in("in_review", desk)
    assert client.get(case.get_absolute_url()).status_code == 200

    take_role(desk.inspector)

    assert client.get(case.get_absolute_url()).status_code == 404
    assert client.get(reverse(LIST)).status_code == 403
    data = {"outcome": "conforming", "reasons": WORDS}
    assert client.post(url("case_recommend", case), data).status_code == 404


# --- Letters ---------------------------------------------------------------------------------


def hand_over(client, case):
    from review.models import HandoverRecipient

    recipient = HandoverRecipient.objects.get(code="BKD")
    return client.post(
        url("case_hand_over", case),
        {"recipient": recipient.pk, "summary": "Terdapat kepemilikan saham.", "revision": "1"},
    )


def test_a_case_is_handed_over_by_a_signed_letter(client, desk, chief):
    case = case_in("decided", desk)

    response = hand_over(client, case)

    assert response.status_code == 302
    letter = CaseHandover.objects.get(case=case).document
    assert letter.number.startswith("SURAT/")
    assert letter.subject == desk.chief
    rows = str(letter.data)
    assert case.number in rows
    assert "Terdapat kepemilikan saham." in rows
    assert "tidak menjatuhkan sanksi" in rows
    assert letter.data["letter"]["to"] == "Badan Kepegawaian Daerah"
    assert hand_over(client, case).status_code == 409
    assert CaseHandover.objects.count() == Document.objects.filter(kind="SURAT").count() == 1


def test_who_may_see_the_case_may_read_its_letter(client, desk, chief):
    case = case_in("decided", desk)
    hand_over(client, case)
    letter = CaseHandover.objects.get().document
    subject = User.objects.get(pk=case.subject_id)
    related = person_with(Role.INSPECTOR, desk.inspectorate)
    relate(related, subject)

    for user, may in (
        (desk.inspector, True), (subject, False), (desk.superior, False), (related, False),
    ):  # fmt: skip
        user = again(user)
        assert user.has_perm("statements.view_document", letter) is may
        seen = Document.objects.visible_to(user).filter(pk=letter.pk)
        assert seen.exists() is may


def test_only_a_decision_that_calls_for_it_is_handed_over(client, desk, chief):
    case = case_in("closed", desk)

    assert hand_over(client, case).status_code in (302, 409)
    assert not CaseHandover.objects.exists()
