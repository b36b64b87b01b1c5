"""Customers who rate often: effective n from sums over customers, said where it matters."""

from __future__ import annotations

from collections import defaultdict

import pytest

from csatkit.report import Report
from csatkit.stats.clustering import CustomerSums, clustering
from tests.unit.analyses._made import Row, answered, measure, rated


def _loyal(customers: int, each: int, unknown: int = 0) -> list[Row]:
    """Return ratings of customers who are always or never satisfied."""
    rows: list[Row] = []
    for number in range(customers):
        for _ in range(each):
            good = number % 4 > 0
            rows.append(rated(len(rows), good=good, customer_id=f"C{number}"))
    for _ in range(unknown):
        rows.append(rated(len(rows), good=True, customer_id=None))
    return rows


def _sums(rows: list[Row]) -> CustomerSums:
    by: dict[object, list[bool]] = defaultdict(list)
    for i, row in enumerate(rows):
        by[row["customer_id"] or i].append(row["score"] >= 4)
    pairs = [(sum(v), len(v)) for v in by.values()]
    return CustomerSums(
        len(pairs),
        sum(k for k, _ in pairs),
        sum(n for _, n in pairs),
        sum(k * k for k, _ in pairs),
        sum(k * n for k, n in pairs),
        sum(n * n for _, n in pairs),
    )


def _codes(report: Report) -> list[str]:
    return [n.code for n in report.notes]


@pytest.mark.parametrize("unknown", [0, 30])
@pytest.mark.parametrize("command", ["csat", "segments", "report"])
def test_ratings_of_the_same_people_are_worth_fewer(command: str, unknown: int) -> None:
    rows = _loyal(40, 5, unknown)
    expected = clustering(_sums(rows))
    assert expected is not None
    report = answered(rows, command, **({"metrics": ["csat"]} if command == "segments" else {}))
    found = measure(report, "csat")
    assert found.extra["effective_n"] == pytest.approx(expected.effective_n)
    bounds = found.extra["clustered_interval"]
    assert isinstance(bounds, list)
    assert bounds == pytest.approx([100 * b for b in expected.interval])
    assert found.method == "wilson"
    assert found.low is not None
    assert bounds[0] < found.low
    assert "csat.clustered" in _codes(report)


def test_who_rates_once_needs_no_word() -> None:
    report = answered(_loyal(200, 1), "csat")
    assert "effective_n" not in measure(report, "csat").extra
    assert "csat.clustered" not in _codes(report)


def test_less_than_a_twentieth_is_not_worth_a_word() -> None:
    rows = _loyal(300, 1) + [rated(400 + i, good=i > 1, customer_id=f"D{i // 2}") for i in range(8)]
    expected = clustering(_sums(rows))
    assert expected is not None
    assert 0.95 < expected.effective_n / 308 < 1
    assert "csat.clustered" not in _codes(answered(rows, "csat"))


def test_without_customers_nothing_is_known() -> None:
    rows = [{k: v for k, v in r.items() if k != "customer_id"} for r in _loyal(40, 5)]
    assert "csat.clustered" not in _codes(answered(rows, "csat"))


def test_a_selection_counts_its_own_customers() -> None:
    rows = _loyal(40, 5)
    for i, row in enumerate(rows):
        row["channel"] = "chat" if i % 5 == 0 else "email"
    report = answered(rows, "csat", where=["channel=chat"])
    assert "csat.clustered" not in _codes(report)
