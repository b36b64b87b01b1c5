"""What came of the unhappy, and of those who were sent to help themselves (metrics.md §8).

Outreach is matched to a low score by the ticket: the first that follows it. Who was reached and
rated again is a fact of the rating; what a deflected contact led to is a fact of tickets.
"""

from __future__ import annotations

from csatkit.metrics.metric import Mean, Metric, Share
from csatkit.metrics.needs import RESOLVED

__all__ = ["RECOVERY"]

_OUTREACH = (("score",), ("outreach_at", "second_score_at"))
_LOW = ("is_rating", "is_low")
_DEFLECTED = (("deflected",), ("customer_id",), ("ticket_id",), ("created_at",))

RECOVERY: tuple[Metric, ...] = (
    Metric(
        id="recovery_rate",
        label="Recovery rate",
        family="responses",
        measure=Share(of=("is_reached_in_time",), among=(*_LOW, "is_day_old")),
        unit="percent",
        better="up",
        rule="{low} of {rated} with outreach within 24 h, of those at least 24 h old",
        definition="Low scores with outreach within 24 hours of the answer, of low scores that are "
        "at least 24 hours old.",
        needs=_OUTREACH,
        source="metrics.md §8",
        caveat="Outreach before the answer, or without an instant, doesn't count as in time.",
        held_back={
            "immature": (*_LOW, "has_answer_clock", "!is_day_old"),
            "no_clock": (*_LOW, "!has_answer_clock"),
        },
    ),
    Metric(
        id="upgrade_rate",
        label="Upgrade rate",
        family="responses",
        measure=Share(of=("is_upgraded",), among=(*_LOW, "is_reached")),
        unit="percent",
        better="up",
        rule="{low} of {rated} with outreach and a higher second score, of those with outreach",
        definition="Low scores with outreach whose second score is higher, of low scores with "
        "outreach; those who didn't rate again count as not upgraded.",
        needs=_OUTREACH,
        source="metrics.md §8",
        caveat="A low score tends to be followed by a higher one in any case: compare those who "
        "rated again without outreach.",
        wants=("second_score",),
    ),
    Metric(
        id="recovery_csat",
        label="Recovery CSAT",
        family="responses",
        measure=Mean(value="second_score", among=(*_LOW, "is_rerated"), clip="scale"),
        unit="score",
        better="up",
        rule="mean second score of those rated again after outreach; {low} of {rated}",
        definition="Sum of the second scores, divided by the low scores with outreach that were "
        "rated again.",
        needs=_OUTREACH,
        source="metrics.md §8",
        caveat="A mean, though it is called CSAT; those who stay silent aren't in it.",
        wants=("second_score",),
    ),
    Metric(
        id="containment_rate",
        label="Containment rate",
        family="deflections",
        measure=Share(of=("!is_followed",), among=("has_customer", "is_mature")),
        unit="percent",
        better="up",
        rule="deflected contacts without a ticket of the same customer within {window} days, of "
        "mature ones with known customer",
        definition="Deflected contacts that no ticket of the same customer follows within the "
        "window, of mature deflected contacts whose customer is known.",
        needs=_DEFLECTED,
        source="metrics.md §8; decisions.md#containment",
        caveat="A customer who gave up, or came back under another name, counts as contained.",
        held_back={
            "immature": ("has_customer", "has_clock", "!is_mature"),
            "unknown_key": ("!has_customer", "is_mature"),
            "no_clock": ("has_customer", "!has_clock"),
        },
        follow_up=True,
    ),
    Metric(
        id="csat_after_deflection",
        label="CSAT after deflection",
        family="responses",
        measure=Share(of=("is_satisfied",), among=("is_rating", "is_after_deflection")),
        unit="percent",
        better="up",
        rule="{satisfied} of {rated} that follow a deflected contact of the customer within the "
        "window",
        definition="Rated tickets whose score is satisfied, of rated tickets that follow a "
        "deflected contact of the same customer within the window.",
        needs=(("score",), *_DEFLECTED),
        source="metrics.md §8",
        caveat="Self-service settles the easy requests; what follows it is harder than the rest.",
    ),
    Metric(
        id="fcr_after_deflection",
        label="FCR after deflection",
        family="tickets",
        measure=Share(of=("is_first_contact",), among=("is_mature", "is_after_deflection")),
        unit="percent",
        better="up",
        rule="{window} days, {key}, of tickets that follow a deflected contact of the customer "
        "within the window{suffix}",
        definition="Mature tickets resolved on first contact, of mature tickets that follow a "
        "deflected contact of the same customer within the window.",
        needs=(*_DEFLECTED, *RESOLVED),
        source="metrics.md §8",
        caveat="The deflected contact itself doesn't count as a contact here.",
        held_back={
            "immature": ("is_after_deflection", "has_clock", "!is_mature"),
            "no_clock": ("is_after_deflection", "!has_clock"),
        },
        follow_up=True,
    ),
)
