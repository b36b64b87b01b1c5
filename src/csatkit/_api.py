"""The Python functions: the same steps as the command line, without its files and variables.

They take what they are given and nothing else: no `csatkit.toml`, no `CSATKIT_*`, no clock beyond
what `as_of="now"` asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from csatkit.config import settings_from
from csatkit.config_rules import BY_NAME
from csatkit.errors import UsageError
from csatkit.settings import Settings, SourceSettings

if TYPE_CHECKING:
    from csatkit.load import Data
    from csatkit.report import Report

__all__ = ["analyze", "check", "exit_code", "load", "render"]

OF_LOADING = (
    "preset", "map", "scale", "timezone", "date_format", "unrated", "preset_folder", "labels",
    "scale_column", "scales",
)  # fmt: skip
OF_FILES = ("tickets", "surveys", "outreach", "engine", "spark_master", "spark_conf")


def load(
    tickets: object = None,
    surveys: object = None,
    outreach: object = None,
    *,
    preset: str | None = None,
    map: Mapping[str, str] | None = None,  # noqa: A002 - named like the option
    scale: str | None = None,
    timezone: str | None = None,
    date_format: str | None = None,
    unrated: Sequence[str] | None = None,
    preset_folder: str | None = None,
    labels: Mapping[str, str] | None = None,
    scale_column: str | None = None,
    scales: Mapping[str, str] | None = None,
    engine: str = "polars",
    spark: object = None,
) -> Data:
    """Open the data of a run.

    Args:
        tickets: a path, glob or folder, a `Query`, a Polars, pandas or Arrow table, or a list of
            them.
        surveys: the same, of surveys, where they aren't columns of the tickets.
        outreach: the same, of what followed a low score.
        preset: the system that the export comes from; `none` switches recognition off.
        map: canonical name → header; an empty header unmaps.
        scale: scale of the scores, for example `1-5`.
        timezone: zone of instants without one; default the preset's, else UTC.
        date_format: `dmy`, `mdy`, `ymd`, `epoch`, `epoch-ms` or a strftime pattern.
        unrated: further score values that mean "not rated".
        preset_folder: where your own presets lie, as `NAME.preset.toml`.
        labels: score cell → what it stands for.
        scale_column: header of a column that names each row's scale.
        scales: cell of that column → scale.
        engine: `polars`, or `spark` for a cluster, which reads Parquet, CSV and tables by name.
        spark: the Spark session to use; default the active one, else one as Spark is configured.

    Raises:
        UsageError: an unknown name, a value that makes no sense, or a library that is missing.
        InputError: the data can't be used.
    """
    from csatkit.analyses.reading import open_inputs

    chosen = (
        preset, map, scale, timezone, date_format, unrated, preset_folder, labels, scale_column,
        scales,
    )  # fmt: skip
    given: dict[str, object] = dict(zip(OF_LOADING, chosen, strict=True))
    read = {
        name: BY_NAME[name].read(value, name) for name, value in given.items() if value is not None
    }
    chosen_engine = BY_NAME["engine"].read(engine, "engine")
    if spark is not None and chosen_engine != "spark":
        raise UsageError("a Spark session means nothing to Polars", 'Add engine="spark".')
    source = SourceSettings(**cast("Any", read))
    settings = Settings(source=source, engine=cast("Any", chosen_engine))
    return open_inputs(settings, tickets, surveys, outreach, session=spark)


def analyze(
    data: Data,
    metrics: Sequence[str] | None = None,
    by: Sequence[str | Sequence[str]] = (),
    *,
    command: str | None = None,
    **settings: object,
) -> Report:
    """Compute a report.

    Args:
        data: what `load` returned.
        metrics: ids of the catalogue; without them the whole short report is made.
        by: one table each: a column, several as `"channel,week"` or as a tuple.
        command: what to answer, named like the command; default `analyze` where metrics are
            named, else `report`.
        settings: options by name with underscores (`window=7`, `level=0.9`, `period="last-week"`,
            `where=["channel=email"]`; `from_` for the keyword), and what else the configuration
            file knows (`fail_on`, `mature_days`, `exclude`, `resolved_statuses`); with
            `command="compare"` also `against`, with `trend` `every`, with `fcr` `windows`, with
            `response` `adjust`, with `goals` `period_length`; with `goals`, `check` and
            `digest` `targets`, tables such as `{"metric": "csat", "min": 80}`; with `goals` and
            `digest` `goals`, tables with the keys of a `[[goal]]`.

    Raises:
        UsageError: an unknown metric, column or setting, or a value that makes no sense.
        NothingToEvaluate: the selection holds no row.
    """
    from csatkit.analyses import OPTIONS, run
    from csatkit.metrics import find

    given = {name.removesuffix("_"): value for name, value in settings.items()}
    for name in (*OF_LOADING, *OF_FILES):
        if name in given:
            raise UsageError(f"{name!r} is no setting of analyze", "Pass it to load.")
    if isinstance(metrics, str):
        raise UsageError(f"metrics: expected a list, got {metrics!r}", f"Write [{metrics!r}].")
    own = {k: str(given.pop(k)) for k in OPTIONS.get(command or "", ()) if given.get(k) is not None}
    chosen = None if metrics is None else tuple(m.id for m in find(metrics))
    tables = [by] if isinstance(by, str) else list(by)
    targets = cast("Sequence[Mapping[str, object]]", given.pop("targets", ()))
    goals = cast("Sequence[Mapping[str, object]]", given.pop("goals", ()))
    found = settings_from({**given, "by": tables}, {}, origin=str)
    question = command or ("report" if chosen is None else "analyze")
    return run(
        question, data, found, metrics=chosen, options=own, targets=targets, goals=goals
    )  # fmt: skip


def check(report: Report, targets: Sequence[Mapping[str, object]]) -> Report:
    """Judge targets on the measures of a report.

    A target's `by` and `where` (`column=value`) are looked up among the segments of the report.
    What it doesn't hold is `unavailable`, with what to pass to `analyze`.

    Args:
        report: what `analyze` returned.
        targets: tables such as `{"metric": "csat", "min": 80, "by": ["channel"]}`, with the keys of
            a `[[target]]`.

    Returns:
        The report with `targets` filled, one verdict per measure.

    Raises:
        UsageError: there is no target, or one makes no sense.
    """
    from csatkit.analyses.judging import check_report

    return check_report(report, targets)


def exit_code(report: Report, inconclusive: Literal["pass", "fail"] | None = None) -> int:
    """Return the code that `csatkit check` would leave with.

    Args:
        report: what `check` returned.
        inconclusive: what stands for verdicts that couldn't be reached; default code 3.

    Returns:
        0 where all targets pass, 1 where one fails, 3 where none fails and one couldn't be decided
        or computed.

    Raises:
        UsageError: the report holds no verdict.
    """
    from csatkit.gate import exit_code as code_of

    if inconclusive not in (None, "pass", "fail"):
        raise UsageError.unknown("word", str(inconclusive), ("pass", "fail"))
    if not report.targets:
        raise UsageError("the report holds no verdict", "Judge it first: check(report, targets).")
    return code_of([str(t["verdict"]) for t in report.targets], inconclusive)


def render(
    report: Report,
    format: str = "table",  # noqa: A002 - named like the option
    *,
    width: int | None = None,
    color: bool = False,
    ascii: bool = False,  # noqa: A002 - the plain word for what it does
) -> str | bytes:
    """Write a report in a format.

    Args:
        report: what `analyze` returned.
        format: `table`, `markdown`, `html`, `json`, `csv`, `parquet`, `slack` or `openmetrics`; of
            the command `check` also `junit` and `github`.
        width: columns to fit a table into; None (default) is its natural width.
        color: colour a table.
        ascii: draw a table in ASCII.

    Returns:
        Text, or bytes for a binary format.

    Raises:
        UsageError: no such format, or one of verdicts for a report without targets.
    """
    from csatkit.render import render as write

    return write(report, format, width=width, color=color, ascii=ascii)
