"""Every shared option with every command: it changes the answer, or it is refused. Never ignored.

The rules that a report prints (`definitions`) are left out of the comparison: repeating an option
isn't obeying it.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from csatkit.cli.options import OUTPUT, SHARED
from csatkit.cli.registry import COMMANDS
from tests.cli.conftest import Run

START = datetime(2026, 1, 1)
COUNT = 400


class Case(NamedTuple):
    """How to see an option at work.

    `before` is the command line without it, `option` what is added; `env` holds for both.
    """

    option: tuple[str, ...]
    before: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()


CASES: dict[str, Case] = {
    "outreach": Case(("--outreach", "outreach.csv")),
    "config": Case(("--config", "other.toml")),
    "map": Case(("--map", "ticket_id=other_id")),
    "scale": Case(("--scale", "1-7")),
    "date_format": Case(("--date-format", "%Y-%d-%m %H:%M")),
    # What fits gives the same answer (test_buckets); too little to work with is refused.
    "max_memory": Case(("--max-memory", "1KB")),
    "as_of": Case(("--as-of", "2026-02-10")),
    "from": Case(("--from", "2026-01-20")),
    "to": Case(("--to", "2026-02-10")),
    "period": Case(("--period", "2026-02")),
    "where": Case(("--where", "channel=email")),
    "by": Case(("--by", "issue_type,month")),
    "tz": Case(("--tz", "Pacific/Auckland"), ("--as-of", "2026-02-10")),
    "week_start": Case(("--week-start", "wed"), ("--period", "2026-W06")),
    "tickets_of": Case(("--tickets-of", "channel=email"), ("--by", "channel")),
    "window": Case(("--window", "2")),
    "repeat_on": Case(("--repeat-on", "customer")),
    "clock": Case(("--clock", "created"), ("--period", "2026-02")),
    "rating": Case(("--rating", "last")),
    "mature_surveys": Case(("--mature-surveys",)),
    "level": Case(("--level", "0.8")),
    "min_n": Case(("--min-n", "5000")),
    "profile": Case(("--profile", "corridor"), ("--by", "channel")),
    "strict": Case(("--strict",)),
    "rejects": Case(("--rejects", "rejected.csv")),
    "max_age": Case(("--max-age", "1h"), env=(("CSATKIT_NOW", "2026-12-31T00:00:00Z"),)),
    "allow_empty": Case(("--allow-empty",), ("--where", "channel=pigeon")),
    "privacy": Case(("--privacy", "none"), ("--by", "channel", "--tickets-of", "channel=email")),
}

SEEN_ELSEWHERE = {
    "demo": "test_app: the sample replaces the paths",
    "preset": "test_config: names are checked; presets have their own tests",
    "engine": "test_spark_errors, and tests/spark: the same answer from a cluster",
    "spark_master": "tests/spark: where the session runs",
    "spark_conf": "tests/spark: what the session is told",
}

ASKED = {
    "goals": (
        "--min", "csat=80", "--max", "reopen_rate=5", "--min", "fcr=75",
        "--min", "response_rate=55",
    ),
    "check": (
        "--min", "csat=80", "--max", "reopen_rate=15", "--min", "fcr=75",
        "--min", "response_rate=20",
    ),
}  # fmt: skip
"""What a command has to be asked at all: targets on every family of rows."""

OTHERWISE = {("check", "privacy"): Case(("--privacy", "ids"), ("--by", "agent"))}
"""Commands at which an option is seen in another way: verdicts name no tickets."""

JUDGED = {"check": {1, 3}}
"""Exit codes that are an answer, not a refusal."""

WORDS = {"digest": ("weekly",)}
"""What stands before the files."""

MORE = {("segments", "mature_surveys"): ("--metric", "response_rate")}
"""What else has to be asked before an option of a command has an effect."""

ANSWERING = (
    "report", "csat", "fcr", "reopen", "response", "segments", "compare", "trend", "goals",
    "digest", "check",
)  # fmt: skip
"""Commands whose answers are compared here."""


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    _write_export(folder)
    return folder


def _taken(command: str) -> set[str]:
    """Return the keys of the options that a command takes."""
    module = import_module(f"csatkit.cli.{command}")
    return {o.key for o in module.COMMAND.options}


def test_every_shared_option_has_a_case() -> None:
    assert {o.key for o in SHARED} == set(CASES) | set(SEEN_ELSEWHERE)


def _pairs(commands: Sequence[str], *, taken: bool) -> list[tuple[str, str]]:
    return [
        (command, key) for command in commands for key in CASES if (key in _taken(command)) is taken
    ]


@pytest.mark.parametrize(
    ("command", "key"), _pairs([c.name for c in COMMANDS if c.name != "demo"], taken=False)
)
def test_a_meaningless_option_is_refused(run: Run, command: str, key: str) -> None:
    done = run(command, *CASES[key].option)
    assert (done.code, done.out) == (2, "")
    assert f"`{CASES[key].option[0]}` means nothing for {command}" in done.err


@pytest.mark.parametrize(("command", "key"), _pairs(ANSWERING, taken=True))
def test_an_option_is_obeyed_or_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, export: Path, command: str, key: str
) -> None:
    shutil.copytree(export, Path(), dirs_exist_ok=True)
    case = OTHERWISE.get((command, key), CASES[key])
    for name, value in case.env:
        monkeypatch.setenv(name, value)
    asked = (*ASKED.get(command, ()), *MORE.get((command, key), ()))
    words = WORDS.get(command, ())
    files = (*words, "tickets.csv", "surveys.csv", "--format", "json", *asked)
    plain = (command, *files, *case.before)
    if (plain, case.env) not in _BEFORE:
        _BEFORE[plain, case.env] = _answer(run, *plain)
    before = _BEFORE[plain, case.env]
    after = _answer(run, command, *files, *case.before, *case.option)
    answers = {0} | JUDGED.get(command, set())
    assert before[0] in answers | {5}
    assert after != before
    assert after[0] in answers | {2, 4}


_BEFORE: dict[object, tuple[int, object, bool]] = {}
"""Questions without the option in question, which many options have in common."""


def _answer(run: Run, *arguments: str) -> tuple[int, object, bool]:
    """Return exit code, the answer without the rules it repeats, and whether rows were written."""
    done = run(*arguments)
    assert done.code != 70, done.err
    answer = json.loads(done.out) if done.out else {"error": done.err}
    answer.pop("definitions", None)
    return done.code, answer, Path("rejected.csv").exists()


@pytest.mark.parametrize("command", ANSWERING)
def test_the_same_question_has_the_same_bytes(run: Run, export: Path, command: str) -> None:
    shutil.copytree(export, Path(), dirs_exist_ok=True)
    words = WORDS.get(command, ())
    asked = (*words, "tickets.csv", "surveys.csv", "--by", "channel", *ASKED.get(command, ()))
    first = run(command, *asked)
    assert first.code in {0} | JUDGED.get(command, set()), first.err
    assert run(command, *asked) == first


def test_output_options_have_tests_of_their_own() -> None:
    assert {o.key for o in OUTPUT} == {"format", "output", "quiet", "no_color", "debug"}


# --- an export in which every option finds something to change ------------------------------------


def _write_export(folder: Path) -> None:
    """Write tickets, surveys, outreach and a configuration.

    Days are at most 12, so that day and month can be exchanged; one value in 400 doesn't parse, so
    that only --strict minds; the first ratings differ from the last.
    """
    tickets = [_ticket(n) for n in range(COUNT)]
    tickets[7]["created_at"] = "soon"
    _save(folder / "tickets.csv", tickets)
    _save(folder / "surveys.csv", [s for n in range(COUNT) for s in _surveys(n)])
    _save(
        folder / "outreach.csv",
        [{"ticket_id": f"T{n}", "outreach_at": "2026-03-05 10:00"} for n in range(0, COUNT, 9)],
    )
    (folder / "other.toml").write_text('[exclude]\nchannel = "email"\n')


def _created(n: int) -> datetime:
    """Return when a ticket is opened: twelve days in each of three months, all hours."""
    month, place = divmod(n, COUNT // 3 + 1)
    hours = place * 12 * 24 / (COUNT // 3 + 1)
    return START.replace(month=1 + month) + timedelta(hours=hours)


def _ticket(n: int) -> dict[str, str]:
    created = _created(n)
    solved = created + timedelta(hours=5 + n % 70)
    is_open = n % 17 == 0
    return {
        "ticket_id": f"T{n}",
        "other_id": f"T{n // 2}",
        "customer_id": f"C{n % 97}",
        "agent": f"Agent {n % 5}",
        "channel": ("email", "chat", "phone")[n % 3],
        "issue_type": ("refund", "login", "invoice", "delivery")[n // 3 % 4],
        "customer_segment": ("gold", "silver")[n % 2],
        "created_at": _written(created),
        "first_response_at": _written(created + timedelta(minutes=n % 300)),
        "resolved_at": "" if is_open else _written(_early(solved)),
        "reopen_count": str(int(n % 11 == 0)),
        "transfer_count": str(int(n % 13 == 0)),
    }


def _surveys(n: int) -> list[dict[str, str]]:
    """Return four of five tickets' surveys, half of them answered, some twice."""
    if n % 5 == 0 or n % 17 == 0:
        return []
    sent = _early(_created(n) + timedelta(hours=80))
    row = {"ticket_id": f"T{n}", "sent_at": _written(sent), "responded_at": "", "score": ""}
    if n % 2:
        return [row]
    first = {**row, "responded_at": _written(sent), "score": str(1 + n // 2 % 5)}
    return [first, {**first, "score": "5"}] if n % 4 == 0 else [first]


def _early(moment: datetime) -> datetime:
    """Return a moment whose day is at most 12."""
    return moment if moment.day <= 12 else moment.replace(day=12, hour=23)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _save(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
