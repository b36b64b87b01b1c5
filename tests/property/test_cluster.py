"""Any cut of the input, any number of buckets on a cluster: the same report to the byte."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatkit import analyses
from csatkit.analyses import assembling
from csatkit.load import Data, open_data
from csatkit.report import Report
from csatkit.settings import Settings
from tests.property.engine import Format, reachable, settings_of, written
from tests.property.fake_spark import FakeCluster
from tests.property.test_buckets import _in_files, _measures, answer, nasty
from tests.strategies import Tables, tables

pytestmark = pytest.mark.slow

Clusters = st.builds(FakeCluster, st.sampled_from((1, 3, 8)), st.sampled_from((1, 2, 5)))
Formats = st.sampled_from(("csv", "parquet"))
FEW = settings(max_examples=12)
"""Each runs an export twice, once through all the tasks of a cluster."""

Commands = st.sampled_from(("report", "fcr", "response", "drivers", "diagnose", "queue"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


def both(
    folder: Path, given_tables: Tables, cluster: FakeCluster, kind: Format
) -> tuple[Data, Data, Settings]:
    """Return the same files as this machine and as the cluster reads them."""
    rows, sent, options = given_tables
    by = [("week",), ("channel",)] if rows and "channel" in rows[0] else [("week",)]
    asked = settings_of(options, by)
    paths = [
        written(folder, reachable(table), name, kind)
        for table, name in ((rows, "tickets"), (sent, "surveys"))
    ]
    here = open_data(*paths, source=asked.source)
    there = open_data(*paths, source=asked.source, reader=cluster)
    return here, there, asked


_LINE = re.compile(r"\brow [\d,]+")


def told(data: Data, asked: Settings, command: str) -> str | None:
    """Return an answer without the lines that it names: Spark tells records, not lines of files."""
    text = answer(data, asked, command)
    return None if text is None else _LINE.sub("row", str(text))


@FEW
@given(tables(), Clusters, Formats)
def test_a_cluster_changes_no_measure(
    folder: Path, given_tables: Tables, cluster: FakeCluster, kind: Format
) -> None:
    here, there, asked = both(folder, given_tables, cluster, kind)
    assert told(there, asked, "analyze") == told(here, asked, "analyze")


@FEW
@given(tables(), Clusters, Commands)
def test_a_cluster_changes_no_answer(
    folder: Path, given_tables: Tables, cluster: FakeCluster, command: str
) -> None:
    here, there, asked = both(folder, given_tables, cluster, "parquet")
    assert told(there, asked, command) == told(here, asked, command)


@FEW
@given(tables(), Clusters, st.randoms(use_true_random=False), Formats)
def test_order_and_files_change_no_measure_on_a_cluster(
    folder: Path, given_tables: Tables, cluster: FakeCluster, random: Random, kind: Format
) -> None:
    here, _, asked = both(folder, given_tables, cluster, kind)
    rows, sent, _ = given_tables
    paths = [_in_files(folder, reachable(table), random, kind) for table in (rows, sent)]
    there = open_data(*paths, source=asked.source, reader=cluster)
    assert _measures(there, asked, 1) == _measures(here, asked, 1)


@pytest.mark.parametrize("buckets", [1, 5])
@pytest.mark.parametrize("as_of", [None, "2026-05-20"])
def test_rows_that_lie_apart_meet_on_a_cluster(
    tmp_path: Path, buckets: int, as_of: str | None
) -> None:
    names = []
    for frame, name in zip(nasty(), ("tickets", "surveys"), strict=True):
        frame.write_parquet(tmp_path / f"{name}.parquet")
        names.append(tmp_path / f"{name}.parquet")
    asked = Settings(as_of=as_of, by=(("channel",),))
    here = open_data(*names, source=asked.source)
    there = open_data(*names, source=asked.source, reader=FakeCluster(buckets, 7))
    for command in ("analyze", "report", "enrich"):
        assert answer(there, asked, command) == answer(here, asked, command)


def test_a_list_ends_early_on_a_cluster_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembling, "MOST_LISTED", 7)
    tickets, _ = nasty()
    tickets.write_parquet(tmp_path / "tickets.parquet")
    asked = Settings(by=(("channel",),), tickets_of="channel=chat")
    path = tmp_path / "tickets.parquet"
    whole = _listed(open_data(path, source=asked.source), asked)
    cut = _listed(open_data(path, source=asked.source, reader=FakeCluster(3, 2)), asked)
    assert len(whole.sections[0].tables[0].rows) == 32
    assert cut.sections[0].tables[0].rows == tuple(whole.sections[0].tables[0].rows[:7])
    assert "the first 7 of 32 rows" in next(n.text for n in cut.notes if n.code == "rows.limited")


def _listed(data: Data, asked: Settings) -> Report:
    return analyses.run("fcr", data, asked)
