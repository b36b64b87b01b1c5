"""What customers think of it: surveys, answers, comments, and the outreach that follows.

Each ticket has a chance to satisfy, the sum of the planted effects. The score is drawn from it
whether or not the customer answers, so that silence can depend on the experience.
"""

from __future__ import annotations

import polars as pl

from csatkit.demo.arrivals import DATA_END, DAY, HOUR, is_monday_morning
from csatkit.demo.mixing import below, chance, pick, spread
from csatkit.demo.organisation import AGENTS, CHANNELS, DELIVERY, ISSUES
from csatkit.demo.phrases import NEUTRAL, PRAISE, THEMES
from csatkit.demo.purposes import Purpose
from csatkit.demo.tickets import instant, text, ticket_id
from csatkit.demo.truth import Truth

__all__ = ["columns", "sent"]

SURVEYED = (770_000, 500_000, 100_000)
"""Surveys per million resolved tickets, by tier: who writes often is asked seldom."""
SURVEY_DELAY = ((5, 30, 60, 120, 300, 900, 2400, 5400, 10800, 36000, 86400),)
"""Seconds from resolution to sending: six in ten within the quarter, at most a day."""
ANSWER_DELAY = ((60, 240, 600, 1500, 3600, 9000, 21600, 50400, 108000, 216000, 864000),)
"""Seconds from sending to the answer."""
TOP = 620_000
"""Satisfied answers, per million, that are a 5 and not a 4."""
UNSATISFIED = (400_000, 250_000, 350_000)
"""How unsatisfied answers fall on 1, 2, 3."""
AGAIN_AFTER, AGAIN_WITHIN = 31 * DAY, 20 * DAY
"""A second survey of a VIP customer breaks the rule of the quarter alone: 30 days are over."""
SECOND_ANSWER = 30_000
SECOND_DELAY = ((300, 1200, 3600, 10800, 28800, 72000, 129600, 216000, 345600, 604800, 1209600),)


def satisfaction(truth: Truth) -> pl.Expr:
    """Return each ticket's chance to be rated 4 or 5, per million: the sum of its effects."""
    channel = pl.col("channel") == _place(truth.weak_channel, tuple(CHANNELS))
    broken = pl.col("issue") == _place(truth.broken_issue, tuple(ISSUES))
    effects = (
        (_one_of(truth.agents_worse), truth.agent_worse_points),
        (_one_of(truth.agents_better), truth.agent_better_points),
        (channel, truth.weak_channel_points),
        (broken, truth.broken_issue_points),
        (is_monday_morning(pl.col("opened")), truth.monday_morning_points),
        (pl.col("reopens") > 0, truth.reopened_points),
        (pl.col("transfers") > 0, truth.transferred_points),
        (pl.col("contacts") > 1, truth.further_contact_points),
        (pl.col("not_fixed"), truth.not_fixed_points),
        (pl.col("switched"), truth.channel_switch_points),
    )
    points = pl.lit(truth.base_satisfied, dtype=pl.Int64)
    for applies, effect in effects:
        points = points + applies.cast(pl.Int64) * effect
    return (points * 10_000).clip(truth.floor_satisfied, truth.ceiling_satisfied)


def _place(name: str | None, names: tuple[str, ...]) -> int:
    return -1 if name is None else names.index(name)


def _one_of(agents: tuple[str, ...]) -> pl.Expr:
    return pl.col("agent").is_in([AGENTS.index(a) for a in agents])


def sent(work: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """Return the surveyed tickets with `sent`, `score`, `responded` (null: silent), `chance`.

    Surveys that would go out after the data end don't exist yet, answers after it neither.
    """
    row = pl.col("key")
    usual = pl.lit(pl.Series(SURVEYED, dtype=pl.Int64)).gather(pl.col("tier"))
    limit = pl.when("follows").then(truth.surveyed_again).otherwise(usual)
    rare = pl.when(_one_of(truth.agents_rarely_surveyed)).then(truth.rarely_surveyed)
    limit = limit * rare.otherwise(1_000_000) // 1_000_000
    delay = spread(chance(row, Purpose.SURVEY_DELAY), SURVEY_DELAY)
    early = chance(row, Purpose.SURVEY_EARLY) < truth.sent_early
    middle = (pl.col("answered") + pl.col("resolved")) // 2
    frame = (
        work.lazy()
        .filter(
            pl.col("resolved").is_not_null() & ~pl.col("merged") & ~pl.col("deflected"),
            chance(row, Purpose.SURVEYED) < limit,
        )
        .with_columns(
            delay=delay,
            sent=pl.when(early).then(middle).otherwise(pl.col("resolved") + delay),
        )
        .filter(pl.col("sent") <= DATA_END)
    )
    return _answers(frame, truth).collect()


def _answers(frame: pl.LazyFrame, truth: Truth) -> pl.LazyFrame:
    """Add the score that the customer has in mind, and when it is given, if at all."""
    row = pl.col("key")
    satisfied = chance(row, Purpose.SATISFIED) < satisfaction(truth)
    draw = chance(row, Purpose.SCORE)
    score = (
        pl.when(satisfied)
        .then(4 + (draw < TOP).cast(pl.Int64))
        .otherwise(1 + pick(draw, UNSATISFIED))
    )
    by_score = pl.lit(pl.Series(truth.response_by_score, dtype=pl.Int64))
    moment = (
        pl.when(pl.col("delay") <= HOUR).then(truth.response_prompt)
        .when(pl.col("delay") > 2 * HOUR).then(truth.response_late)
        .otherwise(0)
    )  # fmt: skip
    wait = (
        pl.when(chance(row, Purpose.SCANNER) < truth.scanned)
        .then(below(row, Purpose.ANSWER_DELAY, 40) + 3)
        .otherwise(spread(chance(row, Purpose.ANSWER_DELAY), ANSWER_DELAY))
    )
    answers = chance(row, Purpose.ANSWERS) < by_score.gather(pl.col("score") - 1) + moment
    return frame.with_columns(score=score).with_columns(
        responded=pl.when(answers & (pl.col("sent") + wait <= DATA_END)).then(pl.col("sent") + wait)
    )


def _comment(truth: Truth) -> pl.Expr:
    """Return the comment on an answer: of a theme where the score is low.

    A part of the low-score comments is about what did happen to the ticket, the rest about any
    theme alike.
    """
    row = pl.col("key")
    names = tuple(THEMES)
    fact = (
        pl.when(pl.col("transfers") > 0).then(names.index("transferred"))
        .when((pl.col("contacts") > 1) | pl.col("follows")).then(names.index("repeated themselves"))
        .when(pl.col("reopens") > 0).then(names.index("premature resolution"))
        .when(pl.col("issue") == _place(truth.broken_issue, tuple(ISSUES)))
        .then(names.index("broken promise"))
        .when(pl.col("channel") == _place(truth.weak_channel, tuple(CHANNELS)))
        .then(names.index("slow"))
    )  # fmt: skip
    from_fact = chance(row, Purpose.THEME_FACT) < truth.theme_from_facts
    any_theme = below(row, Purpose.THEME, len(names))
    theme = pl.when(from_fact).then(fact).otherwise(None).fill_null(any_theme)
    # All themes have equally many phrases, so one flat list serves.
    per_theme = len(THEMES[names[0]])
    flat = tuple(phrase for phrases in THEMES.values() for phrase in phrases)
    low = text(flat, theme * per_theme + below(row, Purpose.PHRASE, per_theme))
    praise = text(PRAISE, below(row, Purpose.PHRASE, len(PRAISE)))
    neutral = text(NEUTRAL, below(row, Purpose.PHRASE, len(NEUTRAL)))
    by_score = pl.lit(pl.Series(truth.comment_by_score, dtype=pl.Int64))
    writes = chance(row, Purpose.COMMENTS) < by_score.gather(pl.col("score") - 1)
    said = pl.when(pl.col("score") <= 3).then(low)
    return pl.when(writes).then(said.when(pl.col("score") == 4).then(neutral).otherwise(praise))


def _asked_again(first: pl.LazyFrame, truth: Truth) -> pl.LazyFrame:
    """Return the second surveys of VIP customers, see `Truth.vip_asked_again`."""
    row = pl.col("key")
    again = pl.col("sent") + AGAIN_AFTER + below(row, Purpose.VIP_AGAIN_DELAY, AGAIN_WITHIN)
    # Less than a year apart, so equal numbers are one quarter.
    same = instant(again).dt.quarter() == instant(pl.col("sent")).dt.quarter()
    nothing = {c: pl.lit(None, dtype=pl.Int64) for c in ("responded", "score")}
    return first.filter(
        pl.col("vip") & (pl.col("tier") == 0),
        chance(row, Purpose.VIP_AGAIN) < truth.vip_asked_again,
        same & (again <= DATA_END),
    ).with_columns(sent=again, comment=pl.lit(None, dtype=pl.String), answer=pl.lit(2), **nothing)


def columns(surveys: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """Return the canonical survey columns: answers of a ticket, then its second survey if any."""
    row = pl.col("key")
    answered = pl.col("responded").is_not_null()
    first = surveys.lazy().with_columns(
        comment=pl.when(answered).then(_comment(truth)),
        score=pl.when(answered).then("score"),
        answer=pl.lit(0),
    )
    second = (
        first.filter(answered, chance(row, Purpose.SECOND_ANSWER) < SECOND_ANSWER)
        .with_columns(
            responded=pl.col("responded")
            + spread(chance(row, Purpose.SECOND_ANSWER_DELAY), SECOND_DELAY),
            score=1
            + pick(
                chance(row, Purpose.SECOND_ANSWER_SCORE),
                (120_000, 80_000, 200_000, 300_000, 300_000),
            ),
            comment=pl.lit(None, dtype=pl.String),
            answer=pl.lit(1),
        )
        .filter(pl.col("responded") <= DATA_END)
    )
    return (
        pl.concat([first, second, _asked_again(first, truth)])
        .sort("number", "answer")
        .select(
            ticket_id=ticket_id(pl.col("number")),
            sent_at=instant(pl.col("sent")),
            responded_at=instant(pl.col("responded")),
            score=pl.col("score").cast(pl.Int32),
            comment=pl.col("comment"),
            delivery=text(DELIVERY, pl.col("channel")),
        )
        .collect()
    )
