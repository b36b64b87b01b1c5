"""`compare`: its periods, its intervals, an exact split, and silence where chance explains it."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

import pytest

import csatkit as ck
from csatkit.analyses.against import year_before
from csatkit.analyses.compare import COMPARED, compare
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.periods import days, named
from csatkit.report import Measure, Report, Table
from tests.unit.analyses._periods import (
    MONDAY,
    Batch,
    answers_alone,
    data_of,
    opened,
    shuffled,
    texts,
)

BEFORE, AFTER = MONDAY, MONDAY + timedelta(days=7)
WEEKS = {"period": "2026-W03", "as_of": "2026-03-01"}


def _split(report: Report, key: str = "split_channel") -> Table:
    return next(s.tables[0] for s in report.sections if s.key == key)


def _rows(table: Table) -> dict[object, dict[str, Any]]:
    return {row["segment"]: dict(row) for row in table.rows}


def _of(report: Report, metric: str) -> Measure:
    return next(m for m in report.measures if m.metric == metric)


ANCHOR = [
    Batch(BEFORE, 700, 616),
    Batch(BEFORE, 300, 216, channel="chat"),
    Batch(AFTER, 500, 445),
    Batch(AFTER, 500, 370, channel="chat"),
]
"""metrics.md §6: email .70/.30 chat → .50/.50, rates .88/.72 → .89/.74."""


def test_the_anchor_of_the_specification() -> None:
    report = ck.analyze(answers_alone(ANCHOR), by=["channel"], command="compare", **WEEKS)
    rows = _rows(_split(report))
    whole = rows["(all)"]
    assert whole["total"] == pytest.approx(-1.7)
    assert (whole["rate"], whole["mix"]) == (pytest.approx(1.4), pytest.approx(-3.1))
    assert rows["email"]["mix"] == pytest.approx(-1.23)
    assert rows["chat"]["mix"] == pytest.approx(-1.87)
    assert "response" not in _split(report).columns
    assert "Response not separable" in texts(report)


def test_terms_add_up_exactly_with_new_and_vanished_segments() -> None:
    batches = [
        Batch(BEFORE, 60, 50, 200),
        Batch(BEFORE, 30, 10, 70, "chat"),
        Batch(BEFORE, 9, 9, 31, "fax"),
        Batch(AFTER, 40, 20, 190),
        Batch(AFTER, 55, 41, 90, "chat"),
        Batch(AFTER, 12, 1, 40, "web"),
    ]
    report = ck.analyze(data_of(batches), by=["channel"], command="compare", **WEEKS)
    rows = _rows(_split(report))
    whole = rows.pop("(all)")
    assert whole["total"] == pytest.approx(100 * (62 / 107 - 69 / 99), abs=1e-12)
    for term in ("rate", "mix", "response", "total"):
        parts = math.fsum(row[term] for row in rows.values())
        assert parts == pytest.approx(whole[term], abs=1e-12)
    assert {s: r["presence"] for s, r in rows.items()} == {
        "email": "both", "chat": "both", "fax": "vanished", "web": "new",
    }  # fmt: skip
    assert "New: web." in texts(report)
    assert "Vanished: fax." in texts(report)


def test_mix_is_named_where_it_drives_a_change_beyond_noise() -> None:
    batches = [
        Batch(BEFORE, 500, 450, 1000),
        Batch(BEFORE, 100, 50, 200, "chat"),
        Batch(AFTER, 200, 180, 400),
        Batch(AFTER, 400, 200, 800, "chat"),
    ]
    report = ck.analyze(data_of(batches), by=["channel"], command="compare", **WEEKS)
    headline = report.sections[0].text[0]
    assert headline.startswith("CSAT fell 20.0 points (")
    assert "beyond noise; mostly mix by channel (−20.0 points)" in headline
    assert "% of the surveys and now has" in headline


def test_the_rate_is_named_with_the_segment_that_changed() -> None:
    batches = [
        Batch(BEFORE, 300, 240, 600),
        Batch(BEFORE, 300, 240, 600, "chat"),
        Batch(AFTER, 300, 240, 600),
        Batch(AFTER, 300, 150, 600, "chat"),
    ]
    report = ck.analyze(data_of(batches), by=["channel"], command="compare", **WEEKS)
    headline = report.sections[0].text[0]
    assert "mostly rate (−15.0 points)" in headline
    assert "of 2 segments: channel chat (−30.0)" in headline


def test_who_answered_is_named_where_it_drives_the_change() -> None:
    batches = [
        Batch(BEFORE, 400, 380, 500),
        Batch(BEFORE, 100, 20, 500, "chat"),
        Batch(AFTER, 200, 190, 500),
        Batch(AFTER, 300, 60, 500, "chat"),
    ]
    report = ck.analyze(data_of(batches), by=["channel"], command="compare", **WEEKS)
    assert "mostly who answered by channel" in report.sections[0].text[0]


def test_within_noise_nothing_drives() -> None:
    batches = [Batch(BEFORE, 50, 40, 90), Batch(AFTER, 50, 38, 90)]
    headline = ck.analyze(data_of(batches), command="compare", **WEEKS).sections[0].text[0]
    assert headline.endswith("within noise.")
    assert "mostly" not in headline


def test_a_skewed_response_withholds_words_and_keeps_numbers() -> None:
    batches = [Batch(BEFORE, 100, 90, 1000), Batch(AFTER, 100, 40, 1000)]
    report = ck.analyze(data_of(batches), command="compare", **WEEKS)
    headline = report.sections[0].text[0]
    assert headline.endswith("Too few surveys were answered to say more.")
    assert "noise" not in headline
    d = _of(report, "csat").difference
    assert d is not None
    assert d.value == pytest.approx(-50)
    assert _of(report, "csat").status == "skewed"
    assert "Average score" not in report.sections[0].text[1]


def test_too_few_ratings_say_nothing() -> None:
    batches = [Batch(BEFORE, 6, 6, 10), Batch(AFTER, 6, 0, 10)]
    headline = ck.analyze(data_of(batches), command="compare", **WEEKS).sections[0].text[0]
    assert headline.endswith("Too few ratings (below 10) to say more.")


def test_every_difference_of_the_sample_has_an_interval() -> None:
    from csatkit.demo.generate import frames

    report = ck.analyze(ck.load(*frames(4_000)), command="compare")
    assert {m.metric for m in report.measures} == set(COMPARED)
    for m in report.measures:
        d = m.difference
        assert d is not None, m.metric
        assert d.value is not None
        assert d.low is not None, m.metric
        assert d.high is not None
        assert d.low <= d.value <= d.high


def test_metrics_wait_until_their_rows_are_old_enough() -> None:
    every_day = [Batch(MONDAY + timedelta(days=i), 4, 3, 9) for i in range(120)]
    report = ck.analyze(data_of(every_day), command="compare", as_of="2026-05-01")
    ends = {m.metric: m.period.last for m in report.measures if m.period is not None}
    assert ends["csat"] == date(2026, 4, 30)
    waiting = {name for name, day in ends.items() if day == date(2026, 4, 16)}
    assert waiting == {
        "response_rate", "fcr", "fcr_resolved", "repeat_contact_rate", "reopen_rate",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("against", "label"),
    [
        (None, "2026-W02"),
        ("previous", "2026-W02"),
        ("2026-01-01..2026-01-10", "2026-01-01..2026-01-10"),
        ("2026-W02", "2026-W02"),
        ("year-ago", "2025-W03"),
    ],
)
def test_what_is_compared_with(against: str | None, label: str) -> None:
    year = timedelta(days=364)
    batches = [Batch(day, 40, 30, 90) for day in (AFTER - year, BEFORE, AFTER)]
    own = {} if against is None else {"against": against}
    report = ck.analyze(data_of(batches), command="compare", **WEEKS, **own)
    d = _of(report, "csat").difference
    assert d is not None
    assert d.against == label
    assert d.value == pytest.approx(0)


@pytest.mark.parametrize(
    ("period", "label"),
    [
        ("2026-01-05", "2025-01-06"),
        ("2026-W01", "2025-W01"),
        ("2026-02", "2025-02"),
        ("2026-Q1", "2025-Q1"),
        ("2026", "2025"),
    ],
)
def test_a_year_ago(period: str, label: str) -> None:
    span = year_before(named(period, datetime(2026, 3, 1), "UTC"))
    assert span.period.label == label


def test_a_year_before_some_days_keeps_their_weekdays() -> None:
    found = year_before(days(date(2026, 3, 3), date(2026, 3, 30))).period
    assert (found.first, found.last) == (date(2025, 3, 4), date(2025, 3, 31))
    assert found.first.weekday() == date(2026, 3, 3).weekday()


@pytest.mark.parametrize(
    "against", ["yesteryear", "2026-02-10..2026-02-01", "2026-02-31..2026-03-01"]
)
def test_no_period_is_refused(against: str) -> None:
    data = data_of([Batch(BEFORE, 5, 5), Batch(AFTER, 5, 5)])
    with pytest.raises(UsageError, match="--against"):
        ck.analyze(data, command="compare", against=against, **WEEKS)


def test_periods_that_share_days_are_refused() -> None:
    data = data_of([Batch(BEFORE, 5, 5), Batch(AFTER, 5, 5)])
    with pytest.raises(UsageError, match="shares days with 2026-W03"):
        ck.analyze(data, command="compare", against="2026-01", **WEEKS)


def test_a_breakdown_by_calendar_period_is_refused() -> None:
    data = data_of([Batch(BEFORE, 5, 5), Batch(AFTER, 5, 5)])
    with pytest.raises(UsageError, match="--by month"):
        ck.analyze(data, by=["channel,month"], command="compare", **WEEKS)


def test_another_command_doesn_t_take_it() -> None:
    with pytest.raises(UsageError, match="against"):
        ck.analyze(data_of([Batch(BEFORE, 5, 5)]), command="report", against="previous")


def test_an_empty_period_before_leaves_the_measures() -> None:
    report = ck.analyze(data_of([Batch(AFTER, 40, 30, 90)]), command="compare", **WEEKS)
    assert _of(report, "csat").value == 75
    assert _of(report, "csat").difference is None
    assert "Not compared, 2026-W02 has no data: CSAT," in texts(report)


def test_an_empty_period_is_nothing_to_evaluate() -> None:
    with pytest.raises(NothingToEvaluate):
        ck.analyze(data_of([Batch(BEFORE, 40, 30)]), command="compare", period="2026-W09")


def test_volumes_are_judged_by_the_spread_between_days() -> None:
    steady = [Batch(MONDAY + timedelta(days=i), 5, 4, 20) for i in range(14)]
    more = [Batch(MONDAY + timedelta(days=14 + i), 5, 4, 40) for i in range(14)]
    report = ck.analyze(
        data_of([*steady, *more]),
        command="compare",
        from_="2026-01-19", to="2026-02-01", as_of="2026-03-01",
    )  # fmt: skip
    d = _of(report, "tickets").difference
    assert d is not None
    assert d.value == 280
    assert d.low is not None
    assert 0 < d.low < 280
    assert "Tickets" in report.sections[0].text[1]


@pytest.mark.slow
def test_permuted_scores_are_within_noise() -> None:
    base = MONDAY
    batches = [
        Batch(base + timedelta(days=i), 6, 5 if i % 2 else 4, 10, ("email", "chat", "web")[i % 3])
        for i in range(56)
    ]
    ws = opened(data_of(batches), COMPARED, [("channel",)])
    silent = 0
    for seed in range(200):
        text = texts(compare(shuffled(ws, seed), None)).split("\n")
        named = "mostly" in text[0] or "Beyond noise" in text[1]
        silent += text[0].endswith("within noise.") and not named
    assert silent >= 180
