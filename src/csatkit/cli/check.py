"""`csatkit check`: targets on exported data as a test like any other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import typer

from csatkit import values
from csatkit.cli import streams
from csatkit.cli.answer import (
    Destination,
    deliver,
    destination,
    report_or_empty,
    settings_of,
)
from csatkit.cli.command import Command, Values
from csatkit.cli.inputs import spare
from csatkit.cli.options import Option, shared
from csatkit.cli.segments import METRIC, metric_names
from csatkit.cli.targets import MAX, MIN, targets_of
from csatkit.errors import UsageError
from csatkit.gate import exit_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from csatkit.report import Report
    from csatkit.settings import Settings

__all__ = ["COMMAND"]

PANEL = "Targets"

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The file in which a GitHub workflow collects what its page shows."""

NO_WORSE = Option(
    "no_worse_than", ("--no-worse-than",), "BASELINE",
    "Shares may lose at most 2 points against this file of --write-baseline.", PANEL,
)  # fmt: skip
WRITE = Option(
    "write_baseline", ("--write-baseline",), "FILE",
    "Write what was measured as a baseline. Without targets nothing is judged.", PANEL,
)  # fmt: skip
BESIDE = Option(
    METRIC.key, METRIC.flags, METRIC.metavar,
    "Metrics to measure for the baseline beside those of the targets. Repeatable."
    " Default without targets: csat,fcr,reopen_rate,response_rate.",
    PANEL, METRIC.kind, METRIC.choices,
)  # fmt: skip
UNDECIDED = Option(
    "inconclusive", ("--inconclusive",), "pass|fail",
    "What stands for verdicts that can't be reached. Default: exit 3.", PANEL,
    choices=lambda: ("pass", "fail"),
)  # fmt: skip

BASELINE_METRICS = ("csat", "fcr", "reopen_rate", "response_rate")


def _run(given: Values) -> None:
    where_to = destination(given, os.environ, "table", has_verdicts=True)
    undecided = given.get("inconclusive")
    if undecided is not None:
        undecided = values.choice("pass", "fail")(undecided, "--inconclusive")
    settings = settings_of("check", given)
    new = given.get("write_baseline")
    targets, beside = _asked(given, is_writing=new is not None)
    _spare(given, where_to, settings, targets)
    report = report_or_empty("check", given, settings, where_to, metrics=beside, targets=targets)
    if new is not None and report.measures:
        _write(report, new)
    deliver(report, where_to)
    if where_to.format == "github":
        _summarise(report)
    if report.targets:
        verdicts = [str(t["verdict"]) for t in report.targets]
        code = exit_code(verdicts, cast("Literal['pass', 'fail'] | None", undecided))
        if code:
            raise typer.Exit(code)


def _spare(
    given: Values,
    where_to: Destination,
    settings: Settings,
    targets: Sequence[Mapping[str, object]],
) -> None:
    """Refuse to write over what is read, and to write two things into one file."""
    new = given.get("write_baseline")
    written = {"--output": where_to.output, "--rejects": settings.rejects, "--write-baseline": new}
    for option, path in written.items():
        spare(option, path, settings)
        if path is not None and any(
            _is_same(path, str(t["no_worse_than"])) for t in targets if "no_worse_than" in t
        ):
            raise UsageError(
                f"{option} {path} is the baseline that is compared with",
                "A baseline that follows every run lets a slow decline pass; write another file.",
            )
    if new is not None and where_to.output is not None and _is_same(new, where_to.output):
        raise UsageError("--write-baseline and --output name one file", "Choose another name.")


def _is_same(path: str, other: str) -> bool:
    return Path(path).resolve() == Path(other).resolve()


def _asked(given: Values, *, is_writing: bool) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    """Return the targets, and the metrics that are measured beside them."""
    from csatkit.analyses.baseline import targets_against

    written = given.get("metric")
    old = given.get("no_worse_than")
    if written and not is_writing and old is None:
        raise UsageError("--metric means nothing here", "It is for --write-baseline.")
    beside = metric_names(written) if written else ()
    against = [] if old is None else targets_against(old, beside or None)
    targets = [*targets_of(given, is_required=not (is_writing or against)), *against]
    if is_writing and not targets and not beside:
        beside = BASELINE_METRICS
    return targets, beside if is_writing else ()


def _write(report: Report, path: str) -> None:
    from csatkit.render import render

    streams.result(render(report, "json"), path, is_exact=True)


def _summarise(report: Report) -> None:
    """Add the verdicts to the page of a GitHub workflow, where one is running."""
    page = os.environ.get(SUMMARY)
    if not page:
        return
    from csatkit.render.github import summary

    try:
        with Path(page).open("a", encoding="utf-8", newline="\n") as file:
            file.write(summary(report))
    except OSError as error:
        # The verdicts are out; a page that can't be written doesn't change them.
        streams.complain(f"warning: {SUMMARY}={page}: can't be written: {error.strerror}")


COMMAND = Command(
    "check",
    "Judge targets: pass where the whole interval meets them, fail where the whole interval misses"
    " them, else inconclusive. Exit code 0: all pass, 1: one fails, 3: none fails and one can't be"
    " decided or computed.\n\nTargets are the [[target]] tables of the configuration, and --min and"
    " --max; --by cuts those that have no breakdown of their own. Too few rows, a skewed response"
    " and windows that haven't closed decide nothing. An empty selection is exit 5, never a pass.",
    _run,
    (MIN, MAX, NO_WORSE, WRITE, BESIDE, UNDECIDED, *shared(("tickets_of",))),
    examples={
        "csatkit check tickets.csv surveys.csv --min csat=75 --max reopen_rate=15":
            "two targets, without a file",
        "csatkit check tickets.csv surveys.csv --min csat=75 --format junit -o csat.xml":
            "for a CI server",
        "csatkit check tickets.csv -m fcr,reopen_rate --write-baseline march.json":
            "remember where things stand",
        "csatkit check tickets.csv --no-worse-than march.json": "nothing may get worse",
    },
)  # fmt: skip
