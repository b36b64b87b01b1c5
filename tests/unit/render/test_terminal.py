"""The table: natural width off a terminal, within its columns on one, data never markup."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from csatkit.render.terminal import render_table
from csatkit.report import Report, Section, Table
from tests.unit.render.samples import (
    CSAT,
    HOSTILE,
    HOSTILE_REPORT,
    LISTING,
    PLAIN,
    REPORTS,
    SECTIONS,
    UNAVAILABLE,
    by_channel,
)

ANSI = re.compile(r"\x1b\[[0-9;]*m")
ANY_NAME = st.text(st.characters(exclude_categories=()), min_size=1, max_size=30)


@pytest.mark.parametrize("width", [20, 40, 80, 120])
@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("ascii_wanted", [False, True])
def test_no_line_is_wider_than_the_terminal(name: str, width: int, ascii_wanted: bool) -> None:
    text = render_table(REPORTS[name], width, color=False, ascii=ascii_wanted)
    assert [line for line in text.splitlines() if cell_len(line) > width] == []


@pytest.mark.parametrize("name", REPORTS)
def test_without_colour_there_is_no_escape_and_ascii_is_ascii(name: str) -> None:
    assert "\x1b" not in render_table(REPORTS[name], 80, color=False, ascii=False)
    assert render_table(REPORTS[name], None, color=False, ascii=True).isascii()


@pytest.mark.parametrize("width", [80, None])
@pytest.mark.parametrize("name", REPORTS)
def test_colour_only_repeats_words(name: str, width: int | None) -> None:
    coloured = render_table(REPORTS[name], width, color=True, ascii=False)
    plain = render_table(REPORTS[name], width, color=False, ascii=False)
    stripped = [line.rstrip() for line in ANSI.sub("", coloured).splitlines()]
    assert "\x1b[" in coloured
    assert stripped == plain.splitlines()


def test_off_a_terminal_nothing_is_cropped() -> None:
    text = render_table(HOSTILE_REPORT, None, color=False, ascii=False)
    assert HOSTILE[-1] in text
    assert "[/red]" in text
    assert "two␊lines" in text
    assert r"\x1b[31mred\x1b[0m" in text


def test_on_a_terminal_a_long_cell_is_cut_with_a_mark() -> None:
    text = render_table(HOSTILE_REPORT, 120, color=False, ascii=False)
    assert "…" in text
    assert text.count("w" * 10) < 20


def test_the_environment_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render_table(SECTIONS, None, color=False, ascii=False)
    for name, value in (("FORCE_COLOR", "1"), ("COLUMNS", "20"), ("TERM", "dumb")):
        monkeypatch.setenv(name, value)
    assert render_table(SECTIONS, None, color=False, ascii=False) == before
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" in render_table(SECTIONS, None, color=True, ascii=False)


@given(ANY_NAME)
def test_no_name_changes_the_number_of_lines(name: str) -> None:
    hostile = render_table(by_channel((name, name)), None, color=False, ascii=False)
    benign = render_table(by_channel(("email", "email")), None, color=False, ascii=False)
    assert len(hostile.split("\n")) == len(benign.split("\n"))
    # Two segment rows and the overall row end in a status, whatever stands in their cells.
    ends = [line.rpartition("  ")[2] for line in hostile.splitlines() if " 78.9–83.5 " in line]
    assert ends == ["ok", "ok", "too few"]


def test_a_table_too_wide_is_written_as_records() -> None:
    text = render_table(LISTING, 30, color=False, ascii=False)
    assert "Ticket    00001" in text
    assert "Replies   1,000" in text
    assert "Replies   6,000" in text


def test_a_value_that_is_missing_says_why() -> None:
    text = render_table(PLAIN, 80, color=False, ascii=False)
    assert "Response rate – unavailable: column sent_at missing" in text
    only = render_table(replace(PLAIN, measures=(UNAVAILABLE,)), 80, color=False, ascii=False)
    assert "column sent_at missing" in only


def test_a_section_that_could_not_be_computed_says_why() -> None:
    text = render_table(SECTIONS, 80, color=False, ascii=False)
    assert "not computed: no column holds the instant of sending" in text


def test_overall_and_missing_segments_have_words_of_their_own() -> None:
    text = render_table(by_channel((None,)), None, color=False, ascii=False)
    assert re.search(r"^all +81\.3 %", text, re.MULTILINE)
    assert re.search(r"^\(none\) +80\.0 %", text, re.MULTILINE)


def test_two_segmentations_are_two_tables_with_the_overall_row_in_each() -> None:
    measures = (
        CSAT,
        replace(CSAT, segment={"channel": "email"}),
        replace(CSAT, segment={"Own Column": "x"}),
    )
    report = replace(PLAIN, measures=measures)
    text = render_table(report, None, color=False, ascii=False)
    assert "CSAT by channel" in text
    assert "CSAT by own column" in text
    assert len(re.findall(r"^all +81\.3 %", text, re.MULTILINE)) == 2


def test_an_empty_report_still_names_its_rules() -> None:
    bare = Report("csat", PLAIN.definitions, (), ())
    assert render_table(bare, 80, color=False, ascii=False).startswith("csatkit csat\n")
    assert "window 14 days" in render_table(bare, 80, color=False, ascii=False)


def test_a_table_without_rows_keeps_its_headings() -> None:
    section = Section("queue", "Queue", tables=(Table({"a": "First", "b": "Second"}, ()),))
    bare = Report("queue", PLAIN.definitions, (), (), sections=(section,))
    assert "First  Second" in render_table(bare, 80, color=False, ascii=False)
