"""What a reader of the page or the workbook is told: which rows, which days, which segment."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from csatkit.analyses import run
from csatkit.cli.inputs import sample
from csatkit.errors import UsageError
from csatkit.render import render
from csatkit.render.beside import give_sides
from csatkit.render.drawing import is_of_days, svg
from csatkit.render.grouping import grouped
from csatkit.render.look import LIGHT, Look, read_theme
from csatkit.render.page.words import kept, sentence
from csatkit.render.spelling import day, language, respelt, signs, spelling
from csatkit.render.values import against
from csatkit.render.xlsx import Exact
from csatkit.report import Chart, Report, Section
from csatkit.settings import Settings
from tests.unit.render.pages import sample_report
from tests.unit.render.readback import from_json, from_page, page_of, read_json
from tests.unit.render.samples import CSAT, DEFINITIONS, FCR, by_channel

KEYS = ("headline", "change")


@pytest.fixture(scope="module")
def narrowed() -> Report:
    """Return February's e-mail by team, without what takes long to draw."""
    settings = Settings(
        by=(("team",),), where=("channel=email",), sections=KEYS,
        first_day=date(2026, 2, 1), last_day=date(2026, 2, 28),
    )  # fmt: skip
    return run("report", sample(settings), settings, options={"pictures": "yes"})


def test_a_page_says_first_which_days_and_rows_it_is_about(narrowed: Report) -> None:
    page = str(render(narrowed, "html", look=Look()))
    top = page[page.index('class="scope"') : page.index("<nav")]
    assert "2026-02-01" in top
    assert "2026-02-28" in top
    assert "only rows with channel=email" in top


@pytest.mark.parametrize("command", ["report", "csat"])
def test_every_answer_about_selected_rows_says_so(command: str) -> None:
    settings = Settings(where=("channel=email", "issue_type!=refund"), sections=KEYS)
    notes = run(command, sample(settings), settings).notes
    assert notes[0].code == "selection.where"
    assert notes[0].text == "only rows with channel=email and issue_type!=refund"
    whole = replace(settings, where=())
    assert "selection.where" not in {n.code for n in run(command, sample(whole), whole).notes}


def test_an_asked_for_breakdown_names_its_segments_everywhere(narrowed: Report) -> None:
    rows = [m for m in read_json(narrowed)["measures"] if m["segment"]]
    assert {m["segment"]["team"] for m in rows} == {"East", "North", "South", "West"}
    assert set(from_json(rows)) <= set(from_page(page_of(narrowed)))
    data = render(narrowed, "xlsx")
    assert isinstance(data, bytes)
    sheet = pl.read_excel(io.BytesIO(data), sheet_name="By team", read_options={"header_row": 2})
    assert sheet.columns[:2] == ["Metric", "Team"]
    assert set(sheet["Team"]) == {"East", "North", "South", "West"}
    assert sheet.height == len(rows)


def test_a_workbooks_tables_have_their_headings_in_the_frozen_row() -> None:
    import fastexcel

    data = render(sample_report(), "xlsx")
    assert isinstance(data, bytes)
    cells = fastexcel.read_excel(data).load_sheet(
        "Segments that differ from the r", header_row=None
    )
    rows = cells.to_polars().cast(pl.String).rows()
    (head,) = [row for row in rows if row[0] == "Metric"]
    assert [x for x in head if x in ("Segment", "Flagged")] == ["Segment", "Flagged"]


def test_measures_of_one_kind_metric_and_period_share_a_table() -> None:
    north = replace(CSAT, segment={"team": "North"})
    groups = list(grouped([CSAT, FCR, north]))
    assert [g.title("Figures") for g in groups] == [
        "Figures: 2026-02 (2026-02-01 to 2026-02-28), change against 2026-01",
        "Figures: 2026-02 (2026-02-01 to 2026-02-28)",
        "CSAT by team: 2026-02 (2026-02-01 to 2026-02-28), change against 2026-01",
    ]
    assert [len(g.measures) for g in groups] == [1, 1, 1]


def test_many_periods_share_a_table_with_a_column_that_tells_them_apart() -> None:
    from csatkit.report import Period

    days = [date(2026, 1, n) for n in (1, 2, 3, 4)]
    rows = [replace(CSAT, period=Period(str(d), d, d), difference=None) for d in days]
    (group,) = grouped(rows)
    assert group.has_periods
    assert group.title("By day") == "By day"
    page = str(render(Report("report", DEFINITIONS, (), tuple(rows)), "html", look=Look()))
    assert all(str(d) in page for d in days)


def test_what_metrics_leave_out_stands_beside_what_they_count() -> None:
    page = str(render(by_channel(("email",)), "html", look=Look()))
    assert "Left out: 4 no ticket." in page


def test_words_of_programs_become_words() -> None:
    assert sentence("not measured: not_confirmed, multiple_contacts") == (
        "not measured: not confirmed, multiple contacts"
    )
    assert kept("5 % of <b> on 2026-02-01, x5 %y") == (
        '<span class="nw">5 %</span> of &lt;b&gt; on <span class="nw">2026-02-01</span>, x5 %y'
    )
    assert against("2026-01-20..2026-02-16") == "2026-01-20 to 2026-02-16"
    assert against("Q1..Q2") == "Q1..Q2"


def test_a_word_of_5000_letters_scrolls_in_its_own_box() -> None:
    page = str(render(by_channel(("w" * 5000,)), "html", look=Look()))
    assert f'<div class="long" tabindex="0">{"w" * 5000}</div>' in page


# -- pictures ------------------------------------------------------------------------------------


def test_maps_keep_their_order_where_cells_are_missing() -> None:
    settings = Settings(
        where=("channel=email",), sections=("hours", "channels"),
        first_day=date(2026, 2, 1), last_day=date(2026, 2, 9),
    )  # fmt: skip
    report = run("report", sample(settings), settings, options={"pictures": "yes"})
    charts = {s.key: s.charts[0] for s in report.sections if s.charts}
    rows = charts["hours"].rows
    assert len(rows) == 28
    assert [r["column"] for r in rows[:4]] == ["night", "morning", "afternoon", "evening"]
    missing = [r for r in rows if not r["n"]]
    assert missing
    assert all((r["value"], r["note"]) == (None, "empty") for r in missing)


def test_cells_that_are_not_judged_say_so_without_colour() -> None:
    cells = tuple(
        {"row": "a", "column": c, "value": 50.0, "low": 10.0, "high": 90.0, "n": 4, "note": note}
        for c, note in (("x", "too few"), ("y", None))
    )
    for width in (720, 340):
        drawn = svg(Chart("heat", cells, "percent", 50.0), width, "m", LIGHT)
        assert drawn.count(">(50)<") == 1
        assert drawn.count(">50<") == 1


def points(*places: tuple[str, int, float]) -> list[dict[str, Any]]:
    return [{"short": s, "n": n, "adjusted": a, "flagged": True} for s, n, a in places]


def test_names_of_a_funnel_do_not_lie_over_each_other() -> None:
    rows = points(("Ann", 100, 40.0), ("Bob", 101, 40.0), ("Cy", 102, 40.0), ("Far", 30, 90.0))
    give_sides(rows, 60.0, ([20, 120], [0.0, 100.0]), (600, 280))
    sides = {row["short"]: row["side"] for row in rows}
    assert sides["Far"] is not None
    assert sorted(str(sides[n]) for n in ("Ann", "Bob", "Cy")) == ["None", "left", "right"]


def test_points_within_chance_have_no_name() -> None:
    rows = [*points(("Ann", 50, 10.0)), {"short": "B", "n": 50, "adjusted": 60.0, "flagged": False}]
    give_sides(rows, 60.0, ([20, 120], [0.0, 100.0]), (600, 280))
    assert [row["side"] for row in rows] == ["right", None]


def test_a_curve_says_days_only_where_it_runs_over_days() -> None:
    row = {"value": 1.0, "low": 0.5, "high": 1.5, "n": 9}
    days = Chart("curve", ({"label": "day 0", **row}, {"label": "day 1", **row}), "percent")
    steps = Chart("curve", ({"label": "none", **row}, {"label": "1", **row}), "points")
    assert is_of_days(days)
    assert not is_of_days(steps)
    assert "days after the resolution" in svg(days, 720, "d", LIGHT)
    drawn = svg(steps, 720, "s", LIGHT)
    assert "days after" not in drawn
    assert ">points<" in drawn


def test_axes_are_spelt_as_the_language_has_it() -> None:
    guide = tuple(
        {"n": n, "inner_low": 40.0, "inner_high": 60.0, "outer_low": 30.0, "outer_high": 70.0}
        for n in (900, 9000)
    )
    unit: dict[str, Any] = {
        "label": "a", "value": 50.0, "low": 40.0, "high": 60.0, "n": 5000, "adjusted": 50.0,
        "note": None, "flagged": False,
    }  # fmt: skip
    chart = Chart("funnel", (unit, {**unit, "n": 1000}), "percent", 50.0, guide=guide)
    with spelling("de"):
        assert ">4.000<" in svg(chart, 720, "f", LIGHT)
    assert ">4,000<" in svg(chart, 720, "f", LIGHT)


# -- languages, themes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("german", "'de'"),
        ("Japanese", "'ja'"),
        ("pt_BRR", "'pt"),
        ("de_XX", "'de'"),
        ("fr-", "'fr'"),
    ],
)
def test_an_unknown_language_names_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        language(name)
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize("name", ["ar", "he", "fa", "ur", "ja", "hi", "fr"])
def test_no_day_steers_the_words_around_it(name: str) -> None:
    with spelling(language(name)):
        shown = day(date(2026, 3, 1))
        text = respelt("from 2026-03-01 to 2026-03-28, in 2026-W05")
    assert not set(shown) & set("\u061c\u200e\u200f")
    assert "2026" in shown
    assert shown in text
    assert "2026-W05" in text


def test_signs_are_those_of_the_language() -> None:
    assert signs() is None
    with spelling("hi"):
        found = signs()
    assert found is not None
    assert found["grouping"] == [3, 2]


def test_a_theme_that_is_no_text_is_refused_in_words(tmp_path: Any) -> None:
    path = tmp_path / "theme.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="isn't text in UTF-8"):
        read_theme(str(path))
    with pytest.raises(UsageError, match="Is a directory"):
        read_theme(str(tmp_path))


@pytest.mark.parametrize("x", [0.1 + 0.2, 1 / 3, 80.36669213139801, 1e-9, -2.5])
def test_numbers_of_a_workbook_keep_every_digit(x: float) -> None:
    assert float(f"{Exact(x):.16G}") == x


def test_a_section_without_figures_is_still_a_sheet_and_a_part_of_the_page() -> None:
    report = Report("report", DEFINITIONS, (), (), (Section("x", "X", missing="no column"),))
    assert "Not computed: no column." in str(render(report, "html", look=Look()))
    data = render(report, "xlsx")
    assert isinstance(data, bytes)
