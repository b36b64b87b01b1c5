"""How long it took: first response and resolution (metrics.md §3, §6)."""

from __future__ import annotations

from csatkit.metrics.metric import Metric, Quantiles, Share

__all__ = ["TIMES"]

TIMES: tuple[Metric, ...] = (
    Metric(
        id="first_response_within",
        label="First response within limit",
        family="tickets",
        measure=Share(of=("is_within_limit",), among=("is_limit_decided",)),
        unit="percent",
        better="up",
        rule="first response within the channel's limit ({limits}), of tickets answered or past it",
        definition="Tickets first answered within the limit of their channel, of tickets whose "
        "channel has one and that were answered or are past it.",
        needs=(("first_response_at",), ("created_at",), ("channel",)),
        source="metrics.md §3, §6",
        caveat="Calendar time, not business hours.",
    ),
    Metric(
        id="first_response_time",
        label="First response time",
        family="tickets",
        measure=Quantiles(value="first_response_hours", among=("has_first_response_time",)),
        unit="hours",
        better="down",
        rule="median hours from creation to first response",
        definition="Median and 90th percentile of the hours from creation to first response, over "
        "tickets that have both instants in order.",
        needs=(("first_response_at",), ("created_at",)),
        source="metrics.md §3; Hyndman & Fan (1996) type 7, doi:10.1080/00031305.1996.10473566",
        caveat="Tickets never answered aren't in it.",
    ),
    Metric(
        id="resolution_time",
        label="Resolution time",
        family="tickets",
        measure=Quantiles(value="resolution_hours", among=("has_resolution_time",)),
        unit="hours",
        better="down",
        rule="median hours from creation to last resolution",
        definition="Median and 90th percentile of the hours from creation to the last resolution, "
        "over tickets that have both instants in order.",
        needs=(("resolved_at",), ("created_at",)),
        source="metrics.md §3; Hyndman & Fan (1996) type 7, doi:10.1080/00031305.1996.10473566",
        caveat="Tickets still open aren't in it, so it flatters while a backlog grows.",
    ),
)
