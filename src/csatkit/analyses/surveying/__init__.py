"""The survey practice: whether it is healthy, and whom to ask next (metrics.md §8)."""

from csatkit.analyses.surveying.asking import eligible
from csatkit.analyses.surveying.health import surveys, violations_behind
from csatkit.analyses.surveying.rows import NEEDED, columns_read

__all__ = ["NEEDED", "columns_read", "eligible", "surveys", "violations_behind"]
