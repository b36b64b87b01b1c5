"""The closed lists of codes that the output may carry, each with its meaning.

JSON Schema, documentation and renderers read these tables; a code that isn't here can't leave the
program. Adding an entry is additive, renaming or removing one breaks scripts. After a change write
the schema anew: `python -m csatkit.schemas.build src/csatkit/schemas/report.schema.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from csatkit.report import Level, Note

__all__ = [
    "DROPPED_REASONS",
    "EXCLUDED_REASONS",
    "EXTRA_FIELDS",
    "NOTE_CODES",
    "ExtraField",
    "ExtraKind",
    "check_reasons",
    "note",
]

DROPPED_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "duplicate_id": "an older state of a ticket that another row describes",
        "duplicate_row": "a copy of another row",
        "merged": "merged into another ticket; still a contact when repeats are sought",
        "deleted": "status deleted",
        "spam": "status spam",
        "test": "status test",
        "side_conversation": "a side conversation of another ticket",
        "deflected": "answered without an agent",
        "excluded": "named by [exclude] in the configuration",
        "after_as_of": "happened after the instant that --as-of replays",
        "no_ticket": "an answer to a survey whose ticket isn't in the ticket file",
        "not_sent": "a survey that was never sent",
        "no_clock": "no instant on the clock that was asked for",
        "blank_row": "a row without any value",
        "header_row": "a further header row below the first",
        "footer": "a line below the table that is no data",
        "incomplete": "a survey that was begun and not finished",
        "event": "an earlier event of a ticket that its last one describes",
        "unread": "a row of an input whose columns can't be told",
    }
)
"""Why a row of an input is out of every denominator; metrics.md §2 and §3."""

EXCLUDED_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "immature": "younger than its window at the data end",
        "no_clock": "no instant on the metric's clock",
        "no_ticket": "an answer whose ticket isn't in the ticket file",
        "unknown_count": "its number of replies is unknown",
        "unknown_key": "customer or issue unknown, so that it links to nothing",
        "no_limit": "its channel has no response-time limit",
        "not_selected": "outside the period or selection",
    }
)
"""Why a row that is used elsewhere is out of one measure's denominator."""

NOTE_CODES: Mapping[str, str] = MappingProxyType(
    {
        "advice.next": "what to look at next",
        "csat.clustered": "customers who rate often make the ratings worth fewer",
        "customer.by_email": "customer ids have lost digits; another column identifies customers",
        "customer.busy": "one customer has an implausible share of the tickets",
        "customer.scientific": "customer ids in scientific notation count as unknown",
        "customer.shared": "tickets of a shared address, which pass for repeats of each other",
        "dates.future": "instants more than a day ahead of the clock; they don't move the data end",
        "dates.order": "an instant precedes the one that it must follow",
        "dates.order_inferred": "day before month, or the reverse, was inferred from the events",
        "dates.swapped": "dates that would fit with day and month exchanged",
        "dates.undecided": "every date reads both day first and month first",
        "dropped.rows": "rows left every denominator, with the reasons",
        "events.disagree": "a counter of the export and its events differ; the larger one counts",
        "events.reduced": "a log of events was reduced to one row per ticket",
        "export.cut_on_update": "the export was cut on the last change, so old tickets are missing",
        "fcr.coverage": "share of tickets with a known customer and issue; repeats are a minimum",
        "fcr.left_edge": "tickets in the first window of the export may be repeats of unseen ones",
        "fcr.no_instant": "resolved without an instant: the window runs from the creation",
        "fcr.no_issue_key": "no issue column: any further ticket of the customer is a repeat",
        "fcr.not_measured": "failure reasons whose column is missing",
        "fcr.slow_resolution": "more than 5 % of mature tickets are unresolved",
        "header.duplicate": "two columns share a header",
        "history.kept": "stored figures that differ from what this export gives, and stay",
        "history.new_series": "a changed definition starts a new series of stored figures",
        "history.used": "figures of periods that come from the history, not from this export",
        "mapping.ambiguous": "several headers could be the same column",
        "mapping.missing": "no column is known to hold what is needed",
        "outreach.missing": "no outreach rows are given, so every low score counts as unanswered",
        "outreach.scale": "second scores are on another scale than the ratings and are left out",
        "outreach.unmatched": "outreach rows whose ticket has no rating; they are in no figure",
        "parts.duplicates": "parts of one export overlap",
        "period.partly_mature": "part of the period hasn't had a full window of follow-up",
        "period.shifted": "judged on an earlier period, whose window has closed",
        "preset.asks": "columns that the recognised export doesn't have under a known name",
        "preset.recognised": "which system's export this is, and which headers say so",
        "quick_repeat": "repeats within 15 minutes of resolution, usually dropped contacts",
        "rating.self": "one person is customer and agent of a ticket",
        "reopen.young": "tickets younger than the window may still be reopened",
        "replay.counters": "counters can't be rolled back to the instant that is replayed",
        "response.before_sent": "answers that came before their survey was sent",
        "response.before_ticket": "surveys answered before their ticket was opened",
        "response.caution": "15 to 20 % of the surveys were answered",
        "response.immature": "surveys too young to judge the response rate",
        "response.low_for_months": "too few answered in three months in a row",
        "response.scanner": "answers within 45 seconds of sending, usually by a mail gateway",
        "response.skewed": "fewer than 15 % of the surveys were answered",
        "response.unrepaired": "weights repair who answered, not why; the worst case stands",
        "response.unknown": "the source doesn't say which surveys were sent",
        "rules.like": "another system's rules stand in the headline, under their own names",
        "rows.aggregated": "rows are sums over tickets, not single tickets",
        "rows.duplicate_id": "several rows with one ticket id",
        "rows.far_fewer": "far fewer rows than last time",
        "rows.ragged": "rows with more fields than the header",
        "rows.undated": "rows without any instant to date them by",
        "rows.without_id": "rows without a ticket id",
        "scale.misfit": "scores that don't lie on the scale",
        "scale.mixed": "two scales in one run, converted to satisfied, neutral, unsatisfied",
        "rows.limited": "a list of a run on a cluster ends before its last row",
        "selection.where": "only the rows that the conditions of --where select are in the figures",
        "segment.case_mix": "segments whose kinds of tickets the others hardly have",
        "segment.overlap": "rows of overlapping segments don't add up",
        "small.segments": "segments below the smallest denominator have no band or rank",
        "survey.embedded_ignored": "surveys inside the ticket rows give way to the survey file",
        "survey.unmatched": "answers whose ticket isn't in the ticket file, with their own CSAT",
        "tags.multivalued": "a ticket counts under each of its tags; rows don't add up",
        "score.found": "the one column whose every value lies on a scale holds the score",
        "ticket.scientific": "ticket ids in scientific notation have lost their digits",
        "timezone.ambiguous": "times that occur twice when clocks go back, read as the earlier",
        "timezone.assumed": "the export doesn't say its zone; times are read as UTC",
        "timezone.nonexistent": "times that clocks skip, moved forward",
        "value.unparseable": "values that don't parse, counted as missing",
    }
)
"""What a note may be about."""

ExtraKind = Literal["counts", "figures", "range", "number", "text", "texts"]


@dataclass(frozen=True, slots=True)
class ExtraField:
    """A field that only some measures carry.

    `kind` decides its JSON type and how it is shown: `counts` (parts of a whole by name),
    `figures` (unrelated whole numbers by name), `range` (low and high), `number`, `text`,
    `texts`.
    """

    kind: ExtraKind
    label: str
    meaning: str


EXTRA_FIELDS: Mapping[str, ExtraField] = MappingProxyType(
    {
        "failures": ExtraField(
            "counts", "Why tickets failed", "tickets by the first failure reason that holds"
        ),
        "not_measured": ExtraField(
            "texts", "Not measured", "failure reasons whose column is missing"
        ),
        "distribution": ExtraField("counts", "Scores", "ratings by score"),
        "sources": ExtraField("counts", "Ratings by source", "ratings by the scale they came on"),
        "bounds": ExtraField(
            "range", "Worst case", "CSAT if all, or none, of the silent customers were satisfied"
        ),
        "response": ExtraField(
            "figures",
            "Surveys behind it",
            "tickets rated and surveyed; surveys old enough to judge, sent and answered",
        ),
        "tipping_point": ExtraField(
            "number", "Tipping point", "share of the silent that must be satisfied, in percent"
        ),
        "limits": ExtraField(
            "range", "Limits", "between which a period lies if nothing changed (control chart)"
        ),
        "signal": ExtraField(
            "text", "Signal", "what the control chart says about a period, if anything"
        ),
        "not_judged": ExtraField(
            "text", "Not judged", "why a period isn't judged: incomplete, immature or skewed"
        ),
        "from_history": ExtraField(
            "text", "From the history", "the data end for which the stored figures were computed"
        ),
        "p90": ExtraField("number", "90th percentile", "nine in ten are at most this"),
        "young": ExtraField(
            "number", "Younger than the window", "tickets that may still be reopened"
        ),
        "quick_repeat": ExtraField(
            "number", "Quick repeats", "repeats within 15 minutes of resolution"
        ),
        "expected": ExtraField(
            "number", "Expected", "what the others' shares on the same mix of tickets give, percent"
        ),
        "zone": ExtraField(
            "text", "Funnel", "where the share lies among the limits around the expected one"
        ),
        "zone_adjusted": ExtraField(
            "text", "Funnel, adjusted", "the same with limits widened for overdispersion"
        ),
        "shrunken": ExtraField(
            "number", "Shrunken", "empirical-Bayes share: the share after its few tickets, percent"
        ),
        "rank_low": ExtraField("number", "Best place", "the best place it may truthfully hold"),
        "rank_high": ExtraField("number", "Worst place", "the worst place it may truthfully hold"),
        "flagged": ExtraField(
            "text",
            "Flagged",
            "below, above or no: agents by the funnel (one-sided tail below .001), "
            "others by the scan over all segments (Benjamini-Hochberg)",
        ),
        "effective_n": ExtraField(
            "number",
            "Worth independent ratings",
            "ratings after weights, or after customers who rate often",
        ),
        "clustered_interval": ExtraField(
            "range",
            "Interval with customers who rate often",
            "the interval of CSAT at its effective number of ratings",
        ),
        "shape": ExtraField(
            "text", "Shape", "vocal detractors or excellence ceiling, where the intervals tell"
        ),
        "window_days": ExtraField(
            "number", "Window", "days within which a repeat counts, where not the run's own"
        ),
        "known_customer": ExtraField(
            "number", "Known customer", "share of tickets with a customer, in percent"
        ),
        "known_issue": ExtraField(
            "number", "Known issue", "share of tickets with an issue key, in percent"
        ),
    }
)
"""Fields of `Measure.extra`, written beside the measure's own; an unlisted one is refused."""


def note(code: str, text: str, level: Level = "info") -> Note:
    """Return a note whose code is on the list.

    Args:
        code: a key of `NOTE_CODES`.
        text: one or two sentences for the reader, with the figures.
        level: how much it matters.

    Raises:
        ValueError: `code` isn't on the list.
    """
    if code not in NOTE_CODES:
        raise ValueError(f"note code {code!r} isn't in NOTE_CODES")
    return Note(level, code, text)


def check_reasons(reasons: Iterable[str], known: Mapping[str, str]) -> None:
    """Raise where a reason isn't on its list.

    Raises:
        ValueError: a reason is unknown.
    """
    unknown = sorted(set(reasons) - set(known))
    if unknown:
        raise ValueError(f"unlisted reasons: {', '.join(unknown)}")
