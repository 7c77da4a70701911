"""The record of runs, in SQLite: machine, lock, parameters, results."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ckpm.errors import CkpmError, NotFoundError
from ckpm.system.files import storage_errors

SCHEMA = """
create table if not exists runs (
  id integer primary key,
  started text not null,
  seconds real not null,
  environment text not null,
  workflow text not null,
  target text not null,
  lock text not null,
  exit_code integer not null,
  machine text not null,
  parameters text not null,
  results text not null,
  packages text not null,
  output text not null
)
"""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run; ``id`` is 0 until it is recorded, ``started`` ISO 8601 in UTC, ``lock`` a digest."""

    started: str
    seconds: float
    environment: str
    workflow: str
    target: str
    lock: str
    exit_code: int
    machine: Mapping[str, str]
    parameters: Mapping[str, str]
    results: Mapping[str, float | str | None]
    packages: Mapping[str, str]
    output: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """The runs recorded in one file."""

    file: Path

    def add(self, record: RunRecord) -> int:
        """Record a run and return its number."""
        columns = [name for name in RunRecord.__slots__ if name != "id"]
        values = [_stored(getattr(record, name)) for name in columns]
        marks = ", ".join("?" for _ in columns)
        with self._connection() as connection:
            cursor = connection.execute(
                f"insert into runs ({', '.join(columns)}) values ({marks})",  # noqa: S608
                values,
            )
            connection.commit()
        return cursor.lastrowid or 0

    def all(self, workflow: str | None = None) -> list[RunRecord]:
        """Return the recorded runs, newest first."""
        with self._connection() as connection:
            rows = connection.execute(
                "select * from runs where ? is null or workflow = ? order by id desc",
                (workflow, workflow),
            ).fetchall()
        return [_record(row) for row in rows]

    def run(self, number: int) -> RunRecord:
        """Return one run.

        Raises:
            NotFoundError: when no run has that number.
        """
        with self._connection() as connection:
            row = connection.execute("select * from runs where id = ?", (number,)).fetchone()
        if row is None:
            raise NotFoundError(
                f"there is no run {number}", hints=["`ckpm results list` lists them"]
            )
        return _record(row)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with storage_errors(self.file.parent):
            self.file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(self.file, timeout=30)) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute(SCHEMA)
                yield connection
        except sqlite3.Error as error:
            raise CkpmError(
                f"cannot use the record of runs `{self.file}`: {error}",
                hints=["move that file away to start a new record"],
            ) from error


def _stored(value: object) -> object:
    return json.dumps(value, sort_keys=True) if isinstance(value, Mapping) else value


def _record(row: sqlite3.Row) -> RunRecord:
    fields = dict(row)
    for name in ("machine", "parameters", "results", "packages"):
        fields[name] = json.loads(fields[name])
    return RunRecord(**fields)
