"""`response --adjust`: what weights repair, what they can't, and what is said about it."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import polars as pl
import pytest

from csatkit import analyze, load
from csatkit.demo import surveys as demo_surveys
from csatkit.demo import tickets as demo_tickets
from csatkit.demo.chains import Plan
from csatkit.demo.truth import truth
from csatkit.errors import UsageError
from csatkit.report import Measure, Report
from csatkit.stats.intervals import newcombe
from csatkit.stats.reweighting import PopulationCell, post_stratify
from tests.unit.analyses._made import Row, answered, rated, section, ticket

CHANNELS = {"email": 0.60, "chat": 0.90, "phone": 0.80}
ISSUES = {"refund": -0.20, "login": 0.05}
ANSWERS = {"email": 0.9, "chat": 0.25, "phone": 0.4}
"""Email answers most and is least satisfied, so the raw figure is too low."""


def _planted(n: int = 9000, seed: int = 4) -> tuple[list[Row], float]:
    """Return tickets whose silence depends on channel and issue type, and the true CSAT."""
    rng = Random(seed)
    rows, happy = [], 0
    for number in range(n):
        channel, issue = rng.choice(list(CHANNELS)), rng.choice(list(ISSUES))
        good = rng.random() < CHANNELS[channel] + ISSUES[issue]
        happy += good
        answer = rng.random() < ANSWERS[channel] * (1 if issue == "refund" else 0.6)
        rows.append(rated(number, good=good if answer else None, channel=channel, issue_type=issue))
    return rows, 100 * happy / n


def _pair(report: Report) -> tuple[Measure, Measure]:
    raw, adjusted = section(report, "adjusted").measures
    assert raw.label == "CSAT"
    return raw, adjusted


def test_planted_bias_is_recovered() -> None:
    rows, true = _planted()
    raw, adjusted = _pair(answered(rows, "response", adjust="channel,issue_type"))
    assert raw.high is not None
    assert raw.high < true - 2
    assert adjusted.value == pytest.approx(true, abs=1.0)
    assert adjusted.low is not None
    assert adjusted.high is not None
    assert adjusted.low <= true <= adjusted.high
    assert adjusted.method == "post-stratification"
    effective = adjusted.extra["effective_n"]
    assert isinstance(effective, float)
    assert 0 < effective < (raw.denominator or 0)


def test_one_column_repairs_what_lies_in_it_alone() -> None:
    rows, true = _planted()
    raw, adjusted = _pair(answered(rows, "response", adjust="issue_type"))
    assert raw.value is not None
    assert adjusted.value is not None
    assert abs(adjusted.value - true) > 3


def test_the_weights_are_those_of_the_counts() -> None:
    rows, _ = _planted(600)
    counts: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        cell = counts.setdefault((row["channel"], row["issue_type"]), [0, 0, 0])
        cell[2] += 1
        if row["score"] is not None:
            cell[1] += 1
            cell[0] += row["score"] >= 4
    expected = post_stratify([PopulationCell(*c) for c in counts.values()])
    assert expected is not None
    report = answered(rows, "response", adjust="channel,issue_type")
    _, adjusted = _pair(report)
    assert adjusted.value == pytest.approx(100 * expected.share)
    assert adjusted.low == pytest.approx(100 * expected.interval.low)
    shown = section(report, "adjusted").tables[0].rows
    weights = {(r["channel"], r["issue_type"]): r["weight"] for r in shown}
    for key, weight in zip(counts, expected.weights, strict=True):
        assert weights[key] == pytest.approx(weight, abs=0.001)
    assert [r["tickets"] for r in shown] == sorted((c[2] for c in counts.values()), reverse=True)


def test_a_silent_cell_is_left_to_the_margins() -> None:
    rows, true = _planted()
    for row in rows:
        if (row["channel"], row["issue_type"]) == ("chat", "login"):
            row |= {"score": None, "responded_at": None}
    report = answered(rows, "response", adjust="channel,issue_type")
    _, adjusted = _pair(report)
    assert adjusted.method == "raking"
    assert adjusted.value == pytest.approx(true, abs=2.5)
    assert "by the margins (raking)" in section(report, "adjusted").text[0]


def test_open_tickets_stand_for_nothing() -> None:
    rows, _ = _planted(400)
    extra = [ticket(1000 + n, channel="fax", issue_type="login") for n in range(300)]
    unresolved = [{**r, "resolved_at": None} for r in extra]
    with_them = _pair(answered(rows + unresolved, "response", adjust="channel,issue_type"))[1]
    without = _pair(answered(rows, "response", adjust="channel,issue_type"))[1]
    assert with_them.value == pytest.approx(without.value)


@pytest.mark.parametrize(
    ("adjust", "message"),
    [("chanel", "chanel"), ("channel,month", "month"), ("channel,,", "expected")],
)
def test_a_column_that_makes_no_sense_is_refused(adjust: str, message: str) -> None:
    rows, _ = _planted(60)
    with pytest.raises(UsageError, match=message):
        answered(rows, "response", adjust=adjust)


def test_without_resolution_nothing_is_reweighted() -> None:
    rows, _ = _planted(60)
    bare = [{k: v for k, v in r.items() if k != "resolved_at"} for r in rows]
    found = section(answered(bare, "response", adjust="channel"), "adjusted")
    assert found.missing == "column resolved_at missing"


# --- what weights can't repair -------------------------------------------------------------------


@pytest.mark.slow
def test_on_the_sample_experience_decides_who_answers_and_weights_cannot_tell() -> None:
    plan = Plan(300_000, 0, 364, truth(null=False))
    work = demo_tickets.work(0, plan.tickets, plan)
    sent = demo_surveys.sent(work, plan.truth)
    # What every resolved ticket's customer would say, asked or not.
    resolved = work.filter(
        pl.col("resolved").is_not_null() & ~pl.col("merged") & ~pl.col("deflected")
    )
    (true,) = resolved.select(demo_surveys.satisfaction(plan.truth).mean() / 10_000).row(0)
    tickets, surveys = demo_tickets.columns(work), demo_surveys.columns(sent, plan.truth)
    data = load(tickets, surveys, preset="none", scale="1-5", timezone="UTC")
    report = analyze(data, command="response", adjust="channel,issue_type")
    raw, adjusted = _pair(report)
    assert raw.value is not None
    assert adjusted.value is not None
    assert adjusted.high is not None
    assert adjusted.high < true
    assert abs(adjusted.value - true) >= abs(raw.value - true)
    bounds = adjusted.extra["bounds"]
    assert isinstance(bounds, list)
    assert bounds[0] < true < bounds[1]
    (warned,) = [n for n in report.notes if n.code == "response.unrepaired"]
    assert "can't repair" in warned.text
    assert f"({bounds[0]:.1f} to {bounds[1]:.1f} %)" in warned.text


# --- the silent, and the late --------------------------------------------------------------------


def _silent(good: int, bad: int, silent: int, profile: str = "default") -> tuple[str, ...]:
    marks = [True] * good + [False] * bad + [None] * silent
    rows = [rated(n, good=g) for n, g in enumerate(marks)]
    return section(answered(rows, "response", profile=profile), "silent").text


@pytest.mark.parametrize(
    ("good", "bad", "silent", "words"),
    [
        (88, 12, 100, "at least 80 % if 72.0 % of the silent are satisfied"),
        (60, 40, 25, "at least 70 % whatever"),
        (60, 40, 100, "at least 70 % if 80.0 % of the silent"),
        (90, 10, 5, "at least 90 % if 90.0 % of the silent"),
    ],
)
def test_the_tipping_point_in_words(good: int, bad: int, silent: int, words: str) -> None:
    bounds, tipping = _silent(good, bad, silent)
    low = 100 * good / (good + bad + silent)
    high = 100 * (good + silent) / (good + bad + silent)
    assert f"between {low:.1f} and {high:.1f} %" in bounds
    if high < 70:
        assert "below 70 % whatever the silent think" in tipping
    else:
        assert words in tipping


def test_the_tipping_point_follows_the_profile() -> None:
    assert "at least 75 %" in _silent(78, 22, 100, "corridor")[1]
    assert "at least 70 %" in _silent(78, 22, 100)[1]


def test_late_answers_against_early_ones() -> None:
    rows = []
    for n in range(400):
        late = n % 2 == 1
        row = rated(n, good=n % 10 < (5 if late else 9))
        row["responded_at"] = row["sent_at"] + timedelta(hours=48 if late else 24)
        rows.append(row)
    found = section(answered(rows, "response"), "early_late")
    k0 = sum(n % 10 < 5 for n in range(1, 400, 2))
    k1 = sum(n % 10 < 9 for n in range(0, 400, 2))
    gap = newcombe(k0, 200, k1, 200)
    assert gap is not None
    assert f"−{100 * (k1 - k0) / 200:.1f} points (−{-100 * gap.low:.1f} to" in found.text[0]
    assert "less satisfied" in found.text[1]
    assert [r["n"] for r in found.charts[0].rows] == [200, 200]


def test_too_few_late_answers_say_nothing() -> None:
    found = section(answered([rated(n, good=True) for n in range(50)], "response"), "early_late")
    assert found.missing == "fewer than 10 late answers (0)"
