"""One run over one set of inputs: facts once, then any metric in any segment and period.

Analyses ask it for measures and never touch a row themselves, except for the lists of tickets that
are rows by nature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import polars as pl

from csatkit import periods
from csatkit.analyses.canonical import Canonical, read, wanted
from csatkit.analyses.fitting import place_of_run
from csatkit.analyses.outreached import scale_of, with_outcomes
from csatkit.analyses.preparing import data_end_of, names_of, paths_of, zone_of
from csatkit.analyses.privacy import masked
from csatkit.analyses.selecting import conditions
from csatkit.errors import NothingToEvaluate
from csatkit.estimate import Context, measured_reasons, validity_of
from csatkit.facts.adding import Adding
from csatkit.facts.build import Facts, Recipe
from csatkit.facts.clocks import bucket_label
from csatkit.load import Data, Scale
from csatkit.load.scales import steps
from csatkit.metrics import CATALOG
from csatkit.metrics.metric import OF_TICKETS, Family, Mean, Metric
from csatkit.periods import BUCKETS
from csatkit.report import Period
from csatkit.schema import OUTREACH, SURVEYS
from csatkit.settings import Settings
from csatkit.totals import Key, Ratings, Selection, quantiles, query, totals
from csatkit.totals.selection import selected
from csatkit.where import Condition

__all__ = ["Cells", "Workspace", "open_workspace"]

Cells = dict[Key, dict[str, int]]

FAMILIES: tuple[Family, ...] = (
    "tickets", "invitations", "with_merged", "surveys", "responses", "deflections",
)  # fmt: skip


@dataclass(frozen=True)
class Workspace:
    """The facts of a run with everything that is needed to measure them."""

    settings: Settings
    data: Data
    canonical: Canonical
    facts: Facts
    data_end: datetime | None
    latest: datetime | None
    by: tuple[tuple[str, ...], ...]
    asked: tuple[Condition, ...]
    """The conditions of `--where`, with their columns resolved."""

    # -- what the data is ---------------------------------------------------------------------

    @property
    def zone(self) -> str:
        """Return the zone in which days begin."""
        return zone_of(self.data, self.settings)

    @property
    def week_start(self) -> int:
        """Return the first weekday, 0 for Monday."""
        return periods.WEEK_STARTS.index(self.settings.week_start)

    @property
    def scale(self) -> Scale | None:
        """Return the scale of the scores, if there are any."""
        return scale_of(self.data)

    @cached_property
    def ratings(self) -> Ratings | None:
        """Return the scale as the totals read it."""
        scale = self.scale
        if scale is None:
            return None
        return Ratings(
            codes=scale.codes,
            satisfied=tuple(sorted(scale.satisfied)),
            low=tuple(sorted(scale.low)),
            detractor=tuple(sorted(scale.detractor or ())),
            unsatisfied=tuple(code for code, step in steps(scale).items() if step == 0),
            sources=self.rating_sources,
        )

    @property
    def rating_sources(self) -> tuple[str, ...]:
        """Return the scales that were converted to one, none where there is one."""
        for source in (self.data.surveys, self.data.tickets):
            if source is not None and source.scale is not None and source.has("score"):
                return source.mixed_scales
        return ()

    @property
    def score_labels(self) -> dict[int, str]:
        """Return code → label, from worst to best."""
        scale = self.scale
        return {} if scale is None else dict(zip(scale.codes, scale.labels, strict=True))

    @property
    def span(self) -> periods.Span | None:
        """Return the period that was asked for."""
        s = self.settings
        if s.period is not None:
            if self.data_end is None:
                raise NothingToEvaluate("no row carries an instant, so no period can be counted")
            return periods.named(s.period, self.data_end, self.zone, self.week_start)
        if s.first_day is None and s.last_day is None:
            return None
        first = s.first_day or self._edge_day(first=True)
        last = s.last_day or self._edge_day(first=False)
        return periods.days(first, max(first, last))

    def _edge_day(self, *, first: bool) -> date:
        edge = self.canonical.earliest if first else self.data_end
        if edge is None:
            raise NothingToEvaluate("no row carries an instant")
        return periods.local_date(edge, self.zone)

    # -- what can be computed -----------------------------------------------------------------

    def has(self, column: str) -> bool:
        """Return whether a canonical column can be used here."""
        if column in SURVEYS and column in self.facts.has_survey:
            return True
        if column in OUTREACH:
            return self.data.outreach is not None and self.data.outreach.has(column)
        if self.facts.tickets is not None:
            return column in self.facts.rules.has
        return column in self.facts.has_survey

    def lacks(self, metric: Metric) -> str | None:
        """Return why a metric can't be computed here, None if it can."""
        if metric.family not in ("surveys", "responses") and self.facts.tickets is None:
            return "the input holds surveys only, no tickets"
        for group in metric.needs:
            if not any(self.has(c) for c in group):
                return f"column {group[0]} missing"
        if metric.needs_sent and not self.facts.knows_sent:
            return "the source doesn't say which surveys were sent"
        carried = self._columns(metric.family)
        for condition in self.asked:
            if condition.column not in carried:
                return f"column {condition.column} missing"
        if metric.family == "responses" and (scale := self.scale) is not None:
            return self._lacks_on(scale, metric)
        return None

    def _lacks_on(self, scale: Scale, metric: Metric) -> str | None:
        """Return why a metric over ratings can't be computed on their scale, None if it can."""
        value = metric.measure.value if isinstance(metric.measure, Mean) else None
        if value in ("score", "second_score") and scale.values is None:
            return f"the scale {scale.name} has no numbers"
        if "second_score" in metric.wants and not self.facts.knows_second:
            return "no second score is known"
        if metric.id == "detractor_share" and scale.detractor is None:
            return f"the scale {scale.name} has no detractors"
        return None

    @property
    def lacks_fcr(self) -> str | None:
        """Return why first contact resolution can't be computed, None if it can."""
        return self.lacks(CATALOG["fcr"])

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Return the further columns of the export that this run reads."""
        return self.canonical.extra

    def lacks_dimension(self, family: Family, dims: Sequence[str]) -> str | None:
        """Return which dimension the rows of a family don't carry."""
        frame = self._columns(family)
        for dim in dims:
            if dim not in BUCKETS and dim not in frame:
                return f"column {dim} missing"
        return None

    def _rows(self, family: Family) -> pl.LazyFrame | None:
        if family == "deflections":
            return self.facts.deflections
        return self.facts.tickets if family in OF_TICKETS else self.facts.surveys

    def _columns(self, family: Family) -> frozenset[str]:
        frame = self._rows(family)
        return frozenset() if frame is None else frozenset(frame.collect_schema().names())

    # -- measuring ----------------------------------------------------------------------------

    @cached_property
    def where(self) -> dict[Family, pl.Expr]:
        """Return the selection as a condition per family."""
        found: dict[Family, pl.Expr] = {}
        for family in FAMILIES:
            condition = conditions(self.asked, self._schema(family), self.zone)
            if condition is not None:
                found[family] = condition
        return found

    def _schema(self, family: Family) -> pl.Schema:
        frame = self._rows(family)
        return pl.Schema() if frame is None else frame.collect_schema()

    def selection(
        self, dims: Sequence[str], span: periods.Span | None, *, undated: bool = False
    ) -> Selection:
        """Return the rows of a period, cut by dimensions."""
        start = end = None
        if span is not None:
            start, end = periods.span_of(span.period, self.zone)
        return Selection(tuple(dims), start, end, self.where or None, undated)

    def rows(
        self, family: Family, dims: Sequence[str], span: periods.Span | None
    ) -> pl.LazyFrame | None:
        """Return the rows of a family in a period, the dimensions as `_d0`, `_d1` and so on.

        None where the input has none of this family.
        """
        return self.selected(family, self.selection(dims, span))

    def selected(self, family: Family, selection: Selection) -> pl.LazyFrame | None:
        """Return the rows of a family that a selection holds; None where there are none of it."""
        return selected(
            self.facts, family, selection, self.ratings,
            week_start=self.week_start, zone=self.zone,
        )  # fmt: skip

    def spans_for(
        self, metrics: Iterable[Metric], span: periods.Span | None
    ) -> dict[str, periods.Span | None]:
        """Return the period that each metric is judged on (metrics.md §4)."""
        found = {}
        for metric in metrics:
            mine = span
            if span is not None and span.relative and metric.follow_up and self.data_end:
                days = metric.window_days
                window = self.facts.rules.window if days is None else timedelta(days=days)
                mine = periods.latest_mature(
                    span, self.data_end, self.zone, window, self.week_start
                )
            found[metric.id] = mine
        return found

    def cells(self, requests: Sequence[tuple[Family, Sequence[Metric], Selection]]) -> list[Cells]:
        """Run aggregations together; one entry per request, empty where a family has no rows."""
        planned: list[tuple[int, pl.LazyFrame, int]] = []
        found: list[Cells] = [{} for _ in requests]
        for i, (family, metrics, selection) in enumerate(requests):
            plan = query(
                self.facts, family, metrics, selection, self.ratings,
                week_start=self.week_start, zone=self.zone,
            )  # fmt: skip
            if plan is not None:
                planned.append((i, plan, len(selection.dims)))
        done = totals(((plan, n) for _, plan, n in planned), self.facts.collect)
        for (i, _, _), result in zip(planned, done, strict=True):
            found[i] = result
        return found

    def summed(self, plan: pl.LazyFrame, *by: str, least: Sequence[str] = ()) -> pl.DataFrame:
        """Carry out one aggregation wherever the rows lie.

        Args:
            plan: whose every column is a sum over rows, but for those that follow.
            by: columns that say which rows belong together.
            least: columns that are a least value.
        """
        (found,) = self.facts.collect([plan], [Adding(by, tuple(least))])
        return found

    def quantile_cells(
        self, metrics: Sequence[Metric], selection: Selection
    ) -> dict[Key, dict[str, float | None]]:
        """Return medians and percentiles of the duration metrics."""
        return quantiles(
            self.facts, metrics, selection, self.settings.level,
            week_start=self.week_start, zone=self.zone,
        )  # fmt: skip

    def label(self, dims: Sequence[str], key: Key) -> dict[str, str | None]:
        """Return a segment as people read it."""
        found: dict[str, str | None] = {}
        for dim, value in zip(dims, key, strict=True):
            if dim in BUCKETS:
                number = None if value is None else int(value)
                found[dim] = bucket_label(dim, number, self.week_start)
            else:
                text = None if value is None else str(value)
                found[dim] = masked(dim, text, self.settings.privacy)
        return found

    def context(
        self,
        rule: str,
        segment: Mapping[str, str | None],
        period: Period | None,
        surveys: Mapping[str, int] | None,
    ) -> Context:
        """Return what an estimate needs beside the counts."""
        scale = self.scale
        bounds = None
        if scale is not None and scale.values is not None:
            bounds = (float(min(scale.values)), float(max(scale.values)))
        rules = self.facts.rules
        return Context(
            settings=self.settings,
            segment=segment,
            period=period,
            rule=rule,
            scale_bounds=bounds,
            score_labels=self.score_labels,
            rating_sources=self.rating_sources,
            validity=validity_of(surveys) if self.facts.knows_sent else None,
            measured=measured_reasons(self.settings.fail_on, rules.not_measured),
        )


def open_workspace(
    data: Data,
    settings: Settings,
    metrics: Sequence[str],
    *,
    rows: bool = False,
    dims: Iterable[Sequence[str]] = (),
) -> Workspace:
    """Read what these metrics need and compute the facts.

    Args:
        data: the opened inputs.
        settings: the run's settings.
        metrics: ids of all metrics that will be asked for.
        rows: whether whole rows are shown.
        dims: further dimensions beside `settings.by`.

    Raises:
        InputError: the data can't be used or is too old.
        NothingToEvaluate: there are only headers.
        UsageError: a column that doesn't exist.
    """
    names = names_of(data, settings, dims)
    settings = names.settings
    asked = [CATALOG[m] for m in metrics]
    want = wanted(asked, data, names.columns, rows=rows)
    place = place_of_run(data, want, settings)
    canonical = read(data, want, settings, place.hold)
    if not any(canonical.n_rows.values()):
        raise NothingToEvaluate(
            f"there is a header and no rows in {', '.join(paths_of(data))}",
            "Export a longer period.",
        )
    end = data_end_of(canonical, settings, zone_of(data, settings))
    recipe = Recipe(
        contacts=rows or any(m.follow_up for m in asked),
        times=rows or any(m.needs_times for m in asked),
        comments=rows or "comment" in names.columns,
        replay_at=end.replay_at,
        facts=frozenset[str]().union(*(m.facts for m in asked)),
    )
    facts = place.facts(canonical, settings, end.instant, recipe)
    facts = with_outcomes(facts, data, canonical, asked, end.replay_at)
    return Workspace(
        settings, data, canonical, facts, end.instant, end.latest, names.by, names.where
    )
