"""Time stamps (RFC 3161): the portal's own key, or a service outside by setting."""

import datetime
import functools

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils import timezone
from pyhanko.sign import general
from pyhanko.sign.general import simple_cms_attribute
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import get_nonce
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from statements import authority

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
        self._certificate = x509.Certificate.load(
            own.certificate.public_bytes(serialization.Encoding.DER)
        )

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self.answer(req)

    def answer(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        now = timezone.now().replace(microsecond=0)
        stamp = {
            "version": "v1",
            "policy": tsp.ObjectIdentifier(POLICY),
            "message_imprint": request["message_imprint"],
            "serial_number": get_nonce(),
            "gen_time": now,
            "accuracy": {"seconds": 1},
        }
        if request["nonce"].native is not None:
            stamp["nonce"] = request["nonce"]
        token = self._token(tsp.TSTInfo(stamp).dump(), now)
        status = tsp.PKIStatusInfo({"status": tsp.PKIStatus("granted")})
        return tsp.TimeStampResp({"status": status, "time_stamp_token": token})

    def _token(self, stamp: bytes, now: datetime.datetime) -> cms.ContentInfo:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(stamp)
        signed = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(now)})),
                simple_cms_attribute(
                    "signing_certificate_v2",
                    general.as_signing_certificate_v2(self._certificate),
                ),
                simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )
        algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
        info = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                            {
                                "issuer": self._certificate.issuer,
                                "serial_number": self._certificate.serial_number,
                            }
                        )
                    }
                ),
                "digest_algorithm": algorithm,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signed_attrs": signed,
                "signature": self._key.sign(signed.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
        content = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": cms.DigestAlgorithms((algorithm,)),
                "encap_content_info": cms.EncapsulatedContentInfo(
                    {
                        "content_type": cms.ContentType("tst_info"),
                        "content": cms.ParsableOctetString(stamp),
                    }
                ),
                "certificates": [self._certificate],
                "signer_infos": [info],
            }
        )
        return cms.ContentInfo(
            {"content_type": cms.ContentType("signed_data"), "content": content}
        )
