"""The catalogue: every declaration names columns and facts that exist, and reads as a sentence."""

from __future__ import annotations

import string

import pytest

from csatkit.errors import UsageError
from csatkit.metrics import CATALOG, FAMILIES, Metric, find
from csatkit.metrics.metric import Count, Survival
from csatkit.schema import COLUMNS
from csatkit.settings import Settings
from tests.unit.facts.building import JAN, Row, survey, ticket, workspace

EVERY = list(CATALOG.values())

WORDS = {"satisfied": "a", "low": "b", "detractor": "c", "rated": "d", "limits": "e"}


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: m.id)
def test_columns_that_a_metric_names_exist(metric: Metric) -> None:
    named = {c for group in metric.needs for c in group} | set(metric.wants)
    assert named <= set(COLUMNS)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: m.id)
def test_rules_fill_in_and_end_with_what_was_not_measured(metric: Metric) -> None:
    fields = {name for _, name, _, _ in string.Formatter().parse(metric.rule) if name}
    assert "suffix" not in fields or metric.rule.endswith("{suffix}")
    text = metric.rule_text(Settings(window_days=7), **WORDS, suffix="; the end")
    assert "{" not in text
    window = f"{metric.window_days or 7:g} days"
    assert (window in text) is ("window" in fields)
    assert metric.follow_up is ("window" in fields)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: m.id)
def test_every_metric_says_what_it_means(metric: Metric) -> None:
    assert all((metric.label, metric.definition, metric.source, metric.caveat))
    assert metric.definition.endswith(".")
    assert metric.better or isinstance(metric.measure, Count)


def test_conditions_are_facts_that_the_rows_carry() -> None:
    row: Row = {
        "first_response_at": JAN,
        "channel": "email",
        "transfer_count": 0,
        "reopen_count": 0,
    }
    row |= {"deflected": False, "agent_replies": 1, "customer_replies": 0}
    sent = [survey("1", 1, 2, 5), survey("1", 3, None, None)]
    ws = workspace([ticket("1", 0, 1, **row)], sent, done=[{"ticket_id": "1", "outreach_at": JAN}])
    computed = {"is_satisfied", "is_low", "is_detractor", "is_counted_survey"}
    computed |= {"is_top", "is_unsatisfied", "net_step", "face_step"}
    computed |= {"is_judged_survey", "is_sent_after_resolution", "is_sent_within_2h"}
    frames = {
        "tickets": ws.facts.tickets,
        "surveys": ws.facts.surveys,
        "deflections": ws.facts.deflections,
    }
    names = {k: set(f.collect_schema().names()) for k, f in frames.items() if f is not None}
    for metric in EVERY:
        of_surveys = metric.family in ("surveys", "responses")
        deflected = metric.family == "deflections"
        rows = "surveys" if of_surveys else "deflections" if deflected else "tickets"
        measure = metric.measure
        share = measure.share if isinstance(measure, Survival) else measure
        conditions = (*getattr(share, "of", ()), *getattr(share, "among", ()))
        conditions += tuple(c for held in metric.held_back.values() for c in held)
        used = {c.removeprefix("!") for c in conditions}
        assert used <= names[rows] | (computed if rows == "surveys" else set()), metric.id


def test_families_name_metrics_and_ids_are_their_keys() -> None:
    assert {name for names in FAMILIES.values() for name in names} <= set(CATALOG)
    assert all(name == metric.id for name, metric in CATALOG.items())


def test_an_unknown_metric_is_refused_with_the_nearest() -> None:
    assert [m.id for m in find(["fcr", "csat"])] == ["fcr", "csat"]
    with pytest.raises(UsageError) as error:
        find(["fcr_resolvd"])
    assert "fcr_resolved" in str(error.value.hint)
