"""Parsing in other processes: real ones, killed in earnest."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tracker.errors import ParseError
from tracker.feeds.entries import ParseLimits
from tracker.feeds.parse import Outlet, parse
from tracker.feeds.workers import Workers, _Lane

OUTLET = Outlet(name="The Gazette", feed="gazette", url="https://gazette.example/feed.xml", lang="en")


def with_workers(scenario, **options):
    async def run():
        workers = Workers(**options)
        try:
            return await scenario(workers)
        finally:
            await workers.aclose()
            assert workers.pids == ()

    return asyncio.run(run())


@pytest.fixture
def asked(seen_at):
    """Ask workers for the parse of a body."""

    async def ask(workers, body, **more):
        return await workers.parse(body, outlet=OUTLET, seen_at=seen_at, **more)

    return ask


def test_a_feed_is_read_elsewhere_as_it_is_here(asked, rss, entry, seen_at):
    bodies = [
        rss(entry(1), entry(2, date="")),
        rss(entry(1))[:-40],
        '{"items": [{"id": 1, "title": "é"}]}'.encode(),
    ]
    found = with_workers(lambda workers: asyncio.gather(*(asked(workers, body) for body in bodies)))
    assert found == [parse(body, outlet=OUTLET, seen_at=seen_at) for body in bodies]
    assert found[1].fault and found[0].items[0].outlet_class == OUTLET.outlet_class


def test_what_is_no_feed_is_refused_in_the_same_words(asked):
    with pytest.raises(ParseError, match="an HTML page, title 'Oops'") as caught:
        with_workers(lambda workers: asked(workers, b"<html><title>Oops</title></html>"))
    assert caught.value.url == OUTLET.url


def test_limits_go_with_the_job(asked, rss, entry):
    body = rss(*(entry(n) for n in range(9)))
    parsed = with_workers(lambda workers: asked(workers, body, limits=ParseLimits(max_items=3)))
    assert len(parsed.items) == 3


def test_a_reader_that_hangs_is_ended_and_the_next_document_is_read(asked, rss, entry):
    async def scenario(workers):
        await asked(workers, rss(entry(1)))
        (pid,) = workers.pids
        os.kill(pid, signal.SIGSTOP)  # it answers no more, whatever it is given
        workers._parse_s = 0.3
        with pytest.raises(ParseError, match=r"within 0\.3 s"):
            await asked(workers, rss(entry(1)))
        assert pid not in workers.pids
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        workers._parse_s = 20
        return await asked(workers, rss(entry(2)))

    assert len(with_workers(scenario, parse_s=20, quick_s=20).items) == 1


def test_a_slow_document_makes_no_other_wait_and_its_feed_has_its_own_lane_from_then_on(asked, rss, entry):
    async def scenario(workers):
        await asked(workers, rss(entry(1)))
        (pid,) = workers.pids
        os.kill(pid, signal.SIGSTOP)
        slow = await asked(workers, rss(entry(2)))  # the stopped process is given up, and another reads it
        assert pid not in workers.pids
        assert workers._slow_feeds == {OUTLET.url}
        return slow

    assert len(with_workers(scenario, count=1, quick_s=3, parse_s=20).items) == 1


def test_short_documents_go_before_long_ones():
    async def run():
        lane, order = _Lane(1), []

        async def one(size):
            async with lane.turn(size):
                order.append(size)
                await asyncio.sleep(0)

        given_up = None
        async with lane.turn(0):
            tasks = [asyncio.create_task(one(size)) for size in (500, 20, 300, 10)]
            given_up = asyncio.create_task(one(1))
            await asyncio.sleep(0)
            given_up.cancel()
        await asyncio.gather(*tasks)
        async with asyncio.timeout(5):
            await one(7)
        return order

    assert asyncio.run(run()) == [10, 20, 300, 500, 7]


def test_a_reader_that_is_killed_costs_its_own_document_only(asked, rss, entry):
    async def scenario(workers):
        await asked(workers, rss(entry(1)))
        os.kill(workers.pids[0], signal.SIGKILL)
        with pytest.raises(ParseError, match="died over it"):
            await asked(workers, rss(entry(1)))
        return await asked(workers, rss(entry(1)))

    assert len(with_workers(scenario, count=1).items) == 1


def test_a_document_that_needs_too_much_memory_is_refused_and_named(asked, rss, entry):
    async def scenario(workers):
        hungry = b"[" + b"{}," * 4_000_000 + b"{}]"
        body = b'{"version": "https://jsonfeed.org/version/1", "items": ' + hungry + b"}"
        with pytest.raises(ParseError, match="memory"):
            await asked(workers, body, limits=ParseLimits(max_json_chars=10**9))
        return await asked(workers, rss(entry(1)))

    assert len(with_workers(scenario, count=1, memory_bytes=160 * 1024 * 1024).items) == 1


def test_whoever_stops_waiting_ends_the_reader_and_leaves_no_answer_to_another(asked, rss, entry):
    async def scenario(workers):
        await asked(workers, rss(entry(1)))
        os.kill(workers.pids[0], signal.SIGSTOP)
        left = asyncio.create_task(asked(workers, rss(entry(1))))
        await asyncio.sleep(0.05)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        return await asked(workers, rss(entry(7)))

    assert [item.title for item in with_workers(scenario, count=1).items] == ["Story 7"]


def test_no_more_processes_run_than_allowed_and_they_are_used_again(asked, rss, entry):
    async def scenario(workers):
        found = await asyncio.gather(*(asked(workers, rss(entry(n))) for n in range(12)))
        return [parsed.items[0].title for parsed in found], len(workers.pids)

    titles, running = with_workers(scenario, count=2)
    assert titles == [f"Story {n}" for n in range(12)] and running <= 2


def test_a_reader_knows_no_secret_of_the_environment(asked, rss, entry, monkeypatch):
    monkeypatch.setenv("TRACKER_DESK_KEY", "s3cret")

    async def scenario(workers):
        await asked(workers, rss(entry(1)))
        return Path(f"/proc/{workers.pids[0]}/environ").read_bytes()

    assert b"s3cret" not in with_workers(scenario)


def test_closing_ends_a_reader_that_is_being_asked(asked, rss, entry):
    async def scenario(workers):
        await asked(workers, rss(entry(1)))
        os.kill(workers.pids[0], signal.SIGSTOP)
        waiting = asyncio.create_task(asked(workers, rss(entry(1))))
        await asyncio.sleep(0.05)
        await workers.aclose()
        with pytest.raises(ParseError):
            await waiting

    with_workers(scenario, count=1, quick_s=20, parse_s=20)
