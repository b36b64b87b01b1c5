"""What was written is read back: each format's figures as records that can be compared.

A record is a row of measures by what a reader sees of it. JSON is the reference; every other reader
here knows only its own format and what a heading says, nothing of how it was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import html5lib
import polars as pl

from csatkit.load.normalise import unguard
from csatkit.load.parts import open_parts
from csatkit.render import render
from csatkit.render.look import Look
from csatkit.render.text import one_line
from csatkit.report import Report

__all__ = [
    "FIELDS",
    "Record",
    "charts_of_page",
    "from_json",
    "from_markdown",
    "from_page",
    "loaded",
    "page_of",
    "read_json",
    "seen",
    "sheets",
    "shown_as",
]

XHTML = "{http://www.w3.org/1999/xhtml}"

FIELDS = ("value", "low", "high", "numerator", "denominator")


class Record(NamedTuple):
    """A measure as it is read: its metric, its segment in words, its figures."""

    label: str
    segment: tuple[str, ...]
    value: float | None
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float | None


def seen(text: str | None) -> str:
    """Return a name as a page has it: one visible line, blanks as a browser folds them."""
    return "(none)" if text is None else " ".join(one_line(text).split())


# -- JSON ----------------------------------------------------------------------------------------


def read_json(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(str(render(report, "json")))
    return found


def from_json(measures: Sequence[Mapping[str, Any]]) -> list[Record]:
    return [
        Record(
            seen(m["label"]),
            tuple(seen(v) for v in m["segment"].values()),
            *(m[name] for name in FIELDS),
        )
        for m in measures
    ]


# -- the page ------------------------------------------------------------------------------------


def from_page(page: ET.Element) -> list[Record]:
    """Return what the tables of measures hold, by the exact numbers beside the shown ones."""
    return [r for table in _tables(page) for r in _records(table)]


def charts_of_page(page: ET.Element) -> list[list[dict[str, Any]]]:
    """Return per picture the rows of the table behind it, by heading."""
    figures = page.iter(f"{XHTML}figure")
    return [list(_rows(next(f.iter(f"{XHTML}table")))) for f in figures]


def page_of(report: Report) -> ET.Element:
    """Return the page of a report as browsers read it."""
    found: ET.Element = html5lib.parse(str(render(report, "html", look=Look())))
    return found


def _tables(root: ET.Element) -> Iterator[ET.Element]:
    behind = {id(t) for f in root.iter(f"{XHTML}figure") for t in f.iter(f"{XHTML}table")}
    return (t for t in root.iter(f"{XHTML}table") if id(t) not in behind)


def _records(table: ET.Element) -> Iterator[Record]:
    rows = list(_rows(table))
    needed = ("Value", "Interval from", "Interval to", "k", "n")
    if not rows or not set(needed) <= set(rows[0]):
        return
    caption = _text(next(table.iter(f"{XHTML}caption")))
    for row in rows:
        names = list(row)[: list(row).index("Value")]
        names = [n for n in names if n != "Period"]
        if names == ["Metric"]:
            label, segment = row["Metric"], ()
        else:
            label, segment = caption.rpartition(" by ")[0], tuple(row[n] for n in names)
        yield Record(label, segment, *(row[n] for n in needed))


def _rows(table: ET.Element) -> Iterator[dict[str, Any]]:
    """Yield rows by heading: names as text, figures as exact numbers, None where there is none."""
    heads = [_text(h) for h in next(table.iter(f"{XHTML}thead")).iter(f"{XHTML}th")]
    figures = [
        "num" in (h.get("class") or "")
        for h in next(table.iter(f"{XHTML}thead")).iter(f"{XHTML}th")
    ]
    for row in next(table.iter(f"{XHTML}tbody")).iter(f"{XHTML}tr"):
        found: dict[str, Any] = {}
        for name, is_figure, cell in zip(heads, figures, row, strict=True):
            exact = cell.get("data-value")
            found[name] = _number(exact) if is_figure else _text(cell)
        yield found


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _text(node: ET.Element) -> str:
    return " ".join("".join(node.itertext()).split())


# -- Markdown ------------------------------------------------------------------------------------


def from_markdown(report: Report) -> list[tuple[str, tuple[str, ...], str, str, str]]:
    """Return label, segment, and the shown value, interval and k/n of every row of measures."""
    found: list[tuple[str, tuple[str, ...], str, str, str]] = []
    title, heads = "", list[str]()
    for line in str(render(report, "markdown")).split("\n"):
        if line.startswith("#"):
            title, heads = _plain(line.lstrip("# ")), []
        elif not line.startswith("|"):
            heads = []
        elif not heads:
            heads = _cells(line)
        elif {"Value", "Interval", "k/n"} <= set(heads) and not line.startswith("| ---"):
            row = dict(zip(heads, _cells(line), strict=True))
            names = [n for n in heads[: heads.index("Value")] if n != "Period"]
            if names == ["Metric"]:
                label, segment = row["Metric"], tuple[str, ...]()
            else:
                label = title.rpartition(" by ")[0]
                segment = tuple(row[n] for n in names if row[n] != "all")
            found.append((label, segment, row["Value"], row["Interval"], row["k/n"]))
    return found


def _cells(line: str) -> list[str]:
    """Split a row at the bars that Markdown sees."""
    parts = re.findall(r"((?:\\.|[^|\\])*)\|", line)[1:]
    return [_plain(part) for part in parts]


def _plain(text: str) -> str:
    """Take away what makes a text harmless in Markdown."""
    bare = re.sub(r"\\(.)", r"\1", text)
    for entity, sign in (("&#58;", ":"), ("&#64;", "@"), ("&#46;", "."), ("&lt;", "<"),
                         ("&gt;", ">"), ("&amp;", "&")):  # fmt: skip
        bare = bare.replace(entity, sign)
    return " ".join(bare.split())


def shown_as(text: str, exact: float | None, digits: int | None = None) -> bool:
    """Tell whether a shown figure is an exact one, rounded to the digits that it shows.

    Args:
        text: with thousands separators, perhaps a unit; a dash stands for nothing.
        exact: the number.
        digits: the decimals that it must have; None takes any.
    """
    bare = re.match(r"[−+-]?[\d,]+(?:\.\d+)?", text.strip())
    if exact is None or bare is None:
        return exact is None and text.strip() in ("–", "")
    number = bare[0].replace(",", "").replace("−", "-")
    shown = len(number.partition(".")[2])
    is_near = abs(float(number) - exact) <= 0.5 * 10.0**-shown + 1e-9 * abs(exact)
    return is_near and digits in (None, shown)


# -- CSV and workbooks ---------------------------------------------------------------------------


def loaded(path: Path, sheet: str | None = None) -> pl.DataFrame:
    """Return a written file as csatkit's own loader reads it, cells as text without their guard."""
    (part,) = open_parts(str(path) if sheet is None else f"{path}#{sheet}")
    columns = [unguard(pl.col(name)) for name in part.headers]
    return part.frame.select(columns).collect()


def sheets(path: Path) -> dict[str, list[list[object]]]:
    """Return the raw cells of every sheet, numbers as numbers."""
    import fastexcel

    book = fastexcel.read_excel(path)
    found = {}
    for name in book.sheet_names:
        texts = book.load_sheet(name, header_row=None, dtypes="string").to_polars()
        numbers = book.load_sheet(name, header_row=None, dtypes="float").to_polars()
        found[name] = [
            [
                (t or None) if x is None else x
                for t, x in zip(texts.row(i), numbers.row(i), strict=True)
            ]
            for i in range(texts.height)
        ]
    return found
