"""Who puts the signature into the file: one interface, three kinds.

`ShortLivedSigner` signs in the name of a person who has just proved who they are, with a
certificate made for this one signature and a private key that is thrown away. Services
outside sign a hash (`DigestServiceSigner`) or the whole file (`DocumentServiceSigner`);
what comes back from them is judged like a file from a stranger.
"""

import asyncio
import datetime
import functools
import hashlib
import io
import re
from dataclasses import dataclass
from typing import Any, Protocol

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate, load_der_x509_certificate
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.signers.pdf_cms import Signer as CmsSigner
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from statements import authority, der, drawing, memory, stamping
from statements.inspection import Anchors, inspect
from statements.pdf import INTERNAL_FOOTER, Footer

# Certificates of the signer, the issuer and the time stamper need about 4 KB; hexadecimal.
BYTES_RESERVED = 16_384
BYTES_RESERVED_OUTSIDE = 65_536
DIGEST = "sha256"  # fixed: pyHanko would sign SHA-1 without complaint


class SignatureRefusedError(Exception):
    """A service returned something that is not the signature that was asked for."""


@dataclass(frozen=True, slots=True)
class SigningOrder:
    """One person's signature in one field."""

    slot: str
    name: str
    nip: str
    post: str
    organisation: str
    is_first: bool
    is_last: bool

    @property
    def reason(self) -> str:
        return "Membuat pernyataan" if self.is_first else "Mengetahui"


@dataclass(frozen=True, slots=True)
class Seal:
    """The file with one more signature, and what the register keeps of it."""

    pdf: bytes
    certificate_serial: str
    certificate_pem: str
    signed_at: datetime.datetime


class Signer(Protocol):
    footer: Footer

    def sign(self, pdf: bytes, order: SigningOrder) -> Seal:
        """`pdf` with one more signature; raises rather than return anything less."""


def default_signer() -> Signer:
    """The signer of the settings, one a process; raises without a key."""
    return _signer(settings.SIGNING["BACKEND"])


@functools.cache
def _signer(path: str) -> Signer:
    return import_string(path)()


class ShortLivedSigner:
    """A fresh key and a certificate of ten minutes for each signature."""

    footer = INTERNAL_FOOTER

    def sign(self, pdf: bytes, order: SigningOrder) -> Seal:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = authority.issue_short_lived(
            name=order.name,
            nip=order.nip,
            organisation=order.organisation,
            public_key=key.public_key(),
        )
        signer = _KeySigner(key, certificate)
        result = io.BytesIO()
        pdf_signer(signer, order, timestamper=stamping.time_stamper()).sign_pdf(
            _writer(pdf),
            existing_fields_only=True,
            bytes_reserved=BYTES_RESERVED,
            output=result,
        )
        memory.tidy()
        return read_seal(result.getvalue())


class DigestService(Protocol):
    """A service that signs a hash: the document never leaves the house."""

    def sign_digest(self, digest: bytes, order: SigningOrder) -> bytes:
        """A DER CMS (PAdES, detached, SHA-256) over `digest`."""


class DocumentService(Protocol):
    """A service that signs whole files."""

    def sign_document(self, pdf: bytes, order: SigningOrder) -> bytes: ...


class DigestServiceSigner:
    def __init__(self, service: DigestService, *, anchors: Anchors, footer: Footer) -> None:
        self.service = service
        self.anchors = anchors
        self.footer = footer

    def sign(self, pdf: bytes, order: SigningOrder) -> Seal:
        signed = asyncio.run(self._sign(pdf, order))
        return accept(signed, sent=pdf, order=order, anchors=self.anchors)

    async def _sign(self, pdf: bytes, order: SigningOrder) -> bytes:
        placeholder = ExternalSigner(signing_cert=None, cert_registry=None, signature_value=256)
        output = io.BytesIO()
        prepared, _tbs, _output = await pdf_signer(
            placeholder, order, timestamper=None
        ).async_digest_doc_for_signing(
            _writer(pdf),
            existing_fields_only=True,
            bytes_reserved=BYTES_RESERVED_OUTSIDE,
            output=output,
        )
        answer = await asyncio.to_thread(self.service.sign_digest, prepared.document_digest, order)
        await PdfTBSDocument.async_finish_signing(output, prepared, cms.ContentInfo.load(answer))
        return output.getvalue()


class DocumentServiceSigner:
    def __init__(self, service: DocumentService, *, anchors: Anchors, footer: Footer) -> None:
        self.service = service
        self.anchors = anchors
        self.footer = footer

    def sign(self, pdf: bytes, order: SigningOrder) -> Seal:
        answer = self.service.sign_document(pdf, order)
        return accept(answer, sent=pdf, order=order, anchors=self.anchors)


def accept(answer: bytes, *, sent: bytes, order: SigningOrder, anchors: Anchors) -> Seal:
    """What a service returned, if it is what was sent with exactly this signature added."""
    if not answer.startswith(sent) or len(answer) == len(sent):
        raise SignatureRefusedError("The file does not begin with the bytes that were sent.")
    report = inspect(answer, anchors)
    if report.problems:
        raise SignatureRefusedError("; ".join(str(problem) for problem in report.problems))
    earlier = 0 if order.is_first else len(inspect(sent, anchors).seals)
    if len(report.seals) != earlier + 1 or report.seals[-1].field != order.slot:
        raise SignatureRefusedError("The file holds another signature than the one asked for.")
    if order.nip and report.seals[-1].nip != order.nip:
        raise SignatureRefusedError("The certificate is another person's.")
    return read_seal(answer)


def pdf_signer(
    signer: CmsSigner, order: SigningOrder, *, timestamper: TimeStamper | None
) -> PdfSigner:
    metadata = PdfSignatureMetadata(
        field_name=order.slot,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        # The first certifies the paper; a later one fills its field, the last one locks it.
        certify=order.is_first,
        docmdp_permissions=MDPPerm.NO_CHANGES if order.is_last else MDPPerm.FILL_FORMS,
        name=order.name,
        reason=order.reason,
    )
    style = drawing.SignatureDrawing(name=order.name, moment=timezone.now())
    return PdfSigner(metadata, signer, timestamper=timestamper, stamp_style=style)


class _KeySigner(CmsSigner):
    """Keeps the key object and builds the CMS as bytes (PAdES: no signing time but the stamp's).

    pyHanko's own parses the key twice at every signature and builds the CMS object by object.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: Certificate) -> None:
        super().__init__(
            signing_cert=to_asn1(certificate),
            cert_registry=SimpleCertificateStore(),
            embed_roots=False,
        )
        self._key = key
        self._certificate = certificate

    async def async_sign(
        self,
        data_digest: bytes,
        digest_algorithm: str,
        dry_run: bool = False,
        use_pades: bool = False,
        timestamper: TimeStamper | None = None,
        **_settings: Any,
    ) -> cms.ContentInfo:
        if digest_algorithm != DIGEST or not use_pades or timestamper is None:
            raise SignatureRefusedError("Only PAdES with SHA-256 and a time stamp is made here.")
        issuer = self._certificate.issuer.public_bytes()
        serial = self._certificate.serial_number
        fingerprint = self._certificate.fingerprint(hashes.SHA256())
        attributes = [
            der.attribute(der.CONTENT_TYPE, der.DATA),
            der.attribute(der.MESSAGE_DIGEST, der.der(der.OCTETS, data_digest)),
            der.signing_certificate(fingerprint, issuer, serial),
        ]
        signature = self._key.sign(der.to_be_signed(attributes), ec.ECDSA(hashes.SHA256()))
        imprint = hashlib.sha256(signature).digest()
        stamp = await timestamper.async_timestamp(imprint, DIGEST)
        return cms.ContentInfo.load(
            der.signed_data(
                version=1,
                content=der.der(der.SEQUENCE, der.DATA),
                certificates=[
                    _as_der(self._certificate),
                    _as_der(authority.issuing_certificate()),
                ],
                signer=der.issuer_and_serial(issuer, serial),
                attributes=attributes,
                signature=signature,
                unsigned=der.attribute(der.TIME_STAMP_TOKEN, stamp.dump()),
            )
        )


def _as_der(certificate: Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def to_asn1(certificate: Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(_as_der(certificate))


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)


_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def read_seal(pdf: bytes) -> Seal:
    """What the last signature of a file that we have just made or accepted says."""
    *_, last = _BYTE_RANGE.finditer(pdf)
    _start, length, after, _rest = (int(number) for number in last.groups())
    raw = bytes.fromhex(pdf[length + 1 : after - 1].decode())
    signed = cms.ContentInfo.load(raw, strict=False)["content"]
    info = signed["signer_infos"][0]
    certificate = _signer_certificate(signed, info)
    return Seal(
        pdf=pdf,
        certificate_serial=format(certificate.serial_number, "x"),
        certificate_pem=load_der_x509_certificate(certificate.dump())
        .public_bytes(serialization.Encoding.PEM)
        .decode(),
        signed_at=_time_stamp(info),
    )


def _signer_certificate(signed: Any, info: Any) -> asn1_x509.Certificate:
    serial = info["sid"].chosen["serial_number"].native
    for item in signed["certificates"]:
        if item.chosen.serial_number == serial:
            return item.chosen
    raise SignatureRefusedError("The signature does not bring its certificate.")


def _time_stamp(info: Any) -> datetime.datetime:
    for attribute in info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"]
            stamp: tsp.TSTInfo = token.parsed
            return stamp["gen_time"].native
    raise SignatureRefusedError("The signature has no time stamp.")
