"""How everything is doing, for whoever asks: `tracker doctor`, `tracker healthcheck` and `/readyz`.

Each finding says what it is about, what was found and, when it is not well, what to do.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.alerts import AlertState
from tracker.clock import Clock, iso
from tracker.configuration.settings import FeedSettings, Settings
from tracker.errors import AlreadyRunning, TrackerError
from tracker.extraction import extractor
from tracker.feeds.health import FeedState
from tracker.feeds.health import state as feed_state
from tracker.health import FeedHealth
from tracker.service.instance import single_instance
from tracker.store import Store, open_store
from tracker.store.verification import verify

# A daemon whose last poll is longer ago than its longest pause and this does not make progress.
_LATE = timedelta(minutes=5)
_ROOM_BYTES = 200 * 1024 * 1024
_CLOCK_ERROR = timedelta(minutes=1)


class Level(StrEnum):
    """`bad`: it does not work, or will not soon; `warning`: something is lost or will be; `well`; `note`:
    nothing is wrong."""

    WELL = "well"
    NOTE = "note"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `remedy` is empty when there is nothing to do."""

    subject: str
    level: Level
    found: str
    remedy: str = ""


def checkup(settings: Settings, *, clock: Clock) -> tuple[Finding, ...]:
    """Everything that can be looked at without asking the network. Changes nothing, raises nothing."""
    found = [*_configuration(settings), *_machine(settings)]
    found += _of_database(settings, clock)
    return tuple(found)


def progress(settings: Settings, store: Store, *, now: datetime) -> Finding:
    """Whether feeds are polled when they are due: what `/readyz` and a container's health check go by."""
    marks = store.feeds.all()
    enabled = [feed for feed in settings.feeds if feed.enabled]
    late = [
        (feed, mark.next_poll_at)
        for feed in enabled
        if (mark := marks.get(feed.id)) and mark.next_poll_at and mark.next_poll_at < now - _LATE
    ]
    polled = [mark.last_poll_at for feed in enabled if (mark := marks.get(feed.id)) and mark.last_poll_at]
    if not enabled:
        return _note("polling", "no feed is configured")
    if not polled:
        return _warning("polling", "no feed was polled yet")
    if len(late) > len(enabled) // 2:
        _, due = min(late, key=lambda pair: pair[1])
        return _bad(
            "polling",
            f"{len(late)} of {len(enabled)} feeds are overdue, the first since {iso(due)}",
            "start `tracker run`, or restart it: it does not poll",
        )
    return _well("polling", f"the last poll was at {iso(max(polled))}")


def daemon(settings: Settings) -> Finding:
    """Whether a daemon holds the database's lock."""
    try:
        with single_instance(settings.database):
            return _warning(
                "daemon",
                "none runs on this database",
                "`tracker run` starts one",
            )
    except AlreadyRunning as error:
        return _well("daemon", f"runs as process {error.pid}")
    except TrackerError as error:
        return _bad("daemon", str(error))


def _configuration(settings: Settings) -> Iterator[Finding]:
    counted = (
        f"{len(settings.contests)} contests, {len(settings.feeds)} feeds, {len(settings.channels)} channels"
    )
    yield _well("configuration", f"{settings.folder}: {counted}")
    for fault in settings.unready:
        yield _bad(
            "secrets",
            str(fault),
            "the daemon does not start without it",
        )
    if not settings.poll.contact:
        yield _warning(
            "manners",
            "servers are not told whom to turn to",
            'set contact = "you@example.org" under [poll]; some refuse readers without one',
        )


def _machine(settings: Settings) -> Iterator[Finding]:
    folder = settings.database.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield _bad("disk", f"{folder}: {error.strerror}", "make the folder")
        return
    if free < _ROOM_BYTES:
        yield _bad(
            "disk",
            f"{folder}: {free / 1e6:.0f} MB are free",
            "make room: when the disk is full nothing more is stored",
        )
    elif not os.access(folder, os.W_OK):
        yield _bad("disk", f"{folder} cannot be written to by this user")
    else:
        yield _well("disk", f"{folder}: {free / 1e9:.1f} GB are free")


def _of_database(settings: Settings, clock: Clock) -> Iterator[Finding]:
    path = settings.database
    if not path.exists():
        yield _note(
            "database",
            f"{path} is not there yet",
            "`tracker run` makes it",
        )
        return
    yield daemon(settings)
    try:
        walked = verify(path, limit=3)
        for fault in walked.faults:
            yield _bad("log", str(fault), "`tracker verify` tells more")
        if walked.ok:
            yield _well("log", f"{walked.events} events, the chain is whole")
        with open_store(path, read_only=True) as store:
            for look in _LOOKS:
                yield from look(settings, store, clock.now())
    except TrackerError as error:
        yield _bad("database", str(error))


def _clock(settings: Settings, store: Store, now: datetime) -> Iterator[Finding]:
    marks = store.feeds.all().values()
    ahead = [
        mark.last_poll_at for mark in marks if mark.last_poll_at and mark.last_poll_at > now + _CLOCK_ERROR
    ]
    if ahead:
        yield _warning(
            "clock",
            f"a feed was polled at {iso(max(ahead))}, which is still to come: the clock was set back",
            "look after the machine's clock (NTP); the order of events does not suffer from it",
        )


def _polling(settings: Settings, store: Store, now: datetime) -> Iterator[Finding]:
    yield progress(settings, store, now=now)


def _feeds(settings: Settings, store: Store, now: datetime) -> Iterator[Finding]:
    marks = store.feeds.all()
    for feed in settings.feeds:
        mark = marks.get(feed.id)
        if feed.enabled and mark is not None:
            yield from _feed(feed, mark, now)


def _feed(feed: FeedSettings, mark: FeedHealth, now: datetime) -> Iterator[Finding]:
    subject = f"feed {feed.id}"
    state = feed_state(mark)
    if state in (FeedState.GONE, FeedState.RETIRED):
        yield _warning(
            subject,
            f"{state}: its server says it is gone for good",
            "find its new address (`tracker feeds check URL` tries one), or set enabled = false",
        )
    elif mark.failures >= 3:
        since = f"since {iso(mark.last_success_at)}" if mark.last_success_at else "and never answered well"
        yield _warning(
            subject,
            f"failed {mark.failures} times in a row, {since}: {mark.last_error}",
            f"`tracker feeds check {feed.id}` tells more",
        )
    if mark.address and mark.address != feed.url:
        yield _note(
            subject,
            f"moved for good to {mark.address}",
            "put that address into feeds.toml",
        )
    if mark.last_gap_at and mark.last_gap_at > now - timedelta(days=7):
        yield _warning(
            subject,
            f"at {iso(mark.last_gap_at)} none of its items was known: some may have come and gone unseen",
            "give it a shorter interval_s",
        )


def _outbox(settings: Settings, store: Store, now: datetime) -> Iterator[Finding]:
    counts = store.outbox.counts()
    dead, failed = counts[AlertState.DEAD], counts[AlertState.FAILED]
    if dead:
        yield _bad(
            "alerts",
            f"{dead} were given up",
            "`tracker alerts --state dead` shows them and `tracker alerts retry` sends them again",
        )
    if failed:
        yield _warning("alerts", f"{failed} failed and are tried again")
    if not (dead or failed):
        yield _well("alerts", f"{counts[AlertState.QUEUED]} wait to be sent")
    if not any(channel.enabled for channel in settings.channels):
        yield _warning(
            "channels",
            "none is enabled: nobody is told of a change",
            "name one under [[channels]] in tracker.toml",
        )


def _items(settings: Settings, store: Store, now: datetime) -> Iterator[Finding]:
    failed = store.items.failed()
    if failed:
        yield _warning(
            "items",
            f"{len(failed)} could not be read; the last: {failed[0].error[:200]}",
            "a newer version may: `tracker reextract`",
        )


def _readings(settings: Settings, store: Store, now: datetime) -> Iterator[Finding]:
    for contest in settings.contests:
        older = store.readings.older_count(contest.id, extractor(contest))
        if older:
            yield _note(
                f"readings of {contest.id}",
                f"{older} item{'s' * (older != 1)} read by an older reader or with an older roster",
                f"`tracker reextract --dry-run --contest {contest.id}` shows what reading again would change",
            )


def _well(subject: str, found: str) -> Finding:
    return Finding(subject=subject, level=Level.WELL, found=found)


def _note(subject: str, found: str, remedy: str = "") -> Finding:
    return Finding(subject=subject, level=Level.NOTE, found=found, remedy=remedy)


def _warning(subject: str, found: str, remedy: str = "") -> Finding:
    return Finding(subject=subject, level=Level.WARNING, found=found, remedy=remedy)


def _bad(subject: str, found: str, remedy: str = "") -> Finding:
    return Finding(subject=subject, level=Level.BAD, found=found, remedy=remedy)


_LOOKS: tuple[Callable[[Settings, Store, datetime], Iterator[Finding]], ...] = (
    _clock,
    _polling,
    _feeds,
    _outbox,
    _items,
    _readings,
)
