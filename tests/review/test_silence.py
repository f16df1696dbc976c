"""The mathematics of silent units: closed forms, monotony, shrinkage, edges, known provinces."""

import math
import random

import pytest

from benchmarks import silent_units
from review import silence
from review.gamma import gamma_p
from review.silence import Belief, Unit, compare


def even_province(count=20, exposure=200.0, *, units=30):
    return tuple(Unit(key, count, exposure) for key in range(units))


def estimate_of(comparison, key):
    return next(e for e in comparison.estimates if e.key == key)


def test_marginal_is_the_negative_binomial_distribution():
    # Shape 1 is geometric; all probabilities add up to one, with the mean that was asked for.
    probabilities = [math.exp(silence.log_marginal(k, mean=3.0, shape=0.7)) for k in range(800)]

    assert math.exp(silence.log_marginal(2, mean=4.0, shape=1.0)) == pytest.approx(0.8**2 * 0.2)
    assert math.fsum(probabilities) == pytest.approx(1.0, abs=1e-9)
    assert math.fsum(k * p for k, p in enumerate(probabilities)) == pytest.approx(3.0, abs=1e-6)


def test_belief_with_known_peers_is_the_conjugate_gamma():
    node = silence._Node(mean=0.1, shape=4.0, share=1e-12, weight=1.0)
    belief = Belief.of(Unit(1, 7, 50.0), [node])

    assert belief.mean == pytest.approx((4 + 7) / (4 + 5))
    assert belief.cdf(0.8) == pytest.approx(gamma_p(11.0, 9.0 * 0.8))
    assert belief.cdf(belief.quantile(0.05)) == pytest.approx(0.05, abs=1e-5)


def test_joined_parts_give_the_quantiles_of_the_whole_mixture():
    rng = random.Random(4)
    units, _rates, _planted = silent_units.province(rng, silent_units.SCENARIOS[1])
    nodes = silence._grid(units)

    for unit in units[:4]:
        joined, whole = Belief.of(unit, nodes), Belief.of(unit, nodes, join=False)
        for probability in (0.05, 0.95):
            assert whole.cdf(joined.quantile(probability)) == pytest.approx(probability, abs=0.004)


def test_as_many_as_its_peers_is_as_its_peers():
    comparison = compare(even_province())

    estimates = comparison.estimates
    assert all(e.low < 1 < e.high for e in estimates)
    assert all(e.ratio == pytest.approx(1.0, abs=0.05) for e in estimates)
    assert all(e.silent < 0.01 for e in estimates)
    assert comparison.peer_rate == pytest.approx(0.1, rel=0.05)


def test_one_that_says_nothing_comes_first():
    comparison = compare((*even_province(), Unit(99, 0, 200.0)))

    first = comparison.estimates[0]
    assert first.key == 99
    assert first.silent > 0.9
    assert first.high < 0.5


def test_probability_falls_and_interval_rises_with_the_count():
    found = [
        estimate_of(compare((*even_province(), Unit(99, count, 200.0))), 99)
        for count in (0, 2, 5, 10, 20, 40)
    ]

    assert [e.silent for e in found] == sorted((e.silent for e in found), reverse=True)
    assert [e.low for e in found] == sorted(e.low for e in found)
    assert [e.high for e in found] == sorted(e.high for e in found)
    assert [e.ratio for e in found] == sorted(e.ratio for e in found)


def test_silence_weighs_more_with_more_exposure():
    found = [
        estimate_of(compare((*even_province(), Unit(99, 0, exposure))), 99)
        for exposure in (10.0, 40.0, 120.0, 400.0)
    ]

    assert [e.silent for e in found] == sorted(e.silent for e in found)
    assert [e.high for e in found] == sorted((e.high for e in found), reverse=True)


def test_estimates_are_drawn_towards_the_peers_the_small_ones_more():
    peers = tuple(Unit(key, 20 + key % 7, 200.0) for key in range(30))
    comparison = compare((*peers, Unit(98, 6, 30.0), Unit(99, 60, 300.0)))

    small, large = estimate_of(comparison, 98), estimate_of(comparison, 99)
    assert small.crude > small.ratio > 1
    assert large.crude > large.ratio > 1
    assert (small.crude - small.ratio) / (small.crude - 1) > (
        (large.crude - large.ratio) / (large.crude - 1)
    )


def test_two_of_one_kind_are_the_same():
    comparison = compare((*even_province(), Unit(98, 3, 150.0), Unit(99, 3, 150.0)))
    one, other = estimate_of(comparison, 98), estimate_of(comparison, 99)

    assert (one.low, one.high, one.silent) == (other.low, other.high, other.silent)


def test_the_unit_of_exposure_does_not_matter():
    units = tuple(Unit(key, key % 9, 40.0 + 7 * key) for key in range(25))
    scaled = tuple(Unit(u.key, u.count, u.exposure * 12) for u in units)

    one, other = compare(units), compare(scaled)

    assert [e.key for e in one.estimates] == [e.key for e in other.estimates]
    assert one.estimates[0].high == pytest.approx(other.estimates[0].high, rel=1e-4)


@pytest.mark.parametrize("count", [0, 4])
def test_without_exposure_nothing_is_said(count):
    comparison = compare((*even_province(), Unit(99, count, 0.0)))

    last = comparison.estimates[-1]
    assert last.key == 99
    assert last.is_suppressed
    assert last.expected == 0
    assert math.isnan(last.crude)
    assert last.low < 1 < last.high


def test_with_too_little_exposure_nothing_is_said():
    comparison = compare((*even_province(), Unit(99, 0, 9.0)))

    assert estimate_of(comparison, 99).is_suppressed
    assert 99 not in {e.key for e in comparison.shown}


def test_little_exposure_is_shown_and_never_marked():
    comparison = compare((*even_province(), Unit(99, 0, 25.0)))

    found = estimate_of(comparison, 99)
    assert not found.is_suppressed
    assert found.silent < 0.5 < found.high


@pytest.mark.parametrize(
    "units",
    [
        (),
        even_province(units=4),
        even_province(count=0),
        even_province(exposure=0.0),
        tuple(Unit(key, 1, 10.0) for key in range(9)),
    ],
)
def test_without_peers_or_declarations_there_is_no_comparison(units):
    assert compare(units) is None


def test_absurd_numbers_are_refused():
    for unit in (Unit(1, -1, 1.0), Unit(1, 1, -1.0), Unit(1, 1, math.inf)):
        with pytest.raises(ValueError, match="negative"):
            compare((unit,))
    with pytest.raises(ValueError, match="between 0 and 1"):
        compare(even_province(), fraction=1.5)


def test_huge_and_tiny_numbers_stay_numbers():
    large = (Unit(key, 10_000 * (key + 1), 1e6 * (key + 1)) for key in range(10))
    units = (*large, Unit(98, 0, 1e-9), Unit(99, 1, 1e7))
    comparison = compare(units)

    for e in comparison.estimates:
        assert 0 <= e.low <= e.ratio <= e.high < math.inf
        assert 0 <= e.silent <= 1
    assert comparison.estimates[0].key == 99


@pytest.mark.slow
def test_planted_units_are_found_and_intervals_cover():
    """A short run of the benchmark; the long one is in benchmarks/silent_units.py."""
    scenario = silent_units.SCENARIOS[1]
    bar = type("Bar", (), {"update": lambda self: None})()

    found = silent_units.run(scenario, provinces=8, seed=7, bar=bar)

    assert found["at_least_four"] >= 0.75
    assert 0.82 <= found["coverage"] <= 0.97


def test_provinces_are_the_same_for_the_same_seed():
    one = silent_units.province(random.Random("7"), silent_units.SCENARIOS[0])
    other = silent_units.province(random.Random("7"), silent_units.SCENARIOS[0])

    assert one == other
