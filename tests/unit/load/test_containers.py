"""Bytes of every kind become scannable text or Parquet, or an error that says what they are."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from csatkit.errors import InputError
from csatkit.load import containers
from csatkit.load.containers import open_container

TEXT = "ticket_id,comment\n1,Zoë\n2,naïve\n"


def _write(folder: Path, data: bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_every_encoding_becomes_utf8(tmp_path: Path, encoding: str) -> None:
    path = _write(tmp_path, TEXT.encode(encoding))
    found = open_container(path, "export.csv")
    assert found.kind == "csv"
    assert found.path.read_text(encoding="utf-8-sig") == TEXT


def test_a_byte_that_cp1252_lacks_is_latin_1(tmp_path: Path) -> None:
    found = open_container(_write(tmp_path, b"a,b\n\x81,\xe9\n"), "x")
    assert found.path.read_text(encoding="utf-8") == "a,b\n\x81,é\n"


def test_a_foreign_byte_far_into_the_file_is_found(tmp_path: Path) -> None:
    body = b"a,b\n" + b"1,2\n" * 400_000 + "3,é\n".encode("cp1252")
    found = open_container(_write(tmp_path, body), "x")
    assert found.path.read_bytes().endswith("3,é\n".encode())


def test_a_letter_across_two_blocks_is_still_utf8(tmp_path: Path) -> None:
    body = b"a\n" + b"x" * (containers.BLOCK - 3) + "é\n".encode()
    path = _write(tmp_path, body)
    assert open_container(path, "x").path == path


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_compressed_text_is_unpacked(tmp_path: Path, codec: str) -> None:
    data = gzip.compress(TEXT.encode()) if codec == "gzip" else _zstd(TEXT.encode())
    found = open_container(_write(tmp_path, data, "export.csv"), "x")
    assert found.path.read_text(encoding="utf-8") == TEXT


def _zstd(data: bytes) -> bytes:
    packed: bytes = pa.compress(data, codec="zstd", asbytes=True)
    return packed


def test_cut_compressed_data_is_an_error(tmp_path: Path) -> None:
    path = _write(tmp_path, gzip.compress(TEXT.encode() * 500)[:-15])
    with pytest.raises(InputError, match="damaged"):
        open_container(path, "x.csv.gz")


def test_parquet_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    assert open_container(path, "x").kind == "parquet"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n\n", "is empty"),
        (b"a,b\n1,\x00\n", "binary"),
        (bytes(range(256)) * 4, "binary"),
        (b"\x89PNG\r\n\x1a\n" + b"\x01\x02\x03" * 50, "binary"),
        (b"\xd0\xcf\x11\xe0rest", "XLS"),
        (b"%PDF-1.7", "PDF"),
        (b"SQLite format 3\x00rest", "database"),
        (b"\x00" * 8 + b"DUCKrest", "database"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_container(_write(tmp_path, data), "export.csv")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"ticket": 1}', "json"),
        (b'\xef\xbb\xbf\n [ {"ticket": 1}]', "json"),
        (b"[]", "json"),
        (b"{\n}", "json"),
        ('[{"a": "é"}]'.encode("utf-16"), "json"),
        (b"PK\x03\x04rest", "zip"),
        (b"[ticket],b\n1,2\n", "csv"),
        (b"{ticket},b\n1,2\n", "csv"),
    ],
)
def test_the_first_characters_tell_the_kind(tmp_path: Path, data: bytes, kind: str) -> None:
    assert open_container(_write(tmp_path, data), "x").kind == kind


def test_data_packed_twice_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, gzip.compress(gzip.compress(TEXT.encode())))
    with pytest.raises(InputError, match="more than once"):
        open_container(path, "x.csv.gz")


def test_data_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    zeros = b"a\n" + b"0\n" * (containers.ALWAYS_FINE // 2)
    path = _write(tmp_path, gzip.compress(zeros))
    assert len(zeros) > containers.MOST_RATIO * path.stat().st_size
    with pytest.raises(InputError, match="200 times"):
        open_container(path, "x.csv.gz")


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    _write(tmp_path, b"a\n", "tickets.csv")
    with pytest.raises(InputError, match="doesn't exist") as caught:
        open_container(tmp_path / "tikets.csv", "tikets.csv")
    assert "tickets.csv" in str(caught.value.hint)


def test_old_mac_line_ends_become_newlines(tmp_path: Path) -> None:
    found = open_container(_write(tmp_path, b"a,b\r1,2\r"), "x")
    assert found.path.read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"a\n1\n\n2\n", True), (b"a\r\n1\r\n\r\n2\r\n", True), (b"a\n1\n2\n", False)],
)
def test_blank_lines_are_noticed(tmp_path: Path, data: bytes, expected: bool) -> None:
    assert open_container(_write(tmp_path, data), "x").blank_lines is expected


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = io.BytesIO(b"a,b\n1,2\n")

        def isatty(self) -> bool:
            return False

    containers.spool_stdin.cache_clear()
    monkeypatch.setattr(sys, "stdin", Stream())
    first = containers.spool_stdin()
    assert containers.spool_stdin() == first
    assert first.read_bytes() == b"a,b\n1,2\n"
    containers.spool_stdin.cache_clear()
