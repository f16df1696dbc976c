"""A desk of the Inspectorate for tests of cases: two inspectors, their chief, people to review."""

import datetime
import itertools
from dataclasses import dataclass

from django.utils import timezone

from people.models import Opd, RoleGrant, User
from people.proof import Proof
from people.roles import Role
from review.models import Case
from review.services import marking
from review.states import CaseOrigin
from review.workflow import case_decisions, case_requests, cases
from tests.declarations.factories import family_row, full_draft, sent_register
from tests.people.factories import OpdFactory, RoleGrantFactory, person_with, post_of

WORDS = "Dokumen dibandingkan; isinya sesuai."
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Desk:
    inspectorate: Opd
    opd: Opd
    chief: User
    inspector: User
    colleague: User
    superior: User
    subject: User


def make_desk() -> Desk:
    """The inspectors work in the Inspectorate, the subject in another OPD below a superior."""
    inspectorate = OpdFactory(kind=Opd.Kind.INSPECTORATE, name="Inspektorat Uji")
    opd = OpdFactory(name="Dinas Perkara", short_name="Perkara")
    chief = person_with(Role.CHIEF_INSPECTOR, inspectorate, name="Indra Kepala Inspektur")
    above = post_of(chief)
    superior = person_with(Role.SUPERIOR, opd, name="Sulastri Atasan Perkara")
    return Desk(
        inspectorate=inspectorate,
        opd=opd,
        chief=chief,
        inspector=person_with(
            Role.INSPECTOR, inspectorate, superior=above, name="Ani Pemeriksa Satu"
        ),
        colleague=person_with(
            Role.INSPECTOR, inspectorate, superior=above, name="Budi Pemeriksa Dua"
        ),
        superior=superior,
        subject=person_with(opd=opd, superior=post_of(superior), name="Terlapor Sang Pegawai"),
    )


def again(user: User) -> User:
    """A fresh instance, as a new request has it."""
    return User.objects.get(pk=user.pk)


def proof(user: User) -> Proof:
    return Proof(user.pk, "password", timezone.now())


def new_case(desk: Desk, *, subject: User | None = None, opd: Opd | None = None, **values) -> Case:
    return cases.open_case(
        origin=values.pop("origin", CaseOrigin.REPORT),
        subject=subject or person_with(
            opd=opd or desk.opd, name=f"Pegawai Perkara {next(_numbers)}"
        ),
        opd=opd or desk.opd,
        at=values.pop("at", timezone.now()),
        **values,
    )  # fmt: skip


def case_in(state: str, desk: Desk, **values) -> Case:
    """A case brought to `state` by the workflow itself."""
    case = new_case(desk, **values)
    if state == "new":
        return case
    if state == "assigned":
        return cases.assign(case, to=desk.inspector, by=desk.chief)
    case = cases.claim(case, by=desk.inspector)
    if state == "in_review":
        return case
    if state == "awaiting_clarification":
        sent_register(case.subject)
        places = marking.places_of(case.subject)[0].places
        case_requests.ask(case, by=desk.inspector, question="Sejak kapan?", keys=[places[0].key])
        return Case.objects.get(pk=case.pk)
    case = cases.recommend(case, by=desk.inspector, outcome=OUTCOMES[state], reasons=WORDS)
    if state == "recommended":
        return case
    ruling = case_decisions.Ruling(OUTCOMES[state], WORDS)
    case = case_decisions.decide(case, ruling=ruling, by=desk.chief, proof=proof(desk.chief))
    if state == "reopened":
        return case_decisions.reopen(case, by=desk.chief, reason="Bukti baru.")
    return case


OUTCOMES = {
    "recommended": "conforming",
    "decided": "examination",
    "closed": "dismissed",
    "reopened": "conforming",
}


def relate(one: User, other: User) -> None:
    """`one` declares `other` as family, by name, in a register that is in force."""
    sent_register(one, draft=full_draft(family={"rows": [family_row(other.name)]}))


def take_role(user: User) -> None:
    """Whoever gave it takes it back today."""
    RoleGrant.objects.filter(user=user).update(
        ends_on=timezone.localdate() - datetime.timedelta(days=1)
    )


def give_role(user: User, role: Role) -> None:
    RoleGrantFactory(user=user, role=role)
