"""`csatkit explain`: why one ticket counts the way it does."""

from csatkit.cli.answer import answer
from csatkit.cli.command import SURVEYS, TICKETS, Command, Values
from csatkit.cli.options import Argument, shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    rest = {key: value for key, value in given.items() if key != "ticket_id"}
    answer("explain", rest, ticket=given["ticket_id"])


COMMAND = Command(
    "explain",
    "Show what csatkit knows about one ticket: its contacts, its rating, whether it is mature,"
    " whether it was resolved on first contact and if not, why; and which denominators it is in.",
    _run,
    # One ticket is neither selected, nor cut, nor estimated.
    shared(
        without=(
            "from", "to", "period", "where", "by", "week_start", "tickets_of", "clock",
            "mature_surveys", "level", "min_n", "profile", "allow_empty",
        )
    ),
    arguments=(
        Argument("ticket_id", "TICKET_ID", "The ticket.", is_required=True), TICKETS, SURVEYS,
    ),
    examples={
        "csatkit explain 10234 tickets.csv surveys.csv": "ticket 10234",
        "csatkit explain 10234 tickets.csv --window 7": "with another window",
    },
)  # fmt: skip
