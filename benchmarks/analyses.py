"""Answer the report with or without what is said about its numbers.

Usage: python -m benchmarks.analyses with|without TICKETS SURVEYS

`without` measures the same metrics over the same cuts and periods, each with its interval and its
status. `with` is the whole report: the scan over segments, the funnel, shrunken rates and ranks,
repeated raters, shapes, what changed and the advice.
"""

from __future__ import annotations

import sys

import csatkit as ck

WITH, WITHOUT = "with", "without"


def bare(tickets: str, surveys: str) -> int:
    """Measure what the report measures; return the number of measures."""
    from csatkit.analyses import default_dims
    from csatkit.analyses.measuring import Request, changes, measures, tabulate
    from csatkit.analyses.overview import HEADLINE, STAND_INS
    from csatkit.analyses.workspace import open_workspace
    from csatkit.config import settings_from
    from csatkit.metrics import CATALOG

    data = ck.load(tickets, surveys)
    settings = settings_from({}, {}, origin=str)
    cuts: list[tuple[str, ...]] = [*default_dims(data, settings)]
    ws = open_workspace(data, settings, (*HEADLINE, *STAND_INS), dims=cuts)
    headline = [CATALOG[name] for name in HEADLINE]
    cut_metrics = tuple(CATALOG[name] for name in ("csat", "fcr"))
    requests = [Request(tuple(headline))]
    requests += [Request(cut_metrics, cut) for cut in [*cuts, ("weekday", "daypart")]]
    found = measures(ws, tabulate(ws, requests))
    changed = changes(ws, [m for m in headline if m.id != "backlog"], None)
    return len(found) + len(changed)


def main() -> None:
    """Run the side that was asked for."""
    side, tickets, surveys = sys.argv[1:]
    if side == WITHOUT:
        print(bare(tickets, surveys))
    else:
        print(len(ck.analyze(ck.load(tickets, surveys)).measures))


if __name__ == "__main__":
    main()
