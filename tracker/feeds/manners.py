"""Manners toward a host, and thrift with our own memory: who may ask now, and who may hold much.

Both are for one event loop, and neither knows what time it is but by that loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# A body longer than this needs one of the few places for large ones.
SMALL_BYTES = 1024 * 1024


@dataclass(slots=True)
class _Host:
    """One host's turns: `wanted` by so many, the next not before `next_at` (the loop's time)."""

    gate: asyncio.Semaphore
    wanted: int = 0
    next_at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Hosts:
    """Turns at hosts: a bounded number of requests at once, their starts some time apart.

    at_once  requests that one host gets at the same time
    pause_s  between the starts of two requests to one host; up to half of it is added by chance, so that
             what was asked in step does not stay in step
    """

    at_once: int = 2
    pause_s: float = 1.0
    _hosts: dict[str, _Host] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, url: str, *, chance: float = 0.0) -> AsyncIterator[None]:
        """Wait until the address's host may be asked; it is being asked while the body runs.

        chance  in [0, 1)
        An address without a host (a file) is never kept waiting.
        """
        name = host_of(url)
        if not name:
            yield
            return
        host = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self.at_once)))
        host.wanted += 1
        try:
            async with host.gate:
                now = asyncio.get_running_loop().time()
                start_at = max(now, host.next_at)
                host.next_at = start_at + self.pause_s * (1 + chance / 2)
                if start_at > now:
                    await asyncio.sleep(start_at - now)
                yield
        finally:
            host.wanted -= 1
            if not host.wanted:
                self._forget()

    def _forget(self) -> None:
        """Drop hosts that nobody asks and whose pause is over: there is one for each redirecting name."""
        if len(self._hosts) > 256:
            now = asyncio.get_running_loop().time()
            for name in [n for n, host in self._hosts.items() if not host.wanted and host.next_at <= now]:
                del self._hosts[name]


def host_of(url: str) -> str:
    """The host of an address, in lower case; empty when it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


class Room:
    """What one poll holds in memory. `need` waits for a place when it becomes much."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self.large = False

    def full(self, held_bytes: int) -> bool:
        """Whether `need` would have to wait for that many bytes."""
        return held_bytes > SMALL_BYTES and not self.large and self._places.locked()

    async def need(self, held_bytes: int) -> None:
        """Return when that many bytes may be held; at once for a small body."""
        if held_bytes > SMALL_BYTES and not self.large:
            await self._places.acquire()
            self.large = True


class Rooms:
    """Bounds the memory of all polls together: many small bodies, and few large ones at the same time."""

    def __init__(self, large_at_once: int = 3) -> None:
        self._places = asyncio.Semaphore(large_at_once)

    @asynccontextmanager
    async def room(self) -> AsyncIterator[Room]:
        """A poll's room; what it took is free again at the end."""
        room = Room(self._places)
        try:
            yield room
        finally:
            if room.large:
                self._places.release()
