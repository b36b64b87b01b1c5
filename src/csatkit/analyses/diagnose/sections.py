"""The tables of `diagnose`: weights, evidence, concentration, routing map."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.diagnose.cells import behind_gathered, behind_routes
from csatkit.analyses.diagnose.evidence import Concentration, Low
from csatkit.analyses.diagnose.gathering import Gathered
from csatkit.analyses.diagnose.routing import Best, RoutingMap
from csatkit.analyses.diagnose.rules import Loads
from csatkit.analyses.diagnose.weighing import Weights
from csatkit.analyses.pasting import pasteable
from csatkit.report import Cell, CellUnit, Chart, Section, Table

__all__ = [
    "concentration_section",
    "evidence_section",
    "routing_section",
    "weight_chart",
    "weight_table",
]

MOST_SHOWN = 12
"""Rows of a table; a reader takes in a dozen."""


def weight_table(found: Gathered, weights: Weights) -> Table:
    """Return how much of the differences goes with each factor."""
    rows: list[dict[str, Cell]] = []
    for w in weights.weights:
        c = w.component
        label = found.factors[w.id].label
        if w.id == "team" and "agent" in found.factors:
            label = "team (as agent)"
        rows.append(
            {
                "factor": label,
                "levels": len(c.levels),
                "share": _percent(c.share),
                "low": _percent(c.low),
                "high": _percent(c.high),
                "half": _percent(c.half),
                "spread": 100 * c.variance**0.5,
                "p_value": c.p_value,
                "noise": "beyond" if w.is_beyond_chance else "within",
            }
        )
    columns = {
        "factor": "Goes with", "levels": "Levels", "share": "Share", "low": "from", "high": "to",
        "half": "Half", "spread": "Spread", "noise": "Noise",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "levels": "count", "share": "percent", "low": "percent", "high": "percent",
        "half": "percent", "spread": "points",
    }  # fmt: skip
    return Table(columns, tuple(rows), units=units)


def weight_chart(found: Gathered, weights: Weights) -> tuple[Chart, ...]:
    """Return the shares of what differs, around the half from which one factor is the answer."""
    rows: list[dict[str, Cell]] = []
    for w in weights.weights:
        c = w.component
        if w.is_main and c.share is not None:
            shares = {"value": _percent(c.share), "low": _percent(c.low), "high": _percent(c.high)}
            rows.append({"label": found.factors[w.id].label, **shares, "n": found.total.n})
    return (Chart("intervals", tuple(rows), "percent", reference=50.0),) if rows else ()


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def evidence_section(
    found: Gathered, lows: Sequence[Low], loads: Loads | None, outcome: str
) -> Section:
    """Return who and what is low, everything else equal."""
    title = "The evidence"
    if not lows:
        nothing = "No agent, issue type, channel, customer segment or time is low beyond noise."
        return Section("evidence", title, text=(nothing,))
    has_load = loads is not None and any(low.factor == "agent" for low in lows)
    rows: list[dict[str, Cell]] = []
    for low in lows:
        row: dict[str, Cell] = {
            "factor": found.factors[low.factor].label,
            "segment": low.name,
            "n": low.counts.n,
            "value": 100 * low.counts.k / low.counts.n,
            "gap": 100 * low.effect,
            "low": 100 * low.low,
            "high": 100 * low.high,
            "below": f"{low.below}/{low.of}" if low.of else None,
        }
        if has_load and loads is not None:
            load = loads.by_agent.get(low.name) if low.factor == "agent" else None
            row["load"] = None if load is None else round(load, 1)
        rows.append(row)
    columns = {
        "factor": "By", "segment": "Segment", "n": "n", "value": outcome, "gap": "Adjusted",
        "low": "from", "high": "to", "below": "Below",
    }  # fmt: skip
    if has_load:
        columns["load"] = "A day"
    units: dict[str, CellUnit] = {
        "n": "count", "value": "percent", "gap": "points", "low": "points", "high": "points",
    }  # fmt: skip
    adjusted = (
        "Adjusted: points from the mean with everything else held equal. Below: for how many issue"
        " types (of types and times: agents) it is below the others."
    )
    text = [adjusted]
    if has_load:
        text.append("A day: tickets per day on which the agent had any.")
    numeric = frozenset({"load"} if has_load else ())
    table = Table(columns, tuple(rows[:MOST_SHOWN]), numeric, units)
    return Section("evidence", title, text=tuple(text), tables=(table,))


def concentration_section(found: Gathered, kept: Sequence[Concentration]) -> Section:
    """Return where low scores gather."""
    what = "low scores" if found.outcome == "csat" else "failures"
    title = f"Where {what} gather"
    if not kept:
        text = f"Nowhere more than chance explains, or fewer than 20 {what}."
        return Section("concentration", title, text=(text,))
    rows: list[dict[str, Cell]] = [
        {
            "factor": found.factors[c.factor].label,
            "segment": c.name,
            "lows": c.counts.low,
            "of_lows": 100 * c.share_of_lows,
            "of_rows": 100 * c.share_of_rows,
            "p_value": "< .001" if c.p_value < 0.001 else f"{c.p_value:.3f}"[1:],
        }
        for c in kept[:MOST_SHOWN]
    ]
    columns = {
        "factor": "By", "segment": "Segment",
        "lows": "Low" if found.outcome == "csat" else "Failed", "of_lows": "Of all such",
        "of_rows": "Of tickets", "p_value": "Exact p",
    }  # fmt: skip
    units: dict[str, CellUnit] = {"lows": "count", "of_lows": "percent", "of_rows": "percent"}
    behind = pasteable(behind_gathered(found, kept[:MOST_SHOWN]))
    table = Table(columns, tuple(rows), units=units)
    return Section("concentration", title, text=(f"The tickets: {behind}.",), tables=(table,))


def routing_section(maps: Sequence[tuple[RoutingMap, Best, str]]) -> Section:
    """Return issue type × channel, with the channel that serves each type best."""
    title = "Routing map"
    if not maps:
        why = "it takes ratings or outcomes of tickets with issue types and at least two channels"
        return Section("routing", title, missing=why)
    meaning = (
        "Best: above the type's other channels together, beyond noise (Benjamini-Hochberg, 10 %);"
        " a dash where the intervals don't allow it. Too few tickets have a dash, too."
    )
    text = [meaning]
    for found, best, label in maps:
        if best:
            parts = [f"{r.issue_type} by {r.channel}" for r in best.values()]
            behind = pasteable(behind_routes(found.metric, best))
            text.append(f"{label}: {', '.join(parts)}; the tickets: {behind}.")
    tables = tuple(_map_table(found, best, label) for found, best, label in maps)
    return Section("routing", title, text=tuple(text), tables=tables)


def _map_table(found: RoutingMap, best: Best, label: str) -> Table:
    cells = {(m.segment["issue_type"], m.segment["channel"]): m for m in found.cells}
    sizes: dict[str, int] = {}
    order: dict[str, int] = {}
    for (issue, channel), m in cells.items():
        if issue is None or channel is None:
            continue
        sizes[channel] = sizes.get(channel, 0) + (m.denominator or 0)
        order[issue] = order.get(issue, 0) + (m.denominator or 0)
    channels = sorted(sizes, key=lambda c: (-sizes[c], c))[:MOST_CHANNELS]
    rows: list[dict[str, Cell]] = []
    for issue in sorted(order, key=lambda i: (-order[i], i))[:MOST_TYPES]:
        row: dict[str, Cell] = {"issue_type": issue}
        for i, channel in enumerate(channels):
            cell = cells.get((issue, channel))
            known = cell is not None and cell.status in ("ok", "caution")
            row[f"channel_{i}"] = cell.value if cell is not None and known else None
        row["best"] = best[issue].channel if issue in best else None
        rows.append(row)
    columns = {
        "issue_type": "Issue type", **{f"channel_{i}": c for i, c in enumerate(channels)},
        "best": "Best",
    }  # fmt: skip
    units: dict[str, CellUnit] = {f"channel_{i}": "percent" for i in range(len(channels))}
    return Table(columns, tuple(rows), units=units, title=label)


MOST_CHANNELS = 6
"""Channels of the map; the busiest, so that it fits a page."""

MOST_TYPES = 15
"""Issue types of the map, the most frequent; the measures have every cell."""
