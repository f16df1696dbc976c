"""A map as a file: out and in unchanged; each fault by row and column, nothing lost."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from common.spreadsheets import write_csv, write_xlsx
from mapping.exchange import COLUMNS, check_file, table_rows
from mapping.models import MapImport, RiskArea, RiskAreaTemplate
from mapping.services import add_from_library
from mapping.services.errors import MapError
from mapping.services.importing import receive, take_over
from tests.mapping.factories import RiskAreaFactory, make_map, make_office
from tests.people.factories import log_in

pytestmark = pytest.mark.django_db

HEADINGS = [column.heading for column in COLUMNS]
TRICKY = (
    "=1+1", "-5 persen", "'dikutip", "''dua", "@ujung", "titik; koma", 'kutip "ganda"', "é ↔ ×",
    "baris\nkedua", "+62",
)  # fmt: skip


def exported(risk_map, kind="xlsx"):
    rows = risk_map.areas.for_map().select_related("map__opd").prefetch_related("posts")
    target = io.BytesIO()
    if kind == "xlsx":
        write_xlsx(target, HEADINGS, table_rows(rows))
    else:
        target.write(b"".join(write_csv(HEADINGS, table_rows(rows))))
    target.seek(0)
    return target


def stored(risk_map):
    names = [field.attname for field in RiskArea._meta.concrete_fields]
    rows = risk_map.areas.prefetch_related("posts")
    return [
        [getattr(row, name) for name in names if name != "updated_at"]
        + [sorted(post.pk for post in row.posts.all())]
        for row in rows
    ]


def tricky_map(office):
    risk_map = make_map(office, rows=2)
    for number, text in enumerate(TRICKY):
        RiskAreaFactory(
            map=risk_map, position=number + 3, activity=f"Kegiatan {number}", cause=text,
            officials=text, residual_likelihood=2, residual_impact=3, residual_magnitude=11,
            residual_level="SEDANG", existing_control=text, control_effect="weak",
        )  # fmt: skip
    return risk_map


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_exported_file_comes_back_unchanged(kind):
    office = make_office()
    risk_map = tricky_map(office)
    before = stored(risk_map)

    checked = check_file(exported(risk_map, kind), name=f"peta.{kind}", risk_map=risk_map)

    assert checked.faults == []
    assert checked.counts == {"added": 0, "changed": 0, "unchanged": len(before), "kept": 0}
    upload = SimpleUploadedFile(f"peta.{kind}", exported(risk_map, kind).read())
    take_over(receive(upload, risk_map=risk_map, by=office.officer), by=office.officer)
    assert stored(risk_map) == before


def test_what_the_map_lacks_or_the_library_dropped_comes_back_unchanged():
    office = make_office()
    risk_map = make_map(office)
    add_from_library(risk_map, codes=["PBJ-01", "UMM-01"], by=office.officer)
    RiskAreaTemplate.objects.filter(code="PBJ-01").update(valid_until="2026-01-01")

    checked = check_file(exported(risk_map), name="peta.xlsx", risk_map=risk_map)

    assert checked.faults == []
    assert checked.counts["unchanged"] == 3


def test_row_of_another_year_is_the_same_area():
    office = make_office()
    old = make_map(office, year=2025)
    new = make_map(office, year=2026)

    checked = check_file(exported(old), name="peta.xlsx", risk_map=new)

    assert [row["row_key"] for row in checked.rows] == [str(old.areas.get().row_key)]
    assert checked.counts["added"] == 1


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_file_rebuilds_the_map_value_for_value(kind):
    """All rows are removed, the file brings them back with their keys."""
    office = make_office()
    risk_map = tricky_map(office)
    file = exported(risk_map, kind).read()

    def values():
        return [row[4:] for row in exported_rows(risk_map)]

    before = values()
    risk_map.areas.all().delete()
    take_over(
        receive(SimpleUploadedFile(f"a.{kind}", file), risk_map=risk_map, by=office.head),
        by=office.head,
    )

    assert values() == before


def exported_rows(risk_map):
    rows = risk_map.areas.for_map().select_related("map__opd").prefetch_related("posts")
    return [list(row) for row in table_rows(rows)]


def changed(risk_map, **cells):
    """The export with cells of the second row (Excel's numbering) changed."""
    book = load_workbook(exported(risk_map))
    sheet = book.active
    for heading, value in cells.items():
        sheet.cell(row=2, column=HEADINGS.index(heading) + 1).value = value
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Penyebab", None), ("Penanggung jawab", None), ("Kemungkinan", 6), ("Dampak", 0),
        ("Kemungkinan", "sering"), ("Dampak", 2.5), ("Sisa kemungkinan", 3), ("Besaran", 3),
        ("Tingkat risiko", "RENDAH"), ("Sumber", "TIDAK_ADA"), ("Area MCSP", "LAIN"),
        ("Status", "selesai semua"), ("Waktu", "besok"), ("Waktu", "01/01/1800"),
        ("Jabatan terkait", "TIDAK-ADA"), ("Penanggung jawab", "X-1"), ("Unit/OPD", "99.99"),
        ("Area", "x" * 161), ("Kunci baris", "bukan kunci"), ("Kode pustaka", "ZZZ-9"),
        ("Penyebab", "=SUM(A1:A3)"),
    ],
)  # fmt: skip
def test_fault_names_row_and_column(heading, value):
    risk_map = make_map(make_office(), rows=2)

    checked = check_file(changed(risk_map, **{heading: value}), name="a.xlsx", risk_map=risk_map)

    places = {(row, column) for row, column, _message in checked.faults}
    wanted = "Sisa dampak" if heading == "Sisa kemungkinan" else heading
    assert (2, wanted) in places, checked.faults
    assert {row for row, _column in places} == {2}
    assert checked.fault_count >= 1


def test_post_of_another_opd_is_named():
    office, other = make_office(), make_office()
    risk_map = make_map(office)
    file = changed(risk_map, **{"Jabatan terkait": other.posts[0].code})

    (fault,) = check_file(file, name="a.xlsx", risk_map=risk_map).faults

    assert fault[:2] == [2, "Jabatan terkait"]
    assert other.opd.short_name in fault[2]


def test_same_row_twice():
    risk_map = make_map(make_office())
    rows = exported_rows(risk_map)
    rows.append([*rows[0][:-1], ""])
    target = io.BytesIO(b"".join(write_csv(HEADINGS, rows)))

    faults = check_file(target, name="a.csv", risk_map=risk_map).faults

    assert [(row, column) for row, column, _ in faults] == [(3, "Area")]


def test_merged_cells():
    risk_map = make_map(make_office(), rows=2)
    book = load_workbook(exported(risk_map))
    book.active.merge_cells("C2:C3")
    target = io.BytesIO()
    book.save(target)
    target.seek(0)

    faults = check_file(target, name="a.xlsx", risk_map=risk_map).faults

    assert faults
    assert {row for row, _column, _message in faults} <= {2, 3}


def test_file_of_a_hundred_thousand_rows():
    office = make_office()
    line = ";".join(["x"] * len(HEADINGS)) + "\r\n"
    data = (";".join(HEADINGS) + "\r\n" + line * 100_000).encode()

    with pytest.raises(MapError, match="500"):
        receive(SimpleUploadedFile("besar.csv", data), risk_map=make_map(office), by=office.head)


def test_other_columns_and_no_table():
    office = make_office()
    risk_map = make_map(office)
    for data in (b"", b"a;b\r\n1;2\r\n", b"\x00\x01", b"PK\x03\x04xxxx"):
        with pytest.raises(MapError):
            receive(SimpleUploadedFile("a.csv", data), risk_map=risk_map, by=office.head)


def test_changed_since_the_check():
    office = make_office()
    risk_map = make_map(office)
    file = changed(risk_map, Penyebab="Baru")
    batch = receive(SimpleUploadedFile("a.xlsx", file.read()), risk_map=risk_map, by=office.head)
    add_from_library(risk_map, codes=["PBJ-01"], by=office.officer)

    with pytest.raises(MapError):
        take_over(batch, by=office.head)
    assert risk_map.areas.count() == 2


def test_pages(client):
    office = make_office()
    risk_map = make_map(office)
    log_in(client, office.officer)
    address = reverse("mapping:import", args=[risk_map.pk])

    book = Workbook()
    book.active.append(["salah"])
    wrong = io.BytesIO()
    book.save(wrong)
    sent = SimpleUploadedFile("a.xlsx", wrong.getvalue())
    assert client.post(address, {"file": sent}).status_code == 422

    file = SimpleUploadedFile("a.xlsx", changed(risk_map, Penyebab="Baru").read())
    response = client.post(address, {"file": file})
    batch = MapImport.objects.get()
    assert response.url == batch.get_absolute_url()
    assert client.get(response.url).context["counts"]["changed"] == 1
    assert risk_map.areas.get().cause != "Baru"
    client.post(response.url)
    assert risk_map.areas.get().cause == "Baru"
    assert client.post(response.url).status_code == 409

    faulty = SimpleUploadedFile("a.xlsx", changed(risk_map, Dampak=9).read())
    response = client.post(address, {"file": faulty}, follow=True)
    assert "Dampak" in response.content.decode()
    assert client.post(response.redirect_chain[-1][0]).status_code == 409
