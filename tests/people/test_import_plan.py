"""The plan of an import: what would be written, and every fault of row, column and reason."""

import datetime

import pytest

from audit.models import AuditEvent
from people.importing import applying, checking
from people.importing.faults import Faults
from people.importing.parsing import parse_rows
from people.models import Assignment, NipChange, Post, User
from tests.people.factories import AssignmentFactory, OpdFactory, PostFactory, UserFactory

TODAY = datetime.date(2026, 11, 23)
NIP = "199001012015011001"
OTHER_NIP = "198505052010012002"
pytestmark = pytest.mark.django_db


@pytest.fixture
def opd():
    return OpdFactory(code="99.01")


@pytest.fixture
def head(opd):
    return PostFactory(opd=opd, code="99.01.00", head=True, title="Kepala Dinas Uji")


def cells(**changes):
    """One plain row: a new person in a new staff post."""
    return {
        "nip": NIP,
        "name": "Ahmad Fauzi",
        "opd_code": "99.01",
        "post_code": "99.01.90",
        "post_title": "Pengadministrasi Umum",
        "level": "Pelaksana",
        "superior_code": "99.01.00",
        "starts_on": "01/02/2024",
    } | changes


def planned(*rows, on=TODAY):
    return checking.check(list(enumerate(rows, 2)), on=on)


def carried_out(*rows, on=TODAY):
    plan = planned(*rows, on=on)
    assert [fault.reason for fault in plan.faults] == []
    applying.carry_out(plan, by=None)
    return plan


def faults_of(*rows, on=TODAY):
    return [(fault.row, fault.column) for fault in planned(*rows, on=on).faults]


def counts(plan):
    return {name: number for name, number in plan.counts.items() if number}


def test_new_person_gets_post_assignment_and_no_password(head):
    plan = carried_out(cells(title_before="Dr. H.", title_after="S.H., M.Si.", grade="III/c"))

    user = User.objects.get(nip=NIP)
    assignment = user.assignments.get()
    assert counts(plan) == {"people": 1, "new": 1, "posts_new": 1}
    assert user.full_name == "Dr. H. Ahmad Fauzi, S.H., M.Si."
    assert not user.has_usable_password()
    assert assignment.post.superior == head
    assert not assignment.post.is_single_seat
    assert not assignment.is_single_seat
    assert assignment.starts_on == datetime.date(2024, 2, 1)


def test_second_run_changes_nothing(head):
    rows = [
        cells(),
        cells(nip=OTHER_NIP, name="Siti binti A.", email="siti@example.invalid"),
        cells(nip="", name="", starts_on="", post_code="99.01.10", level="Administrator"),
    ]
    carried_out(*rows)
    events = AuditEvent.objects.count()

    plan = carried_out(*rows)

    assert counts(plan) == {"people": 2, "unchanged": 2}
    assert plan.is_empty
    assert AuditEvent.objects.count() == events


def test_changed_facts_are_changed_and_recorded(head):
    carried_out(cells())

    plan = carried_out(cells(name="Ahmad Fauzi Rahman", post_title="Arsiparis"))

    event = AuditEvent.objects.get(action="person.change")
    assert counts(plan) == {"people": 1, "changed": 1, "posts_changed": 1}
    assert event.data["changes"] == {"name": ["Ahmad Fauzi", "Ahmad Fauzi Rahman"]}
    assert Post.objects.get(code="99.01.90").title == "Arsiparis"


def test_blank_leaves_and_hyphen_empties(head):
    carried_out(cells(title_after="S.E.", grade="III/a", unit="Sekretariat"))

    carried_out(cells(grade="-"))

    user = User.objects.get(nip=NIP)
    assert (user.title_after, user.grade) == ("S.E.", "")
    assert Post.objects.get(code="99.01.90").unit == "Sekretariat"


def test_move_ends_the_old_assignment_and_starts_a_new_one(head):
    carried_out(cells())

    plan = carried_out(cells(post_code="99.01.91", starts_on="01/06/2025"))

    old, new = Assignment.objects.filter(user__nip=NIP).order_by("starts_on")
    assert counts(plan) == {"people": 1, "moved": 1, "posts_new": 1}
    assert old.ends_on == datetime.date(2025, 5, 31)
    assert (new.post.code, new.ends_on) == ("99.01.91", None)
    assert planned(cells(post_code="99.01.91", starts_on="01/06/2025")).is_empty


def test_leaver_gets_an_end_and_no_more_login(head):
    carried_out(cells())

    plan = carried_out(cells(ends_on="31/10/2026", starts_on=""))

    user = User.objects.get(nip=NIP)
    assert counts(plan) == {"people": 1, "left": 1}
    assert user.assignments.get().ends_on == datetime.date(2026, 10, 31)
    assert not user.is_active
    assert planned(cells(ends_on="31/10/2026", starts_on="")).is_empty


def test_leaver_of_a_coming_day_keeps_the_account_until_then(head):
    carried_out(cells())

    carried_out(cells(ends_on="31/12/2026"))

    assert User.objects.get(nip=NIP).is_active


def test_who_returns_may_log_in_again(head):
    carried_out(cells(ends_on="31/10/2025"))
    assert not User.objects.get(nip=NIP).is_active

    carried_out(cells(starts_on="01/11/2026"))

    user = User.objects.get(nip=NIP)
    assert user.is_active
    assert user.assignments.count() == 2


def test_acting_assignment_stands_beside_the_definitive_one(head):
    carried_out(
        cells(),
        cells(post_code="99.01.00", post_title="", level="", superior_code="", kind="Plt"),
    )

    kinds = Assignment.objects.filter(user__nip=NIP).values_list("kind", flat=True)
    assert sorted(kinds) == ["definitive", "plt"]


def test_changed_number_keeps_the_person(head):
    carried_out(cells())
    pk = User.objects.get(nip=NIP).pk
    new_nip = "199001012021211001"

    plan = carried_out(cells(nip=new_nip, old_nip=NIP, reason="Kontrak baru", employment="PPPK"))

    change = NipChange.objects.get()
    assert counts(plan) == {"people": 1, "changed": 1, "nip_changed": 1}
    assert User.objects.get(nip=new_nip).pk == pk
    assert (change.old_nip, change.new_nip, change.reason) == (NIP, new_nip, "Kontrak baru")
    assert planned(cells(nip=new_nip, old_nip=NIP, employment="PPPK")).is_empty


def test_new_posts_may_stand_above_one_another_in_any_order(head):
    carried_out(
        cells(superior_code="99.01.20"),
        cells(
            nip=OTHER_NIP,
            name="Siti",
            post_code="99.01.20",
            superior_code="99.01.10",
            level="Pengawas",
        ),
        cells(nip="", name="", starts_on="", post_code="99.01.10", level="Administrator"),
    )

    post = Post.objects.get(code="99.01.90")
    assert post.superior.code == "99.01.20"
    assert post.superior.superior.code == "99.01.10"
    assert post.superior.superior.superior == head


def test_superior_of_another_opd_is_named_with_its_code(head):
    other = PostFactory(opd=OpdFactory(code="98"), code="99.01.00")

    carried_out(cells(superior_code="98/99.01.00"))

    assert Post.objects.get(code="99.01.90").superior == other


def test_head_may_change_within_one_file(opd, head):
    plan = carried_out(
        cells(
            nip="",
            name="",
            starts_on="",
            post_code="99.01.00",
            post_title="",
            level="",
            superior_code="",
            is_opd_head="Tidak",
        ),
        cells(post_code="99.01.01", level="JPT Pratama", is_opd_head="Ya"),
    )

    assert counts(plan)["posts_changed"] == 1
    assert Post.objects.get(opd=opd, is_opd_head=True).code == "99.01.01"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"nip": "123"}, "NIP"),
        ({"nip": "199013012015011001"}, "NIP"),
        ({"nip": "199001012015131001"}, "NIP"),
        ({"nip": "1.99001E+17"}, "NIP"),
        ({"name": ""}, "Nama"),
        ({"name": "12345"}, "Nama"),
        ({"name": "Ahmad\x00"}, "Nama"),
        ({"name": "A" * 1_000_000}, "Nama"),
        ({"name": "=HYPERLINK(1)"}, "Nama"),
        ({"email": "bukan alamat"}, "Email"),
        ({"employment": "Honorer"}, "Status"),
        ({"employment": "PPPK"}, "Status"),
        ({"grade": "V/z"}, "Golongan"),
        ({"grade": "IX"}, "Golongan"),
        ({"opd_code": "00.00"}, "Kode OPD"),
        ({"opd_code": ""}, "Kode OPD"),
        ({"post_code": "kode aneh!"}, "Kode Jabatan"),
        ({"post_title": ""}, "Jabatan"),
        ({"level": "Bos"}, "Jenjang"),
        ({"level": ""}, "Jenjang"),
        ({"superior_code": ""}, "Kode Jabatan Atasan"),
        ({"superior_code": "77.77"}, "Kode Jabatan Atasan"),
        ({"superior_code": "99.01.90"}, "Kode Jabatan Atasan"),
        ({"is_obliged": "Mungkin"}, "Wajib Lapor"),
        ({"is_obliged": "Ya"}, "Alasan Wajib Lapor"),
        ({"kind": "Pjs"}, "Jenis Penugasan"),
        ({"starts_on": ""}, "Mulai"),
        ({"starts_on": "31/02/2024"}, "Mulai"),
        ({"starts_on": "besok"}, "Mulai"),
        ({"starts_on": "01/01/0001"}, "Mulai"),
        ({"starts_on": "01/01/9999"}, "Mulai"),
        ({"starts_on": "01/01/2000"}, "Mulai"),
        ({"starts_on": "01/01/2030"}, "Mulai"),
        ({"ends_on": "01/01/2020"}, "Selesai"),
        ({"old_nip": OTHER_NIP}, "NIP Lama"),
        ({"old_nip": NIP}, "NIP Lama"),
        ({"is_opd_head": "Ya"}, "Kepala OPD"),
        ({"title_before": "2020-01-01"}, "Gelar Depan"),
    ],
)
def test_each_fault_names_row_and_column(head, change, column):
    assert (2, column) in faults_of(cells(**change))
    assert User.objects.filter(nip=NIP).count() == 0


def test_missing_number_beside_a_name_is_a_fault(head):
    assert faults_of(cells(nip="")) == [(2, "NIP")]


def test_row_twice_is_a_fault(head):
    assert faults_of(cells(), cells()) == [(3, "NIP")]


def test_rows_of_one_person_may_not_disagree(head):
    other = cells(
        name="Ahmad Fauzan",
        post_code="99.01.00",
        kind="Plt",
        post_title="",
        level="",
        superior_code="",
    )

    assert faults_of(cells(), other) == [(3, "Nama")]


def test_rows_of_one_post_may_not_disagree(head):
    other = cells(nip=OTHER_NIP, name="Siti", post_title="Arsiparis")

    assert faults_of(cells(), other) == [(3, "Jabatan")]


def test_two_holders_of_a_single_seat_in_the_file(head):
    seat = {"post_code": "99.01.10", "level": "Administrator"}

    assert faults_of(cells(**seat), cells(nip=OTHER_NIP, name="Siti", **seat)) == [
        (3, "Kode Jabatan")
    ]


def test_single_seat_held_by_somebody_the_file_does_not_name(head):
    AssignmentFactory(post=head, user=UserFactory(name="Kepala Lama"))

    plan = planned(cells(post_code="99.01.00", post_title="", level="", superior_code=""))

    assert [(f.row, f.column) for f in plan.faults] == [(2, "Kode Jabatan")]
    assert "Kepala Lama" in next(iter(plan.faults)).reason


def test_seat_passes_from_leaver_to_follower_in_one_file(head):
    seat = {"post_code": "99.01.10", "level": "Administrator"}
    carried_out(cells(**seat))

    carried_out(
        cells(**seat, ends_on="30/06/2026"),
        cells(nip=OTHER_NIP, name="Siti", **(seat | {"starts_on": "01/07/2026"})),
    )

    holders = Assignment.objects.filter(post__code="99.01.10").order_by("starts_on")
    assert [str(a.ends_on) for a in holders] == ["2026-06-30", "None"]


def test_two_people_exchange_their_seats(head):
    first = {"post_code": "99.01.10", "level": "Administrator"}
    second = {"post_code": "99.01.11", "level": "Administrator"}
    carried_out(cells(**first), cells(nip=OTHER_NIP, name="Siti", **second))

    plan = carried_out(
        cells(**second | {"starts_on": "01/07/2026"}),
        cells(nip=OTHER_NIP, name="Siti", **first | {"starts_on": "01/07/2026"}),
    )

    assert counts(plan) == {"people": 2, "moved": 2}


def test_overlapping_periods_of_one_person(head):
    first = cells(ends_on="31/12/2025")
    second = cells(post_code="99.01.91", starts_on="01/06/2025")

    assert faults_of(first, second) == [(3, "Mulai")]


def test_move_before_the_known_assignment_began(head):
    carried_out(cells())

    assert faults_of(cells(post_code="99.01.91", starts_on="01/01/2023")) == [(2, "Mulai")]


def test_other_first_day_of_the_running_assignment_is_no_rewriting(head):
    carried_out(cells())

    assert faults_of(cells(starts_on="01/03/2024")) == [(2, "Mulai")]


def test_circle_of_superiors(head):
    rows = [
        cells(nip="", name="", starts_on="", post_code="99.01.1", superior_code="99.01.2"),
        cells(nip="", name="", starts_on="", post_code="99.01.2", superior_code="99.01.3"),
        cells(nip="", name="", starts_on="", post_code="99.01.3", superior_code="99.01.1"),
    ]

    plan = planned(*rows)

    assert [f.column for f in plan.faults] == ["Kode Jabatan Atasan"]
    assert "99.01/99.01.1" in next(iter(plan.faults)).reason


def test_same_address_twice(head):
    UserFactory(email="Dipakai@example.invalid")
    rows = [
        cells(email="satu@example.invalid"),
        cells(nip=OTHER_NIP, name="Siti", email="SATU@example.invalid"),
    ]

    assert faults_of(*rows) == [(3, "Email")]
    assert faults_of(cells(email="dipakai@example.invalid")) == [(2, "Email")]


def test_number_of_somebody_else_cannot_be_taken(head):
    carried_out(cells(), cells(nip=OTHER_NIP, name="Siti"))

    assert (2, "NIP Lama") in faults_of(cells(nip=NIP, old_nip=OTHER_NIP))


def test_number_with_another_birth_date_needs_a_reason(head):
    carried_out(cells())
    row = cells(nip="199102012015011001", old_nip=NIP)

    assert faults_of(row) == [(2, "NIP Lama")]
    assert faults_of(row | {"reason": "Perbaikan tanggal lahir"}) == []


def test_closed_post_and_closed_opd(opd, head):
    PostFactory(opd=opd, code="99.01.90", valid_until=datetime.date(2025, 1, 1))
    OpdFactory(code="97", valid_until=datetime.date(2025, 1, 1))

    assert (2, "Kode Jabatan") in faults_of(cells())
    assert (2, "Kode OPD") in faults_of(cells(opd_code="97"))


def test_faults_leave_everything_as_it_was(head):
    plan = planned(cells(), cells(nip="salah"))

    with pytest.raises(ValueError, match="faults"):
        applying.carry_out(plan, by=None)

    assert not User.objects.filter(nip=NIP).exists()


def test_faults_are_counted_beyond_what_is_kept():
    faults = Faults()

    parse_rows(((n, {"nip": "x"}) for n in range(3_000)), on=TODAY, faults=faults)

    assert len(faults.kept) == 1_000
    assert faults.count == 3_000


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow_with_the_file(head, number, django_assert_num_queries):
    rows = [cells(nip=f"19900101201501100{index}", name="Budi") for index in range(1, number + 1)]
    plan = planned(*rows)

    with django_assert_num_queries(5):
        planned(*rows)
    with django_assert_num_queries(8):
        applying.carry_out(plan, by=None)


@pytest.mark.parametrize(
    "name", ["Suharto", "Ma'ruf", "Siti binti A.", "I Gusti Ngurah Rai", "Abdul-Rahman O'Neil"]
)
def test_unusual_but_right_names_are_taken(head, name):
    carried_out(cells(name=name))

    assert User.objects.get(nip=NIP).name == name
