"""The daemon: one event loop that polls, delivers and serves until it is told to stop.

    run(settings, clock=SystemClock())

Order of the start, so that nothing is done before all of it can be: configuration, lock, database and
its guards, the page's address, contests declared; then the loop.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from socket import socket
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from starlette.types import ASGIApp

from tracker.clock import Clock
from tracker.configuration.settings import FeedSettings, Settings, require_ready
from tracker.errors import AlreadyRunning, LogError, TrackerError
from tracker.feeds.health import due
from tracker.service.delivery import Delivered
from tracker.service.instance import single_instance
from tracker.service.logs import logger
from tracker.service.pages import pages
from tracker.service.polling import Polled, Poller
from tracker.service.server import PageServer, listening
from tracker.service.supervisor import Supervisor
from tracker.service.wiring import Service, poller_of, service

_log = logger(__name__)
AppFactory = Callable[[Service], ASGIApp]

# How long a stop waits for the item and the tries in hand.
GRACE_S = 15.0
# A look whether every feed has its next poll in sight: what a fault of ours lost, or a clock that was set
# back put far off, is found again. Not a job of the scheduler, whose times are the clock's.
_WATCH_S = 30.0
_FURTHEST = timedelta(days=32)
# A poll that should have begun so long ago does not begin any more.
_OVERDUE = timedelta(minutes=2)
# A run that comes late still runs, once, and never beside itself; APScheduler's defaults drop it.
_JOB = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


def run(
    settings: Settings,
    *,
    clock: Clock,
    app: AppFactory | None = None,
    reload: Callable[[], Settings] | None = None,
    told: Supervisor | None = None,
) -> None:
    """Run until SIGTERM or SIGINT; return when all in hand is done or rolled back.

    app     makes the ASGI app to serve; by default the read-only pages
    reload  reads the configuration anew, at SIGHUP: when it is sound the daemon goes on with it, else with
            the one it has. Where the database lies and the page is served takes a restart to change
    told    who started the daemon and wants to hear how it is doing
    A second signal ends the process at once, with 128 and the signal's number; the database is whole
    then, too. `logs.configure` is the caller's. Raises ConfigError, AlreadyRunning, StoreError, LogError.
    """
    require_ready(settings)
    with single_instance(settings.database), listening(settings) as bound:
        asyncio.run(_generations(settings, clock, app or _pages, bound, reload, told or Supervisor()))


async def _generations(
    settings: Settings,
    clock: Clock,
    app: AppFactory,
    bound: socket | None,
    reload: Callable[[], Settings] | None,
    told: Supervisor,
) -> None:
    """One daemon after another, each with the configuration of its time."""
    following: Settings | None = settings
    while following is not None:
        with service(following, clock=clock) as joined:
            served = None if bound is None else app(joined)
            following = await _Daemon(joined, served, bound, reload, told).run()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round without a daemon did; `delivered` is `None` when a daemon does the sending."""

    polled: tuple[Polled, ...]
    delivered: Delivered | None


def poll_once(settings: Settings, *, clock: Clock, all_of_them: bool = True) -> Round:
    """Poll every enabled feed (or those that are due) once and send what is queued.

    Beside a running daemon, too: it then does the sending. Raises as `run`.
    """
    require_ready(settings)
    with service(settings, clock=clock) as joined:
        polled = asyncio.run(_round(joined, all_of_them=all_of_them))
        try:
            with single_instance(settings.database):
                return Round(polled=polled, delivered=asyncio.run(joined.courier.once()))
        except AlreadyRunning:
            return Round(polled=polled, delivered=None)


async def _round(joined: Service, *, all_of_them: bool) -> tuple[Polled, ...]:
    poller = poller_of(joined)
    try:
        return await poller.round(joined.settings.feeds, all_of_them=all_of_them)
    finally:
        await poller.aclose()


def _pages(joined: Service) -> ASGIApp:
    return pages(joined.store, joined.settings, joined.clock)


class _Daemon:
    """The loop's parts while it runs."""

    def __init__(
        self,
        joined: Service,
        app: ASGIApp | None,
        bound: socket | None,
        reload: Callable[[], Settings] | None,
        told: Supervisor,
    ) -> None:
        self._joined = joined
        self._settings = joined.settings
        self._clock = joined.clock
        self._feeds = {feed.id: feed for feed in joined.settings.feeds if feed.enabled}
        self._server = None if app is None else PageServer(app)
        self._socket = bound
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=_JOB)
        self._polls: set[asyncio.Task[Any]] = set()
        self._stop = asyncio.Event()
        self._fatal: LogError | None = None
        self._signals = 0
        self._reload = reload
        self._told = told
        self._reloading: asyncio.Task[None] | None = None
        self._following: Settings | None = None

    async def run(self) -> Settings | None:
        """Until it is told to stop (`None`), or to go on with another configuration."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._hung_up)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled, number)
        poller = poller_of(self._joined)
        watch = asyncio.create_task(self._watch(poller), name="watch")
        if self._told.ping_s is not None:
            sides_of_ping = [asyncio.create_task(self._ping(poller, self._told.ping_s), name="watchdog")]
        else:
            sides_of_ping = []
        sides = [watch, *sides_of_ping, asyncio.create_task(self._joined.courier.run(), name="delivery")]
        if self._server is not None and self._socket is not None:
            # A copy: the server closes what it is given, and the next one needs it.
            sides.append(asyncio.create_task(self._server.serve([self._socket.dup()]), name="page"))
        try:
            await self._schedule(poller)
            _log.info(
                "running", pid=os.getpid(), database=str(self._joined.store.path), feeds=len(self._feeds),
                channels=sorted(self._joined.channels),
                page=f"{self._settings.web.address}/" if self._server is not None else None,
            )  # fmt: skip
            self._told.ready(f"{len(self._feeds)} feeds")
            await self._until_told(sides)
        finally:
            for side in (watch, *sides_of_ping):
                side.cancel()
            await self._wind_down(poller, sides)
        if self._fatal is not None:
            raise self._fatal
        return self._following

    def _hung_up(self) -> None:
        if self._reload is not None and (self._reloading is None or self._reloading.done()):
            self._reloading = asyncio.create_task(self._read_anew(self._reload), name="reload")

    async def _read_anew(self, reload: Callable[[], Settings]) -> None:
        """Go on with the configuration as it is now, or, when that is refused, as before."""
        self._told.reloading()
        try:
            found = await asyncio.to_thread(reload)
            require_ready(found)
            lasting = replace(found, database=self._settings.database, web=self._settings.web)
            if found.database != lasting.database or found.web != lasting.web:
                _log.warning("reload leaves database and page as they are", remedy="restart to change them")
        except TrackerError as error:
            _log.error("reload refused", error=str(error))
            self._told.ready("reload refused, see the log")
            return
        _log.info("reloading", feeds=len(lasting.feeds))
        self._following = lasting
        self._stop.set()

    async def _ping(self, poller: Poller, every_s: float) -> None:
        """Signs of life while feeds are polled: none when polls are due and none begins or ends."""
        while True:
            now = self._clock.now()
            jobs = [job.next_run_time for job in self._scheduler.get_jobs()]
            overdue = [at for at in jobs if at is not None and now - at > _OVERDUE]
            if not jobs or len(overdue) < len(jobs) or poller.making_progress():
                self._told.alive()
            else:
                _log.error("polling makes no progress", overdue=len(overdue))
            await asyncio.sleep(every_s)

    async def _until_told(self, sides: list[asyncio.Task[None]]) -> None:
        told = asyncio.create_task(self._stop.wait(), name="stop")
        done, _ = await asyncio.wait([told, *sides], return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        for side in done - {told}:
            # None of them ends by itself: what ended it is the daemon's end.
            side.result()
            raise RuntimeError(f"{side.get_name()} ended by itself")

    async def _schedule(self, poller: Poller) -> None:
        health = await asyncio.to_thread(self._joined.store.feeds.all)
        now = self._clock.now()
        self._scheduler.add_listener(
            self._heard, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        )
        for feed in self._feeds.values():
            marks = health.get(feed.id)
            later = None if due(marks, now) or marks is None else marks.next_poll_at
            self._next(poller, feed, later or now)
        self._scheduler.start()

    def _next(self, poller: Poller, feed: FeedSettings, at: datetime) -> None:
        self._scheduler.add_job(
            self._poll, DateTrigger(at, UTC), [poller, feed], id=f"poll:{feed.id}", replace_existing=True
        )

    async def _poll(self, poller: Poller, feed: FeedSettings) -> None:
        """The job of one feed; it sets the time of its own next one, whatever happened."""
        task = asyncio.current_task()
        assert task is not None
        self._polls.add(task)
        at = None
        try:
            polled = await poller.poll(feed)
            at = polled.health.next_poll_at if polled.health is not None else None
        except LogError as error:
            # The log cannot be trusted: nothing may go on from here.
            self._fatal = error
            self._stop.set()
        finally:
            self._polls.discard(task)
            if not self._stop.is_set():
                pause = timedelta(seconds=poller.cadence(feed).every_s)
                self._next(poller, feed, at or self._clock.now() + pause)

    async def _watch(self, poller: Poller) -> None:
        """Every feed is being polled or will be before long."""
        while True:
            await asyncio.sleep(_WATCH_S)
            now = self._clock.now()
            for feed in self._feeds.values():
                job = self._scheduler.get_job(f"poll:{feed.id}")
                if poller.busy(feed.id) or (job is not None and job.next_run_time - now < _FURTHEST):
                    continue
                _log.error("feed had no next poll", feed=feed.id)
                self._next(poller, feed, now)

    def _heard(self, event: JobExecutionEvent) -> None:
        """What the scheduler would otherwise drop in silence."""
        if event.code == EVENT_JOB_ERROR:
            _log.error("job failed", job=event.job_id, error=repr(event.exception), trace=event.traceback)
        elif event.code == EVENT_JOB_MISSED:
            _log.warning("job missed", job=event.job_id)
        else:
            _log.warning("job still running", job=event.job_id)

    def _signalled(self, number: int) -> None:
        self._signals += 1
        if self._signals > 1:
            _log.warning("quitting at once", signal=signal.Signals(number).name)
            # The database is whole at any moment; what was in hand is rolled back when it is next opened.
            os._exit(128 + number)
        _log.info("stopping", signal=signal.Signals(number).name)
        self._following = None
        self._told.stopping()
        self._stop.set()

    async def _wind_down(self, poller: Poller, sides: list[asyncio.Task[None]]) -> None:
        """No new work; what is in hand is finished or, at the end of the grace, left to roll back."""
        self._stop.set()
        self._scheduler.remove_all_jobs()
        poller.stop()
        self._joined.courier.stop()
        if self._server is not None:
            self._server.stop()
        for poll in self._polls:
            poll.cancel()
        done = await poller.aclose(grace_s=GRACE_S)
        _, left = await asyncio.wait(sides, timeout=GRACE_S)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for side in left:
            side.cancel()
        if not done or left:
            _log.warning("not all in hand was finished; it is taken up at the next start")
            if self._fatal is None and self._following is not None:
                os._exit(75)  # whoever started it starts it again, with the new configuration
            if self._fatal is None:
                # A thread that hangs cannot be ended otherwise, and would keep the process.
                os._exit(0)
        _log.info("stopped")
