"""Themes, logos and languages: what can't be read or used is refused with the reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from csatkit.errors import UsageError
from csatkit.render.look import DARK, LIGHT, contrast, read_logo, read_theme
from csatkit.render.spelling import day, language, respelt, spelling
from csatkit.render.values import number

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def test_contrast_is_that_of_the_guidelines() -> None:
    # WCAG: black on white is 21, #767676 on white the lightest grey that passes.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def theme(folder: Path, text: str) -> str:
    path = folder / "theme.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_theme_changes_what_it_names(tmp_path: Path) -> None:
    found = read_theme(theme(tmp_path, 'accent = "#7A1FA2"\n[dark]\npaper = "#000000"\n'))
    assert found.light == {**LIGHT, "accent": "#7a1fa2"}
    assert found.dark == {**DARK, "paper": "#000000"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('acent = "#000000"', "acent"),
        ('accent = "#ffff00"', "contrast of 1.1"),
        ('accent = "red"', "expected a colour"),
        ('accent = "#0a5ea8;}"', "expected a colour"),
        ('font = "x;} body{display:none"', "names of fonts"),
        ('font = "</style><script>"', "names of fonts"),
        ("[light]\nincc = '#000000'", "incc"),
        ("[dark]\nink = '#222222'", "contrast"),
        ("light = 3", "table of colours"),
        ("=", "theme.toml"),
    ],
)
def test_a_theme_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_theme(theme(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 9, "image/jpeg"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b"<svg/>", "image/svg+xml"),
    ],
)
def test_a_logo_travels_in_the_page(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "logo"
    path.write_bytes(content)
    assert read_logo(str(path)).startswith(f"data:{kind};base64,")


@pytest.mark.parametrize(
    ("content", "said"),
    [(PNG * 20_000, "At most 300,000"), (b"<html><script>", "expected a PNG"), (b"", "expected")],
)
def test_a_logo_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "logo"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_logo(str(path))
    assert said in f"{caught.value.message} {caught.value.hint}"
    with pytest.raises(UsageError):
        read_logo(str(tmp_path / "absent.png"))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("de", "1.234.567,9"), ("fr", "1\u202f234\u202f567,9"), ("de_CH", "1’234’567.9"),
        ("en-IN", "12,34,567.9"), ("en", "1,234,567.9"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_in_the_language(name: str, wanted: str) -> None:
    with spelling(language(name)):
        assert number(1234567.891, 1) == wanted
        assert number(-5, 0) == "−5"
    assert number(1234567.891, 1) == "1,234,567.9"


def test_days_are_written_as_in_the_language() -> None:
    with spelling("de"):
        assert day(date(2026, 3, 1)) == "01.03.2026"
    assert day(date(2026, 3, 1)) == "2026-03-01"


def test_sentences_follow_and_names_stay() -> None:
    text = "1,204 of 7,500 (p < .001; 34.2 %) in week 2026-W05 for Team 1.5"
    with spelling("de"):
        assert respelt(text, ["Team 1.5"]) == (
            "1.204 of 7.500 (p < 0,001; 34,2 %) in week 2026-W05 for Team 1.5"
        )
    assert respelt(text) == text


def test_an_unknown_language_is_refused() -> None:
    for name in ("klingon", "", "d", "../../etc"):
        with pytest.raises(UsageError, match="no language"):
            language(name)
