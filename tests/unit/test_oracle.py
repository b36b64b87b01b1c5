"""The oracle gives the hand-computed values, so that it may judge the engine."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.metrics import CATALOG, OWN
from tests.oracle import Options, Row, cell_text, evaluate, kaplan_meier
from tests.oracle.building import DATA_END, DAY, JAN, counts, overall, ticket
from tests.oracle.evaluate import NO_WINDOW
from tests.strategies import Tables, tables, write_csv, write_parquet

DATA = Path(__file__).resolve().parent.parent / "data" / "conformance"
AS_OF = Options(as_of=datetime(2026, 3, 1))

NOT_SHARES = {
    "csat_average", "reopen_events", "reopen_events_zendesk", "reopen_events_dbt", "survey_ratio",
}  # fmt: skip
"""Metrics whose numerator may exceed the denominator."""


def read(path: Path, rename: dict[str, str] | None = None, iso: bool = True) -> list[Row]:
    """Return the rows of a CSV file as canonical rows; only renamed columns if any are."""
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    names = rename or {name: name for name in found[0]}
    return [{new: _cell(new, row[old], iso) for old, new in names.items()} for row in found]


def _cell(name: str, text: str, iso: bool) -> Any:
    if text in ("", "?"):
        return None
    if name.endswith("_at"):
        return datetime.fromisoformat(text if iso else _iso(text))
    if name.endswith("_count") or name == "score":
        return int(text)
    return text == "yes" if name == "confirmed_resolved" else text


def _iso(text: str) -> str:
    """Return `29/2/2016 01:16`, day first without padding, as an ISO instant."""
    day, month, rest = text.split("/")
    year, time = rest.split()
    return f"{year}-{int(month):02d}-{int(day):02d} {time}"


# --- the conformance files ---


@pytest.fixture
def fcr_rows() -> list[Row]:
    return read(DATA / "fcr_tickets.csv")


@pytest.fixture
def survey_rows() -> list[Row]:
    return read(DATA / "surveys.csv")


@pytest.mark.parametrize("name", ["fcr_tickets.csv", "surveys.csv"])
@pytest.mark.shared
def test_the_copies_are_the_shared_files(shared: Path, name: str) -> None:
    assert (DATA / name).read_bytes() == (shared / "conformance" / name).read_bytes()


def test_fcr_and_its_waterfall(fcr_rows: list[Row]) -> None:
    cell = overall(fcr_rows, None, AS_OF)
    assert counts(cell("fcr")) == (7, 16)
    assert cell("fcr").value == pytest.approx(43.75)
    assert cell("fcr").extra == {
        "failures": {
            "unresolved": 1,
            "not_confirmed": 1,
            "reopened": 2,
            "repeat": 3,
            "multiple_contacts": 1,
            "transferred": 1,
        },
        "excluded": {"immature": 2},
        "not_measured": [],
        "quick": {"repeat": 1},
    }
    assert counts(cell("fcr_resolved")) == (7, 15)
    assert counts(cell("fcr_naive")) == (8, 16)
    assert counts(cell("repeat_contact_rate")) == (3, 10)


def test_repeats_of_any_issue(fcr_rows: list[Row]) -> None:
    cell = overall(fcr_rows, None, replace(AS_OF, repeat_on="customer"))
    assert counts(cell("fcr")) == (5, 16)
    assert counts(cell("repeat_contact_rate")) == (5, 12)


def test_a_shorter_window_holds_nothing_back(fcr_rows: list[Row]) -> None:
    cell = overall(fcr_rows, None, replace(AS_OF, window_days=7))
    assert counts(cell("fcr")) == (9, 18)
    assert cell("fcr").extra["excluded"] == {}


def test_reopens(fcr_rows: list[Row]) -> None:
    cell = overall(fcr_rows, None, AS_OF)
    assert counts(cell("reopen_rate")) == (2, 16)
    assert counts(cell("reopen_events")) == (3, 16)
    assert counts(cell("never_reopened")) == (14, 16)


def test_no_issue_column_means_the_customer(fcr_rows: list[Row]) -> None:
    rows = [{name: row[name] for name in row if name != "issue_type"} for row in fcr_rows]
    assert counts(overall(rows, None, AS_OF)("repeat_contact_rate")) == (5, 12)


@pytest.mark.parametrize(
    ("rating", "csat", "total", "distribution"),
    [
        ("first", (2, 3), 11, {"2": 1, "4": 1, "5": 1}),
        ("last", (2, 3), 11, {"1": 1, "5": 2}),
        ("all", (3, 5), 17, {"1": 1, "2": 1, "4": 1, "5": 2}),
    ],
)
def test_which_rating(
    survey_rows: list[Row],
    rating: str,
    csat: tuple[float | None, int | None],
    total: int,
    distribution: dict[str, int],
) -> None:
    cell = overall(None, survey_rows, Options(rating=rating))
    assert counts(cell("csat")) == csat
    assert counts(cell("csat_average")) == (total, csat[1])
    assert cell("csat").extra["distribution"] == distribution


def test_response_and_surveyed_tickets(survey_rows: list[Row]) -> None:
    cell = overall(None, survey_rows, Options())
    assert counts(cell("response_rate")) == (4, 5)
    assert cell("response_rate").extra["tickets"] == {"rated": 3, "surveyed": 4}


@pytest.fixture(scope="module")
def incidents(shared: Path) -> list[Row]:
    names = {
        "number": "ticket_id",
        "caller_id": "customer_id",
        "resolved_by": "agent",
        "contact_type": "channel",
        "category": "issue_type",
        "opened_at": "created_at",
        "resolved_at": "resolved_at",
        "closed_at": "closed_at",
        "reopen_count": "reopen_count",
        "reassignment_count": "transfer_count",
    }
    return read(shared / "data" / "uci-incidents" / "incidents.csv", names, iso=False)


PAIRWISE = frozenset(CATALOG) - frozenset(OWN)


@pytest.mark.shared
@pytest.mark.slow
def test_real_incidents_without_transfers(incidents: list[Row]) -> None:
    mapped = set(incidents[0]) - {"transfer_count"}
    cells = evaluate(incidents, None, Options(), columns=mapped, left_out=PAIRWISE)
    fcr = cells["fcr", ()]
    assert counts(fcr) == (16_664, 24_858)
    assert fcr.extra["failures"] == {"unresolved": 1_545, "reopened": 274, "repeat": 6_375}
    assert fcr.extra["excluded"] == {"immature": 60}
    assert counts(cells["fcr_resolved", ()]) == (16_664, 23_313)
    assert counts(cells["repeat_contact_rate", ()]) == (6_440, 23_302)
    assert counts(cells["reopen_rate", ()]) == (275, 23_363)
    assert counts(cells["reopen_events", ()]) == (331, 23_363)
    assert cells["resolution_time", ()].value == pytest.approx(22.1, abs=0.005)
    assert cells["csat", ()].reason == "unavailable: column score missing"


@pytest.mark.shared
@pytest.mark.slow
def test_real_incidents_with_transfers(incidents: list[Row]) -> None:
    cells = evaluate(incidents, None, Options(), left_out=PAIRWISE)
    assert counts(cells["fcr", ()]) == (8_473, 24_858)
    assert cells["fcr", ()].extra["failures"]["transferred"] == 8_191
    assert counts(cells["transfer_rate", ()]) == (11_369, 24_918)


# --- Kaplan-Meier ---

REPEATS = (-1.0, 0.5, 3.2, 7.0, 13.99, 14.0, 14.001)
FOLLOWED = (3.6, 9.9, 13.5, 20.0, 30.0)
SURVIVAL = Fraction(7, 18)  # .388889, worked out by hand from the day counts


def test_the_anchor_on_the_day_grid() -> None:
    events = [(True, day) for day in (0, 1, 4, 7, 14, 14)]
    censored = [(False, day) for day in (14, 3, 9, 13, 14, 14)]
    assert kaplan_meier(events + censored, 14) == pytest.approx(float(SURVIVAL), abs=1e-12)


def test_the_anchor_from_instants() -> None:
    rows: list[Row] = []
    for place, after in enumerate(REPEATS):
        pair = {"customer_id": f"repeat {place}"}
        rows.append(ticket(f"A{place}", 5, 7, **pair))
        rows.append(ticket(f"B{place}", 7 + after, None, **pair))
    for place, days in enumerate(FOLLOWED):
        rows.append(ticket(f"C{place}", 5, 60 - days, customer_id=f"followed {place}"))
    cells = evaluate(rows, None, Options(as_of=DATA_END))
    cell = cells["repeat_contact_rate_km", ()]
    assert counts(cell) == (6, 12)
    assert cell.value == pytest.approx(float(100 * (1 - SURVIVAL)), abs=1e-9)
    assert cell.extra["events"] == {0: 1, 1: 1, 4: 1, 7: 1, 14: 2}
    assert cell.extra["censored"] == {3: 1, 9: 1, 13: 1, 14: 3}
    resolved = cells["fcr_resolved_km", ()]
    assert resolved.value == pytest.approx(float(100 * SURVIVAL), abs=1e-9)


def test_no_window_has_closed() -> None:
    cell = overall([ticket("1", 0, 1), ticket("2", 2, 3)], None, Options(as_of=JAN + 5 * DAY))
    for name in ("fcr", "repeat_contact_rate", "repeat_contact_rate_km", "fcr_resolved_km"):
        assert (cell(name).value, cell(name).reason) == (None, NO_WINDOW)
    assert counts(cell("fcr_naive")) == (1, 2)


# --- laws, on nasty exports ---


@given(tables())
def test_shares_lie_between_nothing_and_everything(given_tables: Tables) -> None:
    for (name, _), cell in evaluate(*given_tables, by=["channel", "week"]).items():
        if cell.n is None or cell.k is None:
            assert cell.value is None or name.endswith("_time")
        elif name not in NOT_SHARES and name != "csat_net":
            assert 0 <= cell.k <= cell.n
        if cell.value is not None:
            assert cell.value >= (-100 if name == "csat_net" else 0)
        elif name != "tickets":
            assert cell.reason


@given(tables(), st.randoms(use_true_random=False))
def test_row_order_is_irrelevant(given_tables: Tables, random: Any) -> None:
    rows, sent, options = given_tables
    mixed, mixed_sent = (t and random.sample(t, len(t)) for t in (rows, sent))
    cells = evaluate(mixed, mixed_sent, options, by=["agent"])
    assert cells == evaluate(rows, sent, options, by=["agent"])


@given(tables())
def test_segments_add_up_to_the_whole(given_tables: Tables) -> None:
    totals: dict[str, Counter[str]] = {}
    cells = evaluate(*given_tables, by=["issue_type", "month"])
    for (name, key), cell in cells.items():
        if key:
            parts = {"n": cell.n or 0, "k": cell.k or 0, **cell.extra["excluded"]}
            totals.setdefault(name, Counter()).update(parts)
    for name, total in totals.items():
        whole = cells[name, ()]
        assert +total == +Counter({"n": whole.n, "k": whole.k or 0, **whole.extra["excluded"]})


@given(tables())
def test_reasons_add_up_to_the_failures(given_tables: Tables) -> None:
    cell = evaluate(*given_tables)["fcr", ()]
    failed = sum(cell.extra.get("failures", {}).values())
    assert failed == (0 if cell.n is None else cell.n - (cell.k or 0))


@given(tables())
def test_files_hold_the_rows(
    tmp_path_factory: pytest.TempPathFactory, given_tables: Tables
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    for rows in (table for table in given_tables[:2] if table):
        expected = [[cell_text(value) for value in row.values()] for row in rows]
        with write_csv(rows, folder / "t.csv").open(encoding="utf-8", newline="") as file:
            header, *cells = csv.reader(file)
        assert (header, cells) == (list(rows[0]), expected)
        frame = pl.read_parquet(write_parquet(rows, folder / "t.parquet"))
        assert [list(map(cell_text, row)) for row in frame.rows()] == expected
