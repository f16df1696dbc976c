"""What a campaign does each day: plans its rounds, tells people, and notes what became of it.

    plan(campaign, on=today)     who has to be told today, once a round
    deliver(campaign, at=now)    one notice a person, outside the quiet hours, on working days

Both may be repeated and may run beside each other: unique keys and row locks decide. Before
anybody is told, the register is looked up again.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from audit.services import record
from declarations.models import InterestRegister
from declarations.services.compliance import SIGNED, obliged_people
from people import calendar, hierarchy
from people.models import Assignment, User
from review import campaign_messages
from review.models import Campaign, CampaignDelivery, CampaignRound
from review.models.campaigns import Audience, CampaignState, DeliveryState

KIND = campaign_messages.KIND
BATCH = 500
# A person without anybody above them is not told about by anybody.
Pair = tuple[User, User]


@dataclass(frozen=True, slots=True)
class Planned:
    """One reminder day of a campaign: for whom, how far from the last day, and when."""

    audience: str
    offset: int
    day: datetime.date

    @property
    def days(self) -> int:
        """How far from the last day, before or after it."""
        return abs(self.offset)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the obliged people are, and how far the messages are."""

    obliged: int
    signed: int
    told: int
    waiting: int
    spared: int
    dropped: int

    @property
    def missing(self) -> int:
        return self.obliged - self.signed


def timetable(campaign: Campaign) -> list[Planned]:
    """All rounds in order; a day on which nobody works moves to the next working day."""
    found = [(Audience.PERSON, -days) for days in campaign.days_before]
    found += [(Audience.PERSON, days) for days in campaign.days_after]
    if campaign.superior_after is not None:
        found.append((Audience.SUPERIOR, campaign.superior_after))
    if campaign.head_after is not None:
        found.append((Audience.HEAD, campaign.head_after))
    planned = {
        Planned(str(audience), offset, _working_day(campaign, offset))
        for audience, offset in found
    }
    return sorted(planned, key=lambda each: (each.day, each.offset, each.audience))


def _working_day(campaign: Campaign, offset: int) -> datetime.date:
    day = max(campaign.due_on + datetime.timedelta(days=offset), campaign.opens_on)
    return calendar.add_working_days(day, 0)


@transaction.atomic
def plan(campaign: Campaign, *, on: datetime.date) -> int:
    """The new deliveries. After days without a worker only the latest round of each is sent."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state != CampaignState.RUNNING or on < campaign.opens_on:
        return 0
    known = set(campaign.rounds.values_list("audience", "offset"))
    due: dict[str, list[Planned]] = defaultdict(list)
    for each in timetable(campaign):
        if each.day <= on and (each.audience, each.offset) not in known:
            due[each.audience].append(each)
    number = 0
    for rounds in due.values():
        for missed in rounds[:-1]:
            _open_round(campaign, missed, was_missed=True)
        number += _plan_round(campaign, rounds[-1], on=on)
    if number:
        record("campaign.plan", by=None, target=campaign, number=number)
    return number


def _open_round(campaign: Campaign, planned: Planned, *, was_missed: bool) -> CampaignRound:
    return CampaignRound.objects.create(
        campaign=campaign,
        audience=planned.audience,
        offset=planned.offset,
        planned_for=planned.day,
        planned_at=timezone.now(),
        was_missed=was_missed,
    )


def _plan_round(campaign: Campaign, planned: Planned, *, on: datetime.date) -> int:
    opened = _open_round(campaign, planned, was_missed=False)
    number = 0
    people = undeclared(campaign, on=on)
    for batch in _batches(people.iterator(chunk_size=BATCH)):
        rows = [
            CampaignDelivery(campaign=campaign, round=opened, recipient=recipient, about=about)
            for recipient, about in _recipients(planned.audience, batch, on=on)
        ]
        number += len(CampaignDelivery.objects.bulk_create(rows, ignore_conflicts=True))
    return number


def undeclared(campaign: Campaign, *, on: datetime.date) -> QuerySet[User]:
    """Obliged people who have not signed the register of the campaign's year."""
    signed = InterestRegister.objects.filter(
        declarant=OuterRef("pk"), year=campaign.year, state__in=SIGNED
    )
    return obliged_people(on=on).exclude(Exists(signed)).order_by("pk")


def _batches(people: Iterator[User]) -> Iterator[list[User]]:
    batch: list[User] = []
    for person in people:
        batch.append(person)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _recipients(audience: str, people: list[User], *, on: datetime.date) -> Iterable[Pair]:
    match audience:
        case Audience.PERSON:
            return [(person, person) for person in people]
        case Audience.SUPERIOR:
            superiors = hierarchy.superiors_of(people, on=on)
            found = [(superiors[person.pk], person) for person in people]
        case _:
            found = _heads(people, on=on)
    return [(above, person) for above, person in found if above is not None and above != person]


def _heads(people: list[User], *, on: datetime.date) -> list[tuple[User | None, User]]:
    """The head of the OPD of each obliged post that a person holds."""
    held = Assignment.objects.running(on=on).filter(post__is_obliged=True, user__in=people)
    opds = set(held.values_list("user", "post__opd"))
    heads: dict[int, User] = {}
    running = Assignment.objects.running(on=on).filter(
        post__is_opd_head=True, user__is_active=True, post__opd__in={opd for _u, opd in opds}
    )
    # The one who acts today counts, as in `people.hierarchy`: Plh before Plt before the holder.
    for each in sorted(
        running.select_related("user", "post"), key=lambda a: (a.kind == "definitive", a.kind)
    ):
        heads.setdefault(each.post.opd_id, each.user)
    by_key = {person.pk: person for person in people}
    return [(heads.get(opd), by_key[user]) for user, opd in opds]


def deliver(campaign: Campaign, *, at: datetime.datetime) -> int:
    """Tell everybody who waits, one notice each; the number of people told.

    One transaction a person: a failure leaves the others told and this one waiting.
    """
    local = timezone.localtime(at)
    told = 0
    if campaign.is_quiet(local.time()) or not calendar.is_working_day(local.date()):
        return told
    recipients = (
        campaign.deliveries.waiting().order_by("recipient").values_list("recipient", flat=True)
    )
    for recipient in list(recipients.distinct()):
        if not _may_send(campaign):
            break
        told += _tell(campaign, recipient, on=local.date(), at=at)
    if told:
        with transaction.atomic():
            record("campaign.deliver", by=None, target=campaign, number=told)
    return told


def _may_send(campaign: Campaign) -> bool:
    """Asked before each person: a campaign that is paused stops at once."""
    return Campaign.objects.filter(pk=campaign.pk, state=CampaignState.RUNNING).exists()


@transaction.atomic
def _tell(
    campaign: Campaign, recipient_id: object, *, on: datetime.date, at: datetime.datetime
) -> bool:
    """All that waits for one person in one notice; what is not needed any more is noted so."""
    waiting = list(
        campaign.deliveries.waiting()
        .select_for_update(of=("self",), skip_locked=True)
        .filter(recipient=recipient_id)
        .select_related("round", "recipient")
    )
    if not waiting:
        return False
    still = set(
        undeclared(campaign, on=on)
        .filter(pk__in={each.about_id for each in waiting})
        .values_list("pk", flat=True)
    )
    recipient = waiting[0].recipient
    needed = [each for each in waiting if each.about_id in still]
    _settle([each for each in waiting if each.about_id not in still], DeliveryState.DECLARED, at)
    if not recipient.is_active:
        _settle(needed, DeliveryState.DROPPED, at)
        return False
    if not needed:
        return False
    notice = _notify(campaign, recipient, needed, on=on)
    _settle(needed, DeliveryState.SENT, at, notice=notice)
    return True


def _settle(
    deliveries: list[CampaignDelivery], state: str, at: datetime.datetime, **fields: object
) -> None:
    CampaignDelivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(
        state=state, settled_at=at, **fields
    )


def _notify(
    campaign: Campaign, recipient: User, needed: list[CampaignDelivery], *, on: datetime.date
) -> object:
    """One notice a day, whatever the number of reasons."""
    return campaign_messages.tell(
        campaign,
        recipient,
        is_own=any(each.about_id == recipient.pk for each in needed),
        others=len({each.about_id for each in needed} - {recipient.pk}),
        on=on,
    )


def progress_of(campaign: Campaign, *, on: datetime.date) -> Progress:
    """Three queries: people, those who lack the register, deliveries by state."""
    states = dict(campaign.deliveries.order_by().values_list("state").annotate(number=Count("pk")))
    obliged = obliged_people(on=on).count()
    return Progress(
        obliged=obliged,
        signed=obliged - undeclared(campaign, on=on).order_by().count(),
        told=states.get(DeliveryState.SENT, 0),
        waiting=states.get(DeliveryState.WAITING, 0),
        spared=states.get(DeliveryState.DECLARED, 0),
        dropped=states.get(DeliveryState.DROPPED, 0),
    )


def covers(year: int, on: datetime.date) -> bool:
    """A running or paused campaign has rounds to come for that year: nothing else reminds."""
    return any(
        rounds[-1].day >= on
        for campaign in Campaign.objects.covering(year)
        if (rounds := timetable(campaign))
    )
