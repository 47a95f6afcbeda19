"""What the pages are given, from a real store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
import pytest
from starlette.types import ASGIApp

from tracker.configuration.settings import FeedSettings, Settings, WebSettings
from tracker.contests import Contest
from tracker.health import FeedHealth
from tracker.items import Item
from tracker.service.ingest import Line
from tracker.service.pages import StoredSources, pages
from tracker.store import Store
from tracker.testing import FakeClock

Make = Callable[..., Item]
FOR = "Hungary supports Anna Berg for Chair of the Board, its foreign minister said."
AGAINST = "Hungary opposes Anna Berg for Chair of the Board, its foreign minister said."


@pytest.fixture
def settings(chair: Contest, tmp_path: Path) -> Settings:
    return Settings(
        folder=tmp_path,
        database=tmp_path / "tracker.db",
        contest=chair.id,
        contests=(chair,),
        feeds=(
            FeedSettings(id="gazette", url="https://gazette.example/", outlet="The Gazette"),
            FeedSettings(id="echo", url="https://echo.example/"),
            FeedSettings(id="off", url="https://off.example/", enabled=False),
        ),
    )


@pytest.fixture
def sources(store: Store, settings: Settings, clock: FakeClock) -> StoredSources:
    return StoredSources(store, settings, clock)


def status(app: ASGIApp, path: str, host: str = "127.0.0.1") -> int:
    async def ask() -> int:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return (await client.get(path)).status_code

    return asyncio.run(ask())


def test_the_state_is_caught_up_and_a_past_one_is_replayed(
    sources: StoredSources, line: Callable[..., Line], item: Make, clock: FakeClock, chair: Contest
) -> None:
    taking = line()
    before = clock.now()
    assert sources.state(None).seq == 1
    clock.advance(hours=1)
    taking.take(item(FOR), sending="all")
    now = sources.state(None)
    assert now.seq == sources.head().seq == 2
    held = now.contest(chair.id)
    assert held is not None and held.reports
    assert sources.state(before).seq == 1


def test_changes_come_newest_first_and_none_that_lies_ahead(
    sources: StoredSources, line: Callable[..., Line], item: Make, clock: FakeClock
) -> None:
    taking = line()
    start = clock.now() - timedelta(days=10)
    taking.take(item(AGAINST, published_at=start), sending="none")
    taking.take(item(FOR, published_at=start + timedelta(days=5)), sending="none")
    told = [alert.now for alert in sources.changes("chair-2030", clock.now(), 10)]
    assert told == ["supports", "opposes"]
    assert [a.now for a in sources.changes("chair-2030", start + timedelta(days=1), 10)] == ["opposes"]
    assert [a.now for a in sources.changes("chair-2030", clock.now(), 1)] == ["supports"]
    assert sources.changes("another", clock.now(), 10) == []


def test_the_feed_of_alerts_holds_what_was_sent_and_where_the_log_ends(
    sources: StoredSources, line: Callable[..., Line], item: Make
) -> None:
    taking = line()
    taking.take(item("Romania opposes Anna Berg for Chair of the Board."), sending="none")
    taking.take(item(FOR), sending="all")
    read = feedparser.parse(sources.atom())
    assert [entry.title.split(" (")[0] for entry in read.entries] == ["Hungary now backs Anna Berg"]
    assert sources.head().hash.hex() in read.feed.subtitle


def test_health_counts_feeds_and_what_waits_to_be_sent(
    sources: StoredSources, store: Store, line: Callable[..., Line], item: Make, clock: FakeClock
) -> None:
    line().take(item(FOR), sending="all")
    store.feeds.put(FeedHealth(feed="gazette", last_poll_at=clock.now(), failures=2, last_error="404"))
    told = sources.health()
    assert told["ok"] is True
    assert told["feeds"] == {"new": 1, "ok": 0, "failing": 1, "gone": 0, "retired": 0}
    assert told["alerts"] == {"queued": 1, "sent": 0, "failed": 0, "dead": 0}
    assert told["log"] == {"seq": 2, "head": store.log.head().hash.hex()}
    assert [name for name, _ in sources.feeds()] == ["The Gazette", "echo"]


def test_health_says_so_when_the_database_cannot_be_read(
    sources: StoredSources, store: Store, settings: Settings, clock: FakeClock
) -> None:
    store.close()
    told = sources.health()
    assert told["ok"] is False
    assert "closed" in told["problem"]
    assert status(pages(store, settings, clock), "/healthz") == 503


@pytest.mark.parametrize(
    ("web", "host", "code"),
    [
        (WebSettings(), "127.0.0.1", 200),
        (WebSettings(), "evil.example", 400),
        (WebSettings(host="0.0.0.0"), "desk.example", 200),
        (WebSettings(url="https://race.example/"), "race.example", 200),
        (WebSettings(url="https://race.example/"), "evil.example", 400),
    ],
)
def test_it_answers_to_the_names_it_is_reached_by(
    *, store: Store, settings: Settings, clock: FakeClock, web: WebSettings, host: str, code: int
) -> None:
    app = pages(store, replace(settings, web=web), clock)
    assert status(app, "/healthz", host) == code


def test_it_is_ready_while_feeds_are_polled_when_due(
    settings: Settings, store: Store, clock: FakeClock
) -> None:
    app = pages(store, settings, clock)

    async def asked() -> tuple[int, bool]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.get("/readyz")
            return answer.status_code, answer.json()["ok"]

    for feed in ("gazette", "echo"):
        due = clock.now() + timedelta(minutes=9)
        store.feeds.put(FeedHealth(feed=feed, last_poll_at=clock.now(), next_poll_at=due))
    assert asyncio.run(asked()) == (200, True)
    clock.advance(hours=1)
    assert asyncio.run(asked()) == (503, False)
