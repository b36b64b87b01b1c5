"""`--history`: refused early where it can't be what the user means, before any data is read."""

from __future__ import annotations

import os
from pathlib import Path

from csatkit import config
from csatkit.cli.answer import settings_of
from csatkit.cli.command import Values
from csatkit.cli.inputs import spare
from csatkit.errors import UsageError

__all__ = ["history_of"]


def history_of(command: str, given: Values) -> dict[str, str]:
    """Return the option `history` of an analysis, nothing where none is asked for.

    Args:
        command: the command, for messages.
        given: what the user typed.

    Raises:
        UsageError: the path is one of the inputs, another output or no file.
        InputError: another file lies there.
    """
    path = given.get("history")
    if path is None:
        return {}
    if not path.strip():
        raise UsageError("--history names no file", "Write --history history.parquet.")
    settings = settings_of(command, given)
    spare("--history", path, settings)
    written = {
        "--output": given.get("output") or os.environ.get(config.variable("output")),
        "--rejects": settings.rejects,
        "--config": given.get("config") or os.environ.get(config.variable("config")),
    }
    for option, other in written.items():
        if other and other != "-" and Path(other).resolve() == Path(path).resolve():
            raise UsageError(f"--history and {option} name one file", "Choose another name.")

    from csatkit.analyses.history import open_history

    open_history(path)
    return {"history": path}
