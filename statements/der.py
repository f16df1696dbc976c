"""DER and signed CMS put together as bytes.

asn1crypto builds the same containers object by object, which takes a tenth of the time of a
whole statement; what does not change from one signature to the next is made once here.
"""

from collections.abc import Sequence

from asn1crypto import core

SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04
GENERALIZED_TIME, UTC_TIME = 0x18, 0x17
CONTEXT_0, CONTEXT_1, DIRECTORY_NAME = 0xA0, 0xA1, 0xA4


def der(tag: int, *parts: bytes) -> bytes:
    """One DER element."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def oid(name: str) -> bytes:
    return core.ObjectIdentifier(name).dump()


def integer(value: int) -> bytes:
    return core.Integer(value).dump()


DATA = oid("1.2.840.113549.1.7.1")
SIGNED_DATA = oid("1.2.840.113549.1.7.2")
CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
SIGNING_TIME = oid("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE_V2 = oid("1.2.840.113549.1.9.16.2.47")
TIME_STAMP_TOKEN = oid("1.2.840.113549.1.9.16.2.14")
TST_INFO = oid("1.2.840.113549.1.9.16.1.4")
SHA256 = der(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"), core.Null().dump())
ECDSA_WITH_SHA256 = der(SEQUENCE, oid("1.2.840.10045.4.3.2"))


def attribute(kind: bytes, value: bytes) -> bytes:
    return der(SEQUENCE, kind, der(SET, value))


def issuer_and_serial(issuer: bytes, serial: int) -> bytes:
    return der(SEQUENCE, issuer, integer(serial))


def signing_certificate(fingerprint: bytes, issuer: bytes, serial: int) -> bytes:
    """The attribute that ties a signature to one certificate (RFC 5035), by its SHA-256."""
    names = der(SEQUENCE, der(DIRECTORY_NAME, issuer))
    which = der(SEQUENCE, der(OCTETS, fingerprint), der(SEQUENCE, names, integer(serial)))
    return attribute(SIGNING_CERTIFICATE_V2, der(SEQUENCE, der(SEQUENCE, which)))


def to_be_signed(attributes: Sequence[bytes]) -> bytes:
    """What the key signs: the attributes as a SET, whatever tag they carry in the container."""
    return der(SET, *sorted(attributes))


def signed_data(
    *,
    version: int,
    content: bytes,
    certificates: Sequence[bytes],
    signer: bytes,
    attributes: Sequence[bytes],
    signature: bytes,
    unsigned: bytes = b"",
) -> bytes:
    """A ContentInfo with one signer (RFC 5652), ECDSA with SHA-256."""
    info = der(
        SEQUENCE,
        integer(1),
        signer,
        SHA256,
        der(CONTEXT_0, *sorted(attributes)),
        ECDSA_WITH_SHA256,
        der(OCTETS, signature),
        der(CONTEXT_1, unsigned) if unsigned else b"",
    )
    signed = der(
        SEQUENCE,
        integer(version),
        der(SET, SHA256),
        content,
        der(CONTEXT_0, *sorted(certificates)),
        der(SET, info),
    )
    return der(SEQUENCE, SIGNED_DATA, der(CONTEXT_0, signed))
