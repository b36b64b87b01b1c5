"""`goals`: whether targets can be planned on, and how goals with a baseline are coming on.

The first is about any target, before anybody is held to it; the second is the goal cycle of
`[[goal]]` tables, which `digest quarterly` shows as well.
"""

from csatkit.analyses.goals.cycle import Cycle, cycle
from csatkit.analyses.goals.linting import BASELINE_DAYS, DEFAULT_LENGTH, goals

__all__ = [
    "BASELINE_DAYS",
    "DEFAULT_LENGTH",
    "Cycle",
    "cycle",
    "goals",
]
