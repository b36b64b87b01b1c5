"""Foreign text: nothing invisible, nothing that steers a terminal, nothing beyond one line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.render.text import ascii_only, one_line, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain – text", "plain – text"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31m", r"\x9b31m"),
        ("a\x00b\x07", r"a\x00b\x07"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("\U000e0041", r"\U000e0041"),
        ("a\tb", "a b"),
        ("\ud83d", "\ufffd\ufffd\ufffd"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_visible(text: str, expected: str) -> None:
    assert visible(text) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x0b"])
def test_line_ends_become_one_sign(end: str) -> None:
    assert one_line(f"two{end}lines") == "two␊lines"


def test_ascii_keeps_meaning_where_it_can() -> None:
    assert ascii_only("−2.7 … +5.3 – ü") == r"-2.7 ... +5.3 - \xfc"


@given(ANY_TEXT)
def test_one_line_has_no_control_and_no_line_end(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert ascii_only(shown).isascii()
