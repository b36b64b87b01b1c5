"""Rated rows with what was written beside them, and which themes that speaks of.

Only the start of a comment is read: a pasted log of ten megabytes is one complaint, not ten
thousand, and costs no more than a page.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from csatkit.analyses.themes.patterns import alternation
from csatkit.analyses.workspace import Workspace
from csatkit.load import Data
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.settings import Settings
from csatkit.totals.selection import tag_list

__all__ = ["READ", "columns_read", "plain", "rated_rows", "span_of", "theme_columns"]

READ = 4_000
"""Characters of a comment that are read: two pages."""


def columns_read(data: Data, settings: Settings) -> tuple[str, ...]:
    """Return the columns of the export that are looked at, where it has them.

    Agents are, where their names mustn't be seen, so that no word of a comment names one.
    """
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    names = ("agent",) if settings.privacy == "ids" else ()
    return tuple(c for c in ("comment", "tags", *names) if any(s.has(c) for s in sources))


def span_of(ws: Workspace) -> Span | None:
    """Return the period: by the answers' clock."""
    return ws.spans_for([CATALOG["low_share"]], ws.span)["low_share"]


def plain(text: pl.Expr) -> pl.Expr:
    """Return text as it is compared: its start, composed, apostrophes straight; null for none."""
    start = text.cast(pl.String).str.slice(0, READ)
    straight = start.str.replace_all("[‘’ʼ´`]", "'").str.normalize("NFKC")
    return pl.when(straight.str.contains(r"\w")).then(straight)


def rated_rows(ws: Workspace, span: Span | None, dims: Sequence[str] = ()) -> pl.LazyFrame:
    """Return the ratings of the selection with `_low`, `_text` (null: nothing said) and `_tags`."""
    frame = ws.rows("responses", dims, span)
    assert frame is not None
    columns = frozenset(frame.collect_schema().names())
    text = plain(pl.col("comment")) if "comment" in columns else pl.lit(None, dtype=pl.String)
    tags = pl.col("tags") if "tags" in columns else pl.lit(None, dtype=pl.String)
    return frame.filter("is_rating").with_columns(
        _low="is_low", _text=text, _tags=tag_list(tags.cast(pl.String))
    )


def theme_columns(themes: dict[str, tuple[str, ...]]) -> list[pl.Expr]:
    """Return one condition per theme, `_theme.0` and so on: comment or tags match its patterns."""
    tags = pl.col("_tags").list.join(" ").str.replace_all("[_-]", " ")
    said = pl.concat_str(pl.col("_text"), tags, separator="\n", ignore_nulls=True)
    return [
        said.str.contains(alternation(label, patterns)).fill_null(value=False).alias(f"_theme.{i}")
        for i, (label, patterns) in enumerate(themes.items())
    ]
