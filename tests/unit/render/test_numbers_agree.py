"""The same figures in every format: what HTML, XLSX, Markdown and CSV hold is what JSON holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given, settings

from csatkit.render import render
from csatkit.render.document import measure
from csatkit.render.drawing import chart_of
from csatkit.render.page.figures import columns_of
from csatkit.report import Report
from csatkit.settings import Settings
from tests.unit.render.pages import drawn, hostile, sample_report
from tests.unit.render.readback import (
    FIELDS,
    charts_of_page,
    from_json,
    from_markdown,
    from_page,
    loaded,
    page_of,
    read_json,
    seen,
    sheets,
    shown_as,
)
from tests.unit.render.reports import reports
from tests.unit.render.samples import HOSTILE_REPORT, NASTY, by_channel

FIGURES = ("value", "low", "high", "n")


@cache
def by_team() -> Report:
    """Return the sample with an asked-for breakdown and a period, which sections show whole."""
    from datetime import date

    few = ("headline", "change", "distribution", "channels", "segments", "failures")
    days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 2, 28)}
    return drawn(Settings(by=(("team",),), sections=few, **days))  # type: ignore[arg-type]


REPORTS: dict[str, Callable[[], Report]] = {
    "sample": sample_report,
    "by_team": by_team,
    "hostile": lambda: hostile([n.replace("\x00", "") for n in NASTY]),
    "names": lambda: HOSTILE_REPORT,
    # No text file may hold the null character, not even the one that csatkit reads.
    "nasty": lambda: by_channel((*(n.replace("\x00", "") for n in NASTY), None)),
}


@pytest.fixture(scope="module", params=REPORTS)
def report(request: pytest.FixtureRequest) -> Report:
    made: Callable[[], Report] = REPORTS[request.param]
    return made()


@pytest.fixture(scope="module")
def page(report: Report) -> ET.Element:
    return page_of(report)


@pytest.fixture(scope="module")
def workbook(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book(report, tmp_path_factory.mktemp("book"))


def book(report: Report, folder: Path) -> Path:
    path = folder / "report.xlsx"
    data = render(report, "xlsx")
    assert isinstance(data, bytes)
    path.write_bytes(data)
    return path


# -- measures ------------------------------------------------------------------------------------


def check_page(page: ET.Element, report: Report) -> None:
    found, wanted = set(from_page(page)), set(from_json(read_json(report)["measures"]))
    assert found - wanted == set()
    # What has no segment is shown where a section has it, or where there are no sections.
    in_sections = [measure(m) for s in report.sections for m in s.measures]
    needed = {r for r in wanted if r.segment or not report.sections} | set(from_json(in_sections))
    assert needed - found == set()


def check_csv(report: Report, folder: Path) -> None:
    path = folder / "report.csv"
    path.write_text(str(render(report, "csv")), encoding="utf-8", newline="")
    check_rows(loaded(path), read_json(report)["measures"])


def check_workbook(path: Path, report: Report) -> None:
    check_rows(loaded(path, "Measures"), read_json(report)["measures"])


def check_rows(rows: pl.DataFrame, measures: list[dict[str, Any]]) -> None:
    """Compare rows of text with the measures of the JSON, one by one."""
    assert rows.height == len(measures)
    for row, m in zip(rows.iter_rows(named=True), measures, strict=True):
        change, period = m["difference"] or {}, m["period"] or {}
        exact = {name: m[name] for name in (*FIELDS, "level")}
        exact |= {f"difference_{name}": change.get(name) for name in ("value", "low", "high")}
        assert {name: number(row[name]) for name in exact} == exact
        texts = {name: m[name] for name in ("metric", "unit", "status")}
        texts |= {"period_from": period.get("from"), "period_to": period.get("to")}
        # A workbook's days have a midnight.
        found = {name: (row[name] or "").removesuffix(" 00:00:00") or None for name in texts}
        assert found == texts


def number(text: str | None) -> float | None:
    return None if text is None or text == "" else float(text)


def test_the_page_holds_every_measure_of_the_json(page: ET.Element, report: Report) -> None:
    check_page(page, report)


def test_csv_comes_back_through_the_loader(report: Report, tmp_path: Path) -> None:
    check_csv(report, tmp_path)


def test_the_workbook_comes_back_through_the_loader(workbook: Path, report: Report) -> None:
    check_workbook(workbook, report)


def test_names_come_back_without_their_guard(tmp_path: Path) -> None:
    names = [name for name in NASTY if "\x00" not in name and "\ud83d" not in name]
    report = by_channel((*names, "=1+1", '=HYPERLINK("https://x.example","y")', "@a", "-1"))
    path = tmp_path / "report.csv"
    path.write_text(str(render(report, "csv")), encoding="utf-8", newline="")
    found = loaded(path)["segment_channel"].to_list()
    wanted = [m["segment"].get("channel") for m in read_json(report)["measures"]]
    assert found == [None if name is None else name for name in wanted]


UNIT_DIGITS = {"percent": 1, "score": 2, "per ticket": 3}


@pytest.mark.parametrize("name", ["sample", "by_team", "names", "nasty"])
def test_markdown_shows_the_figures_of_the_json(name: str) -> None:
    report = REPORTS[name]()
    rows = from_markdown(report)
    parts = [m for s in report.sections for m in s.measures] or list(report.measures)
    assert len(rows) >= len(parts) > 3
    exact: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for m in read_json(report)["measures"]:
        words = tuple(seen(v and v.strip()) for v in m["segment"].values())
        exact.setdefault((m["label"], words), []).append(m)
    for label, segment, *shown in rows:
        assert any(is_shown(m, *shown) for m in exact[label, segment]), (label, segment, shown)


def is_shown(m: dict[str, Any], value: str, interval: str, ratio: str) -> bool:
    """Tell whether a row of Markdown shows a measure, each figure with its unit's digits."""
    digits = UNIT_DIGITS.get(m["unit"])
    if not shown_as(value, m["value"], digits):
        return False
    low, _, high = interval.partition("–") if interval != "–" else ("–", "", "–")
    if not (shown_as(low, m["low"], digits) and shown_as(high, m["high"], digits)):
        return False
    k, sign, n = ratio.partition("/")
    if not sign:
        return m["numerator"] is None or m["unit"] == "count" or ratio in ("–", "")
    return shown_as(k, m["numerator"]) and shown_as(n, m["denominator"], 0)


# -- tables and pictures -------------------------------------------------------------------------


def exact_rows(chart: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: row.get(name) for name in FIGURES} for row in chart["rows"]]


def charts(report: Report) -> list[dict[str, Any]]:
    return [c for s in read_json(report).get("sections", []) for c in s["charts"]]


def test_the_table_behind_each_picture_holds_the_figures_of_the_json(
    page: ET.Element, report: Report
) -> None:
    behind = charts_of_page(page)
    drawn_charts = [c for s in report.sections for c in s.charts]
    assert len(behind) == len(charts(report))
    for rows, chart, source in zip(behind, charts(report), drawn_charts, strict=True):
        headings = {name: text for name, text in columns_of(source).items() if name in FIGURES}
        found = [{n: row.get(headings.get(n, "")) for n in FIGURES} for row in rows]
        assert found == exact_rows(chart)


@pytest.mark.parametrize("width", [720, 340])
def test_the_data_inside_each_picture_is_that_of_the_json(report: Report, width: int) -> None:
    """What Vega draws from: each mark's own row has value, low, high and n unrounded."""
    from csatkit.render.drawing import _spec

    sources = [c for s in report.sections for c in s.charts]
    for source, chart in zip(sources, charts(report), strict=True):
        found = embedded(_spec(source, width))
        for row in exact_rows(chart):
            wanted = {n: x for n, x in row.items() if x is not None}
            assert any(all(at.get(n) == x for n, x in wanted.items()) for at in found), row


def test_the_chart_of_the_library_carries_the_figures_too() -> None:
    for section in read_json(sample_report())["sections"]:
        for chart in section["charts"][:1]:
            found = embedded(chart_of(sample_report(), section["key"]).to_dict())
            for row in exact_rows(chart):
                assert any(
                    all(at.get(n) == x for n, x in row.items() if x is not None) for at in found
                )


def embedded(spec: Any) -> list[dict[str, Any]]:
    """Return every row of data anywhere in a specification."""
    match spec:
        case {"values": [*rows]}:
            return [row for row in rows if isinstance(row, dict)]
        case dict():
            datasets = [row for rows in spec.get("datasets", {}).values() for row in rows]
            return datasets + [row for value in spec.values() for row in embedded(value)]
        case list():
            return [row for value in spec for row in embedded(value)]
    return []


def test_pictures_of_shares_carry_what_the_measures_of_the_json_say() -> None:
    """A picture's value, low, high and n are those of the measure that it is about."""
    found = read_json(sample_report())
    by_key = {s["key"]: s["charts"] for s in found["sections"]}
    of = {
        (m["metric"], *m["segment"].values()): {
            "value": m["value"], "low": m["low"], "high": m["high"], "n": m["denominator"]
        }
        for m in found["measures"] if m["period"] is None
    }  # fmt: skip
    assert exact_rows(by_key["validity"][0])[0] == of[("csat",)]
    agents = by_key["funnel"][0]
    assert len(agents["rows"]) == 20
    for row, figures in zip(agents["rows"], exact_rows(agents), strict=True):
        assert figures == of["csat", row["label"]]
    hours = by_key["hours"][0]
    for row, figures in zip(hours["rows"], exact_rows(hours), strict=True):
        if figures["n"]:
            assert figures == of["csat", row["row"], row["column"]]
    last = exact_rows(by_key["failures"][0])[-1]
    fcr = next(m for m in found["measures"] if m["metric"] == "fcr" and not m["segment"])
    assert [last[n] for n in FIGURES] == [fcr["value"], fcr["low"], fcr["high"], fcr["numerator"]]
    csat = next(m for m in found["measures"] if m["metric"] == "csat" and not m["segment"])
    bars = {row["label"]: row["n"] for row in by_key["distribution"][0]["rows"]}
    assert bars == csat["distribution"]


def test_every_picture_has_an_interval_and_a_number_for_each_share() -> None:
    for section in read_json(sample_report())["sections"]:
        if section["key"] not in ("validity", "trend", "distribution", "channels", "hours",
                                  "funnel", "failures", "repeats"):  # fmt: skip
            continue
        for chart in section["charts"]:
            for row in chart["rows"]:
                # All mature tickets are no estimate, and an unjudged week has no limits.
                if row.get("label") != "Mature tickets" and row["value"] is not None:
                    ends = ("interval_low", "interval_high") if chart["kind"] == "control" else ()
                    low, high = (row[n] for n in (ends or ("low", "high")))
                    assert low <= row["value"] <= high
                assert row["n"] is not None


def test_the_workbook_has_the_rows_of_every_table_and_picture(
    workbook: Path, report: Report
) -> None:
    pages = list(sheets(workbook).values())
    sections = read_json(report).get("sections", [])
    for cells, section, source in zip(pages, sections, report.sections, strict=False):
        for table in section["tables"]:
            heads = [text(h) for h in table["columns"].values()]
            wanted = [[text(row[name]) for name in table["columns"]] for row in table["rows"]]
            assert wanted in blocks(cells, heads, len(wanted))
        for chart, one in zip(section["charts"], source.charts, strict=True):
            columns = columns_of(one)
            wanted = [[text(row.get(name)) for name in columns] for row in chart["rows"]]
            assert wanted in blocks(cells, list(columns.values()), len(wanted))


def text(cell: object) -> object:
    """Return a cell as a workbook holds it."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return float(cell)
    if not isinstance(cell, str):
        return cell
    from csatkit.render.text import one_line

    return _as_number(one_line(cell)[:32_767])


def _as_number(shown: str) -> object:
    """Read a text as the comparison does, which can't tell "5" from 5; types have other tests."""
    try:
        found = float(shown)
    except ValueError:
        # A workbook's days have a midnight.
        return shown.removesuffix(" 00:00:00") or None
    return found if math.isfinite(found) else shown


def blocks(
    cells: list[list[object]], heads: list[object], height: int
) -> Iterator[list[list[object]]]:
    """Yield the rows below every row of these headings on a sheet."""
    wide = len(heads)
    for i, row in enumerate(cells):
        for j in range(len(row) - wide + 1):
            if row[j : j + wide] == heads:
                rows = [line[j : j + wide] for line in cells[i + 1 : i + 1 + height]]
                rows += [[None] * wide] * (height - len(rows))
                yield [[_as_number(c) if isinstance(c, str) else c for c in r] for r in rows]


# -- any report ----------------------------------------------------------------------------------


@settings(max_examples=25)
@given(reports())
def test_any_report_comes_back_from_csv_and_the_page(
    tmp_path_factory: pytest.TempPathFactory, report: Report
) -> None:
    check_csv(report, tmp_path_factory.mktemp("any"))
    check_page(page_of(report), report)


@settings(max_examples=15)
@given(reports())
def test_any_report_comes_back_from_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, report: Report
) -> None:
    check_workbook(book(report, tmp_path_factory.mktemp("any")), report)
