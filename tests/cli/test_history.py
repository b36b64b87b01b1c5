"""`--history` from the command line: short exports, two runs at once, kills, full disks."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.conftest import ROOT, Lane, Run

Start = Callable[..., "subprocess.Popen[bytes]"]

TICKETS = 2_000
DAYS = 90

SLOW = """
import sys, time
import csatkit.whole as whole
from csatkit.cli.app import run

synced = whole._synced
def slow(part):
    synced(part)
    print("written", flush=True)
    time.sleep(60)
whole._synced = slow
run(sys.argv[1:])
"""
"""Stops between the temporary file and the renaming."""


@pytest.fixture
def year(run: Run) -> tuple[str, str]:
    """Return the paths of a sample of 365 days."""
    assert run("demo", "year", "--tickets", str(TICKETS)).code == 0
    return "year/tickets.csv", "year/surveys.csv"


@pytest.fixture
def latest(year: tuple[str, str], tmp_path: Path) -> tuple[str, str]:
    """Return the paths of what an export of the last 90 days holds of it."""
    folder = tmp_path / "latest"
    folder.mkdir()
    with (tmp_path / year[0]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    end = date.fromisoformat(max(row["created_at"] for row in rows)[:10])
    since = str(end - timedelta(days=DAYS))
    kept = [row for row in rows if row["created_at"] >= since]
    ids = {row["ticket_id"] for row in kept}
    with (tmp_path / year[1]).open(encoding="utf-8", newline="") as file:
        surveys = [row for row in csv.DictReader(file) if row["ticket_id"] in ids]
    for name, part in (("tickets", kept), ("surveys", surveys)):
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, part[0])
        writer.writeheader()
        writer.writerows(part)
        (folder / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")
    return "latest/tickets.csv", "latest/surveys.csv"


def _rows(run: Run, *arguments: str) -> dict[tuple[str, str], dict[str, Any]]:
    done = run("trend", *arguments, "--format", "json")
    assert done.code == 0, done.err
    return {(m["metric"], json.dumps(m["segment"])): m for m in json.loads(done.out)["measures"]}


@pytest.mark.parametrize("by", [(), ("--by", "channel")])
def test_ninety_days_give_the_trend_of_a_year(
    run: Run, year: tuple[str, str], latest: tuple[str, str], by: tuple[str, ...]
) -> None:
    whole = _rows(run, *year, *by, "--history", "h.parquet")
    assert whole == _rows(run, *year, *by)
    before = Path("h.parquet").read_bytes()
    short = _rows(run, *latest, *by, "--history", "h.parquet")
    assert Path("h.parquet").read_bytes() == before
    stored = [m for m in short.values() if m.pop("from_history", None)]
    assert len(stored) >= 4 * (26 - DAYS // 7)
    assert short == whole
    assert len(_rows(run, *latest, *by)) < len(short)


def test_the_reader_is_told_which_weeks_are_stored(
    run: Run, year: tuple[str, str], latest: tuple[str, str]
) -> None:
    run("trend", *year, "-m", "csat", "--history", "h.parquet")
    done = run("trend", *latest, "-m", "csat", "--history", "h.parquet")
    assert "  stored\n" in done.out
    assert "come from h.parquet, computed for data ends" in done.out


def test_every_run_leaves_the_same_bytes(run: Run, year: tuple[str, str]) -> None:
    run("trend", *year, "--history", "one.parquet")
    run("trend", *year, "--history", "other.parquet")
    run("trend", *year, "--history", "other.parquet")
    assert Path("one.parquet").read_bytes() == Path("other.parquet").read_bytes()


def test_the_option_reaches_the_analysis(run: Run, lane: Lane) -> None:
    assert run("trend", "t.csv", "--history", "h.parquet", "--every", "month").code == 0
    assert lane.asked[-1]["options"] == {"every": "month", "history": "h.parquet"}


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (("--history", "year/tickets.csv"), 2, "is one of the inputs"),
        (("--history", "./out.json", "-o", "out.json"), 2, "--history and --output name one file"),
        (("--history", "r.csv", "--rejects", "r.csv"), 2, "--history and --rejects name one file"),
        (("--history", ""), 2, "--history names no file"),
        (("--history", "year"), 2, "year is a folder"),
        (("--history", "no/h.parquet"), 2, "no such folder"),
        (("--history", "year/other.csv"), 4, "no history that can be continued"),
    ],
)
def test_what_can_not_be_meant_is_refused(
    run: Run, year: tuple[str, str], line: tuple[str, ...], code: int, words: str
) -> None:
    Path("year/other.csv").write_text("a,b\n1,2\n")
    files = {p: p.read_bytes() for p in Path("year").iterdir()}
    done = run("trend", *year, *line)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert {p: p.read_bytes() for p in Path("year").iterdir()} == files


@pytest.mark.parametrize("command", ["csat", "compare", "report"])
def test_other_commands_refuse_it(run: Run, command: str) -> None:
    assert run(command, "t.csv", "--history", "h.parquet").code == 2


def _whole(path: Path) -> bool:
    """Tell whether a history can be read to its end."""
    frame = pl.read_parquet(path)
    return frame.height > 0 and not frame["series"].has_nulls()


def _beside(path: Path) -> list[str]:
    """Return the names of unfinished files beside a history."""
    return [p.name for p in path.parent.iterdir() if p.name.endswith(".part")]


COMMANDS = (("trend",), ("trend",), ("digest", "weekly"), ("digest", "weekly"))


@pytest.mark.slow
def test_runs_in_parallel_leave_what_one_after_the_other_leaves(
    run: Run, process: Start, year: tuple[str, str], tmp_path: Path
) -> None:
    lines = [
        (*command, *year, "--where", f"channel={channel}", "--history")
        for command, channel in zip(COMMANDS, ("email", "chat") * 2, strict=True)
    ]
    children = [process(*line, "h.parquet", stdout=subprocess.DEVNULL) for line in lines]
    said = [child.communicate(timeout=120)[1].decode() for child in children]
    assert [child.returncode for child in children] == [0] * len(lines), said
    for line in reversed(lines):
        assert run(*line, "alone.parquet").code == 0
    assert (tmp_path / "h.parquet").read_bytes() == (tmp_path / "alone.parquet").read_bytes()
    assert _beside(tmp_path / "h.parquet") == []


@pytest.mark.skipif(os.name == "nt", reason="pipes and signals are POSIX")
def test_a_kill_in_the_middle_leaves_the_old_history(
    run: Run, year: tuple[str, str], latest: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "h.parquet"
    assert run("trend", *latest, "--history", "h.parquet").code == 0
    before = path.read_bytes()
    line = [sys.executable, "-c", SLOW, "trend", *year, "--history", "h.parquet"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(line, cwd=tmp_path, env=env, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"written\n"
        assert len(_beside(path)) == 1
        child.send_signal(signal.SIGKILL)
    assert path.read_bytes() == before
    assert _whole(path)
    # The lock went with the process, and the next run clears away what it left.
    done = run("trend", *year, "--history", "h.parquet")
    assert done.code == 0, done.err
    assert _whole(path)
    assert path.read_bytes() != before
    assert _beside(path) == []


@pytest.mark.skipif(os.name == "nt", reason="limits of a process are POSIX")
@pytest.mark.parametrize("is_there", [False, True])
def test_a_limit_on_file_sizes_is_one_clear_error(
    run: Run, process: Start, year: tuple[str, str], is_there: bool
) -> None:
    import resource  # POSIX alone

    path = Path.cwd() / "h.parquet"
    if is_there:
        done = run("trend", *year, "--as-of", "2026-01-31", "--history", "h.parquet")
        assert done.code == 0, done.err
    before = path.read_bytes() if is_there else None
    child = process(
        "trend", *year, "--history", "h.parquet",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)),
    )  # fmt: skip
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (4, b"")
    assert err.startswith(b"error: can't write to ")
    assert b"File too large" in err
    assert err.count(b"\n") == 2
    assert (path.read_bytes() if path.exists() else None) == before
    assert _beside(path) == []
