"""Questions about causes: what goes with a score, whose problem it is, by whose rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from csatkit.analyses.questions.asked import Asked, Dims, Question, each, usual
from csatkit.report import Report

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace

__all__ = ["CAUSES"]


def _drivers(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.drivers import drivers

    return drivers(ws, asked.options.get("outcome", "csat"))


def _of_drivers(_: Asked) -> tuple[str, ...]:
    from csatkit.analyses.drivers import NEEDED

    return NEEDED


def _behind_drivers(ws: Workspace, asked: Asked, cell: str) -> Report:
    from csatkit.analyses.behind import tickets_behind
    from csatkit.analyses.drivers import is_driver_cell, tickets_of_driver

    if is_driver_cell(cell):
        return tickets_of_driver(ws, asked.options.get("outcome", "csat"))
    return tickets_behind(ws, asked.command, _of_drivers(asked))


def _diagnose(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.diagnose import diagnose

    return diagnose(ws, asked.options.get("outcome", "csat"))


def _of_diagnose(_: Asked) -> tuple[str, ...]:
    from csatkit.analyses.diagnose import NEEDED

    return NEEDED


def _read_by_diagnose(asked: Asked) -> Dims:
    from csatkit.analyses.themes import columns_read

    return [*usual(asked), *each(columns_read(asked.data, asked.settings))]


def _behind_diagnose(ws: Workspace, asked: Asked, cell: str) -> Report:
    from csatkit.analyses.behind import tickets_behind
    from csatkit.analyses.themes import is_theme_cell, tickets_of_theme

    if is_theme_cell(cell):
        return tickets_of_theme(ws)
    first = ("fcr",) if asked.options.get("outcome") == "fcr" else ()
    return tickets_behind(ws, asked.command, (*first, *_of_diagnose(asked)))


def _themes(ws: Workspace, _: Asked) -> Report:
    from csatkit.analyses.themes import themes

    return themes(ws)


def _of_themes(_: Asked) -> tuple[str, ...]:
    return ("csat", "low_share", "response_rate")


def _read_by_themes(asked: Asked) -> Dims:
    from csatkit.analyses.themes import columns_read

    return each(columns_read(asked.data, asked.settings))


def _behind_themes(ws: Workspace, asked: Asked, cell: str) -> Report:
    from csatkit.analyses.behind import tickets_behind
    from csatkit.analyses.themes import is_theme_cell, tickets_of_theme

    if is_theme_cell(cell):
        return tickets_of_theme(ws)
    return tickets_behind(ws, asked.command, _of_themes(asked))


def _reconcile(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.reconcile import reconcile

    return reconcile(ws, asked.options)


def _of_reconcile(_: Asked) -> tuple[str, ...]:
    from csatkit.analyses.reconcile import RULES

    return RULES


CAUSES: Mapping[str, Question] = {
    "drivers": Question(_drivers, _of_drivers, usual, ("outcome",), behind=_behind_drivers),
    "diagnose": Question(
        _diagnose, _of_diagnose, _read_by_diagnose, ("outcome",), behind=_behind_diagnose
    ),
    "themes": Question(_themes, _of_themes, _read_by_themes, behind=_behind_themes),
    "reconcile": Question(
        _reconcile,
        _of_reconcile,
        options=("like", "flips"),
        has_whole_rows=lambda asked: "flips" in asked.options,
    ),
}
