"""Changes of people, posts and roles: the effect, the record, the refusals."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.models import AuditEvent
from jobs.models import Job
from jobs.testing import run_jobs
from people import calendar, services
from people.models import Assignment, Holiday, NipChange, Opd, Post, Role, RoleGrant, User
from people.models.persons import Employment
from tests.people.factories import (
    AssignmentFactory,
    OpdFactory,
    PostFactory,
    RoleGrantFactory,
    UserFactory,
    person_with,
    post_of,
    valid_nip,
)

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)
ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def hr():
    return person_with(Role.HR_ADMINISTRATOR)


@pytest.fixture
def system():
    return person_with(Role.SYSTEM_ADMINISTRATOR)


def events_of(target):
    return list(
        AuditEvent.objects.filter(target_id=str(target.pk)).values_list("action", flat=True)
    )


def new_person(**fields):
    return User(
        **({"nip": valid_nip(), "name": "Siti binti A.", "employment": Employment.PNS} | fields)
    )


def test_a_new_person_cannot_sign_in_yet(hr):
    person = services.add_person(new_person(), by=hr)

    assert not person.has_usable_password()
    assert events_of(person) == ["person.add"]


@pytest.mark.parametrize(
    "fields", [{"nip": "123"}, {"name": ""}, {"employment": "robot"}, {"email": "bukan surel"}]
)
def test_impossible_people_are_refused(hr, fields):
    with pytest.raises(ValidationError):
        services.add_person(new_person(**fields), by=hr)


def test_a_number_belongs_to_one_person(hr):
    with pytest.raises(ValidationError):
        services.add_person(new_person(nip=hr.nip), by=hr)


def test_only_changes_are_recorded(hr):
    person = UserFactory(name="Ma'ruf")
    services.change_person(person, by=hr)
    assert events_of(person) == []

    person.title_after = "S.H., M.Si."
    services.change_person(person, by=hr)

    event = AuditEvent.objects.get(target_id=str(person.pk))
    assert event.data == {"before": {"title_after": ""}, "after": {"title_after": "S.H., M.Si."}}
    assert person.full_name == "Ma'ruf, S.H., M.Si."


def test_a_new_number_keeps_the_old_in_the_history(hr):
    person, number = UserFactory(), valid_nip(pppk=True)
    old = person.nip

    services.change_nip(person, new_nip=number, by=hr, reason="Kontrak baru")

    change = NipChange.objects.get()
    assert (change.old_nip, change.new_nip, change.changed_by) == (old, number, hr)
    assert User.objects.get(nip=number) == person
    assert events_of(person) == ["person.change_nip"]


@pytest.mark.parametrize("case", ["same", "taken", "malformed"])
def test_numbers_that_cannot_be_given(hr, case):
    person = UserFactory()
    number = {"same": person.nip, "taken": hr.nip, "malformed": "12"}[case]

    with pytest.raises((services.ServiceError, ValidationError)):
        services.change_nip(person, new_nip=number, by=hr, reason="x")
    assert not NipChange.objects.exists()


def test_the_old_address_hears_of_the_new_one(hr, mailoutbox):
    person = UserFactory(email="lama@bengkulu.example")
    person.email = "baru@bengkulu.example"

    services.change_person(person, by=hr)
    assert "lama@" not in str(list(Job.objects.values_list("args", "kwargs")))
    run_jobs()

    assert sorted(mail.to[0] for mail in mailoutbox) == [
        "baru@bengkulu.example",
        "lama@bengkulu.example",
    ]


def test_a_first_address_is_no_change(hr, mailoutbox):
    person = UserFactory(email="")
    person.email = "pertama@bengkulu.example"

    services.change_person(person, by=hr)
    run_jobs()

    assert mailoutbox == []


def test_accounts_are_closed_and_opened(hr):
    person = UserFactory()

    services.deactivate(person, by=hr, reason="Pensiun")
    with pytest.raises(services.ServiceError):
        services.deactivate(person, by=hr, reason="Pensiun")
    services.reactivate(person, by=hr, reason="Keliru")
    with pytest.raises(services.ServiceError):
        services.reactivate(person, by=hr, reason="Keliru")

    person.refresh_from_db()
    assert person.is_active
    assert sorted(events_of(person)) == ["person.deactivate", "person.reactivate"]


@pytest.mark.parametrize(
    "deed",
    [
        lambda target, by: services.change_person(target, by=by),
        lambda target, by: services.change_nip(target, new_nip=valid_nip(), by=by, reason="x"),
        lambda target, by: services.deactivate(target, by=by, reason="x"),
        lambda target, by: services.reactivate(target, by=by, reason="x"),
        lambda target, by: services.end_sessions_of(target, by=by, reason="x"),
        lambda target, by: services.reset_second_factor(target, by=by, reason="x"),
        lambda target, by: services.make_activation_code(target, channel="printed", by=by),
        lambda target, by: services.send_activation_link(target, by=by),
    ],
)
def test_the_watched_cannot_touch_the_watchers_nor_themselves(hr, deed):
    inspector, stranger = person_with(Role.INSPECTOR), person_with()
    for target, by in ((inspector, hr), (hr, hr), (UserFactory(), stranger)):
        with pytest.raises(PermissionDenied):
            deed(target, by)
    assert not AuditEvent.objects.filter(action__startswith="person.").exists()


# --- Roles -----------------------------------------------------------------------------------


def grant(user, role=Role.OPD_OFFICER, **fields):
    return RoleGrant(user=user, role=role, starts_on=TODAY, reason="Surat tugas", **fields)


def test_a_role_is_given_and_withdrawn(hr):
    person, opd = person_with(), OpdFactory()

    given = services.grant_role(grant(person, opd=opd), by=hr)
    assert User.objects.get(pk=person.pk).standing.officer_opd_ids == {opd.pk}
    services.revoke_role(given, by=hr, reason="Pindah")

    assert Role.OPD_OFFICER not in User.objects.get(pk=person.pk).roles
    assert events_of(given) == ["role.revoke", "role.grant"]
    with pytest.raises(services.ServiceError):
        services.revoke_role(given, by=hr, reason="Pindah")


def test_a_role_is_not_given_twice(hr):
    person, opd = person_with(), OpdFactory()
    services.grant_role(grant(person, opd=opd), by=hr)

    with pytest.raises(services.ServiceError):
        services.grant_role(grant(person, opd=opd), by=hr)
    services.grant_role(grant(person, opd=OpdFactory()), by=hr)


def test_an_officer_needs_an_opd_and_others_have_none(hr):
    with pytest.raises(ValidationError):
        services.grant_role(grant(person_with()), by=hr)
    with pytest.raises(ValidationError):
        services.grant_role(
            grant(person_with(), Role.INSPECTOR, opd=OpdFactory()),
            by=person_with(Role.CHIEF_INSPECTOR),
        )


def test_nobody_gives_themselves_a_role(system):
    with pytest.raises(PermissionDenied):
        services.grant_role(grant(system, Role.CHIEF_INSPECTOR), by=system)


def test_hr_does_not_make_inspectors(hr):
    with pytest.raises(PermissionDenied):
        services.grant_role(grant(person_with(), Role.INSPECTOR), by=hr)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_give_one_role_once():
    person, opd = person_with(), OpdFactory()
    pair = [person_with(Role.HR_ADMINISTRATOR) for _ in range(2)]

    def attempt(by):
        try:
            services.grant_role(grant(person, opd=opd), by=by)
        except services.ServiceError:
            return "refused"
        else:
            return "given"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, pair)) == ["given", "refused"]


# --- Posts -----------------------------------------------------------------------------------


def test_a_new_post_ends_the_old_one(hr):
    person = person_with()
    old, new = person.assignments.get(), PostFactory()

    services.assign(Assignment(user=person, post=new, starts_on=TODAY), by=hr)

    old.refresh_from_db()
    assert old.ends_on == TODAY - ONE_DAY
    assert post_of_today(person) == new


def post_of_today(person):
    from people.standing import Standing

    return Standing.of(person, on=TODAY).post


def test_an_acting_post_comes_beside(hr):
    person = person_with()

    services.assign(
        Assignment(
            user=person, post=PostFactory(), kind=Assignment.Kind.ACTING, starts_on=TODAY,
            ends_on=TODAY + 30 * ONE_DAY,
        ),
        by=hr,
    )  # fmt: skip

    assert person.assignments.running(on=TODAY).count() == 2


def test_a_seat_has_one_definitive_holder(hr):
    taken = post_of(person_with())

    with pytest.raises(ValidationError):
        services.assign(Assignment(user=UserFactory(), post=taken, starts_on=TODAY), by=hr)
    shared = PostFactory(is_single_seat=False)
    for _ in range(2):
        services.assign(Assignment(user=UserFactory(), post=shared, starts_on=TODAY), by=hr)


@pytest.mark.django_db(transaction=True)
def test_two_people_want_one_seat():
    post, by = PostFactory(), person_with(Role.HR_ADMINISTRATOR)
    people = [UserFactory(), UserFactory()]

    def attempt(person):
        try:
            services.assign(Assignment(user=person, post=post, starts_on=TODAY), by=by)
        except (services.ServiceError, ValidationError):
            return "refused"
        else:
            return "given"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, people)) == ["given", "refused"]
    assert post.assignments.count() == 1


def test_a_closed_post_is_given_to_nobody_beyond_its_end(hr):
    post = PostFactory(valid_until=TODAY)
    with pytest.raises(services.ServiceError):
        services.assign(Assignment(user=UserFactory(), post=post, starts_on=TODAY), by=hr)

    last_day = Assignment(user=UserFactory(), post=post, starts_on=TODAY, ends_on=TODAY)
    assert services.assign(last_day, by=hr).pk


def test_a_seat_of_several_does_not_become_one_for_one(hr):
    post = PostFactory(is_single_seat=False)
    for _ in range(2):
        AssignmentFactory(post=post, is_single_seat=False)
    post.is_single_seat = True

    with pytest.raises(services.ServiceError):
        services.save_post(post, by=hr)


def test_an_assignment_ends_once(hr):
    assignment = AssignmentFactory()

    services.end_assignment(assignment, ends_on=TODAY, by=hr)
    for day in (TODAY, TODAY + ONE_DAY, datetime.date(2000, 1, 1)):
        with pytest.raises(services.ServiceError):
            services.end_assignment(assignment, ends_on=day, by=hr)


# --- Organisation ----------------------------------------------------------------------------


def test_closing_an_opd_wants_its_people_moved(hr):
    person = person_with()
    opd, heir = post_of(person).opd, OpdFactory()
    with pytest.raises(services.ServiceError):
        services.close_opd(opd, valid_until=TODAY, successor=heir, by=hr, reason="Perda 1/2026")

    services.end_assignment(person.assignments.get(), ends_on=TODAY, by=hr)
    services.close_opd(opd, valid_until=TODAY, successor=heir, by=hr, reason="Perda 1/2026")

    opd.refresh_from_db()
    assert (opd.valid_until, opd.successor) == (TODAY, heir)
    assert not Post.objects.filter(opd=opd, valid_until__isnull=True).exists()
    assert not Opd.objects.in_force(on=TODAY + ONE_DAY).filter(pk=opd.pk).exists()
    with pytest.raises(services.ServiceError):
        services.close_opd(opd, valid_until=TODAY, successor=heir, by=hr, reason="lagi")


def test_a_part_is_closed_before_the_whole(hr):
    part = OpdFactory(parent=OpdFactory())

    with pytest.raises(services.ServiceError):
        services.close_opd(part.parent, valid_until=TODAY, successor=None, by=hr, reason="x")


def test_posts_make_no_circle(hr):
    top = PostFactory()
    middle = PostFactory(opd=top.opd, superior=top)
    bottom = PostFactory(opd=top.opd, superior=middle)
    top.superior = bottom

    with pytest.raises(services.ServiceError):
        services.save_post(top, by=hr)


def test_an_obligation_is_decided_with_a_reason():
    post, chief = PostFactory(), person_with(Role.CHIEF_INSPECTOR)

    services.oblige_post(post, is_obliged=True, by=chief, reason="Panitia lelang")
    with pytest.raises(services.ServiceError):
        services.oblige_post(post, is_obliged=True, by=chief, reason="Panitia lelang")
    services.oblige_post(post, is_obliged=False, by=chief, reason="Selesai")

    post.refresh_from_db()
    assert (post.is_obliged, post.obliged_because) == (False, "")
    assert events_of(post) == ["post.oblige", "post.oblige"]


def test_a_holiday_moves_time_limits(hr, django_capture_on_commit_callbacks):
    monday = datetime.date(2026, 11, 23)
    assert calendar.add_working_days(monday, 1) == datetime.date(2026, 11, 24)

    with django_capture_on_commit_callbacks(execute=True):
        holiday = services.save_holiday(
            Holiday(on=datetime.date(2026, 11, 24), name="Libur daerah"), by=hr
        )
    assert calendar.add_working_days(monday, 1) == datetime.date(2026, 11, 25)

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_holiday(holiday, by=hr)
    assert calendar.add_working_days(monday, 1) == datetime.date(2026, 11, 24)
    calendar.forget()


# --- The first administrator -----------------------------------------------------------------


def test_first_administrator_comes_from_the_command_line(capsys):
    nip = valid_nip()

    call_command("create_administrator", f"{nip[:8]} {nip[8:]}", "Suharto")

    person = User.objects.get(nip=nip)
    assert person.has_role(Role.SYSTEM_ADMINISTRATOR)
    code = capsys.readouterr().out.split("once): ")[1].split()[0]
    services.activate(nip_typed=nip, code=code, password="sandi-panjang-sekali")
    person.refresh_from_db()
    assert person.has_usable_password()
    call_command("create_administrator", nip, "Suharto")
    assert RoleGrant.objects.filter(user=person).count() == 1


def test_first_administrator_needs_a_real_number():
    with pytest.raises(CommandError):
        call_command("create_administrator", "123", "Suharto")


def test_grants_of_the_past_stay(hr):
    """Withdrawing touches one row only."""
    first, second = RoleGrantFactory(), RoleGrantFactory()
    services.revoke_role(first, by=person_with(Role.CHIEF_INSPECTOR), reason="x")

    second.refresh_from_db()
    assert second.revoked_at is None
    assert timezone.now() - RoleGrant.objects.get(pk=first.pk).revoked_at < ONE_DAY
