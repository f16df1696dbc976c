"""Questions that every page asks: put together and compiled once, asked with other people's keys.

    @prepared                        # depends on the person's key and the arguments
    def own_registers(user, on): return InterestRegister.objects.filter(declarant=user)…

    @prepared_by_roles               # and on their roles and OPDs
    def to_check(user, on): return InterestRegister.objects.to_check(user)

    own_registers.rows(user, on)     # a list of what the queryset would give
    own_registers.count(user, on)    # how many

    @prepared_by_roles               # one row by its key, which comes first
    def register(user, key): return InterestRegister.objects.visible_to(user).filter(pk=key)

    register.one(user, key)          # or None

Building and compiling a query costs Django several times what PostgreSQL takes to answer it. The
SQL is kept in the process for each combination of what the query may depend on: the day, the
arguments (hashable), whether the account is open, and where it says so roles and OPDs. The person
who asks is replaced by a stand-in that knows this and nothing else: a query that looks at anything
more (a name, a post, the database, the clock) fails at its first call with `DependsOnMoreError`
instead of being answered with somebody else's. Only the key of the person changes between calls,
and that of the row which `one` looks for.
"""

from __future__ import annotations

import copy
import datetime
import uuid
from collections.abc import Callable, Hashable
from functools import lru_cache, update_wrapper
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable
from django.utils import timezone

from common.kept_statements import KeptStatement, Place
from people.models import User
from people.standing import Standing

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

KEPT = 512
# Nobody's key: every place of it in the compiled query is a place of the person's key.
NOBODY = uuid.UUID("5e0b6a36-58a1-4b3c-9f7e-6c1d2e3f4a5b")
NOTHING = uuid.UUID("c3a1f0d2-7b64-4e0f-8d35-92b6a7e4c018")  # likewise, of the row looked for
PLACES = {str(NOBODY): Place(1), str(NOTHING): Place(2)}
TYPES = ("uuid", "uuid")
Build = Callable[..., QuerySet]
Facts = tuple[tuple[str, Hashable], ...]
BY_ROLES = ("roles", "officer_opd_ids", "headed_opd_ids", "headed_opd_kinds", "opd_ids")


class DependsOnMoreError(TypeError):
    """The query uses something that is not part of what it is kept by."""


class _KnownStanding:
    """What a prepared query may know of a person; asking for more is an error."""

    has_role = Standing.has_role

    def __init__(self, facts: Facts) -> None:
        self.__dict__.update(facts)

    def __getattr__(self, name: str) -> Any:
        raise DependsOnMoreError(f"{name} of the person's standing")


def _stand_in(is_active: bool, facts: Facts) -> User:
    # Its other columns are deferred: reading one asks the database, which is refused.
    user = User.from_db("default", ["id", "is_active"], [NOBODY, is_active])
    user.__dict__["standing"] = _KnownStanding(facts)
    return user


class _Compiled:
    """One queryset as SQL, with the places where the person's key goes."""

    def __init__(self, queryset: QuerySet) -> None:
        known = queryset._known_related_objects, queryset._prefetch_related_lookups
        if any(known) or queryset._iterable_class not in (ModelIterable, ValuesListIterable):
            raise DependsOnMoreError("A prepared query gives models or tuples, no prefetching.")
        self.model, self.db = queryset.model, queryset.db
        self.iterable = queryset._iterable_class
        self.compiler: SQLCompiler = queryset.query.get_compiler(using=queryset.db)
        try:
            sql, params = self.compiler.as_sql()
        except EmptyResultSet:
            self.selecting = self.counting = None
            return
        if self.compiler.has_extra_select:
            raise DependsOnMoreError("columns that only serve the order")
        for value in params:
            if isinstance(value, datetime.datetime):
                raise DependsOnMoreError("the clock")
            if str(value) not in PLACES and any(key in str(value) for key in PLACES):
                raise DependsOnMoreError("a part of a key")
        # Worked out once: Django asks each field again for every result.
        columns = [column[0] for column in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(columns)
        places = [PLACES.get(str(value), value) for value in params]
        table = self.model._meta.db_table
        self.selecting = KeptStatement(sql, places, TYPES, table)
        counting = f"SELECT COUNT(*) FROM ({sql}) counted"  # noqa: S608 -- compiled by Django
        self.counting = KeptStatement(counting, places, TYPES, table)

    def rows(self, user: User, key: uuid.UUID | None = None) -> list[Any]:
        found = self._ask(self.selecting, user, key) if self.selecting else []
        if not found:
            return []
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[self.db]
        compiler.get_converters = lambda _columns: self.converters
        compiler.execute_sql = lambda *_args, **_kwargs: [found]
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        asked = SimpleNamespace(
            db=self.db, model=self.model, query=query, _known_related_objects={}
        )
        return list(self.iterable(asked))

    def count(self, user: User) -> int:
        return self._ask(self.counting, user)[0][0] if self.counting else 0

    def _ask(
        self, statement: KeptStatement, user: User, key: uuid.UUID | None = None
    ) -> list[tuple[Any, ...]]:
        with connections[self.db].cursor() as cursor:
            statement.execute(cursor, user.pk, key)
            return cursor.fetchall()


def _refuse(*_args: Any) -> None:
    raise DependsOnMoreError("the database")


@lru_cache(maxsize=KEPT)
def _compiled(
    build: Build,
    is_active: bool,
    facts: Facts,
    args: tuple[Hashable, ...],
    _today: datetime.date,
) -> _Compiled:
    with connection.execute_wrapper(_refuse):
        return _Compiled(build(_stand_in(is_active, facts), *args))


def _facts(user: User, names: tuple[str, ...]) -> Facts:
    return tuple([(name, getattr(user.standing, name)) for name in names])


class _Prepared:
    def __init__(self, build: Build, facts: tuple[str, ...]) -> None:
        update_wrapper(self, build)
        self.build, self.facts = build, facts

    def rows(self, user: User, *args: Hashable) -> list[Any]:
        return self._of(user, args).rows(user)

    def one(self, user: User, key: uuid.UUID, *args: Hashable) -> Any | None:
        return next(iter(self._of(user, (NOTHING, *args)).rows(user, key)), None)

    def count(self, user: User, *args: Hashable) -> int:
        return self._of(user, args).count(user)

    def _of(self, user: User, args: tuple[Hashable, ...]) -> _Compiled:
        facts = _facts(user, self.facts)
        return _compiled(self.build, user.is_active, facts, args, timezone.localdate())


def kept_by_roles(answer: Callable[..., Any]) -> Callable[..., Any]:
    """`answer(user, *args)` is worked out once for all who have the same roles of the same OPDs.

    For what asks the database nothing; it is given the stand-in, as a query is.
    """

    @lru_cache(maxsize=KEPT)
    def kept(
        is_active: bool, facts: Facts, args: tuple[Hashable, ...], _today: datetime.date
    ) -> Any:
        with connection.execute_wrapper(_refuse):
            return answer(_stand_in(is_active, facts), *args)

    def of(user: User, *args: Hashable) -> Any:
        return kept(user.is_active, _facts(user, BY_ROLES), args, timezone.localdate())

    return update_wrapper(of, answer)


def prepared(build: Build) -> _Prepared:
    """`build(user, *args)` gives the queryset; of the person it uses the key alone."""
    return _Prepared(build, ())


def prepared_by_roles(build: Build) -> _Prepared:
    """As `prepared`, for what also depends on the roles of today and the OPDs they are for."""
    return _Prepared(build, BY_ROLES)
