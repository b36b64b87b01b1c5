"""Measures and tables as grids of shown cells.

Columns that would say nothing (a change nobody asked for, a band nobody has) are left out;
numerator and denominator never are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from csatkit.render import values
from csatkit.render.blocks import Block, Grid, Heading, Lines
from csatkit.render.extras import excluded_words, extra_blocks
from csatkit.schema import COLUMNS

if TYPE_CHECKING:
    from csatkit.report import Measure, Table

__all__ = [
    "NO_VALUE",
    "OVERALL",
    "background",
    "brief_blocks",
    "heading",
    "measure_blocks",
    "segment_words",
    "table_grid",
]

OVERALL = "all"
"""Stands for the overall row in a segment's column."""

NO_VALUE = "(none)"
"""Stands for tickets that have no value in a segment's column."""


class Column(NamedTuple):
    """A heading, what a measure shows under it, and whether it is aligned right."""

    heading: str
    shown: Callable[[Measure], str]
    numeric: bool = False


def measure_blocks(measures: Sequence[Measure]) -> Iterator[Block]:
    """Yield a grid per segmentation, then the rules and what only some measures have."""
    if not measures:
        return
    periods = {m.period for m in measures}
    only = next(iter(periods))
    if len(periods) == 1 and only is not None:
        yield Lines((f"Period: {values.period(only)}",))
    if any(m.segment for m in measures):
        yield from _segmented(measures)
    else:
        yield measure_grid(measures)
    yield from background(measures)
    broadest = _broadest(measures)
    for rows in broadest.values():
        # Over time there are many overall rows; a distribution for each would bury the table.
        if len(rows) == 1 and not rows[0].segment:
            yield from extra_blocks(rows[0])


def brief_blocks(measures: Sequence[Measure]) -> Iterator[Block]:
    """Yield the grids of measures alone, one per period where there are several."""
    groups: dict[object, list[Measure]] = {}
    for m in measures:
        against = m.difference.against if m.difference else None
        groups.setdefault((m.period, against), []).append(m)
    for rows in groups.values():
        first = rows[0]
        if first.period is not None:
            against = f", change against {first.difference.against}" if first.difference else ""
            yield Heading(f"{values.period(first.period)}{against}", 3)
        yield measure_grid(rows, is_titled=True)


def background(measures: Sequence[Measure]) -> Iterator[Block]:
    """Yield the rules behind measures, why some have no value, and what they leave out."""
    yield Lines(_rules(measures), tone="aside")
    reasons = _reasons(measures)
    if reasons:
        yield Lines(reasons)
    left_out = tuple(line for rows in _broadest(measures).values() for line in _left_out(rows))
    if left_out:
        yield Lines(left_out, tone="aside")


def measure_grid(measures: Sequence[Measure], *, is_titled: bool = False) -> Grid:
    """Return the grid of measures without segment, or of one metric by segment.

    Args:
        measures: the rows.
        is_titled: whether the title above names what a change is against.
    """
    columns = _columns(measures, is_titled=is_titled)
    return Grid(
        tuple(c.heading for c in columns),
        tuple(tuple(c.shown(m) for c in columns) for m in measures),
        frozenset(i for i, c in enumerate(columns) if c.numeric),
        words=len(columns) - 1,
    )


def table_grid(table: Table) -> Grid:
    """Return the grid of a section's table."""
    numeric = table.numeric | frozenset(table.units)
    names = tuple(table.columns)
    rows = tuple(
        tuple(
            values.cell(row.get(name), table.units.get(name), numeric=name in numeric)
            for name in names
        )
        for row in table.rows
    )
    right = frozenset(i for i, name in enumerate(names) if name in numeric)
    words = next((i for i, name in enumerate(names) if name in {"verdict", "status"}), None)
    return Grid(tuple(table.columns.values()), rows, right, words)


def segment_words(segment: Mapping[str, str | None]) -> str:
    """Return a segment in words: `channel email, agent (none)`."""
    return ", ".join(
        f"{name.replace('_', ' ')} {NO_VALUE if v is None else v}" for name, v in segment.items()
    )


def _broadest(measures: Sequence[Measure]) -> dict[str, list[Measure]]:
    """Return per metric its overall rows, or all of its rows where none is overall."""
    found: dict[str, list[Measure]] = {}
    for m in measures:
        found.setdefault(m.metric, []).append(m)
    return {name: [m for m in rows if not m.segment] or rows for name, rows in found.items()}


def _left_out(rows: Sequence[Measure]) -> Iterator[str]:
    """Yield what the rows of a metric leave out, each with the part of the data it is about."""
    periods = len({m.period for m in rows})
    for m in rows:
        where = [segment_words(m.segment)] if m.segment else []
        if periods > 1 and m.period is not None:
            where.append(m.period.label)
        part = f" ({', '.join(where)})" if where else ""
        shown = excluded_words(m)
        if shown:
            yield f"Left out of {m.label}{part}: {shown}"


def _segmented(measures: Sequence[Measure]) -> Iterator[Block]:
    """Yield a titled grid per segmentation and metric; the overall row leads each of them."""
    every = dict.fromkeys(tuple(m.segment) for m in measures if m.segment)
    for keys in every:
        for label in dict.fromkeys(m.label for m in measures):
            own = [m for m in measures if m.label == label]
            rows = [m for m in own if not m.segment or tuple(m.segment) == keys]
            if any(m.segment for m in rows):
                yield Heading(f"{label} by {', '.join(heading(k).lower() for k in keys)}", 3)
                yield measure_grid(rows)
    segmented = {m.label for m in measures if m.segment}
    alone = [m for m in measures if m.label not in segmented]
    if alone:
        yield Heading("Overall only", 3)
        yield measure_grid(alone)


def _columns(measures: Sequence[Measure], *, is_titled: bool) -> list[Column]:
    keys = dict.fromkeys(name for m in measures for name in m.segment)
    # A segmented grid is of one metric, named in its title.
    columns = [] if keys else [Column("Metric", lambda m: m.label)]
    columns += [Column(heading(name), _segment_cell(name)) for name in keys]
    if len({m.period for m in measures}) > 1:
        columns.append(Column("Period", lambda m: m.period.label if m.period else values.MISSING))
    columns += [
        Column("Value", values.value, numeric=True),
        Column("Interval", values.interval, numeric=True),
        Column("k/n", values.ratio, numeric=True),
    ]
    against = {m.difference.against for m in measures if m.difference}
    if against:
        columns.append(_change_column(against, is_titled=is_titled))
    if any(m.band for m in measures):
        columns.append(Column("Band", lambda m: m.band or values.MISSING))
    columns.append(Column("Status", values.status))
    return columns


def _change_column(against: set[str], *, is_titled: bool) -> Column:
    one = len(against) == 1
    return Column(
        f"Change vs {next(iter(against))}" if one and not is_titled else "Change",
        lambda m: values.change_cell(m.difference, m.unit, against=not one),
        numeric=True,
    )


def _segment_cell(name: str) -> Callable[[Measure], str]:
    def shown(m: Measure) -> str:
        if name not in m.segment:
            return OVERALL
        found = m.segment[name]
        return NO_VALUE if found is None else found

    return shown


def heading(name: str) -> str:
    """Return a column's heading; an export's own column keeps its name."""
    return name.replace("_", " ").capitalize() if name in COLUMNS else name


def _rules(measures: Sequence[Measure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{m.label}: {m.rule}" for m in measures if m.rule))


def _reasons(measures: Sequence[Measure]) -> tuple[str, ...]:
    """Return why measures have no value, each reason once."""
    return tuple(
        dict.fromkeys(f"{m.label} – {values.status(m)}: {m.reason}" for m in measures if m.reason)
    )
