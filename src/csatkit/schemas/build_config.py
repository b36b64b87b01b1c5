"""Generates the JSON Schema of `csatkit.toml`, so that editors complete and check it.

Keys and types come from the table of rules that reads the file; only their meaning is written here.
`python -m csatkit.schemas.build_config FILE` writes it; a test compares the shipped file with it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from csatkit.config_file import TARGET_KEYS, TARGET_MODES
from csatkit.config_goals import BASELINE_KEYS, GOAL_KEYS, GUARDRAIL_KEYS, REQUIRED
from csatkit.config_rules import RULES, Rule
from csatkit.metrics import CATALOG
from csatkit.schema import COLUMNS
from csatkit.settings import FAILURE_REASONS, REPORT_SECTIONS

__all__ = ["CONFIG_SCHEMA", "MEANINGS", "build_config_schema", "config_schema_text"]

CONFIG_SCHEMA = "config.schema.json"
"""Name of the shipped file."""

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
WHOLE: Schema = {"type": "integer", "minimum": 1}
DURATION = r"^\s*\d+(\.\d+)?\s*[smhdw]\s*$"
MEMORY = r"^\s*\d+(\.\d+)?\s*(%|([KMGTkmgt][Ii]?)?[Bb])\s*$"
DAYS: Schema = {
    "anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": DURATION}]
}
QUERY: Schema = {
    "type": "object",
    "properties": {"query": TEXT, "uri": TEXT},
    "required": ["query", "uri"],
    "additionalProperties": False,
}
INPUT: Schema = {"anyOf": [TEXT, QUERY, {"type": "array", "items": {"anyOf": [TEXT, QUERY]}}]}
SECTIONS: Schema = {
    "type": "array", "items": {"enum": list(REPORT_SECTIONS)}, "uniqueItems": True,
}  # fmt: skip
CELLS: Schema = {"type": ["string", "number", "boolean"]}
WORDS: Schema = {"type": "object", "additionalProperties": CELLS}

MEANINGS: Mapping[tuple[str, str], tuple[str, Schema]] = {
    ("source", "tickets"): ("Ticket export: a file, a glob, a folder or a query.", INPUT),
    ("source", "surveys"): ("Survey export, where it is a file of its own.", INPUT),
    ("source", "outreach"): ("Rows about what followed a low score.", INPUT),
    ("source", "preset"): ("System the export comes from; none switches recognition off.", TEXT),
    ("source", "preset_folder"): ("Folder with presets of your own.", TEXT),
    ("source", "map"): (
        "Canonical column = header of the export; an empty header unmaps.",
        {
            "type": "object",
            "properties": {n: {"description": c.meaning, **TEXT} for n, c in COLUMNS.items()},
            "additionalProperties": False,
        },
    ),
    ("source", "scale"): (
        "Scale of the scores.", {**TEXT, "examples": ["1-5", "1-10", "0-10", "good-bad"]},
    ),
    ("source", "timezone"): ("Zone of times without an offset, such as Europe/Berlin.", TEXT),
    ("source", "date_format"): (
        "How dates are written.",
        {**TEXT, "examples": ["dmy", "mdy", "ymd", "epoch", "epoch-ms", "%d.%m.%Y %H:%M"]},
    ),
    ("source", "unrated"): (
        "Further score cells that mean: not rated.", {"type": "array", "items": CELLS},
    ),
    ("source", "labels"): ("Score cell = what it stands for.", WORDS),
    ("source", "scale_column"): ("Header of a column that names each row's scale.", TEXT),
    ("source", "scales"): ("Cell of that column = name of a scale.", WORDS),
    ("source", "resolved_statuses"): (
        "Status words that mean resolved.", {"type": "array", "items": CELLS},
    ),
    ("exclude", "*"): (
        "Column = values whose tickets leave every number.",
        {
            "type": "object",
            "additionalProperties": {"anyOf": [CELLS, {"type": "array", "items": CELLS}]},
        },
    ),
    ("fcr", "window"): ("Days in which a further contact is a repeat.", DAYS),
    ("fcr", "repeat_on"): (
        "What makes two tickets the same issue.", {"enum": ["issue", "customer"]},
    ),
    ("fcr", "fail_on"): (
        "Reasons that count as a failure.",
        {"type": "array", "items": {"enum": list(FAILURE_REASONS)}, "minItems": 1},
    ),
    ("response", "mature_days"): ("Age from which a silent customer won't answer.", DAYS),
    ("first_response", "*"): (
        "Channel = limit of the first response; none takes a default away.",
        {
            "type": "object",
            "additionalProperties": {
                "anyOf": [{"type": "string", "pattern": DURATION}, {"const": "none"}]
            },
        },
    ),
    ("themes", "*"): (
        "Theme = word patterns (regular expressions); an empty list takes a theme away.",
        {
            "type": "object",
            "additionalProperties": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
        },
    ),
    ("inspect", "expected_rows"): (
        "Rows that an export usually has; inspect warns of far fewer.",
        {
            "anyOf": [
                WHOLE,
                {
                    "type": "object",
                    "properties": dict.fromkeys(("tickets", "surveys", "outreach"), WHOLE),
                    "additionalProperties": False,
                },
            ]
        },
    ),
    ("report", "by"): ("Tables: columns, crossed by commas.", TEXTS),
    ("report", "tz"): ("Zone in which days, weeks and periods begin.", TEXT),
    ("report", "week_start"): ("First day of a week.", {**TEXT, "examples": ["mon", "sun"]}),
    ("report", "level"): (
        "Level of intervals.", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    ),
    ("report", "min_n"): ("Rows below which a number is marked small.", WHOLE),
    ("report", "profile"): ("Thresholds and bands.", TEXT),
    ("report", "clock"): (
        "The instant that dates a row.",
        {"enum": ["family", "resolved", "created", "responded"]},
    ),
    ("report", "rating"): (
        "Which answer of a ticket is its rating.", {"enum": ["first", "last", "all"]},
    ),
    ("spark", "master"): (
        "Where Spark runs; default as it is configured.",
        {**TEXT, "examples": ["local[4]", "yarn", "spark://host:7077"]},
    ),
    ("spark", "conf"): (
        "Settings of Spark by name.",
        {
            "type": "object",
            "additionalProperties": {"type": ["string", "number", "boolean"]},
            "examples": [{"spark.executor.memory": "8g"}],
        },
    ),
    ("report", "max_memory"): (
        "Memory above which rows go through the disk.",
        {**TEXT, "pattern": MEMORY, "examples": ["4GB", "512MB", "60%"]},
    ),
    ("report", "sections"): ("Sections of report; default all of its format.", SECTIONS),
    ("report", "hide"): ("Sections that report leaves out.", SECTIONS),
    ("report", "privacy"): ("What is shown of people.", {"enum": ["all", "ids", "none"]}),
}  # fmt: skip
"""Place in the file → what it means and what it may hold."""

_NUMBER: Schema = {"type": "number"}
_TARGET: Mapping[str, Schema] = {
    "name": {"description": "Name in the report.", **TEXT},
    "metric": {"description": "What is measured.", "enum": list(CATALOG)},
    "min": {"description": "The value must be at least this.", **_NUMBER},
    "max": {"description": "The value must be at most this.", **_NUMBER},
    "by": {"description": "Each segment must hold.", **TEXTS},
    "where": {"description": "Rows that count, such as channel=email.", **TEXTS},
    "warn": {"description": "Beyond this a pass is marked.", **_NUMBER},
    "mode": {"description": "How the interval is used.", "enum": list(TARGET_MODES)},
    "margin": {"description": "Points given away by noninferior.", **_NUMBER},
    "action": {"description": "What to do when it fails.", **TEXT},
    "kind": {"description": "guardrail marks what must not get worse.", **TEXT},
    "no_worse_than": {"description": "File of a baseline to compare with.", **TEXT},
    "column": {"description": "Column whose coverage is measured.", **TEXT},
    "min_n": {"description": "Rows below which nothing is decided.", **WHOLE},
    "level": {
        "description": "Level of the interval.", "type": "number", "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
    },
}  # fmt: skip


_PERIOD: Schema = {
    "type": "string",
    "pattern": r"^\s*\d{4}(-([Qq][1-4]|[Ww]\d{2}|\d{2}(-\d{2})?))?\s*$",
    "examples": ["2025-Q4", "2025-11", "2025"],
}
_FIGURE: Mapping[str, Schema] = {
    "value": {"description": "The figure, in the unit of the metric.", **_NUMBER},
    "n": {"description": "Rows that a percentage rests on.", **WHOLE},
}
_STOOD: Schema = {
    "anyOf": [
        _PERIOD,
        _NUMBER,
        {
            "type": "object",
            "properties": {name: _FIGURE[name] for name in BASELINE_KEYS},
            "required": list(BASELINE_KEYS),
            "additionalProperties": False,
        },
    ]
}
_GUARDRAIL: Mapping[str, Schema] = {
    "metric": {"description": "What mustn't get worse.", "enum": list(CATALOG)},
    "margin": {"description": "How much worse it may get.", **_NUMBER, "minimum": 0},
    "where": {"description": "Rows that count; default those of the goal.", **TEXTS},
    "baseline": {"description": "Where it stood; default the goal's period.", **_STOOD},
}
_GOAL: Mapping[str, Schema] = {
    "name": {"description": "Name in the report.", **TEXT},
    "metric": {"description": "What shall become better.", "enum": list(CATALOG)},
    "where": {"description": "Rows that count, such as channel=email.", **TEXTS},
    "baseline": {"description": "Where it stood: a period, or a figure.", **_STOOD},
    "target": {"description": "The value to reach.", **_NUMBER},
    "start": {"description": "First day of progress; default after the baseline.", **_PERIOD},
    "due": {"description": "Last day, or the period that it ends.", **_PERIOD},
    "action": {"description": "What is done for it.", **TEXT},
    "guardrails": {
        "description": "Metrics that mustn't get worse meanwhile.",
        "type": "array",
        "items": {
            "anyOf": [
                {"enum": list(CATALOG)},
                {
                    "type": "object",
                    "properties": {name: _GUARDRAIL[name] for name in GUARDRAIL_KEYS},
                    "required": ["metric"],
                    "additionalProperties": False,
                },
            ]
        },
    },
    "min_n": _TARGET["min_n"],
    "level": _TARGET["level"],
}


def build_config_schema() -> Schema:
    """Return the schema of the whole file (draft-07, which editors for TOML know)."""
    tables: dict[str, Schema] = {}
    for rule in RULES:
        if rule.place is None:
            continue
        table, key = rule.place
        if key == "*":
            tables[table] = _meaning(rule)
        else:
            found = tables.setdefault(
                table, {"type": "object", "properties": {}, "additionalProperties": False}
            )
            found["properties"][key] = _meaning(rule)
    tables["target"] = {"type": "array", "items": _target()}
    tables["goal"] = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {name: _GOAL[name] for name in GOAL_KEYS},
            "required": list(REQUIRED),
            "additionalProperties": False,
        },
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "csatkit.toml",
        "description": "Settings, targets and goals of csatkit.",
        "type": "object",
        "properties": tables,
        "additionalProperties": False,
    }


def _meaning(rule: Rule) -> Schema:
    assert rule.place is not None
    text, shape = MEANINGS[rule.place]
    return {"description": text, **shape}


def _target() -> Schema:
    return {
        "type": "object",
        "properties": {name: _TARGET[name] for name in TARGET_KEYS},
        "required": ["metric"],
        "oneOf": [{"required": [key]} for key in ("min", "max", "no_worse_than")],
        "additionalProperties": False,
    }


def config_schema_bytes() -> bytes:
    """Return the content of the shipped file."""
    return (json.dumps(build_config_schema(), ensure_ascii=False, indent=2) + "\n").encode()


def config_schema_text() -> str:
    """Return the shipped schema as it is on disk."""
    return files("csatkit.schemas").joinpath(CONFIG_SCHEMA).read_text(encoding="utf-8")


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(config_schema_bytes())
