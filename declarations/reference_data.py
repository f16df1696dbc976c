"""Loading the shipped forms, lists and limits; an administrator's edits stay.

A form that was shipped with another content than before appears as a new draft version, for an
administrator to compare and publish. What was shipped once is remembered in the audit trail, so
that a draft somebody discarded doesn't come back at the next start.
"""

import datetime
import hashlib
import json
from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from audit.models import AuditEvent
from audit.services import record
from declarations.content import REFERENCE, Choice, Text
from declarations.content_checks import ContentError, problems
from declarations.models import ControlMeasureKind, DecisionKind, FormVersion, TimeLimit

FIRST_DAY = datetime.date(2024, 1, 1)
SHIPPED = "formversion.ship"


@transaction.atomic
def load() -> None:
    """Add what is missing; a row that exists is never changed."""
    _load_list(ControlMeasureKind, "measures.json")
    _load_list(DecisionKind, "decision_kinds.json")
    _load_limits()
    _load_forms()


def read_json(name: str) -> Any:
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


def shipped_forms() -> list[dict[str, Any]]:
    paths = sorted((REFERENCE / "forms").glob("*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def relations() -> list[Choice]:
    """Who somebody is to the declarant; a list of the code, since rules depend on the degree."""
    return [
        Choice(row["code"], Text(row["label_id"], row["label_en"]))
        for row in read_json("relations.json")
    ]


def _load_list(model: type[models.Model], file_name: str) -> None:
    known = set(model._default_manager.values_list("code", flat=True))
    model._default_manager.bulk_create(
        model(position=position, **row)
        for position, row in enumerate(read_json(file_name), start=1)
        if row["code"] not in known
    )


def _load_limits() -> None:
    known = set(TimeLimit.objects.values_list("key", flat=True))
    TimeLimit.objects.bulk_create(
        TimeLimit(valid_from=FIRST_DAY, **row)
        for row in read_json("limits.json")
        if row["key"] not in known
    )


def _load_forms() -> None:
    shipped = set(AuditEvent.objects.filter(action=SHIPPED).values_list("data__sha256", flat=True))
    for content in shipped_forms():
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        if digest not in shipped:
            _ship(content, digest)


def _ship(content: dict[str, Any], digest: str) -> None:
    if found := problems(content):
        raise ContentError(found)
    versions = FormVersion.objects.filter(code=content["code"])
    if versions.filter(state=FormVersion.State.DRAFT).exists():
        return  # Somebody is editing; it comes at a later start.
    last = versions.aggregate(last=Max("version"))["last"] or 0
    version = FormVersion.objects.create(
        code=content["code"],
        version=last + 1,
        content=content,
        note="Bawaan portal" if not last else "Bawaan portal, diperbarui",
        **({} if last else {"state": FormVersion.State.PUBLISHED, "published_at": timezone.now()}),
    )
    record(SHIPPED, by=None, target=version, sha256=digest)
