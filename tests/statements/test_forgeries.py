"""Every known way to forge a signed file is refused."""

import pytest

from statements import files, verification
from tests.statements.attacks import ATTACKS
from tests.statements.factories import countersigned, issue, made
from tests.world import rolled_back


@pytest.fixture(scope="module")
def genuine(django_db_setup, django_db_blocker, signing_keys):
    """Files of one and of two signatures, made once; what a forger starts from."""
    with django_db_blocker.unblock(), rolled_back():
        once = made(issue(slots=2))
        twice = countersigned(made(issue(slots=2)))
        yield {
            number: files.load(document.file_sha256)
            for number, document in ((1, once), (2, twice))
        }


@pytest.mark.parametrize("signatures", [1, 2])
@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_a_forged_file_is_refused(genuine, name, signatures):
    file = genuine[signatures]
    forged = ATTACKS[name](file)
    assert forged != file

    # As a stranger's file, but in this process: a process of its own for each takes long.
    result = verification.verify_file(forged, is_trusted_source=True)

    assert result.verdict in ("altered", "unknown")
    assert result.reasons


@pytest.mark.parametrize("signatures", [1, 2])
def test_the_file_that_a_forger_starts_from_is_good(genuine, signatures):
    result = verification.verify_file(genuine[signatures], is_trusted_source=True)

    assert result.verdict == "valid"
