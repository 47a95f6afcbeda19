"""A daemon as a real process, outlets and a webhook receiver as real HTTP servers on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

CONTEST = """
id = "chair-2030"
title = "Chair of the Board 2030"
post = "Chair of the Board"
key_terms = ["Board chair"]
[body]
id = "board"
name = "Board"

[rule]
kind = "consensus"

[[candidates]]
id = "anna-berg"
name = "Anna Berg"
status = "declared"

[roster]
electors = [{ id = "hu" }, { id = "ro" }, { id = "fr" }]
"""


class Loopback:
    """An HTTP server in a thread."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Story:
    title: str
    link: str
    published: datetime


class News:
    """Outlets whose feeds change: `news.tell("gazette", "Hungary …")` puts an entry at the top.

    `broken` gives a path another answer: a status and a body.
    """

    def __init__(self) -> None:
        self.stories: dict[str, list[Story]] = {}
        self.broken: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        news = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.strip("/")
                news.asked.append(name)
                status, body = news.broken.get(name, (200, b""))
                body = body or news.document(name)
                tag = f'"{hash(body)}"'
                if status == 200 and self.headers.get("If-None-Match") == tag:
                    self.send_response(304)
                    self.end_headers()
                    return
                self.send_response(status)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._loopback = Loopback(Handler)
        self.close = self._loopback.close

    def url(self, outlet: str) -> str:
        return f"http://127.0.0.1:{self._loopback.port}/{outlet}"

    def tell(self, outlet: str, title: str, *, ago: timedelta = timedelta(minutes=1)) -> None:
        told = self.stories.setdefault(outlet, [])
        link = f"https://{outlet}.example/{len(told)}"
        told.insert(0, Story(title, link, datetime.now(UTC) - ago))

    def document(self, outlet: str) -> bytes:
        items = "".join(
            f"<item><title>{escape(story.title)}</title><link>{story.link}</link>"
            f"<guid>{story.link}</guid><pubDate>{format_datetime(story.published)}</pubDate></item>"
            for story in self.stories.get(outlet, [])
        )
        return (
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>The {outlet.title()}</title>"
            f"<link>https://{outlet}.example/</link><description>News</description>"
            f"<language>en</language>{items}</channel></rss>"
        ).encode()

    def polled(self, outlet: str) -> int:
        return self.asked.count(outlet)


@dataclass
class Receiver:
    """A webhook receiver; `statuses` are its next answers (then 200), `hold` lets it not answer at all.

    It can be closed, and opened again on the same port.
    """

    got: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def __post_init__(self) -> None:
        self.hold.set()
        self.open()

    def open(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["webhook-id"] == body["key"]
                receiver.got.append(body)
                receiver.hold.wait(30)
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except BrokenPipeError:
                    pass

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._loopback = Loopback(Handler, self.port)
        self.port = self._loopback.port

    def close(self) -> None:
        self.hold.set()
        self._loopback.close()

    def keys(self, **wanted: str) -> list[str]:
        return [
            alert["key"] for alert in self.got if all(alert[name] == value for name, value in wanted.items())
        ]


class Daemon:
    """`tracker run` on a folder; its standard error is read as it comes."""

    def __init__(self, folder: Path) -> None:
        self.log: list[str] = []
        self.out: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "--config", str(folder / "config"), "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("TRACKER_")},
            cwd=folder,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream, lines), daemon=True)
            for stream, lines in ((self._process.stderr, self.log), (self._process.stdout, self.out))
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(stream: Any, lines: list[str]) -> None:
        for line in stream:
            lines.append(line.rstrip("\n"))

    @property
    def pid(self) -> int:
        return self._process.pid

    def events(self, event: str) -> list[dict[str, Any]]:
        """What it logged under that name; every line of its log must be JSON."""
        return [record for line in list(self.log) if (record := json.loads(line))["event"] == event]

    def ready(self) -> Daemon:
        wait_for(lambda: '"running"' in "".join(self.log) or self._process.poll() is not None, self.log)
        assert self._process.poll() is None, self.log
        return self

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, timeout_s: float = 15.0) -> int:
        code = self._process.wait(timeout_s)
        for reader in self._readers:
            reader.join(5)
        return code

    def kill(self) -> None:
        """SIGKILL, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        self.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.wait()


def wait_for(true: Callable[[], object], shown: object = "", *, timeout_s: float = 15.0) -> float:
    """Wait until it is true; how long that took. Fails with what is `shown`."""
    start = time.monotonic()
    while not true():
        if time.monotonic() - start > timeout_s:
            pytest.fail(f"not within {timeout_s} s: {shown}")
        time.sleep(0.01)
    return time.monotonic() - start


class Place:
    """A folder with a configuration, and what runs in it."""

    INTERVAL_S = 1

    def __init__(self, folder: Path, news: News, receiver: Receiver, stack: ExitStack) -> None:
        self.folder, self.news, self.receiver, self._stack = folder, news, receiver, stack
        self.database = folder / "tracker.db"
        (folder / "config" / "contests").mkdir(parents=True)
        (folder / "config" / "contests" / "chair-2030.toml").write_text(CONTEST)
        self.feeds("gazette")
        self.settings()

    def feeds(self, *outlets: str) -> None:
        (self.folder / "config" / "feeds.toml").write_text(
            "\n".join(
                f'[[feeds]]\nid = "{outlet}"\nurl = "{self.news.url(outlet)}"\nlocal = true\n'
                f'outlet = "The {outlet.title()}"\n'
                for outlet in outlets
            )
        )

    def settings(self, extra: str = "", *, web: str = "enabled = false") -> None:
        (self.folder / "config" / "tracker.toml").write_text(
            f"""
database = "tracker.db"
contest = "chair-2030"
[poll]
interval_s = {self.INTERVAL_S}
shortest_s = 1
jitter_s = 0
timeout_s = 5
[delivery]
interval_s = 0.2
first_retry_s = 0.2
longest_retry_s = 1.0
[web]
{web}
[[channels]]
name = "desk"
kind = "webhook"
url = "http://127.0.0.1:{self.receiver.port}/hook"
local = true
{extra}
"""
        )

    def daemon(self, *, ready: bool = True) -> Daemon:
        started = Daemon(self.folder)
        self._stack.callback(started.kill)
        return started.ready() if ready else started

    def tracker(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Another verb beside it."""
        return subprocess.run(
            [sys.executable, "-m", "tracker", "--config", str(self.folder / "config"), *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            cwd=self.folder,
        )


@pytest.fixture
def waiting() -> Callable[..., float]:
    return wait_for


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        news, receiver = News(), Receiver()
        stack.callback(news.close)
        stack.callback(receiver.close)
        yield Place(tmp_path, news, receiver, stack)
