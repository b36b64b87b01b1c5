"""How soon outreach came and what the second score was, as small tables with their counts.

The share reached after so many hours is Kaplan-Meier's, from each low score's own time: those not
reached yet count for as long as they were watched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from csatkit.analyses.recovery_rows import BANDS, NEVER, UNKNOWN, Low, band_of
from csatkit.analyses.workspace import Workspace
from csatkit.render.grids import NO_VALUE
from csatkit.render.values import quantity, span
from csatkit.report import Cell, CellUnit, Measure, Section, Table
from csatkit.stats.intervals import mean_interval, newcombe, wilson
from csatkit.stats.survival import kaplan_meier_times

__all__ = ["COLUMNS", "REACHED_BY", "people_table", "second_section", "speed_section"]

COLUMNS = (
    "Low: low scores at least 24 hours old. Out: low scores with outreach. Again: those rated "
    "again after it. CSAT: their mean second score."
)
"""What the narrow headings of `people_table` mean; wider ones wouldn't fit a terminal."""

REACHED_BY = (2.0, 24.0, 72.0)
"""Hours at which the share reached is told (metrics.md §8)."""


def speed_section(rows: Sequence[Low], level: float) -> Section:
    """Return how soon outreach came, and how often the score rose after it."""
    names = [name for name, _ in BANDS]
    bands: dict[str, list[Low]] = {name: [] for name in (*names, UNKNOWN, NEVER)}
    for low in rows:
        bands[band_of(low)].append(low)
    if not bands[UNKNOWN]:
        del bands[UNKNOWN]
    table = Table(
        {
            "band": "Outreach",
            "low_scores": "Low scores",
            "rated_again": "Rated again",
            "upgraded": "Upgraded",
            "upgrade_rate": "Upgrade rate",
            "interval": "Interval",
        },
        tuple(_band(name, lows, level) for name, lows in bands.items()),
        numeric=frozenset({"low_scores", "rated_again", "upgraded", "interval"}),
        units={"upgrade_rate": "percent"},
    )
    return Section("speed", "How soon outreach comes", _reached(rows, level), tables=(table,))


def _band(name: str, lows: Sequence[Low], level: float) -> dict[str, Cell]:
    k, n = sum(low.is_upgraded for low in lows), len(lows)
    # The upgrade rate is one of those who were reached (metrics.md §8); the others have counts.
    is_rate = name != NEVER
    return {
        "band": name,
        "low_scores": n,
        "rated_again": sum(low.second is not None for low in lows),
        "upgraded": k,
        "upgrade_rate": 100 * k / n if n and is_rate else None,
        "interval": _interval(k, n, level) if is_rate else None,
    }


def people_table(name: str, cells: Sequence[Measure]) -> Table:
    """Return the three rates of each agent or team side by side, each with its own denominator.

    Args:
        name: the column.
        cells: measures of the three rates, one of each per segment.
    """
    rates = {"recovery_rate": "recovery", "upgrade_rate": "upgrade", "recovery_csat": "csat"}
    rows: dict[str | None, dict[str, Cell]] = {}
    for m in cells:
        # A missing value reads as one, so that no agent is called so by chance.
        row = rows.setdefault(m.segment[name], {name: m.segment[name] or NO_VALUE})
        key = rates[m.metric]
        row |= {key: m.value, f"{key}_n": m.denominator, f"{key}_interval": _bounds(m)}
    columns = {
        name: name.capitalize(),
        "recovery_n": "Low", "recovery": "Recovery", "recovery_interval": "Interval",
        "upgrade_n": "Out", "upgrade": "Upgrade", "upgrade_interval": "Interval",
        "csat_n": "Again", "csat": "CSAT",
    }  # fmt: skip
    kept = {key for row in rows.values() for key, value in row.items() if value is not None}
    columns = {key: heading for key, heading in columns.items() if key in kept}
    counts = frozenset({"recovery_n", "upgrade_n", "csat_n", "recovery_interval",
                        "upgrade_interval"})  # fmt: skip
    units: dict[str, CellUnit] = {"recovery": "percent", "upgrade": "percent", "csat": "score"}
    return Table(
        columns,
        tuple({key: row.get(key) for key in columns} for row in rows.values()),
        counts & frozenset(columns),
        {key: unit for key, unit in units.items() if key in columns},
    )


def _bounds(m: Measure) -> str | None:
    return None if m.low is None or m.unit != "percent" else span(m.low, m.high, "percent")


def _interval(k: int, n: int, level: float) -> str | None:
    found = wilson(k, n, level)
    return None if found is None else span(100 * found.low, 100 * found.high, "percent")


def _reached(rows: Sequence[Low], level: float) -> tuple[str, ...]:
    """Return the share reached after so many hours, those not reached yet censored."""
    timed = [r for r in rows if r.watched is not None and not (r.is_reached and r.hours is None)]
    times = [r.watched if r.hours is None else r.hours for r in timed]
    shares = []
    for at in REACHED_BY:
        point = kaplan_meier_times(
            [max(t or 0.0, 0.0) for t in times], [r.is_reached for r in timed], at, level
        )
        if point is None:
            shares.append(f"not known after {at:g} h")
            continue
        inside = point.interval
        bounds = "" if inside is None else f" ({_flipped(inside.low, inside.high)})"
        shares.append(f"{quantity(100 * (1 - point.survival), 'percent')}{bounds} after {at:g} h")
    if not timed:
        return ("Nobody gave a low score whose instant is known.",)
    lines = [f"Reached: {', '.join(shares)} (Kaplan-Meier; those not reached yet are censored)."]
    if lost := len(rows) - len(timed):
        lines.append(f"{lost:,} low score{'s' * (lost != 1)} without a known time aren't in it.")
    return tuple(lines)


def _flipped(low: float, high: float) -> str:
    return span(100 * (1 - high), 100 * (1 - low), "percent")


def second_section(rows: Sequence[Low], ws: Workspace) -> Section:
    """Return what those who rated again said, with and without outreach."""
    title = "Second ratings"
    if not ws.facts.knows_second:
        return Section("second", title, missing="no second score is known")
    again = [low for low in rows if low.second is not None]
    groups = {
        "after outreach": [low for low in again if low.is_reached],
        "without outreach": [low for low in again if not low.is_reached],
    }
    columns = {
        "group": "Rated again",
        "ratings": "Ratings",
        "higher": "Higher",
        "same": "Same",
        "lower": "Lower",
        "higher_share": "Share higher",
        "interval": "Interval",
        "mean_change": "Mean change",
        "top_share": f"Reached {_top(ws)[1]}",
    }
    if ws.scale is None or ws.scale.values is None:
        del columns["mean_change"]
    table = Table(
        columns,
        tuple(_group(name, lows, ws) for name, lows in groups.items()),
        numeric=frozenset({"ratings", "higher", "same", "lower", "interval"}),
        units={
            "higher_share": "percent",
            "top_share": "percent",
            **({"mean_change": "score"} if "mean_change" in columns else {}),
        },
    )
    text = _compared(groups["after outreach"], groups["without outreach"], ws)
    return Section("second", title, (*_change(groups["after outreach"], ws), *text), (), (table,))


def _top(ws: Workspace) -> tuple[int, str]:
    """Return the best answer of the scale and its name."""
    labels = ws.score_labels
    best = max(labels)
    return best, labels[best]


def _group(name: str, lows: Sequence[Low], ws: Workspace) -> dict[str, Cell]:
    n, k = len(lows), sum(low.is_upgraded for low in lows)
    changes = _changes(lows)
    top = sum(low.second == _top(ws)[0] for low in lows)
    return {
        "group": name,
        "ratings": n,
        "higher": k,
        "same": sum(c == 0 for c in changes),
        "lower": sum(c < 0 for c in changes),
        "higher_share": 100 * k / n if n else None,
        "interval": _interval(k, n, ws.settings.level),
        "mean_change": math.fsum(changes) / n if n else None,
        "top_share": 100 * top / n if n else None,
    }


def _changes(lows: Sequence[Low]) -> list[int]:
    return [low.second - low.score for low in lows if low.second is not None]


def _change(lows: Sequence[Low], ws: Workspace) -> tuple[str, ...]:
    """Return the mean change after outreach with its interval, where scores are numbers."""
    if not lows or ws.scale is None or ws.scale.values is None:
        return ()
    changes = _changes(lows)
    squares = sum(c * c for c in changes)
    found = mean_interval(len(changes), sum(changes), squares, ws.settings.level)
    bounds = "" if found is None else f" ({found.low:+.2f} to {found.high:+.2f})"
    mean = math.fsum(changes) / len(changes)
    return (f"After outreach the score changes by {mean:+.2f}{bounds} on average.",)


def _compared(reached: Sequence[Low], others: Sequence[Low], ws: Workspace) -> tuple[str, ...]:
    """Return whether outreach raises scores more than being asked again does by itself."""
    if not reached:
        return ("Nobody rated again after outreach.",)
    return (_told_apart(reached, others, ws),)


def _told_apart(reached: Sequence[Low], others: Sequence[Low], ws: Workspace) -> str:
    if not others:
        return (
            "No low scorer rated again without outreach. A score that was low tends to be higher "
            "the next time in any case (regression to the mean), so how much of the rise comes "
            "from outreach can't be told."
        )
    k1, k0 = (sum(low.is_upgraded for low in group) for group in (reached, others))
    n1, n0 = len(reached), len(others)
    if min(n1, n0) < ws.settings.min_n:
        return (
            f"{n0:,} low scorer{'s' * (n0 != 1)} rated again without outreach, {n1:,} after it: "
            "too few to tell outreach from regression to the mean."
        )
    interval = newcombe(k1, n1, k0, n0, ws.settings.level)
    assert interval is not None
    gap = quantity(100 * (k1 / n1 - k0 / n0), "points")
    bounds = span(100 * interval.low, 100 * interval.high, "points")
    if interval.low > 0:
        meaning = "more than regression to the mean explains"
    elif interval.high < 0:
        meaning = "less often than without it"
    else:
        meaning = "which can't be told from regression to the mean"
    return (
        "Against those who rated again without outreach the share of higher scores differs by "
        f"{gap} ({bounds}): {meaning}. Who rates again decides that alone, so it is no "
        "experiment."
    )
