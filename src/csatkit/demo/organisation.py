"""The made-up organisation: its people, channels, issue types and usual waiting times.

Fixed tables without effects; what differs between agents or channels is in `truth`. Shares are per
million. Waiting times are seconds: minimum, nine deciles, maximum.
"""

from __future__ import annotations

__all__ = [
    "AGENTS",
    "CHANNELS",
    "DAY_VOLUME",
    "DELIVERY",
    "FIRST_RESPONSE",
    "ISSUES",
    "ISSUE_TAGS",
    "LEADS",
    "RESOLUTION",
    "SEGMENTS",
    "TEAMS",
]

AGENTS = (
    "Amara", "Ben", "Chloe", "Diego", "Elif",
    "Farid", "Grace", "Hana", "Ivan", "Jonas",
    "Kira", "Liam", "Mei", "Nadia", "Omar",
    "Petra", "Quinn", "Rosa", "Sven", "Tariq",
)  # fmt: skip
TEAMS = ("North", "East", "South", "West")
"""Five agents each, in the order of `AGENTS`."""
LEADS = ("Ingrid", "Kofi", "Lucia", "Yusuf")
"""One per team; they call unhappy customers back."""

CHANNELS = {
    "email": 320_000,
    "chat": 250_000,
    "phone": 240_000,
    "web": 130_000,
    "social": 60_000,
}
DELIVERY = ("email", "chat", "sms", "email", "email")
"""How a survey travels, by channel."""

ISSUES = {
    "billing": 160_000,
    "delivery": 170_000,
    "refund": 120_000,
    "login": 140_000,
    "account": 110_000,
    "technical": 140_000,
    "product question": 110_000,
    "cancellation": 50_000,
}
ISSUE_TAGS = (
    "invoice",
    "carrier",
    "refund,policy",
    "password",
    "profile",
    "bug,app",
    "presales",
    "churn-risk",
)
"""What the tags of a tagged ticket say, by issue type."""

SEGMENTS = ("consumer", "business", "enterprise")

FIRST_RESPONSE = (
    (120, 1200, 2400, 4200, 6000, 8400, 12000, 18000, 28800, 50400, 172800),  # email
    (5, 15, 25, 35, 45, 60, 75, 90, 110, 170, 1500),  # chat
    (2, 10, 20, 30, 45, 60, 90, 120, 180, 300, 900),  # phone
    (60, 600, 1200, 1800, 2700, 3600, 5400, 7200, 10800, 21600, 86400),  # web
    (60, 300, 600, 1200, 1800, 2700, 3600, 5400, 9000, 18000, 86400),  # social
)
"""From opening to the first response, by channel. Email is the slow one: half within 2.3 hours."""

RESOLUTION = (
    (300, 3600, 7200, 14400, 21600, 36000, 57600, 86400, 129600, 216000, 864000),  # email
    (120, 400, 700, 1000, 1500, 2400, 5400, 14400, 43200, 100800, 604800),  # chat
    (120, 300, 500, 800, 1200, 1800, 3600, 10800, 43200, 100800, 604800),  # phone
    (300, 3600, 7200, 10800, 18000, 28800, 46800, 72000, 115200, 187200, 864000),  # web
    (300, 1800, 3600, 7200, 14400, 21600, 36000, 57600, 86400, 172800, 864000),  # social
)
"""From the first response to the (first) resolution, by channel."""

DAY_VOLUME = (
    2, 1, 1, 1, 1, 2, 5, 9, 14, 17, 18, 17,
    15, 16, 16, 15, 13, 11, 9, 8, 7, 6, 4, 3,
)  # fmt: skip
"""Relative volume by hour of the day, UTC."""
