"""Lists that are paged by the last row seen."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import dumps
from django.db.models import Value
from django.http import Http404, QueryDict

from common.keyset import InvalidCursorError, KeysetListView, Order, capped_count, paginate

pytestmark = pytest.mark.django_db

ORDER = ("app_label", "model")


def page_of(query="", ordering=ORDER, size=7, **options):
    parameters = QueryDict(query.partition("?")[2])
    return paginate(
        ContentType.objects.all(), ordering=ordering, page_size=size, query=parameters, **options
    )


def labels(page):
    return [(row.app_label, row.model) for row in page.items]


@pytest.mark.parametrize("ordering", [ORDER, ("-app_label", "-model"), ("pk",), ("-pk",)])
def test_walk_forward_and_back_sees_each_row_once(ordering):
    everything = [row.pk for row in ContentType.objects.order_by(*ordering)]
    page, seen = page_of(ordering=ordering), []
    while True:
        seen += [row.pk for row in page.items]
        if not page.has_next:
            break
        page = page_of(page.next_url, ordering=ordering)
    back = [row.pk for row in page.items]
    while page.has_previous:
        page = page_of(page.previous_url, ordering=ordering)
        back = [row.pk for row in page.items] + back

    assert seen == everything
    assert back == everything


def test_one_row_comparison_in_the_query(django_assert_num_queries):
    page = page_of()

    with django_assert_num_queries(2) as queries:
        page_of(page.next_url)

    assert '") > (' in queries.captured_queries[0]["sql"].replace('"."', ".")


def test_first_page_has_no_previous_and_last_no_next():
    page = page_of(size=1_000)

    assert (page.previous_url, page.next_url) == ("", "")
    assert page.count == ContentType.objects.count()


def test_other_parameters_travel_along():
    page = page_of("?q=budi&urut=nama")

    assert page.next_url.startswith("?q=budi&urut=nama&setelah=")


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "", "%00", "a" * 5_000, "eyJ4IjoxfQ:1:2", "..", ":::"),
        # Signed with the time of day: without a name of its own two workers would not agree on it.
        pytest.param(dumps(["a"], salt="other"), id="signed-for-something-else"),
    ],
)
def test_bad_cursor_is_not_found_never_a_failure(cursor, rf):
    class View(KeysetListView):
        model = ContentType
        ordering = ORDER

    view = View()
    view.setup(rf.get("/", {"setelah": cursor}))
    view.object_list = view.get_queryset()
    if cursor == "":
        assert view.get_context_data()["page"].items
        return

    with pytest.raises(Http404):
        view.get_context_data()


def test_cursor_of_another_order_is_refused():
    cursor = Order(ContentType.objects.all(), ("model",)).cursor(ContentType.objects.first())

    with pytest.raises(InvalidCursorError):
        page_of(f"?setelah={cursor}")


def test_signed_cursor_with_wrong_values_is_refused():
    order = Order(ContentType.objects.all(), ("pk",))

    with pytest.raises(InvalidCursorError):
        order.values(dumps(["not a number"], salt=order.salt))
    with pytest.raises(InvalidCursorError):
        order.values(dumps(["1", "2"], salt=order.salt))


def test_mixed_directions_are_refused():
    with pytest.raises(ImproperlyConfigured):
        Order(ContentType.objects.all(), ("app_label", "-model"))


def test_annotations_may_order():
    queryset = ContentType.objects.annotate(weight=Value(3))

    page = paginate(queryset, ordering=("-weight",), page_size=2, query=QueryDict())

    assert page.has_next


def test_counting_stops_at_the_cap():
    assert capped_count(ContentType.objects.all(), cap=5) == (5, True)
    assert capped_count(ContentType.objects.none()) == (0, False)
