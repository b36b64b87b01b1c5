"""The tables of docs/checks.md are what the gate does, its promises hold, its examples work."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from scipy.stats import betabinom, binom

from csatkit.analyses.aims import aim_of
from csatkit.config_file import TARGET_KEYS, read
from csatkit.gate import Target, judge
from csatkit.stats.intervals import wilson
from tests.pages import script


def tables() -> Any:
    return script("gate_tables")


def page() -> str:
    text: str = tables().PAGE.read_text(encoding="utf-8")
    return text


def printed(name: str) -> list[list[float]]:
    """Return the numbers of a table of the page, row by row."""
    blocks = {found[2]: found[0] for found in tables().MARKED.finditer(page())}
    rows = [line.split("|")[1:-1] for line in blocks[name].splitlines() if line.startswith("|")]
    return [[float(cell.replace(",", "")) for cell in row] for row in rows[2:]]


def test_the_page_is_up_to_date() -> None:
    fresh = tables().tables()
    assert page() == tables().rewritten(page(), fresh), "run: python docs/gate_tables.py"
    assert {found[2] for found in tables().MARKED.finditer(page())} == set(fresh)
    assert page().count("<!-- table end -->") == len(fresh)


@pytest.mark.parametrize("n", [*range(30, 301), 500, 1_000])
def test_at_80_neither_error_is_likelier_than_one_in_twenty(n: int) -> None:
    found = tables().chances(80, binom.pmf(range(n + 1), n, 0.8))
    assert found.fail <= 0.05
    assert found.passed <= 0.05


@pytest.mark.parametrize("n", [100, 150, 200, 300])
@pytest.mark.parametrize("target", [90, 95])
def test_high_targets_need_a_hundred_ratings(target: int, n: int) -> None:
    found = tables().chances(target, binom.pmf(range(n + 1), n, target / 100))
    assert max(found) <= 0.05


@pytest.mark.parametrize(("n", "truth"), [(30, 0.85), (100, 0.8), (100, 0.9), (200, 0.83)])
def test_the_target_itself_is_the_worst_case(n: int, truth: float) -> None:
    worst = tables().chances(80, tables().independent(n, 0.8))
    above = tables().chances(80, tables().independent(n, truth))
    below = tables().chances(80, tables().independent(n, 1.6 - truth))
    assert above.fail <= worst.fail
    assert below.passed <= worst.passed


def test_the_value_alone_fails_44_of_100() -> None:
    assert tables().naive_fail(80, 100, 0.8) == pytest.approx(binom.cdf(79, 100, 0.8))
    assert round(100 * tables().naive_fail(80, 100, 0.8)) == 44


def test_errors_are_rare_beside_the_value_alone() -> None:
    for target, n, fail, naive_fail, passed, naive_pass in printed("gate-errors"):
        assert fail < naive_fail / 2
        assert passed < naive_pass / 2
        if target == 80 and n >= 30:
            assert max(fail, passed) <= 5


def test_power_rises_with_the_ratings() -> None:
    for column in list(zip(*printed("gate-power"), strict=True))[1:]:
        assert column[-1] >= 97
        assert column[0] < 30


def test_clusters_are_beta_binomial() -> None:
    a, b = 0.8 * 4, 0.2 * 4  # a + b = (1 - .2) / .2
    one = tables().clustered(3, 0.8, 0.2)
    assert one == pytest.approx(betabinom.pmf(range(4), 3, a, b))
    many = tables().clustered(99, 0.8, 0.2)
    mean = sum(k * p for k, p in enumerate(many))
    spread = sum((k - mean) ** 2 * p for k, p in enumerate(many))
    assert sum(many) == pytest.approx(1)
    assert mean == pytest.approx(99 * 0.8)
    # Three ratings of a customer: the variance grows by 1 + 2 × correlation.
    assert spread == pytest.approx(99 * 0.16 * 1.4)


def test_clusters_cost_what_the_page_says() -> None:
    for _, *cells in printed("gate-clusters"):
        fails, passes = cells[::2], cells[1::2]
        assert fails == sorted(fails)
        assert passes == sorted(passes)
        assert fails[-1] > 8


@pytest.mark.parametrize("correlation", [0.2, 0.5])
@pytest.mark.parametrize("n", [30, 99, 300, 999])
def test_a_higher_level_makes_up_for_clusters(n: int, correlation: float) -> None:
    outcomes = tables().clustered(n, 0.8, correlation)
    bounds = [wilson(k, n, 0.99) for k in range(n + 1)]
    fail = sum(p for i, p in zip(bounds, outcomes, strict=True) if i and i.high < 0.8)
    passed = sum(p for i, p in zip(bounds, outcomes, strict=True) if i and i.low >= 0.8)
    assert max(fail, passed) < 0.05


def test_holm_keeps_one_chance_for_the_family() -> None:
    for _, *cells in printed("gate-families"):
        assert all(adjusted <= 6 for adjusted in cells[1::2])
    assert min(printed("gate-families")[-1][1::2]) > 60


def test_the_gate_s_families_do_what_the_table_says() -> None:
    """Four hundred families of five, drawn and judged: within four standard errors."""
    rng, runs, n = Random("csatkit families of segments"), 400, 50
    asked = Target("CSAT", "csat", "min", 80)
    wrong = 0
    for _ in range(runs):
        counts = [sum(rng.random() < 0.8 for _ in range(n)) for _ in range(5)]
        verdicts = judge(asked, [tables()._measure(k, n) for k in counts])
        wrong += any(v.verdict in ("pass", "fail") for v in verdicts)
    expected = tables().any_false(80, n, 5, is_adjusted=True)
    assert wrong / runs == pytest.approx(expected, abs=4 * (expected / runs) ** 0.5)


def _examples() -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```", page(), re.DOTALL | re.MULTILINE)


def test_the_examples_of_the_page_are_valid(tmp_path: Path) -> None:
    used: set[str] = set()
    for text in _examples():
        path = tmp_path / "csatkit.toml"
        path.write_text(text, encoding="utf-8")
        targets = read(path).targets
        assert targets
        for target in targets:
            aim_of(target)
            used |= set(target)
    assert used >= set(TARGET_KEYS) - {"max"}
    for key in TARGET_KEYS:
        assert f"`{key}`" in page()
