"""`csatkit metrics`: the catalogue, or one metric in full."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from csatkit.cli import streams
from csatkit.cli.answer import destination
from csatkit.cli.command import Command, Values
from csatkit.cli.options import OUTPUT, Argument
from csatkit.errors import UsageError

if TYPE_CHECKING:
    from csatkit.metrics import Metric

__all__ = ["COMMAND"]

FORMATS = ("table", "markdown", "json")
SCHEMA_VERSION = 1
"""Counts the changes of this JSON that aren't additive."""

Facts = Mapping[str, str]
"""What is shown of a metric: field → text."""


def _run(given: Values) -> None:
    from csatkit.metrics import CATALOG, find

    where_to = destination(given, os.environ, "table")
    if where_to.format not in FORMATS:
        raise UsageError(
            f"the catalogue isn't a table of numbers: no {where_to.format}",
            f"Formats: {', '.join(FORMATS)}.",
        )
    name = given["name"]
    chosen = find([name]) if name else tuple(CATALOG.values())
    facts = [_facts(metric) for metric in chosen]
    write = _WRITERS[where_to.format]
    text = write(facts, name is not None)
    streams.result(text, where_to.output, is_exact=where_to.format == "json")


def _facts(metric: Metric) -> Facts:
    """Return what a reader has to know about a metric, in the order of reading."""
    from csatkit.settings import Settings

    return {
        "metric": metric.id,
        "label": metric.label,
        "definition": metric.definition,
        "rule": _rule(metric, Settings()),
        "unit": metric.unit,
        "better": metric.better,
        "needs": ", ".join(" or ".join(columns) for columns in metric.needs),
        "improved by": ", ".join(metric.wants),
        "source": metric.source,
        "caveat": metric.caveat,
    }


def _rule(metric: Metric, settings: object) -> str:
    """Return the rule with the default settings in it; facts of the data stay named."""
    import string

    asked = {name for _, name, _, _ in string.Formatter().parse(metric.rule) if name}
    known = {"window", "rating", "mature_days", "key", "suffix"}
    return metric.rule_text(settings, **{name: f"<{name}>" for name in asked - known})  # type: ignore[arg-type]


def _table(facts: list[Facts], is_one: bool) -> str:
    if is_one:
        return _pairs(facts[0], "{field:<12} {text}\n")
    width = max(len(f["metric"]) for f in facts)
    return "".join(f"{f['metric']:<{width}}  {f['unit']:<10}  {f['label']}\n" for f in facts)


def _markdown(facts: list[Facts], is_one: bool) -> str:
    if is_one:
        return f"## {facts[0]['metric']}\n\n" + _pairs(facts[0], "- **{field}**: {text}\n")
    head = "| metric | label | unit | definition |\n|---|---|---|---|\n"
    return head + "".join(
        "| `{metric}` | {label} | {unit} | {definition} |\n".format_map(
            {field: text.replace("|", "\\|") for field, text in f.items()}
        )
        for f in facts
    )


def _pairs(facts: Facts, line: str) -> str:
    return "".join(line.format(field=field, text=text) for field, text in facts.items() if text)


def _json(facts: list[Facts], is_one: bool) -> str:  # noqa: ARG001 - one metric is a list of one
    fields = [{f.replace(" ", "_"): text for f, text in metric.items()} for metric in facts]
    found = {"schema_version": SCHEMA_VERSION, "command": "metrics", "metrics": fields}
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


_WRITERS: Mapping[str, Callable[[list[Facts], bool], str]] = {
    "table": _table,
    "markdown": _markdown,
    "json": _json,
}

_FORMAT = "table, markdown or json. Default: by the suffix of --output, else table."

COMMAND = Command(
    "metrics",
    "List every metric, or say all about one: what it counts, its unit, which columns it needs,"
    " where the definition comes from and what to beware of.",
    _run,
    tuple(
        replace(o, help=_FORMAT, choices=lambda: FORMATS) if o.key == "format" else o
        for o in OUTPUT
        if o.key in {"format", "output", "debug"}
    ),
    arguments=(Argument("name", "NAME", "One metric; without it, all."),),
    examples={
        "csatkit metrics": "the list",
        "csatkit metrics fcr": "one in full",
    },
)
