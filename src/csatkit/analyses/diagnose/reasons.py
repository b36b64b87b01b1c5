"""The reason rule: what unhappy customers write about so often that the process is at fault.

The themes are those of `themes`; here only low-score comments are looked at, and only what lies
above the rule beyond noise is told.
"""

from __future__ import annotations

import polars as pl

from csatkit.analyses.themes.counting import Theme, count
from csatkit.analyses.themes.patterns import themes_of
from csatkit.analyses.themes.reading import rated_rows, theme_columns
from csatkit.analyses.workspace import Workspace
from csatkit.periods import Span

__all__ = ["reasons"]


def reasons(ws: Workspace, span: Span | None) -> tuple[Theme, ...] | None:
    """Return the themes in 20 % or more of the low-score comments; None where there are none.

    Args:
        ws: the run; `comment` must have been read where the export has it.
        span: the period.

    Raises:
        UsageError: a pattern of the configuration can't be read.
    """
    if ws.ratings is None or not ws.has("comment"):
        return None
    themes = themes_of(ws.settings.themes)
    said = rated_rows(ws, span).filter(pl.col("_low") & pl.col("_text").is_not_null())
    rows = (
        said.with_columns(theme_columns(themes))
        .select(pl.lit(value=True).alias("_low"), pl.lit(value=True).alias("_said"),
                *(f"_theme.{i}" for i in range(len(themes))))
        .collect(engine="streaming")
    )  # fmt: skip
    found = count(rows, list(themes), ws.settings.level, ws.settings.min_n, has_tags=False)
    return tuple(theme for theme in found.themes if theme.rule == "yes")
