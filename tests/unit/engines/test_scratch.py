"""Folders of temporary files: removed in time, and only when nobody uses them."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

import polars as pl
import pytest

from csatkit.engines.scratch import PREFIX, Scratch, check_space, disk_errors
from csatkit.errors import InputError

Usage = namedtuple("Usage", "total used free")

HOLD = """
import hashlib, time
from csatkit.engines.scratch import Scratch
held = Scratch()
print(held.path, flush=True)
WAIT
"""

ASLEEP = "time.sleep(60)"
AT_WORK = "hashlib.pbkdf2_hmac('sha256', b'', b'', 2_000_000_000)"
"""Minutes outside of Python, as a long query is."""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))


def _holder(wait: str = ASLEEP) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.replace("WAIT", wait)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        return process, Path(said.readline().strip())


def test_a_folder_goes_with_its_owner(temporary: Path) -> None:
    owner = Scratch()
    (owner.folder("a/b") / "file").write_text("x", encoding="utf-8")
    assert left(temporary) == [owner.path]
    del owner
    gc.collect()
    assert left(temporary) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("number", "wait"),
    [(signal.SIGTERM, ASLEEP), (signal.SIGTERM, AT_WORK), (signal.SIGINT, ASLEEP)],
)
def test_a_signal_leaves_nothing_behind(temporary: Path, number: int, wait: str) -> None:
    process, path = _holder(wait)
    assert path.exists()
    process.send_signal(number)
    process.wait(20)
    assert process.returncode != 0
    assert left(temporary) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_what_a_killed_process_left_goes_at_the_next_start(temporary: Path) -> None:
    alive, kept = _holder()
    killed, abandoned = _holder()
    killed.kill()
    killed.wait(20)
    assert abandoned.exists()
    owner = Scratch()
    assert left(temporary) == sorted([kept, owner.path])
    alive.kill()
    alive.wait(20)


def test_a_folder_without_a_lock_is_nobodys_business(temporary: Path) -> None:
    (temporary / f"{PREFIX}mine").mkdir()
    owner = Scratch()
    assert (temporary / f"{PREFIX}mine").exists()
    owner.close()


def test_too_small_a_disk_is_refused_early(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 1_000_000))
    with pytest.raises(InputError, match=r"too little room .* about 2\.0 GB are needed") as error:
        check_space(tmp_path / "x", 2_000_000_000)
    assert error.value.exit_code == 4
    assert "TMPDIR" in str(error.value)


@pytest.mark.parametrize(
    "said",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        pl.exceptions.ComputeError(f"{os.strerror(errno.ENOSPC)} (os error 28)"),
    ],
)
def test_a_full_disk_is_one_clear_error(said: Exception, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is full"), disk_errors(tmp_path / "x"):
        raise said


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="else"), disk_errors(tmp_path):
        raise OSError(errno.EIO, "else")


def test_clean_up_takes_no_time_worth_a_word(temporary: Path) -> None:
    start = time.perf_counter()
    Scratch().close()
    assert time.perf_counter() - start < 5
