"""One input of a run: its parts, how its columns read, and the lazy frame they become.

A `Source` is decided once, from headers and a sample (`opening.py`), and never changes. It reads
nothing until a frame is collected, and never more columns than were asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from csatkit.errors import InputError, UsageError
from csatkit.load.canonical import RAGGED, Plan, plain_text
from csatkit.load.mapping import Headers
from csatkit.load.parts import RECORD, Part
from csatkit.load.scales import Scale
from csatkit.schema import Table, fold

__all__ = ["RAGGED", "Source", "reading"]

_FEW = 40
"""Rows fetched one by one; each is a small read, a filter reads everything."""


@dataclass(frozen=True, eq=False)
class Source:
    """A ticket, survey or outreach export of one or more parts."""

    kind: Table
    paths: tuple[str, ...]
    """Names of the parts for messages."""
    preset: str | None
    headers: tuple[str, ...]
    """Headers of all parts, in the order in which they are first met."""
    scale: Scale | None
    """The scale of the scores; None where no column holds one."""
    timezone: str
    parts: tuple[Part, ...]
    plan: Plan

    @property
    def mapping(self) -> Mapping[str, Headers]:
        """Return canonical column → header, or the two headers of a date and its time."""
        return self.plan.mapping

    @property
    def date_readings(self) -> Mapping[str, str]:
        """Return canonical column → how its instants are written."""
        return {name: str(reading) for name, reading in self.plan.readings.items()}

    @property
    def bad_columns(self) -> tuple[str, ...]:
        """Return the names behind the bits of `_bad`, lowest bit first."""
        return self.plan.bits

    def has(self, name: str) -> bool:
        """Tell whether a canonical column can be asked for."""
        return name in self.mapping or (name == "survey_status" and self.plan.marks_status)

    def resolve(self, name: str) -> str:
        """Return the canonical column or the header of the export that a name means.

        Raises:
            UsageError: there is no such column; the nearest one is named.
        """
        if self.has(name) or name in self.headers:
            return name
        wanted = fold(name)
        canonical = next((c for c in self.mapping if fold(c) == wanted), None)
        header = next((h for h in self.headers if fold(h) == wanted), None)
        if found := canonical or header:
            return found
        raise UsageError.unknown("column", name, {*self.mapping, *self.headers})

    def scan(self, columns: Iterable[str], extra: Iterable[str] = ()) -> pl.LazyFrame:
        """Return the asked-for canonical columns that exist, typed, one row per data row.

        Args:
            columns: canonical names; those that aren't mapped are left out.
            extra: further headers of the export, as `resolve` returns them: trimmed text, numbers
                of a typed table stay numbers.

        Returns:
            The columns, `_row` (position over all parts, from 0), and `_bad` (bits of the columns
            whose value didn't parse, see `bad_columns`) unless nothing can fail.
        """
        names = tuple(dict.fromkeys(columns))
        headers = tuple(dict.fromkeys(self.resolve(h) for h in extra))
        frames = [self.plan.canonical(part, names, headers) for part in self.parts]
        if len(frames) > 1:
            frames = [pl.concat(_with_bad(frames), how="vertical_relaxed")]
        return frames[0].with_row_index("_row")

    def n_rows(self) -> int:
        """Return the number of data rows, blank lines not counted."""
        return sum(self._lengths)

    def rows(self, indices: Sequence[int]) -> pl.DataFrame:
        """Return the cells of some rows as text, in the order of `_row`.

        Returns:
            `_row`, `_path`, `_line` (position in the part, the header being 1), all headers.
        """
        wanted = sorted(set(indices))
        found, start = [], 0
        for part, length in zip(self.parts, self._lengths, strict=True):
            here = [i - start for i in wanted if start <= i < start + length]
            if here:
                found.append(self._rows_of(part, here, start))
            start += length
        if not found:
            return self._rows_of(self.parts[0], [], 0)
        return pl.concat(found)

    def _rows_of(self, part: Part, positions: list[int], start: int) -> pl.DataFrame:
        frame = part.frame.with_row_index("__position")
        if len(positions) <= _FEW:
            picked = [frame.slice(i, 1) for i in positions] or [frame.head(0)]
        else:
            picked = [frame.filter(pl.col("__position").is_in(positions))]
        record = pl.col(RECORD) if part.blank_lines else pl.col("__position")
        cells = [
            plain_text(pl.col(h), part.dtype(h)).alias(h)
            if h in part.headers
            else pl.lit(None, dtype=pl.String).alias(h)
            for h in self.headers
        ]
        shown = pl.lit(part.shown).alias("_path")
        row = (pl.col("__position") + start).cast(pl.UInt32).alias("_row")
        line = (record + part.skip + 1).cast(pl.UInt32).alias("_line")
        return pl.concat([f.select(row, shown, line, *cells) for f in picked]).collect()

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        counts = pl.collect_all([part.frame.select(pl.len()) for part in self.parts])
        return tuple(int(frame.item()) for frame in counts)


def _with_bad(frames: list[pl.LazyFrame]) -> list[pl.LazyFrame]:
    """Give all parts a `_bad` where one has it."""
    having = ["_bad" in frame.collect_schema() for frame in frames]
    if not any(having):
        return frames
    none = pl.lit(0, dtype=pl.UInt32).alias("_bad")
    return [
        frame if has else frame.with_columns(none)
        for frame, has in zip(frames, having, strict=True)
    ]


@contextmanager
def reading(*sources: Source | None) -> Iterator[None]:
    """Turn what Polars says about a broken file, inside the block, into an `InputError`.

    Raises:
        InputError: a file can't be read to its end.
    """
    try:
        yield
    except (pl.exceptions.ComputeError, OSError) as error:
        paths = ", ".join(path for source in sources if source for path in source.paths)
        raise InputError(
            f"{paths} can't be read to the end: {str(error).strip().splitlines()[0]}",
            "Export it again; a text file needs quotes around cells that hold quotes.",
        ) from error
