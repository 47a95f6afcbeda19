"""Turns at hosts, and room for large bodies; in real time, on a loop of its own."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from tracker.feeds.manners import SMALL_BYTES, Hosts, Rooms, host_of


async def ask(hosts, url, began, *, takes_s=0.0, chance=0.0):
    async with hosts.turn(url, chance=chance):
        began.append(asyncio.get_running_loop().time())
        await asyncio.sleep(takes_s)


def starts(hosts, *urls, **more):
    async def run():
        began = []
        await asyncio.gather(*(ask(hosts, url, began, **more) for url in urls))
        return began

    return asyncio.run(run())


def test_requests_to_one_host_start_apart_whatever_their_path_and_case():
    urls = ("https://a.example/1", "http://A.example:81/2", "https://a.example./3")
    began = starts(Hosts(at_once=9, pause_s=0.1), *urls)
    assert len(began) == len(urls)
    assert all(later - at >= 0.099 for at, later in pairwise(began))


def test_chance_adds_to_the_pause():
    began = starts(Hosts(at_once=9, pause_s=0.1), "https://a.example/1", "https://a.example/2", chance=0.99)
    assert began[1] - began[0] >= 0.149


def test_no_more_than_allowed_run_at_one_host():
    at_once = most = 0

    async def one(hosts):
        nonlocal at_once, most
        async with hosts.turn("https://a.example/"):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.01)
            at_once -= 1

    async def run():
        hosts = Hosts(at_once=2, pause_s=0)
        await asyncio.gather(*(one(hosts) for _ in range(7)))

    asyncio.run(run())
    assert most == 2


def test_a_host_that_hangs_keeps_no_other_waiting_and_a_file_never_waits():
    async def run():
        hosts, began = Hosts(at_once=1, pause_s=60), []
        held = asyncio.create_task(ask(hosts, "https://slow.example/", [], takes_s=60))
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await ask(hosts, "https://quick.example/", began)
            await ask(hosts, "file:///feed.xml", began)
            await ask(hosts, "file:///feed.xml", began)
        held.cancel()
        return len(began)

    assert asyncio.run(run()) == 3


def test_who_gives_up_waiting_leaves_the_turn_to_the_next():
    async def run():
        hosts, began = Hosts(at_once=1, pause_s=0), []
        first = asyncio.create_task(ask(hosts, "https://a.example/", [], takes_s=0.05))
        await asyncio.sleep(0)
        second = asyncio.create_task(ask(hosts, "https://a.example/", []))
        await asyncio.sleep(0)
        second.cancel()
        async with asyncio.timeout(10):
            await ask(hosts, "https://a.example/", began)
        await first
        return len(began)

    assert asyncio.run(run()) == 1


def test_hosts_that_are_done_with_are_forgotten():
    async def run():
        hosts = Hosts(at_once=1, pause_s=0)
        for n in range(2000):
            await ask(hosts, f"https://host-{n}.example/", [])
        return len(hosts._hosts)

    assert asyncio.run(run()) < 300


def test_few_large_bodies_are_held_at_once_and_small_ones_always():
    async def run():
        rooms = Rooms(large_at_once=2)
        large = most = small = 0

        async def hold(size):
            nonlocal large, most, small
            async with rooms.room() as room:
                await room.need(10)
                await room.need(size)
                await room.need(size)
                if size > SMALL_BYTES:
                    large += 1
                    most = max(most, large)
                    await asyncio.sleep(0.02)
                    large -= 1
                else:
                    small += 1

        async with asyncio.timeout(10):
            await asyncio.gather(
                *(hold(SMALL_BYTES * 2) for _ in range(6)), *(hold(SMALL_BYTES) for _ in range(9))
            )
        return most, small

    assert asyncio.run(run()) == (2, 9)


def test_the_host_of_an_address_is_its_name():
    assert [host_of(url) for url in ("https://A.example:8/x", "file:///x", "http://[::1", "")] == [
        "a.example",
        "",
        "",
        "",
    ]
