"""The quarterly digest: verdicts as `check` gives them, progress, drift, and targets in reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

import csatkit as ck
from csatkit.analyses.digest.aims_now import Standing
from csatkit.analyses.goals.next_target import Proposal, propose
from csatkit.load import Data
from csatkit.metrics import CATALOG
from csatkit.report import Measure, Report, Section
from csatkit.stats.power import judge_goal, ratings_per_period
from tests.unit.analyses._digests import digest, opened, section

QUARTERS = (datetime(2025, 7, 1), datetime(2025, 10, 1), datetime(2026, 1, 1))
END = datetime(2026, 4, 1, 6)


def _data(*shares: int, a_quarter: int = 1500, channels: tuple[str, ...] = ("email",)) -> Data:
    """Return quarters in which `shares` of 100 ratings are 5; the last one is 2026-Q1."""
    tickets: list[dict[str, Any]] = []
    for start, share in zip(QUARTERS[-len(shares) :], shares, strict=True):
        for i in range(a_quarter):
            at = start + timedelta(hours=1, minutes=85 * i)
            channel = channels[i % len(channels)]
            is_good = i // len(channels) % 100 < (share if channel == channels[0] else 50)
            tickets.append(
                {"ticket_id": f"T{len(tickets)}", "customer_id": f"C{len(tickets)}",
                 "channel": channel, "created_at": at, "resolved_at": at, "reopen_count": 0,
                 "sent_at": at, "responded_at": at, "score": 5 if is_good else 1}
            )  # fmt: skip
    tickets.append({**tickets[-1], "ticket_id": "LAST", "created_at": END, "resolved_at": None,
                    "customer_id": "CL", "sent_at": None, "responded_at": None,
                    "score": None})  # fmt: skip
    return opened((tickets, []))


def _plans(report: Report) -> list[dict[str, object]]:
    return [dict(r) for r in section(report, "next_targets").tables[0].rows]


def _verdicts(report: Report) -> list[tuple[object, object]]:
    return [(t["name"], t["verdict"]) for t in report.targets]


def test_verdicts_are_those_of_check() -> None:
    data = _data(80, 82)
    targets = [{"metric": "csat", "min": 75}, {"metric": "csat", "min": 90, "name": "High"},
               {"metric": "csat", "min": 82, "name": "Close"}]  # fmt: skip
    ours = digest(data, "quarterly", targets=targets)
    theirs = ck.analyze(data, command="check", targets=targets, period="2026-Q1")
    assert _verdicts(ours) == [("CSAT", "pass"), ("High", "fail"), ("Close", "inconclusive")]
    for mine, other in zip(ours.targets, theirs.targets, strict=True):
        assert {k: v for k, v in mine.items() if k != "period"} == {
            k: v for k, v in other.items() if k != "period"
        }
    words = " ".join(section(ours, "progress").text)
    assert "CSAT, at least 75: met with 82.0 %" in words
    assert "High, at least 90: not met with 82.0 %" in words
    assert "Close, at least 82: can't be told with 82.0 %" in words


def test_progress_has_its_interval() -> None:
    (first, *_) = section(digest(_data(70, 80), "quarterly"), "progress").measures
    assert first.difference is not None
    assert first.difference.value == pytest.approx(10)
    compare = ck.analyze(_data(70, 80), command="compare", period="last-quarter")
    assert first.difference == next(m for m in compare.measures if m.metric == "csat").difference
    text = section(digest(_data(70, 80), "quarterly"), "progress").text
    assert any("points vs 2025-Q4, better beyond noise" in line for line in text)
    text = section(digest(_data(80, 70), "quarterly"), "progress").text
    assert any("points vs 2025-Q4, worse beyond noise" in line for line in text)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((85, 85, 70), "CSAT was met in 2025-Q4 and has been lost since."),
        ((85, 70, 70), "CSAT was met in 2025-Q3 and has been lost since."),
        ((85, 85, 80), "CSAT was met in 2025-Q4; whether it still is can't be told."),
    ],
)
def test_a_goal_that_was_met_and_lost_is_drift(shares: tuple[int, ...], said: str) -> None:
    report = digest(_data(*shares), "quarterly", targets=[{"metric": "csat", "min": 80}])
    assert said in section(report, "progress").text


@pytest.mark.parametrize("shares", [(70, 70, 70), (70, 70, 85)])
def test_a_goal_never_met_or_met_now_has_no_drift(shares: tuple[int, ...]) -> None:
    report = digest(_data(*shares), "quarterly", targets=[{"metric": "csat", "min": 80}])
    assert "was met in" not in " ".join(section(report, "progress").text)


def test_without_targets_goals_are_proposed_and_it_is_said() -> None:
    report = digest(_data(70, 72), "quarterly")
    assert report.targets == ()
    assert section(report, "progress").text[0].startswith("No target is set")
    csat = next(p for p in _plans(report) if p["name"] == "CSAT")
    assert csat["next"] == 77
    assert csat["gain"] == pytest.approx(5)
    assert "csatkit goals" in section(report, "next").text[-1]


def test_a_breakdown_has_a_goal_each() -> None:
    data = _data(70, 90, channels=("email", "chat"))
    target = {"metric": "csat", "min": 80, "by": ["channel"], "name": "Channels"}
    report = digest(data, "quarterly", targets=[target])
    found = {t["segment"]["channel"]: t["verdict"] for t in report.targets}  # type: ignore[index]
    assert found == {"email": "pass", "chat": "fail"}
    assert {t["family"] for t in report.targets} == {2}
    table = section(report, "progress_csat_channel").measures
    assert {m.segment["channel"] for m in table} == {"email", "chat"}
    text = section(report, "progress").text
    assert any(line.startswith("Channels (channel chat), at least 80: not met") for line in text)


def test_a_condition_narrows_a_goal() -> None:
    data = _data(70, 90, channels=("email", "chat"))
    target = {"metric": "csat", "min": 80, "where": "channel=chat"}
    report = digest(data, "quarterly", targets=[target])
    assert _verdicts(report) == [("CSAT", "fail")]
    assert report.targets[0]["denominator"] == 750


def test_first_contacts_wait_for_their_window() -> None:
    report = digest(_data(70, 80), "quarterly", targets=[{"metric": "fcr", "min": 50}])
    fcr = next(m for m in report.measures if m.metric == "fcr")
    assert fcr.period is not None
    assert fcr.period.label == "2025-Q4"
    words = " ".join(section(report, "progress").text)
    assert (
        "quarter 2025-Q4 (2025-10-01 to 2025-12-31), the latest whose follow-up has closed" in words
    )


# --- the next target ------------------------------------------------------------------------------

SHARE = Measure(
    "csat", "CSAT", "", "percent", {}, None, 80.0, 800, 1000, 77.0, 82.0, 0.95, "wilson", "ok"
)


def _plan(value: float, n: int, *, metric: str = "csat", **changed: Any) -> Proposal:
    m = replace(SHARE, metric=metric, value=value, denominator=n, **changed)
    return propose(Standing("CSAT", CATALOG[metric], m, None, None, None, None))


@pytest.mark.parametrize("value", [3.4, 50.0, 72.0, 80.2, 94.9, 97.0, 98.5, 100.0])
@pytest.mark.parametrize("n", [10, 300, 800, 2_000, 20_000, 1_000_000])
@pytest.mark.parametrize("metric", ["csat", "reopen_rate"])
def test_a_proposal_is_realistic_visible_and_possible(value: float, n: int, metric: str) -> None:
    plan = _plan(value, n, metric=metric)
    if plan.target is None:
        assert plan.why
        return
    gain = plan.target - value if metric == "csat" else value - plan.target
    assert 2 - 1e-9 <= gain <= 5 + 1e-9
    assert 0 < plan.target < 100
    assert plan.target == int(plan.target)
    goal = judge_goal(value / 100, plan.target / 100, 1, n, higher_is_better=metric == "csat")
    assert (goal.verdict, goal.has_enough_ratings) == ("realistic", True)
    # The nearest of them: one point less is too little, or can't be seen.
    nearer = plan.target - 1 if metric == "csat" else plan.target + 1
    if abs(nearer - value) >= 2:
        needed = ratings_per_period(value / 100, nearer / 100)
        assert needed is not None
        assert needed > n


def test_published_sample_sizes_decide() -> None:
    # 72 to 76 needs 1,887 ratings a period, 72 to 77 fewer.
    assert _plan(72, 1887).target == 76
    assert _plan(72, 1886).target == 77
    needed = ratings_per_period(0.72, 0.77)
    assert needed is not None
    assert _plan(72, needed).target == 77
    none = _plan(72, needed - 1)
    assert (none.target, none.needed) == (None, needed)
    assert none.why == "too few ratings in a quarter to show even 77 %: judge it over several"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"status": "small"}, "too few rows"),
        ({"status": "skewed"}, "too few surveys were answered"),
        ({"status": "unavailable", "reason": "column score missing"}, "column score missing"),
    ],
)
def test_nothing_is_built_on_sand(changed: dict[str, Any], why: str) -> None:
    value = None if changed["status"] == "unavailable" else 72.0
    m = replace(SHARE, value=value, **changed)
    plan = propose(Standing("CSAT", CATALOG["csat"], m, None, None, None, None))
    assert plan.target is None
    assert why in plan.why


def test_a_declared_target_in_reach_is_the_next_one() -> None:
    (plan,) = _plans(digest(_data(70, 72), "quarterly", targets=[{"metric": "csat", "min": 75}]))
    assert plan["next"] == 75
    assert "the target itself, 3.0 points away" in str(plan["why"])


def test_a_distant_target_is_approached_in_steps() -> None:
    (plan,) = _plans(digest(_data(70, 72), "quarterly", targets=[{"metric": "csat", "min": 95}]))
    assert plan["next"] == 77
    assert plan["why"] == "a step towards 95, which is more than a quarter away"


def test_a_goal_that_is_met_may_stay() -> None:
    (plan,) = _plans(digest(_data(70, 90), "quarterly", targets=[{"metric": "csat", "min": 80}]))
    assert plan["next"] == 93
    assert plan["why"] == "met: keep it as a guardrail, or ask for this"


def test_sections_are_never_empty() -> None:
    for s in digest(_data(70, 72), "quarterly").sections:
        assert isinstance(s, Section)
        assert s.text or s.tables or s.measures or s.missing
