"""Runs the command line in this process, and stands in for the heavy lane where it isn't meant."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from csatkit.cli import app, streams
from csatkit.report import Definitions, Measure, Note, Report
from csatkit.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


class Result(NamedTuple):
    """What a run left behind."""

    code: int
    out: str
    err: str
    raw: bytes


Run = Callable[..., Result]


@pytest.fixture
def run(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Return a function that runs csatkit in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()  # the search for a configuration ends here

    def invoke(*arguments: str) -> Result:
        code = app.run(arguments)
        streams.close()
        out, err = capfdbinary.readouterr()
        return Result(int(code), out.decode(errors="replace"), err.decode(), out)

    return invoke


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Return a function that starts csatkit as a process of its own."""

    def start(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **options.pop("env", {})}
        defaults: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, "-m", "csatkit", *arguments],
            cwd=tmp_path,
            env=env,
            **{**defaults, **options},
        )

    return start


def report(command: str = "csat", notes: tuple[Note, ...] = ()) -> Report:
    """Return a small report: 82 of 100 ratings are satisfied."""
    definitions = Definitions(
        window_days=14,
        repeat_on="issue",
        fail_on=("repeat",),
        scale="1-5",
        satisfied=(4, 5),
        low=3,
        rating="first",
        clock="family",
        timezone="UTC",
        as_of=None,
        level=0.95,
        min_n=10,
        profile="default",
    )
    measure = Measure(
        metric="csat",
        label="CSAT",
        rule="top-2 box",
        unit="percent",
        segment={},
        period=None,
        value=82.0,
        numerator=82,
        denominator=100,
        low=73.33,
        high=88.30,
        level=0.95,
        method="wilson",
        status="ok",
    )
    return Report(command, definitions, (), (measure,), notes=notes)


@dataclass
class Lane:
    """Stands in for loading and analysing: remembers what it was asked, answers a report."""

    opened: list[tuple[Any, Any, Any]] = field(default_factory=list)
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    notes: tuple[Note, ...] = ()
    failure: BaseException | None = None

    @property
    def settings(self) -> Settings:
        """Return the settings of the last run."""
        found = self.asked[-1]["settings"]
        assert isinstance(found, Settings)
        return found

    def open_data(self, tickets: Any, surveys: Any, outreach: Any, *, source: Any) -> object:
        """Remember the inputs."""
        del source
        self.opened.append((tickets, surveys, outreach))
        from csatkit.load import Data

        return Data(None, None, None)

    def run(self, command: str, data: object, settings: Settings, **more: Any) -> Report:
        """Remember the question, then answer or fail."""
        del data
        self.asked.append({"command": command, "settings": settings, **more})
        if self.failure is not None:
            raise self.failure
        return report(command, self.notes)


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> Lane:
    """Return the stand-in that the commands call instead of the heavy lane."""
    found = Lane()
    monkeypatch.setattr("csatkit.load.open_data", found.open_data)
    monkeypatch.setattr("csatkit.analyses.run", found.run, raising=False)
    return found
