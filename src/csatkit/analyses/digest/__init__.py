"""`digest`: the summary that a cron job sends, about the last complete period.

Four kinds, each made of the answers of other commands; a digest measures nothing in its own way.
What needs follow-up is about the latest period whose follow-up has closed, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from csatkit.analyses.aims import columns_of, metrics_of
from csatkit.analyses.digest.daily import daily
from csatkit.analyses.digest.figures import refuse_empty, span_of_run
from csatkit.analyses.digest.kinds import (
    KINDS,
    dated,
    kind_of,
    metrics_of_kind,
    refuse_history,
    refuse_meaningless,
)
from csatkit.analyses.digest.monthly import monthly
from csatkit.analyses.digest.quarterly import Asks, quarterly
from csatkit.analyses.digest.weekly import weekly
from csatkit.analyses.goals_asked import columns_of_goals, metrics_of_goals, refuse_by
from csatkit.analyses.timeline import refuse_calendar
from csatkit.analyses.workspace import Workspace
from csatkit.load import Data
from csatkit.report import Report
from csatkit.schema import DIMENSIONS
from csatkit.settings import Settings

__all__ = ["KINDS", "columns_of_digest", "digest", "kind_of", "prepared"]


Tables = Sequence[Mapping[str, object]]


def prepared(
    options: Mapping[str, str], settings: Settings, targets: Tables, goals: Tables = ()
) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings with the digest's period, and the ids of the metrics that it reads.

    Raises:
        UsageError: no such digest, or something is asked that it can't obey.
    """
    chosen = kind_of(options.get("kind"))
    refuse_meaningless(chosen, settings, [*targets, *goals])
    if chosen.has_targets:
        refuse_by(settings.by, targets, goals)
    if "history" in options:
        refuse_history(chosen, has_goals=bool(goals))
    named = (*metrics_of(targets), *metrics_of_goals(goals))
    return dated(settings, chosen), metrics_of_kind(chosen, named)


def columns_of_digest(
    kind: str, data: Data, targets: Tables, goals: Tables = ()
) -> tuple[str, ...]:
    """Return the columns that are read beside those of the metrics: what segments are made of."""
    named = [c for target in targets for c in columns_of(target)] + [*columns_of_goals(goals)]
    if kind_of(kind).name in ("weekly", "monthly"):
        sources = [s for s in (data.tickets, data.surveys) if s is not None]
        named += [c for c in (*DIMENSIONS, "comment") if any(s.has(c) for s in sources)]
    return tuple(dict.fromkeys(named))


def digest(
    ws: Workspace, options: Mapping[str, str], targets: Tables = (), goals: Tables = ()
) -> Report:
    """Return a digest.

    Args:
        ws: the run; its settings name the period (`dated`).
        options: `kind`, one of `KINDS`, and `history`, the file of past figures.
        targets: `[[target]]` tables, for the quarterly one.
        goals: `[[goal]]` tables, for the quarterly one as well.

    Raises:
        NothingToEvaluate: the period is empty.
        UsageError: no such digest.
    """
    chosen, history = kind_of(options.get("kind")), options.get("history")
    span = span_of_run(ws)
    refuse_calendar(ws.by, "the digest's own word says how long it looks back")
    refuse_empty(ws, span)
    match chosen.name:
        case "daily":
            return daily(ws, chosen, span)
        case "weekly":
            return weekly(ws, chosen, span, history)
        case "monthly":
            return monthly(ws, chosen, span, history)
    return quarterly(ws, chosen, span, Asks(targets, goals, history))
