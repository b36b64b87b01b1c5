"""Other systems' rules as ordinary metrics: which exist, which compare, which system counts how.

A vendor's rule has an id, a label and a source of its own and never answers to csatkit's name. What
a system is known to count like csatkit is said, and what isn't known stays unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from csatkit.metrics.metric import Metric
from csatkit.metrics.vendor_contacts import COMEBACKS, REOPENS, TOUCHES
from csatkit.metrics.vendor_scores import RESPONSES, SCORES

__all__ = ["RECONCILED", "VENDORS", "VENDOR_RULES", "Group", "Vendor"]

VENDOR_RULES: tuple[Metric, ...] = (*SCORES, *RESPONSES, *COMEBACKS, *TOUCHES, *REOPENS)


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that go by one name; the first is csatkit's own, with which the others compare."""

    title: str
    rules: tuple[str, ...]


RECONCILED: Mapping[str, Group] = MappingProxyType(
    {
        "csat": Group("CSAT", ("csat", *(m.id for m in SCORES))),
        "fcr": Group(
            "First contact",
            ("fcr", "fcr_resolved", "fcr_naive", *(m.id for m in (*COMEBACKS, *TOUCHES))),
        ),
        "reopen": Group(
            "Reopened tickets", ("reopen_rate", "reopen_rate_zendesk", "reopen_rate_resolved")
        ),
        "events": Group(
            "Reopen events", ("reopen_events", "reopen_events_zendesk", "reopen_events_dbt")
        ),
        "response": Group(
            "Response", ("response_rate", "response_rate_zendesk", "rating_coverage")
        ),
    }
)
"""What `reconcile` sets side by side."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """How one system counts, as far as its rules are known."""

    label: str
    instead: Mapping[str, str]
    """csatkit's metric → the metric by this system's rule."""
    same: tuple[str, ...] = field(default=())
    """csatkit's metrics that this system counts in the same way."""


_ZENDESK = {
    "reopen_rate": "reopen_rate_zendesk",
    "reopen_events": "reopen_events_zendesk",
    "response_rate": "response_rate_zendesk",
}

VENDORS: Mapping[str, Vendor] = MappingProxyType(
    {
        "zendesk": Vendor("Zendesk Explore", {"fcr": "one_touch_zendesk", **_ZENDESK}, ("csat",)),
        "zendesk-messaging": Vendor(
            "Zendesk messaging", {"fcr": "one_touch_messaging", **_ZENDESK}, ("csat",)
        ),
        "dbt-zendesk": Vendor(
            "dbt_zendesk", {"fcr": "one_touch_exactly_one", "reopen_events": "reopen_events_dbt"}
        ),
        "freshservice": Vendor(
            "Freshservice", {"fcr": "zero_interactions_freshservice"}, ("csat",)
        ),
        "kustomer": Vendor("Kustomer", {"fcr": "never_reopened_kustomer"}, ("csat",)),
        "queuemetrics": Vendor("QueueMetrics", {"fcr": "no_contact_7d_queuemetrics"}),
        "rightnow": Vendor("Oracle RightNow", {"fcr": "first_contact_rightnow"}),
        "zoho": Vendor("Zoho Desk", {"fcr": "one_touch_exactly_one"}, ("csat",)),
        "gitlab": Vendor("GitLab", {"fcr": "one_touch_all"}),
        "servicenow": Vendor("ServiceNow", {"reopen_rate": "reopen_rate_resolved"}),
        "helpscout": Vendor("Help Scout", {"csat": "csat_net"}),
        "trengo": Vendor("Trengo", {"csat": "csat_rescaled_mean"}),
        "businesschat": Vendor("businesschat.io", {"csat": "csat_faces"}),
    }
)
"""What `--like` knows."""
