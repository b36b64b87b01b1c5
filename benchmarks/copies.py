"""Copy a sample many times, each copy with tickets and customers of its own.

Usage: python -m benchmarks.copies FOLDER COPIES FILE...

A process of its own, for the reason that `benchmarks.data` is one.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl


def copy(path: Path, folder: Path, n: int) -> None:
    """Write the copies of one file where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = pl.scan_parquet(path)
    ids = [c for c in ("ticket_id", "customer_id") if c in rows.collect_schema()]
    for number in range(n):
        part = folder / f"{number:02}.parquet"
        if not part.exists():
            scratch = part.with_suffix(".part")
            own = [pl.format("{}-" + str(number), pl.col(c)).alias(c) for c in ids]
            rows.with_columns(own).sink_parquet(scratch)
            scratch.rename(part)


if __name__ == "__main__":
    for name in sys.argv[3:]:
        copy(Path(name), Path(sys.argv[1]) / Path(name).stem, int(sys.argv[2]))
