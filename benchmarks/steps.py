"""Where the time of a report goes: seconds of CPU and on the clock for each step, in one process.

Usage: python -m benchmarks.steps TICKETS SURVEYS

Steps are functions of the program, timed from outside. A step inside another is taken off it, so
that the seconds add up to those of the process.
"""

from __future__ import annotations

import functools
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["REST", "START", "STEPS", "measured"]

START, REST = "start: the interpreter and every import", "everything else"

STEPS: dict[str, tuple[str, ...]] = {
    "reading and cleaning the columns": ("analyses.canonical:read",),
    "extents, what doesn't parse": ("facts.extent:extent_of",),
    "one row per ticket": ("facts.build:current",),
    "what leaves the denominators": ("facts.build:_judged",),
    "repeats: next contact about the same": ("facts.links:with_links",),
    "outcome of each ticket": ("facts.outcome:outcome",),
    "surveys: copies, answers, ratings": ("facts.build:_asked", "facts.surveys:flagged"),
    "surveys beside tickets": ("facts.attach:attach",),
    "totals of every cut and period": ("totals.counting:totals",),
    "medians of durations": ("totals.ordering:quantiles",),
    "repeated raters, known keys": (
        "analyses.frequent:with_effective_n", "analyses.remarks:with_known_shares",
    ),
    "writing JSON": ("render.json:render",),
}  # fmt: skip
"""Step → the functions that it consists of."""

Times = dict[str, list[float]]
"""Step → seconds of CPU, seconds on the clock, how often it ran."""


class _Watch:
    """Times nested steps, each without those inside it."""

    def __init__(self) -> None:
        self.times: Times = {}
        self._inside: list[list[float]] = []

    def around(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, timed."""

        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            cpu, wall = time.process_time(), time.perf_counter()
            self._inside.append([0.0, 0.0])
            try:
                return function(*arguments, **named)
            finally:
                spent = [time.process_time() - cpu, time.perf_counter() - wall]
                within = self._inside.pop()
                found = self.times.setdefault(step, [0.0, 0.0, 0])
                for i in range(2):
                    found[i] += spent[i] - within[i]
                    if self._inside:
                        self._inside[-1][i] += spent[i]
                found[2] += 1

        return timed

    def put(self, step: str, place: str) -> None:
        """Time a function wherever the program has imported it by name."""
        home, _, name = place.partition(":")
        module = import_module(f"csatkit.{home}")
        function = getattr(module, name)
        timed = self.around(step, function)
        for each in _modules():
            if vars(each).get(name) is function:
                setattr(each, name, timed)


def _modules() -> list[ModuleType]:
    return [m for name, m in list(sys.modules.items()) if name.split(".")[0] == "csatkit"]


def measured(tickets: str, surveys: str) -> Times:
    """Answer the report once and return what its steps took."""
    import csatkit as ck

    for places in STEPS.values():
        for place in places:
            import_module(f"csatkit.{place.partition(':')[0]}")
    import_module("csatkit.analyses.overview")
    watch = _Watch()
    watch.times[START] = [time.process_time(), time.perf_counter() - _BEGAN, 1]
    for step, places in STEPS.items():
        for place in places:
            watch.put(step, place)
    whole = watch.around(REST, lambda: ck.render(ck.analyze(ck.load(tickets, surveys)), "json"))
    whole()
    return watch.times


_BEGAN = time.perf_counter()

if __name__ == "__main__":
    json.dump(measured(*sys.argv[1:]), sys.stdout)
