"""Who may do what to a document.

The subject and whoever signed it always may read it. Everything else is said by the app
that knows the document's kind: `register_viewer(kind, predicate, queryset_filter)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from people.models import Role
from statements.registry import register_viewer, viewer_of

if TYPE_CHECKING:
    from people.models import User
    from statements.models import Document

__all__ = ["register_viewer"]


@rules.predicate
def is_subject(user: User, document: Document) -> bool:
    return document.subject_id == user.pk


@rules.predicate
def has_signed(user: User, document: Document) -> bool:
    return any(signature.signer_id == user.pk for signature in document.signatures.all())


@rules.predicate
def views_kind(user: User, document: Document) -> bool:
    viewer = viewer_of(document.kind)
    return viewer is not None and viewer.may_view(user, document)


@rules.predicate
def administers_system(user: User, document: Document | None = None) -> bool:
    return user.has_role(Role.SYSTEM_ADMINISTRATOR)


can_view = is_subject | has_signed | views_kind

rules.add_perm("statements.view_document", can_view)
rules.add_perm("statements.download_document", can_view)
# Knows that a document failed, not what it says.
rules.add_perm("statements.retry_document", administers_system)
rules.add_perm("statements.list_failed_documents", administers_system)
