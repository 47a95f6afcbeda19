"""What a parsing process runs (`feeds.workers` starts it), and the form of its jobs and answers."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import msgspec

from tracker.errors import ParseError
from tracker.feeds.entries import ParseLimits
from tracker.feeds.parse import Outlet, Parsed, parse

LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How to read one document; as the arguments of `parse.parse`. The document itself follows, `length`
    bytes that are never copied into a message."""

    length: int
    outlet: Outlet
    seen_at: datetime
    content_type: str
    limits: ParseLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a document gave no feed."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    parsed: Parsed | None = None
    refused: Refused | None = None


_packer = msgspec.msgpack.Encoder()
_jobs = msgspec.msgpack.Decoder(Job)
_answers = msgspec.msgpack.Decoder(_Answer)


def packed(job: Job) -> bytes:
    """A job as it is sent, with its length before it and the document to follow."""
    return _framed(_packer.encode(job))


def answer_of(packed_answer: bytes) -> Parsed | Refused:
    """The answer that a worker sent. Raises EOFError for what is none: the worker is broken."""
    try:
        answer = _answers.decode(packed_answer)
    except msgspec.MsgspecError as error:
        raise EOFError(f"no answer: {error}") from error
    found = answer.parsed or answer.refused
    if found is None:
        raise EOFError("an empty answer")
    return found


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


def _answered(job: Job, body: bytes) -> bytes:
    try:
        parsed = parse(
            body,
            outlet=job.outlet,
            seen_at=job.seen_at,
            content_type=job.content_type,
            limits=job.limits,
        )
        return _packer.encode(_Answer(parsed=parsed))
    except ParseError as error:
        problem = error.problem
    except MemoryError:
        problem = "needs more memory than a feed may take"
    except Exception as error:  # whatever a document does to its reader, the daemon hears of it in words
        problem = f"cannot be read ({type(error).__name__}: {error})"
    return _packer.encode(_Answer(refused=Refused(problem=problem.encode("utf-8", "replace").decode())))


def _read(stream: BinaryIO, length: int) -> bytes | None:
    """So many bytes; `None` when the stream has ended."""
    parts: list[bytes] = []
    while length:
        part = stream.read(length)
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def work(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer jobs until their stream ends."""
    while (head := _read(jobs, LENGTH_BYTES)) is not None:
        content = _read(jobs, int.from_bytes(head, "big"))
        if content is None:
            return
        job = _jobs.decode(content)
        body = _read(jobs, job.length)
        if body is None:
            return
        answers.write(_framed(_answered(job, body)))
        answers.flush()


if __name__ == "__main__":
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(bytes(LENGTH_BYTES))  # ready
    sys.stdout.buffer.flush()
    work(sys.stdin.buffer, sys.stdout.buffer)
