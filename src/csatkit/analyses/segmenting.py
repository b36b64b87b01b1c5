"""`segments`: every segment among the others, led by those that chance doesn't explain."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.contrasts import scan
from csatkit.analyses.unit_words import named_section, overlap_notes, unit_section
from csatkit.analyses.units import PEOPLE, unit_tables, with_units
from csatkit.analyses.workspace import Workspace
from csatkit.periods import Span
from csatkit.report import Measure, Note, Section

__all__ = ["compared"]


def _is_comparable(measure: Measure) -> bool:
    """Return whether a segment may be compared with the rest of its table by its raw share.

    Rows of tags overlap, and only shares can be compared.
    """
    return bool(measure.segment) and "tags" not in measure.segment and measure.method == "wilson"


def compared(
    ws: Workspace, shown: Sequence[Measure], span: Span | None
) -> tuple[tuple[Measure, ...], tuple[Section, ...], tuple[Note, ...]]:
    """Return the measures with their position, the sections, and the notes these call for."""
    cuts: dict[tuple[str, tuple[str, ...]], list[Measure]] = {}
    for measure in shown:
        if _is_comparable(measure):
            cuts.setdefault((measure.metric, tuple(measure.segment)), []).append(measure)
    found = scan(cuts.values(), ws.settings.level, PEOPLE)
    tables = unit_tables(ws, shown, span)
    every = with_units(shown, tables, found)
    told = {(t.metric.id, (t.dim,)) for t in tables}
    rest = tuple(m for m in every if (m.metric, tuple(m.segment)) not in told)
    sections = (
        named_section(found, tables),
        *map(unit_section, tables),
        Section("measures", "All measures" if tables else "All segments", measures=rest),
    )
    return every, sections, overlap_notes(tables)
