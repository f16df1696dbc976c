"""The files themselves: written whole before any row names them, never changed."""

import hashlib
import os
import secrets
from pathlib import Path

from django.core.files.base import ContentFile

from statements.models import documents_storage, file_name


class DamagedFileError(Exception):
    """A stored file is missing or is not what its name says."""


def store(data: bytes) -> str:
    """Keep `data` under its hash; returns the hash. Storing the same again changes nothing."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not _is_whole(sha256):
        _write(file_name(sha256), data)
    return sha256


def load(sha256: str) -> bytes:
    """The bytes of a file, compared with their name."""
    try:
        with documents_storage().open(file_name(sha256)) as file:
            data = file.read()
    except FileNotFoundError as error:
        raise DamagedFileError(f"The file {sha256[:12]}… is missing.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedFileError(f"The file {sha256[:12]}… is damaged.")
    return data


def _is_whole(sha256: str) -> bool:
    try:
        load(sha256)
    except DamagedFileError:
        return False
    return True


def _write(name: str, data: bytes) -> None:
    storage = documents_storage()
    try:
        path = Path(storage.path(name))
    except NotImplementedError:  # an object store: a whole object appears at once
        if storage.exists(name):
            storage.delete(name)
        storage.save(name, ContentFile(data))
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
