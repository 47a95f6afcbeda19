"""Polling, with the real fetcher against real HTTP on loopback."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, TypeVar

import pytest

from tracker.alerts import AlertState
from tracker.configuration.secrets import Secret
from tracker.configuration.settings import FeedSettings, PollSettings
from tracker.errors import LogError, StoreError
from tracker.feeds.fetch import Fetcher, FetchLimits, FetchResult, Request
from tracker.feeds.manners import Room
from tracker.items import Item
from tracker.service.ingest import Line, Sending, Taken
from tracker.service.polling import Poller
from tracker.store import Store
from tracker.testing import FakeClock

T = TypeVar("T")
FOR = "Hungary supports Anna Berg for Chair of the Board, its foreign minister said."
AGAINST = "Hungary opposes Anna Berg for Chair of the Board, its foreign minister said."
SETTINGS = PollSettings(interval_s=600, shortest_s=1, jitter_s=0, timeout_s=2, at_once=3)


class Outlet:
    """A real HTTP server: `pages` has a path's status, headers and body; `asked` what was asked, how."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.hold_s = 0.0
        self.at_once = self.most_at_once = 0
        lock = threading.Lock()
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outlet.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                with lock:
                    outlet.at_once += 1
                    outlet.most_at_once = max(outlet.most_at_once, outlet.at_once)
                time.sleep(outlet.hold_s)
                with lock:
                    outlet.at_once -= 1
                status, headers, body = outlet.pages.get(self.path, (404, {}, b"nothing here"))
                if headers.get("ETag") and headers["ETag"] == self.headers.get("If-None-Match"):
                    status, body = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def feed(self, name: str, **changes: Any) -> FeedSettings:
        return FeedSettings(
            **{"id": name, "url": f"{self.address}/{name}", "local": True, "outlet": name, **changes}
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    opened = Outlet()
    yield opened
    opened.close()


@pytest.fixture
def rss(clock: FakeClock) -> Callable[..., bytes]:
    """A feed with these titles, newest first, each published `hours` ago."""

    def make(*titles: str, hours: float = 1) -> bytes:
        date = format_datetime(clock.now() - timedelta(hours=hours))
        items = "".join(
            f"<item><title>{title}</title><link>https://gazette.example/{n}</link>"
            f"<pubDate>{date}</pubDate></item>"
            for n, title in reversed(list(enumerate(titles)))
        )
        return f"<rss version='2.0'><channel><title>G</title>{items}</channel></rss>".encode()

    return make


@pytest.fixture
def polling(line: Callable[..., Line], clock: FakeClock) -> Callable[..., Any]:
    """Run a scenario with a poller; its result."""

    def run(scenario: Callable[[Poller], Awaitable[T]], **given: Any) -> T:
        async def inside() -> T:
            fetcher = given.pop("fetcher", None) or Fetcher(contact="", clock=clock)
            settings = given.pop("settings", SETTINGS)
            taking = given.pop("line", None) or line()
            poller = Poller(taking, fetcher, settings, clock=clock, **given)
            try:
                return await scenario(poller)
            finally:
                assert await poller.aclose(grace_s=5)

        return asyncio.run(inside())

    return run


def test_a_poll_takes_the_items_in_and_keeps_the_feeds_health(
    *, outlet: Outlet, polling: Any, rss: Any, store: Store, clock: FakeClock
) -> None:
    outlet.pages["/gazette"] = (200, {"ETag": '"1"'}, rss(FOR, "Rain in the north"))
    woken: list[bool] = []
    polled = polling(lambda p: p.poll(outlet.feed("gazette")), on_queued=lambda: woken.append(True))
    assert (polled.outcome, polled.items, polled.new, polled.alerts, polled.queued) == ("read", 2, 2, 1, 1)
    assert woken == [True]
    marks = store.feeds.get("gazette")
    assert marks is not None and marks == polled.health
    assert (marks.etag, marks.items_seen, marks.failures, marks.last_success_at) == ('"1"', 2, 0, clock.now())
    assert marks.next_poll_at == clock.now() + timedelta(seconds=600)
    kept = next(iter(store.items.all()))
    assert (kept.source, kept.feed) == ("gazette", "gazette")


def test_what_has_not_changed_is_asked_for_with_conditions_and_not_read_again(
    outlet: Outlet, polling: Any, rss: Any, store: Store
) -> None:
    outlet.pages["/gazette"] = (200, {"ETag": '"1"'}, rss(FOR))
    outlet.pages["/echo"] = (200, {}, rss(AGAINST))
    feeds = [outlet.feed("gazette"), outlet.feed("echo")]

    async def twice(poller: Poller) -> list[str]:
        return [p.outcome for _ in range(2) for p in await poller.round(feeds, all_of_them=True)]

    assert polling(twice) == ["read", "read", "unchanged", "unchanged"]
    assert [headers.get("if-none-match") for path, headers in outlet.asked if path == "/gazette"] == [
        None, '"1"',
    ]  # fmt: skip
    health = store.feeds.all()
    assert (health["gazette"].last_status, health["echo"].last_status) == (304, 200)


def test_broken_feeds_are_kept_with_their_reason_and_stop_no_other(
    outlet: Outlet, polling: Any, rss: Any, store: Store, clock: FakeClock
) -> None:
    outlet.pages["/page"] = (200, {}, b"<html><head><title>Welcome</title></head></html>")
    outlet.pages["/busy"] = (503, {"Retry-After": "3000"}, b"")
    outlet.pages["/empty"] = (200, {}, b"")
    outlet.pages["/gazette"] = (200, {}, rss(FOR))
    feeds = [outlet.feed(name) for name in ("page", "busy", "empty", "missing", "gazette")]
    polled = polling(lambda p: p.round(feeds, all_of_them=True))
    assert [p.outcome for p in polled] == ["failed"] * 4 + ["read"]
    health = store.feeds.all()
    for name, words in {"page": "HTML page", "busy": "503", "empty": "empty", "missing": "404"}.items():
        assert words in health[name].last_error
        assert health[name].failures == 1
    assert health["busy"].next_poll_at == clock.now() + timedelta(seconds=3000)
    assert health["missing"].next_poll_at == clock.now() + timedelta(seconds=600)
    assert store.items.count() == 1


def test_a_feed_that_comes_back_is_well_at_once(
    outlet: Outlet, polling: Any, rss: Any, store: Store, clock: FakeClock
) -> None:
    feed = outlet.feed("gazette")

    async def scenario(poller: Poller) -> None:
        for failures in (1, 2, 3):
            clock.advance(hours=6)
            assert (await poller.poll(feed)).health.failures == failures  # type: ignore[union-attr]
        outlet.pages["/gazette"] = (200, {}, rss(FOR))
        await poller.poll(feed)

    polling(scenario)
    marks = store.feeds.get("gazette")
    assert marks is not None
    assert (marks.failures, marks.last_error) == (0, "")
    assert marks.next_poll_at == clock.now() + timedelta(seconds=600)


def test_the_first_poll_of_a_feed_is_quiet_about_the_past_and_later_ones_are_not(
    outlet: Outlet, polling: Any, rss: Any, store: Store, clock: FakeClock
) -> None:
    feed = outlet.feed("gazette")

    async def scenario(poller: Poller) -> list[int]:
        queued = []
        outlet.pages["/gazette"] = (200, {}, rss(AGAINST, hours=30))
        queued.append((await poller.poll(feed)).queued)
        outlet.pages["/gazette"] = (200, {}, rss(AGAINST, FOR, hours=29))
        queued.append((await poller.poll(feed)).queued)
        return queued

    assert polling(scenario) == [0, 1]
    assert [kept.state for kept in store.outbox.alerts()] == [AlertState.QUIET, AlertState.QUEUED]


def test_only_enabled_feeds_that_are_due_are_asked(
    outlet: Outlet, polling: Any, rss: Any, clock: FakeClock
) -> None:
    for name in ("a", "b", "c"):
        outlet.pages[f"/{name}"] = (200, {}, rss(FOR))
    feeds = [outlet.feed("a"), outlet.feed("b", interval_s=60), outlet.feed("c", enabled=False)]

    async def scenario(poller: Poller) -> list[list[str]]:
        rounds = []
        for _ in range(3):
            rounds.append([p.feed for p in await poller.round(feeds)])
            clock.advance(seconds=61)
        return rounds

    assert polling(scenario) == [["a", "b"], ["b"], ["b"]]


def test_no_more_fetches_run_at_once_than_allowed_and_no_feed_twice(
    outlet: Outlet, polling: Any, rss: Any
) -> None:
    outlet.hold_s = 0.1
    names = [f"f{n}" for n in range(9)]
    for name in names:
        outlet.pages[f"/{name}"] = (200, {}, rss(FOR))
    feeds = [outlet.feed(name) for name in names]

    async def scenario(poller: Poller) -> list[str]:
        twice = await asyncio.gather(poller.round(feeds, all_of_them=True), poller.poll(feeds[0]))
        return [p.outcome for p in twice[0]] + [twice[1].outcome]

    outcomes = polling(scenario)
    assert sorted(outcomes) == ["off"] + ["read"] * 9
    assert outlet.most_at_once <= SETTINGS.at_once
    assert len(outlet.asked) == 9


def test_feeds_of_one_host_take_turns_and_those_of_another_do_not_wait(
    outlet: Outlet, polling: Any, rss: Any, clock: FakeClock
) -> None:
    class Web(Fetcher):
        """Finds the open web on loopback."""

        async def fetch(self, request: Request, **more: Any) -> FetchResult:
            began.append((asyncio.get_running_loop().time(), request.url))
            changed = replace(request, url=f"{outlet.address}/f", home="", local=True)
            return await super().fetch(changed, **more)

    began: list[tuple[float, str]] = []
    outlet.pages["/f"] = (200, {}, rss(FOR))
    feeds = [
        FeedSettings(id=f"{host}-{n}", url=f"https://{host}.example/{n}")
        for host in ("one", "two")
        for n in range(3)
    ]
    settings = replace(SETTINGS, at_once=9, host_at_once=9, host_pause_s=0.2)
    polling(
        lambda p: p.round(feeds, all_of_them=True),
        settings=settings,
        fetcher=Web(contact="", clock=clock),
    )
    for host in ("one", "two"):
        times = [at for at, url in began if host in url]
        assert [url for _, url in began if host in url] == [f"https://{host}.example/{n}" for n in range(3)]
        assert all(later - at >= 0.199 for at, later in pairwise(times))
    order = [url.split("/")[2] for _, url in began]
    assert order.index("two.example") < 2


def test_a_feed_that_moves_for_good_is_asked_there_after_the_second_time(
    outlet: Outlet, polling: Any, rss: Any, store: Store
) -> None:
    outlet.pages["/gazette"] = (301, {"Location": "/new"}, b"")
    outlet.pages["/new"] = (200, {"ETag": '"n"'}, rss(FOR))
    feed = outlet.feed("gazette", authorization=Secret("Bearer s3cret"))

    async def thrice(poller: Poller) -> list[str]:
        return [(await poller.poll(feed)).outcome for _ in range(3)]

    assert polling(thrice) == ["read", "unchanged", "unchanged"]
    assert [path for path, _ in outlet.asked] == ["/gazette", "/new", "/gazette", "/new", "/new"]
    assert outlet.asked[-1][1]["authorization"] == "Bearer s3cret"
    marks = store.feeds.get("gazette")
    assert marks is not None and marks.address == f"{outlet.address}/new"


def test_a_feed_none_of_whose_items_is_known_may_have_lost_some_and_says_so(
    outlet: Outlet, polling: Any, rss: Any, store: Store
) -> None:
    feed = outlet.feed("gazette")

    async def scenario(poller: Poller) -> None:
        for titles, first in ((("a", "b"), 0), (("b", "c"), 1), (("x", "y"), 40)):
            body = rss(*titles)
            for n in range(len(titles)):
                body = body.replace(f"example/{n}<".encode(), f"example/{first + n}!<".encode())
            outlet.pages["/gazette"] = (200, {}, body)
            await poller.poll(feed)

    polling(scenario)
    marks = store.feeds.get("gazette")
    assert marks is not None and (marks.gaps, marks.items_seen) == (1, 5)


def test_the_authorization_of_a_feed_is_sent(outlet: Outlet, polling: Any, rss: Any) -> None:
    outlet.pages["/gazette"] = (200, {}, rss(FOR))
    polling(lambda p: p.poll(outlet.feed("gazette", authorization=Secret("Bearer s3cret"))))
    assert outlet.asked[0][1]["authorization"] == "Bearer s3cret"


class HangingFetcher:
    """Never gives an answer."""

    async def fetch(
        self, request: Request, *, limits: FetchLimits | None = None, room: Room | None = None
    ) -> FetchResult:
        await asyncio.sleep(3600)
        raise AssertionError

    async def aclose(self) -> None:
        """Nothing is open."""


def test_a_poll_that_hangs_ends_at_its_limit_and_counts_as_failed(
    outlet: Outlet, polling: Any, store: Store
) -> None:
    settings = PollSettings(interval_s=600, timeout_s=0.1)
    polled = polling(
        lambda p: p.poll(outlet.feed("gazette")), fetcher=HangingFetcher(), settings=settings, work_s=0.1
    )
    assert (polled.outcome, polled.error) == ("failed", "not done within 0.2 s")
    marks = store.feeds.get("gazette")
    assert marks is not None and marks.failures == 1


class SlowLine(Line):
    """Takes a while over each transaction."""

    def take_all(self, items: Sequence[Item], *, sending: Sending) -> tuple[Taken, ...]:
        time.sleep(0.1)
        return super().take_all(items, sending=sending)


def test_a_stop_ends_after_the_items_in_hand_and_the_rest_comes_at_the_next_start(
    *, outlet: Outlet, polling: Any, rss: Any, store: Store, line: Any, clock: FakeClock
) -> None:
    outlet.pages["/gazette"] = (200, {"ETag": '"1"'}, rss(*(f"News number {n}" for n in range(300))))
    feed = outlet.feed("gazette")
    declared = line()
    slow = SlowLine(store, declared._readers.values(), {}, clock=clock)

    async def stopped(poller: Poller) -> str:
        polled = asyncio.create_task(poller.poll(feed))
        while not store.items.count():
            await asyncio.sleep(0.01)
        poller.stop()
        return (await polled).outcome

    assert polling(stopped, line=slow) == "stopped"
    assert 1 <= store.items.count() < 200
    assert store.feeds.get("gazette") is None
    assert polling(lambda p: p.poll(feed)).items == 300
    assert store.items.count() == 300


class FailingLine(Line):
    """Cannot take an item, for a reason that is about the database or the log."""

    error: Exception = StoreError("tracker.db", "the disk is full")

    def take_all(self, items: Sequence[Item], *, sending: Sending) -> tuple[Taken, ...]:
        raise self.error


def test_a_full_disk_is_no_fault_of_the_feed_and_is_said(
    *, outlet: Outlet, polling: Any, rss: Any, store: Store, line: Any, clock: FakeClock
) -> None:
    outlet.pages["/gazette"] = (200, {}, rss(FOR))
    failing = FailingLine(store, line()._readers.values(), {}, clock=clock)
    polled = polling(lambda p: p.poll(outlet.feed("gazette")), line=failing)
    assert (polled.outcome, polled.health) == ("failed", None)
    assert "the disk is full" in polled.error
    assert store.feeds.get("gazette") is None


def test_a_log_that_cannot_be_trusted_stops_everything(
    *, outlet: Outlet, polling: Any, rss: Any, store: Store, line: Any, clock: FakeClock
) -> None:
    outlet.pages["/gazette"] = (200, {}, rss(FOR))
    failing = FailingLine(store, line()._readers.values(), {}, clock=clock)
    failing.error = LogError("the chain is broken")
    with pytest.raises(LogError, match="the chain is broken"):
        polling(lambda p: p.poll(outlet.feed("gazette")), line=failing)


def test_a_feed_read_with_faults_keeps_them_beside_its_items(
    outlet: Outlet, polling: Any, rss: Any, store: Store
) -> None:
    whole = rss(FOR, "Rain in the north")
    outlet.pages["/gazette"] = (200, {}, whole[: whole.rindex(b"</link>")])
    polled = polling(lambda p: p.poll(outlet.feed("gazette")))
    marks = store.feeds.get("gazette")
    assert polled.outcome == "read"
    assert marks is not None and marks.fault
    assert marks.failures == 0
