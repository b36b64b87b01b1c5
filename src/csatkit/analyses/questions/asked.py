"""One question as it was put, and what a command declares about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from csatkit.metrics import find
from csatkit.report import Report
from csatkit.schema import DIMENSIONS
from csatkit.settings import Settings

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace
    from csatkit.load import Data

__all__ = ["Asked", "Dims", "Question", "default_dims", "each", "named", "usual"]

Dims = Sequence[tuple[str, ...]]

_SEGMENTS = ("csat", "fcr")
"""What is broken down where no metric is named."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about one set of inputs, as it was put."""

    command: str
    data: Data
    settings: Settings
    metrics: Sequence[str] | None
    ticket: str | None
    options: Mapping[str, str]
    targets: Sequence[Mapping[str, object]]
    goals: Sequence[Mapping[str, object]] = ()


class Question(NamedTuple):
    """A row of the table.

    Args:
        answer: makes the report.
        needs: ids of the metrics that are measured.
        reads: dimensions beside those of `--by`.
        options: what the command alone takes, which the Python functions accept by name too.
        has_whole_rows: whether whole rows are shown.
        behind: lists the tickets behind a cell.
        prepared: the question with what it leaves open filled in.
    """

    answer: Callable[[Workspace, Asked], Report]
    needs: Callable[[Asked], Sequence[str]]
    reads: Callable[[Asked], Dims] = lambda _: ()
    options: tuple[str, ...] = ()
    has_whole_rows: Callable[[Asked], bool] = lambda _: False
    behind: Callable[[Workspace, Asked, str], Report] | None = None
    prepared: Callable[[Asked], Asked] = lambda asked: asked


def default_dims(data: Data, settings: Settings) -> list[tuple[str]]:
    """Return what `report` and `segments` break down by, where the data has it."""
    from csatkit.analyses.privacy import PERSONS

    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    shown = [d for d in DIMENSIONS if settings.privacy != "none" or d not in PERSONS]
    return [(d,) for d in shown if any(s.has(d) for s in sources)]


def usual(asked: Asked) -> Dims:
    """Return the usual dimensions of a question's data."""
    return default_dims(asked.data, asked.settings)


def each(columns: Iterable[str]) -> Dims:
    """Return each column as a dimension of its own."""
    return [(column,) for column in columns]


def named(asked: Asked) -> tuple[str, ...]:
    """Return the ids of the metrics that were asked for."""
    return tuple(m.id for m in find(asked.metrics or _SEGMENTS))
