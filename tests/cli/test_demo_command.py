"""`csatkit demo` writes a folder in which every command runs, and `--demo` needs no folder."""

from __future__ import annotations

import json
import os
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csatkit.cli.registry import names
from tests.cli.conftest import Result, Run

FILES = ("tickets", "surveys", "outreach")
BEFORE = {"explain": ("00000042",), "digest": ("weekly",), "coach": ("Diego",)}
"""What a command needs besides data."""

TARGET = {"check": ("--min", "csat=10"), "goals": ("--min", "csat=10")}
"""What a command needs where no configuration names a target."""

CODES = {"check": 1}
"""Of the three targets in the sample's configuration one fails on purpose."""


def _reads_data(name: str) -> bool:
    """Tell whether a command reads an export, so that the sample can stand in for it."""
    command = import_module(f"csatkit.cli.{name}").COMMAND
    return any(option.key == "demo" for option in command.options)


DATA = tuple(name for name in names() if _reads_data(name))


def _listing(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def test_the_folder_holds_three_tables_and_a_configuration(run: Run) -> None:
    done = run("demo", "sample")
    assert (done.code, done.err) == (0, "")
    expected = {"tickets.csv", "surveys.csv", "outreach.csv", "csatkit.toml"}
    assert set(_listing("sample")) == expected
    assert all(name in done.out for name in expected)
    assert pl.read_csv("sample/tickets.csv", infer_schema=False).height == 8_000


def test_quiet_says_nothing(run: Run) -> None:
    assert run("demo", "sample", "--tickets", "50", "-q")[:3] == (0, "", "")
    assert len(_listing("sample")) == 4


def test_the_next_steps_run_as_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("demo", "my sample", "--tickets", "400")
    steps = [shlex.split(s) for s in done.out.partition("Next:")[2].strip().split("\n")]
    assert steps[0] == ["cd", "my sample"]
    monkeypatch.chdir(steps[0][1])
    assert len(steps) > 1
    for words in steps[1:]:
        assert words[0] == "csatkit"
        assert run(*words[1:]).code == 0


@pytest.mark.parametrize("count", [1, 2, 37, 1000])
def test_it_has_as_many_tickets_as_asked_for(run: Run, count: int) -> None:
    assert run("demo", "sample", "--tickets", str(count)).code == 0
    assert pl.read_csv("sample/tickets.csv", infer_schema=False).height == count


def test_a_seed_is_a_sample(run: Run) -> None:
    for folder, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert run("demo", folder, "--tickets", "200", "--seed", seed).code == 0
    assert _listing("a") == _listing("b")
    assert _listing("a")["tickets.csv"] != _listing("c")["tickets.csv"]


def test_null_plants_nothing(run: Run) -> None:
    for folder, options in (("planted", ()), ("null", ("--null",))):
        assert run("demo", folder, *options).code == 0
    found = {f: _csat_of_refunds(run, f) for f in ("planted", "null")}
    assert found["planted"]["high"] < found["null"]["low"]


def _csat_of_refunds(run: Run, folder: str) -> dict[str, Any]:
    files = (f"{folder}/tickets.csv", f"{folder}/surveys.csv")
    done = run("csat", *files, "--where", "issue_type=refund", "--format", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)["measures"][0]
    return found


def test_parquet_holds_the_same_year(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    for kind in ("csv", "parquet"):
        assert run("demo", kind, "--tickets", "600", "--format", kind).code == 0
        assert {f"{f}.{kind}" for f in FILES} < set(_listing(kind))
        with monkeypatch.context() as here:
            here.chdir(kind)
            done = run("report", "--format", "json")
        assert done.code == 0, done.err
        answers.append(json.loads(done.out)["measures"])
    assert answers[0] == answers[1]


# --- what it refuses ---------------------------------------------------------------------------


def _check_refused(done: Result, *says: str) -> None:
    assert (done.code, done.out) == (2, ""), done.err
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err
    assert [text for text in says if text not in done.err] == []


@pytest.mark.parametrize("name", ["tickets.csv", "csatkit.toml"])
def test_nothing_is_overwritten_without_force(run: Run, name: str) -> None:
    Path("sample").mkdir()
    (Path("sample") / name).write_text("mine\n")
    before = _listing("sample")
    _check_refused(run("demo", "sample", "--tickets", "50"), "sample", name, "--force")
    assert _listing("sample") == before
    assert run("demo", "sample", "--tickets", "50", "--force").code == 0
    assert _listing("sample")[name] != b"mine\n"
    assert len(_listing("sample")) == 4


def test_other_files_in_the_folder_stay(run: Run) -> None:
    Path("sample").mkdir()
    Path("sample/notes.txt").write_text("mine\n")
    assert run("demo", "sample", "--tickets", "50", "--force").code == 0
    assert Path("sample/notes.txt").read_text() == "mine\n"


def test_a_file_is_no_folder(run: Run) -> None:
    Path("sample").write_text("mine\n")
    _check_refused(run("demo", "sample"), "sample", "not a folder")
    _check_refused(run("demo", "sample/inside"), "sample")
    assert Path("sample").read_text() == "mine\n"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc, where nobody can write")
def test_a_folder_that_takes_no_files(run: Run) -> None:
    _check_refused(run("demo", "/proc/self/sample", "--tickets", "50"), "/proc/self/sample")
    _check_refused(run("demo", "/proc/self", "--tickets", "50"), "/proc/self")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--tickets", "0"), ("tickets is 0",)),
        (("--tickets", "-5"), ("tickets is -5",)),
        (("--tickets", "100000000"), ("100,000,000", "99,999,999")),
        (("--tickets", "many"), ("--tickets", "integer")),
        (("--seed", "x"), ("--seed",)),
        (("--format", "xml"), ("'xml'", "csv")),
        (("--frmat", "csv"), ("--frmat", "--format")),
        (("--by", "agent"), ("--by",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_number_out_of_range_leaves_no_folder(
    run: Run, options: tuple[str, ...], says: tuple[str, ...]
) -> None:
    done = run("demo", "sample", *options)
    assert (done.code, done.out) == (2, ""), done.err
    assert [text for text in says if text.replace(",", "") not in done.err.replace(",", "")] == []
    assert not Path("sample").exists()


# --- every command inside it -------------------------------------------------------------------


def _check_sound(done: Result, code: int = 0) -> None:
    assert done.code == code, done.err
    assert len(done.out) > 100
    assert "Traceback" not in done.err


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_command_runs_inside_without_arguments(
    run: Run, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    assert run("demo", "sample", "--tickets", "1500", "--format", kind).code == 0
    monkeypatch.chdir("sample")
    assert {"report", "csat", "fcr", "enrich", "inspect", "explain"} <= set(DATA)
    for command in DATA:
        _check_sound(run(command, *BEFORE.get(command, ())), CODES.get(command, 0))


def test_the_configuration_is_found_from_below(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("demo", "sample", "--tickets", "300").code == 0
    (Path("sample") / "deeper").mkdir()
    monkeypatch.chdir("sample")
    above = run("csat", "--format", "json")
    monkeypatch.chdir("deeper")
    below = run("csat", "--format", "json")
    _check_sound(above)
    _check_sound(below)
    assert json.loads(below.out)["measures"] == json.loads(above.out)["measures"]


@pytest.mark.parametrize("command", DATA)
def test_the_sample_needs_no_files(run: Run, command: str) -> None:
    before = sorted(os.listdir())  # noqa: PTH208 - names alone are compared
    needed = (*BEFORE.get(command, ()), *TARGET.get(command, ()))
    _check_sound(run(command, *needed, "--demo"))
    assert sorted(os.listdir()) == before  # noqa: PTH208 - as above


@pytest.mark.parametrize("command", ["report", "csat", "fcr"])
def test_the_sample_is_what_demo_writes(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    embedded = run(command, "--demo", "--format", "json")
    assert run("demo", "sample").code == 0
    monkeypatch.chdir("sample")
    written = run(command, "--format", "json")
    _check_sound(embedded)
    assert json.loads(written.out)["measures"] == json.loads(embedded.out)["measures"]
