"""Targets → verdicts → one exit code (metrics.md §9).

A verdict is about the interval, never about the value alone: what can't be told from noise is
inconclusive, and so is what rests on too few rows, on a skewed response or on windows that haven't
closed. Nothing here measures anything, and nothing becomes a pass by being absent.
"""

from csatkit.gate.target import Mode, Op, Target, Verdict, Word
from csatkit.gate.verdict import exit_code, judge

__all__ = ["Mode", "Op", "Target", "Verdict", "Word", "exit_code", "judge"]
