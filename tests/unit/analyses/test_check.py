"""`check`: the targets find their tickets, and nothing that is missing passes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import ttest_1samp

import csatkit as ck
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.report import Report
from tests.unit.analyses._made import Row, answered, measure, rated, section, ticket, units

DAY = 144
"""Tickets a day: one every ten minutes."""

MISSING = "not there.json"

Verdict = dict[str, Any]


def _rows(good: int, n: int, **columns: object) -> list[Row]:
    return [rated(i, good=i < good, **columns) for i in range(n)]


def _check(rows: list[Row], *targets: Mapping[str, object], **settings: Any) -> Report:
    return answered(rows, "check", targets=list(targets), **settings)


def _verdicts(rows: list[Row], *targets: Mapping[str, object], **settings: Any) -> list[Verdict]:
    return [dict(t) for t in _check(rows, *targets, **settings).targets]


def _one(rows: list[Row], target: Mapping[str, object], **settings: Any) -> Verdict:
    (found,) = _verdicts(rows, target, **settings)
    return found


CSAT = {"metric": "csat", "min": 80}


# -- the word, with the figures of the definitions -------------------------------------------------


def test_the_anchor_of_the_definitions() -> None:
    found = _one(_rows(82, 100), CSAT)
    assert (found["verdict"], found["value"]) == ("inconclusive", 82.0)
    assert (round(found["low"], 2), round(found["high"], 2)) == (73.33, 88.30)
    assert found["n_needed"] == 1537
    assert found["reason"] == "80.0 lies within 73.3 to 88.3"


@pytest.mark.parametrize(
    ("good", "target", "word"),
    [
        (87, {}, "inconclusive"),
        (88, {}, "pass"),
        (72, {}, "fail"),
        (73, {}, "inconclusive"),
        (80, {"mode": "point"}, "pass"),
        (79, {"mode": "point"}, "fail"),
        (87, {"mode": "lower"}, "fail"),
        (88, {"mode": "lower"}, "pass"),
        (87, {"mode": "noninferior", "margin": 2}, "pass"),
        (85, {"mode": "noninferior", "margin": 2}, "inconclusive"),
        (69, {"mode": "noninferior", "margin": 2}, "fail"),
        (70, {"mode": "noninferior", "margin": 2}, "inconclusive"),
    ],
)
def test_the_modes(good: int, target: dict[str, object], word: str) -> None:
    """Wilson on 100: 72 → 62.5 to 79.9, 73 → 63.6 to 80.7, 87 → 79.0 to 92.2, 88 → 80.2 to 93.0."""
    assert _one(_rows(good, 100), {**CSAT, **target})["verdict"] == word


def test_past_the_warn_value_it_passes_with_a_mark() -> None:
    warned = _one(_rows(840, 1000), {**CSAT, "warn": 85})
    clear = _one(_rows(860, 1000), {**CSAT, "warn": 85})
    failed = _one(_rows(700, 1000), {**CSAT, "warn": 85})
    found = [(v["verdict"], v["warned"]) for v in (warned, clear, failed)]
    assert found == [("pass", True), ("pass", False), ("fail", False)]


def test_a_cap_is_mirrored() -> None:
    rows = [dict(ticket(i), reopen_count=int(i % 10 == 0)) for i in range(1000)]
    words = [_one(rows, {"metric": "reopen_rate", "max": most})["verdict"] for most in (15, 10, 7)]
    assert words == ["pass", "inconclusive", "fail"]
    warned = _one(rows, {"metric": "reopen_rate", "max": 15, "warn": 9})
    assert (warned["verdict"], warned["warned"]) == ("pass", True)


# -- too little to judge ---------------------------------------------------------------------------


def test_few_rows_decide_nothing() -> None:
    assert _one(_rows(9, 9), {"metric": "csat", "min": 50})["reason"] == "9 rows, fewer than 10"
    assert _one(_rows(9, 9), {"metric": "csat", "min": 50, "min_n": 5})["verdict"] == "pass"
    assert _one(_rows(60, 60), {**CSAT, "min_n": 100})["verdict"] == "inconclusive"
    assert _one(_rows(60, 60), CSAT, min_n=100)["reason"] == "60 rows, fewer than 100"


def test_a_level_of_its_own() -> None:
    rows = _rows(875, 1000)
    strict = _one(rows, {"metric": "csat", "min": 85, "level": 0.99})
    usual = _one(rows, {"metric": "csat", "min": 85, "level": 0.9})
    assert (strict["verdict"], usual["verdict"]) == ("inconclusive", "pass")
    assert strict["low"] < usual["low"]


def _skewed(n: int, good: int, silent: int) -> list[Row]:
    """Return old surveys of which few were answered, and one young ticket that ends the data."""
    asked = [rated(i, good=None if i >= n else i < good) for i in range(n + silent)]
    return [*asked, ticket(60 * DAY)]


def test_a_skewed_response_decides_nothing() -> None:
    found = _one(_skewed(100, 95, 900), CSAT)
    assert (found["verdict"], found["status"]) == ("inconclusive", "skewed")
    # By hand: 80 less the 9.5 that are known, of the 90 that are silent.
    text = "too few surveys were answered; at least 78.3 % of the silent would have to be satisfied"
    assert found["reason"] == text


def test_a_skewed_response_decides_where_the_silent_can_t_matter() -> None:
    low, high = (_one(_skewed(100, 50, 900), {"metric": "csat", "min": least}) for least in (5, 96))
    assert (low["verdict"], high["verdict"]) == ("pass", "fail")
    assert low["status"] == "skewed"


def test_an_unknown_response_rate_leaves_the_verdict_with_a_note() -> None:
    rows = [ticket(i, score=5 if i % 20 else 1) for i in range(400)]
    report = _check(rows, CSAT)
    assert report.targets[0]["verdict"] == "pass"
    assert "response.unknown" in {n.code for n in report.notes}
    by = _check([dict(r, channel="chat") for r in rows], {**CSAT, "by": "channel"})
    assert "response.unknown" in {n.code for n in by.notes}


def _months() -> list[Row]:
    return [ticket(i * 48, issue_type="login") for i in range(60 * 3 + 1)]


def test_a_period_that_is_mostly_young_decides_nothing() -> None:
    """Three tickets a day to 2 March: those resolved by 16 February are mature."""
    whole = _one(_months(), {"metric": "fcr", "min": 50}, period="2026-01")
    part = _one(_months(), {"metric": "fcr", "min": 50}, from_="2026-02-07", to="2026-03-02")
    assert whole["verdict"] == "pass"
    assert part["verdict"] == "inconclusive"
    assert part["reason"] == "only 28 of 70 tickets have a closed window"


def test_what_can_t_be_computed_is_unavailable() -> None:
    found = _one(_rows(90, 100), {"metric": "transfer_rate", "max": 5})
    assert (found["verdict"], found["value"]) == ("unavailable", None)
    assert found["reason"] == "column transfer_count missing"


def test_an_empty_target_beside_others_is_inconclusive() -> None:
    rows = units([("Ann", 90, 100)], channel="chat")
    targets = (
        CSAT,
        {**CSAT, "where": "channel=pigeon"},
        {**CSAT, "where": "channel=pigeon", "by": "agent"},
        {"metric": "tickets", "max": 10, "where": "channel=pigeon"},
        {"metric": "coverage", "column": "agent", "min": 5, "where": "channel=pigeon"},
        {"metric": "coverage", "column": "agent", "min": 5, "where": "channel=pigeon",
         "by": "agent"},
    )  # fmt: skip
    first, *others = _verdicts(rows, *targets)
    assert first["verdict"] == "pass"
    assert len(others) == len(targets) - 1
    assert {(v["verdict"], v["reason"]) for v in others} == {("inconclusive", "no rows to judge")}


def test_no_row_at_all_is_nothing_to_evaluate() -> None:
    rows = units([("Ann", 90, 100)], channel="chat")
    for targets in (
        [CSAT],
        [{"metric": "tickets", "max": 10}, {**CSAT, "by": "agent"}],
        [{"metric": "coverage", "column": "agent", "min": 5}],
    ):
        with pytest.raises(NothingToEvaluate, match="nothing is no pass"):
            _check(rows, *targets, where=["channel=pigeon"])


# -- which tickets ---------------------------------------------------------------------------------


def _channels() -> list[Row]:
    rows: list[Row] = []
    for channel, good in (("chat", 190), ("email", 120), ("phone", 165)):
        for i in range(200):
            team = ("North", "South")[i % 2]
            rows.append(rated(len(rows), good=i < good, channel=channel, team=team))
    return rows


def test_each_segment_must_hold() -> None:
    found = _verdicts(_channels(), {**CSAT, "by": ["channel"], "action": "staff email"})
    words = {v["segment"]["channel"]: v["verdict"] for v in found}
    assert words == {"chat": "pass", "email": "fail", "phone": "inconclusive"}
    assert {v["family"] for v in found} == {3}
    assert {v["action"] for v in found} == {"staff email"}
    assert all(v["p_adjusted"] <= 1 for v in found)


def test_by_on_the_command_line_cuts_targets_without_a_breakdown() -> None:
    own = _verdicts(_channels(), {**CSAT, "by": "channel"})
    asked = _verdicts(_channels(), CSAT, by=["channel"])
    kept = _verdicts(_channels(), {**CSAT, "by": "channel"}, by=["team"])
    both = _verdicts(_channels(), CSAT, by=["channel", "team"])
    assert own == asked == kept
    assert [set(v["segment"]) for v in both] == [{"channel"}] * 3 + [{"team"}] * 2


def test_where_names_the_segment() -> None:
    rows = _channels()
    chat = _one(rows, {**CSAT, "where": "channel=chat"})
    cut = next(v for v in _verdicts(rows, {**CSAT, "by": "channel"}) if v["value"] == chat["value"])
    assert chat["segment"] == cut["segment"] == {"channel": "chat"}
    assert (chat["denominator"], chat["low"]) == (cut["denominator"], cut["low"])
    assert chat["family"] is None


def test_where_and_by_together() -> None:
    found = _verdicts(_channels(), {**CSAT, "where": ["channel=chat"], "by": ["team"]})
    assert [v["segment"] for v in found] == [
        {"channel": "chat", "team": "North"},
        {"channel": "chat", "team": "South"},
    ]
    assert {v["denominator"] for v in found} == {100}


def test_where_and_the_selection_of_the_run_both_hold() -> None:
    found = _one(_channels(), {**CSAT, "where": "channel=chat"}, where=["team=North"])
    assert found["denominator"] == 100


def test_another_condition_joins_the_rule() -> None:
    report = _check(_channels(), {**CSAT, "where": "channel!=chat"}, CSAT)
    narrowed, whole = report.measures
    assert (narrowed.denominator, whole.denominator) == (400, 600)
    assert narrowed.rule == f"{whole.rule}; where channel != chat"
    assert [dict(t["segment"]) for t in report.targets] == [{}, {}]  # type: ignore[call-overload]


def test_a_count_is_compared_as_it_is() -> None:
    least, most = _verdicts(
        _rows(3, 5), {"metric": "tickets", "min": 5}, {"metric": "tickets", "max": 4}
    )
    assert (least["verdict"], most["verdict"]) == ("pass", "fail")
    assert (least["low"], least["n_needed"]) == (None, None)


def test_an_average_goes_by_its_own_interval() -> None:
    rows = _rows(90, 100)  # scores 5 and 1: mean 4.6, t interval 4.36 to 4.84
    words = [_one(rows, {"metric": "csat_average", "min": t})["verdict"] for t in (4.3, 4.5, 4.9)]
    assert words == ["pass", "inconclusive", "fail"]
    few = _one(_rows(14, 15), {"metric": "csat_average", "min": 3})
    assert (few["verdict"], few["reason"]) == ("inconclusive", "15 rows give no interval")


def test_a_family_of_averages() -> None:
    """Student's t is what decides, so two alike segments need half the chance of one."""
    rows = [
        rated(i + 30 * (name == "Ben"), good=i < 27, agent=name)
        for name in ("Ann", "Ben")
        for i in range(30)
    ]
    found = _verdicts(rows, {"metric": "csat_average", "min": 4.1, "by": "agent"})
    alone = _one(rows[:30], {"metric": "csat_average", "min": 4.1})
    assert alone["verdict"] == "pass"
    assert [v["verdict"] for v in found] == ["inconclusive"] * 2
    assert found[0]["reason"] == "would stand alone, but not among 2 segments (Holm)"
    scores = [5] * 27 + [1] * 3
    expected = ttest_1samp(scores, 4.1).pvalue
    assert found[0]["p_adjusted"] == pytest.approx(2 * expected, rel=1e-9)


# -- coverage --------------------------------------------------------------------------------------


def _known(columns: Sequence[str | None], channel: str = "chat") -> list[Row]:
    return [ticket(i, agent=agent, channel=channel) for i, agent in enumerate(columns)]


def test_coverage_is_the_share_with_a_value() -> None:
    rows = _known(["Ann"] * 970 + [None] * 20 + [""] * 10)
    found = _one(rows, {"metric": "coverage", "column": "agent", "min": 95})
    assert (found["verdict"], found["numerator"], found["denominator"]) == ("pass", 970, 1000)
    assert found["name"] == "Coverage of agent"
    assert _one(rows, {"metric": "coverage", "column": "agent", "min": 98.5})["verdict"] == "fail"


def test_coverage_by_and_where() -> None:
    rows = _known(["Ann"] * 100) + [
        ticket(200 + i, agent="Ben" if i < 50 else None, channel="email") for i in range(100)
    ]
    target = {"metric": "coverage", "column": "agent", "min": 80}
    found = _verdicts(rows, {**target, "by": "channel"})
    assert {v["segment"]["channel"]: v["verdict"] for v in found} == {
        "chat": "pass", "email": "fail",
    }  # fmt: skip
    assert {v["family"] for v in found} == {2}
    assert _one(rows, {**target, "where": "channel=email"})["value"] == 50.0
    weeks = _verdicts(rows, {**target, "by": "day"})
    assert [v["segment"]["day"] for v in weeks] == ["2026-01-01", "2026-01-02", "2026-01-03"]


def test_coverage_of_a_header_and_of_an_unknown_column() -> None:
    rows = [ticket(i, **{"Plan Name": "pro"}) for i in range(50)]
    target = {"metric": "coverage", "min": 80}
    assert _one(rows, {**target, "column": "Plan Name"})["verdict"] == "pass"
    assert _one(rows, {**target, "column": "plan name"})["verdict"] == "pass"
    with pytest.raises(UsageError, match="unknown column 'Plan Nmae'"):
        _check(rows, {**target, "column": "Plan Nmae"})


# -- guardrails ------------------------------------------------------------------------------------


def _text(report: Report) -> str:
    return " ".join(section(report, "check").text)


def test_a_goal_that_holds_while_its_guardrail_fails_is_said() -> None:
    goal = {"metric": "csat", "min": 80, "name": "Happy"}
    guard = {"metric": "tickets", "min": 1000, "kind": "guardrail", "name": "Volume"}
    bought = _check(_rows(95, 100), goal, guard)
    assert "Happy may have been bought with Volume" in _text(bought)
    for report in (
        _check(_rows(95, 100), goal, {**guard, "min": 50}),
        _check(_rows(50, 100), goal, guard),
        _check(_rows(95, 100), goal, {**guard, "kind": "goal"}),
        _check(_rows(95, 100), {**goal, "kind": "guardrail"}, guard),
    ):
        assert "bought" not in _text(report)


def test_a_missing_guardrail_is_advised() -> None:
    def advised(*targets: Mapping[str, object]) -> bool:
        notes = _check(_rows(95, 100), *targets).notes
        return any(n.code == "advice.next" and "guardrail" in n.text for n in notes)

    assert advised(CSAT)
    assert not advised(CSAT, {"metric": "tickets", "min": 50, "kind": "guardrail"})
    assert not advised({"metric": "tickets", "min": 50})


def test_customers_who_rate_often_are_noted_and_the_verdict_stays() -> None:
    rows = [rated(i, good=i < 180, customer_id=f"C{i // 10}") for i in range(200)]
    report = _check(rows, {"metric": "csat", "min": 85})
    assert report.targets[0]["verdict"] == "pass"
    assert "csat.clustered" in {n.code for n in report.notes}


def test_the_words_count_the_verdicts() -> None:
    report = _check(_channels(), {**CSAT, "by": "channel"}, {"metric": "transfer_rate", "max": 5})
    assert _text(report) == (
        "4 verdicts: 1 holds, 1 fails, 1 can't be decided, 1 can't be computed."
        " Verdicts on segments hold among all of them together (Holm, 3)."
    )


@pytest.mark.parametrize(
    ("good", "words"),
    [(95, "holds"), (50, "fails"), (81, "can't be decided")],
)
def test_the_words_about_a_single_target(good: int, words: str) -> None:
    report = _check(_rows(good, 100), CSAT)
    assert _text(report) == f"The target {words}."


def test_a_measure_that_two_targets_ask_about_is_shown_once() -> None:
    report = _check(_rows(95, 100), CSAT, {**CSAT, "min": 70}, {"metric": "csat", "max": 99})
    assert len(report.targets) == 3
    assert [m.metric for m in report.measures] == ["csat"]


# -- baselines -------------------------------------------------------------------------------------


def _baseline(path: Path, rows: list[Row], **settings: Any) -> str:
    metrics = settings.pop("metrics", ["csat"])
    report = answered(rows, "analyze", metrics=metrics, **settings)
    path.write_text(str(ck.render(report, "json")))
    return str(path)


def test_a_baseline_is_any_report(tmp_path: Path) -> None:
    old = _baseline(tmp_path / "b.json", _rows(4500, 5000))
    target = {"metric": "csat", "no_worse_than": old}
    same, worse, slightly = (
        _one(_rows(good, 5000), target) for good in (4500, 4200, 4430)
    )  # fmt: skip
    assert [v["verdict"] for v in (same, worse, slightly)] == ["pass", "fail", "inconclusive"]
    assert (same["baseline"], same["margin"], same["mode"]) == (90.0, 2.0, "noninferior")
    assert (same["threshold"], same["n_needed"], same["op"]) == (None, None, "min")
    assert slightly["reason"].startswith("the change against the baseline lies within -")


def test_a_baseline_with_its_own_margin_and_mode(tmp_path: Path) -> None:
    old = _baseline(tmp_path / "b.json", _rows(900, 1000))
    target = {"metric": "csat", "no_worse_than": old}
    assert _one(_rows(900, 1000), {**target, "margin": 5})["verdict"] == "pass"
    assert _one(_rows(900, 1000), {**target, "margin": 0})["verdict"] == "inconclusive"
    assert _one(_rows(899, 1000), {**target, "mode": "point"})["verdict"] == "fail"
    plain = _one(_rows(940, 1000), {**target, "mode": "three-way"})
    assert (plain["verdict"], plain["margin"]) == ("pass", None)


def test_a_baseline_of_a_rate_that_should_fall(tmp_path: Path) -> None:
    rows = [dict(ticket(i), reopen_count=int(i % 20 == 0)) for i in range(4000)]
    worse = [dict(r, reopen_count=int(i % 10 == 0)) for i, r in enumerate(rows)]
    old = _baseline(tmp_path / "b.json", rows, metrics=["reopen_rate"])
    target = {"metric": "reopen_rate", "no_worse_than": old}
    words = [_one(r, target)["verdict"] for r in (rows, worse)]
    assert words == ["pass", "fail"]


def test_a_baseline_by_segment_and_a_missing_segment(tmp_path: Path) -> None:
    rows = _channels()
    without = [r for r in rows if r["channel"] != "phone"]
    old = _baseline(tmp_path / "b.json", without, by=["channel"])
    target = {"metric": "csat", "no_worse_than": old, "margin": 20}
    found = {v["segment"]["channel"]: v for v in _verdicts(rows, {**target, "by": "channel"})}
    assert [found[c]["verdict"] for c in ("chat", "email", "phone")] == [
        "pass", "pass", "unavailable",
    ]  # fmt: skip
    assert found["phone"]["reason"] == f"{old} holds no csat for channel phone"
    chat = _one(rows, {**target, "where": "channel=chat"})
    assert (chat["verdict"], chat["baseline"]) == ("pass", 95.0)
    other = _one(rows, {**target, "where": "channel!=chat"})
    assert other["verdict"] == "unavailable"
    assert "measured by another rule" in other["reason"]


def test_a_baseline_by_another_rule_is_never_compared(tmp_path: Path) -> None:
    old = _baseline(tmp_path / "b.json", _months(), metrics=["fcr"], window=7)
    found = _one(_months(), {"metric": "fcr", "no_worse_than": old})
    assert found["verdict"] == "unavailable"
    assert found["reason"].startswith(f"{old} was measured by another rule: 7 days")


def test_a_baseline_at_another_level_is_brought_to_today_s(tmp_path: Path) -> None:
    at90 = _baseline(tmp_path / "90.json", _rows(900, 1000), level=0.9)
    at95 = _baseline(tmp_path / "95.json", _rows(900, 1000))
    now = _rows(930, 1000)
    first, second = (
        _one(now, {"metric": "csat", "no_worse_than": path, "margin": 0.2}) for path in (at90, at95)
    )
    assert first == second
    assert first["verdict"] == "pass"
    average = _baseline(tmp_path / "a.json", _rows(90, 100), metrics=["csat_average"], level=0.9)
    found = _one(_rows(90, 100), {"metric": "csat_average", "no_worse_than": average, "margin": 1})
    assert found["reason"] == f"{average} was measured with intervals of 90 %"


def test_a_weak_baseline_decides_nothing(tmp_path: Path) -> None:
    few = _baseline(tmp_path / "few.json", _rows(3, 4))
    skewed = _baseline(tmp_path / "skewed.json", _skewed(100, 50, 900))
    none = _baseline(tmp_path / "none.json", [*_rows(0, 0), *(ticket(i) for i in range(20))])
    now = _rows(990, 1000)
    found = [_one(now, {"metric": "csat", "no_worse_than": p}) for p in (few, skewed, none)]
    assert [v["verdict"] for v in found] == ["inconclusive", "inconclusive", "unavailable"]
    assert found[0]["reason"] == "the baseline rests on 4 rows, fewer than 10"
    assert found[1]["reason"] == "too few surveys of the baseline were answered"
    assert found[2]["reason"].startswith(f"{none} holds no value: ")


def test_a_baseline_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    values = []
    for good in (900, 800):
        target = {"metric": "csat", "no_worse_than": _baseline(path, _rows(good, 1000))}
        values.append(_one(_rows(900, 1000), target)["baseline"])
    assert values == [90.0, 80.0]


def _spoilt(content: dict[str, Any], **figures: object) -> dict[str, Any]:
    first, *others = content["measures"]
    return {**content, "measures": [{**first, **figures}, *others]}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda _: "{", "isn't JSON"),
        (lambda _: "[" * 100_000, "isn't JSON"),
        (lambda _: "[1]", "isn't a JSON report"),
        (lambda _: "{}", "isn't a JSON report"),
        (lambda c: json.dumps({**c, "schema_version": 99}), "another version"),
        (lambda c: json.dumps({**c, "measures": {"a": 1}}), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, segment=["x"])), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, value="90")), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, value=True)), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, value=float("nan"))), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, low=99.0)), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, denominator=0)), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, numerator=2000)), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, level=10**400)), "isn't a JSON report"),
        (lambda c: json.dumps(_spoilt(c, level=95)), "isn't a JSON report"),
    ],
)
def test_a_broken_baseline_is_refused(tmp_path: Path, change: Any, text: str) -> None:
    path = Path(_baseline(tmp_path / "b.json", _rows(900, 1000)))
    path.write_text(change(json.loads(path.read_text())))
    with pytest.raises(UsageError, match=text) as caught:
        _check(_rows(90, 100), {"metric": "csat", "no_worse_than": str(path)})
    assert str(path) in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", [MISSING, "."])
def test_a_baseline_that_can_t_be_read_is_refused(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)
    with pytest.raises(UsageError, match="can't be read") as caught:
        _check(_rows(90, 100), {"metric": "csat", "no_worse_than": path})
    assert "--write-baseline" in str(caught.value.hint)


# -- mistakes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "what", "hint"),
    [
        ({"metric": "cast", "min": 80}, "unknown metric 'cast'", "'csat'"),
        ({"min": 80}, "has no metric", 'metric = "csat"'),
        ({"metric": "csat"}, "asks for no figure", "min, max or no_worse_than"),
        ({**CSAT, "max": 90}, "min and max exclude each other", "Leave one out"),
        ({**CSAT, "no_worse_than": "b"}, "min and no_worse_than exclude", "Leave one out"),
        ({**CSAT, "wher": "a=b"}, "unknown key 'wher'", "'where'"),
        ({**CSAT, "min": "80"}, "expected a number, got min = '80'", "Write min = 80"),
        ({**CSAT, "min": True}, "got min = True", None),
        ({**CSAT, "min": float("nan")}, "expected a number, got min = nan", "Write min"),
        ({**CSAT, "min": 10**400}, "expected a number, got min = 1000", "Write min"),
        ({**CSAT, "min": 180}, "min 180 isn't a percentage", "Write 80 for 80 %"),
        ({**CSAT, "mode": "threeway"}, "unknown word 'threeway'", "'three-way'"),
        ({**CSAT, "mode": "noninferior"}, "noninferior needs a margin", "margin = 2"),
        ({**CSAT, "margin": 2}, "margin means nothing in mode three-way", "noninferior"),
        ({**CSAT, "mode": "noninferior", "margin": -1}, "a margin of 0 or more", "margin = 2"),
        ({**CSAT, "kind": "gardrail"}, "unknown word 'gardrail'", "'guardrail'"),
        ({**CSAT, "warn": 75}, "warn 75 must lie above min 80", "marked"),
        ({**CSAT, "warn": 80}, "warn 80 must lie above min 80", "marked"),
        ({"metric": "reopen_rate", "max": 10, "warn": 12}, "must lie below max 10", "marked"),
        ({**CSAT, "warn": "85"}, "expected a number, got warn = '85'", "Leave it out"),
        ({**CSAT, "level": 95}, "level: expected a number between 0 and 1", "0.95"),
        ({**CSAT, "min_n": 0}, "min_n: expected a whole number", None),
        ({**CSAT, "column": "agent"}, "column means nothing here", "coverage"),
        ({"metric": "coverage", "min": 80}, "coverage needs a column", "column ="),
        ({**CSAT, "where": "channel"}, "can't read 'channel'", "column=value"),
        ({**CSAT, "where": "chanel=chat"}, "unknown column 'chanel'", "'channel'"),
        ({**CSAT, "by": "chanel"}, "unknown column 'chanel'", "'channel'"),
        (
            {"metric": "csat", "no_worse_than": MISSING, "warn": 85},
            "warn means nothing beside a baseline", "Leave it out",
        ),
        (
            {"metric": "csat_average", "no_worse_than": MISSING},
            "needs a margin", "margin = 0.1, in points of the scale",
        ),
        (
            {"metric": "tickets", "no_worse_than": MISSING},
            "neither more nor fewer tickets is better", "Write min or max",
        ),
    ],
)  # fmt: skip
def test_a_mistake_says_what_and_what_to_do(
    target: dict[str, object], what: str, hint: str | None
) -> None:
    rows = _rows(90, 100, channel="chat")
    with pytest.raises(UsageError) as caught:
        _check(rows, target)
    assert what in caught.value.message
    if hint is not None:
        assert hint in str(caught.value.hint)


# -- on a report that is there ---------------------------------------------------------------------


def _analyzed(rows: list[Row], **settings: Any) -> Report:
    settings.setdefault("metrics", ["csat", "reopen_rate"])
    return answered(rows, "analyze", **settings)


def test_a_report_is_judged_like_the_data() -> None:
    rows = _channels()
    targets: list[dict[str, object]] = [
        CSAT,
        {**CSAT, "by": ["channel"], "name": "each"},
        {**CSAT, "where": "channel=chat", "warn": 99},
        {**CSAT, "where": "channel=chat", "by": "team", "mode": "lower"},
        {"metric": "reopen_rate", "max": 5},
    ]
    report = _analyzed(rows, by=["channel", "team,channel"])
    judged = ck.check(report, targets)
    direct = [dict(t) for t in _check(rows, *targets).targets]
    assert [_unordered(dict(t)) for t in judged.targets] == [_unordered(t) for t in direct]
    assert judged.measures == report.measures
    assert report.targets == ()
    assert ck.exit_code(judged) == 1


def _unordered(verdict: Verdict) -> Verdict:
    return {**verdict, "segment": dict(sorted(verdict["segment"].items()))}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (
            {"metric": "fcr", "min": 70},
            "the report holds no fcr: pass metrics=['fcr'] to analyze",
        ),
        (
            {**CSAT, "by": ["team", "channel"]},
            "no csat by team, channel: pass metrics=['csat'], by=['team,channel'] to analyze",
        ),
        ({**CSAT, "where": "channel=fax"}, "the report holds no csat where channel=fax"),
        (
            {**CSAT, "where": "channel!=chat"},
            "can't be narrowed by channel!=chat: ask analyze(",
        ),
        ({**CSAT, "level": 0.9}, "the intervals are of 95 %: pass level=0.9 to analyze"),
        (
            {"metric": "coverage", "column": "team", "min": 90},
            'the report holds no coverage: ask analyze(data, command="check")',
        ),
        ({"metric": "reopen_rate", "max": 5}, "column reopen_count missing"),
        ({"metric": "reopen_rate", "max": 5, "by": "channel"}, "column reopen_count missing"),
    ],
)
def test_what_a_report_doesn_t_hold_is_unavailable(target: dict[str, object], reason: str) -> None:
    rows = _channels()
    judged = ck.check(_analyzed(rows, by=["channel"]), [target])
    (found,) = judged.targets
    assert (found["verdict"], found["value"]) == ("unavailable", None)
    assert reason in str(found["reason"])
    assert ck.exit_code(judged) == 3


def test_a_report_is_judged_against_a_baseline(tmp_path: Path) -> None:
    old = _baseline(tmp_path / "b.json", _rows(4500, 5000))
    report = _analyzed(_rows(4200, 5000))
    (found,) = ck.check(report, [{"metric": "csat", "no_worse_than": old}]).targets
    assert (found["verdict"], found["baseline"]) == ("fail", 90.0)


def test_coverage_is_judged_on_a_report_of_check() -> None:
    target = {"metric": "coverage", "column": "agent", "min": 95}
    first = _check(_known(["Ann"] * 1000), target, {**target, "column": "channel"})
    again = ck.check(first, [{**target, "min": 50}])
    assert [(t["threshold"], t["value"]) for t in again.targets] == [(50, 100.0)]


def test_a_new_judgement_replaces_the_old_one() -> None:
    report = _analyzed(_rows(95, 100))
    once = ck.check(report, [CSAT])
    again = ck.check(once, [{**CSAT, "min": 99}])
    assert [t["threshold"] for t in again.targets] == [99]
    assert [s.key for s in again.sections].count("check") == 1
    assert "junit" in str(ck.render(again, "junit")) or "<testsuites" in str(
        ck.render(again, "junit")
    )


def test_windows_beside_the_run_s_own_aren_t_judged() -> None:
    report = answered(_months(), "fcr", windows="7,14,30")
    (found,) = ck.check(report, [{"metric": "fcr", "min": 50}]).targets
    assert found["denominator"] == measure(report, "fcr").denominator
    assert found["verdict"] == "pass"


def test_a_check_of_nothing_is_refused() -> None:
    report = _analyzed(_rows(95, 100))
    with pytest.raises(UsageError, match="no target given"):
        ck.check(report, [])
    with pytest.raises(UsageError, match="holds no verdict"):
        ck.exit_code(report)
    with pytest.raises(UsageError, match="unknown word 'maybe'"):
        ck.exit_code(ck.check(report, [CSAT]), "maybe")  # type: ignore[arg-type]


def test_open_verdicts_can_be_mapped() -> None:
    judged = ck.check(_analyzed(_rows(82, 100)), [CSAT])
    assert [ck.exit_code(judged, w) for w in (None, "pass", "fail")] == [3, 0, 1]
