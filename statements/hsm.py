"""The issuing key in a hardware module (PKCS#11), by setting.

COI_PKCS11_CONFIG names a JSON file: {"module": "/usr/lib/…/libsofthsm2.so", "token": "coi",
"pin_file": "/run/secrets/pin", "key_label": "issuing", "certificate": "/etc/coi/issuing.pem"}.
Needs the package python-pkcs11 (0.9.x), which the portal does not install by itself.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from pathlib import Path
from typing import Any, Protocol

from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.exceptions import ImproperlyConfigured

HALF = 32  # bytes of r and of s on P-256


class IssuingModule(Protocol):
    certificate: x509.Certificate

    def sign_digest(self, digest: bytes) -> bytes:
        """The raw ECDSA signature (r and s, 32 bytes each) of a SHA-256 digest."""


class Pkcs11Module:
    """One session a process; a session does not survive a fork."""

    def __init__(self, path: Path) -> None:
        try:
            import pkcs11  # noqa: PLC0415 -- an optional package
        except ImportError as error:
            raise ImproperlyConfigured("COI_PKCS11_CONFIG needs python-pkcs11.") from error
        settings = json.loads(path.read_text())
        pin = Path(settings["pin_file"]).read_text().strip()
        token = pkcs11.lib(settings["module"]).get_token(token_label=settings["token"])
        self._session = token.open(user_pin=pin)
        self._key = self._session.get_key(
            object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=settings["key_label"]
        )
        self._mechanism = pkcs11.Mechanism.ECDSA
        self.certificate = x509.load_pem_x509_certificate(
            Path(settings["certificate"]).read_bytes()
        )

    def sign_digest(self, digest: bytes) -> bytes:
        return self._key.sign(digest, mechanism=self._mechanism)


def module(path: str) -> IssuingModule:
    return _module(path, os.getpid())


@functools.cache
def _module(path: str, _process: int) -> IssuingModule:
    return Pkcs11Module(Path(path))


def sign_certificate(builder: x509.CertificateBuilder, key: IssuingModule) -> x509.Certificate:
    """Let the module sign what a throwaway key of the same kind has laid out."""
    draft = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    body = draft.tbs_certificate_bytes
    raw = key.sign_digest(hashlib.sha256(body).digest())
    if len(raw) != 2 * HALF:
        raise ImproperlyConfigured("The issuing key in the module is not on the curve P-256.")
    signature = encode_dss_signature(
        int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big")
    )
    signed: Any = asn1_x509.Certificate.load(draft.public_bytes(serialization.Encoding.DER))
    signed["signature_value"] = core.OctetBitString(signature)
    certificate = x509.load_der_x509_certificate(signed.dump())
    certificate.verify_directly_issued_by(key.certificate)
    return certificate
