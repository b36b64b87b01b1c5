"""Rows of one ticket and its surveys end in one bucket, whatever lies where at first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from csatkit.engines.routing import Keys, moves_of, resettle, route_surveys
from csatkit.engines.scratch import Scratch
from csatkit.engines.spilling import bucket_of_row, bucket_of_ticket

N = 3
SCHEMA = {"_row": pl.UInt32, "ticket_id": pl.String, "age": pl.Int64}


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scratch]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    owner = Scratch()
    yield owner
    owner.close()


def lying(*buckets: list[tuple[int, str | None, int]]) -> list[pl.LazyFrame]:
    """Return tickets (row, id, age) by the bucket in which they lie."""
    return [pl.LazyFrame(rows, schema=SCHEMA, orient="row") for rows in buckets]


def youngest(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the row of each ticket that stays."""
    return rows.sort("age").unique("ticket_id", keep="first")


def found(frames: list[pl.LazyFrame]) -> list[list[int]]:
    return [sorted(f.collect().get_column("_row").to_list()) for f in frames]


TICKETS = lying(
    [(0, "A", 5), (1, "B", 1), (2, None, 0), (3, "D", 2)],
    [(4, "A", 9), (5, "B", 2), (6, "C", 3), (7, None, 0)],
    [(8, "A", 1), (9, "C", 1), (10, "E", 0)],
)


def test_rows_follow_the_one_that_stays(scratch: Scratch) -> None:
    keys = Keys(TICKETS, scratch)
    moves = moves_of(keys, TICKETS, ["ticket_id", "age"], youngest)
    assert sorted(moves.rows()) == [(0, 0, 2), (4, 1, 2), (5, 1, 0), (6, 1, 2)]
    settled = resettle(TICKETS, moves, scratch)
    assert found(settled) == [[1, 2, 3, 5], [7], [0, 4, 6, 8, 9, 10]]


def test_rows_stay_where_no_ticket_lies_apart(scratch: Scratch) -> None:
    apart = lying([(0, "A", 1), (1, "A", 2)], [(2, "B", 0)], [(3, None, 0)])
    keys = Keys(apart, scratch)
    moves = moves_of(keys, apart, ["ticket_id", "age"], youngest)
    assert moves.height == 0
    assert resettle(apart, moves, scratch) == apart


def test_a_ticket_of_which_no_row_stays_still_lies_together(scratch: Scratch) -> None:
    keys = Keys(TICKETS, scratch)
    moves = moves_of(keys, TICKETS, ["ticket_id", "age"], lambda rows: rows.head(0))
    settled = found(resettle(TICKETS, moves, scratch))
    assert [b for b in settled if {0, 4, 8} & {*b}] == [b for b in settled if {0, 4, 8} <= {*b}]


def test_surveys_go_to_their_ticket(scratch: Scratch) -> None:
    keys = Keys(TICKETS, scratch)
    moves = moves_of(keys, TICKETS, ["ticket_id", "age"], youngest)
    rows = pl.DataFrame(
        {"_row": range(8), "ticket_id": ["A", "B", "C", "D", "E", "gone", None, "A"]},
        schema_overrides={"_row": pl.UInt32},
    )
    slices = rows.with_columns(s=bucket_of_ticket(N, frozenset(rows.columns)))
    lies = [slices.filter(pl.col("s") == i).drop("s").lazy() for i in range(N)]
    routed = [set(b) for b in found(route_surveys(keys, moves, lies, scratch))]
    assert {1, 3} <= routed[0]
    assert {0, 2, 4, 7} <= routed[2]
    assert sorted(row for b in routed for row in b) == list(range(8))


def test_a_bucket_is_the_customers_else_the_tickets_else_any() -> None:
    rows = pl.DataFrame(
        {
            "_row": range(400),
            "customer_id": [f"c{i % 40}" if i % 4 else None for i in range(400)],
            "ticket_id": [f"t{i // 8}" if i % 8 else None for i in range(400)],
        },
        schema_overrides={"_row": pl.UInt32},
    )
    placed = rows.with_columns(b=bucket_of_row(5, frozenset(rows.columns)))
    assert placed.get_column("b").is_between(0, 4).all()
    known = placed.filter(pl.col("customer_id").is_not_null())
    assert known.group_by("customer_id").agg(pl.col("b").n_unique())["b"].max() == 1
    alone = placed.filter(pl.col("customer_id").is_null() & pl.col("ticket_id").is_not_null())
    assert alone.group_by("ticket_id").agg(pl.col("b").n_unique())["b"].max() == 1
    nobody = placed.filter(pl.col("customer_id").is_null() & pl.col("ticket_id").is_null())
    assert nobody.get_column("b").n_unique() == 5
