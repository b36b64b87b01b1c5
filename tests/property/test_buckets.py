"""Any number of buckets, any order of rows, any cut into files: the same report to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit import analyses
from csatkit.analyses import fitting
from csatkit.errors import NothingToEvaluate
from csatkit.load import Data, open_data
from csatkit.metrics import CATALOG
from csatkit.render import render
from csatkit.settings import Settings
from tests.oracle import Row
from tests.property.engine import Format, opened, reachable, settings_of, written
from tests.strategies import NOW, Tables, tables

pytestmark = pytest.mark.slow

Buckets = st.sampled_from((2, 3, 7))
Randoms = st.randoms(use_true_random=False)
Formats = st.sampled_from(("csv", "parquet"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("buckets")


def answer(data: Data, settings: Settings, command: str, buckets: int = 1) -> str | bytes | None:
    """Return the JSON of a command in so many buckets; None where nothing is left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSATKIT_NOW", f"{NOW.isoformat()}+00:00")
        patch.setattr(fitting, "buckets_for", lambda *_: buckets)
        metrics = tuple(CATALOG) if command == "analyze" else None
        try:
            report = analyses.run(command, data, settings, metrics=metrics)
        except NothingToEvaluate:
            return None
    return render(report, "json")


def exported(folder: Path, given_tables: Tables, kind: Format) -> tuple[Data, Settings]:
    rows, sent, options = given_tables
    by = [("week",), ("channel",)] if rows and "channel" in rows[0] else [("week",)]
    settings = settings_of(options, by)
    return opened(folder, reachable(rows), reachable(sent), kind, settings), settings


@given(tables(), Buckets, Formats)
def test_buckets_change_no_measure(
    folder: Path, given_tables: Tables, buckets: int, kind: Format
) -> None:
    data, settings = exported(folder, given_tables, kind)
    assert answer(data, settings, "analyze", buckets) == answer(data, settings, "analyze")


@given(tables(), Buckets, st.sampled_from(("report", "fcr", "csat", "response", "segments")))
def test_buckets_change_no_report(
    folder: Path, given_tables: Tables, buckets: int, command: str
) -> None:
    data, settings = exported(folder, given_tables, "parquet")
    assert answer(data, settings, command, buckets) == answer(data, settings, command)


@given(tables(), Buckets)
def test_buckets_change_no_row(folder: Path, given_tables: Tables, buckets: int) -> None:
    if given_tables[0] is not None:
        data, settings = exported(folder, given_tables, "csv")
        assert answer(data, settings, "enrich", buckets) == answer(data, settings, "enrich")


@given(tables(), Buckets, Randoms, Formats)
def test_order_and_files_change_nothing_in_buckets(
    folder: Path, given_tables: Tables, buckets: int, random: Random, kind: Format
) -> None:
    rows, sent, options = given_tables
    settings = settings_of(options, [("week",)])
    whole = opened(folder, reachable(rows), reachable(sent), kind, settings)
    paths = [_in_files(folder, reachable(table), random, kind) for table in (rows, sent)]
    parts = open_data(*paths, source=settings.source)
    assert _measures(parts, settings, buckets) == _measures(whole, settings, 1)


def _measures(data: Data, settings: Settings, buckets: int) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSATKIT_NOW", f"{NOW.isoformat()}+00:00")
        patch.setattr(fitting, "buckets_for", lambda *_: buckets)
        try:
            report = analyses.run("analyze", data, settings, metrics=tuple(CATALOG))
        except NothingToEvaluate:
            return None
    return report.measures, [(i.kind, i.rows, i.used, dict(i.dropped)) for i in report.inputs]


def _in_files(
    folder: Path, rows: Sequence[Row] | None, random: Random, kind: Format
) -> list[Path] | None:
    """Write the rows, mixed, as up to three files."""
    if rows is None:
        return None
    mixed = random.sample(rows, len(rows))
    cuts = sorted(random.choices(range(len(mixed) + 1), k=2))
    name = "tickets" if "created_at" in rows[0] else "surveys"
    pieces = [mixed[: cuts[0]], mixed[cuts[0] : cuts[1]], mixed[cuts[1] :]]
    found = [written(folder, p, f"{name}-{i}", kind) for i, p in enumerate(pieces) if p]
    return [path for path in found if path is not None]


# --- one case of each kind of row that lies apart ---


def nasty() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return tickets and surveys whose rows only make sense together, many times over."""
    tickets: list[Row] = []
    surveys: list[Row] = []
    for i in range(60):
        day, base = NOW.replace(month=5, day=1 + i % 25), f"T{i}"
        made = {"created_at": day, "resolved_at": day.replace(hour=5), "channel": "email"}
        # Two rows of one ticket that name two customers; the later one stays.
        tickets.append({"ticket_id": base, "customer_id": f"a{i}", **made, "updated_at": day})
        tickets.append(
            {"ticket_id": base, "customer_id": f"b{i}", **made, "updated_at": day.replace(hour=9)}
        )
        # A repeat by whoever stayed, written with another case where it is an address.
        again = day.replace(hour=12)
        tickets.append(
            {"ticket_id": f"R{i}", "customer_id": f"b{i}", "created_at": again, "channel": "chat"}
        )
        tickets.append(
            {"ticket_id": f"x{i}@Shop.example", "created_at": again, "merged": i % 9 == 0}
        )
        tickets.append({"customer_id": f"b{i}", "created_at": again, "deflected": i % 7 == 0})
        for ticket, score in ((base, 5), (f"X{i}@shop.example", 1), (f"gone{i}", 4), (base, 2)):
            surveys.append(
                {"ticket_id": ticket, "customer_id": f"b{i}", "sent_at": again, "score": score,
                 "responded_at": again.replace(hour=13 + score)}
            )  # fmt: skip
        surveys.append({"ticket_id": base, "sent_at": again.replace(hour=23)})
    return tuple(pl.DataFrame(r, infer_schema_length=None) for r in (tickets, surveys))  # type: ignore[return-value]


@pytest.mark.parametrize("buckets", [2, 16])
@pytest.mark.parametrize("as_of", [None, "2026-05-20"])
def test_rows_that_lie_apart_meet(buckets: int, as_of: str | None) -> None:
    tickets, surveys = nasty()
    settings = Settings(as_of=as_of, by=(("channel",),))
    data = open_data(tickets, surveys, source=settings.source)
    for command in ("analyze", "report", "enrich"):
        whole = answer(data, settings, command)
        assert whole is not None
        assert answer(data, settings, command, buckets) == whole


def test_the_cases_do_lie_apart() -> None:
    tickets, surveys = nasty()
    settings = Settings()
    data = open_data(tickets, surveys, source=settings.source)
    report = analyses.run("analyze", data, settings, metrics=("fcr", "csat"))
    by_kind = {i.kind: i.dropped for i in report.inputs}
    assert by_kind["tickets"]["duplicate_id"] == 60
    assert by_kind["surveys"]["no_ticket"] == 60
    failures = next(m for m in report.measures if m.metric == "fcr").extra["failures"]
    assert isinstance(failures, dict)
    assert failures["repeat"] == 32  # of each ticket that is old enough to tell
