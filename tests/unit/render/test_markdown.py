"""Markdown: data is text, whatever it contains."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.render import render
from csatkit.render.markdown import escape
from tests.unit.render.samples import HOSTILE_REPORT, SECTIONS, by_channel

ANY_NAME = st.text(st.characters(exclude_categories=()), min_size=1, max_size=30)
TRICKY = st.text("|\\`*_[]#<>&~\n\r\u2028\x1b", min_size=1, max_size=12)


def cells(row: str) -> list[str]:
    """Split a table row at the bars that Markdown sees."""
    # An even run of backslashes before a bar is backslashes and a bar.
    return re.split(r"(?<!\\)(?:\\\\)*\|", row)[1:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", r"a\|b"),
        ("\\|", r"\\\|"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("*a* _b_ `c` [d](e) # ~f~", r"\*a\* \_b\_ \`c\` \[d\](e) \# \~f\~"),
        ("![x](y)", r"\!\[x\](y)"),
        ("https://a.b www.c.d e@f.g", "https&#58;//a.b www&#46;c.d e&#64;f.g"),
        ("two\nlines", "two␊lines"),
        ("\x1b[0m", r"\\x1b\[0m"),
    ],
)
def test_escape(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_a_line_of_data_starts_no_list() -> None:
    text = str(render(SECTIONS, "markdown"))
    assert "\n\\- not a list\\\n1\\. not one either\\\n" in text


def test_headings_have_blank_lines_around_them() -> None:
    text = str(render(SECTIONS, "markdown"))
    lines = text.splitlines()
    around = [
        (lines[i - 1], lines[i + 1]) for i, line in enumerate(lines) if i and line.startswith("#")
    ]
    assert len(around) > 5
    assert set(around) == {("", "")}


@given(ANY_NAME | TRICKY)
def test_no_name_changes_the_shape_of_a_table(name: str) -> None:
    def shape(text: str) -> list[int]:
        return [len(cells(line)) for line in text.split("\n") if line.startswith("|")]

    hostile = str(render(by_channel((name,)), "markdown"))
    assert shape(hostile) == shape(str(render(by_channel(("email",)), "markdown")))
    assert len(hostile.splitlines()) == len(hostile.split("\n")) - 1


def test_nothing_of_the_data_is_html() -> None:
    text = str(render(HOSTILE_REPORT, "markdown"))
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert "<" not in text
