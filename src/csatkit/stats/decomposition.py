"""Why a rate changed: better work, another mix of tickets, or other people answering.

The three terms of all segments add up to the change exactly, an identity and not a model. It says
what moved the number, never what caused it.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from csatkit.stats._checks import check_counts

Presence = Literal["both", "new", "vanished"]
TermName = Literal["rate", "mix", "response"]


class SegmentCounts(NamedTuple):
    """One segment in one period: satisfied, rated, and surveys sent (None where unknown).

    A segment that didn't exist has zeros.
    """

    k: int
    n: int
    sent: int | None = None


class SegmentTerms(NamedTuple):
    """What one segment added to the change, as shares, and in which periods it existed."""

    rate: float
    mix: float
    response: float
    presence: Presence

    @property
    def total(self) -> float:
        """Return the segment's part of the change."""
        return math.fsum((self.rate, self.mix, self.response))


class ChangeSplit(NamedTuple):
    """A change of a pooled rate, as shares, and its terms; segments in the given order.

    Without surveys sent `mix` holds the response term too and `is_response_separable` is False.
    """

    before: float
    after: float
    change: float
    rate: float
    mix: float
    response: float
    is_response_separable: bool
    segments: tuple[SegmentTerms, ...]

    @property
    def main_term(self) -> TermName | None:
        """Return the term that is largest in size, None where all are zero."""
        terms: dict[TermName, float] = {
            "rate": self.rate,
            "mix": self.mix,
            "response": self.response,
        }
        name = max(terms, key=lambda term: abs(terms[term]))
        return name if terms[name] else None


class _Part(NamedTuple):
    """Share of surveys m, response relative to overall q, share of ratings w = m q, rate r."""

    m: float
    q: float | None
    r: float | None


def split_change(
    before: Sequence[SegmentCounts], after: Sequence[SegmentCounts]
) -> ChangeSplit | None:
    """Return the exact split of a change into rate, mix and response terms.

    With m the share of surveys sent, q the segment's response rate over the overall one, w = m q,
    r the segment's rate, R = (CSAT0 + CSAT1) / 2 and s = (r0 + r1) / 2 - R:
    rate = (w0 + w1)/2 (r1 - r0), mix = s (q0 + q1)/2 (m1 - m0), response = s (m0 + m1)/2 (q1 - q0).
    A new or vanished segment takes the other period's r and q. Where surveys sent are unknown, or a
    segment has ratings but no survey in a period, m = w and q = 1.

    Args:
        before: the earlier period's segments, which don't overlap.
        after: the same segments in the later period.

    Returns:
        The terms; None where a period has no ratings.

    Raises:
        ValueError: the two differ in length, or counts contradict each other.

    Source:
        Kitagawa (1955), doi:10.1080/01621459.1955.10501299; Das Gupta (1993), Standardization and
        Decomposition of Rates, U.S. Bureau of the Census, P23-186
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} segments before, {len(after)} after")
    for counts in (*before, *after):
        check_counts(counts.k, counts.n)
    totals = [(sum(c.k for c in period), sum(c.n for c in period)) for period in (before, after)]
    if not all(n for _, n in totals):
        return None
    first, last = (k / n for k, n in totals)
    separable = _has_sent(before) and _has_sent(after)
    parts = zip(_parts(before, separable), _parts(after, separable), strict=True)
    middle = (first + last) / 2
    terms = tuple(
        _terms(old, new, middle, _presence(c0, c1))
        for (old, new), c0, c1 in zip(parts, before, after, strict=True)
    )
    return ChangeSplit(
        first,
        last,
        last - first,
        math.fsum(term.rate for term in terms),
        math.fsum(term.mix for term in terms),
        math.fsum(term.response for term in terms),
        separable,
        terms,
    )


def _has_sent(period: Sequence[SegmentCounts]) -> bool:
    """Tell whether every rating stands beside surveys sent, so that response rates exist."""
    return all(c.sent is not None and (c.sent > 0 or c.n == 0) for c in period)


def _parts(period: Sequence[SegmentCounts], separable: bool) -> list[_Part]:
    n_all = sum(c.n for c in period)
    if not separable:
        return [_Part(c.n / n_all, 1.0, c.k / c.n if c.n else None) for c in period]
    sent_all = sum(c.sent or 0 for c in period)
    return [
        _Part(
            (c.sent or 0) / sent_all,
            (c.n * sent_all) / (c.sent * n_all) if c.sent else None,
            c.k / c.n if c.n else None,
        )
        for c in period
    ]


def _terms(old: _Part, new: _Part, middle: float, presence: Presence) -> SegmentTerms:
    q0, q1 = _either(old.q, new.q, 1.0)
    r0, r1 = _either(old.r, new.r, middle)
    w0, w1 = old.m * q0, new.m * q1
    distance = (r0 + r1) / 2 - middle
    # Adding zero turns a negative zero, which would be printed as such, into a plain one.
    return SegmentTerms(
        (w0 + w1) / 2 * (r1 - r0) + 0.0,
        distance * ((q0 + q1) / 2) * (new.m - old.m) + 0.0,
        distance * ((old.m + new.m) / 2) * (q1 - q0) + 0.0,
        presence,
    )


def _either(old: float | None, new: float | None, neither: float) -> tuple[float, float]:
    """Return both values, a missing one replaced by the other period's."""
    if old is None and new is None:
        return neither, neither
    return (
        old if old is not None else new if new is not None else neither,
        new if new is not None else old if old is not None else neither,
    )


def _presence(before: SegmentCounts, after: SegmentCounts) -> Presence:
    existed, exists = (bool(c.n or c.sent) for c in (before, after))
    if exists and not existed:
        return "new"
    return "vanished" if existed and not exists else "both"
