"""The rule of a metric in one run's words: window, key, scale, what couldn't be measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from csatkit.metrics.metric import Metric
from csatkit.settings import FAILURE_REASONS

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace
    from csatkit.load import Scale

__all__ = ["duration", "rule", "scores"]


def duration(seconds: float) -> str:
    """Return a span of time in its largest whole unit.

    >>> duration(120), duration(5400), duration(7200)
    ('2 min', '90 min', '2 h')
    """
    if seconds % 3600 == 0:
        return f"{seconds / 3600:g} h"
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


def scores(codes: Iterable[int], scale: Scale) -> str:
    """Return some scores of a scale: `4-5`, `great`, `1-3`."""
    labels = [label for code, label in zip(scale.codes, scale.labels, strict=True) if code in codes]
    if scale.values is not None and len(labels) > 1:
        return f"{labels[0]}-{labels[-1]}"
    return " or ".join(labels) or "none"


def _scale_words(ws: Workspace) -> dict[str, str]:
    scale = ws.scale
    if scale is None:
        return {"satisfied": "satisfied scores", "low": "low scores", "detractor": "worst scores"}
    return {
        "satisfied": f"score {scores(scale.satisfied, scale)} on {scale.name}",
        "low": f"score {scores(scale.low, scale)} on {scale.name}",
        "detractor": f"score {scores(scale.detractor or (), scale)} on {scale.name}",
    }


def _rated(ws: Workspace) -> str:
    if ws.settings.rating == "all":
        return "all answers"
    return f"rated tickets ({ws.settings.rating} answer)"


def _fcr_suffix(ws: Workspace) -> str:
    rules = ws.facts.rules
    parts = []
    if rules.settings.repeat_on == "issue" and rules.repeat_on == "customer":
        parts.append("no issue column")
    left_out = [r for r in rules.not_measured if r != "repeat"]
    if left_out:
        parts.append("not measured: " + ", ".join(left_out))
    ignored = [r for r in FAILURE_REASONS if r not in rules.settings.fail_on]
    if ignored:
        parts.append("not counted as failures: " + ", ".join(ignored))
    if rules.resolved_by not in (None, "resolved_at"):
        parts.append(f"resolved by {rules.resolved_by}, window from creation")
    return "".join(f"; {p}" for p in parts)


def rule(metric: Metric, ws: Workspace) -> str:
    """Return the rule text that stands beside a number."""
    rules = ws.facts.rules
    suffix = ""
    if "{suffix}" in metric.rule:
        if metric.id == "response_rate":
            suffix = (
                f", older than {ws.settings.mature_days:g} days"
                if ws.settings.mature_surveys
                else ""
            )
        else:
            suffix = _fcr_suffix(ws)
    limits = ", ".join(
        f"{name} {duration(limit.total_seconds())}"
        for name, limit in ws.settings.response_limits.items()
    )
    key = "same customer and issue" if rules.repeat_on == "issue" else "same customer, any issue"
    text = metric.rule_text(
        ws.settings, **_scale_words(ws), rated=_rated(ws), suffix=suffix, limits=limits, key=key
    )
    if ws.settings.clock != "family":
        text += f"; dated by {ws.settings.clock}_at"
    return text
