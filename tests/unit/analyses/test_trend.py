"""`trend`: one row per period, limits and signals, what isn't judged, and where it is heading."""

from __future__ import annotations

from datetime import timedelta

import pytest

import csatkit as ck
from csatkit.analyses.trend import trend
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.report import Chart, Measure, Report
from csatkit.stats.charts import p_chart
from csatkit.stats.false_alarms import false_alarms
from csatkit.stats.intervals import Sums
from csatkit.stats.mean_chart import mean_chart
from tests.unit.analyses._periods import (
    MONDAY,
    Batch,
    answers_alone,
    data_of,
    opened,
    shuffled,
    texts,
    weeks,
)

LEVEL = [(42, 56), (44, 56), (41, 56), (43, 56), (45, 56), (40, 56), (42, 56), (44, 56)] * 2


def _trend(counts: list[tuple[int, int]], *metrics: str, **more: object) -> Report:
    """Return the trend of whole weeks; the data ends with the last answer of the last one."""
    data = data_of(weeks(counts))
    return ck.analyze(data, list(metrics) or ["csat"], command="trend", **more)  # type: ignore[arg-type]


def _of(report: Report, metric: str) -> list[Measure]:
    return [m for m in report.measures if m.metric == metric]


def _marks(report: Report, metric: str) -> dict[str, object]:
    return {
        str(m.segment["week"]): m.extra["not_judged"]
        for m in _of(report, metric)
        if "not_judged" in m.extra
    }


def _chart(report: Report, metric: str = "csat") -> Chart:
    return next(s.charts[0] for s in report.sections if s.key == f"trend_{metric}")


def test_one_row_per_week_with_the_limits_of_the_chart() -> None:
    report = _trend(LEVEL, as_of="2026-04-27")
    rows = _of(report, "csat")
    assert [m.segment["week"] for m in rows] == [f"2026-W{n:02d}" for n in range(2, 18)]
    assert [(m.numerator, m.denominator) for m in rows] == LEVEL
    expected = p_chart(LEVEL)
    assert expected is not None
    for m, point in zip(rows, expected.points, strict=True):
        assert point is not None
        assert m.extra["limits"] == pytest.approx([100 * x for x in point.limits])
        assert "signal" not in m.extra
    chart = _chart(report)
    assert chart.kind == "control"
    assert chart.reference == pytest.approx(100 * expected.centre)
    assert "No signal" in texts(report)
    assert "CSAT: 78.6 % in 2026-W17; stable over 16 weeks" in report.sections[0].text[0]


def test_a_signal_is_named_with_its_dates() -> None:
    counts = [*LEVEL[:9], (20, 56), *LEVEL[:5]]
    report = _trend(counts, as_of="2026-04-27")
    signals = {m.segment["week"]: m.extra.get("signal") for m in _of(report, "csat")}
    assert {week for week, kind in signals.items() if kind} == {"2026-W11"}
    assert signals["2026-W11"] == "below limits"
    assert "Below limits: 2026-W11 (2026-03-09 to 2026-03-15), 35.7 % against" in texts(report)
    assert [r["note"] for r in _chart(report).rows if r["label"] == "2026-W11"] == ["below limits"]


def test_a_long_run_is_named_from_first_to_last() -> None:
    counts = [*[(48, 56), (47, 56)] * 6, *[(40, 56), (41, 56)] * 6]
    report = _trend(counts, as_of="2026-07-01")
    assert "Run above: 12 in a row above the centre" in texts(report)
    assert "2026-W02 to 2026-W13 (2026-01-05 to 2026-03-29)" in texts(report)


def test_the_running_and_the_first_partial_week_are_not_judged() -> None:
    batches = [b for b in weeks(LEVEL[:6]) if b.day > MONDAY + timedelta(days=2)]
    report = ck.analyze(data_of(batches), ["csat"], command="trend", as_of="2026-02-14")
    assert _marks(report, "csat") == {"2026-W02": "incomplete", "2026-W07": "incomplete"}
    assert "Not judged: 2 weeks that cover only part of their days." in texts(report)


def test_what_needs_follow_up_waits_for_it() -> None:
    metrics = ["csat", "fcr", "reopen_rate", "response_rate"]
    data = data_of(weeks(LEVEL[:8], sent=16))
    report = ck.analyze(data, metrics, command="trend", as_of="2026-03-02")
    young = {"2026-W08": "immature", "2026-W09": "immature"}
    assert _marks(report, "csat") == {}
    for metric in metrics[1:]:
        assert _marks(report, metric) == young
        assert all("limits" not in m.extra for m in _of(report, metric)[-2:])
    assert "2 weeks that haven't had their whole follow-up yet" in texts(report)


def test_a_cut_period_is_incomplete() -> None:
    report = _trend(LEVEL[:6], as_of="2026-03-02", from_="2026-01-14", to="2026-02-03")
    assert _marks(report, "csat") == {"2026-W03": "incomplete", "2026-W06": "incomplete"}


def test_weeks_with_too_few_answers_are_not_judged() -> None:
    batches = [*weeks(LEVEL[:6]), Batch(MONDAY + timedelta(days=42), 5, 0, 200)]
    report = ck.analyze(data_of(batches), ["csat"], command="trend", as_of="2026-04-01")
    assert _marks(report, "csat") == {"2026-W08": "skewed"}
    assert not any("signal" in m.extra for m in report.measures)


def test_a_week_without_rows_stays_in_the_row_of_weeks() -> None:
    batches = [*weeks(LEVEL[:2]), *(Batch(MONDAY + timedelta(days=21 + i), 8, 6) for i in range(7))]
    report = ck.analyze(data_of(batches), ["csat"], command="trend", as_of="2026-02-28")
    rows = _of(report, "csat")
    assert [m.segment["week"] for m in rows] == ["2026-W02", "2026-W03", "2026-W04", "2026-W05"]
    assert (rows[2].status, rows[2].value, rows[2].denominator) == ("empty", None, 0)


def test_a_median_without_rows_has_no_interval() -> None:
    batches = [*weeks(LEVEL[:1]), *(Batch(MONDAY + timedelta(days=14 + i), 8, 6) for i in range(7))]
    report = ck.analyze(data_of(batches), ["resolution_time"], command="trend", as_of="2026-02-28")
    empty = _of(report, "resolution_time")[1]
    assert (empty.status, empty.low, empty.high) == ("empty", None, None)
    assert "no limits for this kind" in report.sections[0].text[0]
    assert _chart(report, "resolution_time").reference is None


def test_a_slope_beyond_noise_counts_more_than_the_level() -> None:
    rising = [(int(0.5 * 210 + 4 * week), 210) for week in range(20)]
    report = _trend(rising, as_of="2026-06-01")
    assert "rising +8.3 points a month (" in report.sections[0].text[0]
    assert "getting better, worth more than a better level that stands still" in texts(report)
    falling = _trend(rising[::-1], as_of="2026-06-01")
    assert "falling −8.3 points a month (" in falling.sections[0].text[0]
    assert "getting worse, whatever the level says today" in texts(falling)


def test_falling_reopens_get_better() -> None:
    batches = [
        Batch(MONDAY + timedelta(days=7 * week), 100, 80, 200, reopened=60 - 3 * week)
        for week in range(16)
    ]
    report = ck.analyze(data_of(batches), ["reopen_rate"], command="trend", as_of="2026-06-01")
    assert ", getting better" in report.sections[0].text[0]
    assert "falling" in report.sections[0].text[0]


def test_the_slope_looks_back_six_months() -> None:
    early = [(50, 100)] * 8
    report = _trend([*early, *[(80, 100)] * 26], as_of="2026-09-30", from_="2026-01-05")
    assert "over 26 weeks: no direction beyond noise" in texts(report)


def test_without_a_period_the_latest_weeks_are_shown() -> None:
    report = _trend([(40, 56)] * 30, as_of="2026-09-30")
    rows = _of(report, "csat")
    assert (len(rows), rows[-1].segment["week"]) == (26, "2026-W31")
    asked = _trend([(40, 56)] * 30, as_of="2026-09-30", from_="2026-01-05")
    assert len(_of(asked, "csat")) == 30


def test_an_average_has_limits_from_the_spread_within_weeks() -> None:
    report = _trend(LEVEL, "csat_average", as_of="2026-04-27")
    expected = mean_chart([Sums(n, 5 * k + n - k, 25 * k + n - k) for k, n in LEVEL], (1.0, 5.0))
    assert expected is not None
    limits = [m.extra["limits"] for m in _of(report, "csat_average")]
    assert limits == [pytest.approx(list(p.limits)) for p in expected.points if p]
    assert "slopes are for shares alone" in report.sections[0].text[0]


@pytest.mark.parametrize(("every", "label"), [("day", "2026-01-05"), ("month", "2026-01")])
def test_other_periods(every: str, label: str) -> None:
    report = _trend(LEVEL[:5], as_of="2026-02-28", every=every)
    assert report.measures[0].segment == {every: label}


def test_false_alarms_are_said_for_all_charts_together() -> None:
    report = _trend(LEVEL, "csat", "csat_average", as_of="2026-04-27")
    one = false_alarms(52).either
    assert f"signals in {100 * one:.0f} % of years" in texts(report)
    assert f"at least one of 2 such charts in {100 * (1 - (1 - one) ** 2):.0f} %" in texts(report)


def test_segments_have_lines_of_their_own() -> None:
    batches = [*weeks(LEVEL[:8]), *weeks([(10, 28)] * 8, channel="chat")]
    report = ck.analyze(
        data_of(batches), ["csat"], by=["channel"], command="trend", as_of="2026-03-30"
    )
    lines = [dict(m.segment) for m in report.measures]
    assert lines[:8] == [{"week": f"2026-W{n:02d}"} for n in range(2, 10)]
    assert lines[8] == {"channel": "email", "week": "2026-W02"}
    assert lines[16] == {"channel": "chat", "week": "2026-W02"}
    table = next(s.tables[0] for s in report.sections if s.key == "by_channel")
    assert [(r["segment"], r["periods"]) for r in table.rows] == [("email", 8), ("chat", 8)]
    parts = [m.denominator or 0 for m in report.measures[8:]]
    assert sum(parts) == sum(m.denominator or 0 for m in report.measures[:8])


def test_a_metric_that_can_t_be_computed_says_why() -> None:
    data = answers_alone(weeks(LEVEL[:4]))
    report = ck.analyze(data, ["csat", "fcr"], command="trend", as_of="2026-03-01")
    (missing,) = _of(report, "fcr")
    assert missing.status == "unavailable"
    section = next(s for s in report.sections if s.key == "trend_fcr")
    assert section.missing == missing.reason
    assert len(_of(report, "csat")) == 4


def test_unknown_periods_and_calendar_breakdowns_are_refused() -> None:
    with pytest.raises(UsageError, match="fortnight"):
        _trend(LEVEL[:4], every="fortnight")
    with pytest.raises(UsageError, match="--by week"):
        _trend(LEVEL[:4], by=["week"])


def test_an_empty_selection_is_nothing_to_evaluate() -> None:
    with pytest.raises(NothingToEvaluate):
        _trend(LEVEL[:4], period="2025-03")


@pytest.mark.slow
def test_permuted_scores_name_nothing() -> None:
    ws = opened(data_of(weeks([(20, 28)] * 26)), ("csat", "csat_average"))
    quiet = 0
    for seed in range(200):
        report = trend(shuffled(ws, seed), ("csat", "csat_average"), None)
        csat, average = report.sections[0].text[:2]
        quiet += "stable" in csat and "no direction" in csat and "stable" in average
        assert len(_of(report, "csat")) == 26
    assert quiet >= 180
