"""Columns that several metrics need or want, named once: of each inner tuple at least one."""

from __future__ import annotations

from csatkit.metrics.metric import Needs

__all__ = ["FCR_WANTS", "FOLLOWED", "REOPEN", "RESOLVED"]

RESOLVED: Needs = (("resolved_at", "resolved", "closed_at", "status"),)
"""Whether a ticket is resolved."""

REOPEN: Needs = (("reopen_count", "reopened_at"), *RESOLVED)
"""Whether a resolved ticket came back."""

FOLLOWED: Needs = (("customer_id",), ("ticket_id",), ("created_at",), *RESOLVED)
"""Whether the customer of a resolved ticket came back."""

FCR_WANTS = (
    "issue_type",
    "confirmed_resolved",
    "reopen_count",
    "reopened_at",
    "contact_count",
    "transfer_count",
)
"""What makes first contact resolution better without being required."""
