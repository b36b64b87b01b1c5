"""Who may be seen: names of customers and agents, and what customers wrote (`--privacy`).

`ids` replaces names by pseudonyms that stay the same from run to run and leaves comments out;
`none` hides them altogether. Ticket ids stay, so that a reader with access can look a ticket up.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import polars as pl

from csatkit.errors import UsageError
from csatkit.settings import Settings
from csatkit.where import Condition

__all__ = ["HIDDEN", "PERSONS", "check_dimensions", "condition_shown", "hidden", "masked"]

PERSONS = ("agent", "customer_id", "outreach_by")
"""Columns that name a person."""

WORDS = ("comment",)
"""Columns that hold what a person wrote."""

HIDDEN = "(hidden)"


def pseudonym(column: str, name: str) -> str:
    """Return the stable stand-in of a name: `agent-1f0c9b`."""
    digest = blake2b(name.encode(), digest_size=4, person=column.encode()[:16]).hexdigest()
    return f"{column.removesuffix('_id').removesuffix('_by')}-{digest}"


def masked(column: str, value: str | None, privacy: str) -> str | None:
    """Return what may be shown of a value."""
    if value is None or privacy == "all" or column not in PERSONS:
        return value
    return HIDDEN if privacy == "none" else pseudonym(column, value)


def hidden(frame: pl.DataFrame, privacy: str) -> pl.DataFrame:
    """Return a frame with what may be shown of its rows."""
    if privacy == "all":
        return frame
    frame = frame.drop([c for c in WORDS if c in frame.columns])
    for column in (c for c in PERSONS if c in frame.columns):
        names = frame.get_column(column).cast(pl.String)
        known = names.unique().drop_nulls().to_list()
        shown = {name: masked(column, name, privacy) for name in known}
        replaced = names.replace_strict(
            list(shown), list(shown.values()), default=None, return_dtype=pl.String
        )
        frame = frame.with_columns(replaced.alias(column))
    return frame


def condition_shown(condition: Condition, written: str, privacy: str) -> str:
    """Return what may be shown of a condition of `--where`.

    Args:
        condition: with its column resolved: a header may hide that it names persons.
        written: as it was asked.
        privacy: `all`, `ids` or `none`.
    """
    column = condition.column
    if privacy == "all" or column not in (*PERSONS, *WORDS):
        return written
    values = [HIDDEN if column in WORDS else masked(column, v, privacy) for v in condition.values]
    op = " in " if condition.op == "in" else condition.op
    return f"{column}{op}{'|'.join(v or '' for v in values)}"


def check_dimensions(settings: Settings, dims: Sequence[str]) -> None:
    """Refuse to break down by what must not be seen.

    Raises:
        UsageError: a dimension names persons and `--privacy none` hides them.
    """
    if settings.privacy == "none" and (named := [d for d in dims if d in PERSONS]):
        raise UsageError(
            f"--privacy none hides {named[0]}, so it can't be a breakdown",
            "Use --privacy ids for pseudonyms.",
        )
