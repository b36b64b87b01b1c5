"""Targets on the command line: `--min` and `--max`, and how they join those of the file.

Whatever can be wrong with a target is said here, before a data file is opened.
"""

from __future__ import annotations

from csatkit.cli.answer import configuration
from csatkit.cli.command import Values
from csatkit.cli.options import Option
from csatkit.errors import UsageError

__all__ = ["MAX", "MIN", "PANEL", "goals_of", "targets_of"]

PANEL = "Goals"

MIN = Option(
    "min", ("--min",), "METRIC=VALUE", "Reach at least this, e.g. csat=80. Repeatable.", PANEL,
    "list",
)  # fmt: skip
MAX = Option(
    "max", ("--max",), "METRIC=VALUE", "Stay at or below this, e.g. reopen_rate=10. Repeatable.",
    PANEL, "list",
)  # fmt: skip


def targets_of(given: Values, *, is_required: bool = True) -> list[dict[str, object]]:
    """Return the targets of the file, then those of the command line.

    Args:
        given: what the user typed.
        is_required: whether the command has nothing to do without one.

    Raises:
        UsageError: none is given where one is required, or one that makes no sense.
    """
    from csatkit.analyses.aims import aim_of

    file = configuration(given)
    found = [] if file is None else [dict(t) for t in file.targets]
    for op in ("min", "max"):
        found += [_target(op, written) for written in given.get(op) or ()]
    if not found and is_required:
        raise UsageError(
            "no target given", "Write --min csat=80, or [[target]] tables into csatkit.toml."
        )
    for target in found:
        aim_of(target)  # all that can be wrong is said before a file is opened
    return found


def goals_of(given: Values) -> list[dict[str, object]]:
    """Return the `[[goal]]` tables of the file.

    Raises:
        UsageError: one makes no sense.
    """
    file = configuration(given)
    found = [] if file is None else [dict(g) for g in file.goals]
    if found:
        from csatkit.analyses.goals_asked import goal_of

        for goal in found:
            goal_of(goal)
    return found


def _target(op: str, written: str) -> dict[str, object]:
    metric, _, value = (part.strip() for part in written.partition("="))
    try:
        threshold = float(value)
    except ValueError:
        raise UsageError(
            f"--{op}: expected a metric and a number, got {written!r}", f"Write --{op} csat=80."
        ) from None
    return {"metric": metric, op: threshold}
