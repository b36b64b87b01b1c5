"""The JSON Schema of the output, shipped as a file and generated from the closed lists."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

__all__ = ["REPORT_SCHEMA", "load_schema", "schema_text"]

REPORT_SCHEMA = "report.schema.json"
"""Name of the shipped file; `build.build_schema` generates its content."""


def schema_text() -> str:
    """Return the shipped schema as it is on disk."""
    return files(__name__).joinpath(REPORT_SCHEMA).read_text(encoding="utf-8")


def load_schema() -> dict[str, Any]:
    """Return the shipped schema (JSON Schema, draft 2020-12) of every command's JSON."""
    found: dict[str, Any] = json.loads(schema_text())
    return found
