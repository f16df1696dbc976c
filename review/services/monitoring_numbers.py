"""The numbers of F8 for one period, counted from the rows at one moment, ready to be frozen.

Formulas: fact sheet of the domain, section 7. Words are those of the document, so Indonesian.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    HandlerChange,
    InterestRegister,
)
from declarations.services.compliance import SIGNED
from declarations.states import ConflictState
from mapping.models import RiskArea, RiskMap
from people import calendar
from people.models import Opd, User
from review.models import ConflictReport
from review.services.dashboard import quantile
from review.services.desk import percent
from review.services.standings import day_of, obliged_posts


def numbers_of(
    *,
    starts_on: datetime.date,
    ends_on: datetime.date,
    on: datetime.date,
    opd: Opd | None = None,
) -> dict[str, Any]:
    """JSON-able; `on` is the day as of which it is counted, `ends_on` at the latest.

    Of one OPD they leave out the reports from others and the levels of the posts: its head reads
    them, a report is kept from the OPD that it is about, and few hold a post of one level.
    """
    day = min(ends_on, on)
    span = _span(starts_on, ends_on)
    registers = _registers(day, opd)
    found = {
        "as_of": str(day),
        "registers": registers,
        "mapping": _mapping(ends_on.year, day, opd),
        "declarations": _declarations(span, opd, obliged=sum(row["obliged"] for row in registers)),
        "decisions": _decisions(span, opd),
        "sources": _sources(span, opd),
        "plans": _plans(starts_on, day, opd),
        "nil_then_declared": _nil_then_declared(ends_on.year, span, opd),
        "areas": _areas(opd),
        "escalations": _escalations(span, opd),
        "escalated_from": _escalated_from(span, opd, on=day),
    }
    if opd:
        return found | {"scope": opd.name}
    return found | {
        "reports": _reports(span),
        "sources_by_opd": _sources_by(span, F("opd__name"), "opd__code"),
        "sources_by_level": _sources_by(span, F("post__level"), "post__level"),
    }


def _of(found: QuerySet, opd: Opd | None, field: str = "opd") -> QuerySet:
    return found if opd is None else found.filter(**{field: opd})


def _span(starts_on: datetime.date, ends_on: datetime.date) -> tuple[Any, Any]:
    """From the first midnight to the one after the last day, in the portal's own time."""
    days = (starts_on, ends_on + datetime.timedelta(days=1))
    midnights = [datetime.datetime.combine(day, datetime.time.min) for day in days]
    return tuple(timezone.make_aware(each) for each in midnights)  # type: ignore[return-value]


def _in(found: QuerySet, field: str, span: tuple[Any, Any]) -> QuerySet:
    return found.filter(**{f"{field}__gte": span[0], f"{field}__lt": span[1]})


def _registers(day: datetime.date, opd: Opd | None) -> list[dict[str, Any]]:
    obliged = obliged_posts(year=day.year, on=day_of(day.year, on=day))
    rows = (
        _of(obliged, opd, "post__opd")
        .order_by()
        .values(code=F("post__opd__code"), name=F("post__opd__name"))
        .annotate(
            obliged=Count("pk"),
            signed=Count("pk", filter=Q(has_signed=True)),
            in_time=Count("pk", filter=Q(was_in_time=True)),
            valid_in_time=Count("pk", filter=Q(was_valid=True)),
        )
        .order_by("code")
    )
    return [
        row
        | {
            "rate": percent(row["valid_in_time"], row["obliged"]),
            "punctuality": percent(row["in_time"], row["signed"]),
        }
        for row in rows
    ]


def _mapping(year: int, day: datetime.date, opd: Opd | None) -> dict[str, Any]:
    active = _of(Opd.objects.in_force(on=day), opd and opd.pk, "pk")
    approved = RiskMap.objects.of_record(year).filter(opd__in=active)
    covered, all_opds = approved.values("opd").distinct().count(), active.count()
    return {"opds": all_opds, "approved": covered, "coverage": percent(covered, all_opds)}


def _sent(span: tuple[Any, Any], opd: Opd | None) -> QuerySet[ConflictDeclaration]:
    found = ConflictDeclaration.objects.filter(state__in=ConflictState.SENT_STATES)
    return _of(_in(found, "sent_at", span), opd).order_by()


def _declarations(span: tuple[Any, Any], opd: Opd | None, *, obliged: int) -> dict[str, Any]:
    rows = _sent(span, opd).values("conflict_kind").annotate(total=Count("pk"))
    counted = {row["conflict_kind"]: row["total"] for row in rows}
    return {
        kind: {
            "number": number,
            # One decimal, as text, so that what is frozen never depends on a float.
            "per_100": f"{100 * number / obliged:.1f}" if obliged else None,
        }
        for kind, number in sorted(counted.items())
    }


def _decisions(span: tuple[Any, Any], opd: Opd | None) -> dict[str, Any]:
    decided = _of(ConflictDeclaration.objects.filter(state__in=ConflictState.DECIDED), opd)
    rows = _in(decided, "decided_at", span).values_list("sent_at", "decided_at", "due_on")
    days_off = calendar.holidays()
    histogram: dict[int, int] = {}
    in_time = 0
    for sent_at, decided_at, due_on in rows.iterator(chunk_size=2_000):
        end = timezone.localdate(decided_at)
        days = calendar.working_days_between(timezone.localdate(sent_at), end, days_off)
        histogram[days] = histogram.get(days, 0) + 1
        in_time += end <= due_on
    number = sum(histogram.values())
    return {
        "number": number,
        "in_time": in_time,
        "share": percent(in_time, number),
        "median": quantile(histogram, 0.5),
        "p90": quantile(histogram, 0.9),
    }


def _sources(span: tuple[Any, Any], opd: Opd | None) -> list[dict[str, Any]]:
    rows = (
        _sent(span, opd)
        .values(code=F("source__code"), name=F("source__label_id"))
        .annotate(total=Count("pk"))
        .order_by("source__position", "code")
    )
    return [{"code": r["code"], "name": r["name"], "number": r["total"]} for r in rows]


def _sources_by(span: tuple[Any, Any], group: F, order: str) -> list[dict[str, Any]]:
    """Declared conflicts by source within each OPD, or within each level of post."""
    rows = (
        _sent(span, None)
        .values(group=group, name=F("source__label_id"))
        .annotate(total=Count("pk"))
        .order_by(order, "source__position", "name")
    )
    return [{"group": r["group"] or "", "name": r["name"], "number": r["total"]} for r in rows]


def _plans(starts_on: datetime.date, day: datetime.date, opd: Opd | None) -> dict[str, Any]:
    """Plans whose last task was due in the period, and how many of them are closed."""
    due = (
        _of(ControlPlan.objects.filter(state__in=("active", "closed")), opd)
        .annotate(last_due=Max("tasks__due_on"))
        .filter(last_due__range=(starts_on, day))
    )
    number, closed = due.count(), due.filter(state="closed").count()
    overdue = _of(ControlPlan.objects.late(on=day), opd).count()
    return {"due": number, "closed": closed, "share": percent(closed, number), "late": overdue}


def _reports(span: tuple[Any, Any]) -> dict[str, Any]:
    """Received in the period; decided in the period. Only named ones have a limit for that."""
    received = _in(ConflictReport.objects.all(), "received_at", span)
    number, named = received.count(), received.filter(is_named=True).count()
    in_time = Q(decided_at__date__lte=F("decide_due_on"))
    decided = _in(ConflictReport.objects.all(), "decided_at", span).aggregate(
        decided=Count("pk"),
        substantiated=Count("pk", filter=Q(outcome="substantiated")),
        limited=Count("pk", filter=Q(decide_due_on__isnull=False)),
        kept=Count("pk", filter=in_time),
    )
    return {
        "number": number,
        "anonymous_share": percent(number - named, number),
        "decided": decided["decided"],
        "substantiated_share": percent(decided["substantiated"], decided["decided"]),
        "limited": decided["limited"],
        "in_time": decided["kept"],
        "share": percent(decided["kept"], decided["limited"]),
    }


def _nil_then_declared(year: int, span: tuple[Any, Any], opd: Opd | None) -> int:
    """People with a nil register of the year who declared a conflict after they signed it."""
    later = _sent(span, None).filter(
        declarant=OuterRef("declarant"), sent_at__gt=OuterRef("sent_at")
    )
    nil = InterestRegister.objects.filter(year=year, is_nil=True, state__in=SIGNED)
    return _of(nil, opd).filter(Exists(later)).values("declarant").distinct().count()


def _areas(opd: Opd | None) -> dict[str, Any]:
    areas = _of(RiskArea.objects.in_force(), opd, "map__opd")
    levels = areas.order_by().values_list("level").annotate(number=Count("pk"))
    judged = areas.filter(residual_magnitude__isnull=False)
    lower = judged.filter(residual_magnitude__lt=F("magnitude")).count()
    return {"levels": dict(sorted(levels)), "residual_lower": percent(lower, judged.count())}


def _overdue(span: tuple[Any, Any], opd: Opd | None) -> QuerySet[HandlerChange]:
    passed_on = _of(HandlerChange.objects.filter(reason="overdue"), opd, "conflict__opd")
    return _in(passed_on, "changed_at", span).order_by()


def _escalations(span: tuple[Any, Any], opd: Opd | None) -> int:
    return _overdue(span, opd).count()


def _escalated_from(
    span: tuple[Any, Any], opd: Opd | None, *, on: datetime.date
) -> list[dict[str, Any]]:
    """By the superior who let the limit pass: the post and its OPD, no name."""
    rows = _overdue(span, opd).filter(from_user__isnull=False).values_list("from_user")
    counted = dict(rows.annotate(number=Count("pk")))
    people = User.objects.with_main_post(on=on).filter(pk__in=counted)
    found: Counter[str] = Counter()
    for person in people:
        found[f"{person.post_title or '–'}, {person.opd_name or '–'}"] += counted[person.pk]
    return [{"name": name, "number": number} for name, number in sorted(found.items())]


def scope_of(numbers: dict[str, Any]) -> str:
    """The OPD that frozen numbers are about, or the province."""
    return numbers.get("scope", "Provinsi")


def flat(numbers: dict[str, Any]) -> Iterable[tuple[str, str, str, Any]]:
    """(part, OPD or subject, figure, value) of everything, for a table of one sheet."""
    for row in numbers["registers"]:
        for name in ("obliged", "signed", "in_time", "valid_in_time", "rate", "punctuality"):
            yield "Kepatuhan F1", row["name"], LABELS[name], row[name]
    scope = scope_of(numbers)
    for part, title in PARTS.items():
        for label, value in figures_of(part, numbers.get(part, {})):
            yield title, scope, label, value
    for kind, values in numbers["declarations"].items():
        yield "Deklarasi", KINDS.get(kind, kind), "Jumlah", values["number"]
        yield "Deklarasi", KINDS.get(kind, kind), "Per 100 wajib lapor", values["per_100"]
    for row in numbers["sources"]:
        yield "Sumber konflik", row["name"], "Jumlah", row["number"]
    for level, number in numbers["areas"]["levels"].items():
        yield "Area rawan", level, "Jumlah", number
    for key, title in (("sources_by_opd", "Sumber per OPD"), ("sources_by_level", LEVEL_TITLE)):
        for row in numbers.get(key, ()):
            yield title, group_name(key, row["group"]), row["name"], row["number"]
    for row in numbers.get("escalated_from", ()):
        yield "Eskalasi per atasan", row["name"], "Jumlah", row["number"]
    yield "Area rawan", scope, "Residual turun (%)", numbers["areas"]["residual_lower"]
    yield "Perubahan status nihil", scope, "Orang", numbers["nil_then_declared"]
    yield "Eskalasi", scope, "Kasus lewat batas waktu", numbers["escalations"]


def group_name(key: str, group: str) -> str:
    return LEVELS.get(group, "Tanpa jabatan") if key == "sources_by_level" else group


LEVEL_TITLE = "Sumber per tingkat jabatan"
LEVELS = {
    "political": "Kepala daerah",
    "jpt_madya": "JPT Madya",
    "jpt_pratama": "JPT Pratama",
    "administrator": "Administrator",
    "pengawas": "Pengawas",
    "fungsional": "Fungsional",
    "pelaksana": "Pelaksana",
}
KINDS = {"actual": "Aktual", "potential": "Potensial", "perceived": "Dipersepsikan"}
PARTS = {
    "mapping": "Cakupan pemetaan",
    "decisions": "Putusan atas deklarasi",
    "plans": "Tindak lanjut pengendalian",
    "reports": "Laporan pihak lain",
}
# In the order in which they are read.
LABELS = {
    "obliged": "Wajib lapor",
    "signed": "Sudah menandatangani",
    "opds": "OPD aktif",
    "approved": "OPD dengan peta disetujui",
    "coverage": "Cakupan (%)",
    "number": "Jumlah",
    "anonymous_share": "Anonim (%)",
    "decided": "Diputus",
    "substantiated_share": "Terbukti dari yang diputus (%)",
    "limited": "Diputus, beridentitas (berbatas waktu)",
    "due": "Rencana jatuh tempo",
    "closed": "Rencana selesai",
    "late": "Rencana terlambat",
    "in_time": "Tepat waktu",
    "valid_in_time": "Sah dan tepat waktu",
    "rate": "Kepatuhan (%)",
    "punctuality": "Ketepatan waktu (%)",
    "share": "Tepat waktu (%)",
    "median": "Median hari kerja",
    "p90": "P90 hari kerja",
}
SHARES = {"plans": "Selesai dari yang jatuh tempo (%)"}


def figures_of(part: str, values: dict[str, Any]) -> list[tuple[str, Any]]:
    """The figures of a part with their labels; JSON has lost their order."""
    return [
        (SHARES.get(part, label) if name == "share" else label, values[name])
        for name, label in LABELS.items()
        if name in values
    ]
