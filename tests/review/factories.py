"""Declarations and maps for the pages of `review`, written as they stand after the signature."""

import itertools

from django.utils import timezone

from declarations.models import ConflictDeclaration, DecisionStatement
from declarations.models.configuration import DecisionKind
from declarations.models.matters import Matter
from declarations.services.configuration import form_in_use
from mapping.models import ConflictSource, RiskAreaPost, RiskAreaTemplate, RiskMap
from people.models import Opd, User
from tests.mapping.factories import ControlFactory, RiskAreaFactory, RiskMapFactory

_numbers = itertools.count(1)


def template(code: str = "PBJ-01") -> RiskAreaTemplate:
    return RiskAreaTemplate.objects.get(code=code, valid_until=None)


def make_matter(opd: Opd, area: str | None = "PBJ-01") -> Matter:
    number = next(_numbers)
    return Matter.objects.create(
        opd=opd,
        kind=DecisionKind.objects.get(code="PBJ"),
        title=f"Pengadaan {number}",
        title_key=f"pengadaan{number}",
        number=f"027/{number}",
        number_key=f"027{number}",
        risk_area=template(area) if area else None,
    )


def _common(declarant: User, opd: Opd, area: str | None, form: str) -> dict:
    now = timezone.now()
    return {
        "declarant": declarant,
        "opd": opd,
        "year": now.year,
        "form_version": form_in_use(form),
        "matter": make_matter(opd, area),
        "sent_at": now,
        "sent_by": declarant,
    }


def make_conflict(declarant: User, opd: Opd, area: str | None = "PBJ-01", **fields):
    values = {
        "state": "sent",
        "source": ConflictSource.objects.get(code="KELUARGA"),
        "conflict_kind": "actual",
        "situation": "Saudara kandung memiliki saham.",
        "due_on": timezone.localdate(),
    }
    return ConflictDeclaration.objects.create(
        **(_common(declarant, opd, area, "F3") | values | fields)
    )


def make_statement(declarant: User, opd: Opd, area: str | None = "PBJ-01", **fields):
    values = {"state": "issued"}
    return DecisionStatement.objects.create(
        **(_common(declarant, opd, area, "F2") | values | fields)
    )


def approved_map(opd: Opd, *codes: str, posts: tuple = (), head: User | None = None) -> RiskMap:
    """A map in force with one row of high risk for each template."""
    risk_map = RiskMapFactory(opd=opd)
    for code in codes:
        row = RiskAreaFactory(
            map=risk_map, template=template(code), mcsp_area=template(code).mcsp_area
        )
        for post in posts:
            RiskAreaPost.objects.create(area=row, post=post)
    signer = head or User.objects.first()
    for state in ("signed", "under_review", "approved"):
        RiskMap.objects.filter(pk=risk_map.pk).update(
            state=state,
            signed_at=timezone.now(),
            signed_by=signer,
            **({"approved_at": timezone.now(), "approved_by": _other(signer)}
               if state == "approved" else {}),
        )  # fmt: skip
    risk_map.refresh_from_db()
    return risk_map


def _other(user: User) -> User:
    return User.objects.exclude(pk=user.pk).first()


def overdue_control(risk_map: RiskMap):
    area = risk_map.areas.first()
    return ControlFactory(area=area, due_on=timezone.localdate() - timezone.timedelta(days=3))
