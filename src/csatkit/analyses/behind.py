"""`--tickets-of CELL`: the tickets behind a cell of any table.

A cell is a metric and a segment, written `fcr,channel=email`. Without a metric it is the command's
first one; a part narrows it: `fcr:failed`, `fcr:repeat`, `csat:counted`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.privacy import hidden, masked
from csatkit.analyses.rows import table_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.facts.build import OWN_ID
from csatkit.metrics import CATALOG, Metric, find
from csatkit.metrics.metric import Conditions, Family, Mean, Share, Survival
from csatkit.periods import BUCKETS
from csatkit.report import Report, Section
from csatkit.settings import FAILURE_REASONS
from csatkit.totals.aggregates import holds

__all__ = [
    "CellName",
    "dims_of",
    "head_and_segment",
    "listed",
    "parse_cell",
    "refuse_unavailable",
    "segment_rows",
    "shown_rows",
    "tickets_behind",
]

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

PARTS = ("all", "counted", "failed")
"""The whole denominator, the numerator, and the rest of the denominator."""


@dataclass(frozen=True, slots=True)
class CellName:
    """A cell as the user names it."""

    metric: Metric
    part: str
    segment: tuple[tuple[str, str], ...]


def parse_cell(text: str, default: str) -> CellName:
    """Return the cell that a text names.

    Args:
        text: comma-separated: a metric with an optional `:part`, and `column=value` pairs.
        default: the metric where none is named.

    Raises:
        UsageError: an unknown metric or part.
    """
    metric, part = CATALOG[default], "all"
    segment = []
    for piece in _pieces(text, lambda piece: piece.partition(":")[0] in CATALOG):
        name, equals, value = piece.partition("=")
        if equals:
            segment.append((name.strip(), value.strip()))
            continue
        name, _, wanted = piece.partition(":")
        metric = find([name])[0] if name else metric
        part = wanted or part
    known = (*PARTS, *(FAILURE_REASONS if metric.id.startswith("fcr") else ()))
    if part not in known:
        raise UsageError.unknown("part of a cell", part, known)
    return CellName(metric, part, tuple(segment))


def tickets_behind(ws: Workspace, command: str, metrics: Sequence[str]) -> Report:
    """Return the rows behind the cell of `--tickets-of`, one line each.

    Raises:
        UsageError: the cell names nothing that the data has.
        NothingToEvaluate: no ticket is behind it.
    """
    assert ws.settings.tickets_of is not None
    cell = parse_cell(ws.settings.tickets_of, metrics[0])
    refuse_unavailable(ws, cell.metric)
    return listed(ws, command, _rows(ws, cell), cell.metric)


def head_and_segment(text: str, example: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return what a cell of another kind begins with, and the segment that narrows it.

    Args:
        text: `driver:repeat,channel=email`.
        example: how such a cell is written, for the message.

    Raises:
        UsageError: a further piece is no `column=value`.
    """
    head, *pieces = _pieces(text, lambda _: False)
    segment = []
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if not equals:
            raise UsageError(f"--tickets-of: {piece!r} is no column=value", f"Write {example}.")
        segment.append((name.strip(), value.strip()))
    return head, tuple(segment)


def _pieces(text: str, is_metric: Callable[[str], bool]) -> list[str]:
    """Return a cell's pieces; what follows a value and is no piece belongs to the value.

    Names hold commas: `issue_type=Parts, spare` is one piece.
    """
    found: list[str] = []
    for piece in text.split(","):
        starts = "=" in piece or is_metric(piece.strip())
        if found and "=" in found[-1] and not starts:
            found[-1] += f",{piece}"
        else:
            found.append(piece)
    return [piece.strip() for piece in found]


def refuse_unavailable(ws: Workspace, metric: Metric) -> None:
    """Refuse a metric that can't be computed here.

    Raises:
        UsageError: it can't.
    """
    if (lacks := ws.lacks(metric)) is not None:
        raise UsageError(f"--tickets-of: {metric.id} is unavailable: {lacks}")


def dims_of(ws: Workspace, family: Family, segment: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the dimensions of a segment.

    Raises:
        UsageError: the rows don't carry one of them.
    """
    dims = tuple(name for name, _ in segment)
    if (lacks := ws.lacks_dimension(family, dims)) is not None:
        raise UsageError(f"--tickets-of: {lacks}", "Name a column of the export or a time bucket.")
    return dims


def listed(
    ws: Workspace,
    command: str,
    frame: pl.DataFrame,
    metric: Metric,
    kind: str = "",
    *,
    also: Sequence[str] = (),
) -> Report:
    """Return the rows behind the cell as a report.

    Args:
        ws: the run.
        command: whose cell it is.
        frame: the rows, with `counted`.
        metric: what they are counted for.
        kind: which tickets they are, with a blank behind it.
        also: further columns to show, where the rows have them.

    Raises:
        NothingToEvaluate: there is none.
    """
    cell = ws.settings.tickets_of
    if frame.height == 0:
        raise NothingToEvaluate(f"no {kind}ticket is behind {cell}")
    title = f"{frame.height:,} {kind}rows behind {cell}"
    shown = shown_rows(ws, frame, metric, also)
    section = Section("tickets", title, tables=(table_of(shown),))
    return Report(command, definitions(ws), inputs(ws), (), (section,), notes=ws.canonical.notes)


def _rows(ws: Workspace, cell: CellName) -> pl.DataFrame:
    family = cell.metric.family
    dims = dims_of(ws, family, cell.segment)
    span = ws.spans_for([cell.metric], ws.span)[cell.metric.id]
    frame = ws.rows(family, dims, span)
    assert frame is not None
    among, of = _conditions(cell.metric)
    frame = frame.filter(holds(among)).with_columns(counted=holds(of))
    if cell.part in ("counted", "failed"):
        frame = frame.filter(pl.col("counted") if cell.part == "counted" else ~pl.col("counted"))
    elif cell.part in FAILURE_REASONS:
        frame = frame.filter(pl.col("failure") == FAILURE_REASONS.index(cell.part) + 1)
    frame = segment_rows(ws, frame, cell.segment)
    # Of rows that may not fit into memory only what is shown is ever held.
    shown = {*_COLUMNS, *ws.extra_columns, "failure", "counted", _value_of(cell.metric)}
    names = [c for c in frame.collect_schema().names() if c in shown]
    return frame.select(names).collect(engine="streaming")


def _value_of(metric: Metric) -> str | None:
    """Return the column that a metric averages, if it does."""
    return metric.measure.value if isinstance(metric.measure, Mean) else None


def segment_rows(ws: Workspace, frame: Frame, segment: Sequence[tuple[str, str]]) -> Frame:
    """Keep the rows of a segment, whose dimensions stand in `_d0`, `_d1` and so on."""
    for i, (name, wanted) in enumerate(segment):
        frame = _in_segment(ws, frame, f"_d{i}", name, wanted)
    return frame


def _conditions(metric: Metric) -> tuple[Conditions, Conditions]:
    measure = metric.measure
    if isinstance(measure, Share):
        return measure.among, measure.of
    if isinstance(measure, Survival):
        return ("is_km_subject",), ("has_repeat",)
    if isinstance(measure, Mean):
        return measure.among, ()
    return measure.among, ()


def _in_segment(ws: Workspace, frame: Frame, column: str, name: str, wanted: str) -> Frame:
    """Keep the rows of one segment, compared by the label under which tables show it."""
    distinct = frame.lazy().select(pl.col(column).unique())
    values = distinct.collect(engine="streaming").get_column(column)
    if name not in BUCKETS:
        values = values.cast(pl.String)
    hits = [
        v
        for v in values.to_list()
        if (ws.label((name,), (v,))[name] or "") == wanted or (v is not None and str(v) == wanted)
    ]
    if not hits and masked(name, wanted, ws.settings.privacy) == wanted:
        raise UsageError.unknown(f"{name} of --tickets-of", wanted, map(str, values.drop_nulls()))
    key = pl.col(column) if name in BUCKETS else pl.col(column).cast(pl.String)
    return frame.filter(
        key.is_in([h for h in hits if h is not None])
        | (key.is_null() if None in hits else pl.lit(value=False))
    )


_COLUMNS = (
    "ticket_id", "customer_id", "agent", "team", "channel", "issue_type", "customer_segment",
    "created_at", "resolved_at", "sent_at", "responded_at", "score",
)  # fmt: skip


def shown_rows(
    ws: Workspace, frame: pl.DataFrame, metric: Metric, also: Sequence[str] = ()
) -> pl.DataFrame:
    """Return the columns of rows that people look at, in the order of time.

    Args:
        ws: the run.
        frame: the rows, with `counted`: whether each is in the numerator.
        metric: what they are counted for.
        also: further columns to show, where the rows have them.
    """
    wanted = [c for c in (*_COLUMNS, *also, *ws.extra_columns) if c in frame.columns]
    columns = [pl.col(c) for c in dict.fromkeys(wanted)]
    if metric.follow_up and "failure" in frame.columns:
        names = list(FAILURE_REASONS)
        reason = pl.col("failure").replace_strict(
            list(range(1, len(names) + 1)), names, default=None, return_dtype=pl.String
        )
        columns.append(reason.alias("failure_reason"))
    value = _value_of(metric)
    if value is not None and value not in wanted:
        columns.append(pl.col(value))
    columns.append(pl.col("counted"))
    found = frame.select(columns).with_columns(pl.col(pl.Categorical).cast(pl.String))
    if "ticket_id" in found.columns:
        own = pl.col("ticket_id").str.starts_with(OWN_ID)
        found = found.with_columns(pl.when(~own).then("ticket_id").alias("ticket_id"))
    order = [
        c for c in ("created_at", "sent_at", "responded_at", "ticket_id") if c in found.columns
    ]
    return hidden(found.sort(order, nulls_last=True), ws.settings.privacy)
