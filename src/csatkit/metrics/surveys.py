"""Who was asked and who answered: metrics over surveys (metrics.md §3)."""

from __future__ import annotations

from csatkit.metrics.metric import Mean, Metric, Share

__all__ = ["SURVEYS"]

SURVEYS: tuple[Metric, ...] = (
    Metric(
        id="response_rate",
        label="Response rate",
        family="surveys",
        measure=Share(of=("is_answered",), among=("is_survey", "is_counted_survey")),
        unit="percent",
        better="up",
        rule="surveys answered of surveys sent{suffix}",
        definition="Surveys answered, of surveys sent; a survey is one ticket and one sending.",
        needs=(("score",),),
        source="metrics.md §3",
        caveat="Young surveys may still be answered; validity is judged on older ones.",
        held_back={"immature": ("is_survey", "!is_counted_survey")},
        needs_sent=True,
    ),
    Metric(
        id="survey_ratio",
        label="Survey ratio",
        family="invitations",
        measure=Mean(value="n_surveys", among=(), clip="zero"),
        unit="percent",
        better="at most 60",
        rule="surveys sent per 100 tickets",
        definition="Surveys sent, divided by tickets; each ticket is dated by its first survey.",
        needs=(("score", "sent_at"),),
        source="metrics.md §3, §8",
        caveat="Above 60 % customers tire of being asked.",
        needs_sent=True,
    ),
    Metric(
        id="survey_within_2h",
        label="Surveys within 2 hours",
        family="surveys",
        measure=Share(of=("is_sent_within_2h",), among=("is_survey", "is_sent_after_resolution")),
        unit="percent",
        better="up",
        rule="surveys sent within 2 hours of resolution, of those sent after it",
        definition="Surveys sent at most 2 hours after the resolution, of those sent after it.",
        needs=(("sent_at",), ("resolved_at",)),
        source="metrics.md §3, §8",
        caveat="Surveys sent before the resolution are left out and reported apart.",
    ),
    Metric(
        id="rating_coverage",
        label="Rating coverage",
        family="tickets",
        measure=Share(of=("is_rated",), among=()),
        unit="percent",
        better="up",
        rule="rated tickets of all tickets",
        definition="Tickets with a rating, of all tickets; stands in where nobody knows what "
        "was sent.",
        needs=(("score",),),
        source="metrics.md §3",
        caveat="Not a response rate: tickets that were never surveyed are in its denominator.",
    ),
)
