"""The scan over segments: what it names, out of how many comparisons, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from csatkit.analyses.contrasts import BY_CHANCE, Scan, contrast_section, scan
from csatkit.report import Measure
from csatkit.stats.contrast import difference_test, homogeneity_test
from csatkit.stats.intervals import newcombe, wilson

Cell = tuple[str, int, int]


def _table(cells: Sequence[Cell], metric: str = "csat", dim: str = "channel") -> list[Measure]:
    found = []
    for name, k, n in cells:
        bounds = wilson(k, n)
        assert bounds is not None
        found.append(
            Measure(
                metric, metric.upper(), "", "percent", {dim: name}, None, 100 * k / n, k, n,
                100 * bounds.low, 100 * bounds.high, 0.95, "wilson", "ok",
            )
        )  # fmt: skip
    return found


def _named(found: Scan) -> list[tuple[str, str]]:
    return [(c.measure.metric, *map(str, c.measure.segment.values())) for c in found.found]  # type: ignore[misc]


WEAK = [("fax", 50, 100), ("chat", 80, 100), ("mail", 82, 100)]
EVEN = [("gold", 71, 100), ("silver", 69, 100), ("bronze", 70, 100)]


def test_a_weak_segment_is_named_with_its_distance_from_the_rest() -> None:
    found = scan([_table(WEAK), _table(EVEN, dim="tier")], 0.95)
    assert _named(found)[0] == ("csat", "fax")
    assert (found.comparisons, found.nameable) == (6, 6)
    worst = found.found[0]
    interval = newcombe(50, 100, 162, 200)
    test = difference_test(50, 100, 162, 200)
    assert interval is not None
    assert test is not None
    assert (worst.difference, worst.p_value) == pytest.approx((-31.0, test.p_value))
    assert (worst.low, worst.high) == (100 * interval.low, 100 * interval.high)


def test_nothing_is_named_out_of_a_table_that_chance_explains() -> None:
    cells = [(f"s{i:02}", 70, 100) for i in range(19)] + [("odd", 55, 100)]
    test = homogeneity_test([(k, n) for _, k, n in cells])
    assert test is not None
    assert test.p_value > 0.05
    alone = difference_test(55, 100, 70 * 19, 1900)
    assert alone is not None
    assert alone.p_value < 0.10 / 20  # enough for the scan, had nobody looked at the whole table
    found = scan([_table(cells)], 0.95)
    assert found.found == ()
    assert contrast_section(found).text[-1] == BY_CHANCE


def test_findings_about_one_metric_lend_nothing_to_another() -> None:
    strong = [(f"s{i}", 90 if i % 2 else 40, 100) for i in range(20)]
    hits = [79, 79, 61, 61, *[75] * 8, *[65] * 8]
    faint = [(f"t{i:02}", k, 100) for i, k in enumerate(hits)]
    test = homogeneity_test([(k, 100) for k in hits])
    assert test is not None
    assert test.p_value < 0.05  # more than chance as a whole, and no single one of twenty
    together = scan([_table(strong), _table(faint, "csat", "tier")], 0.95)
    apart = scan([_table(strong, "fcr"), _table(faint, "csat", "tier")], 0.95)
    assert {"t00", "t01", "t02", "t03"} <= {name for _, name in _named(together)}
    assert "csat" not in {metric for metric, _ in _named(apart)}
    assert together.comparisons == apart.comparisons == 40


def test_people_are_compared_and_named_elsewhere() -> None:
    found = scan([_table(WEAK, dim="agent"), _table(EVEN)], 0.95, ("agent",))
    assert found.found == ()
    assert (found.comparisons, found.nameable) == (6, 3)


def test_small_and_skewed_segments_are_left_out() -> None:
    small, skewed, *rest = _table([("few", 0, 9), ("mute", 10, 100), *WEAK])
    table = [replace(small, status="small"), replace(skewed, status="skewed"), *rest]
    found = scan([table], 0.95)
    assert {name for _, name in _named(found)} <= {"fax", "chat", "mail"}
    assert (found.comparisons, found.withheld) == (3, 1)


def test_two_segments_are_a_table_too() -> None:
    assert len(scan([_table(WEAK[:2])], 0.95).found) == 2


def test_nothing_to_compare() -> None:
    found = scan([_table([("only", 5, 10)])], 0.95)
    assert found.comparisons == 0
    assert contrast_section(found).missing == "no segment has enough tickets to compare"
