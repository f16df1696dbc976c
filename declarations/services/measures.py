"""The control measures of a decision, held against the rules of section 4.4 of the fact sheet.

The page of a measure, the list of what is missing and the signature ask the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from declarations.models import ConflictDeclaration, ControlMeasureKind
from declarations.models.decisions import Finding
from declarations.services import replacements
from people import nip as nip_module
from people.models import User

NOTE_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Measure:
    """A chosen measure, checked."""

    kind: ControlMeasureKind
    replacement: User | None
    note: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the measures can't stand as they are; `row` names the measure, if it is one."""

    message: str
    row: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    chosen: list[Measure] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        return not self.faults


def check(
    conflict: ConflictDeclaration, finding: str | None, rows: Iterable[Mapping[str, Any]]
) -> Checked:
    """`rows` are typed answers; a row without a measure is the form's own fault."""
    result = Checked()
    rows = list(rows)
    kinds = {kind.code: kind for kind in ControlMeasureKind.objects.all()}
    people = replacements.find(conflict, (row.get("replacement") for row in rows))
    checks = replacements.check_all(conflict, people.values())
    for row in rows:
        kind = kinds.get(row.get("measure") or "")
        if kind is None:
            continue
        person, faults = _replacement(kind, row, checks)
        result.faults.extend(faults)
        result.chosen.append(Measure(kind, person, (row.get("note") or "")[:NOTE_LENGTH]))
    result.faults.extend(_of_the_whole(finding, result.chosen))
    return result


def found_people(nips: Iterable[str | None]) -> dict[str, User]:
    """Active people by NIP, in one query."""
    wanted = {nip for nip in nips if nip}
    if not wanted:
        return {}
    return {person.nip: person for person in User.objects.active().filter(nip__in=wanted)}


def check_replacement(conflict: ConflictDeclaration, text: str) -> replacements.ReplacementCheck:
    """What the page says while one types a NIP. Raises ValidationError for what is none."""
    digits = nip_module.parse(text).digits
    people = replacements.find(conflict, [digits])
    if digits not in people:
        raise ValidationError(unknown_nip(digits))
    return replacements.check_all(conflict, people.values())[digits]


def unknown_nip(nip: str) -> str:
    return _("Nobody in the portal has the NIP %(nip)s.") % {"nip": nip}


def _replacement(
    kind: ControlMeasureKind,
    row: Mapping[str, Any],
    checks: Mapping[str, replacements.ReplacementCheck],
) -> tuple[User | None, list[Fault]]:
    key, nip = row.get("key"), row.get("replacement")
    if not nip:
        if not kind.needs_replacement:
            return None, []
        text = _("“%(measure)s” needs a replacement official.") % {"measure": str(kind)}
        return None, [Fault(text, key, "replacement")]
    found = checks.get(nip)
    if found is None:
        return None, [Fault(unknown_nip(nip), key, "replacement")]
    return found.person, [Fault(text, key, "replacement") for text in found.faults]


def _of_the_whole(finding: str | None, chosen: list[Measure]) -> list[Fault]:
    faults = []
    if len({item.kind.pk for item in chosen}) < len(chosen):
        faults.append(Fault(_("A measure stands twice in the list.")))
    if finding == Finding.CONFLICT and not chosen:
        faults.append(Fault(_("A conflict needs at least one control measure.")))
    if finding == Finding.NO_CONFLICT and any(not item.kind.allows_continuing for item in chosen):
        faults.append(Fault(_("Without a conflict there is nothing to control.")))
    return faults
