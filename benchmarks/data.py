"""Make the files to measure on: the sample generator's tickets and surveys, clean or messy.

Usage: python -m benchmarks.data FOLDER TICKETS parquet|csv|messy

A process of its own, so that the runner stays small: a child's peak memory as the system reports
it is never below what its parent held when it was started.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import polars as pl

from benchmarks.files import MESSY_DATES, MESSY_HEADERS
from csatkit.demo.write import write

SEED = 0

# Days and months without their leading zero: the reader can't rely on a fixed width.
_UNPADDED = MESSY_DATES.replace("%d", "%-d").replace("%m", "%-m")


def make(folder: Path, tickets: int, form: str) -> None:
    """Write tickets and surveys into a new folder; one that exists is left as it is."""
    if folder.exists():
        return
    scratch = folder.with_name(folder.name + ".part")
    shutil.rmtree(scratch, ignore_errors=True)
    clean = scratch / "clean" if form == "messy" else scratch
    write(clean, tickets=tickets, seed=SEED, format="csv" if form == "csv" else "parquet")
    if form == "messy":
        for name in ("tickets", "surveys"):
            soil(pl.scan_parquet(clean / f"{name}.parquet"), scratch / f"{name}.csv")
        shutil.rmtree(clean)
    scratch.rename(folder)


def soil(rows: pl.LazyFrame, path: Path) -> None:
    """Write rows as an export that went through a spreadsheet: `;`, local dates, doubled rows.

    One ticket in a hundred stands there twice, another one also in the state of the day before,
    which must lose: it was updated earlier and knows no reopen and no transfer. Surveys have no
    such state; theirs are plain repetitions.
    """
    schema = rows.collect_schema()
    number = pl.col("ticket_id").str
    parts = [rows, rows.filter(number.ends_with("00"))]
    if "updated_at" in schema:
        parts.append(
            rows.filter(number.ends_with("50"), pl.col("updated_at").is_not_null()).with_columns(
                pl.col("updated_at").dt.offset_by("-1d"),
                pl.lit(0).cast(schema["reopen_count"]).alias("reopen_count"),
                pl.lit(0).cast(schema["transfer_count"]).alias("transfer_count"),
            )
        )
    instants = [name for name, kind in schema.items() if kind == pl.Datetime]
    messy = pl.concat(parts).with_columns(pl.col(instants).dt.to_string(_UNPADDED))
    if "updated_at" in schema:
        messy = messy.rename(MESSY_HEADERS)
    messy.sink_csv(path, separator=";")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
