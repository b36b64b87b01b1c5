"""What only a real process shows: pipes, signals, locales, and what is imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes and signals are POSIX")

Start = Callable[..., "subprocess.Popen[bytes]"]


def test_a_reader_that_left_changes_nothing(process: Start) -> None:
    read, write = os.pipe()
    os.close(read)
    child = process("schema", stdout=write)
    os.close(write)
    _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, b"")


def test_a_reader_that_left_before_the_help(process: Start) -> None:
    read, write = os.pipe()
    os.close(read)
    child = process("--help", stdout=write)
    os.close(write)
    _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, b"")


def test_a_closed_stdout_is_no_bug(process: Start) -> None:
    child = process("schema", stdout=None, preexec_fn=lambda: os.close(1))
    _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux")
def test_a_full_stdout_is_one_clear_error(process: Start) -> None:
    with Path("/dev/full").open("wb") as full:
        child = process("schema", stdout=full)
        _, err = child.communicate(timeout=30)
    assert child.returncode == 4
    assert err.startswith(b"error: can't write to stdout")
    assert err.count(b"\n") == 2


def test_an_interrupt_is_130(process: Start, tmp_path: Path) -> None:
    fifo = tmp_path / "t.toml"
    os.mkfifo(fifo)
    child = process("csat", "t.csv", "--config", "t.toml")
    # Opening for writing returns once the program waits for the configuration.
    with fifo.open("wb"):
        time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert (child.returncode, out, err) == (130, b"", b"interrupted\n")


@pytest.mark.parametrize("arguments", [["--help"], ["fcr", "-h"], ["metrics", "fcr"], ["schema"]])
def test_a_locale_without_utf8_is_fine(process: Start, arguments: list[str]) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    child = process(*arguments, env=plain)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, b"")
    assert out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        ["fcr", "--help"],
        ["fcr", "--window", "x", "t.csv"],
        ["fcr"],
        ["metrics"],
        ["fcr", "t.csv", "-o", "x.docx"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded_before_the_data(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys\nfrom csatkit.cli.app import run\n"
        f"run({arguments!r})\n"
        "heavy = {'polars', 'pyarrow', 'numpy', 'pandas', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    src = Path(__file__).resolve().parents[2] / "src"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(src)},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def _complete(process: Start, words: str, at: int) -> list[str]:
    env = {"_CSATKIT_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(at)}
    child = process(env=env)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, b"")
    return out.decode().split()


def test_the_shell_completes_commands(process: Start) -> None:
    assert _complete(process, "csatkit rep", 1) == ["report"]
    assert {"report", "reopen", "response"} <= set(_complete(process, "csatkit re", 1))


def test_the_shell_completes_options(process: Start) -> None:
    assert _complete(process, "csatkit fcr --re", 2) == ["--repeat-on", "--rejects"]


def test_the_shell_completes_values(process: Start) -> None:
    assert _complete(process, "csatkit fcr --repeat-on c", 3) == ["customer"]


def test_a_completion_script_is_shown(process: Start) -> None:
    env = {"_CSATKIT_COMPLETE": "source_bash"}
    out, _ = process(env=env).communicate(timeout=30)
    assert b"_CSATKIT_COMPLETE=complete_bash" in out
