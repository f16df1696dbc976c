"""Registers, statements and declarations for tests, with the people around them.

A bare factory call gives a draft; `signed`, `accepted` … go through the services, as people do.
Reference data (forms, lists, limits) is in every test database.
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from declarations.models import InterestRegister
from declarations.models.registers import Occasion
from declarations.services.configuration import form_in_use
from declarations.workflow import registers as workflow
from people.models import Opd, Role, User
from people.proof import Proof
from tests.people.factories import OpdFactory, person_with, post_of

NIL_SECTIONS = (
    "outside_work", "posts_held", "affiliations", "gifts", "previous_posts", "assets",
)  # fmt: skip


def proof_of(user: User) -> Proof:
    return Proof(user.pk, "password", timezone.now())


def nil_draft() -> dict[str, Any]:
    """Every section of F1 says "nothing to declare"."""
    return {key: {"nil": True, "rows": []} for key in ("business", "family", *NIL_SECTIONS)}


def business_row(name: str = "CV Rafflesia Jaya", **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "name": name,
        "field": "Alat tulis kantor",
        "role": "owner",
        "share_percent": "60",
        "deals_with_government": "no",
        **changes,
    }


def family_row(name: str = "Siti binti Ahmad", **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "name": name,
        "relation": "istri",
        "occupation": "Guru",
        "related_to_duties": "no",
        **changes,
    }


def full_draft(**sections: Any) -> dict[str, Any]:
    """A complete F1 with one business and one relative; sections may be replaced."""
    draft = nil_draft()
    draft["business"] = {"rows": [business_row()]}
    draft["family"] = {"rows": [family_row()]}
    return {**draft, **sections}


class RegisterFactory(DjangoModelFactory):
    """A complete draft of somebody in a post."""

    class Meta:
        model = InterestRegister

    declarant = factory.LazyFunction(person_with)
    opd = factory.LazyAttribute(lambda o: post_of(o.declarant).opd)
    post = factory.LazyAttribute(lambda o: post_of(o.declarant))
    year = factory.LazyFunction(lambda: timezone.localdate().year)
    form_version = factory.LazyFunction(lambda: form_in_use("F1"))
    occasion = Occasion.YEARLY
    due_on = factory.LazyFunction(lambda: datetime.date(timezone.localdate().year, 12, 31))
    draft = factory.LazyFunction(full_draft)


@dataclass(frozen=True)
class Office:
    """A person, the superior above, the officer who checks, and others who may look."""

    opd: Opd
    declarant: User
    superior: User
    officer: User
    inspector: User
    chief_inspector: User
    auditor: User
    stranger: User
    other_officer: User


def office() -> Office:
    opd = OpdFactory()
    superior = person_with(Role.SUPERIOR, opd)
    above = post_of(superior)
    declarant = person_with(opd=opd, superior=above, post={"obliged": True})
    return Office(
        opd=opd,
        declarant=declarant,
        superior=superior,
        officer=person_with(Role.OPD_OFFICER, opd),
        inspector=person_with(Role.INSPECTOR),
        chief_inspector=person_with(Role.CHIEF_INSPECTOR),
        auditor=person_with(Role.AUDITOR),
        stranger=person_with(opd=opd),
        other_officer=person_with(Role.OPD_OFFICER),
    )


def sent_register(declarant: User | None = None, **fields: Any) -> InterestRegister:
    register = RegisterFactory(**({"declarant": declarant} if declarant else {}), **fields)
    person = User.objects.get(pk=register.declarant_id)
    return workflow.send(register, by=person, proof=proof_of(person))


def accepted_register(place: Office, **fields: Any) -> InterestRegister:
    register = sent_register(place.declarant, **fields)
    return workflow.accept(register, by=place.officer)


def returned_register(place: Office, comments: dict[str, str] | None = None) -> InterestRegister:
    register = sent_register(place.declarant)
    comments = comments or {"business": "Bagian kepemilikan belum diisi."}
    return workflow.return_for_completion(register, by=place.officer, comments=comments)
