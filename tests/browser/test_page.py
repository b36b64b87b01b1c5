"""The page in a real browser: opened from disk, read, sorted, filtered, printed, listened to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from csatkit.render.look import DARK, LIGHT

if TYPE_CHECKING:
    from tests.browser.conftest import Open

COLUMN = """([id, column]) => Array.from(document.querySelectorAll(`#${id} tbody tr`))
  .filter(row => !row.hidden).map(row => row.cells[column].textContent)"""

EXACT = """([id, column]) => Array.from(document.querySelectorAll(`#${id} tbody tr`))
  .map(row => row.cells[column].getAttribute("data-value")).filter(x => x !== null).map(Number)"""

TABLE = "change-measures"


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def headings(page: Any) -> list[str]:
    return page.locator(f"#{TABLE} thead th").all_inner_texts()  # type: ignore[no-any-return]


def test_it_opens_from_disk_asks_for_nothing_and_complains_about_nothing(
    open_page: Open, report_file: Path
) -> None:
    opened = open_page()
    assert opened.page.title() == "Customer satisfaction report"
    assert opened.page.locator("figure").count() >= 8
    assert opened.troubles == []
    assert opened.asked == [report_file.as_uri()]


def test_a_column_is_sorted_up_and_down_by_its_exact_numbers(open_page: Open) -> None:
    page = open_page().page
    column = headings(page).index("n")
    button = page.locator(f"#{TABLE} thead th").nth(column).locator("button")
    head = page.locator(f"#{TABLE} thead th").nth(column)
    button.click()
    down = page.evaluate(EXACT, [TABLE, column])
    assert head.get_attribute("aria-sort") == "descending"
    assert down == sorted(down, reverse=True)
    assert len(set(down)) > 3
    button.click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.evaluate(EXACT, [TABLE, column]) == sorted(down)


def test_the_keyboard_sorts_too_and_only_one_column_says_so(open_page: Open) -> None:
    page = open_page().page
    page.locator(f"#{TABLE} thead th button").first.focus()
    page.keyboard.press("Enter")
    names = page.evaluate(COLUMN, [TABLE, 0])
    assert names == sorted(names, key=str.lower)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator(f"#{TABLE} th[aria-sort]").count() == 1
    assert page.locator(f"#{TABLE} th").nth(1).get_attribute("aria-sort") == "descending"


def test_rows_are_filtered_by_what_is_typed(open_page: Open) -> None:
    page = open_page().page
    before = page.evaluate(COLUMN, [TABLE, 0])
    page.locator(f"#{TABLE}-filter").focus()
    page.keyboard.type("response")
    shown = page.evaluate(COLUMN, [TABLE, 0])
    assert 0 < len(shown) < len(before)
    assert all("response" in name.lower() for name in shown)
    count = page.locator(f"output[for='{TABLE}-filter']").inner_text()
    assert count == f"{len(shown)} of {len(before)} rows"
    page.get_by_label("Filter rows").and_(page.locator(f"#{TABLE}-filter")).fill("")
    assert page.evaluate(COLUMN, [TABLE, 0]) == before


@pytest.mark.parametrize(("scheme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_page_and_its_pictures_follow_the_scheme(
    open_page: Open, scheme: str, colours: dict[str, str]
) -> None:
    page = open_page(scheme=scheme).page
    style = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(style) == rgb(colours["paper"])
    bar = page.locator("#distribution .wide [fill='var(--accent)']").first
    assert bar.evaluate("node => getComputedStyle(node).fill") == rgb(colours["accent"])


def test_a_phone_never_scrolls_sideways(open_page: Open) -> None:
    page = open_page(width=360).page
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    wide = page.locator("#change .scroll").first
    assert wide.evaluate("node => node.scrollWidth > node.clientWidth")
    wide.focus()
    page.keyboard.press("ArrowRight")
    # The page's own policy forbids the evaluation that a waiting function would need.
    for _ in range(60):
        if moved := wide.evaluate("node => node.scrollLeft"):
            break
        page.wait_for_timeout(50)
    assert moved > 0
    assert page.locator("#trend .narrow").is_visible()
    assert not page.locator("#trend .wide").is_visible()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_light_on_pages(open_page: Open, paper: str) -> None:
    page = open_page(scheme="dark").page
    pdf = page.pdf(format=paper)
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n") <= 22
    page.emulate_media(media="print")
    style = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(style) == rgb(LIGHT["paper"])
    assert not page.locator("nav").is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (1100, "dark"), (360, "light")])
def test_axe_finds_nothing_serious(open_page: Open, axe: str, width: int, scheme: str) -> None:
    page = open_page(width, scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = {
        v["id"]: [n["html"][:200] for n in v["nodes"][:3]]
        for v in found["violations"]
        if v["impact"] in ("serious", "critical", "moderate")
    }
    assert serious == {}
    assert len(found["passes"]) > 10


def test_without_script_everything_is_there_to_read(open_page: Open) -> None:
    opened = open_page(script=False)
    page = opened.page
    assert page.locator(f"#{TABLE} tbody tr").count() > 5
    assert page.locator("th button").count() == 0
    assert page.get_by_text("Filter rows").count() == 0
    figures = page.locator("figure")
    for i in range(figures.count()):
        assert figures.nth(i).locator("details table tbody tr").count() > 0


def test_a_wide_table_keeps_the_names_of_its_rows_in_sight(open_page: Open) -> None:
    page = open_page(width=360).page
    table = page.locator("#change .scroll").first
    name = table.locator("tbody th").first
    before = name.bounding_box()
    table.evaluate("node => { node.scrollLeft = 150 }")
    after = name.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] == pytest.approx(before["x"], abs=1)


def test_headings_and_sentences_are_printed_on_the_sheet_of_their_picture(open_page: Open) -> None:
    page = open_page().page
    page.emulate_media(media="print")
    style = "node => getComputedStyle(node)"
    assert page.locator("#trend h2").evaluate(f"{style}.breakAfter") == "avoid"
    assert page.locator("#trend > p").first.evaluate(f"{style}.breakAfter") == "avoid"
    assert page.locator("#trend figure").evaluate(f"{style}.breakInside") == "avoid"
    assert page.locator("#change thead").first.evaluate(f"{style}.display") == "table-header-group"
    # Folded tables aren't printed, so that their heading isn't, either; a line says so.
    assert not page.locator("#segment-tables").is_visible()
    assert page.locator(".printed").is_visible()
    page.evaluate("document.querySelector('#segment-tables details').open = true")
    assert page.locator("#segment-tables").is_visible()
