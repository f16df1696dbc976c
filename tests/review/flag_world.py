"""A flag about the declarant, a question about it, a sample, an act: for the walk over pages."""

from typing import Any

from django.utils import timezone

from people.models import User
from review.models import (
    ActFile,
    Flag,
    FlagSnapshot,
    NilSample,
    RegisteredAct,
    RuleVersion,
)
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
    file = ActFile.objects.create(
        name="daftar.csv", sha256="0" * 64, added=1, changed=0, unchanged=0,
        imported_at=timezone.now(), imported_by=people["inspector"],
    )  # fmt: skip
    act = RegisteredAct.objects.create(
        file=file, opd=flag.opd, kind="sk", number="1", number_key="1", title="Penunjukan",
        title_key="penunjukan", signed_on=timezone.localdate(), signatory=people["declarant"],
    )  # fmt: skip
    return {
        "act": act,
        "flag": flag,
        "flag_reply": flags.ask(flag, by=people["inspector"], question="Mengapa?"),
        "nil_sample": sample,
    }
