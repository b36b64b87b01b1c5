"""One agent's pack, or everybody's from one look at the data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.coach.gathering import Ratings, gathered
from csatkit.analyses.coach.sections import sections_of
from csatkit.analyses.measuring import by_segment, measures
from csatkit.analyses.privacy import check_dimensions, masked
from csatkit.analyses.queue import since_instant
from csatkit.analyses.remarks import remarks
from csatkit.analyses.workspace import Workspace, open_workspace
from csatkit.errors import InputError, NothingToEvaluate, UsageError
from csatkit.load import Data
from csatkit.metrics import find
from csatkit.report import Measure, Report
from csatkit.settings import Settings

__all__ = ["NEEDED", "coach", "columns_read", "every_pack"]

NEEDED = ("csat", "fcr")
"""CSAT is what the pack is about; first contact resolution says what went wrong."""

FOUR_WEEKS = timedelta(days=28)
"""How long ago the last pack was, where nobody says: most teams talk once a month."""

_READ = ("agent", "team", "customer_id", "issue_type", "channel")


def columns_read(data: Data, settings: Settings) -> tuple[str, ...]:
    """Return the columns of the export that a pack shows, where it has them."""
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    words = ("comment",) if settings.privacy == "all" else ()
    return tuple(c for c in (*_READ, *words) if any(s.has(c) for s in sources))


def coach(ws: Workspace, agent: str | None, since: str | None = None) -> Report:
    """Return the coaching pack of an agent.

    Args:
        ws: the run.
        agent: the name, or its pseudonym under `--privacy ids`.
        since: when the last pack was made; None for four weeks before the data end.

    Raises:
        InputError: no score, or no agent, is in the data.
        NothingToEvaluate: the selection holds no rating.
        UsageError: no such agent, nobody was named, or `since` is no instant.
    """
    if agent is None:
        raise UsageError("coach needs the name of an agent", "Or --all for everybody.")
    every, start = _opened(ws, since)
    privacy = ws.settings.privacy
    shown = {masked("agent", name, privacy): name for name in every.agents}
    real = agent if agent in every.agents else shown.get(agent)
    if real is None:
        raise UsageError.unknown("agent", agent, [n for n in shown if n is not None])
    return _pack(ws, every, real, start, _csat(ws))


def every_pack(
    data: Data, settings: Settings, since: str | None = None
) -> Iterator[tuple[str, Report]]:
    """Yield everybody's name, as it may be shown, with their pack; by name.

    Args:
        data: the opened inputs.
        settings: the run's settings.
        since: when the last packs were made.

    Raises:
        InputError: no score, or no agent, is in the data.
        NothingToEvaluate: the selection holds no rating.
    """
    dims = [(c,) for c in columns_read(data, settings)]
    ws = open_workspace(data, settings, NEEDED, dims=dims)
    if settings.rejects is not None:
        from csatkit.analyses.rejects import write_rejects

        write_rejects(ws, settings.rejects)
    every, start = _opened(ws, since)
    rates = _csat(ws)
    for agent in every.agents:
        name = masked("agent", agent, settings.privacy)
        assert name is not None
        yield name, _pack(ws, every, agent, start, rates)


def _opened(ws: Workspace, since: str | None) -> tuple[Ratings, datetime | None]:
    check_dimensions(ws.settings, ("agent",))
    if ws.data_end is None:
        start = None
    else:
        start = ws.data_end - FOUR_WEEKS if since is None else since_instant(since, ws.zone)
    every = gathered(ws, ws.span)
    if every is None:
        what = "column agent is missing" if ws.ratings is not None else "no column holds a score"
        raise InputError(
            f"coach needs ratings with their agent, and {what}",
            "Name the column with --map agent=HEADER or --map score=HEADER.",
        )
    if not every.agents:
        raise NothingToEvaluate(
            "the selection holds no rating of any agent",
            "Widen --period, --from, --to or --where.",
        )
    return every, start


def _csat(ws: Workspace) -> tuple[Measure, ...]:
    found = find(("csat",))
    return tuple(measures(ws, by_segment(ws, found, (("agent",),), ws.span)))


def _pack(
    ws: Workspace,
    every: Ratings,
    agent: str,
    since: datetime | None,
    rates: tuple[Measure, ...],
) -> Report:
    name = masked("agent", agent, ws.settings.privacy)
    mine = tuple(m for m in rates if m.segment.get("agent") == name)
    notes = tuple(remarks(ws, mine))
    return Report(
        "coach",
        definitions(ws),
        inputs(ws),
        mine,
        tuple(sections_of(ws, every, agent, since)),
        notes,
        title=f"Coaching pack: {name}",
    )
