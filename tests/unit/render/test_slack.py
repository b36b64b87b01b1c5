"""Slack: valid blocks within Slack's limits; no name can mention, link or format."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.notes import note
from csatkit.render import render
from csatkit.render.slack import escape
from csatkit.report import Report, Section
from tests.unit.render.samples import (
    CHECK,
    CSAT,
    NASTY,
    PLAIN,
    REPORTS,
    by_channel,
    checked,
    listing,
    verdict,
)

ANY_NAME = st.text(st.characters(exclude_categories=()), min_size=1, max_size=40)


def message(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(report, "slack"))
    return found


def texts(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [o for b in found["blocks"] for o in ([b["text"]] if "text" in b else b["elements"])]


def check_limits(found: dict[str, Any]) -> None:
    """Check what Slack refuses a message for.

    Source:
        Slack's reference of Block Kit: header 150 characters, text objects 1 to 3,000, 50 blocks.
    """
    assert list(found) == ["text", "blocks"]
    assert 0 < len(found["blocks"]) <= 50
    for block in found["blocks"]:
        assert block["type"] in {"header", "section", "context"}
        assert len(block.get("elements", [])) <= 10
        if block["type"] == "header":
            assert block["text"]["type"] == "plain_text"
            assert len(block["text"]["text"]) <= 150
    for text in texts(found):
        assert 1 <= len(text["text"]) <= 3000
        assert text["text"].strip()
        keys = {"plain_text": "emoji", "mrkdwn": "verbatim"}
        assert list(text) == ["type", "text", keys[text["type"]]]


def check_harmless(found: dict[str, Any]) -> None:
    """Check that nothing in it is markup but the bold headings and the code blocks."""
    for text in texts(found):
        shown = text["text"]
        assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", shown)
        if text["type"] == "plain_text":
            assert text["emoji"] is False
            continue
        assert text["verbatim"] is True
        if shown.startswith("```"):
            assert re.fullmatch(r"```\n[^`]*\n```", shown)
        else:
            assert re.fullmatch(r"\*[^*_~`:@#\n]+\*", shown)
    assert not re.search(r"[<>*_~`:@#]", found["text"])


@pytest.mark.parametrize("name", REPORTS)
def test_reports_become_messages(name: str) -> None:
    found = message(REPORTS[name])
    check_limits(found)
    check_harmless(found)
    assert found["blocks"][0]["type"] == "header"


@pytest.mark.parametrize("name", NASTY)
def test_hostile_names_are_text(name: str) -> None:
    notes = (note("advice.next", f"{name} is next", "warning"),)
    for report in (by_channel((name,)), checked(verdict(name, "fail")), listing((name,))):
        found = message(replace(report, notes=notes, title=name))
        check_limits(found)
        check_harmless(found)


@given(ANY_NAME)
def test_any_name_is_text(name: str) -> None:
    for report in (by_channel((name,)), listing((name,))):
        check_limits(message(report))
        check_harmless(message(report))


@pytest.mark.parametrize("sign", ["w", "&", "\n", "\u200d", "🎉", " ", "`"])
def test_a_huge_cell_is_cut_visibly(sign: str) -> None:
    huge = "a" + sign * 1_000_000 + "z"
    for report in (by_channel((huge,)), listing((huge,))):
        found = message(report)
        check_limits(found)
        check_harmless(found)
        assert any("…" in text["text"] for text in texts(found))


def test_what_does_not_fit_is_counted() -> None:
    sections = tuple(Section(f"s{i}", f"Section {i}", text=("one",)) for i in range(60))
    warning = note("response.skewed", "9 % of the surveys were answered.", "error")
    found = message(replace(PLAIN, sections=sections, notes=(warning,)))
    check_limits(found)
    assert len(found["blocks"]) == 50
    every = 1 + 2 * 60 + 1 + 1 + 1 + 1
    assert texts(found)[-1]["text"] == (
        f"{every - 49} of {every} parts of this report don't fit into one message."
    )
    # The warnings stay; what the eye meets first stays with them.
    assert texts(found)[-2]["text"] == "error: 9 % of the surveys were answered."
    assert texts(found)[0]["text"] == PLAIN.title


def test_fifty_blocks_fit() -> None:
    # Title, 23 sections of two blocks, the heading of the rules and the rules: 49; one with three.
    sections = [Section(f"s{i}", f"Section {i}", text=("one",)) for i in range(23)]
    sections[0] = replace(sections[0], missing="no column")
    found = message(replace(PLAIN, sections=tuple(sections), notes=()))
    assert len(found["blocks"]) == 50
    assert not any("don't fit" in text["text"] for text in texts(found))


def test_a_long_table_goes_on_below_its_headings() -> None:
    found = message(listing(("&" * 60,) * 27))
    tables = [text["text"].split("\n") for text in texts(found) if "```" in text["text"]]
    assert len(tables) > 1
    assert len({(lines[1], lines[2]) for lines in tables}) == 1
    assert tables[0][1].split() == ["Ticket", "Name", "Replies", "Answered"]
    ids = [line[:5] for lines in tables for line in lines if line.startswith("000")]
    assert ids == [f"{i:05}" for i in range(27)]


def test_the_notification_says_the_verdicts_or_the_first_measures() -> None:
    assert message(CHECK)["text"] == (
        "csatkit check; 1 fail, 1 inconclusive, 1 unavailable, 2 pass (1 past the warn value)"
    )
    assert message(PLAIN)["text"].startswith(
        "CSAT and first contact resolution; CSAT 81.3 %  (78.9–83.5)  n=1,204; Average score"
    )
    assert len(message(replace(PLAIN, title="x" * 5000))["text"]) <= 1000


def test_a_status_is_in_the_table() -> None:
    report = replace(PLAIN, measures=(replace(CSAT, status="skewed"),))
    assert any("skewed" in text["text"] for text in texts(message(report)))


def test_escape_keeps_what_means_nothing() -> None:
    assert escape("<!channel> & 'co'\n") == "&lt;!channel&gt; &amp; 'co'␊"
