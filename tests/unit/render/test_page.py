"""The page: valid, alone, always the same; its numbers are the report's, its names only text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import pytest

from csatkit.analyses import run
from csatkit.load import open_data
from csatkit.render import render
from csatkit.render.look import Look, read_theme
from csatkit.render.text import one_line
from csatkit.report import Report
from csatkit.settings import REPORT_SECTIONS, Settings, SourceSettings
from tests.unit.render.pages import drawn, hostile, sample_report
from tests.unit.render.samples import DEFINITIONS, NASTY

XHTML = "{http://www.w3.org/1999/xhtml}"
LARGEST = 3_000_000


def written(report: Report, look: Look | None = None) -> str:
    return str(render(report, "html", look=look or Look()))


def tree(text: str) -> ET.Element:
    """Return the page as browsers see it; whatever isn't valid is an error."""
    parser = html5lib.HTMLParser(strict=True)
    found: ET.Element = parser.parse(text)
    return found


def all_of(root: ET.Element, tag: str) -> Iterator[ET.Element]:
    return root.iter(f"{XHTML}{tag}")


def text_of(node: ET.Element) -> str:
    return "".join(node.itertext())


def numbers(figure: ET.Element) -> list[list[float]]:
    """Return the exact numbers of the table behind a picture, row by row."""
    (table,) = all_of(figure, "table")
    body = next(all_of(table, "tbody"))
    return [
        [float(cell.get("data-value", "")) for cell in all_of(row, "td") if cell.get("data-value")]
        for row in all_of(body, "tr")
    ]


def test_it_is_valid_and_stands_alone() -> None:
    text = written(sample_report())
    root = tree(text)
    assert len(text.encode()) < LARGEST
    addresses = set(re.findall(r"\w+://[^\s\"'<]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    for node in root.iter():
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert (node.get(name) or "#").startswith(("#", "data:")), node.attrib


def test_the_policy_allows_only_its_own_style_and_script() -> None:
    root = tree(written(sample_report()))
    (policy,) = [
        m.get("content", "")
        for m in all_of(root, "meta")
        if m.get("http-equiv", "").startswith("C")
    ]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (node,) = all_of(root, tag)
        digest = hashlib.sha256(text_of(node).encode()).digest()
        assert f"{tag}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert not [n for n in root.iter() if n.get("style") or any(a[:2] == "on" for a in n.attrib)]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert written(sample_report()) == written(drawn(Settings()))


def test_every_asked_for_section_is_there_in_order() -> None:
    root = tree(written(sample_report()))
    keys = [n.get("id") for n in all_of(root, "section")]
    assert keys == [*REPORT_SECTIONS, "segment-tables", "notes", "rules"]
    assert [s.missing for s in sample_report().sections] == [None] * len(REPORT_SECTIONS)


def test_the_table_behind_a_picture_carries_the_figures_of_the_report() -> None:
    root = tree(written(sample_report()))
    figures = list(all_of(root, "figure"))
    charts = [c for s in sample_report().sections for c in s.charts]
    assert len(figures) == len(charts) > 6
    for figure, chart in zip(figures, charts, strict=True):
        shown = numbers(figure)
        assert len(shown) == len(chart.rows)
        for cells, row in zip(shown, chart.rows, strict=True):
            wanted = [row[k] for k in ("value", "low", "high", "n") if row.get(k) is not None]
            assert cells[: len(wanted)] == wanted


def test_the_cards_carry_the_figures_of_the_report() -> None:
    root = tree(written(sample_report()))
    found = [float(n.get("value", "")) for n in all_of(root, "data")]
    values = [m.value for m in sample_report().sections[0].measures]
    assert found
    assert [v for v in found if v not in values] == []


def test_every_picture_is_told_in_words_and_has_its_figures() -> None:
    root = tree(written(sample_report()))
    for figure in all_of(root, "figure"):
        pictures = [n for n in all_of(figure, "div") if n.get("role") == "img"]
        assert len(pictures) == 2
        assert all(len(n.get("aria-label", "")) > 30 for n in pictures)
        assert len(list(all_of(figure, "details"))) == 1
    ids = [n.get("id") for n in root.iter() if n.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("look", [Look(), Look(language="de")], ids=["plain", "de"])
def test_hostile_names_are_text(look: Look) -> None:
    root = tree(written(hostile(), look))
    assert len(list(all_of(root, "script"))) == 1
    assert not list(all_of(root, "iframe")) + list(all_of(root, "a"))[20:] + list(all_of(root, "b"))
    assert not [a for n in root.iter() for a in n.attrib if str(a).startswith("on")]
    whole = text_of(root)
    for name in NASTY:
        assert " ".join(one_line(name).split()) in " ".join(whole.split())


def test_hostile_names_stay_inside_the_drawing_language() -> None:
    """A name is a word of a list in an expression of the picture, and must never leave it."""
    names = [
        '"], alert(1), ["', "\\", "\\u0022]", "${x}", "datum.value", "']/*", "\u2028", "`",
        "</svg>",
    ]  # fmt: skip
    text = written(hostile([*names, *NASTY]))
    assert "</svg>" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert "&lt;/svg&gt;" in text
    assert "datum.value" in text


def test_a_report_without_anything_is_still_a_page() -> None:
    root = tree(written(Report("report", DEFINITIONS, (), ())))
    assert "Rules and rows" in text_of(root)


def test_a_theme_a_logo_and_a_language_are_seen(tmp_path: Any) -> None:
    theme = tmp_path / "theme.toml"
    theme.write_text('accent = "#7a1fa2"\nfont = "Georgia, serif"\n')
    look = Look(read_theme(str(theme)), "data:image/png;base64,AAAA", "de")
    text = written(sample_report(), look)
    assert "--accent:#7a1fa2;" in text
    assert "--font:Georgia, serif;" in text
    assert '<img class="logo" src="data:image/png;base64,AAAA" alt="">' in text
    assert ">80,4 %<" in text
    assert not re.findall(r">[^<]*\d\.\d %[^<]*<", text)
    assert "1.309 of 4.180" in text
    assert 'data-value="80.36669213139801"' in text


HEADER = "ticket_id,created_at,resolved_at,agent,channel,issue_type,customer_id,score\n"


def page_for(tmp_path: Any, tickets: str, **more: Any) -> ET.Element:
    path = tmp_path / "tickets.csv"
    path.write_text(tickets, encoding="utf-8")
    source = SourceSettings(tickets=(str(path),), **more)
    data = open_data(str(path), source=source)
    report = run("report", data, Settings(source=source), options={"pictures": "yes"})
    return tree(written(report))


def test_tickets_without_any_score_say_what_is_missing(tmp_path: Any) -> None:
    rows = "".join(
        f"{i},2026-01-{i % 28 + 1:02} 10:00,2026-01-{i % 28 + 1:02} 12:00\n" for i in range(60)
    )
    root = page_for(tmp_path, "ticket_id,created_at,resolved_at\n" + rows)
    whole = text_of(root)
    assert "Not computed: column score missing." in whole


def test_scores_alone_make_a_page(tmp_path: Any) -> None:
    rows = "".join(f"{i},2026-01-{i % 28 + 1:02},{i % 5 + 1}\n" for i in range(80))
    root = page_for(tmp_path, "survey_id,responded_at,score\n" + rows)
    keys = {n.get("id") for n in all_of(root, "section")}
    assert {"headline", "trend", "distribution"} <= keys


@pytest.mark.slow
def test_two_hundred_agents_and_a_year_stay_small(tmp_path: Any) -> None:
    rows = []
    for i in range(12_000):
        month, day = i % 12 + 1, i % 28 + 1
        rows.append(
            f"{i},2025-{month:02}-{day:02} {i % 24:02}:00,2025-{month:02}-{day:02} {i % 24:02}:30,"
            f"agent number {i * 7 % 200},channel {i % 6},issue {i % 11},c{i},{(i * 13) % 5 + 1}\n"
        )
    root = page_for(tmp_path, HEADER + "".join(rows))
    assert len(html5lib.serialize(root).encode()) < LARGEST
    agents = [t for t in all_of(root, "table") if text_of(t).count("agent number") == 200]
    assert agents
