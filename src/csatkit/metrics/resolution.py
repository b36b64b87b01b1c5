"""Whether the request was settled: first contact resolution, repeats, reopens (metrics.md §3)."""

from __future__ import annotations

from csatkit.metrics.metric import Count, Mean, Metric, Share, Survival

__all__ = ["RESOLUTION"]

_RESOLUTION = (("resolved_at", "resolved", "closed_at", "status"),)
_FCR = (("customer_id",), ("ticket_id",), ("created_at",), *_RESOLUTION)
_REOPEN = (("reopen_count", "reopened_at"), *_RESOLUTION)
_FCR_WANTS = (
    "issue_type",
    "confirmed_resolved",
    "reopen_count",
    "reopened_at",
    "contact_count",
    "transfer_count",
)
_CAVEAT = (
    "No industry-standard window exists. Repeats are a lower bound where customers or issues "
    "are unknown."
)
_OF_RESOLVED = {
    "immature": ("is_ever_resolved", "has_clock", "!is_mature"),
    "no_clock": ("is_ever_resolved", "!has_clock"),
}

RESOLUTION: tuple[Metric, ...] = (
    Metric(
        id="fcr",
        label="First contact resolution",
        family="tickets",
        measure=Share(of=("is_first_contact",), among=("is_mature",)),
        unit="percent",
        better="up",
        rule="{window} days, {key}{suffix}",
        definition="Mature tickets resolved on first contact, of all mature tickets, unresolved "
        "ones too.",
        needs=_FCR,
        source="metrics.md §3",
        caveat=_CAVEAT,
        held_back={"immature": ("has_clock", "!is_mature"), "no_clock": ("!has_clock",)},
        follow_up=True,
        wants=_FCR_WANTS,
    ),
    Metric(
        id="fcr_resolved",
        label="FCR of resolved tickets",
        family="tickets",
        measure=Share(of=("is_first_contact",), among=("is_ever_resolved", "is_mature")),
        unit="percent",
        better="up",
        rule="{window} days, {key}, of tickets ever resolved{suffix}",
        definition="Mature tickets resolved on first contact, of mature tickets ever resolved.",
        needs=_FCR,
        source="metrics.md §3",
        caveat=_CAVEAT,
        held_back=_OF_RESOLVED,
        follow_up=True,
        wants=_FCR_WANTS,
    ),
    Metric(
        id="fcr_resolved_km",
        label="FCR of resolved tickets (Kaplan-Meier)",
        family="tickets",
        measure=Survival(
            share=Share(of=("!has_other_failure",), among=("is_ever_resolved", "is_mature"))
        ),
        unit="percent",
        better="up",
        rule="{window} days, {key}: share of mature ever-resolved tickets without another failure "
        "× Kaplan-Meier survival of the repeat{suffix}",
        definition="The share of mature ever-resolved tickets that fail for no other reason, "
        "times the Kaplan-Meier survival of the repeat contact; young tickets add what they know.",
        needs=_FCR,
        source="metrics.md §3; Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452",
        caveat="Takes repeats and other failures as independent.",
        held_back=_OF_RESOLVED,
        follow_up=True,
        wants=_FCR_WANTS,
    ),
    Metric(
        id="fcr_naive",
        label="FCR without maturity (biased upward)",
        family="tickets",
        measure=Share(of=("is_first_contact",), among=("is_ever_resolved",)),
        unit="percent",
        better="up",
        rule="{window} days, {key}, over ever-resolved tickets of any age; biased upward{suffix}",
        definition="Tickets resolved on first contact so far, of tickets ever resolved, of any "
        "age.",
        needs=_FCR,
        source="metrics.md §3",
        caveat="Biased upward: the repeat contacts of young tickets haven't happened yet.",
        follow_up=True,
        wants=_FCR_WANTS,
    ),
    Metric(
        id="repeat_contact_rate",
        label="Repeat contact rate",
        family="tickets",
        measure=Share(of=("has_repeat",), among=("is_resolved", "has_key", "is_mature")),
        unit="percent",
        better="down",
        rule="{window} days, {key}",
        definition="Mature tickets resolved now that were followed by another ticket of the same "
        "customer and issue, of those whose customer and issue are known.",
        needs=_FCR,
        source="metrics.md §3",
        caveat=_CAVEAT,
        held_back={
            "immature": ("is_resolved", "has_key", "!is_mature"),
            "unknown_key": ("is_resolved", "!has_key", "is_mature"),
        },
        follow_up=True,
        wants=("issue_type",),
    ),
    Metric(
        id="repeat_contact_rate_km",
        label="Repeat contact rate (Kaplan-Meier)",
        family="tickets",
        measure=Survival(share=None),
        unit="percent",
        better="down",
        rule="{window} days, {key}: one minus the Kaplan-Meier survival on a day grid",
        definition="One minus the Kaplan-Meier survival of the repeat contact at the window, over "
        "all tickets resolved now with known customer and issue, of any age.",
        needs=_FCR,
        source="metrics.md §3; Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452",
        caveat="Assumes that young tickets will go on like old ones.",
        follow_up=True,
        wants=("issue_type",),
    ),
    Metric(
        id="never_reopened",
        label="Never reopened",
        family="tickets",
        measure=Share(of=("!is_reopened",), among=("is_ever_resolved",)),
        unit="percent",
        better="up",
        rule="tickets never reopened, of tickets ever resolved; sees no new ticket",
        definition="Tickets never reopened, of tickets ever resolved; shown where no customer "
        "column allows first contact resolution.",
        needs=_REOPEN,
        source="metrics.md §3",
        caveat="Not first contact resolution: a customer who opens a new ticket isn't seen.",
    ),
    Metric(
        id="reopen_rate",
        label="Reopen rate",
        family="tickets",
        measure=Share(of=("is_reopened",), among=("is_ever_resolved",)),
        unit="percent",
        better="under 15",
        rule="tickets reopened at least once, of tickets ever resolved",
        definition="Tickets reopened at least once, of tickets ever resolved, those still open "
        "again included.",
        needs=_REOPEN,
        source="metrics.md §3",
        caveat="Where tickets can't be reopened, customers open new ones: see repeats.",
    ),
    Metric(
        id="reopen_events",
        label="Reopen events",
        family="tickets",
        measure=Mean(value="n_reopens", among=("is_ever_resolved",), clip="zero"),
        unit="per ticket",
        better="down",
        rule="reopen events per ticket ever resolved",
        definition="Reopen events, divided by tickets ever resolved.",
        needs=_REOPEN,
        source="metrics.md §3",
        caveat="One ticket reopened five times counts five.",
    ),
    Metric(
        id="resolution_rate",
        label="Resolution rate",
        family="tickets",
        measure=Share(of=("is_resolved",), among=()),
        unit="percent",
        better="up",
        rule="tickets resolved now, of all tickets",
        definition="Tickets resolved at the data end, of all tickets.",
        needs=_RESOLUTION,
        source="metrics.md §3",
        caveat="Young tickets are still being worked on.",
    ),
    Metric(
        id="transfer_rate",
        label="Transfer rate",
        family="tickets",
        measure=Share(of=("is_transferred",), among=("has_transfer_count",)),
        unit="percent",
        better="down",
        rule="tickets handed over at least once, of tickets whose count is known",
        definition="Tickets with at least one transfer, of tickets whose transfer count is known.",
        needs=(("transfer_count",),),
        source="metrics.md §3",
        caveat="Some systems count the first assignment as a transfer.",
    ),
    Metric(
        id="tickets",
        label="Tickets",
        family="tickets",
        measure=Count(among=()),
        unit="count",
        better="",
        rule="tickets, without merged, deleted, spam, test and deflected ones",
        definition="How many tickets there are, without those that leave every denominator.",
        needs=(("created_at", "resolved_at", "ticket_id"),),
        source="metrics.md §3",
        caveat="Dated by resolution, else by creation; use --clock created for arrivals.",
    ),
    Metric(
        id="backlog",
        label="Open tickets",
        family="tickets",
        measure=Count(among=("!is_resolved",)),
        unit="count",
        better="down",
        rule="tickets not resolved at the data end",
        definition="How many tickets aren't resolved at the data end.",
        needs=_RESOLUTION,
        source="decisions.md#backlog",
        caveat="A stock at the data end, not a flow.",
    ),
)
