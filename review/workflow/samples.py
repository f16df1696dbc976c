"""A draw and the cases that follow from it."""

import datetime

from django.db import transaction

from people.models import User
from review.models import NilSample
from review.services import samples
from review.states import CaseOrigin
from review.workflow import cases


def draw_sample(*, year: int, by: User, at: datetime.datetime, seed: str = "") -> NilSample:
    """Fix a seed (its own transaction), draw with it, open a case for each drawn register.

    `seed` is one that stands in the trail already: after an interruption between the two steps.
    """
    seed = seed or samples.fix_seed(year=year, by=by)
    with transaction.atomic():
        sample = samples.draw(year=year, seed=seed, by=by, at=at)
        for item in sample.items.select_related("subject", "opd"):
            cases.open_case(
                origin=CaseOrigin.SAMPLE,
                subject=item.subject,
                opd=item.opd,
                at=at,
                by=by,
                title=f"Sampel acak daftar nihil {year}",
            )
    return sample
