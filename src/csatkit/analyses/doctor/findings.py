"""All problems of one examination, from every place that finds some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from csatkit.analyses.doctor.checks import MATERIAL, found
from csatkit.analyses.doctor.doubt import Patient
from csatkit.analyses.doctor.keys import busy_customers, overlaps
from csatkit.analyses.doctor.problem import Gravity, Problem, counted
from csatkit.analyses.doctor.sight import SHOWN, clipped, headers_of, ticket_hash
from csatkit.analyses.doctor.spread import cut_on_update
from csatkit.analyses.workspace import Workspace
from csatkit.load import RAGGED, Source
from csatkit.load.canonical import plain_text
from csatkit.load.zones import is_utc
from csatkit.notes import DROPPED_REASONS
from csatkit.report import Note
from csatkit.schema import COLUMNS

__all__ = ["LOADER_MENDS", "of_loader", "of_source", "of_the_run"]

LOADER_MENDS: Mapping[str, tuple[Gravity, str]] = {
    "header.duplicate": ("told", "Map the one that is meant: --map COLUMN=HEADER."),
    "dates.order_inferred": ("moves", "Settle it with --date-format dmy or --date-format mdy."),
    "scale.mixed": ("moves", "Declare one scale with --scale, or report the sources apart."),
    "events.disagree": ("moves", "Check which of the two is right in the system itself."),
    "timezone.assumed": ("told", '[source] timezone = "Europe/Berlin" in csatkit.toml says it.'),
    "preset.asks": ("told", "Map them: --map COLUMN=HEADER."),
    "customer.by_email": ("told", "Export again and keep the ids as text."),
}
"""Notes of the loader that are problems: what they do to the numbers, and what mends them."""

_ROW_NOTES = {
    "merged": "They still count as contacts when repeats are sought.",
    "side_conversation": "Agents talk among themselves there; leave them out.",
}
"""Dropped rows that are worth a word: without the rule they would be in every denominator."""


def of_loader(notes: tuple[Note, ...]) -> Iterator[Problem]:
    """Take the loader's notes that somebody should act on."""
    for said in notes:
        if said.code in LOADER_MENDS:
            gravity, mend = LOADER_MENDS[said.code]
            yield Problem(said.code, said.text, gravity, mend=mend)


def of_source(patient: Patient) -> Iterator[Problem]:
    """Find what one source shows by itself."""
    sight = patient.sight
    yield from _unparsed(patient)
    for check, met, of in patient.profile.met:
        yield found(sight, check, met, of)
    yield from overlaps(sight, patient.ids)
    if sight.source.kind == "tickets":
        yield from busy_customers(sight, patient.profile.rows)
        if (cut := cut_on_update(sight)) is not None:
            yield cut


def _unparsed(patient: Patient) -> Iterator[Problem]:
    """Say which cells don't parse, and whether other commands would go on."""
    sight, profile = patient.sight, patient.profile
    source = sight.source
    for name, n in profile.bad.items():
        bit = 1 << source.bad_columns.index(name)
        names = [] if name == RAGGED else [name]
        rows = sight.first_rows((pl.col("_bad") & bit) != 0, names)
        examples = sight.examples(rows, names)
        of = profile.rows if name == RAGGED else _present(patient, name, n)
        yield _unparsed_one(patient, name, n, of, examples)


def _present(patient: Patient, name: str, n: int) -> int:
    kept = patient.profile.filled.get(name, 0)
    return max(kept, n)


def _unparsed_one(
    patient: Patient, name: str, n: int, of: int, examples: tuple[str, ...]
) -> Problem:
    sight = patient.sight
    shown = sight.shown
    if name == RAGGED:
        text = f"{counted(n, 'row has', 'rows have')} more fields than the header"
        mend = "A cell that holds the delimiter must be quoted; export the file again."
        return Problem("rows.ragged", text, "stops", n, of, shown, examples, mend)
    header = sight.header(name)
    if name in {"ticket_id", "customer_id"}:
        text = f"{n:,} of {of:,} ids in {header!r} lost their digits in a spreadsheet"
        mend = "Export again and keep the ids as text; or map another id, such as an e-mail: "
        mend += f"--map {name}=HEADER."
        if name == "ticket_id":
            return Problem("ticket.scientific", text, "stops", n, of, shown, examples, mend)
        return Problem("customer.scientific", text, "moves", n, of, shown, examples, mend)
    what, mend = _expected(patient, name)
    text = f"{n:,} of {of:,} values in {header!r} ({name}) don't parse as {what}"
    gravity: Gravity = "stops" if n > MATERIAL * of else "moves"
    code = "scale.misfit" if COLUMNS[name].kind == "score" else "value.unparseable"
    return Problem(code, text, gravity, n, of, shown, examples, mend)


def _expected(patient: Patient, name: str) -> tuple[str, str]:
    source = patient.sight.source
    kind = COLUMNS[name].kind
    if kind == "instant":
        reading = source.date_readings.get(name, "unreadable")
        what = "a date" if reading == "unreadable" else f"a date written {reading}"
        return what, f"Say how dates are written with --date-format, or --map {name}=HEADER."
    if kind == "score":
        met = ", ".join(_values_met(source, name))
        scale = source.scale.name if source.scale else "1-5"
        return (
            f"a score on the scale {scale}; met: {met}",
            "Declare the scale, for example --scale 1-10, --scale 0-10 or --scale good-bad.",
        )
    what = "a whole number" if kind == "count" else "yes or no"
    return what, f"Name another column with --map {name}=HEADER, or none with --map {name}= ."


_MOST_VALUES = 12
"""Values of a score that are listed; a scale has fewer, a wrong column more."""


def _values_met(source: Source, name: str) -> list[str]:
    """Return the commonest cells of a score column as they are."""
    counts = []
    for part in source.prepared.parts:
        for header in headers_of(source.mapping[name]):
            if header in part.headers:
                cell = plain_text(pl.col(header), part.dtype(header)).str.strip_chars()
                counts.append(part.frame.select(cell.alias("cell")).filter(pl.col("cell") != ""))
    if not counts:
        return []
    each = pl.concat(counts).group_by("cell").agg(n=pl.len())
    top = each.sort("n", "cell", descending=[True, False]).head(_MOST_VALUES)
    cells = top.collect(engine="streaming").get_column("cell").to_list()
    return [clipped(c) for c in cells]


def of_the_run(ws: Workspace, patients: Mapping[str, Patient]) -> Iterator[Problem]:
    """Find what only the inputs together show."""
    yield from _left(ws)
    yield from _unmatched(ws, patients)
    yield from _before_ticket(patients)
    yield from _zones(patients)
    if ws.data.surveys is not None and ws.data.tickets is not None and ws.data.tickets.has("score"):
        text = "the ticket rows carry scores, too; the survey file is used instead"
        yield Problem(
            "survey.embedded_ignored", text, "told", mend="To use them, leave the survey file out."
        )
    if ws.facts.has_survey and not ws.facts.knows_sent:
        text = "every survey in the source is answered, so who was asked is unknown"
        yield Problem(
            "response.unknown", text, "told",
            mend="Export every survey that was sent, answered or not.",
        )  # fmt: skip


def _left(ws: Workspace) -> Iterator[Problem]:
    for kind, dropped in ws.facts.dropped.items():
        for reason, n in dropped.counts().items():
            if reason in _ROW_NOTES:
                yield Problem(
                    "dropped.rows",
                    f"{counted(n, 'row')} of {kind} left out: {DROPPED_REASONS[reason]}",
                    "told", n, ws.canonical.n_rows[kind], mend=_ROW_NOTES[reason],
                )  # fmt: skip


def _unmatched(ws: Workspace, patients: Mapping[str, Patient]) -> Iterator[Problem]:
    surveys = patients.get("surveys")
    lost = ws.facts.unmatched
    if surveys is None or lost is None or not lost.height:
        return
    own = ""
    if ws.ratings is not None and "score" in lost.columns:
        rated = lost.filter(pl.col("score").is_not_null())
        if rated.height:
            k = rated.filter(pl.col("score").is_in(list(ws.ratings.satisfied))).height
            share = f"{100 * k / rated.height:.1f} %"
            own = f"; the {counted(rated.height, 'answer')} among them have a CSAT of {share}"
    rows = lost.get_column("_row").sort().head(SHOWN).to_list()
    yield Problem(
        "survey.unmatched",
        f"{lost.height:,} of {surveys.rows:,} surveys belong to no ticket of the ticket file{own}",
        "moves",
        lost.height,
        surveys.rows,
        surveys.sight.shown,
        surveys.sight.examples(rows, ["ticket_id"]),
        "Check that both files name tickets alike (--map ticket_id=HEADER) and that the ticket "
        "export reaches as far back.",
    )


def _before_ticket(patients: Mapping[str, Patient]) -> Iterator[Problem]:
    """Find answers older than their ticket, where surveys are a file of their own."""
    tickets, surveys = patients.get("tickets"), patients.get("surveys")
    if tickets is None or surveys is None:
        return
    if not tickets.sight.has("ticket_id", "created_at"):
        return
    if not surveys.sight.has("ticket_id", "responded_at"):
        return
    opened = (
        tickets.sight.scan(["ticket_id", "created_at"])
        .select(key=ticket_hash(), opened=pl.col("created_at"))
        .filter(pl.col("key").is_not_null() & pl.col("opened").is_not_null())
        .group_by("key")
        .agg(pl.col("opened").min())
    )
    answers = surveys.sight.scan(["ticket_id", "responded_at"]).select(
        "_row", "responded_at", key=ticket_hash()
    )
    both = answers.filter(pl.col("responded_at").is_not_null()).join(opened, on="key")
    early = pl.col("responded_at") < pl.col("opened")
    row = (
        both.select(of=pl.len(), n=early.sum(), first=pl.when(early).then(pl.col("_row")).min())
        .collect(engine="streaming")
        .row(0, named=True)
    )
    if row["n"]:
        yield Problem(
            "response.before_ticket",
            f"{row['n']:,} of {row['of']:,} surveys were answered before their ticket was opened",
            "moves", row["n"], row["of"], surveys.sight.shown,
            surveys.sight.examples([row["first"]], ["ticket_id", "responded_at"]),
            "Check the zone of each file and which columns hold the opening and the answer.",
        )  # fmt: skip


def _zones(patients: Mapping[str, Patient]) -> Iterator[Problem]:
    from csatkit.load.audit import zone_notes

    for patient in patients.values():
        if not is_utc(patient.sight.source.timezone):
            for said in zone_notes(patient.sight.source):
                yield Problem(said.code, said.text, "told", where=patient.sight.shown)
