"""`csatkit drivers` on the command line: its option, its page, its lists of tickets."""

from __future__ import annotations

import csv
import io
import json

import pytest

from csatkit.analyses import run as analysed
from csatkit.cli.inputs import sample
from csatkit.render import render
from csatkit.settings import Settings
from tests.cli.conftest import Lane, Run


def test_the_outcome_reaches_the_analysis(run: Run, lane: Lane) -> None:
    assert run("drivers", "t.csv", "--outcome", "fcr").code == 0
    assert run("drivers", "t.csv").code == 0
    assert [dict(asked["options"] or {}) for asked in lane.asked] == [{"outcome": "fcr"}, {}]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("--outcome", "nps"), "unknown value of --outcome 'nps'"),
        (("--by", "agent"), "`--by` means nothing for drivers"),
    ],
)
def test_a_mistake_is_found_before_a_file_is_opened(
    run: Run, line: tuple[str, ...], words: str
) -> None:
    done = run("drivers", "no-such-file.csv", *line)
    assert done.code == 2
    assert words.lower() in done.err.lower()


def test_the_answer_fits_a_narrow_terminal_and_its_first_screen() -> None:
    settings = Settings()
    text = render(analysed("drivers", sample(settings), settings), "table", width=80)
    assert isinstance(text, str)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    first = "\n".join(lines[:40])
    assert "points lower CSAT" in first
    assert "--tickets-of driver:transferred" in first
    assert "Failure modes" in first
    assert "Channel friction" in first


def test_a_list_of_tickets_has_as_many_rows_as_the_claim(run: Run) -> None:
    report = json.loads(run("drivers", "--demo", "-f", "json").out)
    claimed = next(m for m in report["measures"] if m["segment"] == {"transferred": "yes"})
    done = run("drivers", "--demo", "--tickets-of", "driver:transferred", "-f", "csv")
    assert done.code == 0, done.err
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == claimed["denominator"]
    assert sum(row["counted"] == "true" for row in rows) == claimed["numerator"]


@pytest.mark.parametrize("form", ["markdown", "html", "csv"])
def test_every_format(run: Run, form: str) -> None:
    done = run("drivers", "--demo", "-f", form)
    assert done.code == 0, done.err
    assert "transferred" in done.out.lower()


def test_first_contact_resolution_of_the_sample(run: Run) -> None:
    done = run("drivers", "--demo", "--outcome", "fcr", "--privacy", "none")
    assert done.code == 0, done.err
    assert "What goes with first contact resolution" in done.out
