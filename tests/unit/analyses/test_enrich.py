"""`enrich` where there is nothing to reckon from."""

from __future__ import annotations

import polars as pl

from csatkit import analyze, load


def test_tickets_without_any_instant_have_no_left_edge() -> None:
    frame = pl.DataFrame(
        {"ticket_id": ["1", "2"], "customer_id": ["a", "a"], "issue_type": ["x", "x"],
         "created_at": [None, None], "resolved": [True, True]},
        schema_overrides={"created_at": pl.Datetime("us")},
    )  # fmt: skip
    report = analyze(load(frame, preset="none"), command="enrich")
    rows = list(report.sections[0].tables[0].rows)
    assert [row["repeat_of"] for row in rows] == [None, None]
