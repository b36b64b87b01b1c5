"""`goals`: plan, dream or noise, the ratings it takes, the months until anybody can tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.report import Cell
from csatkit.stats.power import ratings_per_period
from tests.unit.analyses._made import Row, answered, rated, section

DAY = 144
"""Tickets a day: one every ten minutes."""


def _rows(share: int, days: int = 120) -> list[Row]:
    """Return days of tickets of which every twelfth is rated, `share` of 100 of them 5."""
    rows = []
    for n in range(0, DAY * days, 12):
        channel = ("chat", "email")[n // 12 % 2]
        rows.append(rated(n, good=n // 12 % 100 < share, channel=channel))
    return rows


def _goals(
    rows: list[Row], *targets: Mapping[str, object], **settings: Any
) -> list[dict[str, Cell]]:
    report = answered(rows, "goals", targets=list(targets), **settings)
    return [dict(r) for r in section(report, "goals").tables[0].rows]


@pytest.mark.parametrize(
    ("target", "length", "verdict"),
    [
        ({"min": 78}, "quarter", "unrealistic"),
        ({"min": 77}, "quarter", "realistic"),
        ({"min": 74}, "quarter", "realistic"),
        ({"min": 73}, "quarter", "within noise"),
        ({"min": 72}, "quarter", "reached"),
        ({"min": 74}, "month", "unrealistic"),
        ({"min": 73}, "month", "realistic"),
    ],
)
def test_a_gain_is_judged_by_the_quarter(
    target: dict[str, float], length: str, verdict: str
) -> None:
    at = {"from_": "2026-01-02", "to": "2026-04-11", "period_length": length}
    (row,) = _goals(_rows(72, 110), {"metric": "csat", **target}, **at)
    assert row["value"] == pytest.approx(72)
    assert row["verdict"] == verdict


def test_the_ratings_are_the_published_ones() -> None:
    rows = _goals(
        _rows(72, 110), {"metric": "csat", "min": 76}, {"metric": "csat", "min": 78},
        from_="2026-01-02", to="2026-04-11",
    )  # fmt: skip
    assert [r["needed"] for r in rows] == [1887, 817]


def test_volume_and_months_follow_from_the_last_quarter() -> None:
    (row,) = _goals(_rows(72), {"metric": "csat", "min": 76})
    assert row["n"] == 91 * DAY // 12
    a_month = row["n"] / 91 * 365.25 / 12  # type: ignore[operator]
    assert row["per_period"] == int(3 * a_month)
    value = row["value"]
    assert isinstance(value, float)
    needed = ratings_per_period(value / 100, 0.76)
    assert needed is not None
    assert row["needed"] == needed
    assert row["months"] == math.ceil(needed / a_month)


def test_a_short_export_is_counted_by_its_own_days() -> None:
    (row,) = _goals(_rows(72, 20), {"metric": "csat", "min": 76})
    n = row["n"]
    assert isinstance(n, int)
    assert row["per_period"] == pytest.approx(3 * n / 20 * 365.25 / 12, rel=0.06)


def test_a_cap_is_mirrored() -> None:
    rows = [dict(r, reopen_count=int(i % 10 == 0)) for i, r in enumerate(_rows(72))]
    down, met = _goals(
        rows, {"metric": "reopen_rate", "max": 7}, {"metric": "reopen_rate", "max": 15}
    )
    assert down["verdict"] == "realistic"
    assert met["verdict"] == "reached"
    assert met["reason"] == "nothing left to gain: ask for more, or keep it as a guardrail"


def test_met_by_luck_isn_t_met() -> None:
    (row,) = _goals(_rows(72, 14), {"metric": "csat", "min": 80})
    assert row["verdict"] == "reached"
    assert row["reason"] == "met so far, but not beyond noise"


def test_a_target_s_own_tickets_level_and_breakdown() -> None:
    rows = _rows(72)
    chat, *_ = _goals(rows, {"metric": "csat", "min": 80, "where": "channel=chat", "name": "Chat"})
    parts = _goals(rows, {"metric": "csat", "min": 80, "by": ["channel"], "level": 0.8})
    same = _goals(rows, {"metric": "csat", "min": 80, "level": 0.8}, by=["channel"])
    assert {p["segment"] for p in parts} == {"channel chat", "channel email"}
    assert parts == same
    of_chat = next(p for p in parts if p["segment"] == "channel chat")
    assert (chat["name"], chat["value"], chat["n"]) == ("Chat", of_chat["value"], of_chat["n"])
    assert chat["low"] < of_chat["low"]  # type: ignore[operator]


def test_what_is_no_share_is_said_not_judged() -> None:
    average, lacking = _goals(
        _rows(72), {"metric": "csat_average", "min": 4}, {"metric": "transfer_rate", "max": 5}
    )
    assert (average["verdict"], average["needed"]) == (None, None)
    assert "shares alone" in str(average["reason"])
    assert (lacking["verdict"], lacking["reason"]) == (None, "column transfer_count missing")


def test_follow_up_has_its_own_last_quarter() -> None:
    (csat, fcr) = _goals(_rows(72), {"metric": "csat", "min": 80}, {"metric": "fcr", "min": 80})
    assert csat["n"] == fcr["n"] == 91 * DAY // 12


@pytest.mark.parametrize(
    "targets",
    [
        [],
        [{"metric": "csat", "min": 180}],
        [{"metric": "cast", "min": 80}],
        [{"metric": "csat", "min": "80"}],
        [{"metric": "csat"}],
        [{"min": 80}],
        [{"metric": "csat", "min": 80, "where": "chanel=chat"}],
    ],
)
def test_a_target_that_makes_no_sense_is_refused(targets: list[dict[str, object]]) -> None:
    with pytest.raises(UsageError):
        _goals(_rows(72, 14), *targets)


def test_no_row_is_nothing_to_evaluate() -> None:
    with pytest.raises(NothingToEvaluate):
        _goals(_rows(72, 14), {"metric": "csat", "min": 80}, where=["channel=pigeon"])
