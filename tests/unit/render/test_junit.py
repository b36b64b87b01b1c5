"""JUnit: valid by the schema of Jenkins, each verdict one case, the counts right."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from csatkit.notes import note
from csatkit.render import render
from csatkit.render.text import one_line
from csatkit.report import Report
from tests.unit.render.samples import CHECK, NASTY, SECTIONS, checked, verdict

SCHEMA = Path(__file__).resolve().parents[2] / "data" / "junit" / "junit-10.xsd"

ANY_NAME = st.text(st.characters(exclude_categories=()), max_size=30)


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMA)


def suite(report: Report) -> ElementTree.Element:
    """Return the one suite of a report, after checking the document."""
    text = str(render(report, "junit"))
    schema().validate(text)
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    (found,) = root
    for name in ("tests", "failures", "errors"):
        assert found.get(name) == root.get(name)
    cases = found.findall("testcase")
    assert int(found.get("tests", "")) == len(cases)
    assert int(found.get("failures", "")) == len(found.findall("testcase/failure"))
    assert int(found.get("skipped", "")) == len(found.findall("testcase/skipped"))
    assert found.get("errors") == "0"
    return found


def test_the_schema_refuses_what_is_no_junit() -> None:
    assert "Gregory Boissinot" in SCHEMA.read_text(encoding="utf-8")
    text = str(render(CHECK, "junit"))
    for broken in (text.replace("testcase", "case"), text.replace(' name="', ' title="')):
        assert not schema().is_valid(broken)


def test_each_verdict_is_a_case() -> None:
    found = suite(CHECK)
    assert (found.get("tests"), found.get("failures"), found.get("skipped")) == ("5", "1", "2")
    first, warned, undecided, failed, absent = found.findall("testcase")
    assert (first.get("classname"), first.get("name")) == ("csatkit.csat", "CSAT")
    assert [child.tag for child in first] == ["system-out"]
    assert warned.get("name") == "CSAT of a channel (channel a|b)"
    assert "past the warn value" in (warned.findtext("system-out") or "")
    skipped = undecided.find("skipped")
    assert skipped is not None
    assert (skipped.get("type"), skipped.get("message")) == (
        "inconclusive",
        "81.3 % (78.9–83.5), n=1,204, asked ≥ 80; 80.0 lies within 78.9 to 83.5; needs about 3,639",
    )
    failure = failed.find("failure")
    assert failure is not None
    assert failure.get("message") == (
        "81.3 % (78.9–83.5), n=1,204, asked ≥ baseline 88.5 % − 2; 50% off, <b>now</b>"
    )
    assert failed.findtext("system-out") == "kind: guardrail"
    unavailable = absent.find("skipped")
    assert unavailable is not None
    assert unavailable.get("message") == "–, asked ≥ 80; column sent_at missing"
    assert found.findtext("system-out") == (
        "1 fail, 1 inconclusive, 1 unavailable, 2 pass (1 past the warn value)\n"
        "warning: Nobody knows *who* was asked."
    )


def test_no_clock_and_no_machine() -> None:
    text = str(render(CHECK, "junit"))
    assert not any(word in text for word in ("time", "timestamp", "hostname"))


def test_a_check_of_nothing_has_no_case() -> None:
    found = suite(checked())
    assert found.get("tests") == "0"
    assert found.findtext("system-out", "").startswith("no target was judged")


def test_targets_of_another_report_are_shown() -> None:
    assert len(suite(SECTIONS).findall("testcase")) == 2


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("word", ["pass", "fail", "unavailable"])
def test_hostile_text_is_data(name: str, word: str) -> None:
    target = verdict(name, word, segment={"channel": name}, reason=name, kind=name, action=name)
    report = replace(checked(target), notes=(note("advice.next", name, "warning"),))
    (case,) = suite(report).findall("testcase")
    shown = one_line(name)
    assert case.get("name") == f"{shown} (channel {shown})"
    assert f"kind: {shown}" in (case.findtext("system-out") or "")


def test_a_huge_cell_is_written_whole() -> None:
    huge = "]]>" * 350_000
    root = ElementTree.fromstring(str(render(checked(verdict("a", "fail", action=huge)), "junit")))
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message", "").endswith(huge)


@given(ANY_NAME)
def test_any_text_is_well_formed(name: str) -> None:
    report = checked(verdict(name, "fail", metric=name, segment={name: name}, action=name))
    root = ElementTree.fromstring(str(render(report, "junit")))
    assert len(root.findall("testsuite/testcase/failure")) == 1
