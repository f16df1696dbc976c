"""Registers of decrees and contracts for the demonstration; everything in them is invented.

Most say nothing. A few break a recusal or a suspension, or name a former official: these are
handed back for the list of hidden conflicts.
"""

import datetime
import random
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from declarations.models import ConflictDeclaration
from declarations.seeding import afterwards
from declarations.services.matters import key_of
from matching.names import name_key
from people.models import Assignment, RoleGrant, User
from people.roles import Role
from review.models import ActFile, ActParty, RegisteredAct
from review.models.acts import ActKind
from review.services import cooling_off

EACH = 2
THINGS = ("alat kesehatan", "bibit tanaman", "jasa kebersihan", "sewa kendaraan", "alat tulis")
PARTIES = ("CV Bukit Kandis", "PT Sinar Pantai Panjang", "CV Teluk Segara", "UD Lembak Jaya")
DAY = datetime.timedelta(days=1)


@transaction.atomic
def seed_acts(*, on: datetime.date, seed: int = 1) -> list[dict[str, Any]]:
    """What was planted. Does nothing where a register stands already, or nobody inspects."""
    grant = RoleGrant.objects.running(on=on).filter(role=Role.INSPECTOR).order_by("pk").first()
    if grant is None or ActFile.objects.exists():
        return []
    maker = _Maker(on, random.Random(f"{seed}:acts"), grant.user)  # noqa: S311 -- a story
    maker.ordinary()
    maker.breaking()
    maker.suspended()
    maker.former()
    return maker.write()


class _Maker:
    def __init__(self, on: datetime.date, rng: random.Random, by: User) -> None:
        self.on, self.rng = on, rng
        self.file = ActFile(
            name="daftar-sk-dan-kontrak.csv", sha256="0" * 64, added=0, changed=0, unchanged=0,
            imported_at=timezone.now(), imported_by=by,
        )  # fmt: skip
        self.acts: list[tuple[RegisteredAct, tuple[str, ...]]] = []
        self.planted: list[dict[str, Any]] = []
        self.heads = list(
            Assignment.objects.running(on=on)
            .filter(post__is_opd_head=True, kind="definitive")
            .select_related("user", "post")
            .order_by("post__code")
        )

    def ordinary(self) -> None:
        for head in self.heads:
            for _each in range(EACH):
                day = self.on - self.rng.randint(5, 300) * DAY
                thing = f"Pengadaan {self.rng.choice(THINGS)}"
                self.add(head.user, head.post.opd_id, thing, day, self.rng.choice(PARTIES))

    def breaking(self) -> None:
        """Two who were taken off a matter sign a contract with a party of it."""
        for conflict in self._conflicts(("conflict_found", "controlled"), decided=True):
            day = timezone.localdate(conflict.decided_at) + DAY
            party = conflict.parties.first()
            if party is not None and day <= self.on:
                thing = f"Pengadaan {THINGS[len(self.acts) % len(THINGS)]}"
                made = self.add(conflict.declarant, conflict.opd_id, thing, day, party.name)
                self.note("F1_recusal_act", made, conflict.declarant)

    def suspended(self) -> None:
        """Two sign a decree on the matter while their superior has it."""
        for conflict in self._conflicts(("sent", "under_review", "escalated"), decided=False):
            day = timezone.localdate(conflict.sent_at) + DAY
            if day <= self.on:
                title = conflict.matter.title
                made = self.add(conflict.declarant, conflict.opd_id, title, day)
                self.note("F3_signed_while_suspended", made, conflict.declarant)

    def former(self) -> None:
        """Two who left lately are each a party of a contract."""
        leavers = cooling_off.leavers(on=self.on).filter(name__contains=" ")
        for proposal in cooling_off.proposals_for(leavers[:EACH]):
            head = next((h for h in self.heads if h.post.opd_id == proposal.opd.pk), None)
            if head is not None and proposal.ended_on < self.on:
                made = self.add(head.user, proposal.opd.pk, "Jasa konsultan", self.on - DAY,
                                proposal.user.name)  # fmt: skip
                self.note("Q10_former_official_is_party", made, head.user, proposal.user)

    def _conflicts(self, states: Iterable[str], *, decided: bool) -> list[ConflictDeclaration]:
        found = ConflictDeclaration.objects.filter(state__in=states).select_related("matter")
        if decided:
            found = found.filter(
                decisions__state="signed",
                decisions__finding="conflict",
                decisions__valid_until__isnull=True,
                decisions__measures__kind__allows_continuing=False,
            )
        return list(found.select_related("declarant").distinct().order_by("sent_at", "pk")[:2])

    def add(
        self, who: User, opd: int, title: str, day: datetime.date, *parties: str
    ) -> RegisteredAct:
        number = f"{len(self.acts) + 1:03d}/{'SPK' if parties else 'SK'}/{day.year}"
        kind = ActKind.CONTRACT if parties else ActKind.DECREE
        made = RegisteredAct(
            file=self.file, opd_id=opd, kind=kind, number=number, number_key=key_of(number),
            title=title[:300], title_key=key_of(title)[:300], signed_on=day, signatory=who,
        )  # fmt: skip
        self.acts.append((made, parties))
        return made

    def note(self, kind: str, made: RegisteredAct, *people: User) -> None:
        where = {"act": made.pk, "number": made.number}
        self.planted.append(afterwards.hidden(kind, made.title, *people, **where))

    def write(self) -> list[dict[str, Any]]:
        self.file.added = len(self.acts)
        self.file.save(force_insert=True)
        RegisteredAct.objects.bulk_create([act for act, _parties in self.acts])
        ActParty.objects.bulk_create(
            ActParty(act=act, name=name, name_key=name_key(name)[:200])
            for act, parties in self.acts
            for name in parties
        )
        return self.planted
