"""Which figures of a period stand: stored or at hand."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.analyses.history.merging import Fresh, merged, start_of_rows
from csatkit.analyses.history.stored import Block, Place, Written

MONDAY = date(2026, 1, 5)
OVER = datetime(2026, 1, 12)
SETTLED = OVER + timedelta(days=14 + 28)


def _place(series: str = "s", week: int = 0, by: str = "[]") -> Place:
    return Place(series, "week", "csat", by, MONDAY + timedelta(days=7 * week))


def _block(n: int, data_end: datetime, k: int = 0) -> Block:
    cells = {"{}": Written(json.dumps({"csat.n": n, "csat.k": k}), None)}
    return Block("2026-W02", date(2026, 1, 11), data_end, "{}", cells)


def _days(n: float) -> datetime:
    return OVER + timedelta(days=n)


@pytest.mark.parametrize(
    ("old", "new", "taken", "why"),
    [
        (None, (50, 1), True, None),
        ((50, 1), (51, 2), True, None),
        ((50, 1), (51, 1), True, None),  # the same data end: a corrected export
        ((50, 3), (51, 2), False, "newer"),  # an older export
        ((50, 3), (50, 2), False, None),  # an older export that says the same
        ((50, 1), (50, 2), True, None),  # the same figures, older: mature now
        ((50, 42), (51, 60), False, "frozen"),  # exactly settled
        ((50, 42), (50, 60), False, None),
        ((50, 41.9), (51, 60), True, None),
        ((50, 1), (45, 2), True, None),  # a tenth fewer
        ((50, 1), (44, 2), False, "fuller"),
        ((10, 1), (8, 2), True, None),  # two fewer
        ((10, 1), (7, 2), False, "fuller"),
        ((50, 42), (5, 60), False, "frozen"),
    ],
)
def test_the_rule(
    old: tuple[int, float] | None, new: tuple[int, float], taken: bool, why: str | None
) -> None:
    place = _place()
    stored = {} if old is None else {place: _block(old[0], _days(old[1]))}
    fresh = Fresh(_block(new[0], _days(new[1])), SETTLED)
    after, kept = merged(stored, {place: fresh})
    assert after == {place: fresh.block if taken else stored[place]}
    assert kept == ({} if why is None else {place: why})


def test_nothing_is_ever_dropped() -> None:
    stored = {_place("old"): _block(50, _days(1)), _place(week=-30): _block(9, _days(1))}
    after, kept = merged(stored, {_place("new"): Fresh(_block(40, _days(2)), SETTLED)})
    assert after == {**stored, _place("new"): _block(40, _days(2))}
    assert kept == {}


figures = st.builds(_block, st.integers(0, 60), st.integers(0, 60).map(_days), st.integers(0, 9))
places = st.builds(_place, st.sampled_from(["a", "b"]), st.integers(0, 4))
stores = st.dictionaries(places, figures, max_size=8)


def _fresh(blocks: dict[Place, Block]) -> dict[Place, Fresh]:
    return {place: Fresh(block, SETTLED) for place, block in blocks.items()}


@given(stores, stores)
def test_twice_is_once(stored: dict[Place, Block], export: dict[Place, Block]) -> None:
    fresh = _fresh(export)
    once, kept = merged(stored, fresh)
    assert merged(once, fresh) == (once, kept)


@given(stores, stores)
def test_what_is_frozen_never_moves(stored: dict[Place, Block], export: dict[Place, Block]) -> None:
    after, _ = merged(stored, _fresh(export))
    frozen = {p: b for p, b in stored.items() if b.data_end >= SETTLED}
    assert {p: after[p] for p in frozen} == frozen


@given(st.dictionaries(places, st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8))
def test_the_order_of_two_exports_is_irrelevant_while_nothing_is_frozen(
    growth: dict[Place, tuple[int, int]],
) -> None:
    """The later data end wins, whichever export comes first; rows only arrive."""
    early = _fresh({p: _block(n, _days(10)) for p, (n, _) in growth.items()})
    late = _fresh({p: _block(n + more, _days(20)) for p, (n, more) in growth.items()})
    one = merged(merged({}, early)[0], late)[0]
    other = merged(merged({}, late)[0], early)[0]
    assert one == other == {p: f.block for p, f in late.items()}


@pytest.mark.parametrize(
    ("counts", "start"),
    [
        ([], None),
        ([0, 0], None),
        ([1], 0),
        ([40, 50, 60], 0),
        ([0, 1, 0, 2, 40, 50, 60], 4),  # some old tickets were touched again
        ([1] * 100 + [50] * 13, 100),  # many of them
        ([50, 60, 2000, *[50, 60] * 25], 0),  # an outage isn't what is usual
        ([5, 50, 50], 0),  # a tenth
        ([4, 50, 50], 1),
    ],
)
def test_an_export_begins_where_its_rows_do(counts: list[int], start: int | None) -> None:
    assert start_of_rows(enumerate(counts)) == start
