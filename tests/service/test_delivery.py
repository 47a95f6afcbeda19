"""Delivery: at least once, with patience, and one channel's trouble is no other's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tracker.alerts import Alert, AlertState
from tracker.channels import Channel
from tracker.clock import SystemClock
from tracker.configuration.settings import DeliverySettings
from tracker.errors import DeliveryError
from tracker.service.delivery import Courier, Delivered, pause_s
from tracker.stances import CandidateId, Certainty, ContestId, ElectorId, Stance
from tracker.store import Store
from tracker.testing import FakeClock, RecordingChannel

Queue = Callable[..., Alert]
SETTINGS = DeliverySettings(
    interval_s=0.05, timeout_s=1, first_retry_s=10, longest_retry_s=100, give_up_after_s=1000
)


@pytest.fixture
def queue(store: Store, clock: FakeClock) -> Queue:
    """Keep an alert, to be sent to these channels."""

    def put(number: int, *channels: str) -> Alert:
        alert = Alert(
            key=f"{number:032x}",
            contest=ContestId("chair-2030"),
            elector=ElectorId("hu"),
            candidate=CandidateId("anna-berg"),
            at=clock.now() + timedelta(microseconds=number),
            occurred_at=clock.now(),
            was=Stance.OPPOSES,
            now=Stance.SUPPORTS,
            certainty=Certainty.OFFICIAL,
            disputed=False,
            speaker="",
            outlet="The Gazette",
            evidence="Hungary supports Anna Berg.",
            url="",
            report="r",
            have=1,
            needed=3,
            missing=(),
        )
        store.outbox.queue(alert, channels or ("desk",), send=True)
        return alert

    return put


def courier(store: Store, clock: FakeClock | SystemClock, *channels: Channel, **changes: float) -> Courier:
    settings = replace(SETTINGS, **changes)  # type: ignore[arg-type]
    return Courier(store.outbox, {c.name: c for c in channels}, clock=clock, settings=settings)


def once(store: Store, clock: FakeClock, *channels: Channel) -> Delivered:
    clock.advance(seconds=1)
    return asyncio.run(courier(store, clock, *channels).once())


def states(store: Store, alert: Alert) -> dict[str, AlertState]:
    return {delivery.channel: delivery.state for delivery in store.outbox.deliveries(alert.key)}


def test_what_is_due_goes_to_its_channels_once(store: Store, clock: FakeClock, queue: Queue) -> None:
    desk, wall = RecordingChannel("desk"), RecordingChannel("wall")
    first, second = queue(1, "desk", "wall"), queue(2, "desk")
    assert once(store, clock, desk, wall) == Delivered(sent=3)
    assert (desk.taken, wall.taken) == ([first, second], [first])
    assert once(store, clock, desk, wall) == Delivered()
    assert states(store, first) == {"desk": AlertState.SENT, "wall": AlertState.SENT}


def test_a_refusal_is_tried_again_after_a_pause_that_doubles(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    desk = RecordingChannel(errors=[DeliveryError("desk", "500", status=500)] * 4)
    alert = queue(1)
    waits = []
    for failures in range(1, 5):
        assert once(store, clock, desk) == Delivered(failed=1)
        (delivery,) = store.outbox.deliveries(alert.key)
        assert delivery.next_try_at is not None
        waits.append((delivery.next_try_at - clock.now()).total_seconds())
        assert waits[-1] == pytest.approx(pause_s(alert.key, "desk", failures, SETTINGS), abs=1e-3)
        assert once(store, clock, desk) == Delivered()
        clock.set(delivery.next_try_at)
    assert once(store, clock, desk) == Delivered(sent=1)
    assert [0.75 * base <= wait <= 1.25 * base for wait, base in zip(waits, (10, 20, 40, 80), strict=True)]
    assert [(a.outcome, a.status) for a in store.outbox.attempts(alert.key)] == [
        *[(AlertState.FAILED, 500)] * 4,
        (AlertState.SENT, None),
    ]


def test_pauses_stay_in_bounds_and_differ_between_alerts() -> None:
    pauses = {pause_s(f"{n}", "desk", 30, SETTINGS) for n in range(50)}
    assert len(pauses) == 50
    assert all(75 <= pause <= 125 for pause in pauses)
    assert pause_s("a", "desk", 10_000, SETTINGS) <= 125


def test_the_receivers_wish_to_wait_is_heard_and_the_channel_rests(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    desk = RecordingChannel(errors=[DeliveryError("desk", "429", retry_after_s=500, status=429)])
    first, second = queue(1), queue(2)
    carrying = courier(store, clock, desk)
    clock.advance(seconds=1)
    assert asyncio.run(carrying.once()) == Delivered(failed=1)
    assert store.outbox.deliveries(first.key)[0].next_try_at == clock.now() + timedelta(seconds=500)
    clock.advance(seconds=499)
    assert asyncio.run(carrying.once()) == Delivered()
    clock.advance(seconds=2)
    assert asyncio.run(carrying.once()) == Delivered(sent=2)
    assert {alert.key for alert in desk.taken} == {first.key, second.key}


def test_a_channel_that_fails_again_and_again_rests_and_the_others_do_not(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    down = RecordingChannel("down", errors=[DeliveryError("down", "no route")] * 99)
    desk = RecordingChannel("desk")
    for number in range(20):
        queue(number, "down", "desk")
    assert once(store, clock, down, desk) == Delivered(sent=20, failed=3)
    assert len(down.tried) == 3


def test_a_permanent_refusal_is_given_up_until_it_is_revived(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    desk = RecordingChannel(errors=[DeliveryError("desk", "gone", permanent=True, status=410)])
    alert = queue(1)
    assert once(store, clock, desk) == Delivered(dead=1)
    clock.advance(days=2)
    assert once(store, clock, desk) == Delivered()
    assert store.outbox.revive(clock.now()) == 1
    assert once(store, clock, desk) == Delivered(sent=1)
    assert desk.taken == [alert]


def test_an_alert_that_failed_for_too_long_is_given_up_but_not_at_its_first_try(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    desk = RecordingChannel(errors=[DeliveryError("desk", "500")] * 4)
    queue(1)
    clock.advance(days=30)
    assert once(store, clock, desk) == Delivered(failed=1)
    clock.advance(seconds=900)
    assert once(store, clock, desk) == Delivered(failed=1)
    clock.advance(seconds=200)
    assert once(store, clock, desk) == Delivered(dead=1)
    store.outbox.revive(clock.now())
    assert once(store, clock, desk) == Delivered(failed=1)


def test_a_fault_in_a_channel_is_a_failed_try_and_stops_nothing(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    odd = RecordingChannel("odd", errors=[ZeroDivisionError("s3cret")])
    desk = RecordingChannel("desk")
    alert = queue(1, "odd", "desk")
    assert once(store, clock, odd, desk) == Delivered(sent=1, failed=1)
    (attempt,) = (a for a in store.outbox.attempts(alert.key) if a.channel == "odd")
    assert attempt.error == "odd: a fault in tracker itself: ZeroDivisionError"


def test_a_delivery_to_a_channel_that_is_gone_is_given_up_by_name(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    alert = queue(1, "old-desk", "desk")
    assert once(store, clock, RecordingChannel("desk")) == Delivered(sent=1)
    assert states(store, alert) == {"desk": AlertState.SENT, "old-desk": AlertState.DEAD}
    assert "no channel of this name" in store.outbox.deliveries(alert.key)[1].last_error


def test_what_was_sent_and_not_marked_is_sent_again_with_the_same_key(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    # A kill between the two leaves just this: taken by the receiver, due in the outbox.
    desk = RecordingChannel()
    alert = queue(1)
    desk.send(alert)
    once(store, clock, desk)
    assert [taken.key for taken in desk.taken] == [alert.key] * 2


class Slow(RecordingChannel):
    """Takes a while over each alert."""

    def send(self, alert: Alert) -> None:
        time.sleep(0.3)
        super().send(alert)


def running(
    store: Store, clock: FakeClock, scenario: Callable[[Courier], object], *channels: Channel
) -> None:
    async def run() -> None:
        carrying = courier(store, clock, *channels, interval_s=30)
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(carrying.run())
            await scenario(carrying)  # type: ignore[misc]
            carrying.stop()

    asyncio.run(run())


def test_a_running_courier_sends_at_once_when_it_is_woken(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    desk = RecordingChannel()

    async def scenario(carrying: Courier) -> None:
        await asyncio.sleep(0.1)
        queue(1)
        clock.advance(seconds=1)
        carrying.wake()
        while not desk.taken:
            await asyncio.sleep(0.01)

    start = time.monotonic()
    running(store, clock, scenario, desk)
    assert time.monotonic() - start < 5


def test_a_slow_channel_keeps_no_other_waiting(store: Store, clock: FakeClock, queue: Queue) -> None:
    slow, desk = Slow("slow"), RecordingChannel("desk")
    for number in range(10):
        queue(number, "slow", "desk")
    clock.advance(seconds=1)

    async def scenario(_: Courier) -> None:
        while len(desk.taken) < 10:
            await asyncio.sleep(0.01)
        assert len(slow.taken) < 5

    running(store, clock, scenario, slow, desk)


def test_a_stop_ends_after_the_try_in_hand_and_marks_it(store: Store, clock: FakeClock, queue: Queue) -> None:
    slow = Slow("desk")
    alerts = [queue(number) for number in range(10)]
    clock.advance(seconds=1)

    async def scenario(_: Courier) -> None:
        while not slow.tried:
            await asyncio.sleep(0.01)

    running(store, clock, scenario, slow)
    assert 1 <= len(slow.taken) < 5
    sent = [alert for alert in alerts if states(store, alert)["desk"] is AlertState.SENT]
    assert sent == slow.taken


def test_a_receiver_that_fails_half_of_the_time_gets_every_alert_once(
    store: Store, clock: FakeClock, queue: Queue
) -> None:
    errors = [DeliveryError("desk", "500") if n % 2 else None for n in range(400)]
    desk = RecordingChannel(errors=errors)
    with store.transaction():
        keys = [queue(number).key for number in range(300)]
    for _ in range(50):
        once(store, clock, desk)
        clock.advance(seconds=30)
    assert sorted(alert.key for alert in desk.taken) == keys
