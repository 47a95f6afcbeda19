"""Doubles for tests: a clock that is set, a log in memory, a report to alter. Only tests import this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tracker.claims import Evidence
from tracker.clock import SetClock, sortable
from tracker.events import Event, Source, StanceReported, StoredEvent
from tracker.items import ItemId, OutletClass
from tracker.log import Head
from tracker.log.chain import GENESIS
from tracker.log.entries import drafts, entries
from tracker.stances import (
    CandidateId,
    Certainty,
    ClaimTime,
    ContestId,
    ElectorId,
    Precision,
    Stance,
    Voice,
)


class FakeClock(SetClock):
    """A clock that stands at noon of 1 March 2024 until it is set or moved on."""

    def __init__(self, at: datetime = datetime(2024, 3, 1, 12, tzinfo=UTC)) -> None:
        super().__init__(at)

    def advance(self, **step: float) -> datetime:
        """Move on (or back) by `seconds=`, `minutes=`, `hours=`, `days=`; the new time."""
        self.set(self.now() + timedelta(**step))
        return self.now()


class MemoryLog:
    """An `EventLog` that forgets all at the end; for the laws of the pure core."""

    def __init__(self) -> None:
        self._events: list[StoredEvent] = []
        self._ids: set[str] = set()

    def append(self, events: Sequence[Event], recorded_at: datetime) -> tuple[StoredEvent, ...]:
        """As `EventLog.append`."""
        new = [draft for draft in drafts(events) if draft.id not in self._ids]
        last_at = sortable(self._events[-1].recorded_at) if self._events else ""
        placed = entries(new, head=self.head(), last_at=last_at, recorded_at=recorded_at)
        stored = tuple(entry.stored for entry in placed)
        self._events.extend(stored)
        self._ids.update(event.id for event in stored)
        return stored

    def read(self, *, after: int = 0, known_at: datetime | None = None) -> Iterator[StoredEvent]:
        """As `EventLog.read`."""
        position = max(after, 0)
        while position < len(self._events):
            stored = self._events[position]
            if known_at is not None and stored.recorded_at > known_at:
                return
            yield stored
            position += 1

    def head(self) -> Head:
        """As `EventLog.head`."""
        return Head(self._events[-1].seq, self._events[-1].hash) if self._events else Head(0, GENESIS)


def report(**changes: Any) -> StanceReported:
    """A report that an elector supports a candidate, all fields filled; `changes` replace some."""
    return replace(
        StanceReported(
            contest=ContestId("chair-2024"),
            elector=ElectorId("aa"),
            candidate=CandidateId("first-one"),
            stance=Stance.SUPPORTS,
            certainty=Certainty.OFFICIAL,
            time=ClaimTime.NOW,
            voice=Voice.ELECTOR,
            silence=False,
            speaker="the foreign minister of Aland",
            condition="",
            via=None,
            occurred_at=datetime(2024, 2, 22, tzinfo=UTC),
            precision=Precision.DAY,
            item=ItemId("0123456789abcdef01234567"),
            source=Source(
                outlet="The Gazette",
                url="https://gazette.example/first-one",
                title="Aland backs First One",
                outlet_class=OutletClass.OUTLET,
                origins=("outlet:the-gazette",),
            ),
            evidence=Evidence(
                field="title",
                start=0,
                end=21,
                text="Aland backs First One",
                sentence="Aland backs First One",
            ),
            rule="verb.backs",
            confidence=0.9,
            producer="reader-1",
        ),
        **changes,
    )
