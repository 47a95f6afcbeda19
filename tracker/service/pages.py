"""Where the pages get their values: the store, read in worker threads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from tracker.alerts import Alert, AlertState
from tracker.channels.atom import render_feed
from tracker.channels.rendering import Names
from tracker.clock import Clock, iso
from tracker.configuration.settings import Settings, WebSettings
from tracker.errors import TrackerError
from tracker.feeds.health import FeedState
from tracker.feeds.health import state as feed_state
from tracker.health import FeedHealth
from tracker.log import Head
from tracker.projection import EMPTY, State
from tracker.queries import Json
from tracker.service.checkup import Level, progress
from tracker.service.wiring import recent_alerts
from tracker.store import AlertFilter, Store
from tracker.web import application

_ATOM_ENTRIES = 100
# Among the alerts kept, so many are looked through for those of a contest and before a date.
_LOOKED_THROUGH = 5000


class StoredSources:
    """The `web.Sources` over a store. The present state is kept and caught up; a past one is replayed."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._names = Names.of(settings.contests)
        self._contests = tuple(contest.id for contest in settings.contests)
        self._state: State = EMPTY
        self._lock = Lock()

    def state(self, known_at: datetime | None) -> State:
        """As `web.Sources.state`."""
        if known_at is not None:
            until = self._store.log.known_by(known_at)
            found = {one: self._store.states.contest(one, until=until) for one in self._contests}
            known = {one: state for one, state in found.items() if state is not None}
            return State(seq=until, contests=MappingProxyType(known))
        with self._lock:
            self._state = self._store.states.state(self._contests, self._state)
            return self._state

    def head(self) -> Head:
        """As `web.Sources.head`."""
        return self._store.log.head()

    def changes(self, contest: str, until: datetime, limit: int) -> Sequence[Alert]:
        """As `web.Sources.changes`; those found while filling the past are among them."""
        wanted = AlertFilter(contest=contest)
        kept = self._store.outbox.alerts(wanted, newest_first=True, limit=_LOOKED_THROUGH)
        happened = [one.alert for one in kept if one.alert.occurred_at <= until]
        happened.sort(key=lambda alert: (alert.occurred_at, alert.at), reverse=True)
        return happened[:limit]

    def feeds(self) -> Sequence[tuple[str, FeedHealth | None]]:
        """As `web.Sources.feeds`, in the order of the configuration."""
        health = self._store.feeds.all()
        return [
            (feed.outlet or feed.id, health.get(feed.id)) for feed in self._settings.feeds if feed.enabled
        ]

    def atom(self) -> str:
        """As `web.Sources.atom`."""
        address = self._settings.web.address
        return render_feed(
            recent_alerts(self._store, _ATOM_ENTRIES),
            self._names,
            updated=self._clock.now(),
            url=f"{address}/alerts.atom",
            page=f"{address}/",
            head=self.head(),
        ).decode()

    def health(self) -> Json:
        """As `web.Sources.health`: the log's end, how many feeds are well, what waits to be sent."""
        try:
            head = self.head()
            marks = self._store.feeds.all()
            outbox = self._store.outbox.counts()
        except TrackerError as error:
            return {"ok": False, "problem": str(error)}
        enabled = [feed.id for feed in self._settings.feeds if feed.enabled]
        states = [feed_state(marks.get(feed)) for feed in enabled]
        polled = [mark.last_poll_at for feed in enabled if (mark := marks.get(feed)) and mark.last_poll_at]
        return {
            "ok": True,
            "log": {"seq": head.seq, "head": head.hash.hex()},
            "feeds": {state.value: states.count(state) for state in FeedState},
            "last_poll_at": iso(max(polled)) if polled else None,
            "alerts": {state.value: outbox[state] for state in AlertState if state is not AlertState.QUIET},
        }

    def ready(self) -> Json:
        """As `web.Sources.ready`."""
        try:
            found = progress(self._settings, self._store, now=self._clock.now())
        except TrackerError as error:
            return {"ok": False, "problem": str(error)}
        return {"ok": found.level is not Level.BAD, "polling": found.found}


def pages(store: Store, settings: Settings, clock: Clock) -> ASGIApp:
    """The ASGI app of the read-only pages."""
    return application(
        StoredSources(store, settings, clock),
        clock=clock,
        default_contest=settings.contest,
        hosts=_hosts(settings.web),
    )


def _hosts(web: WebSettings) -> tuple[str, ...]:
    """The names it answers to. Whoever offers it to the whole network reaches it by names we cannot
    know; on this machine only, other names are another site's trick (DNS rebinding)."""
    if web.host in ("0.0.0.0", "::"):
        return ("*",)
    named = urlsplit(web.url).hostname
    return tuple(dict.fromkeys(("127.0.0.1", "localhost", web.host, *([named] if named else []))))
