"""`csatkit diagnose`: whose problem low scores are, the agents', the process's or the channel's."""

from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, shared
from csatkit.cli.outcome import explain_outcome, outcome_option

__all__ = ["COMMAND"]

OUTCOME = outcome_option("What is diagnosed")


def _run(given: Values) -> None:
    explain_outcome("diagnose", given)


COMMAND = Command(
    "diagnose",
    "Tell whose problem low scores are: the agents' (coaching), the process's or the knowledge's"
    " (issue types low for everybody), or the channel's (design, routing). How much of the"
    " differences goes with each, with uncertainty; who and what is low with everything else held"
    " equal; where low scores gather; staffing by weekday and daypart; and which channel serves"
    " each issue type best.\n\nOut of differences that chance explains nobody is named. Agents are"
    " judged on the tickets that they get.",
    _run,
    # What is compared is fixed: agents, types, channels, segments and times.
    (OUTCOME, *shared(without=("by",)), EXPLAIN),
    examples={
        "csatkit diagnose tickets.csv surveys.csv": "agents, process or channel?",
        "csatkit diagnose tickets.csv --outcome fcr": "first contact resolution, without ratings",
        "csatkit diagnose --demo --tickets-of csat:failed,issue_type=refund":
            "the low scores behind a finding",
    },
)  # fmt: skip
