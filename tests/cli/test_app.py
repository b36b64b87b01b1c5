"""One exit code per kind of end, a message on stderr, never a traceback."""

from __future__ import annotations

import json

import pytest

from csatkit._version import __version__
from csatkit.cli.registry import names
from csatkit.errors import InputError, NothingToEvaluate, UsageError
from csatkit.report import Note
from tests.cli.conftest import Lane, Run

DATA_COMMANDS = ("report", "csat", "fcr", "reopen", "response", "segments", "enrich", "inspect")


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "csat"]])
def test_the_version_is_the_package_s(run: Run, arguments: list[str]) -> None:
    assert run(*arguments)[:3] == (0, f"csatkit {__version__}\n", "")


def test_without_arguments_there_is_help(run: Run) -> None:
    done = run()
    assert done.code == 0
    assert all(f"\n  {name} " in done.out for name in names())


def test_an_unknown_command_names_the_nearest(run: Run) -> None:
    done = run("reprot", "tickets.csv")
    assert done.code == 2
    assert done.out == ""
    assert done.err == "error: unknown command 'reprot'\n  Did you mean 'report'?\n"


def test_an_unknown_option_names_the_nearest(run: Run) -> None:
    done = run("fcr", "t.csv", "--windw", "7")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: no such option --windw\n  Did you mean --window?\n"


def test_an_unknown_option_without_a_neighbour_points_to_the_help(run: Run) -> None:
    done = run("fcr", "t.csv", "--qqqqq")
    assert done.code == 2
    assert "See csatkit fcr --help." in done.err


@pytest.mark.parametrize(
    ("command", "option"),
    [("explain", "--by"), ("csat", "--window"), ("inspect", "--where"), ("schema", "-q")],
)
def test_an_option_without_meaning_is_refused(run: Run, command: str, option: str) -> None:
    done = run(command, "a", option, "x")
    assert done.code == 2
    assert done.err.startswith(f"error: `{option}` means nothing for {command}\n")


def test_an_unquoted_pattern_is_explained(run: Run) -> None:
    done = run("csat", "a.csv", "b.csv", "c.csv")
    assert done.code == 2
    assert "extra argument" in done.err
    assert "Quote a pattern" in done.err


def test_a_missing_argument_is_a_mistake_in_the_usage(run: Run) -> None:
    done = run("explain")
    assert done.code == 2
    assert "TICKET_ID" in done.err


def test_an_option_without_its_value_is_a_mistake_in_the_usage(run: Run) -> None:
    done = run("csat", "t.csv", "--by")
    assert done.code == 2
    assert "--by" in done.err


@pytest.mark.parametrize("command", DATA_COMMANDS)
def test_without_data_the_three_ways_are_told(run: Run, command: str) -> None:
    done = run(command)
    assert done.code == 2
    assert done.out == ""
    for way in (f"csatkit {command} tickets.csv", "[source] tickets", f"csatkit {command} --demo"):
        assert way in done.err


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (UsageError("unknown column 'chanel'", "Did you mean 'channel'?"), 2),
        (InputError("t.csv: binary"), 4),
        (NothingToEvaluate("no row is left"), 5),
        (ValueError("a bug"), 70),
        (KeyboardInterrupt(), 130),
    ],
    ids=["usage", "input", "nothing", "bug", "interrupted"],
)
def test_every_end_has_its_code(run: Run, lane: Lane, failure: BaseException, code: int) -> None:
    lane.failure = failure
    done = run("csat", "t.csv")
    assert done.code == code
    assert done.out == ""
    assert str(failure).splitlines()[:1] == [] or str(failure).splitlines()[0] in done.err
    assert "Traceback" not in done.err


def test_a_bug_says_how_to_report_it(run: Run, lane: Lane) -> None:
    lane.failure = ZeroDivisionError("division by zero")
    done = run("csat", "t.csv")
    assert done.err.startswith("error: ZeroDivisionError: division by zero\n")
    assert "--debug" in done.err


def test_debug_shows_where(run: Run, lane: Lane) -> None:
    lane.failure = ZeroDivisionError("division by zero")
    done = run("csat", "t.csv", "--debug")
    assert done.code == 70
    assert "Traceback" in done.err


def test_nothing_to_evaluate_may_be_allowed(run: Run, lane: Lane) -> None:
    lane.failure = NothingToEvaluate("no row is left")
    done = run("csat", "t.csv", "--allow-empty", "--format", "json")
    assert done.code == 0
    assert json.loads(done.out)["measures"] == []
    assert done.err == "note: no row is left\n"


def test_arguments_reach_the_analysis(run: Run, lane: Lane) -> None:
    done = run("csat", "t.csv", "s.csv", "--outreach", "o.csv", "--by", "channel,week")
    assert done.code == 0, done.err
    assert lane.opened == [(("t.csv",), ("s.csv",), ("o.csv",))]
    assert lane.asked[0]["command"] == "csat"
    assert lane.settings.by == (("channel", "week"),)
    assert "82" in done.out


def test_the_sample_replaces_the_paths(run: Run, lane: Lane, monkeypatch: object) -> None:
    done = run("csat", "--demo", "--format", "json")
    assert done.code == 0, done.err
    ((tickets, surveys, outreach),) = lane.opened
    assert len(tickets) == 8_000
    assert len(surveys) > 0
    assert len(outreach) > 0


def test_the_sample_and_a_path_exclude_each_other(run: Run) -> None:
    done = run("csat", "t.csv", "--demo")
    assert done.code == 2
    assert "--demo" in done.err


def test_the_sample_ignores_what_the_file_says_about_other_data(run: Run, lane: Lane) -> None:
    from pathlib import Path

    Path("csatkit.toml").write_text(
        '[source]\ntickets = "t.csv"\nmap = {agent = "Assignee"}\n[report]\nmin_n = 25\n'
    )
    done = run("csat", "--demo", "--format", "json")
    assert done.code == 0, done.err
    assert lane.settings.source.map == {}
    assert lane.settings.min_n == 25


def test_explain_passes_the_ticket(run: Run, lane: Lane) -> None:
    done = run("explain", "0012", "t.csv")
    assert done.code == 0, done.err
    assert lane.asked[0]["ticket"] == "0012"
    assert lane.opened[0][0] == ("t.csv",)


@pytest.mark.parametrize(
    ("options", "metrics"),
    [
        ([], ("csat", "fcr")),
        (["--metric", "fcr,reopen_rate", "-m", "csat,fcr"], ("fcr", "reopen_rate", "csat")),
    ],
)
def test_segments_takes_metrics(
    run: Run, lane: Lane, options: list[str], metrics: tuple[str, ...]
) -> None:
    done = run("segments", "t.csv", *options)
    assert done.code == 0, done.err
    assert lane.asked[0]["metrics"] == metrics


@pytest.mark.parametrize("written", ["cast", "csat,", ""])
def test_an_unknown_metric_is_refused(run: Run, lane: Lane, written: str) -> None:
    done = run("segments", "t.csv", "--metric", written)
    assert done.code == 2
    assert not lane.opened


def test_warnings_go_to_stderr_beside_a_machine_format(run: Run, lane: Lane) -> None:
    lane.notes = (
        Note("warning", "response.skewed", "few answered"),
        Note("info", "response.unknown", "just so"),
    )
    done = run("csat", "t.csv", "--format", "json")
    assert done.code == 0
    assert done.err == "warning: few answered\n"
    assert json.loads(done.out)["notes"][0]["text"] == "few answered"
    assert run("csat", "t.csv", "--format", "json", "-q").err == ""


def test_a_table_carries_its_notes_itself(run: Run, lane: Lane) -> None:
    lane.notes = (Note("warning", "response.skewed", "few answered"),)
    done = run("csat", "t.csv")
    assert done.err == ""
    assert "few answered" in done.out
