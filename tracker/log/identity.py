"""The id of an event: made from its content, so that appending it twice adds nothing."""

from __future__ import annotations

from hashlib import sha256

from tracker.events import Event, EventId
from tracker.log.codec import encode


def identity(event: Event) -> EventId:
    """The first 128 bits, in hex, of SHA-256 over kind, version and content; `recorded_at` has no part.

    Half the digest leaves accidents out of the question (2**64 events for an even chance) and keeps
    ids short enough to read out. Raises what `codec.encode` raises.
    """
    return of_content(encode(event).content())


def of_content(content: bytes) -> EventId:
    """The id of the event whose `Row.content` this is."""
    return EventId(sha256(content).hexdigest()[:32])
