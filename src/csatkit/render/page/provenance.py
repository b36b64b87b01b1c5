"""Where the figures come from: the rules that they depend on and what became of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csatkit.render import values
from csatkit.render.extras import excluded_words
from csatkit.render.page.words import sentence, words
from csatkit.render.spelling import day

if TYPE_CHECKING:
    from csatkit.report import Definitions, Report

__all__ = ["facts", "meanings", "scope", "sources"]


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


def meanings(report: Report) -> list[dict[str, str]]:
    """Return what each metric counts and leaves out, once per metric."""
    every = [*report.measures, *(m for s in report.sections for m in s.measures)]
    found: dict[str, dict[str, str]] = {}
    # What the whole leaves out says more than what a segment does.
    for m in sorted(every, key=lambda m: (bool(m.segment), m.difference is not None)):
        rule, left_out = sentence(m.rule), excluded_words(m)
        found.setdefault(m.metric, {"label": words(m.label), "rule": rule, "left_out": left_out})
    return list(found.values())


def scope(report: Report) -> list[str]:
    """Return what the report is about: the period and the conditions asked for, the data's end."""
    periods = {m.period for s in report.sections if s.key == "headline" for m in s.measures}
    (period,) = periods if len(periods) == 1 else (None,)
    found = [] if period is None else [values.period(period)]
    found += [n.text for n in report.notes if n.code == "selection.where"]
    as_of = report.definitions.as_of
    end = "unknown" if as_of is None else facts(report.definitions)["Data end"]
    return [words(text) for text in (*found, f"data up to {end}")]
