"""Measure csatkit against hand-written SQL: make data, compare counts, time, write it down.

python -m benchmarks --tickets 1000000 --format parquet csv --repeats 5
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.analyses import WITH, WITHOUT
from benchmarks.compare import mismatches
from benchmarks.process import ROOT, Contest, contest, measure
from benchmarks.results import LIMIT, OURS, THEIRS, Result, document

HERE = ROOT / "benchmarks"

# Ten million tickets are one argument away: --tickets 10000000.
SIZES = (1_000, 100_000, 1_000_000)
FORMATS = ("parquet", "csv", "messy")

STARTUP_TICKETS = 10_000
"""Few enough that the work itself takes no time: what is left is the start."""


def csatkit() -> list[str]:
    """Return the command that runs csatkit: the script beside this interpreter."""
    script = Path(sys.executable).with_name("csatkit")
    if script.exists():
        return [str(script)]
    return [sys.executable, "-c", "from csatkit.cli.app import main; main()"]


def data(folder: Path, tickets: int, form: str) -> list[str]:
    """Make the files of one size and format where they are missing; return their two paths."""
    target = folder / f"{tickets}-{form}"
    command = [sys.executable, "-m", "benchmarks.data", str(target), str(tickets), form]
    subprocess.run(command, check=True, cwd=ROOT)
    suffix = "parquet" if form == "parquet" else "csv"
    return [str(target / f"{name}.{suffix}") for name in ("tickets", "surveys")]


def module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of this package."""
    return [sys.executable, "-m", f"benchmarks.{name}", *arguments]


def race(tickets: int, form: str, options: argparse.Namespace, scratch: Path) -> Result:
    """Compare and time the report on one file.

    Raises:
        SystemExit: the two sides disagree about a count.
    """
    paths = data(options.data, tickets, form)
    commands = {
        OURS: [*csatkit(), "report", *paths, "--format", "json"],
        THEIRS: module("duckdb_report", *paths),
        LIMIT: module("scan", *paths),
    }
    answers = {}
    for name in (OURS, THEIRS):
        measure(commands[name], scratch / name)
        answers[name] = json.loads((scratch / name).read_text(encoding="utf-8"))
    wrong = mismatches(answers[OURS], answers[THEIRS])
    if wrong:
        sys.exit("\n".join([f"{tickets:,} tickets, {form}: the counts differ", *wrong]))
    print(f"{tickets:,} tickets, {form}: same counts, timing ...", file=sys.stderr)
    return Result(tickets, form, contest(commands, options.repeats, scratch))


def analyses(tickets: int, options: argparse.Namespace, scratch: Path) -> Contest:
    """Time the report against its bare measures."""
    paths = data(options.data, tickets, "parquet")
    return contest(
        {side: module("analyses", side, *paths) for side in (WITH, WITHOUT)},
        options.repeats,
        scratch,
    )


def startup(options: argparse.Namespace, scratch: Path) -> dict[tuple[str, str], Contest]:
    """Time start-up against the imports that any tool of this kind has to pay."""
    paths = data(options.data, STARTUP_TICKETS, "parquet")
    pairs = {
        "csatkit --version": ([*csatkit(), "--version"], "import typer"),
        "csatkit csat": ([*csatkit(), "csat", *paths], "import polars, typer, rich"),
    }
    return {
        (name, imports): contest(
            {name: command, imports: [sys.executable, "-c", imports]},
            # Short processes are noisy and cheap: more rounds.
            max(options.repeats, 15),
            scratch,
        )
        for name, (command, imports) in pairs.items()
    }


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tickets", type=int, nargs="*", default=list(SIZES), metavar="N")
    parser.add_argument("--format", nargs="+", choices=FORMATS, default=["parquet", "csv"])
    parser.add_argument("--repeats", type=int, default=5, help="measured rounds per file")
    parser.add_argument("--no-startup", action="store_true", help="leave start-up times out")
    parser.add_argument("--no-analyses", action="store_true", help="leave the analyses' share out")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="where files are kept")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "RESULTS.md")
    options = parser.parse_args()
    options.data = options.data.resolve()  # the generator runs in another folder
    if options.repeats < 1:
        parser.error("--repeats must be at least 1")
    return options


def main() -> None:
    """Run what was asked for, print the tables and write them down."""
    options = arguments()
    options.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        results = [
            race(tickets, form, options, scratch)
            for form in options.format
            for tickets in sorted(options.tickets)
        ]
        extra = {
            tickets: analyses(tickets, options, scratch)
            for tickets in sorted(options.tickets)
            if not options.no_analyses
        }
        started = {} if options.no_startup else startup(options, scratch)
    text = document(results, extra, started, options.repeats)
    options.output.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
