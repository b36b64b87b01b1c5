"""The line of a long run: what it shows, when it shows it, and that nothing of it stays."""

from __future__ import annotations

import io
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from csatkit.cli import passing, streams
from csatkit.cli.progress import EVERY, PATIENCE, draw, shown
from csatkit.cli.progress_line import cells, line_of
from csatkit.progress import Stage, Unit, Watch, is_watched, stage, watching
from tests.cli.conftest import Lane, Run

Start = Callable[..., "subprocess.Popen[bytes]"]

HANGS = 60
"""Seconds until a process counts as hung; it takes about two."""

DRAWS = 10
"""Seconds until a thread has certainly drawn; it takes a few thousandths."""


class Terminal(io.StringIO):
    """A terminal that remembers what it was sent."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def lines(self) -> list[str]:
        """Return what can be read on it."""
        return screen(self.getvalue())


def screen(sent: str) -> list[str]:
    """Return the lines that stand on a terminal after all that was sent to it."""
    lines: list[list[str]] = [[]]
    column = 0
    for sign in sent:
        if sign == "\r":
            column = 0
        elif sign == "\n":
            lines.append([])
            column = 0
        else:
            lines[-1][column : column + 1] = [sign]
            column += 1
    return ["".join(line).rstrip() for line in lines]


class Streams:
    """Stands in for `sys` where it is written: pytest puts its own streams back for each test."""

    def __init__(self) -> None:
        self.stderr: Terminal | None = Terminal()
        self.out: io.TextIOBase | None = None

    @property
    def stdout(self) -> object:
        return self.out or sys.stdout


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Streams:
    """Return the streams that the command line writes to, with a terminal as stderr."""
    found = Streams()
    for module in (passing, streams):
        monkeypatch.setattr(module, "sys", found)
    return found


@pytest.fixture
def terminal(system: Streams, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return the terminal that stands in for stderr."""
    found = system.stderr
    assert found is not None
    monkeypatch.setenv("TERM", "xterm")
    for name in ("CSATKIT_QUIET", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return found


def _watch(*stages: Stage, step: tuple[int, int] | None = None) -> Watch:
    watch = Watch()
    watch.stages += stages
    watch.step = step
    return watch


def _done(begun: Stage, n: int) -> Stage:
    begun.reach(n)
    return begun


def _reading(**more: Any) -> Stage:
    return Stage("reading tickets.csv", "rows", 1_000_000, **more)


def _checking() -> Stage:
    return Stage("checking tickets.csv", "bytes", 1_200_000_000)


# -- the line -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watch", "seconds", "line"),
    [
        (_watch(), 2, None),
        (
            _watch(_done(_checking(), 412_345_678)),
            2,
            "checking tickets.csv  ━━━━━━━━────────────────  412 MB of 1.2 GB  0:02",
        ),
        (
            _watch(_done(Stage("reading standard input", "bytes"), 64_000)),
            61,
            "reading standard input  ────────────────━━━─────  64 kB  1:01",
        ),
        (
            _watch(_done(_reading(is_about=True, n_bytes=191_000_000), 412_112)),
            3,
            "reading tickets.csv  ━━━━━╸────────    412,112 of about 1,000,000 rows, 191 MB  0:03",
        ),
        (
            _watch(_done(_reading(n_bytes=50_203_236), 1_000_000)),
            3,
            "reading tickets.csv  ━━━━━━━━━━━━━━━━━━━━━  1,000,000 of 1,000,000 rows, 50 MB  0:03",
        ),
        (
            # An estimate that was too low isn't shown as one.
            _watch(_done(Stage("reading t.csv", "rows", 900, is_about=True), 1_000)),
            3_700,
            "reading t.csv  ━━━━━━━━━━━━━━━━━━━━━━━━  1,000 rows  1:01:40",
        ),
        (
            _watch(
                _done(_reading(n_bytes=191_000_000), 1_000_000),
                _done(Stage("reading surveys.csv", "rows", n_bytes=9_000_000), 500),
                Stage("counting"),
            ),
            4,
            "counting  ──────────━━━───────────  1,000,500 rows, 200 MB  0:04",
        ),
        (
            _watch(Stage("bucket 3 of 8"), step=(5, 10)),
            4,
            "6/10 bucket 3 of 8  ━━━━━━━━━━━━────────────  0:04",
        ),
    ],
)
def test_what_a_line_shows(watch: Watch, seconds: int, line: str | None) -> None:
    found = line_of(watch, seconds, 84, ascii=False)
    assert found == line


def test_a_line_in_ascii() -> None:
    watch = _watch(_done(Stage("reading Büro….csv", "rows", 10), 5))
    line = line_of(watch, 2, 79, ascii=True)
    assert line == "reading B\\xfcro....csv  ############------------   5 of 10 rows  0:02"


def test_what_cannot_be_measured_wanders_and_never_fills() -> None:
    watch = _watch(Stage("linking rows"))
    bars = [line_of(watch, tick / 10, 60, ascii=True) or "" for tick in range(100)]
    assert {bar.count("#") for bar in bars} == {3}
    assert len({bar.split("  ")[1] for bar in bars}) == 22


@pytest.mark.parametrize("width", [20, 21, 39, 59, 79, 119, 400])
@pytest.mark.parametrize(
    "name",
    ["t.csv", "a" * 300 + ".csv", "\x1b[31m\r\n\u202et.csv", "日本語の輸出.csv" * 5, "é" * 80],
)
def test_a_line_never_wraps_and_never_steers(width: int, name: str) -> None:
    counted: tuple[tuple[Unit | None, int | None], ...]
    counted = ((None, None), ("rows", None), ("rows", 10**11), ("bytes", 10**13))
    for unit, total in counted:
        begun = Stage(f"reading {name}", unit, total, is_about=True, n_bytes=10**12)
        for step in (None, (99, 512)):
            for plain in (False, True):
                line = line_of(_watch(begun, step=step), 5_000, width, ascii=plain)
                assert line is not None
                assert cells(line) <= width
                assert line.isprintable()
                assert line.isascii() or not plain


def test_of_a_path_the_folders_go_first() -> None:
    for path in ("../exports/2026/tickets.csv", "/srv/exports/tickets.csv", "s3://b/c/tickets.csv"):
        begun = Stage(f"reading {path}", "rows", 1_000_000, is_about=True, n_bytes=10**9)
        line = line_of(_watch(begun), 2, 84, ascii=False)
        assert line is not None
        assert line.startswith("reading …/tickets.csv  ─")


def test_a_terminal_of_a_few_columns_shows_nothing() -> None:
    assert line_of(_watch(_reading()), 2, 19, ascii=False) is None


def test_a_long_name_leaves_room_for_what_was_counted() -> None:
    begun = Stage("reading " + "very-" * 20 + "long.csv", "rows", 10_000_000, n_bytes=10**9)
    line = line_of(_watch(begun), 5, 79, ascii=False)
    assert line is not None
    assert re.fullmatch(r"reading very-\S*…  ─{8}  +0 of 10,000,000 rows, 1\.0 GB  0:05", line)


# -- when it is drawn -----------------------------------------------------------------------------


class Clock:
    """A clock that goes on while somebody waits, and what happens in the meantime.

    Args:
        lasts: seconds until the run is over.
        meanwhile: called with the seconds after each wait.
    """

    def __init__(self, lasts: float, meanwhile: Callable[[float], None] = lambda _: None) -> None:
        self.now = 100.0
        self.until = self.now + lasts
        self.waits: list[float] = []
        self._meanwhile = meanwhile

    def wait(self, timeout: float) -> bool:
        self.waits.append(timeout)
        if round(self.until - self.now, 3) <= timeout:
            self.now = self.until
            return True
        self.now = round(self.now + timeout, 3)
        self._meanwhile(round(self.now - 100, 3))
        return False

    def __call__(self) -> float:
        return self.now


def test_nothing_is_shown_in_the_first_second(terminal: Terminal) -> None:
    clock = Clock(lasts=0.99)
    draw(_watch(_reading()), clock, clock)
    assert (terminal.getvalue(), clock.waits) == ("", [PATIENCE])


def test_rows_and_bytes_are_shown_above_a_second(terminal: Terminal) -> None:
    read = _reading(is_about=True, n_bytes=191_000_000)
    clock = Clock(3, lambda seconds: read.reach(round(seconds * 300_000)))
    draw(_watch(read), clock, clock)
    frames = terminal.getvalue().split("\r")
    assert clock.waits[1:] == [EVERY] * (len(clock.waits) - 1)
    assert len([frame for frame in frames if frame]) == 19
    assert "330,000 of about 1,000,000 rows, 191 MB  0:01" in frames[1]
    assert "870,000 of about 1,000,000 rows, 191 MB  0:02" in terminal.lines()[0]
    passing.wipe()
    assert terminal.lines() == [""]


def test_a_shorter_line_covers_a_longer_one(terminal: Terminal) -> None:
    watch = _watch(Stage("a stage with a very long name"))
    clock = Clock(1.25, lambda seconds: watch.stages.append(Stage("b")) if seconds > 1.15 else None)
    draw(watch, clock, clock)
    assert terminal.lines()[0].startswith("b  ─")
    assert "0:01" in terminal.lines()[0]
    assert terminal.lines()[0].count(":") == 1
    passing.wipe()


def test_nothing_is_drawn_before_anything_begins(terminal: Terminal) -> None:
    clock = Clock(3)
    draw(Watch(), clock, clock)
    assert terminal.getvalue() == ""


def test_a_terminal_that_knows_only_ascii(terminal: Terminal) -> None:
    terminal.encoding = "ascii"
    clock = Clock(1.2)
    draw(_watch(_reading()), clock, clock)
    assert "#" not in terminal.getvalue()  # nothing is over yet
    assert "----" in terminal.getvalue()
    passing.wipe()


def test_a_terminal_that_went_away_ends_the_drawing(terminal: Terminal) -> None:
    terminal.close()
    clock = Clock(30)
    draw(_watch(_reading()), clock, clock)
    assert len(clock.waits) == 2
    passing.wipe()


def test_nothing_is_drawn_from_the_background(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "fileno", lambda: 2, raising=False)
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp() + 1, raising=False)
    clock = Clock(3)
    draw(_watch(_reading()), clock, clock)
    assert terminal.getvalue() == ""


# -- when somebody watches ------------------------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Draw without waiting; return what is set once something was drawn."""
    drawn = threading.Event()
    show = passing.show

    def told(line: str, width: int) -> bool:
        found = show(line, width)
        drawn.set()
        return found

    monkeypatch.setattr(passing, "show", told)
    monkeypatch.setattr("csatkit.cli.progress.PATIENCE", 0.001)
    monkeypatch.setattr("csatkit.cli.progress.EVERY", 0.001)
    yield drawn
    assert [t.name for t in threading.enumerate() if t.name == "progress"] == []


@pytest.mark.parametrize("why", ["piped", "closed", "dumb", "quiet", "variable"])
def test_nobody_watches(
    system: Streams, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    given = {"quiet": why == "quiet"}
    if why == "piped":
        monkeypatch.setattr(terminal, "isatty", lambda: False)
    elif why == "closed":
        system.stderr = None
    elif why == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    elif why == "variable":
        monkeypatch.setenv("CSATKIT_QUIET", "1")
    before = threading.active_count()
    with shown(given):
        assert not is_watched()
        assert threading.active_count() == before


def test_the_line_is_gone_after_the_run(terminal: Terminal, at_once: threading.Event) -> None:
    with shown({}):
        stage("reading tickets.csv", "rows", 10, n_bytes=10)
        assert at_once.wait(DRAWS)
    assert terminal.getvalue().count("reading tickets.csv") >= 1
    assert terminal.lines() == [""]
    assert not is_watched()


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError])
def test_the_line_is_gone_after_a_failure(
    terminal: Terminal, at_once: threading.Event, failure: type[BaseException]
) -> None:
    def fail() -> None:
        with shown({}):
            stage("reading tickets.csv")
            assert at_once.wait(DRAWS)
            raise failure

    with pytest.raises(failure):
        fail()
    streams.complain("interrupted")
    assert terminal.lines() == ["interrupted", ""]


def test_a_message_finds_the_line_gone(terminal: Terminal, at_once: threading.Event) -> None:
    with shown({}):
        stage("reading tickets.csv")
        assert at_once.wait(DRAWS)
        streams.complain("note: something")
        sent = len(terminal.getvalue())
        time.sleep(0.02)
        assert len(terminal.getvalue()) == sent
    assert terminal.lines() == ["note: something", ""]


def test_a_result_is_written_where_no_line_is(
    system: Streams, terminal: Terminal, at_once: threading.Event
) -> None:
    class Both(io.BytesIO):
        def write(self, data: object) -> int:
            assert terminal.lines() == [""]
            return super().write(data)  # type: ignore[arg-type]

    system.out = out = io.TextIOWrapper(Both(), encoding="utf-8")
    with shown({}):
        stage("reading tickets.csv")
        assert at_once.wait(DRAWS)
        streams.result("the result\n")
    assert out.buffer.getvalue() == b"the result\n"
    assert terminal.lines() == [""]


def test_every_command_is_watched(
    run: Run, lane: Lane, terminal: Terminal, at_once: threading.Event
) -> None:
    seen: list[bool] = []
    lane.failure = KeyboardInterrupt()
    asked = lane.run

    def watched(*given: object, **more: object) -> object:
        seen.append(is_watched())
        stage("reading tickets.csv")
        assert at_once.wait(DRAWS)
        return asked(*given, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("csatkit.analyses.run", watched)
        assert run("report", "t.csv").code == 130
    assert seen == [True]
    assert terminal.lines() == ["interrupted", ""]


def test_a_watch_sees_every_stage_and_changes_no_byte(run: Run) -> None:
    arguments = ("report", "--demo", "-f", "json")
    alone, watch = run(*arguments), Watch()
    with watching(watch):
        assert run(*arguments) == alone
    assert alone.code == 0
    assert [(s.what, s.unit) for s in watch.stages] == [
        ("reading sample tickets", "rows"),
        ("reading sample surveys", "rows"),
        ("reading sample outreach", "rows"),
        ("linking rows", None),
        ("counting", None),
        ("laying out the json", None),
    ]
    assert watch.stages[0].done == watch.stages[0].total == 8_000


# -- real terminals -------------------------------------------------------------------------------


class Session(NamedTuple):
    """A process whose stderr is a terminal and whose data comes from this test."""

    child: subprocess.Popen[bytes]
    terminal: int

    def until(self, wanted: str) -> str:
        """Return what the terminal was sent until something stands there."""
        sent = ""
        end = time.monotonic() + HANGS
        while wanted not in sent and time.monotonic() < end:
            if select.select([self.terminal], [], [], 1)[0]:
                sent += os.read(self.terminal, 1 << 16).decode()
        assert wanted in sent
        return sent

    def rest(self) -> str:
        """Return what it is sent until the process ends."""
        sent = b""
        while True:
            try:
                block = os.read(self.terminal, 1 << 16)
            except OSError:  # how Linux says that nobody writes any more
                return sent.decode()
            if not block:  # how macOS says it
                return sent.decode()
            sent += block


@pytest.fixture
def session(process: Start) -> Iterator[Callable[..., Session]]:
    """Return a function that starts csatkit with a pseudo-terminal of 80 columns as stderr."""
    import fcntl
    import pty
    import struct
    import termios

    ends: list[int] = []

    def start(*arguments: str, **env: str) -> Session:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        known = {"TERM": "xterm", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", **env}
        child = process(*arguments, stderr=theirs, stdin=subprocess.PIPE, env=known)
        os.close(theirs)
        ends.append(ours)
        return Session(child, ours)

    yield start
    for end in ends:
        os.close(end)


ROWS = b"ticket_id,created_at,score\n" + b"".join(
    b"%d,2026-01-%02d 10:00:00,%d\n" % (n, n % 28 + 1, n % 5 + 1) for n in range(300)
)
NEEDS_PTY = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")


@NEEDS_PTY
def test_a_slow_pipe_is_shown_and_the_answer_is_the_same(
    session: Callable[..., Session], process: Start
) -> None:
    piped = process("csat", "-", "-f", "json", stdin=subprocess.PIPE)
    slow = session("csat", "-", "-f", "json")
    assert slow.child.stdin is not None
    slow.child.stdin.write(ROWS)
    slow.child.stdin.flush()
    sent = slow.until("reading standard input")
    out, _ = slow.child.communicate(timeout=HANGS)
    sent += slow.rest()
    assert (slow.child.returncode, screen(sent)) == (0, [""])
    assert re.search(r"reading standard input  [━╸─]+  [\d.]+ k?B  0:0\d", sent)
    assert max(map(len, sent.split("\r"))) < 80
    # That one has waited as long, for a reader that is no terminal.
    assert piped.communicate(ROWS, timeout=HANGS) == (out, b"")


@NEEDS_PTY
def test_an_interrupt_leaves_nothing_on_the_line(session: Callable[..., Session]) -> None:
    stopped = session("csat", "-", "-f", "json")
    sent = stopped.until("reading standard input")
    stopped.child.send_signal(signal.SIGINT)
    sent += stopped.rest()
    out, _ = stopped.child.communicate(timeout=HANGS)
    assert (stopped.child.returncode, out) == (130, b"")
    assert screen(sent.replace("\r\n", "\n")) == ["interrupted", ""]
