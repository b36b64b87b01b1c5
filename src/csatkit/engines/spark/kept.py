"""All tickets of a run where they lie on the cluster."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from csatkit.engines.spark import orders as o
from csatkit.engines.spark.jobs import Work
from csatkit.facts.kept import Change

__all__ = ["OnCluster"]


@dataclass(frozen=True)
class OnCluster:
    """Tickets in packets, by bucket."""

    work: Work
    name: str
    rows: pl.LazyFrame

    def lazy(self) -> pl.LazyFrame:
        """Return all rows, not yet read."""
        return self.rows

    def collect(self) -> pl.DataFrame:
        """Return all rows in memory, in the order of the input."""
        return self.rows.collect().sort("_row")

    def mapped(self, change: Change) -> OnCluster:
        """Return the rows changed bucket by bucket, beside what they were."""
        dataset = self.work.dataset_of([self.name])
        kind = dataset.kinds[self.name]
        becomes = f"{kind}+{len(dataset.kinds)}"
        order = o.Changed(change, kind, becomes)
        changed = self.work.kept(self.work.task(dataset.frame, "changed", order))
        (packet,) = self.work.packets(
            changed.filter(f"kind = '{becomes}'").limit(1), "facts can't be changed"
        )
        beside = replace(dataset, frame=changed)
        return OnCluster(self.work, *self.work.leaf_of(beside, becomes, packet.frame().clear()))
