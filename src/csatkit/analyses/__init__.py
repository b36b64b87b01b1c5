"""One question each: an analysis turns opened inputs and settings into a Report.

Commands and the Python API come in through `run`; `questions` says which analysis answers what, and
each analysis is one module here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from csatkit.analyses.questions import QUESTIONS, Asked, default_dims
from csatkit.errors import UsageError
from csatkit.progress import stage
from csatkit.report import Report
from csatkit.settings import Settings

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace
    from csatkit.load import Data

__all__ = ["COMMANDS", "OPTIONS", "default_dims", "run"]

COMMANDS = (*QUESTIONS, "inspect")
"""The questions that `run` can answer."""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    name: question.options for name, question in QUESTIONS.items() if question.options
}
"""Command → options that it alone takes, which the Python functions accept by name too."""


def run(
    command: str,
    data: Data,
    settings: Settings,
    *,
    metrics: Sequence[str] | None = None,
    ticket: str | None = None,
    options: Mapping[str, str] | None = None,
    targets: Sequence[Mapping[str, object]] = (),
    goals: Sequence[Mapping[str, object]] = (),
) -> Report:
    """Answer one command's question.

    Args:
        command: one of `COMMANDS`.
        data: the opened inputs.
        settings: the run's settings.
        metrics: ids of metrics, where the command takes them.
        ticket: the ticket that `explain` is about.
        options: what the command alone takes, as written (`OPTIONS`); `explain` asks for the
            formulas behind the answer.
        targets: `[[target]]` tables, checked by `config_file`.
        goals: `[[goal]]` tables, checked as well.

    Raises:
        UsageError: an unknown command, metric or column.
        InputError: the data can't be used.
        NothingToEvaluate: no row to evaluate.
    """
    if command not in COMMANDS:
        raise UsageError.unknown("command", command, COMMANDS)
    if command == "inspect":
        from csatkit.analyses.doctor import Opened, inspection

        return inspection(Opened(data), settings)
    asked = Asked(command, data, settings, metrics, ticket, options or {}, targets, goals)
    return _answered(QUESTIONS[command].prepared(asked))


def _answered(asked: Asked) -> Report:
    from csatkit.analyses.assembling import limited, with_selection
    from csatkit.analyses.workspace import open_workspace

    question = QUESTIONS[asked.command]
    cell = asked.settings.tickets_of
    ws = open_workspace(
        asked.data,
        asked.settings,
        question.needs(asked),
        rows=cell is not None or question.has_whole_rows(asked),
        dims=question.reads(asked),
    )
    _keep_rejects(ws, asked.settings)
    stage("counting")
    if cell is not None:
        if question.behind is not None:
            return limited(question.behind(ws, asked, cell), ws)
        from csatkit.analyses.behind import tickets_behind

        return limited(tickets_behind(ws, asked.command, tuple(question.needs(asked))), ws)
    report = limited(with_selection(question.answer(ws, asked), ws), ws)
    return _explained(report) if "explain" in asked.options else report


def _keep_rejects(ws: Workspace, settings: Settings) -> None:
    """Write the rows that were left out, where that is asked for."""
    if settings.rejects is not None:
        from csatkit.analyses.rejects import write_rejects

        write_rejects(ws, settings.rejects)


def _explained(report: Report) -> Report:
    from csatkit.analyses.formulas import with_formulas

    return with_formulas(report)
