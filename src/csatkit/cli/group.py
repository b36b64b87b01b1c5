"""The top level: lists all commands, loads the one that is invoked.

Listing and completing work on empty stand-ins; only `resolve_command` imports a module.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand

from csatkit.cli.command import build
from csatkit.cli.help import PlainGroup
from csatkit.cli.registry import find, names
from csatkit.errors import UsageError

__all__ = ["LazyGroup", "program"]

NAME = "csatkit"

HELP = """CSAT and first contact resolution from any help desk's export, with the rule, the
numerator, the denominator and the interval beside every number.

Start with: csatkit report tickets.csv, or without data: csatkit report --demo."""


class LazyGroup(PlainGroup):
    """A group of commands that are loaded when invoked."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base's signature
        """Return the names of all commands."""
        return list(names())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - as above
        """Return a stand-in that carries name and help, or None."""
        entry = find(cmd_name)
        if entry is None:
            return None
        return TyperCommand(entry.name, help=entry.help, rich_markup_mode=None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return name, loaded command and its arguments.

        Raises:
            UsageError: no such command.
        """
        entry = find(args[0])
        if entry is None:
            if ctx.resilient_parsing:
                return None, None, args[1:]
            raise UsageError.unknown("command", args[0], names())
        return entry.name, build(import_module(entry.module).COMMAND), args[1:]


def _version(value: bool) -> None:
    if value:
        from csatkit.cli import streams
        from csatkit.cli.version import text

        streams.result(text())
        raise typer.Exit


def program() -> Any:
    """Return the whole program as one Typer group."""
    app = typer.Typer(
        name=NAME, cls=LazyGroup, pretty_exceptions_enable=False, rich_markup_mode=None
    )

    def top(
        version: bool = typer.Option(  # noqa: ARG001 - read by its callback
            False, "--version", help="Show the version and exit.", callback=_version, is_eager=True
        ),
    ) -> None:
        return None

    app.callback(
        help=HELP,
        no_args_is_help=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )(top)
    return typer.main.get_command(app)
