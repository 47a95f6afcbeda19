"""Connections to one SQLite file: their settings, what its errors mean here, and whether it is ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.errors import BrokenChain, DatabaseBusy, GuardMissing, NotOurDatabase, StoreError
from tracker.store import schema

_MAGIC = b"SQLite format 3\0"
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# The messages of a damaged file may hold bytes that are no text, over which sqlite3 itself stumbles.
FOREIGN = (sqlite3.Error, UnicodeDecodeError)
_START = "`tracker run` or `tracker ingest` starts one"


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
def translated_body(path: Path) -> Iterator[None]:
    """As `translated`, around a caller's own work, whose text that cannot be decoded is its own affair."""
    try:
        yield
    except sqlite3.Error as error:
        raise translation(path, error) from error


def translation(path: Path, error: sqlite3.Error | UnicodeDecodeError) -> StoreError | BrokenChain:
    """What an error of SQLite means here."""
    where = str(path)
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in BUSY:
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
