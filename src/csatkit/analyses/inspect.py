"""`inspect`: what csatkit makes of a file, before any number is believed.

Which header holds what and how full it is, how dates and scores are read, what becomes of the rows,
and which metrics can and can't be computed, with the column that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.privacy import PERSONS, WORDS, masked
from csatkit.analyses.remarks import remarks
from csatkit.analyses.workspace import Workspace
from csatkit.load import Source
from csatkit.metrics import CATALOG
from csatkit.report import Cell, Report, Section, Table
from csatkit.schema import COLUMNS

__all__ = ["inspection"]

_SAMPLES = 3
_SHOWN = 40
"""Characters of a sample value; the rest says nothing about how a column is read."""


def inspection(ws: Workspace) -> Report:
    """Return the diagnosis of the inputs."""
    sections = []
    for kind in ("tickets", "surveys", "outreach"):
        source: Source | None = getattr(ws.data, kind)
        if source is not None:
            sections.append(_mapping(ws, source))
            sections.append(_leftover(source))
    sections += [_reading(ws), _rows(ws), _metrics(ws)]
    return Report(
        "inspect", definitions(ws), inputs(ws), (), tuple(sections), notes=remarks(ws, ())
    )


def _frame(ws: Workspace, source: Source) -> pl.DataFrame:
    rows = getattr(ws.canonical, source.kind)
    if isinstance(rows, pl.DataFrame):
        return rows
    frame: pl.DataFrame = rows.frame
    return frame


def _header(source: Source, name: str) -> str:
    headers = source.mapping.get(name, "")
    return headers if isinstance(headers, str) else " + ".join(headers)


def _mapping(ws: Workspace, source: Source) -> Section:
    frame = _frame(ws, source)
    names = [n for n in COLUMNS if n in frame.columns and n in source.mapping]
    counts = frame.select(pl.col(names).count()).row(0) if names else ()
    samples = _samples(source, names)
    rows = tuple(
        {
            "column": name,
            "header": _header(source, name),
            "filled": 100 * n / frame.height if frame.height else None,
            "samples": _sample_text(ws, name, samples),
        }
        for name, n in zip(names, counts, strict=True)
    )
    table = Table(
        {"column": "Canonical", "header": "Header", "filled": "Filled", "samples": "Samples"},
        rows,
        units={"filled": "percent"},
    )
    title = f"{source.paths[0]}: {source.kind}"
    return Section(f"mapping_{source.kind}", title, tables=(table,))


def _samples(source: Source, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the first different cells of each column as the file has them."""
    first = source.rows(range(min(source.n_rows(), 200)))
    found = {}
    for name in names:
        headers = source.mapping[name]
        header = headers if isinstance(headers, str) else headers[0]
        cells = first.get_column(header).drop_nulls().unique(maintain_order=True).to_list()
        found[name] = [c for c in cells if c.strip()][:_SAMPLES]
    return found


def _sample_text(ws: Workspace, name: str, samples: dict[str, list[str]]) -> str:
    privacy = ws.settings.privacy
    if privacy != "all" and name in WORDS:
        return "(hidden)"
    shown = [masked(name, s, privacy) if name in PERSONS else s for s in samples.get(name, [])]
    return ", ".join(
        (s if len(s) <= _SHOWN else s[: _SHOWN - 1] + "…") for s in shown if s is not None
    )


def _leftover(source: Source) -> Section:
    """Name the headers that hold nothing csatkit knows; they still serve --by and --where."""
    used = {h for v in source.mapping.values() for h in ((v,) if isinstance(v, str) else v)}
    rest = [h for h in source.headers if h not in used]
    title = f"{source.kind}: further columns"
    if not rest:
        return Section(f"further_{source.kind}", title, text=("None.",))
    text = (f"Usable in --by and --where: {', '.join(rest)}.",)
    return Section(f"further_{source.kind}", title, text=text)


def _reading(ws: Workspace) -> Section:
    lines = []
    for source in (ws.data.tickets, ws.data.surveys, ws.data.outreach):
        if source is None:
            continue
        preset = source.preset or "none; headers are matched by name"
        lines.append(f"{source.kind}: preset {preset}.")
        readings = ", ".join(f"{n} {r}" for n, r in source.date_readings.items())
        lines.append(f"{source.kind}: dates {readings or 'none'}; times in {source.timezone}.")
        if source.scale is not None:
            satisfied = [
                label
                for code, label in zip(source.scale.codes, source.scale.labels, strict=True)
                if code in source.scale.satisfied
            ]
            lines.append(
                f"{source.kind}: scores on {source.scale.name}, satisfied {', '.join(satisfied)}."
            )
    end = "unknown" if ws.data_end is None else f"{ws.data_end} UTC"
    lines.append(f"Data end: {end}.")
    if ws.facts.surveys is not None:
        knows = (
            "known" if ws.facts.knows_sent else "unknown: every survey in the source is answered"
        )
        lines.append(f"Which surveys were sent is {knows}.")
    return Section("reading", "How it is read", text=tuple(lines))


def _rows(ws: Workspace) -> Section:
    rows: list[dict[str, Cell]] = []
    for found in inputs(ws):
        rows.append({"input": found.path, "what": "rows", "n": found.rows})
        rows.append({"input": found.path, "what": "used", "n": found.used})
        rows += [
            {"input": found.path, "what": f"dropped: {reason.replace('_', ' ')}", "n": n}
            for reason, n in found.dropped.items()
        ]
    table = Table({"input": "Input", "what": "Rows", "n": "Count"}, tuple(rows), frozenset({"n"}))
    return Section("rows", "What becomes of the rows", tables=(table,))


def _metrics(ws: Workspace) -> Section:
    rows = tuple(
        {
            "metric": metric.id,
            "can": "no" if (lacks := ws.lacks(metric)) else "yes",
            "why": lacks or "",
        }
        for metric in CATALOG.values()
    )
    table = Table({"metric": "Metric", "can": "Computable", "why": "Why not"}, rows)
    return Section("metrics", "What can be computed", tables=(table,))
