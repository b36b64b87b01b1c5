"""The report of `themes`: what unhappy customers write about, in their own words where allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.behind import (
    dims_of,
    head_and_segment,
    listed,
    refuse_unavailable,
    segment_rows,
)
from csatkit.analyses.digest.words import READ, excerpt
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.remarks import remarks
from csatkit.analyses.themes.counting import Counted, count
from csatkit.analyses.themes.patterns import themes_of
from csatkit.analyses.themes.reading import rated_rows, span_of, theme_columns
from csatkit.analyses.themes.sections import (
    example_section,
    lead_section,
    problem_section,
    term_section,
    theme_section,
)
from csatkit.analyses.themes.terms import saying, terms
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.metrics import CATALOG
from csatkit.report import Measure, Report, Section

__all__ = ["is_theme_cell", "themes", "tickets_of_theme"]

_KINDS = ("theme:", "tag:", "word:")
_TITLE = "What unhappy customers write about"
_EXAMPLES = 2
"""Comments shown per theme."""


def themes(ws: Workspace) -> Report:
    """Return themes, product problems, unusual terms and examples of low-score feedback.

    Args:
        ws: the run; `comment` and `tags` must have been read where the export has them.

    Raises:
        NothingToEvaluate: the selection holds no rating.
        UsageError: a pattern of the configuration can't be read.
    """
    overall = measures(ws, tabulate(ws, [Request((CATALOG["low_share"],), (), ws.span)]))[0]
    reason = overall.reason if overall.status == "unavailable" else None
    has_comments, has_tags = ws.has("comment"), _has_tags(ws)
    if reason is None and not (has_comments or has_tags):
        reason = "columns comment and tags missing"
    if reason is not None:
        missing = Section("themes", _TITLE, missing=reason)
        return replace(_report(ws, overall, (missing,)), measures=(overall,))
    wanted = themes_of(ws.settings.themes)
    rows = _rows(ws, wanted)
    if rows.height == 0:
        raise NothingToEvaluate(
            "no rating is left to read the comments of", "Widen --period or --where."
        )
    level = ws.settings.level
    found = count(rows, list(wanted), level, ws.settings.min_n, has_tags=has_tags)
    sections = [
        lead_section(found, _TITLE),
        theme_section(found),
        problem_section(found),
        _terms(ws, rows, found) if has_comments else _no_comments(),
        *_examples(ws, rows, found, list(wanted)),
    ]
    return _report(ws, overall, sections)


def _report(ws: Workspace, overall: Measure, sections: Sequence[Section]) -> Report:
    """Return the sections as a report without measures: as rows, it is its table of themes."""
    notes = remarks(ws, (overall,))
    return Report("themes", definitions(ws), inputs(ws), (), tuple(sections), notes)


def _no_comments() -> Section:
    return Section("terms", "Words that stand out", missing="column comment missing")


def _has_tags(ws: Workspace) -> bool:
    return ws.lacks_dimension("responses", ("tags",)) is None


def _rows(ws: Workspace, wanted: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Return what is counted of each rating; the comments of others than low scores leave here."""
    rows = rated_rows(ws, span_of(ws)).with_columns(theme_columns(dict(wanted)))
    columns = [
        "ticket_id", "_low", "_text", "_tags", *(f"_theme.{i}" for i in range(len(wanted))),
    ]  # fmt: skip
    known = rows.collect_schema().names()
    kept = [c for c in columns if c in known]
    return rows.select(*kept, _said=pl.col("_text").is_not_null()).collect(engine="streaming")


def _terms(ws: Workspace, rows: pl.DataFrame, found: Counted) -> Section:
    """Return the words that stand out, without those of names where these are hidden."""
    if ws.settings.privacy == "none":
        return Section("terms", "Words that stand out", missing="hidden by --privacy none")
    return term_section(terms(rows, _names(ws)), found)


def _names(ws: Workspace) -> list[str]:
    """Return the agents' names, where `--privacy` hides them."""
    if ws.settings.privacy == "all":
        return []
    names: set[str] = set()
    for frame in (ws.facts.tickets, ws.facts.surveys):
        if frame is not None and "agent" in frame.collect_schema().names():
            found = frame.select(pl.col("agent").cast(pl.String).unique()).collect()
            names |= {n for n in found.get_column("agent").to_list() if n}
    return sorted(names)


def _examples(
    ws: Workspace, rows: pl.DataFrame, found: Counted, labels: Sequence[str]
) -> list[Section]:
    """Return a few comments per theme, none where `--privacy` hides what people wrote."""
    if ws.settings.privacy != "all" or "ticket_id" not in rows.columns:
        return []
    shown: list[tuple[str, str | None, str]] = []
    low = rows.filter(pl.col("_low") & pl.col("_said")).sort("ticket_id", "_text")
    for theme in found.themes:
        if not theme.comments:
            continue
        chosen = (
            low.filter(pl.col(f"_theme.{labels.index(theme.label)}"))
            .unique("_text", keep="last", maintain_order=True)
            .tail(_EXAMPLES)
        )
        for ticket, text in chosen.select(
            "ticket_id", pl.col("_text").str.slice(0, READ + 1)
        ).iter_rows():
            if said := excerpt(text):
                shown.append((theme.label, ticket, said))
    return [example_section(shown)] if shown else []


# -- the tickets behind ---------------------------------------------------------------------------


def is_theme_cell(text: str) -> bool:
    """Tell whether a cell names a theme, a tag or a word."""
    return text.startswith(_KINDS)


def tickets_of_theme(ws: Workspace) -> Report:
    """Return the low-scored tickets that speak of a theme, carry a tag or say a word.

    Raises:
        UsageError: no such theme, or the export can't tell it.
        NothingToEvaluate: no ticket is behind it.
    """
    text = ws.settings.tickets_of
    assert text is not None
    metric = CATALOG["low_share"]
    refuse_unavailable(ws, metric)
    head, segment = head_and_segment(text, "theme:slow,channel=email")
    kind, _, name = head.partition(":")
    wanted = themes_of(ws.settings.themes)
    if kind == "theme" and name not in wanted:
        raise UsageError.unknown("theme of --tickets-of", name, wanted)
    dims = dims_of(ws, "responses", segment)
    rows = rated_rows(ws, span_of(ws), dims).filter("_low")
    if kind == "theme":
        rows = rows.filter(theme_columns({name: wanted[name]})[0])
    elif kind == "tag":
        rows = rows.filter(pl.col("_tags").list.contains(name).fill_null(value=False))
    found = rows.with_columns(counted=pl.lit(value=True)).collect()
    if kind == "word":
        found = saying(found, name)
    found = _with_excerpts(segment_rows(ws, found, segment))
    return listed(ws, "themes", found, metric, "low-scored ", also=("comment",))


def _with_excerpts(frame: pl.DataFrame) -> pl.DataFrame:
    """Shorten the comments, where there are any; `--privacy` takes them out later."""
    if "comment" not in frame.columns:
        return frame
    start = frame.get_column("comment").cast(pl.String).str.slice(0, READ + 1)
    said = [None if text is None else excerpt(text) for text in start]
    return frame.with_columns(pl.Series("comment", said, dtype=pl.String))
