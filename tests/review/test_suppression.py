"""No hidden number can be worked out, whatever the table: against brute force and by spans."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.suppression import ENDLESS, protect, spans

SMALL = st.one_of(st.integers(0, 6), st.integers(0, 60))


@st.composite
def tables(draw, *, most_rows=6, most_columns=5, numbers=SMALL):
    width = draw(st.integers(1, most_columns))
    height = draw(st.integers(1, most_rows))
    row = st.lists(numbers, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=height, max_size=height))


@settings(max_examples=300, deadline=None)
@given(tables(), st.integers(3, 10))
def test_every_hidden_number_has_a_span_of_the_threshold(cells, threshold):
    protected = protect(cells, threshold=threshold)

    if protected.is_withheld:
        assert all(value is None for row in protected.cells for value in row)
        return
    for place, (least, most) in spans(cells, protected).items():
        assert most - least >= threshold, (place, least, most)


@settings(max_examples=300, deadline=None)
@given(tables(), st.integers(3, 10))
def test_no_small_number_is_shown_and_shown_ones_are_true(cells, threshold):
    protected = protect(cells, threshold=threshold)

    shown = [
        (value, true)
        for row, true_row in zip(protected.cells, cells, strict=True)
        for value, true in zip(row, true_row, strict=True)
    ]
    shown += list(zip(protected.row_totals, map(sum, cells), strict=True))
    shown += list(zip(protected.column_totals, map(sum, zip(*cells, strict=True)), strict=True))
    shown += [(protected.total, sum(map(sum, cells)))]
    for value, true in shown:
        assert value is None or value == true
        assert value is None or not 0 < value < threshold


def agreeing(cells, protected):
    """All tables of whole numbers that agree with what is published, tried one by one."""
    height, width = len(cells), len(cells[0])
    top = sum(map(sum, cells)) + 1
    choices = [
        range(top) if value is None else [value] for row in protected.cells for value in row
    ]
    for values in itertools.product(*choices):
        rows = [values[i * width : (i + 1) * width] for i in range(height)]
        sums = [*map(sum, rows), *map(sum, zip(*rows, strict=True)), sum(values)]
        known = [*protected.row_totals, *protected.column_totals, protected.total]
        if all(k is None or k == s for k, s in zip(known, sums, strict=True)):
            yield rows


@settings(max_examples=60, deadline=None)
@given(tables(most_rows=2, most_columns=2, numbers=st.integers(0, 5)))
def test_spans_are_those_of_all_tables_that_agree(cells):
    protected = protect(cells, threshold=3)
    if protected.is_withheld:
        return
    found = spans(cells, protected)
    possible = list(agreeing(cells, protected))

    for (i, j), (least, most) in found.items():
        if i < 0 or j < 0:
            continue
        values = [rows[i][j] for rows in possible]
        assert min(values) == least
        assert max(values) == most or most == ENDLESS


@pytest.mark.parametrize(
    "cells",
    [
        [[2, 10], [10, 10]],  # one small cell, all margins shown
        [[1, 20, 30]],  # one row: the row total gives it away
        [[1], [20], [30]],
        [[2, 0], [0, 40]],  # alone in its row and its column
        [[0, 0], [0, 0]],
        [[4, 4, 4], [40, 40, 40], [50, 0, 9]],
        [[100, 200], [300, 400]],
    ],
)
def test_known_tables(cells):
    protected = protect(cells, threshold=5)

    if not protected.is_withheld:
        for least, most in spans(cells, protected).values():
            assert most - least >= 5
    small = any(0 < n < 5 for row in cells for n in row)
    hides = any(value is None for row in protected.cells for value in row)
    assert hides == small


def test_a_table_below_the_threshold_is_withheld_whole():
    assert protect([[1, 0], [1, 1]], threshold=5).is_withheld


def test_an_empty_table_is_a_table():
    assert protect([], threshold=5).cells == ()


@pytest.mark.parametrize("cells", [[[1], [1, 2]], [[-1]]])
def test_nonsense_is_refused(cells):
    with pytest.raises(ValueError, match="table"):
        protect(cells, threshold=5)


def test_a_province_takes_seconds_at_most():
    cells = [[(i * 7 + j * 3) % 11 for j in range(9)] for i in range(45)]

    protected = protect(cells, threshold=5)

    assert not protected.is_withheld
    assert protected.total == sum(map(sum, cells))


def test_a_province_of_small_offices_is_published():
    """Forty-five OPDs with a dozen people each, a few of them late: sums stay readable."""
    cells = [[8 + i % 6, i % 4, (i * 5) % 3] for i in range(45)]

    protected = protect(cells, threshold=5)

    assert protected.total == sum(map(sum, cells))
    assert sum(total is not None for total in protected.row_totals) > 0
