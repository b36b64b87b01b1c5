"""Opens what other commands refuse, as far as it can be opened, and says why they refuse it.

Each refusal is tried again with the one thing left out that it is about; what mends it is the
refusal's own hint. Only an input that nothing can read stops the doctor, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from csatkit.analyses.doctor.problem import Problem
from csatkit.errors import InputError, UsageError
from csatkit.load import Data, open_data
from csatkit.load.parts import Part, open_parts
from csatkit.schema import Table
from csatkit.settings import SourceSettings

__all__ = ["Opened", "Unread", "examine", "opened"]


@dataclass(frozen=True, eq=False)
class Unread:
    """An input whose columns can't be told: only its cells as they are."""

    kind: Table
    parts: tuple[Part, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the headers of all parts."""
        return tuple(dict.fromkeys(h for part in self.parts for h in part.headers))


@dataclass(frozen=True, eq=False)
class Opened:
    """What could be opened, and what stood in the way."""

    data: Data
    problems: tuple[Problem, ...] = ()
    unread: tuple[Unread, ...] = ()


def opened(data: Data) -> Opened:
    """Return data that opened without a problem."""
    return Opened(data)


def examine(
    tickets: object = None,
    surveys: object = None,
    outreach: object = None,
    *,
    source: SourceSettings,
) -> Opened:
    """Open the inputs like `load.open_data`, and go on where that stops.

    Args:
        tickets: path, glob, folder, `-`, a table, or a list of them.
        surveys: the same, of surveys.
        outreach: the same, of what was done about low scores.
        source: how to read them.

    Raises:
        InputError: nothing can be read at all: a file is missing, empty, binary or damaged.
        UsageError: a setting names a column, zone, scale or date format that isn't known.
    """
    try:
        return Opened(open_data(tickets, surveys, outreach, source=source))
    except InputError as error:
        refusal = error
    for code, lenient in _leniencies(source):
        try:
            data = open_data(tickets, surveys, outreach, source=lenient)
        except (InputError, UsageError):
            continue
        return Opened(data, (_problem(code, refusal),))
    given: dict[Table, object] = {"tickets": tickets, "surveys": surveys, "outreach": outreach}
    # A file that can't be read raises here again; then there is nothing to show.
    unread = tuple(Unread(k, open_parts(item)) for k, item in given.items() if item is not None)
    return Opened(Data(None, None, None), (_problem(_shape(refusal), refusal),), unread)


def _leniencies(source: SourceSettings) -> Iterator[tuple[str, SourceSettings]]:
    """Yield the settings that go round one refusal each, with the code of that refusal."""
    unmapped = MappingProxyType({**source.map, "score": ""})
    if source.date_format is None:
        yield "dates.undecided", replace(source, date_format="dmy")
    if "score" not in source.map:
        yield "scale.misfit", replace(source, map=unmapped)
        if source.date_format is None:
            yield "scale.misfit", replace(source, map=unmapped, date_format="dmy")


def _shape(refusal: InputError) -> str:
    return "rows.aggregated" if "holds sums" in refusal.message else "mapping.missing"


def _problem(code: str, refusal: InputError) -> Problem:
    return Problem(code, refusal.message, "stops", mend=refusal.hint or "")
