"""The shipped JSON Schema is the one that the closed lists give, and it refuses what it should."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from csatkit import notes
from csatkit.render import render
from csatkit.report import Note
from csatkit.schemas import load_schema, schema_text
from csatkit.schemas.build import build_schema, schema_bytes
from tests.unit.render.samples import SECTIONS


def test_the_shipped_file_is_the_generated_one() -> None:
    assert schema_text().encode() == schema_bytes()
    assert load_schema() == build_schema()


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(load_schema())
    assert load_schema()["$schema"].endswith("2020-12/schema")


def test_every_list_is_in_it() -> None:
    schema = load_schema()
    measure = schema["$defs"]["measure"]["properties"]
    assert set(measure["excluded"]["properties"]) == set(notes.EXCLUDED_REASONS)
    assert set(notes.EXTRA_FIELDS) < set(measure)
    dropped = schema["properties"]["inputs"]["items"]["properties"]["dropped"]
    assert set(dropped["properties"]) == set(notes.DROPPED_REASONS)
    code = schema["properties"]["notes"]["items"]["properties"]["code"]
    assert set(code["enum"]) == set(notes.NOTE_CODES)


def _set(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        at: Any = found
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("schema_version", to=2),
        _set("surprise", to=1),
        _set("measures", 0, "surprise", to=1),
        _set("measures", 0, "status", to="fine"),
        _set("measures", 0, "status", to="empty"),
        _set("measures", 0, "unit", to="%"),
        _set("measures", 0, "excluded", to={"mood": 1}),
        _set("measures", 0, "segment", to={"channel": 1}),
        _set("measures", 0, "period", "from", to="yesterday"),
        _set("measures", 1, "failures", to={"mood": 1}),
        _set("inputs", 0, "dropped", to={"mood": 1}),
        _set("notes", 0, "code", to="no.such_code"),
        _set("definitions", "as_of", to="2026-03-31"),
        _set("targets", 0, "verdict", to="maybe"),
    ],
)
def test_it_refuses(change: Callable[[dict[str, Any]], None]) -> None:
    validator = jsonschema.Draft202012Validator(load_schema())
    found = json.loads(render(SECTIONS, "json"))
    validator.validate(found)
    broken = copy.deepcopy(found)
    change(broken)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(broken)


def test_note_takes_listed_codes_alone() -> None:
    assert notes.note("advice.next", "Look there.") == Note("info", "advice.next", "Look there.")
    with pytest.raises(ValueError, match=r"no\.such_code"):
        notes.note("no.such_code", "text")


@pytest.mark.parametrize(
    "listed", [notes.NOTE_CODES, notes.DROPPED_REASONS, notes.EXCLUDED_REASONS]
)
def test_every_code_has_a_meaning_in_one_line(listed: dict[str, str]) -> None:
    assert all(meaning.strip() and "\n" not in meaning for meaning in listed.values())
    assert all(code == code.lower() and " " not in code for code in listed)
