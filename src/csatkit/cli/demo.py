"""`csatkit demo`: a folder with sample data."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from csatkit.cli import streams
from csatkit.cli.command import Command, Values
from csatkit.cli.options import Argument, Option
from csatkit.errors import UsageError

if TYPE_CHECKING:
    from csatkit.demo.write import Format

__all__ = ["COMMAND"]

PANEL = "The sample"
DEFAULT_TICKETS = 8_000

OPTIONS = (
    Option("tickets", ("--tickets",), "COUNT", "How many tickets. Default: 8000.", PANEL, "number"),
    Option("seed", ("--seed",), "NUMBER", "Another seed, another sample. Default: 0.", PANEL,
           "number"),
    Option("null", ("--null",), "", "Plant no effect: every difference is chance.", PANEL,
           "switch"),
    Option("format", ("--format", "-f"), "csv|parquet", "Format of the tables. Default: csv.",
           PANEL, choices=lambda: ("csv", "parquet")),
    Option("force", ("--force",), "", "Overwrite files of the same names.", PANEL, "switch"),
    Option("quiet", ("--quiet", "-q"), "", "Print nothing.", "Output", "switch"),
    Option("debug", ("--debug",), "", "Show the traceback of an error.", "Output", "switch"),
)  # fmt: skip


def _run(given: Values) -> None:
    name = given["format"] or "csv"
    if name not in {"csv", "parquet"}:
        raise UsageError.unknown("format of a sample", name, ("csv", "parquet"))
    from csatkit.demo.write import write

    tickets = DEFAULT_TICKETS if given["tickets"] is None else given["tickets"]
    written = write(
        given["folder"],
        tickets=tickets,
        seed=given["seed"] or 0,
        null=given["null"],
        format=cast("Format", name),
        force=given["force"],
    )
    if not given["quiet"]:
        streams.result(_next_steps(given["folder"], [str(path) for path in written]))


def _next_steps(folder: str, files: list[str]) -> str:
    """Return the files that were written, and what to type next."""
    import shlex

    steps = (f"cd {shlex.quote(folder)}", "csatkit report", "csatkit fcr --by issue_type")
    lines = [*files, "", "Next:", *(f"  {step}" for step in steps)]
    return "\n".join(lines) + "\n"


COMMAND = Command(
    "demo",
    "Write tickets, surveys, outreach and a csatkit.toml of a made-up support team into a folder,"
    " with known effects planted in the data.",
    _run,
    OPTIONS,
    arguments=(Argument("folder", "FOLDER", "Where to; made if absent.", is_required=True),),
    examples={
        "csatkit demo sample": "8,000 tickets as CSV",
        "csatkit demo big --tickets 1000000 --format parquet": "a million as Parquet",
    },
)
