"""The line: an item in; its text, events and alerts stored in one transaction.

    line = Line(store, [Reader(contest)], channels, clock=SystemClock())
    line.declare()
    taken = line.take(item, sending="all")

Other verbs may write beside the daemon: the state is caught up from the log inside each transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Literal, Protocol

from tracker.alerts import Alert
from tracker.assessment import Assessment, assess, declare
from tracker.claims import Reading
from tracker.clock import Clock
from tracker.contests import Contest
from tracker.errors import TrackerError
from tracker.events import StoredEvent
from tracker.items import Item
from tracker.log.text import storable_record
from tracker.projection import DEFAULT_POLICY, EMPTY, Policy, State, decision
from tracker.service.editions import dated, unsaid
from tracker.service.logs import logger
from tracker.stances import ContestId
from tracker.store import LogFilter, Store

_log = logger(__name__)

Sending = Literal["all", "fresh", "none"]
FRESH_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one item.

    added   "new", "edited" (kept as another edition) or "same" (known, with this very text)
    events  those the log did not hold before
    alerts  those not known before; `queued` of them are to be sent, the others are only recorded
    error   why it could not be read, in whole or for a contest; empty when it could
    """

    item: Item
    added: Literal["new", "same", "edited"]
    events: tuple[StoredEvent, ...] = ()
    alerts: tuple[Alert, ...] = ()
    queued: int = 0
    error: str = ""


class ItemReader(Protocol):
    """Whoever reads items for one contest (`extraction.Reader`)."""

    @property
    def contest(self) -> Contest: ...

    @property
    def extractor(self) -> str:
        """Its version for this contest, as on every reading of it."""

    def read(self, item: Item) -> Reading:
        """All that the item says about the contest. An exception costs this item, no other."""


class Line:
    """Takes items in, one at a time, from any thread.

    readers   one for each contest that items are read for
    channels  by contest, the names of the channels that its alerts go to
    fresh_s   what "fresh" means where only fresh items alert: published at most so long ago, by their
              own date
    """

    def __init__(
        self,
        store: Store,
        readers: Iterable[ItemReader],
        channels: Mapping[ContestId, tuple[str, ...]],
        *,
        clock: Clock,
        policy: Policy = DEFAULT_POLICY,
        fresh_s: float = FRESH_S,
    ) -> None:
        self.store = store
        self._readers = {reader.contest.id: reader for reader in readers}
        self._channels = channels
        self._clock = clock
        self._policy = policy
        self._fresh_s = fresh_s
        self._state: State = EMPTY
        self._lock = Lock()

    def declare(self, *, producer: str = "configuration") -> tuple[StoredEvent, ...]:
        """Take the contests' rosters into the log where it does not hold just these.

        Once before the first item; again adds nothing. Raises StoreError, LogError.
        """
        with self._lock, self.store.transaction():
            state, now = self._caught_up(), self._clock.now()
            declared = [
                declare(reader.contest, state, now=now, producer=producer)
                for reader in self._readers.values()
            ]
            return self.store.log.append([event for event in declared if event is not None], now)

    def unread(self, item: Item) -> tuple[ContestId, ...] | None:
        """The contests that this text of the item has yet to be read for, those decided before its day
        left out; `None` when it is no text that we know. Empty: taking it in would add nothing."""
        open_ones = tuple(contest for contest in self._readers if not self._decided(contest, item))
        kept = self.store.items.get(item.id)
        if kept is None:
            return None
        if kept.digest == item.digest:
            extractor = self.store.readings.extractor
            return tuple(contest for contest in open_ones if extractor(item.id, contest) is None)
        # Two feeds may carry one page with two texts, in turn, for ever: each is read once.
        earlier = (
            replace(item, title=e.title, summary=e.summary, body=e.body)
            for e in self.store.items.editions(item.id)
        )
        return () if any(edition.digest == item.digest for edition in earlier) else None

    def take(self, item: Item, *, sending: Sending) -> Taken:
        """Keep the item, read it for every contest that has not read this text, and keep what follows.

        sending  whose alerts are queued: of every item, of fresh ones only, or of none; those of an item
                 known before (and read for another contest now) only if it is fresh
        Twice is safe: the second time adds nothing. An item that breaks the reader is kept, with the
        error. Raises StoreError, and then nothing of the item is stored; LogError.
        """
        (taken,) = self.take_all((item,), sending=sending)
        return taken

    def take_all(self, items: Sequence[Item], *, sending: Sending) -> tuple[Taken, ...]:
        """As `take`, one item after the other, all in one transaction: all of them are stored, or none."""
        items = [_storable(item) for item in items]
        with self._lock:
            # Reading is most of the work, and needs no lock on the database.
            found = [(item, self._read(item, contests)) for item, contests in self._wanted(items)]
            if all(read is None for _, read in found):
                return tuple(Taken(item=item, added="same") for item in items)
            before = self._state
            try:
                with self.store.transaction():
                    return tuple(
                        Taken(item=item, added="same") if read is None else self._keep(item, *read, sending)
                        for item, read in found
                    )
            except BaseException:
                self._state = before  # what was rolled back is in the later one
                raise

    def _wanted(self, items: Sequence[Item]) -> Iterator[tuple[Item, tuple[ContestId, ...] | None]]:
        """Each item with the contests to read it for; `None`: it is known, and read for all."""
        ids = [item.id for item in items]
        digests = self.store.items.digests(ids)
        read = self.store.readings.read(digests)
        for item in items:
            if digests.get(item.id) == item.digest and all(
                (item.id, contest) in read or self._decided(contest, item) for contest in self._readers
            ):
                yield item, None
                continue
            contests = self.unread(item) if item.id in digests else None
            if contests is None:
                contests = tuple(c for c in self._readers if not self._decided(c, item))
                yield item, contests
            else:
                yield item, contests or None

    def _decided(self, contest: ContestId, item: Item) -> bool:
        state = self._state.contest(contest)
        return state is not None and decision(state, item.published_at, self._policy) is not None

    def open(self) -> bool:
        """Whether there is a contest that is not decided by now: else no feed needs to be asked."""
        with self._lock:
            state, now = self._caught_up(), self._clock.now()
        known = [state.contest(contest) for contest in self._readers]
        return not known or any(one is None or decision(one, now, self._policy) is None for one in known)

    def _read(
        self, item: Item, contests: Iterable[ContestId] | None
    ) -> tuple[dict[ContestId, Reading], dict[ContestId, str]] | None:
        if contests is None:
            return None
        readings: dict[ContestId, Reading] = {}
        faults: dict[ContestId, str] = {}
        for contest in contests:
            try:
                readings[contest] = self._readers[contest].read(item)
            except Exception as error:  # whatever breaks the reader costs one item, never the line
                faults[contest] = f"reading for {contest} failed: {type(error).__name__}: {error}"
                _log.exception("item unreadable", item=item.id, contest=contest, url=item.url)
        return readings, faults

    def _keep(
        self,
        item: Item,
        readings: Mapping[ContestId, Reading],
        faults: dict[ContestId, str],
        sending: Sending,
    ) -> Taken:
        """Inside the transaction: weigh each reading against the log as it is now, and store it all."""
        store, now = self.store, self._clock.now()
        first = store.items.get(item.id)
        added = store.items.add(item, now)
        age_s = (now - item.published_at).total_seconds()
        fresh = item.date_given and age_s <= self._fresh_s
        send = sending != "none" and (fresh or (sending == "all" and added != "same"))
        if added == "edited" and first is not None:
            item = dated(item, first, edition=len(store.items.editions(item.id)), now=now)
        state = self._caught_up()
        events: list[StoredEvent] = []
        alerts: list[Alert] = []
        queued = 0
        for contest, reading in readings.items():
            assessment = self._assessed(item, reading, state, send, edited=added == "edited", faults=faults)
            if assessment is None:
                continue
            channels = self._channels.get(contest, ())
            kept = store.keep(assessment, recorded_at=now, channels=channels)
            events += kept.events
            alerts += kept.alerts
            queued += len(kept.alerts) if send and channels else 0
            store.readings.mark(item.id, contest, reading.extractor, now)
        for contest in faults.keys() - readings.keys():
            # Marked as read: this reader would fail again at every poll. Another version tries anew.
            # What was read and not assessed stays unmarked: no claim is to be lost by a fault of ours.
            store.readings.mark(item.id, contest, self._readers[contest].extractor, now)
        error = "; ".join(faults.values())
        if faults:
            store.items.fail(item, error, now)
        return Taken(
            item=item, added=added, events=tuple(events), alerts=tuple(alerts), queued=queued, error=error
        )

    def _assessed(
        self,
        item: Item,
        reading: Reading,
        state: State,
        send: bool,
        *,
        edited: bool,
        faults: dict[ContestId, str],
    ) -> Assessment | None:
        if edited:
            first_seen = self.store.items.editions(item.id)[0].seen_at
            wanted = LogFilter(item=item.id, contest=reading.contest, recorded_since=first_seen)
            reading = unsaid(reading, [stored.event for stored in self.store.log.find(wanted)])
        try:
            assessment = assess(item, reading, state, now=self._clock.now(), send=send, policy=self._policy)
        except TrackerError:
            raise
        except Exception as error:  # as for reading
            faults[reading.contest] = (
                f"assessing for {reading.contest} failed: {type(error).__name__}: {error}"
            )
            _log.exception("item not assessed", item=item.id, contest=reading.contest, url=item.url)
            return None
        # The item is stored already, once for all contests.
        return replace(assessment, item=None)

    def _caught_up(self) -> State:
        """The state of the log as it is now; what this transaction adds is not in it yet."""
        self._state = self.store.states.state(self._readers.keys(), self._state)
        return self._state


def _storable(item: Item) -> Item:
    """The item as the store keeps it, so that its digest is that of the kept one."""
    try:
        for text in (item.title, item.summary, item.body, item.url, item.source, item.guid):
            text.encode()
    except UnicodeEncodeError:
        return storable_record(item)
    return item
