"""The file, the variables and the options: every key known, every value read, one order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from csatkit.config import Configuration, find, read, settings_from
from csatkit.config_file import TARGET_KEYS
from csatkit.config_rules import BY_PLACE, RULES
from csatkit.errors import UsageError
from csatkit.settings import RESPONSE_LIMITS, Settings, SourceSettings


def _file(folder: Path, text: str, name: str = "csatkit.toml") -> Configuration:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path)


def _settings(text: str, folder: Path) -> Settings:
    return settings_from({}, {}, _file(folder, text))


def test_nothing_given_is_the_defaults() -> None:
    assert settings_from({}, {}) == Settings()
    assert settings_from({"window": None, "strict": False, "by": []}, {}) == Settings()


def test_every_field_can_be_configured() -> None:
    fields = {("settings", f) for f in Settings.__dataclass_fields__ if f != "source"}
    fields |= {("source", f) for f in SourceSettings.__dataclass_fields__}
    assert {(r.part, r.field) for r in RULES} == fields


FILE_KEYS: list[tuple[str, str, Any]] = [
    ('[source]\ntimezone = "Europe/Berlin"', "source.timezone", "Europe/Berlin"),
    ('[source]\npreset = "none"', "source.preset", "none"),
    ('[source]\nscale = "1-5"', "source.scale", "1-5"),
    ('[source]\ndate_format = "dmy"', "source.date_format", "dmy"),
    ('[source]\ndate_format = "%d.%m.%Y"', "source.date_format", "%d.%m.%Y"),
    ('[source]\nscale_column = "Survey Format"', "source.scale_column", "Survey Format"),
    ('[source.labels]\n1 = "good"\nx = 5', "source.labels", {"1": "good", "x": "5"}),
    ('[source.scales]\n"5 stars" = "1-5"', "source.scales", {"5 stars": "1-5"}),
    ('[source]\nunrated = [0, "offered"]', "source.unrated", ("0", "offered")),
    ('[source]\nresolved_statuses = ["Fertig"]', "source.resolved_statuses", ("Fertig",)),
    ('[source.map]\nagent = "Assignee"', "source.map", {"agent": "Assignee"}),
    ('[source]\nmap = {agent = ""}', "source.map", {"agent": ""}),
    (
        '[exclude]\nqueue = ["Test", 7]\ninternal = true',
        "source.exclude",
        {"queue": ("Test", "7"), "internal": ("true",)},
    ),
    ("[fcr]\nwindow = 7", "window_days", 7),
    ('[fcr]\nwindow = "36h"', "window_days", 1.5),
    ('[fcr]\nrepeat_on = "customer"', "repeat_on", "customer"),
    ('[fcr]\nfail_on = ["repeat", "unresolved"]', "fail_on", ("unresolved", "repeat")),
    ("[response]\nmature_days = 21", "mature_days", 21),
    ('[themes]\nparcel = "late"\nbug = []', "themes", {"parcel": ("late",), "bug": ()}),
    ("[inspect]\nexpected_rows = 500", "expected_rows", {"tickets": 500}),
    ('[report]\nby = "channel"', "by", (("channel",),)),
    ('[report]\nby = ["channel,week", "agent"]', "by", (("channel", "week"), ("agent",))),
    ('[report]\ntz = "UTC"', "tz", "UTC"),
    ('[report]\nweek_start = "Sunday"', "week_start", "sun"),
    ("[report]\nlevel = 0.9", "level", 0.9),
    ("[report]\nmin_n = 30", "min_n", 30),
    ('[report]\nprofile = "default"', "profile", "default"),
    ('[report]\nclock = "created"', "clock", "created"),
    ('[report]\nrating = "last"', "rating", "last"),
    ('[report]\nprivacy = "ids"', "privacy", "ids"),
    ('[report]\nsections = ["trend", "headline"]', "sections", ("trend", "headline")),
    ('[report]\nhide = ["funnel"]', "hide", ("funnel",)),
    ('[report]\nmax_memory = "4GB"', "max_memory", "4GB"),
    ('[spark]\nmaster = "local[2]"', "spark_master", "local[2]"),
    (
        '[spark]\nconf = {"spark.ui.enabled" = false, n = 3}',
        "spark_conf",
        {"spark.ui.enabled": "false", "n": "3"},
    ),
]


@pytest.mark.parametrize(("text", "path", "expected"), FILE_KEYS)
def test_a_key_of_the_file(tmp_path: Path, text: str, path: str, expected: Any) -> None:
    found: Any = _settings(text, tmp_path)
    for part in path.split("."):
        found = getattr(found, part)
    assert found == expected


def test_every_key_of_the_file_is_tested() -> None:
    tested = {key for text, path, _ in FILE_KEYS for key in (text.split("]")[0].strip("["), path)}
    named = {f"{r.part}.{r.field}".removeprefix("settings.") for r in BY_PLACE.values()}
    paths = {"source.tickets", "source.surveys", "source.outreach", "response_limits"}
    paths.add("source.preset_folder")
    assert named - tested == paths


def test_response_limits_are_added_to_the_defaults(tmp_path: Path) -> None:
    text = '[first_response]\nphone = "90s"\nchat = "none"\n'
    limits = _settings(text, tmp_path).response_limits
    assert limits == {"email": RESPONSE_LIMITS["email"], "phone": timedelta(seconds=90)}


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    source = _settings('[source]\ntickets = ["a.csv", "-"]\nsurveys = "sub/*.csv"\n', tmp_path)
    assert source.source.tickets == (str(tmp_path / "a.csv"), "-")
    assert source.source.surveys == (str(tmp_path / "sub" / "*.csv"),)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[fcr]\nwindw = 7", ("[fcr]", "'windw'", "'window'")),
        ("[frc]\nwindow = 7", ("'[frc]'", "'[fcr]'")),
        ("window = 7", ("window",)),
        ('fcr = "x"', ("fcr", "a table")),
        ('[fcr]\nwindow = "soon"', ("[fcr] window", "'soon'")),
        ("[fcr]\nwindow = true", ("[fcr] window", "a number or a text", "True")),
        ("[fcr]\nwindow = 0", ("[fcr] window", "above zero")),
        ('[fcr]\nfail_on = "repeat"', ("[fcr] fail_on", "a list")),
        ('[fcr]\nfail_on = ["repaet"]', ("[fcr] fail_on", "'repeat'")),
        ("[fcr]\nfail_on = []", ("[fcr] fail_on", "at least one")),
        ('[report]\nlevel = "0.95"', ("[report] level", "a number", "'0.95'")),
        ("[report]\nlevel = 95", ("[report] level", "Did you mean 0.95?")),
        ("[report]\nmin_n = 0.5", ("[report] min_n", "whole number")),
        ('[report]\ntz = "Europe/Berln"', ("[report] tz", "Europe/Berlin")),
        ('[report]\nprofile = "defualt"', ("[report] profile", "'default'")),
        ('[source]\npreset = "nonw"', ("[source] preset", "'none'")),
        ('[source.map]\nagnet = "A"', ("[source] map", "'agent'")),
        ("[source.map]\nagent = 3", ("[source] map agent", "a header")),
        ('[first_response]\nchat = "soon"', ("[first_response] chat", "'soon'")),
        ("[exclude]\nqueue = {a = 1}", ("[exclude] queue", "a text")),
        ("[fcr\nwindow = 7", ("isn't valid TOML", "line 1")),
        ("[target]\nmetric = 'csat'", ("target", "[[target]]")),
        ("[[target]]\nmetric = 'csat'", ("[[target]] 1", "either min or max")),
        ("[[target]]\nmetric = 'csat'\nmin = 1\nmax = 2", ("either min or max",)),
        ("[[target]]\nmin = 80", ("has no metric",)),
        ("[[target]]\nname = 'A'\nmetirc = 'csat'\nmin = 80", ("[[target]] A", "'metric'")),
        ("[[target]]\nmetric = 'csat'\nmin = '80'", ("min", "a number", "'80'")),
        ("[[target]]\nmetric = 'csat'\nmin = 80\nmode = 'threeway'", ("mode", "'three-way'")),
        ("[[target]]\nmetric = 'csat'\nmin = 80\nlevel = 2", ("level",)),
        ("[[target]]\nmetric = 'csat'\nmin = 80\nmin_n = 0", ("min_n",)),
        ("[[target]]\nmetric = 'csat'\nmin = 80\nwhere = 'email'", ("where", "'email'")),
    ],
)
def test_a_mistake_in_the_file_names_file_and_key(
    tmp_path: Path, text: str, parts: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError) as caught:
        _file(tmp_path, text)
    message = str(caught.value)
    assert str(tmp_path / "csatkit.toml") in message
    assert [p for p in parts if p not in message] == []


def test_targets_are_kept_as_written(tmp_path: Path) -> None:
    text = "[[target]]\nmetric = 'csat'\nmin = 80\nby = ['channel']\nwhere = ['team=A', 'n>3']\n"
    (target,) = _file(tmp_path, text).targets
    assert target == {
        "metric": "csat",
        "min": 80,
        "by": ["channel"],
        "where": ["team=A", "n>3"],
    }
    assert set(target) <= set(TARGET_KEYS)


def test_a_file_may_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert _settings("\ufeff[fcr]\nwindow = 3\n", tmp_path).window_days == 3


@pytest.mark.parametrize(
    ("content", "text"), [(None, "can't be read"), (b"\xff\xfe\x00a", "isn't UTF-8")]
)
def test_an_unreadable_file(tmp_path: Path, content: bytes | None, text: str) -> None:
    path = tmp_path / "c.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=text):
        read(path)


# --- where the file is -------------------------------------------------------------------------


def test_the_nearest_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "csatkit.toml").touch()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert find(Path()) == Path("../../csatkit.toml")
    (tmp_path / "a" / "csatkit.toml").touch()
    assert find(Path()) == Path("../csatkit.toml")


def test_the_search_ends_at_the_repository(tmp_path: Path) -> None:
    (tmp_path / "csatkit.toml").touch()
    (tmp_path / "a" / ".git").mkdir(parents=True)
    assert find(tmp_path / "a") is None


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        ("[tool.csatkit.fcr]\nwindow = 5\n", True),
        ("[project]\nname = 'x'\n", False),
        ("[project\n", False),
        ("# tool.csatkit\n", False),
    ],
)
def test_a_pyproject_counts_when_it_is_ours(tmp_path: Path, text: str, is_ours: bool) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text(text)
    found = find(tmp_path)
    assert (found is not None) is is_ours
    if found is not None:
        assert settings_from({}, {}, read(found)).window_days == 5


def test_our_own_file_goes_before_a_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.csatkit.fcr]\nwindow = 5\n")
    (tmp_path / "csatkit.toml").write_text("[fcr]\nwindow = 6\n")
    found = find(tmp_path)
    assert found is not None
    assert found.name == "csatkit.toml"


# --- the order of precedence -------------------------------------------------------------------

FILE = Configuration(None, {"window_days": 5.0, "map": {"agent": "A", "team": "T"}})


@pytest.mark.parametrize(
    ("given", "env", "file", "expected"),
    [
        ({}, {}, None, 14),
        ({}, {}, FILE, 5),
        ({}, {"CSATKIT_WINDOW": "7"}, FILE, 7),
        ({}, {"CSATKIT_WINDOW": ""}, FILE, 5),
        ({"window": "9"}, {"CSATKIT_WINDOW": "7"}, FILE, 9),
        ({"window": "9"}, {"CSATKIT_WINDOW": "7"}, None, 9),
    ],
)
def test_the_command_line_beats_variables_beat_the_file(
    given: Mapping[str, object],
    env: Mapping[str, str],
    file: Configuration | None,
    expected: float,
) -> None:
    assert settings_from(given, env, file).window_days == expected


def test_a_mapping_is_merged_name_by_name() -> None:
    found = settings_from({"map": ["agent=B"]}, {"CSATKIT_MAP": "channel=C;agent=X"}, FILE)
    assert found.source.map == {"agent": "B", "channel": "C", "team": "T"}


def test_a_list_in_a_variable() -> None:
    env = {"CSATKIT_BY": "channel,week;agent", "CSATKIT_WHERE": "a=1;b in x|y"}
    found = settings_from({}, env)
    assert found.by == (("channel", "week"), ("agent",))
    assert found.where == ("a=1", "b in x|y")


def test_a_period_of_the_command_line_replaces_the_variables_days() -> None:
    env = {"CSATKIT_FROM": "2026-01-01", "CSATKIT_TO": "2026-01-31"}
    assert settings_from({}, env).first_day == date(2026, 1, 1)
    found = settings_from({"period": "last-week"}, env)
    assert (found.period, found.first_day, found.last_day) == ("last-week", None, None)


def test_tickets_on_the_command_line_replace_all_paths_of_the_file() -> None:
    file = Configuration(
        None, {"tickets": ("a",), "surveys": ("b",), "outreach": ("c",), "scale": "1-5"}
    )
    found = settings_from({"tickets": "t.csv"}, {"CSATKIT_OUTREACH": "o.csv"}, file).source
    assert (found.tickets, found.surveys, found.outreach) == (("t.csv",), (), ("o.csv",))
    assert found.scale == "1-5"
    assert settings_from({"outreach": "o.csv"}, {}, file).source.tickets == ("a",)


def test_the_sample_has_no_use_for_the_file_s_source() -> None:
    found = settings_from({"map": ["team=Group"]}, {}, FILE, sample=True)
    assert found.source.map == {"team": "Group"}
    assert found.window_days == 5


@pytest.mark.parametrize(
    ("given", "env", "parts"),
    [
        ({"window": "x"}, {}, ("--window", "'x'")),
        ({}, {"CSATKIT_WINDOW": "x"}, ("CSATKIT_WINDOW", "'x'")),
        ({}, {"CSATKIT_WINDWO": "7"}, ("CSATKIT_WINDWO", "CSATKIT_WINDOW")),
        ({"windw": "7"}, {}, ("'windw'", "'window'")),
        ({"map": ["agent"]}, {}, ("--map", "canonical=Header")),
        ({"where": ["channel"]}, {}, ("--where", "'channel'")),
        ({"by": ["a,,b"]}, {}, ("--by", "'a,,b'")),
        ({"by": ["a,a"]}, {}, ("--by", "twice")),
        ({"max_age": "36"}, {}, ("--max-age", "unit")),
        ({"period": "last-week", "from": "2026-01-01"}, {}, ("--period", "--from")),
        ({"period": "last-week", "to": "2026-01-01"}, {}, ("--period", "--to")),
        ({"from": "2026-02-01", "to": "2026-01-01"}, {}, ("--from", "--to", "after")),
        ({"spark_master": "local"}, {}, ("--spark-master", "--engine")),
        ({"engine": "spark", "spark_conf": ["x"]}, {}, ("--spark-conf", "name=value")),
        ({"engine": "sparc"}, {}, ("--engine", "'spark'")),
        ({"repeat_on": "custmer"}, {}, ("--repeat-on", "'customer'")),
        ({}, {"CSATKIT_STRICT": "maybe"}, ("CSATKIT_STRICT", "true or false")),
    ],
)
def test_a_mistake_is_reported_in_the_words_of_its_origin(
    given: Mapping[str, object], env: Mapping[str, str], parts: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError) as caught:
        settings_from(given, env)
    assert [p for p in parts if p not in str(caught.value)] == []


def test_variables_of_other_programs_are_left_alone() -> None:
    env = {"CSATKIT_NOW": "2026-01-01", "CSATKIT_QXZJ": "x", "CSATKIT_CONFIG": "c.toml"}
    assert settings_from({}, env) == Settings()


def test_one_day_is_a_span() -> None:
    found = settings_from({"from": "2026-01-01", "to": "2026-01-01"}, {})
    assert found.first_day == found.last_day == date(2026, 1, 1)


def test_switches_in_variables() -> None:
    assert settings_from({}, {"CSATKIT_STRICT": "1"}).strict is True
    assert settings_from({}, {"CSATKIT_STRICT": "no"}).strict is False
