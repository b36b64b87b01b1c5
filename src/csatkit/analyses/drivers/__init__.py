"""`drivers`: what goes with CSAT, the three failure modes, and in which order to act.

Associations on the user's own tickets. Nothing is named that chance explains, and nothing is called
a cause.
"""

from __future__ import annotations

from csatkit.analyses.drivers.answering import drivers, in_short
from csatkit.analyses.drivers.gathering import NEEDED
from csatkit.analyses.drivers.listing import is_driver_cell, tickets_of_driver

__all__ = [
    "NEEDED",
    "drivers",
    "in_short",
    "is_driver_cell",
    "tickets_of_driver",
]
