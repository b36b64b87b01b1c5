"""`report` with what says why: the commands' own answers, only where they are asked for."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import jsonschema
import pytest

import csatkit as ck
from csatkit.analyses import run
from csatkit.analyses.showing import wanted_why
from csatkit.cli.inputs import sample
from csatkit.report import Report, Section
from csatkit.settings import REPORT_SECTIONS, WHY_SECTIONS, Settings
from tests.unit.analyses._made import answered, rated, section, ticket


@cache
def _sample(command: str) -> Report:
    return run(command, sample(Settings()), Settings())


@cache
def _report(*sections: str, pictures: bool = False) -> Report:
    settings = Settings(sections=sections)
    options = {"pictures": "yes"} if pictures else {}
    return run("report", sample(settings), settings, options=options)


def _whys(report: Report) -> list[str]:
    return [s.key for s in report.sections if s.key in WHY_SECTIONS]


def _cells(found: Section) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for t in found.tables for row in t.rows]


def test_the_short_read_stays_short() -> None:
    report = _sample("report")
    assert not _whys(report)
    words = [w for w in str(ck.render(report)).split() if any(c.isalnum() for c in w)]
    assert len(words) <= 1_000


def test_a_page_has_every_section_in_its_order() -> None:
    assert _whys(_report(pictures=True)) == list(WHY_SECTIONS)
    assert REPORT_SECTIONS[-len(WHY_SECTIONS) :] == WHY_SECTIONS


@pytest.mark.parametrize("key", WHY_SECTIONS)
def test_what_the_configuration_names_is_in_every_format(key: str) -> None:
    report = _report("headline", key)
    assert [s.key for s in report.sections] == ["headline", key]
    assert section(report, key).missing is None
    title = section(report, key).title
    for form in ("table", "markdown", "json", "html"):
        assert title in str(ck.render(report, form))


def test_hidden_sections_are_not_made() -> None:
    settings = Settings(hide=("drivers", "themes", "reconcile"))
    assert wanted_why(settings, pictures=True) == ("modes", "diagnosis")
    assert wanted_why(settings, pictures=False) == ()
    assert wanted_why(Settings(sections=("themes",)), pictures=False) == ("themes",)


@pytest.mark.parametrize(
    ("key", "command", "left_out"),
    [
        ("drivers", "drivers", ("modes", "concentration", "plan")),
        ("modes", "drivers", ("drivers", "associations", "curve", "literature")),
        ("diagnosis", "diagnose", ()),
        ("themes", "themes", ()),
        ("reconcile", "reconcile", ("rules",)),
    ],
)
def test_a_section_says_what_the_command_says(
    key: str, command: str, left_out: tuple[str, ...]
) -> None:
    found = section(_report(pictures=True), key)
    parts = [
        s
        for s in _sample(command).sections
        if s.key not in left_out and not s.key.startswith("flips_")
    ]
    assert _cells(found) == [row for s in parts for row in _cells(s)]
    rows = [dict(row) for c in found.charts for row in c.rows]
    assert rows == [dict(row) for s in parts for c in s.charts for row in c.rows]
    told = "\n".join(found.text)
    assert all(line in told for s in parts for line in s.text)
    assert all(t.title for t in found.tables[1:])
    assert all(c.title for c in found.charts)


def test_the_json_has_them_and_is_as_the_schema_says() -> None:
    written = json.loads(str(ck.render(_report(*WHY_SECTIONS), "json")))
    schema = json.loads((files("csatkit") / "schemas" / "report.schema.json").read_text())
    jsonschema.validate(written, schema)
    found = {s["key"]: s for s in written["sections"]}
    (dots, curve) = found["drivers"]["charts"]
    assert (dots["kind"], dots["unit"], dots["reference"]) == ("intervals", "points", 0.0)
    assert curve["kind"] == "curve"
    adjusted = found["drivers"]["tables"][1]["rows"]
    by_name = {row["driver"]: row for row in adjusted}
    for row in dots["rows"]:
        figures = by_name[row["label"]]
        assert (row["value"], row["low"], row["high"]) == (
            figures["gap"], figures["low"], figures["high"],
        )  # fmt: skip


def test_measures_stay_those_of_the_short_read() -> None:
    assert _report(pictures=True).measures[: len(_sample("report").measures)] == (
        _sample("report").measures
    )


def test_without_ratings_first_contacts_are_explained() -> None:
    rows = [
        ticket(i, agent=f"a{i % 3}", issue_type="login", channel=("chat", "email")[i % 2],
               transfer_count=int(i % 5 == 0), reopen_count=int(i % 4 == 0))
        for i in range(600)
    ]  # fmt: skip
    report = answered(rows, "report", sections=WHY_SECTIONS, as_of="2026-12-31")
    assert "first contact resolution" in section(report, "drivers").text[0]
    assert section(report, "drivers").title == "What goes with first contact resolution"
    assert "failures" in section(report, "diagnosis").text[0]
    assert section(report, "themes").missing == "column score missing"
    assert section(report, "reconcile").missing is None


def test_a_selection_without_ratings_says_so_section_by_section() -> None:
    rows = [rated(i, good=True, channel="chat", issue_type="x", agent="A") for i in range(50)]
    rows += [ticket(900 + i, channel="phone", issue_type="x", agent="A") for i in range(50)]
    report = answered(rows, "report", sections=WHY_SECTIONS, where=["channel=phone"])
    for key in ("drivers", "modes", "diagnosis", "themes"):
        assert section(report, key).missing, key
    assert section(report, "drivers").title == "What goes with CSAT"


def test_surveys_alone_make_a_page() -> None:
    rows = [
        {k: v for k, v in rated(i, good=i % 3 > 0).items() if k.startswith(("ticket", "s", "resp"))}
        for i in range(60)
    ]
    import polars as pl

    data = ck.load(None, pl.DataFrame(rows), preset="none", scale="1-5")
    report = ck.analyze(data, command="report", sections=list(WHY_SECTIONS))
    assert section(report, "drivers").missing == "the input holds surveys only, no tickets"
    assert _whys(report) == list(WHY_SECTIONS)


def test_another_system_leads_its_own_comparison() -> None:
    settings = Settings(sections=("reconcile",))
    report = run("report", sample(settings), settings, options={"like": "zendesk"})
    found = section(report, "reconcile")
    first = [t.rows[0]["rule"] for t in found.tables]
    assert "One-touch as Zendesk counts it" in first


@pytest.mark.parametrize("cell", ["driver:repeat", "theme:slow", "csat:failed,channel=email"])
def test_the_tickets_behind_are_those_of_the_command(cell: str) -> None:
    settings = Settings(tickets_of=cell)
    of_report = run("report", sample(settings), settings)
    command = "themes" if cell.startswith("theme") else "drivers"
    of_command = run(command, sample(settings), settings)
    assert _cells(section(of_report, "tickets")) == _cells(section(of_command, "tickets"))
