"""The secrets of a checkout that `./run` set up, so that `manage.py` sees what the server sees.

Only for development: nothing is read where COI_ENVIRONMENT says production. Variables that are
set already win. Standard library only.
"""

import base64
import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SYLLABLES = (
    "ba be bi bo bu da di du ga gi ka ki ku la li lu ma mi mu na ni pa pi ra ri ru sa ti tu"
)


def var_dir() -> Path:
    return Path(os.environ.get("COI_VAR_DIR") or BASE_DIR / "var")


def secrets_file() -> Path:
    return var_dir() / "secrets.env"


def load() -> None:
    """Take over the checkout's own variables, if there are any."""
    if os.environ.get("COI_ENVIRONMENT", "development") != "development":
        return
    for name, value in _read().items():
        os.environ.setdefault(name, value)


def create() -> None:
    """Write what is missing from the secrets; what is there stays."""
    values = _read()
    fresh = {
        "COI_ENVIRONMENT": "development",
        "COI_SECRET_KEY": secrets.token_urlsafe(50),
        "COI_FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "COI_KEY_PASSPHRASE": secrets.token_urlsafe(24),
        "COI_DEMO_PASSWORD": _speakable_password(),
    }
    if fresh.keys() <= values.keys():
        return
    path = secrets_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}={value}\n" for name, value in (fresh | values).items()]
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text("# Made by ./run for this checkout only. Keep it private.\n" + "".join(lines))
    draft.replace(path)


def _read() -> dict[str, str]:
    try:
        text = secrets_file().read_text(encoding="utf-8")
    except (FileNotFoundError, PermissionError):
        return {}
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def _speakable_password() -> str:
    """About 58 bits, easy to type on a phone."""
    words = ["".join(secrets.choice(SYLLABLES.split()) for _ in range(3)) for _ in range(4)]
    return "-".join(words)
