"""From events to rows that follow from the end of a log: what every keeper of a log does alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from tracker.clock import parse, sortable
from tracker.events import Event, EventId, StoredEvent
from tracker.log import Head
from tracker.log.chain import link, place
from tracker.log.codec import Row, as_stored
from tracker.log.identity import of_content


class Draft(NamedTuple):
    """An event made ready, before its place is known. `content` is `Row.content` of the row."""

    id: EventId
    event: Event
    row: Row
    content: bytes


class Entry(NamedTuple):
    """An event in its place: as a record, and as columns of the table (`recorded_at`: text)."""

    stored: StoredEvent
    recorded_at: str
    row: Row


def drafts(events: Sequence[Event]) -> list[Draft]:
    """The events made ready, in order, the first of each id. Raises what `codec.encode` raises."""
    found: dict[EventId, Draft] = {}
    for event in events:
        row, stored, content = as_stored(event)
        id_ = of_content(content)
        if id_ not in found:
            found[id_] = Draft(id_, stored, row, content)
    return list(found.values())


def entries(new: Sequence[Draft], *, head: Head, last_at: str, recorded_at: datetime) -> Iterator[Entry]:
    """The drafts in their places after `head`, none of whose ids the log may hold.

    last_at  when the last event was recorded (`clock.sortable`; empty for an empty log): the clock may
             have gone back since, `recorded_at` does not
    """
    at = max(sortable(recorded_at), last_at)
    moment = parse(at)
    seq, prev_hash = head.seq, head.hash
    for draft in new:
        seq += 1
        hash_ = link(prev_hash, place(seq, draft.id, at) + draft.content)
        stored = StoredEvent(
            seq=seq, id=draft.id, recorded_at=moment, prev_hash=prev_hash, hash=hash_, event=draft.event
        )
        yield Entry(stored, at, draft.row)
        prev_hash = hash_
