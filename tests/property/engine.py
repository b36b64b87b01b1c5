"""Runs the engine on made-up exports and says what the oracle expects of each of its measures.

The two meet only here: options become settings, segments become keys. Nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from csatkit import analyses
from csatkit.errors import NothingToEvaluate
from csatkit.load import Data, open_data
from csatkit.metrics import CATALOG
from csatkit.report import Measure, Report
from csatkit.settings import Settings, SourceSettings
from tests.oracle import Cell, Options, Row
from tests.oracle.evaluate import NO_WINDOW, NOT_WATCHED
from tests.strategies import FAR_AHEAD, NOW, write_csv, write_parquet

__all__ = [
    "BEYOND",
    "Format",
    "check_measure",
    "expected_status",
    "opened",
    "reachable",
    "run",
    "settings_of",
    "written",
]

Format = Literal["csv", "parquet"]

BEYOND = datetime(2099, 1, 1, 12)
"""An instant that no clock has reached and that still parses; from 2101 on a date is an error."""

_CLOSE = 1e-9
"""Both sum floats, in different orders."""


def reachable(rows: Sequence[Row] | None) -> list[Row] | None:
    """Return the rows with instants far ahead brought into the years that parse."""
    if rows is None:
        return None
    return [{k: BEYOND if v == FAR_AHEAD else v for k, v in row.items()} for row in rows]


def settings_of(options: Options, by: Sequence[Sequence[str]] = (), **more: Any) -> Settings:
    """Return the engine's settings for the oracle's options."""
    first, last = options.period or (None, None)
    source = SourceSettings(preset="none", scale=more.pop("scale", None))
    return Settings(
        source=source,
        as_of=None if options.as_of is None else f"{options.as_of.isoformat()}+00:00",
        first_day=first,
        last_day=last,
        by=tuple(tuple(dims) for dims in by),
        tz=options.tz,
        week_start=options.week_start,
        window_days=options.window_days,
        repeat_on="issue" if options.repeat_on == "issue" else "customer",
        fail_on=options.fail_on,
        clock=options.clock,  # type: ignore[arg-type]  # the oracle's are plain strings
        rating=options.rating,  # type: ignore[arg-type]
        mature_days=options.mature_days,
        mature_surveys=options.mature_surveys,
        **more,
    )


def written(folder: Path, rows: Sequence[Row] | None, name: str, kind: Format) -> Path | None:
    """Write rows to a file of one format; None stays None."""
    if rows is None:
        return None
    write = write_csv if kind == "csv" else write_parquet
    return write(rows, folder / f"{name}.{kind}")


def opened(
    folder: Path,
    tickets: Sequence[Row] | None,
    surveys: Sequence[Row] | None,
    kind: Format,
    settings: Settings,
) -> Data:
    """Write an export and open it as a user would."""
    paths = [written(folder, rows, f"rows{i}", kind) for i, rows in enumerate((tickets, surveys))]
    return open_data(*paths, source=settings.source)


def run(data: Data, settings: Settings, metrics: Sequence[str] | None = None) -> Report | None:
    """Measure all metrics of the catalogue at the examples' time; None where nothing is left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSATKIT_NOW", f"{NOW.isoformat()}+00:00")
        try:
            return analyses.run("analyze", data, settings, metrics=tuple(metrics or CATALOG))
        except NothingToEvaluate:
            return None


def expected_status(measure: Measure, cell: Cell, surveys: Cell | None, min_n: int) -> str:
    """Return the status that follows from the oracle's counts, in the order of the definitions."""
    if CATALOG[measure.metric].unit == "count":
        return "ok"
    if cell.n == 0 or cell.reason == "empty":
        return "empty"
    judged = _validity(surveys) if CATALOG[measure.metric].family == "responses" else None
    if judged == "skewed":
        return judged
    return "small" if (cell.n or 0) < min_n else judged or "ok"


def _validity(surveys: Cell | None) -> str | None:
    old = {} if surveys is None else surveys.extra.get("old", {})
    if not old.get("sent"):
        return None
    rate = old.get("answered", 0) / old["sent"]
    return "skewed" if rate < 0.15 else "caution" if rate < 0.2 else None


def check_measure(measure: Measure, cell: Cell, surveys: Cell | None, min_n: int) -> None:
    """Compare one measure with the oracle's cell: counts, value, status, what was held back."""
    where = f"{measure.metric} {dict(measure.segment)}: {measure} against {cell}"
    overall = not measure.segment
    held = cell.extra.get("excluded", {})
    assert _shown(measure.excluded, overall=overall) == _shown(held, overall=overall), where
    if cell.reason in (NO_WINDOW, NOT_WATCHED):
        assert (measure.status, measure.reason) == ("unavailable", cell.reason), where
        return
    assert measure.value == (
        None if cell.value is None else pytest.approx(cell.value, rel=_CLOSE, abs=_CLOSE)
    ), where
    if cell.value is not None:
        assert measure.denominator == cell.n, where
        assert measure.numerator is None or measure.numerator == pytest.approx(cell.k), where
    assert measure.status == expected_status(measure, cell, surveys, min_n), where
    _check_companions(measure, cell, surveys, where)


def _shown(held: Mapping[str, int], *, overall: bool) -> dict[str, int]:
    """Return what was left out; what has no place in any segment is told on the whole only."""
    nowhere = () if overall else ("no_ticket", "no_clock")
    return {reason: n for reason, n in held.items() if n and reason not in nowhere}


def _check_companions(measure: Measure, cell: Cell, surveys: Cell | None, where: str) -> None:
    extra: Mapping[str, Any] = measure.extra
    if measure.metric == "csat":
        assert _some(extra["distribution"]) == cell.extra.get("distribution", {}), where
        _check_response(extra, cell, surveys, where)
    if measure.metric == "fcr":
        assert _some(extra["failures"]) == cell.extra.get("failures", {}), where
        assert extra["quick_repeat"] == cell.extra.get("quick", {}).get("repeat", 0), where
    if measure.metric == "reopen_rate":
        assert extra["young"] == cell.extra.get("young", {}).get("tickets", 0), where
    if "p90" in cell.extra:
        assert extra["p90"] == pytest.approx(cell.extra["p90"], rel=_CLOSE, abs=_CLOSE), where


def _check_response(extra: Mapping[str, Any], cell: Cell, surveys: Cell | None, where: str) -> None:
    tickets = {} if surveys is None else surveys.extra.get("tickets", {})
    if not tickets or cell.value is None:
        assert "bounds" not in extra, where
        return
    assert surveys is not None
    r, old = tickets.get("rated", 0) / tickets["surveyed"], surveys.extra.get("old", {})
    low = r * cell.value
    assert extra["bounds"] == pytest.approx([low, low + 100 * (1 - r)]), where
    assert extra["response"] == {
        "rated_tickets": tickets.get("rated", 0),
        "surveyed_tickets": tickets["surveyed"],
        "mature_sent": old.get("sent", 0),
        "mature_answered": old.get("answered", 0),
    }, where


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: n for name, n in counts.items() if n}
