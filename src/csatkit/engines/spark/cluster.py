"""Spark as a reader of inputs: paths and globs as it is configured, and tables that it knows.

It does for `load` what Polars does on one machine. Where a file lies, who may read it and how a
store is reached is Spark's business and nowhere else's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from csatkit.engines.spark.jobs import Table, Work
from csatkit.engines.spark.run import Run
from csatkit.engines.spark.session import spark_errors, spark_session
from csatkit.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Cluster"]

_SIGNS = re.compile(r"[\[\]{}*?\\\\]")
"""What Spark takes for a glob in a path that is meant as it stands."""

_FILE = re.compile(r"[/\\*?\[{]|\.(csv|tsv|txt|parquet|pq|gz)$", re.IGNORECASE)
"""What makes a name a path: a folder, a glob or a suffix. Tables have none of them."""


class Cluster:
    """A Spark session that reads inputs and carries out runs.

    Args:
        session: a session of the caller's; default the active one, else a new one.
        master: where a new session runs, for example `local[4]`.
        conf: settings of Spark by name.

    Raises:
        InputError: Spark doesn't start, or csatkit isn't on its executors.
        UsageError: PySpark or Java is missing.
    """

    def __init__(
        self,
        session: object = None,
        *,
        master: str | None = None,
        conf: Mapping[str, str] | None = None,
    ) -> None:
        self.session: SparkSession = spark_session(session, master, conf or {})
        self._work = Work(self.session)
        self._work.greet()

    def run(self) -> Run:
        """Return a new run over tables that this cluster reads."""
        return Run(self._work.fresh())

    # -- what `load` asks ---------------------------------------------------------------------

    def files(self, name: str) -> Sequence[str]:
        """Return the files that a path, glob or folder means, sorted; none where it is a table.

        Raises:
            InputError: there is neither a file nor a table of that name.
        """
        if name == "-":
            raise InputError(
                "Spark can't read standard input", "Name a path or a table, or leave out --engine."
            )
        with spark_errors(f"{name} can't be found"):
            # A path says so by its looks; `tickets` alone may be either.
            if not _FILE.search(name) and self.session.catalog.tableExists(name):
                return ()
            found = sorted(self._listed(name))
        if not found:
            raise InputError(
                f"no file and no table that Spark knows is called {name!r}",
                "Check the path as the executors see it, or the name as spark.catalog lists it.",
            )
        return found

    def _listed(self, name: str) -> list[str]:
        """Return the data files below a path or glob, through Spark's own file systems."""
        path, system = self._path(name)
        found: list[str] = []
        for status in system.globStatus(path) or ():
            if status.isFile():
                found.append(status.getPath().toString())
                continue
            files = system.listFiles(status.getPath(), True)
            while files.hasNext():
                found.append(files.next().getPath().toString())
        # Clusters write notes such as _SUCCESS and .crc beside the data.
        return [f for f in found if not f.rsplit("/", 1)[-1].startswith(("_", "."))]

    def _path(self, name: str) -> tuple[Any, Any]:
        jvm = self.session._jvm  # noqa: SLF001 - file systems have no public door in PySpark
        assert jvm is not None
        path = jvm.org.apache.hadoop.fs.Path(name)
        conf = self.session._jsparkSession.sessionState().newHadoopConf()  # noqa: SLF001
        return path, path.getFileSystem(conf)

    def head(self, file: str, n_bytes: int) -> bytes:
        """Return the first bytes of a file."""
        with spark_errors(f"{file} can't be read"):
            path, system = self._path(file)
            stream = system.open(path)
            try:
                jvm = self.session._jvm  # noqa: SLF001
                assert jvm is not None
                return bytes(jvm.org.apache.commons.io.IOUtils.toByteArray(
                    jvm.org.apache.commons.io.input.BoundedInputStream(stream, n_bytes)
                ))  # fmt: skip
            finally:
                stream.close()

    def parquet(self, name: str) -> pl.LazyFrame:
        """Return the rows of Parquet files; columns that some of them lack are empty there."""
        with spark_errors(f"{name} can't be read as Parquet"):
            frame = self.session.read.option("mergeSchema", "true").parquet(name)
            return self._scan(frame, name)

    def text(
        self, files: Sequence[str], n_columns: int, delimiter: str, encoding: str
    ) -> pl.LazyFrame:
        """Return the cells of texts with a header line."""
        options = {
            "sep": delimiter,
            "encoding": encoding,
            "header": "true",
            # Quotes are doubled inside quotes, and lines may end inside them.
            "escape": '"',
            "multiLine": "true",
            "nullValue": "",
            "emptyValue": "",
            "mode": "PERMISSIVE",
        }
        schema = ", ".join(f"c{i} string" for i in range(n_columns))
        with spark_errors(f"{files[0]} can't be read"):
            literal = [_SIGNS.sub(r"\\\g<0>", file) for file in files]
            frame = self.session.read.options(**options).schema(schema).csv(literal)
            return self._scan(frame, files[0])

    def table(self, name: str) -> pl.LazyFrame:
        """Return the rows of a table of Spark's catalog."""
        with spark_errors(f"table {name} can't be read"):
            return self._scan(self.session.table(name), name)

    def _scan(self, frame: DataFrame, shown: str) -> pl.LazyFrame:
        from pyspark.sql.pandas.types import to_arrow_schema

        twice = next((c for c in frame.columns if frame.columns.count(c) > 1), None)
        if twice is not None:
            raise InputError(f"{shown} has two columns called {twice!r}", "Rename one of them.")
        names = [f"c{i}" for i in range(len(frame.columns))]
        schema = to_arrow_schema(frame.schema)
        fields = [pa.field(name, field.type) for name, field in zip(names, schema, strict=True)]
        empty = pl.DataFrame(pl.from_arrow(pa.schema(fields).empty_table()))
        called = empty.rename(dict(zip(names, frame.columns, strict=True)))
        return self._work.scan(Table(frame.toDF(*names), called, shown, _size_of(frame)))


def _size_of(frame: DataFrame) -> int | None:
    """Return the bytes of raw rows as Spark estimates them; None where it doesn't know."""
    plan = frame._jdf.queryExecution().optimizedPlan()  # noqa: SLF001 - there is no public way
    n_bytes = int(str(plan.stats().sizeInBytes()))
    return n_bytes if n_bytes < _UNKNOWN else None


_UNKNOWN = 1 << 60
"""What Spark says about the size of rows that it knows nothing of is more than any disk holds."""
