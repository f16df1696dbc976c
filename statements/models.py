"""The register of signed documents: what was frozen, who signed, which files there were."""

import json
import secrets
import uuid
from base64 import b32encode
from functools import cached_property
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from common.constraints import all_or_none, known_choice
from statements.querysets import DocumentQuerySet
from statements.states import EDGES, SIGNATURE_EDGES, ProofMethod, SignatureState, State

SHA256_HEX = r"^[0-9a-f]{64}$"
CODE_BYTES = 16


class Sha256OfText(Func):
    """The hash of a text's UTF-8, by the database itself."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = models.CharField()


def new_code() -> str:
    """128 random bits in capitals and digits, as printed beside the QR code."""
    return b32encode(secrets.token_bytes(CODE_BYTES)).decode().rstrip("=")


def documents_storage() -> Storage:
    return storages["documents"]


def file_name(sha256: str) -> str:
    """Files are named by their hash and never change."""
    return f"{sha256[:2]}/{sha256}.pdf"


class NumberSeries(models.Model):
    """The last number given to a kind of document in one OPD and year.

    Locked only by those who number in the same series; a rolled-back document gives its
    number back, so there are no gaps.
    """

    kind = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="+")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "year", "opd"], name="numberseries_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="only_upwards",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__last__lte=pgtrigger.F("old__last")),
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.year}/{self.opd_id}: {self.last}"


class Document(models.Model):
    """One statement as it was signed.

    `content` is the canonical JSON text; the PDF is drawn from it and from nothing else, and
    carries it byte for byte. Nothing here changes afterwards but the state and the file, which
    grows with each signature.
    """

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, editable=False)
    number = models.CharField(_("number"), max_length=60, unique=True, editable=False)
    code = models.CharField(max_length=26, unique=True, default=new_code, editable=False)
    title = models.CharField(_("title"), max_length=200, editable=False)
    content = models.TextField(editable=False)
    content_sha256 = models.CharField(max_length=64, editable=False)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="documents", editable=False
    )
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="documents", editable=False)
    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    state = models.CharField(
        _("state"), max_length=16, choices=State, default=State.PENDING, editable=False
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="successor", editable=False
    )
    file_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    file_size = models.PositiveIntegerField(null=True, editable=False)
    base_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    base_size = models.PositiveIntegerField(null=True, editable=False)
    failure = models.CharField(max_length=200, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    superseded_at = models.DateTimeField(null=True, editable=False)
    superseded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    revocation_reason = models.CharField(
        _("reason"), max_length=500, blank=True, default="", editable=False
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            known_choice("state", State, name="document_state_known"),
            models.CheckConstraint(
                condition=Q(content_sha256=Sha256OfText("content")),
                name="document_content_has_its_hash",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z2-7]{26}$"), name="document_code_wellformed"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="document_year_plausible"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[A-Z0-9]+/[0-9]{4}/[^/]+/[0-9]{6,}$"),
                name="document_number_wellformed",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256="", file_size__isnull=True)
                | Q(file_sha256__regex=SHA256_HEX, file_size__gt=0),
                name="document_file_has_hash_and_size",
            ),
            models.CheckConstraint(
                condition=Q(base_sha256="", base_size__isnull=True)
                | Q(base_sha256__regex=SHA256_HEX, base_size__gt=0),
                name="document_base_has_hash_and_size",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256="") | ~Q(base_sha256=""),
                name="document_file_has_base",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256="", signed_at__isnull=True)
                | (~Q(file_sha256="") & Q(signed_at__isnull=False)),
                name="document_file_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SIGNED) | ~Q(file_sha256=""),
                name="document_signed_has_file",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.PENDING, State.FAILED)) | Q(file_sha256=""),
                name="document_unfinished_has_no_file",
            ),
            models.CheckConstraint(
                condition=Q(state=State.FAILED) | Q(failure=""),
                name="document_failure_only_when_failed",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SUPERSEDED) | Q(superseded_at__isnull=False),
                name="document_superseded_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.REVOKED, revoked_at__isnull=False)
                & ~Q(revocation_reason="")
                | (~Q(state=State.REVOKED) & Q(revoked_at__isnull=True, revocation_reason="")),
                name="document_revoked_has_time_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(supersedes=F("id")), name="document_not_its_own_successor"
            ),
            all_or_none(
                "signed_at",
                "signed_by",
                name="document_signed_at_and_by",
                message=_("A signing has a time and a person, or neither."),
            ),
            all_or_none(
                "superseded_at",
                "superseded_by",
                name="document_superseded_at_and_by",
                message=_("A replacement has a time and a person, or neither."),
            ),
            all_or_none(
                "revoked_at",
                "revoked_by",
                name="document_revoked_at_and_by",
                message=_("A revocation has a time and a person, or neither."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["opd", "year", "number"], name="document_by_opd_and_year"),
            models.Index(fields=["subject", "-created_at"], name="document_by_subject"),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=(State.PENDING, State.FAILED)),
                name="document_unfinished",
            ),
            models.Index(
                fields=["file_sha256"],
                condition=~Q(file_sha256=""),
                name="document_by_file",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=EDGES),
            pgtrigger.ReadOnly(
                name="frozen",
                fields=[
                    "id",
                    "kind",
                    "number",
                    "code",
                    "title",
                    "content",
                    "content_sha256",
                    "subject",
                    "opd",
                    "year",
                    "supersedes",
                    "created_at",
                    "created_by",
                ],
            ),
            pgtrigger.Protect(
                name="base_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__base_sha256__gt="")
                & (
                    pgtrigger.Q(old__base_sha256__df=pgtrigger.F("new__base_sha256"))
                    | pgtrigger.Q(old__base_size__df=pgtrigger.F("new__base_size"))
                ),
            ),
            pgtrigger.Protect(
                name="file_only_grows",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__file_sha256__gt="")
                & (
                    pgtrigger.Q(old__signed_at__df=pgtrigger.F("new__signed_at"))
                    | (
                        pgtrigger.Q(old__file_sha256__df=pgtrigger.F("new__file_sha256"))
                        & (
                            pgtrigger.Q(new__file_size__isnull=True)
                            | pgtrigger.Q(new__file_size__lte=pgtrigger.F("old__file_size"))
                        )
                    )
                ),
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return address("statements:detail", self.pk)

    def get_download_url(self) -> str:
        return reverse("statements:download", args=[self.pk])

    def get_verification_url(self) -> str:
        return reverse("statements:verify_code", args=[self.code])

    @property
    def is_ready(self) -> bool:
        """There is a signed file, whatever became of the statement since."""
        return bool(self.file_sha256)

    @property
    def download_name(self) -> str:
        return f"{self.number.replace('/', '-')}.pdf"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The frozen content, parsed; for reading only."""
        return json.loads(self.content)

    @property
    def slots(self) -> list[str]:
        """The places for signatures on the paper, in their order."""
        return [item["slot"] for item in self.data["signatures"]]

    @property
    def awaited_slots(self) -> list[str]:
        """Whose signature is still missing altogether."""
        given = {signature.slot for signature in self.signatures.all()}
        return [slot for slot in self.slots if slot not in given]

    @property
    def awaited_captions(self) -> str:
        """Whose signature is missing, as the paper calls them."""
        awaited = set(self.awaited_slots)
        places = [item for item in self.data["signatures"] if item["slot"] in awaited]
        return ", ".join(item["name"] or item["caption"] or item["slot"] for item in places)

    @property
    def is_working(self) -> bool:
        """The worker still has to put a signature into the file."""
        if self.state == State.PENDING:
            return True
        return self.state == State.SIGNED and any(
            signature.state == SignatureState.REQUESTED for signature in self.signatures.all()
        )


class Signature(models.Model):
    """One person's signature: asked for with a proof of identity, then put into the file."""

    State = SignatureState

    document = models.ForeignKey(Document, models.PROTECT, related_name="signatures")
    slot = models.CharField(max_length=30, editable=False)
    order = models.PositiveSmallIntegerField(editable=False)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="signatures", editable=False
    )
    name = models.CharField(_("name"), max_length=320, editable=False)
    nip = models.CharField(_("NIP"), max_length=18, editable=False)
    post = models.CharField(_("post"), max_length=300, blank=True, default="", editable=False)
    organisation = models.CharField(max_length=200, blank=True, default="", editable=False)
    proof_method = models.CharField(max_length=10, choices=ProofMethod, editable=False)
    proved_at = models.DateTimeField(editable=False)
    requested_at = models.DateTimeField(editable=False)
    signed_at = models.DateTimeField(_("signed at"), null=True, editable=False)
    certificate_serial = models.CharField(max_length=40, blank=True, default="", editable=False)
    certificate_pem = models.TextField(blank=True, default="", editable=False)
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=SignatureState,
        default=SignatureState.REQUESTED,
        editable=False,
    )

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [
            known_choice("state", SignatureState, name="signature_state_known"),
            known_choice("proof_method", ProofMethod, name="signature_proof_known"),
            models.UniqueConstraint(fields=["document", "slot"], name="signature_slot_once"),
            models.UniqueConstraint(fields=["document", "order"], name="signature_order_once"),
            models.UniqueConstraint(
                fields=["certificate_serial"],
                condition=~Q(certificate_serial=""),
                name="signature_certificate_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=SignatureState.SIGNED,
                    signed_at__isnull=False,
                    certificate_serial__regex=r"^[0-9a-f]{1,40}$",
                )
                & ~Q(certificate_pem="")
                | (
                    ~Q(state=SignatureState.SIGNED)
                    & Q(signed_at__isnull=True, certificate_serial="", certificate_pem="")
                ),
                name="signature_signed_has_certificate",
            ),
            models.CheckConstraint(
                condition=Q(proved_at__lte=F("requested_at")), name="signature_proof_comes_first"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=SIGNATURE_EDGES),
            pgtrigger.ReadOnly(
                name="frozen",
                fields=[
                    "document",
                    "slot",
                    "order",
                    "signer",
                    "name",
                    "nip",
                    "post",
                    "organisation",
                    "proof_method",
                    "proved_at",
                    "requested_at",
                ],
            ),
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="signed"),
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.slot}"


class Revision(models.Model):
    """One complete file of a document: 0 is unsigned, each signature makes the next.

    Whoever kept an earlier file is told that it was genuine and that a newer one exists.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    size = models.PositiveIntegerField(editable=False)
    signature = models.OneToOneField(
        Signature, models.PROTECT, null=True, related_name="revision", editable=False
    )
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(sha256__regex=SHA256_HEX), name="revision_hash_wellformed"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="revision_size_positive"),
            models.CheckConstraint(
                condition=Q(number=0, signature__isnull=True)
                | Q(number__gt=0, signature__isnull=False),
                name="revision_signed_but_the_first",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} r{self.number}"
