"""Queries are checked before they are asked, and their secrets stay where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from csatkit.config import settings_from
from csatkit.config_file import read
from csatkit.errors import UsageError
from csatkit.query import Query, shown, without_secrets

SQLITE = "sqlite:///helpdesk.db"
PLAIN = "postgresql://db.example/helpdesk"


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "SELECT * FROM t;",
        "  with a as (select 1) select * from a",
        "-- the tickets\nselect 1",
        "/* the; tickets */ select ';' as x, \";\" -- ; done",
        "(select 1)",
        "select $$a;b$$",
    ],
)
def test_one_select_is_a_query(text: str) -> None:
    assert Query(text, SQLITE).query == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("delete from t", "starts with SELECT or WITH, not 'delete'"),
        ("-- select\ndrop table t", "not 'drop'"),
        ("copy t to 'x'", "not 'copy'"),
        ("", "not 'nothing'"),
        ("select 1; drop table t", "one statement"),
        ("select ';'; drop table t", "one statement"),
    ],
)
def test_anything_else_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Query(text, SQLITE)


@pytest.mark.parametrize("uri", ["helpdesk.db", "", "/data/x.db", "c:\\x.db", "host=a dbname=b"])
def test_an_address_has_a_scheme(uri: str) -> None:
    with pytest.raises(UsageError, match="uri starts with"):
        Query("select 1", uri)


def test_an_unknown_database_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="'postgress'") as caught:
        Query("select 1", "postgress://h/x")
    assert caught.value.hint == "Did you mean 'postgres'?"


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://bob:hunter2@h/x",
        "postgresql://bob:hunter2/with?slash@h/x",
        "postgresql://bob:${PW}hunter2@h/x",
        "postgresql://h/x?user=bob&password=hunter2",
    ],
)
def test_a_password_in_plain_text_is_refused_and_not_shown(uri: str) -> None:
    with pytest.raises(UsageError, match="password in plain text") as caught:
        Query("select 1", uri)
    assert "hunter2" not in str(caught.value)


def test_variables_are_put_in_and_encoded() -> None:
    query = Query("select 1", "postgresql://${U}:${P}@${HOST}/helpdesk")
    env = {"U": "bob", "P": "p@ss/w:rd", "HOST": "db:5433"}
    assert query.expanded(env) == "postgresql://bob:p%40ss%2Fw%3Ard@db:5433/helpdesk"
    whole = Query("select 1", "${DATABASE_URL}")
    assert whole.expanded({"DATABASE_URL": "postgres://a:b@h/x"}) == "postgres://a:b@h/x"


def test_a_variable_that_isn_t_set_is_named() -> None:
    with pytest.raises(UsageError, match="DB_PASSWORD isn't set"):
        Query("select 1", "postgresql://bob:${DB_PASSWORD}@h/x").expanded({"DB_PASSWORD": ""})
    with pytest.raises(UsageError, match="uri starts with"):
        Query("select 1", "${DATABASE_URL}").expanded({"DATABASE_URL": "hunter2"})


def test_the_address_isn_t_part_of_what_is_printed() -> None:
    assert "secret" not in repr(Query("select 1", "postgresql://secret@h/x"))


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (
            "postgresql://bob:pw@db.example:5433/helpdesk?sslmode=require",
            "db.example:5433/helpdesk",
        ),
        ("postgresql://db.example/helpdesk?user=bob&password=pw", "db.example/helpdesk"),
        ("postgresql:///helpdesk?host=%2Frun&user=bob", "/helpdesk"),
        ("postgresql://bob:p@w/x@db.example/helpdesk", "…"),
        ("postgresql://bob:pw@db.example:port/helpdesk", "…"),
    ],
)
def test_an_address_is_shown_without_its_login(uri: str, expected: str) -> None:
    assert shown(uri) == f"postgresql://{expected}"


def test_a_file_is_shown_with_its_path() -> None:
    assert shown("sqlite:////srv/helpdesk.db?mode=rw") == "sqlite:////srv/helpdesk.db"


@pytest.mark.parametrize(
    ("uri", "message", "expected"),
    [
        ("postgresql://bob:pw@h/x", 'role "bob" at h, pw', 'role "***" at h, ***'),
        ("postgresql://b%40b:p%2Fw@h/x", 'role "b@b", p/w or p%2Fw', 'role "***", *** or ***'),
        ("postgresql://h/x?user=bob&password=pw", "bob:pw bobby", "***:*** bobby"),
        ("postgresql://bob:p%zz@h/x", 'invalid token: "p%zz"', 'invalid token: "***"'),
        ("postgresql://bob:p@w@h/x", "no host w@h", "no host w@h"),
    ],
)
def test_what_a_driver_says_loses_its_secrets(uri: str, message: str, expected: str) -> None:
    found = without_secrets(message, uri)
    assert found == expected
    assert "pw" not in found


# -- in the configuration -------------------------------------------------------------------------


def _source(folder: Path, text: str) -> Any:
    path = folder / "csatkit.toml"
    path.write_text(text, encoding="utf-8")
    return settings_from({}, {}, read(path)).source


def test_every_input_may_be_a_query_or_a_list_with_queries(tmp_path: Path) -> None:
    found = _source(
        tmp_path,
        f"""[source]
tickets = {{ query = "select 1", uri = "{SQLITE}" }}
surveys = ["a.csv", {{ query = "select 2", uri = "{PLAIN}" }}, "s3://bucket/x.parquet"]

[source.outreach]
query = "select 3"
uri = "{PLAIN}"
""",
    )
    folder = str(tmp_path)
    assert found.tickets == (Query("select 1", SQLITE, folder),)
    assert found.surveys == (
        str(tmp_path / "a.csv"), Query("select 2", PLAIN, folder), "s3://bucket/x.parquet",
    )  # fmt: skip
    assert found.outreach == (Query("select 3", PLAIN, folder),)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('{ query = "select 1" }', "needs uri"),
        ('{ uri = "sqlite:///x" }', "needs query"),
        ('{ query = 1, uri = "sqlite:///x" }', "needs query"),
        ('{ qeury = "select 1", uri = "sqlite:///x" }', "unknown key 'qeury'"),
        ('{ query = "drop table t", uri = "sqlite:///x" }', "starts with SELECT"),
        ('{ query = "select 1", uri = "postgresql://a:b@h/x" }', "password in plain text"),
        ('[["a.csv"]]', "expected a text or a list of texts"),
        ("1", "expected"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, value: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        _source(tmp_path, f"[source]\ntickets = {value}\n")
    assert "csatkit.toml: [source] tickets" in caught.value.message
