"""Does the model of silent units find planted ones, and do its intervals tell the truth?

Each simulated province has 45 OPDs with unequal exposures. Their true rates come from a gamma
distribution (spread = standard deviation / mean); five of those with enough exposure are silent:
they declare a tenth of their own rate. Counts are Poisson. Printed for each spread: how often the
five most suspicious hold at least four of the five planted ones, the mean recall, and how many of
the 90 % intervals hold the true rate. Two lines more break the model on purpose: rates from a
log-normal distribution, and small exposures throughout.

    .venv/bin/python benchmarks/silent_units.py [--provinces 200] [--seed 20261123]
"""

import argparse
import math
import random
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tqdm import tqdm

from review import silence

OPDS = 45
PLANTED = 5
SILENT_SHARE = 0.1
RATE = 0.06  # declared conflicts a weighted person-year
# Silent units are planted where an honest one would have declared at least this many.
TELLING = 6.0


@dataclass(frozen=True)
class Scenario:
    name: str
    spread: float
    # Median of the weighted person-years of an OPD; they spread log-normally around it.
    exposure: float = 400.0
    law: str = "gamma"


SCENARIOS = (
    Scenario("spread 0.15", 0.15),
    Scenario("spread 0.30", 0.30),
    Scenario("spread 0.45", 0.45),
    Scenario("spread 0.60", 0.60),
    Scenario("log-normal 0.45", 0.45, law="lognormal"),
    Scenario("a third of the exposure", 0.30, exposure=400.0 / 3),
)


def poisson(rng: random.Random, mean: float) -> int:
    """Knuth's product for small means, halved until they are."""
    if mean > 20:
        return poisson(rng, mean / 2) + poisson(rng, mean / 2)
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def true_rate(rng: random.Random, scenario: Scenario) -> float:
    if scenario.law == "lognormal":
        sigma = math.sqrt(math.log(1 + scenario.spread**2))
        return RATE * rng.lognormvariate(-(sigma**2) / 2, sigma)
    shape = 1 / scenario.spread**2
    return rng.gammavariate(shape, RATE / shape)


def province(rng: random.Random, scenario: Scenario):
    """Units, their true rates, and which were planted among those large enough to tell."""
    exposures = [scenario.exposure * rng.lognormvariate(0, 0.6) for _ in range(OPDS)]
    rates = [true_rate(rng, scenario) for _ in range(OPDS)]
    large = [i for i, e in enumerate(exposures) if e * RATE >= TELLING]
    planted = set(rng.sample(large, PLANTED))
    rates = [r * SILENT_SHARE if i in planted else r for i, r in enumerate(rates)]
    units = tuple(
        silence.Unit(i, poisson(rng, rate * exposure), exposure)
        for i, (rate, exposure) in enumerate(zip(rates, exposures, strict=True))
    )
    return units, rates, planted


def run(scenario: Scenario, *, provinces: int, seed: int, bar: tqdm) -> dict:
    rng = random.Random(f"{seed}/{scenario.name}")
    hits, covered, covered_planted, widths, seconds, naive = [], [], [], [], [], []
    for _ in range(provinces):
        units, rates, planted = province(rng, scenario)
        started = time.perf_counter()
        comparison = silence.compare.__wrapped__(units)
        seconds.append(time.perf_counter() - started)
        hits.append(sum(e.key in planted for e in comparison.shown[:PLANTED]))
        by_count = sorted(units, key=lambda u: (u.count / u.exposure, u.key))
        naive.append(sum(u.key in planted for u in by_count[:PLANTED]))
        for e in comparison.estimates:
            rate = rates[e.key] / RATE
            inside = e.low <= rate <= e.high
            covered.append(inside)
            widths.append(e.high - e.low)
            if e.key in planted:
                covered_planted.append(inside)
        bar.update()
    return {
        "at_least_four": statistics.mean(hit >= 4 for hit in hits),
        "recall": statistics.mean(hits) / PLANTED,
        "naive": statistics.mean(hit >= 4 for hit in naive),
        "coverage": statistics.mean(covered),
        "coverage_planted": statistics.mean(covered_planted),
        "width": statistics.median(widths),
        "ms": statistics.median(seconds) * 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--provinces", type=int, default=200, help="simulations a scenario")
    parser.add_argument("--seed", type=int, default=20261123)
    options = parser.parse_args()
    with tqdm(total=options.provinces * len(SCENARIOS), unit="province") as bar:
        rows = [
            (s.name, run(s, provinces=options.provinces, seed=options.seed, bar=bar))
            for s in SCENARIOS
        ]
    print(
        f"\n{OPDS} OPDs, {PLANTED} planted at {SILENT_SHARE:.0%} of their rate, "
        f"{options.provinces} provinces a line, seed {options.seed}"
    )
    print(f"{'':<26}{'>=4 of 5':>9}{'recall':>8}{'by rate':>9}{'covered':>9}{'planted':>9}"
          f"{'width':>7}{'ms':>7}")  # fmt: skip
    for name, row in rows:
        print(
            f"{name:<26}{row['at_least_four']:>9.1%}{row['recall']:>8.1%}{row['naive']:>9.1%}"
            f"{row['coverage']:>9.1%}{row['coverage_planted']:>9.1%}"
            f"{row['width']:>7.2f}{row['ms']:>7.0f}"
        )
    print(
        "\n>=4 of 5: provinces whose five most suspicious hold at least four planted ones; "
        "by rate: the same\nwith a plain ranking by count / exposure; covered: 90 % intervals "
        "that hold the true rate (planted:\nof the planted ones); width: median width of an "
        "interval in peers' rates; ms: median time of one comparison."
    )


if __name__ == "__main__":
    main()
