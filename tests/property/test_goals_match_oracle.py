"""Goals equal the naive oracle: baseline, progress, target, drift and guardrail, in any zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import goal_cycle as naive
from tests.unit.analyses._goals import only

pytestmark = pytest.mark.slow

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland")
BORDERS = (
    datetime(2025, 4, 1),
    datetime(2025, 7, 1),
    datetime(2025, 10, 1),
    datetime(2026, 1, 1),
    datetime(2026, 4, 1),
)
BASELINE = 4 * 2025 + 1


@st.composite
def _ratings(draw: st.DrawFn) -> list[naive.Rating]:
    """Draw quarters of ratings, some of them at the borders in some zone."""
    found: list[naive.Rating] = []
    for start in BORDERS[:-1]:
        n = draw(st.sampled_from((0, 8, 10, 25, 60)))
        good = draw(st.integers(0, n))
        found += [
            (start + timedelta(days=2 + i % 80), (4 if i % 2 else 5) if i < good else 1 + i % 3)
            for i in range(n)
        ]
    edge = st.tuples(
        st.sampled_from(BORDERS), st.integers(-14, 14), st.integers(-1, 1), st.integers(1, 5)
    )
    for border, hours, seconds, score in draw(st.lists(edge, max_size=12)):
        found.append((border + timedelta(hours=hours, seconds=seconds), score))
    return found


@st.composite
def _asked(draw: st.DrawFn) -> naive.Asked:
    return naive.Asked(
        BASELINE,
        draw(st.sampled_from((40.0, 60.0, 75.0, 80.0, 92.5))),
        draw(st.dates(date(2025, 7, 1), date(2027, 1, 1))),
        draw(st.sampled_from((0.0, 2.0, 15.0))),
        draw(st.sampled_from(ZONES)),
        draw(st.sampled_from((datetime(2025, 8, 1), datetime(2026, 1, 2), datetime(2026, 4, 2)))),
    )


def _is_near(ours: float, other: float) -> bool:
    return ours == pytest.approx(other, abs=1e-9)


@settings(max_examples=40)
@given(found=_ratings(), asked=_asked())
def test_a_goal_says_what_the_oracle_says(found: list[naive.Rating], asked: naive.Asked) -> None:
    seen = [r for r in found if r[0] <= asked.end]
    if not any(r[0] for r in seen):
        return
    goal = {
        "metric": "csat", "baseline": naive.label(asked.baseline), "target": asked.target,
        "due": asked.due, "guardrails": [{"metric": "low_share", "margin": asked.margin}],
    }  # fmt: skip
    end = f"{asked.end.isoformat()}Z"
    expected = naive.goal_of(seen, asked)
    rows = {naive.quarter_of(r[0], asked.zone) for r in seen}
    if not rows & {asked.baseline, naive.quarter_of(asked.end, asked.zone) - 1}:
        return  # nothing to evaluate
    ours = only(found, goal, tz=asked.zone, as_of=end)
    assert ours["track"] == expected["track"]
    assert ours["guardrails"][0]["verdict"] == expected["guardrail"]
    if ours["track"] == "not begun":
        return
    for key in ("baseline", "now"):
        figure = ours[key]
        assert (figure["numerator"] or 0, figure["denominator"] or 0) == expected[key]
    _check_change(ours, expected)
    assert ours["progress"] == expected["progress"]
    assert ours["verdict"] == expected["verdict"]
    for key in ("met_since", "met_first"):
        assert (ours[key] and ours[key].label) == expected[key]
    assert ours["lost_in"] == expected["lost_in"]
    drift = ours["drift"] and {
        "n": ours["drift"]["denominator"],
        "verdict": ours["drift"]["verdict"],
    }
    assert drift == expected["drift"]


def _check_change(ours: dict[str, Any], expected: dict[str, Any]) -> None:
    if expected["change"] is None:
        assert ours["change"] is None
        return
    change = ours["change"]
    value, low, high = expected["change"]
    assert _is_near(change.value, value)
    assert _is_near(change.low, max(-100.0, low))
    assert _is_near(change.high, min(100.0, high))
