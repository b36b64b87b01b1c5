"""`csatkit goals`: whether targets can be planned on, and when anybody could tell."""

from __future__ import annotations

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.history import history_of
from csatkit.cli.options import EXPLAIN, HISTORY, Option, shared
from csatkit.cli.targets import MAX, MIN, PANEL, goals_of, targets_of

__all__ = ["COMMAND"]

LENGTH = Option(
    "period_length", ("--period-length",), "month|quarter",
    "How long the goal has, and how long a period is. Default: quarter.", PANEL,
    choices=lambda: ("month", "quarter"),
)  # fmt: skip


def _run(given: Values) -> None:
    from csatkit.analyses.choices import period_length
    from csatkit.analyses.goals_asked import refuse_history

    goals = goals_of(given)
    targets = targets_of(given, is_required=not goals)
    if given.get("history") is not None and not goals:
        refuse_history("goals")
    options = {
        "period_length": period_length(given.get("period_length") or "quarter"),
        **history_of("goals", given),
    }
    answer("goals", given, options=options, targets=targets, goals=goals)


COMMAND = Command(
    "goals",
    "Follow the goals of the configuration, [[goal]] tables with a baseline, a target, a due day,"
    " an action and guardrails: how far each has come and whether that is more than noise, whether"
    " it will be reached in time, what it cost the guardrails, drift in the six months after it was"
    " met, and the next target in reach.\n\nCheck targets before anybody is held to them: more than"
    " 5 points a quarter is unrealistic, 2 to 5 realistic, less is within noise unless enough"
    " ratings come in. Shows the ratings that a period needs and the months until a change can be"
    " seen at today's volume. Targets are the [[target]] tables, and --min and --max; --by cuts"
    " those that have no breakdown of their own.\n\nWithout --period goals are judged on the last"
    " complete period of --period-length, targets on the last 13 weeks.",
    _run,
    (MIN, MAX, LENGTH, HISTORY, *shared(), EXPLAIN),
    examples={
        "csatkit goals tickets.csv surveys.csv --min csat=85": "one goal for the next quarter",
        "csatkit goals tickets.csv --max reopen_rate=8 --period-length month": "a month for it",
    },
)
