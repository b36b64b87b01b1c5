"""The doctor's report: what it is, what is wrong and what to type on one screen, then tables.

Everything in it is data that a renderer lays out; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from csatkit.analyses.assembling import inputs
from csatkit.analyses.doctor.abilities import Ability, leftover
from csatkit.analyses.doctor.doubt import Patient
from csatkit.analyses.doctor.funnel import Funnel
from csatkit.analyses.doctor.problem import Problem, counted
from csatkit.analyses.doctor.profile import sample_of
from csatkit.analyses.privacy import PERSONS, WORDS, masked
from csatkit.analyses.workspace import Workspace
from csatkit.load import Source
from csatkit.report import Cell, Section, Table
from csatkit.schema import COLUMNS

__all__ = ["Findings", "pages", "problem_section"]

_ON_THE_SCREEN = 6
"""Problems named in the summary; with them it still fits on one screen."""

_WORDS = {"stops": "stops other commands", "moves": "changes numbers", "told": "to know"}


@dataclass(frozen=True)
class Findings:
    """Everything that the pages show."""

    ws: Workspace
    patients: Mapping[str, Patient]
    problems: Sequence[Problem]
    steps: Funnel
    abilities: Sequence[Ability]
    samples: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Kind of input → header → cells."""
    recognised: Sequence[str]
    """What the loader says about the system that the export comes from."""
    next_steps: Sequence[str]


def pages(found: Findings) -> tuple[Section, ...]:
    """Return the sections in reading order."""
    return tuple(_pages(found))


def _pages(found: Findings) -> Iterator[Section]:
    yield _summary(found)
    yield _funnel(found)
    yield _reading(found)
    yield _rows(found.ws)
    if found.problems:
        yield problem_section(found.problems)
    yield _abilities(found.abilities)
    for kind, patient in found.patients.items():
        yield _mapping(found, kind, patient)
        rest = leftover(patient.sight)
        text = f"Usable in --by and --where: {', '.join(rest)}." if rest else "None."
        yield Section(f"further_{kind}", f"{kind}: further columns", text=(text,))


def _summary(found: Findings) -> Section:
    lines = [_what(found, patient) for patient in found.patients.values()]
    lines += [_can(found.abilities), *_wrong(found.problems)]
    lines += [f"Type next: {step}" for step in found.next_steps]
    return Section("summary", "In short", text=tuple(lines))


def _what(found: Findings, patient: Patient) -> str:
    sight, profile = patient.sight, patient.profile
    kind = sight.source.kind
    system = f" from {sight.source.preset}" if sight.source.preset else ""
    clocks = ("created_at",) if kind == "tickets" else ("sent_at", "responded_at", "outreach_at")
    firsts = [v for n in clocks if (v := profile.first.get(n)) is not None]
    last = profile.latest(clocks)
    span = f", {min(firsts):%Y-%m-%d} to {last:%Y-%m-%d}" if firsts and last else ""
    rows = next((i for i in inputs(found.ws) if i.kind == kind), None)
    used = ""
    if rows is not None and rows.dropped:
        used = f"; {rows.used:,} used, {rows.rows - rows.used:,} dropped"
    return f"{sight.shown}: {counted(patient.rows, 'row')} of {kind}{system}{span}{used}."


def _can(abilities: Sequence[Ability]) -> str:
    no = [a.metric for a in abilities if a.lacks is not None]
    able = len(abilities) - len(no)
    named = f"; not {', '.join(no[:4])}{' and more' if len(no) > 4 else ''}" if no else ""
    return f"{able} of {len(abilities)} metrics can be computed{named}."


def _wrong(problems: Sequence[Problem]) -> Iterator[str]:
    if not problems:
        yield "No problem found."
        return
    counts = [
        f"{sum(p.gravity == g for p in problems)} {word}"
        for g, word in _WORDS.items()
        if any(p.gravity == g for p in problems)
    ]
    yield f"{counted(len(problems), 'problem')}: {', '.join(counts)}."
    for number, problem in enumerate(problems[:_ON_THE_SCREEN], 1):
        yield _line(number, problem)
    if len(problems) > _ON_THE_SCREEN:
        yield f"{len(problems) - _ON_THE_SCREEN} more below."


def problem_section(problems: Sequence[Problem]) -> Section:
    """Return every problem with its count, its examples and what mends it, numbered alike."""
    numbered = tuple(enumerate(problems, 1))
    counts: tuple[dict[str, Cell], ...] = tuple(
        {
            "no": no,
            "code": p.code,
            "gravity": _WORDS[p.gravity],
            "n": p.n,
            "share": p.share,
            "input": p.where or None,
        }
        for no, p in numbered
    )
    columns = {
        "no": "No", "code": "Code", "gravity": "What it does", "n": "Count", "share": "Share",
        "input": "Input",
    }  # fmt: skip
    tables = [Table(columns, counts, frozenset({"no", "n"}), units={"share": "percent"})]
    examples: tuple[dict[str, Cell], ...] = tuple(
        {"no": no, "example": e} for no, p in numbered for e in p.examples
    )
    if examples:
        head = {"no": "No", "example": "Where, and what stands there"}
        tables.append(Table(head, examples, frozenset({"no"}), title="Examples"))
    rest = tuple(_line(no, p) for no, p in numbered[_ON_THE_SCREEN:])
    return Section("problems", "Problems", text=rest, tables=tuple(tables))


def _line(number: int, problem: Problem) -> str:
    mend = f" → {problem.mend}" if problem.mend else ""
    return f"{number}. {problem.text}.{mend}"


def _funnel(found: Findings) -> Section:
    steps = found.steps
    asked = steps.offered if steps.offered is not None else None
    rows: list[dict[str, Cell]] = []
    for step, n, of, what in (
        ("tickets", steps.tickets, None, "used, one per ticket"),
        ("eligible", steps.eligible, steps.tickets, "tickets resolved now"),
        ("offered", steps.offered, None, "surveys sent"),
        ("answered", steps.answered, asked, "surveys with a score"),
        ("unanswered", steps.unanswered, asked, "silent, old enough to judge"),
        ("pending", steps.pending, asked, f"younger than {found.ws.settings.mature_days:g} days"),
    ):
        if n is not None:
            share = 100 * n / of if of else None
            rows.append({"step": step, "n": n, "share": share, "what": what})
    if not rows:
        return Section("funnel", "From tickets to answers", missing="no ticket and no survey")
    table = Table(
        {"step": "Step", "n": "Count", "share": "Share", "what": "What is counted"},
        tuple(rows), frozenset({"n"}), units={"share": "percent"},
    )  # fmt: skip
    text: tuple[str, ...] = ()
    if steps.answered is not None and steps.offered is None:
        text = ("Who was asked and stayed silent is unknown.",)
    return Section("funnel", "From tickets to answers", text=text, tables=(table,))


def _reading(found: Findings) -> Section:
    lines = list(found.recognised)
    for kind, patient in found.patients.items():
        source = patient.sight.source
        if source.preset is None:
            lines.append(f"{kind}: no system recognised; headers are matched by name.")
        lines.append(f"{kind}: naive times are read in {source.timezone}; {_dates(source)}.")
        lines += [f"{kind}: {text}" for text in _scale(source)]
    end = found.ws.data_end
    lines.append(f"Data end: {'unknown' if end is None else f'{end} UTC'}.")
    if found.ws.facts.has_survey:
        knows = "known" if found.ws.facts.knows_sent else "unknown: every survey is answered"
        lines.append(f"Which surveys were sent is {knows}.")
    return Section("reading", "How it is read", text=tuple(lines))


def _dates(source: Source) -> str:
    """Return the date patterns, those of several columns once."""
    by_pattern: dict[str, list[str]] = {}
    for name, reading in source.date_readings.items():
        by_pattern.setdefault(reading, []).append(name)
    return "; ".join(f"{', '.join(n)} as {r}" for r, n in by_pattern.items()) or "no dates"


def _scale(source: Source) -> Iterator[str]:
    scale = source.scale
    if scale is None:
        return
    labels = dict(zip(scale.codes, scale.labels, strict=True))
    satisfied = ", ".join(labels[c] for c in sorted(scale.satisfied))
    low = ", ".join(labels[c] for c in sorted(scale.low))
    yield f"scores on {scale.name}; satisfied {satisfied}; low {low or 'none'}."


def _rows(ws: Workspace) -> Section:
    rows: list[dict[str, Cell]] = []
    for one in inputs(ws):
        rows.append({"input": one.path, "what": "rows", "n": one.rows})
        rows.append({"input": one.path, "what": "used", "n": one.used})
        rows += [
            {"input": one.path, "what": f"dropped: {reason.replace('_', ' ')}", "n": n}
            for reason, n in one.dropped.items()
        ]
    table = Table({"input": "Input", "what": "Rows", "n": "Count"}, tuple(rows), frozenset({"n"}))
    return Section("rows", "What becomes of the rows", tables=(table,))


def _mapping(found: Findings, kind: str, patient: Patient) -> Section:
    sight, profile = patient.sight, patient.profile
    names = [n for n in COLUMNS if n in sight.source.mapping]
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "column": name,
            "header": sight.header(name),
            "filled": 100 * profile.filled[name] / profile.rows if profile.rows else None,
            "samples": _samples(found, kind, name, patient),
        }
        for name in names
    )
    table = Table(
        {"column": "Canonical", "header": "Header", "filled": "Filled", "samples": "Samples"},
        rows, units={"filled": "percent"},
    )  # fmt: skip
    return Section(f"mapping_{kind}", f"{sight.shown}: {kind}", tables=(table,))


def _samples(found: Findings, kind: str, name: str, patient: Patient) -> str:
    privacy = found.ws.settings.privacy
    if privacy != "all" and name in WORDS:
        return "(hidden)"
    cells = sample_of(patient.sight, name, found.samples[kind])
    shown = [masked(name, c, privacy) if name in PERSONS else c for c in cells]
    return ", ".join(s for s in shown if s is not None)


def _abilities(abilities: Sequence[Ability]) -> Section:
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "metric": a.metric,
            "can": "yes" if a.lacks is None else "no",
            "why": a.lacks or "",
            "mend": a.mend,
        }
        for a in abilities
    )
    columns = {"metric": "Metric", "can": "Computable", "why": "Why not", "mend": "What to map"}
    return Section("metrics", "What can be computed", tables=(Table(columns, rows),))
