import pytest

from notices import kinds


@pytest.fixture(autouse=True)
def kinds_of_the_tests(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register("test.event", "Something happened")
    kinds.register("test.security", "Security of the account", is_mandatory=True)
