"""What a terminal gets: lines that fit, colour where it is wanted, and quiet where nobody reads."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")

Start = Callable[..., "subprocess.Popen[bytes]"]

PATIENCE = 60
"""Seconds until a run counts as hung; it takes about one."""

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
COMMANDS = (("report",), ("segments", "--by", "agent"), ("fcr", "--by", "channel"), ("inspect",))

ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A terminal that knows no letters beyond ASCII."""

UTF_8 = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


class Seen(NamedTuple):
    """What a terminal was sent."""

    code: int
    raw: bytes
    err: bytes

    @property
    def lines(self) -> list[str]:
        """Return the lines without colour."""
        return COLOUR.sub(b"", self.raw).decode().replace("\r\n", "\n").split("\n")


@pytest.fixture
def terminal(process: Start) -> Callable[..., Seen]:
    """Return a function that runs csatkit with a pseudo-terminal of some width as stdout."""
    import fcntl
    import pty
    import struct
    import termios

    def run(*arguments: str, columns: int, env: dict[str, str] | None = None) -> Seen:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        known = {"TERM": "xterm-256color", "COLUMNS": "", "LINES": "", **UTF_8, **(env or {})}
        child = process(*arguments, stdout=theirs, stdin=subprocess.DEVNULL, env=known)
        os.close(theirs)
        try:
            raw = _drain(ours)
        finally:
            os.close(ours)
        _, err = child.communicate(timeout=PATIENCE)
        return Seen(child.returncode, raw, err)

    return run


def _drain(terminal: int) -> bytes:
    """Return all that is written to a terminal until its last writer is gone."""
    found = b""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            block = os.read(terminal, 1 << 16)
        except OSError:  # how Linux says that nobody writes any more
            return found
        if not block:  # how macOS says it
            return found
        found += block
    raise TimeoutError(f"still writing after {PATIENCE} s")


Terminal = Callable[..., Seen]


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_line_is_wider_than_the_terminal(
    terminal: Terminal, command: tuple[str, ...], columns: int
) -> None:
    from rich.cells import cell_len

    seen = terminal(*command, "--demo", columns=columns)
    assert (seen.code, seen.err) == (0, b"")
    assert [line for line in seen.lines if cell_len(line) > columns] == []
    assert len(seen.lines) > 20


def test_a_terminal_has_colour_unless_it_is_not_wanted(terminal: Terminal) -> None:
    coloured = terminal("report", "--demo", columns=100)
    assert COLOUR.search(coloured.raw)
    for options, env in (
        ((), {"NO_COLOR": "1"}),
        ((), {"TERM": "dumb"}),
        (("--no-color",), {}),
    ):
        plain = terminal("report", "--demo", *options, columns=100, env=env)
        assert (plain.code, plain.err) == (0, b"")
        assert b"\x1b" not in plain.raw
        assert [x.rstrip() for x in plain.lines] == [x.rstrip() for x in coloured.lines]


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_that_knows_only_ascii(terminal: Terminal, columns: int) -> None:
    seen = terminal("report", "--demo", columns=columns, env=ASCII)
    assert (seen.code, seen.err) == (0, b"")
    assert seen.raw.isascii()
    assert [line for line in seen.lines if len(line) > columns] == []
    assert b"?" not in COLOUR.sub(b"", seen.raw).replace(b"trusted?", b"")


@pytest.mark.parametrize("columns", [1, 20, 40])
def test_a_narrow_terminal_is_no_reason_to_fail(terminal: Terminal, columns: int) -> None:
    seen = terminal("report", "--demo", columns=columns)
    assert (seen.code, seen.err) == (0, b"")
    assert b"Traceback" not in seen.raw


def test_a_pipe_has_the_natural_width_and_no_colour(process: Start) -> None:
    out, err = process("report", "--demo", env=UTF_8).communicate(timeout=PATIENCE)
    assert err == b""
    assert b"\x1b" not in out
    assert b"First contact resolution" in out
    narrow, _ = process("report", "--demo", env={**UTF_8, "COLUMNS": "40"}).communicate(
        timeout=PATIENCE
    )
    assert narrow == out


def test_a_pipe_under_ascii_loses_no_letter(process: Start) -> None:
    child = process("report", "--demo", env=ASCII)
    out, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, err) == (0, b"")
    assert out.isascii()


@pytest.mark.parametrize("name", ["json", "csv", "markdown"])
def test_what_machines_read_does_not_depend_on_the_locale(process: Start, name: str) -> None:
    outputs = [
        process("report", "--demo", "-f", name, "-q", env=env).communicate(timeout=PATIENCE)[0]
        for env in (ASCII, UTF_8)
    ]
    if name == "markdown":  # read by people, so what the terminal can't show is replaced
        assert len(outputs[0].splitlines()) == len(outputs[1].splitlines())
    else:
        assert outputs[0] == outputs[1]


@pytest.mark.parametrize("command", [*COMMANDS, ("enrich",)], ids=" ".join)
def test_a_reader_that_leaves_after_a_line(process: Start, command: tuple[str, ...]) -> None:
    child = process(*command, "--demo", env=UTF_8)
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.readline().strip()
    child.stdout.close()
    err = child.stderr.read()
    child.stderr.close()
    assert (child.wait(timeout=PATIENCE), err) == (0, b"")


def test_the_code_survives_a_reader_that_left(process: Start) -> None:
    read, write = os.pipe()
    os.close(read)
    child = process("report", "--demo", "--where", "channel=pigeon", stdout=write)
    os.close(write)
    _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 5
    assert err.startswith(b"error: ")


@pytest.mark.parametrize("command", [("report",), ("csat", "-f", "json")], ids=" ".join)
def test_a_closed_stdout_is_nobody_listening(process: Start, command: tuple[str, ...]) -> None:
    child = process(*command, "--demo", "-q", stdout=None, preexec_fn=lambda: os.close(1))
    _, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, err) == (0, b"")


def test_a_closed_stderr_is_nobody_listening(process: Start) -> None:
    child = process("report", "nothing.csv", stderr=None, preexec_fn=lambda: os.close(2))
    out, _ = child.communicate(timeout=PATIENCE)
    assert (child.returncode, out) == (4, b"")


def test_the_installed_script_is_the_same_program(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("csatkit")
    if not script.exists():
        script = Path(sys.executable).with_name("csatkit.exe")
    assert script.exists(), "the package isn't installed beside this Python"
    done = subprocess.run(
        [script, "report", "nothing.csv"],
        cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (4, b"")
    assert done.stderr.startswith(b"error: nothing.csv")
