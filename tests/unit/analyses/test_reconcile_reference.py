"""The reference set: one small export, and what the rule of each system makes of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csatkit import analyses
from csatkit.analyses.reconcile import RULES
from csatkit.load import open_data
from csatkit.metrics.vendors import VENDOR_RULES
from csatkit.report import Measure, Report
from csatkit.settings import Settings, SourceSettings
from tests.unit.facts.building import at, frame_of

FOLDER = Path(__file__).parents[2] / "data" / "reference"
EXPECTED: dict[str, Any] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def of_tickets() -> Report:
    settings = Settings(as_of=EXPECTED["data_end"], source=SourceSettings(preset="none"))
    data = open_data(FOLDER / "tickets.csv", source=settings.source)
    return analyses.run("reconcile", data, settings)


@pytest.fixture(scope="module")
def of_answers() -> Report:
    tickets = [{"ticket_id": str(i), "created_at": at(0), "resolved_at": at(1)} for i in range(160)]
    scores = [int(score) for score, n in EXPECTED["scores"].items() for _ in range(n)]
    silent = EXPECTED["surveys"] - len(scores)
    assert len(tickets) == EXPECTED["tickets"]
    sent = [
        {
            "ticket_id": str(i),
            "sent_at": at(1.1),
            "responded_at": at(2 if score else None),
            "score": score,
        }
        for i, score in enumerate([*scores, *[None] * silent])
    ]
    settings = Settings(source=SourceSettings(preset="none"))
    data = open_data(frame_of(tickets), frame_of(sent), source=settings.source)
    shown = analyses.run("reconcile", data, settings)
    average = analyses.run("analyze", data, settings, metrics=["csat_average"])
    return Report("reconcile", shown.definitions, (), (*shown.measures, *average.measures))


def _of(report: Report, metric: str) -> Measure:
    return next(m for m in report.measures if m.metric == metric)


@pytest.mark.parametrize("metric", EXPECTED["of_tickets"])
def test_a_rule_over_the_ten_tickets(of_tickets: Report, metric: str) -> None:
    found = _of(of_tickets, metric)
    assert [found.numerator, found.denominator] == EXPECTED["of_tickets"][metric]


@pytest.mark.parametrize("metric", EXPECTED["of_answers"])
def test_a_rule_over_the_answers(of_answers: Report, metric: str) -> None:
    expected = EXPECTED["of_answers"][metric]
    digits = 2 if metric == "csat_average" else 1
    value = _of(of_answers, metric).value
    assert value is not None
    assert round(value, digits) == expected


def test_the_interval_of_csat(of_answers: Report) -> None:
    found = _of(of_answers, "csat")
    assert [found.low, found.high] == pytest.approx([52.0, 81.4], abs=0.05)


def test_freshservice_and_zendesk_agree_on_the_share_and_not_on_the_tickets(
    of_tickets: Report,
) -> None:
    data = open_data(FOLDER / "tickets.csv", source=SourceSettings(preset="none"))
    settings = Settings(as_of=EXPECTED["data_end"], source=SourceSettings(preset="none"))
    options = {"flips": "one_touch_zendesk,zero_interactions_freshservice"}
    listed = analyses.run("reconcile", data, settings, options=options)
    rows = {row["ticket_id"]: row["why"] for row in listed.sections[0].tables[0].rows}
    assert rows == {
        "thank-you-reopen": "zero_interactions_freshservice: the customer replied",
        "two-messages": "one_touch_zendesk: two or more agent replies",
    }
    shares = [_of(of_tickets, name).value for name in options["flips"].split(",")]
    assert shares[0] == shares[1]


def test_every_rule_has_an_expected_result() -> None:
    expected = {*EXPECTED["of_tickets"], *EXPECTED["of_answers"]}
    assert {*RULES, *(m.id for m in VENDOR_RULES)} == expected - {"csat_average"}


def test_rules_without_their_column_are_listed_with_it() -> None:
    frame = pl.read_csv(FOLDER / "tickets.csv", try_parse_dates=True).drop("agent_replies")
    settings = Settings(as_of=EXPECTED["data_end"], source=SourceSettings(preset="none"))
    report = analyses.run("reconcile", open_data(frame, source=settings.source), settings)
    missing = {m.metric for m in report.measures if m.reason == "column agent_replies missing"}
    assert missing == {
        "one_touch_zendesk", "one_touch_exactly_one", "one_touch_messaging", "one_touch_all",
        "first_contact_rightnow",
    }  # fmt: skip
    told = next(s for s in report.sections if s.key == "rules_fcr").text
    assert any("one_touch_zendesk" in line and "agent_replies missing" in line for line in told)
