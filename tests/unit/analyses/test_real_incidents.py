"""Real incidents without a survey: what goes with first contact resolution, by plain counts."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from csatkit import analyze, load
from csatkit.report import Cell, Report
from tests.unit.analyses._made import section

pytestmark = [pytest.mark.shared, pytest.mark.slow]

COLUMNS = {
    "ticket_id": "number", "customer_id": "caller_id", "agent": "resolved_by",
    "channel": "contact_type", "issue_type": "category", "created_at": "opened_at",
}  # fmt: skip


@pytest.fixture(scope="module")
def path(shared: Path) -> Path:
    return shared / "data" / "uci-incidents" / "incidents.parquet"


@pytest.fixture(scope="module")
def report(path: Path) -> Report:
    return analyze(load(path, preset="none", map=COLUMNS), command="drivers", outcome="fcr")


def _raw(report: Report) -> dict[Cell, dict[str, Cell]]:
    tables = section(report, "associations").tables
    return {row["driver"]: dict(row) for t in tables if "with" in t.columns for row in t.rows}


def test_drivers_of_first_contact_resolution_are_counted_as_they_lie(
    report: Report, path: Path
) -> None:
    assert section(report, "drivers").text[0].startswith("24,858 mature tickets, first contact")
    opened, resolved = pl.col("opened_at"), pl.col("resolved_at")
    frame = pl.read_parquet(path).select(opened.cast(pl.Datetime), resolved.cast(pl.Datetime))
    end = pl.lit("2017-02-18 15:00:00").str.to_datetime()
    mature = frame.filter(pl.coalesce("resolved_at", "opened_at") + pl.duration(days=14) <= end)
    slow = mature.filter(resolved - opened > pl.duration(days=1)).height
    found = _raw(report)["Slow resolution"]
    assert found["n"] == slow == 11_259
    assert "Slow resolution: 11,259 tickets" in "\n".join(section(report, "drivers").text)


def test_parts_of_first_contact_resolution_explain_nothing_of_it(report: Report) -> None:
    """Repeats, reopens, transfers and further contacts are what it is made of."""
    assert set(_raw(report)) == {"Channel change", "Slow resolution"}
    text = "\n".join(section(report, "modes").text)
    assert "Re-contact: part of first contact resolution itself." in text
