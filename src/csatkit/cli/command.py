"""One command as data, and how it becomes one of Typer's.

Signatures are built from the tables of options, so that no command repeats them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import typer

from csatkit.cli.help import PlainCommand
from csatkit.cli.options import Argument, Option

__all__ = ["SURVEYS", "TICKETS", "Command", "Values", "build"]

Values = Mapping[str, Any]
"""What the user typed: key of an option or argument → text, list, switch or None."""

TICKETS = Argument("tickets", "TICKETS", "Ticket export: a file, a quoted glob, a folder or -.")
SURVEYS = Argument("surveys", "SURVEYS", "Survey export, where it is a file of its own.")

_TYPES: Mapping[str, Any] = {
    "text": str | None,
    "list": list[str] | None,
    "number": int | None,
    "pair": tuple[str, str] | None,
    "switch": bool,
}


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Args:
        name: what the user types.
        help: what it does, in paragraphs.
        run: does it.
        options: what it takes.
        arguments: the positional ones, in order.
        examples: command line → what it shows.
    """

    name: str
    help: str
    run: Callable[[Values], None]
    options: tuple[Option, ...]
    arguments: tuple[Argument, ...] = (TICKETS, SURVEYS)
    examples: Mapping[str, str] | None = None


def build(command: Command) -> Any:
    """Return the Typer command of a command."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    def callback(**values: Any) -> None:
        from csatkit.cli.progress import shown

        with shown(values):
            command.run(values)

    parameters = [_argument(a) for a in command.arguments] + [_option(o) for o in command.options]
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    app.command(
        command.name,
        cls=PlainCommand,
        help=command.help,
        epilog=_epilog(command.examples or {}),
        options_metavar="[OPTIONS]",
        context_settings={"help_option_names": ["-h", "--help"]},
    )(callback)
    return typer.main.get_command(app)


def _argument(argument: Argument) -> inspect.Parameter:
    default = ... if argument.is_required else None
    info = typer.Argument(default, metavar=argument.metavar, help=argument.help, show_default=False)
    return _parameter(argument.key, info, str if argument.is_required else str | None)


def _option(option: Option) -> inspect.Parameter:
    info = typer.Option(
        False if option.kind == "switch" else None,
        *option.flags,
        help=option.help,
        metavar=option.metavar or None,
        rich_help_panel=option.panel,
        show_default=False,
        autocompletion=_completion(option),
    )
    return _parameter(option.key, info, _TYPES[option.kind])


def _completion(option: Option) -> Callable[[str], list[str]] | None:
    choices = option.choices
    if choices is None:
        return None

    def complete(incomplete: str) -> list[str]:
        return [name for name in choices() if name.startswith(incomplete)]

    return complete


def _parameter(key: str, info: Any, annotation: Any) -> inspect.Parameter:
    # `from` is a keyword: as a name of a parameter it is legal only in a signature made by hand.
    name = f"{key}_" if key == "from" else key
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=annotation
    )


def _epilog(examples: Mapping[str, str]) -> str | None:
    return "\n".join(f"{line}\n    {what}" for line, what in examples.items()) or None
