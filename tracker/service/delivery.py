"""Delivery: alerts from the outbox to their channels, at least once, whatever the receivers do.

Each channel has its own loop, so one that hangs keeps no other waiting. A try that fails is repeated
after a growing pause; a channel that fails several times in a row rests as a whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from time import perf_counter

from tracker.channels import Channel
from tracker.clock import Clock, iso
from tracker.configuration.settings import DeliverySettings
from tracker.errors import DeliveryError, StoreError
from tracker.service.chance import chance
from tracker.service.logs import logger
from tracker.store import Delivery
from tracker.store.outbox import Outbox

_log = logger(__name__)
_BATCH = 50
# So many failures in a row say that it is the channel, not the alert.
_IN_A_ROW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one pass over the outbox did."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


def pause_s(key: str, channel: str, failures: int, settings: DeliverySettings) -> float:
    """Seconds to wait after so many failures: doubled each time up to the longest, give or take a quarter.

    The quarter is drawn from key, channel and number, so that deliveries that failed together do not
    come back together, and a restart changes nothing.
    """
    doubled = settings.first_retry_s * 2.0 ** min(failures - 1, 60)
    spread = 0.75 + 0.5 * chance(key, channel, str(failures))
    return float(min(doubled, settings.longest_retry_s) * spread)


class Courier:
    """Takes what is due in the outbox to the channels."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        *,
        clock: Clock,
        settings: DeliverySettings,
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._settings = settings
        self._lines = {name: _Line(channel, outbox, clock, settings) for name, channel in channels.items()}
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled, or until `stop` has been called and the tries in hand have ended."""
        await self._bury_orphans()
        async with asyncio.TaskGroup() as group:
            # Without any channel there is nothing to do until the stop, and the daemon runs on all the same.
            group.create_task(self._stopped.wait(), name="deliver:until-stopped")
            for line in self._lines.values():
                group.create_task(line.run(), name=f"deliver:{line.channel.name}")

    async def once(self) -> Delivered:
        """Deliver what is due now, each once, and return: for a single round without a daemon."""
        await self._bury_orphans()
        done = await asyncio.gather(*(line.drain() for line in self._lines.values()))
        return Delivered(
            sent=sum(d.sent for d in done), failed=sum(d.failed for d in done), dead=sum(d.dead for d in done)
        )

    def wake(self) -> None:
        """Something was queued: look at once. To be called in the event loop's thread."""
        for line in self._lines.values():
            line.awake.set()

    def stop(self) -> None:
        """End `run` after the tries in hand."""
        self._stopped.set()
        for line in self._lines.values():
            line.stopping.set()
            line.awake.set()

    async def _bury_orphans(self) -> None:
        """Deliveries to channels that are no longer configured are given up, by name, so that they show."""
        await asyncio.to_thread(self._bury)

    def _bury(self) -> None:
        problem = "no channel of this name is configured; `tracker alerts retry` sends it once there is one"
        while True:
            due = self._outbox.due(self._clock.now(), limit=1000)
            orphans = [delivery for delivery in due if delivery.channel not in self._lines]
            for delivery in orphans:
                self._outbox.dead(delivery.alert.key, delivery.channel, self._clock.now(), problem)
                _log.warning("alert given up", key=delivery.alert.key, channel=delivery.channel, why=problem)
            if not orphans or len(due) < 1000:
                return


class _Line:
    """The deliveries of one channel, one after the other."""

    def __init__(self, channel: Channel, outbox: Outbox, clock: Clock, settings: DeliverySettings) -> None:
        self.channel = channel
        self.awake = asyncio.Event()
        self.stopping = Event()
        self._outbox = outbox
        self._clock = clock
        self._settings = settings
        self._failures = 0
        self._rest_until: datetime | None = None

    async def run(self) -> None:
        while not self.stopping.is_set():
            self.awake.clear()
            try:
                await self.drain()
            except StoreError as error:
                # A full disk or a locked file passes; what could not be marked is sent again.
                _log.error("outbox unusable", channel=self.channel.name, error=str(error))
            if self.stopping.is_set():
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.interval_s):
                    await self.awake.wait()

    async def drain(self) -> Delivered:
        """Send what is due until nothing is, the channel needs rest, or we stop."""
        sent = failed = dead = 0
        while not self.stopping.is_set() and not self._resting():
            due = await asyncio.to_thread(
                self._outbox.due, self._clock.now(), channel=self.channel.name, limit=_BATCH
            )
            for delivery in due:
                if self.stopping.is_set() or self._resting():
                    break
                match await asyncio.to_thread(self._try, delivery):
                    case "sent":
                        sent += 1
                    case "failed":
                        failed += 1
                    case _:
                        dead += 1
            if not due:
                break
        return Delivered(sent=sent, failed=failed, dead=dead)

    def _resting(self) -> bool:
        return self._rest_until is not None and self._clock.now() < self._rest_until

    def _try(self, delivery: Delivery) -> str:
        """One try, and its mark. Raises StoreError when the mark cannot be made."""
        key, name = delivery.alert.key, self.channel.name
        start = perf_counter()
        try:
            self.channel.send(delivery.alert)
        except DeliveryError as error:
            return self._failed(delivery, error, (perf_counter() - start) * 1000)
        except Exception as error:  # a fault in a channel must not stop the others
            _log.exception("channel broke", channel=name, key=key)
            problem = DeliveryError(name, f"a fault in tracker itself: {type(error).__name__}")
            return self._failed(delivery, problem, (perf_counter() - start) * 1000)
        latency_ms = (perf_counter() - start) * 1000
        self._failures, self._rest_until = 0, None
        self._outbox.sent(key, name, self._clock.now(), latency_ms=latency_ms)
        _log.info("alert sent", key=key, channel=name, latency_ms=round(latency_ms, 1))
        return "sent"

    def _failed(self, delivery: Delivery, error: DeliveryError, latency_ms: float) -> str:
        key, name, now = delivery.alert.key, self.channel.name, self._clock.now()
        failures = delivery.attempts + 1
        if error.permanent or self._too_long(delivery, now):
            self._outbox.dead(key, name, now, str(error), status=error.status, latency_ms=latency_ms)
            _log.error("alert given up", key=key, channel=name, tries=failures, error=str(error))
            return "dead"
        wait_s = pause_s(key, name, failures, self._settings)
        if error.retry_after_s is not None:
            wait_s = max(wait_s, error.retry_after_s)
        next_try_at = now + timedelta(seconds=wait_s)
        self._failures += 1
        if error.retry_after_s:
            self._rest_until = now + timedelta(seconds=error.retry_after_s)
        elif self._failures >= _IN_A_ROW:
            rest_s = pause_s(name, name, self._failures - _IN_A_ROW + 1, self._settings)
            self._rest_until = now + timedelta(seconds=rest_s)
        self._outbox.failed(
            key, name, now, str(error),
            next_try_at=next_try_at, status=error.status, latency_ms=latency_ms,
        )  # fmt: skip
        _log.warning(
            "alert not taken", key=key, channel=name, tries=failures, error=str(error),
            next_try_at=iso(next_try_at),
        )  # fmt: skip
        return "failed"

    def _too_long(self, delivery: Delivery, now: datetime) -> bool:
        """Whether it has failed for longer than is allowed, since it was queued or revived."""
        if not delivery.attempts:
            return False
        tries = [
            attempt
            for attempt in self._outbox.attempts(delivery.alert.key)
            if attempt.channel == self.channel.name
        ]
        since = tries[-delivery.attempts :]
        return bool(since) and (now - since[0].at).total_seconds() >= self._settings.give_up_after_s
