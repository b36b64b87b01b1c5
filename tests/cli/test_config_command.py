"""`csatkit config check|show|schema`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from csatkit.config_rules import RULES
from csatkit.schemas.build_config import (
    CONFIG_SCHEMA,
    MEANINGS,
    build_config_schema,
    config_schema_bytes,
)
from tests.cli.conftest import ROOT, Run
from tests.unit.analyses._exports import save, survey, ticket

WITH_TARGET = """
source.tickets = "tickets.csv"
[[target]]
metric = "fcr"
min = 1
where = "chanel=x"
"""


@pytest.fixture(autouse=True)
def _export(tmp_path: Path) -> None:
    save(tmp_path / "tickets.csv", [ticket(n) for n in range(40)])
    save(tmp_path / "surveys.csv", [survey(n) for n in range(40)])


def _write(folder: Path, text: str) -> None:
    (folder / "csatkit.toml").write_text(text, encoding="utf-8")


def test_a_sound_file_is_counted(run: Run, tmp_path: Path) -> None:
    _write(
        tmp_path,
        '[source]\ntickets = "tickets.csv"\n[exclude]\nchannel = "chat"\n'
        '[[target]]\nmetric = "csat"\nmin = 80\nby = "channel,month"\nwhere = "agent=Agent 1"\n',
    )
    done = run("config", "check")
    assert (done.code, done.err) == (0, "")
    assert done.out == "csatkit.toml: sound; 2 settings, 1 targets\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[sorce]\n", "Did you mean '[source]'?"),
        ('[source]\ntickts = "a"\n', "Did you mean 'tickets'?"),
        ('[fcr]\nwindow = "soon"\n', "[fcr] window"),
        ("[source]\ntickets = 3\n", "expected a text"),
        ('[source]\ntickets = "ticket.csv"\n', "ticket.csv doesn't exist"),
        ('[source]\nscale = "1-55555"\n', "[source] scale: unknown scale"),
        ('[source]\ntickets = "tickets.csv"\n[exclude]\nchanel = "x"\n', "Did you mean 'channel'?"),
        ('[source]\ntickets = "tickets.csv"\n[report]\nby = "agnt"\n', "Did you mean 'agent'?"),
        ('[source]\ntickets = "tickets.csv"\nmap = { agent = "Agnt" }\n', "Did you mean 'agent'?"),
        ('[[target]]\nmetric = "csta"\nmin = 1\n', "Did you mean 'csat'?"),
        (WITH_TARGET, "[[target]] 1: where: unknown column 'chanel'"),
        ("[source\n", "isn't valid TOML"),
    ],
)
def test_a_mistake_is_named(run: Run, tmp_path: Path, text: str, told: str) -> None:
    _write(tmp_path, text)
    done = run("config", "check", "csatkit.toml")
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_mistakes_are_named_together(run: Run, tmp_path: Path) -> None:
    _write(
        tmp_path,
        '[source]\ntickets = "tickets.csv"\n[exclude]\nchanel = "x"\n'
        '[[target]]\nmetric = "csta"\nmin = 1\n',
    )
    err = run("config", "check").err
    assert "2 mistakes" in err
    assert "csta" in err
    assert "chanel" in err


def test_without_a_file_there_is_nothing_to_check(run: Run) -> None:
    done = run("config", "check")
    assert done.code == 2
    assert "csatkit init" in done.err


def _lines(text: str) -> dict[str, str]:
    """Return key → line."""
    return {line.partition(" ")[0]: line for line in text.splitlines() if " = " in line}


def test_show_says_where_a_value_comes_from(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path, "[fcr]\nwindow = 7\n[report]\nlevel = 0.9\nmin_n = 20\n")
    monkeypatch.setenv("CSATKIT_LEVEL", "0.8")
    monkeypatch.setenv("CSATKIT_MIN_N", "30")
    lines = _lines(run("config", "show", "--min-n", "40").out)
    assert lines["window"] == "window = 7  # csatkit.toml"
    assert lines["level"] == "level = 0.8  # CSATKIT_LEVEL"
    assert lines["min_n"] == "min_n = 40  # command line"
    assert lines["rating"] == 'rating = "first"  # default'


def test_show_merges_the_mapping_as_a_run_does(run: Run, tmp_path: Path) -> None:
    _write(tmp_path, '[source]\nmap = { agent = "A", team = "T" }\n')
    line = _lines(run("config", "show", "--map", "agent=B").out)["map"]
    assert line == 'map = { agent = "B", team = "T" }  # command line over csatkit.toml'


def test_paths_on_the_command_line_are_not_the_file_s(run: Run, tmp_path: Path) -> None:
    _write(tmp_path, '[source]\ntickets = "tickets.csv"\nsurveys = "surveys.csv"\n')
    lines = _lines(run("config", "show").out)
    assert lines["tickets"] == 'tickets = ["tickets.csv"]  # csatkit.toml'


def test_what_show_prints_is_a_configuration(run: Run, tmp_path: Path) -> None:
    _write(
        tmp_path,
        '[source]\ntickets = "tickets.csv"\nmap = { agent = "agent" }\n[exclude]\n'
        '"odd header" = [1, "x"]\n[first_response]\nphone = "90s"\n[fcr]\nwindow = "36h"\n',
    )
    shown = run("config", "show").out
    assert tomllib.loads(shown)["exclude"] == {"odd header": ["1", "x"]}
    (tmp_path / "again.toml").write_text(shown)
    again = run("config", "show", "again.toml").out
    assert tomllib.loads(again) == tomllib.loads(shown)


def test_secrets_are_never_shown(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "hunter2")
    _write(
        tmp_path,
        '[source]\ntickets = { query = "select 1", '
        'uri = "postgresql://joe:${DB_PASSWORD}@db.example/desk" }\n',
    )
    done = run("config", "show")
    assert done.code == 0
    assert "postgresql://db.example/desk" in done.out
    assert "hunter2" not in done.out
    assert "joe" not in done.out


def test_show_works_without_a_file(run: Run) -> None:
    done = run("config", "show")
    assert done.code == 0
    assert "# default" in done.out
    assert "csatkit.toml" not in done.out


@pytest.mark.parametrize("action", ["check", "schema"])
def test_settings_mean_nothing_beside_show(run: Run, action: str) -> None:
    done = run("config", action, "--window", "7")
    assert (done.code, done.out) == (2, "")
    assert f"`--window` means nothing for config {action}" in done.err


def test_an_unknown_action(run: Run) -> None:
    done = run("config", "chek")
    assert done.code == 2
    assert "Did you mean 'check'?" in done.err


def test_the_shipped_schema_is_the_one_of_the_rules(run: Run) -> None:
    shipped = ROOT / "src" / "csatkit" / "schemas" / CONFIG_SCHEMA
    assert shipped.read_bytes() == config_schema_bytes()
    assert run("config", "schema").raw == config_schema_bytes()


def test_every_rule_has_a_meaning_and_no_meaning_is_left_over() -> None:
    assert set(MEANINGS) == {rule.place for rule in RULES if rule.place}


@pytest.mark.parametrize(
    "text",
    [
        "[sorce]\n",
        "[source]\ntickts = 'a'\n",
        "[fcr]\nwindow = -1\n",
        "[fcr]\nfail_on = ['boredom']\n",
        "[[target]]\nmetric = 'csat'\n",
        "[[target]]\nmetric = 'csta'\nmin = 3\n",
        "[source.map]\nagnt = 'x'\n",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    validator = jsonschema.Draft7Validator(build_config_schema())
    assert not validator.is_valid(tomllib.loads(text))


def test_the_schema_is_one(run: Run) -> None:
    jsonschema.Draft7Validator.check_schema(json.loads(run("config", "schema").out))
