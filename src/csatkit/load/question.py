"""Finds the score in a survey tool's export, where questions are the headers.

Only one thing is certain of the score: each of its values lies on a scale. One such column is the
score; none or several are for the user to decide, never for a guess from the wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from csatkit.errors import UsageError
from csatkit.load.canonical import plain_text
from csatkit.load.normalise import clean_text, number_text
from csatkit.load.parts import Part
from csatkit.load.scales import SEARCHED, Scale
from csatkit.load.scoring import Scoring
from csatkit.schema import fold

__all__ = ["answers", "find_score", "questions_of"]

_MOST_ANSWERS = 60
"""Different values of a column that are looked at; no scale that is searched has as many."""

_NAMED = 8
"""Columns that a message names."""


def find_score(
    parts: Sequence[Part], headers: Iterable[str], scoring: Scoring, declared: Scale | None
) -> tuple[str, Scale]:
    """Return the header of the score and its scale.

    Args:
        parts: the data rows.
        headers: the questions.
        scoring: labels and markers of the source.
        declared: the scale that the user named.

    Raises:
        UsageError: no column, or more than one, lies on a scale; the candidates are named.
    """
    questions = tuple(headers)
    scales = (declared,) if declared else SEARCHED
    found: dict[str, Scale] = {}
    for header, cells in answers(parts, questions).items():
        met = scoring.met(cells)
        scale = next((s for s in scales if met and all(s.knows(c) for c in met)), None)
        if scale is not None:
            found[header] = scale
    if len(found) == 1:
        return next(iter(found.items()))
    shown = parts[0].shown
    if found:
        raise UsageError(
            f"{shown}: {len(found)} columns could hold the score, as all their values lie on a "
            f"scale: {_listed(found)}",
            " or ".join(f'--map "score={h}"' for h in list(found)[:_NAMED]),
        )
    raise UsageError(
        f"{shown}: no column holds the score: there is none whose every value lies on "
        f"{', '.join(s.name for s in scales)}; the questions are {_listed(questions)}",
        "Say which it is with --map score=HEADER, and its scale with --scale.",
    )


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return (", ".join(map(repr, every[:_NAMED])) or "none") + more


def answers(parts: Sequence[Part], questions: Sequence[str]) -> dict[str, list[str]]:
    """Return the different values of each column; one with too many for a scale is left out."""
    found: dict[str, set[str]] = {q: set() for q in questions}
    for part in parts:
        here = [q for q in questions if q in part.headers]
        if not here:
            continue
        # One aggregate per column: columns have different numbers of values.
        row = part.frame.select(
            _cell(part, q).drop_nulls().unique().head(_MOST_ANSWERS + 1).implode().alias(q)
            for q in here
        ).collect()
        for question in here:
            found[question] |= set(row[question][0].to_list())
    return {q: sorted(cells) for q, cells in found.items() if len(cells) <= _MOST_ANSWERS}


def _cell(part: Part, header: str) -> pl.Expr:
    dtype = part.dtype(header)
    numeric = dtype.is_numeric()
    text = number_text(pl.col(header), dtype) if numeric else plain_text(pl.col(header), dtype)
    return clean_text(text, parsed=True)


def questions_of(headers: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Return the headers that aren't known to be something else."""
    known = {fold(h) for h in others}
    return tuple(h for h in headers if fold(h) not in known)
