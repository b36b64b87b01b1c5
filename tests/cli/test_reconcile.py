"""`csatkit reconcile`: what a reader sees, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from csatkit import analyses
from csatkit.analyses.reconcile import RULES
from csatkit.demo.generate import frames
from csatkit.load import open_data
from csatkit.metrics import CATALOG
from csatkit.render import render
from csatkit.report import Report
from csatkit.settings import Settings, SourceSettings
from tests.cli.conftest import Run

SOURCE = SourceSettings(preset="none", scale="1-5", timezone="UTC")
TEN = Path(__file__).parents[1] / "data" / "reference" / "tickets.csv"


def _demo() -> Report:
    data = open_data(*frames(), source=SOURCE)
    return analyses.run("reconcile", data, Settings(source=SOURCE))


def test_the_sample_shows_every_rule_with_its_counts(run: Run) -> None:
    result = run("reconcile", "--demo", "--format", "json")
    assert result.code == 0
    found = {m["metric"]: m for m in json.loads(result.out)["measures"]}
    for name in ("fcr", "one_touch_zendesk", "csat", "csat_top1", "rating_coverage"):
        assert found[name]["numerator"] <= found[name]["denominator"]
    against = found["one_touch_zendesk"]["difference"]
    assert against["low"] < against["value"] < against["high"]
    assert against["against"] == "First contact resolution"


def test_the_answer_stands_on_one_screen(run: Run) -> None:
    """How far each figure depends on its rule, in the first lines; nothing is cut off anywhere."""
    result = run("reconcile", "--demo")
    lead = result.out.partition("The same rows, other rules")[2].partition("\nCSAT\n")[0]
    assert len(lead.splitlines()) <= 10
    for name in ("CSAT", "First contact resolution", "Reopen rate", "Reopen events", "Response"):
        assert any(line.startswith(name) and "other rules" in line for line in lead.splitlines())
    narrow = str(render(_demo(), "table", width=80))
    assert max(map(len, narrow.splitlines())) <= 80
    assert "…" not in narrow


def test_every_rule_stands_with_its_text_and_its_source(run: Run) -> None:
    result = run("reconcile", "--demo")
    told = result.out.partition("The rules\n")[2].splitlines()
    for name in RULES:
        metric = CATALOG[name]
        (line,) = [t for t in told if t.startswith(f"{name} (")]
        assert f"({metric.whose or 'csatkit'}): " in line
        assert line.endswith(f"Source: {metric.source}.")


def test_every_difference_that_is_told_leads_to_its_tickets(run: Run) -> None:
    result = run("reconcile", "--demo")
    pairs = re.findall(r"--flips (\w+) (\w+)\.", result.out)
    assert len(pairs) >= 4
    for first, second in [p for p in pairs if p != ("RULE_A", "RULE_B")][:3]:
        listed = run("reconcile", "--demo", "--flips", first, second, "--format", "csv")
        assert listed.code == 0
        assert len(listed.out.splitlines()) > 1


def test_one_ticket_is_told_in_the_singular(run: Run) -> None:
    result = run("reconcile", str(TEN), "--as-of", "2026-03-01")
    assert "1 ticket that it " in result.out
    assert "1 tickets" not in result.out


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
