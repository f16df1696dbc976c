"""Time stamps (RFC 3161): the portal's own key, or a service outside by setting.

The portal's own tokens are put together as bytes (`der`) from parts made once a process.
"""

import datetime
import functools
import hashlib
import secrets

from asn1crypto import algos, cms, tsp
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils import timezone
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from statements import authority, der

# An arc for examples and private use: a province puts its own policy here.
POLICY = "2.25.296740117311216310172446617421562342113"
OUTSIDE_TIMEOUT = 10


@functools.cache
def time_stamper() -> TimeStamper:
    if url := settings.SIGNING["TIMESTAMP_URL"]:
        return RequestsHTTPTimeStamper(
            url, https=url.startswith("https:"), timeout=OUTSIDE_TIMEOUT
        )
    return InternalTimeStamper()


class InternalTimeStamper(TimeStamper):
    """Stamps with the portal's own key and clock."""

    def __init__(self) -> None:
        super().__init__()
        own = authority.time_stamp_authority()
        self._key = own.key
        self._certificate = own.certificate.public_bytes(serialization.Encoding.DER)
        issuer = own.certificate.issuer.public_bytes()
        serial = own.certificate.serial_number
        self._signer = der.issuer_and_serial(issuer, serial)
        fingerprint = hashlib.sha256(self._certificate).digest()
        self._fixed_attributes = [
            der.attribute(der.CONTENT_TYPE, der.TST_INFO),
            der.signing_certificate(fingerprint, issuer, serial),
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
        stamp = der.der(
            der.SEQUENCE,
            der.integer(1),
            der.oid(POLICY),
            imprint,
            der.integer(secrets.randbits(127)),
            der.der(der.GENERALIZED_TIME, instant.strftime("%Y%m%d%H%M%SZ").encode()),
            der.der(der.SEQUENCE, der.integer(1)),  # accurate to a second
        )
        digest = der.der(der.OCTETS, hashlib.sha256(stamp).digest())
        moment = der.der(der.UTC_TIME, instant.strftime("%y%m%d%H%M%SZ").encode())
        inside = der.der(der.CONTEXT_0, der.der(der.OCTETS, stamp))
        attributes = [
            *self._fixed_attributes,
            der.attribute(der.SIGNING_TIME, moment),
            der.attribute(der.MESSAGE_DIGEST, digest),
        ]
        return der.signed_data(
            version=3,
            content=der.der(der.SEQUENCE, der.TST_INFO, inside),
            certificates=[self._certificate],
            signer=self._signer,
            attributes=attributes,
            signature=self._key.sign(der.to_be_signed(attributes), ec.ECDSA(hashes.SHA256())),
        )
