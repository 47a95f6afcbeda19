"""An assessment: everything that follows from one item, as one value to be stored in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.alerts import Alert
from tracker.events import Event
from tracker.items import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one item, or one word of a person, adds.

    item     the item to keep; `None` when a person entered the events
    events   to append, in order; those the log holds already add nothing
    alerts   changes of standing that the new events bring
    send     False: the alerts are recorded and not sent (backfill)
    """

    item: Item | None
    events: tuple[Event, ...]
    alerts: tuple[Alert, ...]
    send: bool
