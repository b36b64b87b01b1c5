"""The catalogue: every metric that csatkit knows, declared once.

Help, documentation, JSON, checks and tests all read `CATALOG`. It imports no data library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from csatkit.errors import UsageError
from csatkit.metrics.metric import Metric
from csatkit.metrics.recovery import RECOVERY
from csatkit.metrics.resolution import RESOLUTION
from csatkit.metrics.satisfaction import SATISFACTION
from csatkit.metrics.surveys import SURVEYS
from csatkit.metrics.times import TIMES
from csatkit.metrics.vendors import VENDOR_RULES

__all__ = ["CATALOG", "FAMILIES", "OWN", "Metric", "find"]

CATALOG: Mapping[str, Metric] = MappingProxyType(
    {m.id: m for m in (*SATISFACTION, *SURVEYS, *RESOLUTION, *TIMES, *RECOVERY, *VENDOR_RULES)}
)

OWN: tuple[str, ...] = tuple(m.id for m in CATALOG.values() if not m.whose)
"""Ids of the metrics by csatkit's own rules."""

FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "csat": ("csat", "csat_average", "low_share", "detractor_share"),
        "response": ("response_rate", "survey_ratio", "rating_coverage", "survey_within_2h"),
        "fcr": (
            "fcr",
            "fcr_resolved",
            "fcr_resolved_km",
            "fcr_naive",
            "repeat_contact_rate",
            "repeat_contact_rate_km",
        ),
        "reopen": ("reopen_rate", "reopen_events"),
    }
)
"""What each of the one-family commands shows, in its order."""


def find(names: Iterable[str]) -> tuple[Metric, ...]:
    """Return the metrics of these ids.

    Raises:
        UsageError: an id that isn't in the catalogue; names the nearest one.
    """
    found = []
    for name in names:
        if name not in CATALOG:
            raise UsageError.unknown("metric", name, CATALOG)
        found.append(CATALOG[name])
    return tuple(found)
