"""`drivers` finds what is planted in the sample and names nothing where nothing is.

Thresholds are what holds with room to spare, not what was observed; docs/demo.md has the counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import polars as pl
import pytest

from csatkit.analyses.drivers import NEEDED, drivers
from csatkit.analyses.workspace import Workspace, open_workspace
from csatkit.demo.generate import frames
from csatkit.load import open_data
from csatkit.settings import Settings, SourceSettings
from tests.cli import driver_truth
from tests.cli.driver_truth import (
    ASKED_AGAIN,
    BEGIN,
    END,
    FOLLOWS,
    PAGE,
    PLANTED,
    named,
    quiet,
    report_on,
)

pytestmark = pytest.mark.slow

SOURCE = SourceSettings(preset="none", scale="1-5", timezone="UTC")


def test_planted_effects_are_found_in_a_large_sample() -> None:
    """Of 60,000 tickets; a gap's standard error is about one to two points there."""
    found = named(report_on(3, tickets=60_000))
    assert {"Reopened", "Transferred"} <= set(found.drivers)
    assert {"Re-contact", "Channel friction"} <= set(found.modes)
    assert ("Re-contact", "refund") in found.segments
    assert found.gaps["Reopened"] == pytest.approx(-12, abs=5)
    assert found.gaps["Transferred"] == pytest.approx(-12, abs=5)
    assert found.gaps["Further contacts"] == pytest.approx(-8, abs=5)


def test_channel_changes_are_found_where_those_who_come_back_are_asked() -> None:
    """Of 100,000 tickets; a gap's standard error is about two points there."""
    reports = [named(report_on(seed, tickets=100_000, planted=ASKED_AGAIN)) for seed in (1, 2, 3)]
    assert sum("Channel change" in r.drivers for r in reports) >= 2
    assert all(r.gaps["Channel change"] < -3 for r in reports)


def test_few_drivers_are_named_without_anything_planted() -> None:
    reports = [named(report_on(seed)) for seed in range(6)]
    flags = [d for r in reports for d in r.drivers]
    assert sum(d in PLANTED for d in flags) >= 4
    assert sum(d not in PLANTED and d not in FOLLOWS for d in flags) <= 2


def test_null_mode_names_nothing() -> None:
    """Of twelve samples; three with something named would be a chance of two in a hundred."""
    assert quiet(range(12), null=True) >= 10


@pytest.fixture(scope="module")
def ws() -> Workspace:
    """Return a run over a sample in which drivers do matter."""
    settings = Settings(source=SOURCE)
    data = open_data(*frames(4_000), source=SOURCE)
    dims = [("issue_type",), ("channel",)]
    return open_workspace(data, settings, NEEDED, dims=dims)


def _dealt(ws: Workspace, surveys: pl.DataFrame, seed: int) -> Workspace:
    """Return the run with its scores in another order."""
    places = surveys.select(pl.col("is_rating").arg_true()).to_series()
    scores = surveys.get_column("score").gather(places).to_list()
    Random(seed).shuffle(scores)
    column = surveys.get_column("score").scatter(
        places, pl.Series(scores, dtype=surveys.schema["score"])
    )
    return replace(ws, facts=replace(ws.facts, surveys=surveys.with_columns(score=column).lazy()))


def test_permuted_scores_name_nothing_in_nine_of_ten(ws: Workspace) -> None:
    assert ws.facts.surveys is not None
    frame = ws.facts.surveys.collect()
    names = [named(drivers(_dealt(ws, frame, seed))) for seed in range(60)]
    assert sum(bool(f.drivers or f.modes or f.segments) for f in names) <= 6


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    inside = page.partition(BEGIN)[2].partition(END)[0]
    for name in (*PLANTED.values(), *FOLLOWS.values()):
        assert f"| {name} |" in inside
    words = " ".join(inside.split())
    quiet_in = re.findall(r"(\d+) of (\d+) samples", words)
    assert [int(of) for _, of in quiet_in] == [len(driver_truth.QUIET_SEEDS)] * 2
    assert all(int(n) >= 0.9 * int(of) for n, of in quiet_in)
