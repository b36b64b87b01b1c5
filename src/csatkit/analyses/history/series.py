"""What a series of figures rests on: every rule that can move the number, and a short id of them.

Figures of two definitions are never put on one line. What the data happens to hold isn't part of
it, or each export would start a line of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from csatkit.analyses.history.stored import VERSION, as_json
from csatkit.analyses.privacy import PERSONS, masked
from csatkit.analyses.wording import rule
from csatkit.analyses.workspace import Workspace
from csatkit.metrics.metric import OF_TICKETS, Metric, Quantiles
from csatkit.totals.aggregates import aggregates

__all__ = ["Series", "changes", "is_same_selection", "series_of", "total_names"]

QUANTILES = ("n", "p50", "p90", "low", "high")
"""Parts of a duration's figures; they don't add up and are stored as they were taken."""

SELECTION = "where"
"""Key of the conditions: another selection is another line, not a changed rule."""


@dataclass(frozen=True, slots=True)
class Series:
    """One definition of one metric under one breakdown."""

    id: str
    words: str
    """The definition as a JSON object."""


def total_names(ws: Workspace, metric: Metric) -> tuple[str, ...]:
    """Return the names of the totals that a metric is estimated from."""
    if isinstance(metric.measure, Quantiles):
        return tuple(f"{metric.id}.{part}" for part in QUANTILES)
    sums = aggregates((metric,), ws.ratings, ws.facts.rules.window_grid, surveys=False)
    names = (e.meta.output_name() for e in sums)
    return tuple(name for name in names if name != "rows")


def series_of(ws: Workspace, metric: Metric, every: str, dims: Sequence[str]) -> Series | None:
    """Return the series of a metric in this run; None where its figures mustn't be stored.

    Args:
        ws: the run.
        metric: what is counted.
        every: length of the periods.
        dims: the breakdown, without the period.
    """
    privacy = ws.settings.privacy
    named = {*dims, *(c.column for c in ws.asked)} & set(PERSONS)
    if named and privacy == "none":
        return None
    words = {
        "rule": rule(metric, ws),
        **dict(_rules(ws, metric, every)),
        SELECTION: sorted(_conditions(ws)),
        "exclude": dict(_exclusions(ws)),
    }
    if named and privacy != "all":
        words["privacy"] = privacy
    # What privacy hides from the words still tells two definitions apart.
    hidden = (sorted(map(repr, ws.asked)), _plain(ws.settings.source.exclude))
    names = total_names(ws, metric)
    text = json.dumps([VERSION, metric.id, words, hidden, names], sort_keys=True)
    return Series(blake2b(text.encode(), digest_size=8).hexdigest(), as_json(words))


def _rules(ws: Workspace, metric: Metric, every: str) -> Iterator[tuple[str, object]]:
    s = ws.settings
    if metric.family in OF_TICKETS:
        yield "window_days", float(metric.window_days or s.window_days)
        yield "repeat_on", s.repeat_on
        yield "fail_on", list(s.fail_on)
        limits = {name: limit.total_seconds() for name, limit in s.response_limits.items()}
        yield "first_response_seconds", dict(sorted(limits.items()))
    else:
        yield "mature_days", float(s.mature_days)
        yield "mature_surveys", s.mature_surveys
    if metric.family == "responses":
        yield "rating", s.rating
        yield from _scale(ws)
    yield "resolved_statuses", sorted(s.source.resolved_statuses)
    yield "clock", s.clock
    yield "timezone", ws.zone
    if every == "week":
        yield "week_start", s.week_start
    if isinstance(metric.measure, Quantiles):
        yield "level", s.level


def _scale(ws: Workspace) -> Iterator[tuple[str, object]]:
    scale = ws.scale
    if scale is None:
        return
    names = dict(zip(scale.codes, scale.labels, strict=True))
    yield "scale", scale.name
    yield "satisfied", [names[c] for c in sorted(scale.satisfied)]
    yield "low", [names[c] for c in sorted(scale.low)]
    yield "detractor", [names[c] for c in sorted(scale.detractor or ())]
    yield "converted_from", list(ws.rating_sources)
    yield "unrated", sorted(ws.settings.source.unrated)
    yield "labels", dict(sorted(ws.settings.source.labels.items()))


def _conditions(ws: Workspace) -> Iterator[str]:
    for c in ws.asked:
        shown = [masked(c.column, v, ws.settings.privacy) or "" for v in c.values]
        yield f"{c.column} {c.op} {'|'.join(shown)}"


def _exclusions(ws: Workspace) -> Iterator[tuple[str, list[str]]]:
    for column, words in sorted(ws.settings.source.exclude.items()):
        yield column, sorted({masked(column, w, ws.settings.privacy) or "" for w in words})


def _plain(exclude: Mapping[str, Sequence[str]]) -> list[object]:
    return [[column, sorted(words)] for column, words in sorted(exclude.items())]


def is_same_selection(one: str, other: str) -> bool:
    """Tell whether two definitions select the same rows by `--where`."""
    return _words(one).get(SELECTION) == _words(other).get(SELECTION)


def changes(old: str, new: str) -> str:
    """Return which rules differ, from what to what.

    >>> changes('{"rule":"14 days","window_days":14.0}', '{"rule":"7 days","window_days":7.0}')
    'window days 14 → 7'
    """
    before, after = _words(old), _words(new)
    keys = [k for k in dict.fromkeys([*after, *before]) if before.get(k) != after.get(k)]
    # The rule in words follows from the others; alone, it says what the data decided.
    keys = [k for k in keys if k != "rule"] or keys
    told = [f"{k.replace('_', ' ')} {_short(before.get(k))} → {_short(after.get(k))}" for k in keys]
    return ", ".join(told) or "how its totals are counted"


def _words(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _short(value: object) -> str:
    if value is None or value in ([], {}):
        return "none"
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case list():
            return "|".join(map(str, value))
        case dict():
            return "; ".join(f"{k} = {_short(v)}" for k, v in value.items())
        case _:
            return str(value)
