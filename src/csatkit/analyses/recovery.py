"""`recovery`: were unhappy customers called in time, and did it help.

Three rates with three denominators, never multiplied into one. Whether outreach helped is asked
against those who rated again without it: a second score is higher by itself as often as not.
"""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.differences import with_differences
from csatkit.analyses.measuring import by_segment, measures, n_rows
from csatkit.analyses.outreach_notes import outreach_notes
from csatkit.analyses.privacy import PERSONS
from csatkit.analyses.recovery_rows import low_rows
from csatkit.analyses.recovery_tables import (
    COLUMNS,
    people_table,
    second_section,
    speed_section,
)
from csatkit.analyses.recovery_words import AIMS, verdict
from csatkit.analyses.remarks import remarks
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.load import Data
from csatkit.metrics import find
from csatkit.render.values import number
from csatkit.report import Measure, Report, Section
from csatkit.settings import Settings
from csatkit.stats.contrast import homogeneity_p_value

__all__ = ["RATES", "recovery", "usual_cuts"]

RATES = tuple(AIMS)
"""The metrics of the command, in the order of what has to happen first."""

WHO = ("team", "agent")
"""By whom the rates are shown: a team can be helped with time, an agent with words."""

CHANCE = 0.05
"""p value from which segments differ no more than chance explains (metrics.md §4)."""


def recovery(ws: Workspace) -> Report:
    """Return the three rates overall and by segment, how soon outreach comes, and what it does.

    Raises:
        NothingToEvaluate: the selection holds no row.
    """
    found = find(RATES)
    people = [
        dims for dims in usual_cuts(ws.data, ws.settings)
        if ws.lacks(found[0]) is None and ws.lacks_dimension("responses", dims) is None
    ]  # fmt: skip
    tables = by_segment(ws, found, (*ws.by, *people), ws.span)
    usable = [m for m in found if ws.lacks(m) is None]
    if usable and n_rows(tables) == 0:
        raise NothingToEvaluate(
            "the selection holds no rating", "Widen --period, --from, --to or --where."
        )
    every = with_differences(ws, found, tables, measures(ws, tables), ws.span)
    shown = tuple(m for m in every if tuple(m.segment) not in people)
    sections = [Section("recovery", "Recovery", _told(ws, shown), shown)]
    sections += [_people(ws, every, dims) for dims in people]
    if ws.lacks(found[0]) is None:
        rows = low_rows(ws, ws.span)
        sections.append(speed_section(rows, ws.settings.level))
        sections.append(second_section(rows, ws))
    notes = tuple(dict.fromkeys((*remarks(ws, shown), *outreach_notes(ws))))
    return Report("recovery", definitions(ws), inputs(ws), shown, tuple(sections), notes)


def usual_cuts(data: Data, settings: Settings) -> tuple[tuple[str], ...]:
    """Return by whom recovery is shown where nobody asks for another breakdown."""
    if settings.by:
        return ()
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    hidden = PERSONS if settings.privacy == "none" else ()
    return tuple((d,) for d in WHO if d not in hidden and any(s.has(d) for s in sources))


def _people(ws: Workspace, every: Sequence[Measure], dims: tuple[str, ...]) -> Section:
    """Return the three rates of each agent or team in one row, those with most low scores first."""
    cells = [m for m in every if tuple(m.segment) == dims]
    text = tuple(line for name in RATES[:2] if (line := _alike(cells, name, dims, ws)))
    (name,) = dims
    if not cells:
        return Section(f"by_{name}", f"By {name}", missing=f"{name} of no low score is known")
    table = people_table(name, cells)
    return Section(f"by_{name}", f"By {name}", (*text, COLUMNS), tables=(table,))


def _told(ws: Workspace, shown: Sequence[Measure]) -> tuple[str, ...]:
    """Return what the rates say, first overall, then of the segments."""
    scale = None if ws.scale is None else ws.scale.name
    overall = [m for m in shown if not m.segment]
    lines = [line for m in overall if (line := verdict(m, ws.settings, scale))]
    young = sum(m.excluded.get("immature", 0) for m in overall)
    if young:
        lines.append(
            f"{number(young)} low score{'s' * (young != 1)} younger than 24 hours at the data "
            "end: there is still time."
        )
    for dims in ws.by:
        lines += [line for name in RATES[:2] if (line := _alike(shown, name, dims, ws))]
    return tuple(lines)


def _alike(shown: Sequence[Measure], metric: str, dims: Sequence[str], ws: Workspace) -> str | None:
    """Return whether the segments of a breakdown differ more than chance explains."""
    cells = [m for m in shown if m.metric == metric and tuple(m.segment) == tuple(dims)]
    counts = [(int(m.numerator or 0), m.denominator) for m in cells if m.denominator]
    if "tags" in dims:
        return None
    p_value = homogeneity_p_value(counts)
    if p_value is None:
        return None
    small = sum(n < ws.settings.min_n for _, n in counts)
    many = f"; {number(small)} of {number(len(counts))} rest on too few" if small else ""
    by = f"{cells[0].label} by {', '.join(dims).replace('_', ' ')}"
    if p_value >= CHANCE:
        return f"{by}: the differences are consistent with chance{many}."
    return f"{by}: the differences are larger than chance explains{many}."
