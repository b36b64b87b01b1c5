"""What `themes` says: the answer in a few sentences, and the tables under it."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.digest.words import listed, short
from csatkit.analyses.pasting import pasteable
from csatkit.analyses.themes.counting import LOWS, Counted, Theme
from csatkit.analyses.themes.terms import MOST_SHOWN, Terms
from csatkit.render.values import number, span
from csatkit.report import Cell, CellUnit, Section, Table
from csatkit.stats.intervals import Interval

__all__ = ["example_section", "lead_section", "problem_section", "term_section", "theme_section"]

MOST_PROBLEMS = 16
"""The eight themes that come with csatkit, and as many tags."""

_RULE = {"yes": "process", "maybe": "open", "no": "no", "few": "too few"}


def lead_section(found: Counted, title: str) -> Section:
    """Return the answer."""
    f = found.feedback
    text = [
        f"{f.low:,} low scores of {f.rated:,} ratings; {f.low_comments:,} of them with a comment."
    ]
    if f.low_comments < LOWS:
        text.append(f"The 20 % rule needs {LOWS} low-score comments, so it isn't applied.")
    else:
        text += _rule_words(found)
    problem = next((p for p in found.problems if p.kind == "tag" and p.is_beyond), None)
    if problem is not None:
        share = number(100 * problem.lows / f.low, 0)
        text.append(
            f"Product problem: the tag {short(problem.name)} is on {share} % of the low scores"
            f" ({_bounds(problem.of_lows)}), on"
            f" {_percent(problem.compared.others_k, problem.compared.others_n)} of the other"
            f" ratings: {pasteable([f'tag:{problem.name}'])}"
        )
    if f.low:
        text.append(
            "The tickets behind a line: --tickets-of theme:NAME, tag:NAME or word:WORD, in quotes"
            " where it has blanks."
        )
    return Section("themes", title, text=tuple(text))


def _rule_words(found: Counted) -> list[str]:
    sure = [t for t in found.themes if t.rule == "yes"]
    near = [t for t in found.themes if t.rule == "maybe"]
    n = found.feedback.low_comments
    lines = [
        f"Process: {short(t.label)} is in {_share(t, n)} of the low-score comments, at least 20 %"
        f" beyond noise: {pasteable([f'theme:{t.label}'])}"
        for t in sure
    ]
    if near:
        names = listed([f"{short(t.label)} {_share(t, n)}" for t in near])
        verb = "has an interval that reaches" if len(near) == 1 else "have intervals that reach"
        lines.append(f"Open: {names} {verb} the 20 % from which a theme counts as a process fault.")
    if not sure:
        lines.append("No theme is in 20 % of the low-score comments beyond noise.")
    return lines


def _share(theme: Theme, n: int) -> str:
    return f"{number(100 * theme.comments / n, 0)} % ({_bounds(theme.of_comments)})"


def _bounds(interval: Interval | None) -> str:
    if interval is None:
        return span(None, None, "percent")
    return span(100 * interval.low, 100 * interval.high, "percent")


def _percent(k: int, n: int) -> str:
    return f"{number(100 * k / n, 0)} %" if n else "–"


def _hundredths(k: int, n: int) -> float | None:
    return 100 * k / n if n else None


def theme_section(found: Counted) -> Section:
    """Return every theme with its shares."""
    f = found.feedback
    rows: list[dict[str, Cell]] = [
        {
            "theme": short(t.label),
            "comments": t.comments,
            "of_comments": 100 * t.comments / f.low_comments if f.low_comments else None,
            "low": None if t.of_comments is None else 100 * t.of_comments.low,
            "high": None if t.of_comments is None else 100 * t.of_comments.high,
            "rule": _RULE[t.rule],
        }
        for t in found.themes
    ]
    columns = {
        "theme": "Theme", "comments": "Comments", "of_comments": "Of them", "low": "from",
        "high": "to", "rule": "20 % rule",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "comments": "count", "of_comments": "percent", "low": "percent", "high": "percent",
    }  # fmt: skip
    text = (
        f"Of {f.low_comments:,} low-score comments those that speak of it; a comment may speak of"
        " several themes."
    )
    table = Table(columns, tuple(rows), units=units)
    return Section("labels", "Themes of low scores", text=(text,), tables=(table,))


def problem_section(found: Counted) -> Section:
    """Return how much of the low scores each theme and tag goes with."""
    title = "Product problems: shares of all low scores"
    f = found.feedback
    untagged = () if found.has_tags else ("Tags: column tags missing.",)
    if not found.problems:
        text = "No low score speaks of a theme or has a tag."
        return Section("problems", title, text=(text, *untagged))
    rows: list[dict[str, Cell]] = [
        {
            "kind": p.kind,
            "name": short(p.name),
            "lows": p.lows,
            "of_lows": 100 * p.lows / f.low,
            "low": None if p.of_lows is None else 100 * p.of_lows.low,
            "high": None if p.of_lows is None else 100 * p.of_lows.high,
            "heard": _hundredths(p.compared.k, p.compared.n),
            "of_others": _hundredths(p.compared.others_k, p.compared.others_n),
            "noise": "beyond" if p.is_beyond else "within",
        }
        for p in found.problems[:MOST_PROBLEMS]
    ]
    columns = {
        "kind": "By", "name": "Name", "lows": "Low", "of_lows": "Of lows", "low": "from",
        "high": "to", "heard": "Heard", "of_others": "Others", "noise": "More",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "lows": "count", "of_lows": "percent", "low": "percent", "high": "percent",
        "heard": "percent", "of_others": "percent",
    }  # fmt: skip
    text = (
        f"Of all {f.low:,} low scores, commented or not, those with the tag or that speak of the"
        " theme by comment or tag: a theme's share is a lower bound. Heard and others compare"
        " low scores with the other ratings: by a tag all of them, by a theme those with a comment,"
        " or with tags alone where most have it by these. More: heard more often, beyond noise"
        " (Benjamini-Hochberg, 3.3 %)."
    )
    table = Table(columns, tuple(rows), units=units)
    return Section("problems", title, text=(text, *untagged), tables=(table,))


def term_section(found: Terms, counted: Counted) -> Section:
    """Return the terms that low-score comments use unusually often."""
    title = "Words that stand out"
    if not counted.feedback.low_comments or found.tried == 0:
        return Section("terms", title, missing="no term stands in five comments")
    if not found.found:
        text = f"None of {found.tried:,} terms is more frequent in low scores beyond noise."
        return Section("terms", title, text=(text,))
    rows: list[dict[str, Cell]] = [
        {"term": t.text, "low": t.low, "others": t.others, "log_odds": t.log_odds, "z": t.z}
        for t in found.found[:MOST_SHOWN]
    ]
    columns = {
        "term": "Term", "low": "Low-score comments", "others": "Others", "log_odds": "Log-odds",
        "z": "z",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "low": "count", "others": "count", "log_odds": "score", "z": "score",
    }  # fmt: skip
    text = (
        f"{len(found.found):,} of {found.tried:,} terms are more frequent in low scores beyond"
        " noise (log-odds with a Dirichlet prior; Benjamini-Hochberg, 3.3 %)."
    )
    return Section("terms", title, text=(text,), tables=(Table(columns, tuple(rows), units=units),))


def example_section(shown: Sequence[tuple[str, str | None, str]]) -> Section:
    """Return comments by theme."""
    rows: list[dict[str, Cell]] = [
        {"theme": short(label), "ticket_id": ticket, "comment": said}
        for label, ticket, said in shown
    ]
    columns = {"theme": "Theme", "ticket_id": "Ticket", "comment": "Comment"}
    return Section("examples", "In their words", tables=(Table(columns, tuple(rows)),))
