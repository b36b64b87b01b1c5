"""Object stores: what is handed to Polars, and what comes of a store that doesn't answer."""

from __future__ import annotations

import io
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csatkit.config import settings_from
from csatkit.config_file import read
from csatkit.errors import InputError
from csatkit.load import Source, open_data, remote
from csatkit.load.parts import open_parts
from csatkit.settings import SourceSettings

ROWS = {"ticket_id": ["1", "2"], "created_at": ["2026-01-02", "2026-01-03"], "score": ["5", "4"]}
CSV = "ticket_id;created_at;score\n1;2026-01-02;5\n\n2;2026-01-03;4\n"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Serve a folder as a bucket and note what each scan was given."""
    calls: list[tuple[str, dict[str, Any]]] = []
    for name in ("scan_parquet", "scan_csv", "scan_lines"):
        real = getattr(pl, name)

        def scan(source: Any, *args: Any, real: Any = real, **options: Any) -> pl.LazyFrame:
            if isinstance(source, str) and source.startswith("s3://bucket/"):
                calls.append((source, dict(options)))
                source = str(tmp_path / source.removeprefix("s3://bucket/"))
                options |= {"storage_options": None}
            found: pl.LazyFrame = real(source, *args, **options)
            return found

        monkeypatch.setattr(pl, name, scan)
    return calls


def _tickets(url: str) -> Source:
    source = open_data(url, source=SourceSettings()).tickets
    assert source is not None
    return source


def _check(source: Source) -> None:
    found = source.scan(["ticket_id", "created_at", "score"]).collect()
    assert found["ticket_id"].to_list() == ["1", "2"]
    assert found["created_at"].to_list() == [datetime(2026, 1, 2), datetime(2026, 1, 3)]
    assert found["score"].to_list() == [5, 4]


def test_a_table_is_scanned_where_it_is(
    tmp_path: Path, store: list[tuple[str, dict[str, Any]]]
) -> None:
    pl.DataFrame(ROWS).write_parquet(tmp_path / "t.parquet")
    source = _tickets("s3://bucket/t.parquet")
    _check(source)
    assert source.paths == ("s3://bucket/t.parquet",)
    (call,) = store
    assert call[0] == "s3://bucket/t.parquet"
    # No account of the machine, and an end to every wait.
    assert call[1]["credential_provider"] is None
    assert call[1]["storage_options"]["max_retries"] == 2


def test_a_folder_is_a_data_set_of_tables(
    tmp_path: Path, store: list[tuple[str, dict[str, Any]]]
) -> None:
    (tmp_path / "tickets").mkdir()
    pl.DataFrame(ROWS)[:1].write_parquet(tmp_path / "tickets" / "a.parquet")
    pl.DataFrame(ROWS)[1:].write_parquet(tmp_path / "tickets" / "b.parquet")
    _check(_tickets("s3://bucket/tickets/"))
    assert [url for url, _ in store] == ["s3://bucket/tickets/"]


def test_a_text_is_sniffed_from_its_head(
    tmp_path: Path, store: list[tuple[str, dict[str, Any]]]
) -> None:
    (tmp_path / "t.csv").write_text("\ufeff" + CSV, encoding="utf-8")
    source = _tickets("s3://bucket/t.csv")
    _check(source)
    assert source.n_rows() == 2
    # The blank line counts: the second ticket stands in line 4.
    assert source.rows([1])["_line"].to_list() == [4]
    assert {url for url, _ in store} == {"s3://bucket/t.csv"}
    assert all(options["credential_provider"] is None for _, options in store)


@pytest.mark.usefixtures("store")
def test_an_empty_or_missing_text_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\n\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"s3://bucket/t.csv is empty"):
        open_parts("s3://bucket/t.csv")
    with pytest.raises(InputError, match=r"s3://bucket/no.csv can't be read"):
        open_parts("s3://bucket/no.csv")


@pytest.mark.usefixtures("store")
def test_what_is_no_table_is_one_message(tmp_path: Path) -> None:
    sink = io.BytesIO()
    pl.DataFrame(ROWS).write_parquet(sink)
    (tmp_path / "cut.parquet").write_bytes(sink.getvalue()[:50])
    with pytest.raises(InputError, match=r"cut.parquet can't be read") as caught:
        open_parts("s3://bucket/cut.parquet")
    assert "AWS_ACCESS_KEY_ID" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://bob:hunter2@example.org/t.csv", "an input at https:// can't be read"),
        ("ftp://example.org/t.csv", "an input at ftp://"),
        ("file:///t.csv", "an input at file://"),
        ("s3://bucket/t.xlsx", "neither CSV nor Parquet"),
        ("gs://bucket/t.csv.gz", "neither CSV nor Parquet"),
    ],
)
def test_other_addresses_are_refused(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        open_parts(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("name", ["t.parquet", "t.csv"])
def test_a_store_that_doesn_t_answer_is_an_error_soon(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for variable, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # nothing listens at the discard port
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIATEST",
        "AWS_SECRET_ACCESS_KEY": "hunter2",
    }.items():
        monkeypatch.setenv(variable, value)
    start = time.monotonic()
    with pytest.raises(InputError, match=f"s3://bucket/{name} can't be read") as caught:
        open_parts(f"s3://bucket/{name}")
    assert time.monotonic() - start < 20
    assert "\n" not in caught.value.message
    assert "hunter2" not in str(caught.value)


def test_every_store_says_which_variables_it_wants() -> None:
    assert {remote.kind_of(f"{scheme}://b/x.csv") for scheme in ("s3", "gs", "az")} == {"csv"}
    assert {remote.kind_of(f"{scheme}://b/x/*") for scheme in ("s3", "gs", "az")} == {"parquet"}


def test_the_configuration_keeps_an_address_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "csatkit.toml"
    path.write_text('[source]\ntickets = ["az://c/t.parquet", "a.csv"]\n', encoding="utf-8")
    found = settings_from({}, {}, read(path)).source.tickets
    assert found == ("az://c/t.parquet", str(tmp_path / "a.csv"))
