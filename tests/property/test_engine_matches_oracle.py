"""Every metric of the catalogue equals the naive oracle, on nasty exports in both formats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.metrics import CATALOG
from csatkit.report import Measure, Report
from tests.oracle import METRICS, Cell, Options, Row, evaluate
from tests.oracle.buckets import BUCKETS
from tests.property.engine import Format, check_measure, opened, reachable, run, settings_of
from tests.strategies import Tables, tables

pytestmark = pytest.mark.slow

OF_TICKETS = ("agent", "team", "channel", "issue_type", "status", "customer_id")
OF_SURVEYS = ("customer_id", "survey_status", "delivery")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


def test_every_metric_has_an_oracle() -> None:
    assert set(CATALOG) == set(METRICS)


def _check_report(
    report: Report | None,
    rows: Sequence[Row] | None,
    sent: Sequence[Row] | None,
    options: Options,
    by: Sequence[str],
    *,
    min_n: int = 10,
) -> None:
    """Compare every measure of a report with the oracle's cells, none missing on either side."""
    cells = evaluate(rows, sent, options, by)
    if report is None:
        assert not any(cell.n for cell in cells.values())
        return
    seen = set()
    for measure in report.measures:
        key = tuple(measure.segment[d] for d in by) if measure.segment else ()
        seen.add((measure.metric, key))
        whole = cells[measure.metric, ()]
        if (whole.reason or "").startswith("unavailable"):
            assert measure.status == "unavailable", measure
            assert measure.value is None, measure
            continue
        if key == () and measure.status == "unavailable" and _is_about(measure, by):
            continue  # the rows of this family don't carry the dimension
        nothing = Cell(0, 0, 0 if measure.unit == "count" else None, None, {"excluded": {}})
        cell = cells.get((measure.metric, key), nothing)
        check_measure(measure, cell, cells.get(("response_rate", key)), min_n)
    cut = {m.metric for m in report.measures if m.segment}
    for (metric, key), cell in cells.items():
        if (metric, key) not in seen:
            assert key, f"{metric} is missing"
            assert metric not in cut or not cell.n or _lacks(report, metric), (metric, key, cell)


def _is_about(measure: Measure, by: Sequence[str]) -> bool:
    return any(measure.reason == f"column {name} missing" for name in by)


def _lacks(report: Report, metric: str) -> bool:
    return any(m.metric == metric and m.status == "unavailable" for m in report.measures)


def _check_against_oracle(
    folder: Path, given_tables: Tables, by: Sequence[str], kind: Format, min_n: int = 10
) -> None:
    rows, sent = reachable(given_tables[0]), reachable(given_tables[1])
    options = given_tables[2]
    settings = settings_of(options, [by] if by else [], min_n=min_n)
    report = run(opened(folder, rows, sent, kind, settings), settings)
    _check_report(report, rows, sent, options, by, min_n=min_n)


def _dimensions(given_tables: Tables) -> list[str]:
    rows, sent, _ = given_tables
    if rows is not None:
        return [name for name in OF_TICKETS if name in rows[0]]
    return [name for name in OF_SURVEYS if sent and name in sent[0]]


@given(tables(), st.sampled_from(("csv", "parquet")), st.sampled_from((1, 3, 10)))
def test_overall(folder: Path, given_tables: Tables, kind: Format, min_n: int) -> None:
    _check_against_oracle(folder, given_tables, (), kind, min_n)


@given(tables(), st.data(), st.sampled_from(("csv", "parquet")))
def test_by_columns(folder: Path, given_tables: Tables, data: st.DataObject, kind: Format) -> None:
    names = _dimensions(given_tables)
    by = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    _check_against_oracle(folder, given_tables, by, kind)


@given(tables(), st.sampled_from(BUCKETS), st.sampled_from(("csv", "parquet")))
def test_by_time(folder: Path, given_tables: Tables, bucket: str, kind: Format) -> None:
    _check_against_oracle(folder, given_tables, (bucket,), kind)


@given(tables(), st.sampled_from(("week", "month", "daypart")), st.data())
def test_a_column_crossed_with_time(
    folder: Path, given_tables: Tables, bucket: str, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(_dimensions(given_tables)))
    _check_against_oracle(folder, given_tables, (name, bucket), "csv")
