"""The competitor's SQL: every count of `csatkit report`, written by hand for DuckDB.

It is meant to be hard to beat: columns are narrowed on the way in, repeats are sought only among
keys that occur twice, each family of metrics is one scan with grouping sets. The definitions are
those of the metrics page: first contact resolution within 14 days, same customer and issue type.
"""

from __future__ import annotations

from benchmarks.answer import CUTS, PERIOD_DAYS, REASONS, WINDOW_DAYS
from benchmarks.files import COUNTS, FLAGS, SURVEY_TIMES, TEXTS, TIMES

WINDOW = f"interval {WINDOW_DAYS} days"

TICKET_TYPES = (
    dict.fromkeys(TEXTS, "VARCHAR")
    | dict.fromkeys(TIMES, "TIMESTAMP")
    | dict.fromkeys(COUNTS, "INTEGER")
    | dict.fromkeys(FLAGS, "BOOLEAN")
)
SURVEY_TYPES = {
    "ticket_id": "VARCHAR",
    **dict.fromkeys(SURVEY_TIMES, "TIMESTAMP"),
    "score": "INTEGER",
    "comment": "VARCHAR",
}

# Of rows with one id the latest stays. The rule's last word, the greatest row as text, is left
# out: the generated files hold no two different rows with the same four instants.
DEDUPLICATE = """
DELETE FROM tickets WHERE rowid IN (
  SELECT row FROM (
    SELECT t.rowid AS row, row_number() OVER (
      PARTITION BY ticket_id
      ORDER BY updated_at DESC NULLS LAST, closed_at DESC NULLS LAST,
               resolved_at DESC NULLS LAST, created_at DESC NULLS LAST) AS place
    FROM tickets t
    SEMI JOIN (SELECT ticket_id FROM tickets GROUP BY ticket_id HAVING count(*) > 1) twice
    USING (ticket_id))
  WHERE place > 1)
"""

# What has left every denominator is no contact either, but for merged tickets, which are one.
LINKS = """
CREATE TEMP TABLE links AS
WITH keyed AS (
  SELECT rowid AS row, ticket_id, customer_id, issue_type, created_at,
         hash(customer_id, issue_type) AS key
  FROM tickets
  WHERE customer_id IS NOT NULL AND issue_type IS NOT NULL AND created_at IS NOT NULL
    AND (coalesce(merged, false) OR NOT gone)),
often AS (SELECT key FROM keyed GROUP BY key HAVING count(*) > 1)
SELECT row, lead(created_at) OVER (
  PARTITION BY customer_id, issue_type ORDER BY created_at, ticket_id) AS next_at
FROM keyed SEMI JOIN often USING (key)
"""

INVITATIONS = """
CREATE TEMP TABLE invitations AS
SELECT ticket_id, sent_at, bool_or(score IS NOT NULL) AS answered
FROM surveys GROUP BY ticket_id, sent_at
"""

# A window over all answers costs a sort; only tickets that answered twice need one.
RATINGS = """
CREATE TEMP TABLE ratings AS
WITH answers AS (SELECT * FROM surveys WHERE score IS NOT NULL),
once AS (
  SELECT ticket_id, count(*) AS n, any_value(score) AS score,
         any_value(responded_at) AS responded_at, any_value(sent_at) AS sent_at
  FROM answers GROUP BY ticket_id)
SELECT ticket_id, score, responded_at, sent_at FROM once WHERE n = 1
UNION ALL
SELECT ticket_id, score, responded_at, sent_at FROM answers
SEMI JOIN (FROM once WHERE n > 1) USING (ticket_id)
QUALIFY row_number() OVER (
  PARTITION BY ticket_id
  ORDER BY responded_at NULLS LAST, sent_at NULLS LAST, score, comment NULLS LAST) = 1
"""

END = """
SELECT greatest(
  (SELECT greatest(max(created_at), max(first_response_at), max(resolved_at), max(closed_at))
   FROM tickets),
  (SELECT greatest(max(sent_at), max(responded_at)) FROM surveys))
"""


def _period(clock: str, end: str) -> str:
    """Return 0 for the last 28 complete days before a variable's day, 1 for the 28 before."""
    last = f"getvariable('{end}')"
    return (
        f"CASE WHEN {clock} < {last} AND {clock} >= {last} - interval {2 * PERIOD_DAYS} days "
        f"THEN (date_diff('day', {clock}::DATE, {last}::DATE) - 1) // {PERIOD_DAYS} END"
    )


def _times(clock: str) -> str:
    """Return the buckets of time of a family, which follow its own clock."""
    return (
        f"isodow({clock}) - 1 AS weekday, hour({clock}) // 6 AS daypart, "
        f"{_period(clock, 'last_day')} AS period"
    )


FACTS = f"""
CREATE TEMP TABLE facts AS
WITH base AS (
  SELECT t.*, l.next_at, coalesce(reopen_count, 0) > 0 AS reopened,
         resolved_at IS NOT NULL AS resolved,
         resolved OR reopened AS ever_resolved,
         coalesce(resolved_at, created_at) AS clock,
         clock + {WINDOW} <= getvariable('as_of') AS mature,
         coalesce(l.next_at <= clock + {WINDOW}, false) AS repeated,
         resolved AND customer_id IS NOT NULL AND issue_type IS NOT NULL AS linkable
  FROM tickets t LEFT JOIN links l ON l.row = t.rowid
  WHERE NOT gone AND NOT coalesce(merged, false)),
surveyed AS (
  SELECT ticket_id, count(*) AS n_sent, min(sent_at) AS sent_at
  FROM invitations GROUP BY ticket_id)
SELECT ticket_id, agent, team, channel, issue_type, customer_segment,
  created_at, resolved_at, first_response_at, next_at, transfer_count,
  reopened, resolved, ever_resolved, clock, mature, repeated, linkable,
  coalesce(n_sent, 0) AS n_sent,
  CASE WHEN NOT ever_resolved THEN 'unresolved' WHEN reopened THEN 'reopened'
       WHEN repeated THEN 'repeat' WHEN contact_count > 1 THEN 'multiple_contacts'
       WHEN transfer_count > 0 THEN 'transferred' END AS reason,
  CASE WHEN first_response_at >= created_at
       THEN date_diff('second', created_at, first_response_at) / 3600 END AS response_hours,
  CASE WHEN resolved_at >= created_at
       THEN date_diff('second', created_at, resolved_at) / 3600 END AS resolution_hours,
  CASE channel WHEN 'chat' THEN interval 2 minutes
               WHEN 'email' THEN interval 2 hours END AS allowed,
  {_times("clock")},
  {_period("clock", "last_mature_day")} AS mature_period,
  {_period("coalesce(sent_at, clock)", "last_day")} AS sent_period
FROM base LEFT JOIN surveyed USING (ticket_id)
"""

COLUMNS = tuple(column for columns in CUTS.values() for column in columns)
_SEGMENTS = ", ".join(f"({', '.join(c)})" for c in CUTS.values())


def _names(period: str) -> str:
    """Return the columns that say which grouping set and which segment a row is."""
    names = [period if c == "period" else c for c in COLUMNS]
    keys = ", ".join(f"{n} AS {c}" for n, c in zip(names, COLUMNS, strict=True))
    return f"grouping({', '.join(names)}) AS cell, {keys}"


def _grouped(period: str, *, segments: bool) -> str:
    if not segments:
        return f"GROUP BY GROUPING SETS ((), ({period}))"
    return f"GROUP BY GROUPING SETS ({_SEGMENTS.replace('(period)', f'({period})')})"


def _count(name: str, condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition}) AS {name}"


# Overall and by period; what isn't grouped by stands there as null.
_PLAIN = "grouping(period) AS cell, period"

TICKETS = f"""
SELECT {_PLAIN}, count(*) AS tickets,
  {_count("ever_resolved", "ever_resolved")},
  {_count("backlog", "NOT resolved")},
  {_count("reopened", "reopened")},
  {_count("young", "ever_resolved AND NOT mature")},
  {_count("transfer_known", "transfer_count IS NOT NULL")},
  {_count("transferred", "transfer_count > 0")},
  {
    _count(
        "limited",
        "first_response_at >= created_at AND allowed IS NOT NULL "
        "OR first_response_at IS NULL AND created_at + allowed < getvariable('as_of')",
    )
},
  {
    _count(
        "within", "first_response_at >= created_at AND first_response_at <= created_at + allowed"
    )
},
  count(response_hours) AS response_times,
  quantile_cont(response_hours, 0.5) AS response_p50,
  quantile_cont(response_hours, 0.9) AS response_p90,
  count(resolution_hours) AS resolution_times,
  quantile_cont(resolution_hours, 0.5) AS resolution_p50,
  quantile_cont(resolution_hours, 0.9) AS resolution_p90
FROM facts {_grouped("period", segments=False)}
"""

ASKED = f"""
SELECT grouping(sent_period) AS cell, sent_period AS period,
  count(*) AS tickets, sum(n_sent) AS surveys_sent
FROM facts {_grouped("sent_period", segments=False)}
"""

CONTACTS = f"""
SELECT {_names("mature_period")},
  {_count("mature", "mature")},
  {_count("immature", "NOT mature")},
  {_count("fcr", "mature AND reason IS NULL")},
  {_count("mature_ever_resolved", "mature AND ever_resolved")},
  {_count("linkable", "mature AND linkable")},
  {_count("repeats", "mature AND linkable AND repeated")},
  {
    _count(
        "quick_repeats",
        "mature AND repeated AND next_at >= resolved_at "
        "AND next_at <= resolved_at + interval 15 minutes",
    )
},
  {", ".join(_count(f"failed_{r}", f"mature AND reason = '{r}'") for r in REASONS)}
FROM facts {_grouped("mature_period", segments=True)}
"""

RATED = f"""
WITH rated AS (
  SELECT f.agent, f.team, f.channel, f.issue_type, f.customer_segment, r.score,
         {_times("coalesce(r.responded_at, r.sent_at, f.clock)")}
  FROM ratings r JOIN facts f USING (ticket_id))
SELECT {_names("period")}, count(*) AS rated, {_count("satisfied", "score >= 4")},
  sum(score) AS score_sum, sum(score * score) AS score_squares,
  {", ".join(_count(f"score_{s}", f"score = {s}") for s in range(1, 6))}
FROM rated {_grouped("period", segments=True)}
"""

# With young surveys apart: validity is judged on those that had time to be answered. A ticket's
# surveys are dated by the first that was sent.
SENT = f"""
WITH sent AS (
  SELECT f.agent, f.team, f.channel, f.issue_type, f.customer_segment, i.answered,
         row_number() OVER (PARTITION BY i.ticket_id ORDER BY i.sent_at NULLS LAST) = 1 AS is_first,
         bool_or(i.answered) OVER (PARTITION BY i.ticket_id) AS is_rated,
         coalesce(i.sent_at, f.clock) + {WINDOW} <= getvariable('as_of') AS settled,
         {_times("coalesce(i.sent_at, f.clock)")}
  FROM invitations i JOIN facts f USING (ticket_id))
SELECT {_names("period")}, count(*) AS sent, {_count("answered", "answered")},
  {_count("settled", "settled")}, {_count("settled_answered", "settled AND answered")},
  {_count("surveyed_tickets", "is_first")}, {_count("rated_tickets", "is_first AND is_rated")}
FROM sent {_grouped("period", segments=True)}
"""

QUERIES = {
    "tickets": TICKETS,
    "asked": ASKED,
    "contacts": CONTACTS,
    "rated": RATED,
    "sent": SENT,
}
"""Name of a table of the answer → its query."""
