"""What each command asks of a run: its metrics, further columns, whole rows, and its answer.

A command is one row of a table in this package. Its analysis is imported when it is asked and not
before, so a small command doesn't wait for a large one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from csatkit.analyses.questions.asked import Asked, Question, default_dims
from csatkit.analyses.questions.causes import CAUSES
from csatkit.analyses.questions.deeds import DEEDS
from csatkit.analyses.questions.figures import FIGURES

__all__ = ["QUESTIONS", "Asked", "Question", "default_dims"]

QUESTIONS: Mapping[str, Question] = MappingProxyType({**FIGURES, **CAUSES, **DEEDS})
"""Every question but `inspect`, which is about the files and not about a run."""
