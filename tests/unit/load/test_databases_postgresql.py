"""Queries of a real PostgreSQL: types, read-only sessions, and messages without secrets.

The server belongs to the test run: a cluster in a temporary folder, on a Unix socket and no port,
started as an unprivileged user because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import psycopg
import pytest

from csatkit.config import settings_from
from csatkit.config_file import read
from csatkit.errors import InputError
from csatkit.load import databases, open_data
from csatkit.load.parts import open_parts
from csatkit.query import Query

USER, PASSWORD = "reader_of_tickets", "hunter2@/x"


def _binaries() -> Path | None:
    """Return the folder of the server's programs; Debian keeps it off the search path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def _account() -> dict[str, Any]:
    """Return the options of a process that isn't root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """Return the folder of a running server's socket."""
    programs = _binaries()
    if programs is None:
        pytest.skip("PostgreSQL server binaries not present")
    account = _account()
    # Not below pytest's own folder: that one is closed to other users, and its name too long.
    folder = Path(tempfile.mkdtemp(prefix="csatkit-pg-"))
    if account:
        os.chown(folder, account["user"], account["group"])
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"

    def command(name: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / name), *arguments],
            check=True,
            cwd=folder,
            env={"HOME": str(folder), "PATH": os.defpath, "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            timeout=60,
            **account,
        )

    try:
        command("initdb", "-D", str(data), "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync")
        command("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            _fill(folder)
            yield folder
        finally:
            command("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(folder: Path) -> None:
    with psycopg.connect(f"postgresql://owner@/postgres?host={quote(str(folder), safe='')}") as c:
        c.execute(f"create role {USER} login")
        c.execute(
            """create table tickets as select 7::bigint as ticket_id,
            timestamptz '2026-01-02 05:04:05+02' as created_at,
            timestamp '2026-01-02 10:00' as resolved_at, date '2026-01-02' as day, 4::smallint as
            score, 1.25::numeric as hours, 12::numeric(38, 0) as small_id,
            12345678901234567890::numeric(38, 0) as long_id, 'Zoë' as agent, true as reopened,
            array['a', 'b'] as tags, '{"x": {"y": 1}}'::jsonb as more, '[1]'::json as list,
            '00000000-0000-0000-0000-000000000001'::uuid as key, interval '1 day 2 hours' as took,
            int4range(1, 3) as span, inet '10.0.0.1' as address, null::int as nothing,
            array['00000000-0000-0000-0000-000000000002'::uuid] as keys"""
        )
        c.execute("grant all on tickets to public")


def _uri(server: Path, user: str = USER) -> str:
    return f"postgresql://{user}@/postgres?host={quote(str(server), safe='')}"


def _frame(server: Path, query: str) -> pl.DataFrame:
    (part,) = open_parts(Query(query, _uri(server)))
    assert part.shown == "postgresql:///postgres"
    return part.frame.collect()


def test_types_are_kept_and_odd_ones_written_out(server: Path) -> None:
    row = _frame(server, "select * from tickets").to_dicts()[0]
    created = row.pop("created_at")
    assert created.timestamp() == datetime.fromisoformat("2026-01-02T03:04:05+00:00").timestamp()
    assert row == {
        "ticket_id": 7,
        "resolved_at": datetime(2026, 1, 2, 10),
        "day": date(2026, 1, 2),
        "score": 4,
        "hours": 1.25,
        "small_id": 12,
        "long_id": "12345678901234567890",
        "agent": "Zoë",
        "reopened": True,
        "tags": ["a", "b"],
        "more": '{"x": {"y": 1}}',
        "list": "[1]",
        "key": "00000000-0000-0000-0000-000000000001",
        "took": "1 day 02:00:00",
        "span": "[1, 3)",
        "address": "10.0.0.1",
        "nothing": None,
        "keys": ["00000000-0000-0000-0000-000000000002"],
    }


def test_a_large_answer_comes_in_batches(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "_BATCH", 1_000)
    query = "select n, case when n > 3000 then n end as late from generate_series(1, 4500) n"
    found = _frame(server, query)
    assert found["n"].to_list() == list(range(1, 4_501))
    assert found["late"].drop_nulls().to_list() == list(range(3_001, 4_501))


def test_no_rows_keep_their_headers(server: Path) -> None:
    found = _frame(server, "select ticket_id, created_at from tickets where false")
    assert found.columns == ["ticket_id", "created_at"]
    assert found.is_empty()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("with x as (insert into tickets (ticket_id) values (8) returning 1) select * from x", ""),
        ("select set_config('transaction_read_only', 'off', false), lo_create(0)", ""),
        ("select nope from tickets", 'column "nope" does not exist'),
        ("select 'infinity'::timestamptz as created_at", "timestamp too large"),
        ("select ticket_id, ticket_id from tickets", "ticket_id"),
    ],
)
def test_what_the_server_refuses_is_one_message(server: Path, query: str, message: str) -> None:
    with pytest.raises(InputError, match=f"postgresql:///postgres: .*{message}") as caught:
        _frame(server, query)
    assert "\n" not in caught.value.message
    assert _frame(server, "select count(*) as n from tickets")["n"].to_list() == [1]


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://nobody_at_all:${PW}@/postgres?host={server}",
        "postgresql://reader_of_tickets:${PW}@/no_such_database?host={server}",
        "postgresql://reader_of_tickets:${PW}@127.0.0.1:1/postgres",
        "${WHOLE}",
    ],
)
def test_no_message_holds_a_login(server: Path, monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv("PW", PASSWORD)
    monkeypatch.setenv("WHOLE", f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/postgres")
    with pytest.raises(InputError) as caught:
        open_parts(Query("select 1", uri.replace("{server}", quote(str(server), safe=""))))
    said = str(caught.value) + repr(caught.value.__context__ if caught.value.__cause__ else "")
    for secret in (PASSWORD, quote(PASSWORD, safe=""), "hunter2", USER, "nobody_at_all"):
        assert secret not in said
    assert said.startswith("postgresql://")


def test_the_configuration_names_a_query(
    server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPDESK", _uri(server))
    path = tmp_path / "csatkit.toml"
    path.write_text(
        "[source]\ntickets = { "
        'query = "select ticket_id, created_at, score from tickets", uri = "${HELPDESK}" }\n',
        encoding="utf-8",
    )
    settings = settings_from({}, {}, read(path))
    source = open_data(settings.source.tickets, source=settings.source).tickets
    assert source is not None
    found = source.scan(["ticket_id", "created_at", "score"]).collect()
    expected = ("7", datetime(2026, 1, 2, 3, 4, 5), 4)
    assert found.select("ticket_id", "created_at", "score").row(0) == expected
    assert str(server) not in "".join(source.paths)
