"""A server that answers byte by byte as a test says, and feeds to serve."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from loopback import LoopbackServer, head_of

from tracker.errors import FetchError
from tracker.feeds.entries import ParseLimits
from tracker.feeds.fetch import Fetcher, FetchLimits, FetchResult, Request
from tracker.feeds.parse import Outlet, Parsed, parse
from tracker.testing import FakeClock

SEEN_AT = datetime(2024, 3, 1, 12, tzinfo=UTC)
URL = "https://gazette.example/feed.xml"
DEADLINE_S = 20.0  # what no answering server needs, however busy the machine is

Script = Callable[["Connection"], None]


@dataclass
class Connection:
    """One request as it came, and the socket to answer on."""

    socket: socket.socket
    path: str
    headers: dict[str, str]
    stopping: threading.Event

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def answer(self, status: str = "200 OK", body: bytes = b"", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Content-Length", str(len(body)))
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self.send(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)

    def hang(self) -> None:
        self.stopping.wait(30)


@dataclass
class Server(LoopbackServer):
    """A TCP server on loopback; `on` says how a path is answered. `requests` are those it got."""

    host: str = "127.0.0.1"
    scripts: dict[str, Script] = field(default_factory=dict)
    requests: list[Connection] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.host)

    def url(self, path: str, host: str | None = None) -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    def on(self, path: str, script: Script) -> str:
        self.scripts[path] = script
        return self.url(path)

    def give(self, path: str, body: bytes = b"", status: str = "200 OK", **headers: str) -> str:
        return self.on(path, lambda connection: connection.answer(status, body, **headers))

    def serve(self, connection: socket.socket) -> None:
        if request := head_of(connection):
            first, *lines = request.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
            path = first.split(" ")[1]
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines)
            }
            asked = Connection(connection, path, headers, self.stopping)
            self.requests.append(asked)
            self.scripts.get(path, lambda one: one.answer("404 Not Found"))(asked)


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def other_server() -> Iterator[Server]:
    """At another address of the same machine."""
    running = Server(host="127.0.0.66")
    yield running
    running.stop()


def _fetch(
    *requests: Request | str,
    deadline_s: float = DEADLINE_S,
    max_bytes: int = 200_000,
    exempt: tuple[str, ...] = (),
    contact: str = "desk@example.org",
    together: bool = False,
    proxy: str | None = None,
    **more: Any,
) -> Any:
    """Fetch with one fetcher, one after the other or all `together`; a plain address is asked for as a
    local feed with `more`.

    The deadline is held from outside: a fetch that outlives it fails the test. One request gives its
    result or raises; several give a list, errors being values in it.
    """
    asked = [
        Request(**{"url": one, "local": True, **more}) if isinstance(one, str) else one for one in requests
    ]

    async def one_fetch(fetcher: Fetcher, request: Request) -> FetchResult | FetchError:
        start = time.monotonic()
        try:
            return await fetcher.fetch(request)
        except FetchError as error:
            return error
        finally:
            assert time.monotonic() - start < deadline_s + 0.5

    async def run() -> list[FetchResult | FetchError]:
        limits = FetchLimits(deadline_s=deadline_s, max_bytes=max_bytes, max_redirects=3)
        clock = FakeClock(SEEN_AT)
        async with Fetcher(
            contact=contact, clock=clock, version="0.1", limits=limits, exempt=exempt, proxy=proxy
        ) as fetcher:
            if together:
                return await asyncio.gather(*(one_fetch(fetcher, request) for request in asked))
            return [await one_fetch(fetcher, request) for request in asked]

    results = asyncio.run(run())
    if len(results) > 1:
        return results
    if isinstance(results[0], FetchError):
        raise results[0]
    return results[0]


def _rss(*items: str, head: str = "<title>The Gazette</title><link>https://gazette.example/</link>") -> bytes:
    """An RSS feed of these contents of `<item>`."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content='
        f'"http://purl.org/rss/1.0/modules/content/"><channel>{head}{inner}</channel></rss>'
    ).encode()


def _entry(number: int, *, date: str = "Thu, 22 Feb 2024 13:13:00 GMT") -> str:
    """The content of one whole `<item>`."""
    return (
        f"<title>Story {number}</title><link>https://gazette.example/{number}</link>"
        f"<guid isPermaLink='false'>story-{number}</guid><pubDate>{date}</pubDate>"
        f"<description>What story {number} says.</description>"
    )


def _read(body: bytes, *, content_type: str = "", limits: ParseLimits | None = None, **outlet: Any) -> Parsed:
    """The parse of a feed of The Gazette, seen on 1 March 2024."""
    named = {"name": "The Gazette", "feed": "gazette", "url": URL, **outlet}
    return parse(body, outlet=Outlet(**named), seen_at=SEEN_AT, content_type=content_type, limits=limits)


@pytest.fixture
def seen_at() -> datetime:
    return SEEN_AT


@pytest.fixture
def fetch() -> Callable[..., Any]:
    return _fetch


@pytest.fixture
def rss() -> Callable[..., bytes]:
    return _rss


@pytest.fixture
def entry() -> Callable[..., str]:
    return _entry


@pytest.fixture
def read() -> Callable[..., Parsed]:
    return _read


@pytest.fixture
def run_async() -> Callable[..., Any]:
    return asyncio.run
