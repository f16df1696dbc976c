"""How long the rules take over a province, and how soon a change is flagged.

    COI_ENVIRONMENT=development COI_DB_NAME=… .venv/bin/python benchmarks/flags.py [--slowest 5]

Reads the province that the database holds (run it on two, of different sizes). Printed: flags,
seconds of a first run that writes every flag, of a second one that finds nothing to write, the
slowest rules, a run over one person, peak memory. Everything is rolled back.
"""

import argparse
import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
os.environ.setdefault("COI_ENVIRONMENT", "development")

import django

django.setup()

from django.db import transaction
from django.utils import timezone

from declarations.models import ConflictDeclaration, DecisionStatement, InterestRegister
from people.models import User
from review.models import Flag
from review.rules import RULES
from review.services import evaluation


def timed(call):
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--slowest", type=int, default=5)
    options = parser.parse_args()
    at = timezone.now()
    declarations = sum(
        model.objects.count()
        for model in (InterestRegister, DecisionStatement, ConflictDeclaration)
    )
    with transaction.atomic():
        one_by_one = {}
        for code in RULES:
            one_by_one[code], _o = timed(
                lambda code=code: evaluation.evaluate_rules([code], at=at)
            )
        seconds = sum(one_by_one.values())
        again, nothing = timed(lambda: evaluation.evaluate_all(at=at))
        person = Flag.objects.exclude(subject=None).values_list("subject", flat=True).first()
        alone, _o = timed(lambda: evaluation.evaluate_subjects([person], at=at))
        flags = Flag.objects.count()
        transaction.set_rollback(True)
    print(f"{User.objects.count():,} people, {declarations:,} declarations, {flags:,} flags")
    print(f"first run {seconds:.2f} s ({len(RULES) / seconds:.1f} rules/s), second {again:.2f} s")
    print(f"nothing to write the second time: {nothing.is_empty}; one person {alone:.3f} s")
    for code in sorted(one_by_one, key=one_by_one.get, reverse=True)[: options.slowest]:
        print(f"  {code:34}{one_by_one[code]:8.2f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
