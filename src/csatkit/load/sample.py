"""A first look at the values: enough rows to decide how a column reads, never all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from csatkit.load.canonical import joined_cell
from csatkit.load.mapping import Headers
from csatkit.load.normalise import clean_text
from csatkit.load.parts import Part

__all__ = ["sample", "text_cells"]

ROWS = 10_000
"""Rows looked at over all parts; reading them costs a few hundredths of a second."""

FEWEST = 200
"""Rows looked at in each part of many."""


def text_cells(
    parts: Iterable[Part], mapping: Mapping[str, Headers], names: Iterable[str]
) -> list[pl.LazyFrame]:
    """Return, part by part, the cleaned text of those columns that are text there."""
    asked = tuple(names)
    frames = []
    for part in parts:
        cells = []
        for name in asked:
            headers = mapping[name]
            wanted = headers if isinstance(headers, tuple) else (headers,)
            if not set(wanted) <= set(part.headers):
                continue
            cell, dtype = joined_cell(part, name, headers)
            if dtype == pl.String:
                cells.append(clean_text(cell, parsed=True).alias(name))
        if cells:
            frames.append(part.frame.select(cells))
    return frames


def sample(
    parts: tuple[Part, ...], mapping: Mapping[str, Headers], names: Iterable[str]
) -> dict[str, list[str]]:
    """Return the non-null text cells of the first rows; of rarer columns the first that exist.

    Columns that are text in no part are left out; one without any value has an empty list.
    """
    frames = text_cells(parts, mapping, names)
    each = max(FEWEST, ROWS // max(len(frames), 1))
    found: dict[str, list[str]] = {}
    for head in pl.collect_all([frame.head(each) for frame in frames]):
        for column in head:
            found.setdefault(column.name, []).extend(column.drop_nulls().to_list())
    for name in [n for n, cells in found.items() if not cells]:
        rest = [
            frame.select(name).drop_nulls().head(FEWEST)
            for frame in frames
            if name in frame.collect_schema()
        ]
        found[name] = pl.concat(rest).head(FEWEST).collect()[name].to_list()
    return found
