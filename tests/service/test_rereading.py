"""Kept items read again by a newer reader, or with a revised roster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tracker.alerts import AlertState
from tracker.assessment import retract
from tracker.claims import Reading
from tracker.contests import Contest, Elector, Speaker
from tracker.events import ContestDecided, StanceReported
from tracker.extraction import Reader, extractor
from tracker.items import Item
from tracker.projection import replay, standing
from tracker.service.ingest import Line
from tracker.service.rereading import Reread, reread
from tracker.stances import CandidateId, ElectorId, Precision, Stance
from tracker.store import Store
from tracker.testing import FakeClock

Make = Callable[..., Item]
MakeLine = Callable[..., Line]
FOR = "Hungary supports Anna Berg for Chair of the Board, its foreign minister said."
AGAINST = "Hungary opposes Anna Berg for Chair of the Board, its foreign minister said."
OTHER = "Romania supports Anna Berg for Chair of the Board, its foreign minister said."
PAIR = (ElectorId("hu"), CandidateId("anna-berg"))


class OldReader:
    """An earlier reader of the same contest, which takes every stance for the opposite."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.extractor = "rules-0"
        self._reader = Reader(contest)

    def read(self, item: Item) -> Reading:
        turned = {Stance.SUPPORTS: Stance.OPPOSES, Stance.OPPOSES: Stance.SUPPORTS}
        found = self._reader.read(item)
        claims = tuple(replace(claim, stance=turned[claim.stance]) for claim in found.claims)
        return replace(found, claims=claims, extractor=self.extractor)


@pytest.fixture
def again(store: Store, clock: FakeClock, chair: Contest) -> Callable[..., Reread]:
    def read(**given: Any) -> Reread:
        reader = given.pop("reader", None) or Reader(given.pop("contest", chair))
        return reread(store, reader, clock=clock, **{"keep": True, **given})

    return read


def stance(store: Store, clock: FakeClock) -> Stance | None:
    state = replay(store.log.read()).contest("chair-2030")
    assert state is not None
    return standing(state, PAIR, clock.now()).stance


def test_what_the_older_reader_got_wrong_is_put_right_by_adding_to_the_log(
    store: Store, line: MakeLine, item: Make, chair: Contest, clock: FakeClock, again: Callable[..., Reread]
) -> None:
    line(readers=[OldReader(chair)]).take(item(FOR), sending="all")
    before = list(store.log.read())
    assert stance(store, clock) is Stance.OPPOSES
    found = again(channels=("desk",))
    assert [event.kind for event in found.events] == ["stance_reported", "report_retracted"]
    assert (found.read, found.older, found.failed, found.changed) == (1, 1, (), 0)
    assert stance(store, clock) is Stance.SUPPORTS
    after = list(store.log.read())
    assert after[: len(before)] == before and len(after) == len(before) + 2
    assert {stored.event.producer for stored in after[len(before) :]} == {extractor(chair)}
    (alert,) = found.alerts
    assert (alert.was, alert.now) == (Stance.OPPOSES, Stance.SUPPORTS)
    assert [kept.state for kept in store.outbox.alerts()] == [AlertState.QUEUED, AlertState.QUIET]


def test_alerts_are_sent_when_asked(
    store: Store, line: MakeLine, item: Make, chair: Contest, again: Callable[..., Reread]
) -> None:
    line(readers=[OldReader(chair)]).take(item(FOR), sending="none")
    again(channels=("desk",), send=True)
    assert [kept.state for kept in store.outbox.alerts()] == [AlertState.QUIET, AlertState.QUEUED]


def test_a_dry_run_tells_all_of_it_and_writes_nothing(
    store: Store, line: MakeLine, item: Make, chair: Contest, again: Callable[..., Reread]
) -> None:
    line(readers=[OldReader(chair)]).take(item(FOR), sending="none")
    head, alerts = store.log.head(), list(store.outbox.alerts())
    told = again(keep=False)
    assert (store.log.head(), list(store.outbox.alerts())) == (head, alerts)
    assert store.readings.older_count(chair.id, extractor(chair)) == 1
    done = again()
    assert (told.events, told.alerts, told.read) == (done.events, done.alerts, done.read)
    assert store.readings.older_count(chair.id, extractor(chair)) == 0


def test_twice_adds_nothing_the_second_time(
    store: Store, line: MakeLine, item: Make, chair: Contest, again: Callable[..., Reread]
) -> None:
    line(readers=[OldReader(chair)]).take(item(FOR), sending="none")
    again()
    head = store.log.head()
    found = again()
    assert (found.read, found.events, found.alerts) == (0, (), ())
    assert store.log.head() == head


def test_a_revised_roster_is_declared_and_makes_the_items_worth_reading_again(
    store: Store, line: MakeLine, item: Make, chair: Contest, again: Callable[..., Reread]
) -> None:
    line().take(item("Slovakia supports Anna Berg for Chair of the Board, it said."), sending="none")
    assert store.readings.older_count(chair.id, extractor(chair)) == 0
    wider = replace(chair, electors=(*chair.electors, Elector(id=ElectorId("sk"))))
    assert store.readings.older_count(chair.id, extractor(wider)) == 1
    found = again(contest=wider)
    assert found.declared is not None and found.declared.roster == wider
    assert [(event.elector, event.stance) for event in found.events if isinstance(event, StanceReported)] == [
        ("sk", Stance.SUPPORTS)
    ]
    state = replay(store.log.read()).contest(chair.id)
    assert state is not None and state.roster == wider


def test_a_speaker_who_was_not_known_changes_what_the_words_are_worth(
    store: Store, line: MakeLine, item: Make, chair: Contest, again: Callable[..., Reread]
) -> None:
    line().take(item("Peter Sandor said he supports Anna Berg for Chair of the Board."), sending="none")
    revised = replace(chair, speakers=(Speaker(elector=ElectorId("hu"), name="Peter Sandor"),))
    found = again(contest=revised)
    assert [event.elector for event in found.events if isinstance(event, StanceReported)] == ["hu"]


def test_what_a_person_retracted_stays_so(
    store: Store, line: MakeLine, item: Make, chair: Contest, clock: FakeClock, again: Callable[..., Reread]
) -> None:
    line(readers=[OldReader(chair)]).take(item(AGAINST), sending="none")
    state = replay(store.log.read()).contest(chair.id)
    assert state is not None
    report = state.reports[PAIR][0].id
    word = retract(state, report, by="A. Editor", why="he spoke of something else", now=clock.now())
    store.log.append([word], clock.now())
    right = OldReader(chair)
    right.extractor = "rules-00"
    assert again(reader=right).events == ()


def test_an_item_edited_in_place_keeps_what_its_earlier_text_said(
    store: Store, line: MakeLine, item: Make, clock: FakeClock, chair: Contest, again: Callable[..., Reread]
) -> None:
    taking = line()
    url = "https://gazette.example/live"
    taking.take(item(FOR, url=url), sending="none")
    clock.advance(hours=1)
    taking.take(item(OTHER, url=url), sending="none")
    newer = Reader(chair)
    newer.extractor = "rules-next"
    found = again(reader=newer)
    assert (found.read, found.events) == (1, ())


def test_an_item_that_breaks_the_reader_keeps_what_it_was_known_to_say(
    *,
    store: Store,
    line: MakeLine,
    item: Make,
    chair: Contest,
    clock: FakeClock,
    breaking: Any,
    again: Callable[..., Reread],
) -> None:
    taking = line(readers=[OldReader(chair)])
    poison = taking.take(item(f"A poison pill: {FOR}"), sending="none").item
    taking.take(item(OTHER), sending="none")
    found = again(reader=breaking(chair, "poison"))
    problem = "reading for chair-2030 failed: ZeroDivisionError: the reader met its match"
    assert found.failed == ((poison.id, problem),)
    assert {event.elector for event in found.events if isinstance(event, StanceReported)} == {"ro"}
    assert stance(store, clock) is Stance.OPPOSES
    assert [failed.item for failed in store.items.failed()] == [poison]
    assert len(store.items.editions(poison.id)) == 1


def test_an_item_edited_while_it_was_read_is_left_for_the_next_time(
    store: Store, line: MakeLine, item: Make, chair: Contest, again: Callable[..., Reread]
) -> None:
    url = "https://gazette.example/live"
    taking = line(readers=[OldReader(chair)])
    taking.take(item(FOR, url=url), sending="none")
    taking.take(item("Nothing to see.", url="https://gazette.example/2"), sending="none")

    def meanwhile(done: int, _total: int) -> None:
        if done == 2:
            taking.take(item(OTHER, url=url), sending="none")

    found = again(watch=meanwhile)
    assert (found.changed, found.read, found.events) == (1, 1, ())
    assert again().read == 1


def test_how_far_it_is_is_told(
    line: MakeLine, item: Make, chair: Contest, again: Callable[..., Reread]
) -> None:
    taking = line(readers=[OldReader(chair)])
    for n in range(3):
        taking.take(item(f"{FOR} Part {n}."), sending="none")
    told: list[tuple[int, int]] = []
    again(watch=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_items_nobody_read_because_the_race_was_over_stay_unread(
    store: Store, line: MakeLine, item: Make, chair: Contest, clock: FakeClock, again: Callable[..., Reread]
) -> None:
    taking = line()
    over = ContestDecided(
        contest=chair.id, candidate=CandidateId("anna-berg"), reason="chosen", precision=Precision.INSTANT,
        occurred_at=clock.now() - timedelta(days=2), producer="A. Editor",
    )  # fmt: skip
    store.log.append([over], clock.now())
    taking.declare()
    taking.take(item("Nothing yet.", published_at=clock.now() - timedelta(days=3)), sending="none")
    late = taking.take(item(FOR), sending="none").item
    assert store.readings.extractor(late.id, chair.id) is None
    newer = Reader(chair)
    newer.extractor = "rules-next"
    assert (again(reader=newer).read, again(reader=newer).read) == (1, 0)
    assert store.readings.extractor(late.id, chair.id) is None


def test_items_kept_before_the_contest_was_followed_are_read(
    *, line: MakeLine, item: Make, chair: Contest, other_chair: Contest, again: Callable[..., Reread]
) -> None:
    line(readers=[Reader(chair)]).take(
        item("Romania supports Carla Dunn for Secretary of the Board."), sending="none"
    )
    found = again(contest=other_chair)
    assert (found.read, found.older) == (1, 0)
    assert [event.elector for event in found.events if isinstance(event, StanceReported)] == ["ro"]


def test_nothing_is_stored_when_it_is_stopped_before_the_end(
    store: Store, line: MakeLine, item: Make, chair: Contest, again: Callable[..., Reread]
) -> None:
    line(readers=[OldReader(chair)]).take(item(FOR), sending="none")
    head = store.log.head()
    with pytest.raises(RuntimeError, match="power"), store.transaction():
        again()
        raise RuntimeError("power cut")
    assert store.log.head() == head
    assert again().events != ()
