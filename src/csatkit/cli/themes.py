"""`csatkit themes`: what unhappy customers write about."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("themes", given)


COMMAND = Command(
    "themes",
    "Show what unhappy customers write about: themes by word patterns in comments and tags"
    " (repeated themselves, transferred, broken promise, scripted, premature resolution, authority,"
    " slow, bug; English, German, French, Spanish), each with its share of the low-score comments"
    " and whether that makes it a process fault (20 % or more); product problems: which share of"
    " all low scores goes with a theme or a tag; words that stand out; examples. --tickets-of"
    " theme:NAME, tag:NAME or word:WORD lists the low scores behind a line, with their"
    " comments.\n\nYour own patterns go into csatkit.toml:"
    " [themes] parcel = ['\\bparcel\\b']. --privacy ids shows no comments.",
    _run,
    # Comments are dated by their answers; nothing looks at what followed a ticket.
    shared(
        without=("by", "week_start", "window", "repeat_on", "mature_surveys", "outreach"),
    ),
    examples={
        "csatkit themes tickets.csv surveys.csv": "what unhappy customers write about",
        "csatkit themes surveys.csv --period last-month": "a file of answers is enough",
        "csatkit themes --demo --tickets-of theme:slow": "the low scores behind a theme",
    },
)  # fmt: skip
