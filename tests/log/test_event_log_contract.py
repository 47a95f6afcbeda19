"""What every keeper of the log holds to; the memory log and the SQLite log run all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.errors import InputError
from tracker.events import Event
from tracker.log import EventLog, Head
from tracker.log.chain import GENESIS
from tracker.log.identity import identity
from tracker.store import Store, open_store
from tracker.testing import MemoryLog, report

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "sqlite"])
def make_log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], EventLog]]:
    """Makes an empty log of the kind under test."""
    stores: list[Store] = []

    def make() -> EventLog:
        if request.param == "memory":
            return MemoryLog()
        stores.append(open_store(tmp_path / f"{len(stores)}.db"))
        return stores[-1].log

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def log(make_log: Callable[[], EventLog]) -> EventLog:
    return make_log()


def named(*names: str) -> list[Event]:
    return [report(speaker=name) for name in names]


def speakers(log: EventLog, **which: object) -> list[str]:
    return [stored.event.speaker for stored in log.read(**which)]  # type: ignore[union-attr, arg-type]


def test_an_empty_log_has_a_head_of_zeros_and_nothing_to_read(log: EventLog) -> None:
    assert log.head() == Head(0, GENESIS)
    assert list(log.read()) == []
    assert list(log.read(known_at=NOON)) == []


def test_nothing_appended_changes_nothing(log: EventLog) -> None:
    assert log.append([], NOON) == ()
    assert log.head() == Head(0, GENESIS)


def test_events_are_read_as_they_were_appended_and_in_that_order(log: EventLog) -> None:
    added = log.append(named("a", "b"), NOON) + log.append(named("c"), NOON + HOUR)
    assert tuple(log.read()) == added
    assert [stored.seq for stored in added] == [1, 2, 3]
    assert [stored.id for stored in added] == [identity(event) for event in named("a", "b", "c")]
    assert log.head() == Head(3, added[-1].hash)


def test_the_same_event_twice_is_one(log: EventLog) -> None:
    log.append(named("a", "b"), NOON)
    head = log.head()
    assert log.append(named("b", "a"), NOON + HOUR) == ()
    assert log.head() == head
    assert [stored.seq for stored in log.append(named("a", "c", "c", "b"), NOON + HOUR)] == [3]
    assert speakers(log) == ["a", "b", "c"]


def test_reading_goes_on_after_a_place(log: EventLog) -> None:
    log.append(named("a", "b", "c"), NOON)
    assert speakers(log, after=1) == ["b", "c"]
    assert speakers(log, after=3) == []
    assert speakers(log, after=99) == []


def test_what_was_known_at_a_time_is_a_beginning_of_the_log(log: EventLog) -> None:
    log.append(named("a"), NOON)
    log.append(named("b", "c"), NOON + HOUR)
    log.append(named("d"), NOON + 2 * HOUR)
    assert speakers(log, known_at=NOON - timedelta(microseconds=1)) == []
    assert speakers(log, known_at=NOON) == ["a"]
    assert speakers(log, known_at=NOON + HOUR) == ["a", "b", "c"]
    assert speakers(log, known_at=NOON + HOUR, after=2) == ["c"]
    assert speakers(log, known_at=NOON + 9 * HOUR) == ["a", "b", "c", "d"]


def test_what_was_known_at_noon_does_not_change_after_noon(log: EventLog) -> None:
    log.append(named("a"), NOON)
    before = list(log.read(known_at=NOON))
    # An old article met late: its own date is earlier, its recording is not.
    log.append([report(speaker="late", occurred_at=NOON - 100 * HOUR)], NOON + HOUR)
    assert list(log.read(known_at=NOON)) == before


def test_when_the_clock_goes_back_the_time_of_recording_does_not(log: EventLog) -> None:
    log.append(named("a"), NOON)
    (stored,) = log.append(named("b"), NOON - HOUR)
    assert stored.recorded_at == NOON
    (stored,) = log.append(named("c"), NOON + HOUR)
    assert stored.recorded_at == NOON + HOUR
    assert [event.recorded_at for event in log.read()] == [NOON, NOON, NOON + HOUR]


def test_the_time_of_recording_is_kept_in_utc_to_the_microsecond(log: EventLog) -> None:
    moment = datetime(2024, 3, 1, 12, 0, 0, 1, tzinfo=UTC)
    log.append(named("a"), moment)
    assert [stored.recorded_at for stored in log.read()] == [moment]
    assert next(log.read()).recorded_at.tzinfo is UTC


def test_one_event_that_cannot_be_stored_leaves_all_of_them_out(log: EventLog) -> None:
    log.append(named("a"), NOON)
    head = log.head()
    with pytest.raises(InputError):
        log.append([report(speaker="b"), report(producer="\x1f")], NOON)
    assert log.head() == head
    assert speakers(log) == ["a"]


def test_what_comes_back_from_append_is_what_will_be_read(log: EventLog) -> None:
    added = log.append([report(speaker="half \ud83d an emoji"), report(confidence=1)], NOON)
    assert tuple(log.read()) == added
    assert log.append([report(speaker="half \ud83d an emoji")], NOON) == ()


def test_what_is_appended_while_reading_is_read_too(log: EventLog) -> None:
    log.append(named(*(f"{n}" for n in range(1500))), NOON)
    reading = log.read()
    first = next(reading)
    log.append(named("last"), NOON)
    rest = list(reading)
    assert first.seq == 1
    assert [stored.seq for stored in rest] == list(range(2, 1502))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_events_in_any_portions_give_one_log(
    data: st.DataObject, any_event: st.SearchStrategy[Event], make_log: Callable[[], EventLog]
) -> None:
    events = data.draw(st.lists(any_event, max_size=6))
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=4)) if events else []
    whole, portions = make_log(), make_log()
    whole.append([*events, *repeated], NOON)
    for event in [*events, *repeated]:
        portions.append([event], NOON)
    assert list(whole.read()) == list(portions.read())
    assert whole.head() == portions.head()
    distinct = list(dict.fromkeys(identity(event) for event in events))
    assert [stored.id for stored in whole.read()] == distinct


def test_both_keepers_make_the_same_hashes(tmp_path: Path, one_of_each: dict[str, Event]) -> None:
    memory = MemoryLog()
    memory.append(list(one_of_each.values()), NOON)
    with open_store(tmp_path / "log.db") as store:
        store.log.append(list(one_of_each.values()), NOON)
        assert list(store.log.read()) == list(memory.read())
        assert store.log.head() == memory.head()
