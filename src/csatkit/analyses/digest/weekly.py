"""The weekly digest: what changed and whether it is noise, whom to read, what went well, what next.

At most 1,000 words, for somebody with five minutes on a Monday.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from csatkit.analyses.compare import default_cuts
from csatkit.analyses.contrasts import Contrast
from csatkit.analyses.digest.bright import bright_section, contrast_words
from csatkit.analyses.digest.charts import charted, charts_section, first_shown, recent_signals
from csatkit.analyses.digest.common import assembled, low_share, standing_of
from csatkit.analyses.digest.figures import Figures, figures, headline_section
from csatkit.analyses.digest.fitting import within
from csatkit.analyses.digest.kinds import Kind
from csatkit.analyses.digest.next_steps import command, in_period, not_over_yet, steps_section
from csatkit.analyses.digest.ratings import Rated, low_scores, low_sections
from csatkit.analyses.following import Followed
from csatkit.analyses.noise import is_beyond_noise
from csatkit.analyses.overview import Standing
from csatkit.analyses.workspace import Workspace
from csatkit.periods import Span
from csatkit.render.values import period
from csatkit.report import Report

__all__ = ["weekly"]


def weekly(ws: Workspace, kind: Kind, span: Span, history: str | None = None) -> Report:
    """Return the digest of a week, or of another period on a page as short.

    Args:
        ws: the run.
        kind: the digest.
        span: its period.
        history: the file in which figures of past periods are kept, for the charts.
    """
    found = figures(ws, span, kind.shown, ws.by or default_cuts(ws))
    charts = charted(ws, span, history)
    low = low_share(ws, span)
    lowest = low_scores(ws, span)
    standing = standing_of(ws, span)
    running = not_over_yet(ws, span)
    steps = steps_section(ws, _steps(ws, found, charts.lines, lowest, standing))
    if running:
        steps = replace(steps, text=(*steps.text, running))
    sections = [
        headline_section(ws, found, f"The {kind.noun} {period(span.period)}"),
        charts_section(charts, span),
        *low_sections(ws, lowest, low),
        bright_section(ws, found, standing),
        steps,
    ]
    report = assembled(ws, (kind, span), (*found.measures, low), sections, standing)
    return within(replace(report, notes=(*report.notes, *charts.notes)))


def _steps(
    ws: Workspace,
    found: Figures,
    lines: Sequence[Followed],
    lowest: Sequence[Rated],
    standing: Standing,
) -> Iterator[tuple[str, str]]:
    """Yield why something is worth a look, with the command that shows it."""
    at = in_period(found.span)
    csat = found.of("csat")
    if csat is not None and is_beyond_noise(csat.measure.difference):
        yield "Where CSAT moved", command(ws, "compare", *at)
    for line in lines:
        if recent_signals(line):
            metric = line.line.metric
            days = (f"--from {first_shown(ws, found.span).period.first}",
                    f"--to {found.span.period.last}", f"--every {found.span.kind}")  # fmt: skip
            yield f"{metric.label} on its chart", command(ws, "trend", f"-m {metric.id}", *days)
    worst = _worst(standing)
    if worst is not None:
        by = ",".join(worst.measure.segment)
        yield contrast_words(worst, found), command(ws, "segments", f"--by {by}", *at)
    first = next((r for r in lowest if r.ticket), None)
    if first is not None:
        assert first.ticket is not None
        yield "Every low score", command(ws, "csat", "--tickets-of csat:failed", *at)
        yield "The first of them in full", command(ws, f"explain {first.ticket}")


def _worst(standing: Standing) -> Contrast | None:
    return next((c for c in standing.scan.found if c.difference < 0), None)
