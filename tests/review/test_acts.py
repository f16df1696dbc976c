"""Registers of decrees and contracts: taken in whole or not at all, and held against recusals."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from people.models import Role
from review.models import ActFile, Flag, RegisteredAct
from review.services import acts
from review.workflow import flag_runs
from tests.people.factories import log_in, person_with, post_of
from tests.queries import count_page_queries
from tests.review.flag_cases import DAY, TODAY, conflict, decide, person

pytestmark = pytest.mark.django_db
NUMBER = "01.234.567.8-901.000"


def csv(*rows, headings="opd,jenis,nomor,perihal,tanggal,nip_penandatangan,pihak,npwp_nib"):
    text = "\n".join((headings, *(",".join(row) for row in rows)))
    return SimpleUploadedFile("daftar-sk.csv", text.encode(), content_type="text/csv")


def row(signatory, **given):
    values = {
        "opd": post_of(signatory).opd.code, "jenis": "Kontrak", "nomor": "027/12/2026",
        "perihal": "Pengadaan obat", "tanggal": f"{TODAY - DAY:%d/%m/%Y}", "nip": signatory.nip,
        "pihak": "PT Sama; CV Lain", "npwp": f"{NUMBER}; ",
    } | given  # fmt: skip
    return tuple(values.values())


def take_in(*rows, by=None):
    by = by or person_with(Role.INSPECTOR)
    return acts.take_in(csv(*rows), by=by, at=timezone.now())


def restricted():
    """Somebody who was taken off a matter with PT Sama five days ago."""
    who = person()
    decide(conflict(who, "PT Sama"), "MUNDUR_PROSES", replacement=person_with())
    return who


def test_rows_are_taken_in_and_a_second_time_nothing_changes():
    who = person()

    first = take_in(row(who))
    again = take_in(row(who, nomor="027 - 12 - 2026".replace(" ", "")), row(who, nomor="028"))

    act = RegisteredAct.objects.get(number_key="027122026")
    assert (first.added, again.added, again.changed, again.unchanged) == (1, 1, 1, 0)
    assert (act.signatory, act.signed_on, act.file) == (who, TODAY - DAY, again)
    assert {(p.name, p.identifier) for p in act.parties.all()} == {
        ("PT Sama", "012345678901000"), ("CV Lain", ""),
    }  # fmt: skip
    assert take_in(row(who, nomor="028")).unchanged == 1
    assert AuditEvent.objects.filter(action="actfile.import").count() == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"opd": "99.99"}, "OPD"),
        ({"jenis": "Nota"}, "jenis"),
        ({"nomor": "---"}, "nomor"),
        ({"perihal": ""}, "perihal"),
        ({"tanggal": "31/02/2026"}, "tanggal"),
        ({"tanggal": f"{TODAY + DAY:%d/%m/%Y}"}, "tanggal"),
        ({"nip": "199001012015011001"}, "NIP"),
        ({"npwp": "12"}, "npwp_nib"),
        ({"npwp": "; ; ;"}, "npwp_nib"),
        ({"perihal": "=HYPERLINK(1)"}, "perihal"),
        ({"nomor": "9" * 121}, "nomor"),
    ],
)
def test_one_bad_row_keeps_all_out_and_says_where(given, said):
    who = person()

    with pytest.raises(acts.ActsError) as error:
        take_in(row(who, nomor="77"), row(who, **given))

    assert any(said.lower() in text.lower() and "3" in text for text in error.value.messages)
    assert not RegisteredAct.objects.exists()


def test_the_same_act_twice_in_one_file_is_told():
    who = person()

    with pytest.raises(acts.ActsError, match="2"):
        take_in(row(who), row(who, perihal="Lain"))
    assert not ActFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_register_that_breaks_a_recusal_is_flagged_at_once_and_cleared_when_removed():
    who = restricted()
    flag_runs.run_changes(at=timezone.now())

    take_in(row(who))
    flag_runs.run_changes(at=timezone.now())

    flag = Flag.objects.get(rule="F1_RECUSAL_ACT")
    assert (flag.subject, flag.weight, flag.state) == (who, 1000, "open")
    assert "027/12/2026" in flag.sentence
    acts.remove(RegisteredAct.objects.get(), reason="Salah ketik.", by=person_with(Role.INSPECTOR))
    flag_runs.run_changes(at=timezone.now())
    flag.refresh_from_db()
    assert flag.state == "cleared"


def test_what_was_signed_before_or_by_others_or_with_others_breaks_nothing():
    who = restricted()

    take_in(
        row(who, nomor="1", tanggal=f"{TODAY - 30 * DAY:%d/%m/%Y}"),
        row(person(), nomor="2"),
        row(who, nomor="3", pihak="PT Lain", npwp=""),
    )
    flag_runs.run_all(at=timezone.now())

    assert not Flag.objects.filter(rule="F1_RECUSAL_ACT").exists()


def test_only_the_inspectorate_takes_in_and_removes(client):
    who = person()
    for role in Role:
        by = person_with(role, post_of(who).opd)
        log_in(client, by)
        reads = role in (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)
        writes = role in (Role.INSPECTOR, Role.CHIEF_INSPECTOR)
        assert client.get(reverse("review:act_list")).status_code == (200 if reads else 403)
        assert client.get(reverse("review:act_import")).status_code == (200 if writes else 403)
        if not writes:
            with pytest.raises(PermissionDenied):
                take_in(row(who), by=by)


def test_by_the_pages(client):
    who = person()
    log_in(client, person_with(Role.CHIEF_INSPECTOR))
    url = reverse("review:act_import")

    assert client.post(url, {"file": csv(row(who, nip="1"))}).status_code == 422
    assert client.post(url, {"file": csv(row(who), headings="a,b")}).status_code == 422
    assert client.post(url, {"file": csv(row(who))}).status_code == 302
    act = RegisteredAct.objects.get()
    assert client.get(act.get_absolute_url()).status_code == 200
    listed = reverse("review:act_list")
    for query, number in (
        ({"q": who.nip}, 1), ({"q": "obat"}, 1), ({"q": "nihil"}, 0), ({"jenis": "sk"}, 0),
        ({"jenis": "x"}, 1),
    ):  # fmt: skip
        assert client.get(listed, query).context["page"].count == number
    take_in(*(row(who, nomor=str(number)) for number in range(3)))
    assert count_page_queries(lambda: client.get(listed)) <= 12
    removed = client.post(reverse("review:act_remove", args=[act.pk]), {"reason": "Keliru"})
    assert removed.status_code == 302
    assert client.get(listed).context["page"].count == 3


def test_a_removed_row_stays_out_until_the_register_says_something_else():
    who = person()
    take_in(row(who))
    acts.remove(RegisteredAct.objects.get(), reason="Keliru.", by=person_with(Role.INSPECTOR))

    take_in(row(who))
    assert not RegisteredAct.objects.standing().exists()
    take_in(row(who, perihal="Pengadaan vaksin"))

    assert RegisteredAct.objects.standing().get().title == "Pengadaan vaksin"


def test_the_database_keeps_one_row_a_number():
    who = person()
    take_in(row(who))
    act = RegisteredAct.objects.get()
    act.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        act.save(force_insert=True)
