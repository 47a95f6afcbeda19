"""One database: how it is made, opened and brought to the present format, and who may write."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep
from typing import Any

from tracker.errors import StoreError
from tracker.store import schema
from tracker.store.backups import keep_before
from tracker.store.connections import (
    BUSY,
    check_file,
    check_guards,
    connect,
    is_ours,
    translated,
    translated_body,
)

_WAL_TRIES, _WAL_PAUSE_S = 250, 0.02


class Database:
    """One writer connection behind a lock, and one read-only connection for each thread that reads.

    A thread inside `transaction` reads through the writer, so it sees what it has just written.
    """

    def __init__(self, path: Path, *, read_only: bool, busy_timeout_s: float) -> None:
        self.path = path
        self.read_only = read_only
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.RLock()
        self._depth = 0
        self._owner: int | None = None
        self._writer: sqlite3.Connection | None = None
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}
        self._readers_lock = threading.Lock()
        self._closed = False

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The writer, inside BEGIN IMMEDIATE; inside a transaction of the same thread, a savepoint.

        All or nothing at each level. Raises StoreError and its kinds; whatever the body raises.
        """
        with self._lock, translated_body(self.path):
            connection = self._write_connection()
            if self._depth:
                begin, end, back = "SAVEPOINT inner", "RELEASE inner", "ROLLBACK TO inner; RELEASE inner"
            else:
                begin, end, back = "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"
            connection.execute(begin)
            self._depth += 1
            self._owner = threading.get_ident()
            try:
                yield connection
                connection.execute(end)
            except BaseException:
                # An I/O error or a full disk may have ended the transaction already.
                if connection.in_transaction:
                    for statement in back.split("; "):
                        connection.execute(statement)
                raise
            finally:
                self._depth -= 1
                if not self._depth:
                    self._owner = None

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """All rows of a query, as tuples. Raises StoreError and its kinds."""
        with translated(self.path):
            return self._read_connection().execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """The first row of a query, or `None`. Raises StoreError and its kinds."""
        with translated(self.path):
            cursor = self._read_connection().execute(sql, parameters)
            found = cursor.fetchone()
            cursor.close()
            return found

    def backup(self, target: Path) -> None:
        """As `Store.backup`."""
        if target.exists():
            raise StoreError(str(target), "exists already; a backup never overwrites anything")
        part = target.with_name(f".{target.name}.part")
        part.unlink(missing_ok=True)
        try:
            with translated(target), closing(sqlite3.connect(part)) as copy:
                self._read_connection().backup(copy)
            part.rename(target)
        except OSError as error:
            raise StoreError(str(target), f"cannot be written: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)

    def close(self) -> None:
        """Close every connection. Waits for a transaction of another thread to end."""
        with self._lock, self._readers_lock:
            self._closed = True
            for connection in self._readers.values():
                connection.close()
            self._readers.clear()
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _write_connection(self) -> sqlite3.Connection:
        if self.read_only:
            raise StoreError(str(self.path), "opened for reading only")
        if self._closed:
            raise StoreError(str(self.path), "closed already")
        if self._writer is None:
            self._writer = connect(self.path, busy_timeout_s=self._busy_timeout_s)
        return self._writer

    def _read_connection(self) -> sqlite3.Connection:
        if self._owner == threading.get_ident() and self._writer is not None:
            return self._writer
        thread = threading.current_thread()
        found = self._readers.get(thread)
        if found is not None:
            return found
        with self._readers_lock:
            if self._closed:
                raise StoreError(str(self.path), "closed already")
            for gone in [other for other in self._readers if not other.is_alive()]:
                self._readers.pop(gone).close()
            connection = connect(self.path, busy_timeout_s=self._busy_timeout_s, read_only=True)
            self._readers[thread] = connection
            return connection


def open_database(path: Path, *, read_only: bool, create: bool, busy_timeout_s: float) -> Database:
    """Check that the file is ours, make its tables if it is new, and check the guards.

    Several processes may do this at once; one makes the tables, the others find them.
    Raises StoreError, NotOurDatabase, DatabaseBusy, GuardMissing.
    """
    may_create = create and not read_only
    check_file(path, may_create=may_create)
    with translated(path):
        connection = connect(path, busy_timeout_s=busy_timeout_s, read_only=read_only)
        try:
            if not is_ours(connection, path):
                if not may_create:
                    raise StoreError(
                        str(path), "holds no log yet; `tracker run` or `tracker ingest` starts one"
                    )
                _make(connection, path)
            elif not read_only:
                _write_ahead(connection)
                _bring_up(connection, path)
            check_guards(connection)
        finally:
            connection.close()
    return Database(path, read_only=read_only, busy_timeout_s=busy_timeout_s)


def _make(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute(f"PRAGMA page_size = {schema.PAGE_BYTES}")
    _write_ahead(connection)
    connection.execute("BEGIN IMMEDIATE")
    # Another process may have made the tables since we looked.
    try:
        if not is_ours(connection, path):
            schema.create(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    _write_ahead(connection)


def _bring_up(connection: sqlite3.Connection, path: Path) -> None:
    """To the present format, with a copy made first. Raises StoreError when there is no room for that."""
    if (version := _format(connection)) == schema.FORMAT:
        return
    check_guards(connection)
    keep_before(path, version)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it since we looked.
        if (version := _format(connection)) < schema.FORMAT:
            check_guards(connection)
            schema.bring_up(connection, version)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _format(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn to write-ahead logging, if the file is not in it yet: readers then never wait for a writer."""
    for tries_left in reversed(range(_WAL_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # This statement alone does not wait for the busy timeout.
            if error.sqlite_errorcode & 0xFF not in BUSY or not tries_left:
                raise
            sleep(_WAL_PAUSE_S)
        else:
            return
