"""The file behind `--history`: totals by period, metric and segment, never a row of the data.

One Parquet row per segment of a block; a block is one metric in one period under one breakdown and
one definition, and is read, kept or replaced whole. The bytes follow from the blocks alone: rows
are sorted, and no clock, host or path is in them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl
from polars.exceptions import PolarsError

from csatkit.errors import InputError, UsageError

__all__ = ["SCHEMA", "VERSION", "Block", "Blocks", "Place", "Written", "checked", "payload", "read"]

VERSION = 1
"""Of the columns and of what the totals mean; a higher one is refused, and a series carries it."""

MARK = "csatkit.history"
"""Key of the file's metadata that tells a history from any other Parquet file."""

SCHEMA: Mapping[str, pl.DataType] = {
    "series": pl.String(),
    "every": pl.String(),
    "metric": pl.String(),
    "by": pl.String(),
    "period": pl.String(),
    "first": pl.Date(),
    "last": pl.Date(),
    "segment": pl.String(),
    "totals": pl.String(),
    "surveys": pl.String(),
    "data_end": pl.Datetime("us", "UTC"),
    "definition": pl.String(),
}
"""Columns of the file. `by`, `segment`, `totals`, `surveys` and `definition` are JSON; a null
`segment` says that the period was counted and held no row of any segment."""

KEYS = ("metric", "every", "series", "by", "first", "segment")


class Place(NamedTuple):
    """Where a block belongs."""

    series: str
    """Id of the definition (`series.Series`)."""
    every: str
    metric: str
    by: str
    """Dimensions as a JSON list."""
    first: date
    """First day of the period."""


class Written(NamedTuple):
    """The totals of one segment, and of its surveys, as JSON objects."""

    totals: str
    surveys: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """The figures of one place."""

    period: str
    last: date
    data_end: datetime
    """Data end for which they were computed, naive UTC."""
    definition: str
    cells: Mapping[str, Written]
    """Segment as a JSON object → totals; empty where the period held no row."""


Blocks = dict[Place, Block]


def checked(path: Path) -> None:
    """Refuse early what can't be a history; a file that isn't there yet is fine.

    Raises:
        UsageError: it is a folder, a device or a pipe.
        InputError: it is another file, damaged, or written by a newer csatkit.
    """
    if path.is_dir():
        raise UsageError(f"--history {path} is a folder", "Name a file in it.")
    if not path.exists():
        return
    if not path.is_file():
        raise UsageError(f"--history {path} is no regular file", "Name one that can be replaced.")
    try:
        # An open file, since Polars reads brackets in a path as a pattern.
        with path.open("rb") as file:
            marks = pl.read_parquet_metadata(file)
            file.seek(0)
            columns = pl.read_parquet_schema(file)
    except OSError as error:
        raise InputError(f"--history {path} can't be read: {error.strerror or error}") from None
    except PolarsError:
        raise _foreign(path, "it is no whole Parquet file") from None
    if MARK not in marks:
        raise _foreign(path, "it wasn't written by --history")
    if marks[MARK] != str(VERSION):
        raise _foreign(path, f"its form is {marks[MARK]}, this csatkit writes {VERSION}")
    if dict(columns) != dict(SCHEMA):
        raise _foreign(path, "its columns were changed")


def _foreign(path: Path, reason: str) -> InputError:
    return InputError(
        f"--history {path} is no history that can be continued: {reason}",
        "Name another file; this one is left as it is.",
    )


def read(path: Path) -> Blocks:
    """Return the blocks of a history, none where the file doesn't exist yet.

    Raises:
        UsageError: it is a folder, a device or a pipe.
        InputError: it is another file, damaged, or written by a newer csatkit.
    """
    checked(path)
    if not path.exists():
        return {}
    try:
        frame = pl.read_parquet(io.BytesIO(path.read_bytes()))
    except OSError as error:
        raise InputError(f"--history {path} can't be read: {error.strerror or error}") from None
    except PolarsError:
        raise _foreign(path, "it is damaged") from None
    if (
        frame.select(pl.exclude("segment", "totals", "surveys").has_nulls().any())
        .row(0)
        .count(True)
    ):
        raise _foreign(path, "it has gaps where none can be")
    return _blocks(frame)


def _blocks(frame: pl.DataFrame) -> Blocks:
    ends = frame.get_column("data_end").dt.replace_time_zone(None)
    found: dict[Place, tuple[Block, dict[str, Written]]] = {}
    for row in frame.with_columns(data_end=ends).iter_rows(named=True):
        place = Place(row["series"], row["every"], row["metric"], row["by"], row["first"])
        if place not in found:
            cells: dict[str, Written] = {}
            block = Block(row["period"], row["last"], row["data_end"], row["definition"], cells)
            found[place] = block, cells
        if row["segment"] is not None:
            found[place][1][row["segment"]] = Written(row["totals"] or "{}", row["surveys"])
    return {place: block for place, (block, _) in found.items()}


def payload(blocks: Blocks) -> bytes:
    """Return the bytes of a history: the same blocks give the same bytes.

    Args:
        blocks: in any order.
    """
    rows: list[tuple[object, ...]] = []
    for place, block in blocks.items():
        cells: list[tuple[str | None, str | None, str | None]]
        cells = [(name, *written) for name, written in block.cells.items()]
        for segment, totals, surveys in cells or [(None, None, None)]:
            rows.append(
                (
                    *place[:4], block.period, place.first, block.last, segment, totals, surveys,
                    block.data_end.replace(tzinfo=UTC), block.definition,
                )
            )  # fmt: skip
    frame = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row").sort(KEYS, nulls_last=True)
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", metadata={MARK: str(VERSION)})
    return out.getvalue()


def as_json(value: object) -> str:
    """Return JSON that is the same for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
