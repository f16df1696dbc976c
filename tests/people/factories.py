"""People, posts and roles for tests; a bare call gives the plainest valid row."""

import datetime
import itertools
import time
from typing import Any

import factory
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client
from factory.django import DjangoModelFactory

from people.models import Assignment, Opd, Post, Role, RoleGrant, User
from people.models.persons import Employment
from people.roles import FOR_ONE_OPD, GRANTABLE

PASSWORD = "sandi-uji-yang-panjang"
LONG_AGO = datetime.date(2015, 1, 2)
# Everything in tests begins above what the reference data and other factories use.
_numbers = itertools.count(1)


def valid_nip(number: int | None = None, *, pppk: bool = False) -> str:
    """A well-formed NIP; a different one for each number."""
    number = next(_numbers) if number is None else number
    born_on = datetime.date(1970, 1, 1) + datetime.timedelta(days=number // 999)
    tail = "202121" if pppk else "200003"
    return f"{born_on:%Y%m%d}{tail}{1 + number % 2}{1 + number % 999:03d}"


class UserFactory(DjangoModelFactory):
    """A person with a password and an address, without post or role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        unactivated = factory.Trait(password=factory.LazyFunction(lambda: make_password(None)))

    nip = factory.LazyFunction(valid_nip)
    name = factory.Sequence(lambda n: f"Pegawai {n}")
    email = factory.Sequence(lambda n: f"pegawai{n}@example.go.id")
    employment = Employment.PNS
    grade = "III/c"
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class OpdFactory(DjangoModelFactory):
    class Meta:
        model = Opd

    code = factory.Sequence(lambda n: f"T{n:04d}")
    name = factory.Sequence(lambda n: f"Dinas Uji {n}")
    short_name = factory.Sequence(lambda n: f"Uji {n}")
    kind = Opd.Kind.DEPARTMENT
    valid_from = LONG_AGO


class PostFactory(DjangoModelFactory):
    class Meta:
        model = Post

    class Params:
        obliged = factory.Trait(is_obliged=True, obliged_because="Jabatan pengawas")
        head = factory.Trait(is_opd_head=True, level=Post.Level.TOP_FIRST)

    opd = factory.SubFactory(OpdFactory)
    code = factory.Sequence(lambda n: f"J{n:05d}")
    title = factory.Sequence(lambda n: f"Analis {n}")
    level = Post.Level.STAFF
    valid_from = LONG_AGO


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment

    user = factory.SubFactory(UserFactory)
    post = factory.SubFactory(PostFactory)
    kind = Assignment.Kind.DEFINITIVE
    starts_on = LONG_AGO
    is_single_seat = factory.SelfAttribute("post.is_single_seat")


class RoleGrantFactory(DjangoModelFactory):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = Role.INSPECTOR
    starts_on = LONG_AGO
    reason = "Surat tugas"


def person_with(
    role: Role = Role.DECLARANT,
    opd: Opd | None = None,
    *,
    superior: Post | None = None,
    post: dict[str, Any] | None = None,
    **fields: Any,
) -> User:
    """A person in a post of `opd` (a new one if none is given) who holds `role` today.

    `superior` is the post above theirs, `post` further fields of their own post. A superior
    gets an empty post below theirs; a head's post is the head's post of the OPD.
    """
    opd = opd or OpdFactory()
    user = UserFactory(**fields)
    own = PostFactory(opd=opd, superior=superior, head=role == Role.OPD_HEAD, **(post or {}))
    AssignmentFactory(user=user, post=own)
    if role == Role.SUPERIOR:
        PostFactory(opd=opd, superior=own)
    if role in GRANTABLE:
        RoleGrantFactory(user=user, role=role, opd=opd if role in FOR_ONE_OPD else None)
    return user


def post_of(user: User) -> Post:
    return user.assignments.get().post


def log_in(client: Client, user: User, *, proved: bool = True, second_factor: bool = True) -> User:
    """Log `user` in as a browser that has passed every step.

    `proved=False`: the password was given too long ago to sign; `second_factor=False`: only the
    password was given.
    """
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    at = time.time() - (0 if proved else 3600)
    records: list[dict[str, Any]] = [{"method": "password", "at": at, "reauthenticated": True}]
    if second_factor:
        records.insert(0, {"method": "mfa", "type": "totp", "at": at})
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return user
