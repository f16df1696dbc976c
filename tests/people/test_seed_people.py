"""The synthetic province: repeatable, sound, plausible."""

import datetime
import hashlib
import random
import unicodedata

import pytest
from django.db import connection

from common.text import clean_name
from people import nip as nip_module
from people.models import Assignment, Opd, Post, RoleGrant, User
from people.roles import GRANTABLE, Role
from people.seeding import demo, names, province, structure
from people.seeding.numbers import NumberMaker

ON = datetime.date(2026, 11, 23)
PEOPLE = 400
pytestmark = pytest.mark.django_db


def make(*, seed=7, people=PEOPLE):
    return province.make(people=people, seed=seed, on=ON, report=lambda done, total: None)


def digest():
    """Everything that was made, without keys and times of the run."""
    queries = (
        (
            "SELECT id, nip, name, title_before, title_after, email, employment, grade, is_active"
            " FROM people_user ORDER BY id"
        ),
        (
            "SELECT p.code, p.title, p.unit, p.level, s.code, p.is_obliged, p.obliged_because"
            " FROM people_post p LEFT JOIN people_post s ON s.id = p.superior_id ORDER BY p.code"
        ),
        (
            "SELECT a.user_id, p.code, a.kind, a.starts_on, a.ends_on, a.decree"
            " FROM people_assignment a JOIN people_post p ON p.id = a.post_id ORDER BY 1, 2, 4"
        ),
        "SELECT user_id, role, granted_by_id FROM people_rolegrant ORDER BY 1, 2",
    )
    hasher = hashlib.sha256()
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
            for row in cursor.fetchall():
                hasher.update(repr(row).encode())
    return hasher.hexdigest()


def empty():
    for model in (RoleGrant, Assignment, Post, User):
        model.objects.all().delete() if model is not Post else _delete_posts()


def _delete_posts():
    Post.objects.update(superior=None)
    Post.objects.all().delete()


def test_same_seed_same_province_other_seed_another():
    digests = []
    for seed in (7, 7, 8):
        made = make(seed=seed)
        digests.append((digest(), [str(k.first.id) + k.relation for k in made.kinships]))
        empty()

    assert digests[0] == digests[1]
    assert digests[0] != digests[2]


def test_hierarchy_has_one_root_and_no_circle():
    make()

    posts = {post.pk: post for post in Post.objects.all()}
    roots = [post.code for post in posts.values() if post.superior_id is None]
    assert roots == ["01.GUB"]
    for post in posts.values():
        seen = set()
        while post.superior_id:
            assert post.pk not in seen
            seen.add(post.pk)
            post = posts[post.superior_id]
        assert post.code == "01.GUB"


def test_each_opd_has_a_head_and_each_obliged_post_a_reason():
    make()

    assert Post.objects.filter(is_opd_head=True).count() == Opd.objects.count()
    assert not Post.objects.filter(is_obliged=True, obliged_because="").exists()
    assert not Post.objects.filter(is_opd_head=True, is_obliged=False).exists()


def test_numbers_names_and_addresses_are_good():
    make()

    users = list(User.objects.all())
    assert len(users) == PEOPLE
    assert len({user.email for user in users}) == PEOPLE
    for user in users:
        facts = nip_module.parse(user.nip)
        assert user.employment in (facts.employment, "official")
        assert clean_name(user.name) == user.name
        assert clean_name(user.full_name) == user.full_name
        assert user.email.endswith(".example.invalid")
        assert all(character.isascii() for character in unicodedata.normalize("NFD", user.email))


def test_single_seats_have_one_holder_and_nobody_two_posts():
    make()

    running = Assignment.objects.running(on=ON).definitive()
    seats = running.filter(is_single_seat=True).values_list("post", flat=True)
    people = running.values_list("user", flat=True)
    assert len(set(seats)) == len(seats)
    assert len(set(people)) == len(people)
    assert (
        not Assignment.objects.exclude(is_single_seat=True)
        .filter(post__is_single_seat=True)
        .exists()
    )


def test_history_acting_and_leavers_occur():
    make(people=1_500)

    assert Assignment.objects.filter(kind="plt").exists()
    assert User.objects.filter(is_active=False).exists()
    moved = Assignment.objects.filter(ends_on__isnull=False, user__is_active=True)
    assert moved.count() > 50
    assert moved.filter(post__is_single_seat=True).exists()


def test_families_reach_across_opds_and_ages_fit():
    made = make(people=1_500)

    relations = {kinship.relation for kinship in made.kinships}
    assert relations >= {"istri", "suami", "saudara_kandung", "ipar"}
    for kinship in made.kinships:
        assert kinship.first.post.opd != kinship.second.post.opd
        years = (kinship.second.born_on - kinship.first.born_on).days / 365.25
        if kinship.relation == "anak":
            assert years > 15
        if kinship.relation in ("istri", "suami"):
            assert kinship.first.sex != kinship.second.sex


def test_every_role_is_held_and_nobody_granted_it_to_themselves(settings):
    settings.DEMO_PASSWORD = "kata-sandi-uji-coba"
    make()

    held = set(RoleGrant.objects.values_list("role", flat=True))
    accounts = demo.accounts(on=ON)
    assert held == {str(role) for role in GRANTABLE}
    assert [account.role for account in accounts] == list(demo.DEMO_POSTS)
    assert set(demo.DEMO_POSTS) == set(Role)
    for account in accounts:
        assert account.user.check_password("kata-sandi-uji-coba")
        assert account.user.has_role(account.role)
    assert sum(user.has_usable_password() for user in User.objects.all()) == len(accounts)


def test_declarants_superior_is_the_demonstrations_superior():
    make()

    by_role = {role: Post.objects.get(code=code) for role, code in demo.DEMO_POSTS.items()}
    assert by_role[Role.DECLARANT].superior == by_role[Role.SUPERIOR]
    assert by_role[Role.SUPERIOR].superior == by_role[Role.OPD_HEAD]
    assert by_role[Role.DECLARANT].is_obliged


def test_portal_with_people_is_refused():
    make()

    with pytest.raises(province.NotEmptyError):
        make()


def test_every_size_of_structure_is_sound():
    opds = [(opd.code, opd.name, opd.kind) for opd in Opd.objects.order_by("code")]
    for people in (350, 900, 2_000, 20_000):
        posts = structure.build(opds, people=people)
        codes = [post.code for post in posts]
        seen = set()
        assert len(set(codes)) == len(codes)
        assert sum(post.is_single for post in posts) < people
        for post in posts:
            assert post.above is None or id(post.above) in seen
            seen.add(id(post))


def test_names_of_all_regions_are_plausible():
    rng = random.Random(3)
    made = [names.make(rng, 1 + number % 2) for number in range(5_000)]

    assert {name.region for name in made} == set(names.BY_KEY)
    words = [len(name.text.split()) for name in made]
    assert 0.03 < words.count(1) / len(words) < 0.15
    assert max(words) <= 6
    assert len({name.text for name in made}) > 3_000


def test_serial_numbers_never_repeat():
    rng = random.Random(1)
    maker = NumberMaker()

    made = {
        maker.make(rng, born_on=datetime.date(1980, 1, 1), sex=1, appointed=2005, pppk=False)
        for _number in range(900)
    }

    assert len(made) == 900
