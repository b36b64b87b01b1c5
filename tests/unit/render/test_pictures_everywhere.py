"""A report with pictures in the formats that can't draw, and the choice of its sections."""

from __future__ import annotations

import json
from importlib.resources import files

import altair
import jsonschema
import pytest

from csatkit.errors import UsageError
from csatkit.render import render
from csatkit.report import Report
from csatkit.settings import WHY_SECTIONS, Settings
from tests.unit.render.pages import drawn, hostile, sample_report
from tests.unit.render.samples import NASTY


@pytest.mark.parametrize("format_", ["table", "markdown", "slack", "openmetrics", "csv"])
@pytest.mark.parametrize("report", [sample_report(), hostile()], ids=["sample", "hostile"])
def test_formats_that_do_not_draw_cope(format_: str, report: Report) -> None:
    text = str(render(report, format_, width=80 if format_ == "table" else None))
    assert text.strip()
    if format_ in ("table", "markdown"):
        assert "\x1b" not in text
        assert "CSAT over time" in text or "heat" in text


def test_the_json_of_pictures_is_as_the_schema_says() -> None:
    schema = json.loads((files("csatkit") / "schemas" / "report.schema.json").read_text())
    written = json.loads(render(sample_report(), "json"))
    jsonschema.validate(written, schema)
    kinds = [
        c["kind"] for s in written["sections"] if s["key"] not in WHY_SECTIONS for c in s["charts"]
    ]
    assert kinds == [
        "intervals", "control", "bars", "heat", "heat", "funnel", "waterfall", "curve",
    ]  # fmt: skip


def test_pictures_leave_the_figures_alone() -> None:
    from csatkit.analyses import run
    from csatkit.cli.inputs import sample

    plain = run("report", sample(Settings()), Settings())
    assert plain.measures == sample_report().measures
    assert plain.notes == sample_report().notes
    assert not [c.kind for s in plain.sections for c in s.charts if c.kind != "bars"]


def test_sections_are_chosen_and_hidden() -> None:
    chosen = drawn(Settings(sections=("trend", "headline", "funnel"), hide=("funnel",)))
    assert [s.key for s in chosen.sections] == ["headline", "trend"]
    assert chosen.measures == sample_report().measures


def test_a_waterfall_ends_where_the_rate_is() -> None:
    (chart,) = next(s for s in sample_report().sections if s.key == "failures").charts
    first, *steps, last = (float(row["value"]) for row in chart.rows)  # type: ignore[arg-type]
    assert first + sum(steps) == pytest.approx(last)
    counts = [int(row["n"]) for row in chart.rows]  # type: ignore[arg-type]
    assert counts[0] - sum(counts[1:-1]) == counts[-1]


def test_a_notebook_gets_a_frame_and_a_chart() -> None:
    shown = sample_report()._repr_html_()
    assert shown.startswith("<iframe ")
    assert 'sandbox="allow-scripts"' in shown
    assert shown.count("<") == 2
    chart = sample_report().chart("trend")
    assert isinstance(chart, altair.LayerChart)
    data = chart.to_dict()["datasets"] if "datasets" in chart.to_dict() else chart.to_dict()
    assert "2026-W01" in json.dumps(data)
    with pytest.raises(UsageError, match="trnd"):
        sample_report().chart("trnd")


def test_hostile_names_in_markdown_with_pictures() -> None:
    text = str(render(hostile(), "markdown"))
    assert "<script" not in text
    assert len(NASTY) < len(text)
