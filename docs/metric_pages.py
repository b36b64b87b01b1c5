"""One page for every metric of the catalogue: its definition, what the sample gives, what to type.

Only the site has them (`docs/build_site.py`); docs/metrics.md has all definitions on one page.
Nothing here is written by hand, so a new metric has its page as soon as it is declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import generate

from csatkit import analyze, load
from csatkit.demo.generate import frames
from csatkit.metrics import CATALOG, FAMILIES
from csatkit.metrics.recovery import RECOVERY
from csatkit.metrics.resolution import RESOLUTION
from csatkit.metrics.satisfaction import SATISFACTION
from csatkit.metrics.surveys import SURVEYS
from csatkit.metrics.times import TIMES
from csatkit.metrics.vendors import VENDOR_RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from csatkit.metrics.metric import Metric
    from csatkit.report import Measure

__all__ = ["GROUPS", "commands", "page", "pages", "without_entries"]

GROUPS: Mapping[str, tuple[Metric, ...]] = {
    "Satisfaction": SATISFACTION,
    "Surveys": SURVEYS,
    "Resolution": RESOLUTION,
    "Volume and times": TIMES,
    "Recovery and self-service": RECOVERY,
    "Rules of other systems": VENDOR_RULES,
}
"""How the site's list of metrics is grouped; all of the catalogue, in its order."""

UNITS: Mapping[str, str] = {"percent": " %", "hours": " h", "score": "", "count": ""}


def pages() -> dict[str, str]:
    """Return id → page, in the order of the catalogue."""
    tables = frames(generate.SAMPLE)
    found = analyze(load(*tables), metrics=list(CATALOG)).measures
    overall = {m.metric: m for m in found if not m.segment}
    return {m.id: page(m, overall[m.id]) for m in CATALOG.values()}


def page(metric: Metric, measure: Measure) -> str:
    """Return the page of a metric.

    Args:
        metric: its declaration.
        measure: what the sample gives.
    """
    typed = "".join(f"$ {command}\n" for command in commands(metric.id))
    return f"""# {metric.label}

`{metric.id}`. {metric.definition}

{generate.facts(metric)}
On [the sample](demo.md): {_shown(measure)}.

## What to type

```console
{typed}```

`--tickets-of {metric.id}` lists the rows behind the number; the last command prints this
definition. [All metrics](metrics.md).
"""


def commands(name: str) -> list[str]:
    """Return commands that show a metric on the sample: overall, by channel, over time."""
    family = next((command for command, names in FAMILIES.items() if name in names), None)
    first = [f"csatkit {family} --demo"] if family else []
    return [
        *first,
        f"csatkit segments --demo --metric {name} --by channel",
        f"csatkit trend --demo --metric {name} --every month",
        f"csatkit metrics {name}",
    ]


def _shown(measure: Measure) -> str:
    if measure.value is None:
        return f"not available, {measure.reason}" if measure.reason else "no row to count"
    unit = UNITS.get(measure.unit, f" {measure.unit}")
    text = f"**{_number(measure.value, measure.unit)}{unit}**"
    if measure.low is not None and measure.high is not None:
        ends = (_number(end, measure.unit) for end in (measure.low, measure.high))
        text += f", interval {' to '.join(ends)}"
    if measure.unit == "percent" and measure.numerator is not None:
        text += f", {measure.numerator:,.0f} of {measure.denominator:,}"
    return text


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f}" if unit == "count" else f"{value:,.{1 if unit == 'percent' else 2}f}"


def without_entries(text: str) -> str:
    """Return the page of all metrics with each entry reduced to its definition and a link."""
    short: dict[str, Any] = {
        "metric-entries": "\n".join(
            f"### {m.id}\n\n{m.label}. {m.definition} [Rule, source, example](metrics/{m.id}.md)\n"
            for m in CATALOG.values()
        )
    }
    return generate.MARKED.sub(
        lambda m: f"{m[1]}\n{short[m[2]]}\n{m[3]}" if m[2] in short else m[0], text
    )
