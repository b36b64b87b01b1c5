"""`fcr --deflection`: what self-service leads to, and what a change of channel costs.

A containment rate alone flatters: it says nothing of those who came through. So it stands beside
CSAT and first contact resolution of the tickets that follow, against all other tickets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.measuring import by_segment, measures
from csatkit.analyses.workspace import Workspace
from csatkit.metrics import find
from csatkit.metrics.metric import Family
from csatkit.periods import Span
from csatkit.render.values import number, quantity, span
from csatkit.report import Cell, Measure, Section, Table
from csatkit.stats.intervals import newcombe, wilson

__all__ = ["AFTER", "NEEDED", "deflection"]

AFTER: tuple[str, ...] = ("containment_rate", "csat_after_deflection", "fcr_after_deflection")
"""The metrics of the section."""

NEEDED: tuple[str, ...] = (*AFTER, "csat")
"""What has to be read for it: CSAT of the others is the rest of CSAT."""

_PAIRS: Mapping[str, str] = {"csat_after_deflection": "csat", "fcr_after_deflection": "fcr"}


@dataclass(frozen=True, slots=True)
class _Group:
    """k of n of a group of tickets."""

    name: str
    k: int
    n: int


@dataclass(frozen=True, slots=True)
class _Followers:
    """Repeat contacts: how many, how many of them are judged, and how many of those are good."""

    every: int
    n: int
    k: int


_NOBODY = _Followers(0, 0, 0)


def deflection(ws: Workspace, span_asked: Span | None) -> tuple[tuple[Measure, ...], list[Section]]:
    """Return the measures around deflected contacts and the sections about them."""
    found = find(AFTER)
    shown = tuple(measures(ws, by_segment(ws, found, ws.by, span_asked)))
    first = Section("deflection", "After deflected contacts", _contained(shown), shown)
    pairs = find((*_PAIRS, *_PAIRS.values()))
    every = {m.metric: m for m in measures(ws, by_segment(ws, pairs, (), span_asked))}
    tables = []
    for after, all_tickets in _PAIRS.items():
        one, both = every[after], every[all_tickets]
        if one.status == "unavailable" or both.status == "unavailable":
            continue
        k, n = int(one.numerator or 0), one.denominator or 0
        rest = _Group(
            "all other tickets", int(both.numerator or 0) - k, (both.denominator or 0) - n
        )
        level = ws.settings.level
        tables.append(
            _against(both.label, (_Group("after a deflected contact", k, n), rest), level)
        )
    if tables:
        first = Section(first.key, first.title, first.text, shown, tuple(tables))
    return shown, [first, _switches(ws, span_asked)]


def _contained(shown: Sequence[Measure]) -> tuple[str, ...]:
    overall = next(m for m in shown if m.metric == "containment_rate" and not m.segment)
    if overall.value is None or overall.denominator is None or overall.numerator is None:
        return ()
    followed = overall.denominator - int(overall.numerator)
    text = (
        f"{number(followed)} of {number(overall.denominator)} deflected contacts were followed by "
        "a ticket of the same customer within the window."
    )
    return (text,)


def _against(label: str, groups: tuple[_Group, _Group], level: float) -> Table:
    """Return two groups with their shares, and how far apart they are."""
    rows = tuple(_row(group, level) for group in groups)
    one, other = groups
    gap = newcombe(one.k, one.n, other.k, other.n, level)
    if gap is not None:
        apart = quantity(100 * (one.k / one.n - other.k / other.n), "points")
        difference: dict[str, Cell] = {
            "group": f"difference, {apart}",
            "interval": span(100 * gap.low, 100 * gap.high, "points"),
        }
        rows = (*rows, difference)
    return Table(
        {"group": label, "share": "Share", "interval": "Interval", "k": "k", "n": "n"},
        rows,
        numeric=frozenset({"interval", "k", "n"}),
        units={"share": "percent"},
    )


def _row(group: _Group, level: float) -> dict[str, Cell]:
    found = wilson(group.k, group.n, level)
    return {
        "group": group.name,
        "share": 100 * group.k / group.n if group.n else None,
        "interval": None if found is None else span(100 * found.low, 100 * found.high, "percent"),
        "k": group.k,
        "n": group.n,
    }


def _switches(ws: Workspace, asked: Span | None) -> Section:
    """Return how often customers came back by another channel, and how they rated that."""
    title = "Changes of channel within an issue"
    lacks = ws.lacks_fcr or (None if ws.has("channel") else "column channel missing")
    if lacks is not None:
        return Section("channel_changes", title, missing=lacks)
    tickets = _followers(ws, "tickets", asked)
    changed, same = (tickets.get(flag, _NOBODY).every for flag in (True, False))
    blind = _blind_words(tickets.get(None, _NOBODY).every)
    if not changed + same:
        told = blind or ("No ticket follows another of its issue.",)
        return Section("channel_changes", title, told)
    share = quantity(100 * changed / (changed + same), "percent")
    contacts = f"{number(changed)} of {number(changed + same)} repeat contacts"
    text = [f"{contacts} came by another channel ({share}).", *blind]
    settled = _groups(tickets)
    text.append(_settled(settled, ws))
    resolved = _against("FCR of repeat contacts", settled, ws.settings.level)
    if ws.scale is None or ws.facts.surveys is None:
        text.append("Their CSAT isn't known: no score.")
        return Section("channel_changes", title, tuple(text), tables=(resolved,))
    groups = _groups(_followers(ws, "responses", asked))
    n1, n0 = (group.n for group in groups)
    if min(n1, n0) < ws.settings.min_n:
        text.append(
            f"{number(n1)} of them and {number(n0)} others are rated: too few to tell what the "
            "change costs."
        )
    else:
        text.append(_cost(groups, _n_ratings(ws, asked), ws.settings.level))
    table = _against("CSAT of repeat contacts", groups, ws.settings.level)
    return Section("channel_changes", title, tuple(text), tables=(table, resolved))


def _blind_words(n: int) -> tuple[str, ...]:
    """Return how many repeat contacts can't be told, for a channel of theirs isn't known."""
    if not n:
        return ()
    what = "repeat contact isn't" if n == 1 else "repeat contacts aren't"
    return (f"{number(n)} {what} counted: its channel or the one before isn't known.",)


def _groups(found: Mapping[bool | None, _Followers]) -> tuple[_Group, _Group]:
    one, other = (found.get(flag, _NOBODY) for flag in (True, False))
    return (
        _Group("by another channel", one.k, one.n),
        _Group("by the same channel", other.k, other.n),
    )


def _settled(groups: tuple[_Group, _Group], ws: Workspace) -> str:
    """Return whether a change of channel goes with further contacts."""
    one, other = groups
    if min(one.n, other.n) < ws.settings.min_n:
        return "Too few of either are mature to tell whether they settle less often."
    bounds = newcombe(one.k, one.n, other.k, other.n, ws.settings.level)
    assert bounds is not None
    gap = quantity(100 * (one.k / one.n - other.k / other.n), "points")
    words = f"{gap} ({span(100 * bounds.low, 100 * bounds.high, 'points')})"
    if bounds.low <= 0 <= bounds.high:
        return f"First contact resolution differs by {words}, within noise."
    less = "less" if bounds.high < 0 else "more"
    return (
        f"First contact resolution differs by {words}: after a change of channel the matter is "
        f"settled {less} often."
    )


def _cost(groups: tuple[_Group, _Group], ratings: int, level: float) -> str:
    one, other = groups
    gap = one.k / one.n - other.k / other.n
    bounds = newcombe(one.k, one.n, other.k, other.n, level)
    assert bounds is not None
    if bounds.low <= 0 <= bounds.high:
        return "Whether the change of channel goes with lower or higher scores can't be told yet."
    of_all = quantity(100 * gap * one.n / ratings, "points")
    return f"The gap is associated with {of_all} of the CSAT of all {number(ratings)} ratings."


def _followers(ws: Workspace, family: Family, asked: Span | None) -> dict[bool | None, _Followers]:
    """Return the repeat contacts by whether they changed the channel, None where that isn't known.

    Of answers `k` of `n` are satisfied; of tickets `k` of the `n` mature ones needed no further
    contact.
    """
    frame = _selected(ws, family, asked)
    kept = ws.facts.kept
    if frame is None or kept is None:
        return {}
    before = kept.lazy().select(
        previous_row="_row",
        _channel_before="channel",
        _until=pl.col("anchor") + ws.facts.rules.window,
    )
    rated = family == "responses"
    rows = frame.filter("is_rating") if rated else frame
    judged = pl.col("is_rating") if rated else pl.col("is_mature")
    good = pl.col("is_satisfied" if rated else "is_first_contact")
    counts = (
        rows.join(before, on="previous_row", how="inner")
        .filter(pl.col("created_at") <= pl.col("_until"))
        .group_by(changed=pl.col("channel") != pl.col("_channel_before"))
        .agg(every=pl.len(), n=judged.sum(), k=(judged & good).sum())
        .collect()
    )
    return {
        row["changed"]: _Followers(row["every"], row["n"], row["k"])
        for row in counts.iter_rows(named=True)
    }


def _n_ratings(ws: Workspace, asked: Span | None) -> int:
    frame = _selected(ws, "responses", asked)
    assert frame is not None
    return int(frame.filter("is_rating").select(pl.len()).collect().item())


def _selected(ws: Workspace, family: Family, asked: Span | None) -> pl.LazyFrame | None:
    return ws.rows(family, (), asked)
