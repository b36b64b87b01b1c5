"""`csatkit surveys`: is the survey practice healthy, and what to change first."""

from __future__ import annotations

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.listing import rows_for_reader
from csatkit.cli.options import shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("surveys", given, options=rows_for_reader(given))


COMMAND = Command(
    "surveys",
    "Audit the survey practice: rules of courtesy that were broken (30 days between surveys, 14"
    " days after a low score, VIP customers once a quarter, not before the resolution, at most 60 %"
    " of tickets), how soon surveys go out and what that does to answers, whose tickets are never"
    " surveyed, answers by mail scanners, channels and delivery. What to change first comes first."
    "\n\nA rule looks at all of a customer's surveys, whatever the selection. --tickets-of"
    " within_30_days, after_low_score, vip_quarter, mid_conversation or social_unresolved lists the"
    " surveys that break it.",
    _run,
    # Surveys have no window and no follow-up, and are dated by their sending.
    shared(without=("by", "window", "repeat_on", "clock", "profile")),
    examples={
        "csatkit surveys tickets.csv surveys.csv": "the audit",
        "csatkit surveys tickets.csv surveys.csv --period last-quarter -o surveys.html":
            "of the last quarter, as a page",
        "csatkit surveys tickets.csv surveys.csv --tickets-of within_30_days":
            "the surveys that came too soon after another",
    },
)  # fmt: skip
