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
from csatkit.facts.unread import Unread
from csatkit.load.canonical import AT, RAGGED, Plan, plain_text
from csatkit.load.mapping import Headers
from csatkit.load.parts import RECORD, Part
from csatkit.load.prepare import Prepared
from csatkit.load.scales import Scale
from csatkit.load.scoring import SCORE_SCALE
from csatkit.load.told import told_rows
from csatkit.progress import interlude, is_watched, stage
from csatkit.schema import Table, fold

__all__ = ["RAGGED", "Source", "reading", "row_text"]

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
    prepared: Prepared
    """The parts without the rows that are no data; of a log of events, one row per ticket."""

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
        if name == SCORE_SCALE:
            return self.plan.scoring.is_mixed
        return name in self.mapping or (name == "survey_status" and self.plan.marks_status)

    @property
    def mixed_scales(self) -> tuple[str, ...]:
        """Return the names of the scales that were converted to one, none where there is one."""
        scoring = self.plan.scoring
        return tuple(scale.name for scale in scoring.mix) if scoring.is_mixed else ()

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
        frames = self._canonical(columns, extra)
        if self.prepared.has_position:
            frames = [
                frame.select((pl.col(AT) + start).cast(pl.UInt32).alias("_row"), pl.exclude(AT))
                for frame, start in zip(frames, self._starts, strict=True)
            ]
        if len(frames) > 1:
            frames = [pl.concat(_with_bad(frames), how="vertical_relaxed")]
        return frames[0] if self.prepared.has_position else frames[0].with_row_index("_row")

    def _canonical(self, columns: Iterable[str], extra: Iterable[str]) -> list[pl.LazyFrame]:
        names = tuple(dict.fromkeys(columns))
        headers = tuple(dict.fromkeys(self.resolve(h) for h in extra))
        return [self.plan.canonical(part, names, headers) for part in self.prepared.parts]

    def unread(self, columns: Iterable[str], extra: Iterable[str] = ()) -> list[Unread]:
        """Return part by part what `scan` returns together, for whoever cuts parts into pieces.

        Args:
            columns: canonical names, as for `scan`.
            extra: further headers, as for `scan`.
        """
        if self.prepared.is_reduced:
            return [self._reduced(columns, extra)]
        frames = _with_bad(self._canonical(columns, extra))
        if self.prepared.has_position:
            frames = [frame.rename({AT: "_row"}) for frame in frames]
        else:
            frames = [frame.with_row_index("_row") for frame in frames]
        left = self.prepared.left or [None] * len(frames)
        return [
            Unread(
                rows=frame,
                count=part.frame.select(pl.len().cast(pl.Int64).alias("n")),
                text=self._text(part),
                left=None if gone is None else gone.rename({AT: "_row"}),
            )
            for frame, part, gone in zip(frames, self.parts, left, strict=True)
        ]

    def _reduced(self, columns: Iterable[str], extra: Iterable[str]) -> Unread:
        """Return tickets made of events, which lie apart: they are put together here."""
        rows = self.scan(columns, extra).collect(engine="streaming")
        return Unread(
            rows=rows.lazy(),
            count=pl.LazyFrame({"n": [rows.height]}),
            # Each ticket is one row, so no text ever has to decide.
            text=rows.lazy().select("_row", text=pl.lit("")),
            left=self.left_out().lazy(),
        )

    def _text(self, part: Part) -> pl.LazyFrame:
        """Return the rows of a part as one text each, `_row` counted from its start."""
        position = pl.col("__position")
        numbered = part.frame.with_row_index("__position")
        return row_text(self._cells(numbered, part, position, 0, position), self.headers)

    def told(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Begin a stage that counts the rows of a frame of `scan` while they are read.

        Args:
            frame: with `_row`.

        Returns:
            The same rows; the very same plan where nobody watches.
        """
        if not is_watched():
            return frame
        # Of events there are fewer tickets, nobody knows how many.
        total = None if self.prepared.is_reduced else self.about_rows()
        is_about = self.prepared.has_position or any(part.is_text for part in self.parts)
        sizes = [part.n_bytes for part in self.parts]
        n_bytes = None if None in sizes else sum(n for n in sizes if n is not None)
        what = f"reading {_name_of(self.paths)}"
        return told_rows(frame, stage(what, "rows", total, is_about=is_about, n_bytes=n_bytes))

    def left_out(self) -> pl.DataFrame:
        """Return the rows of the file that `scan` leaves out, with the reason.

        Returns:
            `_row` and `reason`, a key of `notes.DROPPED_REASONS`; empty where every row is data.
        """
        frames = [
            frame.select((pl.col(AT) + start).cast(pl.UInt32).alias("_row"), "reason")
            for frame, start in zip(self.prepared.left, self._starts, strict=False)
        ]
        if not frames:
            return pl.DataFrame(schema={"_row": pl.UInt32, "reason": pl.String})
        return pl.concat(pl.collect_all(frames)).sort("_row")

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """Return the number of rows before each part that is read."""
        if len(self.prepared.parts) == 1:
            return (0,)
        return tuple(sum(self._lengths[:i]) for i in range(len(self._lengths)))

    def n_rows(self) -> int:
        """Return the number of rows of the files, those that leave counted, blank lines not."""
        return sum(self._lengths)

    def about_rows(self) -> int | None:
        """Return the number of rows as far as it is told without reading them, else None."""
        counts = [part.about_rows() for part in self.parts]
        return None if None in counts else sum(n for n in counts if n is not None)

    def rows(self, indices: Sequence[int]) -> pl.DataFrame:
        """Return the cells of some rows as text, in the order of `_row`.

        Returns:
            `_row`, `_path`, `_line` (position in the part, the header being 1), all headers.
        """
        with interlude(f"looking up rows of {_name_of(self.paths)}"):
            return self._rows(sorted(set(indices)))

    def _rows(self, wanted: list[int]) -> pl.DataFrame:
        if self.prepared.is_reduced:
            return self._reduced_rows(wanted)
        found, start = [], 0
        for part, length in zip(self.parts, self._lengths, strict=True):
            here = [i - start for i in wanted if start <= i < start + length]
            if here:
                found.append(self._rows_of(part, here, start))
            start += length
        if not found:
            return self._rows_of(self.parts[0], [], 0)
        return pl.concat(found)

    def _reduced_rows(self, wanted: list[int]) -> pl.DataFrame:
        """Return rows of tickets that were made of events; the line is that of the last event."""
        found = []
        for part, start in zip(self.prepared.parts, self._starts, strict=True):
            here = [i - start for i in wanted]
            frame = part.frame.filter(pl.col(AT).is_in(here))
            found.append(self._cells(frame, part, pl.col(AT), start, pl.col(AT)))
        return pl.concat(found).collect().sort("_row")

    def _rows_of(self, part: Part, positions: list[int], start: int) -> pl.DataFrame:
        frame = part.frame.with_row_index("__position")
        if len(positions) <= _FEW:
            picked = [frame.slice(i, 1) for i in positions] or [frame.head(0)]
        else:
            picked = [frame.filter(pl.col("__position").is_in(positions))]
        position = pl.col("__position")
        record = pl.col(RECORD) if part.blank_lines else position
        cells = pl.concat([self._cells(f, part, position, start, record) for f in picked])
        # Streaming, for the other engine maps a whole text file into memory.
        return _at_lines(cells.collect(engine="streaming"), part)

    def _cells(
        self, frame: pl.LazyFrame, part: Part, position: pl.Expr, start: int, record: pl.Expr
    ) -> pl.LazyFrame:
        """Return the cells of rows as text, with where they stand."""
        cells = [
            plain_text(pl.col(h), part.dtype(h)).alias(h)
            if h in part.headers
            else pl.lit(None, dtype=pl.String).alias(h)
            for h in self.headers
        ]
        shown = pl.lit(part.shown).alias("_path")
        row = (position + start).cast(pl.UInt32).alias("_row")
        line = (record + part.skip + 1).cast(pl.UInt32).alias("_line")
        return frame.select(row, shown, line, *cells)

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        with interlude(f"counting the rows of {_name_of(self.paths)}"):
            counts = pl.collect_all([_length(part) for part in self.parts], engine="streaming")
        return tuple(int(frame["n"].item()) for frame in counts)


def _name_of(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1:,} more"


def row_text(cells: pl.LazyFrame, headers: Iterable[str]) -> pl.LazyFrame:
    """Return `_row` and `text`, by which rows compare cell by cell.

    Args:
        cells: `_row` and all headers as text.
        headers: in the order of the export.
    """
    # Lower than any character of a cell, so that a short cell sorts before a longer one.
    text = pl.concat_str([pl.col(h).fill_null("") for h in headers], separator="\0")
    return cells.select("_row", text=text)


def _length(part: Part) -> pl.LazyFrame:
    """Return the number of rows of a part, `n`.

    Counting a column beside them keeps Polars from mapping a whole text file into memory.
    """
    beside = [pl.col(part.headers[0]).count().alias("filled")] if part.is_text else []
    return part.frame.select(pl.len().alias("n"), *beside)


def _at_lines(rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Turn numbers of records into lines where quoted cells may span lines."""
    if part.broken_lines is None:
        return rows
    lines = part.lines(rows["_line"].to_list())
    found = [lines.get(record, record) for record in rows["_line"]]
    return rows.with_columns(pl.Series("_line", found, dtype=pl.UInt32))


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
