"""Metrics × segments → small integer totals that add up.

A total is a count, a sum or a sum of squares: totals of disjoint customers add up to the totals of
all, so segments, periods, partitions and engines agree by construction. Medians are the exception
and come in `quantiles`, from rows.
"""

from __future__ import annotations

from csatkit.totals.counting import query, totals
from csatkit.totals.ordering import quantiles
from csatkit.totals.selection import Key, Ratings, Selection, tag_list

__all__ = ["Key", "Ratings", "Selection", "quantiles", "query", "tag_list", "totals"]
