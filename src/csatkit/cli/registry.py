"""The commands that exist: name, module, one line of help, heading. Nothing is imported for it.

Typer builds every command that it is given, whether or not it is invoked; so the list is data, and
only the module of the invoked command is loaded. A new command is one module and one row.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMMANDS", "Entry", "find", "names"]


class Entry(NamedTuple):
    """One row of the list of commands."""

    name: str
    help: str
    panel: str

    @property
    def module(self) -> str:
        """Return the module that holds the command."""
        return f"csatkit.cli.{self.name}"


ANSWERS = "Answers"
DATA = "Data"
REFERENCE = "Reference"

COMMANDS: tuple[Entry, ...] = (
    Entry("report", "The short read: headlines, change, segments, what to look at.", ANSWERS),
    Entry("csat", "Share of satisfied ratings, average score, distribution.", ANSWERS),
    Entry("fcr", "First contact resolution, with the reasons of its failures.", ANSWERS),
    Entry("reopen", "How many tickets come back, and how often.", ANSWERS),
    Entry("response", "Who answers the survey, and whether that is enough.", ANSWERS),
    Entry("segments", "Any metric by any column, outliers flagged.", ANSWERS),
    Entry("compare", "Period against period: what changed, and why CSAT did.", ANSWERS),
    Entry("drivers", "What goes with CSAT, three failure modes, what to do first.", ANSWERS),
    Entry("diagnose", "Agents, process or channel: whose problem low scores are.", ANSWERS),
    Entry("themes", "What unhappy customers write about, and which bugs cost most.", ANSWERS),
    Entry("trend", "Over time: control charts, signals, where it is heading.", ANSWERS),
    Entry("reconcile", "Why another system shows another number: its rules beside yours.", ANSWERS),
    Entry("goals", "How goals are coming on, and whether targets are realistic.", ANSWERS),
    Entry("check", "Whether targets are met, as an exit code for CI and cron.", ANSWERS),
    Entry("digest", "Daily, weekly, monthly or quarterly summary for a cron job.", ANSWERS),
    Entry("queue", "Low scores that nobody has answered yet, the most urgent first.", ANSWERS),
    Entry("coach", "An agent's coaching pack: conversations to talk about, wins.", ANSWERS),
    Entry("surveys", "Whether surveys are sent well, and what to change first.", ANSWERS),
    Entry("eligible", "Which resolved tickets may be surveyed now, what blocks others.", ANSWERS),
    Entry("recovery", "Whether unhappy customers are called in time, and won back.", ANSWERS),
    Entry("explain", "Why one ticket counts the way it does.", ANSWERS),
    Entry("enrich", "One row per ticket with every derived column.", DATA),
    Entry("inspect", "What csatkit makes of a file, what is wrong and what mends it.", DATA),
    Entry("init", "Write a commented csatkit.toml from an export.", DATA),
    Entry("config", "Check a configuration, or show what is in force and why.", DATA),
    Entry("demo", "Write a folder with sample data to try things on.", DATA),
    Entry("metrics", "Every metric: definition, columns it needs, source, caveat.", REFERENCE),
    Entry("schema", "Print the JSON Schema of the output.", REFERENCE),
)  # fmt: skip


def names() -> tuple[str, ...]:
    """Return the names of all commands, in the order of the help page."""
    return tuple(entry.name for entry in COMMANDS)


def find(name: str) -> Entry | None:
    """Return the entry of a command, or None."""
    return next((entry for entry in COMMANDS if entry.name == name), None)
