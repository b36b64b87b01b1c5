"""What is read first: a card per headline figure, with what makes it honest and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csatkit.metrics import CATALOG
from csatkit.render import values
from csatkit.render.page.words import words

if TYPE_CHECKING:
    from csatkit.report import Difference, Measure, Report

__all__ = ["cards"]

SHOWN = (
    "csat", "fcr", "never_reopened", "response_rate", "rating_coverage", "repeat_contact_rate",
    "reopen_rate", "first_response_within", "resolution_time", "tickets", "backlog",
)  # fmt: skip
"""Figures that get a card, in their order; the table below has all of them."""

MOST = 8
"""Cards that are taken in at a glance."""

_STATUS = {
    "unavailable": "Not in the data",
    "empty": "No rows",
    "skewed": "No verdict: too few answered",
    "small": "No verdict: too few rows",
    "caution": "Read with caution: few answered",
}

_MARKS = {"good": "▲", "bad": "▼", "same": "=", "none": "○"}


def cards(report: Report) -> list[dict[str, Any]]:
    """Return the cards of the headline, none where the headline isn't shown."""
    by_key = {s.key: s.measures for s in report.sections}
    headline = {m.metric: m for m in by_key.get("headline", ())}
    latest = {m.metric: m for m in by_key.get("change", ())}
    found = [headline[n] for n in SHOWN if n in headline and headline[n].value is not None]
    return [_card(m, latest.get(m.metric)) for m in found[:MOST]]


def _card(m: Measure, latest: Measure | None) -> dict[str, Any]:
    change = None if latest is None else latest.difference
    tone, verdict = _verdict(m, change)
    return {
        "label": words(m.label),
        "value": values.value(m),
        "exact": m.value,
        "interval": None if m.low is None else f"{values.interval(m)} ({100 * m.level:g} %)",
        "n": None if m.denominator is None or m.unit == "count" else values.number(m.denominator),
        "change": None if latest is None or change is None else _change(m, latest, change),
        "tone": tone,
        "mark": _MARKS[tone],
        "verdict": verdict,
    }


def _change(m: Measure, latest: Measure, change: Difference) -> str:
    """Return the change, with what it is a change of: rarely all that the card is about."""
    shown = values.change_cell(change, m.unit, against=False)
    unit = " points" if m.unit == "percent" else ""
    period = latest.period
    if period is None or latest.period == m.period:
        return words(f"Against {values.against(change.against)}: {shown}{unit}")
    days = (period.last - period.first).days + 1
    # A number stays on the line of its unit.
    value = values.value(latest).replace(" ", "\N{NO-BREAK SPACE}")
    return f"Latest {days} days: {value}, {shown}{unit} on the {days} before"


def _verdict(m: Measure, change: Difference | None) -> tuple[str, str]:
    """Return the tone and the verdict: the status first, then band and change."""
    if m.status in _STATUS:
        return "none", _STATUS[m.status]
    band = f"{m.band.capitalize()}; " if m.band else ""
    moved = _moved(m, change)
    if moved is None:
        return "none", band.removesuffix("; ")
    tone, text = moved
    return tone, f"{band}{text.lower() if band else text}"


def _moved(m: Measure, change: Difference | None) -> tuple[str, str] | None:
    if change is None or m.unit == "count":
        return None
    if change.low is None or change.high is None:
        return "none", "Change not judged: it has no interval"
    if change.low <= 0 <= change.high:
        return "same", "No change beyond noise"
    better = CATALOG[m.metric].better if m.metric in CATALOG else ""
    up = change.low > 0
    if better not in ("up", "down"):
        return "same", "Up beyond noise" if up else "Down beyond noise"
    if up == (better == "up"):
        return "good", "Better than before, beyond noise"
    return "bad", "Worse than before, beyond noise"
