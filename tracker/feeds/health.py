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
    """How a feed is doing, in a word."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How often to ask.

    every_s    between polls of a feed that is well
    longest_s  how far a feed's own wish (`ttl`, Cache-Control) may stretch that; the default 0: not at all
    backoff_s  the longest wait after failures, however many; the wait doubles up to it, from `every_s`
    gone_s     between looks at a feed that said it is gone for good: servers say so by mistake, too
    jitter     share of a wait that chance may take off, so that feeds do not come in step
    """

    every_s: float = 300.0
    longest_s: float = 0.0
    backoff_s: float = 6 * 3600.0
    gone_s: float = 86_400.0
    jitter: float = 0.1


def state(health: FeedHealth | None) -> FeedState:
    """The word for its marks; NEW for a feed that was never polled."""
    if health is None or health.last_poll_at is None:
        return FeedState.NEW
    if not health.failures:
        return FeedState.OK
    return FeedState.GONE if health.last_status == GONE else FeedState.FAILING


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
    ttl_s: float | None = None,
    max_age_s: float | None = None,
    moved_to: str | None = None,
    fault: str | None = None,
) -> FeedHealth:
    """The marks after a feed was read, or had not changed: whatever failed before is over.

    body_digest  of the body read; `None` when there was none (304): digest, `ttl_s` and `fault` stay then
    chance       in [0, 1)
    """
    unchanged = body_digest is None
    ttl_s = health.ttl_s if unchanged else ttl_s
    wish_s = max(ttl_s or 0.0, max_age_s or 0.0)
    wait_s = max(cadence.every_s, min(wish_s, cadence.longest_s))
    return replace(
        health,
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
        next_poll_at=now + timedelta(seconds=wait_s * (1 - cadence.jitter * chance)),
        items_seen=health.items_seen + new_items,
        ttl_s=ttl_s,
        moved_to=moved_to or "",
        fault=health.fault if unchanged else fault or "",
    )


def failed(
    health: FeedHealth, error: FeedError, *, now: datetime, cadence: Cadence, chance: float
) -> FeedHealth:
    """The marks after a try that gave nothing; the next comes later with each failure, but it comes.

    A server's Retry-After is waited out, up to a day.
    """
    failures = health.failures + 1
    status = error.status if isinstance(error, FetchError) else health.last_status
    asked_s = (error.retry_after_s if isinstance(error, FetchError) else None) or 0.0
    if status == GONE and isinstance(error, FetchError):
        wait_s = cadence.gone_s
    else:
        wait_s = min(cadence.every_s * 2.0 ** min(failures - 1, 40), max(cadence.backoff_s, cadence.every_s))
    wait_s = max(wait_s * (1 - cadence.jitter * chance), min(asked_s, LONGEST_WISH_S))
    return replace(
        health,
        last_poll_at=now,
        last_status=status,
        last_error=error.problem,
        failures=failures,
        next_poll_at=now + timedelta(seconds=wait_s),
    )
