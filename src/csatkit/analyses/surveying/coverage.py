"""Whose surveys never go out, who was credited when the rating came, what became of sendings.

Choosing whom to ask moves CSAT more than any work does, so an agent's share of surveyed tickets is
held against what the others reach on the same mix; nobody is named for a difference that chance
makes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.contrasts import HOMOGENEOUS_FROM
from csatkit.analyses.privacy import hidden
from csatkit.analyses.surveying.rows import share
from csatkit.analyses.workspace import Workspace
from csatkit.periods import Span
from csatkit.render.values import number, quantity
from csatkit.report import Cell, Section, Table
from csatkit.stats.contrast import homogeneity_p_value
from csatkit.stats.funnel import FunnelUnit, funnel

__all__ = ["Coverage", "coverage_of", "coverage_section", "delivery_section", "reassigned_section"]

MIX = ("issue_type", "channel")
"""What decides by itself how often a ticket is surveyed; the others are compared on the same."""

TITLE = "Coverage by agent"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Agents with their surveyed and resolved tickets; `missing` says why there is nothing."""

    units: Mapping[str, FunnelUnit]
    p_value: float | None
    """Of chi-square over all agents; None where they are too few or too small for it."""
    missing: str | None = None

    @property
    def flagged(self) -> tuple[str, ...]:
        """Return the agents whose tickets are surveyed less than the others', the worst first."""
        low = [(u.ratio, name) for name, u in self.units.items() if _is_rare(u)]
        return tuple(name for _, name in sorted(low))


def _is_rare(unit: FunnelUnit) -> bool:
    return unit.is_flagged and unit.k < unit.expected


def coverage_of(ws: Workspace, span: Span | None) -> Coverage:
    """Return how many of each agent's resolved tickets were surveyed, beside what others reach."""
    frame = ws.rows("tickets", (), span)
    if frame is None:
        return Coverage({}, None, "the input holds surveys only, no tickets")
    columns = frozenset(frame.collect_schema().names())
    if "agent" not in columns or ws.settings.privacy == "none":
        hides = "agent" in columns
        return Coverage(
            {}, None, "--privacy none hides agents" if hides else "column agent missing"
        )
    if not ws.facts.knows_sent:
        return Coverage({}, None, "the source doesn't say which surveys were sent")
    mix = [c for c in MIX if c in columns]
    cells = (
        frame.filter(pl.col("is_ever_resolved") & pl.col("agent").is_not_null())
        .group_by("agent", *mix)
        .agg(k=(pl.col("n_surveys") > 0).sum(), n=pl.len())
        .with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
        .sort("agent", *mix, nulls_last=True)
        .collect()
    )
    strata: dict[str, dict[Hashable, tuple[int, int]]] = {}
    for agent, *key, k, n in hidden(cells, ws.settings.privacy).iter_rows():
        strata.setdefault(agent, {})[tuple(key)] = (k, n)
    if len(strata) < 2:
        return Coverage({}, None, "fewer than two agents have resolved tickets")
    placed = funnel(list(strata.values()))
    assert placed is not None
    units = {a: u for a, u in zip(strata, placed.units, strict=True) if u is not None}
    judged = [(u.k, u.n) for u in units.values() if u.n >= ws.settings.min_n]
    return Coverage(units, homogeneity_p_value(judged))


def coverage_section(found: Coverage, level: float) -> Section:
    """Return the agents with their share of surveyed tickets, the rarest first."""
    if found.missing is not None:
        return Section("coverage", TITLE, missing=found.missing)
    ordered = sorted(found.units.items(), key=lambda pair: (pair[1].ratio, pair[0]))
    rows: list[dict[str, Cell]] = [
        {
            "agent": name, "surveyed": u.k, "resolved": u.n,
            **share(u.k, u.n, level, ("share", "interval")),
            "expected": 100 * u.expected / u.n,
            # Above the others is whom the rarely surveyed make look so; nobody needs to act on it.
            "flag": "below" if _is_rare(u) else None,
        }
        for name, u in ordered
    ]  # fmt: skip
    table = Table(
        {"agent": "Agent", "surveyed": "Surveyed", "resolved": "Resolved", "share": "Share",
         "interval": "Interval", "expected": "Others, same mix", "flag": "Flagged"},
        tuple(rows),
        frozenset({"surveyed", "resolved", "interval"}),
        {"share": "percent", "expected": "percent"},
    )  # fmt: skip
    text = (_covered(found), *_never(found), *_tested(found))
    return Section("coverage", TITLE, text, tables=(table,))


def _tested(found: Coverage) -> tuple[str, ...]:
    """Return whether chance alone would give shares so far apart."""
    if found.p_value is None:
        return ()
    p = found.p_value
    shown = "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")
    is_chance = p >= HOMOGENEOUS_FROM
    meaning = "consistent with chance" if is_chance else "larger than chance explains"
    return (f"All agents together: the differences are {meaning} (chi-square, {shown}).",)


def _never(found: Coverage) -> tuple[str, ...]:
    """Return whose surveys never go out, by name."""
    names = sorted(name for name, u in found.units.items() if not u.k and _is_rare(u))
    if not names:
        return ()
    counts = ", ".join(f"{name} ({number(found.units[name].n)})" for name in names)
    return (f"No survey at all went out about the resolved tickets of {counts}.",)


def _covered(found: Coverage) -> str:
    names = found.flagged
    if not names:
        return "Nobody's tickets are surveyed credibly less often than the others'."
    verb = "is" if len(names) == 1 else "are"
    return (
        f"{', '.join(names)} {verb} surveyed less often than others on the same issue types and "
        "channels, by more than chance explains (one-sided tail below .001). Their CSAT rests on a "
        "choice of tickets that somebody or something made."
    )


def delivery_section(ws: Workspace, rows: pl.DataFrame) -> Section:
    """Return the states of surveys where the export knows them."""
    title = "What became of sendings"
    unsent = ws.facts.dropped["surveys"].counts().get("not_sent", 0)
    states = rows.filter(pl.col("is_survey") & pl.col("survey_status").is_not_null())
    if not states.height and not unsent:
        return Section("delivery", title, missing="no column holds the state of a survey")
    found = (
        states.group_by("survey_status")
        .agg(n=pl.len(), answered=pl.col("is_answered").sum())
        .sort("n", "survey_status", descending=[True, False])
    )
    cells = ({"state": s, "surveys": n, "answered": a} for s, n, a in found.iter_rows())
    table = Table(
        {"state": "State", "surveys": "Surveys", "answered": "Answered"},
        tuple(cells),
        frozenset({"surveys", "answered"}),
    )
    text = (
        ((f"{number(unsent)} rows of the whole export say that no survey reached the customer "
         "(failed, bounced, cancelled or not sent yet); they are in no rate."),)
        if unsent else ()
    )  # fmt: skip
    return Section("delivery", title, text, tables=(table,) if found.height else ())


def reassigned_section(ws: Workspace, rows: pl.DataFrame) -> Section:
    """Return the ratings whose ticket has another agent than the survey named."""
    title = "Reassigned after the rating"
    ratings = rows.filter("is_rating")
    if not ws.has("agent") or not rows.get_column("_survey_agent").count():
        why = "only a survey export that names the agent of its day can tell"
        return Section("reassigned", title, missing=why)
    both = ratings.filter(pl.col("agent").is_not_null() & pl.col("_survey_agent").is_not_null())
    moved = both.filter(pl.col("agent") != pl.col("_survey_agent"))
    if not both.height:
        return Section("reassigned", title, missing="no rating names an agent on both sides")
    if not moved.height:
        text = f"None of {number(both.height)} ratings has moved to another agent."
        return Section("reassigned", title, (text,))
    satisfied = int(moved.get_column("is_satisfied").sum())
    text = (
        f"{number(moved.height)} of {number(both.height)} ratings now count for another agent than "
        f"the survey named; {quantity(100 * satisfied / moved.height, 'percent')} of them are "
        "satisfied. csatkit credits whom the ticket names; --map agent= of the survey export "
        "alone would credit whom the customer rated."
    )
    return Section("reassigned", title, (text,))
