"""Whether a run fits into memory; where it doesn't, what settles it without all of its rows."""

from __future__ import annotations

from datetime import datetime

from csatkit.analyses.canonical import Canonical, Wanted
from csatkit.engines.buckets import Buckets
from csatkit.engines.memory import Load, allowed, buckets_for
from csatkit.facts.build import rules_of
from csatkit.facts.rules import Rules
from csatkit.load import Data
from csatkit.settings import Settings

__all__ = ["buckets_for_run", "rules_of_run"]

_ON_DISK = 0.3
"""Bytes on disk for each byte of the estimate. Measured on 100 million tickets: 0.22 to 0.25, while
the last rows and the first facts lie there together."""


def buckets_for_run(data: Data, want: Wanted, settings: Settings) -> Buckets | None:
    """Return where to spread the rows, None where they fit into memory at once.

    Raises:
        InputError: the disk has no room for them.
        UsageError: `--max-memory` can't be kept.
    """
    limit = allowed(settings.max_memory)
    loads = _loads(data, want)
    if loads is None:
        return None
    n = buckets_for(loads, limit)
    if n == 1:
        return None
    room = int(_ON_DISK * sum(load.n_bytes for load in loads))
    return Buckets(n, room=room, n_inputs=len(loads))


def _loads(data: Data, want: Wanted) -> list[Load] | None:
    """Return how many rows of how many columns the run would hold, None where nobody knows."""
    loads = []
    for source, columns in ((data.tickets, want.tickets), (data.surveys, want.surveys)):
        if source is None:
            continue
        n_rows = source.about_rows()
        if n_rows is None:
            return None
        n_columns = sum(source.has(c) for c in columns) + len(want.extra)
        loads.append(Load(source.kind, n_rows, n_columns))
    return loads


def rules_of_run(canonical: Canonical, settings: Settings, data_end: datetime | None) -> Rules:
    """Return the rules as all rows decide them, which no bucket holds."""
    tickets = canonical.tickets
    if tickets is None:
        return rules_of(settings, data_end, None)
    columns = frozenset(tickets.frame.columns)
    return rules_of(settings, data_end, tickets.has, columns, canonical.extents["tickets"].filled)
