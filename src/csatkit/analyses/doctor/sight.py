"""How the doctor looks at a source: lazily, over all its rows, with nothing but sums coming back.

Memory grows with the number of columns and of different ids, never with the size of the cells. A
few rows are fetched whole as examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from csatkit.load import Source
from csatkit.load.mapping import Headers
from csatkit.schema import COLUMNS, SURVEYS

__all__ = ["SHOWN", "Sight", "clipped", "headers_behind", "headers_of", "ticket_hash"]

SHOWN = 3
"""Examples of a problem; enough to find it in the file."""

_LONGEST = 40
"""Characters of a cell; the rest says nothing about how a column is read."""


def headers_of(headers: Headers) -> tuple[str, ...]:
    """Return the one or two headers behind a canonical column."""
    return (headers,) if isinstance(headers, str) else tuple(headers)


def headers_behind(source: Source, name: str) -> tuple[str, ...]:
    """Return the headers behind a canonical column; none where it isn't mapped."""
    return headers_of(source.mapping[name]) if name in source.mapping else ()


def clipped(cell: str) -> str:
    """Return a cell short enough for a line."""
    flat = " ".join(cell.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"


def ticket_hash() -> pl.Expr:
    """Return the hash of `ticket_id`, null where it is unknown.

    It narrows rows down; whether ids are equal is decided on the ids, except for "is there a ticket
    to this survey": a wrong yes there has a chance of n·m / 2⁶⁴, a millionth for five million each.
    """
    return pl.when(pl.col("ticket_id").is_not_null()).then(pl.col("ticket_id").hash())


@dataclass(frozen=True)
class Sight:
    """One source with what is needed to judge its rows."""

    source: Source
    now: datetime
    """The present, naive UTC."""
    privacy: str = "all"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the canonical columns that can be asked for, in canonical order."""
        return tuple(n for n in COLUMNS if self.source.has(n))

    @property
    def instants(self) -> tuple[str, ...]:
        """Return the columns of instants."""
        return tuple(n for n in self.columns if COLUMNS[n].kind == "instant")

    @property
    def future(self) -> datetime:
        """Return the instant from which on a date is in the future: zones reach a day ahead."""
        return self.now + timedelta(days=1)

    @property
    def shown(self) -> str:
        """Return the name of the input for messages."""
        paths = self.source.paths
        return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"

    def has(self, *names: str) -> bool:
        """Tell whether all of these columns can be asked for."""
        return all(self.source.has(n) for n in names)

    def header(self, name: str) -> str:
        """Return the header behind a canonical column as people write it."""
        return "+".join(headers_of(self.source.mapping.get(name, name)))

    def scan(self, names: Iterable[str], extra: Iterable[str] = ()) -> pl.LazyFrame:
        """Return canonical columns, lazily."""
        return self.source.scan(names, extra)

    def is_survey(self) -> pl.Expr:
        """Tell which rows carry a survey: all of a survey file, else those with a cell of one."""
        if self.source.kind == "surveys":
            return pl.lit(value=True)
        cells = [n for n in SURVEYS if self.source.has(n)]
        return pl.any_horizontal(pl.col(c).is_not_null() for c in cells) if cells else pl.lit(False)

    def first_rows(self, test: pl.Expr, names: Iterable[str]) -> list[int]:
        """Return the numbers of the first rows that a test holds for; it reads no further."""
        found = self.scan(names).filter(test).select("_row").head(SHOWN)
        return found.collect(engine="streaming").get_column("_row").to_list()

    def examples(self, rows: Sequence[int], names: Sequence[str]) -> tuple[str, ...]:
        """Return rows as people find them in the file, with their cells of some columns.

        Args:
            rows: positions over all parts, from 0.
            names: canonical columns whose cells are shown; none where people mustn't be seen.
        """
        several = len(self.source.paths) > 1
        wanted = [h for n in names for h in headers_behind(self.source, n)]
        texts = []
        for row in self.source.rows(list(rows)[:SHOWN]).iter_rows(named=True):
            where = f"{row['_path']} row {row['_line']}" if several else f"row {row['_line']}"
            cells = ", ".join(clipped(row[h] or "(empty)") for h in wanted)
            texts.append(f"{where}: {cells}" if cells and self.privacy == "all" else where)
        return tuple(texts)
