"""Constraints that recur: named, with a message for people."""

from functools import reduce
from operator import and_
from typing import Any

from django.db import models
from django.db.models import F, Q


def all_or_none(*fields: str, name: str, message: Any) -> models.CheckConstraint:
    """Either all of `fields` are null or none of them is."""
    none = reduce(and_, (Q(**{f"{field}__isnull": True}) for field in fields))
    every = reduce(and_, (Q(**{f"{field}__isnull": False}) for field in fields))
    return models.CheckConstraint(
        condition=none | every, name=name, violation_error_message=message
    )


def ordered(first: str, last: str, *, name: str, message: Any) -> models.CheckConstraint:
    """`first` is not after `last`; either may be null."""
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True})
        | Q(**{f"{last}__isnull": True})
        | Q(**{f"{first}__lte": F(last)}),
        name=name,
        violation_error_message=message,
    )


def known_choice(
    field: str, choices: type[models.TextChoices], *, name: str
) -> models.CheckConstraint:
    """`field` holds one of the values of `choices`, or the database refuses."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)
