"""`[[goal]]` tables: every key, every mistake with its place, and what editors are told."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from csatkit import config
from csatkit.analyses.goals_asked import Known, columns_of_goals, goal_of, metrics_of_goals
from csatkit.config_goals import GOAL_KEYS
from csatkit.errors import UsageError
from csatkit.periods import Span
from csatkit.schemas.build_config import build_config_schema

SOUND = {
    "metric": "'csat'", "baseline": "'2025-Q4'", "target": "80", "due": "2026-06-30",
}  # fmt: skip


def _text(**changed: str | None) -> str:
    """Return a goal as it is written, with some keys changed or left out."""
    keys = {**SOUND, **changed}
    return "[[goal]]\n" + "\n".join(f"{k} = {v}" for k, v in keys.items() if v is not None)


def _goals(folder: Path, text: str) -> tuple[Any, ...]:
    path = folder / "csatkit.toml"
    path.write_text(text, encoding="utf-8")
    return config.read(path).goals


FULL = """
[[goal]]
name = "Refunds"
metric = "csat"
where = ["issue_type=refund", "channel=email"]
baseline = { value = 58.3, n = 120 }
start = 2026-01-01
target = 63
due = "2026-Q2"
action = "repair the refund process"
level = 0.9
min_n = 30
guardrails = [
  { metric = "reopen_rate", margin = 1, baseline = "2025-Q4", where = [] },
  { metric = "fcr", baseline = 70 },
]
"""


def test_every_key_is_read(tmp_path: Path) -> None:
    (table,) = _goals(tmp_path, FULL)
    assert set(table) == set(GOAL_KEYS)
    goal = goal_of(table)
    assert (goal.aim.name, goal.aim.op, goal.aim.threshold) == ("Refunds", "min", 63)
    assert goal.aim.where == ("issue_type=refund", "channel=email")
    assert (goal.aim.level, goal.aim.min_n, goal.aim.action) == (
        0.9, 30, "repair the refund process",
    )  # fmt: skip
    assert goal.baseline == Known(58.3, 120)
    assert (goal.start, goal.due) == (date(2026, 1, 1), date(2026, 6, 30))
    reopen, fcr = goal.guardrails
    assert isinstance(reopen.baseline, Span)
    assert (reopen.aim.op, reopen.aim.margin, reopen.aim.where) == ("max", 1, ())
    assert (fcr.baseline, fcr.aim.margin, fcr.aim.mode) == (Known(70, None), 2.0, "noninferior")
    assert fcr.aim.where == goal.aim.where
    assert metrics_of_goals([table]) == ("csat", "reopen_rate", "fcr")
    assert columns_of_goals([table]) == ("issue_type", "channel")


@pytest.mark.parametrize(
    ("baseline", "first", "last", "start"),
    [
        ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31), date(2026, 1, 1)),
        ("2025-11", date(2025, 11, 1), date(2025, 11, 30), date(2025, 12, 1)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)),
        ("2025-w52", date(2025, 12, 22), date(2025, 12, 28), date(2025, 12, 29)),
        ("2025-12-31", date(2025, 12, 31), date(2025, 12, 31), date(2026, 1, 1)),
    ],
)
def test_progress_counts_from_the_day_after_the_baseline(
    baseline: str, first: date, last: date, start: date
) -> None:
    goal = goal_of({"metric": "csat", "baseline": baseline, "target": 80, "due": "2026-Q4"})
    assert isinstance(goal.baseline, Span)
    assert (goal.baseline.period.first, goal.baseline.period.last) == (first, last)
    assert (goal.start, goal.due) == (start, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[goal]\nmetric = 'csat'", ("goal", "[[goal]]")),
        ("[[gaol]]\nmetric = 'csat'", ("'[gaol]'", "'[goal]'")),
        (_text(basline="'2025-Q4'"), ("[[goal]] 1", "'basline'", "'baseline'")),
        (_text(name="'Up'", metric=None), ("[[goal]] Up", "has no metric")),
        (_text(baseline=None), ("has no baseline", "2025-Q4")),
        (_text(target=None), ("has no target",)),
        (_text(due=None), ("has no due",)),
        (_text(target="'80'"), ("target", "a number", "'80'")),
        (_text(target="true"), ("target", "a number", "True")),
        (_text(metric="7"), ("metric", "a text")),
        (_text(due="2026-06-30T12:00:00"), ("due", "YYYY-MM-DD")),
        (_text(due="'soon'"), ("due", "'soon'", "2026-Q1")),
        (_text(due="'next-quarter'"), ("due", "'next-quarter'")),
        (_text(baseline="'last-quarter'"), ("baseline", "last-quarter moves with the data")),
        (_text(baseline="'2025-Q5'"), ("baseline", "'2025-Q5'")),
        (_text(baseline="72.4"), ("a fixed baseline needs start",)),
        (_text(baseline="{ value = 72.4 }"), ("baseline: has no n",)),
        (_text(baseline="{ vlaue = 72.4, n = 3 }"), ("'vlaue'", "'value'")),
        (_text(baseline="{ value = 72.4, n = 0 }", start="2026-01-01"), ("baseline: n",)),
        (_text(baseline="inf", start="2026-01-01"), ("baseline", "a figure", "inf")),
        (_text(baseline="nan", start="2026-01-01"), ("baseline", "a figure", "nan")),
        (_text(baseline=f"1{'0' * 400}", start="2026-01-01"), ("baseline", "a figure")),
        (_text(baseline="{ value = nan, n = 9 }", start="2026-01-01"), ("baseline: value", "nan")),
        (
            _text(guardrails="[{ metric = 'resolution_time', margin = 1, baseline = -inf }]"),
            ("resolution_time: baseline", "-inf"),
        ),
        (_text(level="95"), ("level", "0.95")),
        (_text(min_n="0"), ("min_n",)),
        (_text(where="'email'"), ("where", "'email'")),
        (_text(where="[1]"), ("where", "a text")),
        (_text(guardrails="'fcr'"), ("guardrails", "a list")),
        (_text(guardrails="[7]"), ("guardrails", "7")),
        (_text(guardrails="[{ margin = 1 }]"), ("guardrails", "has no metric")),
        (_text(guardrails="[{ metric = 'fcr', magrin = 1 }]"), ("fcr", "'magrin'", "'margin'")),
        (
            _text(guardrails="['fcr']", baseline="70", start="2026-01-01"),
            ("guardrails: fcr: has no baseline",),
        ),
    ],
)
def test_a_mistake_names_file_goal_and_key(
    tmp_path: Path, text: str, parts: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError) as caught:
        _goals(tmp_path, text)
    message = str(caught.value)
    assert str(tmp_path / "csatkit.toml") in message
    assert [p for p in parts if p not in message] == []


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        ({"metric": "cast"}, ("unknown metric 'cast'", "csat")),
        ({"metric": "tickets"}, ("neither more nor fewer tickets is better", "[[target]]")),
        ({"target": 180}, ("target 180 isn't a percentage",)),
        ({"due": date(2025, 12, 31)}, ("due 2025-12-31 lies before 2026-01-01",)),
        ({"start": date(2025, 12, 31)}, ("start 2025-12-31 lies inside the baseline 2025-Q4",)),
        ({"baseline": 2025, "start": "2026"}, ("2025 isn't a percentage", '"2025"')),
        ({"baseline": 80, "start": "2026"}, ("target 80 doesn't lie above the baseline 80",)),
        (
            {"metric": "reopen_rate", "baseline": 7, "start": "2026"},
            ("target 80 doesn't lie below the baseline 7",),
        ),
        (
            {"metric": "csat_average", "target": 4.5, "baseline": {"value": 4, "n": 9},
             "start": "2026"},
            ("n says how sure a percentage is",),
        ),
        (
            {"metric": "resolution_time", "target": 4, "baseline": -3, "start": "2026"},
            ("baseline", "can't be -3", "0 or more"),
        ),
        ({"guardrails": ["fcrr"]}, ("unknown metric 'fcrr'", "'fcr'")),
        ({"guardrails": ["tickets"]}, ("neither more nor fewer",)),
        ({"guardrails": ["csat_average"]}, ("guardrail csat_average", "needs a margin")),
        ({"guardrails": [{"metric": "fcr", "margin": -1}]}, ("margin of 0 or more",)),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(
    changed: dict[str, object], parts: tuple[str, ...]
) -> None:
    table = {"metric": "csat", "baseline": "2025-Q4", "target": 80, "due": "2026-Q2", **changed}
    with pytest.raises(UsageError) as caught:
        goal_of(table)
    assert [p for p in parts if p not in str(caught.value)] == []


def test_the_schema_for_editors_agrees() -> None:
    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, list):
            return [plain(v) for v in value]
        return value.isoformat() if isinstance(value, date) else value  # as TOML's editors see it

    check = jsonschema.Draft7Validator(build_config_schema())
    assert list(check.iter_errors(plain(tomllib.loads(FULL)))) == []
    assert list(check.iter_errors(plain(tomllib.loads(_text(guardrails="['fcr']"))))) == []
    for wrong in (_text(due=None), _text(basline="1"), _text(baseline="'last-quarter'"),
                  _text(guardrails="[{ margin = 1 }]")):  # fmt: skip
        assert list(check.iter_errors(plain(tomllib.loads(wrong))))
