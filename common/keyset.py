"""Paging by the last row seen, not by counting rows: the millionth page costs what the first does.

    class DeclarationListView(KeysetListView):
        ordering = ("-submitted_at", "-pk")      # all in one direction, never null; pk is added

The place in the list travels in a signed cursor (`?setelah=…`, `?sebelum=…`); a cursor that was
changed, belongs to another list, or is older than a year answers 404.
"""

import datetime
import decimal
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from django.db import models
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.views.generic import ListView
from django.views.generic.base import ContextMixin

AFTER, BEFORE = "setelah", "sebelum"
COUNT_CAP = 10_000
CURSOR_AGE = datetime.timedelta(days=366)
CURSOR_LENGTH = 1_000


class InvalidCursorError(Http404):
    """The cursor isn't one this list made; a view that doesn't catch it answers 404."""


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """One page of rows, with the addresses of its neighbours."""

    items: list[Any]
    previous_url: str
    next_url: str
    count: int | None
    is_count_capped: bool

    @property
    def has_previous(self) -> bool:
        return bool(self.previous_url)

    @property
    def has_next(self) -> bool:
        return bool(self.next_url)

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Order:
    """The order of a list: names of fields or annotations, all ascending or all descending."""

    def __init__(self, queryset: QuerySet, ordering: Sequence[str]) -> None:
        names = [name.lstrip("-") for name in ordering]
        directions = {name.startswith("-") for name in ordering}
        if len(directions) != 1:
            raise ImproperlyConfigured("A keyset order runs in one direction.")
        self.is_descending = directions.pop()
        if "pk" not in names and queryset.model._meta.pk.name not in names:
            names.append("pk")
        self.names = tuple(names)
        self.fields = [self._field(queryset, name) for name in names]
        self.salt = f"keyset:{queryset.model._meta.label_lower}:{','.join(ordering)}"

    @staticmethod
    def _field(queryset: QuerySet, name: str) -> models.Field:
        annotation = queryset.query.annotations.get(name)
        if annotation is not None:
            return annotation.output_field
        model = queryset.model
        *path, last = name.split("__")
        try:
            for step in path:
                model = model._meta.get_field(step).related_model
            return model._meta.pk if last == "pk" else model._meta.get_field(last)
        except (FieldDoesNotExist, AttributeError) as error:
            raise ImproperlyConfigured(f"{name} is no field of {queryset.model}.") from error

    def applied(self, queryset: QuerySet, *, backwards: bool) -> QuerySet:
        sign = "-" if self.is_descending != backwards else ""
        return queryset.order_by(*(f"{sign}{name}" for name in self.names))

    def beyond(self, queryset: QuerySet, values: list[Any], *, backwards: bool) -> QuerySet:
        """Rows past `values`: one row comparison, which an index answers and OR does not."""
        lookup = TupleLessThan if self.is_descending != backwards else TupleGreaterThan
        return queryset.filter(lookup(Tuple(*map(F, self.names)), tuple(values)))

    def cursor(self, row: Any) -> str:
        values = [_as_text(_value(row, name)) for name in self.names]
        return signing.dumps(values, salt=self.salt, compress=True)

    def values(self, cursor: str) -> list[Any]:
        if len(cursor) > CURSOR_LENGTH:
            raise InvalidCursorError
        try:
            texts = signing.loads(cursor, salt=self.salt, max_age=CURSOR_AGE)
            return [field.to_python(text) for field, text in zip(self.fields, texts, strict=True)]
        except (signing.BadSignature, ValidationError, ValueError, TypeError, OSError) as error:
            raise InvalidCursorError from error


def _value(row: Any, name: str) -> Any:
    value = row
    for step in name.split("__"):
        value = value[step] if isinstance(value, dict) else getattr(value, step)
    return value


def _as_text(value: Any) -> str | int:
    if value is None:
        raise ImproperlyConfigured("A keyset order needs columns without nulls.")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int | str):
        return value
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    raise ImproperlyConfigured(f"A keyset cursor can't hold {type(value).__name__}.")


def paginate(
    queryset: QuerySet,
    *,
    ordering: Sequence[str],
    page_size: int,
    query: QueryDict,
    path: str = "",
    count: bool = True,
) -> KeysetPage:
    """The page that `query` asks for; raises `InvalidCursorError`.

    Two queries, whatever the place: the rows (one more than shown) and the capped count.
    """
    order = Order(queryset, ordering)
    backwards = BEFORE in query
    cursor = query.get(BEFORE) or query.get(AFTER) or ""
    rows = order.applied(queryset, backwards=backwards)
    if cursor:
        rows = order.beyond(rows, order.values(cursor), backwards=backwards)
    found = list(rows[: page_size + 1])
    total = capped_count(queryset) if count else None
    return page_of(found, total, order=order, page_size=page_size, query=query, path=path)


def page_of(
    found: list[Any],
    counted: tuple[int, bool] | None,
    *,
    order: Order,
    page_size: int,
    query: QueryDict,
    path: str = "",
) -> KeysetPage:
    """The page of rows that were found already, one more than is shown."""
    backwards = BEFORE in query
    cursor = query.get(BEFORE) or query.get(AFTER) or ""
    has_more, items = len(found) > page_size, found[:page_size]
    if backwards:
        items.reverse()
    has_previous = has_more if backwards else bool(cursor)
    has_next = bool(cursor) if backwards else has_more
    total, is_capped = counted or (None, False)
    return KeysetPage(
        items=items,
        previous_url=_url(query, path, BEFORE, order.cursor(items[0]))
        if items and has_previous
        else "",
        next_url=_url(query, path, AFTER, order.cursor(items[-1])) if items and has_next else "",
        count=total,
        is_count_capped=is_capped,
    )


def capped_count(queryset: QuerySet, cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many rows, but never counting on beyond `cap`."""
    return capped(counted_rows(queryset, cap).count(), cap)


def counted_rows(queryset: QuerySet, cap: int = COUNT_CAP) -> QuerySet:
    """What has to be counted for `capped`."""
    return queryset.order_by().values_list("pk")[: cap + 1]


def capped(counted: int, cap: int = COUNT_CAP) -> tuple[int, bool]:
    return min(counted, cap), counted > cap


def _url(query: QueryDict, path: str, name: str, cursor: str) -> str:
    parameters = query.copy()
    parameters.pop(AFTER, None)
    parameters.pop(BEFORE, None)
    parameters[name] = cursor
    return f"{path}?{parameters.urlencode()}"


class KeysetListView(ListView):
    """A ListView whose `page_obj` is a `KeysetPage`; set `ordering`, perhaps `paginate_by`."""

    ordering: Sequence[str] = ("-pk",)
    paginate_by = 25
    counts = True
    request: HttpRequest

    def get_context_data(self, *, object_list: Any = None, **kwargs: Any) -> dict[str, Any]:
        queryset = self.object_list if object_list is None else object_list
        try:
            page = self.find_page(queryset)
        except InvalidCursorError as error:
            raise Http404(_("This page of the list does not exist.")) from error
        context = {
            "page_obj": page,
            "page": page,
            "is_paginated": page.has_previous or page.has_next,
            "object_list": page.items,
        }
        if name := self.get_context_object_name(queryset):
            context[name] = page.items
        # Not ListView's: it would page by number.
        return ContextMixin.get_context_data(self, **(context | kwargs))

    def find_page(self, queryset: QuerySet) -> KeysetPage:
        return paginate(
            queryset,
            ordering=self.get_ordering(),
            page_size=self.paginate_by,
            query=self.request.GET,
            path=self.request.path,
            count=self.counts,
        )
