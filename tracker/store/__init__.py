"""The store: one SQLite file with the log, the items, the outbox and the marks. The only SQL.

`open_store` gives a `Store`, usable from any thread: one writer at a time, readers beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from tracker.alerts import Alert
from tracker.assessment import Assessment
from tracker.errors import StoreError
from tracker.events import StoredEvent
from tracker.projection import DEFAULT_POLICY, Policy
from tracker.store.database import Database, open_database
from tracker.store.feeds import Feeds
from tracker.store.items import Items, Readings
from tracker.store.log import LogFilter, SqliteLog
from tracker.store.models import ReadModels
from tracker.store.outbox import AlertFilter, Attempt, Delivery, KeptAlert, Outbox
from tracker.store.remaking import Difference, Watch, differences, remake, unwatched
from tracker.store.standings import StandingsKept
from tracker.store.states import States

__all__ = [
    "AlertFilter",
    "Attempt",
    "Delivery",
    "Difference",
    "Kept",
    "KeptAlert",
    "LogFilter",
    "Store",
    "open_store",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What an assessment added: whether its item was new, the events not there before, the alerts
    not there before."""

    item_is_new: bool
    events: tuple[StoredEvent, ...]
    alerts: tuple[Alert, ...]


class Store:
    """The parts of one database."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy
        self.path = database.path
        self.log = SqliteLog(database, ReadModels(policy))
        self.standings = StandingsKept(database, policy)
        self.states = States(database, self.log, self.standings, policy)
        self.items = Items(database)
        self.readings = Readings(database, self.items)
        self.outbox = Outbox(database)
        self.feeds = Feeds(database)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything this thread writes inside is stored together or not at all; other writers wait.

        Reads inside see what was written. May be nested. Raises StoreError, DatabaseBusy.
        """
        with self._database.transaction():
            yield

    def keep(self, assessment: Assessment, *, recorded_at: datetime, channels: Sequence[str]) -> Kept:
        """Store all that follows from one item, in one transaction (or in the one that is open).

        Doing it twice adds nothing the second time. Raises StoreError and its kinds.
        """
        with self._database.transaction():
            added = "same" if assessment.item is None else self.items.add(assessment.item, recorded_at)
            events = self.log.append(assessment.events, recorded_at)
            alerts = tuple(
                alert
                for alert in assessment.alerts
                if self.outbox.queue(alert, channels, send=assessment.send)
            )
        return Kept(item_is_new=added == "new", events=events, alerts=alerts)

    def remake(self, *, watch: Watch = unwatched) -> int:
        """Make the read models and the search index anew while others go on; the number of events they are
        made of. Raises StoreError and its kinds, LogError."""
        if self._database.read_only:
            raise StoreError(str(self.path), "opened for reading only")
        return remake(self.path, self._policy, watch=watch)

    def differences(self, *, watch: Watch = unwatched) -> Iterator[Difference]:
        """Read models that are not, to the byte, what the log gives. Raises StoreError, LogError."""
        return differences(self.path, self._policy, watch=watch)

    def backup(self, target: Path) -> None:
        """A copy of the whole database as it stands now, others writing meanwhile or not.

        The copy appears under its name when it is complete. Raises StoreError, also when `target` exists.
        """
        self._database.backup(target)

    def close(self) -> None:
        """Close the file; the store cannot be used after. Safe to repeat."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(
    path: Path | str,
    *,
    read_only: bool = False,
    create: bool = True,
    busy_timeout_s: float = 10.0,
    policy: Policy = DEFAULT_POLICY,
) -> Store:
    """Open the database, or start a new one where there is none and `create` allows it.

    policy          how evidence is weighed in the read models
    busy_timeout_s  how long a write waits for another process to finish
    Raises NotOurDatabase for another program's file or a newer format, GuardMissing when the log is
    no longer kept append-only, DatabaseBusy, and StoreError for all else that stops it.
    """
    database = open_database(Path(path), read_only=read_only, create=create, busy_timeout_s=busy_timeout_s)
    return Store(database, policy)
