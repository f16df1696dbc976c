"""A crash anywhere leaves no document or a whole one; two at once sign once."""

import datetime
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pgtrigger
import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.module_loading import import_module

from jobs.models import Job
from jobs.testing import run_jobs
from statements import files, production, services, tasks, verification
from statements.services import DocumentError
from statements.states import State
from tests.people.factories import UserFactory
from tests.statements.factories import issue, made, proof_of

STEPS = [
    "statements.production.pdf.render",
    "statements.production.files.store",
    "statements.production.signers.default_signer",
    "statements.production.Revision.objects.create",
    "statements.production.record",
    "statements.production.move",
    "statements.files._write",
]


class Killed(BaseException):
    """Like the process's end: no `except Exception` sees it."""


def whole_or_nothing(document):
    document.refresh_from_db()
    if not document.is_ready:
        assert document.state == State.PENDING
        assert not document.revisions.exists()
        assert not document.signatures.filter(state="signed").exists()
        return "nothing"
    assert verification.verify_file(
        files.load(document.file_sha256), is_trusted_source=True
    ).is_valid
    assert document.revisions.count() == 2
    return "whole"


@pytest.mark.django_db
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("calls_before", [0, 1])
def test_a_kill_before_any_step_leaves_nothing_and_the_next_run_makes_it(
    monkeypatch, step, calls_before
):
    document = issue()
    module, name = step.rsplit(".", 1)
    target = _resolve(module)
    original, calls = getattr(target, name), []

    def killed(*args, **kwargs):
        calls.append(1)
        if len(calls) > calls_before:
            raise Killed
        return original(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(target, name, killed)
        try:
            with transaction.atomic():
                production.render_and_sign(document.pk)
        except Killed:
            assert whole_or_nothing(document) == "nothing"

    production.render_and_sign(document.pk)
    assert whole_or_nothing(document) == "whole"


def _resolve(path):
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name)
        return found
    raise AssertionError(path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["files.store", "Revision.objects.create", "move"])
def test_a_process_killed_in_the_middle(step):
    """A real process and a real SIGKILL; the database and the folder are all that is left."""
    document = issue()
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            owner, name = _resolve("statements.production"), step
            *path, name = step.split(".")
            for part in path:
                owner = getattr(owner, part)
            original = getattr(owner, name)

            def kill(*args, **kwargs):
                original(*args, **kwargs)
                os.kill(os.getpid(), signal.SIGKILL)

            setattr(owner, name, kill)
            production.render_and_sign(document.pk)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)

    assert os.WTERMSIG(status) == signal.SIGKILL
    assert whole_or_nothing(document) == "nothing"
    production.render_and_sign(document.pk)
    assert whole_or_nothing(document) == "whole"


@pytest.mark.django_db
def test_running_twice_changes_nothing():
    document = made(issue())
    before = (document.file_sha256, document.revisions.count())

    again = production.render_and_sign(document.pk)

    assert (again.file_sha256, again.revisions.count()) == before


@pytest.mark.django_db
def test_a_half_written_file_is_written_again():
    document = made(issue())
    folder = Path(settings.STORAGES["documents"]["OPTIONS"]["location"])
    path = folder / files.file_name(document.base_sha256)
    whole = path.read_bytes()
    path.write_bytes(whole[:100])

    assert files.store(whole) == document.base_sha256
    assert path.read_bytes() == whole


@pytest.mark.django_db
def test_the_worker_makes_it_from_the_queue():
    document = issue()

    assert run_jobs() >= 1

    assert whole_or_nothing(document) == "whole"


@pytest.mark.django_db
def test_the_last_failed_attempt_shows_the_document_as_failed(monkeypatch):
    document = issue()
    monkeypatch.setattr(production.pdf, "render", _fail)

    for _ in range(tasks.MAX_ATTEMPTS):
        Job.objects.filter(state="waiting").update(run_at="2020-01-01T00:00:00Z")
        run_jobs(raising=False)

    document.refresh_from_db()
    assert (document.state, document.failure) == (State.FAILED, "OSError")
    monkeypatch.undo()
    _age(document, hours=2)
    assert tasks.look_after_failed.call() == 1
    run_jobs()
    assert whole_or_nothing(document) == "whole"


@pytest.mark.django_db
def test_a_task_lost_with_its_worker_is_found_again():
    document = issue()
    Job.objects.all().delete()
    assert tasks.look_after_failed.call() == 0
    _age(document, hours=2)

    assert tasks.look_after_failed.call() == 1
    run_jobs()

    assert whole_or_nothing(document) == "whole"


@pytest.mark.django_db
def test_a_superseded_document_is_not_made_any_more():
    document = issue()
    issue(subject=document.subject, supersedes=document)

    production.render_and_sign(document.pk)

    document.refresh_from_db()
    assert (document.state, document.is_ready) == (State.SUPERSEDED, False)


def _fail(*_args, **_kwargs):
    raise OSError("disk full")


def _age(document, *, hours):
    """Make the request older, past the trigger that freezes it."""
    past = timezone.now() - datetime.timedelta(hours=hours)
    with pgtrigger.ignore("statements.Signature:frozen"):
        document.signatures.update(requested_at=past, proved_at=past)


@pytest.mark.django_db(transaction=True)
def test_two_superiors_countersign_once():
    document = made(issue(slots=2))
    people = UserFactory.create_batch(2)

    def sign(user):
        try:
            services.countersign(document, slot="superior", by=user, proof=proof_of(user))
        except DocumentError:
            return "refused"
        else:
            return "signed"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign, people)) == ["refused", "signed"]
    assert document.signatures.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_file():
    document = issue()

    def work(_number):
        try:
            return production.render_and_sign(document.pk).file_sha256
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(work, range(2)))) == 1
    assert whole_or_nothing(document) == "whole"


@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_without_gap_or_double():
    opd = issue().opd

    def one(_number):
        try:
            return issue(opd=opd).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(one, range(8)))
    assert [int(number[-6:]) for number in numbers] == list(range(2, 10))
