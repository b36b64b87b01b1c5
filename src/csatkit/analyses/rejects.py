"""`--rejects FILE`: the rows that no denominator holds, with the reason and where they stand."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from csatkit.analyses.workspace import Workspace
from csatkit.load import Source
from csatkit.render.csv import FORMULA
from csatkit.whole import written_whole

__all__ = ["rejected", "write_rejects"]


def rejected(ws: Workspace) -> pl.DataFrame:
    """Return every dropped row: `reason`, `kind`, `file`, `row`, then its cells as text."""
    parts = []
    for kind in ("tickets", "surveys"):
        source: Source | None = getattr(ws.data, kind)
        dropped = ws.facts.dropped.get(kind)
        if source is None or dropped is None:
            continue
        for reason, rows in sorted(dropped.rows.items()):
            cells = source.rows(rows.to_list())
            head = cells.select(
                pl.lit(reason).alias("reason"), pl.lit(kind).alias("kind"),
                pl.col("_path").alias("file"), pl.col("_line").alias("row"),
            )  # fmt: skip
            parts.append(pl.concat([head, cells.select(source.headers)], how="horizontal"))
    if not parts:
        empty = {"reason": pl.String, "kind": pl.String, "file": pl.String, "row": pl.UInt32}
        return pl.DataFrame(schema=empty)
    return pl.concat(parts, how="diagonal")


def write_rejects(ws: Workspace, path: str) -> None:
    """Write the dropped rows as CSV; the file appears whole or not at all.

    Raises:
        UsageError: the file can't be created there.
    """
    frame = rejected(ws)
    text = [c for c, dtype in frame.schema.items() if dtype == pl.String]
    guarded = (
        pl.when(pl.col(c).str.contains(f"^(?:{FORMULA})"))
        .then(pl.format("'{}", pl.col(c)))
        .otherwise(c)
        .alias(c)
        for c in text
    )
    with written_whole(Path(path), "--rejects") as part:
        frame.with_columns(guarded).write_csv(part)
