"""The commands: exit statuses, the bulk export, the development authority."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from statements import authority, exporting, files, production, services
from statements.exporting import safe_cell
from tests.people.factories import OpdFactory, UserFactory
from tests.statements.attacks import ATTACKS
from tests.statements.factories import countersigned, issue, made

pytestmark = pytest.mark.django_db


def run(path, *options):
    """Exit status and output of `verify_statement`."""
    output = io.StringIO()
    try:
        call_command("verify_statement", str(path), *options, stdout=output)
    except CommandError as error:
        return error.returncode, output.getvalue()
    return 0, output.getvalue()


def saved(folder, data):
    path = folder / "statement.pdf"
    path.write_bytes(data)
    return path


def current(document):
    document.refresh_from_db()
    return files.load(document.file_sha256)


def test_only_a_document_in_force_gives_zero(tmp_path):
    document = made(issue(slots=2))
    first = current(document)
    assert run(saved(tmp_path, first))[0] == 0

    countersigned(document)
    assert run(saved(tmp_path, first))[0] == 1
    assert run(saved(tmp_path, current(document)))[0] == 0

    services.revoke(document, by=document.subject, reason="Keliru")
    assert run(saved(tmp_path, current(document)))[0] == 1


@pytest.mark.parametrize("name", ["another_page_content", "text_after_the_end"])
def test_a_forged_file_gives_one(tmp_path, name):
    document = made(issue())

    assert run(saved(tmp_path, ATTACKS[name](current(document))))[0] == 1


def test_junk_gives_one_and_a_missing_file_two(tmp_path):
    assert run(saved(tmp_path, b"junk"))[0] == 1
    assert run(tmp_path / "missing.pdf")[0] == 2
    assert run(tmp_path)[0] == 2


def test_json_says_the_same(tmp_path):
    document = made(issue(subject=UserFactory(name="Suharto")))

    status, output = run(saved(tmp_path, current(document)), "--json")

    answer = json.loads(output)
    assert status == 0
    assert (answer["valid"], answer["verdict"]) == (True, "valid")
    assert answer["number"] == document.number
    assert answer["signatures"][0]["name"] == "S*****o"
    assert "Suharto" not in output


def test_export_writes_files_and_an_index(tmp_path):
    opd = OpdFactory()
    done, waiting = made(issue(opd=opd)), issue(opd=opd)
    issue(opd=opd, year=2025)
    issue()

    call_command(
        "export_statements",
        "--opd", opd.code, "--year", "2026", "--out", str(tmp_path), "--workers", "1",
        stdout=io.StringIO(), verbosity=0,
    )  # fmt: skip

    with (tmp_path / "index.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    waiting.refresh_from_db()
    assert [row["number"] for row in rows] == [done.number, waiting.number]
    assert waiting.is_ready
    for row, document in zip(rows, (done, waiting), strict=True):
        assert (tmp_path / row["file"]).read_bytes() == current(document)
        assert row["sha256"] == document.file_sha256
    assert len(list(tmp_path.iterdir())) == 3
    assert AuditEvent.objects.get(action="document.export").data["count"] == 2


def test_export_tells_what_failed_and_writes_the_rest(tmp_path, monkeypatch):
    opd = OpdFactory()
    made(issue(opd=opd))
    issue(opd=opd)
    monkeypatch.setattr(production.pdf, "render", _fail)

    with pytest.raises(CommandError):
        call_command(
            "export_statements",
            "--opd", opd.code, "--year", "2026", "--out", str(tmp_path), "--workers", "1",
            stderr=io.StringIO(), verbosity=0,
        )  # fmt: skip

    with (tmp_path / "index.csv").open(encoding="utf-8-sig") as file:
        assert [row["error"] for row in csv.DictReader(file)] == ["", "OSError"]


def _fail(*_args, **_kwargs):
    raise OSError("disk full")


def test_export_refuses_an_unknown_opd(tmp_path):
    with pytest.raises(CommandError):
        call_command("export_statements", "--opd", "X", "--year", "2026", "--out", str(tmp_path))


@pytest.mark.django_db(transaction=True)
def test_export_in_several_processes(tmp_path):
    opd = OpdFactory()
    documents = [issue(opd=opd) for _ in range(3)]

    rows = list(exporting.export(opd=opd, year=2026, folder=tmp_path, workers=2))

    assert sorted(row.number for row in rows) == sorted(d.number for d in documents)
    assert [row.error for row in rows] == ["", "", ""]
    assert all((tmp_path / row.file).exists() for row in rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r=1"])
def test_a_cell_is_never_a_formula(text):
    assert safe_cell(text).startswith("'")


def test_other_cells_stay():
    assert safe_cell("Dr. H. Nama, S.H.") == "Dr. H. Nama, S.H."
    assert safe_cell("") == ""


def test_the_development_authority_is_made_once():
    folder = Path(settings.SIGNING["KEY_DIR"])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    output = io.StringIO()

    call_command("make_development_authority", stdout=output)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_half_an_authority_is_refused(tmp_path):
    (tmp_path / "root.pem").write_text("x")

    with pytest.raises(authority.NoSigningKey):
        authority.make_development_authority(tmp_path, "secret")


def test_an_authority_without_passphrase_is_refused(tmp_path):
    with pytest.raises(authority.NoSigningKey):
        authority.make_development_authority(tmp_path / "keys", "")
