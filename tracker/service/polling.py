"""Polling: a feed asked for, its bytes read, its items taken in, its health kept.

A feed that is broken in whatever way costs the others nothing: its error is stored beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from queue import SimpleQueue
from threading import Event
from typing import Literal, Protocol, TypeVar

from tracker.clock import Clock, sortable
from tracker.configuration.settings import FeedSettings, PollSettings
from tracker.errors import FeedError, StoreError
from tracker.feeds.entries import ParseLimits
from tracker.feeds.fetch import FetchLimits, FetchResult, Request
from tracker.feeds.health import Cadence, FeedState, address, due, failed, state, succeeded
from tracker.feeds.manners import Hosts, Room, Rooms
from tracker.feeds.parse import Outlet, Parsed
from tracker.feeds.workers import Workers
from tracker.health import FeedHealth
from tracker.items import Item
from tracker.service.backfill import in_order
from tracker.service.chance import chance
from tracker.service.ingest import Line, Sending
from tracker.service.logs import logger

_log = logger(__name__)
T = TypeVar("T")
# Reading the bytes and taking in hundreds of items takes seconds.
WORK_S = 120.0
_MOST_JITTER = 0.1
# Items of one transaction: enough to make little of its cost, few enough to be stopped soon.
_TAKEN_TOGETHER = 40


class Fetches(Protocol):
    """Whoever asks servers for feeds (`feeds.fetch.Fetcher`)."""

    async def fetch(
        self, request: Request, *, limits: FetchLimits | None = None, room: Room | None = None
    ) -> FetchResult:
        """What the feed's server gave. Raises FetchError."""

    async def aclose(self) -> None:
        """Close every connection."""


class Parses(Protocol):
    """Whoever reads a feed's bytes (`feeds.workers.Workers`)."""

    async def parse(
        self, body: bytes, *, outlet: Outlet, seen_at: datetime, content_type: str, limits: ParseLimits
    ) -> Parsed:
        """The feed's items. Raises ParseError."""

    async def aclose(self) -> None:
        """End what was started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll of one feed gave.

    outcome  "read" (a new body), "unchanged", "failed" (`error` says why), "stopped" half-way,
             "off" (not asked, and `error` says why: another poll of it is under way, or every contest is
             decided)
    items    in the body; `new` of them were not known, `edited` had another text
    events   added to the log; `alerts` found, `queued` of them to be sent
    health   the marks after it; `None` when they could not be kept
    """

    feed: str
    outcome: Literal["read", "unchanged", "failed", "stopped", "off"]
    items: int = 0
    new: int = 0
    edited: int = 0
    events: int = 0
    alerts: int = 0
    queued: int = 0
    error: str = ""
    health: FeedHealth | None = None


class Poller:
    """Polls feeds, a bounded number at a time and no feed twice at once.

    on_queued  called in the event loop's thread after alerts were queued
    parser     `None`: processes of its own
    work_s     how long a poll may take beside its fetch, which has its own deadline
    """

    def __init__(
        self,
        line: Line,
        fetcher: Fetches,
        settings: PollSettings,
        *,
        clock: Clock,
        on_queued: Callable[[], None] = lambda: None,
        parser: Parses | None = None,
        work_s: float = WORK_S,
    ) -> None:
        self._line = line
        self._store = line.store
        self._fetcher = fetcher
        self._settings = settings
        self._clock = clock
        self._on_queued = on_queued
        self._limit_s = settings.timeout_s + work_s
        self._slots = asyncio.Semaphore(settings.at_once)
        self._hosts = Hosts(at_once=settings.host_at_once, pause_s=settings.host_pause_s)
        self._rooms = Rooms()
        self._under_way: set[str] = set()
        self._ended_at = 0.0
        self._stopping = Event()
        self._parser = parser or Workers()
        # One thread takes items in, since they are taken one at a time anyway; marks are kept by another,
        # so that a feed with hundreds of new items keeps none of the others waiting.
        self._taking = ThreadPoolExecutor(1, thread_name_prefix="take")
        self._marking = ThreadPoolExecutor(1, thread_name_prefix="mark")
        self._marks: SimpleQueue[FeedHealth] = SimpleQueue()

    async def round(self, feeds: Iterable[FeedSettings], *, all_of_them: bool = False) -> tuple[Polled, ...]:
        """Poll the enabled feeds that are due, or all; in the order given. Raises LogError."""
        health = await self._in(self._marking, self._store.feeds.all)
        now = self._clock.now()
        wanted = [feed for feed in feeds if feed.enabled and (all_of_them or due(health.get(feed.id), now))]
        return tuple(await asyncio.gather(*(self.poll(feed) for feed in wanted)))

    async def poll(self, feed: FeedSettings) -> Polled:
        """Poll one feed now. What fails is in the answer and in the feed's health. Raises LogError, which
        is about the log and not the feed."""
        if feed.id in self._under_way:
            return Polled(feed=feed.id, outcome="off", error="another poll of it is under way")
        self._under_way.add(feed.id)
        try:
            if not await self._in(self._marking, self._line.open):
                return Polled(feed=feed.id, outcome="off", error="every contest is decided")
            # The operator's own machines need no manners; a turn at a host is waited for without a slot.
            url = "" if feed.local else feed.url
            drawn = chance(feed.id, sortable(self._clock.now()))
            async with self._hosts.turn(url, chance=drawn), AsyncExitStack() as slot:
                await slot.enter_async_context(self._slots)
                return await self._poll(feed, slot)
        finally:
            self._under_way.discard(feed.id)
            self._ended_at = asyncio.get_running_loop().time()

    def busy(self, feed: str) -> bool:
        """Whether a poll of that feed is under way, or waits for its turn."""
        return feed in self._under_way

    def making_progress(self) -> bool:
        """Whether a poll ended within the time that one may take at most."""
        return asyncio.get_running_loop().time() - self._ended_at < 2 * self._limit_s

    def stop(self) -> None:
        """Take no further item after the one in hand. Safe from any thread."""
        self._stopping.set()

    async def aclose(self, *, grace_s: float = 10.0) -> bool:
        """Stop, and wait for the item in hand; True when nothing is left running."""
        self.stop()
        await self._fetcher.aclose()
        await self._parser.aclose()
        for pool in (self._taking, self._marking):
            pool.shutdown(wait=False, cancel_futures=True)
        threads = [*self._taking._threads, *self._marking._threads]
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace_s
        while any(thread.is_alive() for thread in threads) and loop.time() < deadline:
            await asyncio.sleep(0.02)
        return not any(thread.is_alive() for thread in threads)

    async def _poll(self, feed: FeedSettings, slot: AsyncExitStack) -> Polled:
        try:
            health = await self._in(self._marking, self._store.feeds.get, feed.id)
            health = health or FeedHealth(feed=feed.id)
            try:
                async with asyncio.timeout(self._limit_s), self._rooms.room() as room:
                    return await self._ask(feed, health, room, slot)
            except TimeoutError:
                late = FeedError(feed.url, f"not done within {self._limit_s:g} s")
                return await self._failed(feed, health, late)
            except FeedError as error:
                # Its traceback holds the body, which is nobody's any more.
                error.__traceback__ = error.__cause__ = error.__context__ = None
                return await self._failed(feed, health, error)
        except StoreError as error:
            # Nothing can be kept, not even the feed's marks; what was taken in before is.
            _log.error("feed not kept", feed=feed.id, error=str(error))
            return Polled(feed=feed.id, outcome="failed", error=str(error))

    async def _ask(self, feed: FeedSettings, health: FeedHealth, room: Room, slot: AsyncExitStack) -> Polled:
        result = await self._fetch(feed, health, room)
        # Only what is on the wire takes a slot: a document that waits to be read keeps nobody waiting.
        await slot.aclose()
        digest = "" if result.body is None else sha256(result.body).hexdigest()
        if result.body is None or digest == health.body_digest:
            return await self._unchanged(feed, health, result)
        parsed = await self._parse(feed, result.body, result)
        # A new feed fills the past quietly; what is news on the day it was added is news all the same.
        sending: Sending = "fresh" if health.last_success_at is None else "all"
        polled = await self._in(self._taking, self._take, feed, parsed.items, sending)
        if polled.queued:
            self._on_queued()
        if polled.outcome == "stopped":
            return polled
        return await self._read(
            feed=feed, health=health, result=result, digest=digest, parsed=parsed, polled=polled
        )

    async def _fetch(self, feed: FeedSettings, health: FeedHealth, room: Room) -> FetchResult:
        return await self._fetcher.fetch(
            Request(
                url=address(health, feed.url),
                home=feed.url,
                etag=health.etag,
                last_modified=health.last_modified,
                headers={"Authorization": feed.authorization.reveal()} if feed.authorization else {},
                local=feed.local,
            ),
            limits=FetchLimits(deadline_s=self._settings.timeout_s, max_bytes=self._settings.max_bytes),
            room=room,
        )

    async def _parse(self, feed: FeedSettings, body: bytes, result: FetchResult) -> Parsed:
        outlet = Outlet(
            name=feed.outlet,
            feed=feed.id,
            url=result.url,
            lang=feed.lang,
            outlet_class=feed.outlet_class,
            elector=feed.elector or None,
        )
        return await self._parser.parse(
            body,
            outlet=outlet,
            seen_at=self._clock.now(),
            content_type=result.content_type,
            limits=ParseLimits(max_items=self._settings.max_items),
        )

    def _take(self, feed: FeedSettings, items: tuple[Item, ...], sending: Sending) -> Polled:
        """In the thread that takes items in: oldest first, some in each transaction."""
        new = edited = events = alerts = queued = 0
        outcome: Literal["read", "stopped"] = "read"
        ordered = in_order(items)
        for at in range(0, len(ordered), _TAKEN_TOGETHER):
            if self._stopping.is_set():
                outcome = "stopped"
                break
            for taken in self._line.take_all(ordered[at : at + _TAKEN_TOGETHER], sending=sending):
                new += taken.added == "new"
                edited += taken.added == "edited"
                events += len(taken.events)
                alerts += len(taken.alerts)
                queued += taken.queued
        return Polled(
            feed=feed.id, outcome=outcome, items=len(items), new=new, edited=edited,
            events=events, alerts=alerts, queued=queued,
        )  # fmt: skip

    async def _mark(self, marks: FeedHealth) -> None:
        """Keep a feed's marks, in one transaction with those of other feeds that wait for it now."""
        self._marks.put(marks)
        await self._in(self._marking, self._keep_marks)

    def _keep_marks(self) -> None:
        """In the thread that keeps marks. What was kept for a later call by an earlier one is kept."""
        waiting: dict[str, FeedHealth] = {}
        while not self._marks.empty():
            marks = self._marks.get()
            waiting[marks.feed] = marks
        try:
            if waiting:
                self._store.feeds.put_all(waiting.values())
        except BaseException:
            for marks in waiting.values():
                self._marks.put(marks)
            raise

    async def _unchanged(self, feed: FeedSettings, health: FeedHealth, result: FetchResult) -> Polled:
        now = self._clock.now()
        marks = succeeded(
            health,
            now=now,
            cadence=self.cadence(feed),
            chance=chance(feed.id, sortable(now)),
            status=result.status,
            etag=result.etag,
            last_modified=result.last_modified,
            max_age_s=result.max_age_s,
            configured=feed.url,
            moved_to=result.moved_to,
        )
        await self._mark(marks)
        self._tell_of_changes(feed, health, marks)
        _log.debug("feed unchanged", feed=feed.id, status=result.status)
        return Polled(feed=feed.id, outcome="unchanged", health=marks)

    async def _read(
        self,
        *,
        feed: FeedSettings,
        health: FeedHealth,
        result: FetchResult,
        digest: str,
        parsed: Parsed,
        polled: Polled,
    ) -> Polled:
        now = self._clock.now()
        faults = [result.fault, parsed.fault or "", *(str(fault) for fault in parsed.item_faults[:3])]
        fault = "; ".join(filter(None, faults))
        marks = succeeded(
            health,
            now=now,
            cadence=self.cadence(feed),
            chance=chance(feed.id, sortable(now)),
            status=result.status,
            etag=result.etag,
            last_modified=result.last_modified,
            body_digest=digest,
            new_items=polled.new,
            overlapped=health.items_seen == 0 or polled.items == 0 or polled.new < polled.items,
            ttl_s=parsed.ttl_s,
            max_age_s=result.max_age_s,
            configured=feed.url,
            moved_to=result.moved_to,
            fault=fault,
        )
        await self._mark(marks)
        self._tell_of_changes(feed, health, marks)
        _log.info(
            "feed read", feed=feed.id, items=polled.items, new=polled.new, edited=polled.edited,
            events=polled.events, alerts=polled.alerts, seconds=round(result.elapsed_s, 2),
            **({"fault": fault} if fault else {}),
        )  # fmt: skip
        return replace(polled, health=marks)

    async def _failed(self, feed: FeedSettings, health: FeedHealth, error: FeedError) -> Polled:
        now = self._clock.now()
        marks = failed(
            health, error, now=now, cadence=self.cadence(feed), chance=chance(feed.id, sortable(now))
        )
        await self._mark(marks)
        _log.warning("feed failed", feed=feed.id, error=error.problem, failures=marks.failures)
        if state(marks) != state(health) == FeedState.GONE:
            _log.warning(
                "feed retired", feed=feed.id, url=feed.url, next_look=sortable(marks.next_poll_at or now)
            )
        return Polled(feed=feed.id, outcome="failed", error=error.problem, health=marks)

    def _tell_of_changes(self, feed: FeedSettings, before: FeedHealth, after: FeedHealth) -> None:
        """What an operator should hear of, once: the feed has moved, or may have lost items between polls."""
        if after.address and after.address != before.address:
            _log.warning("feed moved", feed=feed.id, url=feed.url, to=after.address)
        if after.gaps > before.gaps:
            since = sortable(before.last_success_at) if before.last_success_at else ""
            _log.warning("feed rolled past", feed=feed.id, since=since, gaps=after.gaps)

    def cadence(self, feed: FeedSettings) -> Cadence:
        """How often this feed is asked, by the configuration; chance only ever brings a poll forward."""
        settings = self._settings
        every_s = float(feed.interval_s or settings.interval_s)
        stretch = settings.stretch if feed.interval_s is None else 1.0
        return Cadence(
            every_s=every_s,
            shortest_s=max(every_s / stretch, float(settings.shortest_s)),
            longest_s=min(every_s * stretch, float(settings.longest_s)),
            backoff_s=float(settings.longest_s),
            jitter=min(settings.jitter_s / every_s, _MOST_JITTER),
        )

    async def _in(self, pool: Executor, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, partial(function, *arguments))
