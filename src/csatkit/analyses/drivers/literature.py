"""Figures in circulation about what drives satisfaction, each with where it comes from.

References to hold the own figures against, never data: nothing is computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["REFERENCES", "Reference"]

_UNTRACED = "often quoted without a study"


@dataclass(frozen=True, slots=True)
class Reference:
    """One figure from outside."""

    subject: str
    figure: str
    source: str
    driver: str
    """The own driver, `fcr` or `weights`, whose figure stands beside it."""


REFERENCES = (
    Reference("Each follow-up contact", "−8 points", _UNTRACED, "further_contacts"),
    Reference(
        "Each further call", "−15 %", "SQM Group, employee satisfaction for FCR", "further_contacts"
    ),
    Reference("Transfer", "−22 points", _UNTRACED, "transferred"),
    Reference("Forced channel change", "−10 to −15 points", _UNTRACED, "channel_change"),
    Reference("Weights of five drivers", "43, 22, 15, 12, 8 %", _UNTRACED, "weights"),
    Reference("CSAT per point of FCR", "1 point", "SQM Group, sqmgroup.com (2021)", "fcr"),
    Reference("CSAT per point of FCR", "0.76 points", _UNTRACED, "fcr"),
)
"""metrics.md §6 "Literature effects", with the source where one could be found."""
