"""Real keys for the session, and the queue that the tests run by hand."""

import pytest
from django.conf import settings

from statements import authority


@pytest.fixture(scope="session", autouse=True)
def signing_keys(own_folders):
    authority.make_development_authority(
        settings.SIGNING["KEY_DIR"], settings.SIGNING["PASSPHRASE"]
    )
