"""The answer of a command on one sample: as planted, empty, or with its scores dealt anew."""

from __future__ import annotations

import polars as pl

from csatkit import analyses
from csatkit.demo.generate import frames
from csatkit.demo.truth import Truth
from csatkit.load import open_data
from csatkit.report import Report
from csatkit.settings import Settings, SourceSettings

__all__ = ["TICKETS", "report_on"]

TICKETS = 8_000
"""The size of the embedded sample: what a new user sees."""


def report_on(
    command: str,
    seed: int,
    *,
    null: bool = False,
    permuted: bool = False,
    tickets: int = TICKETS,
    planted: Truth | None = None,
) -> Report:
    """Return the report on one sample; permuted deals its scores anew."""
    rows, surveys, outreach = frames(tickets, seed, null, planted=planted)
    if permuted:
        answered = pl.col("score").is_not_null()
        dealt = surveys.filter(answered).get_column("score").shuffle(seed)
        given = surveys.filter(answered).with_columns(dealt)
        surveys = pl.concat([given, surveys.filter(~answered)])
    source = SourceSettings(preset="none", scale="1-5", timezone="UTC")
    data = open_data(rows, surveys, outreach, source=source)
    return analyses.run(command, data, Settings(source=source))
