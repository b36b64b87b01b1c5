"""Every way to write an instant is read back, and open orders are never guessed."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.errors import UsageError
from csatkit.load.dates import Reading, declared, is_numeric, ordered, read_sample
from csatkit.load.normalise import epoch, in_range, strptime
from csatkit.load.order import Evidence, evidence_in, evidence_of, undecidable


def _read(cells: list[str | None], reading: Reading, zone: str = "UTC") -> list[datetime | None]:
    cell = pl.col("cell")
    if reading.per_second:
        parsed = epoch(cell, reading.per_second)
    else:
        nothing = pl.lit(None, dtype=pl.Datetime("us"))
        parsed = pl.coalesce([nothing, *(strptime(cell, f, zone) for f in reading.formats)])
    frame = pl.DataFrame({"cell": cells}, schema={"cell": pl.String})
    return frame.select(in_range(parsed)).to_series().to_list()


def _one(cell: str, order: str = "dmy") -> datetime | None:
    reading = read_sample([cell])
    return _read([cell], ordered(reading, "mdy" if order == "mdy" else "dmy"))[0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2020-9-3 7:43:30", datetime(2020, 9, 3, 7, 43, 30)),
        ("2026-02-25T16:38:58.679", datetime(2026, 2, 25, 16, 38, 58, 679000)),
        ("2026-02-25T16:38:58Z", datetime(2026, 2, 25, 16, 38, 58)),
        ("2026-02-25T16:38:58.5+02:00", datetime(2026, 2, 25, 14, 38, 58, 500000)),
        ("2026-02-25 16:38:58-0530", datetime(2026, 2, 25, 22, 8, 58)),
        ("2026-09-02 10:00:00 UTC", datetime(2026, 9, 2, 10)),
        ("2026-02-25", datetime(2026, 2, 25)),
        ("2026/02/25 16:38", datetime(2026, 2, 25, 16, 38)),
        ("29/2/2016 01:16", datetime(2016, 2, 29, 1, 16)),
        ("29.02.16", datetime(2016, 2, 29)),
        ("08-04-2023 20:52", datetime(2023, 4, 8, 20, 52)),
        ("25/Feb/26 10:17 PM", datetime(2026, 2, 25, 22, 17)),
        ("25-Feb-2026", datetime(2026, 2, 25)),
        ("Feb 25, 2026 10:17", datetime(2026, 2, 25, 10, 17)),
        ("February 25, 2026, 10:17 am", datetime(2026, 2, 25, 10, 17)),
        ("3 March 2026", datetime(2026, 3, 3)),
        ("Wed, 25 Feb 2026 10:17:00 +0100", datetime(2026, 2, 25, 9, 17)),
        ("1456709760", datetime(2016, 2, 29, 1, 36)),
        ("1456709760123", datetime(2016, 2, 29, 1, 36, 0, 123000)),
        ("2099-12-31 23:59:59", datetime(2099, 12, 31, 23, 59, 59)),
        ("31/12/68 00:00", datetime(2068, 12, 31)),
    ],
)
def test_each_way_to_write_an_instant(cell: str, expected: datetime) -> None:
    assert _one(cell) == expected


@pytest.mark.parametrize(
    "cell",
    ["31/02/2020", "0001-01-01 00:00:00", "9999-12-31", "1969-12-31", "31/12/69", "soon", "12:30"],
)
def test_what_is_no_instant_is_null(cell: str) -> None:
    assert _one(cell) is None


def test_the_order_turns_the_same_cell() -> None:
    assert _one("3/4/2026 10:00 PM", "dmy") == datetime(2026, 4, 3, 22)
    assert _one("3/4/2026 10:00 PM", "mdy") == datetime(2026, 3, 4, 22)


def test_other_precisions_of_the_same_make_are_read_too() -> None:
    reading = read_sample(["2026-01-02 03:04:05"] * 5)
    cells: list[str | None] = ["2026-01-02 03:04:05", "2026-01-02", "2026-01-02 03:04:05.25", None]
    assert _read(cells, reading) == [
        datetime(2026, 1, 2, 3, 4, 5),
        datetime(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4, 5, 250000),
        None,
    ]


HALF = datetime(2026, 2, 3, 10, 15, 0, 500000)

FORMATS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%y %I:%M:%S %p",
    "%d/%b/%y %I:%M:%S %p",
    "%b %d, %Y %H:%M:%S",
    "%d %B %Y %H:%M:%S",
]


@given(
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2068, 12, 31)),
    pattern=st.sampled_from(FORMATS),
)
def test_what_is_written_is_read_back(moment: datetime, pattern: str) -> None:
    if "%y" in pattern:
        moment = moment.replace(year=2000 + moment.year % 69)
    if "%f" not in pattern:
        moment = moment.replace(microsecond=0)
    assert _one(moment.strftime(pattern)) == moment


@given(moment=st.datetimes(datetime(2002, 1, 1), datetime(2100, 1, 1)), milli=st.booleans())
def test_epochs_are_read_back(moment: datetime, milli: bool) -> None:
    moment = moment.replace(microsecond=0)
    seconds = (moment - datetime(1970, 1, 1)) // timedelta(seconds=1)
    assert _one(str(seconds * 1000 if milli else seconds)) == moment


@pytest.mark.parametrize(
    ("text", "order", "cell", "expected"),
    [
        ("dmy", "dmy", None, None),
        ("mdy", "mdy", None, None),
        ("ymd", "ymd", None, None),
        ("epoch-ms", None, "1000000", datetime(1970, 1, 1, 0, 16, 40)),
        ("%Y%m%dT%H%M%S", None, "20260225T101500", datetime(2026, 2, 25, 10, 15)),
        ("%d %b %Y %H.%M", None, "3 March 2026 10.15", datetime(2026, 3, 3, 10, 15)),
        ("%H:%M:%S.%f %d.%m.%Y", None, "10:15:00.5 03.02.2026", HALF),
        ("%Y-%m-%d %H:%M %z", None, "2026-02-25 10:15 +0100", datetime(2026, 2, 25, 9, 15)),
        (None, None, None, None),
    ],
)
def test_the_users_format(
    text: str | None, order: str | None, cell: str | None, expected: datetime | None
) -> None:
    found, reading = declared(text)
    assert found == order
    if cell is not None:
        assert reading is not None
        assert _read([cell], reading) == [expected]


def test_year_month_day_with_two_digits_has_to_be_said() -> None:
    reading = ordered(read_sample(["26/02/25"]), "ymd")
    assert _read(["26/02/25"], reading) == [datetime(2026, 2, 25)]


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="date format 'dym'"):
        declared("dym")


def test_iso_dates_are_not_open() -> None:
    assert not any(map(is_numeric, read_sample(["2026-02-03", "3 March 2026"]).formats))
    assert any(map(is_numeric, read_sample(["03/02/26"]).formats))


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2026", "13/04/2026"], "dmy"),
        (["03/04/2026", "04/13/2026"], "mdy"),
        (["03/04/2026"], None),
        (["04/04/2026", "05/05/2026"], "dmy"),
        (["13/01/2026", "14/01/2026", "01/13/2026"], "dmy"),
        (["13/01/2026", "01/13/2026"], None),
    ],
)
def test_the_order_follows_from_the_values(cells: list[str], order: str | None) -> None:
    evidence = evidence_of(cells)
    assert evidence.order == order
    assert evidence_in(pl.LazyFrame({"a": cells}), ["a"]) == Evidence(
        evidence.day_first, evidence.month_first, min(_open(cells), default=None)
    )


def _open(cells: list[str]) -> list[str]:
    return [c for c in cells if c[:2] != c[3:5] and int(c[:2]) <= 12 and int(c[3:5]) <= 12]


def test_the_error_shows_both_readings() -> None:
    error = undecidable("x.csv", "Created", "03/04/26 10:00")
    assert "3 April 2026 or 4 March 2026" in error.message
    assert "--date-format" in str(error.hint)
