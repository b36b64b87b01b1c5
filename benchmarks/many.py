"""Measure one report on more data than memory: copies of a sample, each with ids of its own.

Usage: python -m benchmarks.many FOLDER [--copies 10] [--max-memory 12GB] [--keep]

The sample of ten million tickets is made in FOLDER where it is missing, and copied with other ids
and other customers. About 6 GB go to FOLDER and up to 40 GB to where temporary files are kept. It
isn't part of `make bench`, for it takes half an hour and tells one number.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.contestants import csatkit, data, module
from benchmarks.process import ROOT, measure

TICKETS = 10_000_000


def main() -> None:
    """Make the data, run the report once, print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--tickets", type=int, default=TICKETS, help="tickets of each copy")
    parser.add_argument("--max-memory", default="12GB")
    parser.add_argument("--keep", action="store_true", help="leave the copies for another run")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{options.copies}-times-{options.tickets}"
    sample = data(folder, options.tickets, "parquet")
    copying = module("copies", str(target), str(options.copies), *sample)
    subprocess.run(copying, check=True, cwd=ROOT)
    paths = [str(target / Path(path).stem) for path in sample]
    command = [*csatkit(), "report", *paths, "-f", "json", "--max-memory", options.max_memory]
    with tempfile.TemporaryDirectory() as scratch:
        run = measure(command, Path(scratch) / "report.json")
    print(
        f"{options.copies * options.tickets:,} tickets, --max-memory {options.max_memory}: "
        f"{run.wall:,.0f} s, {run.cpu:,.0f} s of CPU, peak {run.rss / 1e9:.1f} GB"
    )
    if not options.keep:
        shutil.rmtree(target)


if __name__ == "__main__":
    main()
