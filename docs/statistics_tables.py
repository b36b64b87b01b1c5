"""Writes the tables of docs/statistics.md: how well the methods keep their promises.

`python docs/statistics_tables.py` rewrites the text between the table markers. Coverage is summed
exactly over the binomial; the rest is simulated, every run with a seed of its own, so that fewer
runs are the first of many. Tests compare the page with `exact_tables()` and repeat some runs.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import NamedTuple

from csatkit.stats.binomial import binomial_lower_tail
from csatkit.stats.charts import p_chart
from csatkit.stats.contrast import difference_test, homogeneity_test
from csatkit.stats.false_alarms import false_alarms
from csatkit.stats.funnel import Funnel, funnel
from csatkit.stats.incomplete import binomial_point
from csatkit.stats.intervals import mean_interval, wilson
from csatkit.stats.multiplicity import benjamini_hochberg
from csatkit.stats.regression import Cell, cross_products, effect, fit, meat

PAGE = Path(__file__).resolve().parent / "statistics.md"
MARKED = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- table end -->)", re.DOTALL)
SEED = 20_260_331

RUNS = 1_000
SIZES = (5, 20, 100, 1_000)
GRID = [0.05 + 0.9 * step / 900 for step in range(901)]
"""True shares over which coverage is averaged."""

AGENTS = 20
STRATA = ("a", "b", "c", "d")
USUAL = 0.8

Cells = dict[str, tuple[int, int]]


class Coverage(NamedTuple):
    """Share of intervals that hold the truth: on average, at worst, and the truth there."""

    mean: float
    least: float
    worst_share: float


class Found(NamedTuple):
    """Share of runs in which somebody was flagged, and in which the scan named somebody."""

    flagged: float
    scanned: float


def wilson_coverage(n: int) -> Coverage:
    """Return the exact coverage of the 95 % Wilson interval of n tickets over the grid."""
    bounds = [wilson(k, n) for k in range(n + 1)]
    lows = [bound.low for bound in bounds if bound]
    highs = [bound.high for bound in bounds if bound]

    def covered(p: float) -> float:
        most, least = bisect_right(lows, p) - 1, bisect_left(highs, p)
        return binomial_lower_tail(most, n, p) - binomial_lower_tail(least - 1, n, p)

    chances = [covered(p) for p in GRID]
    least = min(chances)
    return Coverage(math.fsum(chances) / len(GRID), least, GRID[chances.index(least)])


def t_coverage(n: int, low_share: float) -> tuple[float, float]:
    """Return the exact coverage of the t interval of a mean, and how often there is none.

    Scores are 5 except for a share of 1s, the shape that its formula likes least.

    Args:
        n: ratings.
        low_share: chance of a 1, 0..1.
    """
    truth, covered, missing = 5 - 4 * low_share, 0.0, 0.0
    for lows in range(n + 1):
        chance = binomial_point(lows, n, low_share, 1 - low_share)
        bounds = mean_interval(n, 5 * n - 4 * lows, 25 * n - 24 * lows, bounds=(1, 5))
        if bounds is None:
            missing += chance
        elif bounds.low <= truth <= bounds.high:
            covered += chance
    return covered / (1 - missing), missing


def draw(rng: Random, n: int, share: float) -> Cells:
    """Return an agent's numerator and denominator by stratum, tickets dealt out at random."""
    cells: Cells = {}
    for _ in range(n):
        stratum = rng.choice(STRATA)
        k, size = cells.get(stratum, (0, 0))
        cells[stratum] = (k + (rng.random() < share), size + 1)
    return cells


def compare(agents: Iterable[Cells]) -> Funnel:
    """Return the funnel of agents that all have tickets."""
    result = funnel(list(agents))
    if result is None:
        raise ValueError("no agents to compare")
    return result


def scan(result: Funnel) -> tuple[bool, ...]:
    """Return which agents a scan of all of them against the rest would name."""
    counts = [(unit.k, unit.n) for unit in result.units if unit]
    k, n = (sum(column) for column in zip(*counts, strict=True))
    tests = [difference_test(mine, size, k - mine, n - size) for mine, size in counts]
    return benjamini_hochberg([test.p_value for test in tests if test]).is_discovery


def identical_agents(runs: int, n: int = 40) -> Found:
    """Return how often chance alone gets somebody flagged or named."""
    flagged = scanned = 0
    for run in range(runs):
        rng = Random(f"{SEED} identical {n} {run}")
        result = compare(draw(rng, n, USUAL) for _ in range(AGENTS))
        flagged += any(unit.is_flagged for unit in result.units if unit)
        scanned += any(scan(result))
    return Found(flagged / runs, scanned / runs)


def one_weak_agent(runs: int, n: int, share: float = 0.6) -> Found:
    """Return how often a weak agent among usual ones is flagged or named."""
    flagged = scanned = 0
    for run in range(runs):
        rng = Random(f"{SEED} weak {n} {run}")
        others = [draw(rng, n, USUAL) for _ in range(AGENTS - 1)]
        result = compare([draw(rng, n, share), *others])
        weak = result.units[0]
        flagged += weak is not None and weak.is_flagged
        scanned += scan(result)[0]
    return Found(flagged / runs, scanned / runs)


def real_differences(runs: int, n: int = 400, spread: float = 0.06) -> tuple[float, Found]:
    """Return how often differences between agents are seen at all, and somebody is named."""
    seen = flagged = scanned = 0
    for run in range(runs):
        rng = Random(f"{SEED} real {n} {run}")
        shares = [min(1.0, max(0.0, rng.gauss(USUAL, spread))) for _ in range(AGENTS)]
        result = compare(draw(rng, n, share) for share in shares)
        test = homogeneity_test([(unit.k, unit.n) for unit in result.units if unit])
        seen += test is not None and test.p_value < 0.05
        flagged += any(unit.is_flagged for unit in result.units if unit)
        scanned += any(scan(result))
    return seen / runs, Found(flagged / runs, scanned / runs)


def quiet_charts(runs: int, points: int, n: int = 100) -> float:
    """Return how often a chart of a stable process signals, its limits being its own."""
    noisy = 0
    for run in range(runs):
        rng = Random(f"{SEED} chart {points} {run}")
        periods = [(sum(rng.random() < USUAL for _ in range(n)), n) for _ in range(points)]
        chart = p_chart(periods)
        noisy += chart is not None and bool(chart.signals)
    return noisy / runs


def gap_coverage(affected: int, runs: int) -> tuple[float, float, float]:
    """Return how often a 95 % interval of an adjusted gap holds the truth.

    1,200 tickets in four strata of 65 to 95 %, some of them affected, mostly in the worst one, and
    10 points lower.

    Returns:
        With the classical standard error, with HC1, and with the larger of the two.
    """
    held = [0, 0, 0]
    for run in range(runs):
        rng = Random(f"{SEED} gap {affected} {run}")
        counts: dict[tuple[int, ...], list[int]] = {}
        for ticket in range(1_200):
            hit = ticket < affected
            place = min(rng.randrange(6), 3) if hit else rng.randrange(4)
            columns = (*((place,) if place else ()), *((4,) if hit else ()))
            cell = counts.setdefault(columns, [0, 0])
            cell[0] += 1
            cell[1] += rng.random() < 0.95 - 0.1 * place - 0.1 * hit
        cells = [Cell(columns, n, k) for columns, (n, k) in counts.items()]
        found = fit(cross_products(cells, 5))
        assert found is not None
        weights = [0.0, 0.0, 0.0, 0.0, 1.0]
        middle = meat(found, cells)
        classical, larger = effect(found, weights), effect(found, weights, middle)
        assert classical is not None
        assert larger is not None
        # Without the classical part the larger one is always HC1.
        robust = effect(found._replace(rss=0.0), weights, middle)
        assert robust is not None
        for i, e in enumerate((classical, robust, larger)):
            held[i] += e.low <= -0.1 <= e.high
    return held[0] / runs, held[1] / runs, held[2] / runs


def exact_tables() -> dict[str, str]:
    """Return the tables that are summed, not simulated, by name."""
    return {"wilson-coverage": _wilson_table(), "t-coverage": _t_table()}


def simulated_tables(runs: int = RUNS) -> dict[str, str]:
    """Return the tables that are simulated, by name; a minute for a thousand runs."""
    return {
        "agents": _agents_table(runs),
        "charts": _charts_table(runs),
        "gaps": _gaps_table(runs),
    }


def rewritten(text: str, tables: Mapping[str, str]) -> str:
    """Return a page with its tables replaced; tables that aren't given stay."""

    def replaced(found: re.Match[str]) -> str:
        table = tables.get(found[2])
        return found[0] if table is None else f"{found[1]}\n{table}\n{found[3]}"

    return MARKED.sub(replaced, text)


def main() -> None:
    """Rewrite the page."""
    tables = exact_tables() | simulated_tables()
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(rewritten(text, tables), encoding="utf-8", newline="\n")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---:" if place else "---" for place, _ in enumerate(names)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _wilson_table() -> str:
    rows = []
    for n in SIZES:
        coverage = wilson_coverage(n)
        worst = f"{_percent(coverage.least)} at p = {coverage.worst_share:.3f}"
        rows.append([f"{n:,}", _percent(coverage.mean), worst])
    return _table(["n", "mean coverage, %", "least, %"], rows)


def _t_table() -> str:
    shares = (0.01, 0.02, 0.05, 0.1, 0.2)

    def row(n: int) -> list[str]:
        found = [t_coverage(n, share) for share in shares]
        return [
            f"{n:,}",
            *(f"{_percent(held)} ({_percent(missing)})" for held, missing in found),
        ]

    head = ["n", *(f"{share:.0%} of 1s".replace("%", " %") for share in shares)]
    return _table(head, [row(n) for n in (20, 50, 100, 200, 1_000)])


def _agents_table(runs: int) -> str:
    def row(name: str, found: Found) -> list[str]:
        return [name, _percent(found.flagged), _percent(found.scanned)]

    seen, real = real_differences(runs)
    head = ["20 agents, of each", "somebody flagged, % of runs", "named by the scan, % of runs"]
    rows = [
        row("40 ratings, all at 80 %", identical_agents(runs)),
        row("40 ratings, one agent at 60 % (that agent)", one_weak_agent(runs, 40)),
        row("200 ratings, one agent at 60 % (that agent)", one_weak_agent(runs, 200)),
        row("400 ratings, 80 % with an sd of 6 points", real),
    ]
    told = f"In the last row homogeneity is rejected in {_percent(seen)} % of runs."
    return f"{_table(head, rows)}\n{runs:,} runs each. {told}\n"


def _charts_table(runs: int) -> str:
    head = ["points", "limits", "run", "rising or falling", "any, computed", "any, simulated"]

    def row(points: int) -> list[str]:
        chances = [_percent(chance) for chance in false_alarms(points)]
        return [str(points), *chances, _percent(quiet_charts(runs, points))]

    return _table(head, [row(points) for points in (12, 26, 52)])


def _gaps_table(runs: int) -> str:
    head = ["affected of 1,200", "classical, %", "HC1, %", "the larger, %"]
    rows = [[str(n), *map(_percent, gap_coverage(n, runs))] for n in (5, 10, 30, 100, 400)]
    return _table(head, rows)


if __name__ == "__main__":
    main()
