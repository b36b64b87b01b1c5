"""Run the competitor: two files in, the report's counts as JSON out.

Usage: python -m benchmarks.duckdb_report TICKETS SURVEYS

It gets for free what csatkit has to find out: delimiter, date format and column types are told.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import duckdb_sql as sql

DIMENSIONS = ("agent", "channel", "issue_type", "week", "period")

MESSY_DATES = "%d/%m/%Y %H:%M"
"""How the messy file writes an instant: 29/2/2016 01:16."""


def source(path: Path, types: dict[str, str]) -> str:
    """Return the SQL that reads a Parquet, CSV or messy CSV file."""
    name = str(path).replace("'", "''")
    if path.suffix == ".parquet":
        return f"read_parquet('{name}')"
    with path.open(encoding="utf-8") as lines:
        messy = ";" in lines.readline()
    options = f"delim=';', timestampformat='{MESSY_DATES}'" if messy else "delim=','"
    with path.open(encoding="utf-8") as lines:
        header = lines.readline().rstrip("\r\n").split(";" if messy else ",")
    known = ", ".join(f"'{c}': '{t}'" for c, t in types.items() if c in header)
    return f"read_csv('{name}', header=true, quote='\"', {options}, types={{{known}}})"


def load(db: duckdb.DuckDBPyConnection, table: str, path: Path, types: dict[str, str]) -> None:
    """Read the needed columns of one file into a table; a column that is absent is null."""
    relation = source(path, types)
    present = {row[0] for row in db.execute(f"DESCRIBE FROM {relation}").fetchall()}
    columns = [
        f"{name}::{kind} AS {name}" if name in present else f"NULL::{kind} AS {name}"
        for name, kind in types.items()
    ]
    if table == "tickets":
        columns.append(
            "coalesce(lower(status) IN ('deleted', 'spam', 'test'), false) "
            "OR coalesce(deflected, false) AS gone"
        )
    db.execute(f"CREATE TEMP TABLE {table} AS SELECT {', '.join(columns)} FROM {relation}")


def prepare(db: duckdb.DuckDBPyConnection, tickets: Path, surveys: Path) -> datetime:
    """Build the tables of facts; return the data end."""
    load(db, "tickets", tickets, sql.TICKET_TYPES)
    load(db, "surveys", surveys, sql.SURVEY_TYPES)
    (end,) = db.execute(sql.END).fetchone() or (None,)
    if not isinstance(end, datetime):
        sys.exit("the files hold no instant")
    db.execute(f"SET VARIABLE as_of = TIMESTAMP '{end}'")
    for statement in (sql.DEDUPLICATE, sql.LINKS, sql.INVITATIONS, sql.RATINGS, sql.FACTS):
        db.execute(statement)
    return end


def cells(db: duckdb.DuckDBPyConnection, query: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Return a grouping-sets query as {dimension: {segment: counts}}; overall is under ''."""
    result = db.execute(query)
    names = [column[0] for column in result.description or ()]
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for values in result.fetchall():
        row = dict(zip(names, values, strict=True))
        dimension = _dimension(row.pop("cell"))
        keys = {name: row.pop(name) for name in DIMENSIONS}
        segment = _text(keys[dimension]) if dimension else ""
        table = tables.setdefault(dimension, {})
        if "day" in row:
            kind = "events" if row["repeated"] else "censored"
            table.setdefault(segment, {}).setdefault(kind, {})[str(row["day"])] = row["n"]
        else:
            table[segment] = row
    return tables


def _dimension(cell: int) -> str:
    """Return the dimension of a grouping set; grouping() sets a bit for each one left out."""
    last = len(DIMENSIONS) - 1
    present = [name for i, name in enumerate(DIMENSIONS) if not cell >> (last - i) & 1]
    return present[0] if present else ""


def _text(value: object) -> str:
    if value is None:
        return "null"
    return value.strftime("%G-W%V") if isinstance(value, datetime) else str(value)


def report(tickets: Path, surveys: Path) -> dict[str, Any]:
    """Return every count that the report shows."""
    with duckdb.connect() as db:
        end = prepare(db, tickets, surveys)
        return {
            "as_of": end.isoformat(),
            "tickets": cells(db, sql.TICKETS),
            "rated": cells(db, sql.RATED),
            "sent": cells(db, sql.SENT),
            "follow_up": cells(db, sql.FOLLOW_UP),
        }


if __name__ == "__main__":
    json.dump(report(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout, default=float)
