"""What must hold of every export, whatever is in it (the laws of counting)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.analyses.outreached import with_outcomes
from csatkit.analyses.workspace import Workspace, open_workspace
from csatkit.facts.build import Facts, Recipe, Rows, build
from csatkit.load import open_data
from csatkit.metrics import CATALOG
from csatkit.metrics.metric import Family, Quantiles, Survival
from csatkit.report import Measure, Report
from csatkit.settings import Settings
from csatkit.totals import Key, query, totals
from tests.oracle import Row
from tests.property.engine import Format, opened, reachable, run, settings_of, written
from tests.strategies import Tables, tables

pytestmark = pytest.mark.slow

Randoms = st.randoms(use_true_random=False)
Formats = st.sampled_from(("csv", "parquet"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws")


def reported(folder: Path, given_tables: Tables, kind: Format, **more: Any) -> Report | None:
    """Measure an export of made-up rows, cut by channel and by week where it has them."""
    rows, sent, options = given_tables
    by = [("week",), ("channel",)] if rows and "channel" in rows[0] else [("week",)]
    settings = settings_of(options, by, **more)
    return run(opened(folder, reachable(rows), reachable(sent), kind, settings), settings)


def measures(report: Report | None) -> tuple[Measure, ...]:
    """Return all measures, none where nothing is left to evaluate."""
    return () if report is None else report.measures


def accounts(report: Report | None) -> list[tuple[int, int, dict[str, int]]]:
    """Return what became of the rows of each input."""
    inputs = () if report is None else report.inputs
    return [(i.rows, i.used, dict(i.dropped)) for i in inputs]


# --- inputs ---


@given(tables(), Randoms, Formats)
def test_row_order_is_irrelevant(
    folder: Path, given_tables: Tables, random: Random, kind: Format
) -> None:
    rows, sent, options = given_tables
    mixed, mixed_sent = (t and random.sample(t, len(t)) for t in (rows, sent))
    report = reported(folder, given_tables, kind)
    again = reported(folder, (mixed, mixed_sent, options), kind)
    assert measures(again) == measures(report)
    assert accounts(again) == accounts(report)


@given(tables())
def test_csv_and_parquet_give_the_same_report(folder: Path, given_tables: Tables) -> None:
    texts, typed = (reported(folder, given_tables, kind) for kind in ("csv", "parquet"))
    assert measures(texts) == measures(typed)
    assert accounts(texts) == accounts(typed)
    if texts is not None and typed is not None:
        assert texts.definitions == typed.definitions


@given(tables(), Randoms, Formats)
def test_parts_of_an_export_are_the_whole(
    folder: Path, given_tables: Tables, random: Random, kind: Format
) -> None:
    rows, sent, options = given_tables
    settings = settings_of(options, [("week",)])
    whole = run(opened(folder, reachable(rows), reachable(sent), kind, settings), settings)
    paths = [_in_parts(folder, reachable(table), random, kind) for table in (rows, sent)]
    joined = run(open_data(*paths, source=settings.source), settings)
    assert measures(joined) == measures(whole)


def _in_parts(
    folder: Path, rows: Sequence[Row] | None, random: Random, kind: Format
) -> list[Path] | None:
    """Write rows as two parts; some rows that can be known again stand in both."""
    if rows is None:
        return None
    parts: list[list[Row]] = [[], []]
    for row in rows:
        dated = "created_at" in row or row["sent_at"] or row["responded_at"]
        both = dated and random.random() < 0.3
        for part in (0, 1) if both else (random.randrange(2),):
            parts[part].append(row)
    name = "tickets" if "created_at" in rows[0] else "surveys"
    found = [written(folder, p, f"{name}-part{i}", kind) for i, p in enumerate(parts) if p]
    return [path for path in found if path is not None]


# --- counts ---


@given(tables(), Formats)
def test_parts_of_the_whole_and_values_inside_their_interval(
    folder: Path, given_tables: Tables, kind: Format
) -> None:
    for measure in measures(reported(folder, given_tables, kind)):
        if measure.metric == "csat_net":  # satisfied less unhappy: it may be negative
            assert measure.value is None or -100 <= measure.value <= 100, measure
        elif measure.unit == "percent" and measure.metric != "survey_ratio":
            k, n = measure.numerator or 0, measure.denominator or 0
            assert 0 <= k <= n or measure.value is None, measure
            assert measure.value is None or 0 <= measure.value <= 100, measure
        if measure.low is not None and measure.high is not None:
            assert measure.value is not None, measure
            # Sums of floats may differ in the last digit.
            assert measure.low <= measure.value + 1e-9, measure
            assert measure.value <= measure.high + 1e-9, measure


MILLION = 1_000_000


@given(tables(), Formats)
def test_segments_add_up_to_the_whole(folder: Path, given_tables: Tables, kind: Format) -> None:
    found = measures(reported(folder, given_tables, kind))
    whole = {m.metric: _counts(m) for m in found if not m.segment}
    parts: dict[tuple[str, str], Counter[str]] = {}
    for measure in found:
        for name in measure.segment:
            parts.setdefault((measure.metric, name), Counter()).update(_counts(measure))
    for (metric, name), total in parts.items():
        assert abs(total["k"] - whole[metric]["k"]) < MILLION / 1000, (metric, name)
        total["k"] = whole[metric]["k"]
        assert +total == +whole[metric], (metric, name)


def _counts(measure: Measure) -> Counter[str]:
    """Return what adds up; a survival that is too young to tell shows no counts at all."""
    counts: Counter[str] = Counter()
    if not isinstance(CATALOG[measure.metric].measure, Survival):
        counts["n"] = measure.denominator or 0
        # Some rules average a rescaled score: a millionth of it adds up to all but rounding.
        counts["k"] = round(MILLION * (measure.numerator or 0))
    if "immature" in measure.excluded:
        counts["immature"] = measure.excluded["immature"]
    for name in ("failures", "distribution"):
        more = measure.extra.get(name)
        counts.update(more if isinstance(more, dict) else {})
    return counts


@given(tables(), Formats)
def test_a_longer_window_never_raises_fcr(folder: Path, given_tables: Tables, kind: Format) -> None:
    # By then every ticket with an instant is mature for each of the windows.
    late = datetime(2027, 1, 1)
    found = []
    for window in (1, 7, 14, 60):
        options = replace(given_tables[2], as_of=late, window_days=window)
        report = reported(folder, (given_tables[0], given_tables[1], options), kind)
        found.append([m for m in measures(report) if m.metric == "fcr" and not m.segment])
    counts = [(m.denominator, m.numerator or 0) for group in found for m in group]
    assert len({n for n, _ in counts}) <= 1
    assert counts == sorted(counts, key=lambda pair: -pair[1])


# --- parts of the customers ---


@given(tables(), Randoms)
def test_totals_of_disjoint_customers_add_up(
    folder: Path, given_tables: Tables, random: Random
) -> None:
    rows, sent, options = given_tables
    # A replay would have to be of the whole, too; `as_of` would be the data end of every part.
    settings = settings_of(replace(options, as_of=None))
    data = opened(folder, reachable(rows), reachable(sent), "parquet", settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSATKIT_NOW", "2026-07-01T00:00:00Z")
        ws = open_workspace(
            data,
            settings,
            list(CATALOG),
            dims=[("status",)] if rows and "status" in rows[0] else [],
        )
    bucket_of = _buckets(ws, random)
    parts = [_part(ws, settings, bucket_of, bucket) for bucket in (0, 1, 2)]
    for family in ("tickets", "invitations", "surveys", "responses"):
        whole = _totals(ws, ws.facts, family)
        assert _added(_totals(ws, part, family) for part in parts) == whole


def _buckets(ws: Workspace, random: Random) -> dict[str, int]:
    """Send each customer somewhere; a ticket without one goes on its own, a survey with both."""
    of_customer: dict[str, int] = {}
    of_ticket: dict[str, int] = {}
    if ws.canonical.tickets is not None:
        frame = ws.canonical.tickets.frame
        people = frame["customer_id"] if "customer_id" in frame.columns else [None] * len(frame)
        for ticket, customer in zip(frame["ticket_id"], people, strict=True):
            bucket = random.randrange(3)
            if customer is not None:
                bucket = of_customer.setdefault(customer, bucket)
            of_ticket.setdefault(ticket, bucket)
    if ws.canonical.surveys is not None:
        for ticket in ws.canonical.surveys.frame["ticket_id"]:
            of_ticket.setdefault(ticket, random.randrange(3))
    return of_ticket


def _part(ws: Workspace, settings: Settings, bucket_of: dict[str, int], bucket: int) -> Facts:
    mine = pl.Series([t for t, b in bucket_of.items() if b == bucket], dtype=pl.String).implode()

    def cut(rows: Rows | None) -> Rows | None:
        if rows is None:
            return None
        return replace(rows, frame=rows.frame.filter(pl.col("ticket_id").is_in(mine)))

    tickets, surveys = cut(ws.canonical.tickets), cut(ws.canonical.surveys)
    facts = build(tickets, surveys, settings, ws.data_end, Recipe(), rules=ws.facts.rules)
    return with_outcomes(facts, ws.data, ws.canonical, CATALOG.values(), None)


def _totals(ws: Workspace, facts: Facts, family: str) -> dict[Key, Counter[str]]:
    kind: Family = family  # type: ignore[assignment]  # one of the four above
    chosen = [
        m
        for m in CATALOG.values()
        if m.family == kind and not isinstance(m.measure, Quantiles) and ws.lacks(m) is None
    ]
    dims = ("status",) if ws.lacks_dimension(kind, ("status",)) is None else ()
    plan = query(facts, kind, chosen, ws.selection(dims, ws.span), ws.ratings, zone=ws.zone)
    if plan is None:
        return {}
    (cells,) = totals([(plan, len(dims))])
    return {key: _without_zeros(counts) for key, counts in cells.items() if counts["rows"]}


def _without_zeros(counts: Mapping[str, int]) -> Counter[str]:
    """Return the counts that aren't 0; a sum of signed scores may lie below."""
    return Counter({name: n for name, n in counts.items() if n})


def _added(parts: Any) -> dict[Key, Counter[str]]:
    total: dict[Key, Counter[str]] = {}
    for part in parts:
        for key, counts in part.items():
            total.setdefault(key, Counter()).update(counts)
    return {key: _without_zeros(counts) for key, counts in total.items()}
