"""F1: when a register is due, beginning one, last year's answers, typed rows."""

import datetime
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations import drafts
from declarations.answers import as_json
from declarations.content import Form, Section
from declarations.differences import Difference, difference
from declarations.models import Interest, InterestRegister, TimeLimit
from declarations.models.registers import Occasion
from declarations.services.configuration import form_in_use, read_version
from declarations.services.limits import due_on, limit
from mapping.models import ConflictSource
from matching.names import name_key, person_key
from people.models import User
from people.prepared import prepared

CODE = "F1"
FAMILY = "family"
LIMITS = {
    Occasion.APPOINTMENT: "F1_PENGANGKATAN",
    Occasion.YEARLY: "F1_TAHUNAN",
    Occasion.CHANGE: "F1_PERUBAHAN",
}
SOURCES = {
    "business": "BISNIS",
    "family": "KELUARGA",
    "outside_work": "KERJA_LUAR",
    "posts_held": "RANGKAP_JABATAN",
    "affiliations": "AFILIASI",
    "gifts": "GRATIFIKASI",
    "previous_posts": "MANTAN_PEJABAT",
    "assets": "INFO_ASET",
}
# Registers that say something about a person: signed and not taken back.
STANDING = ("sent", "accepted", "renewed", "expired")
KEEP_SECONDS = 60
_kept: dict[tuple[str, datetime.date], tuple[float, TimeLimit]] = {}
COUNTED = ("draft", "returned", *STANDING)


class LimitReader(Protocol):
    def __call__(self, key: str, *, on: datetime.date) -> TimeLimit: ...


class RegisterError(Exception):
    """Not possible now; the text is for the user."""


# --- What is due -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duty:
    """What a person has to do about their register now. `occasion` None: nothing is due."""

    current: InterestRegister | None
    in_force: InterestRegister | None
    occasion: Occasion | None
    due_on: datetime.date | None
    is_obliged: bool

    def is_late(self, on: datetime.date) -> bool:
        waits = self.current is None or self.current.state in ("draft", "returned")
        return waits and self.due_on is not None and self.due_on < on


def duty_of(
    user: User, *, on: datetime.date | None = None, read_limit: LimitReader = limit
) -> Duty:
    """Two queries besides the person's standing, whatever the number of registers."""
    on = on or timezone.localdate()
    latest = _latest.rows(user)
    for register in latest:
        register.declarant = user
    current = next((r for r in latest if r.state in ("draft", "returned", "sent")), None)
    in_force = next((r for r in latest if r.state in ("accepted", "expired")), None)
    if current is not None:
        return Duty(current, in_force, Occasion(current.occasion), current.due_on, True)
    occasion = _occasion_due(user, latest, on=on)
    obliged = user.standing.is_obliged
    if occasion is None or not obliged:
        return Duty(None, in_force, None, None, obliged)
    due = day_due(user, occasion, on=on, read_limit=read_limit)
    return Duty(None, in_force, occasion, due, obliged)


@prepared
def _latest(user: User) -> QuerySet:
    return (
        InterestRegister.objects.filter(declarant=user, state__in=COUNTED)
        .select_related("document")
        .defer("draft", "document__content")
        .order_by("-created_at", "-pk")[:6]
    )


def _occasion_due(
    user: User, latest: list[InterestRegister], *, on: datetime.date
) -> Occasion | None:
    last = next((r for r in latest if r.state in STANDING), None)
    main = user.standing.main
    signed_on = timezone.localdate(last.sent_at) if last else None
    if (
        main
        and (signed_on is None or signed_on < main.starts_on)
        and main.starts_on.year == on.year
    ):
        return Occasion.APPOINTMENT
    if last is None or last.year < on.year or last.state == "expired":
        return Occasion.YEARLY
    return None


def day_due(
    user: User, occasion: Occasion, *, on: datetime.date, read_limit: LimitReader = limit
) -> datetime.date:
    """The last day, by the limit in force."""
    found = read_limit(LIMITS[occasion], on=on)
    if occasion == Occasion.YEARLY:
        # The window begins with the year: three months end on 31 March.
        return due_on(found, start=datetime.date(on.year, 1, 1)) - datetime.timedelta(days=1)
    main = user.standing.main
    start = main.starts_on if occasion == Occasion.APPOINTMENT and main else on
    return due_on(found, start=start)


def kept_limit(key: str, *, on: datetime.date) -> TimeLimit:
    """As `limit`, read at most once a minute in a process: for pages that everybody opens."""
    now = time.monotonic()
    known = _kept.get((key, on))
    if known is None or now - known[0] > KEEP_SECONDS:
        _kept.clear()
        known = _kept[key, on] = (now, limit(key, on=on))
    return known[1]


def limit_of_changes() -> TimeLimit:
    """How soon a change is to be reported."""
    return kept_limit(LIMITS[Occasion.CHANGE], on=timezone.localdate())


# --- Beginning -------------------------------------------------------------------------------


@transaction.atomic
def start_register(
    *, by: User, occasion: Occasion | None = None, on: datetime.date | None = None
) -> InterestRegister:
    """The draft of a new register, with the rows of the last one; the open one if there is one.

    Without an occasion the one that is due, or a change when none is.
    """
    on = on or timezone.localdate()
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    duty = duty_of(by, on=on)
    if duty.current is not None:
        if duty.current.state == "sent":
            raise RegisterError(
                _("Your register is being checked. Withdraw it first if something is wrong.")
            )
        return duty.current
    standing = by.standing
    if standing.post is None:
        raise RegisterError(_("You hold no post today, so there is nobody to check a register."))
    occasion = occasion or duty.occasion or Occasion.CHANGE
    if occasion == Occasion.CHANGE and duty.in_force is None:
        occasion = Occasion.YEARLY
    version = form_in_use(CODE)
    previous = _last_accepted(by)
    register = InterestRegister(
        declarant=by,
        opd=standing.post.opd,
        post=standing.post,
        year=on.year,
        form_version=version,
        occasion=occasion,
        due_on=day_due(by, occasion, on=on),
        previous=previous,
    )
    if previous is not None:
        register.draft, _left = drafts.carry_over(previous.draft, read_version(version))
    try:
        with transaction.atomic():
            register.save(force_insert=True)
    except IntegrityError as error:
        raise RegisterError(_("You already have an open register of interests.")) from error
    record("interestregister.create", by=by, target=register, occasion=str(occasion))
    return register


def _last_accepted(user: User) -> InterestRegister | None:
    return (
        user.interestregisters.filter(state__in=("accepted", "expired", "renewed"))
        .order_by("-checked_at", "-pk")
        .first()
    )


def baseline(register: InterestRegister, form: Form) -> Mapping[str, Any] | None:
    """The rows as they came back, in this form's words; None for a first register."""
    previous = register.previous
    return None if previous is None else drafts.carry_over(previous.draft, form)[0]


def delta_of(register: InterestRegister, form: Form) -> Difference | None:
    before = baseline(register, form)
    return None if before is None else difference(form, before, register.draft)


def open_returns(register: InterestRegister) -> dict[str, str]:
    """Section → what is missing, of the round that is not answered yet."""
    rows = register.returns.filter(resolved_at__isnull=True).values_list("section", "comment")
    return dict(rows)


def locked_sections(register: InterestRegister, form: Form) -> frozenset[str]:
    """After a return only the marked sections are open."""
    if register.state != "draft" or register.sent_at is None:
        return frozenset()
    returned = open_returns(register)
    return frozenset(section.key for section in form.sections if section.key not in returned)


# --- Typed rows ------------------------------------------------------------------------------


def write_interests(
    register: InterestRegister, form: Form, values: Mapping[str, Any]
) -> list[Interest]:
    """The rows that are searched and matched, anew. The register is locked and a draft."""
    register.interests.all().delete()
    sources = {source.code: source for source in ConflictSource.objects.all()}
    colleagues = _colleagues(form, values)
    rows = [
        _interest(register, section, position, row, sources[SOURCES[section.key]], colleagues)
        for section in form.sections
        if section.key in SOURCES
        for position, row in enumerate(values[section.key]["rows"])
    ]
    return Interest.objects.bulk_create(rows)


def _interest(
    register: InterestRegister,
    section: Section,
    position: int,
    row: Mapping[str, Any],
    source: ConflictSource,
    colleagues: Mapping[str, User],
) -> Interest:
    columns: dict[str, Any] = {}
    for question in section.questions:
        value = row.get(question.key)
        if question.maps_to is None or value is None:
            continue
        if question.maps_to == "relative":
            columns["relative"] = colleagues.get(value)
        elif question.maps_to == "role" and question.type == "choice":
            columns["role"] = question.choice_label(value, "id")
        else:
            columns[question.maps_to] = value
    is_person = section.key == FAMILY
    name = columns.pop("name")[:200]
    role = columns.pop("role", "")[:120]
    organisation = columns.get("organisation", "")
    return Interest(
        register=register,
        row_key=row["key"],
        section=section.key,
        source=source,
        position=position,
        name=name,
        name_key=(person_key(name) if is_person else name_key(name))[:200],
        is_person=is_person,
        organisation_key=name_key(organisation)[:200] if organisation else "",
        role=role,
        answers=as_json({key: value for key, value in row.items() if key != "key"}),
        **columns,
    )


def _colleagues(form: Form, values: Mapping[str, Any]) -> dict[str, User]:
    """NIP → account, for the relatives who work here too. One query."""
    numbers = {number for number in _relative_numbers(form, values) if number}
    return {user.nip: user for user in User.objects.filter(nip__in=numbers)} if numbers else {}


def _relative_numbers(form: Form, values: Mapping[str, Any]) -> Iterator[str | None]:
    for section in form.sections:
        keys = [q.key for q in section.questions if q.maps_to == "relative"]
        if section.has_rows:
            for row in values[section.key]["rows"]:
                yield from (row.get(key) for key in keys)


# --- Reading somebody else's -----------------------------------------------------------------


@transaction.atomic(savepoint=False)
def note_reading(register: InterestRegister, *, by: User) -> None:
    """Who reads somebody else's register leaves a trace, in the transaction of the page.

    That they may read it is the caller's question: the page answered it before it was drawn.
    """
    if by.pk != register.declarant_id:
        record("interestregister.view", by=by, target=register)
