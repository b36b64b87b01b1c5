"""A fast wrong answer wins nothing: both sides must give the same counts before they are timed."""

from __future__ import annotations

from typing import Any

# csatkit's metric -> the competitor's table, numerator and denominator.
SAME = {
    "csat": ("rated", "satisfied", "rated"),
    "csat_average": ("rated", "score_sum", "rated"),
    "response_rate": ("sent", "answered", "sent"),
    "survey_ratio": ("tickets", "surveys_sent", "tickets"),
    "fcr": ("tickets", "fcr", "mature"),
    "fcr_resolved": ("tickets", "fcr", "mature_ever_resolved"),
    "fcr_naive": ("tickets", "fcr_naive", "ever_resolved"),
    "repeat_contact_rate": ("tickets", "repeats", "linkable"),
    "reopen_rate": ("tickets", "reopened", "ever_resolved"),
    "reopen_events": ("tickets", "reopen_events", "ever_resolved"),
    "transfer_rate": ("tickets", "transferred", "transfer_known"),
    "first_response_within": ("tickets", "within", "limited"),
}

# Without these a comparison would say nothing.
REQUIRED = frozenset({"csat", "fcr", "reopen_rate", "response_rate"})

DIMENSIONS = frozenset({"agent", "channel", "issue_type"})


def mismatches(report: dict[str, Any], counts: dict[str, Any]) -> list[str]:
    """Return every difference between csatkit's report and the competitor's counts, in words."""
    found: list[str] = []
    seen: set[str] = set()
    for measure in report["measures"]:
        name, segment = measure["metric"], measure["segment"]
        if name not in SAME or measure["period"] or not _known(segment):
            continue
        table, numerator, denominator = SAME[name]
        dimension, value = next(iter(segment.items()), ("", ""))
        cell = counts[table].get(dimension, {}).get("null" if value is None else value, {})
        theirs = (cell.get(numerator, 0), cell.get(denominator, 0))
        ours = (measure["numerator"], measure["denominator"])
        where = f"{name} {segment or 'overall'}"
        if ours != theirs:
            found.append(f"{where}: csatkit {ours[0]}/{ours[1]}, DuckDB {theirs[0]}/{theirs[1]}")
        if name == "fcr":
            found += _failures(where, measure, cell)
        if not segment:
            seen.add(name)
    return found + [f"{name}: not in csatkit's report" for name in sorted(REQUIRED - seen)]


def _known(segment: dict[str, Any]) -> bool:
    return not segment or (len(segment) == 1 and DIMENSIONS.issuperset(segment))


def _failures(where: str, measure: dict[str, Any], cell: dict[str, Any]) -> list[str]:
    """Compare the waterfall of failure reasons; a reason that csatkit leaves out counts 0."""
    ours = measure.get("failures") or {}
    theirs = {
        key.removeprefix("failed_"): n for key, n in cell.items() if key.startswith("failed_")
    }
    return [
        f"{where}, {reason}: csatkit {ours.get(reason, 0)}, DuckDB {n}"
        for reason, n in theirs.items()
        if ours.get(reason, 0) != n
    ]
