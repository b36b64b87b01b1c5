"""`report`: the five-minute read.

First the headline, then whether the answers are valid, what changed, how the scores spread, which
segments differ beyond noise, and where the failed first contacts went. A section that can't be
computed says which column it lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.contrasts import CONTRASTS, Scan, scan
from csatkit.analyses.frequent import with_effective_n
from csatkit.analyses.habits import response_habit
from csatkit.analyses.likeness import like_note, like_section, replaced, vendor_of
from csatkit.analyses.measuring import (
    Request,
    Table,
    changes,
    measures,
    n_rows,
    tabulate,
)
from csatkit.analyses.noise import is_beyond_noise
from csatkit.analyses.privacy import PERSONS
from csatkit.analyses.remarks import remarks, with_known_shares
from csatkit.analyses.shapes import shape_of, shape_words, share_row, with_shapes
from csatkit.analyses.showing import chosen, wanted_why
from csatkit.analyses.unit_words import named_section, overlap_notes
from csatkit.analyses.units import PEOPLE, UnitTable, unit_tables, with_units
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import CATALOG, Metric
from csatkit.metrics.metric import Family
from csatkit.notes import note
from csatkit.periods import Span
from csatkit.report import Cell, Chart, Measure, Note, Report, Section
from csatkit.report import Table as ShownTable
from csatkit.schema import DIMENSIONS
from csatkit.settings import FAILURE_REASONS

__all__ = [
    "FAILURE_WORDS",
    "HEADLINE",
    "STAND_INS",
    "Standing",
    "dimensions",
    "failure_section",
    "overview",
    "standing",
]

HEADLINE: tuple[str, ...] = (
    "csat", "csat_average", "response_rate", "survey_ratio", "fcr", "fcr_resolved",
    "repeat_contact_rate", "reopen_rate", "first_response_within", "first_response_time",
    "resolution_time", "transfer_rate", "tickets", "backlog",
)  # fmt: skip
"""What the headline table shows, in its order."""

STAND_INS = ("never_reopened", "rating_coverage")
"""Metrics that take the place of others, under their own name."""

_STANDS_IN = {"fcr": "never_reopened", "response_rate": "rating_coverage"}
"""What is shown under its own name where a headline metric can't be computed."""

_SCANNED = ("csat", "fcr")
_TIME = ("weekday", "daypart")
_UNITS = {"agent", "team"}
FAILURE_WORDS = {
    "unresolved": "never resolved",
    "not_confirmed": "customer says it isn't resolved",
    "reopened": "reopened",
    "repeat": "another ticket about the same",
    "multiple_contacts": "more than one contact",
    "transferred": "transferred",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The segments of some breakdowns, and which of them differ from the others."""

    segments: dict[tuple[str, tuple[str, ...]], tuple[Measure, ...]]
    scan: Scan
    units: tuple[UnitTable, ...]


@dataclass(frozen=True, slots=True)
class _Findings:
    """Everything the sections are made from."""

    ws: Workspace
    headline: tuple[Measure, ...]
    standing: Standing
    notes: tuple[Note, ...]

    @property
    def segments(self) -> dict[tuple[str, tuple[str, ...]], tuple[Measure, ...]]:
        """Return the measures of every segment by metric and breakdown."""
        return self.standing.segments

    @property
    def scan(self) -> Scan:
        """Return what differs from the rest."""
        return self.standing.scan

    @property
    def units(self) -> tuple[UnitTable, ...]:
        """Return agents and teams among each other."""
        return self.standing.units

    def of(self, metric: str) -> Measure | None:
        """Return a headline measure."""
        return next((m for m in self.headline if m.metric == metric), None)


def overview(ws: Workspace, *, pictures: bool = False, like: str | None = None) -> Report:
    """Return the short read.

    Args:
        ws: the run.
        pictures: add what only formats that draw can show.
        like: the system by whose rules the headline and the segments are counted.

    Raises:
        NothingToEvaluate: the selection holds no row.
    """
    vendor = None if like is None else vendor_of(like)
    led = replaced(HEADLINE, vendor)
    names = [_STANDS_IN[n] if _replaced(ws, n) else n for n in led]
    headline = tuple(CATALOG[n] for n in names)
    dims = dimensions(ws)
    scanned = tuple(CATALOG[n] for n in replaced(_SCANNED, vendor))
    requests = [Request(headline, (), ws.span), *(Request(scanned, d, ws.span) for d in dims)]
    tables = tabulate(ws, requests)
    if n_rows(tables[:1]) == 0 and any(ws.lacks(m) is None for m in headline):
        raise NothingToEvaluate(
            "the selection holds no row", "Widen --period, --from, --to or --where."
        )
    findings = _findings(ws, tables, dims)
    change = _change(ws, headline)
    sections: tuple[Section, ...] = (
        _headline(findings),
        _validity(findings),
        change,
        _distribution(findings),
        _segments(findings),
        failure_section(findings.of("fcr"), _why_not(findings, "fcr")),
        *_why(ws, pictures=pictures, like=like),
        *(_breakdown(findings, d) for d in ws.by),
    )
    if pictures:
        from csatkit.analyses.pictures import with_pictures

        sections = with_pictures(ws, sections, findings.headline, findings.units)
    sections = chosen(sections, ws.settings)
    segments = (m for ms in findings.segments.values() for m in ms)
    shown = [*findings.headline, *with_units(segments, findings.units, findings.scan)]
    said: tuple[Note, ...] = ()
    if vendor is not None:
        sections = (like_section(ws, vendor, names), *sections)
        said = (like_note(vendor, names),)
    notes = (
        *said,
        *remarks(ws, shown),
        *findings.notes,
        *overlap_notes(findings.units),
        *response_habit(ws),
        *_advice(findings),
    )
    return Report("report", definitions(ws), inputs(ws), tuple(shown), sections, notes)


def _why(ws: Workspace, *, pictures: bool, like: str | None) -> tuple[Section, ...]:
    """Return the sections that say why, where the answer is to have them."""
    keys = wanted_why(ws.settings, pictures=pictures)
    if not keys:
        return ()
    from csatkit.analyses.why import why_sections

    return why_sections(ws, keys, like)


def _replaced(ws: Workspace, name: str) -> bool:
    """Tell whether a metric gives way to the one that stands in for it."""
    return (
        name in _STANDS_IN
        and ws.lacks(CATALOG[name]) is not None
        and ws.lacks(CATALOG[_STANDS_IN[name]]) is None
    )


def dimensions(ws: Workspace) -> list[tuple[str, ...]]:
    """Return the breakdowns that are scanned: those asked for, else all that the data has."""
    if ws.by:
        return list(ws.by)
    families: tuple[Family, ...] = ("tickets", "responses")
    shown = [d for d in DIMENSIONS if ws.settings.privacy != "none" or d not in PERSONS]
    here = [(d,) for d in shown if any(ws.lacks_dimension(f, (d,)) is None for f in families)]
    return [*here, _TIME]


def _findings(ws: Workspace, tables: Sequence[Table], dims: Sequence[tuple[str, ...]]) -> _Findings:
    headline = with_known_shares(ws, measures(ws, tables[:1]))
    headline, notes = with_effective_n(ws, with_shapes(ws, headline), ws.span)
    return _Findings(ws, headline, standing(ws, tables[1:], dims, ws.span), notes)


def standing(
    ws: Workspace, tables: Sequence[Table], dims: Sequence[tuple[str, ...]], span: Span | None
) -> Standing:
    """Return which segments differ from the others.

    Args:
        ws: the run.
        tables: totals of shares, one table per breakdown.
        dims: the breakdowns.
        span: the period asked for.
    """
    segments = {}
    for table, cut in zip(tables, dims, strict=True):
        for metric in table.request.metrics:
            rows = tuple(m for m in measures(ws, [table]) if m.metric == metric.id and m.segment)
            if rows:
                segments[metric.id, cut] = rows
    # A ticket counts under each of its tags, so these rows can't be compared with "the rest".
    comparable = [rows for (_, cut), rows in segments.items() if "tags" not in cut]
    found = scan(comparable, ws.settings.level, PEOPLE)
    # The short read is about people; `segments` compares channels and the rest as closely.
    of_people = (m for (_, cut), ms in segments.items() if set(cut) <= _UNITS for m in ms)
    return Standing(segments, found, unit_tables(ws, of_people, span))


def _headline(f: _Findings) -> Section:
    return Section("headline", "Headline", measures=f.headline, brief=True)


def _why_missing(f: _Findings, metric: str) -> str | None:
    found = f.of(metric)
    if found is None:
        found = f.of(_STANDS_IN.get(metric, metric))
        lacks = f.ws.lacks(CATALOG[metric])
        return lacks if lacks is not None or found is None else None
    return found.reason if found.status == "unavailable" else None


def _why_not(f: _Findings, metric: str) -> str | None:
    """Return why a metric can't be shown, another system's rule in its place among the reasons."""
    known = metric in _STANDS_IN and f.of(_STANDS_IN[metric]) is not None
    if f.of(metric) is None and not known and f.ws.lacks(CATALOG[metric]) is None:
        return f"the rule that stands for {metric} doesn't tell"
    return _why_missing(f, metric)


def _validity(f: _Findings) -> Section:
    title = "Can the answers be trusted?"
    missing = _why_not(f, "csat") or _why_missing(f, "response_rate")
    csat = f.of("csat")
    if missing is not None or csat is None:
        return Section("validity", title, missing=missing or "no scores")
    lines = []
    seen = csat.extra.get("response")
    bounds = csat.extra.get("bounds")
    if isinstance(seen, dict) and seen["mature_sent"]:
        sent, answered = seen["mature_sent"], seen["mature_answered"]
        rate = 100 * answered / sent
        verdict = {"skewed": "skewed, no verdicts", "caution": "read with caution"}
        word = verdict.get(csat.status, "valid" if rate >= 20 else "few")
        lines.append(
            f"{answered:,} of {sent:,} surveys older than {f.ws.settings.mature_days:g} days were "
            f"answered: {rate:.1f} % ({word})."
        )
    if isinstance(bounds, list) and isinstance(seen, dict):
        rated, asked = seen["rated_tickets"], seen["surveyed_tickets"]
        lines.append(
            f"{rated:,} of {asked:,} surveyed tickets are rated. Had everybody answered, CSAT "
            f"would lie between {bounds[0]:.1f} and {bounds[1]:.1f} %."
        )
    if not lines:
        return Section("validity", title, missing="no survey is old enough to judge")
    return Section("validity", title, text=tuple(lines))


def _change(ws: Workspace, headline: Sequence[Metric]) -> Section:
    """Return what changed against the period before, with intervals."""
    title = "What changed"
    # What is open now is a stock: the youngest tickets are always the most open ones.
    found = changes(ws, [m for m in headline if m.id != "backlog"], ws.span)
    rows = [
        replace(now, difference=change)
        for _, _, change, now, before in found.values()
        if change is not None and now.denominator and before.denominator
    ]
    if not rows:
        why = "no two periods of 28 complete days" if ws.span is None else "no period before"
        return Section("change", title, missing=f"{why} with data")
    moved = [m for m in rows if is_beyond_noise(m.difference)]
    text = (
        "Beyond noise: " + ", ".join(m.label for m in moved) + "."
        if moved
        else "Nothing changed beyond noise."
    )
    return Section("change", title, text=(text,), measures=tuple(rows), brief=True)


def _distribution(f: _Findings) -> Section:
    title = "How the scores spread"
    missing = _why_not(f, "csat")
    csat = f.of("csat")
    if missing is not None or csat is None or not csat.denominator:
        return Section("distribution", title, missing=missing or "no ratings in the selection")
    counts = csat.extra["distribution"]
    assert isinstance(counts, dict)
    rows = tuple(share_row(label, n, csat) for label, n in counts.items())
    text = _shape(f, csat.denominator)
    return Section("distribution", title, text=text, charts=(Chart("bars", rows, "percent"),))


def _shape(f: _Findings, n: int) -> tuple[str, ...]:
    """Name the shape of the scores where the intervals allow it (metrics.md §5)."""
    csat = f.of("csat")
    if csat is None or n < f.ws.settings.min_n:
        return ()
    counts = list(csat.extra["distribution"].values())  # type: ignore[attr-defined]
    shape = shape_of(counts, f.ws.ratings, f.ws.settings.level)
    return () if shape is None else (shape_words(shape),)


def _segments(f: _Findings) -> Section:
    if not f.segments:
        missing = _why_missing(f, "csat") or _why_missing(f, "fcr") or "no column to break down by"
        return Section("segments", CONTRASTS, missing=missing)
    return named_section(f.scan, f.units)


def failure_section(fcr: Measure | None, missing: str | None) -> Section:
    """Return the first reasons for which tickets weren't resolved on first contact.

    Args:
        fcr: the overall measure.
        missing: why it can't be computed, None if it can.
    """
    title = "Where first contacts failed"
    if missing is not None or fcr is None or not fcr.denominator:
        return Section("failures", title, missing=missing or "no mature ticket in the selection")
    counts = fcr.extra["failures"]
    assert isinstance(counts, dict)
    failed = sum(counts.values())
    rows: list[dict[str, Cell]] = [
        {
            "reason": FAILURE_WORDS[reason],
            "tickets": counts[reason],
            "of_failures": 100 * counts[reason] / failed if failed else None,
            "of_tickets": 100 * counts[reason] / fcr.denominator,
        }
        for reason in FAILURE_REASONS
        if reason in counts
    ]
    table = ShownTable(
        {"reason": "First reason that holds", "tickets": "Tickets", "of_failures": "Of failures",
         "of_tickets": "Of mature tickets"},
        tuple(rows),
        frozenset({"tickets", "of_failures", "of_tickets"}),
        {"tickets": "count", "of_failures": "percent", "of_tickets": "percent"},
    )  # fmt: skip
    text = f"{failed:,} of {fcr.denominator:,} mature tickets weren't resolved on first contact."
    return Section("failures", title, text=(text,), tables=(table,))


def _breakdown(f: _Findings, dims: tuple[str, ...]) -> Section:
    """Return the full table of an asked-for breakdown."""
    title = "By " + " × ".join(dims)
    rows = tuple(m for (_, cut), found in f.segments.items() if cut == dims for m in found)
    if not rows:
        return Section(f"by_{'_'.join(dims)}", title, missing="no metric can be cut by it")
    return Section(f"by_{'_'.join(dims)}", title, measures=rows)


def _advice(f: _Findings) -> list[Note]:
    """Say what to do next, from what was found and what was missing."""
    found = []
    if f.ws.facts.tickets is None:
        text = "add the ticket export to see first contact resolution, segments and coverage"
        found.append(note("advice.next", text))
    elif f.ws.facts.surveys is None:
        text = "add the survey export (second path) to see CSAT and its validity"
        found.append(note("advice.next", text))
    worst = next((c for c in f.scan.found if c.difference < 0), None)
    if worst is not None:
        where = ",".join(worst.measure.segment)
        text = f"csatkit segments --by {where} shows every segment with its interval"
        found.append(note("advice.next", text))
    return found
