"""Items that are edited in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tracker.events import StanceReported
from tracker.items import Item
from tracker.projection import replay, standings
from tracker.service.ingest import Line
from tracker.stances import Stance
from tracker.store import Store
from tracker.testing import FakeClock

Make = Callable[..., Item]
MakeLine = Callable[..., Line]
AGAINST = "Hungary opposes Anna Berg for Chair of the Board, its foreign minister said."
FOR = "Hungary supports Anna Berg for Chair of the Board, its foreign minister said."
URL = "https://gazette.example/live"


def told(store: Store) -> list[tuple[str, str]]:
    return [
        (stored.event.elector, stored.event.stance.value)
        for stored in store.log.read()
        if isinstance(stored.event, StanceReported)
    ]


def stance(store: Store, clock: FakeClock) -> Stance | None:
    state = replay(store.log.read()).contest("chair-2030")
    assert state is not None
    return next(
        held.stance for (elector, _), held in standings(state, clock.now()).items() if elector == "hu"
    )


def test_an_edited_item_is_kept_in_both_texts_and_does_not_say_again_what_it_said(
    store: Store, line: MakeLine, item: Make
) -> None:
    taking = line()
    first = taking.take(item(FOR, url=URL), sending="all")
    second = taking.take(item(f"Update: {FOR}", url=URL, summary="More follows."), sending="all")
    assert (second.added, second.events, second.alerts) == ("edited", (), ())
    assert len(store.items.editions(first.item.id)) == 2
    assert told(store) == [("hu", "supports")]


def test_what_is_new_in_the_text_is_told(store: Store, line: MakeLine, item: Make) -> None:
    taking = line()
    taking.take(item(FOR, url=URL), sending="all")
    taking.take(item(FOR, url=URL, body="Romania opposes Anna Berg for Chair of the Board."), sending="all")
    assert told(store) == [("hu", "supports"), ("ro", "opposes")]


def test_a_page_that_turns_round_while_it_is_news_has_turned_now(
    store: Store, line: MakeLine, item: Make, clock: FakeClock
) -> None:
    taking = line()
    taking.take(item(AGAINST, url=URL), sending="all")
    clock.advance(hours=2)
    taking.take(item(AGAINST, source="The Echo", published_at=clock.now()), sending="all")
    clock.advance(hours=2)
    (alert,) = taking.take(item(FOR, url=URL), sending="all").alerts
    assert (alert.was, alert.now, alert.occurred_at) == (Stance.OPPOSES, Stance.SUPPORTS, clock.now())
    assert stance(store, clock) is Stance.SUPPORTS


def test_the_upkeep_of_an_old_page_does_not_overrule_later_news(
    store: Store, line: MakeLine, item: Make, clock: FakeClock
) -> None:
    taking = line()
    start = clock.now() - timedelta(days=30)
    taking.take(item("Hungary and Anna Berg for Chair.", url=URL, published_at=start), sending="all")
    taking.take(item(FOR, source="The Echo"), sending="all")
    edited = taking.take(item(AGAINST, url=URL, published_at=start), sending="all")
    assert [event.event.kind for event in edited.events] == ["stance_reported"]
    assert edited.alerts == ()
    assert stance(store, clock) is Stance.SUPPORTS


def test_a_correction_of_an_old_page_has_the_last_word_among_its_own(
    store: Store, line: MakeLine, item: Make, clock: FakeClock
) -> None:
    start = clock.now() - timedelta(days=30)
    for first, last, expected in ((FOR, AGAINST, Stance.OPPOSES), (AGAINST, FOR, Stance.SUPPORTS)):
        url = f"{URL}/{expected}"
        taking = line()
        taking.take(item(first, url=url, published_at=start), sending="none")
        taking.take(item(last, url=url, published_at=start), sending="none")
        assert stance(store, clock) is expected
        start += timedelta(days=1)


def test_a_page_that_two_feeds_carry_with_two_texts_is_read_once_for_each(
    store: Store, line: MakeLine, item: Make
) -> None:
    taking = line()
    short, long = item(FOR, url=URL), item(FOR, url=URL, body="The longer story.")
    assert [taking.take(one, sending="all").added for one in (short, long, short, long, short)] == [
        "new", "edited", "same", "same", "same",
    ]  # fmt: skip
