"""`csatkit recovery`: were unhappy customers called in time, and did it help."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("recovery", given)


COMMAND = Command(
    "recovery",
    "Show the recovery rate (outreach within 24 hours, target 80 %), the upgrade rate (a higher"
    " second score, target 40 %) and the recovery CSAT (mean second score, target 4.2), each with"
    " its own denominator; how soon outreach comes; and what second ratings are worth beside those"
    " of customers whom nobody called.\n\nOutreach is read from --outreach: ticket_id, outreach_at,"
    " outreach_by, second_score, second_score_at. Low scores younger than 24 hours are held back.",
    _run,
    # A rating has no window and no follow-up.
    (
        *shared(without=("window", "repeat_on", "mature_surveys", "profile")),
        EXPLAIN,
    ),
    examples={
        "csatkit recovery tickets.csv surveys.csv --outreach outreach.csv": "the three rates",
        "csatkit recovery --demo --by team": "by team, on the sample",
        "csatkit recovery --demo --tickets-of recovery_rate:failed":
            "the low scores that waited too long",
    },
)  # fmt: skip
