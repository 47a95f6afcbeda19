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

from tracker.errors import ParseError
from tracker.feeds.entries import ParseLimits
from tracker.feeds.parse import Outlet, Parsed
from tracker.feeds.parsing import LENGTH_BYTES, Job, Refused, answer_of, packed

# The longest a well-meant document takes is a second or two: 8 MB of ill-formed entries.
PARSE_S = 15.0
# A worker is replaced after so many documents: whatever a library leaks is given back.
_JOBS_EACH = 5_000


class Workers:
    """A few parsing processes, started when they are needed; used from one event loop, closed at the end.

    count     processes, and so documents read at the same time
    parse_s   for one document; then its process is killed and the document counts as unreadable
    memory_bytes
              of one process; a document that needs more counts as unreadable
    """

    def __init__(
        self, *, count: int = 2, parse_s: float = PARSE_S, memory_bytes: int = 512 * 1024 * 1024
    ) -> None:
        self._parse_s = parse_s
        self._memory_bytes = memory_bytes
        self._free = asyncio.Semaphore(count)
        self._idle: list[_Worker] = []
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
            body=body,
            outlet=outlet,
            seen_at=seen_at,
            content_type=content_type,
            limits=limits or ParseLimits(),
        )
        async with self._worker() as worker:
            try:
                async with asyncio.timeout(self._parse_s):
                    answer = await worker.ask(job)
            except TimeoutError:
                raise ParseError(
                    outlet.url, f"could not be read within {self._parse_s:g} s; its reader was ended"
                ) from None
            except (OSError, EOFError, asyncio.IncompleteReadError) as error:
                raise ParseError(
                    outlet.url, "its reader died over it (memory, most likely); it was replaced"
                ) from error
        if isinstance(answer, Refused):
            raise ParseError(outlet.url, answer.problem)
        return answer

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that run now."""
        return tuple(worker.pid for worker in self._all)

    async def aclose(self) -> None:
        """End every process at once. Safe to repeat."""
        self._closed = True
        self._idle.clear()
        for worker in list(self._all):
            await self._end(worker)

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[_Worker]:
        """A worker for one job; one that was left in the middle of its job is killed, not lent again."""
        async with self._free:
            worker = self._idle.pop() if self._idle else await self._start()
            try:
                yield worker
            finally:
                if worker.busy or worker.jobs >= _JOBS_EACH or self._closed:
                    await asyncio.shield(self._end(worker))
                else:
                    self._idle.append(worker)

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
        return worker

    async def _end(self, worker: _Worker) -> None:
        await worker.end()
        self._all.discard(worker)


class _Worker:
    """One process. `busy` from a job's start until its answer is whole."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid
        self.busy = False
        self.jobs = 0

    async def ask(self, job: Job) -> Parsed | Refused:
        """Its answer. Raises OSError or EOFError when the process has died."""
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None and writer is not None
        self.busy = True
        self.jobs += 1
        writer.write(packed(job))
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
        await self._process.wait()
