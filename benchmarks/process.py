"""Measure whole processes, the way a user waits for them: start-up, imports and all.

Only the standard library is imported here. A child's peak memory is never below what its parent
held when it was started, so this process must stay small.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent

# Linux and the BSDs count in kibibytes, macOS in bytes.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024

PATIENCE = 60.0
"""Seconds; a command that takes longer is measured once."""


@dataclass(frozen=True)
class Run:
    """One finished process: seconds on the clock, seconds of CPU, peak memory in bytes."""

    wall: float
    cpu: float
    rss: int


Quantity = Callable[[Run], float]


@dataclass(frozen=True)
class Ratio:
    """How many times as much one command takes as another: median and ends over the pairs."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Contest:
    """The runs of several commands, taken in turn: the n-th run of each belongs together."""

    runs: dict[str, list[Run]]

    def median(self, name: str, quantity: Quantity) -> float:
        """Return the median of a quantity over a command's runs."""
        return median(quantity(run) for run in self.runs[name])

    def spread(self, name: str, quantity: Quantity) -> tuple[float, float]:
        """Return the smallest and the largest value over a command's runs."""
        values = [quantity(run) for run in self.runs[name]]
        return min(values), max(values)

    def ratio(self, name: str, against: str, quantity: Quantity) -> Ratio:
        """Return the pairwise ratios: a slow minute hits both sides of a pair.

        A command that ran less often than the other is paired with the first runs of that.
        """
        pairs = zip(self.runs[name], self.runs[against], strict=False)
        found = [quantity(a) / quantity(b) for a, b in pairs]
        return Ratio(median(found), min(found), max(found))


def measure(command: Sequence[str], output: Path) -> Run:
    """Run a command, its standard output going to a file, and return what it took.

    Raises:
        RuntimeError: the command failed; the message ends with what it said.
    """
    with output.open("wb") as stdout:
        start = time.perf_counter()
        process = subprocess.Popen(
            list(command),
            cwd=ROOT,  # `-m benchmarks.…` must be found, a caller's csatkit.toml must not
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
        # Read to the end first: a child that fills the pipe would wait for ever.
        said = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stderr:
        process.stderr.close()
    if process.returncode:
        text = said.decode(errors="replace")[-2000:]
        msg = f"exit {process.returncode}: {' '.join(command)}\n{text}"
        raise RuntimeError(msg)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT)


def contest(
    commands: dict[str, list[str]],
    repeats: int,
    scratch: Path,
    check: Callable[[], None] | None = None,
) -> Contest:
    """Run the commands in turn, A B A B ..., after one unmeasured round that fills the caches.

    Args:
        commands: name → command.
        repeats: how many rounds are measured.
        scratch: what a command writes goes to `NAME.out` in it.
        check: looks at what the first round wrote.
    """
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    first = {name: measure(command, scratch / f"{name}.out") for name, command in commands.items()}
    if check is not None:
        check()
    # Nobody waits half an hour for the slowest: its first round counts, on files read just before.
    slow = {name for name, run in first.items() if run.wall > PATIENCE}
    runs |= {name: [first[name]] for name in slow}
    for _ in range(repeats):
        for name, command in commands.items():
            if name not in slow:
                runs[name].append(measure(command, scratch / f"{name}.out"))
    return Contest(runs)
