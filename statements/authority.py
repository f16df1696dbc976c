"""The portal's own certificate authority, for development and small offices.

A root that signs two certificates and is then thrown away (its certificate stays as the
only trust anchor), an issuing authority for the people's short-lived certificates, and a
time-stamp authority. A province with a PKI of its own puts its files in the same places.
"""

import datetime
import functools
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from statements import hsm

ROOT_FILE = "root.pem"
ISSUING_FILE = "issuing.p12"
TIME_STAMP_FILE = "time-stamp.p12"
ROOT_YEARS, AUTHORITY_YEARS = 25, 15
# ETSI EN 319 412-1: validity assured - short term, so there is nothing to revoke or to ask.
SHORT_TERM = x509.ObjectIdentifier("0.4.0.194121.2.1")
CLOCK_SKEW = datetime.timedelta(minutes=1)
LIFE = datetime.timedelta(minutes=10)


class NoSigningKey(ImproperlyConfigured):
    """There is no usable key: nothing is issued, and nothing goes out unsigned."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate with its private key, loaded once a process."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    others: tuple[x509.Certificate, ...]


@functools.cache
def issuing_authority() -> Authority:
    return _load(ISSUING_FILE)


@functools.cache
def time_stamp_authority() -> Authority:
    return _load(TIME_STAMP_FILE)


@functools.cache
def trust_anchor() -> x509.Certificate:
    path = _folder() / ROOT_FILE
    if not path.exists():
        raise NoSigningKey(f"No trust anchor in {path.name}; run make_development_authority.")
    return x509.load_pem_x509_certificate(path.read_bytes())


def forget() -> None:
    """Read the key files again (after they were replaced)."""
    for cached in (issuing_authority, time_stamp_authority, trust_anchor):
        cached.cache_clear()


def is_complete() -> bool:
    return all((_folder() / name).exists() for name in (ROOT_FILE, ISSUING_FILE, TIME_STAMP_FILE))


def issue_short_lived(
    *, name: str, nip: str, organisation: str, public_key: ec.EllipticCurvePublicKey
) -> x509.Certificate:
    """A certificate for one signature of one person, valid for ten minutes."""
    issuer = issuing_certificate()
    now = timezone.now()
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
        # X.509 allows 64 characters; the whole name stands in the document.
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _fit(organisation)),
        x509.NameAttribute(NameOID.COMMON_NAME, _fit(name)),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, nip),
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([item for item in attributes if item.value]))
        .issuer_name(issuer.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.UnrecognizedExtension(SHORT_TERM, b"\x05\x00"), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),
            critical=False,
        )
    )
    if path := settings.SIGNING["PKCS11"]:
        return hsm.sign_certificate(builder, hsm.module(path))
    return builder.sign(issuing_authority().key, hashes.SHA256())


def issuing_certificate() -> x509.Certificate:
    """Of the issuing authority, wherever its key is."""
    if path := settings.SIGNING["PKCS11"]:
        return hsm.module(path).certificate
    return issuing_authority().certificate


def make_development_authority(folder: Path, passphrase: str) -> bool:
    """Write the three files unless they are all there; says whether it wrote them.

    The root's private key lives in this function's memory only.
    """
    if not passphrase:
        raise NoSigningKey("COI_KEY_PASSPHRASE is empty.")
    names = (ROOT_FILE, ISSUING_FILE, TIME_STAMP_FILE)
    present = [name for name in names if (folder / name).exists()]
    if len(present) == len(names):
        return False
    if present:
        raise NoSigningKey(
            f"Only {', '.join(present)} in the key folder: move them away or restore the others."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root_key, root = _make_root()
    issuing = _make_child(root_key, root, "Portal COI - Penerbit Sertifikat Internal", ca=True)
    stamping = _make_child(root_key, root, "Portal COI - Penanda Waktu", ca=False)
    for name, (key, certificate) in ((ISSUING_FILE, issuing), (TIME_STAMP_FILE, stamping)):
        data = pkcs12.serialize_key_and_certificates(
            b"coi",
            key,
            certificate,
            [root],
            serialization.BestAvailableEncryption(passphrase.encode()),
        )
        _write(folder / name, data)
    # Last: a trust anchor says that the set is whole.
    _write(folder / ROOT_FILE, root.public_bytes(serialization.Encoding.PEM))
    forget()
    return True


def _load(name: str) -> Authority:
    path = _folder() / name
    passphrase = settings.SIGNING["PASSPHRASE"]
    if not path.exists():
        raise NoSigningKey(f"No key in {name}; run make_development_authority.")
    if not passphrase:
        raise NoSigningKey("COI_KEY_PASSPHRASE is empty.")
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(
            path.read_bytes(), passphrase.encode()
        )
    except ValueError as error:
        raise NoSigningKey(f"{name} cannot be opened with COI_KEY_PASSPHRASE.") from error
    if certificate is None or not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NoSigningKey(f"{name} holds no certificate with an elliptic-curve key.")
    return Authority(certificate, key, tuple(others))


def _folder() -> Path:
    return Path(settings.SIGNING["KEY_DIR"])


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and never readable by others."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


def _make_root() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Portal COI - Akar Pengembangan")
    certificate = (
        _builder(name, name, key.public_key(), ROOT_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _make_child(
    root_key: ec.EllipticCurvePrivateKey, root: x509.Certificate, title: str, *, ca: bool
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name(title), root.subject, key.public_key(), AUTHORITY_YEARS)
    builder = builder.add_extension(
        x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True
    ).add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
    )
    if ca:
        builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    else:
        builder = builder.add_extension(_usage(digital_signature=True), critical=True)
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return key, builder.sign(root_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, years: int
) -> x509.CertificateBuilder:
    now = timezone.now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + datetime.timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(title: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _fit(settings.PROVINCE["name"])),
            x509.NameAttribute(NameOID.COMMON_NAME, title),
        ]
    )


USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _usage(**true: bool) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: true.get(name, False) for name in USAGES})


def _fit(text: str) -> str:
    return text[:64].strip()
