"""Measure csatkit against others: make data, compare counts, time, write it down.

python -m benchmarks                                        1,000 to a million tickets
python -m benchmarks --tickets 10000000 --repeats 3         ten million beside them
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import acting, page
from benchmarks.analyses import WITH, WITHOUT
from benchmarks.compare import mismatches
from benchmarks.contestants import OURS, RIVALS, commands, csatkit, data, module, sits_out
from benchmarks.ledger import Entry, Ledger
from benchmarks.process import ROOT, Contest, Run, contest, measure
from benchmarks.results import document, written

HERE = ROOT / "benchmarks"

# Ten million tickets are one argument away: --tickets 10000000.
SIZES = (1_000, 100_000, 1_000_000)
FORMATS = ("parquet", "csv", "messy")

STARTUP_TICKETS = 1_000
"""Few enough that the work itself takes no time: what is left is the start."""

SMALL = 10_000
"""Tickets up to which processes are short: noisy, and cheap to repeat."""

MOST_ROUNDS = 15
"""Rounds of short processes."""


def race(tickets: int, form: str, options: argparse.Namespace, scratch: Path) -> Entry:
    """Compare and time the report on one file.

    Raises:
        SystemExit: somebody disagrees about a count.
    """
    everybody = commands(data(options.data, tickets, form))
    reasons = {name: sits_out(name, tickets) for name in everybody}
    skipped = {name: reason for name, reason in reasons.items() if reason is not None}
    here = {name: command for name, command in everybody.items() if name not in skipped}

    def check() -> None:
        found = {
            n: json.loads((scratch / f"{n}.out").read_text("utf-8"))
            for n in (OURS, *RIVALS)
            if n in here
        }
        ours = found.pop(OURS)
        wrong = [line for name, theirs in found.items() for line in mismatches(ours, name, theirs)]
        if wrong:
            sys.exit("\n".join([f"{tickets:,} tickets, {form}: the counts differ", *wrong]))
        print(f"{tickets:,} tickets, {form}: same counts, timing ...", file=sys.stderr)

    rounds = max(options.repeats, MOST_ROUNDS if tickets <= SMALL else 0)
    return Entry("report", tickets, form, contest(here, rounds, scratch, check), skipped)


def analyses(tickets: int, options: argparse.Namespace, scratch: Path) -> Entry:
    """Time the report against its bare measures."""
    paths = data(options.data, tickets, "parquet")
    sides = {side: module("analyses", side, *paths) for side in (WITH, WITHOUT)}
    return Entry("analyses", tickets, "parquet", contest(sides, options.repeats, scratch))


def where_time_goes(tickets: int, options: argparse.Namespace, scratch: Path) -> Entry:
    """Time the steps of a report in a process of its own, as often as everything else."""
    command = module("steps", *data(options.data, tickets, "parquet"))
    runs: dict[str, list[Run]] = {}
    for _ in range(options.repeats):
        measure(command, scratch / "steps.out")
        found = json.loads((scratch / "steps.out").read_text("utf-8"))
        for step, (cpu, wall, _) in found.items():
            runs.setdefault(step, []).append(Run(wall, cpu, 0))
    return Entry("steps", tickets, "parquet", Contest(runs))


def startup(options: argparse.Namespace, scratch: Path) -> list[Entry]:
    """Time start-up against the imports that any tool of this kind has to pay."""
    light, heavy = "import typer", "import polars, typer, rich"
    few = {form: data(options.data, STARTUP_TICKETS, form) for form in ("parquet", "csv")}
    runs: list[tuple[str, str, list[str], str]] = [
        ("--version", "parquet", [], light),
        ("--help", "parquet", [], light),
        *(("csat", form, paths, heavy) for form, paths in few.items()),
    ]
    found = []
    for name, form, paths, imports in runs:
        sides = {
            f"csatkit {name}": [*csatkit(), name, *paths],
            imports: [sys.executable, "-c", imports],
        }
        timed = contest(sides, max(options.repeats, MOST_ROUNDS), scratch)
        found.append(Entry("startup", STARTUP_TICKETS, form, timed, name=name))
    return found


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tickets", type=int, nargs="*", default=list(SIZES), metavar="N")
    parser.add_argument("--format", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--repeats", type=int, default=3, help="measured rounds per file")
    parser.add_argument("--no-startup", action="store_true", help="leave start-up times out")
    parser.add_argument("--no-analyses", action="store_true", help="leave the analyses' share out")
    parser.add_argument("--no-acting", action="store_true", help="leave out what to do next")
    parser.add_argument("--no-page", action="store_true", help="leave out HTML and spreadsheets")
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
    ledger = Ledger(options.data)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for tickets in sorted(options.tickets):
            for form in options.format:
                ledger.add(race(tickets, form, options, scratch))
            if not options.no_analyses:
                ledger.add(analyses(tickets, options, scratch))
                ledger.add(where_time_goes(tickets, options, scratch))
        if not options.no_acting and acting.TICKETS in options.tickets:
            paths = data(options.data, acting.TICKETS, "parquet")
            for entry in acting.acting(paths, acting.TICKETS, options.repeats, scratch):
                ledger.add(entry)
        if not options.no_page and page.TICKETS in options.tickets:
            paths = data(options.data, page.TICKETS, "parquet")
            for entry in page.page(paths, page.TICKETS, options.repeats, scratch):
                ledger.add(entry)
        if not options.no_startup:
            for entry in startup(options, scratch):
                ledger.add(entry)
    text = document(ledger)
    written(text, options.output)
    print(text, end="")


if __name__ == "__main__":
    main()
