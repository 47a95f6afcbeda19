"""Is the log what it was? A walk over every row of the file, whatever state it is in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import BrokenChain, DatabaseBusy, LogError, NotOurDatabase, StoreError
from tracker.log import Head, chain, codec, identity
from tracker.store.connections import (
    FOREIGN,
    check_file,
    connect,
    guard_faults,
    is_ours,
    translated,
    translation,
)

# The bytes that are hashed, put together by SQLite: a row is six values, not seventeen.
_SEPARATED = " || char(31) || "
_COLUMNS = ("seq", "id", "recorded_at", *(f"ifnull({name}, char(30))" for name in codec.Row._fields))
_WALK = (
    f"SELECT seq, prev_hash, hash, CAST({_SEPARATED.join(_COLUMNS)} AS BLOB), id, recorded_at "
    "FROM events ORDER BY seq"
)
_ROWS = f"SELECT CAST({_SEPARATED.join(_COLUMNS)} AS BLOB) FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
_QUICK = _WALK.replace(", id, recorded_at FROM", " FROM")
_EVERY = 5_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What the walk found.

    events   rows walked
    head     the last row's position and hash, to be compared with one published or noted elsewhere
    faults   what is wrong: rows first, by `seq`, then the guards, then the file
    more     True: the walk stopped at as many faults as it was to find
    """

    events: int
    head: Head
    faults: tuple[LogError | StoreError, ...]
    more: bool

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def first_bad(self) -> int | None:
        """The position of the first row that is wrong or missing; `None` when no row is."""
        bad = (fault.seq for fault in self.faults if isinstance(fault, LogError) and fault.seq is not None)
        return min(bad, default=None)


def verify(
    path: Path,
    *,
    published: Head | None = None,
    on_progress: Progress | None = None,
    chain_only: bool = False,
    limit: int = 20,
) -> Verification:
    """Walk the log: places without a gap, hashes, ids, times, every event readable; then the guards and
    SQLite's own check of the file.

    published    a head noted outside: the log must hold that very event, so that a tail cut off or
                 a log written anew is found too
    on_progress  called every few thousand rows and at the end with (rows walked, rows in all)
    chain_only   True: places and hashes only, the quick answer
    limit        faults after which to stop
    Takes a file that `open_store` refuses for its guards, and changes nothing. Raises NotOurDatabase,
    DatabaseBusy and StoreError when there is no log of ours to walk.
    """
    check_file(path, may_create=False)
    walk = _Walk(published, on_progress, chain_only, limit)
    faults: list[LogError | StoreError] = []
    with translated(path):
        connection = connect(path, busy_timeout_s=10.0, read_only=True)
    try:
        if not is_ours(connection, path):
            raise NotOurDatabase(str(path), "holds no log")
        walk.run(connection)
    except FOREIGN as error:
        fault = translation(path, error)
        if isinstance(fault, DatabaseBusy):
            raise fault from error
        faults.append(fault)
    else:
        if not chain_only:
            faults += _of_file(connection, path)
    finally:
        connection.close()
    rows: list[LogError] = sorted(walk.faults, key=lambda fault: fault.seq or 0)
    return Verification(events=walk.events, head=walk.head, faults=(*rows, *faults), more=len(rows) >= limit)


def rows_of(path: Path, first: int, last: int) -> list[str]:
    """The hashed bytes of these rows, both ends included, as text; whoever has the hash before the first
    can walk the chain from it. Raises StoreError and its kinds; BrokenChain when a row is missing."""
    with translated(path):
        connection = connect(path, busy_timeout_s=10.0, read_only=True)
        try:
            found = connection.execute(_ROWS, (first, last)).fetchall()
        finally:
            connection.close()
    if len(found) != last - first + 1 or any(row is None for (row,) in found):
        raise BrokenChain(
            f"rows between {first} and {last} are missing; `tracker verify` tells which", seq=first
        )
    return [row.decode() for (row,) in found]


class _Walk:
    """One walk, and what it has found so far: a file may break off in the middle."""

    def __init__(
        self, published: Head | None, on_progress: Progress | None, chain_only: bool, limit: int
    ) -> None:
        self._published, self._on_progress = published, on_progress
        self._chain_only, self._limit = chain_only, limit
        self.events = 0
        self.head = Head(0, chain.GENESIS)
        self.faults: list[LogError] = []

    def run(self, connection: sqlite3.Connection) -> None:
        connection.text_factory = bytes
        # One transaction: what is appended meanwhile is not looked at.
        connection.execute("BEGIN")
        try:
            (total,) = connection.execute("SELECT count(*) FROM events").fetchone()
            quick = self._chain_only and self._published is None
            rows = self._quick(connection, total) if quick else self._rows(connection, total)
            for fault in chain.breaks(rows):
                self.faults.append(fault)
                if len(self.faults) >= self._limit:
                    return
        finally:
            connection.text_factory = str
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if self._published is not None and self._published.seq > self.head.seq:
            self.faults.append(
                BrokenChain(
                    f"the log ends at event {self.head.seq}, and event {self._published.seq} was published: "
                    "its tail was cut off",
                    seq=self.head.seq + 1,
                )
            )

    def _quick(self, connection: sqlite3.Connection, total: int) -> Iterator[tuple[int, bytes, bytes, bytes]]:
        """The rows and nothing beside them: hashing is most of the time."""
        cursor = connection.execute(_QUICK)
        while page := cursor.fetchmany(_EVERY):
            self.events += len(page)
            self.head = Head(page[-1][0], page[-1][2])
            yield from page
            if self._on_progress is not None:
                self._on_progress(self.events, total)

    def _rows(self, connection: sqlite3.Connection, total: int) -> Iterator[tuple[int, bytes, bytes, bytes]]:
        last_at = b""
        for seq, prev_hash, hash_, row_bytes, id_, recorded_at in connection.execute(_WALK):
            self.events += 1
            self.head = Head(seq, hash_)
            if not self._chain_only and len(self.faults) < self._limit:
                self.faults += _of_row(seq, id_, recorded_at, row_bytes, last_at)
                last_at = recorded_at
            if self._published is not None and seq == self._published.seq and hash_ != self._published.hash:
                self.faults.append(
                    BrokenChain("its hash is not the published one: the log was written anew", seq=seq)
                )
            yield seq, prev_hash, hash_, row_bytes
            if self._on_progress is not None and self.events % _EVERY == 0:
                self._on_progress(self.events, total)
        if self._on_progress is not None:
            self._on_progress(self.events, total)


def _of_row(
    seq: int, id_: bytes, recorded_at: bytes, row_bytes: bytes | None, last_at: bytes
) -> Iterator[LogError]:
    """What is wrong with one row by itself."""
    if row_bytes is None:
        yield BrokenChain("a column is empty that never is", seq=seq)
        return
    content = row_bytes.split(b"\x1f", 3)[-1]
    if identity.of_content(content).encode() != id_:
        yield BrokenChain("its id is not made from its content", seq=seq)
    if recorded_at < last_at:
        yield BrokenChain("it was recorded before the event that it follows", seq=seq)
    try:
        codec.decode(codec.Row.of_content(content), seq=seq)
    except LogError as error:
        yield error
    except ValueError as error:
        yield BrokenChain(f"the row cannot be read: {error}", seq=seq)


def _of_file(connection: sqlite3.Connection, path: Path) -> Iterator[LogError | StoreError]:
    try:
        yield from guard_faults(connection)
        for (problem,) in connection.execute("PRAGMA integrity_check(10)"):
            if problem != "ok":
                yield StoreError(str(path), f"SQLite finds the file damaged: {problem}")
    except FOREIGN as error:
        yield translation(path, error)
