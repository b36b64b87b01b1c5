"""What the comparison of agents and segments says, as sections: words first, then the tables.

Rows keep the order of their denominators. A reader who wants the best and the worst finds ranges of
places, and whether anybody differs beyond chance at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from csatkit.analyses.contrasts import (
    BY_CHANCE,
    CONTRASTS,
    HOMOGENEOUS_FROM,
    Scan,
    contrast_section,
)
from csatkit.analyses.units import Unit, UnitTable
from csatkit.notes import note
from csatkit.report import Cell, Note, Section, Table
from csatkit.schema import COLUMNS
from csatkit.stats.funnel import FLAG_TAIL, MIN_OTHERS
from csatkit.stats.ranks import RankRange
from csatkit.stats.shrinkage import MIN_GROUPS

__all__ = ["named_section", "overlap_notes", "unit_section"]

FEWEST_EXPECTED = 5
"""Expected count below which chi-square is a rough guide, Cochran (1952)."""

_TAIL = f"{FLAG_TAIL:g}".lstrip("0")


def _plural(dim: str) -> str:
    """Return what the units of a dimension are called: `agents`, `issue types`."""
    name = dim.replace("_", " ")
    return f"{name}s" if dim in COLUMNS else f"values of {dim}"


def unit_section(table: UnitTable) -> Section:
    """Return one metric by one dimension: what can be said, then every unit."""
    key = f"units_{table.metric.id}_{table.dim}"
    title = f"{table.metric.label}: {_plural(table.dim)} among each other"
    text = (_verdict(table), *_flag_words(table), *_method_words(table))
    return Section(key, title, text=text, tables=(_grid(table),))


def _verdict(table: UnitTable) -> str:
    """Say whether anything but chance is needed to explain the differences."""
    test = table.homogeneity
    if test is None:
        return f"Too few {_plural(table.dim)} have enough tickets to tell differences from chance."
    p = "p < .001" if test.p_value < 0.001 else f"p = {test.p_value:.3f}".replace("0.", ".")
    figures = f"chi-square {test.statistic:.1f} on {test.df} degrees of freedom, {p}"
    if test.smallest_expected < FEWEST_EXPECTED:
        figures += f"; rough, as some expected counts are below {FEWEST_EXPECTED}"
    if test.p_value >= HOMOGENEOUS_FROM:
        return f"Differences are consistent with chance ({figures})."
    return f"Differences are larger than chance explains ({figures})."


def _flag_words(table: UnitTable) -> tuple[str, ...]:
    if not table.is_people:
        return ()
    judged = sum(u.is_judged for u in table.units)
    if not judged:
        return ()
    which = f"{len(table.flagged)} of {judged} {_plural(table.dim)} flagged"
    return (f"{which} (one-sided tail below {_TAIL} on their own mix of tickets).",)


def _method_words(table: UnitTable) -> tuple[str, ...]:
    """Say what the columns rest on, and where they are to be read with care."""
    mix = " and ".join(c.replace("_", " ") for c in table.mix)
    basis = f"the others' share, allowing for {mix}" if mix else "the others' share"
    lines = [f"Expected: {basis}. Overdispersion of the funnel: {table.funnel.phi:.2f}."]
    if table.shrinkage is not None and table.shrinkage.prior_tickets is None:
        lines.append("No more spread than chance, so every shrunken share is the pooled one.")
    elif table.shrinkage is not None and table.shrinkage.is_approximate:
        lines.append(f"Shrunken shares are approximate below {MIN_GROUPS} {_plural(table.dim)}.")
    if thin := _thin(table):
        lines.append(f"Little overlap: {_list(thin)}; their expected share is mostly the pooled.")
    return tuple(lines)


def _thin(table: UnitTable) -> list[str]:
    return [_name(u) for u in table.units if u.place is not None and u.place.is_thin]


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _name(unit: Unit) -> str:
    (value,) = unit.measure.segment.values()
    return "(none)" if value is None else value


def overlap_notes(tables: Sequence[UnitTable]) -> tuple[Note, ...]:
    """Warn of people whose tickets are of a kind that the others hardly have."""
    found = []
    for dim in dict.fromkeys(t.dim for t in tables if t.is_people):
        thin = dict.fromkeys(name for t in tables if t.dim == dim for name in _thin(t))
        if thin:
            text = (
                f"{_plural(dim)} with more than a fifth of their tickets in kinds of which the "
                f"others have fewer than {MIN_OTHERS}: {_list(list(thin))}; allowing for the mix "
                "of tickets says little about them"
            )
            found.append(note("segment.case_mix", text, "warning"))
    return tuple(found)


def _grid(table: UnitTable) -> Table:
    columns = {
        "segment": table.dim.replace("_", " ").capitalize() if table.dim in COLUMNS else table.dim,
        "k": "k", "n": "n", "value": "Value", "low": "from", "high": "to",
        "expected": "Expected", "zone": "Funnel", "zone_adjusted": "Funnel, adjusted",
        "shrunken": "Shrunken", "rank": "Rank range", "flagged": "Flagged", "status": "Status",
    }  # fmt: skip
    if not table.is_people:
        del columns["flagged"]
    if not any(u.measure.band for u in table.units):
        rows = [_row(u) for u in table.units]
    else:
        columns = {**columns, "band": "Band"}
        rows = [{**_row(u), "band": u.measure.band} for u in table.units]
    numbers = ("value", "low", "high", "expected", "shrunken")
    return Table(
        columns,
        tuple(rows),
        frozenset({"k", "n", *numbers}),
        {"k": "count", "n": "count", **dict.fromkeys(numbers, "percent")},
    )


def _row(unit: Unit) -> dict[str, Cell]:
    m, place, ranks = unit.measure, unit.place, unit.ranks
    withheld = m.status == "skewed" or place is None
    return {
        "segment": _name(unit),
        "k": m.numerator,
        "n": m.denominator,
        "value": m.value,
        "low": m.low,
        "high": m.high,
        "expected": None if place is None else 100 * place.expected / place.n,
        "zone": None if withheld or place is None else place.zone,
        "zone_adjusted": None if withheld or place is None else place.wide_zone,
        "shrunken": None if unit.shrunken is None else 100 * unit.shrunken.rate,
        "rank": None if ranks is None else _places(ranks),
        "flagged": unit.flag,
        "status": m.status,
    }


def _places(ranks: RankRange) -> str:
    one = ranks.best == ranks.worst
    return f"{ranks.best if one else f'{ranks.best}–{ranks.worst}'} of {ranks.of}"


def named_section(found: Scan, tables: Sequence[UnitTable]) -> Section:
    """Return the segments that chance doesn't explain: scanned ones, then flagged people.

    Args:
        found: the scan over everything but people.
        tables: the comparison of the units.
    """
    people = [t for t in tables if t.is_people]
    scanned = contrast_section(found)
    if not people:
        return scanned
    flagged = [(t, u) for t in people for u in t.flagged]
    text = [t for t in scanned.text if found.nameable and not (flagged and t == BY_CHANCE)]
    for table in people:
        words = " ".join((*_flag_words(table), _verdict(table)))
        text.append(f"{table.metric.label}: {words}")
    shown = (*scanned.tables, _flagged_grid(flagged)) if flagged else scanned.tables
    return replace(scanned, key="segments", title=CONTRASTS, text=tuple(text), tables=shown,
                   missing=None)  # fmt: skip


def _flagged_grid(flagged: Sequence[tuple[UnitTable, Unit]]) -> Table:
    rows: list[dict[str, Cell]] = []
    for table, unit in flagged:
        place = unit.place
        assert place is not None
        expected = 100 * place.expected / place.n
        value = 100 * place.k / place.n
        rows.append(
            {
                "metric": table.metric.label,
                "dimension": table.dim,
                "segment": _name(unit),
                "value": value,
                "n": place.n,
                "expected": expected,
                "difference": value - expected,
                "zone_adjusted": place.wide_zone,
            }
        )
    return Table(
        {
            "metric": "Metric", "dimension": "By", "segment": "Flagged", "value": "Value", "n": "n",
            "expected": "Expected", "difference": "Against expected",
            "zone_adjusted": "Funnel, adjusted",
        },
        tuple(rows),
        frozenset({"value", "n", "expected", "difference"}),
        {"value": "percent", "n": "count", "expected": "percent", "difference": "points"},
        title="Flagged on their own mix of tickets",
    )  # fmt: skip
