"""What `doctor` finds, each thing caused before it is looked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tracker.configuration.settings import FeedSettings, PollSettings, Settings
from tracker.contests import Contest
from tracker.errors import Fault
from tracker.health import FeedHealth
from tracker.service.checkup import Level, checkup, daemon, progress
from tracker.service.instance import single_instance
from tracker.store import open_store
from tracker.testing import FakeClock

Found = Callable[[], dict[str, tuple[Level, str]]]


@pytest.fixture
def settings(tmp_path: Path, chair: Contest) -> Settings:
    return Settings(
        folder=tmp_path / "config",
        database=tmp_path / "tracker.db",
        contest=chair.id,
        contests=(chair,),
        feeds=tuple(FeedSettings(id=name, url=f"https://{name}.example/rss") for name in ("gazette", "echo")),
        poll=PollSettings(contact="desk@example.org"),
    )


@pytest.fixture
def marked(settings: Settings, clock: FakeClock) -> Callable[..., None]:
    """Keep marks of a feed that was polled a minute ago, with changes."""

    def put(feed: str, **changes: Any) -> None:
        given = {
            "last_poll_at": clock.now() - timedelta(minutes=1),
            "last_success_at": clock.now() - timedelta(minutes=1),
            "next_poll_at": clock.now() + timedelta(minutes=9),
        }
        with open_store(settings.database) as store:
            store.feeds.put(FeedHealth(feed=feed, **{**given, **changes}))

    return put


def looked(settings: Settings, clock: FakeClock) -> dict[str, tuple[Level, str]]:
    return {finding.subject: (finding.level, finding.found) for finding in checkup(settings, clock=clock)}


def test_before_the_first_start_nothing_is_bad(settings: Settings, clock: FakeClock) -> None:
    found = looked(settings, clock)
    assert found["database"][0] is Level.NOTE and "configuration" in found
    assert Level.BAD not in {level for level, _ in found.values()}
    assert not settings.database.exists()


def test_what_is_well_is_said_too(settings: Settings, clock: FakeClock, marked: Any) -> None:
    marked("gazette")
    found = looked(settings, clock)
    assert found["log"] == (Level.WELL, "0 events, the chain is whole")
    assert found["polling"][0] is Level.WELL and found["disk"][0] is Level.WELL
    with single_instance(settings.database):
        assert looked(settings, clock)["daemon"][0] is Level.WELL


def test_feeds_that_fail_are_gone_have_moved_or_rolled_past_are_named(
    settings: Settings, clock: FakeClock, marked: Any
) -> None:
    marked("gazette", failures=4, last_error="HTTP 500")
    marked("echo", failures=3, gone_times=3, last_status=410)
    found = looked(settings, clock)
    assert found["feed gazette"][0] is Level.WARNING and "HTTP 500" in found["feed gazette"][1]
    assert "retired" in found["feed echo"][1]
    marked("gazette", address="https://new.example/rss")
    marked("echo", last_gap_at=clock.now() - timedelta(days=1), gaps=1)
    found = looked(settings, clock)
    assert "https://new.example/rss" in found["feed gazette"][1]
    assert "gone unseen" in found["feed echo"][1]


def test_polling_that_stands_still_is_bad(settings: Settings, clock: FakeClock, marked: Any) -> None:
    for feed in ("gazette", "echo"):
        marked(feed, next_poll_at=clock.now() - timedelta(hours=1))
    level, words = looked(settings, clock)["polling"]
    assert level is Level.BAD and "2 of 2 feeds are overdue" in words
    with open_store(settings.database) as store:
        assert progress(settings, store, now=clock.now()).level is Level.BAD
        marked("echo")
        marked("gazette")
        assert progress(settings, store, now=clock.now()).level is Level.WELL


def test_a_clock_that_was_set_back_is_seen(settings: Settings, clock: FakeClock, marked: Any) -> None:
    marked("gazette", last_poll_at=clock.now() + timedelta(hours=2))
    assert "set back" in looked(settings, clock)["clock"][1]


def test_a_broken_chain_and_a_file_of_another_program_are_bad(
    settings: Settings, clock: FakeClock, line: Any, tmp_path: Path
) -> None:
    line()  # a log of one event, in the same place
    connection = sqlite3.connect(settings.database)
    connection.execute("DROP TRIGGER events_never_change")
    connection.execute("UPDATE events SET producer = 'x'")
    connection.commit()
    connection.close()
    assert looked(settings, clock)["log"][0] is Level.BAD
    other = tmp_path / "other.db"
    other.write_text("no database at all" * 20)
    assert looked(replace(settings, database=other), clock)["database"][0] is Level.BAD


def test_missing_secrets_contact_and_folders_are_named(settings: Settings, clock: FakeClock) -> None:
    lacking = replace(
        settings,
        unready=(Fault(key="channels[0].signing_key_env", problem="the variable X is not set"),),
        poll=PollSettings(),
        database=settings.folder / "nowhere" / "tracker.db",
    )
    found = looked(lacking, clock)
    assert found["secrets"][0] is Level.BAD and found["manners"][0] is Level.WARNING
    assert found["disk"][0] is Level.BAD


def test_a_daemon_is_seen_by_its_lock(settings: Settings) -> None:
    assert daemon(settings).level is Level.WARNING
    with single_instance(settings.database):
        assert daemon(settings).level is Level.WELL
