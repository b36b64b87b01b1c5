"""What `report` adds for whoever asks why: drivers, failure modes, diagnosis, themes, other rules.

Each section is the answer of the command of that name with its parts folded into one, so that the
page and the command can't say different things. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from csatkit.errors import NothingToEvaluate
from csatkit.metrics import CATALOG
from csatkit.report import Chart, ChartKind, Report, Section, Table
from csatkit.settings import Settings

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace
    from csatkit.load import Data

__all__ = ["columns_of_why", "metrics_of_why", "outcome_of_why", "why_sections"]

_OF_MODES = ("modes", "concentration", "plan")
"""Parts of the answer of `drivers` that are about the failure modes."""

_HEADINGS = {
    "associations": "Each driver with everything else held equal",
    "curve": "Points against no further contact, by further contacts",
    "diagnosis": "How much of what differs goes with each",
}
"""Part → the heading of its pictures and tables, where its own wouldn't say what they show."""

AT_ONCE = 2
"""Answers that are worked out side by side: while one counts rows, which leaves Python idle, the
other can fit a model. A third would wait."""

_RULES = "The same data by other rules"
_MORE = "What each rule counts, and where it comes from: csatkit reconcile."


def metrics_of_why(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the metrics that these sections are made of."""
    found: list[str] = []
    if "drivers" in keys or "modes" in keys:
        from csatkit.analyses.drivers import NEEDED as OF_DRIVERS

        found += OF_DRIVERS
    if "diagnosis" in keys:
        from csatkit.analyses.diagnose import NEEDED as OF_DIAGNOSIS

        found += OF_DIAGNOSIS
    if "themes" in keys:
        from csatkit.analyses.themes import NEEDED as OF_THEMES

        found += OF_THEMES
    if "reconcile" in keys:
        from csatkit.analyses.reconcile import RULES

        found += RULES
    return tuple(dict.fromkeys(found))


def columns_of_why(keys: Sequence[str], data: Data, settings: Settings) -> tuple[str, ...]:
    """Return the columns that these sections read beside those of the metrics and dimensions."""
    if not {"diagnosis", "themes"} & set(keys):
        return ()
    from csatkit.analyses.themes import columns_read

    return columns_read(data, settings)


def why_sections(
    ws: Workspace, keys: Sequence[str], like: str | None = None
) -> tuple[Section, ...]:
    """Return the sections that say why, in the order of `keys`.

    Args:
        ws: the run; the metrics and columns of these sections must have been asked for.
        keys: of `WHY_SECTIONS`.
        like: the system whose rules lead.
    """
    jobs: list[Callable[[], Mapping[str, Section]]] = []
    if "drivers" in keys or "modes" in keys:
        jobs.append(lambda: _drivers(ws))
    if "diagnosis" in keys:
        jobs.append(lambda: {"diagnosis": _diagnosis(ws)})
    if "themes" in keys:
        jobs.append(lambda: {"themes": _themes(ws)})
    if "reconcile" in keys:
        jobs.append(lambda: {"reconcile": _reconcile(ws, like)})
    made: dict[str, Section] = {}
    for found in _done(jobs, AT_ONCE if _is_in_memory(ws) else 1):
        made |= found
    return tuple(made[key] for key in keys)


def _done(
    jobs: Sequence[Callable[[], Mapping[str, Section]]], at_once: int
) -> list[Mapping[str, Section]]:
    """Return what some jobs make, in their order; each only reads the run."""
    if at_once == 1 or len(jobs) < 2:
        return [job() for job in jobs]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(at_once) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


def _is_in_memory(ws: Workspace) -> bool:
    """Tell whether the rows are in memory; else each job would go through the disk beside another.

    Two passes at once would hold two parts where the user allowed memory for one.
    """
    tickets = ws.canonical.tickets
    return tickets is not None and tickets.frame.height > 0


def outcome_of_why(ws: Workspace) -> str:
    """Return what is explained: satisfaction, or first contacts where there are no ratings."""
    no_ratings = ws.lacks(CATALOG["csat"]) is not None
    return "fcr" if no_ratings and ws.lacks(CATALOG["fcr"]) is None else "csat"


def _drivers(ws: Workspace) -> dict[str, Section]:
    from csatkit.analyses.drivers import drivers

    outcome = outcome_of_why(ws)
    parts = _parts(lambda: drivers(ws, outcome))
    about = [s for s in parts if s.key not in _OF_MODES]
    modes = [s for s in parts if s.key in _OF_MODES]
    lead = about[0]
    if not modes:
        modes = [Section("modes", "Failure modes", missing=lead.missing)]
    title = f"What goes with {'CSAT' if outcome == 'csat' else 'first contact resolution'}"
    return {
        "drivers": _folded("drivers", title, about),
        "modes": _folded("modes", "Failure modes", modes),
    }


def _diagnosis(ws: Workspace) -> Section:
    from csatkit.analyses.diagnose import diagnose

    parts = _parts(lambda: diagnose(ws, outcome_of_why(ws)))
    return _folded("diagnosis", "Agents, process or channel?", parts)


def _themes(ws: Workspace) -> Section:
    from csatkit.analyses.themes import themes

    parts = _parts(lambda: themes(ws))
    return _folded("themes", "What unhappy customers write about", parts)


def _reconcile(ws: Workspace, like: str | None) -> Section:
    from csatkit.analyses.reconcile import reconcile

    options = {} if like is None else {"like": like}
    parts = _parts(lambda: reconcile(ws, options))
    groups = [s for s in parts if s.key.startswith("rules_")]
    if all(s.missing is not None for s in groups):
        return Section("reconcile", _RULES, missing=(groups or parts)[0].missing)
    lead = next((s for s in parts if s.key == "summary"), Section("summary", _RULES))
    lead = replace(lead, text=(*lead.text, _MORE))
    return _folded("reconcile", _RULES, [lead, *groups])


def _parts(answer: Callable[[], Report]) -> tuple[Section, ...]:
    """Return the sections of an answer; where nothing is left to evaluate, one that says so."""
    try:
        return answer().sections
    except NothingToEvaluate as nothing:
        return (Section("nothing", "", missing=nothing.message),)


def _folded(key: str, title: str, parts: Sequence[Section]) -> Section:
    """Return the parts of an answer as one section, tables and charts under their own headings.

    Args:
        key: of the section.
        title: its heading.
        parts: the lead, then what stands under it.
    """
    lead, *rest = parts
    if lead.missing is not None:
        return Section(key, title, missing=lead.missing)
    text = list(lead.text)
    for part in rest:
        if part.missing is not None:
            text.append(f"{part.title}: not computed, {part.missing}.")
        elif part.text:
            text.append(f"{part.title}: {' '.join(part.text)}")
    tables = [table for part in parts for table in _tables(part)]
    charts = [chart for part in parts for chart in _charts(part)]
    return Section(key, title, text=tuple(text), tables=tuple(tables), charts=tuple(charts))


def _tables(part: Section) -> list[Table]:
    """Return the tables of a part, each under a heading that says what it is."""
    heading = _HEADINGS.get(part.key, part.title)
    if part.key == "routing":
        return [replace(t, title=f"{heading}: {t.title}") for t in part.tables]
    return [replace(t, title=t.title or heading) for t in part.tables]


def _charts(part: Section) -> list[Chart]:
    """Return the charts of a part under its heading; steps are drawn as a curve."""
    heading = _HEADINGS.get(part.key, part.title)
    kind: ChartKind | None = "curve" if part.key == "curve" else None
    return [replace(c, title=c.title or heading, kind=kind or c.kind) for c in part.charts]
