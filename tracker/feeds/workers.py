"""Parsing in processes of their own: what hangs or eats memory there is killed, and the daemon goes on.

A worker is this Python with `-m tracker.feeds.parsing`; it gets jobs on its standard input and answers on
its standard output, each a length and msgpack. It opens nothing, knows no secret (its environment is empty
but for the path of modules) and is bounded in memory by the system.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from heapq import heappop, heappush

from tracker.errors import ParseError
from tracker.feeds.entries import ParseLimits
from tracker.feeds.parse import Outlet, Parsed
from tracker.feeds.parsing import LENGTH_BYTES, Job, Refused, answer_of, packed

# The longest a well-meant document takes is a second or two: 8 MB of ill-formed entries.
PARSE_S = 15.0
# What takes longer than this waits for its turn among the slow ones, so that it costs the others no more.
QUICK_S = 1.0
# A process that cannot even start is not waited for.
_START_S = 20.0
# A worker is replaced after so many documents: whatever a library leaks is given back.
_JOBS_EACH = 5_000
_MOST_SLOW = 1_000
_PIECE_BYTES = 64 * 1024


class Workers:
    """A few parsing processes, started when they are needed; used from one event loop, closed at the end.

    Short documents go before long ones. One that is not done in `quick_s` is begun anew in a process of its
    own lane, and its feed goes there at once from then on: a feed that takes long makes no other late.

    count     processes for quick documents; there is one more for slow ones
    parse_s   for one document; then its process is killed and the document counts as unreadable
    memory_bytes
              of one process; a document that needs more counts as unreadable
    """

    def __init__(
        self,
        *,
        count: int = 2,
        parse_s: float = PARSE_S,
        quick_s: float = QUICK_S,
        memory_bytes: int = 512 * 1024 * 1024,
    ) -> None:
        self._parse_s = parse_s
        self._quick_s = quick_s
        self._memory_bytes = memory_bytes
        self._quick = _Lane(count)
        self._slow = _Lane(1)
        self._slow_feeds: set[str] = set()
        self._all: set[_Worker] = set()
        self._closed = False

    async def parse(
        self,
        body: bytes,
        *,
        outlet: Outlet,
        seen_at: datetime,
        content_type: str = "",
        limits: ParseLimits | None = None,
    ) -> Parsed:
        """As `parse.parse`, elsewhere. Raises ParseError, also when the document could not be read within
        time and memory."""
        job = Job(
            length=len(body),
            outlet=outlet,
            seen_at=seen_at,
            content_type=content_type,
            limits=limits or ParseLimits(),
        )
        if outlet.url not in self._slow_feeds and self._quick_s < self._parse_s:
            try:
                return await self._asked(job, body, self._quick, self._quick_s)
            except TimeoutError:
                if len(self._slow_feeds) >= _MOST_SLOW:
                    self._slow_feeds.clear()
                self._slow_feeds.add(outlet.url)
        try:
            return await self._asked(job, body, self._slow, self._parse_s)
        except TimeoutError:
            raise ParseError(
                outlet.url, f"could not be read within {self._parse_s:g} s; its reader was ended"
            ) from None

    async def _asked(self, job: Job, body: bytes, lane: _Lane, limit_s: float) -> Parsed:
        """Raises TimeoutError, ParseError."""
        async with self._worker(lane, job.length) as worker:
            try:
                async with asyncio.timeout(limit_s):
                    answer = await worker.ask(job, body)
            except (EOFError, ConnectionError) as error:
                raise ParseError(
                    job.outlet.url, "its reader died over it (memory, most likely); it was replaced"
                ) from error
        if isinstance(answer, Refused):
            raise ParseError(job.outlet.url, answer.problem)
        return answer

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that run now."""
        return tuple(worker.pid for worker in self._all)

    async def aclose(self) -> None:
        """End every process at once. Safe to repeat."""
        self._closed = True
        for worker in list(self._all):
            await self._end(worker)

    @asynccontextmanager
    async def _worker(self, lane: _Lane, size: int) -> AsyncIterator[_Worker]:
        """A worker for one job; one that was left in the middle of its job is killed, not lent again."""
        async with lane.turn(size):
            worker = lane.idle.pop() if lane.idle else await self._start()
            try:
                yield worker
            finally:
                if worker.busy or worker.jobs >= _JOBS_EACH or self._closed:
                    await asyncio.shield(self._end(worker))
                else:
                    lane.idle.append(worker)

    async def _start(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tracker.feeds.parsing",
            str(self._memory_bytes),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"},
            # A Ctrl-C on the terminal is for the daemon, which ends its workers itself.
            start_new_session=True,
        )
        worker = _Worker(process)
        self._all.add(worker)
        try:
            async with asyncio.timeout(_START_S):
                await worker.ready()
        except BaseException as error:
            await asyncio.shield(self._end(worker))
            if isinstance(error, TimeoutError | EOFError | OSError):
                raise ParseError("", "a parsing process could not be started") from error
            raise
        return worker

    async def _end(self, worker: _Worker) -> None:
        await worker.end()
        self._all.discard(worker)


class _Lane:
    """So many documents at a time, the shortest of those that wait first; and its idle processes."""

    def __init__(self, count: int) -> None:
        self.idle: list[_Worker] = []
        self._free = count
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = 0

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[None]:
        if self._free:
            self._free -= 1
        else:
            self._number += 1
            told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heappush(self._waiting, (size, self._number, told))
            try:
                await told
            except asyncio.CancelledError:
                if told.done() and not told.cancelled():
                    self._next()  # the turn came at the moment it was given up
                raise
        try:
            yield
        finally:
            self._next()

    def _next(self) -> None:
        while self._waiting:
            *_, told = heappop(self._waiting)
            if not told.done():
                told.set_result(None)
                return
        self._free += 1


class _Worker:
    """One process. `busy` from a job's start until its answer is whole."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid
        self.busy = False
        self.jobs = 0

    async def ready(self) -> None:
        """Return when it can work. Raises EOFError when it died instead."""
        assert self._process.stdout is not None
        await self._process.stdout.readexactly(LENGTH_BYTES)

    async def ask(self, job: Job, body: bytes) -> Parsed | Refused:
        """Its answer. Raises EOFError or ConnectionError when the process has died."""
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None and writer is not None
        self.busy = True
        self.jobs += 1
        writer.write(packed(job))
        # Piece by piece: what is written at once and does not go out at once is copied.
        whole = memoryview(body)
        for at in range(0, len(whole), _PIECE_BYTES):
            await writer.drain()
            writer.write(whole[at : at + _PIECE_BYTES])
        await writer.drain()
        length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
        answer = answer_of(await reader.readexactly(length))
        self.busy = False
        return answer

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        writer = self._process.stdin
        if writer is not None:
            writer.close()
        reader = self._process.stdout
        if reader is not None:
            # What it still had to say is read away: a full pipe would never be seen to close.
            # Whoever still waits for its answer reads it away instead (RuntimeError).
            with contextlib.suppress(OSError, RuntimeError):
                while await reader.read(1 << 16):
                    pass
        await self._process.wait()
