"""Lists that everybody opens: the first page without filters is a prepared query."""

from collections.abc import Hashable
from typing import Any

from django.db.models import QuerySet

from common.keyset import (
    KeysetListView,
    KeysetPage,
    Order,
    capped,
    counted_rows,
    page_of,
)
from people.models import User
from people.prepared import DependsOnMoreError, prepared_by_roles


class PreparedListView(KeysetListView):
    """`rows(user, *facts)` gives the list; `facts` of a view what else it depends on.

    A further page or a filter is asked as ever, by `get_queryset`. So is a list that depends on
    more than a prepared query may know.
    """

    @staticmethod
    def rows(user: User, *facts: Hashable) -> QuerySet:
        raise NotImplementedError

    @property
    def facts(self) -> tuple[Hashable, ...]:
        return ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

        @prepared_by_roles
        def first_page(user: User, *facts: Hashable) -> QuerySet:
            rows = cls.rows(user, *facts)
            order = Order(rows, cls.ordering)
            return order.applied(rows, backwards=False)[: cls.paginate_by + 1]

        @prepared_by_roles
        def counted(user: User, *facts: Hashable) -> QuerySet:
            return counted_rows(cls.rows(user, *facts))

        cls._first_page, cls._counted = first_page, counted

    def get_queryset(self) -> QuerySet:
        if self.request.GET:
            return self.rows(self.request.user, *self.facts)
        return self.model.objects.none()

    def find_page(self, queryset: QuerySet) -> KeysetPage:
        if self.request.GET:
            return super().find_page(queryset)
        user = self.request.user
        try:
            found = self._first_page.rows(user, *self.facts)
            counted = capped(self._counted.count(user, *self.facts))
        except DependsOnMoreError:
            return super().find_page(self.rows(user, *self.facts))
        return page_of(
            found,
            counted,
            order=Order(self.model.objects.all(), self.ordering),
            page_size=self.paginate_by,
            query=self.request.GET,
            path=self.request.path,
        )
