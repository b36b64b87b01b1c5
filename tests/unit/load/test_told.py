"""Rows and bytes of every kind of input, counted while it is read and never changed by it."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from csatkit.load import Data, open_data
from csatkit.load.containers import spool_stdin
from csatkit.progress import Stage, Watch, watching
from csatkit.query import Query
from csatkit.settings import SourceSettings

N = 500
ROWS = [(f"T{n}", f"2026-01-{n % 28 + 1:02} 10:00:00", "émail") for n in range(N)]
HEADERS = ("ticket_id", "created_at", "channel")
TEXT = "\n".join(",".join(row) for row in (HEADERS, *ROWS)) + "\n"
FRAME = pl.DataFrame(ROWS, schema=HEADERS, orient="row")

Made = Callable[[Path], object]


def _csv(folder: Path, name: str = "t.csv") -> str:
    path = folder / name
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def _parquet(folder: Path) -> str:
    FRAME.write_parquet(folder / "t.parquet")
    return str(folder / "t.parquet")


def _gzip(folder: Path) -> str:
    (folder / "t.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    return str(folder / "t.csv.gz")


def _zip(folder: Path) -> str:
    with zipfile.ZipFile(folder / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in.csv", TEXT)
    return str(folder / "t.zip")


def _json(folder: Path) -> str:
    records = [dict(zip(HEADERS, row, strict=True)) for row in ROWS]
    (folder / "t.json").write_text(json.dumps({"tickets": records, "next": None}), "utf-8")
    return str(folder / "t.json")


def _latin(folder: Path) -> str:
    (folder / "t.csv").write_bytes(TEXT.encode("latin-1"))
    return str(folder / "t.csv")


def _odd_quotes(folder: Path) -> str:
    (folder / "t.csv").write_text(TEXT.replace("émail", 'a 5" phone', 1), encoding="utf-8")
    return str(folder / "t.csv")


def _several(folder: Path) -> list[str]:
    return [_csv(folder, "a.csv"), _csv(folder, "b.csv")]


def _query(folder: Path) -> Query:
    with closing(sqlite3.connect(folder / "t.db")) as connection:
        connection.execute(f"create table t ({', '.join(HEADERS)})")
        connection.executemany("insert into t values (?, ?, ?)", ROWS)
        connection.commit()
    return Query("select * from t", "sqlite:///t.db", str(folder))


def _watched(given: object) -> tuple[Data, pl.DataFrame, list[Stage]]:
    """Return what is read and the stages that it took."""
    watch = Watch()
    with watching(watch):
        data = open_data(given, source=SourceSettings())
        assert data.tickets is not None
        frame = data.tickets.told(data.tickets.scan(["ticket_id", "created_at", "channel"]))
        return data, frame.collect(engine="streaming"), watch.stages


@pytest.mark.parametrize(
    ("made", "before", "is_about"),
    [
        (_csv, ["checking"], True),
        (_parquet, [], False),
        (_gzip, ["unpacking", "checking"], True),
        (_zip, ["unpacking", "checking"], True),
        (_json, ["checking", "reading", "looking through", "reading"], False),
        (_latin, ["checking", "checking", "converting", "checking"], True),
        (_odd_quotes, ["checking", "mending the quotes of"], True),
        (_several, ["checking", "checking"], True),
        (_query, ["reading"], False),
        (lambda _: FRAME, [], False),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_rows_and_bytes_are_told(
    tmp_path: Path, made: Made, before: list[str], is_about: bool
) -> None:
    given = made(tmp_path)
    data, read, stages = _watched(given)
    assert data.tickets is not None
    *early, last = stages
    assert [s.what.rpartition(" ")[0] for s in early] == before
    # What is counted in bytes is read to its end, and so is each number of rows.
    assert [s.done for s in early if s.unit == "bytes" and s.total is not None] == [
        s.total for s in early if s.unit == "bytes"
    ]
    assert (last.unit, last.done, last.is_about) == ("rows", read.height, is_about)
    assert last.what == "reading " + data.tickets.paths[0] + (
        " and 1 more" if len(data.tickets.parts) > 1 else ""
    )
    assert last.total == pytest.approx(read.height, rel=0.02 if is_about else 0)
    plain = data.tickets.scan(["ticket_id", "created_at", "channel"])
    assert_frame_equal(read, plain.collect(engine="streaming"), categorical_as_str=True)


@pytest.mark.parametrize("made", [_csv, _parquet, _gzip, _zip, _json, _several])
def test_bytes_are_those_of_the_unpacked_files(tmp_path: Path, made: Made) -> None:
    given = made(tmp_path)
    paths = given if isinstance(given, list) else [given]
    on_disk = sum(Path(str(path)).stat().st_size for path in paths)
    expected = len(TEXT.encode()) if made in (_gzip, _zip) else on_disk
    *_, last = _watched(given)[2]
    assert last.n_bytes == expected


def test_no_size_is_made_up(tmp_path: Path) -> None:
    assert _watched(_query(tmp_path))[2][-1].n_bytes is None
    assert _watched(FRAME)[2][-1].n_bytes is None
    # Nobody knows how many rows a caller's own plan has before it runs.
    assert _watched(FRAME.lazy())[2][-1].total is None


def test_a_query_tells_rows_as_they_come(tmp_path: Path) -> None:
    first, *_ = _watched(_query(tmp_path))[2]
    assert (first.unit, first.total, first.done) == ("rows", None, N)


@pytest.mark.parametrize("is_typed", [False, True])
def test_standard_input_is_counted_unless_it_is_typed(
    monkeypatch: pytest.MonkeyPatch, is_typed: bool
) -> None:
    data = io.BytesIO(TEXT.encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=data, isatty=lambda: is_typed))
    spool_stdin.cache_clear()
    try:
        _, read, stages = _watched("-")
    finally:
        spool_stdin.cache_clear()
    assert read.height == N
    spooled = [s for s in stages if s.what == "reading standard input" and s.unit == "bytes"]
    assert [(s.done, s.total) for s in spooled] == ([] if is_typed else [(len(TEXT) + N, None)])


def test_a_plan_nobody_watches_is_the_very_same(tmp_path: Path) -> None:
    source = open_data(_csv(tmp_path), source=SourceSettings()).tickets
    assert source is not None
    frame = source.scan(["ticket_id"])
    assert source.told(frame) is frame
