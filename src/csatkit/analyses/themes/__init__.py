"""`themes`: what unhappy customers write about, and which product problems cost most.

Comments are foreign text: they are matched and counted, a few shown by their start, and nothing in
them can move a number or a cursor.
"""

from __future__ import annotations

from csatkit.analyses.themes.answering import is_theme_cell, themes, tickets_of_theme
from csatkit.analyses.themes.reading import columns_read

NEEDED = ("low_share", "csat", "response_rate")
"""Metrics whose columns and facts the themes are made of."""

__all__ = ["NEEDED", "columns_read", "is_theme_cell", "themes", "tickets_of_theme"]
