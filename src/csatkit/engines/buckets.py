"""More data than memory: facts bucket by bucket, each by the very same functions, kept on disk.

Facts need the rows of a customer and nothing else, once what is global is settled: the data end,
which column decides "resolved", where the rows of one ticket lie. So a bucket is a run of its own.
What the buckets leave are narrow files; whatever is counted afterwards reads them lazily.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from csatkit.engines.routing import Keys, moves_of, resettle, route_surveys
from csatkit.engines.scratch import Scratch, check_space
from csatkit.engines.spilling import (
    BUCKET,
    bucket_of_row,
    bucket_of_ticket,
    parts_of,
    spill,
    write,
)
from csatkit.facts.build import Facts, Recipe, Rows, build, current
from csatkit.facts.dedupe import ORDER
from csatkit.facts.dropped import Dropped
from csatkit.facts.kept import Change
from csatkit.facts.rules import Rules
from csatkit.progress import Steps

__all__ = ["Buckets", "OnDisk"]

_BORN = ("created_at", "resolved_at")


@dataclass(frozen=True, slots=True)
class OnDisk:
    """Tickets in one file per bucket."""

    parts: tuple[Path, ...]
    scratch: Scratch

    def lazy(self) -> pl.LazyFrame:
        """Return all rows, not yet read."""
        return pl.scan_parquet(list(self.parts), glob=False)

    def collect(self) -> pl.DataFrame:
        """Return all rows in memory, in the order of the input."""
        return self.lazy().collect(engine="streaming").sort("_row")

    def mapped(self, change: Change) -> OnDisk:
        """Return the rows changed bucket by bucket, in files beside these."""
        folder = self.scratch.unique("changed")
        parts = []
        for part in self.parts:
            write(change(pl.read_parquet(part)), folder / part.name, self.scratch)
            parts.append(folder / part.name)
        return OnDisk(tuple(parts), self.scratch)


class Buckets:
    """The rows of a run, spread over the disk.

    Args:
        n: how many buckets.
        room: bytes that the disk has to hold, about.
        n_inputs: how many inputs will be spread.
    """

    def __init__(self, n: int, *, room: int, n_inputs: int) -> None:
        self.n = n
        self.scratch = Scratch()
        check_space(self.scratch.path, room)
        self._steps = Steps(n_inputs + 1 + n)
        self._spread: dict[str, list[pl.LazyFrame]] = {}

    def spread(self, kind: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Write the rows of an input into their buckets; return all of them, not yet read.

        Args:
            kind: `tickets`, or `surveys`, which go by the id of their ticket.
            frame: canonical rows with `_row`.

        Raises:
            InputError: the disk is full.
        """
        self._steps.step()  # how many of the rows are read and written is told by the loader
        schema = frame.collect_schema()
        columns = frozenset(schema.names())
        bucket = (
            bucket_of_row(self.n, columns)
            if kind == "tickets"
            else bucket_of_ticket(self.n, columns)
        )
        spill(frame, bucket, self.n, self.scratch, kind)
        empty = pl.LazyFrame(schema=schema)
        found = [parts_of(self.scratch.path / kind, b) for b in range(self.n)]
        self._spread[kind] = [pl.scan_parquet(p, glob=False) if p else empty for p in found]
        return pl.concat(self._spread[kind])

    def facts(
        self, tickets: Rows | None, surveys: Rows | None, rules: Rules, recipe: Recipe
    ) -> Facts:
        """Compute the facts of one bucket after the other.

        Args:
            tickets: how ticket rows are read again; its own rows aren't looked at.
            surveys: the same of the rows of a survey file.
            rules: what the whole decided.
            recipe: what to compute.

        Raises:
            InputError: the disk is full.
        """
        self._steps.step("settling what belongs together")
        self._settle(tickets, surveys, recipe.replay_at)
        parts = []
        for bucket in range(self.n):
            self._steps.step(f"bucket {bucket + 1} of {self.n}")
            parts.append(self._build(bucket, tickets, surveys, rules, recipe))
        self._steps.close()
        return _whole(parts, self.scratch, (tickets, surveys))

    def _settle(self, tickets: Rows | None, surveys: Rows | None, at: datetime | None) -> None:
        """Bring the rows of one ticket together, and surveys to their ticket."""
        if tickets is None:
            return
        found = self._spread["tickets"]
        columns = found[0].collect_schema().names()
        if not {"ticket_id", "customer_id"} <= {*columns}:
            return  # all went by the id of the ticket, or each row is one
        keys = Keys(found, self.scratch)
        needed = [c for c in dict.fromkeys(("ticket_id", *ORDER, *_BORN)) if c in columns]
        reader = tickets.row_text
        moves = moves_of(keys, found, needed, lambda rows: current(rows, reader, at, Dropped()))
        self._spread["tickets"] = resettle(found, moves, self.scratch)
        if surveys is not None:
            self._spread["surveys"] = route_surveys(
                keys, moves, self._spread["surveys"], self.scratch
            )
            self.scratch.remove("surveys")
        self.scratch.remove("keys")

    def _build(
        self, bucket: int, tickets: Rows | None, surveys: Rows | None, rules: Rules, recipe: Recipe
    ) -> _Part:
        facts = build(
            self._rows("tickets", tickets, bucket), self._rows("surveys", surveys, bucket),
            rules.settings, rules.data_end, recipe, rules=rules, part=bucket,
        )  # fmt: skip
        files: dict[str, Path] = {}
        lazy = {"tickets": facts.kept and facts.kept.lazy(), "surveys": facts.surveys}
        for kind, frame in lazy.items():
            if frame is not None:
                files[kind] = self.scratch.folder("facts") / f"{kind}-{bucket:04}.parquet"
                write(frame.collect(), files[kind], self.scratch)
        # What is on disk needn't stay in memory, nor what it was made of on disk.
        self.scratch.remove(f"tickets/{BUCKET}={bucket}")
        self.scratch.remove(f"routed/{BUCKET}={bucket}")
        return _Part(files, replace(facts, kept=None, tickets=None, surveys=None))

    def _rows(self, kind: str, rows: Rows | None, bucket: int) -> Rows | None:
        if rows is None:
            return None
        frame = self._spread[kind][bucket].collect(engine="streaming")
        return replace(rows, frame=frame.drop("_bad", strict=False), left={})


@dataclass(frozen=True, slots=True)
class _Part:
    """What a bucket leaves: its files, and the rest of its facts."""

    files: Mapping[str, Path]
    facts: Facts


def _whole(parts: Sequence[_Part], scratch: Scratch, inputs: Sequence[Rows | None]) -> Facts:
    """Return the facts of all buckets together."""
    files = {
        kind: [part.files[kind] for part in parts]
        for kind in ("tickets", "surveys")
        if kind in parts[0].files
    }
    dropped = {kind: Dropped() for kind in ("tickets", "surveys")}
    for kind, rows in zip(dropped, inputs, strict=True):
        for reason, numbers in ({} if rows is None else rows.left).items():
            dropped[kind].add(reason, numbers)
        for part in parts:
            for reason, numbers in part.facts.dropped[kind].rows.items():
                dropped[kind].add(reason, numbers)
    lost = [part.facts.unmatched for part in parts if part.facts.unmatched is not None]
    kept = OnDisk(tuple(files["tickets"]), scratch) if "tickets" in files else None
    return replace(
        parts[0].facts,
        kept=kept,
        tickets=None if kept is None else kept.lazy().filter(pl.col("out") == 0),
        surveys=pl.scan_parquet(files["surveys"], glob=False) if "surveys" in files else None,
        dropped={kind: found.in_order() for kind, found in dropped.items()},
        unmatched=pl.concat(lost, how="diagonal") if lost else None,
        # One bucket with a silent customer is enough to know.
        knows_sent=any(part.facts.knows_sent for part in parts),
        holds=scratch,
        n_parts=len(parts),
    )
