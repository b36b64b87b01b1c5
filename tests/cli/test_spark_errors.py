"""What `--engine spark` says where something is missing; it starts nothing here."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from csatkit.engines.spark import session
from tests.cli.conftest import Run

ASKED = ("csat", "tickets.csv", "--engine", "spark")


@pytest.fixture(autouse=True)
def _input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tickets.csv").write_text("ticket_id,score\n1,5\n", encoding="utf-8")


def test_without_pyspark_it_says_how_to_get_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    done = run(*ASKED)
    assert done.code == 2
    assert "PySpark" in done.err
    assert "pip install 'csatkit[spark]'" in done.err
    assert not done.out


def test_without_java_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoSession:
        @staticmethod
        def getActiveSession() -> None:  # noqa: N802 - as Spark calls it
            return None

    monkeypatch.setattr(session, "_session_type", lambda: NoSession)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    done = run(*ASKED)
    assert done.code == 2
    assert "Java" in done.err
    assert "JAVA_HOME" in done.err


@pytest.mark.parametrize("option", [("--spark-master", "local"), ("--spark-conf", "a=b")])
def test_spark_options_need_the_engine(run: Run, option: tuple[str, str]) -> None:
    done = run("csat", "tickets.csv", *option)
    assert done.code == 2
    assert option[0] in done.err
    assert "--engine spark" in done.err
