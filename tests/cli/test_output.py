"""Where a result goes: stdout or a whole file, in the format asked for."""

from __future__ import annotations

import errno
import json
import os
import resource
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from csatkit.cli import streams
from csatkit.errors import InputError
from tests.cli.conftest import Lane, Run


@pytest.mark.parametrize(
    ("name", "first"),
    [("r.json", b"{"), ("r.csv", b"metric"), ("r.parquet", b"PAR1"), ("R.JSON", b"{")],
)
def test_the_suffix_picks_the_format(run: Run, lane: Lane, name: str, first: bytes) -> None:
    done = run("csat", "t.csv", "-o", name)
    assert done[:3] == (0, "", ""), done.err
    assert first in Path(name).read_bytes()[:200]


@pytest.mark.parametrize("name", ["table", "markdown", "json", "csv"])
def test_a_file_holds_what_stdout_would_show(run: Run, lane: Lane, name: str) -> None:
    shown = run("csat", "t.csv", "--format", name)
    assert run("csat", "t.csv", "--format", name, "-o", "result.txt").code == 0
    assert Path("result.txt").read_bytes() == shown.raw


def test_the_format_beats_the_suffix(run: Run, lane: Lane) -> None:
    assert run("csat", "t.csv", "-f", "json", "-o", "r.csv").code == 0
    assert json.loads(Path("r.csv").read_text())["command"] == "csat"


def test_the_suffix_beats_the_variable(
    run: Run, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSATKIT_FORMAT", "json")
    assert run("csat", "t.csv").out.startswith("{")
    assert run("csat", "t.csv", "-o", "r.md").code == 0
    assert not Path("r.md").read_text().startswith("{")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["-o", "r.docx"], "r.docx"),
        (["-o", "absent/r.json"], "no such folder"),
        (["--format", "jsn"], "Did you mean 'json'?"),
        (["-o", ".", "-f", "json"], "is a folder"),
    ],
)
def test_an_impossible_output_is_a_mistake_in_the_usage(
    run: Run, lane: Lane, options: list[str], text: str
) -> None:
    done = run("csat", "t.csv", *options)
    assert (done.code, done.out) == (2, "")
    assert text in done.err


def test_an_input_is_never_overwritten(run: Run, lane: Lane) -> None:
    Path("t.csv").write_text("ticket_id\n1\n")
    done = run("csat", "t.csv", "-o", "t.csv")
    assert done.code == 2
    assert "one of the inputs" in done.err
    assert Path("t.csv").read_text() == "ticket_id\n1\n"


def test_binary_to_a_terminal_is_refused(
    run: Run, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("csat", "t.csv", "-f", "parquet").raw.startswith(b"PAR1")
    monkeypatch.setattr(streams, "is_terminal", lambda: True)
    done = run("csat", "t.csv", "-f", "parquet")
    assert (done.code, done.raw) == (2, b"")
    assert "-o result.parquet" in done.err


def test_enrich_is_csv_unless_told_otherwise(run: Run, lane: Lane) -> None:
    assert run("enrich", "t.csv").out == run("enrich", "t.csv", "-f", "csv").out
    assert run("enrich", "t.csv").out != run("enrich", "t.csv", "-f", "table").out


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX")
def test_permissions_are_those_of_a_new_or_the_old_file(run: Run, lane: Lane) -> None:
    before = os.umask(0o027)
    try:
        assert run("csat", "t.csv", "-o", "r.json").code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path("r.json").stat().st_mode) == 0o640
    Path("r.json").chmod(0o604)
    assert run("csat", "t.csv", "-o", "r.json").code == 0
    assert stat.S_IMODE(Path("r.json").stat().st_mode) == 0o604


def test_a_link_is_written_through(run: Run, lane: Lane) -> None:
    Path("real.json").write_text("old")
    Path("link.json").symlink_to("real.json")
    assert run("csat", "t.csv", "-o", "link.json").code == 0
    assert Path("link.json").is_symlink()
    assert json.loads(Path("real.json").read_text())["command"] == "csat"


def test_a_device_is_written_to_and_not_replaced(run: Run, lane: Lane) -> None:
    assert run("csat", "t.csv", "-o", os.devnull).code == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of the file size are POSIX")
def test_a_full_disk_leaves_the_old_file(
    run: Run, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("r.json").write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(InputError, match="can't write to") as caught:
            streams.result("x" * 1000, "r.json")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.exit_code == 4
    assert Path("r.json").read_text() == "old"
    assert sorted(p.name for p in Path().iterdir()) == [".git", "r.json"]

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = run("csat", "t.csv", "-o", "r.json")
    assert done.code == 4
    assert done.err.count("\n") == 2
    assert Path("r.json").read_text() == "old"
    assert sorted(p.name for p in Path().iterdir()) == [".git", "r.json"]


def _pieces(*, until: int) -> Iterator[bytes]:
    """Yield pieces of a long result, and fail before one of them."""
    for number in range(3):
        if number == until:
            raise RuntimeError("broken")
        yield f"{number}\n".encode()


def test_pieces_of_a_long_result_are_written_in_order(run: Run) -> None:
    streams.result(_pieces(until=9), "r.jsonl")
    assert Path("r.jsonl").read_bytes() == b"0\n1\n2\n"


def test_a_piece_that_fails_leaves_the_old_file(run: Run) -> None:
    Path("r.jsonl").write_text("old")
    with pytest.raises(RuntimeError, match="broken"):
        streams.result(_pieces(until=2), "r.jsonl")
    assert Path("r.jsonl").read_text() == "old"
    assert sorted(p.name for p in Path().iterdir()) == [".git", "r.jsonl"]


def test_a_first_piece_that_fails_writes_nothing(
    run: Run, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    with pytest.raises(RuntimeError, match="broken"):
        streams.result(_pieces(until=0))
    streams.close()
    assert capfdbinary.readouterr().out == b""
    streams.result(_pieces(until=9))
    streams.close()
    assert capfdbinary.readouterr().out == b"0\n1\n2\n"


class _Terminal:
    """A stream that a person watches."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("env", "no_color", "expected"),
    [
        ({}, False, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, False, True),
        ({"TERM": "dumb"}, False, False),
        ({}, True, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], no_color: bool, expected: bool
) -> None:
    monkeypatch.setattr(sys, "stdout", _Terminal())
    found = streams.screen(env, no_color=no_color)
    assert found == streams.Screen(100, color=expected, ascii=False)


def test_off_a_terminal_there_is_neither_width_nor_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_Terminal, "isatty", lambda _: False)
    monkeypatch.setattr(_Terminal, "encoding", "ascii")
    monkeypatch.setattr(sys, "stdout", _Terminal())
    assert streams.screen({}, no_color=False) == streams.Screen(None, color=False, ascii=True)
