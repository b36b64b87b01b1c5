"""Read the columns that the report needs and do nothing with them: the physical limit.

Usage: python -m benchmarks.scan TICKETS SURVEYS
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.duckdb_sql import SURVEY_TYPES, TICKET_TYPES


def scan(path: Path, wanted: dict[str, str]) -> int:
    """Return the number of nulls in the wanted columns; counting them decodes every value."""
    if path.suffix == ".parquet":
        rows = pl.scan_parquet(path)
    else:
        with path.open(encoding="utf-8") as lines:
            separator = ";" if ";" in lines.readline() else ","
        rows = pl.scan_csv(path, separator=separator, infer_schema=False)
    present = [name for name in rows.collect_schema().names() if name in wanted]
    nulls = rows.select(pl.col(present).is_null().sum()).collect(engine="streaming")
    return int(sum(nulls.row(0)))


if __name__ == "__main__":
    print(scan(Path(sys.argv[1]), TICKET_TYPES), scan(Path(sys.argv[2]), SURVEY_TYPES))
