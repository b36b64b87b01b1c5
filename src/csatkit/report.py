"""What an analysis found, as frozen data: measures, sections, tables, charts, notes.

Renderers and the gate only read it. Nothing here computes a number, knows a file or a terminal,
or imports anything heavy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import altair
    import polars as pl

__all__ = [
    "Cell",
    "CellUnit",
    "Chart",
    "ChartKind",
    "Definitions",
    "Difference",
    "InputSummary",
    "Measure",
    "Note",
    "Period",
    "Report",
    "Section",
    "Status",
    "Table",
    "Unit",
]

Status = Literal["unavailable", "empty", "skewed", "small", "caution", "ok"]
Unit = Literal["percent", "score", "hours", "per ticket", "count"]
Level = Literal["info", "warning", "error"]
Segment = Mapping[str, str | None]

NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole days, both included, in the zone of the report."""

    label: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Difference:
    """A change against another period or segment, in the unit of the measure."""

    value: float | None
    low: float | None
    high: float | None
    against: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of one segment in one period, with everything that makes it honest.

    Percentages are 0-100. `numerator` is None where the metric has none (a median).
    `extra` holds what only some metrics have: `failures`, `distribution`, `bounds`, `p90`.
    """

    metric: str
    label: str
    rule: str
    unit: Unit
    segment: Segment
    period: Period | None
    value: float | None
    numerator: int | float | None
    denominator: int | None
    low: float | None
    high: float | None
    level: float
    method: str | None
    status: Status
    reason: str | None = None
    band: str | None = None
    excluded: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    difference: Difference | None = None
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must know; `code` is from the closed list in `notes.py`."""

    level: Level
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class InputSummary:
    """What became of the rows of one input; `rows == used + sum(dropped.values())`."""

    path: str
    kind: str
    preset: str | None
    rows: int
    used: int
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Definitions:
    """The rules that a number depends on, printed with every report."""

    window_days: float
    repeat_on: str
    fail_on: tuple[str, ...]
    scale: str | None
    satisfied: tuple[int | str, ...]
    low: int | str | None
    rating: str
    clock: str
    timezone: str
    as_of: datetime | None
    level: float
    min_n: int
    profile: str


CellUnit = Literal["percent", "score", "hours", "per ticket", "count", "points"]
"""What a column of numbers counts; `points` are signed differences of percentages."""

Cell = str | int | float | bool | None | date | datetime


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to show; `columns` maps a field to its heading, in order.

    `numeric` names the columns that are aligned right and get thousands separators; `units` gives
    columns of numbers the unit that decides their decimals (and makes them numeric). Cells are raw
    data: a renderer escapes them.
    """

    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Cell]]
    numeric: frozenset[str] = frozenset()
    units: Mapping[str, CellUnit] = field(default_factory=lambda: MappingProxyType({}))
    title: str | None = None


ChartKind = Literal["bars", "intervals", "control", "curve", "heat", "funnel", "waterfall"]


@dataclass(frozen=True, slots=True)
class Chart:
    """A small picture as data: `bars` of a share each, `intervals`, or a `control` chart over time.

    A row of `bars` has `label` and `value`, and may have `n`; a row of `intervals` has `label`,
    `value`, `low` and `high`. A row of `control` is a period: `low` and `high` are the limits (None
    where it isn't judged), `interval_low` and `interval_high` surround the value, and `n` and
    `note` (a signal, or why it isn't judged) go with it. `reference` is a value to compare with,
    such as a target or a chart's centre.

    A `curve` is `intervals` along a scale of steps. A row of `heat` is a cell: `row`, `column`,
    `value`, `low`, `high`, `n` and `note` (why it isn't judged). A row of `funnel` is a unit:
    `label`, `value`, `low`, `high`, `n`, `adjusted` (its value after its mix of tickets) and `note`
    (where it lies); its `guide` are the limits, each row an `n` with `inner_low`, `inner_high`,
    `outer_low` and `outer_high`. A row of `waterfall` is a step: `label`, `value`, `n`, and `total`
    (whether it stands on the ground instead of hanging from the step before).
    """

    kind: ChartKind
    rows: tuple[Mapping[str, Cell], ...]
    unit: CellUnit
    reference: float | None = None
    title: str | None = None
    guide: tuple[Mapping[str, Cell], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of a report with what stands under it.

    Exactly one of `body` items or `missing` is the content: `missing` says why the section could
    not be computed ("not computed: no column holds the score").
    """

    key: str
    title: str
    text: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    missing: str | None = None
    brief: bool = False
    """Show the measures as a table alone; rules and what is left out go to the report's end."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one command."""

    command: str
    definitions: Definitions
    inputs: tuple[InputSummary, ...]
    measures: tuple[Measure, ...]
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
    targets: tuple[Mapping[str, object], ...] = ()
    goals: tuple[Mapping[str, object], ...] = ()
    title: str | None = None

    def to_frame(self) -> pl.DataFrame:
        """Return the measures as a tidy Polars frame, with the fields of the JSON."""
        # The one import upwards: the frame is a rendering, and the method a door to it.
        from csatkit.render import to_frame

        return to_frame(self)

    def chart(self, key: str) -> altair.TopLevelMixin:
        """Return a section's picture as a chart of Altair, to be changed or saved.

        Args:
            key: of the section, such as `trend` or `funnel`.

        Raises:
            UsageError: no section of that name has a picture.
        """
        from csatkit.render.drawing import chart_of

        return chart_of(self, key)

    def _repr_html_(self) -> str:
        """Return the page of the report for a notebook, apart from the notebook's own styles."""
        from csatkit.render.notebook import framed

        return framed(self)
