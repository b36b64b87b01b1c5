"""Help pages as plain text, options under headings, examples last.

Plain text reads the same on a terminal, in a pipe, without UTF-8 and under any version of Rich,
and it spares loading Rich. Lines are at most 80 columns wide.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from csatkit.cli.plain_values import pass_on
from csatkit.cli.registry import COMMANDS

__all__ = ["PlainCommand", "PlainGroup"]

OTHER = "Other"


def _describe(command: Any, ctx: Any, formatter: Any) -> None:
    """Write the usage line and the paragraphs that say what a command does."""
    command.format_usage(ctx, formatter)
    formatter.write_paragraph()
    with formatter.indentation():
        for number, paragraph in enumerate((command.help or "").split("\n\n")):
            if number:
                formatter.write_paragraph()
            formatter.write_text(" ".join(paragraph.split()))


def _rows(command: Any, ctx: Any) -> dict[str, list[tuple[str, str]]]:
    """Return heading → rows of the options and arguments of a command."""
    panels: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(ctx):
        if parameter.param_type_name == "argument":
            panels.setdefault("Arguments", []).append((parameter.metavar, parameter.help))
        elif record := parameter.get_help_record(ctx):
            heading = getattr(parameter, "rich_help_panel", None) or OTHER
            panels.setdefault(heading, []).append(record)
    if OTHER in panels:
        panels[OTHER] = panels.pop(OTHER)
    return panels


def _sections(panels: dict[str, list[tuple[str, str]]], formatter: Any) -> None:
    for heading, rows in panels.items():
        with formatter.section(heading):
            formatter.write_dl(rows, col_max=24)


class PlainCommand(TyperCommand):
    """A command whose help page is plain text."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters."""
        return pass_on(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        _describe(self, ctx, formatter)
        _sections(_rows(self, ctx), formatter)
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.splitlines():
                    # Written as they are: a wrapped command line can't be copied.
                    formatter.write(f"  {line}\n")


class PlainGroup(TyperGroup):
    """The list of commands as plain text."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters."""
        return pass_on(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        _describe(self, ctx, formatter)
        panels: dict[str, list[tuple[str, str]]] = {}
        for entry in COMMANDS:
            panels.setdefault(entry.panel, []).append((entry.name, entry.help))
        _sections(panels, formatter)
        _sections(_rows(self, ctx), formatter)
        formatter.write_paragraph()
        formatter.write_text("csatkit COMMAND --help says more about a command.")
