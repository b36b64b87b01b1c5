"""One run on Spark: rows are spread by customer, facts computed where they lie, totals come back.

The steps are those of `engines.buckets`, one bucket per task instead of one after the other. The
driver holds what is global and never all rows: those that decide between the versions of a ticket,
and those of lists that are asked for.
"""

from __future__ import annotations

import pickle
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from csatkit.engines.routing import HASHES, homes_of
from csatkit.engines.spark import orders as o
from csatkit.engines.spark.jobs import Dataset, Work
from csatkit.engines.spark.kept import OnCluster
from csatkit.engines.spark.leaf import bound, leaves_of, shipped
from csatkit.engines.spark.packing import Packet, pack, unpack
from csatkit.engines.spark.placing import split
from csatkit.engines.spark.seats import seats_for
from csatkit.engines.spark.work import PARTITIONS
from csatkit.facts.adding import Adding
from csatkit.facts.build import Facts, Recipe, Rows, current
from csatkit.facts.dedupe import ORDER
from csatkit.facts.dropped import Dropped
from csatkit.facts.rules import Rules
from csatkit.facts.unread import Unread
from csatkit.progress import Steps

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Run", "Spread"]

_BYTES_PER_BUCKET = 24 << 20
"""Bytes of the input, as Spark sees them, for one bucket: some 300,000 tickets in Parquet."""

_MOST_BUCKETS = 4_000

_OF_UNKNOWN = 200
"""Buckets where Spark doesn't know the size of an input, as of a table without statistics."""

_ROWS_AT_ONCE = 250_000
"""Raw rows cleaned together: enough to be quick, little enough for a core's share of memory."""

_BORN = ("created_at", "resolved_at")

_NO_TEXT = pl.DataFrame(schema={"_row": pl.UInt32, "text": pl.String})


@dataclass(frozen=True)
class Spread:
    """The rows of an input on the cluster.

    Args:
        rows: all canonical rows, not yet read.
        left: reason → `_row` of what is no data.
    """

    rows: pl.LazyFrame
    left: Mapping[str, pl.Series]


@dataclass(frozen=True)
class _Held:
    """An input as packets."""

    dataset: Dataset
    empty: pl.DataFrame
    unread: Sequence[Unread]


class Run:
    """The rows of a run, spread over a cluster."""

    def __init__(self, work: Work) -> None:
        self._work = work
        # Facts hold the run; when they go, so does what Spark keeps for them.
        weakref.finalize(self, work.close)
        self._held: dict[str, _Held] = {}
        self._seats: tuple[int, ...] = ()
        self._steps = Steps(4)

    # -- reading ------------------------------------------------------------------------------

    def spread(self, kind: str, tables: Sequence[Unread]) -> Spread:
        """Clean the rows of an input and split them by where they belong.

        Args:
            kind: `tickets` or `surveys`.
            tables: its parts.

        Raises:
            InputError: Spark can't read it.
        """
        self._steps.step(f"reading {kind}")
        schema = _common([table.rows for table in tables])
        empty = pl.DataFrame(schema=schema)
        alike = [replace(t, rows=_alike(t.rows, schema)) for t in tables]
        if not self._seats:
            self._seats = seats_for(self._n_buckets())
        frames = [self._read(kind, number, table) for number, table in enumerate(alike)]
        starts, left = _put_together(kind, [self._marks(frame) for frame in frames])
        dataset = Dataset(self._work.union(frames), {}, {}, starts)
        name, rows = self._work.leaf_of(dataset, kind, empty)
        self._held[kind] = _Held(self._work.dataset_of([name]), empty, alike)
        return Spread(rows, left)

    def _n_buckets(self) -> int:
        """Return into how many buckets all inputs go."""
        parallel = int(self._work.session.sparkContext.defaultParallelism)
        sizes = self._work.sizes()
        n = sum(size or 0 for size in sizes) // _BYTES_PER_BUCKET
        fewest = _OF_UNKNOWN if None in sizes else parallel
        return min(max(parallel, fewest, n), _MOST_BUCKETS)

    def _read(self, kind: str, number: int, table: Unread) -> DataFrame:
        plans = [table.rows, table.count, *([] if table.left is None else [table.left])]
        found = self._work.table_of(plans)
        if found is None:
            return self._work.kept(self._work.local(_local(kind, number, table, self._seats)))
        name, raw, columns = found
        frame, empty = raw.select(sorted(columns))
        order = o.Read(
            kind, number, tuple(shipped(plan) for plan in plans), name, pack(empty), self._seats,
            max(_ROWS_AT_ONCE, 500 * len(self._seats)),
        )  # fmt: skip
        return self._work.kept(self._work.task(frame, "read", order))

    def _marks(self, frame: DataFrame) -> list[Packet]:
        """Read the input, and return what its stretches say about themselves."""
        marks = frame.filter("kind not in ('tickets', 'surveys')")
        return list(self._work.packets(marks, "the input can't be read", raw=True))

    # -- facts --------------------------------------------------------------------------------

    def facts(
        self, tickets: Rows | None, surveys: Rows | None, rules: Rules, recipe: Recipe
    ) -> Facts:
        """Compute the facts of all buckets.

        Args:
            tickets: how ticket rows are read again; its own rows aren't looked at.
            surveys: the same of the rows of a survey file.
            rules: what the whole decided.
            recipe: what to compute.

        Raises:
            InputError: a job failed.
        """
        self._steps.step("settling what belongs together")
        frames, texts = self._settled(tickets, recipe.replay_at)
        self._steps.step("computing facts")
        given = {"tickets": tickets, "surveys": surveys}
        order = o.Build(
            starts={k: v for held in self._held.values() for k, v in held.dataset.starts.items()},
            has={kind: rows.has for kind, rows in given.items() if rows is not None},
            empty={kind: pack(held.empty) for kind, held in self._held.items()},
            rules=rules,
            recipe=recipe,
            data_end=rules.data_end,
            texts=pack(texts),
        )
        moved = self._work.union(frames).repartition(len(self._seats), "part")
        built = self._work.kept(self._work.task(moved, "build", order))
        facts = self._gathered(built, {k: r for k, r in given.items() if r is not None})
        self._work.keep_only(built)
        self._steps.close()
        return facts

    def _settled(
        self, tickets: Rows | None, at: datetime | None
    ) -> tuple[list[DataFrame], pl.DataFrame]:
        """Return the packets with everything where it belongs, and the text of tied rows."""
        frames = {kind: held.dataset.frame for kind, held in self._held.items()}
        held = self._held.get("tickets")
        if held is None or tickets is None or "ticket_id" not in held.empty.columns:
            return list(frames.values()), _NO_TEXT
        # Without customers tickets have gone by their id, as surveys have.
        moves = "customer_id" in held.empty.columns
        surveys = frames.pop("surveys", None) if moves else None
        routed = self._looked_up(held, at, surveys)
        if surveys is not None:
            frames["surveys"] = routed
        homes = self._homes(held, routed, at) if moves else None
        if homes is not None:
            body = pack(homes)
            frames = {
                k: self._work.task(f, "relocate", o.Relocate(k, body)) for k, f in frames.items()
            }
        return list(frames.values()), self._texts(held, routed)

    def _looked_up(self, held: _Held, at: datetime | None, surveys: DataFrame | None) -> DataFrame:
        """Return the surveys by the bucket of their ticket, with what has to be settled."""
        order = o.Find(held.dataset.starts, self._seats, at)
        keys = self._work.task(held.dataset.frame, "find", order)
        both = keys if surveys is None else keys.union(surveys)
        sliced = both.repartition(len(self._seats), "part")
        return self._work.kept(self._work.task(sliced, "route", None))

    def _marked(self, routed: DataFrame, kind: str) -> pl.DataFrame | None:
        found = self._work.packets(routed.filter(f"kind = '{kind}'"), "tickets can't be matched")
        frames = [packet.frame() for packet in found]
        return pl.concat(frames) if frames else None

    def _homes(self, held: _Held, routed: DataFrame, at: datetime | None) -> pl.DataFrame | None:
        """Return where tickets live whose rows lie in several buckets: hashes and `__to`."""
        apart = self._marked(routed, "apart")
        if apart is None:
            return None
        wanted = dict.fromkeys(("ticket_id", *ORDER, *_BORN))
        columns = [c for c in wanted if c in held.empty.columns]
        hashes = apart.select(HASHES).unique()
        order = o.Ordered(pack(hashes), tuple(columns), held.dataset.starts)
        job = self._work.task(held.dataset.frame, "ordered", order)
        rows = pl.concat(p.frame() for p in self._work.packets(job, "tickets can't be matched"))
        texts = [table.text for table in held.unread]
        starts = held.dataset.starts
        staying = current(rows, lambda w: self._work.rows_of(texts, starts, w), at, Dropped())
        return homes_of(apart, staying).select(*HASHES, pl.col("to").alias("__to")).unique(HASHES)

    def _texts(self, held: _Held, routed: DataFrame) -> pl.DataFrame:
        """Return the text of the rows that nothing but their text tells apart."""
        tied = self._marked(routed, "tied")
        if tied is None:
            return _NO_TEXT
        texts, starts = [table.text for table in held.unread], held.dataset.starts
        # Most are copies of one another, which no text tells apart: hashes travel before texts.
        prints = [_fingerprints(text) for text in texts]
        found = self._work.rows_of(prints, starts, tied.get_column("_row").unique())
        of_ticket = [*HASHES, "_rank"]
        differs = pl.struct("_text", "_text2").n_unique().over(of_ticket) > 1
        apart = tied.join(found, on="_row").filter(differs).get_column("_row").unique()
        return self._work.rows_of(texts, starts, apart) if len(apart) else _NO_TEXT

    def _gathered(self, built: DataFrame, given: Mapping[str, Rows]) -> Facts:
        """Return the facts of all buckets together."""
        dropped = {kind: Dropped() for kind in ("tickets", "surveys")}
        for kind, rows in given.items():
            for reason, numbers in rows.left.items():
                dropped[kind].add(reason, numbers)
        lost, rest = [], []
        wanted = built.filter("kind not in ('tickets', 'surveys')")
        for packet in self._work.packets(wanted, "facts can't be computed"):
            what, *names = packet.kind.split("|")
            if what == "dropped":
                numbers = packet.frame().get_column("_row")
                dropped[names[0]].add(names[1], numbers, n=packet.n)
            elif what == "unmatched":
                lost.append(packet.frame())
            else:
                rest.append(pickle.loads(packet.body))
        scans = self._scans(built)
        kept = None if "tickets" not in scans else OnCluster(self._work, *scans["tickets"])
        one: Facts = rest[0]
        return replace(
            one,
            kept=kept,
            tickets=None if kept is None else kept.lazy().filter(pl.col("out") == 0),
            surveys=scans["surveys"][1] if "surveys" in scans else None,
            dropped={kind: found.in_order() for kind, found in dropped.items()},
            unmatched=pl.concat(lost, how="diagonal") if lost else None,
            knows_sent=any(facts.knows_sent for facts in rest),
            collect=self.collect,
            holds=self,
        )

    def _scans(self, built: DataFrame) -> dict[str, tuple[str, pl.LazyFrame]]:
        dataset, found = Dataset(built, {}, {}, {}), {}
        for kind in ("tickets", "surveys"):
            for packet in self._work.packets(built.filter(f"kind = '{kind}'").limit(1), "facts"):
                name, rows = self._work.leaf_of(dataset, kind, packet.frame().clear())
                dataset = self._work.dataset_of([name])
                found[kind] = (name, rows)
        # Plans may look at both: each leaf has to know a dataset that holds the other one.
        for name, _ in found.values():
            self._work.now_in(name, dataset)
        return found

    # -- counting -----------------------------------------------------------------------------

    def collect(self, plans: Sequence[pl.LazyFrame], how: Sequence[Adding]) -> list[pl.DataFrame]:
        """Carry out aggregations where the rows lie, and add up what comes back.

        Raises:
            InputError: a job failed.
        """
        found: list[pl.DataFrame | None] = [None] * len(plans)
        for leaves, numbers in self._by_dataset(plans):
            if not leaves:
                # Rows that came from this machine are counted here.
                here = pl.collect_all([plans[i] for i in numbers])
                for i, frame in zip(numbers, here, strict=True):
                    found[i] = frame
                continue
            dataset = self._work.dataset_of(sorted(leaves))
            order = o.Answer(dataset.inputs(leaves), tuple(shipped(plans[i]) for i in numbers))
            parts = self._work.task(dataset.frame, "answer", order)
            met = parts.repartition(min(len(numbers), len(self._seats)), "part")
            job = self._work.task(met, "together", o.Together(tuple(how[i] for i in numbers)))
            pieces: dict[int, list[pl.DataFrame]] = {}
            for packet in self._work.packets(job, "the cluster couldn't count"):
                pieces.setdefault(numbers[packet.part], []).append(packet.frame())
            for number, frames in pieces.items():
                found[number] = pl.concat(frames)
        return [
            self._of_nothing(plan) if frame is None else frame
            for plan, frame in zip(plans, found, strict=True)
        ]

    def _by_dataset(
        self, plans: Sequence[pl.LazyFrame]
    ) -> list[tuple[dict[str, set[str]], list[int]]]:
        """Return which plans can go together: those over the same packets.

        Returns:
            The leaves that they read with their columns, and the numbers of the plans.
        """
        groups: dict[int, tuple[dict[str, set[str]], list[int]]] = {}
        for number, plan in enumerate(plans):
            leaves = leaves_of(plan)
            key = id(self._work.dataset_of(sorted(leaves)).frame) if leaves else 0
            together, numbers = groups.setdefault(key, ({}, []))
            for name, columns in leaves.items():
                together.setdefault(name, set()).update(columns)
            numbers.append(number)
        return list(groups.values())

    def _of_nothing(self, plan: pl.LazyFrame) -> pl.DataFrame:
        """Return what a plan says where there is no row at all."""
        empty = {name: self._work.dataset_of([name]).empty[name] for name in leaves_of(plan)}
        with bound(empty):
            return plan.collect()


def _fingerprints(texts: pl.LazyFrame) -> pl.LazyFrame:
    """Return two hashes in place of each text."""
    text = pl.col("text")
    return texts.select("_row", _text=text.hash(0), _text2=text.hash(1))


def _common(plans: Sequence[pl.LazyFrame]) -> pl.Schema:
    """Return the columns of all parts, in types that hold the values of each."""
    empty = [pl.DataFrame(schema=plan.collect_schema()) for plan in plans]
    return pl.concat(empty, how="vertical_relaxed").schema


def _alike(plan: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    return plan if plan.collect_schema() == schema else plan.cast(schema)


def _local(kind: str, number: int, table: Unread, seats: Sequence[int]) -> list[Packet]:
    """Return the packets of rows that are here already."""
    src = number * PARTITIONS
    rows, counted = pl.collect_all([table.rows, table.count])
    packets = list(split(rows, kind, seats, src))
    if table.left is not None:
        left = table.left.collect()
        packets.append(Packet(0, src, f"left|{kind}", left.height, pack(left)))
    return [*packets, Packet(0, src, f"length|{kind}", int(counted.item()), b"")]


def _put_together(
    kind: str, marks: Sequence[Sequence[Packet]]
) -> tuple[dict[tuple[str, int], int], dict[str, pl.Series]]:
    """Return where each stretch begins, and the rows that are no data by reason."""
    found = [packet for part in marks for packet in part]
    starts, start = {}, 0
    for packet in sorted((p for p in found if p.kind == f"length|{kind}"), key=lambda p: p.src):
        starts[kind, packet.src] = start
        start += packet.n
    gone = [
        unpack(p.body).with_columns((pl.col("_row") + starts[kind, p.src]).cast(pl.UInt32))
        for p in found
        if p.kind == f"left|{kind}"
    ]
    if not gone:
        return starts, {}
    by_reason = pl.concat(gone).sort("_row").partition_by("reason", as_dict=True)
    return starts, {str(reason): rows["_row"] for (reason,), rows in by_reason.items()}
