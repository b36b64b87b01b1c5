"""`csatkit reconcile`: what a reader sees, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TEN = Path(__file__).parents[1] / "data" / "reference" / "tickets.csv"


def test_the_sample_shows_every_rule_with_its_counts(run: Run) -> None:
    result = run("reconcile", "--demo", "--format", "json")
    assert result.code == 0
    found = {m["metric"]: m for m in json.loads(result.out)["measures"]}
    for name in ("fcr", "one_touch_zendesk", "csat", "csat_top1", "rating_coverage"):
        assert found[name]["numerator"] <= found[name]["denominator"]
    against = found["one_touch_zendesk"]["difference"]
    assert against["low"] < against["value"] < against["high"]
    assert against["against"] == "First contact resolution"


def test_the_tables_of_numbers_fit_into_eighty_columns(run: Run) -> None:
    result = run("reconcile", "--demo")
    numbers = result.out.partition("who flips")[0].splitlines()
    tables = [line for line in numbers if line[:1].isupper() and line[1:3] == "  "]
    assert len(tables) >= 25
    assert max(map(len, tables)) <= 86  # a terminal of 80 folds the longest label


def test_flips_name_the_tickets_and_why(run: Run) -> None:
    result = run(
        "reconcile", str(TEN), "--as-of", "2026-03-01", "--flips", "fcr", "one_touch_zendesk",
        "--format", "csv",
    )  # fmt: skip
    assert result.code == 0
    rows = {line.split(",")[0]: line for line in result.out.splitlines()[1:] if line}
    assert set(rows) == {
        "merged-away", "never-solved", "reopened-still-open", "thank-you-reopen", "two-messages",
        "two-replies",
    }  # fmt: skip
    assert "fcr: reopened" in rows["thank-you-reopen"]
    assert "one_touch_zendesk: two or more agent replies" in rows["two-messages"]
    assert "one_touch_zendesk: not resolved now" in rows["never-solved"]


def test_the_report_says_first_whose_rules_lead(run: Run) -> None:
    result = run("report", "--demo", "--like", "zendesk")
    assert result.code == 0
    assert result.out.splitlines()[3] == "As Zendesk Explore counts"
    headline = result.out.partition("Headline")[2].partition("Can the answers")[0]
    assert "One-touch as Zendesk counts it" in headline
    assert "First contact resolution" not in headline


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reconcile", "--demo", "--flips", "fcr"), "requires 2 arguments"),
        (("reconcile", "--demo", "--flips", "fcr", "csat"), "look at different rows"),
        (("reconcile", "--demo", "--flips", "fcr", "fcr_resolvd"), "Did you mean"),
        (("reconcile", "--demo", "--like", "zendsk"), "zendesk"),
        (("reconcile", "--demo", "--like", "zendesk", "--flips", "fcr", "fcr_7d"), "--flips"),
        (("reconcile", "--demo", "--by", "agent"), "--by"),
        (("fcr", "--demo", "--like", "zendesk"), "--like"),
        (("report", "--demo", "--like", "iso"), "system of --like"),
    ],
)
def test_what_means_nothing_is_refused(run: Run, arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert words in result.err
    assert result.out == ""


def test_rules_that_agree_everywhere_leave_nothing_to_list(run: Run) -> None:
    result = run("reconcile", str(TEN), "--flips", "one_touch_all", "one_touch_zendesk", "--where",
                 "status=solved")  # fmt: skip
    assert result.code == 5
    assert "agree" in result.err
