"""`csatkit digest`: the summary of the last complete day, week, month or quarter."""

from __future__ import annotations

from csatkit.cli.answer import answer, settings_of
from csatkit.cli.command import SURVEYS, TICKETS, Command, Values
from csatkit.cli.history import history_of
from csatkit.cli.options import HISTORY, Argument, shared
from csatkit.cli.targets import MAX, MIN, goals_of, targets_of

__all__ = ["COMMAND"]

KIND = Argument("kind", "KIND", "daily, weekly, monthly or quarterly.", is_required=True)


def _run(given: Values) -> None:
    from csatkit.analyses.digest.kinds import kind_of, refuse_history, refuse_targets

    kind = kind_of(given["kind"])
    rest = {key: value for key, value in given.items() if key != "kind"}
    if rest.get("min") or rest.get("max"):
        refuse_targets(kind)
    # The targets of the configuration are for `check` as well; here the quarter asks about them.
    targets = targets_of(rest, is_required=False) if kind.has_targets else []
    goals = goals_of(rest) if kind.has_targets else []
    if rest.get("history") is not None:
        refuse_history(kind, has_goals=bool(goals))
    line = f"digest {kind.name}"
    settings_of(line, rest)  # names the whole command where there is no data to read
    options = {"kind": kind.name, **history_of(line, rest)}
    answer("digest", rest, options=options, targets=targets, goals=goals)


COMMAND = Command(
    "digest",
    "Sum up the last complete day, week, month or quarter, for a cron job or a Monday morning."
    " daily: yesterday's CSAT. weekly: what changed and whether it is noise, low scores to read,"
    " bright spots, what to look at; at most 1,000 words. monthly: segments, why CSAT changed,"
    " where first contacts failed. quarterly: how the goals stand, [[goal]]"
    " tables with their baseline, guardrails and drift, and what to ask next.\n\n"
    "The data end decides what is complete; --as-of sets it and makes a run repeatable. First"
    " contact resolution is about the latest period whose follow-up has closed, and says so. A"
    " period without any row is exit 5.",
    _run,
    (MIN, MAX, HISTORY, *shared()),
    arguments=(KIND, TICKETS, SURVEYS),
    examples={
        "csatkit digest weekly tickets.csv surveys.csv": "the last complete week",
        "csatkit digest monthly tickets.csv surveys.csv --privacy ids -o march.md":
            "a month to hand on, without names and comments",
        "csatkit digest quarterly tickets.csv surveys.csv --min csat=85":
            "how a goal stands, and the next one",
        "csatkit digest daily tickets.csv surveys.csv --as-of 2026-03-31":
            "the day before, the same at every run",
    },
)  # fmt: skip
