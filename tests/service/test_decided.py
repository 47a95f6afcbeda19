"""The end of a race: the reader proposes, a person or two official origins close it, and its feeds stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tracker import assessment
from tracker.byhand import ByHand
from tracker.claims import Candidacy, CandidacyStep, Evidence, Reading
from tracker.configuration.records import FeedSettings, PollSettings
from tracker.contests import Contest
from tracker.items import Item, ItemId, OutletClass
from tracker.projection import Policy, decision, proposed
from tracker.queries import status, status_json
from tracker.service.ingest import Line
from tracker.service.polling import Poller
from tracker.stances import CandidateId, Certainty, ClaimTime
from tracker.store import Store, open_store
from tracker.testing import FakeClock, race

NOON = datetime(2024, 6, 26, 12, tzinfo=UTC)
WORDS = "The Board has appointed First One."


class Herald:
    """A reader to which every item says that First One was chosen."""

    extractor = "herald-1"

    def __init__(self) -> None:
        self.contest: Contest = race()

    def read(self, item: Item) -> Reading:
        evidence = Evidence(field="title", start=0, end=len(WORDS), text=WORDS, sentence=WORDS)
        chosen = Candidacy(
            candidate=CandidateId("first-one"), step=CandidacyStep.CHOSEN, by=None, speaker="",
            certainty=Certainty.REPORTED, time=ClaimTime.NOW, evidence=evidence, rule="chosen",
        )  # fmt: skip
        return Reading(item=item.id, contest=self.contest.id, extractor=self.extractor, candidacies=(chosen,))


class NoFetch:
    """Fails the test when any feed is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fetch(self, url: str, **_: Any) -> Any:
        self.asked.append(url)
        raise AssertionError(url)

    async def aclose(self) -> None: ...


def item(number: int, *, official: bool = False) -> Item:
    return Item(
        id=ItemId(f"item-{number}"), source=f"Paper {number}", url=f"https://paper{number}.example/x",
        title=WORDS, summary="", body=f"text {number}", lang="en",
        published_at=NOON + timedelta(minutes=number),
        outlet_class=OutletClass.OFFICIAL if official else OutletClass.OUTLET,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_store(tmp_path / "t.db") as opened:
        yield opened


@pytest.fixture
def line(store: Store) -> Callable[..., Line]:
    def make(**policy: int) -> Line:
        made = Line(store, [Herald()], {}, clock=FakeClock(NOON + timedelta(days=1)), policy=Policy(**policy))
        made.declare()
        return made

    return make


def state(store: Store) -> Any:
    return store.states.contest(race().id, until=store.log.head().seq)


def test_the_press_proposes_and_official_feeds_decide(store: Store, line: Callable[..., Line]) -> None:
    taking = line()
    taking.take(item(1), sending="none")
    taking.take(item(2, official=True), sending="none")
    later = NOON + timedelta(days=1)
    told = proposed(state(store), later)
    assert told is not None and len(told.reports) == 2
    assert decision(state(store), later) is None and taking.open()
    found = status_json(status(state(store), as_of=later, head=store.log.head()))
    assert (found["decided"], found["proposed"]["candidate"]) == (None, "first-one")
    taking.take(item(3, official=True), sending="none")
    assert decision(state(store), later) is not None and not taking.open()
    found = status_json(status(state(store), as_of=later, head=store.log.head()))
    assert (found["decided"]["candidate"], found["decided"]["by"], found["proposed"]) == (
        "first-one",
        None,
        None,
    )
    assert found["electors"]  # its pages stay


def test_where_only_a_person_decides_no_number_of_sources_does(
    store: Store, line: Callable[..., Line]
) -> None:
    taking = line(decision_origins=0)
    for number in range(1, 5):
        taking.take(item(number, official=True), sending="none")
    assert taking.open()
    hand = ByHand(by="A. Clerk", why="the minutes", at=NOON)
    event = assessment.decide(state(store), "first-one", hand=hand)
    store.log.append([event], NOON + timedelta(days=1))
    assert not taking.open()
    # An item of after the decision is kept, and read for nobody.
    taken = taking.take(item(9), sending="none")
    assert (taken.added, taken.events) == ("new", ())


def test_a_decision_taken_back_opens_the_race_again(store: Store, line: Callable[..., Line]) -> None:
    taking = line()
    hand = ByHand(by="A. Clerk", why="too soon", at=NOON)
    event = assessment.decide(state(store), "first-one", hand=hand)
    (stored,) = store.log.append([event], NOON + timedelta(hours=1))
    assert not taking.open()
    back = assessment.retract(state(store), stored.id, by="A. Clerk", why="it was a draft", now=NOON)
    store.log.append([back], NOON + timedelta(hours=2))
    assert taking.open()


def test_feeds_are_not_asked_once_every_contest_is_decided(store: Store, line: Callable[..., Line]) -> None:
    taking = line()
    for number in (1, 2):
        taking.take(item(number, official=True), sending="none")
    fetcher = NoFetch()

    async def poll() -> Any:
        poller = Poller(taking, fetcher, PollSettings(), clock=FakeClock(NOON))  # type: ignore[arg-type]
        try:
            return await poller.poll(FeedSettings(id="f", url="https://f.example/rss"))
        finally:
            await poller.aclose()

    polled = asyncio.run(poll())
    assert (polled.outcome, polled.error, fetcher.asked) == ("off", "every contest is decided", [])
