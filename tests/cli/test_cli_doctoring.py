"""`doctor` and `healthcheck` as commands."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tracker.cli.exits import Exit
from tracker.health import FeedHealth
from tracker.service.instance import single_instance
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


def test_doctor_ends_with_1_only_for_what_is_bad(race: Path, tracker: Tracker) -> None:
    well = tracker("doctor", "--format", "json")
    levels = {finding["level"] for finding in json.loads(well.stdout)}
    assert well.returncode == Exit.OK and "warning" in levels and "bad" not in levels
    race.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    ill = tracker("doctor")
    assert ill.returncode == Exit.NO and "bad" in ill.stdout


def test_healthcheck_is_well_only_while_a_daemon_polls(
    configured: Path, race: Path, tracker: Tracker
) -> None:
    (configured / "config" / "feeds.toml").write_text('[[feeds]]\nid = "a"\nurl = "https://a.example/rss"\n')
    assert tracker("healthcheck").returncode == Exit.NO
    now = datetime.now(UTC)
    with single_instance(race):
        with open_store(race) as store:
            store.feeds.put(FeedHealth(feed="a", last_poll_at=now, next_poll_at=now + timedelta(minutes=9)))
        well = tracker("healthcheck")
        assert well.returncode == Exit.OK and "runs as process" in well.stdout
        with open_store(race) as store:
            store.feeds.put(FeedHealth(feed="a", last_poll_at=now, next_poll_at=now - timedelta(hours=1)))
        assert tracker("healthcheck").returncode == Exit.NO
