"""From units to cells: select, group by segment, add up."""

import math
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from . import recovery_units as of_recovery
from . import ticket_units as of_tickets
from . import units as of_surveys
from . import vendor_units as of_vendors
from .buckets import BUCKETS, bucket, local
from .cleaning import Export, clean
from .facts import facts, kaplan_meier, measured
from .model import Cell, Options, Row
from .scales import DETRACTOR_UP_TO
from .units import IN, Unit, Units, World

Segment = tuple[Any, ...]
Summary = Callable[[list[Unit], Options], Cell]

NO_WINDOW = "the export ends before any window closed"
NOT_WATCHED = "no ticket without a repeat was watched for a whole window"
NO_SENT = "every survey row is answered: no sent information"


@dataclass(frozen=True)
class Metric:
    """One metric: its units, how they add up, the columns it needs (`a|b`: either)."""

    units: Units
    summary: Summary
    of_tickets: Sequence[str] | None = None
    of_surveys: Sequence[str] = ()
    needs_sent: bool = False
    of_outreach: Sequence[str] = ()
    needs_second: bool = False


def evaluate(
    tickets: Sequence[Row] | None,
    surveys: Sequence[Row] | None,
    options: Options | None = None,
    by: Sequence[str] = (),
    *,
    columns: Set[str] | None = None,
    survey_columns: Set[str] | None = None,
    outreach: Sequence[Row] | None = None,
    left_out: Set[str] = frozenset(),
) -> dict[tuple[str, Segment], Cell]:
    """Return every metric overall, under the segment `()`, and for each segment of `by`.

    A segment without anything to count may be missing instead of holding n = 0. An unavailable
    metric has one cell, under `()`.

    Args:
        tickets: canonical ticket rows, None where only surveys were given.
        surveys: canonical survey rows, None where there is no survey file.
        options: the run's choices.
        by: columns or time buckets, crossed.
        columns: mapped ticket columns; by default every key that occurs in a ticket row.
        survey_columns: mapped survey columns, likewise.
        outreach: rows about what followed low scores, None where there is no such file.
        left_out: metrics that aren't wanted; some look at every pair of tickets.
    """
    options = options or Options()
    export = clean(tickets, surveys, options, columns, survey_columns, outreach)
    world = World(export, facts(export, options), options)
    cells: dict[tuple[str, Segment], Cell] = {}
    for name, metric in METRICS.items():
        if name in left_out:
            continue
        reason = unavailable(name, metric, export, options)
        if metric.needs_second and not reason and not of_recovery.knows_second(world):
            reason = "no second score is known"
        if reason:
            cells[name, ()] = Cell(None, None, None, f"unavailable: {reason}")
            continue
        groups: dict[Segment, list[Unit]] = {(): []}
        for unit in metric.units(world):
            if not select(unit, options):
                continue
            groups[()].append(unit)
            if by:
                groups.setdefault(segment(unit, by, options), []).append(unit)
        for key, units in groups.items():
            cells[name, key] = metric.summary(units, options)
    for cell in (cell for (name, _), cell in cells.items() if name == "fcr" and cell.n is not None):
        cell.extra["not_measured"] = sorted(set(options.fail_on) - set(measured(export, options)))
    return cells


def unavailable(name: str, metric: Metric, export: Export, options: Options) -> str | None:
    """Return why a metric can't be computed from these columns, None where it can."""
    if metric.of_tickets is not None and not export.has_tickets:
        return "no tickets given"
    wanted = [(need, export.columns) for need in metric.of_tickets or ()]
    wanted += [(need, export.survey_columns) for need in metric.of_surveys]
    wanted += [(need, export.outreach_columns) for need in metric.of_outreach]
    for need, have in wanted:
        if not set(need.split("|")) & have:
            return f"column {need.split('|')[0]} missing"
    if metric.needs_sent and not export.has_sent:
        return NO_SENT
    if name == "detractor_share" and options.scale not in DETRACTOR_UP_TO:
        return f"scale {options.scale} has no detractors"
    return None


def select(unit: Unit, options: Options) -> bool:
    """Tell whether the unit is in the selection; mark it `no_clock` where it can't be dated."""
    if options.where is not None and not options.where(unit.row):
        return False
    if unit.clock is None and (options.period is not None or options.clock != "family"):
        # What is held back already has its reason; only a row that would count needs one here.
        countable = unit.state in (IN, "no_clock")
        unit.state, unit.k, unit.labels, unit.risk = "no_clock", 0, [], None
        return countable
    if unit.clock is not None and options.period is not None:
        first, last = options.period
        return first <= local(unit.clock, options.tz).date() <= last
    return True


def segment(unit: Unit, by: Sequence[str], options: Options) -> Segment:
    """Return the unit's value in each column or bucket of `by`; None where it has none."""
    values: list[Any] = []
    for name in by:
        if name not in BUCKETS:
            values.append(unit.row.get(name))
        elif unit.clock is None:
            values.append(None)
        else:
            values.append(bucket(name, unit.clock, options.tz, options.week_start))
    return tuple(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the quantile by linear interpolation between order statistics.

    Source:
        Hyndman and Fan (1996), type 7, doi:10.1080/00031305.1996.10473566
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below, above = math.floor(place), math.ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _summary(factor: float) -> Summary:
    def add_up(units: list[Unit], options: Options) -> Cell:
        k, n = _count(units)
        value = factor * k / n if n else None
        return Cell(k, n, value, _reason(units, n), _extra(units))

    return add_up


def _settled_share(units: list[Unit], options: Options) -> Cell:
    """Add up a share that holds young rows back and follows nobody over a window."""
    k, n = _count(units)
    return Cell(k, n, 100 * k / n if n else None, None if n else "empty", _extra(units))


def _volume(units: list[Unit], options: Options) -> Cell:
    k, n = _count(units)
    return Cell(k, n, k, None, _extra(units))


def _hours(units: list[Unit], options: Options) -> Cell:
    hours = [unit.k for unit in units if unit.state == IN]
    extra = _extra(units)
    if not hours:
        return Cell(None, 0, None, "empty", extra)
    extra["p90"] = percentile(hours, 0.9)
    return Cell(None, len(hours), percentile(hours, 0.5), None, extra)


def _repeat_km(units: list[Unit], options: Options) -> Cell:
    k, n = _count(units)
    survival, reason, extra = _survival(units, options)
    return Cell(k, n, None if survival is None else 100 * (1 - survival), reason, extra)


def _fcr_km(units: list[Unit], options: Options) -> Cell:
    k, n = _count(units)
    survival, reason, extra = _survival(units, options)
    if reason == "empty" and extra["excluded"].get("immature"):
        reason = NO_WINDOW
    if survival is not None and not n:
        survival, reason = None, NO_WINDOW if extra["excluded"].get("immature") else "empty"
    value = None if survival is None else 100 * k / n * survival
    return Cell(k, n, value, reason, extra)


def _survival(
    units: list[Unit], options: Options
) -> tuple[float | None, str | None, dict[str, Any]]:
    """Return S(window) or why it isn't known, and the day counts."""
    risks = [unit.risk for unit in units if unit.risk is not None]
    extra = _extra(units)
    full = extra.pop("full", {})
    extra["events"] = dict(Counter(day for event, day in risks if event))
    extra["censored"] = dict(Counter(day for event, day in risks if not event))
    if not risks:
        return None, "empty", extra
    if not full:
        return None, NO_WINDOW, extra
    survival = kaplan_meier(risks, options.window_days)
    # Past the last censoring the curve is known only where it has already reached zero.
    if survival > 0 and max(day for _, day in risks) < options.window_days:
        return None, NOT_WATCHED, extra
    return survival, None, extra


def _count(units: list[Unit]) -> tuple[float, int]:
    counted = [unit for unit in units if unit.state == IN]
    return sum(unit.k for unit in counted), len(counted)


def _reason(units: list[Unit], n: int) -> str | None:
    if n:
        return None
    return NO_WINDOW if any(unit.state == "immature" for unit in units) else "empty"


def _extra(units: list[Unit]) -> dict[str, Any]:
    """Return what was held back and the counts of the labels, `group:name`, by group."""
    held = Counter(unit.state for unit in units if unit.state not in (IN, None))
    extra: dict[str, Any] = {"excluded": dict(held)}
    for label in (label for unit in units for label in unit.labels):
        group, _, name = label.partition(":")
        counts = extra.setdefault(group, {})
        counts[name] = counts.get(name, 0) + 1
    return extra


_share, _mean = _summary(100.0), _summary(1.0)
_RESOLVED = "resolved_at|resolved|closed_at|status"
_REOPEN = "reopen_count|reopened_at"
_REPLIED = ("agent_replies", _RESOLVED)
_FOLLOWED = ("customer_id", "ticket_id", "created_at", _RESOLVED)
_DEFLECTED = ("deflected", "customer_id", "ticket_id", "created_at")
_OUTREACH = ("outreach_at|second_score_at",)

METRICS: dict[str, Metric] = {
    "csat": Metric(of_surveys.csat, _share, None, ("score",)),
    "csat_average": Metric(of_surveys.csat_average, _mean, None, ("score",)),
    "response_rate": Metric(of_surveys.response_rate, _share, None, ("score",), True),
    "survey_ratio": Metric(of_surveys.survey_ratio, _share, (), ("score|sent_at",), True),
    "fcr": Metric(of_tickets.fcr, _share, _FOLLOWED),
    "fcr_resolved": Metric(of_tickets.fcr_resolved, _share, _FOLLOWED),
    "fcr_naive": Metric(of_tickets.fcr_naive, _share, _FOLLOWED),
    "repeat_contact_rate": Metric(of_tickets.repeat_contact_rate, _share, _FOLLOWED),
    "repeat_contact_rate_km": Metric(of_tickets.repeat_contact_rate_km, _repeat_km, _FOLLOWED),
    "fcr_resolved_km": Metric(of_tickets.fcr_resolved_km, _fcr_km, _FOLLOWED),
    "reopen_rate": Metric(of_tickets.reopen_rate, _share, (_RESOLVED, _REOPEN)),
    "reopen_events": Metric(of_tickets.reopen_events, _mean, (_RESOLVED, _REOPEN)),
    "never_reopened": Metric(of_tickets.never_reopened, _share, (_RESOLVED, _REOPEN)),
    "first_response_within": Metric(
        of_tickets.first_response_within, _share, ("channel", "created_at", "first_response_at")
    ),
    "first_response_time": Metric(
        of_tickets.first_response_time, _hours, ("created_at", "first_response_at")
    ),
    "resolution_time": Metric(of_tickets.resolution_time, _hours, ("created_at", "resolved_at")),
    "transfer_rate": Metric(of_tickets.transfer_rate, _share, ("transfer_count",)),
    "detractor_share": Metric(of_surveys.detractor_share, _share, None, ("score",)),
    "low_share": Metric(of_surveys.low_share, _share, None, ("score",)),
    "resolution_rate": Metric(of_tickets.resolution_rate, _share, (_RESOLVED,)),
    "survey_within_2h": Metric(of_surveys.survey_within_2h, _share, ("resolved_at",), ("sent_at",)),
    "tickets": Metric(of_tickets.tickets, _volume, ()),
    "backlog": Metric(of_tickets.backlog, _volume, (_RESOLVED,)),
    "recovery_rate": Metric(
        of_recovery.recovery_rate, _settled_share, None, ("score",), of_outreach=_OUTREACH
    ),
    "upgrade_rate": Metric(
        of_recovery.upgrade_rate, _share, None, ("score",), False, _OUTREACH, True
    ),
    "recovery_csat": Metric(
        of_recovery.recovery_csat, _mean, None, ("score",), False, _OUTREACH, True
    ),
    "containment_rate": Metric(of_recovery.containment_rate, _share, _DEFLECTED),
    "csat_after_deflection": Metric(
        of_recovery.csat_after_deflection, _share, _DEFLECTED, ("score",)
    ),
    "fcr_after_deflection": Metric(
        of_recovery.of_following(of_tickets.fcr), _share, (*_DEFLECTED, _RESOLVED)
    ),
    "rating_coverage": Metric(of_surveys.rating_coverage, _share, (), ("score",)),
    "csat_top1": Metric(of_vendors.csat_top1, _share, None, ("score",)),
    "csat_not_unhappy": Metric(of_vendors.csat_not_unhappy, _share, None, ("score",)),
    "csat_net": Metric(of_vendors.csat_net, _share, None, ("score",)),
    "csat_faces": Metric(of_vendors.csat_faces, _share, None, ("score",)),
    "csat_rescaled_mean": Metric(of_vendors.csat_rescaled_mean, _share, None, ("score",)),
    "csat_mean_of_top": Metric(of_vendors.csat_mean_of_top, _share, None, ("score",)),
    "csat_of_surveyed": Metric(of_vendors.csat_of_surveyed, _share, None, ("score",), True),
    "response_rate_zendesk": Metric(
        of_vendors.response_rate_zendesk, _share, None, ("score",), True
    ),
    "fcr_7d": Metric(of_vendors.fcr_within(7), _share, _FOLLOWED),
    "fcr_5d": Metric(of_vendors.fcr_within(5), _share, _FOLLOWED),
    "no_comeback_7d": Metric(of_vendors.no_comeback_7d, _share, (*_FOLLOWED, _REOPEN)),
    "no_contact_7d_queuemetrics": Metric(of_vendors.no_contact_7d_queuemetrics, _share, _FOLLOWED),
    "never_reopened_kustomer": Metric(
        of_vendors.never_reopened_kustomer, _share, (_REOPEN, _RESOLVED)
    ),
    "one_touch_zendesk": Metric(of_vendors.one_touch_zendesk, _share, _REPLIED),
    "one_touch_exactly_one": Metric(of_vendors.one_touch_exactly_one, _share, _REPLIED),
    "one_touch_messaging": Metric(
        of_vendors.one_touch_messaging, _share, (_REPLIED[0], _REOPEN, _RESOLVED)
    ),
    "one_touch_all": Metric(of_vendors.one_touch_all, _share, _REPLIED),
    "zero_interactions_freshservice": Metric(
        of_vendors.zero_interactions_freshservice, _share, ("customer_replies", _RESOLVED)
    ),
    "first_contact_rightnow": Metric(of_vendors.first_contact_rightnow, _share, _REPLIED),
    "reopen_rate_zendesk": Metric(of_vendors.reopen_rate_zendesk, _share, (_REOPEN, _RESOLVED)),
    "reopen_rate_resolved": Metric(of_vendors.reopen_rate_resolved, _share, (_REOPEN, _RESOLVED)),
    "reopen_events_zendesk": Metric(of_vendors.reopen_events_zendesk, _mean, (_REOPEN, _RESOLVED)),
    "reopen_events_dbt": Metric(of_vendors.reopen_events_dbt, _mean, (_REOPEN, _RESOLVED)),
}
"""Every metric by its id."""
