"""What every test stands on: a database role that owns nothing, and folders of its own."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

from tests import database

SNAPSHOT = database.Snapshot()
LONGEST = {
    "test_migrations.py", "test_pages_accessible.py", "test_register_job.py", "test_risk_map.py",
    "test_whole_job.py",
}  # fmt: skip


def _put_back_reference_data(test: TransactionTestCase) -> None:
    """Instead of Django's flush, which needs the rights of the owner and forgets the rows."""
    SNAPSHOT.restore()


TransactionTestCase._fixture_teardown = _put_back_reference_data


def pytest_configure(config: pytest.Config) -> None:
    # One round: the tests log in hundreds of times and no password here is worth anything.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_finish(session: pytest.Session) -> None:
    # Django and ten thousand tests stay till the end: looking through them again and again for
    # garbage took an eighth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest tests first: at the end of a run one worker would wait for the other.
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that tests write go to a folder of this run, never to `var/`."""
    folder = tmp_path_factory.mktemp("var")
    settings.STORAGES["default"]["OPTIONS"] = {"location": folder / "uploads"}
    settings.STORAGES["documents"]["OPTIONS"] = {"location": folder / "documents"}
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.SIGNING["KEY_DIR"] = folder / "keys"
    settings.STATIC_ROOT = folder / "static"
    settings.STATIC_ROOT.mkdir()
    return folder


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Any:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    name = f"{database.base_name()}_{worker}".rstrip("_")
    with django_db_blocker.unblock():
        database.create(name, keep=django_db_keepdb, rebuild=django_db_createdb)
        SNAPSHOT.take()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        if not django_db_keepdb:
            database.drop(name)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The small province of `tests.world`, made once for a module and rolled back after it."""
    from tests.world import build, rolled_back

    with django_db_blocker.unblock(), rolled_back():
        yield build()


@pytest.fixture
def unharmed(world: Any) -> Iterator[Any]:
    """The province; what the test does to it is undone."""
    from tests.world import rolled_back

    with rolled_back():
        yield world
