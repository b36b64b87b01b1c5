"""Who got back to unhappy customers, and what they said then.

About six in ten low scores are followed up, most of them within a day; half of those customers rate
again, mostly better. Nothing here depends on the agent, in null mode or otherwise.
"""

from __future__ import annotations

import polars as pl

from csatkit.demo.arrivals import DATA_END
from csatkit.demo.mixing import chance, pick, spread
from csatkit.demo.organisation import AGENTS, LEADS, TEAMS
from csatkit.demo.purposes import Purpose
from csatkit.demo.tickets import instant, text, ticket_id

__all__ = ["columns"]

LOW = 3
"""Scores of 3 or less are followed up (metrics: low score)."""
FOLLOWED_UP = 600_000
DELAY = ((900, 3600, 7200, 14400, 21600, 32400, 50400, 68400, 84600, 144000, 432000),)
"""Seconds from the low score to the outreach: 81 % within 24 hours, at most five days."""
RERATED = 550_000
SECOND_SCORE = (50_000, 70_000, 130_000, 350_000, 400_000)
"""Second scores 1 to 5, per million: 4.0 on average."""
RERATED_DELAY = ((600, 3600, 9000, 21600, 43200, 72000, 108000, 158400, 230400, 345600, 864000),)


def columns(surveys: pl.DataFrame) -> pl.DataFrame:
    """Return the canonical outreach columns for the surveys of one chunk."""
    row = pl.col("key")
    outreach = pl.col("responded") + spread(chance(row, Purpose.OUTREACH_DELAY), DELAY)
    again = pl.col("outreach") + spread(chance(row, Purpose.RERATED_DELAY), RERATED_DELAY)
    rates = (chance(row, Purpose.RERATED) < RERATED) & (again <= DATA_END)
    score = 1 + pick(chance(row, Purpose.RERATED_SCORE), SECOND_SCORE)
    return (
        surveys.lazy()
        .filter(
            pl.col("responded").is_not_null() & (pl.col("score") <= LOW),
            chance(row, Purpose.OUTREACH) < FOLLOWED_UP,
        )
        .with_columns(outreach=outreach)
        .filter(pl.col("outreach") <= DATA_END)
        .select(
            ticket_id=ticket_id(pl.col("number")),
            outreach_at=instant(pl.col("outreach")),
            outreach_by=text(LEADS, pl.col("agent") // (len(AGENTS) // len(TEAMS))),
            second_score=pl.when(rates).then(score).cast(pl.Int32),
            second_score_at=instant(pl.when(rates).then(again)),
        )
        .collect()
    )
