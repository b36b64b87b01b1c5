"""`fcr --windows`: every window as if it were the run's own, on links that are made once."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from random import Random

import polars as pl
import pytest

from csatkit import analyze, load
from csatkit.facts import links
from csatkit.load import Data
from csatkit.report import Report
from csatkit.stats.survival import kaplan_meier_times
from tests.unit.analyses._made import Row, answered, section

SIDES = ("fcr", "fcr_resolved", "fcr_resolved_km", "fcr_naive", "repeat_contact_rate_km")


def _rows(n: int = 400) -> list[Row]:
    """Return tickets of customers who come back after a day to three weeks."""
    rng = Random(8)
    rows = []
    for number in range(n):
        created = datetime(2026, 1, 1) + timedelta(hours=5 * number)
        solved = created + timedelta(hours=rng.choice([2, 30]))
        rows.append(
            {
                "ticket_id": f"T{number:04}",
                "customer_id": f"C{rng.randrange(90)}",
                "issue_type": rng.choice(["login", "refund"]),
                "created_at": created,
                "resolved_at": None if number % 23 == 0 else solved,
                "reopen_count": int(number % 19 == 0),
            }
        )
    return rows


def _overall(report: Report, days: float | None = None) -> dict[str, tuple[object, ...]]:
    return {
        m.metric: (m.value, m.low, m.high, m.denominator, dict(m.excluded), m.rule)
        for m in report.measures
        if not m.segment and m.metric in SIDES and m.extra.get("window_days") == days
    }


def test_each_window_is_what_a_run_with_it_says() -> None:
    report = answered(_rows(), "fcr", windows="36h,5,7,30")
    for days in (1.5, 5, 7, 30):
        own = _overall(answered(_rows(), "fcr", window=days))
        assert _overall(report, days) == own
        assert len(own) == len(SIDES)
    lines = section(report, "windows").tables[0].rows
    assert [line["window"] for line in lines] == ["1.5 days", "5 days", "7 days", "30 days"]
    for line, days in zip(lines, (1.5, 5, 7, 30), strict=True):
        value, low, high, n, excluded, _ = _overall(report, days)["fcr"]
        shown = (line["fcr"], line["low"], line["high"], line["n"], {"immature": line["immature"]})
        assert shown == (value, low, high, n, excluded)


def test_a_period_is_judged_at_each_window_s_own_maturity() -> None:
    report = answered(_rows(), "fcr", windows="5,30", period="last-week")
    periods = {
        m.extra["window_days"]: m.period.label
        for m in report.measures
        if m.metric == "fcr" and "window_days" in m.extra and m.period
    }
    assert periods[5] > periods[30]


def test_links_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    linked = links.with_links

    def counted(frame: pl.DataFrame, repeat_on: str, is_contact: pl.Expr | None) -> pl.DataFrame:
        made.append(frame.height)
        return linked(frame, repeat_on, is_contact)

    monkeypatch.setattr("csatkit.facts.build.with_links", counted)
    answered(_rows(), "fcr", windows="5,7,14,30")
    assert made == [400]


def test_the_curve_is_kaplan_meier_by_day() -> None:
    rows = _rows()
    report = answered(rows, "fcr", window=14)
    times, events = _times(rows, 14)
    drawn = section(report, "repeats_by_day").charts[0].rows
    assert [p["label"] for p in drawn] == [f"day {d}" for d in range(15)]
    for day, point in enumerate(drawn):
        expected = kaplan_meier_times(times, events, day)
        assert expected is not None
        assert point["value"] == pytest.approx(100 * (1 - expected.survival))
        if expected.interval is not None:
            assert point["low"] == pytest.approx(100 * (1 - expected.interval.high))
            assert point["high"] == pytest.approx(100 * (1 - expected.interval.low))
    km = next(m for m in report.measures if m.metric == "repeat_contact_rate_km")
    assert drawn[-1]["value"] == km.value


def _times(rows: list[Row], window: int) -> tuple[list[float], list[bool]]:
    """Return the day of the repeat, or of the last sight, of every resolved ticket."""
    last = max(r["resolved_at"] or r["created_at"] for r in rows)
    times, events = [], []
    for i, row in enumerate(rows):
        solved = row["resolved_at"]
        if solved is None:
            continue
        key = (row["customer_id"], row["issue_type"])
        later = [
            r["created_at"] for r in rows[i + 1 :] if (r["customer_id"], r["issue_type"]) == key
        ]
        gap = (later[0] - solved) / timedelta(days=1) if later else None
        if gap is not None and gap <= window:
            times.append(max(0, -(-gap // 1)))
            events.append(True)
        else:
            times.append(min(window, (last - solved) // timedelta(days=1)))
            events.append(False)
    return times, events


def test_long_windows_are_drawn_in_wider_steps_to_the_last_day() -> None:
    drawn = section(answered(_rows(), "fcr", window=70), "repeats_by_day").charts[0].rows
    assert len(drawn) <= 31
    assert drawn[-1]["label"] == "day 70"


@pytest.mark.parametrize(("window", "warned"), [(7, False), (30, True)])
def test_a_short_export_is_warned_of(window: int, warned: bool) -> None:
    codes = [n.code for n in answered(_rows(), "fcr", window=window).notes]
    assert ("fcr.left_edge" in codes) is warned


def test_without_customers_there_is_no_window() -> None:
    rows = [{k: v for k, v in r.items() if k != "customer_id"} for r in _rows(40)]
    report = answered(rows, "fcr", windows="5,7")
    assert report.sections == ()
    assert {m.status for m in report.measures if m.metric == "fcr"} == {"unavailable"}


# --- maturity ------------------------------------------------------------------------------------

TRUE_RATE = 70.0


@cache
def _export(days: int) -> Data:
    """Return 20,000 tickets of so many days; three in ten are followed within the 14-day window."""
    rng = Random(f"export {days}")
    rows: list[tuple[object, ...]] = []
    start = datetime(2026, 1, 1)
    end = start + timedelta(days=days)
    customer = 0
    while len(rows) < 20_000:
        customer += 1
        created = start + timedelta(days=days * rng.random())
        while created <= end and len(rows) < 20_000:
            solved = created + timedelta(days=min(5, rng.expovariate(2)))
            number = f"T{len(rows):05}"
            rows.append(
                (number, f"C{customer}", "login", created, solved if solved <= end else None)
            )
            if rng.random() >= 0.30:
                break
            created = solved + timedelta(days=14 * rng.random())
    names = ["ticket_id", "customer_id", "issue_type", "created_at", "resolved_at"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return load(frame, preset="none", timezone="UTC")


@pytest.mark.parametrize("days", [30, 60, 90])
def test_young_tickets_bias_the_naive_rate_alone(days: int) -> None:
    report = analyze(_export(days), command="fcr")
    found = {m.metric: m.value for m in report.measures}
    matured, km, naive = (found[m] for m in ("fcr_resolved", "fcr_resolved_km", "fcr_naive"))
    assert matured is not None
    assert km is not None
    assert naive is not None
    assert abs(matured - TRUE_RATE) <= 1.5
    assert abs(km - TRUE_RATE) <= 1.5
    if days < 90:
        assert naive - TRUE_RATE > 1.5
    drawn = {r["label"]: r["value"] for r in section(report, "three_ways").charts[0].rows}
    assert drawn == {"matured": matured, "Kaplan-Meier": km, "naive": naive}
