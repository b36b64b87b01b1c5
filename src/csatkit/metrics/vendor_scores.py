"""How other systems make one figure of the ratings, and of who answered.

Five families share the name CSAT: the share of the best answer, of satisfied ones, of those not
unhappy, a net score and a mean on another scale. They must never be mixed in one comparison.
"""

from __future__ import annotations

from dataclasses import replace

from csatkit.metrics.metric import Mean, Metric, Share

__all__ = ["RESPONSES", "SCORES"]

_RATED = (("score",),)
_SILENT = "Says nothing about those who didn't answer."

_TOP = Metric(
    id="csat_top1",
    label="Best answer (top box)",
    family="responses",
    measure=Share(of=("is_top",), among=("is_rating",)),
    unit="percent",
    better="up",
    rule="best score of {rated}",
    definition="Rated tickets with the best score of the scale, of all rated tickets.",
    needs=_RATED,
    source="top box; Formbricks b66c1dd9 on scales of three",
    caveat=f"{_SILENT} Never above CSAT.",
    whose="top-box tools, Formbricks (3 points)",
)

SCORES: tuple[Metric, ...] = (
    _TOP,
    replace(
        _TOP,
        id="csat_not_unhappy",
        label="Not unhappy",
        measure=Share(of=("!is_unsatisfied",), among=("is_rating",)),
        rule="neutral or satisfied, of {rated}",
        definition="Rated tickets with a neutral or satisfied score, of all rated tickets.",
        source="sonassi.com; Nicereply before its change",
        caveat=f"{_SILENT} The neutral count as satisfied: never below CSAT.",
        whose="sonassi.com, Nicereply (formerly)",
    ),
    replace(
        _TOP,
        id="csat_net",
        label="Net score",
        measure=Mean(value="net_step", among=("is_rating",), clip=(-1, 1)),
        rule="satisfied less unhappy, of {rated}; from -100 to 100",
        definition="Rated tickets with a satisfied score less those with an unhappy one, divided "
        "by all rated tickets; from -100 to 100.",
        source="Help Scout, developer.helpscout.com; FreeScout issue 2064",
        caveat="Not a share: 0 means as many unhappy as satisfied.",
        whose="Help Scout, FreeScout",
    ),
    replace(
        _TOP,
        id="csat_faces",
        label="Faces averaged 100/50/0",
        measure=Mean(value="face_step", among=("is_rating",), clip=(0, 2), spread=(0, 2)),
        rule="satisfied 100, neutral 50, unhappy 0, averaged over {rated}",
        definition="The average of 100 for a satisfied, 50 for a neutral and 0 for an unhappy "
        "score.",
        source="businesschat.io, help.businesschat.io article 6517813",
        caveat="Not a share of customers: the neutral count half.",
        whose="businesschat.io",
    ),
    replace(
        _TOP,
        id="csat_rescaled_mean",
        label="Mean, rescaled to 0-100",
        measure=Mean(value="score", among=("is_rating",), clip="scale", spread="scale"),
        rule="(mean - lowest) / (highest - lowest) over {rated}",
        definition="The average score, its scale stretched from 0 to 100.",
        source="Trengo, help.trengo.com measuring-csat-results",
        caveat="Not a share of customers: the neutral count half.",
        whose="Trengo",
    ),
    replace(
        _TOP,
        id="csat_mean_of_top",
        label="Mean of the best score",
        measure=Mean(value="score", among=("is_rating",), clip="scale", spread="top"),
        rule="mean / highest over {rated}",
        definition="The average score, divided by the best score of the scale.",
        source="mean / 5: helpdesk dashboards; Frappe Helpdesk 6018181a keeps stars as such parts",
        caveat="Not a share of customers; on 1-5 nobody can give less than 20 %.",
        whose="dashboards that divide by 5",
    ),
    Metric(
        id="csat_of_surveyed",
        label="Satisfied of surveyed",
        family="surveys",
        measure=Share(of=("is_satisfied",), among=("is_survey", "is_counted_survey")),
        unit="percent",
        better="up",
        rule="surveys answered with {satisfied}, of surveys sent",
        definition="Surveys whose first answer is satisfied, of all surveys sent.",
        needs=_RATED,
        source="unrated as not satisfied: va.gov-team issue 87053",
        caveat="Takes silence for dissatisfaction: moves with the response rate.",
        held_back={"immature": ("is_survey", "!is_counted_survey")},
        needs_sent=True,
        whose="reports that keep the unrated",
    ),
)
"""Ratings by the rules of other systems."""

RESPONSES: tuple[Metric, ...] = (
    Metric(
        id="response_rate_zendesk",
        label="Rated of surveyed tickets",
        family="surveys",
        measure=Share(of=("is_rated_ticket",), among=("is_first_of_ticket",)),
        unit="percent",
        better="up",
        rule="tickets rated, of tickets surveyed, however often",
        definition="Surveyed tickets with a rating, of all surveyed tickets.",
        needs=_RATED,
        source="Zendesk Explore, support.zendesk.com article 4408827693594",
        caveat="Young surveys may still be answered. A ticket surveyed twice counts once.",
        needs_sent=True,
        whose="Zendesk Explore",
    ),
)
"""Who answered, by the rules of other systems."""
