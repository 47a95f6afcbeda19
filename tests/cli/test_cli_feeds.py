# ruff: noqa: E501
"""`feeds`: their health, and what an address gives, asked of a real server on this machine."""

from __future__ import annotations

import json
import subprocess
import threading
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tracker.cli.exits import Exit
from tracker.health import FeedHealth
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]

RSS = (
    '<rss version="2.0"><channel><title>The Buoy</title><link>https://buoy.example/</link>'
    "<item><title>Tide &amp;amp; time</title><link>https://buoy.example/1</link>"
    "<pubDate>Sat, 11 Jan 2020 12:00:00 GMT</pubDate></item>"
    "<item><title>No date</title><link>https://buoy.example/2</link></item></channel></rss>"
)
PAGE = (
    "<html><head><title>The Buoy</title>"
    '<link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'
)


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body, status = {"/rss": (RSS, 200), "/page": (PAGE, 200)}.get(self.path, ("gone", 410))
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if self.path == "/page" else "application/rss+xml")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def feeds(configured: Path, address: str) -> Path:
    (configured / "config" / "feeds.toml").write_text(
        f'[[feeds]]\nid = "buoy"\nurl = "{address}/rss"\noutlet = "The Buoy"\nlocal = true\n'
        f'[[feeds]]\nid = "gone"\nurl = "{address}/gone"\nlocal = true\n'
        '[[feeds]]\nid = "quiet"\nurl = "https://quiet.example/rss"\nenabled = false\n',
        "utf-8",
    )
    return configured


def test_a_feed_is_tried_by_address_or_id(feeds: Path, tracker: Tracker, address: str) -> None:
    found = json.loads(tracker("feeds", "check", "--local", f"{address}/rss", "--format", "json").stdout)
    assert found["title"] == "The Buoy" and found["faults"] == [] and found["moved_to"] is None
    dated = [item for item in found["items"] if item["published"]]
    assert dated == [
        {"published": "2020-01-11T12:00:00Z", "source": "The Buoy", "title": dated[0]["title"],
         "url": "https://buoy.example/1"},
    ]  # fmt: skip
    text = tracker("feeds", "check", "buoy").stdout
    assert text.startswith("The Buoy: 2 items in ")
    assert "2020-01-11 12:00" in text and "Tide & time" in text and "no date" in text
    assert not (feeds / "tracker.db").exists()


@pytest.mark.usefixtures("feeds")
def test_a_page_is_no_feed_and_names_the_feed_it_has(tracker: Tracker, address: str) -> None:
    result = tracker("feeds", "check", "--local", f"{address}/page")
    assert result.returncode == Exit.NETWORK
    assert f"{address}/page" in result.stderr and "HTML page" in result.stderr
    assert f"{address}/rss" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.usefixtures("feeds")
def test_what_cannot_be_fetched_says_why(tracker: Tracker, address: str) -> None:
    gone = tracker("feeds", "check", "gone")
    assert gone.returncode == Exit.NETWORK and "410" in gone.stderr
    private = tracker("feeds", "check", f"{address}/other")
    assert private.returncode == Exit.NETWORK and "local" in private.stderr
    nobody = tracker("feeds", "check", "bouy")
    assert nobody.returncode == Exit.USAGE and "did you mean buoy?" in nobody.stderr


def test_feeds_are_listed_with_their_health(feeds: Path, tracker: Tracker) -> None:
    states = {feed["id"]: feed["state"] for feed in json.loads(tracker("feeds", "--format", "json").stdout)}
    assert states == {"buoy": "new", "gone": "new", "quiet": "off"}
    now = datetime.now(UTC)
    ago = now - timedelta(minutes=3)
    with open_store(feeds / "tracker.db") as store:
        store.feeds.put(FeedHealth(feed="buoy", last_poll_at=ago, last_success_at=ago, items_seen=2))
        failing = FeedHealth(
            feed="gone", failures=4, last_error="HTTP 500", last_status=500, last_poll_at=ago,
            next_poll_at=now + timedelta(hours=2.5),
        )  # fmt: skip
        store.feeds.put(failing)
    listed = {feed["id"]: feed for feed in json.loads(tracker("feeds", "list", "--format", "json").stdout)}
    assert listed["buoy"]["state"] == "ok" and listed["buoy"]["items_seen"] == 2
    assert listed["gone"]["state"] == "failing" and listed["gone"]["last_error"] == "HTTP 500"
    text = tracker("feeds").stdout
    assert "3 min ago" in text and "failing ×4" in text and "in 2 h" in text and "HTTP 500" in text
    shown = json.loads(tracker("feeds", "--failing", "--format", "json").stdout)
    assert [feed["id"] for feed in shown] == ["gone"]


def test_feeds_go_out_as_opml_and_come_in_from_it(feeds: Path, tracker: Tracker, address: str) -> None:
    told = tracker("feeds", "export").stdout
    (feeds / "same.opml").write_text(told, "utf-8")
    assert "0 feeds" in tracker("feeds", "import", "same.opml").stderr
    (feeds / "other.opml").write_text(
        '<opml version="2.0"><body><outline text="World"><outline text="The &quot;Échos&quot;" xmlUrl="https://e.example/rss"/>'
        '<outline text="buoy" xmlUrl="https://f.example/rss"/><outline text="x" xmlUrl="javascript:1"/></outline>'
        f'<outline text="known" xmlUrl="{address}/rss"/></body></opml>',
        "utf-8",
    )
    came = tracker("feeds", "import", "other.opml")
    read = tomllib.loads(came.stdout)["feeds"]
    assert [(feed["id"], feed["url"]) for feed in read] == [
        ("the-chos", "https://e.example/rss"), ("buoy-2", "https://f.example/rss"),
    ]  # fmt: skip
    assert read[0]["outlet"] == 'The "Échos"' and "# World" in came.stdout


def test_what_is_no_opml_or_may_hold_a_bomb_is_refused(feeds: Path, tracker: Tracker) -> None:
    for content, words in (
        ("<rss/>", "not OPML"),
        ("<opml>", "not OPML"),
        ("<!DOCTYPE opml []><opml/>", "document type"),
    ):
        (feeds / "bad.opml").write_text(content, "utf-8")
        refused = tracker("feeds", "import", "bad.opml")
        assert refused.returncode == Exit.INPUT and words in refused.stderr
