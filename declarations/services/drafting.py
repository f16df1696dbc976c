"""Saving drafts as one types, from any number of tabs and devices.

Whoever saves says on which revision their page was built. When somebody saved meanwhile, both
copies are merged answer by answer; where both changed the same answer nothing is stored and
the caller shows both texts (`SavedDraft.conflicts`).
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations import drafts
from declarations.models import DraftRevision
from people.models import User

KEPT_REVISIONS = 40
Choice = Literal["mine", "theirs"]


class DraftClosedError(Exception):
    """The thing was signed or withdrawn meanwhile; the text is for the user."""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """`conflicts` empty: stored as `revision`. Otherwise nothing was stored.

    `has_others_changes`: the stored draft holds more than the caller's page knew.
    """

    draft: drafts.Draft
    revision: int
    saved_at: datetime.datetime
    conflicts: tuple[drafts.Conflict, ...] = ()
    has_others_changes: bool = False


@transaction.atomic
def save_draft(
    subject: Any,
    *,
    change: Callable[[drafts.Draft], drafts.Draft],
    base_revision: int,
    by: User,
    choices: Mapping[str, Choice] | None = None,
    seen_revision: int | None = None,
) -> SavedDraft:
    """Apply `change` to the draft that the caller saw (`base_revision`) and merge.

    `choices` settle conflicts as they stood in `seen_revision`; when somebody saved since, the
    caller has to ask again.

    `subject` is locked, so that no text slips in behind a signature. Raises PermissionDenied,
    DraftClosedError, and ValidationError from `change`.
    """
    model = type(subject)
    locked = model._default_manager.select_for_update(of=("self",)).get(pk=subject.pk)
    if not by.has_perm(f"declarations.change_{model._meta.model_name}", locked):
        raise PermissionDenied
    if locked.state != "draft":
        raise DraftClosedError(
            _("This is not a draft any more; the state is now “%(state)s”.")
            % {"state": locked.get_state_display()}
        )
    base = _draft_at(locked, base_revision)
    merged = drafts.merge(base, locked.draft, change(base))
    if choices and seen_revision in (None, locked.revision):
        merged = merged.settled(choices)
    now = timezone.now()
    has_others_changes = base_revision != locked.revision
    if merged.conflicts or merged.result == locked.draft:
        return SavedDraft(
            merged.result, locked.revision, now, merged.conflicts, has_others_changes
        )
    _store(locked, merged.result, by=by)
    subject.draft, subject.revision = locked.draft, locked.revision
    return SavedDraft(locked.draft, locked.revision, now, (), has_others_changes)


def _draft_at(locked: Any, revision: int) -> drafts.Draft:
    """The draft as it was; an unknown revision (too old, forged) counts as an empty one."""
    if revision == locked.revision:
        return locked.draft
    known = DraftRevision.objects.filter(subject_id=locked.pk, revision=revision).first()
    return known.data if known else {}


def _store(locked: Any, draft: drafts.Draft, *, by: User) -> None:
    if locked.revision == 0:
        # What the first page was built on, so that a second tab from that moment merges, too.
        DraftRevision.objects.get_or_create(
            subject_id=locked.pk, revision=0, defaults={"data": locked.draft, "saved_by": by}
        )
    changed = sorted(
        key
        for key in locked.draft.keys() | draft.keys()
        if locked.draft.get(key) != draft.get(key)
    )
    locked.draft, locked.revision = draft, locked.revision + 1
    locked.save(update_fields=["draft", "revision", "updated_at"])
    DraftRevision.objects.create(
        subject_id=locked.pk, revision=locked.revision, data=draft, saved_by=by
    )
    DraftRevision.objects.filter(
        subject_id=locked.pk, revision__lt=locked.revision - KEPT_REVISIONS
    ).delete()
    record(
        f"{locked._meta.model_name}.save_draft",
        by=by,
        target=locked,
        revision=locked.revision,
        sections=changed,
    )


def forget_revisions(subject: models.Model) -> None:
    """Drop the working copies: after the signature the frozen document is what counts."""
    DraftRevision.objects.filter(subject_id=subject.pk).delete()
