"""`csatkit reconcile`: the same export under the rules of other systems."""

from __future__ import annotations

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import LIKE, RULES, Option, shared
from csatkit.errors import UsageError

__all__ = ["COMMAND"]

FLIPS = Option(
    "flips", ("--flips",), "RULE_A RULE_B",
    "List the tickets on which two rules differ, with the reason; see 'csatkit metrics'.",
    RULES, "pair",
)  # fmt: skip


def _run(given: Values) -> None:
    options: dict[str, str] = {}
    if (pair := given.get("flips")) is not None:
        from csatkit.analyses.choices import two_rules

        if given.get("like") is not None:
            raise UsageError("--flips names both rules, so --like means nothing beside it")
        options["flips"] = ",".join(pair)
        two_rules(options["flips"])  # what is wrong with it is said before a file is opened
    if (like := given.get("like")) is not None:
        from csatkit.analyses.likeness import vendor_of

        vendor_of(like)
        options["like"] = like
    answer("reconcile", given, options=options)


COMMAND = Command(
    "reconcile",
    "Show CSAT, first contact, reopens and response under every named rule that the columns allow:"
    " value, numerator, denominator and the difference from the headline's rule on the same"
    " tickets, with its interval; which tickets flip between any two rules; whose rule it is and"
    " where that is said.\n\nFor whoever sees one number here and another in the help desk for the"
    " same month.",
    _run,
    (FLIPS, LIKE, *shared(without=("by",))),
    examples={
        "csatkit reconcile --demo": "every rule on the sample",
        "csatkit reconcile tickets.csv surveys.csv --like zendesk": "Zendesk's rules lead",
        "csatkit reconcile tickets.csv --flips fcr one_touch_zendesk --format csv":
            "the tickets behind a difference",
    },
)  # fmt: skip
