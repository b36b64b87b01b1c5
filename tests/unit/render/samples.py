"""Reports made by hand for the renderers' tests, hostile text among them.

Run as a module from the repository root it writes the golden files anew:
`python -m tests.unit.render.samples`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from csatkit.notes import note
from csatkit.render import render
from csatkit.render.github import summary
from csatkit.report import (
    Cell,
    Chart,
    Definitions,
    Difference,
    InputSummary,
    Measure,
    Period,
    Report,
    Section,
    Table,
)

GOLDEN = Path(__file__).resolve().parents[2] / "golden"

HOSTILE = (
    "[/red]",
    "a|b",
    "<b>bold</b>",
    "=1+1",
    "\x1b[31mred\x1b[0m",
    "party 🎉👩‍💻",
    "\u202eright to left\u200f",
    "two\nlines",
    "w" * 5000,
)
"""Names that customers, agents or attackers have given to a channel."""

NASTY = (
    *HOSTILE,
    "]]> <!-- x",
    "a::b::error::c",
    "\n::error::injected",
    "``` *out* ~of~ _it_ `x`",
    "<!channel> <@U1> <https://evil.example|x>",
    ":tada: @here #general",
    "50%, \"quoted\" 'twice' \\n \\",
    "a,b;c",
    "&amp;<script>alert(1)</script>",
    "x\ufffe\uffff\x00\x0b\x85\ud83d",
    "\u2028\r\n\t",
)
"""What each format has its own reason to fear."""

DEFINITIONS = Definitions(
    window_days=14.0,
    repeat_on="issue",
    fail_on=("unresolved", "reopened", "repeat"),
    scale="1-5",
    satisfied=(4, 5),
    low=3,
    rating="first",
    clock="family",
    timezone="UTC",
    as_of=datetime(2026, 3, 31),
    level=0.95,
    min_n=10,
    profile="default",
)

INPUTS = (
    InputSummary("tickets.csv", "tickets", "zendesk", 1140, 1127, {"duplicate_id": 10, "spam": 3}),
    InputSummary("[b]odd[/b] name.csv", "surveys", None, 900, 900, {}),
)

FEBRUARY = Period("2026-02", date(2026, 2, 1), date(2026, 2, 28))

CSAT = Measure(
    metric="csat",
    label="CSAT",
    rule="share of rated tickets with a score of 4 or 5",
    unit="percent",
    segment={},
    period=FEBRUARY,
    value=81.312345678901,
    numerator=979,
    denominator=1204,
    low=78.9,
    high=83.5,
    level=0.95,
    method="wilson",
    status="ok",
    band="good or average",
    excluded={"no_ticket": 4},
    difference=Difference(1.3, -2.7, 5.3, "2026-01"),
    extra={"distribution": {"1": 90, "2": 40, "3": 95, "4": 300, "5": 679}},
)

AVERAGE = replace(
    CSAT,
    metric="csat_average",
    label="Average score",
    rule="mean score of rated tickets",
    unit="score",
    value=4.12,
    numerator=4960.0,
    low=4.05,
    high=4.19,
    method="t",
    band=None,
    excluded={},
    difference=None,
    extra={},
)

FCR = replace(
    CSAT,
    metric="fcr",
    label="First contact resolution",
    rule="14 days, same customer and issue",
    value=71.3,
    numerator=713,
    denominator=1000,
    low=68.42,
    high=74.02,
    band=None,
    excluded={"immature": 120},
    difference=None,
    extra={
        "failures": {"unresolved": 3, "reopened": 84, "repeat": 200},
        "not_measured": ["not_confirmed", "transferred"],
    },
)

TIMES = replace(
    FCR,
    metric="resolution_time",
    label="Resolution time",
    rule="median hours from creation to the last resolution",
    unit="hours",
    value=3.4,
    numerator=None,
    low=None,
    high=None,
    method=None,
    excluded={},
    extra={"p90": 51.25},
)

UNAVAILABLE = replace(
    TIMES,
    metric="response_rate",
    label="Response rate",
    rule="surveys answered of surveys sent",
    unit="percent",
    value=None,
    denominator=None,
    status="unavailable",
    reason="column sent_at missing",
    extra={},
)

EMPTY = replace(
    CSAT,
    segment={"channel": "fax"},
    value=None,
    numerator=0,
    denominator=0,
    low=None,
    high=None,
    status="empty",
    band=None,
    excluded={},
    difference=None,
    extra={},
)

PLAIN = Report(
    command="csat",
    definitions=DEFINITIONS,
    inputs=INPUTS[:1],
    measures=(CSAT, AVERAGE, FCR, TIMES, UNAVAILABLE),
    notes=(note("response.unknown", "The export doesn't say which surveys were sent."),),
    title="CSAT and first contact resolution",
)


def by_channel(names: tuple[str | None, ...]) -> Report:
    """Return a report with one row per channel, whatever the channels are called."""
    rows = [
        replace(
            CSAT,
            segment={"channel": name},
            numerator=8 + i,
            denominator=10 + i,
            value=100 * (8 + i) / (10 + i),
            status="small" if i % 2 else "ok",
            band=None,
            difference=None,
            excluded={},
            extra={},
        )
        for i, name in enumerate(names)
    ]
    return Report(
        command="csat",
        definitions=DEFINITIONS,
        inputs=INPUTS,
        measures=(CSAT, *rows, EMPTY),
        notes=(
            note("small.segments", f"Look at {names[0]}: too few.", "warning"),
            note("response.skewed", "9 % of the surveys were answered.", "error"),
        ),
    )


HOSTILE_REPORT = by_channel((*HOSTILE, None))


def listing(cells: tuple[Cell, ...]) -> Report:
    """Return a report of rows without measures, as a list of tickets is."""
    table = Table(
        columns={"ticket_id": "Ticket", "name": "Name", "n": "Replies", "at": "Answered"},
        rows=tuple(
            {
                "ticket_id": f"{i:05}",
                "name": cell,
                "n": 1000 * i,
                "at": datetime(2026, 3, 1 + i, 6, 30),
            }
            for i, cell in enumerate(cells)
        ),
        numeric=frozenset({"n"}),
    )
    return Report(
        command="queue",
        definitions=DEFINITIONS,
        inputs=(),
        measures=(),
        sections=(Section("queue", "Outreach queue", tables=(table,)),),
    )


LISTING = listing(("plain", "=1+1", "'=2", "-5", None, "a\rb", 'quote"d, and so on'))

TARGETS: tuple[dict[str, object], ...] = (
    {
        "name": "CSAT by channel",
        "metric": "csat",
        "segment": {"channel": "email"},
        "period": FEBRUARY,
        "op": "min",
        "threshold": 80.0,
        "mode": "three-way",
        "margin": None,
        "kind": None,
        "verdict": "inconclusive",
        "warned": False,
        "value": 81.3,
        "low": 78.9,
        "high": 83.5,
        "numerator": 979,
        "denominator": 1204,
        "status": "ok",
        "reason": None,
        "n_needed": 3639,
        "action": "rush-hour routing",
        "baseline": None,
        "family": None,
        "p_adjusted": None,
    },
    {
        "name": "[bold]Reopens[/bold]",
        "metric": "reopen_rate",
        "segment": {},
        "period": None,
        "op": "max",
        "threshold": 15.0,
        "mode": "three-way",
        "margin": None,
        "kind": "guardrail",
        "verdict": "fail",
        "warned": False,
        "value": 20.0,
        "low": 18.1,
        "high": 22.04,
        "numerator": 320,
        "denominator": 1600,
        "status": "ok",
        "reason": None,
        "n_needed": None,
        "action": "review closing habits",
        "baseline": None,
        "family": None,
        "p_adjusted": None,
    },
)

SECTIONS = Report(
    command="report",
    definitions=replace(DEFINITIONS, as_of=None, scale=None, window_days=1.5),
    inputs=INPUTS,
    measures=(CSAT,),
    sections=(
        Section(
            "headline",
            "Headline",
            text=("- not a list", "1. not one either", "Email <i>fell</i> after https://x.y/z"),
            measures=(CSAT, FCR),
        ),
        Section(
            "segments",
            "Worst and best",
            tables=(
                Table(
                    {"agent": "Agent", "csat": "CSAT", "gap": "Gap", "n": "n", "verdict": "Call"},
                    (
                        {"agent": "[/]", "csat": 61.0, "gap": -20.3, "n": 1204, "verdict": "fail"},
                        {"agent": "a|b", "csat": 95.0, "gap": 13.7, "n": 31, "verdict": "pass"},
                        {"agent": None, "csat": None, "gap": None, "n": 0, "verdict": None},
                    ),
                    numeric=frozenset({"n"}),
                    units={"csat": "percent", "gap": "points"},
                    title="Agents",
                ),
            ),
            charts=(
                Chart(
                    "intervals",
                    (
                        {"label": "[/]", "low": 50.0, "value": 61.0, "high": 71.0},
                        {"label": "a|b", "low": 90.0, "value": 95.0, "high": 99.0},
                        {"label": None, "low": None, "value": None, "high": None},
                    ),
                    "percent",
                    reference=80.0,
                ),
            ),
        ),
        Section(
            "distribution",
            "Scores",
            charts=(
                Chart(
                    "bars",
                    tuple(
                        {"label": str(score), "value": share, "n": n}
                        for score, share, n in ((1, 7.5, 90), (3, 0.1, 1), (5, 92.4, 1113))
                    ),
                    "percent",
                ),
            ),
        ),
        Section("timing", "Survey timing", missing="no column holds the instant of sending"),
    ),
    notes=(note("advice.next", "Look at agent [/] first.", "info"),),
    targets=TARGETS,
    title="Weekly <report>",
)


def verdict(name: str, word: str, **fields: object) -> dict[str, object]:
    """Return a verdict on CSAT as the gate gives it, with other fields where named."""
    return {
        **TARGETS[0],
        "name": name,
        "segment": {},
        "verdict": word,
        "n_needed": None,
        "action": None,
        **fields,
    }


def checked(*targets: dict[str, object]) -> Report:
    """Return the report of a check with these verdicts."""
    return Report(
        command="check",
        definitions=DEFINITIONS,
        inputs=INPUTS[:1],
        measures=(CSAT,),
        notes=(note("response.unknown", "Nobody knows *who* was asked.", "warning"),),
        targets=targets,
    )


CHECK = checked(
    verdict("CSAT", "pass", threshold=75.0),
    verdict("CSAT of a channel", "pass", threshold=70.0, warned=True, segment={"channel": "a|b"}),
    verdict(
        "CSAT of a channel",
        "inconclusive",
        segment={"channel": None},
        reason="80.0 lies within 78.9 to 83.5",
        n_needed=3639,
        family=2,
        p_adjusted=0.31,
    ),
    verdict(
        "CSAT no worse than before",
        "fail",
        threshold=None,
        mode="noninferior",
        margin=2.0,
        baseline=88.5,
        kind="guardrail",
        action="50% off, <b>now</b>",
    ),
    verdict(
        "Answers",
        "unavailable",
        metric="response_rate",
        period=None,
        value=None,
        low=None,
        high=None,
        numerator=None,
        denominator=None,
        status="unavailable",
        reason="column sent_at missing",
    ),
)

REPORTS = {
    "plain": PLAIN,
    "hostile": HOSTILE_REPORT,
    "sections": SECTIONS,
    "listing": LISTING,
    "check": CHECK,
}

SUFFIXES = {
    "markdown": "md",
    "html": "html",
    "json": "json",
    "csv": "csv",
    "slack": "slack.json",
    "openmetrics": "prom",
}
OF_CHECKS = {"junit": "xml", "github": "github.txt"}


def golden_files() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every golden file of the renderers."""
    for name, report in REPORTS.items():
        for form, suffix in SUFFIXES.items():
            yield f"render_{name}.{suffix}", _bytes(render(report, form))
        for width in (80, 120, None):
            text = render(report, "table", width=width)
            yield f"render_{name}_{width or 'natural'}.txt", _bytes(text)
    for form, suffix in OF_CHECKS.items():
        yield f"render_check.{suffix}", _bytes(render(CHECK, form))
    yield "render_check.summary.md", _bytes(summary(CHECK))
    yield (
        "render_hostile_colour.txt",
        _bytes(render(HOSTILE_REPORT, "table", width=80, color=True)),
    )
    yield "render_sections_ascii.txt", _bytes(render(SECTIONS, "table", width=80, ascii=True))


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


if __name__ == "__main__":
    for file_name, written in golden_files():
        (GOLDEN / file_name).write_bytes(written)
