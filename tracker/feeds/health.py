"""What a poll's outcome means for a feed: its marks, and when to ask again. Pure: chance is passed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.errors import FeedError, FetchError
from tracker.feeds.wishes import LONGEST_WISH_S
from tracker.health import FeedHealth

GONE = 410
# A last poll that lies further ahead than this comes from a clock that was set back since.
_CLOCK_ERROR = timedelta(minutes=1)


class FeedState(StrEnum):
    """How a feed is doing, in a word. GONE: its server said so, and it is looked at now and then; RETIRED:
    it said so again and again, and is looked at once a month."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    GONE = "gone"
    RETIRED = "retired"


# So many times in a row "gone for good" (410) retires a feed.
RETIRED_AFTER = 3
# So many times in a row the same permanent redirect, each time with a feed behind it, moves a feed.
MOVED_AFTER = 2
# So many failures in a row at the address it moved to, and the configured one is tried again.
_BACK_AFTER = 3
# How much one poll says about a feed's rhythm, against all before it.
_WEIGHT = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How often to ask.

    every_s    between polls of a feed that is well and of which no more is known
    shortest_s, longest_s
               how far the feed's own rhythm and wishes (`ttl`, Cache-Control) may shorten and stretch
               that; the default 0 of both: not at all
    backoff_s  the longest wait after failures, however many; the wait doubles up to it, from `every_s`
    gone_s     between looks at a feed that said it is gone for good: servers say so by mistake, too
    retired_s  and between looks at one that said so again and again
    jitter     share of a wait that chance may take off, so that feeds do not come in step
    """

    every_s: float = 300.0
    shortest_s: float = 0.0
    longest_s: float = 0.0
    backoff_s: float = 6 * 3600.0
    gone_s: float = 86_400.0
    retired_s: float = 30 * 86_400.0
    jitter: float = 0.1

    @property
    def soonest_s(self) -> float:
        """The shortest pause of a feed that is well."""
        return min(self.shortest_s or self.every_s, self.every_s)


def state(health: FeedHealth | None) -> FeedState:
    """The word for its marks; NEW for a feed that was never polled."""
    if health is None or health.last_poll_at is None:
        return FeedState.NEW
    if not health.failures:
        return FeedState.OK
    if health.last_status != GONE:
        return FeedState.FAILING
    return FeedState.RETIRED if health.gone_times >= RETIRED_AFTER else FeedState.GONE


def address(health: FeedHealth | None, configured: str) -> str:
    """Where to ask: the configured address, or the one that the feed has moved to since.

    A feed that fails at its new address is asked at the configured one again.
    """
    if health is None or not health.address or health.address_of != configured:
        return configured
    return configured if health.failures >= _BACK_AFTER else health.address


def due(health: FeedHealth | None, now: datetime) -> bool:
    """Whether the feed is to be polled now."""
    if health is None or health.next_poll_at is None:
        return True
    from_ahead = health.last_poll_at is not None and health.last_poll_at > now + _CLOCK_ERROR
    return health.next_poll_at <= now or from_ahead


def succeeded(
    health: FeedHealth,
    *,
    now: datetime,
    cadence: Cadence,
    chance: float,
    status: int,
    etag: str,
    last_modified: str,
    body_digest: str | None = None,
    new_items: int = 0,
    overlapped: bool = True,
    ttl_s: float | None = None,
    max_age_s: float | None = None,
    configured: str = "",
    moved_to: str | None = None,
    fault: str | None = None,
) -> FeedHealth:
    """The marks after a feed was read, or had not changed: whatever failed before is over.

    body_digest  of the body read; `None` when there was none (304): digest, `ttl_s` and `fault` stay then
    overlapped   False: none of its items was known, though the feed is
    configured   its address in the configuration
    chance       in [0, 1)
    """
    unchanged = body_digest is None
    gap = not overlapped and not unchanged
    ttl_s = health.ttl_s if unchanged else ttl_s
    rhythm_s = _rhythm_s(health, now, new_items)
    quiet_since = now if new_items else health.last_new_at or health.last_success_at or now
    quiet_s = (now - quiet_since).total_seconds()
    wish_s = max(ttl_s or 0.0, max_age_s or 0.0)
    wait_s = cadence.soonest_s if gap else _wait_s(cadence, rhythm_s, quiet_s, wish_s)
    same_body = unchanged or body_digest == health.body_digest
    return replace(
        _moved(health, configured, moved_to),
        # A 304 need not repeat the validators (RFC 9110, 15.4.5).
        etag=etag or (health.etag if unchanged else ""),
        last_modified=last_modified or (health.last_modified if unchanged else ""),
        body_digest=health.body_digest if body_digest is None else body_digest,
        last_poll_at=now,
        last_success_at=now,
        last_new_at=now if new_items else health.last_new_at,
        last_status=status,
        last_error="",
        failures=0,
        gone_times=0,
        next_poll_at=now + timedelta(seconds=wait_s * (1 - cadence.jitter * chance)),
        items_seen=health.items_seen + new_items,
        ttl_s=ttl_s,
        rhythm_s=rhythm_s,
        fault=health.fault if unchanged else fault or "",
        polls=health.polls + 1,
        unchanged=health.unchanged + same_body,
        gaps=health.gaps + gap,
        last_gap_at=now if gap else health.last_gap_at,
    )


def failed(
    health: FeedHealth, error: FeedError, *, now: datetime, cadence: Cadence, chance: float
) -> FeedHealth:
    """The marks after a try that gave nothing; the next comes later with each failure, but it comes.

    A server's Retry-After is waited out, up to a day.
    """
    failures = health.failures + 1
    if isinstance(error, FetchError):
        status = error.status
    else:
        status = None if health.last_status == GONE else health.last_status
    asked_s = (error.retry_after_s if isinstance(error, FetchError) else None) or 0.0
    gone_times = health.gone_times + 1 if status == GONE else 0
    if gone_times:
        wait_s = cadence.retired_s if gone_times >= RETIRED_AFTER else cadence.gone_s
    else:
        wait_s = min(cadence.every_s * 2.0 ** min(failures - 1, 40), max(cadence.backoff_s, cadence.every_s))
    wait_s = max(wait_s * (1 - cadence.jitter * chance), min(asked_s, LONGEST_WISH_S))
    return replace(
        health,
        last_poll_at=now,
        last_status=status,
        last_error=error.problem,
        failures=failures,
        gone_times=gone_times,
        next_poll_at=now + timedelta(seconds=wait_s),
    )


def _rhythm_s(health: FeedHealth, now: datetime, new_items: int) -> float | None:
    """Seconds between new items: a geometric mean in which the last polls weigh most, so that one long night
    counts as little as one burst. The first poll says nothing: what is new to us then is not new."""
    if not new_items or health.last_success_at is None:
        return health.rhythm_s
    since = health.last_new_at or health.last_success_at
    found_s = max((now - since).total_seconds() / new_items, 1.0)
    return found_s if health.rhythm_s is None else health.rhythm_s ** (1 - _WEIGHT) * found_s**_WEIGHT


def _wait_s(cadence: Cadence, rhythm_s: float | None, quiet_s: float, wish_s: float) -> float:
    """Half the time in which a new item is to be expected, within the bounds; a wish only stretches it."""
    longest_s = max(cadence.longest_s, cadence.every_s)
    wait_s = cadence.every_s
    if rhythm_s is not None:
        wait_s = max(rhythm_s / 2, quiet_s / 4, cadence.soonest_s)
    elif quiet_s > 2 * cadence.every_s:
        wait_s = max(quiet_s / 4, cadence.every_s)
    return min(max(wait_s, wish_s), longest_s)


def _moved(health: FeedHealth, configured: str, moved_to: str | None) -> FeedHealth:
    """Where the feed lives, after a poll that succeeded: a permanent redirect (301, 308) counts once it was
    met often enough, each time with a feed behind it. Nothing moves from HTTPS to HTTP."""
    asked = address(health, configured)
    if moved_to is None:
        if asked == configured:
            return replace(health, moved_to="", moved_times=0, address="", address_of="")
        return replace(health, moved_to=asked, moved_times=0)
    times = health.moved_times + 1 if moved_to == health.moved_to else 1
    lowered = configured.startswith("https:") and not moved_to.startswith("https:")
    if times < MOVED_AFTER or lowered:
        return replace(health, moved_to=moved_to, moved_times=times)
    return replace(health, moved_to=moved_to, moved_times=0, address=moved_to, address_of=configured)
