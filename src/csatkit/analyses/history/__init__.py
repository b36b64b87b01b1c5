"""`--history`: figures of past periods, kept so that last year's export isn't needed.

One file holds the totals of each period, metric and segment with the data end they were computed
for. Figures of the last window and 28 days are recomputed, older ones frozen; a changed definition
starts a series of its own. No row of the data is ever stored.
"""

from csatkit.analyses.history.memory import Cell, Figures, History, Memory, open_history, zero
from csatkit.analyses.history.series import total_names

__all__ = ["Cell", "Figures", "History", "Memory", "open_history", "total_names", "zero"]
