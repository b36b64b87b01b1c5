"""Reports with pictures for the tests of pages, workbooks and assets: the sample, and odd data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from csatkit.analyses import run
from csatkit.cli.inputs import sample
from csatkit.report import Cell, Chart, Report, Section
from csatkit.settings import Settings
from tests.unit.render.samples import DEFINITIONS, INPUTS, NASTY, by_channel

__all__ = ["drawn", "hostile", "sample_report"]


@cache
def sample_report() -> Report:
    """Return the short read of the sample with its pictures."""
    return drawn(Settings())


def drawn(settings: Settings) -> Report:
    """Return the short read of the sample with its pictures, by other settings."""
    return run("report", sample(settings), settings, options={"pictures": "yes"})


def hostile(names: Sequence[str] = NASTY) -> Report:
    """Return a report in which every name that a picture or a table shows is an attack."""
    rows: list[dict[str, Cell]] = [
        {"label": name, "value": 50.0 + i, "low": 40.0 + i, "high": 60.0 + i, "n": 10 + i,
         "adjusted": 50.0 + i, "note": name, "flagged": i % 2 == 0, "total": i == 0,
         "interval_low": 45.0, "interval_high": 55.0}
        for i, name in enumerate(names)
    ]  # fmt: skip
    cells: list[dict[str, Cell]] = [
        {"row": name, "column": other, "value": 70.0, "low": 60.0, "high": 80.0, "n": 50,
         "note": None}
        for name in names[:6] for other in names[6:12]
    ]  # fmt: skip
    limits = tuple(
        {"n": n, "inner_low": 40.0, "inner_high": 60.0, "outer_low": 30.0, "outer_high": 70.0}
        for n in (10, 40)
    )
    kinds = ("bars", "intervals", "control", "curve", "funnel", "waterfall")
    sections = [
        Section(kind, f"{kind} {names[0]}", text=tuple(names), charts=(
            Chart(kind, tuple(rows), "percent", 55.0, names[i], limits),  # type: ignore[arg-type]
        ))
        for i, kind in enumerate(kinds)
    ]  # fmt: skip
    sections.append(
        Section("heat", "heat", charts=(Chart("heat", tuple(cells), "percent", 70.0, names[-1]),))
    )
    measures = by_channel(tuple(names)).measures
    return Report(
        "report", DEFINITIONS, INPUTS, measures, tuple(sections), title=f"Title {names[9]}"
    )
