"""The Spark that a run uses: one that is handed over, one that is active, or one of its own.

Everything that can be missing (PySpark, Java, csatkit on the executors) is told in one sentence
with what to do, before any row is read.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from csatkit.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

__all__ = ["Batches", "spark_errors", "spark_session"]

_OWN: Mapping[str, str] = {
    "spark.app.name": "csatkit",
    # A report lasts minutes; nobody looks at its pages, and its port may be taken.
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Without it two headers that differ in case can't be told apart.
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
}
"""What a session of our own is given unless `--spark-conf` says otherwise."""

_LOCAL: Mapping[str, str] = {"spark.driver.memory": "2g"}
"""What it is given where the driver does the work of the executors, too."""

_QUIET = """
status = fatal
rootLogger.level = fatal
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %c{1}: %m%n
"""
"""Spark's warnings are about Spark, and its errors come back as exceptions."""


def spark_session(given: object, master: str | None, conf: Mapping[str, str]) -> SparkSession:
    """Return the session that runs everything.

    Args:
        given: a session of the caller's.
        master: where to run, for example `local[4]`; default what Spark is configured to.
        conf: settings of Spark by name.

    Raises:
        InputError: Spark doesn't start.
        UsageError: PySpark or Java is missing, or the session can't be used.
    """
    session_type = _session_type()
    if given is not None:
        if not isinstance(given, session_type):
            raise UsageError(
                f"spark: expected a classic Spark session, got {type(given).__name__}",
                "A session of Spark Connect has no access to the executors that csatkit needs.",
            )
        return given
    # A session that another thread has made isn't active in this one.
    active = session_type.getActiveSession() or getattr(session_type, "_instantiatedSession", None)
    if active is not None:
        for name, value in conf.items():
            _set(active, name, value)
        return active
    return _started(session_type, master, conf)


def _session_type() -> type[SparkSession]:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError(
            "--engine spark needs PySpark, which isn't installed here",
            "Install it: pip install 'csatkit[spark]'.",
        ) from error
    found: type[SparkSession] = SparkSession
    return found


def _set(session: SparkSession, name: str, value: str) -> None:
    from pyspark.errors import PySparkException

    try:
        session.conf.set(name, value)
    except PySparkException as error:
        raise UsageError(
            f"--spark-conf {name} can't be set in a session that runs: {_first_line(error)}"
        ) from error


def _started(
    session_type: type[SparkSession], master: str | None, conf: Mapping[str, str]
) -> SparkSession:
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise UsageError(
            "--engine spark needs Java 17 or newer, and there is no java here",
            "Install a Java runtime (Debian: apt install default-jre-headless), or set JAVA_HOME.",
        )
    builder = session_type.builder
    if master is not None:
        builder = builder.master(master)
    is_local = (master or "local").startswith("local")
    if is_local:
        # Executors on this machine shall be this Python, not the first one of the PATH.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    folder = Path(tempfile.mkdtemp(prefix="csatkit-spark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    own = {**_OWN, **(_LOCAL if is_local else {}), **_quiet(folder, conf)}
    for name, value in {**own, **conf}.items():
        builder = builder.config(name, value)
    said = folder / "stderr"
    try:
        with _said_into(said):
            session = builder.getOrCreate()
    except Exception as error:
        # Py4J, PySpark and the JVM each have exceptions of their own for a start that fails.
        lines = [line for line in said.read_text("utf-8", "replace").splitlines() if line.strip()]
        why = next((line for line in lines if "Exception" in line or "Error" in line), None)
        raise InputError(
            f"Spark doesn't start: {_JAVA.sub('', why) if why else _first_line(error)}",
            "Check --spark-master and --spark-conf, and that Java is 17 or newer.",
        ) from error
    atexit.register(session.stop)
    return session


@contextmanager
def _said_into(file: Path) -> Iterator[None]:
    """Let what starts inside the block write its warnings into a file: Java has many."""
    kept = [os.dup(stream) for stream in (1, 2)]
    try:
        with file.open("wb") as target:
            for stream in (1, 2):
                os.dup2(target.fileno(), stream)
        yield
    finally:
        for stream, old in zip((1, 2), kept, strict=True):
            os.dup2(old, stream)
            os.close(old)


def _quiet(folder: Path, conf: Mapping[str, str]) -> dict[str, str]:
    """Return the option that keeps Spark's own log to errors, unless the user has set it."""
    # The other option of that kind is for users; this one stands before it.
    name = "spark.driver.defaultJavaOptions"
    if name in conf:
        return {}
    file = folder / "log4j2.properties"
    file.write_text(_QUIET, encoding="utf-8")
    return {name: f"-Dlog4j2.configurationFile={file.as_uri()}"}


class Batches:
    """How many rows Spark hands to Python at once, while packets are on their way.

    Jobs may overlap and end in other threads than they began in; the setting is given back when the
    last one is over.
    """

    def __init__(self, session: SparkSession, n: int) -> None:
        self._session = session
        self._n = n
        self._users = 0
        self._before: str | None = None
        self._lock = threading.Lock()

    @contextmanager
    def few(self) -> Iterator[None]:
        """Keep batches small inside the block."""
        with self._lock:
            if not self._users:
                self._before = self._session.conf.get(_BATCH, None)
                self._session.conf.set(_BATCH, self._n)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._give_back()

    def _give_back(self) -> None:
        if self._before is None:
            self._session.conf.unset(_BATCH)
        else:
            self._session.conf.set(_BATCH, self._before)


_BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch"


@contextmanager
def spark_errors(what: str) -> Iterator[None]:
    """Turn what Spark says about a job, inside the block, into one clear error.

    Args:
        what: what was being done, for example `tickets can't be read`.

    Raises:
        InputError: the job failed.
    """
    try:
        yield
    except Exception as error:
        # Errors of PySpark and of Py4J have no base in common.
        if not type(error).__module__.startswith(("pyspark.", "py4j.")):
            raise
        raise InputError(f"{what}: {_first_line(error)}", _hint(str(error))) from error


def _hint(text: str) -> str:
    if "No module named" in text:
        return (
            "Every executor needs csatkit with the same Polars as here: install it there, or ship "
            "an environment with --spark-conf spark.archives=..."
        )
    if "PATH_NOT_FOUND" in text or "FileNotFound" in text:
        return "Check the path as the executors see it."
    if "OutOfMemory" in text or "exited unexpectedly" in text or "Connection reset" in text:
        return (
            "An executor ran out of memory: give it more (--spark-conf spark.executor.memory=8g "
            "and spark.executor.memoryOverhead for Python), or run fewer tasks on it."
        )
    return "--debug shows all that Spark says."


def _first_line(error: BaseException) -> str:
    """Return what went wrong without the stack: of an executor's Python its own last words."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    ours = [line for line in lines if _OURS.match(line)]
    if ours:
        return _OURS.sub("", ours[-1])
    said = [line for line in lines if _PYTHON.match(line)]
    return said[-1] if said else (lines[0] if lines else type(error).__name__)


_JAVA = re.compile(r"^.*?\b([\w$]+\.)+\w*(Exception|Error): ")
"""What stands before the words of a Java error."""

_OURS = re.compile(r"csatkit\.errors\.\w+: ")
"""What a csatkit error in an executor starts with."""

_PYTHON = re.compile(r"(\w+\.)*\w*(Error|Exception|Interrupt): ")
