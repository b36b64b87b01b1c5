"""Tables of the page: shown text with the exact number beside it, by which they are sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from csatkit.render import values
from csatkit.render.grids import NO_VALUE, heading
from csatkit.render.page.words import words

if TYPE_CHECKING:
    from csatkit.render.grouping import Group
    from csatkit.report import Measure, Table

__all__ = ["MOST_ROWS", "cell", "column", "grid_table", "measure_tables"]

MOST_ROWS = 1_000
"""Rows of a table on the page; nobody reads more, and a page must open on a phone."""

NARROWEST_HEAD, WIDEST_HEAD = 4, 14
"""Characters of a heading that never fold; the style sheet has a class for each width."""

UNNAMED = "Key"
"""Heads a column of short signs that has no heading elsewhere."""

_DIMENSIONS = ("dimension", "by")
"""Fields whose cells name columns, one or several of them."""

Cell = dict[str, Any]


def cell(text: str, exact: float | None) -> Cell:
    """Return a cell: what is shown, and the number behind it."""
    return {"text": words(text), "exact": exact}


def column(text: str, numeric: bool) -> dict[str, Any]:
    """Return a heading: its text, how it is aligned, and the width that its longest word needs."""
    # A heading that says nothing couldn't be told apart by those who listen.
    shown = words(text).strip() or UNNAMED
    # The sign of sorting stands beside the last word.
    longest = max((len(word) for word in shown.split()), default=1) + 2
    kinds = [f"w{min(WIDEST_HEAD, max(NARROWEST_HEAD, longest))}", *(["num"] if numeric else [])]
    return {"text": shown, "numeric": numeric, "kind": " ".join(kinds)}


def grid_table(table: Table, caption: str, name: str) -> dict[str, Any]:
    """Return a section's own table."""
    numeric = table.numeric | frozenset(table.units)
    columns = tuple(table.columns)
    rows = [[_raw(table, row.get(c), c, c in numeric) for c in columns] for row in table.rows]
    return {
        "id": name,
        "caption": words(caption),
        "columns": [column(t, c in numeric) for c, t in table.columns.items()],
        "rows": rows[:MOST_ROWS],
        "left": max(0, len(rows) - MOST_ROWS),
    }


def _raw(table: Table, x: Any, name: str, numeric: bool) -> Cell:
    if name in _DIMENSIONS and isinstance(x, str):
        x = " × ".join(heading(part).lower() for part in x.split(" × "))
    exact = x if isinstance(x, int | float) and not isinstance(x, bool) else None
    return cell(values.cell(x, table.units.get(name), numeric=numeric), exact)


Shown = tuple[str, Callable[["Measure"], Cell], bool]

_FIGURES: tuple[Shown, ...] = (
    ("Value", lambda m: cell(values.value(m), m.value), True),
    ("Interval from", lambda m: cell(values.quantity(m.low, m.unit), m.low), True),
    ("Interval to", lambda m: cell(values.quantity(m.high, m.unit), m.high), True),
    ("k", lambda m: cell(values.number(m.numerator), m.numerator), True),
    ("n", lambda m: cell(values.number(m.denominator), m.denominator), True),
)


def measure_tables(section: str, groups: Iterable[Group], name: str) -> Iterator[dict[str, Any]]:
    """Yield a table per group of measures, its caption saying which metric and days it is of."""
    for i, group in enumerate(groups):
        rows = group.measures
        columns = [*_first(group), *_FIGURES, *_more(group)]
        columns.append(("Status", lambda m: cell(m.reason or values.status(m), None), False))
        yield {
            "id": f"{name}-{i}" if i else name,
            "caption": words(group.title(section)),
            "columns": [column(text, numeric) for text, _, numeric in columns],
            "rows": [[show(m) for _, show, _ in columns] for m in rows[:MOST_ROWS]],
            "left": max(0, len(rows) - MOST_ROWS),
        }


def _first(group: Group) -> Iterator[Shown]:
    """Yield the columns that name a row."""
    if not group.dims:
        yield "Metric", lambda m: cell(m.label, None), False
    for dim in group.dims:
        yield heading(dim), _segment(dim), False
    if group.has_periods:
        yield "Period", _period, False


def _more(group: Group) -> Iterator[Shown]:
    """Yield the columns that only some measures have."""
    rows = group.measures
    if any(m.difference for m in rows):
        yield "Change", _change(against=group.has_againsts), True
    if any("expected" in m.extra for m in rows):
        yield "Expected", _expected, True
    if any("flagged" in m.extra for m in rows):
        yield "Beyond chance", _flagged, False
    if any(m.band for m in rows):
        yield "Band", lambda m: cell(m.band or values.MISSING, None), False


def _period(m: Measure) -> Cell:
    return cell(values.MISSING if m.period is None else values.period(m.period), None)


def _change(*, against: bool) -> Callable[[Measure], Cell]:
    def shown(m: Measure) -> Cell:
        value = None if m.difference is None else m.difference.value
        return cell(values.change_cell(m.difference, m.unit, against=against), value)

    return shown


def _segment(dim: str) -> Callable[[Measure], Cell]:
    def shown(m: Measure) -> Cell:
        value = m.segment[dim]
        return cell(NO_VALUE if value is None else value, None)

    return shown


def _expected(m: Measure) -> Cell:
    x = m.extra.get("expected")
    return cell(values.quantity(x, m.unit), x) if isinstance(x, float) else cell("–", None)


def _flagged(m: Measure) -> Cell:
    return cell(str(m.extra.get("flagged", values.MISSING)), None)
