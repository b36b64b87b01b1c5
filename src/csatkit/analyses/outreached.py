"""The facts that only some metrics ask for: outreach, second scores, deflected contacts.

They are added to the facts of a run after they are built, so that nobody else pays for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from csatkit.analyses.canonical import Canonical
from csatkit.facts.build import Facts
from csatkit.facts.deflection import with_deflection
from csatkit.facts.outreach import outreach_rows, with_recovery
from csatkit.load import Data, Scale
from csatkit.metrics.metric import Metric

__all__ = ["other_scale", "scale_of", "with_outcomes"]


def scale_of(data: Data) -> Scale | None:
    """Return the scale of the ratings, None where there are none."""
    for source in (data.surveys, data.tickets):
        if source is not None and source.scale is not None and source.has("score"):
            return source.scale
    return None


def other_scale(data: Data) -> str | None:
    """Return the scale of second scores that can't be compared with the ratings, else None."""
    if data.outreach is None or not data.outreach.has("second_score"):
        return None
    first, second = scale_of(data), data.outreach.scale
    return second.name if first and second and first.name != second.name else None


def with_outcomes(
    facts: Facts,
    data: Data,
    canonical: Canonical,
    asked: Iterable[Metric],
    replay_at: datetime | None,
) -> Facts:
    """Return facts with what these metrics need beyond tickets and surveys.

    Args:
        facts: as built.
        data: the opened inputs.
        canonical: their rows.
        asked: the metrics of the run.
        replay_at: the instant to replay, None for all.
    """
    metrics = tuple(asked)
    if any(m.needs_deflection for m in metrics) and data.tickets is not None:
        facts = with_deflection(facts) if data.tickets.has("deflected") else facts
    if any(m.needs_outreach for m in metrics) and canonical.outreach is not None:
        frame = canonical.outreach
        if other_scale(data) is not None:
            frame = frame.drop("second_score")
        facts = with_recovery(facts, outreach_rows(frame, replay_at))
    return facts
