"""Scores dealt out at random: neither the report nor the segments may name anybody for them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import polars as pl
import pytest

from csatkit.analyses import default_dims
from csatkit.analyses.families import family
from csatkit.analyses.overview import HEADLINE, STAND_INS, overview
from csatkit.analyses.workspace import Workspace, open_workspace
from csatkit.demo.generate import frames
from csatkit.load import open_data
from csatkit.report import Report
from csatkit.settings import Settings, SourceSettings

TICKETS = 2_000
SEEDS = range(100)


@pytest.fixture(scope="module")
def ws() -> Workspace:
    """Return a run over the sample, in which agents, channels and issue types do differ."""
    source = SourceSettings(preset="none", scale="1-5", timezone="UTC")
    settings = Settings(source=source)
    data = open_data(*frames(TICKETS), source=source)
    dims = default_dims(data, settings)
    opened = open_workspace(data, settings, [*HEADLINE, *STAND_INS], dims=dims)
    return replace(opened, by=tuple(dims))


def _dealt(ws: Workspace, surveys: pl.DataFrame, seed: int) -> Workspace:
    """Return the run with its scores in another order."""
    places = surveys.select(pl.col("is_rating").arg_true()).to_series()
    scores = surveys.get_column("score").gather(places).to_list()
    Random(seed).shuffle(scores)
    dtype = surveys.schema["score"]
    column = surveys.get_column("score").scatter(places, pl.Series(scores, dtype=dtype))
    return replace(ws, facts=replace(ws.facts, surveys=surveys.with_columns(score=column).lazy()))


def _names_csat(report: Report) -> bool:
    section = next(s for s in report.sections if s.key == "segments")
    return any(row["metric"] == "CSAT" for t in section.tables for row in t.rows)


@pytest.mark.slow
def test_permuted_scores_name_nobody(ws: Workspace) -> None:
    surveys = ws.facts.surveys
    assert surveys is not None
    frame = surveys.collect()
    reports = segments = 0
    for seed in SEEDS:
        dealt = _dealt(ws, frame, seed)
        reports += _names_csat(overview(replace(dealt, by=())))
        segments += _names_csat(family("segments", dealt, ["csat"]))
    assert reports <= len(SEEDS) / 10
    assert segments <= len(SEEDS) / 10
