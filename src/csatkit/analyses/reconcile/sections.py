"""What `reconcile` says: the answer, the rules of a group, who flips, and every rule in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from string import ascii_uppercase

from csatkit.analyses.reconcile.comparing import Compared
from csatkit.analyses.reconcile.flips import Pair, Patterns, pair, why
from csatkit.metrics import CATALOG
from csatkit.render.values import number, quantity
from csatkit.report import Cell, CellUnit, Measure, Section, Table, Unit

__all__ = ["group_sections", "lead_section", "rules_section"]

_FLIPS = "Any two rules of the group; the letters are those of its table above."
_FLIP = "Count by the line and fail by the column"
_ONLY = "In the denominator of the line and not in that of the column"

MOST_COLUMNS = 6
"""Columns of a matrix: with the longest name of a rule they fill 80 characters."""


def lead_section(groups: Sequence[Compared]) -> Section:
    """Return the answer: how far the rules of each group lie apart on these rows."""
    lines = [line for found in groups if (line := _range(found)) is not None]
    text = "The tickets on which two rules differ, with the reason: --flips RULE_A RULE_B."
    title = "The same rows, other rules"
    if not lines:
        return Section("summary", title, missing="no two rules can be computed")
    return Section("summary", title, text=(*lines, text))


def _range(found: Compared) -> str | None:
    """Say how far one group's rules lie apart, None where there is nothing to compare."""
    own = found.measures[0]
    others = [
        (m.value, m.label) for m in found.measures[1:] if m.value is not None and m.unit == own.unit
    ]
    if own.value is None or not others:
        return None
    (low, at_least), (high, at_most) = min(others), max(others)
    many = "another rule" if len(others) == 1 else f"{len(others)} other rules"
    one = f"{_plain(low, own.unit)} ({at_least})"
    span = one if len(others) == 1 else f"{one} to {_plain(high, own.unit)} ({at_most})"
    return f"{own.label} {_plain(own.value, own.unit)}; by {many} {span}."


def _plain(value: float, unit: Unit) -> str:
    return f"{value:.3f}" if unit == "per ticket" else quantity(value, unit)


def group_sections(found: Compared) -> list[Section]:
    """Return the rules of a group side by side, then how they flip."""
    usable = [m for m in found.measures if m.status != "unavailable"]
    key, title = found.group.rules[0], found.group.title
    if not usable:
        return [Section(f"rules_{key}", title, missing=_lacking(found.measures))]
    text = [*_extremes(found)]
    if len(usable) < len(found.measures):
        text.append(f"Not computed: {_lacking(found.measures)}.")
    letters = dict(zip((m.metric for m in usable), ascii_uppercase, strict=False))
    tables = (_rules(usable, letters),)
    shown = [Section(f"rules_{key}", title, text=tuple(text), tables=tables)]
    matrices = [t for p in found.patterns for t in _matrices(p, letters)]
    if matrices:
        shown.append(
            Section(f"flips_{key}", f"{title}: who flips", (_FLIPS,), tables=tuple(matrices))
        )
    return shown


def _lacking(measures: Sequence[Measure]) -> str:
    """Return which rules can't be computed and why, those with one reason together."""
    reasons: dict[str, list[str]] = {}
    for m in measures:
        if m.status == "unavailable":
            reasons.setdefault(m.reason or "unknown", []).append(m.metric)
    return "; ".join(f"{', '.join(names)} ({reason})" for reason, names in reasons.items())


def _rules(usable: Sequence[Measure], letters: dict[str, str]) -> Table:
    """Return one line per rule; per ticket the differences have no interval and no column."""
    unit = usable[0].unit
    is_share = unit == "percent"
    rows: list[dict[str, Cell]] = []
    for m in usable:
        d = m.difference
        row: dict[str, Cell] = {
            "key": letters[m.metric],
            "rule": m.label,
            "value": _shown(m.value, is_share),
            "k": m.numerator,
            "n": m.denominator,
            "points": None if d is None else _shown(d.value, is_share),
        }
        if is_share:
            row |= {"low": None if d is None else d.low, "high": None if d is None else d.high}
        rows.append(row)
    headings = {
        "key": "", "rule": "Rule", "value": "Value" if is_share else "Per ticket", "k": "k",
        "n": "n", "points": "vs A",
    }  # fmt: skip
    units: dict[str, CellUnit] = {"n": "count"}
    if is_share:
        headings |= {"low": "from", "high": "to"}
        units |= {"value": unit, "points": "points", "low": "points", "high": "points"}
    if all(isinstance(m.numerator, int) for m in usable):
        units["k"] = "count"
    return Table(headings, tuple(rows), frozenset({"value", "k", "points", *units}), units)


def _shown(value: float | None, is_share: bool) -> Cell:
    """Return a share as it is, events per ticket as text of three decimals."""
    if is_share or value is None:
        return value
    return f"{value:.3f}".replace("-", "\N{MINUS SIGN}")


def _extremes(found: Compared) -> list[str]:
    """Say which rules lie furthest above and below the headline, and which tickets make it so."""
    own = found.measures[0]
    rated = [
        (m.difference.value, m)
        for m in found.measures[1:]
        if m.difference is not None and m.difference.value is not None and m.unit == "percent"
    ]
    lines = []
    if rated:
        high, low = max(rated, key=_first), min(rated, key=_first)
        for value, m in (e for e, sign in ((high, 1), (low, -1)) if round(sign * e[0], 1) > 0):
            side = "above" if value > 0 else "below"
            because = _because(found, m, own)
            lines.append(f"{m.label}: {abs(value):.1f} points {side} {own.label}{because}.")
        if own.metric == "fcr":
            lines += [_window(found, m, own) for _, m in rated if m.metric == "fcr_7d"]
        if not lines:
            lines.append(f"No rule differs from {own.label} by a tenth of a point.")
    return lines


def _window(found: Compared, m: Measure, own: Measure) -> str:
    """Say what a week does where csatkit's own rule leads: the commonest question of all."""
    assert m.difference is not None
    points = number(m.difference.value, 1, signed=True)
    return f"{m.label}: {points} points against {own.label}{_because(found, m, own)}."


def _first(entry: tuple[float, Measure]) -> float:
    return entry[0]


def _because(found: Compared, m: Measure, own: Measure) -> str:
    joint = found.patterns_of(m.metric, own.metric)
    reasons = () if joint is None else why(joint, m.metric, own.metric)
    if joint is None or not reasons:
        return ""
    rows = "survey row" if joint.rules[0].is_on_surveys else "ticket"
    return f"; {reasons[0].sentence(rows)}: --flips {m.metric} {own.metric}"


def _matrices(found: Patterns, letters: dict[str, str]) -> list[Table]:
    names = [r.metric.id for r in found.rules]
    unit = "survey rows" if found.rules[0].is_on_surveys else "tickets"
    cells: dict[tuple[str, str], Pair] = {
        (a, b): pair(found, a, b) for a in names for b in names if a != b
    }

    def matrix(title: str, across: Sequence[str], count: Callable[[Pair], int]) -> Table:
        rows: list[dict[str, Cell]] = []
        for a in names:
            row: dict[str, Cell] = {"rule": f"{letters[a]} {a}"}
            row |= {letters[b]: None if a == b else count(cells[a, b]) for b in across}
            rows.append(row)
        columns = [letters[name] for name in across]
        headings = {"rule": "Rule", **{c: c for c in columns}}
        return Table(headings, tuple(rows), frozenset(columns),
                     dict.fromkeys(columns, "count"), title=title)  # fmt: skip

    flips, only = f"{_FLIP}, {unit}", f"{_ONLY}, {unit}"
    return [
        *(matrix(flips, block, lambda p: p.first_only) for block in _blocks(names)),
        *(matrix(only, block, lambda p: p.in_first) for block in _blocks(names)),
        _left_out(found, letters),
    ]


def _blocks(names: Sequence[str]) -> list[Sequence[str]]:
    """Cut the columns of a matrix into equal blocks that fit beside the names of the lines."""
    n_blocks = -(-len(names) // MOST_COLUMNS)
    size = -(-len(names) // n_blocks)
    return [names[i : i + size] for i in range(0, len(names), size)]


def _left_out(found: Patterns, letters: dict[str, str]) -> Table:
    """Return why rows are in no denominator of a rule."""
    counts: Counter[tuple[str, str]] = Counter()
    for codes, n in found.counts.items():
        for rule, code in zip(found.rules, codes, strict=True):
            if rule.outcomes[code].state == "out":
                counts[rule.metric.id, rule.outcomes[code].words] += n
    rows: tuple[dict[str, Cell], ...] = tuple(
        {"rule": f"{letters[name]} {name}", "reason": words, "rows": n}
        for (name, words), n in sorted(counts.items(), key=lambda e: (letters[e[0][0]], -e[1]))
    )
    headings = {"rule": "Rule", "reason": "Left out", "rows": "Rows"}
    return Table(headings, rows, frozenset({"rows"}), {"rows": "count"}, title="Left out, and why")


def rules_section(measures: Sequence[Measure]) -> Section:
    """Return every rule in full: its text, whose it is, where that is said.

    Sentences instead of a table: a terminal cuts long cells, and nobody can check half a rule.
    """
    return Section("rules", "The rules", text=tuple(_in_full(m) for m in measures))


def _in_full(m: Measure) -> str:
    metric = CATALOG[m.metric]
    return f"{m.metric} ({metric.whose or 'csatkit'}): {m.rule}. Source: {metric.source}."
