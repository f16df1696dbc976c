"""Tables from strangers: read within limits, written without formulas."""

import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from common.spreadsheets import (
    Limits,
    SpreadsheetError,
    neutral,
    read_table,
    write_csv,
    write_xlsx,
)


def xlsx(rows, *, merge=None, change=None) -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    if change:
        change(sheet)
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


def text_file(text, encoding="utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_any_usual_shape(encoding, delimiter):
    source = text_file(f"Nama{delimiter}OPD\r\nJosé{delimiter}01.01\r\n", encoding)

    table = read_table(source, name="a.csv")

    assert table.headings == ["nama", "opd"]
    assert table.rows[0].cells == {"nama": "José", "opd": "01.01"}
    assert table.rows[0].number == 2
    assert table.faults == []


def test_csv_row_numbers_count_lines_within_cells():
    table = read_table(text_file('nama;catatan\n"A";"satu\ndua"\nB;x\n'), name="a.csv")

    assert [row.number for row in table.rows] == [2, 4]
    assert table.rows[0]["catatan"] == "satu\ndua"


def test_xlsx_cells_come_as_people_see_them():
    source = xlsx(
        [["Nama", "Tanggal", "Nilai"], ["Siti", datetime.date(2026, 11, 23), 1500.0], [None] * 3]
    )

    table = read_table(source)

    assert table.rows[0].cells == {"nama": "Siti", "tanggal": "2026-11-23", "nilai": "1500"}
    assert len(table.rows) == 1


def test_formulas_are_faults_with_their_place():
    source = xlsx([["nama", "nilai"], ["A", "=1+1"], ['=HYPERLINK("x")', 2]])

    table = read_table(source)

    assert [(fault.row, fault.column) for fault in table.faults] == [(2, "nilai"), (3, "nama")]


def test_csv_formula_is_a_fault_and_a_number_with_sign_is_none():
    table = read_table(text_file("nama;nilai\n@SUM(A1);-5\n"), name="a.csv")

    assert [(fault.row, fault.column) for fault in table.faults] == [(2, "nama")]
    assert table.rows[0]["nilai"] == "-5"


def test_merged_cells_are_faults():
    source = xlsx([["nama", "opd"], ["A", "1"], ["B", "2"]], merge="A2:A3")

    table = read_table(source)

    assert {(fault.row, fault.column) for fault in table.faults} == {(2, "nama"), (3, "nama")}


def test_control_characters_and_long_cells_are_faults():
    table = read_table(text_file("nama;x\nA\x07;" + "y" * 3_000 + "\n"), name="a.csv")

    assert [(fault.row, fault.column) for fault in table.faults] == [(2, "nama"), (2, "x")]


def test_cell_outside_the_table_is_a_fault():
    table = read_table(text_file("nama\nA;B\n".replace("nama", "nama;")), name="a.csv")

    assert [(fault.row, fault.column) for fault in table.faults] == [(2, "B")]


@pytest.mark.parametrize(
    ("required", "text"),
    [
        ({"nip"}, "nama\nA\n"),
        (set(), "nama;nama\nA;B\n"),
        (set(), ""),
        (set(), "a\x00b"),
        (set(), 'a;b\n"x;y\n'),
    ],
)
def test_files_without_a_sound_table(required, text):
    with pytest.raises(SpreadsheetError):
        read_table(text_file(text), name="a.csv", required=required)


def test_unknown_column_is_a_fault():
    table = read_table(text_file("nama;rahasia\nA;B\n"), name="a.csv", known={"nama"})

    assert [fault.column for fault in table.faults] == ["rahasia"]


def test_too_many_rows():
    with pytest.raises(SpreadsheetError):
        read_table(text_file("nama\n" + "A\n" * 11), name="a.csv", limits=Limits(rows=10))


def test_faults_are_capped_and_counted():
    table = read_table(text_file("nama\n" + "=A1\n" * 500), name="a.csv")

    assert len(table.faults) == 200
    assert table.faults_left_out == 300


def test_zip_bomb_is_refused_before_it_is_unpacked():
    source = xlsx([["nama"], ["A"]])
    bomb = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content += b"\x20" * 30_000_000
            new.writestr(entry.filename, content)

    with pytest.raises(SpreadsheetError):
        read_table(bomb)


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", b"PK\x05\x06" + b"\x00" * 18],
)
def test_damaged_spreadsheets(data):
    with pytest.raises(SpreadsheetError):
        read_table(io.BytesIO(data), name="a.xlsx")


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"]
)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<oops",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    ],
)
def test_broken_parts_never_fail_otherwise(part, content):
    changed = io.BytesIO()
    with zipfile.ZipFile(xlsx([["nama"], ["A"]])) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, content if entry.filename == part else old.read(entry))

    try:
        table = read_table(changed)
    except SpreadsheetError:
        return
    assert "root:" not in str(table.rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "\n@x"])
def test_neutral_takes_the_formula_away(text):
    assert neutral(text).startswith("'")


def test_plain_texts_stay():
    assert neutral("Ma'ruf - Siti") == "Ma'ruf - Siti"


def test_written_csv_reads_back():
    data = b"".join(write_csv(["Nama", "Nilai"], [["=1+1", -5], ["Siti; A", None]]))

    assert data.startswith(b"\xef\xbb\xbf")
    assert b"'=1+1;-5" in data
    assert read_table(io.BytesIO(data), name="a.csv").rows[1]["nama"] == "Siti; A"


def test_written_xlsx_holds_texts_not_formulas():
    target = io.BytesIO()

    write_xlsx(
        target,
        ["Nama", "Nilai"],
        [["=cmd|'/C calc'!A0", 5], ["@x", datetime.date(2026, 1, 2)]],
        title="a/b",
    )

    sheet = load_workbook(target).active
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "'=cmd|'/C calc'!A0"
    assert sheet["B2"].value == 5
    assert sheet.title == "a b"
