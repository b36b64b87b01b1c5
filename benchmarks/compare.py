"""A fast wrong answer wins nothing: a contestant gives csatkit's counts before it is timed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["mismatches"]

SAME = {
    "csat": ("rated", "satisfied", "rated"),
    "csat_average": ("rated", "score_sum", "rated"),
    "response_rate": ("sent", "answered", "sent"),
    "survey_ratio": ("asked", "surveys_sent", "tickets"),
    "fcr": ("contacts", "fcr", "mature"),
    "fcr_resolved": ("contacts", "fcr", "mature_ever_resolved"),
    "repeat_contact_rate": ("contacts", "repeats", "linkable"),
    "reopen_rate": ("tickets", "reopened", "ever_resolved"),
    "first_response_within": ("tickets", "within", "limited"),
    "first_response_time": ("tickets", None, "response_times"),
    "resolution_time": ("tickets", None, "resolution_times"),
    "transfer_rate": ("tickets", "transferred", "transfer_known"),
    "tickets": ("tickets", "tickets", "tickets"),
    "backlog": ("tickets", "backlog", "backlog"),
}
"""csatkit's metric → the contestant's table, numerator and denominator."""

_CLOSE = 1e-9
"""How far two quantiles may lie apart, relative: both interpolate in double precision."""


def mismatches(report: dict[str, Any], name: str, answer: Mapping[str, Any]) -> list[str]:
    """Return every difference between csatkit's report and a contestant's counts, in words.

    A measure whose metric is unknown here is a difference, too: then something isn't compared.
    """
    found: list[str] = []
    seen: set[str] = set()
    for measure in report["measures"]:
        metric, segment = measure["metric"], measure["segment"]
        where = f"{metric} {segment or measure['period'] or 'overall'}"
        if metric not in SAME:
            found.append(f"{where}: {name} doesn't count it")
            continue
        for what, ours, theirs in _compared(measure, answer):
            if not _is_same(ours, theirs):
                found.append(f"{where}, {what}: csatkit {ours}, {name} {theirs}")
        if not segment and not measure["period"]:
            seen.add(metric)
    return found + [f"{metric}: not in csatkit's report" for metric in SAME.keys() - seen]


def _is_same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= _CLOSE * max(1.0, abs(ours))
    return bool(ours == theirs)


def _compared(measure: dict[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is compared of a measure, csatkit's count and the contestant's."""
    table, numerator, denominator = SAME[measure["metric"]]
    cut, segment = _place(measure)
    cell = answer[table].get(cut, {}).get(segment, {})
    if numerator is not None:
        yield "numerator", measure["numerator"], cell.get(numerator, 0)
    yield "denominator", measure["denominator"], cell.get(denominator, 0)
    if numerator is None and measure["value"] is not None:
        kind = denominator.removesuffix("_times")
        for ours, theirs in (("value", "p50"), ("p90", "p90")):
            yield theirs, float(measure[ours]), float(cell[f"{kind}_{theirs}"])
    yield from _beside(measure, cell)
    if "response" in measure:
        sent = answer["sent"].get(cut, {}).get(segment, {})
        names = {"mature_sent": "settled", "mature_answered": "settled_answered"}
        for what, ours in measure["response"].items():
            yield what, ours, sent.get(names.get(what, what), 0)
    if measure["difference"] is not None and numerator and measure["unit"] == "percent":
        before = answer[table]["period"]["1"]
        now = 100 * measure["numerator"] / measure["denominator"]
        yield (
            "difference",
            float(measure["difference"]["value"]),
            now - 100 * before[numerator] / before[denominator],
        )


def _beside(measure: dict[str, Any], cell: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield the counts that come along with some metrics; a reason that is left out counts 0."""
    if measure["metric"] == "csat":
        for score, n in measure["distribution"].items():
            yield f"score {score}", n, cell.get(f"score_{score}", 0)
    if measure["metric"] == "fcr":
        failed = measure.get("failures") or {}
        for name, n in cell.items():
            if name.startswith("failed_"):
                yield name, failed.get(name.removeprefix("failed_"), 0), n
        yield "quick repeats", measure["quick_repeat"], cell.get("quick_repeats", 0)
        yield "immature", measure["excluded"].get("immature", 0), cell.get("immature", 0)
    if measure["metric"] == "reopen_rate" and "young" in measure:
        yield "young", measure["young"], cell.get("young", 0)


def _place(measure: dict[str, Any]) -> tuple[str, str]:
    """Return cut and segment of a measure."""
    if measure["period"]:
        return "period", "0"
    segment = measure["segment"]
    return ",".join(segment), ",".join("null" if v is None else v for v in segment.values())
