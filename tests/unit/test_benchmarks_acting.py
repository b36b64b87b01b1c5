"""What is timed beside the report can be run, and the table says how much of it each takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.acting import MOST, TICKETS, commands
from benchmarks.contestants import OURS, csatkit
from benchmarks.data import make
from benchmarks.ledger import Entry, Ledger
from benchmarks.process import Contest, Run
from benchmarks.results import document
from csatkit.cli import app


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("acting") / "few"
    make(folder, 400, "parquet")
    return [str(folder / f"{name}.parquet") for name in ("tickets", "surveys")]


@pytest.mark.parametrize("name", commands(["tickets.parquet", "surveys.parquet"], Path()))
def test_every_command_runs(
    paths: list[str], tmp_path: Path, name: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    words = commands(paths, tmp_path)[name][len(csatkit()) :]
    assert app.run(words) == 0
    written = [*tmp_path.glob("packs/*.md")] if "--all" in words else capfdbinary.readouterr().out
    assert written


def test_the_table_says_how_much_of_the_report_a_command_takes(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for name, wall in (("queue", 1.0), ("eligible", 3.0)):
        runs = {OURS: [Run(2.0, 2.0, 10**8)], "it": [Run(wall, 1.0, 2 * 10**8)]}
        ledger.add(Entry("acting", TICKETS, "parquet", Contest(runs), name=name))
    text = document(Ledger(tmp_path))
    lines = [[cell.strip() for cell in line.split("|")] for line in text.split("\n")]
    ratios = {cells[1]: cells[5:8] for cells in lines if len(cells) > 8}
    assert f"at most {MOST:g} times is promised" in text
    half, double = "0.50 (0.50-0.50)", "2.00 (2.00-2.00)"
    assert ratios["queue"] == [half, half, double]
    assert ratios["eligible"] == ["1.50 (1.50-1.50)", half, double]
