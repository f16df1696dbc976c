"""Risk maps for tests; a bare call gives the plainest valid row."""

import datetime
from dataclasses import dataclass
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from mapping import workflow
from mapping.models import Control, RiskArea, RiskAreaPost, RiskMap, RiskScale
from mapping.models.reference import ConflictSource
from people.models import Opd, Post, User
from people.proof import Proof
from people.roles import Role
from tests.people.factories import (
    AssignmentFactory,
    OpdFactory,
    PostFactory,
    RoleGrantFactory,
    person_with,
    post_of,
)


def scale() -> RiskScale:
    return RiskScale.objects.get(is_default=True)


class RiskMapFactory(DjangoModelFactory):
    class Meta:
        model = RiskMap

    opd = factory.SubFactory(OpdFactory)
    year = factory.LazyFunction(lambda: timezone.localdate().year)
    scale = factory.LazyFunction(scale)


class RiskAreaFactory(DjangoModelFactory):
    class Meta:
        model = RiskArea

    map = factory.SubFactory(RiskMapFactory)
    position = factory.Sequence(lambda n: n + 1)
    area = "Pengadaan barang/jasa"
    activity = factory.Sequence(lambda n: f"Penyusunan HPS {n}")
    conflict_form = "Spesifikasi diarahkan ke usaha keluarga"
    source = factory.LazyFunction(lambda: ConflictSource.objects.get(code="KELUARGA"))
    cause = "Usaha keluarga tidak dideklarasikan"
    consequence = "Harga tidak wajar"
    likelihood = 4
    impact = 4
    magnitude = 19
    level = "TINGGI"
    prevention = "Reviu oleh pihak kedua"
    handling = "PPK diganti untuk paket itu"
    owner_post = factory.LazyAttribute(lambda row: PostFactory(opd=row.map.opd))
    due_on = datetime.date(2026, 12, 15)
    mcsp_area = "PENGADAAN"


class ControlFactory(DjangoModelFactory):
    class Meta:
        model = Control

    class Params:
        area = None

    opd = factory.LazyAttribute(lambda row: row.area.map.opd)
    row_key = factory.LazyAttribute(lambda row: row.area.row_key)
    area_words = factory.LazyAttribute(lambda row: str(row.area))
    title = factory.Sequence(lambda n: f"Rotasi tim {n}")
    owner_post = factory.LazyAttribute(lambda row: PostFactory(opd=row.opd))
    due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=30))


@dataclass(frozen=True)
class Office:
    opd: Opd
    head: User
    officer: User
    staff: User
    inspector: User
    chief_inspector: User
    auditor: User
    posts: tuple[Post, ...]


def make_office(opd: Opd | None = None) -> Office:
    """An OPD with its head, an officer, somebody of the staff; and who stands outside."""
    opd = opd or OpdFactory()
    head = person_with(Role.OPD_HEAD, opd)
    people = {name: person_with(opd=opd, superior=post_of(head)) for name in ("officer", "staff")}
    RoleGrantFactory(user=people["officer"], role=Role.OPD_OFFICER, opd=opd)
    return Office(
        opd=opd,
        head=head,
        **people,
        inspector=person_with(Role.INSPECTOR),
        chief_inspector=person_with(Role.CHIEF_INSPECTOR),
        auditor=person_with(Role.AUDITOR),
        posts=tuple(post_of(user) for user in (head, *people.values())),
    )


def proof(user: User) -> Proof:
    return Proof(user.pk, "password", timezone.now())


def make_map(office: Office, *, rows: int = 1, state: str = "draft", **fields: Any) -> RiskMap:
    """A map of the office brought to `state` by the people who may."""
    risk_map = RiskMapFactory(opd=office.opd, created_by=office.officer, **fields)
    for number in range(1, rows + 1):
        row = RiskAreaFactory(map=risk_map, position=number, owner_post=office.posts[0])
        RiskAreaPost.objects.create(area=row, post=office.posts[2])
    return bring_to(risk_map, office, state)


def bring_to(risk_map: RiskMap, office: Office, state: str) -> RiskMap:
    if state == "draft":
        return risk_map
    risk_map = workflow.sign(risk_map, by=office.head, proof=proof(office.head))
    if state == "signed":
        return risk_map
    risk_map = workflow.review(risk_map, by=office.inspector)
    if state == "returned":
        return workflow.return_for_correction(
            risk_map, by=office.inspector, reason="Mohon lengkapi."
        )
    if state == "approved":
        return workflow.approve(risk_map, by=office.inspector, proof=proof(office.inspector))
    if state == "archived":
        return workflow.archive(risk_map, by=None, reason="OPD berakhir")
    assert state == "under_review"
    return risk_map


__all__ = ["AssignmentFactory", "ControlFactory", "RiskAreaFactory", "RiskMapFactory"]
