"""Queries of SQLite and DuckDB files become typed parts; whatever fails is one message."""

from __future__ import annotations

import importlib
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from csatkit.errors import CsatkitError, InputError, UsageError
from csatkit.load import databases, open_data
from csatkit.load.parts import Part, open_parts
from csatkit.query import Query
from csatkit.settings import SourceSettings

ROWS = [
    (7, "2026-01-02 03:04:05", "Ann", 5, 1.5),
    (8, "2026-01-03", None, 4, None),
    (9, None, "Bob", None, 2.0),
]


@pytest.fixture
def sqlite(tmp_path: Path) -> Path:
    path = tmp_path / "helpdesk.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "create table tickets (ticket_id integer, created_at text, agent text, score, hours)"
        )
        connection.executemany("insert into tickets values (?, ?, ?, ?, ?)", ROWS)
        connection.commit()
    return path


@pytest.fixture
def duck(tmp_path: Path) -> Path:
    path = tmp_path / "helpdesk.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute(
            """create table tickets as select 7::bigint as ticket_id,
            timestamp '2026-01-02 03:04:05' as created_at, timestamptz '2026-01-02 05:00:00+02' as
            resolved_at, date '2026-01-02' as day, 4::tinyint as score,
            1.25::decimal(9, 2) as hours,
            ['a', 'b'] as tags, {'x': 1} as more, interval 1 day as took, 'open'::enum('open') as
            status, 170141183460469231731687303715884105727::hugeint as big, true as flag,
            '00000000-0000-0000-0000-000000000001'::uuid as "odd ""name""\"
            """
        )
    return path


def _part(query: str, uri: str, folder: Path) -> Part:
    (part,) = open_parts(Query(query, uri, str(folder)))
    return part


def test_sqlite_gives_numbers_and_text(sqlite: Path) -> None:
    part = _part("select * from tickets", "sqlite:///helpdesk.db", sqlite.parent)
    assert part.shown == "sqlite:///helpdesk.db"
    assert part.dtypes == (pl.Int64(), pl.String(), pl.String(), pl.Int64(), pl.Float64())
    assert part.frame.collect().rows() == ROWS


def test_a_path_may_be_absolute(sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK", str(sqlite))
    part = _part("select 1 as a", "sqlite:///${HELPDESK}", Path("elsewhere"))
    assert part.frame.collect().rows() == [(1,)]


def test_mixed_columns_of_sqlite_are_text(sqlite: Path) -> None:
    query = "select 1 as a union all select 'x' union all select 2.5 union all select null"
    part = _part(query, "sqlite:///helpdesk.db", sqlite.parent)
    assert part.frame.collect()["a"].cast(pl.String).to_list() == ["1", "x", "2.5", None]


def test_batches_with_other_types_are_one_table(
    sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_BATCH", 1)
    part = _part("select * from tickets", "sqlite:///helpdesk.db", sqlite.parent)
    assert part.frame.collect().rows() == ROWS


@pytest.mark.parametrize(
    ("query", "uri"),
    [
        ("select * from tickets where 0 = 1", "sqlite:///helpdesk.db"),
        ("select * from tickets where 0 = 1", "duckdb:///helpdesk.duckdb"),
    ],
)
def test_no_rows_keep_their_headers(sqlite: Path, duck: Path, query: str, uri: str) -> None:
    part = _part(query, uri, sqlite.parent)
    assert part.headers[:2] == ("ticket_id", "created_at")
    assert part.frame.collect().is_empty()
    assert duck.exists()


def test_duckdb_keeps_types_and_writes_out_odd_ones(duck: Path) -> None:
    part = _part("select * from tickets -- all", "duckdb:///helpdesk.duckdb", duck.parent)
    row = part.frame.collect().to_dicts()[0]
    resolved = row.pop("resolved_at")
    assert resolved.timestamp() == datetime.fromisoformat("2026-01-02T03:00+00:00").timestamp()
    assert row == {
        "ticket_id": 7,
        "created_at": datetime(2026, 1, 2, 3, 4, 5),
        "day": date(2026, 1, 2),
        "score": 4,
        "hours": 1.25,
        "tags": ["a", "b"],
        "more": "{'x': 1}",
        "took": "1 day",
        "status": "open",
        "big": "170141183460469231731687303715884105727",
        "flag": True,
        'odd "name"': "00000000-0000-0000-0000-000000000001",
    }


def test_a_query_is_a_source_like_any_other(sqlite: Path, duck: Path) -> None:
    for name, uri in (("a", "sqlite:///helpdesk.db"), ("b", "duckdb:///helpdesk.duckdb")):
        query = Query("select ticket_id, created_at, score from tickets", uri, str(duck.parent))
        source = open_data(query, source=SourceSettings()).tickets
        assert source is not None, name
        first = source.scan(["ticket_id", "created_at"]).collect().row(0, named=True)
        assert (first["ticket_id"], first["created_at"]) == ("7", datetime(2026, 1, 2, 3, 4, 5))
    assert sqlite.exists()


@pytest.mark.parametrize("uri", ["sqlite:///helpdesk.db", "duckdb:///helpdesk.duckdb"])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select nope from tickets", "nope"),
        ("select ticket_id, ticket_id from tickets", "ticket_id"),
        ("selectt", "starts with SELECT"),
        ("select from where", "syntax"),
        ("select * from nowhere", "nowhere"),
    ],
)
def test_a_refused_query_is_one_message(
    sqlite: Path, duck: Path, uri: str, query: str, message: str
) -> None:
    with pytest.raises(CsatkitError, match=message) as caught:
        _part(query, uri, sqlite.parent)
    assert "\n" not in caught.value.message
    assert duck.exists()


def test_files_are_opened_for_reading_only(sqlite: Path, duck: Path) -> None:
    # The wording slips through the first look: what counts is that the file is closed to it.
    for path, uri in ((sqlite, "sqlite:///helpdesk.db"), (duck, "duckdb:///helpdesk.duckdb")):
        before = path.read_bytes()
        query = Query("with x as (select 1) insert into tickets (ticket_id) select * from x",
                      uri, str(path.parent))  # fmt: skip
        with pytest.raises(InputError, match=r"(?i)read.?only|syntax|DESCRIBE"):
            open_parts(query)
        assert path.read_bytes() == before


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_a_missing_file_isn_t_created(tmp_path: Path, scheme: str) -> None:
    with pytest.raises(InputError, match="doesn't exist"):
        _part("select 1", f"{scheme}:///nope.db", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n" * 1_000])
def test_a_file_that_is_no_database_is_one_message(
    tmp_path: Path, scheme: str, data: bytes
) -> None:
    (tmp_path / "x.db").write_bytes(data)
    with pytest.raises(InputError, match=f"{scheme}:///x.db: "):
        _part("select * from tickets", f"{scheme}:///x.db", tmp_path)


@pytest.mark.parametrize(
    ("uri", "driver"),
    [("duckdb:///helpdesk.duckdb", "duckdb"), ("postgresql://h/x", "psycopg")],
)
def test_a_missing_driver_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, uri: str, driver: str
) -> None:
    real = importlib.import_module

    def absent(name: str, *more: Any) -> Any:
        if name == driver:
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(InputError, match=f"needs the package {driver}") as caught:
        open_parts(Query("select 1", uri))
    assert "pip install 'csatkit[database]'" in str(caught.value.hint)
    assert caught.value.exit_code == 4


def test_a_variable_that_isn_t_set_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELPDESK", raising=False)
    with pytest.raises(UsageError, match="HELPDESK"):
        open_parts(Query("select 1", "sqlite:///${HELPDESK}"))


def test_a_database_file_as_a_path_says_how_to_ask_it(sqlite: Path, duck: Path) -> None:
    for path, scheme in ((sqlite, "sqlite"), (duck, "duckdb")):
        with pytest.raises(InputError, match="is a database") as caught:
            open_parts(path)
        assert f'uri = "{scheme}:///{path}"' in str(caught.value.hint)
