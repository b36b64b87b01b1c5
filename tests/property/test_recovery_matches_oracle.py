"""Recovery, second scores and deflected contacts equal the naive oracle on nasty exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.load import open_data
from tests.oracle import Row, evaluate
from tests.property.engine import check_measure, reachable, run, settings_of, written
from tests.strategies import START, Tables, tables

pytestmark = pytest.mark.slow

RECOVERY = ("recovery_rate", "upgrade_rate", "recovery_csat")
DEFLECTION = ("containment_rate", "csat_after_deflection", "fcr_after_deflection")

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
AFTER = (None, -SECOND, timedelta(0), timedelta(hours=2), DAY - SECOND, DAY, DAY + SECOND, 3 * DAY)
"""From an answer to its outreach: before it, with it, at the edge of a day and past it."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recovery")


@st.composite
def _contact(draw: st.DrawFn, answers: Sequence[Row]) -> Row:
    """Draw one row about what was done, near an answer where there is one."""
    answer = draw(st.sampled_from(answers)) if answers else {}
    start = answer.get("responded_at") or answer.get("sent_at") or START
    if start.year > 2026:
        start = START
    after, again = draw(st.sampled_from(AFTER)), draw(st.sampled_from(AFTER))
    return {
        "ticket_id": answer.get("ticket_id", "gone"),
        "outreach_at": None if after is None else start + after,
        "outreach_by": draw(st.sampled_from(("lea", "tom", None))),
        "second_score": draw(st.sampled_from((None, None, 1, 3, 4, 5))),
        "second_score_at": None if again is None else start + again + DAY,
    }


@st.composite
def cases(draw: st.DrawFn) -> tuple[Tables, list[Row] | None]:
    """Draw an export with outreach, without, or with outreach that knows no second score."""
    found = draw(tables())
    rows, sent, _ = found
    answers = [r for r in (sent or rows or ()) if r.get("score") is not None]
    contacts = draw(st.lists(_contact(answers), min_size=1, max_size=8))
    shape = draw(st.sampled_from(("all", "all", "all", "no second", "none")))
    if shape == "none":
        return found, None
    if shape == "no second":
        gone = ("second_score", "second_score_at")
        contacts = [{k: v for k, v in row.items() if k not in gone} for row in contacts]
    return found, contacts


def _check(
    folder: Path,
    case: tuple[Tables, list[Row] | None],
    names: Sequence[str],
    by: Sequence[str] = (),
) -> None:
    (rows, sent, options), contacts = case
    rows, sent = reachable(rows), reachable(sent)
    settings = settings_of(options, [by] if by else [])
    files = {"tickets": rows, "surveys": sent, "outreach": contacts}
    paths = [written(folder, table, name, "csv") for name, table in files.items()]
    report = run(open_data(*paths, source=settings.source), settings, names)
    cells = evaluate(rows, sent, options, by, outreach=contacts)
    if report is None:
        assert not any(cells[name, ()].n for name in names)
        return
    assert {m.metric for m in report.measures} == set(names)
    for measure in report.measures:
        key = tuple(measure.segment[d] for d in by) if measure.segment else ()
        whole = cells[measure.metric, ()]
        if (whole.reason or "").startswith("unavailable"):
            assert (measure.status, measure.value) == ("unavailable", None)
            continue
        if key == () and measure.reason in {f"column {name} missing" for name in by}:
            continue
        cell = cells.get((measure.metric, key))
        if cell is None:
            assert not measure.denominator
            continue
        check_measure(measure, cell, cells.get(("response_rate", key)), 10)


@given(cases())
def test_recovery_overall(folder: Path, case: tuple[Tables, list[Row] | None]) -> None:
    _check(folder, case, RECOVERY)


@given(cases(), st.sampled_from(("week", "customer_id")))
def test_recovery_by_segment(folder: Path, case: tuple[Tables, list[Row] | None], by: str) -> None:
    _check(folder, case, RECOVERY, (by,))


@given(tables())
def test_after_deflection(folder: Path, found: Tables) -> None:
    _check(folder, (found, None), DEFLECTION)


@given(tables())
def test_after_deflection_by_week(folder: Path, found: Tables) -> None:
    _check(folder, (found, None), DEFLECTION, ("week",))
