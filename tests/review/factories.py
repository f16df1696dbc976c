"""Declarations and maps for the pages of `review`, written as they stand after the signature."""

import itertools
from typing import Any

from django.utils import timezone

from declarations.models import ConflictDeclaration, DecisionStatement
from declarations.models.configuration import DecisionKind
from declarations.models.matters import Matter
from declarations.services.configuration import form_in_use
from mapping.models import ConflictSource, RiskArea, RiskAreaPost, RiskAreaTemplate, RiskMap
from people.models import Opd, User
from tests.mapping.factories import ControlFactory, RiskAreaFactory, RiskMapFactory

_numbers = itertools.count(1)


def template(code: str = "PBJ-01") -> RiskAreaTemplate:
    return RiskAreaTemplate.objects.get(code=code, valid_until=None)


def make_matter(opd: Opd, area: str | None = "PBJ-01", *, row: RiskArea | None = None) -> Matter:
    """With a row of the map, its area; otherwise that of the library with the code."""
    number = next(_numbers)
    return Matter.objects.create(
        opd=opd,
        kind=DecisionKind.objects.get(code="PBJ"),
        title=f"Pengadaan {number}",
        title_key=f"pengadaan{number}",
        number=f"027/{number}",
        number_key=f"027{number}",
        risk_area=row.template if row else template(area) if area else None,
        risk_row=row.row_key if row else None,
    )


def _common(declarant: User, opd: Opd, area: str | None, form: str, matter: Any) -> dict:
    now = timezone.now()
    return {
        "declarant": declarant,
        "opd": opd,
        "year": now.year,
        "form_version": form_in_use(form),
        "matter": matter or make_matter(opd, area),
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
        **(_common(declarant, opd, area, "F3", fields.get("matter")) | values | fields)
    )


def make_statement(declarant: User, opd: Opd, area: str | None = "PBJ-01", **fields):
    values = {"state": "issued"}
    return DecisionStatement.objects.create(
        **(_common(declarant, opd, area, "F2", fields.get("matter")) | values | fields)
    )


def approved_map(
    opd: Opd, *codes: str | None, posts: tuple = (), head: User | None = None, version: int = 1,
    keys: Any = (), level: str = "TINGGI", **fields: Any,
) -> RiskMap:  # fmt: skip
    """A map in force, a row of `level` for each template; None is a row of one's own."""
    risk_map = RiskMapFactory(opd=opd, version=version, **fields)
    for number, code in enumerate(codes):
        values: dict = {"level": level} | ({"row_key": keys[number]} if keys else {})
        if code is not None:
            values |= {"template": template(code), "mcsp_area": template(code).mcsp_area}
        row = RiskAreaFactory(map=risk_map, **values)
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
