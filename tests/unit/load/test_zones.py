"""Wall-clock times become UTC; the edges of daylight saving are decided and counted."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from csatkit.errors import UsageError
from csatkit.load.zones import check_zone, is_utc, localise, n_ambiguous, n_nonexistent

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        ("UTC", datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 2, 30)),
        (BERLIN, datetime(2026, 1, 1, 12), datetime(2026, 1, 1, 11)),
        (BERLIN, datetime(2026, 7, 1, 12), datetime(2026, 7, 1, 10)),
        # 02:30 doesn't exist; one hour on it is 03:30 summer time.
        (BERLIN, datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30)),
        # 02:30 occurs twice; the first is still summer time.
        (BERLIN, datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)),
        ("America/New_York", datetime(2026, 3, 8, 2, 30), datetime(2026, 3, 8, 7, 30)),
        ("America/New_York", datetime(2026, 11, 1, 1, 30), datetime(2026, 11, 1, 5, 30)),
        ("Asia/Kolkata", datetime(2026, 1, 1, 5, 30), datetime(2026, 1, 1)),
    ],
)
def test_wall_clock_to_utc(zone: str, wall: datetime, expected: datetime) -> None:
    frame = pl.DataFrame({"wall": [wall, None]})
    assert frame.select(localise(pl.col("wall"), zone)).to_series().to_list() == [expected, None]


def test_the_edges_are_counted() -> None:
    walls = [
        datetime(2026, 3, 29, 2, 30),
        datetime(2026, 10, 25, 2, 30),
        datetime(2026, 5, 1),
        None,
    ]
    frame = pl.DataFrame({"w": walls})
    counts = frame.select(a=n_ambiguous(pl.col("w"), BERLIN), n=n_nonexistent(pl.col("w"), BERLIN))
    assert counts.row(0) == (1, 1)


def test_zone_names() -> None:
    assert check_zone(" europe/berlin ") == BERLIN
    assert is_utc(check_zone("utc"))
    with pytest.raises(UsageError, match="time zone 'Europe/Berln'") as caught:
        check_zone("Europe/Berln")
    assert BERLIN in str(caught.value.hint)
