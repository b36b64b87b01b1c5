"""Advice that takes more than one period: a survey that too few answer, month after month."""

from __future__ import annotations

from collections.abc import Mapping

from csatkit.analyses.measuring import Request, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.estimate import CAUTION_FROM
from csatkit.facts.clocks import bucket_label
from csatkit.metrics import CATALOG
from csatkit.notes import note
from csatkit.report import Note

__all__ = ["months_below", "response_habit"]

MONTHS = 3
"""Months in a row that make a habit of it (metrics.md §3)."""


def months_below(rates: Mapping[int, float], limit: float, run: int = MONTHS) -> tuple[int, ...]:
    """Return the latest run of consecutive months below a limit, if it is long enough.

    Args:
        rates: month number → response rate in percent.
        limit: in percent.
        run: how many in a row count.

    >>> months_below({1: 10.0, 2: 12.0, 3: 14.9, 4: 20.0}, 15)
    (1, 2, 3)
    """
    found: tuple[int, ...] = ()
    current: list[int] = []
    for month in sorted(rates):
        follows = bool(current) and month == current[-1] + 1
        current = [*(current if follows else []), month] if rates[month] < limit else []
        if len(current) >= run:
            found = tuple(current)
    return found


def response_habit(ws: Workspace) -> tuple[Note, ...]:
    """Advise another survey where too few answered it in three months in a row."""
    metric = CATALOG["response_rate"]
    if ws.lacks(metric) is not None:
        return ()
    (table,) = tabulate(ws, [Request((metric,), ("month",))])
    rates: dict[int, float] = {}
    for key, cell in table.cells[metric.id].items():
        sent, answered = cell["validity.n"] or 0, cell["validity.k"] or 0
        if key[0] is not None and sent >= ws.settings.min_n:
            rates[int(key[0])] = 100 * answered / sent
    months = months_below(rates, CAUTION_FROM)
    if not months:
        return ()
    first, last = (bucket_label("month", m, ws.week_start) for m in (months[0], months[-1]))
    text = (
        f"fewer than {CAUTION_FROM:g} % answered in {len(months)} months in a row ({first} to "
        f"{last}): make the survey simpler, or send it at another moment"
    )
    return (note("response.low_for_months", text, "warning"),)
