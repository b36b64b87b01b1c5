"""The pages of a coaching pack: conversations, what is beyond noise, wins, a commitment."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from csatkit.analyses.coach.gathering import (
    THANKS,
    Ratings,
    lows_for,
    thanks_for,
    tops_for,
    wins_of,
)
from csatkit.analyses.digest.words import excerpt, listed, short
from csatkit.analyses.overview import FAILURE_WORDS
from csatkit.analyses.privacy import hidden
from csatkit.analyses.workspace import Workspace
from csatkit.facts.clocks import local
from csatkit.facts.own_ids import OWN_ID
from csatkit.render.values import number, quantity
from csatkit.render.values import span as bounds
from csatkit.report import Cell, Section, Table
from csatkit.settings import FAILURE_REASONS
from csatkit.stats.intervals import newcombe, wilson

__all__ = ["sections_of"]

MOST_NAMED = 5
"""Tickets that a list of wins names; the rest is a number."""

MOST_THANKED = 20
"""Best scores that the list to acknowledge has room for; the words say how many there are."""

COMMITMENT = (
    "One thing that I will do differently: " + "." * 40,
    "How we will both see it: " + "." * 53,
    "We look at it again on: " + "." * 54,
)
"""Left blank on purpose: a commitment that somebody else wrote is none."""


def sections_of(ws: Workspace, every: Ratings, agent: str, since: datetime | None) -> list[Section]:
    """Return an agent's pack.

    Args:
        ws: the run.
        every: the ratings of all agents.
        agent: as the data calls them.
        since: when the last pack was made.
    """
    mine = every.of(agent)
    return [
        _standing(ws, every, agent),
        *_conversations(ws, "low", "Conversations to talk about", lows_for(mine, since),
                        "No low score: nothing to talk about here."),
        *_conversations(ws, "top", "Conversations to be proud of", tops_for(mine, since),
                        "No best score in the selection."),
        _types(every, agent),
        _trend(ws, mine, since),
        _wins(ws, every, mine),
        _thanks(ws, mine),
        _team(ws, every, agent),
        Section("commitment", "One commitment", COMMITMENT),
    ]  # fmt: skip


def _standing(ws: Workspace, every: Ratings, agent: str) -> Section:
    """Return the agent's CSAT, and whether it can be told from the others' on the same mix."""
    mine = every.of(agent)
    n, k = mine.height, int(mine.get_column("is_satisfied").sum())
    found = wilson(k, n, ws.settings.level)
    assert found is not None
    lines = [
        (
            f"CSAT {quantity(100 * k / n, 'percent')} "
            f"({bounds(100 * found.low, 100 * found.high, 'percent')}), {number(n)} ratings."
        )
    ]
    unit = every.units.get(agent)
    if n < ws.settings.min_n:
        lines.append("Too few ratings to compare with anybody: read the conversations.")
    elif unit is not None:
        share = quantity(100 * unit.expected / unit.n, "percent")
        chance = (
            "the difference is beyond chance (one-sided tail below .001)"
            if unit.is_flagged
            else "chance alone may explain the difference"
        )
        lines.append(f"The others reach {share} on the same issue types and channels; {chance}.")
    return Section("standing", "Where things stand", tuple(lines))


def _conversations(
    ws: Workspace, key: str, title: str, rows: pl.DataFrame, nothing: str
) -> list[Section]:
    if not rows.height:
        return [Section(key, title, (nothing,))]
    shown = hidden(rows, ws.settings.privacy)
    labels = ws.score_labels
    has_reason = ws.lacks_fcr is None and key == "low"
    columns = {"ticket": "Ticket", "date": "Rated", "score": "Score"}
    names = {"customer_id": "Customer", "issue_type": "Issue type", "channel": "Channel"}
    columns |= {c: h for c, h in names.items() if shown.get_column(c).count()}
    if ws.settings.privacy == "none":
        columns.pop("customer_id", None)
    if has_reason:
        columns["why"] = "What went wrong so far"
    table: list[dict[str, Cell]] = []
    quotes = []
    for row in _dated(shown, ws.zone).iter_rows(named=True):
        cells: dict[str, Cell] = {c: None if row[c] is None else short(row[c]) for c in names}
        ticket = _ticket(row["ticket_id"])
        cells |= {"ticket": ticket, "date": row["date"], "why": _why(row["failure"], row["mature"]),
                  "score": labels.get(row["score"], str(row["score"]))}  # fmt: skip
        table.append({c: cells[c] for c in columns})
        said = None if row.get("comment") is None else excerpt(row["comment"])
        if said:
            quotes.append(f"{ticket or 'A customer'}: “{said}”")
    return [
        Section(key, title, tables=(Table(columns, tuple(table)),)),
        *([Section(f"{key}_comments", "What they wrote", tuple(quotes))] if quotes else []),
    ]


def _dated(rows: pl.DataFrame, zone: str) -> pl.DataFrame:
    return rows.with_columns(date=local(pl.col("at"), zone).dt.strftime("%Y-%m-%d"))


def _ticket(ticket: str) -> str | None:
    return None if ticket.startswith(OWN_ID) else short(ticket)


def _why(failure: int, is_mature: bool) -> str:
    if not failure:
        return "nothing known"
    reason = FAILURE_REASONS[failure - 1]
    if reason == "unresolved" and not is_mature:
        return "not resolved yet"
    return FAILURE_WORDS[reason]


def _types(every: Ratings, agent: str) -> Section:
    """Return the issue types on which the agent is credibly below the others."""
    title = "Issue types to work on"
    found = every.below.get(agent, ())
    if not every.compared:
        return Section("types", title, missing="no agent has enough ratings on any issue type")
    text = f"{number(every.compared)} comparisons of agents and issue types were made."
    if not found:
        none = "None is below the others on the same issue type by more than chance explains."
        return Section("types", title, (none, text))
    table = Table(
        {"issue_type": "Issue type", "n": "Ratings", "value": "CSAT", "shrunken": "Shrunken",
         "interval": "Interval", "others": "Others"},
        tuple(
            {
                "issue_type": short(b.issue_type), "n": b.n, "value": 100 * b.k / b.n,
                "shrunken": 100 * b.shrunken.rate,
                "interval": bounds(100 * b.shrunken.interval.low,
                                   100 * b.shrunken.interval.high, "percent"),
                "others": 100 * b.others,
            }
            for b in found
        ),
        frozenset({"n", "interval"}),
        {"value": "percent", "shrunken": "percent", "others": "percent"},
    )  # fmt: skip
    return Section("types", title, (text,), tables=(table,))


def _trend(ws: Workspace, mine: pl.DataFrame, since: datetime | None) -> Section:
    """Return what changed since the last pack, and whether it is more than noise."""
    title = "Since the last pack"
    if since is None:
        return Section("trend", title, missing="no rating carries an instant")
    counts = [
        (int(part.get_column("is_satisfied").sum()), part.height)
        for part in (mine.filter(pl.col("at") >= since), mine.filter(pl.col("at") < since))
    ]
    (k1, n1), (k0, n0) = counts
    day = pl.select(local(pl.lit(since, pl.Datetime("us")), ws.zone).dt.date()).item()
    if not n1 or not n0:
        text = f"{number(n1)} ratings since {day}, {number(n0)} before: nothing to compare."
        return Section("trend", title, (text,))
    found = newcombe(k1, n1, k0, n0, ws.settings.level)
    assert found is not None
    if min(n1, n0) < ws.settings.min_n:
        meaning = "too few ratings to call it a trend"
    elif found.low > 0 or found.high < 0:
        meaning = f"{'better' if found.low > 0 else 'worse'} beyond noise"
    else:
        meaning = "which can't be told from noise"
    text = (
        f"CSAT {quantity(100 * k1 / n1, 'percent')} of {number(n1)} ratings since {day}, "
        f"{quantity(100 * k0 / n0, 'percent')} of {number(n0)} before: "
        f"{quantity(100 * (k1 / n1 - k0 / n0), 'points')} "
        f"({bounds(100 * found.low, 100 * found.high, 'points')}), {meaning}."
    )
    return Section("trend", title, (text,))


def _named(rows: pl.DataFrame) -> str:
    ids = [t for r in rows.get_column("ticket_id").head(MOST_NAMED) if (t := _ticket(r))]
    if not ids:
        return ""
    more = " and more" if rows.height > len(ids) else ""
    return f": {'ticket' if len(ids) == 1 else 'tickets'} {listed(ids)}{more}"


def _wins(ws: Workspace, every: Ratings, mine: pl.DataFrame) -> Section:
    found = wins_of(mine, every.earlier)
    best = ws.score_labels[max(ws.score_labels)]
    if not found.height:
        text = f"No customer with an earlier low score has given a {best} yet."
    else:
        who = "customer" if found.height == 1 else "times a customer"
        text = (
            f"{number(found.height)} {who} with an earlier low score gave a {best}{_named(found)}."
        )
    return Section("wins", "Won back", (text,))


def _thanks(ws: Workspace, mine: pl.DataFrame) -> Section:
    """Return whom to thank for within 48 hours, while it is fresh, and until when."""
    title = "To acknowledge within 48 hours"
    found = thanks_for(mine, ws.data_end)
    best = ws.score_labels[max(ws.score_labels)]
    if not found.height:
        return Section("thanks", title, (f"No {best} in the last 48 hours before the data end.",))
    times = "once" if found.height == 1 else f"{number(found.height)} times"
    text = f"Rated {best} {times} in the last 48 hours{_named(found)}. Say so while it is fresh."
    return Section("thanks", title, (text,), tables=(_until(ws, found),))


def _until(ws: Workspace, found: pl.DataFrame) -> Table:
    """Return the list to go through: what was rated when, and until when it is fresh."""
    shown = hidden(found.head(MOST_THANKED), ws.settings.privacy)
    minute = "%Y-%m-%d %H:%M"
    dated = shown.with_columns(
        rated=local(pl.col("at"), ws.zone).dt.strftime(minute),
        until=local(pl.col("at") + THANKS, ws.zone).dt.strftime(minute),
    )
    names = {"issue_type": "Issue type", "channel": "Channel"}
    columns = {"ticket": "Ticket", "rated": "Rated", "until": "Acknowledge by"}
    columns |= {c: h for c, h in names.items() if shown.get_column(c).count()}
    rows: list[dict[str, Cell]] = []
    for row in dated.iter_rows(named=True):
        cells: dict[str, Cell] = {c: None if row[c] is None else short(row[c]) for c in names}
        cells |= {"ticket": _ticket(row["ticket_id"]), "rated": row["rated"], "until": row["until"]}
        rows.append({c: cells[c] for c in columns})
    return Table(columns, tuple(rows))


def _team(ws: Workspace, every: Ratings, agent: str) -> Section:
    """Return what the agent's team won back, or all agents where no team is known."""
    teams = every.of(agent).get_column("team").drop_nulls()
    team = None if not len(teams) else str(teams.mode().sort().item(0))
    rows = every.frame if team is None else every.frame.filter(pl.col("team") == team)
    found = wins_of(rows, every.earlier)
    whose = "All agents together" if team is None else f"Team {short(team)}"
    best = ws.score_labels[max(ws.score_labels)]
    times = "once" if found.height == 1 else f"{number(found.height)} times"
    text = (
        f"{whose}: a {best} from a customer with an earlier low score {times}{_named(found)}."
        if found.height
        else f"{whose}: no customer won back yet."
    )
    return Section("team", "Team wins", (text,))
