"""The event log: how events become bytes and back, and the protocol of whoever keeps them.

`codec` turns an event into a row and back, `upcasts` reads old versions, `identity` makes the id
from content, `chain` links the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tracker.events import Event, StoredEvent


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log: position and hash of its last event (0 and 32 zero bytes when empty)."""

    seq: int
    hash: bytes


class EventLog(Protocol):
    """Whoever keeps the log. One file of contract tests holds every implementation to this."""

    def append(self, events: Sequence[Event], recorded_at: datetime) -> tuple[StoredEvent, ...]:
        """Add what is not there yet, in order, and return what was added.

        An event whose id the log holds is skipped: doing it twice is safe. `recorded_at` is moved
        up to the last event's when the clock went back. All or nothing. Raises StoreError.
        """

    def read(self, *, after: int = 0, known_at: datetime | None = None) -> Iterator[StoredEvent]:
        """Events after position `after`, oldest first; with `known_at`, only those recorded by then.

        Raises UnknownEvent for a kind or version this program cannot read.
        """

    def head(self) -> Head:
        """Where the log ends."""
