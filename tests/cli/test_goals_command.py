"""`goals` and `digest quarterly` with `[[goal]]` tables, from the command line."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from csatkit.render import FORMATS
from tests.cli.answers import valid_json
from tests.cli.conftest import Run
from tests.unit.analyses._goals import QUARTERS, ratings, rows

CONFIG = """
[source]
tickets = "t.csv"
preset = "none"
scale = "1-5"
timezone = "UTC"

[[goal]]
name = "{name}"
metric = "csat"
baseline = "2025-Q4"
target = 80
due = 2026-06-30
action = "{action}"
guardrails = ["low_share", {{ metric = "csat", margin = 1 }}]
"""

END = "2026-04-01T06:00:00"
HOSTILE = "[red]=1+1|<script>x</script>\u202e"

DATA = [*ratings("2025-Q4", 48, 80), *ratings("2026-Q1", 56, 70)]
"""Newcombe's published example: 56/70 - 48/80."""


def _write(
    found: list[Any], name: str = "Happy", action: str = "call back", **columns: str
) -> None:
    """Write a ticket file and the configuration beside it."""
    table = rows(found, **columns)
    with Path("t.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    Path("csatkit.toml").write_text(CONFIG.format(name=name, action=action), encoding="utf-8")


def test_a_goal_in_the_file_is_followed(run: Run) -> None:
    _write(DATA)
    found = valid_json(run, "goals", "--as-of", END)
    (goal,) = found["goals"]
    assert goal["change"]["low"] == pytest.approx(5.24, abs=0.005)
    assert goal["baseline"]["period"] == {
        "label": "2025-Q4", "from": "2025-10-01", "to": "2025-12-31",
    }  # fmt: skip
    assert [g["verdict"] for g in goal["guardrails"]] == ["pass", "pass"]
    assert valid_json(run, "digest", "quarterly", "--as-of", END)["goals"] == [goal]
    figures = {(m["metric"], (m["period"] or {})["label"]): m for m in found["measures"]}
    assert figures["csat", "2026-Q1"]["difference"] == goal["change"]
    assert ("csat", "2025-Q4") in figures


def test_targets_and_goals_stand_together(run: Run) -> None:
    _write(DATA)
    found = valid_json(run, "goals", "--min", "csat=75", "--as-of", END)
    assert [s["key"] for s in found["sections"]] == ["goal_cycle", "goal_1", "goals"]
    assert "goals" not in valid_json(run, "csat", "--as-of", END)
    check = run("check", "--as-of", END)
    assert (check.code, "no target given" in check.err) == (2, True)


@pytest.mark.parametrize("command", [("goals",), ("digest", "quarterly")])
@pytest.mark.parametrize("format_", [f for f in FORMATS if not FORMATS[f].needs_verdicts])
def test_every_format_shows_hostile_names_as_text(
    run: Run, command: tuple[str, ...], format_: str
) -> None:
    _write(DATA, name=HOSTILE, action=HOSTILE)
    done = run(*command, "--as-of", END, "--format", format_, "-o", "out.bin")
    assert done.code == 0, done.err
    raw = Path("out.bin").read_bytes()
    assert raw
    assert b"<script>x" not in raw or format_ in {"json", "jsonl", "markdown", "table", "slack"}


def test_nothing_is_wider_than_80_columns(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import csatkit as ck
    from tests.unit.analyses._goals import asked

    monkeypatch.setenv("COLUMNS", "80")
    _write(DATA)
    goal = {"name": "A rather long name of a goal", "metric": "csat", "baseline": "2025-Q4",
            "target": 80, "due": "2026-Q2", "guardrails": ["low_share"]}  # fmt: skip
    text = str(ck.render(asked(DATA, goal), "table", width=80))
    assert max(map(len, text.splitlines())) <= 80
    # Not on a terminal it is plain text at its natural width.
    done = run("goals", "--as-of", END)
    assert done.code == 0
    assert "+20.0 (+5.2 … +33.4) points vs 2025-Q4, better beyond noise" in done.out
    assert "\x1b" not in done.out


def test_a_history_keeps_the_baseline_that_left_the_export(run: Run) -> None:
    _write(DATA)
    asked = ("goals", "--as-of", END, "--history", "h.parquet")
    (first,) = valid_json(run, *asked)["goals"]
    _write([r for r in DATA if r[0] >= QUARTERS["2026-Q1"]])
    (without,) = valid_json(run, "goals", "--as-of", END)["goals"]
    assert (without["baseline"]["value"], without["change"]) == (None, None)
    (kept,) = valid_json(run, *asked)["goals"]
    for key in ("baseline", "now", "change", "track", "verdict", "expected", "plan"):
        assert kept[key] == first[key], key
    assert [g["verdict"] for g in kept["guardrails"]] == ["pass", "pass"]
    digest = valid_json(run, "digest", "quarterly", "--as-of", END, "--history", "h.parquet")
    assert digest["goals"][0]["baseline"] == first["baseline"]


def test_a_quarter_that_only_the_history_has_still_counts_as_met(run: Run) -> None:
    quarters = [*ratings("2025-Q2", 48, 80), *ratings("2025-Q3", 95, 100)]
    quarters += [*ratings("2025-Q4", 80, 100), *ratings("2026-Q1", 78, 100)]
    _write(quarters)
    text = Path("csatkit.toml").read_text(encoding="utf-8").replace("2025-Q4", "2025-Q2")
    Path("csatkit.toml").write_text(text, encoding="utf-8")
    asked = ("goals", "--as-of", END, "--history", "h.parquet")
    (first,) = valid_json(run, *asked)["goals"]
    assert (first["drift"]["verdict"], first["drift"]["denominator"]) == ("fallen", 200)
    _write([r for r in quarters if r[0] >= QUARTERS["2025-Q4"]])
    Path("csatkit.toml").write_text(text, encoding="utf-8")
    (kept,) = valid_json(run, *asked)["goals"]
    assert kept == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("goals", "--by", "channel"), "--by means nothing for a [[goal]]"),
        (("digest", "quarterly", "--by", "channel"), "--by means nothing for a [[goal]]"),
        (("goals", "--history", "t.csv"), "--history"),
    ],
)
def test_what_means_nothing_is_exit_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    _write(DATA, channel="chat")
    done = run(*arguments, "--as-of", END)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_history_without_a_goal_is_exit_2(run: Run) -> None:
    _write(DATA)
    Path("csatkit.toml").write_text(CONFIG.partition("[[goal]]")[0], encoding="utf-8")
    for command in (("goals",), ("digest", "quarterly")):
        done = run(*command, "--min", "csat=80", "--history", "h.parquet")
        assert (done.code, "without a [[goal]]" in done.err) == (2, True)
    none = run("goals")
    assert (none.code, "no target given" in none.err) == (2, True)


def test_a_mistake_in_a_goal_is_said_before_any_data_is_read(run: Run) -> None:
    _write(DATA)
    Path("t.csv").unlink()
    text = Path("csatkit.toml").read_text(encoding="utf-8")
    for wrong, said in (
        (text.replace('"low_share"', '"low_shar"'), "unknown metric 'low_shar'"),
        (text.replace("target = 80", "tarket = 80"), "unknown key 'tarket'"),
    ):
        Path("csatkit.toml").write_text(wrong, encoding="utf-8")
        done = run("goals")
        assert (done.code, done.out) == (2, "")
        assert said in done.err


def test_config_check_reads_goals(run: Run) -> None:
    _write(DATA)
    assert "1 goal\n" in run("config", "check").out
    text = Path("csatkit.toml").read_text(encoding="utf-8")
    wrong = text.replace('"low_share"', '"low_shar"').replace(
        'name = "Happy"', 'name = "Happy"\nwhere = "chanel=chat"'
    )
    Path("csatkit.toml").write_text(wrong, encoding="utf-8")
    done = run("config", "check")
    assert done.code == 2
    assert "[[goal]] Happy" in done.err
    assert "low_shar" in done.err
    assert "unknown column 'chanel'" in done.err


def test_the_same_input_gives_the_same_bytes(run: Run) -> None:
    _write(DATA)
    once = run("goals", "--as-of", END, "--format", "json").raw
    assert run("goals", "--as-of", END, "--format", "json").raw == once
    assert json.loads(once)["goals"][0]["told_on"] is None


@pytest.mark.parametrize("command", [("goals",), ("digest", "quarterly")])
def test_a_known_figure_that_waits_for_its_first_quarter_is_exit_0(
    run: Run, command: tuple[str, ...]
) -> None:
    _write(DATA)
    text = Path("csatkit.toml").read_text(encoding="utf-8").partition("guardrails")[0]
    waiting = text.replace('"2025-Q4"', '72.4\nstart = "2026-Q3"').replace(
        "2026-06-30", "2026-12-31"
    )
    Path("csatkit.toml").write_text(waiting, encoding="utf-8")
    (goal,) = valid_json(run, *command, "--as-of", END)["goals"]
    assert (goal["track"], goal["baseline"]["value"], goal["now"]) == ("not begun", 72.4, None)


def test_an_empty_export_is_exit_5(run: Run) -> None:
    _write(DATA)
    assert run("goals", "--as-of", END, "--where", "ticket_id=none").code == 5
    late = (QUARTERS["2026-Q1"] + timedelta(days=1)).isoformat()
    assert run("digest", "quarterly", "--as-of", late, "--where", "ticket_id=none").code == 5
