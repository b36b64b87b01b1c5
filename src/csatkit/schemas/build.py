"""Generates the JSON Schema from the closed lists, so that no code can be in one place alone.

`python -m csatkit.schemas.build FILE` writes it; a test compares the shipped file with it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from csatkit.notes import (
    DROPPED_REASONS,
    EXCLUDED_REASONS,
    EXTRA_FIELDS,
    NOTE_CODES,
    ExtraKind,
)
from csatkit.report import CellUnit, ChartKind, Level, Status, Unit
from csatkit.settings import FAILURE_REASONS

__all__ = ["build_schema", "schema_bytes"]

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
OPTIONAL_TEXT: Schema = {"type": ["string", "null"]}
OPTIONAL_NUMBER: Schema = {"type": ["number", "null"]}
OPTIONAL_WHOLE: Schema = {"type": ["integer", "null"], "minimum": 0}
CELL: Schema = {"type": ["string", "number", "boolean", "null"]}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
OPTIONAL_DAY: Schema = {**DAY, "type": ["string", "null"]}
INSTANT: Schema = {
    "type": ["string", "null"],
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?Z$",
}
SEGMENT: Schema = {"type": "object", "additionalProperties": OPTIONAL_TEXT}

EXTRA_KINDS: Mapping[ExtraKind, Schema] = {
    "counts": {"type": "object", "additionalProperties": WHOLE},
    "figures": {"type": "object", "additionalProperties": WHOLE},
    "range": {"type": "array", "items": OPTIONAL_NUMBER, "minItems": 2, "maxItems": 2},
    "number": OPTIONAL_NUMBER,
    "text": OPTIONAL_TEXT,
    "texts": {"type": "array", "items": TEXT},
}


def build_schema() -> Schema:
    """Return the schema of the whole JSON output (draft 2020-12)."""
    properties = {
        "schema_version": {"const": 1},
        "csatkit": TEXT,
        "command": {"type": "string", "minLength": 1},
        "definitions": _definitions(),
        "inputs": _list(_input()),
        "measures": _list({"$ref": "#/$defs/measure"}),
        "targets": _list(_target()),
        "notes": _list(_note()),
    }
    later = {"title": TEXT, "sections": _list(_section()), "goals": _list(_goal())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "csatkit report",
        "description": "Output of every csatkit command with --format json.",
        **_object(properties, later),
        "$defs": {
            "measure": _measure(),
            "period": _object({"label": TEXT, "from": DAY, "to": DAY}),
            "difference": _object(
                {
                    "value": OPTIONAL_NUMBER,
                    "low": OPTIONAL_NUMBER,
                    "high": OPTIONAL_NUMBER,
                    "against": TEXT,
                }
            ),
        },
    }


def schema_bytes() -> bytes:
    """Return the content of the shipped file."""
    return (json.dumps(build_schema(), ensure_ascii=False, indent=2) + "\n").encode()


def _measure() -> Schema:
    fields = {
        "metric": TEXT,
        "rule": TEXT,
        "label": TEXT,
        "unit": _one_of(get_args(Unit)),
        "segment": SEGMENT,
        "period": _or_null("period"),
        "value": OPTIONAL_NUMBER,
        "numerator": OPTIONAL_NUMBER,
        "denominator": OPTIONAL_WHOLE,
        "low": OPTIONAL_NUMBER,
        "high": OPTIONAL_NUMBER,
        "level": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "method": OPTIONAL_TEXT,
        "status": _one_of(get_args(Status)),
        "reason": OPTIONAL_TEXT,
        "band": OPTIONAL_TEXT,
        "excluded": _counts(EXCLUDED_REASONS),
        "difference": _or_null("difference"),
    }
    extras = {
        name: {"description": field.meaning, **EXTRA_KINDS[field.kind]}
        for name, field in EXTRA_FIELDS.items()
    }
    extras["failures"] = {"description": EXTRA_FIELDS["failures"].meaning}
    extras["failures"] |= _counts(dict.fromkeys(FAILURE_REASONS, ""))
    no_value = {"value": {"type": "null"}, "low": {"type": "null"}, "high": {"type": "null"}}
    return {
        **_object(fields, extras),
        "allOf": [
            {
                "if": {"properties": {"status": {"const": "unavailable"}}},
                "then": {"properties": {"value": {"type": "null"}, "reason": TEXT}},
            },
            {
                "if": {"properties": {"status": {"const": "empty"}}},
                "then": {"properties": no_value},
            },
        ],
    }


def _definitions() -> Schema:
    label_or_number: Schema = {"type": ["string", "integer"]}
    return _object(
        {
            "window_days": {"type": "number", "exclusiveMinimum": 0},
            "repeat_on": TEXT,
            "fail_on": _list(_one_of(FAILURE_REASONS)),
            "scale": OPTIONAL_TEXT,
            "satisfied": _list(label_or_number),
            "low": {"type": ["string", "integer", "null"]},
            "rating": TEXT,
            "clock": TEXT,
            "timezone": TEXT,
            "as_of": INSTANT,
            "level": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "min_n": WHOLE,
            "profile": TEXT,
        }
    )


def _input() -> Schema:
    return _object(
        {
            "path": TEXT,
            "kind": TEXT,
            "preset": OPTIONAL_TEXT,
            "rows": WHOLE,
            "used": WHOLE,
            "dropped": _counts(DROPPED_REASONS),
        }
    )


def _target() -> Schema:
    return _object(
        {
            "name": TEXT,
            "metric": TEXT,
            "segment": SEGMENT,
            "period": _or_null("period"),
            "op": _one_of(("min", "max")),
            "threshold": OPTIONAL_NUMBER,
            "mode": _one_of(("three-way", "point", "lower", "noninferior")),
            "margin": OPTIONAL_NUMBER,
            "kind": OPTIONAL_TEXT,
            "verdict": _one_of(("pass", "fail", "inconclusive", "unavailable")),
            "warned": FLAG,
            "value": OPTIONAL_NUMBER,
            "low": OPTIONAL_NUMBER,
            "high": OPTIONAL_NUMBER,
            "numerator": OPTIONAL_NUMBER,
            "denominator": OPTIONAL_WHOLE,
            "status": _one_of(get_args(Status)),
            "reason": OPTIONAL_TEXT,
            "n_needed": OPTIONAL_WHOLE,
            "action": OPTIONAL_TEXT,
            "baseline": OPTIONAL_NUMBER,
            "family": {
                "description": "how many segments of the target share the chance of an error",
                **OPTIONAL_WHOLE,
            },
            "p_adjusted": OPTIONAL_NUMBER,
        }
    )


def _goal() -> Schema:
    """Return what became of a `[[goal]]`, with its guardrails."""
    verdict = {
        "verdict": _one_of(("pass", "fail", "inconclusive", "unavailable", None)),
        "reason": OPTIONAL_TEXT,
        "n_needed": OPTIONAL_WHOLE,
    }
    asked = {"metric": TEXT, "segment": SEGMENT, "op": _one_of(("min", "max"))}
    figures = {
        "baseline": _object({**_figure(), "since": OPTIONAL_DAY}),
        "now": _maybe(_object(_figure())),
        "change": _or_null("difference"),
    }
    return _object(
        {
            "name": TEXT,
            **asked,
            "target": {"type": "number"},
            "start": DAY,
            "due": DAY,
            "action": OPTIONAL_TEXT,
            "track": _one_of(
                ("met", "on track", "behind", "open", "missed", "lost", "not begun", "unavailable")
            ),
            **figures,
            "progress": _one_of(("better", "worse", "noise", "unknown")),
            "n_to_tell": OPTIONAL_WHOLE,
            "told_on": OPTIONAL_DAY,
            **verdict,
            "decided_on": OPTIONAL_DAY,
            "expected": OPTIONAL_NUMBER,
            "met_since": _or_null("period"),
            "met_first": _or_null("period"),
            "lost_in": OPTIONAL_TEXT,
            "drift": _maybe(_drift()),
            "plan": _maybe(
                _object(
                    {
                        "verdict": _one_of(("unrealistic", "realistic", "within noise", "reached")),
                        "gain_per_quarter": {"type": "number"},
                        "needed": OPTIONAL_WHOLE,
                        "per_period": WHOLE,
                    }
                )
            ),
            "next": _maybe(
                _object(
                    {
                        "target": OPTIONAL_NUMBER,
                        "needed": OPTIONAL_WHOLE,
                        "per_period": OPTIONAL_WHOLE,
                        "why": TEXT,
                    }
                )
            ),
            "guardrails": _list(
                _object({**asked, "margin": OPTIONAL_NUMBER, **figures, **verdict})
            ),
        }
    )


def _figure() -> dict[str, Schema]:
    return {
        "period": _or_null("period"),
        "value": OPTIONAL_NUMBER,
        "low": OPTIONAL_NUMBER,
        "high": OPTIONAL_NUMBER,
        "numerator": OPTIONAL_NUMBER,
        "denominator": OPTIONAL_WHOLE,
        "status": _one_of(get_args(Status)),
        "reason": OPTIONAL_TEXT,
    }


def _drift() -> Schema:
    return _object(
        {
            "against": {"$ref": "#/$defs/period"},
            "until": DAY,
            "from": OPTIONAL_DAY,
            "to": OPTIONAL_DAY,
            "value": OPTIONAL_NUMBER,
            "denominator": WHOLE,
            "change": _or_null("difference"),
            "verdict": _one_of(("fallen", "held", "open")),
        }
    )


def _note() -> Schema:
    return _object({"level": _one_of(get_args(Level)), "code": _one_of(NOTE_CODES), "text": TEXT})


def _section() -> Schema:
    row = {"type": "object", "additionalProperties": CELL}
    columns = {"type": "object", "additionalProperties": TEXT}
    units = {"type": "object", "additionalProperties": _one_of(get_args(CellUnit))}
    table = _object(
        {"title": OPTIONAL_TEXT, "columns": columns, "units": units, "rows": _list(row)}
    )
    chart = _object(
        {
            "kind": _one_of(get_args(ChartKind)),
            "unit": _one_of(get_args(CellUnit)),
            "reference": OPTIONAL_NUMBER,
            "rows": _list(row),
        },
        {"title": TEXT, "guide": _list(row)},
    )
    return _object(
        {
            "key": TEXT,
            "title": TEXT,
            "text": _list(TEXT),
            "tables": _list(table),
            "charts": _list(chart),
            "missing": OPTIONAL_TEXT,
        }
    )


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """Return the schema of an object that holds these fields and no other."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(words: Iterable[str | None]) -> Schema:
    return {"enum": list(words)}


def _or_null(name: str) -> Schema:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]}


def _counts(reasons: Mapping[str, str]) -> Schema:
    """Return the schema of counts by reason; each reason carries its meaning, if it has one."""
    properties = {
        reason: {"description": meaning, **WHOLE} if meaning else WHOLE
        for reason, meaning in reasons.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(schema_bytes())
