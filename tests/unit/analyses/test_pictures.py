"""The figures of pictures are those of the commands that show them in words."""

from __future__ import annotations

from datetime import date

from csatkit.analyses import run
from csatkit.cli.inputs import sample
from csatkit.report import Cell, Chart, Measure, Report
from csatkit.settings import Settings


def drawn(settings: Settings) -> Report:
    return run("report", sample(settings), settings, options={"pictures": "yes"})


def chart(report: Report, key: str) -> Chart:
    (found,) = next(s.charts for s in report.sections if s.key == key)
    return found


def figures(m: Measure) -> tuple[Cell, ...]:
    return m.value, m.low, m.high, m.denominator


SAMPLE = drawn(Settings())


def test_points_of_the_funnel_are_the_agents_of_the_report() -> None:
    agents = {
        m.segment["agent"]: figures(m)
        for m in SAMPLE.measures
        if m.metric == "csat" and tuple(m.segment) == ("agent",)
    }
    funnel = chart(SAMPLE, "funnel")
    assert {r["label"]: (r["value"], r["low"], r["high"], r["n"]) for r in funnel.rows} == agents
    flagged = {r["label"] for r in funnel.rows if r["flagged"]}
    said = {
        m.segment["agent"] for m in SAMPLE.measures
        if m.metric == "csat" and tuple(m.segment) == ("agent",)
        and m.extra.get("flagged") in ("below", "above")
    }  # fmt: skip
    assert flagged == said
    assert flagged
    widths = [float(g["outer_high"]) - float(g["outer_low"]) for g in funnel.guide]  # type: ignore[arg-type]
    assert widths[0] > widths[-1]


def test_cells_of_the_hours_are_the_segments_of_the_report() -> None:
    cells = {
        (m.segment["weekday"], m.segment["daypart"]): figures(m)
        for m in SAMPLE.measures
        if m.metric == "csat" and set(m.segment) == {"weekday", "daypart"}
    }
    rows = chart(SAMPLE, "hours").rows
    shown = {(r["row"], r["column"]): (r["value"], r["low"], r["high"], r["n"]) for r in rows}
    assert shown == cells
    assert rows[0]["row"] == "Mon"


def test_cells_of_the_channels_are_those_of_a_crossed_breakdown() -> None:
    settings = Settings(by=(("channel", "issue_type"),))
    crossed = run("csat", sample(settings), settings)
    cells = {
        (m.segment["channel"], m.segment["issue_type"]): figures(m)
        for m in crossed.measures
        if m.metric == "csat" and m.segment
    }
    rows = chart(SAMPLE, "channels").rows
    assert {
        (r["row"], r["column"]): (r["value"], r["low"], r["high"], r["n"]) for r in rows
    } == cells


def test_the_trend_is_that_of_the_command() -> None:
    alone = run("trend", sample(Settings()), Settings(), metrics=["csat"])
    assert chart(SAMPLE, "trend").rows == chart(alone, "trend_csat").rows


def test_the_trend_of_a_month_reaches_back_half_a_year() -> None:
    settings = Settings(period="2026-02")
    rows = chart(drawn(settings), "trend").rows
    assert len(rows) >= 26
    assert str(rows[-1]["label"]) == f"{date(2026, 2, 28):%G-W%V}"


def test_repeats_are_those_of_the_command() -> None:
    alone = run("fcr", sample(Settings()), Settings())
    assert chart(SAMPLE, "repeats").rows == chart(alone, "repeats_by_day").rows


def test_weeks_that_begin_on_sunday_begin_the_map() -> None:
    rows = chart(drawn(Settings(week_start="sun")), "hours").rows
    assert next(iter(rows))["row"] == "Sun"


def test_without_people_the_funnel_is_about_teams() -> None:
    rows = chart(drawn(Settings(privacy="none")), "funnel").rows
    teams = {m.segment["team"] for m in SAMPLE.measures if tuple(m.segment) == ("team",)}
    assert {r["label"] for r in rows} == teams
