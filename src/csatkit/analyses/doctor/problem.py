"""One thing that is wrong with the data, as the import doctor reports it.

A problem is counted, shown by examples, and comes with what mends it. Nothing here looks at rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from csatkit.notes import note
from csatkit.report import Note

__all__ = ["Problem", "counted", "ranked"]

Gravity = Literal["stops", "moves", "told"]
"""`stops`: other commands exit 4. `moves`: a metric would be another one without it. `told`: it is
handled, or too small to matter, and the reader should know."""

_ORDER: tuple[Gravity, ...] = ("stops", "moves", "told")


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding of the doctor.

    Args:
        code: its note code.
        text: what is wrong, with the figures, one sentence.
        gravity: what it does to the numbers.
        n: how many rows, values or ids it concerns; None where it isn't counted.
        of: of how many; None where that says nothing.
        where: the input it was found in.
        examples: row numbers as the file counts them, the header being 1, with the cells.
        mend: what to type, or to do in the system it came from.
    """

    code: str
    text: str
    gravity: Gravity
    n: int | None = None
    of: int | None = None
    where: str = ""
    examples: tuple[str, ...] = ()
    mend: str = ""

    @property
    def share(self) -> float | None:
        """Return the share of the rows that were looked at, in percent."""
        return 100 * self.n / self.of if self.of and self.n is not None else None

    def note(self) -> Note:
        """Return the note that carries the problem in every format."""
        level: Literal["error", "warning", "info"] = {
            "stops": "error", "moves": "warning", "told": "info",
        }[self.gravity]  # type: ignore[assignment]  # fmt: skip
        shown = f" ({'; '.join(self.examples)})" if self.examples else ""
        mend = f" {self.mend}" if self.mend else ""
        return note(self.code, f"{self.text}{shown}.{mend}", level)


def ranked(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems in the order in which to mend them: gravest first, then the largest."""
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda p: (_ORDER.index(p.gravity), -(p.share or 0), p.code, p.text),
        )
    )


def counted(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "row"), counted(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
