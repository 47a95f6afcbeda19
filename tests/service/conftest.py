"""A small race, items about it in plain words, and a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tracker.claims import Reading
from tracker.contests import Body, Candidate, CandidateStatus, Contest, Elector
from tracker.extraction import Reader
from tracker.items import Item, item_id
from tracker.rules import Rule
from tracker.service.ingest import Line
from tracker.stances import CandidateId, ContestId, ElectorId
from tracker.store import Store, open_store
from tracker.testing import FakeClock

CHAIR = Contest(
    id=ContestId("chair-2030"),
    title="Chair of the Board 2030",
    post="Chair of the Board",
    body=Body(id="board", name="Board"),
    rule=Rule(kind="consensus"),
    candidates=(
        Candidate(id=CandidateId("anna-berg"), name="Anna Berg", status=CandidateStatus.DECLARED),
        Candidate(id=CandidateId("boris-cole"), name="Boris Cole", status=CandidateStatus.DECLARED),
    ),
    electors=(Elector(id=ElectorId("hu")), Elector(id=ElectorId("ro")), Elector(id=ElectorId("fr"))),
    key_terms=("Board chair",),
)
NOW = datetime(2030, 6, 18, 12, tzinfo=UTC)


def make_item(words: str, **changes: Any) -> Item:
    """An item of an hour ago whose title says these words; its link is made from `at` and `source`."""
    given = {
        "source": "The Gazette",
        "url": "",
        "title": words,
        "summary": "",
        "body": "",
        "lang": "en",
        "published_at": datetime(2030, 6, 18, 11, tzinfo=UTC),
        "guid": "",
        **changes,
    }
    identified = {key: given[key] for key in ("source", "url", "guid", "title", "summary", "body")}
    return Item(id=item_id(**identified), **given)


class BreakingReader:
    """A reader that breaks on items whose title holds a word, and reads the others as usual."""

    def __init__(self, contest: Contest, word: str) -> None:
        self.contest = contest
        self._word = word
        self._reader = Reader(contest)
        self.extractor = self._reader.extractor

    def read(self, item: Item) -> Reading:
        if self._word in item.title:
            raise ZeroDivisionError("the reader met its match")
        return self._reader.read(item)


@pytest.fixture
def chair() -> Contest:
    return CHAIR


@pytest.fixture
def item() -> Callable[..., Item]:
    return make_item


@pytest.fixture
def breaking() -> type[BreakingReader]:
    return BreakingReader


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "tracker.db") as opened:
        yield opened


@pytest.fixture
def line(store: Store, clock: FakeClock) -> Callable[..., Line]:
    """A line for the race, its roster declared; alerts go to the channel "desk"."""

    def make(**given: Any) -> Line:
        readers = given.pop("readers", None) or [Reader(given.pop("contest", CHAIR))]
        channels = given.pop("channels", {reader.contest.id: ("desk",) for reader in readers})
        made = Line(given.pop("store", store), readers, channels, clock=clock, **given)
        made.declare()
        return made

    return make


@pytest.fixture
def other_chair() -> Contest:
    """A second race with the same electors, for the same items."""
    return replace(
        CHAIR,
        id=ContestId("secretary-2030"),
        title="Secretary 2030",
        post="Secretary of the Board",
        candidates=(Candidate(id=CandidateId("carla-dunn"), name="Carla Dunn"),),
        key_terms=("Board secretary",),
    )
