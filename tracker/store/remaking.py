"""The read models made anew from the log, and live ones compared with that.

`remake` builds the new ones beside the old while others go on reading and appending, and puts them in their
place in one short transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import LogError
from tracker.projection import Policy
from tracker.projection.course import course_of
from tracker.stances import ContestId
from tracker.store.connections import connect, translated
from tracker.store.editions import edition, mark
from tracker.store.history import History
from tracker.store.model_rows import (
    ALL_HEARD,
    BEGINNING,
    HEARD_OF,
    Values,
    roster_values,
    standing_values,
    turn_values,
    values_of,
)
from tracker.store.model_tables import MODELS

# Told how many contests of how many are done.
Watch = Callable[[int, int], None]


def unwatched(_done: int, _total: int) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Rows of one read model, for one contest, that are not what the log gives.

    missing, extra   rows that the log gives and the table has not, and the other way round
    """

    table: str
    contest: str
    missing: int
    extra: int


def remake_within(connection: sqlite3.Connection, policy: Policy) -> None:
    """Make all models anew inside the transaction that is open."""
    for table in MODELS:
        connection.execute(f"DELETE FROM main.{table}")
    connection.execute(ALL_HEARD)
    history = History(connection.execute)
    for contest in history.all():
        # What nobody declared is no reason to refuse an append: `rebuild` and every fold tell of it.
        if history.light(contest) is not None:
            _write(connection, "main", _made(history, contest, policy))
    _sign(connection, policy)


def remake(path: Path, policy: Policy, *, watch: Watch = unwatched) -> int:
    """Make all models and the search index anew, and put them in place of the old at once. The number of
    events they are made of.

    Readers see the old ones until then, and writers wait only while the new ones are put in place and the
    contests that got an event meanwhile are done again. Raises StoreError and its kinds, LogError.
    """
    with translated(path), closing(connect(path, busy_timeout_s=60.0)) as connection:
        connection.execute("PRAGMA temp_store = FILE")
        (seen,) = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        for table, columns in MODELS.items():
            connection.execute(f"CREATE TEMP TABLE new_{table} (\n{columns}\n) STRICT, WITHOUT ROWID")
        history = History(connection.execute)
        contests = history.all()
        connection.execute("BEGIN")
        for done, contest in enumerate(contests):
            watch(done, len(contests))
            _write(connection, "temp.new", _made(history, contest, policy))
        connection.execute("COMMIT")
        watch(len(contests), len(contests))
        connection.execute("BEGIN IMMEDIATE")
        try:
            changed = connection.execute(
                "SELECT DISTINCT contest FROM events WHERE seq > ?", (seen,)
            ).fetchall()
            for (contest,) in changed:
                for table in MODELS:
                    connection.execute(f"DELETE FROM temp.new_{table} WHERE contest = ?", (contest,))
                _write(connection, "temp.new", _made(history, contest, policy))
            for table in MODELS:
                connection.execute(f"DELETE FROM main.{table}")
                if table != "latest_reports":
                    connection.execute(f"INSERT INTO main.{table} SELECT * FROM temp.new_{table}")
            connection.execute(ALL_HEARD)
            connection.execute("INSERT INTO evidence_search (evidence_search) VALUES ('rebuild')")
            events = _sign(connection, policy)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return events


def differences(path: Path, policy: Policy, *, watch: Watch = unwatched) -> Iterator[Difference]:
    """Every read model, and the search index, that is not to the byte what the log gives; changes nothing.

    All is read as it stood at one moment. Models of another weighing, or behind the log, differ as a whole:
    `contest` is then empty. Raises StoreError and its kinds, LogError.
    """
    with translated(path), closing(connect(path, busy_timeout_s=60.0, read_only=True)) as connection:
        connection.execute("BEGIN")
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'read_models'").fetchone() is None:
            yield Difference(table="read_models", contest="", missing=1, extra=0)
            return
        made_by, known = mark(connection)
        (events,) = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        if (made_by, known) != (edition(policy), events) and events:
            yield Difference(table="read_models", contest="", missing=1, extra=1)
        history = History(connection.execute)
        contests = history.all()
        for table in MODELS:
            marks = ", ".join("?" * len(contests))
            (extra,) = connection.execute(
                f"SELECT count(*) FROM {table} WHERE contest NOT IN ({marks})", contests
            ).fetchone()
            if extra:
                yield Difference(table=table, contest="", missing=0, extra=extra)
        for done, contest in enumerate(contests):
            watch(done, len(contests))
            heard = connection.execute(HEARD_OF, (contest,)).fetchall()
            for table, rows in {**_made(history, contest, policy), "latest_reports": heard}.items():
                live = connection.execute(f"SELECT * FROM {table} WHERE contest = ?", (contest,)).fetchall()
                fresh = {_plain(row) for row in rows}
                found = {_plain(row) for row in live}
                if fresh != found:
                    yield Difference(
                        table=table, contest=contest, missing=len(fresh - found), extra=len(found - fresh)
                    )
        watch(len(contests), len(contests))
        connection.execute("COMMIT")
    yield from _search(path)


def _search(path: Path) -> Iterator[Difference]:
    """FTS5's own comparison of its index with the texts it is of; the transaction is taken back."""
    with translated(path), closing(connect(path, busy_timeout_s=60.0)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(
                "INSERT INTO evidence_search (evidence_search, rank) VALUES ('integrity-check', 1)"
            )
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            yield Difference(table="evidence_search", contest="", missing=1, extra=1)
        finally:
            connection.execute("ROLLBACK")


def _made(history: History, contest: ContestId, policy: Policy) -> dict[str, list[Values]]:
    """All rows of one contest but those of `latest_reports`, which SQL makes by itself. Raises LogError."""
    state = history.light(contest)
    if state is None:
        raise LogError(f"contest {contest!r} was never declared", seq=history.first(contest))
    standings: list[Values] = []
    turns: list[Values] = []
    for pair, reports in history.all_reports(contest):
        openings = history.openings(contest, state, pair, policy)
        course = course_of(state, pair, reports, policy, openings)
        standings.append(standing_values(contest, pair, course))
        turns += (turn_values(contest, pair, turn) for turn in course.turns_since(BEGINNING))
    return {**roster_values(contest, state, policy), "standings": standings, "standing_turns": turns}


def _write(connection: sqlite3.Connection, schema: str, rows: Mapping[str, Iterable[Values]]) -> None:
    prefix = f"{schema}_" if schema != "main" else "main."
    for table, values in rows.items():
        connection.executemany(f"INSERT INTO {prefix}{table} VALUES {values_of(table)}", values)


def _sign(connection: sqlite3.Connection, policy: Policy) -> int:
    (events,) = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
    connection.execute("INSERT OR REPLACE INTO read_models VALUES (1, ?, ?)", (edition(policy), events))
    return int(events)


def _plain(row: Values) -> tuple[object, ...]:
    """The row as SQLite gives it back: with types, since 1, 1.0 and True are equal in Python."""
    return tuple(
        (float.__name__, value) if isinstance(value, float)
        else int(value) if isinstance(value, bool)
        else str(value) if isinstance(value, str)
        else value
        for value in row
    )  # fmt: skip
