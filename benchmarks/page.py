"""Time the report as a page, a workbook and a text with pictures against the same report as JSON.

Usage: python -m benchmarks.page [--tickets N] [--repeats 5] [--data FOLDER]

A pair for each: JSON, then the format, in turn, so that a slow minute hits both. What it adds is
the median of the differences within the pairs. What people read has sections that say why, which
the JSON hasn't unless asked; so a page of the same sections as the JSON takes part, too.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.contestants import OURS, csatkit, data
from benchmarks.ledger import Entry, Ledger
from benchmarks.process import ROOT, Contest, Quantity, contest
from csatkit.settings import WHY_SECTIONS

__all__ = ["MOST_BYTES", "MOST_SECONDS", "TICKETS", "adds", "commands", "page"]

TICKETS = 1_000_000
"""The size at which the promise holds; drawing takes the same at any."""

MOST_SECONDS = 3.0
"""Wall-clock seconds that a page of the same sections may add to the figures."""

MOST_BYTES = 300_000_000
"""Bytes of peak memory that it may add."""


def commands(paths: list[str], scratch: Path) -> dict[str, list[str]]:
    """Return what is timed, by the name under which it is shown.

    Args:
        paths: tickets and surveys.
        scratch: takes a configuration and pictures.
    """
    plain = scratch / "plain.toml"
    plain.write_text(f"[report]\nhide = {list(WHY_SECTIONS)!r}\n", encoding="utf-8")
    report = [*csatkit(), "report", *paths, "--format"]
    return {
        "HTML of the same sections": [*report, "html", "--config", str(plain)],
        "HTML": [*report, "html"],
        "XLSX": [*report, "xlsx"],
        "Markdown with pictures": [*report, "markdown", "--assets", str(scratch / "assets")],
    }


def page(paths: list[str], tickets: int, repeats: int, scratch: Path) -> Iterator[Entry]:
    """Yield a contest of each format with JSON."""
    json = [*csatkit(), "report", *paths, "--format", "json"]
    for name, command in commands(paths, scratch).items():
        sides = {OURS: json, "it": command}
        yield Entry("page", tickets, "parquet", contest(sides, repeats, scratch), name=name)


def adds(found: Contest, quantity: Quantity) -> tuple[float, float, float]:
    """Return how much more the format takes than JSON: median and ends over the pairs."""
    pairs = zip(found.runs["it"], found.runs[OURS], strict=False)
    more = [quantity(it) - quantity(json) for it, json in pairs]
    return median(more), min(more), max(more)


def main() -> None:
    """Measure, remember it for the next `make bench`, print the table."""
    from benchmarks.results import page_lines

    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tickets", type=int, default=TICKETS, metavar="N")
    parser.add_argument("--repeats", type=int, default=5, help="measured pairs per format")
    parser.add_argument("--data", type=Path, default=ROOT / "benchmarks" / "data")
    options = parser.parse_args()
    folder = options.data.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(folder)
    paths = data(folder, options.tickets, "parquet")
    with tempfile.TemporaryDirectory() as scratch:
        entries = list(page(paths, options.tickets, options.repeats, Path(scratch)))
    for entry in entries:
        ledger.add(entry)
    print("\n".join(page_lines(entries)))


if __name__ == "__main__":
    main()
