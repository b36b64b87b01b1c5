"""`csatkit schema`: the JSON Schema of the output, as the package ships it."""

from __future__ import annotations

import os

from csatkit import config
from csatkit.cli import streams
from csatkit.cli.command import Command, Values
from csatkit.cli.options import OUTPUT

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    from csatkit.schemas import schema_text

    output = given["output"] or os.environ.get(config.variable("output"))
    streams.result(schema_text(), output, is_exact=True)


COMMAND = Command(
    "schema",
    "Print the JSON Schema that the JSON of every report conforms to. It lists every field,"
    " status, reason and note code.",
    _run,
    tuple(o for o in OUTPUT if o.key in {"output", "debug"}),
    arguments=(),
    examples={"csatkit schema > csatkit.schema.json": "for a validator"},
)
