"""Good files are recognised, forged ones refused, and the register has the last word."""

import gc
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from people.models import User
from statements import authority, files, hsm, pdf, production, services, signers, verification
from statements.canonical import canonical_json
from statements.inspection import MAX_BYTES, inspect
from statements.signers import ShortLivedSigner, SigningOrder
from tests.people.factories import UserFactory
from tests.statements import verapdf
from tests.statements.attacks import ATTACKS
from tests.statements.factories import countersigned, issue, made, proof_of
from tests.statements.samples import content

pytestmark = pytest.mark.django_db

PDFSIG = shutil.which("pdfsig")


def current(document):
    document.refresh_from_db()
    return files.load(document.file_sha256)


def check(data):
    """As a stranger's file, but in this process: the tests make hundreds."""
    return verification.verify_file(data, is_trusted_source=True)


def order(**changes):
    values = {
        "slot": "declarant",
        "name": "Suharto",
        "nip": "198001012005011001",
        "post": "",
        "organisation": "Dinas",
        "is_first": True,
        "is_last": True,
        **changes,
    }
    return SigningOrder(**values)


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_a_good_file_is_good_by_hash_and_by_cryptography(slots):
    document = made(issue(slots=slots))
    for slot in ("superior", "head")[: slots - 1]:
        document = countersigned(document, slot)
    data = current(document)

    report = inspect(data, verification.portal_anchors())

    assert report.problems == ()
    assert [seal.field for seal in report.seals] == document.slots
    assert report.attachment == document.content
    assert verification._judge_stranger(data, "", report).verdict == "valid"
    assert check(data).codes == ("in_force",)


def test_the_first_signature_stays_valid_and_certifies():
    document = countersigned(made(issue(slots=2)))

    report = inspect(current(document), verification.portal_anchors())

    assert [seal.certifies for seal in report.seals] == [True, True]
    assert report.seals[0].nip == document.subject.nip


@pytest.mark.skipif(PDFSIG is None, reason="poppler's pdfsig is not installed")
def test_pdfsig_finds_both_signatures_valid(tmp_path):
    document = countersigned(made(issue(slots=2)))
    path = tmp_path / "statement.pdf"
    path.write_bytes(current(document))

    answer = subprocess.run(
        [PDFSIG, "-nocert", str(path)], capture_output=True, text=True, check=False
    ).stdout

    assert answer.count("Signature is Valid") == 2
    assert "Total document signed" in answer
    assert "ETSI.CAdES.detached" in answer


def test_verapdf_finds_pdf_a_and_pdf_ua(tmp_path):
    """Signed once and twice, with a sheet on its side; and it tells a file that is neither."""
    wide = content(rows=90, slots=2)
    wide["sections"][1]["is_wide"] = True
    files = [tmp_path / f"{name}.pdf" for name in ("once", "twice", "wide", "neither")]
    files[0].write_bytes(current(made(issue())))
    files[1].write_bytes(current(countersigned(made(issue(slots=2)))))
    files[2].write_bytes(
        pdf.render(canonical_json(wide), code="A" * 26, created_at=timezone.now())
    )
    files[3].write_bytes(files[0].read_bytes().replace(b"/Marked true", b"/Marked null"))

    found = verapdf.faults(files)

    assert [found[str(file)] for file in files[:3]] == [[], [], []]
    assert {fault.split(":2")[0] for fault in found[str(files[3])]} == {
        "ISO 19005-3",
        "ISO 14289-1",
    }


@pytest.mark.parametrize("name", ["another_page_content", "text_after_the_end", "written_anew"])
def test_a_strangers_file_is_judged_apart_with_the_same_result(name):
    document = made(issue())
    forged = ATTACKS[name](current(document))

    assert verification.verify_file(forged).codes == check(forged).codes


def test_an_appended_time_stamp_is_allowed():
    """What others add for the archive (a document time stamp) changes nothing that was said."""
    document = made(issue())
    stamped = _with_time_stamp(current(document))

    assert check(stamped).verdict == "valid"


def _with_time_stamp(data):
    import io

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers.pdf_signer import PdfTimeStamper

    from statements import stamping

    output = io.BytesIO()
    PdfTimeStamper(stamping.time_stamper()).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)), "sha256", output=output
    )
    return output.getvalue()


def test_the_earlier_file_is_genuine_but_superseded():
    document = made(issue(slots=2))
    first = current(document)
    assert check(first).codes == ("in_force", "awaiting")

    countersigned(document)

    result = check(first)
    assert (result.verdict, result.codes) == ("superseded", ("newer_revision",))
    assert [item.slot for item in result.signatures] == ["declarant"]


def test_the_unsigned_base_is_altered():
    document = made(issue())

    assert check(files.load(document.base_sha256)).codes == ("unsigned_copy",)


def test_revoked_and_superseded_are_told():
    old = made(issue())
    data = current(old)
    issue(subject=old.subject, supersedes=old)
    assert check(data).verdict == "superseded"

    services.revoke(old, by=old.subject, reason="Keliru")
    assert check(data).verdict == "revoked"


def test_another_person_in_the_second_place_is_refused():
    """Cryptographically perfect: our own authority signs for somebody the register never saw."""
    document = made(issue(slots=2))
    first = current(document)
    countersigned(document)

    other = ShortLivedSigner().sign(first, order(slot="superior", is_first=False, nip="1" * 18))

    assert inspect(other.pdf, verification.portal_anchors()).problems == ()
    result = check(other.pdf)
    assert result.verdict == "altered"
    assert "signers_differ" in result.codes


def test_a_second_signature_nobody_registered_is_refused():
    document = made(issue(slots=2))

    other = ShortLivedSigner().sign(
        current(document), order(slot="superior", is_first=False, nip="1" * 18)
    )

    result = check(other.pdf)
    assert (result.verdict, "signers_differ" in result.codes) == ("altered", True)


def test_rendered_and_sealed_again_with_another_number_is_refused():
    document = made(issue())
    content = json.loads(document.content) | {"number": "F2/2026/99.02/999999"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    again = _sealed(text, document)

    result = check(again)
    assert (result.verdict, result.codes) == ("unknown", ("not_registered",))


def test_rendered_and_sealed_again_with_the_same_content_is_refused():
    document = made(issue())

    result = check(_sealed(document.content, document))

    assert result.verdict == "altered"
    assert "signers_differ" in result.codes


def _sealed(text, document):
    base = pdf.render(text, code=document.code, created_at=document.created_at)
    return ShortLivedSigner().sign(base, order(nip=document.subject.nip)).pdf


def test_a_text_that_differs_from_the_data_is_refused():
    """The paper of one statement around the data of another."""
    document, other = made(issue()), made(issue())
    base = pdf.render(other.content, code=document.code, created_at=document.created_at)
    forged = base.replace(other.code.encode(), document.code.encode())

    signed = ShortLivedSigner().sign(forged, order(nip=document.subject.nip)).pdf

    assert check(signed).verdict == "altered"


def test_a_self_made_authority_of_the_same_name_is_refused(tmp_path, settings):
    document = made(issue())
    real = dict(settings.SIGNING)
    settings.SIGNING = real | {"KEY_DIR": tmp_path / "keys"}
    authority.make_development_authority(tmp_path / "keys", real["PASSPHRASE"])
    from statements import stamping

    stamping.time_stamper.cache_clear()
    try:
        forged = _sealed(document.content, document)
    finally:
        settings.SIGNING = real
        authority.forget()
        stamping.time_stamper.cache_clear()

    result = check(forged)

    assert not result.is_valid
    assert {"signer_untrusted", "time_stamp_untrusted"} & set(result.codes)


def test_an_expired_certificate_is_judged_at_the_time_of_its_stamp():
    """Ten minutes later the certificate is over; the signature is as good as ever."""
    import datetime

    import time_machine

    document = made(issue())
    data = current(document)

    with time_machine.travel(timezone.now() + datetime.timedelta(days=400)):
        report = inspect(data, verification.portal_anchors())

    assert report.problems == ()


def test_junk_and_giants_are_unknown():
    assert check(b"%PDF-1.7\n%%EOF").verdict == "unknown"
    assert check(b"").verdict == "unknown"
    assert check(b"%PDF-1.7" + b"0" * MAX_BYTES).codes == ("too_large",)


def test_of_a_file_that_took_too_long_nothing_else_is_said(monkeypatch):
    document = made(issue())
    monkeypatch.setattr(verification, "SECONDS", 0.01)

    result = verification.verify_file(current(document) + b"\n%x\n")

    assert (str(result.verdict), result.codes) == ("unknown", ("too_long",))


def test_a_bomb_is_stopped(monkeypatch):
    """Far more after unpacking than before: the process apart has a limit, ours has none."""
    import zlib

    bomb = zlib.compress(b"0" * 700_000_000, 9)
    data = (
        b"%PDF-1.7\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length "
        + str(len(bomb)).encode()
        + b">>stream\n"
        + bomb
        + b"\nendstream\nendobj\nxref\n0 1\n0000000000 65535 f \n"
        + b"trailer\n<</Root 1 0 R/Size 2>>\nstartxref\n0\n%%EOF"
    )

    assert verification.verify_file(data).verdict == "unknown"


def test_no_name_and_no_number_of_a_person_is_in_the_result():
    document = made(issue(subject=UserFactory(name="Ma'ruf Amin")))

    result = check(current(document))

    assert [item.masked_name for item in result.signatures] == ["M***f A**n"]
    assert result.masked_subject == "M***f A**n"


class FakeService:
    """A signing service outside: gets a file, returns a signed one."""

    def __init__(self, change=lambda data: data, **changes):
        self.change, self.changes = change, changes

    def sign_document(self, data, asked):
        values = {name: getattr(asked, name) for name in SigningOrder.__slots__} | self.changes
        return self.change(ShortLivedSigner().sign(data, SigningOrder(**values)).pdf)


@pytest.mark.parametrize(
    "service",
    [
        FakeService(lambda data: b"%" + data),
        FakeService(lambda data: data + b"x"),
        FakeService(lambda data: data[:-100]),
        FakeService(nip="2" * 18),
        FakeService(ATTACKS["another_page_content"]),
    ],
)
def test_a_service_that_returns_something_else_is_refused(service):
    document = issue()
    base = pdf.render(document.content, code=document.code, created_at=document.created_at)
    signer = signers.DocumentServiceSigner(
        service, anchors=verification.portal_anchors(), footer=pdf.INTERNAL_FOOTER
    )

    with pytest.raises(signers.SignatureRefusedError):
        signer.sign(base, order(nip="1" * 18))


def test_a_service_for_whole_files_is_accepted():
    document = issue()
    signer = signers.DocumentServiceSigner(
        FakeService(), anchors=verification.portal_anchors(), footer=pdf.INTERNAL_FOOTER
    )

    document = production.render_and_sign(document.pk, signer=signer)

    assert check(current(document)).is_valid


def test_memory_of_finished_documents_is_given_back():
    """No ring of objects that holds a file is left for the collector to find later."""
    signer = ShortLivedSigner()
    base = pdf.render(canonical_json(content(slots=2)), code="A" * 26, created_at=timezone.now())
    signer.sign(base, order(is_last=False))
    gc.collect()
    before = len(gc.get_objects())
    for _number in range(3):
        signer.sign(base, order(is_last=False))

    assert len(gc.get_objects()) - before < 50


class FakeDigestService:
    """Signs a hash in a short-lived name, as a remote service would."""

    def sign_digest(self, digest, asked):
        import asyncio

        from statements import stamping

        key = ec.generate_private_key(ec.SECP256R1())
        certificate = authority.issue_short_lived(
            name=asked.name,
            nip=asked.nip,
            organisation=asked.organisation,
            public_key=key.public_key(),
        )
        signer = signers._KeySigner(key, certificate)
        return asyncio.run(
            signer.async_sign(
                digest, "sha256", use_pades=True, timestamper=stamping.time_stamper()
            )
        ).dump()


def test_a_service_for_hashes_never_sees_the_document():
    document = issue()
    signer = signers.DigestServiceSigner(
        FakeDigestService(), anchors=verification.portal_anchors(), footer=pdf.INTERNAL_FOOTER
    )

    document = production.render_and_sign(document.pk, signer=signer)

    assert check(current(document)).is_valid


def test_the_keys_are_private_and_the_root_key_is_nowhere():
    folder = Path(settings.SIGNING["KEY_DIR"])

    assert sorted(path.name for path in folder.iterdir()) == [
        "issuing.p12",
        "root.pem",
        "time-stamp.p12",
    ]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert b"PRIVATE" not in (folder / "root.pem").read_bytes()
    root = authority.trust_anchor().public_key()
    for held in (authority.issuing_authority(), authority.time_stamp_authority()):
        public = held.key.public_key()
        assert _spki(public) != _spki(root)


def _spki(key):
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_without_a_key_nothing_is_issued(tmp_path, settings):
    settings.SIGNING = settings.SIGNING | {"KEY_DIR": tmp_path}
    authority.forget()
    document = issue()
    try:
        with pytest.raises(authority.NoSigningKey):
            made(document)
    finally:
        authority.forget()

    document.refresh_from_db()
    assert not document.is_ready
    assert not document.revisions.exists()


def test_a_proof_of_the_factory_is_fresh():
    user = User(nip="1" * 18)

    assert proof_of(user).user_id == user.pk


class FakeModule:
    """A hardware module: has the issuing key, gives raw signatures only."""

    def __init__(self):
        held = authority.issuing_authority()
        self.certificate, self._key = held.certificate, held.key

    def sign_digest(self, digest):
        algorithm = ec.ECDSA(Prehashed(hashes.SHA256()))
        r, s = decode_dss_signature(self._key.sign(digest, algorithm))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def test_the_issuing_key_may_live_in_a_module(settings, monkeypatch):
    held = FakeModule()
    monkeypatch.setattr(hsm, "module", lambda _path: held)
    settings.SIGNING = settings.SIGNING | {"PKCS11": "module.json"}

    document = made(issue())

    assert inspect(current(document), verification.portal_anchors()).problems == ()


def test_a_module_without_its_package_says_so(tmp_path):
    with pytest.raises(ImproperlyConfigured):
        hsm.Pkcs11Module(tmp_path / "module.json")


def test_documents_of_an_older_authority_stay_verifiable(tmp_path, settings):
    data = current(made(issue()))
    old_root = authority.trust_anchor()
    settings.SIGNING = settings.SIGNING | {"KEY_DIR": tmp_path}
    authority.make_development_authority(tmp_path, settings.SIGNING["PASSPHRASE"])
    try:
        forgotten = inspect(data, verification.portal_anchors())
        (tmp_path / verification.OLDER_ROOTS).write_bytes(
            old_root.public_bytes(serialization.Encoding.PEM)
        )
        known = inspect(data, verification.portal_anchors())
    finally:
        authority.forget()

    assert forgotten.problems
    assert known.problems == ()
