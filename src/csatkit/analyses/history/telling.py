"""What readers must know of stored figures: which are shown, which stand, where a line breaks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from csatkit.analyses.history.merging import Kept
from csatkit.analyses.history.series import Series, changes, is_same_selection
from csatkit.analyses.history.stored import Block, Place
from csatkit.metrics import CATALOG
from csatkit.notes import note
from csatkit.render.document import instant
from csatkit.render.values import number

if TYPE_CHECKING:
    from csatkit.analyses.history.memory import Memory
    from csatkit.analyses.timeline import Line
    from csatkit.report import Note

__all__ = ["remarks_on"]

A_YEAR = timedelta(days=366)
"""How far back figures of another definition are missed."""

OVERALL = "[]"

WHY: Mapping[Kept, str] = {
    "frozen": "older than the window and 28 days more, so frozen",
    "newer": "computed for a later data end",
    "fuller": "of periods of which this export holds far fewer rows",
}


def remarks_on(memory: Memory, lines: Sequence[Line]) -> Iterator[Note]:
    """Yield the notes on the stored figures behind some lines."""
    yield from _used(memory, lines)
    yield from _kept(memory)
    yield from _new_series(memory)


def _used(memory: Memory, lines: Sequence[Line]) -> Iterator[Note]:
    points = [p for line in lines for p in line.points]
    stored = {p.period.first: p.computed for p in points if p.computed is not None}
    if not stored:
        return
    ends = sorted({p.computed for p in points if p.computed is not None})
    when = instant(ends[0]) if len(ends) == 1 else f"{instant(ends[0])} to {instant(ends[-1])}"
    shown = len({p.period.first for p in points})
    text = (
        f"figures of {len(stored)} of {shown} {memory.every}s come from {memory.path}, computed "
        f"for data ends {when}"
    )
    yield note("history.used", text)


def _kept(memory: Memory) -> Iterator[Note]:
    standing = memory.outcome.standing
    if not standing:
        return
    # A breakdown repeats what the overall figures say, unless these agree.
    shown = {p: why for p, why in standing.items() if p.by == OVERALL} or dict(standing)
    counts = Counter(shown.values())
    parts = "; ".join(f"{counts[why]} {text}" for why, text in WHY.items() if counts[why])
    place = max(shown, key=lambda p: (p.first, p.metric))
    block = memory.outcome.after[place]
    n = len(shown)
    text = (
        f"{n} stored {'figure differs' if n == 1 else 'figures differ'} from this export and "
        f"{'stays' if n == 1 else 'stay'} in {memory.path}: {parts}; for example "
        f"{CATALOG[place.metric].label} of {block.period}{_sums(place, block)}"
    )
    yield note("history.kept", text, "warning" if counts["fuller"] else "info")


def _sums(place: Place, block: Block) -> str:
    """Return the stored sums of an overall figure: `, 40 of 56`."""
    if place.by != OVERALL:
        return ""
    totals = json.loads(next(iter(block.cells.values())).totals)
    n, k = totals.get(f"{place.metric}.n"), totals.get(f"{place.metric}.k")
    return f", stored as {number(k)} of {number(n)}" if k is not None else f", stored with n = {n}"


def _new_series(memory: Memory) -> Iterator[Note]:
    """Yield where figures of another definition are left out, or were followed by a new series."""
    told: dict[str, Note] = {}
    for (metric, by), mine in memory.series.items():
        others = {
            place: block
            for place, block in memory.outcome.after.items()
            if (place.metric, place.by, place.every) == (metric, by, memory.every)
            and place.series != mine.id
            and is_same_selection(block.definition, mine.words)
        }
        missed = _missed(memory, mine, metric, by, others)
        if missed is None:
            continue
        latest = max(others, key=lambda p: (others[p].data_end, p.series))
        n = len({p.first for p in others if p.series == latest.series})
        rest = f"{n} {memory.every}{'s' if n > 1 else ''} under the old rules stay in the file"
        text = (
            f"{CATALOG[metric].label}: its rules changed "
            f"({changes(others[latest].definition, mine.words)}), so a new series began in "
            f"{memory.path}; {rest} and aren't shown"
        )
        told.setdefault(metric, note("history.new_series", text, "warning"))
    yield from told.values()


def _missed(
    memory: Memory, mine: Series, metric: str, by: str, others: Mapping[Place, Block]
) -> date | None:
    """Return the latest period that others have and this series should, None where all is well."""
    if not others:
        return None

    def firsts(blocks: Mapping[Place, Block]) -> list[date]:
        return [
            p.first for p in blocks
            if (p.series, p.every, p.metric, p.by) == (mine.id, memory.every, metric, by)
        ]  # fmt: skip

    old = max(p.first for p in others)
    if not firsts(memory.outcome.before):
        return old
    now = firsts(memory.outcome.after)
    earlier = [p.first for p in others if p.first < min(now)]
    recent = [first for first in earlier if first > max(now) - A_YEAR]
    return max(recent, default=None)
