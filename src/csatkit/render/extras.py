"""What only some measures have, shown by the kind that `notes.EXTRA_FIELDS` declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from csatkit.notes import EXTRA_FIELDS, ExtraField
from csatkit.render.blocks import Block, Heading, Lines
from csatkit.render.charts import count_bars
from csatkit.render.values import number, quantity

if TYPE_CHECKING:
    from csatkit.report import Measure, Unit

__all__ = ["excluded_words", "extra_blocks"]

# Their field is in the unit of the measure; other single numbers are what their label says.
_IN_THE_MEASURES_UNIT = frozenset({"p90"})


def extra_blocks(m: Measure) -> Iterator[Block]:
    """Yield the blocks of a measure's extra fields, in the order of their list."""
    for name, field in EXTRA_FIELDS.items():
        if m.extra.get(name) is not None:
            unit = m.unit if name in _IN_THE_MEASURES_UNIT else None
            yield from _field(m, field, m.extra[name], unit)


def excluded_words(m: Measure) -> str:
    """Return the reasons for which a measure leaves rows out, with their counts, or nothing."""
    left_out = {reason: n for reason, n in m.excluded.items() if n}
    if not left_out:
        return ""
    return ", ".join(f"{number(n)} {r.replace('_', ' ')}" for r, n in left_out.items())


def _field(m: Measure, field: ExtraField, found: Any, unit: Unit | None) -> Iterator[Block]:
    match field.kind:
        case "counts":
            yield from _counts(m, field, found)
        case "range":
            low, high = found
            shown = quantity(low, m.unit), quantity(high, m.unit)
            yield Lines((f"{m.label}, {field.label.lower()}: {shown[0]} to {shown[1]}",))
        case "number":
            shown_number = quantity(found, unit) if unit else number(found)
            yield Lines((f"{m.label}, {field.label.lower()}: {shown_number}",))
        case "figures":
            parts = ", ".join(f"{k.replace('_', ' ')} {number(v)}" for k, v in found.items())
            yield Lines((f"{m.label}, {field.label.lower()}: {parts}",))
        case "text":
            yield Lines((f"{m.label}, {field.label.lower()}: {found}",))
        case "texts":
            if found:
                parts = ", ".join(str(f).replace("_", " ") for f in found)
                yield Lines((f"{m.label}, {field.label.lower()}: {parts}",))


def _counts(m: Measure, field: ExtraField, counts: Mapping[str, int]) -> Iterator[Block]:
    """Yield bars; their heading names the metric, since several may have the same field."""
    if any(counts.values()):
        yield Heading(f"{field.label} ({m.label})", depth=3)
        shown = {str(name).replace("_", " "): n for name, n in counts.items()}
        yield count_bars(shown)
