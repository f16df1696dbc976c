"""What every declaration has: a person, an office, a form version, a draft, a document."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Declaration(models.Model):
    """One person's declaration for one OPD and year.

    While it is a draft, `draft` holds what was typed, exactly; typed rows and the frozen
    document come with the signature. `revision` counts the saved drafts, so that a second
    tab knows what it has not seen.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declarant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="%(class)ss"
    )
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="%(class)ss")
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    form_version = models.ForeignKey("declarations.FormVersion", models.PROTECT, related_name="+")
    draft = models.JSONField(default=dict, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    document = models.OneToOneField(
        "statements.Document", models.PROTECT, null=True, editable=False, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="superseded_by"
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    withdrawal_reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["-updated_at", "-id"]

    @property
    def is_editable(self) -> bool:
        return self.state == "draft"  # type: ignore[attr-defined]

    @property
    def number(self) -> str:
        """The document's number; a draft has none."""
        return self.document.number if self.document_id else ""


def typed_title(draft: dict[str, Any]) -> str:
    """The title of the decision as typed so far."""
    return str((draft.get("decision") or {}).get("title") or "")
