"""`reconcile`: flips by a naive double loop, differences that add up, other systems in the lead."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from csatkit import analyses
from csatkit.analyses.choices import two_rules
from csatkit.analyses.reconcile.comparing import rows_of, rules_on
from csatkit.analyses.reconcile.flips import Pair, Patterns, pair, patterns, why
from csatkit.analyses.workspace import Workspace, open_workspace
from csatkit.demo.generate import frames
from csatkit.errors import UsageError
from csatkit.load import Data, open_data
from csatkit.metrics import CATALOG
from csatkit.metrics.metric import Share
from csatkit.metrics.vendors import RECONCILED, VENDORS
from csatkit.report import Report, Section
from csatkit.settings import Settings

STATES = ("counts", "fails", "out")
SHARES = [
    name
    for group in ("csat", "fcr", "reopen", "response")
    for name in RECONCILED[group].rules
    if isinstance(CATALOG[name].measure, Share)
]


@pytest.fixture(scope="module")
def data() -> Data:
    return open_data(*frames(1_500), source=Settings().source)


@pytest.fixture(scope="module")
def ws(data: Data) -> Workspace:
    return open_workspace(data, Settings(), SHARES, rows=True)


@pytest.fixture(scope="module")
def report(data: Data) -> Report:
    return analyses.run("reconcile", data, Settings())


def _found(ws: Workspace, *, surveys: bool) -> tuple[Patterns, list[tuple[int, ...]]]:
    """Return the patterns, and the outcome codes of every row."""
    frame = rows_of(ws, ws.span, surveys=surveys)
    assert frame is not None
    metrics = [CATALOG[m] for m in SHARES]
    mine = [m for m in metrics if (m.family in ("surveys", "responses")) is surveys]
    rules = rules_on(ws, mine, frame, ws.span)
    return patterns(frame, rules), frame.select(r.code for r in rules).collect().rows()


@pytest.mark.parametrize("surveys", [False, True])
def test_flips_are_those_of_a_double_loop(ws: Workspace, surveys: bool) -> None:
    found, rows = _found(ws, surveys=surveys)
    states = [[r.outcomes[c].state for r, c in zip(found.rules, row, strict=True)] for row in rows]
    for (i, first), (j, second) in itertools.permutations(enumerate(found.rules), 2):
        flips = only = 0
        for row in states:
            flips += row[i] == "counts" and row[j] == "fails"
            only += row[i] != "out" and row[j] == "out"
        meeting = pair(found, first.metric.id, second.metric.id)
        assert (meeting.first_only, meeting.in_first) == (flips, only)


@pytest.mark.parametrize("surveys", [False, True])
def test_a_pair_seen_from_the_other_side_is_its_mirror_image(ws: Workspace, surveys: bool) -> None:
    found, rows = _found(ws, surveys=surveys)
    for first, second in itertools.combinations([r.metric.id for r in found.rules], 2):
        here, there = pair(found, first, second), pair(found, second, first)
        assert (here.first_only, here.in_first) == (there.second_only, there.in_second)
        assert here.first == there.second
        agree = here.both + here.neither
        union = agree + here.first_only + here.second_only + here.in_first + here.in_second
        outside = sum(
            n
            for (one, other), n in found.joint(first, second).items()
            if one.state == other.state == "out"
        )
        assert union + outside == len(rows)


def test_outcomes_give_the_counts_of_the_measures(ws: Workspace, report: Report) -> None:
    measured = {m.metric: (m.numerator, m.denominator) for m in report.measures}
    for surveys in (False, True):
        found, rows = _found(ws, surveys=surveys)
        for i, rule in enumerate(found.rules):
            states = [rule.outcomes[row[i]].state for row in rows]
            counted = (states.count("counts"), len(states) - states.count("out"))
            assert counted == measured[rule.metric.id], rule.metric.id


def test_reasons_add_up_to_the_difference(ws: Workspace) -> None:
    found, _ = _found(ws, surveys=False)
    for first, second in itertools.permutations([r.metric.id for r in found.rules], 2):
        meeting = pair(found, first, second)
        (k1, n1), (k0, n0) = meeting.first, meeting.second
        parts = sum(reason.points for reason in why(found, first, second))
        assert parts == pytest.approx(100 * (k1 / n1 - k0 / n0), abs=1e-9)


def test_every_outcome_has_words_of_its_own(ws: Workspace) -> None:
    for surveys in (False, True):
        found, _ = _found(ws, surveys=surveys)
        for rule in found.rules:
            assert all(o.state in STATES and o.words for o in rule.outcomes)
            assert len(set(rule.outcomes)) == len(rule.outcomes)


def test_differences_are_those_of_the_values(report: Report) -> None:
    own = {g.rules[0] for g in RECONCILED.values()}
    values = {m.metric: m.value for m in report.measures}
    for group in RECONCILED.values():
        for measure in (m for m in report.measures if m.metric in group.rules):
            if measure.metric in own:
                assert measure.difference is None
                continue
            assert measure.difference is not None, measure.metric
            head = values[group.rules[0]]
            assert measure.value is not None
            assert head is not None
            assert measure.difference.value == pytest.approx(measure.value - head, abs=1e-9)
            assert measure.difference.against == CATALOG[group.rules[0]].label


def test_an_interval_holds_its_difference_and_mirrors() -> None:
    meeting = Pair(36, 12, 2, 0, 0, 0, 0, 0)
    mirrored = Pair(36, 2, 12, 0, 0, 0, 0, 0)
    one, other = meeting.difference(0.95, "x"), mirrored.difference(0.95, "x")
    assert one is not None
    assert other is not None
    assert [one.low, one.high] == pytest.approx([5.69, 34.04], abs=0.005)
    mirror = [-one.high, -one.low]  # type: ignore[operator]
    assert [other.low, other.high] == pytest.approx(mirror)


def test_rows_in_one_denominator_alone_widen_the_interval() -> None:
    same = Pair(400, 50, 40, 110, 0, 0, 0, 0).difference(0.95, "x")
    apart = Pair(0, 0, 0, 0, 600, 450, 600, 440).difference(0.95, "x")
    assert same is not None
    assert apart is not None
    assert same.value == pytest.approx(apart.value)
    assert apart.high - apart.low > 1.5 * (same.high - same.low)  # type: ignore[operator]


def test_without_a_denominator_there_is_no_difference() -> None:
    assert Pair(0, 0, 0, 0, 5, 3, 0, 0).difference(0.95, "x") is None


def _section(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def test_the_extremes_say_which_tickets_make_them(report: Report) -> None:
    told = _section(report, "rules_fcr").text
    assert "points above First contact resolution" in told[0]
    assert "points below First contact resolution" in told[1]
    assert all("tickets" in line or "that it" in line for line in told[:2])


def test_another_system_leads_under_its_own_name(data: Data) -> None:
    found = analyses.run("reconcile", data, Settings(), options={"like": "zendesk"})
    assert found.sections[0].title == "As Zendesk Explore counts"
    rows = _section(found, "rules_one_touch_zendesk").tables[0].rows
    assert rows[0]["rule"] == CATALOG["one_touch_zendesk"].label
    fcr = next(m for m in found.measures if m.metric == "fcr")
    assert fcr.difference is not None
    assert fcr.difference.against == CATALOG["one_touch_zendesk"].label
    assert found.notes[0].code == "rules.like"


@pytest.mark.parametrize("system", VENDORS)
def test_a_report_by_another_system_never_uses_csatkits_name(data: Data, system: str) -> None:
    found = analyses.run("report", data, Settings(), options={"like": system})
    shown = {m.metric for m in found.measures}
    instead = VENDORS[system].instead
    assert not shown & set(instead)
    assert shown >= {theirs for mine, theirs in instead.items() if mine != "reopen_events"}
    assert found.sections[0].key == "like"
    assert VENDORS[system].label in found.notes[0].text


def test_systems_name_metrics_that_exist_and_measure_the_same_kind_of_thing() -> None:
    for vendor in VENDORS.values():
        assert not set(vendor.instead) & set(vendor.same)
        for mine, theirs in vendor.instead.items():
            assert CATALOG[mine].unit == CATALOG[theirs].unit
            assert not CATALOG[mine].whose
            assert CATALOG[theirs].whose


def _listed(data: Data, flips: str, **chosen: Any) -> Sequence[Any]:
    found = analyses.run("reconcile", data, Settings(**chosen), options={"flips": flips})
    return found.sections[0].tables[0].rows


def test_the_list_of_flips_is_as_long_as_they_are_counted(ws: Workspace, data: Data) -> None:
    found, _ = _found(ws, surveys=False)
    rows = _listed(data, "fcr,one_touch_zendesk")
    meeting = pair(found, "fcr", "one_touch_zendesk")
    differ = meeting.first_only + meeting.second_only + meeting.in_first + meeting.in_second
    assert len(rows) == differ > 0
    assert all(row["fcr"] != row["one_touch_zendesk"] and row["why"] for row in rows)


def test_survey_rows_flip_too(data: Data) -> None:
    rows = _listed(data, "csat,csat_top1")
    assert rows
    assert {row["score"] for row in rows} == {4}
    assert {row["why"] for row in rows} == {"csat_top1: not the best score"}


def test_the_list_hides_what_privacy_hides(data: Data) -> None:
    rows = _listed(data, "fcr,one_touch_zendesk", privacy="none")
    assert {row["customer_id"] for row in rows} <= {"(hidden)", None}


@pytest.mark.parametrize(
    ("flips", "words"),
    [
        ("fcr", "two rules"),
        ("fcr,fcr", "two rules"),
        ("fcr,csat_average", "no share"),
        ("fcr,csat", "different rows"),
        ("fcr,one_touch_zendsk", "one_touch_zendsk"),
    ],
)
def test_rules_that_cannot_be_compared_are_refused(flips: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        two_rules(flips)


def test_an_unknown_system_is_refused_with_the_nearest(data: Data) -> None:
    with pytest.raises(UsageError) as error:
        analyses.run("report", data, Settings(), options={"like": "zendsk"})
    assert "zendesk" in str(error.value.hint)


def test_one_group_is_about_one_period(data: Data) -> None:
    found = analyses.run("reconcile", data, Settings(period="last-month"))
    for group in RECONCILED.values():
        labels = {m.period.label for m in found.measures if m.metric in group.rules and m.period}
        assert len(labels) == 1, group.title


@pytest.mark.parametrize("surveys", [False, True])
def test_outcomes_give_the_counts_of_the_measures_in_a_period(data: Data, surveys: bool) -> None:
    settings = Settings(period="2026-01")
    report = analyses.run("reconcile", data, settings)
    ws = open_workspace(data, settings, SHARES)
    measured = {m.metric: (m.numerator, m.denominator) for m in report.measures}
    found, rows = _found(ws, surveys=surveys)
    for i, rule in enumerate(found.rules):
        states = [rule.outcomes[row[i]].state for row in rows]
        counted = (states.count("counts"), len(states) - states.count("out"))
        assert counted == measured[rule.metric.id], rule.metric.id


@pytest.mark.parametrize("days", [5, 7])
def test_a_rule_with_its_own_window_is_fcr_with_that_window(report: Report, days: int) -> None:
    data = open_data(*frames(1_500), source=Settings().source)
    own = analyses.run("analyze", data, Settings(window_days=days), metrics=["fcr"]).measures[0]
    other = next(m for m in report.measures if m.metric == f"fcr_{days}d")
    assert (other.numerator, other.denominator) == (own.numerator, own.denominator)
    assert other.excluded == own.excluded
