"""What a reader of outreach figures must know about the rows behind them."""

from __future__ import annotations

import polars as pl

from csatkit.analyses.outreached import other_scale
from csatkit.analyses.workspace import Workspace
from csatkit.notes import note
from csatkit.report import Note

__all__ = ["outreach_notes"]


def outreach_notes(ws: Workspace) -> tuple[Note, ...]:
    """Return the notes about outreach: missing, of tickets nobody rated, on another scale."""
    frame = ws.canonical.outreach
    if frame is None:
        text = (
            "no outreach rows are given, so nobody counts as reached; name the file with --outreach"
        )
        return (note("outreach.missing", text, "warning"),)
    found = []
    lost = _without_rating(ws, frame)
    if lost:
        text = f"{lost:,} outreach rows name a ticket that has no rating; they are in no figure"
        found.append(note("outreach.unmatched", text))
    if (name := other_scale(ws.data)) is not None:
        text = (
            f"second scores are on the scale {name}, ratings on another: they can't be compared "
            "and are left out; --scale says what both are"
        )
        found.append(note("outreach.scale", text, "warning"))
    return tuple(found)


def _without_rating(ws: Workspace, frame: pl.DataFrame) -> int:
    """Return how many outreach rows belong to no rated ticket."""
    if ws.facts.surveys is None:
        return frame.height
    rated = ws.facts.surveys.filter("is_rating").select("ticket_id").unique()
    lost = frame.lazy().join(rated, on="ticket_id", how="anti").select(pl.len()).collect()
    return int(lost.item())
