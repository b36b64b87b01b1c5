"""`response --adjust`: CSAT as it would be if all resolved tickets had spoken in proportion.

Weights repair who answered, by the columns that are named; why they answered stays unknown, so the
raw figure and the worst case never leave its side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit.analyses.measuring import Request, tabulate
from csatkit.analyses.preparing import names_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import UsageError
from csatkit.metrics import find
from csatkit.notes import note
from csatkit.periods import BUCKETS, Span
from csatkit.report import Cell, Measure, Note, Section, Table
from csatkit.stats.reweighting import (
    WEIGHT_CAP,
    MarginCell,
    PopulationCell,
    Reweighted,
    post_stratify,
    rake,
    representativity,
)
from csatkit.totals import Key

__all__ = ["adjusted"]

TITLE = "CSAT of all resolved tickets"


@dataclass(frozen=True, slots=True)
class _Cell:
    """Ratings of one cell and the resolved tickets that they stand for."""

    key: Key
    k: int
    n: int
    tickets: int


@dataclass(frozen=True, slots=True)
class _Fit:
    dims: tuple[str, ...]
    cells: tuple[_Cell, ...]
    found: Reweighted
    is_raked: bool

    @property
    def by(self) -> str:
        """Return the columns in words."""
        return " and ".join(d.replace("_", " ") for d in self.dims)


def adjusted(
    ws: Workspace, dims: tuple[str, ...], csat: Measure, span: Span | None
) -> tuple[Section, tuple[Note, ...]]:
    """Return CSAT reweighted to the resolved tickets beside the raw one, and what it can't repair.

    Args:
        ws: the run.
        dims: the columns whose cross is weighted.
        csat: the raw measure.
        span: the period asked for.

    Raises:
        UsageError: no such column, or a time bucket: ratings and tickets are dated differently.
    """
    if calendar := [d for d in dims if d in BUCKETS]:
        raise UsageError(
            f"--adjust {calendar[0]}: answers and tickets are dated differently",
            "Name columns such as channel,issue_type.",
        )
    (dims,) = names_of(ws.data, replace(ws.settings, by=(dims,)), ()).by
    lacking = _lacks(ws, dims)
    if lacking is not None:
        return Section("adjusted", TITLE, missing=lacking), ()
    cells = _cells(ws, dims, span)
    fit = _fit(dims, cells, ws.settings.level)
    if fit is None or not csat.denominator:
        why = "no cell has both ratings and resolved tickets"
        return Section("adjusted", TITLE, missing=why), ()
    measure = _measure(csat, fit)
    text = (*_weights(fit), *_limits(fit))
    section = Section(
        "adjusted", TITLE, text=text, measures=(csat, measure), tables=(_grid(ws, fit),), brief=True
    )
    return section, (_note(csat, measure, fit),)


def _lacks(ws: Workspace, dims: tuple[str, ...]) -> str | None:
    """Return why nothing can be reweighted, None if it can."""
    for metric in find(("csat", "resolution_rate")):
        reason = ws.lacks(metric) or ws.lacks_dimension(metric.family, dims)
        if reason is not None:
            return reason
    return None


def _cells(ws: Workspace, dims: tuple[str, ...], span: Span | None) -> tuple[_Cell, ...]:
    """Return ratings and resolved tickets by cell, those with most tickets first."""
    metrics = find(("csat", "resolution_rate"))
    (table,) = tabulate(ws, [Request(metrics, dims, span)])
    ratings, tickets = table.cells["csat"], table.cells["resolution_rate"]
    found = []
    for key in {**tickets, **ratings}:
        rated, resolved = ratings.get(key, {}), tickets.get(key, {})
        counts = (rated.get("csat.k"), rated.get("csat.n"), resolved.get("resolution_rate.k"))
        found.append(_Cell(key, *(int(c or 0) for c in counts)))
    found.sort(key=lambda c: (-c.tickets, tuple(map(str, c.key))))
    return tuple(c for c in found if c.n or c.tickets)


def _fit(dims: tuple[str, ...], cells: Sequence[_Cell], level: float) -> _Fit | None:
    """Weigh cell by cell where every cell with tickets is heard, else by the margins."""
    is_raked = any(c.tickets and not c.n for c in cells) and len(dims) > 1
    if is_raked:
        margins = [_margin(cells, place) for place in range(len(dims))]
        found = rake([MarginCell(c.key, c.k, c.n) for c in cells], margins, level=level)
    else:
        found = post_stratify([PopulationCell(c.k, c.n, c.tickets) for c in cells], level=level)
    return None if found is None else _Fit(dims, tuple(cells), found, is_raked)


def _margin(cells: Sequence[_Cell], place: int) -> dict[str | int | None, int]:
    margin: dict[str | int | None, int] = {}
    for cell in cells:
        margin[cell.key[place]] = margin.get(cell.key[place], 0) + cell.tickets
    return margin


def _measure(csat: Measure, fit: _Fit) -> Measure:
    found = fit.found
    kept = {k: csat.extra[k] for k in ("bounds", "response") if k in csat.extra}
    return replace(
        csat,
        label="CSAT, reweighted",
        rule=f"{csat.rule}, reweighted to all resolved tickets by {fit.by}",
        value=100 * found.share,
        numerator=None,
        low=100 * found.interval.low,
        high=100 * found.interval.high,
        method="raking" if fit.is_raked else "post-stratification",
        band=None,
        difference=None,
        excluded={},
        extra={**kept, "effective_n": found.effective_n},
    )


def _weights(fit: _Fit) -> tuple[str, ...]:
    """Return how the weights came about and what they cost."""
    used = [w for w, c in zip(fit.found.weights, fit.cells, strict=True) if c.n]
    how = (
        "by the margins (raking), as some cells have no rating" if fit.is_raked else "cell by cell"
    )
    n = sum(c.n for c in fit.cells)
    words = (
        f"Weighted {how}: {fit.by}. A rating counts {min(used):.2f} to {max(used):.2f} times; the "
        f"{n:,} ratings are worth {fit.found.effective_n:,.0f} equal ones."
    )
    return (words,)


def _limits(fit: _Fit) -> tuple[str, ...]:
    """Return where the weights stop short of their aim."""
    found, lines = fit.found, []
    if found.is_capped:
        lines.append(f"Weights are capped at {WEIGHT_CAP:g}, so some cells stay under-represented.")
    if found.uncovered_share > 0:
        lines.append(
            f"{100 * found.uncovered_share:.1f} % of the tickets lie where nobody answered; nothing"
            " speaks for them."
        )
    if not found.has_converged and not found.is_capped:
        lines.append(f"The margins are missed by up to {100 * found.largest_gap:.1f} points.")
    return tuple(lines)


def _grid(ws: Workspace, fit: _Fit) -> Table:
    heard = representativity([(c.n, c.tickets) for c in fit.cells])
    rows: list[dict[str, Cell]] = []
    for cell, weight, index in zip(fit.cells, fit.found.weights, heard, strict=True):
        names: Mapping[str, str | None] = ws.label(fit.dims, cell.key)
        row: dict[str, Cell] = {d: "(none)" if v is None else v for d, v in names.items()}
        row |= {
            "tickets": cell.tickets,
            "ratings": cell.n,
            "csat": 100 * cell.k / cell.n if cell.n else None,
            "heard": None if index is None else round(index, 3),
            "weight": round(weight, 3) if cell.n else None,
        }
        rows.append(row)
    headings = {d: d.replace("_", " ").capitalize() for d in fit.dims}
    return Table(
        {**headings, "tickets": "Resolved", "ratings": "Ratings", "csat": "CSAT",
         "heard": "Heard", "weight": "Weight"},
        tuple(rows),
        frozenset({"tickets", "ratings", "csat", "heard", "weight"}),
        {"tickets": "count", "ratings": "count", "csat": "percent"},
        title="Who is heard: 1 is in proportion to the resolved tickets",
    )  # fmt: skip


def _note(csat: Measure, measure: Measure, fit: _Fit) -> Note:
    text = (
        f"reweighting by {fit.by} moves CSAT from {csat.value:.1f} to {measure.value:.1f} %; it "
        "repairs who answered, and can't repair that within one cell the unhappy, or the happy, "
        "answer more often"
    )
    bounds = csat.extra.get("bounds")
    if isinstance(bounds, list):
        text += f": only the worst case ({bounds[0]:.1f} to {bounds[1]:.1f} %) is sure"
    return note("response.unrepaired", text, "warning")
