"""Chances of false signals against every possible sequence, and against a simulation."""

import math
from itertools import groupby, pairwise, permutations, product

import numpy as np
import pytest

from csatkit.stats.charts import longest_usual_run
from csatkit.stats.false_alarms import _no_monotone, false_alarms


def longest_run(sides: tuple[bool, ...]) -> int:
    return max(len(list(group)) for _, group in groupby(sides))


def longest_climb(values: tuple[float, ...]) -> int:
    """Return the number of points in the longest rising or falling stretch."""
    steps = [later > earlier for earlier, later in pairwise(values)]
    return 1 + max((len(list(group)) for _, group in groupby(steps)), default=0)


@pytest.mark.parametrize("n", [1, 4, 9, 12, 14])
def test_runs_by_counting_every_sequence(n: int) -> None:
    usual = longest_usual_run(n)
    sequences = list(product((False, True), repeat=n))
    expected = sum(longest_run(sides) > usual for sides in sequences) / len(sequences)
    assert false_alarms(n).run == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 6, 7, 8])
@pytest.mark.parametrize("too_many", [3, 4, 7])
def test_rises_and_falls_by_counting_every_order(n: int, too_many: int) -> None:
    expected = sum(longest_climb(order) < too_many for order in permutations(range(n)))
    assert _no_monotone(n, too_many) == pytest.approx(expected / math.factorial(n), abs=1e-12)


def test_limits_are_those_of_three_sigmas() -> None:
    assert false_alarms(1).limits == pytest.approx(0.0026998, abs=1e-7)
    assert false_alarms(52).limits == pytest.approx(1 - (1 - 0.0026998) ** 52, abs=1e-5)


@pytest.mark.parametrize("n", [12, 52])
def test_all_rules_together_agree_with_a_simulation(n: int) -> None:
    """Taking the rules as independent errs by less than a point."""
    rng = np.random.default_rng(20_260_331)
    rounds = 8_000
    hits = 0
    for values in rng.standard_normal((rounds, n)):
        sides = tuple(bool(v > 0) for v in values)
        hits += (
            bool(np.abs(values).max() > 3)
            or longest_run(sides) > longest_usual_run(n)
            or longest_climb(tuple(values)) >= 7
        )
    # Three standard errors of the simulation at a share of .2 are .013.
    assert false_alarms(n).either == pytest.approx(hits / rounds, abs=0.015)


def test_a_chart_needs_points() -> None:
    with pytest.raises(ValueError, match="a chart needs points"):
        false_alarms(0)
