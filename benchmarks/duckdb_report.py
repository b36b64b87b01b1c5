"""Run the competitor: two files in, the report's counts as JSON out.

Usage: python -m benchmarks.duckdb_report TICKETS SURVEYS

It gets for free what csatkit has to find out: delimiter, headers, date format and column types are
told.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import duckdb_sql as sql
from benchmarks.answer import CUTS, DAYPARTS, WEEKDAYS, Answer, period_ends, text
from benchmarks.files import MESSY_DATES, SURVEYS, TICKETS, Layout, layout


def source(file: Layout, types: dict[str, str]) -> str:
    """Return the SQL that reads a Parquet, CSV or messy CSV file."""
    name = str(file.path).replace("'", "''")
    if file.is_parquet:
        return f"read_parquet('{name}')"
    dates = f", timestampformat='{MESSY_DATES}'" if file.is_messy else ""
    known = ", ".join(f"'{header}': '{types[c]}'" for c, header in file.headers.items())
    options = f"header=true, quote='\"', delim='{file.separator}'{dates}"
    return f"read_csv('{name}', {options}, types={{{known}}})"


def load(db: duckdb.DuckDBPyConnection, table: str, file: Layout, types: dict[str, str]) -> None:
    """Read the needed columns of one file into a table; a column that is absent is null."""
    relation = source(file, types)
    present = {row[0] for row in db.execute(f"DESCRIBE FROM {relation}").fetchall()}
    columns = [
        f'"{file.headers[name]}"::{kind} AS {name}'
        if file.headers.get(name) in present
        else f"NULL::{kind} AS {name}"
        for name, kind in types.items()
    ]
    if table == "tickets":
        status, deflected = (f'"{file.headers[c]}"' for c in ("status", "deflected"))
        columns.append(
            f"coalesce(lower({status}) IN ('deleted', 'spam', 'test'), false) "
            f"OR coalesce({deflected}, false) AS gone"
        )
    db.execute(f"CREATE TEMP TABLE {table} AS SELECT {', '.join(columns)} FROM {relation}")


def prepare(db: duckdb.DuckDBPyConnection, tickets: Path, surveys: Path) -> None:
    """Build the tables of facts."""
    load(db, "tickets", layout(tickets, TICKETS), sql.TICKET_TYPES)
    load(db, "surveys", layout(surveys, SURVEYS), sql.SURVEY_TYPES)
    (end,) = db.execute(sql.END).fetchone() or (None,)
    if not isinstance(end, datetime):
        sys.exit("the files hold no instant")
    last, mature = period_ends(end)
    for name, value in (("as_of", end), ("last_day", last), ("last_mature_day", mature)):
        db.execute(f"SET VARIABLE {name} = TIMESTAMP '{value}'")
    for statement in (sql.DEDUPLICATE, sql.LINKS, sql.INVITATIONS, sql.RATINGS, sql.FACTS):
        db.execute(statement)


def cells(db: duckdb.DuckDBPyConnection, query: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Return a grouping-sets query as cut → segment → counts."""
    result = db.execute(query)
    names = [column[0] for column in result.description or ()]
    keys = [c for c in sql.COLUMNS if c in names]
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for values in result.fetchall():
        row = dict(zip(names, values, strict=True))
        # grouping() sets a bit for each column left out, the first column the highest.
        left_out = f"{row.pop('cell'):0{len(keys)}b}"
        columns = [c for c, bit in zip(keys, left_out, strict=True) if bit == "0"]
        segment = ",".join(_segment(c, row[c]) for c in columns)
        found = {name: value for name, value in row.items() if name not in keys}
        tables.setdefault(_cut(columns), {})[segment] = found
    return tables


def _cut(columns: list[str]) -> str:
    return next(name for name, cut in CUTS.items() if list(cut) == columns)


def _segment(column: str, value: Any) -> str:
    if value is not None and column in ("weekday", "daypart"):
        return (WEEKDAYS if column == "weekday" else DAYPARTS)[value]
    return text(value)


def report(tickets: Path, surveys: Path) -> Answer:
    """Return every count that the report shows."""
    with duckdb.connect() as db:
        prepare(db, tickets, surveys)
        return {table: cells(db, query) for table, query in sql.QUERIES.items()}


if __name__ == "__main__":
    json.dump(report(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout, default=float)
