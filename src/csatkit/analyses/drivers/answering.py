"""The report of `drivers`: measures, the three failure modes, every driver, the order to act."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.choices import Outcome, outcome_of
from csatkit.analyses.drivers import words
from csatkit.analyses.drivers.associating import Association, Model, associate
from csatkit.analyses.drivers.design import Factor
from csatkit.analyses.drivers.gathering import Gathered, gather
from csatkit.analyses.drivers.modes import (
    MODES,
    NextBand,
    concentrations,
    mode_model,
    next_band,
    parts_of,
)
from csatkit.analyses.drivers.planning import a_day, plan
from csatkit.analyses.drivers.sections import (
    adjusted_table,
    concentration_section,
    curve_section,
    gap_chart,
    literature_section,
    mode_table,
    plan_section,
    raw_table,
)
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.pasting import pasteable
from csatkit.analyses.remarks import remarks
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.estimate import band_of
from csatkit.metrics import CATALOG
from csatkit.render.values import number
from csatkit.report import Measure, Report, Section
from csatkit.stats.intervals import Interval, newcombe, wilson

__all__ = ["drivers", "in_short"]


@dataclass(frozen=True, slots=True)
class _Found:
    """The counts, the overall measure and the model of one outcome."""

    gathered: Gathered
    overall: Measure
    model: Model

    @property
    def is_skewed(self) -> bool:
        """Return whether too few surveys were answered for any verdict."""
        return self.overall.status == "skewed"


def drivers(ws: Workspace, outcome: str = "csat") -> Report:
    """Return what goes with an outcome.

    Args:
        ws: the run; the metrics of `NEEDED` must have been asked for.
        outcome: `csat` or `fcr`.

    Raises:
        NothingToEvaluate: the selection holds no mature ticket.
        UsageError: another outcome.
    """
    chosen = outcome_of(outcome)
    overall = _overall(ws, chosen)
    reason = _unusable(ws, overall)
    if reason is not None:
        if chosen == "csat" and ws.lacks(CATALOG["fcr"]) is None:
            reason += "; try --outcome fcr"
        section = Section("drivers", "Drivers", missing=reason)
        return _report(ws, (overall,), (section,))
    found = _found(ws, chosen, overall)
    if not found.gathered.n:
        rows = "rated ticket" if chosen == "csat" else "ticket"
        raise NothingToEvaluate(
            f"no {rows} of the selection has had a whole window of follow-up",
            "Widen --period or --where, or shorten --window.",
        )
    gap = _fcr_gap(found, ws.settings.level)
    sections = (
        _lead(found, gap),
        *_modes(ws, found),
        *_details(found, gap),
    )
    shown = (found.overall, *_split_measures(found, ws.settings.level, ws.settings.min_n))
    return _report(ws, shown, sections)


def in_short(ws: Workspace) -> tuple[Section, ...]:
    """Return what goes with CSAT and its failure modes in short, for reports that are about more.

    Args:
        ws: the run; the metrics of `NEEDED` must have been asked for.
    """
    overall = _overall(ws, "csat")
    reason = _unusable(ws, overall)
    if reason is None:
        found = _found(ws, "csat", overall)
        if found.gathered.n:
            lead = _lead(found, _fcr_gap(found, ws.settings.level))
            return (lead, _modes(ws, found)[0])
        reason = "no rated ticket has had a whole window of follow-up"
    return (Section("modes", "Failure modes", missing=reason),)


def _report(ws: Workspace, shown: Sequence[Measure], sections: Sequence[Section]) -> Report:
    notes = remarks(ws, shown)
    return Report("drivers", definitions(ws), inputs(ws), tuple(shown), tuple(sections), notes)


def _overall(ws: Workspace, outcome: Outcome) -> Measure:
    table = tabulate(ws, [Request((CATALOG[outcome],), (), ws.span)])
    return measures(ws, table)[0]


def _unusable(ws: Workspace, overall: Measure) -> str | None:
    if ws.facts.tickets is None:
        return "the input holds surveys only, no tickets"
    return overall.reason if overall.status == "unavailable" else None


def _found(ws: Workspace, outcome: Outcome, overall: Measure) -> _Found:
    gathered = gather(ws, outcome)
    judged = overall.status != "skewed"
    factors = [
        Factor(d.id, d.label, gathered.levels_of(d.id), d.first_affected) for d in gathered.drivers
    ]
    model = associate(gathered.patterns, factors, ws.settings, judged=judged)
    return _Found(gathered, _mature(ws, overall, gathered), model)


# -- measures -------------------------------------------------------------------------------------


def _mature(ws: Workspace, overall: Measure, found: Gathered) -> Measure:
    """Return the overall measure of the mature tickets, on which everything here rests."""
    m = _of_counts(overall, {}, found.k, found.n, ws.settings.level, ws.settings.min_n)
    judged = m.status in ("ok", "caution")
    band = band_of(m.metric, m.low, m.high, ws.settings.profile) if judged else None
    excluded = {"immature": found.held_back} if found.held_back else {}
    period = None if found.span is None else found.span.period
    kept = {k: v for k, v in overall.extra.items() if k in ("response", "failures")}
    return replace(m, band=band, excluded=excluded, period=period, extra=kept)


def _of_counts(  # noqa: PLR0917 - the facts of a measure
    model: Measure, segment: Mapping[str, str | None], k: int, n: int, level: float, min_n: int
) -> Measure:
    interval = wilson(k, n, level)
    status = model.status
    if status != "skewed":
        small = "small" if n < min_n else "ok" if status != "caution" else "caution"
        status = "empty" if n == 0 else small  # type: ignore[assignment]
    rule = model.rule if "mature" in model.rule else f"{model.rule}; mature tickets"
    return replace(
        model, segment=segment, rule=rule, value=100 * k / n if n else None, numerator=k,
        denominator=n, low=None if interval is None else 100 * interval.low,
        high=None if interval is None else 100 * interval.high,
        method="wilson" if n else None, status=status, band=None, excluded={}, extra={},
        difference=None,
    )  # fmt: skip


def _split_measures(found: _Found, level: float, min_n: int) -> tuple[Measure, ...]:
    """Return the outcome with and without each driver: segment `{"repeat": "yes"}`."""
    shown = []
    for a in found.model.associations:
        for side, counts in (("yes", a.affected), ("no", a.others)):
            segment = {a.id: side}
            shown.append(_of_counts(found.overall, segment, counts.k, counts.n, level, min_n))
    return tuple(shown)


def _fcr_gap(found: _Found, level: float) -> Interval | None:
    g = found.gathered
    n, k = g.more("fcr.n"), g.more("fcr.k")
    return newcombe(k, n, g.k - k, g.n - n, level) if g.has("fcr.n") else None


# -- sections -------------------------------------------------------------------------------------


def _lead(found: _Found, gap: Interval | None) -> Section:
    """Return the answer: what is beyond noise, in a few sentences."""
    g = found.gathered
    title = f"What goes with {words.OUTCOME_WORDS[g.outcome]}"
    if not g.drivers:
        return Section("drivers", title, missing="; ".join(dict.fromkeys(g.lacking.values())))
    low, high = (None, None) if gap is None else (100 * gap.low, 100 * gap.high)
    fcr = words.fcr_words(g, low, high)
    text = (
        words.basis_words(g, found.overall),
        *words.driver_words(found.model, g.outcome, skewed=found.is_skewed),
        *words.twin_words(found.model),
        *words.later_words(g),
        *((fcr,) if fcr else ()),
    )
    return Section("drivers", title, text=text)


def _modes(ws: Workspace, found: _Found) -> tuple[Section, ...]:
    """Return the failure modes, where they concentrate, and the sequence."""
    g, title = found.gathered, "Failure modes"
    # One gate for both: two looks at the same ratings must not name twice as much noise.
    judged = not found.is_skewed and found.model.is_beyond_chance
    model = mode_model(g, ws, judged=judged)
    if model is None:
        why = "; ".join(dict.fromkeys(g.lacking.values()))
        return (Section("modes", title, missing=why or "its drivers are parts of the outcome"),)
    band = next_band(found.overall.value, ws.settings.profile) if g.outcome == "csat" else None
    named = {a.id: a for a in model.named if a.points and a.points < 0}
    text = [_mode_words(named, model, g.outcome)]
    if band is not None and named:
        text.append(_band_words(band, list(named.values())))
    if named:
        text.append(f"The tickets behind them: {pasteable([f'mode:{a}' for a in named])}.")
    text += _absent_words(g)
    sections = [Section("modes", title, text=tuple(text), tables=(mode_table(model, band),))]
    if named:
        sections.append(concentration_section(concentrations(ws, g, list(named.values()))))
    value = found.overall.value
    if g.outcome == "csat" and value is not None and ws.data_end is not None and named:
        rate = a_day(ws)
        sections.append(plan_section(plan(ws, value, named, rate), rate))
    return tuple(sections)


def _absent_words(g: Gathered) -> list[str]:
    """Return which modes aren't there: parts of the outcome, or not measured."""
    absent = [m for m in MODES if not parts_of(m, g.drivers)]
    unmeasured = [m.label for m in absent if any(d in g.lacking for d in m.drivers)]
    parts = [m.label for m in absent if m.label not in unmeasured]
    lines = [f"Not measured: {words.joined(unmeasured)}."] if unmeasured else []
    outcome = words.OUTCOME_WORDS[g.outcome]
    return [*lines, f"{words.joined(parts)}: part of {outcome} itself."] if parts else lines


def _mode_words(named: Mapping[str, Association], model: Model, outcome: str) -> str:
    if not named:
        return words.UNRELATED.format(outcome=words.OUTCOME_WORDS[outcome])
    parts = [
        f"{a.label.lower()} ({number(100 * (a.points or 0), 1, signed=True)} points)"
        for a in sorted(named.values(), key=lambda a: a.points or 0.0)
    ]
    rest = len(model.associations) - len(named)
    return f"Beyond noise: {words.joined(parts)}" + (f"; {rest} within noise." if rest else ".")


def _band_words(band: NextBand, named: Sequence[Association]) -> str:
    """Return what the next band takes, and whether the modes together are worth it."""
    whole = -100 * math.fsum(a.points or 0.0 for a in named)
    far = f"({band.name}) starts {number(band.points, 1)} points above"
    if whole < band.points:
        return f"The next band {far}; all of them together go with {number(whole, 1)}."
    part = number(100 * band.points / whole, 0)
    return (
        f"The next band {far}: as much as goes with {part} % of them together, were those tickets"
        " like the others."
    )


def _details(found: _Found, gap: Interval | None) -> tuple[Section, ...]:
    """Return the tables behind the answer."""
    g = found.gathered
    if not g.drivers:
        return ()
    outcome = words.OUTCOME_WORDS[g.outcome]
    title = outcome[0].upper() + outcome[1:]
    text = (words.explained_words(found.model, g.outcome), *words.missing_words(dict(g.lacking)))
    if any(g.has(f"later.{d.id}") for d in g.drivers):
        text += ("Later: how many came later than the rating; a dash where no instant tells.",)
    if g.outcome == "fcr" and "slow_resolution" in {d.id for d in g.drivers}:
        text += ("Slow resolution runs to the last resolution: a reopening makes it longer.",)
    tables = (
        raw_table(found.model.associations, f"{title} with and without, in percent"),
        adjusted_table(found.model, g, "The same with everything else held equal, in points"),
    )
    charts = gap_chart(found.model.associations)
    sections = [Section("associations", "Every driver", text=text, tables=tables, charts=charts)]
    contacts = next((a for a in found.model.associations if a.id == "further_contacts"), None)
    if contacts is not None:
        sections.append(curve_section(contacts, title))
    if g.outcome == "csat":
        slope = None
        if gap is not None:
            n, k = g.more("fcr.n"), g.more("fcr.k")
            slope = k / n - (g.k - k) / (g.n - n) if n and g.n - n else None
        sections.append(literature_section(found.model, slope))
    return tuple(sections)
