"""The parts, joined by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tracker.alerts import Alert, AlertState
from tracker.channels import CHANNELS, Channel, Names, Setup
from tracker.clock import Clock
from tracker.configuration.settings import ChannelSettings, Settings
from tracker.errors import BrokenChain, LogError
from tracker.extraction import Reader
from tracker.feeds.fetch import Fetcher
from tracker.service.delivery import Courier
from tracker.service.ingest import Line
from tracker.service.polling import Poller
from tracker.stances import ContestId
from tracker.store import AlertFilter, Store, open_store
from tracker.store.verification import verify

# An alert that was only recorded was sent to nobody, so no list of what was sent shows it.
_SENT_STATES = (AlertState.QUEUED, AlertState.FAILED, AlertState.SENT, AlertState.DEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One database with everything that works on it."""

    settings: Settings
    clock: Clock
    store: Store
    names: Names
    channels: dict[str, Channel]
    line: Line
    courier: Courier


@contextmanager
def service(settings: Settings, *, clock: Clock) -> Iterator[Service]:
    """Open the database and join the parts; the log's chain is walked, and the contests are declared in it.

    Raises StoreError and its kinds, LogError.
    """
    with open_store(settings.database, policy=settings.policy) as store:
        _check_chain(settings.database)
        names = Names.of(settings.contests)
        channels = {
            channel.name: _channel(channel, settings, store, names, clock)
            for channel in settings.channels
            if channel.enabled
        }
        try:
            line = line_of(settings, store, clock=clock)
            line.declare()
            yield Service(
                settings=settings,
                clock=clock,
                store=store,
                names=names,
                channels=channels,
                line=line,
                courier=Courier(store.outbox, channels, clock=clock, settings=settings.delivery),
            )
        finally:
            for opened in channels.values():
                opened.close()


def _check_chain(database: Path) -> None:
    """Nothing is added to a log that does not hang together. Raises LogError."""
    found = verify(database, chain_only=True, limit=1)
    for fault in found.faults:
        if isinstance(fault, LogError):
            raise BrokenChain(
                f"{database}: {fault.problem}; nothing was started: `tracker verify` lists what is wrong, "
                "and a backup from before it is the remedy",
                seq=fault.seq,
            ) from fault
        raise fault


def line_of(settings: Settings, store: Store, *, clock: Clock) -> Line:
    """The line for every configured contest."""
    return Line(
        store,
        [Reader(contest) for contest in settings.contests],
        channels_by_contest(settings),
        clock=clock,
        policy=settings.policy,
        fresh_s=settings.poll.fresh_s,
    )


def poller_of(joined: Service) -> Poller:
    """A poller for the event loop that runs now; to be closed there."""
    settings = joined.settings
    fetcher = Fetcher(contact=settings.poll.contact, clock=joined.clock, version=_version())
    return Poller(joined.line, fetcher, settings.poll, clock=joined.clock, on_queued=joined.courier.wake)


def channels_by_contest(settings: Settings) -> dict[ContestId, tuple[str, ...]]:
    """The names of the channels that each contest's alerts go to."""
    return {
        contest.id: tuple(
            channel.name
            for channel in settings.channels
            if channel.enabled and (not channel.contests or contest.id in channel.contests)
        )
        for contest in settings.contests
    }


def recent_alerts(store: Store, limit: int, contests: tuple[ContestId, ...] = ()) -> tuple[Alert, ...]:
    """The last alerts that were meant to be sent, newest first; of these contests, or of all."""
    found: list[Alert] = []
    for kept in store.outbox.alerts(AlertFilter(states=_SENT_STATES), newest_first=True):
        if len(found) == limit:
            break
        if not contests or kept.alert.contest in contests:
            found.append(kept.alert)
    return tuple(found)


def _channel(
    channel: ChannelSettings, settings: Settings, store: Store, names: Names, clock: Clock
) -> Channel:
    return CHANNELS[channel.kind.value](
        Setup(
            name=channel.name,
            names=names,
            clock=clock,
            recent=lambda limit: recent_alerts(store, limit, channel.contests),
            url=channel.address,
            path=str(channel.path or ""),
            headers={"Authorization": channel.authorization.reveal()} if channel.authorization else {},
            signing_key=channel.signing_key.reveal() if channel.signing_key else "",
            timeout_s=settings.delivery.timeout_s,
            limit=channel.entries,
        )
    )


def _version() -> str:
    try:
        return version("tracker")
    except PackageNotFoundError:
        return ""
