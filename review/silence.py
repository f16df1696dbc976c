"""Who declares far less than peers with the same exposure: a gamma-Poisson model.

Each unit has a count of declared conflicts and an exposure (person-years, weighted by the risk
of the areas). Counts are Poisson with mean m x ratio x exposure, where m is the peers' mean rate.
The ratio of an ordinary unit comes from a gamma distribution with mean 1 and shape a; a share s
of the units may be silent, with a ratio from an exponential distribution with mean 1/4. The
three unknowns m, a and s are integrated over a grid, so that the intervals carry the doubt about
the peers as well as that about the unit. Without the second distribution a unit that is silent
would be drawn towards the peers, and its interval would be wrong just where it matters.

Sources: Clayton & Kaldor, Biometrics 43 (1987) 671 (gamma-Poisson shrinkage of rates);
DuMouchel, The American Statistician 53 (1999) 177 (two gamma distributions);
Christiansen & Morris, JASA 92 (1997) 618 (prior of the shape that is uniform on the shrinkage);
Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6 and 5.3 (grid over the hyperparameters).
Method, limits and reading: docs/silent-units.md.
"""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from review.gamma import gamma_p, gamma_quantile

# Silent: the unit's own rate lies below a quarter of its peers' mean rate.
FRACTION = 0.25
LEVEL = 0.90
# More likely silent than not: worth a conversation.
WORTH_A_LOOK = 0.5
# A unit that its peers' rate would give fewer declarations than this is left out: its interval is
# that of any unit, whatever it declared. (One with less than three is shown, and never marked:
# a count of zero happens to more than 5 of 100 such units that hide nothing, e^-3 = 0.05.)
LEAST_EXPECTED = 1.0
# Below this number of declarations, or of units, there are no peers to compare with.
LEAST_TOTAL = 10
LEAST_UNITS = 5

SILENT_MEAN = 0.25
# Share of silent units and its prior weight: most provinces have few.
_SHARES = ((0.01, 0.25), (0.04, 0.25), (0.08, 0.25), (0.14, 0.15), (0.25, 0.10))
_SHAPES = 20
_STEPS = tuple(step * 0.8 for step in range(-5, 6))
_NEGLIGIBLE = 1e-4
# So that nothing is divided by zero where both probabilities are too small to be held.
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Unit:
    """What is known of one unit: `count` declarations on `exposure` weighted person-years."""

    key: int
    count: int
    exposure: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A unit beside its peers; all rates are ratios to the peers' mean rate (1 = as peers).

    `crude` is the ratio as counted; `ratio` the mean of what is believable, shrunk towards
    the peers; `low` and `high` hold 90 %. `silent` is the probability of lying below a quarter
    of the peers' rate. A suppressed unit has too little exposure to say anything of.
    """

    key: int
    count: int
    expected: float
    crude: float
    ratio: float
    low: float
    high: float
    silent: float
    is_suppressed: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All units, the most suspicious first; suppressed ones at the end."""

    estimates: tuple[Estimate, ...]
    # Declarations for each weighted person-year, and how far units differ (sd / mean).
    peer_rate: float
    spread: float

    @property
    def shown(self) -> tuple[Estimate, ...]:
        return tuple(e for e in self.estimates if not e.is_suppressed)


@dataclass(frozen=True, slots=True)
class _Node:
    """One triple of the grid: peers' rate, shape, share of silent units; with its weight."""

    mean: float
    shape: float
    share: float
    weight: float


@functools.lru_cache(maxsize=64)
def compare(
    units: tuple[Unit, ...], *, fraction: float = FRACTION, level: float = LEVEL
) -> Comparison | None:
    """The comparison, or None when there are too few units or declarations for one.

    Pure, and kept for the next request that asks with the same numbers.
    """
    _check(units, fraction=fraction, level=level)
    exposed = [unit for unit in units if unit.exposure > 0]
    if len(exposed) < LEAST_UNITS or sum(unit.count for unit in exposed) < LEAST_TOTAL:
        return None
    nodes = _grid(exposed)
    peer_rate = math.fsum(node.weight * node.mean for node in nodes)
    tail = (1 - level) / 2
    estimates = []
    for unit in units:
        belief = Belief.of(unit, nodes)
        expected = peer_rate * unit.exposure
        estimates.append(
            Estimate(
                key=unit.key,
                count=unit.count,
                expected=expected,
                crude=unit.count / expected if expected else math.nan,
                ratio=belief.mean,
                low=belief.quantile(tail),
                high=belief.quantile(1 - tail),
                silent=belief.cdf(fraction),
                is_suppressed=expected < LEAST_EXPECTED,
            )
        )
    estimates.sort(key=lambda e: (e.is_suppressed, -e.silent, e.ratio, e.key))
    spread = math.fsum(node.weight / math.sqrt(node.shape) for node in nodes)
    return Comparison(estimates=tuple(estimates), peer_rate=peer_rate, spread=spread)


def _check(units: Sequence[Unit], *, fraction: float, level: float) -> None:
    if not (0 < fraction < 1 and 0 < level < 1):
        raise ValueError("A fraction and a level lie between 0 and 1.")
    for unit in units:
        if unit.count < 0 or not 0 <= unit.exposure < math.inf:
            raise ValueError("Counts and exposures are not negative.")


def log_marginal(count: int, *, mean: float, shape: float) -> float:
    """Log of the negative binomial probability of `count` with that mean and shape."""
    return (
        math.lgamma(shape + count)
        - math.lgamma(shape)
        - math.lgamma(count + 1)
        + shape * math.log(shape / (shape + mean))
        + (count * math.log(mean / (shape + mean)) if count else 0.0)
    )


def _grid(units: Sequence[Unit]) -> list[_Node]:
    """The posterior of the three unknowns as weighted points.

    The shape is uniform on the shrinkage a / (a + z) of a unit of middling expected count z;
    the mean has the flat prior on its logarithm, laid on a grid around the peak for each shape.
    """
    crude = sum(u.count for u in units) / math.fsum(u.exposure for u in units)
    expected = sorted(crude * unit.exposure for unit in units)
    middling = expected[len(expected) // 2]
    found: list[tuple[float, _Node]] = []
    for position in range(_SHAPES):
        shrinkage = (position + 0.5) / _SHAPES
        shape = middling * shrinkage / (1 - shrinkage)
        peak, width = _peak(units, shape=shape, start=math.log(crude))
        # Silent units draw this peak down; their own distribution leaves it higher.
        for step in _STEPS:
            mean = math.exp(peak + (step + 1.0) * width)
            chances = [_two_chances(unit, mean=mean, shape=shape) for unit in units]
            for share, prior in _SHARES:
                score = _log_likelihood(chances, share=share)
                found.append((score + math.log(width * prior), _Node(mean, shape, share, 0.0)))
    highest = max(score for score, _node in found)
    raw = [(math.exp(score - highest), node) for score, node in found]
    kept = [(weight, node) for weight, node in raw if weight >= _NEGLIGIBLE]
    total = math.fsum(weight for weight, _node in kept)
    return [_Node(n.mean, n.shape, n.share, weight / total) for weight, n in kept]


def _log_likelihood(chances: Sequence[tuple[float, float]], *, share: float) -> float:
    return math.fsum(
        math.log((1 - share) * ordinary + share * silent + _TINY) for ordinary, silent in chances
    )


def _two_chances(unit: Unit, *, mean: float, shape: float) -> tuple[float, float]:
    """The probability of the unit's count if it is an ordinary one, and if it is silent."""
    expected = mean * unit.exposure
    ordinary = math.exp(log_marginal(unit.count, mean=expected, shape=shape))
    # Shape 1: a geometric distribution.
    odds = expected * SILENT_MEAN
    return ordinary, (odds / (1 + odds)) ** unit.count / (1 + odds)


def _peak(units: Sequence[Unit], *, shape: float, start: float) -> tuple[float, float]:
    """Where the likelihood of log m is highest for this shape, and its width there (Newton)."""
    log_mean = start
    curvature = 1.0
    for _turn in range(50):
        rate = shape / math.exp(log_mean)
        slope = curvature = 0.0
        for unit in units:
            part = unit.exposure / (rate + unit.exposure)
            slope += (unit.count * rate - shape * unit.exposure) / (rate + unit.exposure)
            curvature += (shape + unit.count) * part * (1 - part)
        move = slope / curvature
        log_mean += max(-1.0, min(1.0, move))
        if abs(move) < 1e-6:
            break
    return log_mean, 1 / math.sqrt(curvature)


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believable of one unit's ratio: a mixture of gamma distributions.

    `parts` are (weight, shape, rate). Neighbouring points of the grid are joined into one
    part with the same mean and variance, which the quantiles don't feel (tested).
    """

    parts: tuple[tuple[float, float, float], ...]

    @classmethod
    def of(cls, unit: Unit, nodes: Iterable[_Node], *, join: bool = True) -> "Belief":
        # A count without exposure contradicts the model; such a unit keeps the peers' belief.
        unit = unit if unit.exposure else Unit(unit.key, 0, 0.0)
        groups: dict[tuple, list[tuple[float, float, float]]] = {}
        for node in nodes:
            ordinary, silent = _two_chances(unit, mean=node.mean, shape=node.shape)
            silent *= node.share
            is_silent = silent / ((1 - node.share) * ordinary + silent + _TINY)
            expected = node.mean * unit.exposure
            for kind, part in (
                ("o", (node.weight * (1 - is_silent), node.shape + unit.count,
                       node.shape + expected)),
                ("s", (node.weight * is_silent, 1 + unit.count, 1 / SILENT_MEAN + expected)),
            ):  # fmt: skip
                key = (kind, node.shape if kind == "o" else 0) if join else (kind, node)
                groups.setdefault(key, []).append(part)
        return cls(tuple(_joined(group) for group in groups.values()))

    @property
    def mean(self) -> float:
        return math.fsum(weight * shape / rate for weight, shape, rate in self.parts)

    def cdf(self, value: float) -> float:
        return math.fsum(w * gamma_p(shape, rate * value) for w, shape, rate in self.parts)

    def quantile(self, probability: float) -> float:
        weight, shape, rate = _joined(self.parts)
        guess = gamma_quantile(shape, probability) / rate
        return solve_increasing(self.cdf, probability * weight, start=guess)


def _joined(parts: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """One gamma distribution with the mean and the variance of the mixture."""
    total = math.fsum(weight for weight, _shape, _rate in parts)
    if len(parts) == 1 or total == 0:
        return (total, parts[0][1], parts[0][2])
    mean = math.fsum(w * shape / rate for w, shape, rate in parts) / total
    square = math.fsum(w * shape * (shape + 1) / rate**2 for w, shape, rate in parts) / total
    variance = square - mean**2
    return total, mean**2 / variance, mean / variance


def solve_increasing(
    function: Callable[[float], float], target: float, *, start: float, precision: float = 1e-6
) -> float:
    """x > 0 with function(x) = target, for a continuous increasing function: a bracketed secant.

    The Illinois variant of regula falsi (Dowell & Jarratt, BIT 11 (1971) 168): it never leaves
    the bracket, so it can't diverge.
    """
    low = high = max(start, 1e-12)
    at_low = at_high = function(start) - target
    while at_low > 0:
        high, at_high = low, at_low
        low /= 1.3
        at_low = function(low) - target if low > 1e-12 else -target
    while at_high < 0:
        low, at_low = high, at_high
        high *= 1.3
        at_high = function(high) - target
    side = 0
    for _turn in range(100):
        if high - low <= precision * high or at_low == at_high:
            break
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        value = function(middle) - target
        if abs(value) < precision:
            return middle
        if value < 0:
            low, at_low = middle, value
            at_high = at_high / 2 if side == -1 else at_high
            side = -1
        else:
            high, at_high = middle, value
            at_low = at_low / 2 if side == 1 else at_low
            side = 1
    return (low + high) / 2
