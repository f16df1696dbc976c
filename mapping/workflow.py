"""Every change of the state of a map or a control, one function each.

A transition locks the row, checks who and from where, writes, records the event and queues its
notices, all in one transaction. Callers catch `TransitionError`; anything else is a bug.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from mapping import documents, messages, states
from mapping.models import Control, RiskArea, RiskMap, RowComment
from mapping.services.ended import why_ended
from mapping.services.errors import MapError
from mapping.services.evidence import of as files_of
from mapping.services.locks import lock_map
from mapping.services.obligations import update_obliged_posts
from mapping.states import MapState, Transition
from people.models import User
from people.proof import Proof
from statements import services as statements
from statements.models import Document
from statements.services import SignatureRequest


class TransitionError(MapError):
    """The thing can't take this step now; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to do before the signature; `area` is None for the map as a whole."""

    message: str
    area: RiskArea | None = None
    # Seen and settled on the page of the row, not in its form.
    is_comment: bool = False

    def __str__(self) -> str:
        if self.area is None:
            return self.message
        row = {"number": self.area.position, "message": self.message}
        return _("Row %(number)s: %(message)s") % row


def missing_before_signing(risk_map: RiskMap, rows: list[RiskArea]) -> list[Missing]:
    """The to-do list of the page, and the guard of the signature."""
    if not rows:
        return [Missing(_("Add the areas where conflicts are likely."))]
    missing = []
    for row in rows:
        if row.owner_post_id is None:
            missing.append(Missing(_("name the person in charge."), row))
        if row.due_on is None:
            missing.append(Missing(_("say until when."), row))
        if not row.prevention:
            missing.append(Missing(_("say how the conflict is prevented."), row))
    open_rows = set(
        RowComment.objects.filter(area__map=risk_map, settled_at__isnull=True).values_list(
            "area_id", flat=True
        )
    )
    missing += [
        Missing(_("settle the reviewer's comment."), row, is_comment=True)
        for row in rows
        if row.pk in open_rows
    ]
    return missing


@transaction.atomic
def sign(risk_map: RiskMap, *, by: User, proof: Proof, revision: int | None = None) -> RiskMap:
    """The head signs what the page showed; the rows stand still from here on."""
    risk_map = _lock(risk_map, states.SIGN, by=by)
    if revision is not None and revision != risk_map.revision:
        raise TransitionError(
            _("The map was changed meanwhile; look at it again before you sign.")
        )
    rows = list(risk_map.areas.for_map().prefetch_related("posts"))
    if missing := missing_before_signing(risk_map, rows):
        raise TransitionError(" ".join(str(item) for item in missing[:10]))
    former = risk_map.document
    document = _issue(risk_map, rows, former, by=by, proof=proof)
    _move(
        risk_map, states.SIGN, by=by, document=document, signed_at=timezone.now(), signed_by=by,
        number=document.number,
    )  # fmt: skip
    messages.tell_signed(risk_map)
    return risk_map


def _issue(
    risk_map: RiskMap, rows: list[RiskArea], former: Document | None, *, by: User, proof: Proof
) -> Document:
    post = next(
        (item.post for item in by.standing.assignments
         if item.post.opd_id == risk_map.opd_id and item.post.is_opd_head), None,
    )  # fmt: skip
    keys = [row.row_key for row in rows]
    controls = Control.objects.filter(opd=risk_map.opd, row_key__in=keys).for_list()
    replaces = former if former is not None and former.subject_id == by.pk else None
    if former is not None and replaces is None:
        statements.revoke(former, by=by, reason="Diganti: peta dikembalikan untuk diperbaiki.")
    return statements.issue(
        kind=documents.KIND,
        content=documents.content(risk_map, rows, list(controls), head=by, post=post),
        subject=by,
        opd=risk_map.opd,
        year=risk_map.year,
        title=f"Peta area rawan {risk_map.opd.short_name} {risk_map.year}",
        signatures=[
            SignatureRequest(
                slot=documents.HEAD, signer=by, caption="Kepala Perangkat Daerah",
                post=post.title if post else "",
            ),
            SignatureRequest(slot=documents.REVIEWER, caption="Menyetujui, pereviu"),
        ],
        supersedes=replaces,
        by=by,
        proof=proof,
    )  # fmt: skip


@transaction.atomic
def review(risk_map: RiskMap, *, by: User) -> RiskMap:
    risk_map = _lock(risk_map, states.REVIEW, by=by)
    _move(risk_map, states.REVIEW, by=by, reviewed_at=timezone.now(), reviewed_by=by)
    return risk_map


@transaction.atomic
def return_for_correction(risk_map: RiskMap, *, by: User, reason: str) -> RiskMap:
    risk_map = _lock(risk_map, states.RETURN, by=by)
    reason = reason.strip()
    if not reason:
        raise TransitionError(_("Say what has to be corrected."))
    _move(
        risk_map, states.RETURN, by=by, reason=reason, returned_at=timezone.now(),
        returned_by=by, return_reason=reason[:1000],
    )  # fmt: skip
    messages.tell_returned(risk_map)
    return risk_map


@transaction.atomic
def approve(risk_map: RiskMap, *, by: User, proof: Proof) -> RiskMap:
    """The year's map: countersigned, in force, the one before replaced or archived."""
    risk_map = _lock(risk_map, states.APPROVE, by=by)
    if risk_map.signed_by_id == by.pk:
        raise TransitionError(_("Nobody approves the map they have signed."))
    if RowComment.objects.filter(area__map=risk_map, settled_at__isnull=True).exists():
        raise TransitionError(
            _("There are comments that nobody has settled; send the map back with them.")
        )
    _make_room(risk_map, by=by)
    if risk_map.document is not None:
        statements.countersign(risk_map.document, slot=documents.REVIEWER, by=by, proof=proof)
    _move(risk_map, states.APPROVE, by=by, approved_at=timezone.now(), approved_by=by)
    update_obliged_posts(risk_map.opd)
    messages.tell_approved(risk_map)
    return risk_map


def _make_room(risk_map: RiskMap, *, by: User) -> None:
    """The map in force gives way: replaced within its year, archived by a later one."""
    others = RiskMap.objects.select_for_update(of=("self",)).filter(opd=risk_map.opd)
    for other in others.of_record().exclude(pk=risk_map.pk).order_by("pk"):
        if other.year > risk_map.year:
            raise TransitionError(
                _("A map of %(year)s is in force already.") % {"year": other.year}
            )
        if other.year == risk_map.year:
            _replace(other, risk_map, by=by)
        elif other.state == MapState.APPROVED:
            _move(other, states.ARCHIVE, by=by, reason=str(risk_map.year))


def _replace(old: RiskMap, new: RiskMap, *, by: User) -> None:
    _move(old, states.SUPERSEDE, by=by, reason=str(new))
    before, after = old.document, new.document
    if before is None or after is None or before.state not in ("pending", "failed", "signed"):
        return
    if before.subject_id == after.subject_id:
        statements.supersede(before, successor=after, by=by)
    else:
        statements.revoke(before, by=by, reason=f"Diganti oleh {after.number}.")


def archive(risk_map: RiskMap, *, by: User | None, reason: str) -> RiskMap:
    """When the OPD ends. Asked by other services, which have asked whether `by` may."""
    locked = lock_map(risk_map)
    if locked.state not in states.ARCHIVE.sources:
        raise _wrong_state(locked)
    _move(locked, states.ARCHIVE, by=by, reason=reason)
    return locked


# --- Controls --------------------------------------------------------------------------------


@transaction.atomic
def report_control(control: Control, *, by: User, evidence: str) -> Control:
    """Words or a file show that it was carried out; the database asks for one of them, too."""
    control = _lock_control(control, states.REPORT, by=by)
    evidence = evidence.strip()
    if not evidence and not files_of(control).exists():
        raise TransitionError(
            _("Say what shows that the control was carried out, or add a file that shows it.")
        )
    _move(
        control, states.REPORT, by=by, evidence=evidence[:1000], done_at=timezone.now(),
        done_by=by,
    )  # fmt: skip
    return control


@transaction.atomic
def confirm_control(control: Control, *, by: User, effect: str) -> Control:
    """Somebody else than who reported it says that it works, and how well."""
    control = _lock_control(control, states.CONFIRM, by=by)
    if effect not in Control.Effect.values:
        raise TransitionError(_("Say how well the control works."))
    _move(
        control, states.CONFIRM, by=by, effect=effect, confirmed_at=timezone.now(),
        confirmed_by=by,
    )  # fmt: skip
    return control


@transaction.atomic
def refuse_control(control: Control, *, by: User, reason: str) -> Control:
    control = _lock_control(control, states.REFUSE, by=by)
    if not reason.strip():
        raise TransitionError(_("Say what is missing."))
    _move(control, states.REFUSE, by=by, reason=reason.strip()[:500], done_at=None, done_by=None)
    return control


@transaction.atomic
def cancel_control(control: Control, *, by: User, reason: str) -> Control:
    control = _lock_control(control, states.CANCEL, by=by)
    if not reason.strip():
        raise TransitionError(_("Say why the control is not needed any more."))
    _move(control, states.CANCEL, by=by, reason=reason.strip()[:500])
    return control


# --- The two steps that all transitions share ------------------------------------------------


def _lock(risk_map: RiskMap, transition: Transition, *, by: User) -> RiskMap:
    locked = lock_map(risk_map)
    if words := why_ended(locked):
        _permit(locked, transition, by=by)
        raise TransitionError(words)
    return _checked(locked, transition, by=by)


def _lock_control(control: Control, transition: Transition, *, by: User) -> Control:
    locked = Control.objects.select_for_update(of=("self",)).get(pk=control.pk)
    return _checked(locked, transition, by=by)


def _checked(thing: Any, transition: Transition, *, by: User) -> Any:
    _permit(thing, transition, by=by)
    if thing.state not in transition.sources:
        raise _wrong_state(thing)
    return thing


def _permit(thing: Any, transition: Transition, *, by: User) -> None:
    if not by.has_perm(transition.permission, thing):
        raise PermissionDenied


def _wrong_state(thing: Any) -> TransitionError:
    return TransitionError(
        _("This is not possible any more; the state is now “%(state)s”.")
        % {"state": thing.get_state_display()}
    )


def _move(
    thing: RiskMap | Control,
    transition: Transition,
    *,
    by: User | None,
    reason: str = "",
    number: str = "",
    **changes: Any,
) -> None:
    before = thing.state
    for field, value in changes.items():
        setattr(thing, field, value)
    thing.state = transition.target
    thing.save(update_fields=["state", *changes])
    record(
        f"{transition.model}.{transition.name}", by=by, target=thing, before=str(before),
        after=str(transition.target), reason=reason, number=number,
    )  # fmt: skip
