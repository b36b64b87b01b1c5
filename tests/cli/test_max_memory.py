"""`--max-memory`: the same bytes through the disk, nothing left behind, mistakes told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from csatkit.analyses import fitting
from csatkit.engines.buckets import OnDisk
from csatkit.engines.memory import buckets_for
from csatkit.engines.scratch import PREFIX
from csatkit.progress import Watch, watching
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

COMMANDS = (
    ("report", "--by", "channel,month"),
    ("csat", "--where", "channel=email"),
    ("fcr", "--windows", "7,14"),
    ("reopen",),
    ("response",),
    ("segments",),
    ("compare", "--period", "last-month"),
    ("trend",),
    ("goals", "--min", "csat=80"),
    ("enrich", "-f", "csv"),
    ("explain", "00001000"),
    ("csat", "--tickets-of", "csat:failed"),
    ("surveys",),
    ("surveys", "--tickets-of", "within_30_days"),
    ("eligible", "-f", "csv"),
    ("queue", "--since", "2026-03-01", "-f", "jsonl"),
    ("recovery", "--by", "agent"),
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_same_bytes_through_the_disk(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: Sequence[str]
) -> None:
    seen: list[int] = []

    def counted(*given: object) -> int:
        seen.append(buckets_for(*given))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr(fitting, "buckets_for", counted)
    name, *rest = command
    shape = [] if "-f" in rest else ["-f", "json"]
    whole = run(name, *rest, "--demo", *shape)
    assert whole.code == 0, whole.err
    assert run(name, *rest, "--demo", *shape, "--max-memory", "2MB") == whole
    assert seen[0] == 1
    assert seen[-1] > 1


@pytest.mark.parametrize(
    "command",
    [
        ("explain", "00001000"),
        ("fcr", "--tickets-of", "fcr:repeat,channel=email"),
        ("enrich", "--where", "channel=email", "--period", "2026-02", "-f", "csv"),
    ],
    ids=" ".join,
)
def test_a_list_of_rows_holds_only_what_it_shows(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: Sequence[str]
) -> None:
    name, *rest = command
    shape = [] if "-f" in rest else ["-f", "json"]
    whole = run(name, *rest, "--demo", *shape)
    assert whole.code == 0, whole.err

    def refuse(_: OnDisk) -> pl.DataFrame:
        raise AssertionError("all tickets are held at once")

    monkeypatch.setattr(OnDisk, "collect", refuse)
    assert run(name, *rest, "--demo", *shape, "--max-memory", "2MB") == whole


def test_ratings_of_reassigned_tickets_are_seen_through_the_disk(run: Run) -> None:
    assert run("demo", "sample").code == 0
    tickets = pl.read_csv("sample/tickets.csv", infer_schema=False).select("ticket_id", "agent")
    surveys = pl.read_csv("sample/surveys.csv", infer_schema=False).join(tickets, on="ticket_id")
    moved = pl.col("ticket_id").str.ends_with("7")
    then = pl.when(moved).then(pl.lit("Zoe")).otherwise("agent")
    surveys.with_columns(agent=then).write_csv("surveys.csv")
    asked = ("surveys", "sample/tickets.csv", "surveys.csv", "-f", "json")
    whole = run(*asked)
    assert run(*asked, "--max-memory", "2MB") == whole
    rated = surveys.filter(pl.col("score").is_not_null()).get_column("ticket_id").unique()
    n = rated.str.ends_with("7").sum()
    sections = {s["key"]: s for s in json.loads(whole.out)["sections"]}
    assert sections["reassigned"]["text"][0].startswith(
        f"{n:,} of {len(rated):,} ratings now count for another agent"
    )


def test_nothing_is_left_behind(temporary: Path) -> None:
    done = _process("report", "--demo", "--max-memory", "2MB")
    _, said = done.communicate(timeout=60)
    assert done.returncode == 0, said
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_an_interrupt_leaves_nothing_behind(temporary: Path) -> None:
    import signal

    done = _process("report", "--demo", "--max-memory", "1MB")
    until = time.monotonic() + 30
    while not list(temporary.glob(f"{PREFIX}*")) and time.monotonic() < until:
        time.sleep(0.005)
    done.send_signal(signal.SIGINT)
    _, said = done.communicate(timeout=60)
    # 0 where the run was over before the signal came.
    assert done.returncode in {0, 130}, said
    assert list(temporary.iterdir()) == []


def _process(*arguments: str) -> subprocess.Popen[bytes]:
    code = "from csatkit.cli.app import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ},
    )


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("4", "expected an amount with its unit"),
        ("much", "expected an amount with its unit"),
        ("0GB", "expected an amount with its unit"),
        ("101%", "expected a share of at most 100%"),
        ("10KB", "too little to hold rows"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, size: str, said: str) -> None:
    done = run("csat", "--demo", "--max-memory", size)
    assert (done.code, done.out) == (2, "")
    assert "--max-memory" in done.err
    assert said in done.err


def test_the_variable_and_the_file_set_it_too(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CSATKIT_MAX_MEMORY", "10KB")
    assert run("csat", "--demo").code == 2
    monkeypatch.delenv("CSATKIT_MAX_MEMORY")
    settings = tmp_path / "own.toml"
    settings.write_text('[report]\nmax_memory = "10KB"\n', encoding="utf-8")
    assert run("csat", "--demo", "--config", str(settings)).code == 2


def test_no_room_on_the_disk_is_one_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    done = run("csat", "--demo", "--max-memory", "1MB")
    assert (done.code, done.out) == (4, "")
    assert "too little room for temporary files" in done.err


class _Kept(Watch):
    """Keeps the steps that a run went through."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        super().__init__()

    def __setattr__(self, name: str, value: object) -> None:
        if name == "step" and isinstance(value, tuple):
            self.steps.append(value)
        super().__setattr__(name, value)


def test_steps_are_told_to_whoever_watches(run: Run) -> None:
    whole, watch = _Kept(), _Kept()
    with watching(whole):
        run("csat", "--demo")
    with watching(watch):
        run("csat", "--demo", "--max-memory", "2MB")
    assert whole.steps == []
    n = watch.steps[0][1]
    assert watch.steps == [(over, n) for over in range(n)]
    assert watch.step is None
    named = [stage.what for stage in watch.stages]
    assert named[:2] == ["reading sample tickets", "reading sample surveys"]
    assert [what for what in named if what.startswith("bucket")] == [
        f"bucket {bucket + 1} of {n - 3}" for bucket in range(n - 3)
    ]
    assert [s.done for s in watch.stages[:2]] == [s.total for s in watch.stages[:2]]
