"""HTML: one document that asks for nothing, in which data is text and colour only repeats words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.render import render
from csatkit.render.blocks import Bar, Bars, Grid, Range, Ranges
from csatkit.render.html_blocks import COLOURS, TRACK, block_html, text_html
from csatkit.render.terminal import STYLES
from csatkit.report import Report
from tests.unit.render.samples import NASTY, REPORTS, SECTIONS, by_channel

ANY_NAME = st.text(st.characters(exclude_categories=()), min_size=1, max_size=30)

# Elements that never have content, so that nothing closes them.
VOID = {"meta", "br"}
TAGS = VOID | {
    "html", "head", "title", "body", "h1", "h2", "h3", "p", "strong", "span", "div", "table",
    "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "style", "scope", "role", "cellpadding",
    "cellspacing", "border", "width", "height", "bgcolor", "valign", "aria-hidden",
}  # fmt: skip


class Page(HTMLParser):
    """Reads a document strictly: every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.odd: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)


def page(report: Report) -> Page:
    return Page(str(render(report, "html")))


def styles(found: Page) -> list[dict[str, str]]:
    written = [value for _, name, value in found.attributes if name == "style"]
    return [
        {k.strip(): v for k, _, v in (one.partition(":") for one in style.split(";"))}
        for style in written
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_every_element_is_known_and_closed(name: str) -> None:
    found = page(REPORTS[name])
    assert found.open == found.odd == []
    assert set(found.tags) <= TAGS
    assert {a for _, a, _ in found.attributes} <= ATTRIBUTES


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_asked_of_the_network(name: str) -> None:
    text = str(render(REPORTS[name], "html"))
    found = Page(text)
    assert not {"script", "style", "link", "img", "a", "iframe", "form"} & set(found.tags)
    assert all("url(" not in value and "import" not in value for _, _, value in found.attributes)
    assert not [value for _, _, value in found.attributes if "//" in value]
    assert "default-src 'none'" in text


def test_the_frame_says_what_readers_need() -> None:
    text = str(render(SECTIONS, "html"))
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "<title>Weekly &lt;report&gt;</title>" in text
    assert text.endswith("</html>\n")


def test_layout_is_made_of_tables() -> None:
    for style in styles(page(SECTIONS)):
        assert style.get("display") is None
        assert style.get("position") is None
        assert not {"flex", "grid", "float"} & set(style)


def test_headings_name_their_columns_and_figures_stand_right() -> None:
    grid = Grid(("Agent", "CSAT", "Status"), (("A", "81.3 %", "ok"),), frozenset({1}), words=2)
    found = Page(block_html(grid))
    assert [v for _, name, v in found.attributes if name == "scope"] == ["col"] * 3 + ["row"]
    cells = [s.get("text-align") for s in styles(found)[2:]]
    assert cells == ["left", "right", "left", "left", "right", None, None]
    assert "ok" in found.texts


def test_status_words_are_coloured_and_stay_words() -> None:
    grid = Grid(("Verdict",), (("fail",), ("pass, past the warn value",), ("–",)), words=0)
    text = block_html(grid)
    assert f'<span style="color:{COLOURS["fail"]}">fail</span>' in text
    assert f'<span style="color:{COLOURS["pass"]}">pass, past the warn value</span>' in text
    assert ">–</th>" in text
    assert set(COLOURS) == set(STYLES)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`.

    Source:
        Web Content Accessibility Guidelines 2.1, definition of relative luminance.
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_luminance_of_the_ends() -> None:
    assert luminance("#000000") == 0
    assert luminance("#ffffff") == pytest.approx(1)


@pytest.mark.parametrize("name", REPORTS)
def test_text_has_the_contrast_of_aa_on_white(name: str) -> None:
    found = {s["color"] for s in styles(page(REPORTS[name])) if "color" in s}
    assert found
    for colour in found:
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour


def test_a_bar_is_as_long_as_its_share() -> None:
    bars = Bars((Bar("all", 1.0, ("10",)), Bar("half", 0.5, ("5",)), Bar("none", 0.0, ("0",))))
    cells = re.findall(r'<td width="(\d+)" height="12" bgcolor="(#\w+)"', block_html(bars))
    assert [int(width) for width, _ in cells] == [TRACK, TRACK // 2, TRACK // 2, TRACK]
    colours = [colour for _, colour in cells]
    assert colours[0] == colours[1] != "#ffffff"
    assert colours[2] == colours[3] == "#ffffff"


def test_a_tiny_bar_can_be_seen_and_a_missing_one_draws_nothing() -> None:
    tiny = block_html(Bars((Bar("a", 0.0001, ("1",)),)))
    assert tiny.count("bgcolor") == 2
    assert block_html(Bars((Bar("a", None, ("–",)),))).count("bgcolor") == 1


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.floats(0, 1) | st.none())
def test_a_drawing_always_fills_its_track(ends: list[float], reference: float | None) -> None:
    low, value, high = sorted(ends)
    text = block_html(Ranges((Range("a", low, value, high, "text"),), reference, "scale"))
    widths = [int(w) for w in re.findall(r'<td width="(\d+)" height', text)]
    assert sum(widths) == TRACK
    assert all(widths)


@pytest.mark.parametrize("name", NASTY)
def test_hostile_names_are_text(name: str) -> None:
    found = page(by_channel((name,)))
    plain = page(by_channel(("email",)))
    assert found.tags == plain.tags
    assert [(t, a) for t, a, _ in found.attributes] == [(t, a) for t, a, _ in plain.attributes]
    assert len(found.texts) == len(plain.texts)
    assert found.odd == []


@given(ANY_NAME)
def test_any_name_is_text(name: str) -> None:
    found = page(by_channel((name,)))
    assert found.tags == page(by_channel(("email",))).tags
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", "".join(found.texts))


def test_text_html_escapes_for_attributes_too() -> None:
    assert text_html("""<a b="c" d='e'>&""") == "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;"
    assert text_html("\x1b[0m\n") == r"\x1b[0m␊"


def test_a_huge_cell_is_written_whole() -> None:
    text = str(render(by_channel(("<" * 1_000_000,)), "html"))
    assert "&lt;" * 1_000_000 in text
