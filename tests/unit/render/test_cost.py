"""What a page costs: the drawing libraries where it is asked for, and nothing for each ticket."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

import csatkit as ck
from csatkit.demo.generate import frames
from csatkit.render import drawing
from csatkit.report import Report
from csatkit.settings import REPORT_SECTIONS
from tests.hygiene._tree import ROOT

FRAMES = "{'polars', 'pyarrow', 'numpy', 'pandas', 'csatkit.load', 'csatkit.facts'}"
OF_PAGES = (
    "{'altair', 'vl_convert', 'jinja2', 'babel', 'xlsxwriter', 'csatkit.analyses.why',"
    " 'csatkit.render.drawing', 'csatkit.render.drawing_kinds', 'csatkit.render.html',"
    " 'csatkit.render.html_blocks', 'csatkit.render.page', 'csatkit.render.xlsx',"
    " 'csatkit.render.assets'}"
)


def check_left_out(script: str, modules: str) -> None:
    """Run a script in a process of its own and check that it loads none of some modules."""
    check = f"import sys; loaded = {modules} & set(sys.modules); sys.exit(loaded or None)"
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\n{check}"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_report_without_a_page_loads_nothing_of_it() -> None:
    check_left_out(
        "from csatkit.cli.app import run\n"
        "for format in ('json', 'table', 'csv'):\n"
        "    assert run(['report', '--demo', '--format', format, '--quiet']) == 0",
        OF_PAGES,
    )


def test_a_workbook_needs_no_drawing() -> None:
    check_left_out(
        "from csatkit.render import render\n"
        "from tests.unit.render.samples import SECTIONS\n"
        "assert render(SECTIONS, 'xlsx')",
        "{'altair', 'vl_convert', 'jinja2', 'csatkit.render.drawing_kinds'}",
    )


def test_a_page_is_drawn_where_no_ticket_can_be_seen() -> None:
    # Without a frame library there are no rows to walk through, however many there were.
    check_left_out(
        "from csatkit.render import render\n"
        "from dataclasses import replace\n"
        "from tests.unit.render.pages import hostile\n"
        "report = replace(hostile(), sections=hostile().sections[:2])\n"
        "assert '<svg' in render(report, 'html')\n"
        "assert render(report, 'xlsx')",
        FRAMES,
    )


def _report(copies: int) -> Report:
    """Return the report, with all its sections, on copies of the same help desk."""
    tickets, surveys, outreach = frames(1_500)
    ids = ("ticket_id", "customer_id", "survey_id")
    many = [
        pl.concat(
            frame.with_columns(pl.col(name) + f"-{i}" for name in ids if name in frame.columns)
            for i in range(copies)
        )
        for frame in (tickets, surveys, outreach)
    ]
    return ck.analyze(
        ck.load(*many), command="report", pictures=True, sections=list(REPORT_SECTIONS)
    )


def _shown(report: Report) -> dict[str, int]:
    """Return the rows that the pictures of each section show."""
    return {
        section.key: sum(len(chart.rows) for chart in section.charts)
        for section in report.sections
        if section.charts
    }


def test_what_is_drawn_does_not_grow_with_the_tickets() -> None:
    once, thrice = _shown(_report(1)), _shown(_report(3))
    assert sum(once.values()) > 100
    assert thrice.keys() == once.keys()
    # With more of them a driver more may be judged; a row for each would be three times as many.
    assert sum(thrice.values()) <= 1.1 * sum(once.values())


def test_what_draws_is_loaded_beside_other_work() -> None:
    thread = drawing.warm_up()
    thread.join(timeout=60)
    assert thread.daemon  # a run that fails meanwhile doesn't wait for it
    assert not thread.is_alive()
    assert {"altair", "vl_convert", "jinja2"} <= set(sys.modules)


def test_a_library_that_is_missing_is_told_by_the_first_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    thread = drawing.warm_up()  # pytest fails a test in whose threads something goes wrong
    thread.join(timeout=60)
    assert not thread.is_alive()
