"""The competitor's SQL: every count of `csatkit report`, written by hand for DuckDB.

It is meant to be hard to beat: columns are narrowed on the way in, repeats are sought only among
keys that occur twice, each family of metrics is one scan with grouping sets. The definitions are
those of the metrics page: first contact resolution within 14 days, same customer and issue type.
"""

from __future__ import annotations

WINDOW = "interval 14 days"

TIMES = ("created_at", "first_response_at", "resolved_at", "closed_at", "updated_at")
TEXTS = ("ticket_id", "customer_id", "agent", "channel", "issue_type", "status")
COUNTS = ("reopen_count", "contact_count", "transfer_count")
FLAGS = ("merged", "deflected")

TICKET_TYPES = (
    dict.fromkeys(TEXTS, "VARCHAR")
    | dict.fromkeys(TIMES, "TIMESTAMP")
    | dict.fromkeys(COUNTS, "INTEGER")
    | dict.fromkeys(FLAGS, "BOOLEAN")
)
SURVEY_TYPES = {
    "ticket_id": "VARCHAR",
    "sent_at": "TIMESTAMP",
    "responded_at": "TIMESTAMP",
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
SELECT ticket_id, sent_at, bool_or(score IS NOT NULL) AS answered, min(responded_at) AS responded_at
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

# Buckets of time follow each family's own clock; period 0 is the last 28 complete days.
_BUCKETS = """
  date_trunc('week', {clock}) AS week,
  CASE WHEN {clock} < date_trunc('day', getvariable('as_of'))
        AND {clock} >= date_trunc('day', getvariable('as_of')) - interval 56 days
       THEN (date_diff('day', {clock}::DATE, getvariable('as_of')::DATE) - 1) // 28 END AS period
"""

FACTS = f"""
CREATE TEMP TABLE facts AS
WITH base AS (
  SELECT t.*, l.next_at, coalesce(reopen_count, 0) > 0 AS reopened,
         resolved_at IS NOT NULL AS resolved,
         resolved OR reopened AS ever_resolved,
         coalesce(resolved_at, created_at) AS clock,
         clock + {WINDOW} <= getvariable('as_of') AS mature,
         coalesce(l.next_at <= resolved_at + {WINDOW}, false) AS repeated,
         resolved AND customer_id IS NOT NULL AND issue_type IS NOT NULL AS linkable
  FROM tickets t LEFT JOIN links l ON l.row = t.rowid
  WHERE NOT gone AND NOT coalesce(merged, false)),
surveyed AS (
  SELECT ticket_id, count(*) AS n_sent, count(*) FILTER (WHERE answered) AS n_answered
  FROM invitations GROUP BY ticket_id)
SELECT base.* EXCLUDE (status, deflected, merged, gone, updated_at, closed_at),
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
  {_BUCKETS.format(clock="clock")}
FROM base LEFT JOIN surveyed USING (ticket_id)
"""

_DIMENSIONS = "agent, channel, issue_type, week, period"
SETS = "GROUPING SETS ((), (agent), (channel), (issue_type), (week), (period))"
NAMES = f"grouping({_DIMENSIONS}) AS cell, {_DIMENSIONS}"

_REASONS = ("unresolved", "reopened", "repeat", "multiple_contacts", "transferred")


def _count(name: str, condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition}) AS {name}"


TICKETS = f"""
SELECT {NAMES}, count(*) AS tickets, sum(n_sent) AS surveys_sent,
  {_count("mature", "mature")},
  {_count("mature_ever_resolved", "mature AND ever_resolved")},
  {_count("ever_resolved", "ever_resolved")},
  {_count("immature", "NOT mature")},
  {_count("backlog", "NOT resolved")},
  {_count("fcr", "mature AND reason IS NULL")},
  {_count("fcr_naive", "ever_resolved AND reason IS NULL")},
  {_count("linkable", "mature AND linkable")},
  {_count("repeats", "mature AND linkable AND repeated")},
  {_count("quick_repeats", "mature AND linkable AND next_at <= resolved_at + interval 15 minutes")},
  {_count("reopened", "reopened")},
  sum(coalesce(reopen_count, 0)) AS reopen_events,
  sum(coalesce(reopen_count, 0) * coalesce(reopen_count, 0)) AS reopen_events_squared,
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
  {", ".join(_count(f"failed_{r}", f"mature AND reason = '{r}'") for r in _REASONS)},
  count(response_hours) AS response_times,
  quantile_cont(response_hours, [0.5, 0.9]) AS response_hours,
  count(resolution_hours) AS resolution_times,
  quantile_cont(resolution_hours, [0.5, 0.9]) AS resolution_hours
FROM facts GROUP BY {SETS}
"""

RATED = f"""
WITH rated AS (
  SELECT f.agent, f.channel, f.issue_type, r.score, f.reason, f.mature,
         {_BUCKETS.format(clock="coalesce(r.responded_at, r.sent_at, f.clock)")}
  FROM ratings r JOIN facts f USING (ticket_id))
SELECT {NAMES}, count(*) AS rated, {_count("satisfied", "score >= 4")},
  sum(score) AS score_sum, sum(score * score) AS score_squares,
  {", ".join(_count(f"score_{s}", f"score = {s}") for s in range(1, 6))}
FROM rated GROUP BY {SETS}
"""

# With young surveys apart: validity is judged on those that had time to be answered.
SENT = f"""
WITH sent AS (
  SELECT f.agent, f.channel, f.issue_type, i.answered, i.sent_at,
         {_BUCKETS.format(clock="coalesce(i.sent_at, f.clock)")}
  FROM invitations i JOIN facts f USING (ticket_id))
SELECT {NAMES}, count(*) AS sent, {_count("answered", "answered")},
  {_count("settled", "sent_at + interval 14 days <= getvariable('as_of')")},
  {_count("settled_answered", "answered AND sent_at + interval 14 days <= getvariable('as_of')")}
FROM sent GROUP BY {SETS}
"""

# Kaplan-Meier on the day grid: event day rounded up, censoring day rounded down to the window.
FOLLOW_UP = f"""
WITH subjects AS (
  SELECT agent, channel, issue_type, week, period, repeated,
    CASE WHEN repeated
         THEN greatest(0, ceil(date_diff('second', resolved_at, next_at) / 86400))
         ELSE least(14, date_diff('second', resolved_at, getvariable('as_of')) // 86400)
    END::INTEGER AS day
  FROM facts WHERE linkable)
SELECT {NAMES}, repeated, day, count(*) AS n
FROM subjects
GROUP BY GROUPING SETS (
  (repeated, day), (agent, repeated, day), (channel, repeated, day),
  (issue_type, repeated, day), (week, repeated, day), (period, repeated, day))
"""
