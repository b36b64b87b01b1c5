"""The tables of docs/statistics.md are what the methods do, and what they promise holds."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.pages import script


def tables() -> Any:
    return script("statistics_tables")


def printed(name: str) -> list[list[float]]:
    """Return the numbers of a table of the page, row by row, without its first column."""
    blocks = {found[2]: found[0] for found in tables().MARKED.finditer(page())}
    rows = [line.split("|")[2:-1] for line in blocks[name].splitlines() if line.startswith("|")]
    return [[float(re.findall(r"[\d.]+", cell)[0]) for cell in row] for row in rows[2:]]


def page() -> str:
    text: str = tables().PAGE.read_text(encoding="utf-8")
    return text


def test_the_page_is_up_to_date() -> None:
    fresh = tables().rewritten(page(), tables().exact_tables())
    assert page() == fresh, "run: python docs/statistics_tables.py"


def test_every_table_has_its_place() -> None:
    names = {found[2] for found in tables().MARKED.finditer(page())}
    assert names == {"wilson-coverage", "t-coverage", "agents", "charts", "gaps"}
    assert page().count("<!-- table end -->") == len(names)


@pytest.mark.parametrize(("n", "mean"), [(5, 95.8), (20, 95.4), (100, 95.1), (1_000, 95.0)])
def test_wilson_covers_what_it_says(n: int, mean: float) -> None:
    coverage = tables().wilson_coverage(n)
    assert 100 * coverage.mean == pytest.approx(mean, abs=0.1)
    assert coverage.least >= 0.89


def test_the_t_interval_covers_too_little_where_the_page_says_so() -> None:
    covered, missing = tables().t_coverage(50, 0.10)
    assert covered < 0.90
    assert missing < 0.01
    assert tables().t_coverage(1_000, 0.20)[0] > 0.94


def test_printed_gaps_cover_with_the_larger_error() -> None:
    rows = printed("gaps")
    assert all(larger >= max(either) for *either, larger in rows)
    assert all(larger >= 93 for *_, larger in rows[2:])


def test_gaps_cover_in_fewer_runs() -> None:
    classical, robust, larger = tables().gap_coverage(30, 100)
    assert larger >= max(classical, robust)
    assert larger >= 0.89


def test_printed_simulations_keep_the_promises() -> None:
    identical, weak_at_40, weak_at_200, real = printed("agents")
    assert identical[0] <= 3
    assert identical[1] <= 12
    assert weak_at_40[0] < weak_at_200[0]
    assert weak_at_200[0] > 90
    assert min(real) > 99


def test_printed_false_alarms_are_no_lower_than_simulated() -> None:
    for *_, computed, simulated in printed("charts"):
        assert computed >= simulated


def test_fewer_runs_agree_with_the_printed_ones() -> None:
    """Sixty runs against a thousand: within four standard errors."""
    runs = 60
    found = tables().identical_agents(runs), tables().one_weak_agent(runs, 40)
    for row, result in zip(printed("agents"), found, strict=False):
        for percent, share in zip(row, result, strict=True):
            p = max(0.01, percent / 100)
            assert share == pytest.approx(percent / 100, abs=4 * (p * (1 - p) / runs) ** 0.5)


@pytest.mark.slow
def test_twenty_identical_agents_in_a_thousand_runs() -> None:
    """Nobody is flagged in 97 % of the runs, nobody is named by the scan in 88 %."""
    result = tables().identical_agents(1_000)
    assert result.flagged <= 0.03
    assert result.scanned <= 0.12
    assert [round(100 * share, 1) for share in result] == printed("agents")[0]


def test_real_differences_are_found() -> None:
    seen, found = tables().real_differences(10)
    assert (seen, *found) == (1, 1, 1)


def test_only_tables_are_rewritten() -> None:
    text = "before\n<!-- table: agents -->\nstale\n<!-- table end -->\nafter\n"
    assert tables().rewritten(text, {"other": "x"}) == text
    fresh = tables().rewritten(text, {"agents": "| a |\n"})
    assert fresh == ("before\n<!-- table: agents -->\n\n| a |\n\n<!-- table end -->\nafter\n")
