"""Notes: what the reader must know beside the numbers, each with a code from the closed list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from csatkit.analyses.measuring import unmatched_answers
from csatkit.analyses.workspace import Workspace
from csatkit.estimate import CAUTION_FROM, VALID_FROM
from csatkit.metrics import CATALOG
from csatkit.notes import note
from csatkit.report import Measure, Note

__all__ = ["remarks", "with_known_shares"]

SLOW = 0.05
"""Share of unresolved tickets from which `fcr` needs `fcr_resolved` beside it (metrics.md §3)."""


def remarks(ws: Workspace, shown: Sequence[Measure]) -> tuple[Note, ...]:
    """Return the notes that these measures call for, those of the loader first."""
    found = [*ws.canonical.notes, *_of_data(ws)]
    ids = {m.metric for m in shown if m.status != "unavailable"}
    overall = {m.metric: m for m in shown if not m.segment}
    found += _of_fcr(ws, ids, overall)
    found += _of_responses(ws, shown, overall)
    found += _of_reopens(ws, overall)
    found += _of_periods(ws, overall)
    if any("tags" in m.segment for m in shown):
        text = "a ticket counts under each of its tags: rows overlap and don't add up"
        found.append(note("tags.multivalued", text))
    return tuple(dict.fromkeys(found))


def _of_data(ws: Workspace) -> Iterator[Note]:
    for kind in ("tickets", "surveys"):
        extent = ws.canonical.extents.get(kind)
        for column, n in ({} if extent is None else extent.future).items():
            text = (
                f"{n:,} values of {column} lie more than a day ahead of the clock; they don't "
                "move the data end"
            )
            yield note("dates.future", text, "warning")
    if ws.data.surveys is not None and ws.data.tickets is not None and ws.data.tickets.has("score"):
        text = "the ticket rows carry scores, too; the survey file is used instead"
        yield note("survey.embedded_ignored", text)
    if ws.latest is not None and ws.data_end is not None and ws.data_end < ws.latest:
        text = (
            f"replayed as of {ws.data_end} UTC: later instants haven't happened yet, but counters "
            "and states can't be rolled back"
        )
        yield note("replay.counters", text)


def _known(ws: Workspace) -> dict[str, tuple[int, int]]:
    """Return how many tickets have a known customer and a known issue, of how many."""
    tickets = ws.facts.tickets
    if tickets is None:
        return {}
    by_issue = ws.facts.rules.repeat_on == "issue"
    columns = ["customer_id", "issue_type"] if by_issue else ["customer_id"]
    counts = tickets.select(*(pl.col(c).count() for c in columns), n=pl.len())
    row = ws.summed(counts).row(0)
    words = ("customer", "issue")
    return {word: (int(k), int(row[-1])) for word, k in zip(words, row[:-1], strict=False)}


def with_known_shares(ws: Workspace, shown: Sequence[Measure]) -> tuple[Measure, ...]:
    """Give the shares of known customers and issues to the overall first contact resolution."""
    found = []
    for measure in shown:
        is_overall = measure.metric == "fcr" and not measure.segment
        shares: dict[str, object] = {}
        if is_overall and measure.status != "unavailable":
            shares = {f"known_{w}": 100 * k / n for w, (k, n) in _known(ws).items() if n}
        found.append(replace(measure, extra={**measure.extra, **shares}))
    return tuple(found)


def _of_fcr(ws: Workspace, ids: set[str], overall: dict[str, Measure]) -> Iterator[Note]:
    if ws.facts.tickets is None or not any(CATALOG[i].follow_up for i in ids):
        return
    rules = ws.facts.rules
    shares = [
        f"{word} known on {k:,} of {n:,} tickets ({100 * k / max(n, 1):.1f} %)"
        for word, (k, n) in _known(ws).items()
    ]
    text = "; ".join(shares) + "; unknown ones link to nothing, so repeats are a lower bound"
    yield note("fcr.coverage", text)
    if rules.settings.repeat_on == "issue" and rules.repeat_on == "customer":
        text = "no issue column: any further ticket of the same customer counts as a repeat"
        yield note("fcr.no_issue_key", text, "warning")
    missing = [r for r in rules.not_measured if r != "repeat"]
    if missing:
        yield note("fcr.not_measured", f"not measured for lack of a column: {', '.join(missing)}")
    if rules.resolved_by not in (None, "resolved_at"):
        text = (
            f"resolved is read from {rules.resolved_by}, without an instant: window and maturity "
            "run from the creation"
        )
        yield note("fcr.no_instant", text)
    fcr = overall.get("fcr")
    if fcr is None or not fcr.denominator:
        return
    failures = fcr.extra.get("failures")
    unresolved = failures.get("unresolved", 0) if isinstance(failures, dict) else 0
    if unresolved > SLOW * fcr.denominator:
        text = (
            f"{unresolved:,} of {fcr.denominator:,} mature tickets were never resolved; compare "
            "fcr_resolved"
        )
        yield note("fcr.slow_resolution", text, "warning")
    quick = fcr.extra.get("quick_repeat")
    if isinstance(quick, int) and quick:
        repeats = "1 repeat" if quick == 1 else f"{quick:,} repeats"
        text = (
            f"{repeats} came within 15 minutes of the resolution: usually dropped or "
            "duplicate contacts"
        )
        yield note("quick_repeat", text)


def _of_responses(
    ws: Workspace, shown: Sequence[Measure], overall: dict[str, Measure]
) -> Iterator[Note]:
    if not any(CATALOG[m.metric].family in ("responses", "surveys", "invitations") for m in shown):
        return
    if ws.facts.surveys is not None and not ws.facts.knows_sent:
        text = (
            "the source holds answered surveys only, so the response rate is unknown; rated "
            "tickets of all tickets are shown as rating_coverage where tickets are known"
        )
        yield note("response.unknown", text)
    judged = next((m for m in overall.values() if "response" in m.extra), None)
    if judged is not None:
        yield from _of_validity(judged)
    rated = unmatched_answers(ws, ws.span)
    if rated is not None and ws.ratings is not None and "score" in rated.columns:
        k = rated.filter(pl.col("score").is_in(list(ws.ratings.satisfied))).height
        text = (
            f"{rated.height:,} answers belong to no ticket of the ticket file and are left out; "
            f"their own CSAT is {100 * k / rated.height:.1f} % ({k:,}/{rated.height:,})"
        )
        yield note("survey.unmatched", text, "warning")


def _of_validity(judged: Measure) -> Iterator[Note]:
    seen = judged.extra["response"]
    assert isinstance(seen, dict)
    sent, answered = seen["mature_sent"], seen["mature_answered"]
    if sent == 0:
        yield note("response.immature", "no survey is old enough to judge the response rate")
        return
    rate = 100 * answered / sent
    shown = f"{answered:,} of {sent:,} surveys were answered ({rate:.1f} %)"
    if rate < CAUTION_FROM:
        text = (
            f"{shown}: below {CAUTION_FROM:g} %, so the answers can't speak for everybody; no "
            "band, rank or verdict is given"
        )
        yield note("response.skewed", text, "warning")
    elif rate < VALID_FROM:
        text = f"{shown}: between {CAUTION_FROM:g} and {VALID_FROM:g} %, read it with caution"
        yield note("response.caution", text, "warning")


def _of_reopens(ws: Workspace, overall: dict[str, Measure]) -> Iterator[Note]:
    reopen = overall.get("reopen_rate")
    young = None if reopen is None else reopen.extra.get("young")
    if reopen is not None and isinstance(young, int) and young:
        text = (
            f"{young:,} of {reopen.denominator:,} tickets are younger than "
            f"{ws.settings.window_days:g} days and may still be reopened"
        )
        yield note("reopen.young", text)


def _of_periods(ws: Workspace, overall: dict[str, Measure]) -> Iterator[Note]:
    asked = ws.span
    if asked is None:
        return
    shifted = {
        m.metric: m.period.label
        for m in overall.values()
        if m.period is not None and m.period != asked.period
    }
    if shifted:
        label = next(iter(shifted.values()))
        text = (
            f"{', '.join(shifted)}: judged on {label}, the latest period whose "
            f"{ws.settings.window_days:g}-day window has closed"
        )
        yield note("period.shifted", text)
    fcr = overall.get("fcr")
    held = 0 if fcr is None else fcr.excluded.get("immature", 0)
    if fcr is not None and held and "fcr" not in shifted:
        text = f"{held:,} tickets of {asked.period.label} haven't had a full window yet"
        yield note("period.partly_mature", text)
