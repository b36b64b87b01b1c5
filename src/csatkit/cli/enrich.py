"""`csatkit enrich`: the data with every derived column, for tools that come after."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("enrich", given, format="csv")


COMMAND = Command(
    "enrich",
    "Write one row per ticket with its own columns and every derived one: fcr, failure_reason,"
    " repeat_of, mature, satisfied and more. CSV by default, Parquet with -o NAME.parquet.",
    _run,
    # Rows are neither cut nor estimated.
    shared(
        without=("by", "tickets_of", "mature_surveys", "level", "min_n", "profile")
    ),
    examples={
        "csatkit enrich tickets.csv surveys.csv -o enriched.parquet": "for a warehouse",
        "csatkit enrich tickets.csv --where team=Billing > billing.csv": "one team, as CSV",
    },
)  # fmt: skip
