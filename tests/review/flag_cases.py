"""For every rule a case that it finds, and its near miss, which it must not."""

import datetime
import itertools
import uuid
from typing import Any

from django.utils import timezone

from declarations.models import (
    ChosenMeasure,
    ConflictDeclaration,
    ConflictParty,
    ControlMeasureKind,
    ControlPlan,
    ControlTask,
    DecisionKind,
    FollowUp,
    Interest,
    InterestRegister,
    Party,
    SectionReturn,
    SuperiorDecision,
)
from declarations.services.configuration import form_in_use
from declarations.services.matters import key_of
from mapping.models import ConflictSource, RiskArea, RiskMap
from matching.names import name_key, person_key
from people.models import Assignment, Post, User
from review.models import ActFile, ActParty, RegisteredAct
from tests.mapping.factories import RiskAreaFactory, RiskMapFactory
from tests.people.factories import OpdFactory, PostFactory, person_with, post_of
from tests.review.factories import approved_map, make_conflict, make_statement, template

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = datetime.timedelta(days=1)
NIB = "9120304050607"
_numbers = itertools.count(1)


def person(
    opd: Any = None, name: str = "", since: datetime.date | None = None, **post: Any
) -> User:
    made = person_with(opd=opd, post={"obliged": True, **post})
    if name:
        made.name = name
        made.save(update_fields=["name"])
    if since:
        made.assignments.update(starts_on=since)
    return made


def register(
    who: User, *rows: dict[str, Any], year: int = TODAY.year, at: Any = None, **fields: Any
) -> InterestRegister:
    """An accepted register (an older one renewed), with typed rows."""
    at = at or NOW - 20 * DAY - (TODAY.year - year) * 365 * DAY
    made = InterestRegister.objects.create(
        declarant=who,
        opd=post_of(who).opd,
        post=post_of(who),
        year=year,
        form_version=form_in_use("F1"),
        occasion="yearly",
        due_on=fields.pop("due_on", at.date() + 30 * DAY),
        is_nil=not rows,
        previous=fields.pop("previous", None),
    )
    for position, row in enumerate(rows):
        add_row(made, position, **row)
    state = fields.pop("state", "accepted")
    officer = fields.pop("checked_by", None) or person_with()
    made_rows = InterestRegister.objects.filter(pk=made.pk)
    made_rows.update(state="sent", sent_at=at, sent_by=who, **fields)
    if state != "sent":
        made_rows.update(state="accepted", checked_at=at + DAY, checked_by=officer)
    if state == "renewed":
        made_rows.update(state="renewed")
    made.refresh_from_db()
    return made


def add_row(made: InterestRegister, position: int, **row: Any) -> None:
    section, name = row.pop("section", "business"), row.pop("name", "CV Rafflesia Jaya")
    is_person = section == "family"
    organisation = row.get("organisation", "")
    Interest.objects.create(
        register=made,
        row_key=row.pop("row_key", uuid.uuid4()),
        section=section,
        source=ConflictSource.objects.first(),
        position=position,
        name=name,
        name_key=person_key(name) if is_person else name_key(name),
        is_person=is_person,
        organisation_key=name_key(organisation) if organisation else "",
        **{
            "identifier": "" if is_person else NIB,
            "relation": "ipar" if is_person else "",
            **row,
        },
    )


def conflict(who: User, *parties: str, **fields: Any) -> ConflictDeclaration:
    at = fields.pop("at", NOW - 10 * DAY)
    made = make_conflict(
        who,
        post_of(who).opd,
        fields.pop("area", "PBJ-01"),
        **{"sent_at": at, "due_on": at.date() + 30 * DAY, **fields},
    )
    for position, name in enumerate(parties):
        ConflictParty.objects.create(
            conflict=made,
            row_key=uuid.uuid4(),
            position=position,
            name=name,
            name_key=name_key(name),
        )
    return made


def statement(who: User, *parties: str, kind: str = "PBJ", **fields: Any) -> Any:
    made = make_statement(who, post_of(who).opd, sent_at=fields.pop("at", NOW - 2 * DAY), **fields)
    made.matter.kind = DecisionKind.objects.get(code=kind)
    made.matter.save(update_fields=["kind"])
    for position, name in enumerate(parties):
        Party.objects.create(
            statement=made,
            row_key=uuid.uuid4(),
            position=position,
            name=name,
            name_key=name_key(name),
        )
    return made


def decide(
    made: ConflictDeclaration, *measures: str, by: User | None = None, **fields: Any
) -> Any:
    """A signed decision that a conflict exists; the declaration is under control."""
    at = fields.pop("at", NOW - 5 * DAY)
    decider = by or person_with(opd=made.opd)
    replacement = fields.pop("replacement", None)
    decision = SuperiorDecision.objects.create(
        conflict=made,
        decider=decider,
        opd=made.opd,
        year=made.year,
        form_version=form_in_use("F5"),
        state="draft",
        finding="conflict",
        truth_analysis="Benar.",
        impact_analysis="Ada.",
        reasons="Netral.",
        **fields,
    )
    for code in measures:
        ChosenMeasure.objects.create(
            decision=decision,
            kind=ControlMeasureKind.objects.get(code=code),
            replacement=replacement,
        )
    SuperiorDecision.objects.filter(pk=decision.pk).update(
        state="signed", signed_at=at, signed_by=decider
    )
    rows = ConflictDeclaration.objects.filter(pk=made.pk)
    rows.update(state="under_review")
    rows.update(state="conflict_found", decided_at=at)
    rows.update(state="controlled")
    return decision


def plan(made: ConflictDeclaration, *, started: Any = None) -> ControlPlan:
    decision = decide(made, "MUNDUR_PROSES", at=NOW - 9 * DAY, replacement=person_with())
    at = started or NOW - 8 * DAY
    running = ControlPlan.objects.create(
        conflict=made,
        decision=decision,
        opd=made.opd,
        year=made.year,
        form_version=form_in_use("F6"),
        created_by=decision.decider,
    )
    ControlPlan.objects.filter(pk=running.pk).update(
        state="active", started_at=at, started_by=decision.decider
    )
    return running


# --- A ---------------------------------------------------------------------------------------


def a1(hit: bool) -> None:
    one, other = person(name="Andi Wijaya"), person(name="Sari Dewi")
    back = {"section": "family", "name": "Sari Dewi", "relation": "istri", "relative": other}
    register(one, *(() if hit else (back,)))
    register(other, {**back, "name": "Andi Wijaya", "relation": "suami", "relative": one})


def a2(hit: bool) -> None:
    share = {} if hit else {"share_percent": "40"}
    register(person(), {"answers": {"role": "shareholder"}, **share})


def a3(hit: bool) -> None:
    register(person(), {"identifier": "" if hit else NIB})


def a4(hit: bool) -> None:
    for share in ("70", "60" if hit else "30"):
        register(person(), {"share_percent": share})


def a4_owner(hit: bool) -> None:
    register(person(), {"share_percent": "0" if hit else "1", "answers": {"role": "owner"}})


def a5(hit: bool) -> None:
    who = person()
    born = datetime.datetime.strptime(who.nip[:8], "%Y%m%d").date()  # noqa: DTZ007
    register(who, {"section": "posts_held", "started_on": born - DAY if hit else born + DAY})


def a6(hit: bool) -> None:
    for made_up in ("12345", "0000000000000", "1234567890123") if hit else (NIB,):
        register(person(), {"identifier": made_up})


def a11(hit: bool) -> None:
    said = "-" if hit else "Penyedia alat tulis."
    register(person(), {"is_related_to_government": True, "answers": {"dealings": said}})


def a12(hit: bool) -> None:
    opd, start = OpdFactory(), NOW - 3 * DAY
    start = start.replace(hour=4, minute=0)
    for number in range(5):
        step = datetime.timedelta(minutes=2 if hit else 6) * number
        register(person(opd=opd), at=start + step)


# --- B ---------------------------------------------------------------------------------------


def two_years(*, kept: bool, kin: str = "") -> None:
    who, key = person(), uuid.uuid4()
    row = {"row_key": key, "name": "CV Lembah Hijau"}
    before = register(who, row, year=TODAY.year - 1, state="renewed")
    now = [row] if kept else [{"name": "CV Lain"}]
    if kin:
        now.append({"section": "family", "name": "Ade Ipar", "organisation": kin})
    register(who, *now, previous=before)


def b1(hit: bool) -> None:
    two_years(kept=not hit)


def b2(hit: bool) -> None:
    two_years(kept=False, kin="CV Lembah Hijau" if hit else "CV Tetangga")


def b3(hit: bool) -> None:
    since = datetime.date(2022, 6, 1)
    who = person(since=since)
    register(who, {"started_on": since + (100 if hit else 220) * DAY})


def b11_late(hit: bool) -> None:
    who = person()
    for back, days in ((2, 5), (1, 5 if hit else -5), (0, -5)):
        at = NOW - back * 365 * DAY
        state = "accepted" if back == 0 else "renewed"
        register(who, year=TODAY.year - back, at=at, due_on=at.date() - days * DAY, state=state)


def b11_never(hit: bool) -> None:
    who = person(since=datetime.date(2018, 1, 1))
    if not hit:
        register(who, year=TODAY.year - 1, state="renewed")


def b11_returned(hit: bool) -> None:
    made = register(person(), {})
    for number in range(1, 4 if hit else 3):
        SectionReturn.objects.create(
            register=made,
            section="business",
            comment="Lengkapi.",
            round=number,
            returned_by=person_with(),
        )


def b11_nil(hit: bool) -> None:
    who = person()
    register(who, at=NOW - (20 if hit else 5) * DAY)
    conflict(who, at=NOW - 10 * DAY)


def q9(hit: bool) -> None:
    who = person()
    approved_map(post_of(who).opd, "PBJ-01", posts=(post_of(who),), head=person_with())
    RiskArea.objects.count()
    if hit:
        register(who, year=TODAY.year - 1, state="renewed")
    else:
        register(who, {}, year=TODAY.year - 1, state="renewed")
    register(who)


# --- C, D ------------------------------------------------------------------------------------


def party(
    section: str, hit: bool, *, kind: str = "PBJ", body: bool = False, name: str = ""
) -> None:
    who = person()
    name = name or "PT Bukit Barisan"
    row = {"section": section, "name": "Rina Kartika" if body else name}
    if body:
        row["organisation"] = name
    register(who, row)
    statement(who, name if hit else "PT Lembah Selatan", kind=kind)


def c2(hit: bool) -> None:
    party("business", hit)


def c3(hit: bool) -> None:
    party("family", hit, body=True)


def c6(hit: bool) -> None:
    party("previous_posts", hit)


def c12(hit: bool) -> None:
    party("gifts", hit)


def c14(hit: bool) -> None:
    party("posts_held", hit)


def d2(hit: bool) -> None:
    party("family", hit, name="Budi Santoso" if hit else "Budi")


def d3(hit: bool) -> None:
    party("family", hit=True, body=True, kind="AUDIT" if hit else "PBJ")


def d3_former_opd(hit: bool) -> None:
    opd = OpdFactory(name="Dinas Kelautan dan Perikanan, Pesisir")
    who = person(since=TODAY - 200 * DAY)
    statement(who, opd.name, kind="AUDIT")
    Assignment.objects.create(
        user=who, post=PostFactory(opd=opd), starts_on=datetime.date(2018, 1, 1),
        ends_on=TODAY - (300 if hit else 900) * DAY,
    )  # fmt: skip


def q10(hit: bool) -> None:
    left, who = person(name="Zainal Abidin"), person()
    days = 100 if hit else 900
    left.assignments.update(starts_on=datetime.date(2016, 1, 1), ends_on=TODAY - days * DAY)
    statement(who, "Zainal Abidin")


def d1(hit: bool) -> None:
    upper = person()
    lower = person(opd=post_of(upper).opd)
    if hit:
        Post.objects.filter(pk=post_of(lower).pk).update(superior=post_of(upper))
    register(
        lower,
        {"section": "family", "name": upper.name, "relation": "ipar", "relative": upper},
    )


def d4(hit: bool) -> None:
    role = "Komisaris" if hit else "Anggota"
    register(person(), {"section": "posts_held", "role": role, "started_on": TODAY})


def d5(hit: bool) -> None:
    who = person(since=datetime.date(2020, 1, 1))
    register(who, {}, year=TODAY.year - 1 if hit else TODAY.year)


def d6_checked(hit: bool) -> None:
    who, officer = person(), person()
    row = {"section": "family", "name": officer.name, "relative": officer}
    register(who, row, checked_by=officer if hit else person_with())


def d6_decided(hit: bool) -> None:
    who, judge = person(), person()
    relative = judge if hit else person()
    register(who, {"section": "family", "name": relative.name, "relative": relative})
    conflict(who, handler=judge)


# --- E ---------------------------------------------------------------------------------------


def e1(hit: bool) -> None:
    quiet, loud = OpdFactory(), OpdFactory()
    for _number in range(4):
        person(opd=quiet)
        for _each in range(2):
            conflict(person(opd=loud))
    if not hit:
        conflict(person(opd=quiet))


def e2(hit: bool) -> None:
    who = person()
    approved_map(post_of(who).opd, "SDM-01" if hit else "PBJ-01", head=person_with())
    conflict(who)
    conflict(person(opd=post_of(who).opd))


def e3(hit: bool) -> None:
    opd = OpdFactory()
    risk_map = RiskMapFactory(opd=opd)
    row = RiskAreaFactory(map=risk_map, template=template(), mcsp_area=template().mcsp_area)
    RiskArea.objects.filter(pk=row.pk).update(
        level="TINGGI",
        residual_level="",
        residual_likelihood=None,
        residual_impact=None,
        residual_magnitude=None,
        existing_control="Ada",
        owner_post=None if hit else PostFactory(opd=opd),
        due_on=None,
    )
    signer = person_with()
    for state in ("signed", "under_review", "approved"):
        by = {"approved_at": NOW, "approved_by": person_with()} if state == "approved" else {}
        RiskMap.objects.filter(pk=risk_map.pk).update(
            state=state, signed_at=NOW, signed_by=signer, **by
        )


def e4(hit: bool) -> None:
    for nil in (0, 1, 1, 2, 2, 5 if hit else 3):
        opd = OpdFactory()
        for number in range(5):
            register(person(opd=opd), *(() if number < nil else ({},)))


# --- F ---------------------------------------------------------------------------------------


def f1(hit: bool) -> None:
    who = person()
    made = conflict(who, "PT Sama")
    decide(made, "MUNDUR_PROSES" if hit else "LANJUT_BERSYARAT", replacement=person_with())
    statement(who, "PT Sama")


def registered(who: User, *parties: str, on: datetime.date, **fields: Any) -> RegisteredAct:
    number = f"027/{next(_numbers)}"
    file = ActFile.objects.create(
        name="sk.csv", sha256="0" * 64, added=1, changed=0, unchanged=0, imported_at=NOW,
        imported_by=person_with(),
    )  # fmt: skip
    title = fields.pop("title", "Penetapan pemenang")
    made = RegisteredAct.objects.create(
        file=file, opd=post_of(who).opd, kind="kontrak", number=number, number_key=key_of(number),
        title=title, title_key=key_of(title), signed_on=on, signatory=who, **fields,
    )  # fmt: skip
    for name in parties:
        ActParty.objects.create(act=made, name=name, name_key=name_key(name))
    return made


def f1_decision(hit: bool) -> None:
    who = person()
    decide(conflict(who, "PT Sama"), "MUNDUR_PROSES", replacement=person_with(), by=person())
    decide(conflict(person(), "PT Sama" if hit else "PT Lain"), "BATASI_AKSES", by=who, at=NOW)


def f1_act(hit: bool) -> None:
    who = person()
    decide(conflict(who, "PT Sama"), "MUNDUR_PROSES", replacement=person_with())
    registered(who, "PT Sama", on=TODAY - (1 if hit else 8) * DAY)


def f3_act(hit: bool) -> None:
    who = person()
    made = conflict(who, at=NOW - 5 * DAY)
    title = made.matter.title if hit else "Hal yang lain"
    registered(who, on=TODAY - 2 * DAY, title=title)


def f2_late(hit: bool) -> None:
    made = conflict(person(), at=NOW - 40 * DAY)
    decide(made, "BATASI_AKSES", at=NOW - (20 if hit else 35) * DAY)


def f2_overdue(hit: bool) -> None:
    conflict(person(), handler=person(), due_on=TODAY - DAY if hit else TODAY)


def f3(hit: bool) -> None:
    who = person()
    conflict(who, "PT Sama", at=NOW - 5 * DAY)
    statement(who, "PT Sama", at=NOW - (2 if hit else 8) * DAY)


def f4(hit: bool) -> None:
    who = person()
    ControlTask.objects.create(
        plan=plan(conflict(who)),
        action="Serahkan berkas",
        owner=who,
        due_on=TODAY - DAY if hit else TODAY,
    )


def f5(hit: bool) -> None:
    who = person(since=datetime.date(2020, 1, 1))
    running = plan(conflict(who), started=NOW - 60 * DAY)
    Assignment.objects.filter(user=who).update(ends_on=TODAY - 31 * DAY)
    moved = TODAY - 30 * DAY
    Assignment.objects.create(user=who, post=PostFactory(), starts_on=moved)
    FollowUp.objects.create(
        plan=running,
        evaluated_on=moved - 5 * DAY if hit else moved + DAY,
        period_from=TODAY - 50 * DAY,
        period_until=TODAY,
        effect="effective",
        findings="Berjalan.",
        created_by=person_with(),
    )


def f6(hit: bool) -> None:
    who = person()
    made = conflict(who, "Klinik Sehat", at=NOW - 30 * DAY)
    decide(made, "LEPAS_JABATAN_LUAR", at=NOW - 25 * DAY)
    ended = {} if hit else {"started_on": TODAY - 900 * DAY, "ended_on": TODAY - 22 * DAY}
    register(who, {"section": "outside_work", "name": "Klinik Sehat", **ended})


def f7(hit: bool) -> None:
    decide(conflict(person()), "LANJUT" if hit else "LANJUT_BERSYARAT")


def f8(hit: bool) -> None:
    conflict(person(), stage="decided" if hit else "running")


def f9(hit: bool) -> None:
    other = person()
    register(other, {"name": "PT Sama"})
    made = conflict(person(), "PT Sama" if hit else "PT Lain")
    decide(made, "ALIH_WEWENANG", replacement=other)


def q1(hit: bool) -> None:
    who = person()
    area = "PBJ-01" if hit else "SDM-01"
    approved_map(post_of(who).opd, area, posts=(post_of(who),), head=person_with())
    register(who, {"is_related_to_government": True})


def q2(hit: bool) -> None:
    conflict(person(), conflict_kind="actual" if hit else "potential")


def q3(hit: bool) -> None:
    risk = {"likelihood": 4, "impact": 4, "magnitude": 19}
    decide(conflict(person()), "BATASI_AKSES", level="TINGGI" if hit else "SEDANG", **risk)


def declared_in_area(level: str) -> None:
    who = person()
    approved_map(post_of(who).opd, "PBJ-01", head=person_with(), level=level)
    conflict(who)


def l1(hit: bool) -> None:
    declared_in_area("SANGAT_TINGGI" if hit else "TINGGI")


def l2(hit: bool) -> None:
    declared_in_area("TINGGI" if hit else "SEDANG")


CASES = {
    "A2_SHARE_LEFT_BLANK": a2,
    "D3_AUDITORS_FORMER_OPD": d3_former_opd,
    "F1_RECUSAL_DECISION": f1_decision,
    "F1_RECUSAL_ACT": f1_act,
    "F3_SIGNED_WHILE_SUSPENDED": f3_act,
    "A1_RELATIVE_MISSING": a1,
    "A3_NO_IDENTIFIER": a3,
    "A4_SHARES_OVER_WHOLE": a4,
    "A4_OWNER_WITHOUT_SHARE": a4_owner,
    "A5_IMPOSSIBLE_DATE": a5,
    "A6_IDENTIFIER_DIGITS": a6,
    "A11_PLACEHOLDER_TEXT": a11,
    "A12_NIL_AT_ONCE": a12,
    "B1_VANISHED": b1,
    "B2_MOVED_TO_KIN": b2,
    "B3_BORN_AT_APPOINTMENT": b3,
    "B11_OFTEN_LATE": b11_late,
    "B11_NEVER_FILED": b11_never,
    "B11_RETURNED_OFTEN": b11_returned,
    "B11_NIL_THEN_DECLARED": b11_nil,
    "Q9_NIL_IN_RISK_POST": q9,
    "C2_OWN_COMPANY_IS_PARTY": c2,
    "C3_RELATIVES_EMPLOYER_IS_PARTY": c3,
    "C6_FORMER_EMPLOYER_IS_PARTY": c6,
    "C12_GIVER_IS_PARTY": c12,
    "C14_OWN_BODY_IS_PARTY": c14,
    "D2_RELATIVE_IS_PARTY": d2,
    "D3_AUDITORS_OWN_GROUND": d3,
    "Q10_FORMER_OFFICIAL_IS_PARTY": q10,
    "D1_KIN_IN_LINE": d1,
    "D4_DOUBLE_POST": d4,
    "D5_NO_REGISTER": d5,
    "D6_CHECKED_BY_KIN": d6_checked,
    "D6_DECIDED_BY_KIN": d6_decided,
    "E1_SILENT_UNIT": e1,
    "E2_OFF_THE_MAP": e2,
    "E3_RISK_WITHOUT_CONTROL": e3,
    "E4_NIL_OUTLIER": e4,
    "F1_RECUSAL_BREACH": f1,
    "F2_DECIDED_LATE": f2_late,
    "F2_DECISION_OVERDUE": f2_overdue,
    "F3_ACTED_WHILE_SUSPENDED": f3,
    "F4_TASK_OVERDUE": f4,
    "F5_STALE_AFTER_TRANSFER": f5,
    "F6_REFUSED_STILL_DECLARED": f6,
    "F9_REPLACEMENT_CONFLICTED": f9,
    "Q1_DEALS_IN_RISK_POST": q1,
    "Q2_ACTUAL_CONFLICT": q2,
    "F8_DECLARED_AFTER_DECISION": f8,
    "Q3_HIGH_LEVEL": q3,
    "F7_CONTINUED_THOUGH_FOUND": f7,
    "L1_AREA_VERY_HIGH": l1,
    "L2_AREA_HIGH": l2,
}
