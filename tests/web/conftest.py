"""A real daemon over the replayed race, and a real Chromium to look at its page with."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent.parent
SEEDS = ROOT / "seeds" / "nato-sg-2024" / "feeds"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a daemon that serves the race of 2024, with one feed that cannot be reached."""
    folder = tmp_path_factory.mktemp("site")
    config = folder / "config"
    shutil.copytree(ROOT / "config", config)
    (config / "feeds.toml").write_text(
        '[[feeds]]\nid = "nowhere"\nurl = "http://127.0.0.1:9/feed"\noutlet = "Nowhere Times"\nlocal = true\n'
    )
    port = free_port()
    environment = {**os.environ, "TRACKER_WEB_PORT": str(port), "TRACKER_POLL_JITTER_S": "0"}
    tracker = [sys.executable, "-m", "tracker", "--config", str(config), "--db", str(folder / "race.db")]
    subprocess.run([*tracker, "ingest", "--replay", str(SEEDS)], check=True, env=environment, cwd=folder)
    with (folder / "log.txt").open("wb") as log:
        daemon = subprocess.Popen([*tracker, "run"], env=environment, cwd=folder, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(150):
                try:
                    urllib.request.urlopen(f"{address}/healthz", timeout=1)
                    break
                except OSError:
                    assert daemon.poll() is None, (folder / "log.txt").read_text()
                    time.sleep(0.1)
            yield address
        finally:
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(20) == 0, (folder / "log.txt").read_text()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Without one the tests fail, with the command that installs it."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if found is None and mac.exists():
        found = str(mac)
    if found is None:
        pytest.fail("no Chromium: apt-get install chromium (Debian), brew install --cask chromium (macOS)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()
