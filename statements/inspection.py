"""Strict judgement of a signed PDF: structure and cryptography, offline, pinned anchors.

Knows nothing of Django or the register. pyHanko judges the signatures and the differences
between revisions; the rules here refuse what it lets pass (see docs/decisions). Files of
strangers are judged in a process of their own with limits: `python -m statements.inspection`
reads a JSON line with the anchors and then the file, and answers with JSON.
"""

import dataclasses
import datetime
import io
import json
import logging
import re
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import cms, core, tsp, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from statements.difference import STRICT

MAX_BYTES = 2 * 1024 * 1024
MAX_SIGNATURES = 8
MAX_ATTACHMENT = 1024 * 1024
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 5
ATTACHMENT_NAME = "pernyataan.json"
HEADER = re.compile(rb"%PDF-1\.[3-7][\r\n]")
END = re.compile(rb"%%EOF(\r\n|\r|\n)?\Z")


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason to refuse: the code is for people's sentences, the detail for experts."""

    code: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


@dataclass(frozen=True, slots=True)
class SealReport:
    """One signature as the file tells it."""

    field: str
    name: str
    nip: str
    organisation: str
    certificate_serial: str
    stamped_at: str
    certifies: bool
    covers: int


@dataclass(frozen=True, slots=True)
class Report:
    problems: tuple[Problem, ...] = ()
    seals: tuple[SealReport, ...] = ()
    attachment: str | None = None


@dataclass(frozen=True, slots=True)
class Anchors:
    """The only certificates (DER) that are believed, for signers and for time stamps."""

    signers: tuple[bytes, ...]
    time_stamps: tuple[bytes, ...]


@dataclass(slots=True)
class _Findings:
    problems: list[Problem] = field(default_factory=list)
    seals: list[SealReport] = field(default_factory=list)

    def add(self, code: str, detail: object = "") -> None:
        self.problems.append(Problem(code, str(detail)[:200]))


def inspect(data: bytes, anchors: Anchors) -> Report:
    """Everything that is wrong with `data`; no problem means a sound, closed file."""
    if len(data) > MAX_BYTES:
        return Report((Problem("too_large"),))
    findings = _Findings()
    _check_outline(data, findings)
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        if reader.encrypted:
            return Report((*findings.problems, Problem("encrypted")))
        signatures = sorted(reader.embedded_signatures, key=lambda item: item.signed_revision)
    except Exception as error:
        return Report((*findings.problems, Problem("unreadable", type(error).__name__)))
    if not any(item.sig_object_type == "/Sig" for item in signatures):
        return Report((*findings.problems, Problem("unsigned")))
    if len(signatures) > MAX_SIGNATURES:
        return Report((*findings.problems, Problem("too_many_signatures", str(len(signatures)))))
    if _count_byte_ranges(data) != len(signatures):
        findings.add("hidden_signature")
    for signature in signatures:
        try:
            _check_signature(data, signature, signature is signatures[-1], anchors, findings)
        except Exception as error:
            findings.add("broken_signature", f"{type(error).__name__}: {error}")
    _check_order(signatures, findings)
    try:
        _check_active_content(reader, findings)
        attachment = _attachment(reader, findings)
    except Exception as error:
        findings.add("unreadable", type(error).__name__)
        attachment = None
    return Report(tuple(findings.problems), tuple(findings.seals), attachment)


def _check_outline(data: bytes, findings: _Findings) -> None:
    if not HEADER.match(data):
        findings.add("header_moved")
    if data.count(b"%PDF-") > 1 + data.count(b"stream") // 2:
        findings.add("header_moved", "several headers")
    if not END.search(data):
        findings.add("trailing_data")


def _count_byte_ranges(data: bytes) -> int:
    """Also as `/Byte#52ange`: a name may hide behind escapes."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), data)
    return max(data.count(b"/ByteRange"), plain.count(b"/ByteRange"))


def _check_signature(
    data: bytes, signature: Any, is_last: bool, anchors: Anchors, findings: _Findings
) -> None:
    name = signature.field_name
    _check_gap(data, signature, findings)
    if signature.sig_object_type == "/DocTimeStamp":
        _check_document_stamp(signature, is_last, anchors, findings)
        return
    stamp_time = _stamp_time(signature)
    if stamp_time is None:
        findings.add("no_time_stamp", name)
        return
    if signature.md_algorithm not in ("sha256", "sha384", "sha512"):
        findings.add("weak_digest", signature.md_algorithm)
    status = validate_pdf_signature(
        signature,
        signer_validation_context=_context(anchors.signers, stamp_time),
        ts_validation_context=_context(anchors.time_stamps, stamp_time),
        diff_policy=STRICT,
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
    )
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.valid and stamp.intact and stamp.trusted):
        findings.add("time_stamp_untrusted", name)
    if not status.intact or not status.valid:
        findings.add("broken_signature", name)
    elif not status.trusted:
        findings.add("signer_untrusted", f"{name}: {status.trust_problem_indic}")
    elif status.docmdp_ok is False or not status.bottom_line:
        findings.add("changed_after_signing", f"{name}: {status.modification_level}")
    if is_last:
        _check_tail(signature, status, findings)
    subject = signature.signer_cert.subject.native
    findings.seals.append(
        SealReport(
            field=name,
            name=subject.get("common_name", ""),
            nip=subject.get("serial_number", ""),
            organisation=subject.get("organization_name", ""),
            certificate_serial=format(signature.signer_cert.serial_number, "x"),
            stamped_at=stamp_time.isoformat(),
            certifies=signature.docmdp_level is not None
            and signature.sig_object.get("/Reference") is not None,
            covers=sum(int(number) for number in list(signature.byte_range)[2:]),
        )
    )


def _check_document_stamp(
    signature: Any, is_last: bool, anchors: Anchors, findings: _Findings
) -> None:
    moment = _token_time(signature.signed_data)
    status = validate_pdf_timestamp(
        signature, _context(anchors.time_stamps, moment), diff_policy=STRICT
    )
    level = getattr(status, "modification_level", None)
    sound = status.valid and status.intact and status.trusted and status.docmdp_ok is not False
    if not sound or (level is not None and level > ModificationLevel.FORM_FILLING):
        findings.add("time_stamp_untrusted", signature.field_name)
    if is_last:
        _check_tail(signature, status, findings)


def _check_tail(signature: Any, status: Any, findings: _Findings) -> None:
    """The last signature covers the file to its end, or only validation data follows it."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return
    level = status.modification_level
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        findings.add("not_covered", signature.field_name)
    elif level is None or level > ModificationLevel.LTA_UPDATES:
        findings.add("added_after_signing", level)
    elif not _brings_validation_data(signature):
        findings.add("added_after_signing", "no validation data")


def _brings_validation_data(signature: Any) -> bool:
    """What follows a signature may be there for the archive, and then it says so."""
    reader = signature.reader
    before = reader.get_historical_root(signature.signed_revision)
    return "/DSS" in reader.root and (
        "/DSS" not in before
        or before.raw_get("/DSS") != reader.root.raw_get("/DSS")
        or reader.root["/DSS"] != before["/DSS"]
    )


def _check_gap(data: bytes, signature: Any, findings: _Findings) -> None:
    """Between the two signed ranges stands one hexadecimal string and nothing else."""
    numbers = [int(number) for number in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        findings.add("byte_range", numbers)
        return
    start, length, after, rest = numbers
    if not start + length < after <= after + rest <= len(data):
        findings.add("byte_range", numbers)
        return
    gap = data[length:after]
    digits = gap[1:-1]
    if not (gap[:1] == b"<" and gap[-1:] == b">" and re.fullmatch(rb"[0-9a-fA-F]*", digits)):
        findings.add("byte_range_gap")
        return
    raw = bytes.fromhex(digits.decode() + "0" * (len(digits) % 2))
    used = len(core.load(raw, strict=False).dump()) if raw else 0
    if raw[used:].strip(b"\0"):
        findings.add("padding")


def _check_order(signatures: list[Any], findings: _Findings) -> None:
    """The first signature certifies the paper; no later one may, and each is later in time."""
    seals = [item for item in signatures if item.sig_object_type == "/Sig"]
    if seals[0].docmdp_level is None:
        findings.add("not_certified")
    times = [seal.stamped_at for seal in findings.seals]
    if times != sorted(times):
        findings.add("wrong_order")


def _check_active_content(reader: PdfFileReader, findings: _Findings) -> None:
    root = reader.root
    for name in ("/OpenAction", "/AA", "/Collection", "/Requirements"):
        if name in root:
            findings.add("active_content", name)
    if "/Names" in root and "/JavaScript" in root["/Names"]:
        findings.add("active_content", "/JavaScript")
    if "/AcroForm" in root and "/XFA" in root["/AcroForm"]:
        findings.add("active_content", "/XFA")


def _attachment(reader: PdfFileReader, findings: _Findings) -> str | None:
    """The one attached source, from the file's newest view."""
    found = list(_attachments(reader))
    if len(found) > 1:
        findings.add("attachments", len(found))
    for name, data in found:
        if name == ATTACHMENT_NAME and len(data) <= MAX_ATTACHMENT:
            try:
                return data.decode()
            except UnicodeDecodeError:
                break
    findings.add("no_content")
    return None


def _attachments(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    names = reader.root["/Names"] if "/Names" in reader.root else {}  # noqa: SIM401 -- `get` does not resolve
    pending, seen = [names["/EmbeddedFiles"]] if "/EmbeddedFiles" in names else [], 0
    while pending and seen < 100:
        node = pending.pop().get_object()
        seen += 1
        pending += list(node["/Kids"]) if "/Kids" in node else []
        entries = node["/Names"] if "/Names" in node else ()  # noqa: SIM401 -- same
        for index in range(1, len(entries), 2):
            specification = entries[index].get_object()
            stream = specification["/EF"]["/F"]
            if isinstance(stream, generic.StreamObject):
                yield str(specification["/UF"]), stream.data


def _context(roots: tuple[bytes, ...], moment: datetime.datetime) -> ValidationContext:
    """Offline, and at the moment of the time stamp: the certificates live ten minutes."""
    return ValidationContext(
        trust_roots=[x509.Certificate.load(root) for root in roots],
        allow_fetching=False,
        moment=moment,
        best_signature_time=moment,
        revocation_mode="soft-fail",
    )


def _stamp_time(signature: Any) -> datetime.datetime | None:
    tokens = list(extract_tst_data_iter(signature.signer_info, signed=False))
    return _token_time(tokens[0]) if len(tokens) == 1 else None


def _token_time(token: cms.SignedData) -> datetime.datetime:
    stamp: tsp.TSTInfo = token["encap_content_info"]["content"].parsed
    return stamp["gen_time"].native


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    logging.disable(logging.CRITICAL)
    header = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    anchors = Anchors(
        signers=tuple(bytes.fromhex(item) for item in header["signers"]),
        time_stamps=tuple(bytes.fromhex(item) for item in header["time_stamps"]),
    )
    _limit()
    report = inspect(data, anchors)
    sys.stdout.write(json.dumps(dataclasses.asdict(report)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
