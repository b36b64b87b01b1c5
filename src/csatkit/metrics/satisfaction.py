"""What customers say: metrics over ratings (metrics.md §3, §5)."""

from __future__ import annotations

from csatkit.metrics.metric import Mean, Metric, Share

__all__ = ["SATISFACTION"]

_RATED = (("score",),)

SATISFACTION: tuple[Metric, ...] = (
    Metric(
        id="csat",
        label="CSAT",
        family="responses",
        measure=Share(of=("is_satisfied",), among=("is_rating",)),
        unit="percent",
        better="up",
        rule="{satisfied} of {rated}",
        definition="Rated tickets whose score is satisfied (4 or 5 of 5), of all rated tickets.",
        needs=_RATED,
        source="metrics.md §3; top-2 box",
        caveat="Says nothing about those who didn't answer: read it with the response rate.",
        wants=("customer_id",),
    ),
    Metric(
        id="csat_average",
        label="Average score",
        family="responses",
        measure=Mean(value="score", among=("is_rating",), clip="scale"),
        unit="score",
        better="up",
        rule="mean score over {rated}",
        definition="Sum of the scores, divided by the rated tickets.",
        needs=_RATED,
        source="metrics.md §3",
        caveat="The same average hides very different distributions; not CSAT.",
    ),
    Metric(
        id="low_share",
        label="Low scores",
        family="responses",
        measure=Share(of=("is_low",), among=("is_rating",)),
        unit="percent",
        better="down",
        rule="{low} of {rated}",
        definition="Rated tickets with a low score (3 or less of 5), of all rated tickets.",
        needs=_RATED,
        source="metrics.md §1, §3",
        caveat="Drives the outreach queue; on 1-5 it is the rest of CSAT.",
    ),
    Metric(
        id="detractor_share",
        label="Detractors",
        family="responses",
        measure=Share(of=("is_detractor",), among=("is_rating",)),
        unit="percent",
        better="down",
        rule="{detractor} of {rated}",
        definition="Rated tickets with one of the worst scores (2 or less of 5).",
        needs=_RATED,
        source="metrics.md §1, §5",
        caveat="Not defined on every scale; then unavailable.",
    ),
)
