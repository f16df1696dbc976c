"""Is this file a document of ours, whole, and in force?

A known hash is answered from the register at once. Anything else must be one of our files
with nothing but validation data appended: strict structure and cryptography first (in a
process of its own for strangers' files), then the register: the same bytes, the same text,
the same people in the same order.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from statements import authority
from statements.inspection import MAX_BYTES, Anchors, Problem, Report, SealReport, inspect
from statements.masking import mask_name
from statements.models import Document, Revision
from statements.states import SignatureState, State

if TYPE_CHECKING:
    import datetime

    from django.utils.functional import Promise

SECONDS = 15
TIME_STAMP_ANCHORS = "time-stamp-anchors.pem"
OLDER_ROOTS = "older-roots.pem"
CODE = re.compile(r"^[A-Z2-7]{26}$")
NUMBER = re.compile(r"^[A-Z0-9]{1,10}/[0-9]{4}/[^/]{1,20}/[0-9]{6,}$")


class Verdict(StrEnum):
    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ALTERED = "altered"
    UNKNOWN = "unknown"


TONES = {
    Verdict.VALID: "success",
    Verdict.SUPERSEDED: "warning",
    Verdict.REVOKED: "danger",
    Verdict.ALTERED: "danger",
    Verdict.UNKNOWN: "warning",
}
HEADINGS = {
    Verdict.VALID: _("Valid: genuine, unchanged and in force"),
    Verdict.SUPERSEDED: _("Genuine, but no longer the newest"),
    Verdict.REVOKED: _("Revoked: this document no longer holds"),
    Verdict.ALTERED: _("Altered: do not trust this file"),
    Verdict.UNKNOWN: _("Unknown: this portal cannot vouch for it"),
}
# A code proves nothing about what it is printed on.
HEADINGS_BY_CODE = {
    Verdict.VALID: _("The register holds a document with this code"),
    Verdict.SUPERSEDED: _("The document with this code is no longer the newest"),
    Verdict.REVOKED: _("The document with this code was revoked"),
    Verdict.UNKNOWN: _("The register cannot vouch for this code"),
}
REASONS: dict[str, Promise] = {
    "in_force": _("This document is genuine and in force."),
    "code_in_force": _("The register holds a document with this code, and it is in force."),
    "code_unproved": _(
        "The code alone says nothing about the paper or file before you: "
        "compare the number and the parties, or check the PDF file itself."
    ),
    "newer_revision": _("This file is genuine, but a newer file with more signatures exists."),
    "superseded": _("This document was replaced by a newer statement."),
    "revoked": _("This document was revoked."),
    "awaiting": _("Not everybody who is named in the document has signed yet."),
    "pending": _("This document is still being prepared."),
    "code_unknown": _("There is no document with this code."),
    "not_registered": _("This file is not in the register of documents."),
    "not_ours": _("This file does not carry a signature of this portal."),
    "unsigned_copy": _("The signatures were removed from this file."),
    "bytes_differ": _("This file differs from the one in the register."),
    "content_differs": _("The data in this file is not that of the register."),
    "signers_differ": _("The signatures are not those of the register."),
    "rolled_back": _("Signatures are missing from this file."),
    "too_large": _("The file is larger than 2 MB."),
    "too_long": _("The file took too long to check."),
    "encrypted": _("The file is encrypted."),
    "unreadable": _("The file is not a readable PDF."),
    "unsigned": _("The file carries no signature."),
    "too_many_signatures": _("The file carries too many signatures."),
    "header_moved": _("The file does not begin as a PDF does."),
    "trailing_data": _("Something was added after the end of the file."),
    "hidden_signature": _("The file hides a signature that readers do not see."),
    "byte_range": _("A signature does not cover the file as it should."),
    "byte_range_gap": _("Something is hidden between the signed parts of the file."),
    "padding": _("Something is hidden beside a signature."),
    "not_covered": _("The last signature does not cover its part of the file."),
    "added_after_signing": _("Something was added after the last signature."),
    "changed_after_signing": _("The document was changed after it was signed."),
    "broken_signature": _("A signature does not fit the document."),
    "signer_untrusted": _("A signature was not made with a certificate of this portal."),
    "time_stamp_untrusted": _("A time stamp is not from a trusted service."),
    "no_time_stamp": _("A signature has no time stamp."),
    "weak_digest": _("A signature uses an outdated method."),
    "not_certified": _("The first signature does not certify the document."),
    "wrong_order": _("The signatures are not in their order."),
    "active_content": _("The file contains a program."),
    "attachments": _("The file contains more attachments than it should."),
    "no_content": _("The file does not contain the data of the statement."),
}


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature as anybody may see it."""

    masked_name: str
    signed_at: datetime.datetime
    slot: str


@dataclass(frozen=True, slots=True)
class Result:
    verdict: Verdict
    codes: tuple[str, ...]
    document: Document | None = None
    signatures: tuple[SignatureView, ...] = ()
    sha256: str = ""
    details: tuple[str, ...] = ()
    # By its code alone nobody has seen the file yet.
    is_of_file: bool = True
    number: str = field(default="")

    @property
    def reasons(self) -> list[str]:
        """Sentences in the reader's language."""
        return [str(REASONS[code]) for code in self.codes]

    @property
    def is_valid(self) -> bool:
        return self.verdict is Verdict.VALID

    @property
    def tone(self) -> str:
        return "info" if self.is_valid and not self.is_of_file else TONES[self.verdict]

    @property
    def heading(self) -> str:
        by_code = {} if self.is_of_file else HEADINGS_BY_CODE
        return str(by_code.get(self.verdict, HEADINGS[self.verdict]))

    @property
    def successor_number(self) -> str:
        successor = getattr(self.document, "successor", None)
        return successor.number if successor else ""

    @property
    def masked_subject(self) -> str:
        return mask_name(self.document.subject.full_name) if self.document else ""


def verify_code(code: str) -> Result:
    """What the register says of the document with this code; the file itself is not seen."""
    document = find_by_code(code)
    if document is None:
        return Result(Verdict.UNKNOWN, ("code_unknown",), is_of_file=False)
    if document.state in (State.PENDING, State.FAILED):
        return Result(
            Verdict.UNKNOWN, ("pending",), document, number=document.number, is_of_file=False
        )
    result = _judge_state(document, document.file_sha256, is_current=True)
    codes = ["code_in_force" if code == "in_force" else code for code in result.codes]
    return dataclasses.replace(result, codes=(*codes, "code_unproved"), is_of_file=False)


def find_by_code(code: str) -> Document | None:
    """By the printed code, however it was typed: spaces and small letters are forgiven."""
    code = normal_code(code)
    return _documents().filter(code=code).first() if code else None


def normal_code(text: str) -> str:
    """The code in `text` as it is printed, or nothing."""
    code = re.sub(r"[\s-]", "", text).upper()
    return code if CODE.match(code) else ""


def verify_file(data: bytes, *, is_trusted_source: bool = False) -> Result:
    """The verdict on a file. Only files of our own making are parsed in this process."""
    sha256 = hashlib.sha256(data).hexdigest()
    if len(data) > MAX_BYTES:
        return Result(Verdict.UNKNOWN, ("too_large",), sha256=sha256)
    known = verify_hash(sha256)
    if known is not None:
        return known
    anchors = portal_anchors()
    report = inspect(data, anchors) if is_trusted_source else inspect_apart(data, anchors)
    return _judge_stranger(data, sha256, report)


def verify_hash(sha256: str) -> Result | None:
    """The verdict on a file whose hash is in the register, else None."""
    revision = Revision.objects.select_related("document").filter(sha256=sha256).first()
    if revision is None:
        return None
    document = _documents().get(pk=revision.document_id)
    if revision.number == 0:
        return Result(
            Verdict.ALTERED,
            ("unsigned_copy",),
            document,
            sha256=sha256,
            number=document.number,
        )
    is_current = sha256 == document.file_sha256
    return _judge_state(document, sha256, is_current=is_current, upto=revision.number)


def portal_anchors() -> Anchors:
    """The portal's own root and those before it; an outside time stamper's in their own file."""
    roots = (authority.trust_anchor().public_bytes(Encoding.DER), *_certificates_in(OLDER_ROOTS))
    return Anchors(signers=roots, time_stamps=(*roots, *_certificates_in(TIME_STAMP_ANCHORS)))


def _certificates_in(name: str) -> list[bytes]:
    path = Path(str(settings.SIGNING["KEY_DIR"])) / name
    if not path.exists():
        return []
    found = x509.load_pem_x509_certificates(path.read_bytes())
    return [certificate.public_bytes(Encoding.DER) for certificate in found]


def inspect_apart(data: bytes, anchors: Anchors) -> Report:
    """`inspect` in a process with little memory and time, no files and no secrets."""
    header = {
        "signers": [item.hex() for item in anchors.signers],
        "time_stamps": [item.hex() for item in anchors.time_stamps],
    }
    try:
        process = subprocess.run(
            [sys.executable, "-m", "statements.inspection"],
            input=json.dumps(header).encode() + b"\n" + data,
            capture_output=True,
            timeout=SECONDS,
            cwd=settings.BASE_DIR,
            env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Report((Problem("too_long"),))
    if process.returncode != 0:
        # Killed by a limit (memory, processor time), or broken by what it read.
        return Report((Problem("too_long" if process.returncode < 0 else "unreadable"),))
    return _report_from(json.loads(process.stdout))


def _report_from(answer: dict[str, Any]) -> Report:
    return Report(
        problems=tuple(Problem(**item) for item in answer["problems"]),
        seals=tuple(SealReport(**item) for item in answer["seals"]),
        attachment=answer["attachment"],
    )


def _judge_state(
    document: Document, sha256: str, *, is_current: bool, upto: int | None = None
) -> Result:
    """A genuine file: what became of its statement?"""
    if document.state == State.REVOKED:
        verdict, codes = Verdict.REVOKED, ["revoked"]
    elif document.state == State.SUPERSEDED:
        verdict, codes = Verdict.SUPERSEDED, ["superseded"]
    elif not is_current:
        verdict, codes = Verdict.SUPERSEDED, ["newer_revision"]
    else:
        verdict, codes = Verdict.VALID, ["in_force"]
        if document.awaited_slots:
            codes.append("awaiting")
    return Result(
        verdict,
        tuple(codes),
        document,
        _signatures(document, upto=upto),
        sha256,
        number=document.number,
    )


def _judge_stranger(data: bytes, sha256: str, report: Report) -> Result:
    """A file we never wrote: at best one of ours with validation data appended."""
    details = tuple(str(problem) for problem in report.problems)
    if Problem("too_long") in report.problems:
        # Nothing was learnt of the file, so nothing is said of what it lacks.
        return Result(Verdict.UNKNOWN, ("too_long",), sha256=sha256, details=details)
    document = _find_document(data, report)
    codes = list(dict.fromkeys(problem.code for problem in report.problems))
    if document is None:
        codes = codes or ["not_registered"]
        if "signer_untrusted" in codes or "unsigned" in codes:
            codes.insert(0, "not_ours")
        return Result(Verdict.UNKNOWN, tuple(codes), sha256=sha256, details=details)
    codes += [code for code in _differences(document, data, report) if code not in codes]
    if codes:
        return Result(
            Verdict.ALTERED,
            tuple(codes),
            document,
            sha256=sha256,
            details=details,
            number=document.number,
        )
    return _judge_state(document, sha256, is_current=True)


def _differences(document: Document, data: bytes, report: Report) -> list[str]:
    """What the register knows better than cryptography: person, order, text, revision."""
    found = []
    if report.attachment != document.content:
        found.append("content_differs")
    base = hashlib.sha256(data[: document.base_size]).hexdigest()
    if base != document.base_sha256:
        found.append("bytes_differ")
    signed = [
        signature
        for signature in document.signatures.all()
        if signature.state == SignatureState.SIGNED
    ]
    expected = [(item.slot, item.nip, item.certificate_serial) for item in signed]
    present = [(seal.field, seal.nip, seal.certificate_serial) for seal in report.seals]
    if present != expected:
        is_shorter = len(present) < len(expected) and present == expected[: len(present)]
        found.append("rolled_back" if is_shorter else "signers_differ")
    current = hashlib.sha256(data[: document.file_size]).hexdigest()
    if current != document.file_sha256 and "bytes_differ" not in found:
        found.append("bytes_differ")
    return found


def _find_document(data: bytes, report: Report) -> Document | None:
    """By what the file says of itself, by its certificates, or by the bytes it begins with."""
    serials = [seal.certificate_serial for seal in report.seals]
    if serials:
        found = _documents().filter(signatures__certificate_serial__in=serials).first()
        if found is not None:
            return found
    number = _number_of(report.attachment)
    found = _documents().filter(number=number).first() if number else None
    if found is not None and found.is_ready:
        return found
    return _find_by_beginning(data)


def _number_of(attachment: str | None) -> str:
    try:
        number = json.loads(attachment or "{}").get("number", "")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return number if isinstance(number, str) and NUMBER.match(number) else ""


def _find_by_beginning(data: bytes) -> Document | None:
    """A file that begins with one of ours, though nothing in it can be read any more.

    Each `%%EOF` may be the end of one of our revisions; a file has few of them.
    """
    ends = [match.end() for match in re.finditer(rb"%%EOF\n?", data)][:16]
    hashes = [hashlib.sha256(data[:end]).hexdigest() for end in ends]
    revision = Revision.objects.filter(sha256__in=hashes).order_by("-number").first()
    return _documents().get(pk=revision.document_id) if revision else None


def _documents() -> Any:
    return Document.objects.select_related("subject", "opd", "successor").prefetch_related(
        "signatures"
    )


def _signatures(document: Document, *, upto: int | None = None) -> tuple[SignatureView, ...]:
    return tuple(
        SignatureView(mask_name(item.name), item.signed_at, item.slot)
        for item in document.signatures.all()
        if item.signed_at is not None and (upto is None or item.order < upto)
    )
