"""One examination from the opened inputs to the report."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime

from csatkit import clock
from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.doctor.abilities import abilities
from csatkit.analyses.doctor.baseline import read_baseline, write_baseline
from csatkit.analyses.doctor.doubt import Patient, in_doubt, replay_at
from csatkit.analyses.doctor.findings import of_loader, of_source, of_the_run
from csatkit.analyses.doctor.funnel import funnel
from csatkit.analyses.doctor.keys import ids_of
from csatkit.analyses.doctor.opening import Opened
from csatkit.analyses.doctor.pages import Findings, pages
from csatkit.analyses.doctor.problem import Problem, ranked
from csatkit.analyses.doctor.profile import profile, samples
from csatkit.analyses.doctor.sight import Sight
from csatkit.analyses.doctor.spread import far_fewer
from csatkit.analyses.doctor.unread import unread_report
from csatkit.analyses.preparing import paths_of
from csatkit.analyses.rejects import write_rejects
from csatkit.errors import InputError, NothingToEvaluate
from csatkit.facts.replay import MOVES_DATA_END
from csatkit.load import Data, reading
from csatkit.report import Note, Report
from csatkit.settings import Settings

__all__ = ["inspection", "is_strict"]


def is_strict(report: Report) -> bool:
    """Tell whether the doctor found something that changes a metric (`inspect --strict`)."""
    return any(note.level != "info" for note in report.notes)


def inspection(
    opened: Opened,
    settings: Settings,
    *,
    baseline: str | None = None,
    keep_baseline: str | None = None,
    configured_by: str | None = None,
) -> Report:
    """Return the diagnosis of the inputs.

    Args:
        opened: what `examine` could open.
        settings: the run's settings.
        baseline: a file with the numbers of last time to compare with.
        keep_baseline: where to write the numbers of this time.
        configured_by: what names the configuration to the next command, as `--config FILE`, where
            the inputs and how they are read come from there alone; empty for the one found here.

    Raises:
        InputError: a file can't be read to its end, or is too old for `--max-age`.
        NothingToEvaluate: there are only headers.
        UsageError: the baseline can't be read or written.
    """
    expected = [] if baseline is None else [(read_baseline(baseline), baseline)]
    if settings.expected_rows:
        expected.append((settings.expected_rows, "[inspect] expected_rows"))
    if opened.unread:
        return unread_report(opened, settings)
    data = opened.data
    with reading(data.tickets, data.surveys, data.outreach):
        patients = _patients(data, settings)
        if not any(p.rows for p in patients.values()):
            raise NothingToEvaluate(
                f"there is a header and no rows in {', '.join(paths_of(data))}",
                "Export a longer period.",
            )
        ws = in_doubt(data, settings, patients, _data_end(data, settings, patients))
        problems = [*opened.problems, *of_loader(data.notes)]
        problems += [p for patient in patients.values() for p in of_source(patient)]
        problems += of_the_run(ws, patients)
        counts = {kind: p.rows for kind, p in patients.items()}
        problems += [p for rows, origin in expected for p in far_fewer(counts, rows, origin)]
        found = Findings(
            ws=ws,
            patients=patients,
            problems=ranked(problems),
            steps=funnel(ws, patients),
            abilities=abilities(ws, [p.sight for p in patients.values()]),
            samples={k: _samples(p) for k, p in patients.items()},
            recognised=tuple(n.text for n in data.notes if n.code == "preset.recognised"),
            next_steps=_next_steps(settings, problems, configured_by),
        )
        sections = pages(found)
        if settings.rejects is not None:
            write_rejects(ws, settings.rejects)
    if keep_baseline is not None:
        write_baseline(keep_baseline, counts)
    return Report(
        "inspect", definitions(ws), inputs(ws), (), sections, notes=_notes(data, found.problems)
    )


def _patients(data: Data, settings: Settings) -> dict[str, Patient]:
    now = clock.now().replace(tzinfo=None)
    found = {}
    for kind in ("tickets", "surveys", "outreach"):
        source = getattr(data, kind)
        if source is not None:
            sight = Sight(source, now, settings.privacy)
            left = source.left_out().partition_by("reason", as_dict=True)
            reasons = {str(key[0]): rows.get_column("_row") for key, rows in left.items()}
            found[kind] = Patient(sight, profile(sight), ids_of(sight), reasons)
    return found


def _data_end(data: Data, settings: Settings, patients: Mapping[str, Patient]) -> datetime | None:
    """Return where the data ends, as every command tells it, and check its age."""
    source = data.tickets or data.surveys
    now = next(iter(patients.values())).sight.now
    zone = settings.tz or (source.timezone if source else "UTC")
    end = replay_at(settings, zone, now)
    if end is None:
        ends = [p.profile.latest(MOVES_DATA_END) for p in patients.values()]
        end = max((e for e in ends if e is not None), default=None)
    if settings.max_age is not None and (end is None or now - end > settings.max_age):
        raise InputError(
            f"the data is too old: its end is {end or 'unknown'} UTC",
            "Export again, or raise --max-age.",
        )
    return end


def _samples(patient: Patient) -> Mapping[str, tuple[str, ...]]:
    source = patient.sight.source
    return samples(source.prepared.parts, source.headers)


def _notes(data: Data, problems: Sequence[Problem]) -> tuple[Note, ...]:
    taken = {p.code for p in problems}
    rest = [n for n in data.notes if n.code not in taken]
    return tuple(dict.fromkeys([*(p.note() for p in problems), *rest]))


def _next_steps(
    settings: Settings, problems: Sequence[Problem], configured_by: str | None
) -> tuple[str, ...]:
    """Return what to type next: what stops is mended first."""
    if any(p.gravity == "stops" for p in problems):
        return ("the same command with what mends the first problem, until none stops.",)
    if configured_by is not None:
        return (f"csatkit report {configured_by}".rstrip(),)
    given = (*settings.source.tickets[:1], *settings.source.surveys[:1])
    words = [path for path in given if isinstance(path, str)]
    if not words:
        return ()
    words += [f"--map={name}={header}" for name, header in settings.source.map.items()]
    for option in ("preset", "scale", "date_format"):
        value = getattr(settings.source, option)
        words += [f"--{option.replace('_', '-')}", value] if value else []
    line = shlex.join(words)
    return (f"csatkit report {line}", f"csatkit init {line}")
