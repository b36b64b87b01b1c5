"""The run as one target sees it: its own tickets, breakdown, level and smallest denominator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from csatkit.analyses.aims import NARROWED, Aim
from csatkit.analyses.preparing import names_of
from csatkit.analyses.workspace import Workspace
from csatkit.report import Measure

__all__ = ["covered", "cuts", "labelled", "narrowed"]


def cuts(ws: Workspace, aim: Aim) -> list[Aim]:
    """Return the target by every `--by`, where it has no breakdown of its own."""
    return [aim] if aim.by or not ws.by else [replace(aim, by=dims) for dims in ws.by]


def narrowed(ws: Workspace, aim: Aim) -> Workspace:
    """Return the run with the target's own tickets, level and smallest denominator."""
    settings = replace(
        ws.settings,
        by=(aim.by,) if aim.by else (),
        where=aim.where,
        level=aim.level or ws.settings.level,
        min_n=aim.min_n or ws.settings.min_n,
    )
    names = names_of(ws.data, settings, ())
    return replace(
        ws,
        settings=replace(names.settings, where=ws.settings.where),
        by=names.by,
        asked=(*ws.asked, *names.where),
    )


def covered(ws: Workspace, column: str) -> str:
    """Return the column that `coverage` is about, as the data calls it."""
    settings = replace(ws.settings, by=(), where=())
    return names_of(ws.data, settings, [(column,)]).columns[0]


def labelled(ws: Workspace, own: Workspace, found: Iterable[Measure]) -> list[Measure]:
    """Return the measures of a target with the conditions that they were narrowed by.

    `column=value` is a segment like that of a breakdown; anything else joins the rule, so that the
    figure is never taken for one of all tickets.
    """
    segment: dict[str, str | None] = {}
    others = []
    for c in own.asked[len(ws.asked) :]:
        if c.op == "=" and c.column not in segment:
            segment |= ws.label((c.column,), (c.values[0] or None,))
        else:
            others.append(f"{c.column} {c.op} {'|'.join(c.values)}".rstrip())
    suffix = NARROWED + " and ".join(others) if others else ""
    return [replace(m, segment=segment | dict(m.segment), rule=m.rule + suffix) for m in found]
