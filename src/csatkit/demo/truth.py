"""What is planted in the sample, and how strong: the answer sheet for every analysis.

One frozen record holds the facts; `NULL` is the same record with all of them taken out. The
generator only reads the record, so null mode isn't a second code path. Chances are per million,
effects on satisfaction in percentage points of a ticket's chance to be rated 4 or 5. `docs/demo.md`
says the same in prose, and a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["NULL", "TRUTH", "Truth", "truth"]


@dataclass(frozen=True, slots=True)
class Truth:
    """The planted facts."""

    agents_worse: tuple[str, ...] = ("Diego", "Nadia")
    """Their customers are less satisfied with the same tickets."""
    agents_better: tuple[str, ...] = ("Mei",)
    """Her customers are more satisfied with the same tickets."""
    agents_rarely_surveyed: tuple[str, ...] = ("Ivan", "Rosa")
    """Their tickets are surveyed less often; their work is as good as anyone's."""
    agent_unlucky: str | None = "Tariq"
    """An average agent who gets an outsize share of the broken issue: raw CSAT misjudges him."""
    weak_channel: str | None = "email"
    """Lower CSAT and slow first responses."""
    broken_issue: str | None = "refund"
    """A process that fails whoever works on it: low CSAT, low FCR."""

    base_satisfied: int = 92
    """Chance, in percent, of a ticket to which nothing below applies."""
    ceiling_satisfied: int = 995_000
    """No ticket is surer to satisfy than this, per million: it caps the better agent's bonus."""
    floor_satisfied: int = 50_000
    """No ticket is more hopeless than this, per million."""
    agent_worse_points: int = -18
    agent_better_points: int = 18
    """About 13 in effect, because of the ceiling."""
    weak_channel_points: int = -10
    broken_issue_points: int = -18
    monday_morning_points: int = -10
    reopened_points: int = -12
    transferred_points: int = -12
    further_contact_points: int = -8
    """Once, if the ticket took more than one contact."""
    not_fixed_points: int = -6
    """The cause remained; a repeat contact is likely. Nothing in the data says so directly."""
    channel_switch_points: int = -10
    """The customer came back in another channel than before."""

    not_fixed: int = 160_000
    not_fixed_broken: int = 600_000
    """For the broken issue: hence its repeats."""
    reopened: int = 55_000
    reopened_broken: int = 110_000
    further_contact: int = 40_000
    further_contact_broken: int = 110_000
    transferred: int = 110_000
    never_resolved: int = 20_000

    repeats_not_fixed: int = 400_000
    """Repeats to be expected, per million tickets whose cause remained, within 20 days."""
    repeats_fixed: int = 10_000
    """The same where it was fixed."""
    repeat_days: int = 20
    """The hazard of a repeat falls in a straight line to zero over so many days."""

    monday_volume: int = 160
    """Percent of the usual volume of a Monday's hour, from 6 to 12 o'clock UTC."""
    monday_slowdown: int = 2
    """First responses take so many times as long then."""
    broken_slowdown: int = 2
    """Resolutions of the broken issue take so many times as long."""
    weekday_volume: tuple[int, ...] = (12, 10, 10, 10, 9, 4, 3)
    """Relative volume, Monday to Sunday."""
    equal_channels: bool = False
    """Whether all channels share one distribution of response and resolution times."""

    surveyed_again: int = 80_000
    """Surveys, per million resolved tickets that follow another of the same customer: most were
    asked just before, and survey tools leave such customers alone."""
    rarely_surveyed: int = 400_000
    """Surveys, per million, that are left of those agents' usual ones."""
    sent_early: int = 4_000
    """Surveys, per million, sent in mid-conversation by mistake."""
    vip_asked_again: int = 300_000
    """Surveys of VIP customers, per million, after which a second one goes out in the same quarter
    about the same ticket, 31 to 50 days later. Nobody answers it. Only those among the customers
    who write once are asked so, for several tickets in a quarter would excuse it."""
    scanned: int = 8_000
    """Answers, per million, that come within 45 seconds: links opened by a mail scanner."""
    response_by_score: tuple[int, ...] = (430_000, 310_000, 200_000, 240_000, 350_000)
    """Chance to answer by the score it would be, 1 to 5: the extremes speak up."""
    response_prompt: int = 50_000
    """Added where the survey came within the hour."""
    response_late: int = -80_000
    """Added where it came after more than two hours."""
    comment_by_score: tuple[int, ...] = (650_000, 500_000, 350_000, 120_000, 200_000)
    theme_from_facts: int = 600_000
    """Low-score comments, per million, that speak of what did happen to the ticket."""


TRUTH = Truth()
"""The default sample."""

NULL = replace(
    TRUTH,
    agents_worse=(),
    agents_better=(),
    agents_rarely_surveyed=(),
    agent_unlucky=None,
    weak_channel=None,
    broken_issue=None,
    base_satisfied=80,
    agent_worse_points=0,
    agent_better_points=0,
    weak_channel_points=0,
    broken_issue_points=0,
    monday_morning_points=0,
    reopened_points=0,
    transferred_points=0,
    further_contact_points=0,
    not_fixed_points=0,
    channel_switch_points=0,
    not_fixed=220_000,
    not_fixed_broken=220_000,
    reopened_broken=55_000,
    further_contact_broken=40_000,
    monday_volume=100,
    monday_slowdown=1,
    broken_slowdown=1,
    weekday_volume=(10,) * 7,
    equal_channels=True,
    rarely_surveyed=1_000_000,
    vip_asked_again=0,
    response_by_score=(300_000,) * 5,
    response_prompt=0,
    response_late=0,
    comment_by_score=(300_000,) * 5,
    theme_from_facts=0,
)
"""Nothing to find: whatever an analysis reports on this sample is a false alarm."""


def truth(null: bool) -> Truth:
    """Return the record that a sample is made from."""
    return NULL if null else TRUTH
