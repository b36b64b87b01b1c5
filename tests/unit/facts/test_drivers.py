"""The levels of the drivers at their edges, and what isn't known."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.analyses.drivers.gathering import rows_of, usable
from csatkit.facts.drivers import DRIVERS, lacking
from csatkit.metrics import CATALOG
from csatkit.totals.patterns import Pattern, patterns
from tests.unit.facts.building import Row, ticket, workspace

HOUR = 1 / 24
MINUTE = HOUR / 60


def level(driver: str, rows: list[Row], name: str = "T") -> Any:
    """Return the level of one driver of one ticket."""
    ws = workspace(rows)
    drivers, _ = usable(ws, "csat")
    frame = rows_of(ws, CATALOG["fcr"], {driver: drivers[driver]}, None)
    found = frame.filter(pl.col("ticket_id") == name).select(f"level.{driver}").collect()
    return found.item()


END = ticket("end", 90, 90, customer_id="zoe", channel="web", issue_type="other")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-1, None), (0, 0), (4, 0), (4.001, 1), (24, 1), (24.001, 2), (72, 2), (72.001, 3)],
)
def test_bands_of_the_resolution_time_end_with_their_limit(
    hours: float, expected: int | None
) -> None:
    rows = [ticket("T", 20, 20 + hours * HOUR), END]
    assert level("slow_resolution", rows) == expected


@pytest.mark.parametrize(("contacts", "expected"), [(None, None), (1, 0), (2, 1), (4, 3), (9, 3)])
def test_further_contacts(contacts: int | None, expected: int | None) -> None:
    rows = [ticket("T", 20, 21, contact_count=contacts), {**END, "contact_count": 1}]
    assert level("further_contacts", rows) == expected


@pytest.mark.parametrize(
    ("channel", "minutes", "expected"),
    [("chat", 2, 0), ("chat", 2.01, 1), ("chat", None, 1), ("email", 119, 0), ("phone", 500, None)],
)
def test_first_response_against_the_limit(
    channel: str, minutes: float | None, expected: int | None
) -> None:
    first = None if minutes is None else ticket("", 20 + minutes * MINUTE)["created_at"]
    rows = [ticket("T", 20, 21, channel=channel, first_response_at=first), END]
    assert level("late_response", rows) == expected


@pytest.mark.parametrize(
    ("solved", "opened_at", "channel", "expected"),
    [
        (20, 34, "email", 1),
        (20, 34, "chat", 0),
        (20, 34.0001, "email", 0),
        (None, 34, "email", 0),
        (None, 33, "email", 1),
    ],
)
def test_channel_change_within_the_window(
    solved: float | None, opened_at: float, channel: str, expected: int
) -> None:
    """The window runs from the earlier ticket's resolution, else from its creation on day 19."""
    earlier = ticket("E", 19, solved, channel="chat")
    rows = [ticket("0", 0, 1, customer_id="bo", channel="web"), earlier,
            ticket("T", opened_at, 40, channel=channel), END]  # fmt: skip
    assert level("channel_change", rows) == expected


@pytest.mark.parametrize(
    "rows",
    [
        [ticket("T", 5, 6, channel="chat"),
         ticket("0", 0, 1, customer_id="bo", channel="web"), END],
        [ticket("T", 40, 41, channel="chat", customer_id=None),
         ticket("0", 0, 1, channel="web"), END],
    ],
    ids=["in the first window", "without a customer"],
)  # fmt: skip
def test_channel_change_that_nobody_can_know(rows: list[Row]) -> None:
    assert level("channel_change", rows) is None


def test_another_issue_is_no_channel_change() -> None:
    rows = [ticket("0", 0, 1, customer_id="bo", channel="web"),
            ticket("E", 30, 31, channel="chat", issue_type="bill"),
            ticket("T", 32, 33, channel="email"), END]  # fmt: skip
    assert level("channel_change", rows) == 0


@pytest.mark.parametrize("driver", list(DRIVERS.values()), ids=lambda d: d.id)
def test_the_missing_column_is_named(driver: Any) -> None:
    every = frozenset(c for group in driver.needs for c in group)
    facts = frozenset({"is_limit_decided", "is_transferred"})
    assert lacking(driver, every, facts) is None
    for group in driver.needs:
        assert lacking(driver, every - set(group), facts) == f"column {group[0]} missing"


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]), st.sampled_from([0, 1, None]), st.booleans(),
        st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


def counted(given_rows: list[tuple[str | None, int | None, bool, bool]]) -> list[Pattern]:
    schema = {"issue_type": pl.String, "x": pl.Int8, "y": pl.Boolean, "z": pl.Boolean}
    frame = pl.DataFrame(given_rows, schema=schema, orient="row").lazy()
    return patterns(frame, ["issue_type"], [pl.col("x")], pl.col("y"), {"z": pl.col("z")})


@given(rows, rows)
def test_counts_of_parts_add_up(one: list[Any], other: list[Any]) -> None:
    def sums(found: list[Pattern]) -> dict[Any, tuple[int, int, int]]:
        total: dict[Any, tuple[int, int, int]] = {}
        for p in found:
            n, k, z = total.get((p.strata, p.levels), (0, 0, 0))
            total[p.strata, p.levels] = (n + p.n, k + p.k, z + p.more["z"])
        return total

    assert sums(counted(one) + counted(other)) == sums(counted(one + other))
    assert sum(p.n for p in counted(one)) == len(one)
