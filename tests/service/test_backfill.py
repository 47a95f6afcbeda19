"""Backfill and replay."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tracker.alerts import AlertState
from tracker.clock import SetClock
from tracker.contests import Contest
from tracker.errors import InputError
from tracker.extraction import Reader
from tracker.items import Item
from tracker.service.backfill import Progress, backfill, redated, rerun
from tracker.service.ingest import Line
from tracker.store import Store, open_store
from tracker.testing import FakeClock

Make = Callable[..., Item]
DAY = timedelta(days=1)


@pytest.fixture
def race(item: Make, clock: FakeClock) -> list[Item]:
    """Six items of a month, in order, with two changes of mind; the last has no date."""
    start = clock.now() - 30 * DAY
    words = (
        "Hungary opposes Anna Berg for Chair of the Board, its foreign minister said.",
        "France supports Anna Berg for Chair of the Board, its foreign minister said.",
        "Rain is expected in the north.",
        "Romania is undecided on Anna Berg for Chair of the Board, its foreign minister said.",
        "Hungary supports Anna Berg for Chair of the Board, its foreign minister said.",
    )
    dated = [item(text, published_at=start + n * DAY, feed="gazette") for n, text in enumerate(words)]
    return [*dated, item("Listen: the race so far.", date_given=False, feed="gazette")]


def replaying(path: Path, chair: Contest, items: list[Item]) -> tuple[Progress, bytes, list[datetime]]:
    clock = SetClock(datetime.max.replace(tzinfo=items[0].published_at.tzinfo))
    with open_store(path) as store:
        progress = rerun(Line(store, [Reader(chair)], {}, clock=clock), items, clock)
        return progress, store.log.head().hash, [stored.recorded_at for stored in store.log.read()]


def test_a_backfill_writes_now_in_order_and_alerts_nobody(
    store: Store, line: Callable[..., Line], race: list[Item], clock: FakeClock
) -> None:
    steps: list[Progress] = []
    done = backfill(line(), reversed(race), watch=lambda progress, _: steps.append(progress))
    assert (done.new, done.queued, done.failed) == (6, 0, 0)
    assert [step.done for step in steps] == [1, 2, 3, 4, 5, 6]
    assert {stored.recorded_at for stored in store.log.read()} == {clock.now()}
    assert [(kept.alert.elector, kept.state) for kept in store.outbox.alerts()] == [
        (elector, AlertState.QUIET) for elector in ("hu", "fr", "ro", "hu")
    ]


def test_a_backfill_alerts_when_asked(store: Store, line: Callable[..., Line], race: list[Item]) -> None:
    assert backfill(line(), race, notify=True).queued == 4
    assert {kept.state for kept in store.outbox.alerts()} == {AlertState.QUEUED}


def test_a_second_backfill_adds_nothing(store: Store, line: Callable[..., Line], race: list[Item]) -> None:
    backfill(line(), race)
    head = store.log.head()
    again = backfill(line(), race)
    assert (again.same, again.events, again.alerts) == (6, 0, 0)
    assert store.log.head() == head


def test_in_a_replay_the_clock_follows_the_items(tmp_path: Path, chair: Contest, race: list[Item]) -> None:
    progress, _, recorded = replaying(tmp_path / "replay.db", chair, race)
    assert (progress.new, progress.alerts, progress.queued) == (6, 4, 0)
    assert recorded[0] == race[0].published_at
    assert recorded[1:] == [race[n].published_at for n in (0, 1, 3, 4)]


def test_a_replay_gives_the_same_log_in_any_order(tmp_path: Path, chair: Contest, race: list[Item]) -> None:
    _, head, _ = replaying(tmp_path / "in-order.db", chair, race)
    for seed in range(5):
        shuffled = random.Random(seed).sample([*race, race[0]], len(race) + 1)
        assert replaying(tmp_path / f"{seed}.db", chair, shuffled)[1] == head


def test_a_second_replay_adds_nothing(tmp_path: Path, chair: Contest, race: list[Item]) -> None:
    _, head, _ = replaying(tmp_path / "replay.db", chair, race)
    again, head_again, _ = replaying(tmp_path / "replay.db", chair, race)
    assert (again.done, again.same, again.events, head_again) == (6, 6, 0, head)


def test_a_replay_into_a_log_with_other_events_is_refused(
    tmp_path: Path, chair: Contest, race: list[Item]
) -> None:
    replaying(tmp_path / "replay.db", chair, race[:4])
    with pytest.raises(InputError, match=r"needs an empty log, and .*replay\.db holds 4 events: give"):
        replaying(tmp_path / "replay.db", chair, race)


def test_a_replay_that_is_stopped_leaves_nothing(tmp_path: Path, chair: Contest, race: list[Item]) -> None:
    clock = SetClock(race[0].published_at)

    def stop_at_three(progress: Progress, _: object) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    with open_store(tmp_path / "replay.db") as store:
        with pytest.raises(KeyboardInterrupt):
            rerun(Line(store, [Reader(chair)], {}, clock=clock), race, clock, watch=stop_at_three)
        assert (store.log.head().seq, store.items.count()) == (0, 0)
    assert replaying(tmp_path / "replay.db", chair, race)[0].new == 6


def test_nothing_to_replay_is_no_error(tmp_path: Path, chair: Contest) -> None:
    with open_store(tmp_path / "replay.db") as store:
        clock = FakeClock()
        assert rerun(Line(store, [Reader(chair)], {}, clock=clock), [], clock) == Progress()
        assert store.log.head().seq == 0


def test_an_item_without_a_date_has_that_of_its_feeds_newest_entry(item: Make, clock: FakeClock) -> None:
    old, new = clock.now() - 9 * DAY, clock.now() - 5 * DAY
    items = [
        item("a", feed="one", published_at=old),
        item("b", feed="two", published_at=new),
        item("c", feed="one", date_given=False),
        item("d", feed="three", date_given=False),
    ]
    assert [one.published_at for one in redated(items)] == [old, new, old, new]
    assert list(redated(items[2:])) == items[2:]
