"""Read the columns that the report needs and do nothing with them: the physical limit.

Usage: python -m benchmarks.scan TICKETS SURVEYS
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.files import SURVEYS, TICKETS, layout


def scan(path: Path, wanted: tuple[str, ...]) -> int:
    """Return the number of nulls in the wanted columns; counting them decodes every value."""
    file = layout(path, wanted)
    if file.is_parquet:
        rows = pl.scan_parquet(path)
    else:
        rows = pl.scan_csv(path, separator=file.separator, infer_schema=False)
    columns = [*file.headers.values()]
    nulls = rows.select(pl.col(columns).is_null().sum()).collect(engine="streaming")
    return int(sum(nulls.row(0)))


if __name__ == "__main__":
    print(scan(Path(sys.argv[1]), TICKETS), scan(Path(sys.argv[2]), SURVEYS))
