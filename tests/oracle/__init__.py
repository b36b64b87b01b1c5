"""The naive oracle: every metric with dict loops, written from the definitions alone.

It shares no code with the package it checks and uses neither Polars nor any engine trick; where
the two differ, one of them has a bug. Clarity beats speed in every line here.
"""

from .cleaning import Export, clean
from .evaluate import METRICS, evaluate
from .facts import Ticket, kaplan_meier
from .model import REASONS, Cell, Options, Row, cell_text

__all__ = [
    "METRICS",
    "REASONS",
    "Cell",
    "Export",
    "Options",
    "Row",
    "Ticket",
    "cell_text",
    "clean",
    "evaluate",
    "kaplan_meier",
]
