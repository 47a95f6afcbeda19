"""The peers that tracker is measured beside: plain sqlite3 with orjson, and the eventsourcing library.

`eventsourcing` and `orjson` are only here, in the extra `bench`; without them their rows are left out.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

try:
    import orjson
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event
except ImportError:
    orjson = None

HERE = orjson is not None

TABLE = """\
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, contest TEXT, elector TEXT, candidate TEXT, stance TEXT, occurred_at TEXT,
    data TEXT
)"""


def plain_append(path: Path, records: Sequence[dict[str, Any]], batch: int) -> None:
    """One INSERT for each record, hot fields as columns, the record as JSON; no chain, guard or index."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(TABLE)
        for at in range(0, len(records), batch):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        seq,
                        record["contest"],
                        record["elector"],
                        record["candidate"],
                        record["stance"],
                        record["occurred_at"],
                        orjson.dumps(record["data"]).decode(),
                    )
                    for seq, record in enumerate(records[at : at + batch], at + 1)
                ],
            )
            connection.execute("COMMIT")


def plain_read(path: Path) -> int:
    """Every record read back and decoded."""
    with closing(sqlite3.connect(path)) as connection:
        return sum(
            1
            for row in connection.execute("SELECT * FROM events ORDER BY seq")
            if orjson.loads(row[-1]) is not None
        )


if HERE:

    class Pair(Aggregate):  # type: ignore[misc]
        """Eventsourcing's aggregate for one elector and candidate; each report is an event of it."""

        @event("StanceReported")
        def hear(
            self,
            stance: str,
            certainty: str,
            occurred_at: datetime,
            item: str,
            producer: str,
            data: dict[str, Any],
        ) -> None:
            self.stance, self.certainty, self.occurred_at = stance, certainty, occurred_at


_TOLD = ("stance", "certainty", "moment", "item", "producer", "data")


class Peer:
    """An eventsourcing Application on SQLite at its defaults (WAL, synchronous=FULL)."""

    def __init__(self, path: Path) -> None:
        self._app: Any = Application(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": os.fspath(path),
            }
        )
        self._pairs = [Pair() for _ in range(64)]
        self._app.save(*self._pairs)

    def append(self, records: Sequence[dict[str, Any]], batch: int) -> None:
        """`batch` records in one `Application.save`, over the aggregates in hand."""
        for at in range(0, len(records), batch):
            touched = {}
            for n, record in enumerate(records[at : at + batch], at):
                pair = self._pairs[n % len(self._pairs)]
                pair.hear(*(record[name] for name in _TOLD))
                touched[pair.id] = pair
            self._app.save(*touched.values())

    def read(self) -> int:
        """Every event through the notification log and the mapper, without any fold."""
        section = 1000
        count, start = 0, 1
        while True:
            found = self._app.recorder.select_notifications(start, section)
            for notification in found:
                self._app.mapper.to_domain_event(notification)
            count += len(found)
            if len(found) < section:
                return count
            start = found[-1].id + 1

    def close(self) -> None:
        self._app.close()
