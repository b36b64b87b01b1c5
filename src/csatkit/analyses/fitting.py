"""Where the rows of a run lie: in memory, on disk if they don't fit, on a cluster if asked for.

What lies elsewhere is settled without ever holding all of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from csatkit.analyses.canonical import Canonical, Held, Hold, Wanted, in_memory, left_out, narrow
from csatkit.engines.buckets import Buckets
from csatkit.engines.memory import Load, allowed, buckets_for
from csatkit.facts.build import Facts, Recipe, Rows, build, rules_of
from csatkit.facts.rules import Rules
from csatkit.load import Data, Source
from csatkit.load.elsewhere import Reader
from csatkit.progress import stage
from csatkit.settings import Settings

__all__ = ["Place", "place_of_run", "rules_of_run"]

_ON_DISK = 0.3
"""Bytes on disk for each byte of the estimate. Measured on 100 million tickets: 0.22 to 0.25, while
the last rows and the first facts lie there together."""


class _Elsewhere(Protocol):
    """What computes facts where the rows lie."""

    def facts(
        self, tickets: Rows | None, surveys: Rows | None, rules: Rules, recipe: Recipe
    ) -> Facts:
        """Compute the facts of all rows."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a run are held and its facts are computed.

    Args:
        hold: how rows are read.
        elsewhere: computes facts where the rows aren't in memory, else None.
    """

    hold: Hold = in_memory
    elsewhere: _Elsewhere | None = None

    def facts(
        self,
        canonical: Canonical,
        settings: Settings,
        data_end: datetime | None,
        recipe: Recipe,
    ) -> Facts:
        """Compute the facts of a run.

        Raises:
            InputError: the disk is full, or the cluster fails.
        """
        inputs = (canonical.tickets, canonical.surveys)
        if self.elsewhere is None:
            stage("linking rows")
            return build(*inputs, settings, data_end, recipe)
        return self.elsewhere.facts(*inputs, rules_of_run(canonical, settings, data_end), recipe)


def place_of_run(data: Data, want: Wanted, settings: Settings) -> Place:
    """Return where a run holds its rows.

    Raises:
        InputError: the disk has no room for them.
        UsageError: `--max-memory` can't be kept.
    """
    if data.reader is not None:
        return _on_cluster(data.reader)
    buckets = _buckets_for_run(data, want, settings)
    if buckets is None:
        return Place()

    def on_disk(source: Source, names: Sequence[str], own: Sequence[str]) -> Held:
        rows = source.told(narrow(source.scan(names, own)))
        return Held(buckets.spread(source.kind, rows), left_out(source))

    return Place(on_disk, buckets)


def _on_cluster(reader: Reader) -> Place:
    from csatkit.engines.spark.cluster import Cluster

    assert isinstance(reader, Cluster)
    run = reader.run()

    def spread(source: Source, names: Sequence[str], own: Sequence[str]) -> Held:
        tables = [replace(t, rows=narrow(t.rows)) for t in source.unread(names, own)]
        found = run.spread(source.kind, tables)
        return Held(found.rows, found.left, run.collect)

    return Place(spread, run)


def _buckets_for_run(data: Data, want: Wanted, settings: Settings) -> Buckets | None:
    """Return where to spread the rows, None where they fit into memory at once."""
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
