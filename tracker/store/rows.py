"""Rows of the table `events`, and how one becomes an event again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from tracker.clock import parse
from tracker.events import StoredEvent
from tracker.log import codec

COLUMNS = ("seq", "id", "recorded_at", "prev_hash", "hash", *codec.Row._fields)
SELECTED = ", ".join(COLUMNS)

Rows = Callable[..., list[Any]]


def stored(rows: Iterable[Any]) -> Iterator[StoredEvent]:
    """The events of rows of `SELECTED`. Raises what `codec.decode` raises."""
    decode, row_of = codec.decode, codec.Row._make
    last_at, moment = "", datetime.min
    for row in rows:
        seq, id_, recorded_at, prev_hash, hash_ = row[:5]
        # Events of one transaction have one time.
        if recorded_at != last_at:
            last_at, moment = recorded_at, parse(recorded_at)
        yield StoredEvent(
            seq=seq,
            id=id_,
            recorded_at=moment,
            prev_hash=prev_hash,
            hash=hash_,
            event=decode(row_of(row[5:]), seq=seq),
        )
