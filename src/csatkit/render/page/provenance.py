"""Where the figures come from: the rules that they depend on and what became of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csatkit.render import values
from csatkit.render.page.words import words
from csatkit.render.spelling import day

if TYPE_CHECKING:
    from csatkit.report import Definitions, Report

__all__ = ["facts", "sources"]


def facts(d: Definitions) -> dict[str, str]:
    """Return each rule by its name."""
    satisfied = ", ".join(str(s) for s in d.satisfied)
    found = {
        "Data end": "unknown" if d.as_of is None else f"{day(d.as_of.date())} {d.as_of:%H:%M} UTC",
        "Zone of days": d.timezone,
        "Window for repeats": f"{d.window_days:g} days, by {d.repeat_on}",
        "First contact fails on": ", ".join(d.fail_on).replace("_", " "),
        "Scale": d.scale or "",
        "Satisfied": satisfied,
        "Low score": "" if d.low is None else str(d.low),
        "Rating that counts": d.rating,
        "Clock": d.clock,
        "Intervals": f"{100 * d.level:g} %",
        "Too few below": f"{d.min_n} rows",
        "Profile": d.profile,
    }
    return {name: words(text) for name, text in found.items() if text}


def sources(report: Report) -> list[dict[str, Any]]:
    """Return each input with its rows, used and dropped by reason."""
    return [
        {
            "path": words(i.path),
            "kind": words(f"{i.kind}, {i.preset}" if i.preset else i.kind),
            "rows": values.number(i.rows),
            "used": values.number(i.used),
            "dropped": [
                f"{values.number(n)} {reason.replace('_', ' ')}" for reason, n in i.dropped.items()
            ],
        }
        for i in report.inputs
    ]
