"""Why CSAT changed, segment by segment: rate, mix and response terms that add up exactly.

An identity, not a cause: the terms say where the change sits. They come from totals of two periods.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csatkit.analyses.against import Pair
from csatkit.analyses.measuring import Request, Table, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.metrics import CATALOG
from csatkit.report import Cell, CellUnit, Difference, Section
from csatkit.report import Table as ShownTable
from csatkit.stats.decomposition import ChangeSplit, SegmentCounts, SegmentTerms, split_change
from csatkit.stats.intervals import newcombe
from csatkit.totals import Key

__all__ = ["NO_VALUE", "Segment", "Split", "points", "split_section", "splits"]

NO_VALUE = "(none)"
"""Stands for tickets without a value in the column."""

ALL = "(all)"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment in both periods, its terms, and how its own rate changed; all of it shares."""

    name: str
    before: SegmentCounts
    after: SegmentCounts
    terms: SegmentTerms
    own: Difference | None
    """None where it is too small to be named."""


@dataclass(frozen=True, slots=True)
class Split:
    """The split of one breakdown; `missing` says why there is none."""

    dims: tuple[str, ...]
    split: ChangeSplit | None = None
    segments: tuple[Segment, ...] = ()
    missing: str | None = None

    @property
    def title(self) -> str:
        """Return the breakdown in words: `channel`, `issue type × channel`."""
        return " × ".join(d.replace("_", " ") for d in self.dims)

    def named(self, presence: str) -> list[str]:
        """Return the segments that are `new` or `vanished`."""
        return [s.name for s in self.segments if s.terms.presence == presence]


def splits(ws: Workspace, pair: Pair, cuts: Sequence[tuple[str, ...]]) -> list[Split]:
    """Return the split of the change of CSAT for every breakdown."""
    csat, sent = CATALOG["csat"], CATALOG["response_rate"]
    lacking = {dims: _lacks(ws, dims) for dims in cuts}
    usable = [dims for dims in cuts if lacking[dims] is None]
    requests = [
        Request((csat, sent), dims, span) for dims in usable for span in (pair.before, pair.now)
    ]
    tables = iter(tabulate(ws, requests))
    found = []
    for dims in cuts:
        reason = lacking[dims]
        if reason is not None:
            found.append(Split(dims, missing=reason))
        else:
            found.append(_split(ws, dims, next(tables), next(tables)))
    return found


def _lacks(ws: Workspace, dims: Sequence[str]) -> str | None:
    if "tags" in dims:
        return "a ticket counts under each of its tags, so its parts don't add up"
    return ws.lacks(CATALOG["csat"]) or ws.lacks_dimension("responses", dims)


def _counts(table: Table) -> dict[Key, SegmentCounts]:
    """Return satisfied, rated and surveys sent of every segment of one period."""
    rated = table.cells.get("csat", {})
    sent = table.cells.get("response_rate")
    found = {}
    for key in {**rated, **(sent or {})}:
        cell: Mapping[str, float | int | None] = rated.get(key, {})
        asked = None if sent is None else int(sent.get(key, {}).get("response_rate.n") or 0)
        k, n = (int(cell.get(name) or 0) for name in ("csat.k", "csat.n"))
        if n or asked:
            found[key] = SegmentCounts(k, n, asked)
    return found


def _split(ws: Workspace, dims: tuple[str, ...], old: Table, new: Table) -> Split:
    before, after = _counts(old), _counts(new)
    keys = sorted({*before, *after}, key=lambda key: tuple((v is None, str(v)) for v in key))
    is_known = "response_rate" in old.cells
    none = SegmentCounts(0, 0, 0 if is_known else None)
    pairs = [(before.get(key, none), after.get(key, none)) for key in keys]
    found = split_change([b for b, _ in pairs], [a for _, a in pairs])
    if found is None:
        return Split(dims, missing="a period has no ratings")
    s = ws.settings
    segments = [
        Segment(_name(ws, dims, key), b, a, terms, _own_change(b, a, s.level, s.min_n))
        for key, (b, a), terms in zip(keys, pairs, found.segments, strict=True)
    ]
    segments.sort(key=lambda s: (-abs(s.terms.total), s.name))
    return Split(dims, found, tuple(segments))


def _name(ws: Workspace, dims: Sequence[str], key: Key) -> str:
    values = ws.label(dims, key).values()
    return ", ".join(NO_VALUE if v is None else v for v in values)


def _own_change(
    before: SegmentCounts, after: SegmentCounts, level: float, min_n: int
) -> Difference | None:
    """Return how a segment's own rate changed, None where it is too small to be named."""
    if min(before.n, after.n) < max(min_n, 1):
        return None
    interval = newcombe(after.k, after.n, before.k, before.n, level)
    assert interval is not None
    gap = after.k / after.n - before.k / before.n
    return Difference(gap, interval.low, interval.high, "")


def split_section(found: Split) -> Section:
    """Return the table of one breakdown with what has to be known about it."""
    key = f"split_{'_'.join(found.dims)}"
    title = f"CSAT by {found.title}: where the change sits"
    if found.split is None:
        return Section(key, title, missing=found.missing)
    return Section(key, title, text=_words(found), tables=(_table(found),))


def _words(found: Split) -> tuple[str, ...]:
    split = found.split
    assert split is not None
    terms = {"rate": split.rate, "mix": split.mix}
    if split.is_response_separable:
        terms["response"] = split.response
    parts = " ".join(f"{name} {points(x)}" for name, x in terms.items())
    lines = [f"Change {points(split.change)} points = {parts}."]
    if not split.is_response_separable:
        lines.append("Response not separable: mix holds who was asked and who answered together.")
    for word in ("new", "vanished"):
        names = found.named(word)
        if names:
            lines.append(f"{word.capitalize()}: {', '.join(names)}.")
    return tuple(lines)


def points(share: float) -> str:
    """Return a difference of shares in points, one decimal, signed."""
    shown = f"{100 * share:+.1f}"
    return "0.0" if shown in ("+0.0", "-0.0") else shown.replace("-", "−")


def _table(found: Split) -> ShownTable:
    split = found.split
    assert split is not None
    columns = {
        "segment": found.title.capitalize(), "before": "Before", "n_before": "n",
        "after": "After", "n_after": "n", "rate": "Rate", "mix": "Mix", "response": "Resp.",
        "total": "Sum", "presence": "Seen",
    }  # fmt: skip
    if not split.is_response_separable:
        del columns["response"]
    if all(s.terms.presence == "both" for s in found.segments):
        del columns["presence"]
    rows = [_row(s.name, s.before, s.after, s.terms) for s in found.segments]
    whole = SegmentTerms(split.rate, split.mix, split.response, "both")
    old, new = (_sum([s.before for s in found.segments]), _sum([s.after for s in found.segments]))
    rows.append(_row(ALL, old, new, whole))
    units: dict[str, CellUnit] = {
        "before": "percent", "n_before": "count", "after": "percent", "n_after": "count",
        "rate": "points", "mix": "points", "response": "points", "total": "points",
    }  # fmt: skip
    return ShownTable(
        columns,
        tuple({name: row[name] for name in columns} for row in rows),
        units={name: unit for name, unit in units.items() if name in columns},
    )


def _sum(counts: Sequence[SegmentCounts]) -> SegmentCounts:
    return SegmentCounts(sum(c.k for c in counts), sum(c.n for c in counts))


def _row(
    name: str, before: SegmentCounts, after: SegmentCounts, terms: SegmentTerms
) -> dict[str, Cell]:
    return {
        "segment": name,
        "before": 100 * before.k / before.n if before.n else None,
        "n_before": before.n,
        "after": 100 * after.k / after.n if after.n else None,
        "n_after": after.n,
        "rate": 100 * terms.rate,
        "mix": 100 * terms.mix,
        "response": 100 * terms.response,
        "total": 100 * math.fsum((terms.rate, terms.mix, terms.response)),
        "presence": terms.presence,
    }
