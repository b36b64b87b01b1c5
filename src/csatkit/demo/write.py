"""The sample as a folder of files, written in bounded memory.

Nothing is left half done: every file is written under a temporary name, and all are renamed once
all are complete. Never overwrites a file unless told to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal, get_args

import polars as pl
import pyarrow.parquet as pq

from csatkit.demo.generate import TICKETS, Chunk, chunks
from csatkit.errors import UsageError
from csatkit.whole import cannot_write

__all__ = ["Format", "write"]

Format = Literal["csv", "parquet"]
TABLES = ("tickets", "surveys", "outreach")
CONFIG = "csatkit.toml"
_PARTIAL = ".part"
"""Ending of a file that isn't complete yet; no reader takes it for data."""
_CSV_INSTANT = "%Y-%m-%d %H:%M:%S"
_COMPRESSION = "snappy"
"""Fastest to write; the benchmarks read the files more often than anyone stores them."""
_REPEATED = [
    "agent", "team", "channel", "issue_type", "customer_segment", "status", "tags",
    "comment", "delivery", "outreach_by",
]  # fmt: skip
"""Texts with few values: for ids and instants a dictionary costs time and saves nothing."""

Add = Callable[[pl.DataFrame], None]


def write(
    folder: str | Path,
    tickets: int = TICKETS,
    seed: int = 0,
    null: bool = False,
    *,
    format: Format = "csv",  # noqa: A002 - named like the option of the command
    force: bool = False,
) -> list[Path]:
    """Write tickets, surveys, outreach and a configuration that names them.

    Args:
        folder: where to; made if absent.
        tickets: exact number of ticket rows.
        seed: another seed, another year with the same truth.
        null: leave out every planted effect.
        format: of the three tables.
        force: overwrite files of the same names.

    Returns:
        The files, the configuration last.

    Raises:
        UsageError: a file is there already, the folder is a file or can't be written to, a number
            is out of its range.
        InputError: the device is full.
    """
    if format not in get_args(Format):
        raise UsageError.unknown("format of a sample", str(format), get_args(Format))
    made = chunks(tickets, seed, null)
    folder = Path(folder)
    paths = [folder / f"{table}.{format}" for table in TABLES] + [folder / CONFIG]
    _check(folder, paths, force)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_all(paths, made, format)
    except OSError as error:
        raise cannot_write(str(folder), error, "another FOLDER") from None
    return paths


def _write_all(paths: list[Path], made: Iterator[Chunk], format: Format) -> None:  # noqa: A002 - as above
    partial = [path.with_name(path.name + _PARTIAL) for path in paths]
    try:
        _fill(partial[:-1], made, format)
        partial[-1].write_text(config(format), encoding="utf-8", newline="\n")
        for unfinished, path in zip(partial, paths, strict=True):
            unfinished.replace(path)
    finally:
        for unfinished in partial:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _check(folder: Path, paths: list[Path], force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder", "Choose another name.")
    there = [path.name for path in paths if path.exists()]
    if there and not force:
        raise UsageError(
            f"{folder} already holds {', '.join(there)}",
            "Choose another folder, or overwrite with --force.",
        )


def _fill(paths: list[Path], made: Iterator[Chunk], format: Format) -> None:  # noqa: A002 - as above
    """Write the chunks to one file per table, two chunks in memory at a time.

    While one is written the next is made; both let go of Python's lock for most of their time.
    """
    sink = _csv if format == "csv" else _parquet
    with ExitStack() as stack:
        adders = [stack.enter_context(sink(path)) for path in paths]
        maker = stack.enter_context(ThreadPoolExecutor(1))
        coming = maker.submit(next, made, None)
        while (chunk := coming.result()) is not None:
            coming = maker.submit(next, made, None)
            tables = (chunk.tickets, chunk.surveys, chunk.outreach)
            for add, frame in zip(adders, tables, strict=True):
                add(frame)


@contextmanager
def _csv(path: Path) -> Iterator[Add]:
    """Give what adds a frame to a CSV file, with a header before the first one."""
    with path.open("wb") as file:

        def add(frame: pl.DataFrame) -> None:
            frame.write_csv(file, include_header=file.tell() == 0, datetime_format=_CSV_INSTANT)

        yield add


@contextmanager
def _parquet(path: Path) -> Iterator[Add]:
    """Give what adds a frame to a Parquet file as a row group."""
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None

        def add(frame: pl.DataFrame) -> None:
            nonlocal writer
            table = frame.to_arrow()
            if writer is None:
                writer = stack.enter_context(
                    pq.ParquetWriter(
                        path, table.schema, compression=_COMPRESSION, use_dictionary=_REPEATED
                    )
                )
            writer.write_table(table)

        yield add


def config(format: Format) -> str:  # noqa: A002 - as above
    """Return a csatkit.toml for the sample, with one target of each verdict.

    The verdicts hold for the default sample: with a million tickets nothing stays undecided, and in
    null mode nothing fails for a reason.
    """
    return f"""\
# Sample data made by `csatkit demo`. Run `csatkit report` in this folder.
[source]
tickets = "tickets.{format}"
surveys = "surveys.{format}"
outreach = "outreach.{format}"
preset = "none"
scale = "1-5"
timezone = "UTC"

# This one holds.
[[target]]
name = "Few tickets reopened"
metric = "reopen_rate"
max = 15
kind = "guardrail"
action = "see which issue types are closed too early"

# This one fails: the refund process is broken, whoever works on it.
[[target]]
name = "Refund CSAT"
metric = "csat"
min = 80
where = "issue_type=refund"
action = "repair the refund process before coaching anyone"

# This one can't be decided: too few ratings to tell the value from the target.
[[target]]
name = "Social CSAT"
metric = "csat"
min = 84
where = "channel=social"
warn = 88
"""
