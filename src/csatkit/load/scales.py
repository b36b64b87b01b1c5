"""Rating scales: which answers exist, which of them satisfy, which call for outreach.

A scale belongs to a source and is declared or recognised from whole words; it is never guessed from
the smallest and largest value, because the same digit is the best answer in one system and the
worst in another. Codes ascend from worst to best: the number itself on numeric scales, the position
on scales of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from csatkit.errors import UsageError
from csatkit.schema import fold

__all__ = [
    "DEFAULT",
    "SCALES",
    "SEARCHED",
    "THREE_STEPS",
    "UNRATED",
    "Scale",
    "from_words",
    "is_unrated_word",
    "named",
    "steps",
]

UNRATED: frozenset[str] = frozenset(
    {
        "offered", "unoffered", "notoffered", "unknown", "notrated", "unrated", "none", "norating",
        "noresponse", "n/a",
    }
)  # fmt: skip
"""Cells that say "no rating"; compared by `schema.fold`."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One rating scale; `labels` and `values` go from worst to best."""

    name: str
    labels: tuple[str, ...]
    values: tuple[int, ...] | None
    """The codes of a numeric scale; None where the codes are the positions of the labels."""
    satisfied: frozenset[int]
    low: frozenset[int]
    detractor: frozenset[int] | None
    words: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Folded words → code, where the answers (also) come as words."""

    @property
    def codes(self) -> tuple[int, ...]:
        """Return every code from worst to best."""
        return self.values if self.values is not None else tuple(range(len(self.labels)))

    def knows(self, cell: str) -> bool:
        """Tell whether a cell is an answer on this scale."""
        if fold(cell) in self.words:
            return True
        try:
            return float(cell) in (self.values or ())
        except ValueError:
            return False


def _numeric(low: int, high: int) -> Scale:
    values = tuple(range(low, high + 1))
    n = len(values)
    # metrics.md, "Scales": 2 and 3 points → the top one, 4-7 → two, 8 and more → three.
    top = 1 if n <= 3 else 2 if n <= 7 else 3
    satisfied = frozenset(values[-top:])
    name = f"{low}-{high}"
    five = name == "1-5"
    detractor = {"1-5": 2, "1-7": 2, "1-10": 4, "0-10": 4}.get(name)
    return Scale(
        name,
        tuple(map(str, values)),
        values,
        satisfied,
        low=frozenset({1, 2, 3}) if five else frozenset(values) - satisfied,
        detractor=None if detractor is None else frozenset(v for v in values if v <= detractor),
    )


def _words(name: str, answers: tuple[str, ...], *more: tuple[str, int]) -> Scale:
    best = len(answers) - 1
    return Scale(
        name,
        answers,
        None,
        satisfied=frozenset({best}),
        low=frozenset(range(best)),
        detractor=frozenset({0}),
        words=MappingProxyType({**{fold(a): i for i, a in enumerate(answers)}, **dict(more)}),
    )


def _freshdesk() -> Scale:
    labels = {
        -103: "Extremely unhappy",
        -102: "Very unhappy",
        -101: "Unhappy",
        100: "Neutral",
        101: "Happy",
        102: "Very happy",
        103: "Extremely happy",
    }
    negative = frozenset({-103, -102, -101})
    return Scale(
        "freshdesk",
        tuple(labels.values()),
        tuple(labels),
        satisfied=frozenset({101, 102, 103}),
        low=negative | {100},
        detractor=negative,
        words=MappingProxyType({fold(text): code for code, text in labels.items()}),
    )


def _falling(high: int, low: int) -> Scale:
    """Return a scale on which the smallest number is the best answer; codes are positions."""
    rising = _numeric(low, high)
    codes = {v: high - v for v in rising.codes}
    turned = {v: codes[low + high - v] for v in rising.codes}
    return Scale(
        f"{high}-{low}",
        tuple(str(v) for v in reversed(rising.codes)),
        None,
        satisfied=frozenset(turned[v] for v in rising.satisfied),
        low=frozenset(turned[v] for v in rising.low),
        detractor=(
            None if rising.detractor is None else frozenset(turned[v] for v in rising.detractor)
        ),
        words=MappingProxyType({str(v): code for v, code in codes.items()}),
    )


def _satisfaction() -> Scale:
    """Return the five words of survey tools; their numbers are those of 1-5."""
    answers = (
        ("Very dissatisfied", "Extremely dissatisfied", "Very unsatisfied"),
        ("Dissatisfied", "Somewhat dissatisfied", "Unsatisfied"),
        ("Neutral", "Neither satisfied nor dissatisfied", "Neither dissatisfied nor satisfied"),
        ("Satisfied", "Somewhat satisfied"),
        ("Very satisfied", "Extremely satisfied"),
    )
    five = SCALES_OF_NUMBERS["1-5"]
    return Scale(
        "satisfied-dissatisfied",
        tuple(spellings[0] for spellings in answers),
        five.values,
        five.satisfied,
        five.low,
        five.detractor,
        words=MappingProxyType(
            {fold(word): code for code, words in enumerate(answers, 1) for word in words}
        ),
    )


_RANGES = ((1, 2), (1, 3), (1, 4), (1, 5), (1, 7), (1, 10), (0, 10))

SCALES_OF_NUMBERS = {f"{low}-{high}": _numeric(low, high) for low, high in _RANGES}

SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        s.name: s
        for s in (
            *SCALES_OF_NUMBERS.values(),
            _freshdesk(),
            # Classic surveys number the faces from the best one down.
            _words(
                "freshdesk-classic", ("Unhappy", "Neutral", "Happy"), ("3", 0), ("2", 1), ("1", 2)
            ),
            _satisfaction(),
            _words("great-okay-notgood", ("Not good", "Okay", "Great"), ("bad", 0), ("ok", 1)),
            _words("good-okay-bad", ("Bad", "Okay", "Good"), ("ok", 1)),
            _words("good-bad", ("Bad", "Good")),
            _words("yes-no", ("No", "Yes"), ("n", 0), ("y", 1), ("false", 0), ("true", 1)),
        )
    }
)
"""Scales by name; any other run of whole numbers is declared as `A-B`, worst answer first."""

THREE_STEPS = Scale(
    "satisfied/neutral/unsatisfied",
    ("Unsatisfied", "Neutral", "Satisfied"),
    None,
    satisfied=frozenset({2}),
    low=frozenset({0, 1}),
    detractor=frozenset({0}),
    words=MappingProxyType({"unsatisfied": 0, "neutral": 1, "satisfied": 2}),
)
"""What two scales in one run are converted to (metrics.md §3)."""

SEARCHED: tuple[Scale, ...] = tuple(
    SCALES[name]
    for name in (
        "1-5", "satisfied-dissatisfied", "good-bad", "good-okay-bad", "great-okay-notgood",
        "freshdesk",
    )
)  # fmt: skip
"""Scales on which a survey tool's score column is sought; yes and no answer other questions too."""

DEFAULT = SCALES["1-5"]

# Recognised without being declared, the smallest set of words first: `good` and `bad` with an
# `okay` beside them are the three-point scale.
_RECOGNISED = tuple(
    SCALES[name] for name in ("good-bad", "good-okay-bad", "great-okay-notgood", "yes-no")
)

_RANGE = re.compile(r"(-?\d{1,4})\s*(?:-|to|\.\.|…)\s*(-?\d{1,4})")


def named(name: str) -> Scale:
    """Return the scale that `--scale` names.

    Raises:
        UsageError: no scale has this name, and it is no run `A-B`.
    """
    by_fold = {fold(known).replace("/", ""): scale for known, scale in SCALES.items()}
    found = SCALES.get(name.strip()) or by_fold.get(fold(name).replace("/", ""))
    # `1-5` folds like `15`, so a run of numbers is only ever read as written.
    if found and (found.words or found.name == name.strip()):
        return found
    run = _RANGE.fullmatch(name.strip())
    first, last = (int(run[1]), int(run[2])) if run else (0, 0)
    if 0 < last - first <= 100:
        return SCALES.get(f"{first}-{last}") or _numeric(first, last)
    if 0 < first - last <= 100:
        return _falling(first, last)
    raise UsageError.unknown("scale", name, SCALES)


def from_words(cells: Iterable[str]) -> Scale | None:
    """Return the first scale of words that knows every cell; None where none does."""
    met = {fold(cell) for cell in cells}
    return next((s for s in _RECOGNISED if met and met <= set(s.words)), None)


def is_unrated_word(cell: str, more: Iterable[str] = ()) -> bool:
    """Tell whether a cell says "no rating"; `more` are the user's own markers."""
    return fold(cell) in UNRATED or fold(cell) in {fold(word) for word in more}


def steps(scale: Scale) -> Mapping[int, int]:
    """Return code → code of `THREE_STEPS`.

    Satisfied stays satisfied. Of the others the detractors are unsatisfied; where a scale has none
    declared, all below its exact middle are.
    """
    codes = scale.codes
    middle = codes[len(codes) // 2] if len(codes) % 2 else None
    unsatisfied = scale.detractor
    if unsatisfied is None:
        unsatisfied = frozenset(c for c in codes if c not in scale.satisfied and c != middle)
    return MappingProxyType(
        {c: 2 if c in scale.satisfied else 0 if c in unsatisfied else 1 for c in codes}
    )
