"""Questions about figures: how they stand, by what, over time, against a period or a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from csatkit import values
from csatkit.analyses.questions.asked import Asked, Dims, Question, default_dims, each, named, usual
from csatkit.metrics import FAMILIES, find
from csatkit.report import Report

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace

__all__ = ["FIGURES"]


def _family(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.families import family

    names = FAMILIES.get(asked.command) or named(asked)
    return family(asked.command, ws, names, asked.options)


def _of_family(asked: Asked) -> tuple[str, ...]:
    return FAMILIES[asked.command]


def _of_fcr(asked: Asked) -> tuple[str, ...]:
    if "deflection" not in asked.options:
        return FAMILIES["fcr"]
    from csatkit.analyses.deflecting import NEEDED

    return (*FAMILIES["fcr"], *NEEDED)


def _read_by_fcr(asked: Asked) -> Dims:
    tickets = asked.data.tickets
    wanted = "deflection" in asked.options and tickets is not None and tickets.has("channel")
    return [("channel",)] if wanted else []


def _of_response(_: Asked) -> tuple[str, ...]:
    # What the silent could do to CSAT, and all resolved tickets to weigh it for.
    return (*FAMILIES["response"], "csat", "resolution_rate")


def _read_by_response(asked: Asked) -> Dims:
    from csatkit.analyses.choices import columns

    return [tuple(columns(asked.options["adjust"]))] if "adjust" in asked.options else []


def _case_mix(asked: Asked) -> Dims:
    from csatkit.analyses.units import case_mix_of

    return [*case_mix_of(asked.data)]


def _withusual_cuts(asked: Asked) -> Asked:
    if asked.settings.by:
        return asked
    by = tuple(default_dims(asked.data, asked.settings))
    return replace(asked, settings=replace(asked.settings, by=by))


def _report(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.overview import overview

    return overview(ws, pictures=_draws(asked), like=asked.options.get("like"))


def _of_report(asked: Asked) -> tuple[str, ...]:
    from csatkit.analyses.overview import HEADLINE, STAND_INS

    names = [*HEADLINE, *STAND_INS]
    if _draws(asked):
        names += FAMILIES["fcr"]
    if "like" in asked.options:
        from csatkit.analyses.likeness import vendor_of

        names += vendor_of(asked.options["like"]).instead.values()
    if keys := _why(asked):
        from csatkit.analyses.why import metrics_of_why

        names += metrics_of_why(keys)
    return tuple(dict.fromkeys(names))


def _why(asked: Asked) -> tuple[str, ...]:
    """Return which of the sections that say why are asked for, or whose tickets may be."""
    if asked.settings.tickets_of is not None:
        return ("drivers", "themes")
    from csatkit.analyses.showing import wanted_why

    return wanted_why(asked.settings, pictures=_draws(asked))


def _read_by_report(asked: Asked) -> Dims:
    keys = _why(asked)
    if not keys:
        return usual(asked)
    from csatkit.analyses.why import columns_of_why

    return [*usual(asked), *each(columns_of_why(keys, asked.data, asked.settings))]


def _behind_report(ws: Workspace, asked: Asked, cell: str) -> Report:
    from csatkit.analyses.behind import tickets_behind
    from csatkit.analyses.drivers import is_driver_cell, tickets_of_driver
    from csatkit.analyses.themes import is_theme_cell, tickets_of_theme
    from csatkit.analyses.why import outcome_of_why

    if is_driver_cell(cell):
        return tickets_of_driver(ws, outcome_of_why(ws))
    if is_theme_cell(cell):
        return tickets_of_theme(ws)
    return tickets_behind(ws, asked.command, _of_report(asked))


def _draws(asked: Asked) -> bool:
    """Tell whether the short read is asked for with what only pages show."""
    return values.switch(asked.options.get("pictures", "no"), "pictures")


def _compare(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.compare import compare

    return compare(ws, asked.options.get("against"))


def _of_compare(_: Asked) -> tuple[str, ...]:
    from csatkit.analyses.compare import COMPARED
    from csatkit.analyses.overview import STAND_INS

    return (*COMPARED, *STAND_INS)


def _behind_compare(ws: Workspace, asked: Asked, cell: str) -> Report:
    from csatkit.analyses.behind import tickets_behind
    from csatkit.analyses.compare import in_period

    return tickets_behind(in_period(ws, cell), asked.command, _of_compare(asked))


def _trend(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.trend import trend

    options = asked.options
    return trend(ws, _of_trend(asked), options.get("every"), options.get("history"))


def _of_trend(asked: Asked) -> tuple[str, ...]:
    from csatkit.analyses.trend import FOLLOWED

    return tuple(m.id for m in find(asked.metrics or FOLLOWED))


def _digest(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.digest import digest

    return digest(ws, asked.options, asked.targets, asked.goals)


def _prepared_digest(asked: Asked) -> Asked:
    from csatkit.analyses.digest import prepared

    settings, metrics = prepared(asked.options, asked.settings, asked.targets, asked.goals)
    return replace(asked, settings=settings, metrics=metrics)


def _read_by_digest(asked: Asked) -> Dims:
    from csatkit.analyses.digest import columns_of_digest

    asks = (asked.targets, asked.goals)
    return each(columns_of_digest(asked.options["kind"], asked.data, *asks))


def _goals(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.goals import goals

    return goals(ws, asked.targets, asked.options, asked.goals)


def _of_goals(asked: Asked) -> tuple[str, ...]:
    from csatkit.analyses.goals_asked import metrics_of_goals

    return tuple(dict.fromkeys((*_of_targets(asked), *metrics_of_goals(asked.goals))))


def _read_by_goals(asked: Asked) -> Dims:
    from csatkit.analyses.goals_asked import columns_of_goals

    return [*_read_by_targets(asked), *each(columns_of_goals(asked.goals))]


def _check(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.check import check

    return check(ws, asked.targets, tuple(m.id for m in find(asked.metrics or ())))


def _of_targets(asked: Asked) -> tuple[str, ...]:
    from csatkit.analyses.aims import metrics_of

    beside = (m.id for m in find(asked.metrics or ()))
    return tuple(dict.fromkeys((*metrics_of(asked.targets), *beside)))


def _read_by_targets(asked: Asked) -> Dims:
    from csatkit.analyses.aims import columns_of

    return each(c for target in asked.targets for c in columns_of(target))


FIGURES: Mapping[str, Question] = {
    "report": Question(
        _report, _of_report, _read_by_report, ("pictures", "like"), behind=_behind_report
    ),
    "csat": Question(_family, _of_family),
    "fcr": Question(_family, _of_fcr, _read_by_fcr, ("windows", "deflection")),
    "reopen": Question(_family, _of_family),
    "response": Question(_family, _of_response, _read_by_response, ("adjust",)),
    "segments": Question(_family, named, _case_mix, prepared=_withusual_cuts),
    "analyze": Question(_family, named),
    "compare": Question(_compare, _of_compare, usual, ("against",), behind=_behind_compare),
    "trend": Question(_trend, _of_trend, options=("every", "history")),
    "digest": Question(
        _digest, named, _read_by_digest, ("kind", "history"), prepared=_prepared_digest
    ),
    "goals": Question(_goals, _of_goals, _read_by_goals, ("period_length", "history")),
    "check": Question(_check, _of_targets, _read_by_targets),
}
