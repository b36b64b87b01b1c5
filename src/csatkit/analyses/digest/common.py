"""What the digests share: who stands out, and how a report is put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.digest.kinds import Kind
from csatkit.analyses.habits import response_habit
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.overview import Standing, dimensions, standing
from csatkit.analyses.remarks import remarks
from csatkit.analyses.unit_words import overlap_notes
from csatkit.analyses.workspace import Workspace
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.report import Measure, Note, Report, Section

__all__ = ["assembled", "low_share", "standing_of"]

_SCANNED = ("csat", "fcr")

_SAID = frozenset({"period.shifted", "response.immature"})
"""Notes whose content stands in the words of a digest about the last complete period."""


def standing_of(ws: Workspace, span: Span) -> Standing:
    """Return which segments of the period differ from the others, as `report` finds them."""
    dims = dimensions(ws)
    scanned = tuple(CATALOG[name] for name in _SCANNED)
    tables = tabulate(ws, [Request(scanned, d, span) for d in dims])
    return standing(ws, tables, dims, span)


def low_share(ws: Workspace, span: Span) -> Measure | None:
    """Return the share of low scores in the period."""
    found = measures(ws, tabulate(ws, [Request((CATALOG["low_share"],), (), span)]))
    return found[0] if found else None


def assembled(
    ws: Workspace,
    title: tuple[Kind, Span],
    shown: Iterable[Measure | None],
    sections: Sequence[Section],
    found: Standing | None = None,
) -> Report:
    """Return the report of a digest with the notes that a reader needs.

    What the loader merely mentions is for `inspect`; its warnings stay.

    Args:
        ws: the run.
        title: which digest of which period.
        shown: the measures; None for what doesn't exist.
        sections: in reading order.
        found: who stands out.
    """
    kind, span = title
    every = tuple(m for m in shown if m is not None)
    left_out = {n for n in ws.canonical.notes if n.level == "info"}
    said = _SAID if span.relative else frozenset[str]()
    known = [m for m in every if m.metric in CATALOG]
    notes: list[Note] = [n for n in remarks(ws, known) if n not in left_out and n.code not in said]
    notes += response_habit(ws)
    # In a week nearly everybody's mix of tickets is their own; it matters where somebody is named.
    notes += overlap_notes([t for t in found.units if t.flagged]) if found is not None else ()
    return Report(
        "digest",
        definitions(ws),
        inputs(ws),
        every,
        tuple(sections),
        tuple(notes),
        title=f"{kind.name.capitalize()} digest {span.period.label}",
    )
