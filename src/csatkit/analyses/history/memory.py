"""A run's view of a history: its own figures go in, those that the export lacks come out.

Figures are looked up by what a reader sees of a segment, so that a history never holds more about
people than the report that wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csatkit import periods
from csatkit.analyses.history.keeping import Outcome, kept
from csatkit.analyses.history.merging import SETTLING, Fresh, start_of_rows
from csatkit.analyses.history.series import Series, series_of, total_names
from csatkit.analyses.history.stored import Block, Place, Written, as_json, checked
from csatkit.analyses.history.telling import remarks_on
from csatkit.analyses.maturing import lag_of
from csatkit.errors import InputError
from csatkit.report import Period

if TYPE_CHECKING:
    from csatkit.analyses.measuring import Table
    from csatkit.analyses.timeline import Line, Slot
    from csatkit.analyses.workspace import Workspace
    from csatkit.metrics.metric import Metric
    from csatkit.report import Note

__all__ = ["Cell", "Figures", "History", "Memory", "Segment", "open_history", "zero"]

Segment = tuple[str | None, ...]
"""The values of a segment as they are shown, in the order of the breakdown."""

SURVEYS = ("validity.n", "validity.k", "surveyed.n", "surveyed.k")
"""Totals of the surveys behind answers, which say how far these can be trusted."""

Totals = Mapping[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """The stored figures of one segment in one period."""

    totals: Totals
    surveys: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The stored figures of one metric in one period, by segment; a missing one held no row."""

    data_end: datetime
    """Data end for which they were computed, naive UTC."""
    cells: Mapping[Segment, Cell]


def zero(name: str) -> int | None:
    """Return what a period without a row has under this name: no median, but a count of 0."""
    return None if name.rpartition(".")[2] in ("p50", "p90", "low", "high") else 0


@dataclass(frozen=True, slots=True)
class Memory:
    """What a history gives to one run: the figures that stand instead of the export's own."""

    path: Path
    every: str
    outcome: Outcome
    series: Mapping[tuple[str, str], Series]
    """Metric and breakdown → the series of this run."""
    standing: Mapping[Place, Block]
    names: Mapping[str, tuple[str, ...]]
    """Metric → the totals that it is estimated from."""

    def figures(self, metric: str, dims: Sequence[str], first: date) -> Figures | None:
        """Return the stored figures of a period, None where the export's own are shown.

        Raises:
            InputError: they can't be read.
        """
        by = as_json(list(dims))
        mine = self.series.get((metric, by))
        if mine is None:
            return None
        block = self.standing.get(Place(mine.id, self.every, metric, by, first))
        if block is None:
            return None
        try:
            cells = {
                _segment(text, dims): self._cell(metric, written)
                for text, written in block.cells.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                f"--history {self.path}: the figures of {metric} in {block.period} can't be read",
                "The file was changed by something else; take a copy of it from before.",
            ) from None
        return Figures(block.data_end, cells)

    def _cell(self, metric: str, written: Written) -> Cell:
        totals, surveys = json.loads(written.totals), None
        if written.surveys is not None:
            found = json.loads(written.surveys)
            surveys = {name: int(found[name]) for name in SURVEYS}
        return Cell({name: totals[name] for name in self.names[metric]}, surveys)

    def days(self) -> Iterator[tuple[date, date]]:
        """Yield first and last day of every period that is looked up here."""
        for place, block in self.standing.items():
            yield place.first, block.last


def _segment(text: str, dims: Sequence[str]) -> Segment:
    found = json.loads(text)
    return tuple(None if found[d] is None else str(found[d]) for d in dims)


@dataclass(frozen=True, slots=True)
class History:
    """One history file during one run."""

    path: Path
    _read: list[Memory] = field(default_factory=list)

    def remember(
        self, ws: Workspace, every: str, tables: Sequence[Table], slots: Sequence[Slot]
    ) -> Memory:
        """Store the export's figures of complete periods and return what stands beside them.

        Args:
            ws: the run.
            every: length of the periods.
            tables: totals by breakdown and period, the overall one first.
            slots: the periods that the export covers completely.

        Raises:
            UsageError: the file can't be made there.
            InputError: it is no history, the device is full, or another run holds it too long.
        """
        gathered = _Gathered(ws, every, {}, {}, {})
        for table in tables:
            for metric in table.request.metrics:
                if metric.id in table.cells:
                    _gather(gathered, metric, table, _whole(metric, tables[0], slots))
        outcome = kept(self.path, gathered.fresh)
        standing = {p: b for p, b in outcome.after.items() if _stands(gathered, p, b)}
        found = Memory(self.path, every, outcome, gathered.series, standing, gathered.names)
        self._read.append(found)
        return found

    def notes(self, lines: Sequence[Line]) -> tuple[Note, ...]:
        """Return what readers must know about the stored figures behind some lines.

        Args:
            lines: those that are shown, made with this history.
        """
        found = [note for memory in self._read for note in remarks_on(memory, lines)]
        return tuple(dict.fromkeys(found))


def open_history(path: str | Path) -> History:
    """Return the history in a file, which needn't exist yet.

    Args:
        path: where it lies; `remember` makes it.

    Raises:
        UsageError: the path is a folder, a device or a pipe.
        InputError: another file lies there, or a history of a newer csatkit.
    """
    checked(Path(path))
    return History(Path(path))


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What one run has to say, while it is collected."""

    ws: Workspace
    every: str
    fresh: dict[Place, Fresh]
    series: dict[tuple[str, str], Series]
    names: dict[str, tuple[str, ...]]


def _whole(metric: Metric, overall: Table, slots: Sequence[Slot]) -> list[Slot]:
    """Return the complete periods from the one in which the export's rows begin."""
    counts = [
        (int(key[-1]), int(cell[f"{metric.id}.n"] or 0))
        for key, cell in overall.cells.get(metric.id, {}).items()
        if key[-1] is not None
    ]
    start = start_of_rows(counts)
    return [] if start is None else [slot for slot in slots if slot.number >= start]


def _gather(gathered: _Gathered, metric: Metric, table: Table, slots: Sequence[Slot]) -> None:
    """Add the figures of one metric under one breakdown."""
    ws, every, dims = gathered.ws, gathered.every, table.request.dims[:-1]
    mine, by = series_of(ws, metric, every, dims), as_json(list(dims))
    if mine is None or ws.data_end is None:
        return
    names = gathered.names.setdefault(metric.id, total_names(ws, metric))
    gathered.series[metric.id, by] = mine
    written = _written(ws, metric, table, names)
    empty = {} if dims else {as_json({}): Written(as_json({n: zero(n) for n in names}), None)}
    settling = max(ws.facts.rules.window, lag_of(ws, metric)) + SETTLING
    for slot in slots:
        period = slot.period
        place = Place(mine.id, every, metric.id, by, period.first)
        cells = written.get(slot.number, empty)
        block = Block(period.label, period.last, ws.data_end, mine.words, cells)
        gathered.fresh[place] = Fresh(block, periods.span_of(period, ws.zone)[1] + settling)


def _written(
    ws: Workspace, metric: Metric, table: Table, names: Sequence[str]
) -> dict[int, dict[str, Written]]:
    """Return number of the period → segment → totals."""
    dims = table.request.dims[:-1]
    answers = table.surveys.get(metric.id, {}) if metric.family == "responses" else {}
    found: dict[int, dict[str, Written]] = {}
    for key, cell in table.cells[metric.id].items():
        if key[-1] is None:
            continue
        seen = answers.get(key)
        surveys = None if seen is None else as_json({n: seen[n] for n in SURVEYS if n in seen})
        segment = as_json(ws.label(dims, key[:-1]))
        totals = as_json({n: cell[n] for n in names})
        found.setdefault(int(key[-1]), {})[segment] = Written(totals, surveys)
    return found


def _stands(gathered: _Gathered, place: Place, block: Block) -> bool:
    """Tell whether a block of the file is shown instead of what the export at hand gives."""
    ws, mine = gathered.ws, gathered.series.get((place.metric, place.by))
    if mine is None or (mine.id, gathered.every) != (place.series, place.every):
        return False
    assert ws.data_end is not None
    if ws.settings.as_of is not None and block.data_end > ws.data_end:
        return False  # a replay shows what was known by then
    if periods.span_of(Period(block.period, place.first, block.last), ws.zone)[1] > ws.data_end:
        return False  # an older export is told nothing of what came after it
    new = gathered.fresh.get(place)
    return new is None or dict(new.block.cells) != dict(block.cells)
