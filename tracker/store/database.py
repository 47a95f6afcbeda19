"""One SQLite file: how it is opened, who may write, and what its errors mean here."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep
from typing import Any

from tracker.errors import BrokenChain, DatabaseBusy, GuardMissing, NotOurDatabase, StoreError
from tracker.store import schema

_MAGIC = b"SQLite format 3\0"
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# The messages of a damaged file may hold bytes that are no text, over which sqlite3 itself stumbles.
FOREIGN = (sqlite3.Error, UnicodeDecodeError)
_START = "`tracker run` or `tracker ingest` starts one"
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
        with self._lock, _translated_body(self.path):
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


def connect(path: Path, *, busy_timeout_s: float, read_only: bool = False) -> sqlite3.Connection:
    """A connection with our settings; transactions are begun by hand. Raises sqlite3.Error.

    synchronous=FULL: after a power cut the log holds whatever was acknowledged.
    """
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_timeout_s,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA journal_size_limit = 16777216")
            # 2,000 pages (16 MB) before they are moved into the file, 32 MB of them in memory: a log grows at
            # its end and in its indexes, and each index page would else be written again and again.
            connection.execute("PRAGMA wal_autocheckpoint = 2000")
            connection.execute("PRAGMA cache_size = -32768")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as ours."""
    try:
        yield
    except FOREIGN as error:
        raise translation(path, error) from error


@contextmanager
def _translated_body(path: Path) -> Iterator[None]:
    """As `translated`, around a caller's own work, whose text that cannot be decoded is its own affair."""
    try:
        yield
    except sqlite3.Error as error:
        raise translation(path, error) from error


def translation(path: Path, error: sqlite3.Error | UnicodeDecodeError) -> StoreError | BrokenChain:
    """What an error of SQLite means here."""
    where = str(path)
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in _BUSY:
        return DatabaseBusy(where, "another process holds it; try again when that has finished")
    if code == sqlite3.SQLITE_FULL:
        return StoreError(where, "the disk is full; nothing of this was written")
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(where, f"the disk failed ({error}); nothing of this was written")
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(where, "cannot be written: the file or its folder is read-only")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(where, "cannot be opened: check that the folder exists and may be read and written")
    if code == sqlite3.SQLITE_CONSTRAINT and "append-only" in str(error):
        return BrokenChain(f"{where}: {error}")
    if isinstance(error, UnicodeDecodeError) or "decode to UTF-8" in str(error):
        code = sqlite3.SQLITE_CORRUPT
    if code in _DAMAGED:
        return StoreError(
            where, f"the file is damaged ({error}); run `tracker verify`, and restore a backup if it agrees"
        )
    return StoreError(where, f"{type(error).__name__}: {error}")


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


def check_file(path: Path, *, may_create: bool) -> None:
    """Raises StoreError when no file can be there, NotOurDatabase when it is none of SQLite's."""
    where = str(path)
    if path.is_dir():
        raise StoreError(where, "is a folder, not a database")
    if not path.exists():
        if not may_create:
            raise StoreError(where, f"does not exist; {_START}")
        if not path.absolute().parent.is_dir():
            raise StoreError(where, f"the folder {path.absolute().parent} does not exist; make it first")
        try:
            path.touch()
        except OSError as error:
            raise StoreError(where, f"cannot be made: {error.strerror}") from error
        return
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise StoreError(where, f"cannot be read: {error.strerror}") from error
    if start and start != _MAGIC:
        raise NotOurDatabase(where, "is no SQLite database; give another file with --db")


def is_ours(connection: sqlite3.Connection, path: Path) -> bool:
    """True: a log of ours; False: an empty database. Raises NotOurDatabase for any other."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == schema.APPLICATION_ID:
        if version > schema.FORMAT:
            raise NotOurDatabase(
                str(path),
                f"has format {version}, this program knows up to {schema.FORMAT}: update tracker",
            )
        return True
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application or version or objects:
        raise NotOurDatabase(str(path), "is another program's database; give another file with --db")
    return False


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
    from tracker.store.backups import keep_before  # it needs this module

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
            if error.sqlite_errorcode & 0xFF not in _BUSY or not tries_left:
                raise
            sleep(_WAL_PAUSE_S)
        else:
            return


def check_guards(connection: sqlite3.Connection) -> None:
    """Raises GuardMissing when a trigger of the log is gone or reads otherwise, or the table is not ours."""
    for fault in guard_faults(connection):
        raise fault


def guard_faults(connection: sqlite3.Connection) -> Iterator[GuardMissing]:
    """Each guard that is gone or changed."""
    found = dict(
        connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
        ).fetchall()
    )
    remedy = "something else has changed this database; run `tracker verify`, then restore a backup"
    for name, sql in schema.GUARDS.items():
        if name not in found:
            yield GuardMissing(f"the trigger {name} is gone: {remedy}")
        elif found[name] != sql:
            yield GuardMissing(f"the trigger {name} was changed: {remedy}")
    table = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'events'"
    ).fetchone()
    if table is None or table[0] != schema.EVENTS:
        yield GuardMissing(f"the table events is not as it was made: {remedy}")
