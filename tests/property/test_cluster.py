"""Any cut of the input, any number of buckets on a cluster: the same report to the byte."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit import analyses
from csatkit.analyses import assembling
from csatkit.load import Data, open_data
from csatkit.report import Report
from csatkit.settings import Settings
from tests.property.engine import Format, reachable, settings_of, written
from tests.property.fake_spark import FakeCluster
from tests.property.test_buckets import _in_files, answer, nasty
from tests.strategies import Tables, tables

pytestmark = pytest.mark.slow

Clusters = st.builds(FakeCluster, st.sampled_from((1, 3, 8)), st.sampled_from((1, 2, 5)))
Formats = st.sampled_from(("csv", "parquet"))
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
    settings = settings_of(options, by)
    paths = [
        written(folder, reachable(table), name, kind)
        for table, name in ((rows, "tickets"), (sent, "surveys"))
    ]
    here = open_data(*paths, source=settings.source)
    there = open_data(*paths, source=settings.source, reader=cluster)
    return here, there, settings


@given(tables(), Clusters, Formats)
def test_a_cluster_changes_no_measure(
    folder: Path, given_tables: Tables, cluster: FakeCluster, kind: Format
) -> None:
    here, there, settings = both(folder, given_tables, cluster, kind)
    assert answer(there, settings, "analyze") == answer(here, settings, "analyze")


@given(
    tables(),
    Clusters,
    st.sampled_from(("report", "fcr", "response", "drivers", "diagnose", "queue")),
)
def test_a_cluster_changes_no_answer(
    folder: Path, given_tables: Tables, cluster: FakeCluster, command: str
) -> None:
    here, there, settings = both(folder, given_tables, cluster, "parquet")
    assert answer(there, settings, command) == answer(here, settings, command)


@given(tables(), Clusters, st.randoms(use_true_random=False), Formats)
def test_order_and_files_change_no_measure_on_a_cluster(
    folder: Path, given_tables: Tables, cluster: FakeCluster, random: Random, kind: Format
) -> None:
    here, _, settings = both(folder, given_tables, cluster, kind)
    rows, sent, _ = given_tables
    paths = [_in_files(folder, reachable(table), random, kind) for table in (rows, sent)]
    there = open_data(*paths, source=settings.source, reader=cluster)
    assert answer(there, settings, "fcr") is None or (
        _told(there, settings) == _told(here, settings)
    )


def _told(data: Data, settings: Settings) -> object:
    from tests.property.test_buckets import _measures

    return _measures(data, settings, 1)


@pytest.mark.parametrize("buckets", [1, 4, 16])
@pytest.mark.parametrize("as_of", [None, "2026-05-20"])
def test_rows_that_lie_apart_meet_on_a_cluster(
    tmp_path: Path, buckets: int, as_of: str | None
) -> None:
    names = []
    for frame, name in zip(nasty(), ("tickets", "surveys"), strict=True):
        frame.write_parquet(tmp_path / f"{name}.parquet")
        names.append(tmp_path / f"{name}.parquet")
    settings = Settings(as_of=as_of, by=(("channel",),))
    here = open_data(*names, source=settings.source)
    there = open_data(*names, source=settings.source, reader=FakeCluster(buckets, 7))
    for command in ("analyze", "report", "enrich"):
        assert answer(there, settings, command) == answer(here, settings, command)


def test_a_list_ends_early_on_a_cluster_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembling, "MOST_LISTED", 7)
    tickets, _ = nasty()
    tickets.write_parquet(tmp_path / "tickets.parquet")
    settings = Settings(by=(("channel",),), tickets_of="channel=chat")
    path = tmp_path / "tickets.parquet"
    whole = _listed(open_data(path, source=settings.source), settings)
    cut = _listed(open_data(path, source=settings.source, reader=FakeCluster(3, 2)), settings)
    assert len(whole.sections[0].tables[0].rows) == 32
    assert cut.sections[0].tables[0].rows == tuple(whole.sections[0].tables[0].rows[:7])
    assert "the first 7 of 32 rows" in next(n.text for n in cut.notes if n.code == "rows.limited")


def _listed(data: Data, settings: Settings) -> Report:
    return analyses.run("fcr", data, settings)
