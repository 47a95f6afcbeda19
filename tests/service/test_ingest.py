"""The line: from an item to its text, events and alerts, in one transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tracker.alerts import AlertState
from tracker.claims import Reading
from tracker.contests import Contest
from tracker.errors import StoreError
from tracker.events import ContestDecided, StanceReported
from tracker.extraction import Reader, extractor
from tracker.items import Item
from tracker.service.ingest import Line
from tracker.stances import CandidateId, Precision, Stance
from tracker.store import AlertFilter, Store, open_store
from tracker.store.verification import verify
from tracker.testing import FakeClock

Make = Callable[..., Item]
MakeLine = Callable[..., Line]
AGAINST = "Hungary opposes Anna Berg for Chair of the Board, its foreign minister said."
FOR = "Hungary supports Anna Berg for Chair of the Board, its foreign minister said."


def stances(store: Store) -> list[tuple[str, str]]:
    return [
        (stored.event.elector, stored.event.stance.value)
        for stored in store.log.read()
        if isinstance(stored.event, StanceReported)
    ]


def test_an_item_brings_its_text_its_events_and_its_alert(
    store: Store, line: MakeLine, item: Make, chair: Contest
) -> None:
    taken = line().take(item(AGAINST), sending="all")
    assert (taken.added, taken.error, taken.queued) == ("new", "", 1)
    assert stances(store) == [("hu", "opposes")]
    assert store.items.get(taken.item.id) == taken.item
    assert store.readings.extractor(taken.item.id, "chair-2030") == extractor(chair)
    (kept,) = store.outbox.alerts()
    assert (kept.alert.elector, kept.alert.now, kept.state) == ("hu", Stance.OPPOSES, AlertState.QUEUED)
    assert [d.channel for d in store.outbox.deliveries(kept.alert.key)] == ["desk"]


def test_the_same_item_twice_adds_nothing(store: Store, line: MakeLine, item: Make) -> None:
    taking = line()
    taking.take(item(AGAINST), sending="all")
    head = store.log.head()
    again = taking.take(item(AGAINST), sending="all")
    assert (again.added, again.events, again.alerts) == ("same", (), ())
    assert store.log.head() == head


def test_a_restart_knows_what_was_taken(store: Store, line: MakeLine, item: Make) -> None:
    line().take(item(AGAINST), sending="all")
    head = store.log.head()
    assert line().take(item(AGAINST), sending="all").added == "same"
    assert store.log.head() == head


def test_a_change_alerts_with_what_it_was_before(line: MakeLine, item: Make, clock: FakeClock) -> None:
    taking = line()
    taking.take(item(AGAINST), sending="all")
    clock.advance(hours=2)
    (alert,) = taking.take(item(FOR, published_at=clock.now()), sending="all").alerts
    assert (alert.was, alert.now, alert.at) == (Stance.OPPOSES, Stance.SUPPORTS, clock.now())


def test_one_story_in_three_outlets_alerts_once(store: Store, line: MakeLine, item: Make) -> None:
    taking = line()
    for outlet in ("The Gazette", "The Echo", "The Mirror"):
        taking.take(item(FOR, source=outlet), sending="all")
    assert len(stances(store)) == 3
    assert len(list(store.outbox.alerts())) == 1


def test_an_item_about_something_else_is_kept_and_says_nothing(
    store: Store, line: MakeLine, item: Make
) -> None:
    head = line().store.log.head()
    taken = line().take(item("Rain is expected in the north."), sending="all")
    assert taken.added == "new"
    assert store.log.head() == head
    assert store.items.get(taken.item.id) is not None


@pytest.mark.parametrize(
    ("sending", "hours_old", "date_given", "state"),
    [
        ("all", 2000, True, AlertState.QUEUED),
        ("fresh", 23, True, AlertState.QUEUED),
        ("fresh", 25, True, AlertState.QUIET),
        ("fresh", 0, False, AlertState.QUIET),
        ("none", 0, True, AlertState.QUIET),
    ],
)
def test_only_fresh_items_alert_where_a_feed_is_new(
    *, store: Store, line: MakeLine, item: Make, clock: FakeClock, sending: Any, hours_old: int,
    date_given: bool, state: AlertState,
) -> None:  # fmt: skip
    published = clock.now() - timedelta(hours=hours_old)
    taken = line().take(item(FOR, published_at=published, date_given=date_given), sending=sending)
    assert taken.queued == (state is AlertState.QUEUED)
    assert [kept.state for kept in store.outbox.alerts()] == [state]


def test_alerts_go_to_the_channels_of_their_contest_only(
    store: Store, line: MakeLine, item: Make, chair: Contest, other_chair: Contest
) -> None:
    channels = {chair.id: ("desk", "wall"), other_chair.id: ("desk",)}
    taking = line(readers=[Reader(chair), Reader(other_chair)], channels=channels)
    taking.take(item(FOR), sending="all")
    taking.take(item("Romania supports Carla Dunn for Secretary of the Board."), sending="all")
    found = {
        kept.alert.contest: [d.channel for d in store.outbox.deliveries(kept.alert.key)]
        for kept in store.outbox.alerts()
    }
    assert found == {"chair-2030": ["desk", "wall"], "secretary-2030": ["desk"]}


def test_a_known_item_is_read_for_a_contest_that_came_later_without_a_storm(
    *, store: Store, line: MakeLine, item: Make, chair: Contest, other_chair: Contest, clock: FakeClock
) -> None:
    words = f"{FOR} Romania supports Carla Dunn for Secretary of the Board."
    old = item(words, published_at=clock.now() - timedelta(days=9))
    line().take(old, sending="all")
    both = line(readers=[Reader(chair), Reader(other_chair)])
    taken = both.take(old, sending="all")
    assert (taken.added, taken.queued) == ("same", 0)
    assert [event.event.contest for event in taken.events] == ["secretary-2030"]
    assert len(list(store.outbox.alerts(AlertFilter(contest="secretary-2030")))) == 1
    assert both.take(old, sending="all").events == ()


def test_an_item_that_breaks_the_reader_is_kept_with_the_error_and_the_next_goes_on(
    store: Store, line: MakeLine, item: Make, chair: Contest, breaking: Any
) -> None:
    taking = line(readers=[breaking(chair, "poison")])
    taken = taking.take(item("A poison pill."), sending="all")
    assert taken.error == "reading for chair-2030 failed: ZeroDivisionError: the reader met its match"
    assert taking.take(item(FOR), sending="all").queued == 1
    (failed,) = store.items.failed()
    assert (failed.item, failed.error) == (taken.item, taken.error)


def test_an_item_that_breaks_the_reader_is_not_read_again_at_every_poll(
    store: Store, line: MakeLine, item: Make, chair: Contest, breaking: Any
) -> None:
    taking = line(readers=[breaking(chair, "poison")])
    for _ in range(3):
        taking.take(item("A poison pill."), sending="all")
    (failed,) = store.items.failed()
    assert failed.times == 1


class OddReader:
    """Finds what nothing can be made of, until it is mended."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.extractor = extractor(contest)
        self.mended = False

    def read(self, item: Item) -> Reading:
        found = Reader(self.contest).read(item)
        return found if self.mended else replace(found, claims=(None,))  # type: ignore[arg-type]


def test_a_reading_that_cannot_be_assessed_is_taken_up_again_and_not_lost(
    store: Store, line: MakeLine, item: Make, chair: Contest
) -> None:
    reader = OddReader(chair)
    taking = line(readers=[reader])
    first = taking.take(item(FOR), sending="all")
    assert (first.added, first.events) == ("new", ())
    assert first.error.startswith("assessing for chair-2030 failed: AttributeError")
    assert len(store.items.failed()) == 1
    reader.mended = True
    assert [event.event.kind for event in taking.take(item(FOR), sending="all").events] == ["stance_reported"]
    assert store.items.failed() == ()


def test_a_reader_that_breaks_for_one_contest_costs_the_other_nothing(
    *, store: Store, line: MakeLine, item: Make, chair: Contest, other_chair: Contest, breaking: Any
) -> None:
    taking = line(readers=[breaking(other_chair, "Hungary"), Reader(chair)])
    taken = taking.take(item(FOR), sending="all")
    assert "secretary-2030" in taken.error
    assert stances(store) == [("hu", "supports")]
    assert len(store.items.failed()) == 1


def test_what_another_process_wrote_meanwhile_counts(
    store: Store, line: MakeLine, item: Make, tmp_path: Path, clock: FakeClock
) -> None:
    daemon = line()
    with open_store(tmp_path / "tracker.db") as beside:
        line(store=beside).take(item(AGAINST), sending="none")
    clock.advance(hours=1)
    (alert,) = daemon.take(item(FOR, published_at=clock.now()), sending="all").alerts
    assert alert.was is Stance.OPPOSES


def test_nothing_of_an_item_is_stored_when_its_transaction_fails(
    store: Store, line: MakeLine, item: Make
) -> None:
    taking = line()
    head = store.log.head()
    with pytest.raises(RuntimeError, match="power"), store.transaction():
        taking.take(item(AGAINST), sending="all")
        raise RuntimeError("power cut")
    assert store.log.head() == head
    assert store.items.count() == 0
    assert list(store.outbox.alerts()) == []
    assert taking.take(item(AGAINST), sending="all").queued == 1


def test_a_database_that_cannot_be_written_is_said_and_the_item_can_be_taken_later(
    store: Store, line: MakeLine, item: Make, tmp_path: Path
) -> None:
    taking = line()
    with open_store(tmp_path / "tracker.db", read_only=True) as reading:
        blind = Line(reading, [Reader(next(iter(taking._readers.values())).contest)], {}, clock=FakeClock())
        with pytest.raises(StoreError, match="for reading only"):
            blind.take(item(AGAINST), sending="all")
    assert taking.take(item(AGAINST), sending="all").added == "new"


def test_the_roster_is_declared_once_and_again_when_it_has_changed(
    store: Store, line: MakeLine, chair: Contest
) -> None:
    assert len(line().declare()) == 0
    assert store.log.head().seq == 1
    revised = replace(chair, title="Chair of the Board, second attempt")
    line(contest=revised)
    assert [stored.event.kind for stored in store.log.read()] == ["contest_declared"] * 2


def test_a_contest_that_is_decided_takes_no_later_items(
    store: Store, line: MakeLine, item: Make, clock: FakeClock, chair: Contest
) -> None:
    decided = ContestDecided(
        contest=chair.id,
        candidate=CandidateId("anna-berg"),
        reason="elected",
        occurred_at=clock.now(),
        precision=Precision.INSTANT,
        producer="tests",
    )
    line()
    store.log.append([decided], clock.now())
    taking = line()
    clock.advance(hours=5)
    late = taking.take(item(AGAINST, published_at=clock.now()), sending="all")
    assert (late.added, late.events) == ("new", ())
    early = taking.take(item(FOR), sending="all")
    assert [event.event.kind for event in early.events] == ["stance_reported"]


def test_text_that_utf8_cannot_hold_is_known_again(store: Store, line: MakeLine, item: Make) -> None:
    taking = line()
    broken = item(FOR, body="half an emoji \ud83d")
    assert taking.take(broken, sending="all").added == "new"
    assert taking.take(broken, sending="all").added == "same"


def test_items_taken_together_give_what_they_give_one_by_one(
    store: Store, line: MakeLine, item: Make, tmp_path: Path, clock: FakeClock
) -> None:
    items = [
        item(AGAINST),
        item("Rain is expected in the north."),
        item(FOR, source="The Echo", published_at=clock.now()),
        item(FOR, source="The Echo", published_at=clock.now()),
    ]
    with open_store(tmp_path / "other.db") as other:
        singly = line(store=other)
        one_by_one = [singly.take(one, sending="all") for one in items]
        together = line().take_all(items, sending="all")
        assert [taken.added for taken in together] == [taken.added for taken in one_by_one]
        assert [len(taken.alerts) for taken in together] == [len(taken.alerts) for taken in one_by_one]
        assert [stored.event for stored in store.log.read()] == [stored.event for stored in other.log.read()]
    assert [taken.added for taken in line().take_all(items, sending="all")] == ["same"] * 4


def test_items_taken_together_are_stored_all_or_none_and_what_was_undone_leaves_no_trace(
    store: Store, line: MakeLine, item: Make
) -> None:
    taking = line()
    outside = sqlite3.connect(store.path)
    outside.execute(
        "CREATE TRIGGER broken BEFORE INSERT ON items WHEN NEW.source = 'The Echo' "
        "BEGIN SELECT RAISE(ABORT, 'the disk broke'); END"
    )
    with pytest.raises(StoreError, match="the disk broke"):
        taking.take_all([item(AGAINST), item(FOR, source="The Echo")], sending="all")
    assert (store.items.count(), store.log.head().seq) == (0, 1)
    outside.execute("DROP TRIGGER broken")
    outside.close()
    taken = taking.take_all([item(AGAINST), item(FOR, source="The Echo")], sending="all")
    assert [one.added for one in taken] == ["new", "new"]
    assert len(stances(store)) == 2


def test_many_threads_can_hand_in_items(store: Store, line: MakeLine, item: Make, tmp_path: Path) -> None:
    taking = line()
    items = [item(FOR, source=f"Outlet {n}") for n in range(24)]

    def take(share: list[Item]) -> None:
        for one in share:
            taking.take(one, sending="all")

    threads = [threading.Thread(target=take, args=(items[n::4] + items[:3],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stances(store)) == 24
    assert len(list(store.outbox.alerts())) == 1
    assert verify(tmp_path / "tracker.db").ok
