"""The tables of a driver analysis: what goes with the outcome, how strongly, and since when.

Shares become percent and gaps points here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.drivers.associating import Association, AtLevel, Model
from csatkit.analyses.drivers.gathering import Gathered
from csatkit.analyses.drivers.literature import REFERENCES
from csatkit.analyses.drivers.modes import Concentration, NextBand
from csatkit.analyses.drivers.planning import Planned
from csatkit.analyses.pasting import pasteable
from csatkit.facts.drivers import DRIVERS
from csatkit.render.values import number
from csatkit.report import Cell, CellUnit, Chart, Section, Table
from csatkit.stats.regression import Effect

__all__ = [
    "adjusted_table",
    "concentration_section",
    "curve_section",
    "gap_chart",
    "literature_section",
    "mode_table",
    "plan_section",
    "raw_table",
]


def _percent(k: int, n: int) -> float | None:
    return 100 * k / n if n else None


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _gap(effect: Effect | None) -> dict[str, Cell]:
    if effect is None:
        return {"gap": None, "low": None, "high": None}
    return {"gap": 100 * effect.value, "low": 100 * effect.low, "high": 100 * effect.high}


def raw_table(associations: Sequence[Association], title: str) -> Table:
    """Return what the counts alone say of each driver."""
    rows: list[dict[str, Cell]] = []
    for a in associations:
        interval = a.raw_interval
        rows.append(
            {
                "driver": a.label,
                "n": a.affected.n,
                "with": _percent(a.affected.k, a.affected.n),
                "n_without": a.others.n,
                "without": _percent(a.others.k, a.others.n),
                "raw_gap": _points(a.raw_gap),
                "low": None if interval is None else 100 * interval.low,
                "high": None if interval is None else 100 * interval.high,
            }
        )
    columns = {
        "driver": "Driver", "n": "Tickets", "with": "With", "n_without": "Others",
        "without": "Without", "raw_gap": "Raw gap", "low": "from", "high": "to",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "n": "count", "with": "percent", "n_without": "count", "without": "percent",
        "raw_gap": "points", "low": "points", "high": "points",
    }  # fmt: skip
    return Table(columns, tuple(rows), units=units, title=title)


def adjusted_table(model: Model, found: Gathered, title: str) -> Table:
    """Return each driver with the others held equal."""
    rows: list[dict[str, Cell]] = []
    for a in model.associations:
        later = f"later.{a.id}"
        rows.append(
            {
                "driver": a.label,
                **_gap(a.gap),
                "explained": _points(a.share),
                "points": _points(a.points),
                "later": found.more(later) if found.has(later) else None,
                "noise": _noise(a),
            }
        )
    columns = {
        "driver": "Driver", "gap": "Adjusted", "low": "from", "high": "to",
        "explained": "Explains", "points": "Of total", "later": "Later", "noise": "Noise",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "gap": "points", "low": "points", "high": "points", "explained": "percent",
        "points": "points", "later": "count",
    }  # fmt: skip
    return Table(columns, tuple(rows), units=units, title=title)


def _noise(a: Association) -> str:
    """Return whether a gap is beyond noise, in a word; `few` tickets and `joint` gaps can't say."""
    if a.gap is None:
        return "joint" if a.together else "unknown"
    if a.is_small:
        return "few"
    return "beyond" if a.is_named else "within"


def gap_chart(associations: Sequence[Association]) -> tuple[Chart, ...]:
    """Return the adjusted gaps as dots with their intervals around zero, none where none is known.

    What is told by too few tickets or can't be told apart has no dot: its interval would squeeze
    the others into one.
    """
    rows = tuple(
        {"label": a.label, **_dot(a.gap), "n": a.affected.n}
        for a in associations
        if a.gap is not None and not a.is_small
    )
    # A single dot has nothing to be compared with; the table has its figures.
    return (Chart("intervals", rows, "points", reference=0.0),) if len(rows) > 1 else ()


def _dot(effect: Effect) -> dict[str, Cell]:
    shown = _gap(effect)
    return {"value": shown["gap"], "low": shown["low"], "high": shown["high"]}


def mode_table(model: Model, band: NextBand | None) -> Table:
    """Return the failure modes, most points first, with what the next band would take."""
    order = sorted(model.associations, key=lambda a: (a.points or 0.0, a.label))
    rows: list[dict[str, Cell]] = [
        {
            "mode": a.label,
            "n": a.affected.n,
            **_gap(a.gap),
            "points": _points(a.points),
            "next_band": _to_band(a, band),
            "noise": _noise(a),
        }
        for a in order
    ]
    columns = {
        "mode": "Mode", "n": "Tickets", "gap": "Adjusted", "low": "from",
        "high": "to", "points": "Of total", "next_band": "For band", "noise": "Noise",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "n": "count", "gap": "points", "low": "points", "high": "points",
        "points": "points",
    }  # fmt: skip
    return Table(columns, tuple(rows), units=units)


def _to_band(a: Association, band: NextBand | None) -> str | None:
    """Return which part of the mode goes with as much as the next band is away."""
    if band is None or not a.is_named or not a.points or a.points >= 0:
        return None
    part = band.points / (-100 * a.points)
    return f"{number(100 * part, 0)} %" if part <= 1 else "> 100 %"


def curve_section(a: Association, outcome: str) -> Section:
    """Return the points per further contact, level by level."""
    title = "By further contacts"
    known = [s for s in a.levels if s.counts.n]
    if len(known) < 2:
        return Section("curve", title, missing="no ticket has a further contact")
    names = DRIVERS["further_contacts"].levels
    rows: list[dict[str, Cell]] = [
        {
            "level": names[s.level],
            "n": s.counts.n,
            "value": _percent(s.counts.k, s.counts.n),
            **_gap(s.gap),
        }
        for s in known
    ]
    columns = {
        "level": "Further contacts", "n": "Tickets", "value": outcome, "gap": "Against none",
        "low": "from", "high": "to",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "n": "count", "value": "percent", "gap": "points", "low": "points", "high": "points",
    }  # fmt: skip
    text = ("Against none: with the other drivers, issue type and channel held equal.",)
    table = Table(columns, tuple(rows), units=units)
    return Section("curve", title, text=text, tables=(table,), charts=_curve(known, names))


def _curve(steps: Sequence[AtLevel], names: Sequence[str]) -> tuple[Chart, ...]:
    """Return the points against no further contact, step by step; the first is where they start."""
    rows: list[dict[str, Cell]] = []
    for s in steps:
        if s.level == steps[0].level:
            start: dict[str, Cell] = {"value": 0.0, "low": 0.0, "high": 0.0}
            rows.append({"label": names[s.level], **start, "n": s.counts.n})
        elif s.gap is not None:
            rows.append({"label": names[s.level], **_dot(s.gap), "n": s.counts.n})
    return (Chart("intervals", tuple(rows), "points", reference=0.0),) if len(rows) > 1 else ()


def concentration_section(found: Sequence[Concentration]) -> Section:
    """Return where the failure modes concentrate."""
    title = "Where they concentrate"
    if not found:
        return Section("concentration", title, text=("No segment stands out.",))
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "mode": c.mode.label,
            "dimension": c.dim.replace("_", " "),
            "segment": "(none)" if c.segment is None else c.segment,
            "affected": c.affected,
            "share_of_affected": 100 * c.share_of_affected,
            "share_of_all": 100 * c.share_of_all,
        }
        for c in found
    )
    columns = {
        "mode": "Mode", "dimension": "By", "segment": "Segment", "affected": "Affected",
        "share_of_affected": "Of affected", "share_of_all": "Of all",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "affected": "count", "share_of_affected": "percent", "share_of_all": "percent",
    }  # fmt: skip
    text = (
        "Mature tickets, rated or not; segments against the rest (Benjamini-Hochberg, 10 % false"
        " discoveries)."
    )
    behind = pasteable([f"mode:{c.mode.id}:every,{c.dim}={c.segment or ''}" for c in found])
    table = Table(columns, rows, units=units)
    return Section("concentration", title, (text, f"The tickets: {behind}."), tables=(table,))


def plan_section(steps: Sequence[Planned], rate: float) -> Section:
    """Return the sequence with its dates."""
    title = "In which order, and from when an effect shows"
    if all(s.points is None for s in steps if s.step.modes):
        why = "No failure mode is beyond noise, so none comes first."
        return Section("plan", title, text=(why,))
    rows = tuple(
        {
            "step": s.step.title,
            "first": s.first,
            "last": s.last,
            "points": s.points,
            "ratings": s.ratings,
            "visible": s.visible,
        }
        for s in steps
    )
    columns = {
        "step": "Step", "first": "From", "last": "To", "points": "At most", "ratings": "Ratings",
        "visible": "Seen from",
    }  # fmt: skip
    units: dict[str, CellUnit] = {"points": "points", "ratings": "count"}
    most = (
        "At most: the points associated with what a step is about, were all of it gone; 2 for"
        " coaching, a quarter's least realistic gain."
    )
    seen = (
        "Seen from: once the step is done and as many ratings have come as 80 % power needs, at"
        f" today's {number(rate, 1)} ratings a day; empty beyond two years."
    )
    return Section("plan", title, text=(most, seen), tables=(Table(columns, rows, units=units),))


MOST_WEIGHTS = 5
"""Shares that stand beside the weights in circulation, which are of five drivers."""


def _first_step(a: Association) -> Effect | None:
    """Return the gap that a figure in circulation is about: one further contact, not any."""
    if a.id != "further_contacts":
        return a.gap
    return next((s.gap for s in a.levels if s.level == 1), None)


def literature_section(model: Model, fcr_slope: float | None) -> Section:
    """Return the figures from outside beside the own ones."""
    own = {
        a.id: f"{number(100 * gap.value, 1, signed=True)} points"
        for a in model.associations
        if (gap := _first_step(a)) is not None
    }
    shares = sorted((a.share for a in model.associations if a.share is not None), reverse=True)
    if len(shares) >= MOST_WEIGHTS:
        own["weights"] = f"{', '.join(number(100 * s, 0) for s in shares[:MOST_WEIGHTS])} %"
    if fcr_slope is not None:
        own["fcr"] = f"{number(fcr_slope, 2, signed=True)} points"
    rows = tuple(
        {
            "subject": r.subject,
            "figure": r.figure,
            "own": own.get(r.driver),
            "source": r.source,
        }
        for r in REFERENCES
    )
    columns = {"subject": "About", "figure": "Elsewhere", "own": "Here", "source": "Source"}
    text = (
        "Quoted for comparison and used for nothing. Here: your adjusted gap, of further contacts"
        " that of the first; your five largest shares of what is explained; of first contact"
        " resolution the raw gap, per point."
    )
    table = Table(columns, rows)
    return Section("literature", "Figures from elsewhere", text=(text,), tables=(table,))
