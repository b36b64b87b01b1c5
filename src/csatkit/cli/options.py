"""Every option that commands share, declared once: name, unit, default, help, heading.

A command takes all shared options but those that mean nothing for it. What an option's value means
is read elsewhere (`config`), so here each is a text, a list of texts or a switch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = [
    "EXPLAIN",
    "HISTORY",
    "LIKE",
    "OUTPUT",
    "SHARED",
    "Argument",
    "Option",
    "by_flag",
    "shared",
]

Kind = Literal["text", "list", "switch", "number", "pair"]

READING = "Reading the data"
ROWS = "Which rows"
CUTS = "How they are cut"
RULES = "Rules"
STATISTICS = "Statistics"
HEALTH = "Health of the data"
OUT = "Output"


@dataclass(frozen=True, slots=True)
class Argument:
    """A positional argument."""

    key: str
    metavar: str
    help: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Args:
        key: its name in the values that a command gets, and in `CSATKIT_*`.
        flags: how it is written.
        metavar: the placeholder of its value; empty for a switch.
        help: what it does, its unit and its default.
        panel: the heading it stands under.
        kind: a switch, a text, a whole number, two texts, or a text that may be repeated.
        choices: names to complete, called only while completing.
    """

    key: str
    flags: tuple[str, ...]
    metavar: str
    help: str
    panel: str
    kind: Kind = "text"
    choices: Callable[[], Iterable[str]] | None = None


def _words(*names: str) -> Callable[[], Iterable[str]]:
    return lambda: names


def _toml(folder: str, *extra: str) -> Callable[[], Iterable[str]]:
    def choices() -> Iterable[str]:
        files = (Path(__file__).parent.parent / folder).glob("*.toml")
        return sorted({f.stem for f in files} | set(extra))

    return choices


def _formats() -> Iterable[str]:
    from csatkit.render import FORMATS

    return FORMATS


def _systems() -> Iterable[str]:
    from csatkit.metrics.vendors import VENDORS

    return VENDORS


SHARED: tuple[Option, ...] = (
    Option("demo", ("--demo",), "", "Use the embedded sample of 8,000 tickets.", READING, "switch"),
    Option("outreach", ("--outreach",), "FILE", "Rows about what followed a low score.", READING),
    Option(
        "config", ("--config",), "FILE",
        "Configuration to use. Default: csatkit.toml or pyproject.toml here or above.", READING,
    ),
    Option(
        "preset", ("--preset",), "NAME",
        "The system the export comes from; 'none' switches recognition off. Default: recognised.",
        READING, choices=_toml("load/presets", "none"),
    ),
    Option(
        "map", ("--map",), "NAME=HEADER",
        "The header that holds a column, e.g. agent=Assignee; an empty header unmaps. Repeatable.",
        READING, "list",
    ),
    Option("scale", ("--scale",), "SCALE", "Scale of the scores, e.g. 1-5. Default: recognised.",
           READING),
    Option(
        "date_format", ("--date-format",), "FORMAT",
        "dmy, mdy, ymd, epoch, epoch-ms or a pattern such as '%d.%m.%Y'. Default: recognised.",
        READING, choices=_words("dmy", "mdy", "ymd", "epoch", "epoch-ms"),
    ),
    Option("engine", ("--engine",), "polars|spark", "What computes the totals. Default: polars.",
           READING, choices=_words("polars", "spark")),
    Option("spark_master", ("--spark-master",), "URL",
           "Where Spark runs, e.g. local[4] or yarn. Default: as it is configured.", READING),
    Option("spark_conf", ("--spark-conf",), "NAME=VALUE",
           "A setting of Spark, e.g. spark.executor.memory=8g. Repeatable.", READING, "list"),
    Option("max_memory", ("--max-memory",), "SIZE",
           "Memory above which rows go through the disk, e.g. 4GB. Default: 60% of what is free.",
           READING),
    Option(
        "as_of", ("--as-of",), "WHEN",
        "Where the data ends: a day, an instant, today or now; an earlier one replays."
        " Default: the latest instant of the data.",
        ROWS, choices=_words("today", "now"),
    ),
    Option("from", ("--from",), "DAY", "First day, included (YYYY-MM-DD).", ROWS),
    Option("to", ("--to",), "DAY", "Last day, included (YYYY-MM-DD).", ROWS),
    Option(
        "period", ("--period",), "PERIOD",
        "last-week, last-month and so on, counted from the data end; 2026-W05, 2026-03, 2026-Q1,"
        " 2026, 2026-03-31.",
        ROWS, choices=_words("yesterday", "last-day", "last-week", "last-month", "last-quarter",
                             "last-year"),
    ),
    Option(
        "where", ("--where",), "CONDITION",
        "column=value, !=, <, <=, >, >= or 'column in a|b'. Repeatable: all must hold.",
        ROWS, "list",
    ),
    Option(
        "by", ("--by",), "COLUMN,...",
        "Break down by these columns, crossed; also day, week, month, quarter, weekday, daypart,"
        " hour. Repeat for separate tables.",
        CUTS, "list",
        _words("agent", "team", "channel", "issue_type", "customer_segment", "day", "week",
               "month", "quarter", "weekday", "daypart", "hour"),
    ),
    Option("tz", ("--tz",), "ZONE",
           "Time zone of days, weeks and periods. Default: the data's, else UTC.",
           CUTS),
    Option("week_start", ("--week-start",), "DAY", "First day of a week, mon to sun. Default: mon.",
           CUTS, choices=_words("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    Option("tickets_of", ("--tickets-of",), "CELL",
           "Name the tickets behind a cell of the tables, e.g. channel=email.", CUTS),
    Option("window", ("--window",), "DAYS",
           "Days in which a further contact is a repeat; 36h is fine too. Default: 14.", RULES),
    Option("repeat_on", ("--repeat-on",), "issue|customer",
           "What makes two tickets the same issue. Default: issue.", RULES,
           choices=_words("issue", "customer")),
    Option("clock", ("--clock",), "family|resolved|created|responded",
           "The instant that dates a row. Default: family, each metric its own.", RULES,
           choices=_words("family", "resolved", "created", "responded")),
    Option("rating", ("--rating",), "first|last|all",
           "Which answer of a ticket is its rating. Default: first.", RULES,
           choices=_words("first", "last", "all")),
    Option("mature_surveys", ("--mature-surveys",), "",
           "Leave young surveys out of the response rate too.", RULES, "switch"),
    Option("level", ("--level",), "SHARE", "Level of intervals, between 0 and 1. Default: 0.95.",
           STATISTICS),
    Option("min_n", ("--min-n",), "COUNT",
           "Rows below which a number is marked small. Default: 10.", STATISTICS),
    Option("profile", ("--profile",), "NAME", "Thresholds and bands. Default: default.", STATISTICS,
           choices=_toml("profiles", "default")),
    Option("strict", ("--strict",), "", "Fail on any value that doesn't parse. Default: above 1 %.",
           HEALTH, "switch"),
    Option("rejects", ("--rejects",), "FILE", "Write the rows that were left out to this file.",
           HEALTH),
    Option("max_age", ("--max-age",), "LENGTH",
           "Fail when the data is older by the clock, e.g. 36h. Default: any age.", HEALTH),
    Option("allow_empty", ("--allow-empty",), "", "Exit 0 where no row is left to evaluate.",
           HEALTH, "switch"),
    Option("privacy", ("--privacy",), "all|ids|none",
           "What is shown of people: ids leaves comments out, none ids too. Default: all.", OUT,
           choices=_words("all", "ids", "none")),
)  # fmt: skip
"""Options of commands that read data, in the order of the help pages."""

OUTPUT: tuple[Option, ...] = (
    Option("format", ("--format", "-f"), "FORMAT",
           "table, markdown, html, xlsx, json, csv, parquet and others. Default: by the suffix of"
           " --output, else table.",
           OUT, choices=_formats),
    Option("output", ("--output", "-o"), "FILE", "Write to this file. Default: stdout.",
           OUT),
    Option("quiet", ("--quiet", "-q"), "", "Keep notes and progress off stderr.", OUT, "switch"),
    Option("no_color", ("--no-color",), "", "No colour; NO_COLOR does the same.", OUT, "switch"),
    Option("debug", ("--debug",), "", "Show the traceback of an error.", OUT, "switch"),
)  # fmt: skip
"""Options of every command that prints a result."""

EXPLAIN = Option("explain", ("--explain",), "",
                 "Add the formula and the source of every method used.", OUT, "switch")  # fmt: skip
"""For commands whose methods want explaining."""

HISTORY = Option("history", ("--history",), "FILE.parquet",
                 "Keep every period's totals in this file and draw on it, so that old exports"
                 " aren't needed. Made where there is none.", READING)  # fmt: skip
"""For commands that look at several periods."""

LIKE = Option("like", ("--like",), "SYSTEM",
              "Let another system's rules lead, under their own names: zendesk, freshservice,"
              " kustomer and so on. Default: csatkit's own.", RULES, choices=_systems)  # fmt: skip
"""For commands whose headline can follow another system."""


def shared(without: Iterable[str] = ()) -> tuple[Option, ...]:
    """Return the shared options but those that mean nothing for a command.

    Args:
        without: keys of the options to leave out.

    Raises:
        KeyError: a key that no option has.
    """
    left_out = set(without)
    unknown = left_out - {o.key for o in SHARED}
    if unknown:
        raise KeyError(min(unknown))
    return tuple(o for o in SHARED if o.key not in left_out) + OUTPUT


def by_flag(flag: str) -> Option | None:
    """Return the shared option that is written like this, or None."""
    return next((o for o in SHARED + OUTPUT if flag in o.flags), None)
