"""`csatkit inspect` from the command line: what it prints, how it leaves, what it writes."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from csatkit.schemas import load_schema
from tests.cli.conftest import Run
from tests.unit.analyses._exports import save, survey, ticket


@pytest.fixture(autouse=True)
def _export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSATKIT_NOW", "2026-06-30T00:00:00Z")
    save(tmp_path / "tickets.csv", [ticket(n) for n in range(120)])
    save(tmp_path / "surveys.csv", [survey(n) for n in range(120)])
    bad = [{**ticket(n), "resolved_at": "soon"} if n < 3 else ticket(n) for n in range(120)]
    save(tmp_path / "bad.csv", bad)


def _json(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    jsonschema.validate(found, load_schema())
    return found


def test_a_sound_export_is_said_to_be_sound(run: Run) -> None:
    done = run("inspect", "tickets.csv", "surveys.csv", "--strict")
    assert (done.code, done.err) == (0, "")
    assert "No problem found." in done.out
    assert "Type next: csatkit report tickets.csv surveys.csv" in done.out
    assert "tickets.csv (tickets): 120 of 120 rows used" in done.out


def test_it_goes_on_where_a_report_stops(run: Run) -> None:
    assert run("report", "bad.csv").code == 4
    done = run("inspect", "bad.csv")
    assert done.code == 0
    assert "3 of 120 values in 'resolved_at'" in done.out
    assert "--date-format" in done.out


def test_strict_exits_4_after_the_report(run: Run) -> None:
    done = run("inspect", "bad.csv", "--strict")
    assert done.code == 4
    assert "3 of 120 values" in done.out
    assert "--strict: 1 of the findings would change a metric" in done.err


def test_the_json_holds_every_problem_as_data(run: Run) -> None:
    found = _json(run("inspect", "bad.csv", "-f", "json").out)
    (note,) = (n for n in found["notes"] if n["code"] == "value.unparseable")
    assert note["level"] == "error"
    problems = next(s for s in found["sections"] if s["key"] == "problems")
    assert problems["tables"][0]["rows"][0] == {
        "no": 1, "code": "value.unparseable", "gravity": "stops other commands", "n": 3,
        "share": 2.5, "input": "bad.csv",
    }  # fmt: skip
    examples = [row["example"] for row in problems["tables"][1]["rows"]]
    assert examples[:2] == ["row 2: soon", "row 3: soon"]


def test_a_missing_file_stops_it(run: Run) -> None:
    done = run("inspect", "ticket.csv")
    assert (done.code, done.out) == (4, "")
    assert "Did you mean 'tickets.csv'?" in done.err


def test_a_setting_that_makes_no_sense_stops_it(run: Run) -> None:
    done = run("inspect", "tickets.csv", "--map", "agnt=agent")
    assert (done.code, done.out) == (2, "")


def test_a_baseline_is_kept_and_compared_with(run: Run, tmp_path: Path) -> None:
    assert run("inspect", "tickets.csv", "--write-baseline", "last.json").code == 0
    assert json.loads((tmp_path / "last.json").read_text())["rows"] == {"tickets": 120}
    assert "rows.far_fewer" not in run("inspect", "tickets.csv", "--baseline", "last.json").out
    save(tmp_path / "tickets.csv", [ticket(n) for n in range(59)])
    done = run("inspect", "tickets.csv", "--baseline", "last.json")
    assert "59 rows of tickets, against 120 in last.json" in done.out
    assert done.code == 0


@pytest.mark.parametrize("content", ["", "[]", '{"rows": {"tickets": "many"}}'])
def test_a_broken_baseline_is_named(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "last.json").write_text(content)
    done = run("inspect", "tickets.csv", "--baseline", "last.json")
    assert (done.code, done.out) == (2, "")
    assert "isn't a baseline" in done.err


def test_expected_rows_of_the_configuration(run: Run, tmp_path: Path) -> None:
    (tmp_path / "csatkit.toml").write_text("[inspect]\nexpected_rows = 500\n")
    assert "against 500 in [inspect] expected_rows" in run("inspect", "tickets.csv").out


@pytest.mark.parametrize("option", ["-o", "--rejects", "--write-baseline"])
def test_the_data_is_never_overwritten(run: Run, tmp_path: Path, option: str) -> None:
    before = (tmp_path / "tickets.csv").read_bytes()
    done = run("inspect", "tickets.csv", option, "tickets.csv")
    assert done.code == 2
    assert "one of the inputs" in done.err
    assert (tmp_path / "tickets.csv").read_bytes() == before


def test_rejects_are_kept_with_reason_and_row(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "twice.csv", [*(ticket(n) for n in range(30)), ticket(4)])
    done = run("inspect", "twice.csv", "--rejects", "out.csv")
    assert done.code == 0
    with (tmp_path / "out.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["reason"], row["ticket_id"]) == ("duplicate_id", "T0004")
    assert row["row"] in {"6", "32"}


def test_it_fits_a_terminal_of_80_columns(run: Run) -> None:
    from csatkit.analyses.doctor import examine, inspection
    from csatkit.render import render
    from csatkit.settings import Settings, SourceSettings

    report = inspection(examine("bad.csv", source=SourceSettings()), Settings())
    page = render(report, "table", width=80)
    assert isinstance(page, str)
    lines = page.splitlines()
    assert max(map(len, lines)) <= 80
    first = lines.index("From tickets to answers")
    assert first <= 24
    assert any("Type next" in line for line in lines[:first])


def test_the_sample_can_be_inspected(run: Run) -> None:
    done = run("inspect", "--demo", "-f", "json")
    found = _json(done.out)
    assert found["inputs"][0]["rows"] == 8000
    assert [n["code"] for n in found["notes"] if n["level"] == "error"] == []


def test_what_comes_next_names_the_configuration_or_what_was_typed(
    run: Run, tmp_path: Path
) -> None:
    assert run("init", "tickets.csv", "surveys.csv", "-q").code == 0
    assert "Type next: csatkit report\n" in run("inspect").out
    typed = run("inspect", "tickets.csv", "--map", "team=").out
    assert "Type next: csatkit report tickets.csv --map=team=" in typed
    (tmp_path / "csatkit.toml").rename(tmp_path / "my own.toml")
    named = run("inspect", "--config", "my own.toml").out
    assert "Type next: csatkit report --config 'my own.toml'\n" in named


def test_an_unknown_header_gets_no_far_fetched_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text(
        "Anliegen;Angelegt am;Assigne;Created on\nx;04.05.2026 10:00;Ann;no date\n"
    )
    table = run("inspect", "odd.csv", "--map", "created_at=", "-f", "json").out
    (section,) = (s for s in json.loads(table)["sections"] if s["key"] == "headers_tickets")
    could = {row["header"]: row["could"] for row in section["tables"][0]["rows"]}
    assert could == {
        "Anliegen": "",
        "Angelegt am": "a time",
        "Assigne": '--map "agent=Assigne"',
        "Created on": "",
    }


def test_second_scores_are_seen(run: Run, tmp_path: Path) -> None:
    head = "ticket_id,outreach_at,second_score\n"
    for second, expected in (("4", "yes"), ("", "no ")):
        (tmp_path / "outreach.csv").write_text(f"{head}1,2026-03-02 10:00,{second}\n")
        done = run("inspect", "tickets.csv", "surveys.csv", "--outreach", "outreach.csv")
        found = re.findall(r"^upgrade_rate +(yes|no )", done.out, re.MULTILINE)
        assert found == [expected]
