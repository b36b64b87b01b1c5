"""The same counts with pandas as its users write them: frames, shifts in groups, merges, group-bys.

Usage: python -m benchmarks.pandas_report TICKETS SURVEYS

Nothing here is tuned, beyond what its documentation recommends to everybody: columns are chosen,
instants are parsed by their known format, no row is ever looped over.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.answer import (
    CUTS,
    DAYPARTS,
    PERIOD_DAYS,
    REASONS,
    WEEKDAYS,
    WINDOW_DAYS,
    Answer,
    period_ends,
    text,
)
from benchmarks.files import (
    FLAGS,
    MESSY_DATES,
    SURVEY_TIMES,
    SURVEYS,
    TEXTS,
    TICKETS,
    TIMES,
    layout,
)

WINDOW = pd.Timedelta(days=WINDOW_DAYS)
NOTHING = pd.Timedelta(0)
LIMITS = {"chat": pd.Timedelta(minutes=2), "email": pd.Timedelta(hours=2)}


def read(path: Path, wanted: tuple[str, ...]) -> pd.DataFrame:
    """Read the needed columns of a file."""
    file = layout(path, wanted)
    if file.is_parquet:
        return pd.read_parquet(path, columns=[*wanted])
    rows = pd.read_csv(
        path,
        sep=file.separator,
        usecols=[*file.headers.values()],
        dtype={h: "str" for c, h in file.headers.items() if c in (*TEXTS, "comment")}
        | {h: "boolean" for c, h in file.headers.items() if c in FLAGS},
    ).rename(columns={h: c for c, h in file.headers.items()})
    for column in wanted:
        if column in (*TIMES, *SURVEY_TIMES):
            pattern = MESSY_DATES if file.is_messy else "ISO8601"
            rows[column] = pd.to_datetime(rows[column], format=pattern)
    return rows


def with_times(rows: pd.DataFrame, clock: pd.Series, as_of: pd.Timestamp) -> pd.DataFrame:
    """Add weekday, daypart and period of an instant."""
    return rows.assign(
        weekday=clock.dt.weekday,
        daypart=clock.dt.hour // 6,
        period=_period(clock, period_ends(as_of)[0]),
    )


def _period(clock: pd.Series, end: date) -> pd.Series:
    number = ((pd.Timestamp(end) - clock.dt.normalize()).dt.days - 1) // PERIOD_DAYS
    return number.where(number.isin([0, 1]))


def facts(tickets: pd.DataFrame, invitations: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return one row per ticket that counts, with what became of it."""
    order = ["updated_at", "closed_at", "resolved_at", "created_at"]
    tickets = tickets.sort_values(order, ascending=False).drop_duplicates("ticket_id")
    merged = tickets["merged"].fillna(value=False).astype(bool)
    left = tickets["status"].str.lower().isin(["deleted", "spam", "test"])
    left |= tickets["deflected"].fillna(value=False).astype(bool)
    keys = ["customer_id", "issue_type"]
    followed = tickets[merged | ~left].dropna(subset=[*keys, "created_at"])
    followed = followed.sort_values(["created_at", "ticket_id"])
    followed["next_at"] = followed.groupby(keys)["created_at"].shift(-1)
    surveyed = invitations.groupby("ticket_id").agg(
        n_sent=("answered", "size"), sent_at=("sent_at", "min")
    )
    rows = (
        tickets[~left & ~merged]
        .merge(followed[["ticket_id", "next_at"]], on="ticket_id", how="left")
        .merge(surveyed, on="ticket_id", how="left")
    )
    rows["n_sent"] = rows["n_sent"].fillna(0).astype(int)
    rows["reopened"] = rows["reopen_count"].fillna(0) > 0
    rows["resolved"] = rows["resolved_at"].notna()
    rows["clock"] = rows["resolved_at"].fillna(rows["created_at"])
    rows["ever_resolved"] = rows["resolved"] | rows["reopened"]
    rows["mature"] = rows["clock"] + WINDOW <= as_of
    rows["repeated"] = rows["next_at"] <= rows["clock"] + WINDOW
    return judged(with_times(rows, rows["clock"], as_of), as_of)


def judged(rows: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Add the reason for which first contact failed, durations, limits and periods."""
    failed = [
        ~rows["ever_resolved"],
        rows["reopened"],
        rows["repeated"],
        rows["contact_count"] > 1,
        rows["transfer_count"] > 0,
    ]
    rows["reason"] = np.select(failed, REASONS, default="")
    rows["linkable"] = rows["resolved"] & rows["customer_id"].notna() & rows["issue_type"].notna()
    took = rows["first_response_at"] - rows["created_at"]
    solved = rows["resolved_at"] - rows["created_at"]
    rows["response_hours"] = took.where(took >= NOTHING).dt.total_seconds() / 3600
    rows["resolution_hours"] = solved.where(solved >= NOTHING).dt.total_seconds() / 3600
    limit = rows["channel"].map(LIMITS)
    late = rows["first_response_at"].isna() & (rows["created_at"] + limit < as_of)
    rows["within"] = (took >= NOTHING) & (took <= limit)
    rows["limited"] = ((took >= NOTHING) & limit.notna()) | late
    last, last_mature = period_ends(as_of)
    rows["mature_period"] = _period(rows["clock"], last_mature)
    rows["sent_period"] = _period(rows["sent_at"].fillna(rows["clock"]), last)
    return rows


def counted_tickets(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is counted of tickets, a column each; sums of them are the counts."""
    return pd.DataFrame(
        {
            "tickets": 1,
            "ever_resolved": rows["ever_resolved"],
            "backlog": ~rows["resolved"],
            "reopened": rows["reopened"],
            "young": rows["ever_resolved"] & ~rows["mature"],
            "transfer_known": rows["transfer_count"].notna(),
            "transferred": rows["transfer_count"] > 0,
            "limited": rows["limited"],
            "within": rows["within"],
            "response_times": rows["response_hours"].notna(),
            "resolution_times": rows["resolution_hours"].notna(),
        }
    )


def counted_contacts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is counted of first contacts."""
    mature, linkable = rows["mature"], rows["linkable"]
    soon = (rows["next_at"] - rows["resolved_at"]).between(NOTHING, pd.Timedelta(minutes=15))
    return pd.DataFrame(
        {
            "mature": mature,
            "immature": ~mature,
            "fcr": mature & (rows["reason"] == ""),
            "mature_ever_resolved": mature & rows["ever_resolved"],
            "linkable": mature & linkable,
            "repeats": mature & linkable & rows["repeated"],
            "quick_repeats": mature & rows["repeated"] & soon,
            **{f"failed_{r}": mature & (rows["reason"] == r) for r in REASONS},
        }
    )


def counted_ratings(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is counted of ratings."""
    score = rows["score"].astype(int)
    return pd.DataFrame(
        {
            "rated": 1,
            "satisfied": score >= 4,
            "score_sum": score,
            "score_squares": score * score,
            **{f"score_{s}": score == s for s in range(1, 6)},
        },
        index=rows.index,
    )


def counted_surveys(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is counted of surveys."""
    return pd.DataFrame(
        {
            "sent": 1,
            "answered": rows["answered"],
            "settled": rows["settled"],
            "settled_answered": rows["settled"] & rows["answered"],
            "surveyed_tickets": rows["is_first"],
            "rated_tickets": rows["is_first"] & rows["is_rated"],
        },
        index=rows.index,
    )


def tables(
    rows: pd.DataFrame, counted: pd.DataFrame, period: str, cuts: dict[str, tuple[str, ...]]
) -> dict[str, dict[str, dict[str, float | int | None]]]:
    """Add the counts up in every breakdown."""
    found: dict[str, dict[str, dict[str, float | int | None]]] = {}
    for name, columns in cuts.items():
        keys = [period if c == "period" else c for c in columns]
        if not keys:
            found[name] = {"": {c: int(n) for c, n in counted.sum().items()}}
            continue
        sums = counted.groupby([rows[k] for k in keys], dropna=False).sum()
        found[name] = {
            _segment(keys, key): {c: int(n) for c, n in zip(sums.columns, values, strict=True)}
            for key, *values in sums.itertuples(name=None)
        }
    return found


def _segment(keys: list[str], key: object) -> str:
    values = key if isinstance(key, tuple) else (key,)
    return ",".join(_value(k, v) for k, v in zip(keys, values, strict=True))


def _value(column: str, value: object) -> str:
    if text(value) == "null" or not isinstance(value, float | int):
        return text(value)
    names = {"weekday": WEEKDAYS, "daypart": DAYPARTS}.get(column)
    return names[int(value)] if names else text(int(value))


def with_quantiles(
    found: dict[str, dict[str, dict[str, float | int | None]]], rows: pd.DataFrame
) -> None:
    """Add medians and percentiles of durations."""
    for kind in ("response", "resolution"):
        hours = rows[f"{kind}_hours"]
        for name, share in (("p50", 0.5), ("p90", 0.9)):
            found[""][""][f"{kind}_{name}"] = float(hours.quantile(share))
            for period, value in hours.groupby(rows["period"]).quantile(share).items():
                found["period"][_value("period", period)][f"{kind}_{name}"] = float(value)


def report(tickets_path: Path, surveys_path: Path) -> Answer:
    """Return every count that the report shows."""
    tickets, surveys = read(tickets_path, TICKETS), read(surveys_path, SURVEYS)
    instants = [tickets[c].max() for c in TIMES[:-1]] + [surveys[c].max() for c in SURVEY_TIMES]
    as_of = max(instants)
    invitations = (
        surveys.assign(answered=surveys["score"].notna())
        .groupby(["ticket_id", "sent_at"], dropna=False, as_index=False)["answered"]
        .max()
    )
    rows = facts(tickets, invitations, as_of)
    ratings = (
        surveys[surveys["score"].notna()]
        .sort_values(["responded_at", "sent_at", "score", "comment"])
        .drop_duplicates("ticket_id")
    )
    beside = rows[
        ["ticket_id", "agent", "team", "channel", "issue_type", "customer_segment", "clock"]
    ]
    rated = ratings.merge(beside, on="ticket_id")
    clock = rated["responded_at"].fillna(rated["sent_at"]).fillna(rated["clock"])
    rated = with_times(rated, clock, as_of)
    sent = invitations.merge(beside, on="ticket_id").sort_values("sent_at")
    clock = sent["sent_at"].fillna(sent["clock"])
    sent["is_first"] = ~sent["ticket_id"].duplicated()
    sent["is_rated"] = sent.groupby("ticket_id")["answered"].transform("max")
    sent["settled"] = clock + WINDOW <= as_of
    sent = with_times(sent, clock, as_of)
    asked = pd.DataFrame({"tickets": 1, "surveys_sent": rows["n_sent"]})
    few = {name: CUTS[name] for name in ("", "period")}
    of_tickets = tables(rows, counted_tickets(rows), "period", few)
    with_quantiles(of_tickets, rows)
    return {
        "tickets": of_tickets,
        "asked": tables(rows, asked, "sent_period", few),
        "contacts": tables(rows, counted_contacts(rows), "mature_period", CUTS),
        "rated": tables(rated, counted_ratings(rated), "period", CUTS),
        "sent": tables(sent, counted_surveys(sent), "period", CUTS),
    }


if __name__ == "__main__":
    json.dump(report(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout)
