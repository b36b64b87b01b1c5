"""`csatkit fcr`: how many requests needed one contact."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, RULES, Option, shared

__all__ = ["COMMAND"]


WINDOWS = Option(
    "windows", ("--windows",), "DAYS,...",
    "Compare these windows, e.g. 5,7,14,30, each with its own maturity. Default: --window alone.",
    RULES,
)  # fmt: skip


DEFLECTION = Option(
    "deflection", ("--deflection",), "",
    "Add what follows deflected contacts (containment, CSAT and FCR of the tickets that come after)"
    " and what a change of channel within an issue costs.",
    RULES, "switch",
)  # fmt: skip


def _run(given: Values) -> None:
    options = {}
    if (written := given.get("windows")) is not None:
        from csatkit.analyses.choices import windows

        windows(written)  # what is wrong with it is said before a file is opened
        options["windows"] = written
    if given.get("deflection"):
        options["deflection"] = "yes"
    answer("fcr", given, options=options)


COMMAND = Command(
    "fcr",
    "Show first contact resolution with its window, the reasons of the failures, and the repeat"
    " contact rate, overall and --by; the curve of repeat contacts by day; the matured, the"
    " Kaplan-Meier and the naive rate side by side.\n\nOnly mature tickets count: those whose"
    " window closed before the data ends. How many were held back is said.",
    _run,
    # Scores and surveys don't enter; no profile has bands for it.
    (
        WINDOWS,
        DEFLECTION,
        *shared(without=("scale", "rating", "mature_surveys", "profile")),
        EXPLAIN,
    ),
    examples={
        "csatkit fcr tickets.csv --by issue_type": "overall and per issue type",
        "csatkit fcr tickets.csv --window 7 --repeat-on customer": "7 days, any issue",
        "csatkit fcr tickets.csv --windows 5,7,14,30": "one line per window",
        "csatkit fcr tickets.csv surveys.csv --deflection": "what self-service leads to",
        "csatkit fcr tickets.csv --tickets-of channel=email": "with the tickets behind a row",
    },
)
