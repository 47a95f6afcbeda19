"""The log in SQLite: append, read, and what `tracker log` asks."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tracker.clock import sortable
from tracker.errors import UnknownName
from tracker.events import CandidacyReported, Event, StanceReported, StoredEvent, SupportCounted
from tracker.log import Head, chain
from tracker.log.entries import Draft, drafts, entries
from tracker.store.database import Database
from tracker.store.models import ReadModels
from tracker.store.rows import COLUMNS, SELECTED, stored

_INSERT = f"INSERT INTO events ({SELECTED}) VALUES ({', '.join('?' * len(COLUMNS))})"
_KNOWN = "SELECT id FROM events WHERE id IN (SELECT value FROM json_each(?))"
_KNOWN_ONE = "SELECT id FROM events WHERE id = ?"
_SEARCH_ROW = "INSERT INTO evidence_search (rowid, sentence, speaker, outlet, title) VALUES (?, ?, ?, ?, ?)"
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """What to list; every condition given must hold, and one not given is `None` or empty.

    id              an event's id, or the beginning of one
    recorded_*, occurred_*
                    UTC, both ends included
    text            words, all of which the evidence (sentence, speaker, outlet or headline) has, in
                    any order and without regard to accents and case; "in quotes" they stand together
    """

    id: str | None = None
    kinds: tuple[str, ...] = ()
    contest: str | None = None
    elector: str | None = None
    candidate: str | None = None
    stance: str | None = None
    certainty: str | None = None
    item: str | None = None
    producer: str | None = None
    recorded_since: datetime | None = None
    recorded_until: datetime | None = None
    occurred_since: datetime | None = None
    occurred_until: datetime | None = None
    text: str = ""


class SqliteLog:
    """The `EventLog` in the store's database."""

    def __init__(self, database: Database, models: ReadModels) -> None:
        self._database = database
        self._models = models

    @property
    def path(self) -> Path:
        """The file, for messages."""
        return self._database.path

    def append(self, events: Sequence[Event], recorded_at: datetime) -> tuple[StoredEvent, ...]:
        """As `EventLog.append`; joins the transaction that this thread has open."""
        if not events:
            return ()
        # Encoding is most of the work, and needs no lock.
        ready = drafts(events)
        with self._database.transaction() as connection:
            known = _known(connection, ready)
            seq, hash_, last_at = connection.execute(_LAST).fetchone() or _EMPTY
            before = Head(seq, hash_)
            placed = list(
                entries(
                    [draft for draft in ready if draft.id not in known],
                    head=before,
                    last_at=last_at,
                    recorded_at=recorded_at,
                )
            )
            if placed:
                connection.executemany(
                    _INSERT,
                    [
                        (stored.seq, stored.id, at, stored.prev_hash, stored.hash, *row)
                        for stored, at, row in placed
                    ],
                )
                added = tuple(entry.stored for entry in placed)
                connection.executemany(_SEARCH_ROW, [_words(one) for one in added if _is_report(one)])
                last = added[-1]
                self._models.take(connection, added, before=before, after=Head(last.seq, last.hash))
                return added
        return ()

    def read(self, *, after: int = 0, known_at: datetime | None = None) -> Iterator[StoredEvent]:
        """As `EventLog.read`. Reads a page at a time, so no reader holds the file's old state for long;
        what is appended meanwhile is read too."""
        until = None if known_at is None else self.known_by(known_at)
        while True:
            page = self._page(after, until)
            yield from stored(page)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def head(self) -> Head:
        """As `EventLog.head`."""
        seq, hash_, _ = self._end()
        return Head(seq, hash_)

    def known_by(self, moment: datetime) -> int:
        """The position of the last event recorded by then; 0 when there is none.

        `recorded_at` never goes back, so this is a binary search by position: no index is needed.
        """
        at = sortable(moment)
        low, high = 0, self._end()[0]
        while low < high:
            middle = (low + high + 1) // 2
            (recorded,) = self._database.row("SELECT recorded_at FROM events WHERE seq = ?", (middle,))
            low, high = (middle, high) if recorded <= at else (low, middle - 1)
        return low

    def head_at(self, moment: datetime) -> Head:
        """Where the log ended at that moment."""
        seq = self.known_by(moment)
        row = self._database.row("SELECT hash FROM events WHERE seq = ?", (seq,))
        return Head(0, chain.GENESIS) if row is None else Head(seq, row[0])

    def get(self, id_: str) -> StoredEvent:
        """The event of that id, or of the one id that begins so.

        Raises UnknownName when there is none, or several: `near` then holds up to five of them.
        """
        rows = self._database.rows(
            f"SELECT {SELECTED} FROM events WHERE id >= ? AND id < ? ORDER BY id LIMIT 6",
            (id_.lower(), id_.lower() + "g"),
        )
        if len(rows) != 1:
            near = tuple(str(row[1]) for row in rows[:5])
            raise UnknownName("event", id_, where=str(self.path), near=near)
        return next(stored(rows))

    def find(
        self, wanted: LogFilter, *, after: int = 0, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[StoredEvent]:
        """Events that the filter lets through, by position. Streams; raises what `read` raises."""
        conditions, values = _conditions(wanted)
        where = "".join(f" AND {condition}" for condition in conditions)
        # Times of recording are places in the log: no row outside is looked at.
        low, high = after, _FOREVER
        if wanted.recorded_since is not None:
            low = max(low, self.known_by(wanted.recorded_since - timedelta.resolution))
        if wanted.recorded_until is not None:
            high = self.known_by(wanted.recorded_until)
        while limit is None or limit > 0:
            size = _PAGE if limit is None else min(_PAGE, limit)
            page = self._database.rows(
                f"SELECT {SELECTED} FROM events WHERE seq > ? AND seq <= ?{where} "
                f"ORDER BY seq {'DESC' if newest_first else 'ASC'} LIMIT {size}",
                (low, high, *values),
            )
            yield from stored(page)
            if len(page) < size:
                return
            if newest_first:
                high = page[-1][0] - 1
            else:
                low = page[-1][0]
            limit = None if limit is None else limit - len(page)

    def census(self) -> list[tuple[str, str, int, int]]:
        """How many events of each kind each contest has, and about how many pairs: (contest, kind, events,
        pairs)."""
        return self._database.rows(
            "SELECT contest, kind, count(*), count(DISTINCT elector || char(31) || candidate) "
            "FROM events GROUP BY contest, kind ORDER BY min(seq)"
        )

    def _page(self, after: int, until: int | None) -> list[Any]:
        return self._database.rows(
            f"SELECT {SELECTED} FROM events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT {_PAGE}",
            (after, _FOREVER if until is None else until),
        )

    def _end(self) -> tuple[int, bytes, str]:
        return self._database.row(_LAST) or _EMPTY


_LAST = "SELECT seq, hash, recorded_at FROM events ORDER BY seq DESC LIMIT 1"
_EMPTY = (0, chain.GENESIS, "")
_FOREVER = 2**62


def _known(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> Container[str]:
    """The ids among these that the log holds."""
    if len(drafts) == 1:
        return {id_ for (id_,) in connection.execute(_KNOWN_ONE, (drafts[0].id,))}
    ids = msgspec.json.encode([draft.id for draft in drafts]).decode()
    return {id_ for (id_,) in connection.execute(_KNOWN, (ids,))}


def _is_report(stored: StoredEvent) -> bool:
    return isinstance(stored.event, StanceReported | SupportCounted | CandidacyReported)


def _words(stored: StoredEvent) -> tuple[object, ...]:
    """What the search index holds of a report: as in the view `evidence`."""
    event = stored.event
    assert isinstance(event, StanceReported | SupportCounted | CandidacyReported)
    return stored.seq, event.evidence.sentence, event.speaker, event.source.outlet, event.source.title


def _conditions(wanted: LogFilter) -> tuple[list[str], list[object]]:
    """All of the filter but the times of recording, as SQL and its values."""
    conditions: list[str] = []
    values: list[object] = []
    for column in ("contest", "elector", "candidate", "stance", "certainty", "item", "producer"):
        value = getattr(wanted, column)
        if value is not None:
            # An item's events lie together: its contest's index would lead all over the log.
            plus = "+" if column == "contest" and wanted.item is not None else ""
            conditions.append(f"{plus}{column} = ?")
            values.append(str(value))
    if wanted.id is not None:
        conditions.append("id >= ? AND id < ?")
        values += [wanted.id.lower(), wanted.id.lower() + "g"]
    if wanted.kinds:
        conditions.append(f"kind IN ({', '.join('?' * len(wanted.kinds))})")
        values += wanted.kinds
    for moment, sign in ((wanted.occurred_since, ">="), (wanted.occurred_until, "<=")):
        if moment is not None:
            conditions.append(f"occurred_at {sign} ?")
            values.append(sortable(moment))
    if wanted.text.strip():
        conditions.append("seq IN (SELECT rowid FROM evidence_search WHERE evidence_search MATCH ?)")
        values.append(_match(wanted.text))
    return conditions, values


def _match(text: str) -> str:
    """What was typed, as FTS5 takes it: each word or quoted phrase is a string, never an operator."""
    phrases = re.findall(r'"([^"]+)"|([^\s"]+)', text.replace("\0", " "))
    return " ".join(f'"{phrase or word}"' for phrase, word in phrases) or '""'
