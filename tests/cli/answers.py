"""What a command answers, checked against the schema that the package ships."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema

from csatkit.schemas import load_schema

__all__ = ["valid_json"]


def valid_json(run: Callable[..., Any], *arguments: str) -> dict[str, Any]:
    """Return the JSON that a command writes; it succeeds and keeps to the schema."""
    done = run(*arguments, "--format", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    jsonschema.Draft202012Validator(load_schema()).validate(found)
    return found
