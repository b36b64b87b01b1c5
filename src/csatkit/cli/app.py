"""The entry point: one command, one exit code, no traceback.

Every error ends here and becomes a message on stderr and a code from `ExitCode`. Exit 1 belongs to
a target that failed; so nothing is left to the defaults of Typer or of the interpreter, which use
it for anything.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, cast

from csatkit.cli import streams
from csatkit.errors import CsatkitError, ExitCode, nearest

__all__ = ["main", "run"]

COMPLETION = "_CSATKIT_COMPLETE"
"""The variable by which a shell asks for completions; its name is Typer's."""

GARBAGE_AFTER = 200_000
"""Objects made before the collector looks for cycles. At Python's 700 it runs dozens of times while
modules load, a tenth of the time of a small command, and finds nothing."""

REPORT_HERE = (
    "This is a bug in csatkit. Please report it with the command line and the output of the same"
    " command with --debug."
)


def main() -> NoReturn:
    """Run the program with the arguments of the process, and leave with its exit code."""
    gc.set_threshold(GARBAGE_AFTER)
    code = run(sys.argv[1:])
    streams.close()
    # What was registered to run at the end runs; taking the interpreter apart object by object
    # doesn't, because that is an eighth of a small command's time and leaves nothing behind.
    atexit._run_exitfuncs()  # noqa: SLF001 - nothing public runs them
    os._exit(int(code))


def run(arguments: Sequence[str]) -> int:
    """Run the program.

    Args:
        arguments: the command line after the program's name.

    Returns:
        The exit code.
    """
    try:
        if list(arguments) == ["--version"]:  # the one answer that needs no parser
            from csatkit.cli.version import text

            streams.result(text())
            return ExitCode.OK
        return _dispatch(list(arguments))
    except KeyboardInterrupt:
        streams.complain("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader of a help page went away
        return ExitCode.OK
    except CsatkitError as error:
        _explain(error.message, error.hint, arguments)
        return error.exit_code
    except SystemExit as stop:  # completion leaves this way
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException as error:  # noqa: BLE001 - the boundary
        # Polars panics where Ctrl-C reaches Python code that it calls; its panics are no Exception.
        if "KeyboardInterrupt" in str(error):
            streams.complain("interrupted")
            return ExitCode.INTERRUPTED
        _explain(f"{type(error).__name__}: {error}", REPORT_HERE, arguments)
        return ExitCode.BUG


def _dispatch(arguments: list[str]) -> int:
    import typer

    from csatkit.cli.group import NAME, program

    # The common ancestor of what the parser raises; its home differs between versions of Typer.
    parser_error = cast("type[Exception]", typer.BadParameter.__mro__[2])
    group = program()
    if os.environ.get(COMPLETION):
        group.main(args=arguments, prog_name=NAME, standalone_mode=False)
        return ExitCode.OK
    try:
        with group.make_context(NAME, arguments or ["--help"]) as context:
            group.invoke(context)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except parser_error as error:
        _explain(*_parser_message(error), arguments)
        return ExitCode.USAGE
    return ExitCode.OK


def _parser_message(error: Any) -> tuple[str, str | None]:
    """Return message and hint for a mistake that the parser found."""
    from csatkit.cli.options import by_flag

    context = getattr(error, "ctx", None)
    see = f"See {context.command_path} --help." if context is not None else None
    message = error.format_message().rstrip(".")
    wrong = getattr(error, "option_name", None)
    if not hasattr(error, "possibilities") or wrong is None:
        if "unexpected extra argument" in message:
            see = f"Quote a pattern ('tickets-*.csv'), so that it stays one argument. {see or ''}"
        return message[:1].lower() + message[1:], see
    if by_flag(wrong) and context is not None and context.parent is not None:
        return f"`{wrong}` means nothing for {context.info_name}", see
    flags = [f for p in context.command.get_params(context) for f in p.opts] if context else []
    close = nearest(wrong, flags)
    return f"no such option {wrong}", f"Did you mean {close}?" if close else see


def _explain(message: str, hint: str | None, arguments: Sequence[str]) -> None:
    """Write an error to stderr; with --debug the traceback first."""
    if "--debug" in arguments or os.environ.get("CSATKIT_DEBUG"):
        import traceback

        streams.complain(traceback.format_exc())
    streams.complain(f"error: {message}")
    if hint:
        streams.complain(f"  {hint}")
