"""Frozen reports, bundles of evidence and published statistics: right, rightful, neutral."""

import csv
import datetime
import hashlib
import io
import json
import zipfile

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from audit.models import AuditEvent
from people.models import Opd, Role
from people.proof import Proof
from review import publication_tasks
from review.models import (
    EvidenceBundle,
    MonitoringReport,
    OpdStanding,
    PublishedStatistics,
    SummaryCell,
)
from review.services import evidence_bundle, publications
from review.services.monitoring_numbers import flat
from tests.people.factories import OpdFactory, RoleGrantFactory, log_in, person_with
from tests.queries import count_page_queries
from tests.review.factories import approved_map, make_conflict, make_statement
from tests.review.test_dashboard import sign_register

pytestmark = pytest.mark.django_db
OVERSEERS = {Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR}


@pytest.fixture
def chief():
    office = OpdFactory(kind=Opd.Kind.INSPECTORATE, name="Inspektorat Uji")
    return person_with(Role.CHIEF_INSPECTOR, office, post={"title": "Inspektur"})


@pytest.fixture
def opd():
    return OpdFactory(name="=cmd|'/c calc'!A1", short_name="Rumus")


@pytest.fixture
def people(opd):
    return [
        person_with(opd=opd, post={"obliged": True}, name=f"Siti Rahmawati{chr(97 + n)}")
        for n in range(3)
    ]


@pytest.fixture
def filled(opd, people):
    sign_register(people[0], state="accepted")
    sign_register(people[1], days_late=3)
    make_conflict(people[0], opd)
    make_conflict(people[1], opd, state="no_conflict", decided_at=timezone.now())
    make_statement(people[2], opd)


def today():
    return timezone.localdate()


def frozen(by, period="year"):
    return publications.freeze(period=period, day=today(), at=timezone.now(), by=by)


def proof(user):
    return Proof(user.pk, "password", timezone.now())


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        ("month", (2026, 2, 14), ((2026, 2, 1), (2026, 2, 28))),
        ("quarter", (2026, 12, 31), ((2026, 10, 1), (2026, 12, 31))),
        ("quarter", (2026, 4, 1), ((2026, 4, 1), (2026, 6, 30))),
        ("year", (2024, 6, 1), ((2024, 1, 1), (2024, 12, 31))),
        ("month", (2026, 12, 1), ((2026, 12, 1), (2026, 12, 31))),
    ],
)
def test_bounds_of_a_period(period, day, expected):
    found = publications.period_bounds(period, datetime.date(*day))

    assert found == tuple(datetime.date(*each) for each in expected)


def test_frozen_numbers_stay_when_the_rows_change(chief, opd, people, filled):
    report = frozen(chief)
    before = json.dumps(report.numbers, sort_keys=True)

    sign_register(people[2])
    make_conflict(people[2], opd)
    report.refresh_from_db()
    second = frozen(chief)

    assert json.dumps(report.numbers, sort_keys=True) == before
    assert (report.version, second.version) == (1, 2)
    assert second.numbers != report.numbers
    with pytest.raises(InternalError), transaction.atomic():
        MonitoringReport.objects.filter(pk=report.pk).update(numbers={})
    with pytest.raises(InternalError), transaction.atomic():
        report.delete()


def test_numbers_follow_the_formulas(chief, opd, filled):
    numbers = frozen(chief).numbers

    row = next(each for each in numbers["registers"] if each["code"] == opd.code)
    assert (row["obliged"], row["signed"], row["in_time"], row["valid_in_time"]) == (3, 2, 1, 1)
    assert (row["rate"], row["punctuality"]) == (33, 50)
    assert numbers["decisions"] == {
        "number": 1, "in_time": 1, "share": 100, "median": 0, "p90": 0,
    }  # fmt: skip
    assert numbers["declarations"]["actual"]["number"] == 2
    assert [(row["code"], row["number"]) for row in numbers["sources"]] == [("KELUARGA", 2)]


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_the_chief_signs_a_document_with_these_numbers(chief, filled, period):
    report = publications.sign(frozen(chief, period), by=chief, proof=proof(chief))

    document = report.document
    assert document.kind == "F8"
    assert document.data["schema"] == "coi-statement/1"
    assert document.data["data"] == report.numbers
    assert document.opd.kind == Opd.Kind.INSPECTORATE
    with pytest.raises(publications.PublicationError):
        publications.sign(report, by=chief, proof=proof(chief))


def test_only_the_chief_signs_and_only_freshly(client, chief, filled):
    report = frozen(chief)
    url = reverse("review:monitoring_sign", args=[report.pk])
    log_in(client, person_with(Role.INSPECTOR))
    assert client.post(url).status_code == 403

    log_in(client, chief)
    assert client.post(url).status_code == 302
    report.refresh_from_db()
    detail = client.get(report.get_absolute_url())

    assert report.is_signed
    assert report.document.number in detail.content.decode()


def test_signed_reports_are_for_who_oversees(chief, filled):
    document = publications.sign(frozen(chief), by=chief, proof=proof(chief)).document

    assert person_with(Role.AUDITOR).has_perm("statements.view_document", document)
    assert not person_with().has_perm("statements.view_document", document)


def test_spreadsheet_holds_text_and_never_a_formula(client, chief, opd, filled):
    report = frozen(chief)
    log_in(client, chief)

    answer = client.get(reverse("review:monitoring_sheet", args=[report.pk]))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    names = [row[1].value for row in sheet.iter_rows()]
    types = {cell.data_type for row in sheet.iter_rows() for cell in row}

    assert "'" + opd.name in names
    assert "f" not in types
    assert AuditEvent.objects.filter(action="monitoringreport.export").exists()


PAGES = {
    "monitoring_list": OVERSEERS | {Role.OPD_HEAD},
    "monitoring_detail": OVERSEERS,
    "monitoring_sheet": OVERSEERS,
    "monitoring_freeze": {Role.INSPECTOR, Role.CHIEF_INSPECTOR},
    "statistics_desk": OVERSEERS,
    "statistics_threshold": {Role.CHIEF_INSPECTOR},
    "statistics_publish": {Role.CHIEF_INSPECTOR},
    "bundle_list": OVERSEERS | {Role.OPD_HEAD, Role.OPD_OFFICER},
    "bundle_create": OVERSEERS | {Role.OPD_HEAD, Role.OPD_OFFICER},
}


@pytest.mark.parametrize("role", list(Role))
def test_permission_matrix(client, chief, opd, role):
    report = frozen(chief)
    log_in(client, person_with(role, opd))

    allowed = {
        name
        for name in PAGES
        if client.get(
            reverse(f"review:{name}", args=[report.pk] if name in ("monitoring_detail",
                                                                  "monitoring_sheet") else [])
        ).status_code == 200
    }  # fmt: skip

    assert allowed == {name for name, roles in PAGES.items() if role in roles}


def made(opd, by):
    bundle = evidence_bundle.request(opd=opd, year=today().year, by=by)
    publication_tasks.make_bundle.func(str(bundle.pk))
    publication_tasks.make_bundle.func(str(bundle.pk))
    bundle.refresh_from_db()
    return bundle


def files_of(bundle):
    with bundle.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_bundle_has_an_index_with_true_hashes(opd, filled):
    inspector = person_with(Role.INSPECTOR)
    approved_map(opd, "PBJ-01")

    bundle = made(opd, inspector)
    found = files_of(bundle)

    assert bundle.state == "ready"
    index = {row[0]: row for row in rows_of(found["INDEKS.csv"])[1:]}
    assert set(index) == set(found) - {"INDEKS.csv"}
    for name, row in index.items():
        assert row[4] == hashlib.sha256(found[name]).hexdigest()
    assert {"1-peta/persetujuan.csv", "3-pelaksanaan/putusan.csv", "4-evaluasi/pemantauan.csv",
            "5-tindak-lanjut/tugas.csv"} <= set(found)  # fmt: skip
    assert len(rows_of(found["1-peta/persetujuan.csv"])) == 2


def test_bundle_masks_every_name(opd, people, filled):
    found = files_of(made(opd, person_with(Role.AUDITOR)))

    whole = b"".join(found.values()).decode()
    for person in people:
        assert person.name not in whole
        assert person.nip not in whole
    assert len(rows_of(found["3-pelaksanaan/deklarasi.csv"])) == 1 + 2 + 1 + 2


def test_bundle_holds_what_its_requester_may_read(opd, people, filled):
    officer = person_with(Role.OPD_OFFICER, opd)
    make_conflict(people[0], opd, is_confidential=True)

    theirs = rows_of(files_of(made(opd, officer))["3-pelaksanaan/deklarasi.csv"])
    all_rows = rows_of(
        files_of(made(opd, person_with(Role.INSPECTOR)))["3-pelaksanaan/deklarasi.csv"]
    )

    assert len(all_rows) == len(theirs) + 1


def test_only_who_asked_takes_the_bundle(client, opd, filled):
    inspector = person_with(Role.INSPECTOR)
    bundle = made(opd, inspector)
    url = reverse("review:bundle_download", args=[bundle.pk])

    log_in(client, person_with(Role.CHIEF_INSPECTOR))
    assert client.get(url).status_code == 404
    assert client.get(bundle.get_absolute_url()).status_code == 404
    log_in(client, inspector)
    answer = client.get(url)

    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == bundle.sha256
    assert AuditEvent.objects.filter(action="bundle.download").exists()


def test_a_right_lost_meanwhile_makes_no_bundle(opd, filled):
    user = person_with()
    grant = RoleGrantFactory(user=user, role=Role.INSPECTOR)
    user = type(user).objects.get(pk=user.pk)
    bundle = evidence_bundle.request(opd=opd, year=today().year, by=user)
    type(grant).objects.filter(pk=grant.pk).delete()

    publication_tasks.make_bundle.func(str(bundle.pk))
    bundle.refresh_from_db()

    assert (bundle.state, bundle.failure) == ("failed", "PermissionDenied")


def test_another_opd_is_no_choice(client, opd):
    log_in(client, person_with(Role.OPD_HEAD))

    answer = client.post(reverse("review:bundle_create"), {"opd": opd.pk, "year": today().year})

    assert answer.status_code == 422
    assert not EvidenceBundle.objects.exists()


@pytest.fixture
def last_year():
    """Small and large numbers of last year, written as the summaries hold them."""
    year = today().year - 1
    for number in range(6):
        each = OpdFactory(kind=Opd.Kind.DEPARTMENT if number % 2 else Opd.Kind.AGENCY)
        OpdStanding.objects.create(
            opd=each, year=year, obliged=40 + number, signed=38, in_time=36 - number,
            valid_in_time=30,
        )  # fmt: skip
        SummaryCell.objects.create(
            kind="F3", opd=each, year=year, day=datetime.date(year, 3, 1), status="closed",
            variety="actual", source_id=1 + number % 3, number=1 + 4 * number,
        )  # fmt: skip
    return year


def test_published_once_with_small_numbers_hidden(client, chief, last_year):
    found = publications.publish(year=last_year, at=timezone.now(), by=chief)

    for table in found.tables:
        for row in table["cells"]:
            assert all(value is None or value == 0 or value >= 5 for value in row)
    with pytest.raises(publications.PublicationError):
        publications.publish(year=last_year, at=timezone.now(), by=chief)
    with pytest.raises(InternalError), transaction.atomic():
        PublishedStatistics.objects.update(tables=[])


def test_everybody_reads_page_csv_and_json(client, chief, last_year):
    publications.publish(year=last_year, at=timezone.now(), by=chief)

    page = client.get(reverse("statistics:public"))
    table = client.get(reverse("statistics:csv", args=[last_year]))
    data = client.get(reverse("statistics:json", args=[last_year])).json()

    assert page.status_code == 200
    assert "*" in page.content.decode()
    assert any(row[3] == "*" for row in rows_of(table.content)[1:])
    assert data["smallest_number_shown"] == 5
    values = [value for t in data["tables"] for row in t["cells"] for value in row]
    assert None in values
    assert all(value is None or value == 0 or value >= 5 for value in values)


def test_nothing_published_is_a_page_and_no_file(client):
    assert client.get(reverse("statistics:public")).status_code == 200
    for name in ("csv", "json", "year"):
        assert client.get(reverse(f"statistics:{name}", args=[2020])).status_code == 404


def test_the_running_year_is_not_published(chief):
    with pytest.raises(publications.PublicationError):
        publications.publish(year=today().year, at=timezone.now(), by=chief)


def test_threshold_is_data_with_a_history(client, chief, last_year):
    log_in(client, chief)
    url = reverse("review:statistics_threshold")

    assert client.post(url, {"value": "10", "reason": "Lebih hati-hati"}).status_code == 302
    assert client.post(url, {"value": "2", "reason": "x"}).status_code == 422
    assert publications.threshold().value == 10
    found = publications.publish(year=last_year, at=timezone.now(), by=chief)

    values = [value for t in found.tables for row in t["cells"] for value in row]
    assert all(value is None or value == 0 or value >= 10 for value in values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("monitoring_freeze", {"period": "x", "day": "2026-01-01"}),
        ("monitoring_freeze", {"period": "year", "day": "nanti"}),
        ("monitoring_freeze", {"period": "year", "day": "2099-01-01"}),
        ("bundle_create", {"opd": "abc", "year": "1"}),
        ("statistics_publish", {"year": "1900"}),
        ("statistics_threshold", {"value": "x", "reason": ""}),
    ],
)
def test_bad_input_is_said(client, chief, name, values):
    log_in(client, chief)

    assert client.post(reverse(f"review:{name}"), values).status_code == 422


@pytest.mark.parametrize("name", ["monitoring_list", "bundle_list", "statistics_desk"])
def test_queries_do_not_grow_with_the_rows(client, chief, opd, name):
    log_in(client, chief)
    url = reverse(f"review:{name}")

    def more(number):
        for _each in range(number):
            frozen(chief)
            evidence_bundle.request(opd=opd, year=today().year, by=chief)

    more(1)
    one = count_page_queries(lambda: client.get(url))
    more(2)

    assert count_page_queries(lambda: client.get(url)) == one <= 12


# --- F8 of one OPD ---------------------------------------------------------------------------


def of_opd(by, opd, *, signed=True):
    report = publications.freeze(period="year", day=today(), at=timezone.now(), by=by, opd=opd)
    return publications.sign(report, by=by, proof=proof(by)) if signed else report


def test_numbers_of_one_opd_are_its_own(chief, opd, people, filled):
    other = OpdFactory()
    stranger = person_with(opd=other, post={"obliged": True})
    sign_register(stranger)
    make_conflict(stranger, other)

    numbers = of_opd(chief, opd, signed=False).numbers

    assert [row["code"] for row in numbers["registers"]] == [opd.code]
    assert numbers["declarations"]["actual"]["number"] == 2
    assert numbers["decisions"]["number"] == 1
    assert numbers["mapping"]["opds"] == 1
    assert numbers["scope"] == opd.name
    # Its head reads it; a report is kept from the OPD it is about.
    assert "reports" not in numbers
    assert frozen(chief).numbers["declarations"]["actual"]["number"] == 3


def test_versions_of_opd_and_province_are_counted_apart(chief, opd, filled):
    versions = [
        frozen(chief).version,
        of_opd(chief, opd, signed=False).version,
        of_opd(chief, opd, signed=False).version,
        frozen(chief).version,
    ]

    assert versions == [1, 1, 2, 2]


def test_the_head_reads_the_signed_report_of_the_own_opd_only(client, chief, opd, filled):
    other = OpdFactory()
    head = person_with(Role.OPD_HEAD, opd)
    mine, draft = of_opd(chief, opd), of_opd(chief, opd, signed=False)
    theirs, province = of_opd(chief, other), frozen(chief)
    log_in(client, head)

    listed = client.get(reverse("review:monitoring_list"))
    assert [row.pk for row in listed.context["page"]] == [mine.pk]
    assert count_page_queries(lambda: client.get(reverse("review:monitoring_list"))) <= 12
    for name in ("monitoring_detail", "monitoring_sheet"):
        assert client.get(reverse(f"review:{name}", args=[mine.pk])).status_code == 200
        for hidden in (draft, theirs, province):
            url = reverse(f"review:{name}", args=[hidden.pk])
            assert client.get(url).status_code == 404
    for report, is_seen in ((mine, True), (draft, False), (theirs, False), (province, False)):
        assert head.has_perm("review.view_monitoring", report) == is_seen
        if report.document:
            assert head.has_perm("statements.view_document", report.document) == is_seen
    assert client.get(reverse("review:monitoring_freeze")).status_code == 403


def test_the_document_of_one_opd_names_it(client, chief, opd, filled):
    OpdFactory(name="Dinas Lain")
    log_in(client, chief)
    said = {"opd": opd.pk, "period": "year", "day": today().isoformat()}
    assert client.post(reverse("review:monitoring_freeze"), said).status_code == 302
    report = MonitoringReport.objects.get(opd=opd)

    document = publications.sign(report, by=chief, proof=proof(chief)).document
    sheet = client.get(reverse("review:monitoring_sheet", args=[report.pk]))

    assert opd.name in document.title
    assert document.data["data"] == report.numbers
    assert f"F8-{opd.code}" in sheet["Content-Disposition"]
    assert "Provinsi" not in str(list(flat(report.numbers)))
