"""Questions about rows: whom to call, to ask or to talk with, and one ticket or all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from csatkit.analyses.questions.asked import Asked, Dims, Question, each
from csatkit.errors import UsageError
from csatkit.metrics import OWN
from csatkit.report import Report

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace

__all__ = ["DEEDS"]


def _queue(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.queue import queue, rows_choice

    return queue(ws, asked.options.get("since"), rows_choice(asked.options.get("rows", "all")))


def _read_by_queue(asked: Asked) -> Dims:
    from csatkit.analyses.queue import columns_read

    return each(columns_read(asked.data, asked.settings))


def _recovery(ws: Workspace, _: Asked) -> Report:
    from csatkit.analyses.recovery import recovery

    return recovery(ws)


def _read_by_recovery(asked: Asked) -> Dims:
    from csatkit.analyses.recovery import usual_cuts

    return usual_cuts(asked.data, asked.settings)


def _of_recovery(_: Asked) -> tuple[str, ...]:
    from csatkit.analyses.recovery_words import AIMS

    return tuple(AIMS)


def _surveys(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.surveying import surveys

    return surveys(ws, asked.options.get("rows", "all"))


def _behind_surveys(ws: Workspace, _: Asked, cell: str) -> Report:
    from csatkit.analyses.surveying import violations_behind

    return violations_behind(ws, cell)


def _eligible(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.surveying import eligible

    return eligible(ws, asked.options.get("since"), asked.options.get("rows", "all"))


def _of_surveying(_: Asked) -> tuple[str, ...]:
    from csatkit.analyses.surveying import NEEDED

    return NEEDED


def _read_by_surveying(asked: Asked) -> Dims:
    from csatkit.analyses.surveying import columns_read

    return each(columns_read(asked.data))


def _coach(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.coach import coach

    return coach(ws, asked.options.get("agent"), asked.options.get("since"))


def _of_coach(_: Asked) -> tuple[str, ...]:
    from csatkit.analyses.coach import NEEDED

    return NEEDED


def _read_by_coach(asked: Asked) -> Dims:
    from csatkit.analyses.coach import columns_read

    return each(columns_read(asked.data, asked.settings))


def _enrich(ws: Workspace, _: Asked) -> Report:
    from csatkit.analyses.enrich import enrich

    return enrich(ws)


def _explain(ws: Workspace, asked: Asked) -> Report:
    from csatkit.analyses.explain import explain

    if asked.ticket is None:
        raise UsageError("explain needs a ticket id")
    return explain(ws, asked.ticket)


def _everything(_: Asked) -> tuple[str, ...]:
    return OWN


def _always(_: Asked) -> bool:
    return True


DEEDS: Mapping[str, Question] = {
    "queue": Question(_queue, _of_recovery, _read_by_queue, ("since", "rows")),
    "recovery": Question(_recovery, _of_recovery, _read_by_recovery),
    "surveys": Question(
        _surveys, _of_surveying, _read_by_surveying, ("rows",), behind=_behind_surveys
    ),
    "eligible": Question(_eligible, _of_surveying, _read_by_surveying, ("since", "rows")),
    "coach": Question(_coach, _of_coach, _read_by_coach, ("agent", "since")),
    "enrich": Question(_enrich, _everything, has_whole_rows=_always),
    "explain": Question(_explain, _everything, has_whole_rows=_always),
}
