"""Real keys for the session: the map's document is signed."""

from tests.statements.conftest import signing_keys

__all__ = ["signing_keys"]
