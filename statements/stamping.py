"""Time stamps (RFC 3161): the portal's own key, or a service outside by setting.

The portal's own tokens are put together as bytes from parts made once a process: building
them with asn1crypto takes a tenth of the time of a whole statement.
"""

import datetime
import functools
import hashlib
import secrets

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils import timezone
from pyhanko.sign import general
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from statements import authority

# An arc for examples and private use: a province puts its own policy here.
POLICY = "2.25.296740117311216310172446617421562342113"
OUTSIDE_TIMEOUT = 10
SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04
GENERALIZED_TIME, UTC_TIME = 0x18, 0x17
CONTEXT_0 = 0xA0


@functools.cache
def time_stamper() -> TimeStamper:
    if url := settings.SIGNING["TIMESTAMP_URL"]:
        return RequestsHTTPTimeStamper(
            url, https=url.startswith("https:"), timeout=OUTSIDE_TIMEOUT
        )
    return InternalTimeStamper()


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


class InternalTimeStamper(TimeStamper):
    """Stamps with the portal's own key and clock."""

    def __init__(self) -> None:
        super().__init__()
        own = authority.time_stamp_authority()
        self._key = own.key
        data = own.certificate.public_bytes(serialization.Encoding.DER)
        certificate = x509.Certificate.load(data)
        self._certificates = der(CONTEXT_0, data)
        self._signer = der(
            SEQUENCE,
            certificate.issuer.dump(),
            core.Integer(certificate.serial_number).dump(),
        )
        self._digest = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
        self._signature = der(SEQUENCE, oid("1.2.840.10045.4.3.2"))  # ecdsa-with-SHA256
        self._tst_info = oid("1.2.840.113549.1.9.16.1.4")
        self._fixed_attributes = [
            _attribute("1.2.840.113549.1.9.3", self._tst_info),  # content type
            _attribute(
                "1.2.840.113549.1.9.16.2.47",
                general.as_signing_certificate_v2(certificate).dump(),
            ),
        ]

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Without the detour over a request and its answer: both sides are here."""
        imprint = tsp.MessageImprint(
            {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": md_algorithm}),
                "hashed_message": message_digest,
            }
        )
        return cms.ContentInfo.load(self.token(imprint.dump(), now=timezone.now()))

    def token(self, imprint: bytes, *, now: datetime.datetime) -> bytes:
        instant = now.astimezone(datetime.UTC)
        stamp = der(
            SEQUENCE,
            core.Integer(1).dump(),
            oid(POLICY),
            imprint,
            core.Integer(secrets.randbits(127)).dump(),
            der(GENERALIZED_TIME, instant.strftime("%Y%m%d%H%M%SZ").encode()),
            der(SEQUENCE, core.Integer(1).dump()),  # accurate to a second
        )
        attributes = sorted(
            [
                *self._fixed_attributes,
                _attribute(
                    "1.2.840.113549.1.9.5",
                    der(UTC_TIME, instant.strftime("%y%m%d%H%M%SZ").encode()),
                ),
                _attribute("1.2.840.113549.1.9.4", der(OCTETS, hashlib.sha256(stamp).digest())),
            ]
        )
        signature = self._key.sign(der(SET, *attributes), ec.ECDSA(hashes.SHA256()))
        info = der(
            SEQUENCE,
            core.Integer(1).dump(),
            self._signer,
            self._digest,
            der(CONTEXT_0, *attributes),
            self._signature,
            der(OCTETS, signature),
        )
        signed = der(
            SEQUENCE,
            core.Integer(3).dump(),
            der(SET, self._digest),
            der(SEQUENCE, self._tst_info, der(CONTEXT_0, der(OCTETS, stamp))),
            self._certificates,
            der(SET, info),
        )
        return der(SEQUENCE, oid("1.2.840.113549.1.7.2"), der(CONTEXT_0, signed))


def _attribute(name: str, value: bytes) -> bytes:
    return der(SEQUENCE, oid(name), der(SET, value))
