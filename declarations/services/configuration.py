"""Forms, lists and limits: read for the pages, changed with a reason, never behind documents.

A published version stays as it is; an edit is a new version. Lists keep their codes, limits get a
new row from a day on, so that what was made under the old words and limits keeps them.
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations import form_editing
from declarations.content import Choice, Form, Text, read, with_lists, without_choice
from declarations.content_checks import ContentError, Problem, problems
from declarations.models import ControlMeasureKind, DecisionKind, FormVersion, TimeLimit
from declarations.reference_data import relations
from declarations.services import areas
from mapping import services as map_services
from mapping.models import ConflictSource
from people.models import Opd, User

CHANGE = "declarations.change_configuration"
LISTS: dict[str, Any] = {
    "sources": ConflictSource,
    "measures": ControlMeasureKind,
    "decision_kinds": DecisionKind,
}


@dataclass(frozen=True, slots=True)
class AreaContext:
    """Whose risk areas a form offers, and which of them stand in the answers already."""

    opd: Opd
    named: frozenset[str] = frozenset()
    is_draft: bool = True
    said: Mapping[str, Any] | None = None


class ConfigurationError(Exception):
    """This change isn't possible now; the text is for the user."""


# --- Reading ---------------------------------------------------------------------------------


def form_in_use(code: str) -> FormVersion:
    """The version that new declarations are made with."""
    return FormVersion.objects.get(code=code, state=FormVersion.State.PUBLISHED)


def read_version(version: FormVersion, *, area: AreaContext | None = None) -> Form:
    """The form of a version, with the choices of the portal's own lists as they are now.

    `area` says of whose map the risk areas are; without it they are those of the library.
    """
    form = bare_version(version)
    used = {q.choices_from for section in form.sections for q in section.questions}
    names = {name for name in used if name}
    return with_lists(form, lists(names, area=area)) if names else form


def bare_version(version: FormVersion) -> Form:
    """As `read_version`, without asking for the choices: for titles, keys and carrying over."""
    if version.state == FormVersion.State.DRAFT:
        form = read(version.content)
    else:
        form = _published_form(version.pk, version.published_at)
    if form.code == FormVersion.Code.F3 and not settings.PERCEIVED_CONFLICTS:
        form = without_choice(form, "conflict", "conflict_kind", "perceived")
    return form


def read_form_of(declaration: Any, *, to_read: bool = False) -> Form:
    """The form of an F2 or F3: a draft picks from the map, what was signed keeps its words.

    `to_read`: for a page that asks nothing.
    """
    named = {areas.answer_in(declaration.draft)}
    is_draft = declaration.state == "draft" and not to_read
    if is_draft and declaration.supersedes is not None:
        named.add(areas.answer_in(declaration.supersedes.draft))
    context = AreaContext(declaration.opd, frozenset(named), is_draft, declaration.area_said)
    return read_version(declaration.form_version, area=context)


@lru_cache(maxsize=64)
def _published_form(pk: int, _published_at: datetime.datetime) -> Form:
    """What was published is never changed, so one reading serves the whole process."""
    return read(FormVersion.objects.values_list("content", flat=True).get(pk=pk))


def lists(names: Collection[str], *, area: AreaContext | None = None) -> dict[str, list[Choice]]:
    """The entries in use of the named lists, in one query; the risk areas in one more."""
    found: dict[str, list[Choice]] = {name: [] for name in names}
    if "relations" in found:
        found["relations"] = relations()
    parts = [
        LISTS[name]
        .objects.filter(is_active=True)
        .order_by()
        .values_list(Value(name), "position", "code", "label_id", "label_en")
        for name in sorted(found)
        if name in LISTS
    ]
    if parts:
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        for name, _position, code, label_id, label_en in sorted(rows):
            found[name].append(Choice(code, Text(label_id, label_en)))
    if "risk_areas" in found:
        found["risk_areas"] = _areas(area)
    return found


def _areas(context: AreaContext | None) -> list[Choice]:
    if context is None:
        return areas.choices_of_library()
    if context.is_draft:
        return areas.choices_for(context.opd, context.named)
    return areas.choices_to_read(context.opd, context.named, context.said)


# --- Versions of a form ----------------------------------------------------------------------


@transaction.atomic
def start_version(code: str, *, note: str, by: User) -> FormVersion:
    """A draft that begins as a copy of the version in use; one draft a form."""
    _require_right(by)
    versions = list(FormVersion.objects.select_for_update().filter(code=code))
    if any(version.state == FormVersion.State.DRAFT for version in versions):
        raise ConfigurationError(_("This form already has a draft; edit or discard that one."))
    current = next(v for v in versions if v.state == FormVersion.State.PUBLISHED)
    version = FormVersion.objects.create(
        code=code,
        version=max(each.version for each in versions) + 1,
        content=current.content,
        note=note,
        created_by=by,
    )
    record("formversion.start", by=by, target=version, copied_from=current.version)
    return version


@transaction.atomic
def save_content(
    version: FormVersion, content: dict[str, Any], *, revision: int, by: User
) -> FormVersion:
    """Store an edited draft; refused after somebody else's save, or when the form is faulty."""
    _require_right(by)
    locked = _locked_draft(version)
    if locked.revision != revision:
        raise ConfigurationError(
            _("Somebody changed this draft meanwhile. Look at it again, then repeat your change.")
        )
    if found := problems(content):
        raise ContentError(found)
    if content == locked.content:
        return locked
    locked.content, locked.revision = content, locked.revision + 1
    locked.save(update_fields=["content", "revision"])
    record("formversion.change", by=by, target=locked, revision=locked.revision)
    return locked


@transaction.atomic
def discard_version(version: FormVersion, *, reason: str, by: User) -> None:
    _require_right(by)
    locked = _locked_draft(version)
    record("formversion.discard", by=by, target=locked, reason=reason)
    locked.delete()


@transaction.atomic
def publish_version(version: FormVersion, *, reason: str, by: User) -> FormVersion:
    """The draft becomes the version in use; the old one stays with its documents.

    All versions of the form are locked, so of two who publish at once the second is told.
    """
    _require_right(by)
    siblings = list(
        FormVersion.objects.select_for_update().filter(code=version.code).order_by("pk")
    )
    locked = next((each for each in siblings if each.pk == version.pk), None)
    if locked is None or locked.state != FormVersion.State.DRAFT:
        raise ConfigurationError(_("This version is not a draft any more."))
    if found := publishing_problems(locked):
        raise ContentError(found)
    for old in siblings:
        if old.state == FormVersion.State.PUBLISHED:
            old.state = FormVersion.State.RETIRED
            old.save(update_fields=["state"])
    locked.state = FormVersion.State.PUBLISHED
    locked.published_at, locked.published_by = timezone.now(), by
    locked.save(update_fields=["state", "published_at", "published_by"])
    record("formversion.publish", by=by, target=locked, reason=reason)
    return locked


def publishing_problems(version: FormVersion) -> list[Problem]:
    """What keeps a draft from being published, for the page and as the guard."""
    found = problems(version.content)
    if not found:
        current = FormVersion.objects.filter(
            code=version.code, state=FormVersion.State.PUBLISHED
        ).first()
        if current is not None:
            found += form_editing.losses(current.content, version.content)
        if version.code == FormVersion.Code.F2:
            codes = ConflictSource.objects.filter(is_active=True).values_list("code", flat=True)
            found += form_editing.missing_sources(version.content, codes)
    return found


def _locked_draft(version: FormVersion) -> FormVersion:
    locked = FormVersion.objects.select_for_update().filter(pk=version.pk).first()
    if locked is None or locked.state != FormVersion.State.DRAFT:
        raise ConfigurationError(_("This version is not a draft any more."))
    return locked


# --- Lists and limits ------------------------------------------------------------------------


def save_entry(entry: models.Model, *, reason: str, by: User, **values: Any) -> models.Model:
    """Change or add an entry of a list; its code stays, the words before stand in the trail."""
    if isinstance(entry, ConflictSource):
        return map_services.save_source(entry, reason=reason, by=by, **values)
    _require_right(by)
    return map_services.write_entry(entry, reason=reason, by=by, **values)


@transaction.atomic
def set_limit(
    current: TimeLimit, *, value: int, valid_from: datetime.date, reason: str, by: User,
    basis: str, is_verified: bool, today: datetime.date,
) -> TimeLimit:  # fmt: skip
    """A new value from a day on; cases that run keep the limit they began with."""
    _require_right(by)
    if valid_from < today:
        raise ValidationError(
            {"valid_from": _("A limit changes from today on or later, never for days gone by.")}
        )
    limit = TimeLimit(
        key=current.key,
        value=value,
        unit=current.unit,
        label_id=current.label_id,
        label_en=current.label_en,
        basis=basis,
        is_verified=is_verified,
        valid_from=valid_from,
        reason=reason,
        created_by=by,
    )
    limit.full_clean()
    limit.save()
    record(
        "timelimit.set",
        by=by,
        target=limit,
        reason=reason,
        before=current.value,
        after=value,
        valid_from=valid_from.isoformat(),
    )
    return limit


def current_limits(*, on: datetime.date) -> Mapping[str, TimeLimit]:
    """The limit in force on that day, by key."""
    rows = TimeLimit.objects.filter(valid_from__lte=on).order_by("key", "-valid_from")
    return {limit.key: limit for limit in rows.distinct("key")}


def _require_right(by: User) -> None:
    if not by.has_perm(CHANGE):
        raise PermissionDenied
