"""The Python functions: the names, the doors, and what they hand on."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

import csatkit as ck
from csatkit.settings import Settings


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Settings, Any]]:
    """Stand in for the analyses and remember the questions."""
    questions = []

    def run(
        command: str, data: object, settings: Settings, *, metrics: Any = None, **more: Any
    ) -> str:
        del more
        questions.append((command, settings, metrics))
        return f"answer to {data}"

    monkeypatch.setattr("csatkit.analyses.run", run, raising=False)
    return questions


def test_a_door_stays_a_function_after_its_package_was_imported() -> None:
    code = (
        "import csatkit as ck, csatkit.load, csatkit.render\n"
        "import csatkit.render.csv as below\n"
        "from csatkit.render import FORMATS\n"
        "assert callable(ck.load) and callable(ck.render)\n"
        "assert csatkit.render.FORMATS is FORMATS and below.__name__ == 'csatkit.render.csv'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_door_shows_the_function_s_signature() -> None:
    assert list(inspect.signature(ck.load).parameters)[:3] == ["tickets", "surveys", "outreach"]
    assert list(inspect.signature(ck.render).parameters)[:2] == ["report", "format"]


def test_analyze_hands_on_metrics_tables_and_settings(asked: list[Any]) -> None:
    data: Any = "data"
    found: Any = ck.analyze(
        data,
        metrics=["csat", "fcr"],
        by=["channel", ("team", "week"), "a,b"],
        window=7,
        where=["channel=email"],
        from_="2026-01-01",
        fail_on=["repeat"],
        exclude={"queue": ["Test"]},
    )
    assert found == "answer to data"
    command, settings, metrics = asked[0]
    assert (command, metrics) == ("analyze", ("csat", "fcr"))
    assert settings.by == (("channel",), ("team", "week"), ("a", "b"))
    assert settings.window_days == 7
    assert settings.first_day is not None
    assert settings.fail_on == ("repeat",)
    assert settings.source.exclude == {"queue": ("Test",)}


def test_without_metrics_it_is_the_short_report(asked: list[Any]) -> None:
    data: Any = "data"
    ck.analyze(data, by="channel")
    ck.analyze(data, command="fcr")
    assert [(c, m) for c, _, m in asked] == [("report", None), ("fcr", None)]
    assert asked[0][1].by == (("channel",),)


def test_the_environment_doesn_t_matter(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSATKIT_WINDOW", "3")
    data: Any = "data"
    ck.analyze(data)
    assert asked[0][1].window_days == 14


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"metrics": ["cast"]}, "Did you mean 'csat'"),
        ({"metrics": "csat"}, r"Write \['csat'\]"),
        ({"windw": 7}, "Did you mean 'window'"),
        ({"window": 0}, "^window: expected"),
        ({"scale": "1-5"}, "Pass it to load"),
        ({"by": [""]}, "^by: expected"),
        ({"period": "last-week", "from_": "2026-01-01"}, "period and from exclude"),
    ],
)
def test_a_mistake_is_reported_by_keyword(
    asked: list[Any], arguments: dict[str, Any], text: str
) -> None:
    data: Any = "data"
    with pytest.raises(ck.UsageError, match=text):
        ck.analyze(data, **arguments)
    assert asked == []


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"map": {"agnet": "A"}}, "'agent'"),
        ({"timezone": "Mars/Olympus"}, "^timezone: unknown time zone"),
        ({"preset": "zzz"}, "^preset: "),
    ],
)
def test_load_refuses_what_it_doesn_t_know(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(ck.UsageError, match=text):
        ck.load("tickets.csv", **arguments)


def test_load_opens_a_frame() -> None:
    import polars as pl

    frame = pl.DataFrame(
        {
            "ticket_id": ["1", "2"],
            "created_at": ["2026-01-01 10:00", "2026-01-02 10:00"],
            "Boss": ["Ann", "Ben"],
        }
    )
    data = ck.load(frame, map={"agent": "Boss"})
    assert data.tickets is not None
    assert data.tickets.mapping["agent"] == "Boss"
    assert data.tickets.n_rows() == 2


def test_a_report_becomes_a_frame_and_text() -> None:
    from tests.cli.conftest import report

    found = report()
    assert found.to_frame()["value"].to_list() == [82.0]
    assert "82" in str(ck.render(found, "markdown"))


def test_check_and_exit_code_hand_on_to_the_gate() -> None:
    from tests.cli.conftest import report

    judged = ck.check(report(), [{"metric": "csat", "min": 80}, {"metric": "csat", "min": 70}])
    assert [t["verdict"] for t in judged.targets] == ["inconclusive", "pass"]
    assert [ck.exit_code(judged, w) for w in (None, "pass", "fail")] == [3, 0, 1]
    assert judged.to_frame()["value"].to_list() == [82.0]
    assert "1,537" in str(ck.render(judged, "markdown"))


def test_a_check_refuses_what_analyze_would() -> None:
    from tests.cli.conftest import report

    with pytest.raises(ck.UsageError, match="Did you mean 'csat'"):
        ck.check(report(), [{"metric": "cast", "min": 80}])
    with pytest.raises(ck.UsageError, match="Judge it first"):
        ck.exit_code(report())


def test_a_query_is_a_public_name() -> None:
    with pytest.raises(ck.UsageError, match="starts with SELECT"):
        ck.Query("DROP TABLE ratings", "sqlite:///helpdesk.db")
