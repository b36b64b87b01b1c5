"""What commands that list rows to act on share: since when, how much of a row, and no failure."""

from __future__ import annotations

import os

from csatkit.cli.answer import answer, destination
from csatkit.cli.command import Values

__all__ = ["list_rows", "rows_for_reader"]

FOR_PEOPLE = frozenset({"table", "markdown", "html", "slack"})
"""Formats that people read: few columns, comments by their start."""


def rows_for_reader(given: Values) -> dict[str, str]:
    """Return the option that spares people what only machines read."""
    is_read = destination(given, os.environ, "table").format in FOR_PEOPLE
    return {"rows": "brief"} if is_read else {}


def list_rows(command: str, given: Values) -> None:
    """Answer a command whose empty list is an answer like any other, never a job's failure."""
    options = {}
    if (since := given.get("since")) is not None:
        from csatkit.analyses.queue import since_instant

        since_instant(since)  # what is wrong with it is said before a file is opened
        options["since"] = since
    options |= rows_for_reader(given)
    answer(command, {**given, "allow_empty": True}, options=options)
