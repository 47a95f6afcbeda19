"""The marks kept of each feed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tracker.clock import sortable
from tracker.health import FeedHealth
from tracker.log.text import storable_record
from tracker.store.database import Database

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(FeedHealth)


class Feeds:
    """`FeedHealth` by feed id. Losing it costs one full fetch of each feed, no item."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, feed: str) -> FeedHealth | None:
        """The marks of a feed; `None` when it was never polled."""
        row = self._database.row("SELECT data FROM feeds WHERE feed = ?", (feed,))
        return None if row is None else _decoder.decode(row[0])

    def put(self, health: FeedHealth) -> None:
        """Replace the marks of a feed. Safe to repeat."""
        self.put_all((health,))

    def put_all(self, marks: Iterable[FeedHealth]) -> None:
        """Replace the marks of these feeds, in one transaction. Safe to repeat."""
        rows = [_row(health) for health in marks]
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO feeds "
                "(feed, next_poll_at, last_success_at, failures, last_error, data) VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )

    def all(self) -> dict[str, FeedHealth]:
        """The marks of every feed ever polled, by id."""
        return {
            feed: _decoder.decode(data)
            for feed, data in self._database.rows("SELECT feed, data FROM feeds ORDER BY feed")
        }


def _row(health: FeedHealth) -> tuple[object, ...]:
    try:
        data = _encoder.encode(health)
    except UnicodeEncodeError:
        health = storable_record(health)
        data = _encoder.encode(health)
    return (
        health.feed,
        None if health.next_poll_at is None else sortable(health.next_poll_at),
        None if health.last_success_at is None else sortable(health.last_success_at),
        health.failures,
        health.last_error or None,
        data.decode(),
    )
