"""How other systems count first contacts and reopens: facts about their rules, none of their words.

Four ideas share the name "first contact resolution": few replies, no comeback on the ticket, no
comeback of the customer within a window, and the customer's own word. The first two can't see who
opens a new ticket; the third takes an unrelated question for a failure.
"""

from __future__ import annotations

from dataclasses import replace

from csatkit.metrics.metric import Mean, Metric, Share
from csatkit.metrics.needs import FCR_WANTS, FOLLOWED, REOPEN, RESOLVED

__all__ = ["COMEBACKS", "REOPENS", "TOUCHES"]

_REPLIES = (("agent_replies",), *RESOLVED)
_EFFORT = "Counts replies, not outcomes: blind to new tickets of the same customer."
_MERGED = "Merged tickets count as solved."
_UNKNOWN = {"unknown_count": ("is_resolved", "!has_agent_replies")}

_ONE_TOUCH = Metric(
    id="one_touch_zendesk",
    label="One-touch as Zendesk counts it",
    family="with_merged",
    measure=Share(of=("is_under_two_replies",), among=("is_resolved", "has_agent_replies")),
    unit="percent",
    better="up",
    rule="fewer than 2 agent replies, of tickets resolved now, merged ones too",
    definition="Tickets resolved now with fewer than two agent replies, none included, of tickets "
    "resolved now.",
    needs=_REPLIES,
    source="Zendesk Explore, support.zendesk.com article 4408827693594",
    caveat=f"{_EFFORT} {_MERGED} A newer article wants exactly one reply.",
    held_back=_UNKNOWN,
    whose="Zendesk Explore",
)

TOUCHES: tuple[Metric, ...] = (
    _ONE_TOUCH,
    replace(
        _ONE_TOUCH,
        id="one_touch_exactly_one",
        label="Exactly one reply",
        measure=Share(of=("is_one_reply",), among=("is_resolved", "has_agent_replies")),
        rule="exactly 1 agent reply, of tickets resolved now, merged ones too",
        definition="Tickets resolved now with exactly one agent reply, of tickets resolved now.",
        source="Zendesk article 4408820618266 (newer text); Zoho Desk; dbt_zendesk d4a8aa37",
        caveat=f"{_EFFORT} {_MERGED} Tickets solved without a reply fail.",
        whose="Zendesk (newer article), Zoho Desk, dbt_zendesk",
    ),
    replace(
        _ONE_TOUCH,
        id="one_touch_messaging",
        label="Zendesk messaging rule",
        measure=Share(
            of=("has_agent_reply", "!is_reopened"), among=("is_resolved", "has_agent_replies")
        ),
        rule="at least 1 agent reply and never reopened, of tickets resolved now, merged ones too",
        definition="Tickets resolved now with at least one agent reply that were never reopened, "
        "of tickets resolved now.",
        needs=(("agent_replies",), *REOPEN),
        source="Zendesk messaging, support.zendesk.com article 4724624097818",
        caveat="Zendesk also wants the ticket never to have been pending or on hold, which no "
        f"column says: an upper bound. {_MERGED}",
        whose="Zendesk messaging",
    ),
    replace(
        _ONE_TOUCH,
        id="one_touch_all",
        label="One-touch of all tickets",
        measure=Share(of=("is_resolved", "is_under_two_replies"), among=("has_agent_replies",)),
        rule="resolved with fewer than 2 agent replies, of all tickets, merged and open ones too",
        definition="Tickets resolved now with fewer than two agent replies, of all tickets.",
        source="GitLab handbook, support metrics",
        caveat=f"{_EFFORT} Falls while a backlog grows.",
        held_back={"unknown_count": ("!has_agent_replies",)},
        whose="GitLab",
    ),
    replace(
        _ONE_TOUCH,
        id="zero_interactions_freshservice",
        label="No customer reply (Freshservice)",
        measure=Share(
            of=("is_without_customer_reply",), among=("is_resolved", "has_customer_replies")
        ),
        rule="no reply by the customer, of tickets resolved now, merged ones too",
        definition="Tickets resolved now to which the customer never replied, of tickets resolved "
        "now; how often agents wrote doesn't matter.",
        needs=(("customer_replies",), *RESOLVED),
        source="Freshservice, support.freshservice.com article 50000004904",
        caveat="A thank-you is a reply, too; blind to new tickets of the same customer.",
        held_back={"unknown_count": ("is_resolved", "!has_customer_replies")},
        whose="Freshservice",
    ),
    replace(
        _ONE_TOUCH,
        id="first_contact_rightnow",
        label="One response of any (RightNow)",
        measure=Share(of=("is_one_reply",), among=("is_resolved", "has_agent_reply")),
        rule="exactly 1 agent reply, of tickets resolved now with at least 1, merged ones too",
        definition="Tickets resolved now with exactly one agent reply, of tickets resolved now "
        "with at least one.",
        source="Oracle RightNow, cx.rightnow.com answer 1530",
        caveat="RightNow leaves out automatic responses and those of earlier assignees, which a "
        "count of replies can't tell. Read here among resolved tickets.",
        whose="Oracle RightNow",
    ),
)
"""Few replies: effort rather than resolution."""

_SEVEN = Metric(
    id="fcr_7d",
    label="FCR, 7 days",
    family="tickets",
    measure=Share(of=("is_first_contact_7d",), among=("is_mature_7d",)),
    unit="percent",
    better="up",
    rule="{window} days, {key}{suffix}",
    definition="First contact resolution with a window of 7 days, whatever the run's is.",
    needs=FOLLOWED,
    source="7 days: QueueMetrics, Capturi, Call Centre Helper",
    caveat="No industry-standard window exists; a shorter one sees fewer repeats.",
    held_back={"immature": ("has_clock", "!is_mature_7d"), "no_clock": ("!has_clock",)},
    follow_up=True,
    wants=FCR_WANTS,
    window_days=7,
    whose="common in contact centres",
)

COMEBACKS: tuple[Metric, ...] = (
    _SEVEN,
    replace(
        _SEVEN,
        id="fcr_5d",
        label="FCR, 5 days",
        measure=Share(of=("is_first_contact_5d",), among=("is_mature_5d",)),
        definition="First contact resolution with a window of 5 days, whatever the run's is.",
        source="5 to 7 days: supportman.io; 3 to 5 business days: ticketboard.cc",
        held_back={"immature": ("has_clock", "!is_mature_5d"), "no_clock": ("!has_clock",)},
        window_days=5,
    ),
    Metric(
        id="no_comeback_7d",
        label="No comeback in 7 days",
        family="tickets",
        measure=Share(
            of=("is_resolved", "!is_reopened", "!is_contacted_again_7d"),
            among=("is_ever_resolved", "is_mature_7d"),
        ),
        unit="percent",
        better="up",
        rule="never reopened and no further ticket of the customer in {window} days, any issue, "
        "of tickets ever resolved",
        definition="Mature tickets never reopened and not followed by another ticket of the "
        "customer within 7 days, of mature tickets ever resolved.",
        needs=(*FOLLOWED, REOPEN[0]),
        source="internal rule of SQM Group, 1 to 30 days; decisions.md#rules-of-other-systems",
        caveat="An unrelated second question counts as a failure.",
        held_back={
            "immature": ("is_ever_resolved", "has_clock", "!is_mature_7d"),
            "no_clock": ("is_ever_resolved", "!has_clock"),
        },
        follow_up=True,
        window_days=7,
        whose="contact centres, SQM internal",
    ),
    Metric(
        id="no_contact_7d_queuemetrics",
        label="No contact in 7 days, QueueMetrics",
        family="tickets",
        measure=Share(of=("!is_contacted_again_7d",), among=()),
        unit="percent",
        better="up",
        rule="no further ticket of the customer in {window} days (168 h), any issue, of all "
        "tickets of any age",
        definition="Tickets not followed by another ticket of the same customer within 168 hours, "
        "of all tickets; unknown customers never come back.",
        needs=FOLLOWED,
        source="QueueMetrics, queuemetrics.com/blog/2018/06/20",
        caveat="Biased upward: young tickets count as successes, and so do open ones.",
        follow_up=True,
        window_days=7,
        whose="QueueMetrics",
    ),
    Metric(
        id="never_reopened_kustomer",
        label="Never reopened (Kustomer)",
        family="tickets",
        measure=Share(of=("is_resolved", "!is_reopened"), among=("is_ever_resolved",)),
        unit="percent",
        better="up",
        rule="resolved now and never reopened, of tickets ever resolved and never merged",
        definition="Tickets resolved now and never reopened, of tickets ever resolved; merged ones "
        "are in neither.",
        needs=REOPEN,
        source="Kustomer, help.kustomer.com SJTafn5LM",
        caveat="Blind to new tickets of the same customer. Kustomer dates it by the first time "
        "that the conversation was done.",
        whose="Kustomer",
    ),
)
"""No comeback: on the ticket, or of the customer within a window."""

REOPENS: tuple[Metric, ...] = (
    Metric(
        id="reopen_rate_zendesk",
        label="Reopened, merged tickets too",
        family="with_merged",
        measure=Share(of=("is_reopened",), among=("is_ever_resolved",)),
        unit="percent",
        better="under 15",
        rule="tickets reopened at least once, of tickets ever resolved, merged ones too",
        definition="Tickets reopened at least once, of tickets ever resolved, merged ones "
        "included.",
        needs=REOPEN,
        source="Zendesk Explore, support.zendesk.com article 4408827693594",
        caveat="Merged tickets swell the denominator. A closed ticket can't be reopened: the "
        "answer becomes a follow-up ticket.",
        whose="Zendesk Explore",
    ),
    Metric(
        id="reopen_rate_resolved",
        label="Reopened of resolved now",
        family="with_merged",
        measure=Share(of=("is_reopened",), among=("is_resolved",)),
        unit="percent",
        better="under 15",
        rule="tickets reopened at least once, of tickets resolved now, merged ones too",
        definition="Tickets resolved now that were reopened at least once, of tickets resolved "
        "now.",
        needs=REOPEN,
        source="ServiceNow and others that divide by resolved tickets",
        caveat="Tickets that are open again, the clearest reopens, are in neither count.",
        whose="ServiceNow",
    ),
    Metric(
        id="reopen_events_zendesk",
        label="Reopens per ticket, merged too",
        family="with_merged",
        measure=Mean(value="n_reopens", among=("is_ever_resolved",), clip="zero"),
        unit="per ticket",
        better="down",
        rule="reopen events per ticket ever resolved, merged ones too",
        definition="Changes from solved to open, divided by tickets ever resolved, merged ones "
        "included.",
        needs=REOPEN,
        source="Zendesk Explore, support.zendesk.com article 4408827693594",
        caveat="A ticket solved and reopened in one update isn't counted by Zendesk.",
        whose="Zendesk Explore",
    ),
    Metric(
        id="reopen_events_dbt",
        label="Solves less one, per ticket",
        family="with_merged",
        measure=Mean(value="n_solves_less_one", among=("is_ever_resolved",), clip="zero"),
        unit="per ticket",
        better="down",
        rule="times solved less 1, per ticket ever resolved, merged ones too",
        definition="How often a ticket was solved after the first time, divided by tickets ever "
        "resolved.",
        needs=REOPEN,
        source="dbt_zendesk d4a8aa37, count of solved transitions",
        caveat="A ticket that is open again counts as not reopened until it is solved again.",
        whose="dbt_zendesk",
    ),
)
"""Who is counted as reopened, and of what."""
