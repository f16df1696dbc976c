"""./run and ./test as far as they can be tried without starting the portal."""

import hashlib
import os
import socket
import subprocess

import pytest
from django.conf import settings

from coi_portal import local_environment, native_libraries
from scripts import preparing, serve, setup_environment, terminal

RUN = settings.BASE_DIR / "run"


def run(*arguments, folder, environment=None):
    return subprocess.run(
        [str(RUN), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment or os.environ,
    )


def test_help_tells_all_from_any_folder(tmp_path):
    ended = run("--help", folder=tmp_path)

    assert ended.returncode == 0
    for option in ("--port", "--host", "--empty", "--strict", "DATABASE_URL"):
        assert option in ended.stdout


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "web"], ["--unknown"]])
def test_a_wrong_argument_starts_nothing(arguments, tmp_path):
    ended = run(*arguments, folder=tmp_path)

    assert ended.returncode == 2
    assert "usage: ./run" in ended.stderr


def test_a_taken_port_names_a_free_one(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = run("--port", str(port), folder=tmp_path)

    assert ended.returncode == 1
    assert f"Port {port} is taken" in ended.stderr
    assert "./run --port" in ended.stderr


def test_a_failure_shows_its_words_and_no_frames(tmp_path):
    log = tmp_path / "step.log"
    log.write_text(
        "Traceback (most recent call last):\n  File x\nKeyError: 1\n\nDuring this another came:\n"
        "Traceback (most recent call last):\n  File y\n    call()\nOperationalError: refused\n"
        "\tIs the server running?\n"
    )

    assert terminal.tail(log) == "OperationalError: refused\n\tIs the server running?"
    log.write_text("one\ntwo\n")
    assert terminal.tail(log, 1) == "two"


def test_an_old_python_is_told_what_to_do(tmp_path):
    fake = tmp_path / "python3"
    fake.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')
    fake.chmod(0o755)
    for program in ("dirname", "bash", "env"):
        (tmp_path / program).symlink_to(f"/usr/bin/{program}")

    ended = run("--help", folder=tmp_path, environment={"PATH": str(tmp_path)})

    assert ended.returncode == 1
    assert "Python 3.11 or newer is needed, and Python 3.9.2 is here." in ended.stderr


@pytest.fixture
def own_var(tmp_path, monkeypatch):
    monkeypatch.setenv("COI_VAR_DIR", str(tmp_path))
    return tmp_path


def test_secrets_are_private_and_stay_the_same(own_var):
    local_environment.create()
    file = local_environment.secrets_file()
    before = file.read_text()

    local_environment.create()

    assert file.read_text() == before
    assert file.stat().st_mode & 0o777 == 0o600


def test_secrets_do_not_override_what_is_set(own_var, monkeypatch):
    local_environment.create()
    monkeypatch.setenv("COI_SECRET_KEY", "set outside")
    monkeypatch.delenv("COI_DEMO_PASSWORD")

    local_environment.load()

    assert os.environ["COI_SECRET_KEY"] == "set outside"
    assert len(os.environ["COI_DEMO_PASSWORD"]) >= 12


def test_production_reads_no_secrets_of_a_checkout(own_var, monkeypatch):
    local_environment.create()
    monkeypatch.setenv("COI_ENVIRONMENT", "production")
    monkeypatch.delenv("COI_DEMO_PASSWORD")

    local_environment.load()

    assert "COI_DEMO_PASSWORD" not in os.environ


def test_a_stamp_is_forgotten_when_what_it_stands_for_changes(tmp_path):
    stamps = preparing._Stamps(tmp_path / "stamps.json")

    stamps.put("static", "one")

    again = preparing._Stamps(tmp_path / "stamps.json")
    assert not again.differ("static", "one")
    assert again.differ("static", "two")


def test_the_portal_listening_everywhere_answers_to_its_names():
    names = serve._names("0.0.0.0")

    assert {"localhost", "127.0.0.1", socket.gethostname().lower()} <= set(names)


def test_the_index_comes_from_pips_own_configuration(tmp_path, monkeypatch):
    configuration = tmp_path / "pip.conf"
    configuration.write_text("[global]\nindex-url = https://packages.example/simple/\n")
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))

    assert setup_environment.index_address() == "https://packages.example/simple/"

    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple/")
    assert setup_environment.index_address() == "https://other.example/simple/"


def test_pips_files_are_read_from_both_kinds_of_index():
    digest = hashlib.sha256(b"wheel").hexdigest()
    page = f'<a href="../pip-25.1-py3-none-any.whl#sha256={digest}">pip</a><a href="x.tar.gz">'
    as_json = (
        '{"files": [{"filename": "pip-25.1-py3-none-any.whl", "url": "u", "hashes": '
        f'{{"sha256": "{digest}"}}}}, {{"filename": "pip-25.1.tar.gz"}}]}}'
    )

    assert setup_environment._files_of_page(page.encode())[0][0] == "pip-25.1-py3-none-any.whl"
    assert setup_environment._files_of_json(as_json.encode())[0][2] == digest


def test_versions_of_pip_are_ordered_as_numbers():
    assert setup_environment._version("pip-25.10-py3-none-any.whl") > setup_environment._version(
        "pip-25.9-py3-none-any.whl"
    )
    assert setup_environment._version("pip-26.0b1-py3-none-any.whl") == (0,)


def test_native_libraries_say_what_is_there():
    assert native_libraries.load() == native_libraries.available()


def test_the_runtime_lock_names_no_index_and_holds_every_pin():
    lock = (settings.BASE_DIR / setup_environment.LOCK).read_text()

    assert "://" not in lock
    assert setup_environment.lock_is_complete()
