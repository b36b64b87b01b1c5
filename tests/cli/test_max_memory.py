"""`--max-memory`: the same bytes through the disk, nothing left behind, mistakes told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from csatkit.analyses import fitting
from csatkit.engines.memory import buckets_for
from csatkit.engines.progress import listening
from csatkit.engines.scratch import PREFIX
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


def test_steps_are_told_to_whoever_listens(run: Run) -> None:
    steps: list[tuple[str, int, int]] = []
    with listening(lambda *step: steps.append(step)):
        run("csat", "--demo")
        assert steps == []
        run("csat", "--demo", "--max-memory", "2MB")
    assert steps[0][0] == "spreading tickets"
    assert [over for _, over, _ in steps] == list(range(len(steps)))
    assert steps[-1][1] == steps[-1][2]
