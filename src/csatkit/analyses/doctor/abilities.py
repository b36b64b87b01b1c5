"""What the data can answer: each metric, yes or no, why not, and which header to map for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from csatkit.analyses.doctor.sight import Sight, headers_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import nearest
from csatkit.load.events import DERIVED
from csatkit.metrics import CATALOG
from csatkit.metrics.metric import Metric
from csatkit.schema import COLUMNS, fold

__all__ = ["Ability", "abilities", "leftover", "suggestion"]


@dataclass(frozen=True, slots=True)
class Ability:
    """One metric and whether it can be computed."""

    metric: str
    lacks: str | None
    """Why not; None where it can."""
    mend: str


def abilities(ws: Workspace, sights: Iterable[Sight]) -> tuple[Ability, ...]:
    """Return what can be computed, in the order of the catalogue."""
    looked = tuple(sights)
    found = []
    for metric in CATALOG.values():
        lacks = ws.lacks(metric)
        found.append(Ability(metric.id, lacks, "" if lacks is None else _mend(ws, metric, looked)))
    return tuple(found)


def _mend(ws: Workspace, metric: Metric, sights: tuple[Sight, ...]) -> str:
    missing = [g for g in metric.needs if not any(ws.has(c) for c in g)]
    if missing:
        return suggestion(missing[0], sights)
    if metric.needs_sent and not ws.facts.knows_sent:
        return "Export every survey that was sent, answered or not."
    if ws.facts.tickets is None:
        return "Give the ticket export, too: csatkit COMMAND tickets.csv surveys.csv"
    return ""


def suggestion(columns: Iterable[str], sights: Iterable[Sight]) -> str:
    """Return the option that maps a missing column, with the header that looks most like it."""
    wanted = tuple(columns)
    headers = [h for sight in sights for h in leftover(sight)]
    by_fold = {fold(h): h for h in headers}
    for column in wanted:
        for word in (column, *COLUMNS[column].aliases):
            if near := nearest(fold(word), by_fold):
                return f'--map "{column}={by_fold[near]}"'
    return f"--map {wanted[0]}=HEADER, if a column holds it"


def leftover(sight: Sight) -> tuple[str, ...]:
    """Return the headers that hold nothing csatkit knows; they still serve --by and --where."""
    source = sight.source
    used = {h for value in source.mapping.values() for h in headers_of(value)}
    if source.prepared.is_reduced:
        # What was counted in the events isn't the export's.
        used |= set(DERIVED)
    return tuple(h for h in source.headers if h not in used)
