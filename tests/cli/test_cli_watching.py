"""`run` and `poll`: a real daemon process, a real server, real signals."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest

from tracker.cli.exits import Exit

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]

RSS = (
    '<rss version="2.0"><channel><title>The Buoy</title><link>https://buoy.example/</link>'
    "<item><title>North Quay supports Anna Berg as Harbour Master, its chair said</title>"
    "<link>https://buoy.example/1</link></item></channel></rss>"
)


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/rss" else 404)
        self.end_headers()
        self.wfile.write(RSS.encode() if self.path == "/rss" else b"none")

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def feeds(configured: Path) -> Iterator[Path]:
    """A feed that answers and one that does not, on a server of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    (configured / "config" / "feeds.toml").write_text(
        f'[[feeds]]\nid = "buoy"\nurl = "{address}/rss"\noutlet = "The Buoy"\nlocal = true\n'
        f'[[feeds]]\nid = "gone"\nurl = "{address}/gone"\nlocal = true\n',
        "utf-8",
    )
    yield configured
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_round_takes_in_what_is_new_and_names_what_failed(feeds: Path, tracker: Tracker) -> None:
    first = tracker("poll", "--format", "json")
    assert first.returncode == Exit.NETWORK
    found = json.loads(first.stdout)
    buoy, gone = found["feeds"]
    assert (buoy["feed"], buoy["outcome"], buoy["items"], buoy["new"]) == ("buoy", "read", 1, 1)
    assert (gone["feed"], gone["outcome"]) == ("gone", "failed") and "404" in gone["error"]
    assert found["delivered"] == {"sent": 0, "failed": 0, "dead": 0}
    assert "2 feeds asked, 1 failed; 1 new item" in first.stderr
    status = json.loads(tracker("status", "--format", "json").stdout)
    assert status["electors"][0]["standings"][0]["stance"] == "supports"
    states = {feed["id"]: feed["state"] for feed in json.loads(tracker("feeds", "--format", "json").stdout)}
    assert states == {"buoy": "ok", "gone": "failing"}
    again = tracker("poll", "buoy", "--format", "json")
    assert again.returncode == Exit.OK
    assert [feed["new"] for feed in json.loads(again.stdout)["feeds"]] == [0]
    assert feeds.joinpath("tracker.db").exists()


@pytest.mark.usefixtures("feeds")
def test_a_round_of_what_is_due_leaves_the_others_alone(tracker: Tracker) -> None:
    assert tracker("poll", "--due").returncode == Exit.NETWORK
    resting = tracker("poll", "--due")
    assert resting.returncode == Exit.OK and "No feed is due." in resting.stdout


@pytest.mark.usefixtures("feeds")
def test_a_round_of_an_unknown_feed_is_refused_with_the_near_one(tracker: Tracker) -> None:
    result = tracker("poll", "bouy")
    assert result.returncode == Exit.USAGE and "did you mean buoy?" in result.stderr


def told(stream: IO[str], event: str) -> dict[str, object]:
    """The next line of JSON on the daemon's stderr that tells of that event."""
    for line in stream:
        found: dict[str, object] = json.loads(line)
        if found["event"] == event:
            return found
    raise AssertionError(f"the daemon ended without telling {event!r}")


def test_the_daemon_polls_serves_refuses_a_second_and_stops_with_0(
    feeds: Path, tracker_process: Tracker
) -> None:
    settings = feeds / "config" / "tracker.toml"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.write_text(settings.read_text("utf-8") + f"[web]\nport = {port}\n", "utf-8")
    daemon = subprocess.Popen(
        [sys.executable, "-m", "tracker", "run"], cwd=feeds, stderr=subprocess.PIPE, text=True
    )
    try:
        assert daemon.stderr is not None
        running = told(daemon.stderr, "running")
        assert running["pid"] == daemon.pid and running["channels"] == []
        told(daemon.stderr, "feed read")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert json.load(answer)["ok"] is True
        second = tracker_process("run", "--no-page")
        assert second.returncode == Exit.RUNNING
        assert f"process {daemon.pid} already runs" in second.stderr and "Traceback" not in second.stderr
        beside = tracker_process("poll", "buoy")
        assert beside.returncode == Exit.OK and "running daemon sends" in beside.stderr
        assert tracker_process("status").returncode == Exit.OK
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == Exit.OK
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
        if daemon.stderr is not None:
            daemon.stderr.close()
    assert tracker_process("verify").returncode == Exit.OK
