"""A flag about the declarant, a question about it, a sample, for the walk over all addresses."""

from typing import Any

from django.utils import timezone

from people.models import User
from review.models import Flag, FlagSnapshot, NilSample, RuleVersion
from review.workflow import flags
from tests.people.factories import post_of

RULE = "A3_NO_IDENTIFIER"


def make_flag(subject: User, **fields: Any) -> Flag:
    now = timezone.now()
    version = RuleVersion.objects.current().get(rule=RULE)
    flag = Flag(
        rule=RULE, key=f"row:{subject.pk}", subject=subject, opd=post_of(subject).opd,
        year=now.year, people=[subject.pk], weight=version.weight, rule_version=version,
        fingerprint="0" * 64, sentence="Usaha tanpa NIB.", raised_at=now, changed_at=now, **fields,
    )  # fmt: skip
    flag.snapshot = FlagSnapshot(
        flag=flag, rule_version=version, fingerprint=flag.fingerprint, inputs={"facts": {}},
        sentence=flag.sentence, path={"nodes": [], "edges": []}, weight=flag.weight, taken_at=now,
    )  # fmt: skip
    snapshot, flag.snapshot = flag.snapshot, None
    flag.save(force_insert=True)
    snapshot.save(force_insert=True)
    flag.snapshot = snapshot
    flag.save(update_fields=["snapshot"])
    return flag


def things_of_flags(people: dict[str, User]) -> dict[str, Any]:
    flag = make_flag(people["declarant"])
    sample = NilSample.objects.create(
        year=timezone.localdate().year,
        seed="0" * 32,
        rates=RuleVersion.objects.current().get(rule="S1_NIL_SAMPLE"),
        population_hash="0" * 64,
        drawn_at=timezone.now(),
        drawn_by=people["chief_inspector"],
    )
    return {
        "flag": flag,
        "flag_reply": flags.ask(flag, by=people["inspector"], question="Mengapa?"),
        "nil_sample": sample,
    }
