"""Real database files, and a raw connection to do to them what tracker never would."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker.alerts import Alert
from tracker.events import StanceReported
from tracker.items import Item, ItemId
from tracker.stances import CandidateId, Certainty, ContestId, ElectorId, Stance
from tracker.store import Store, open_store
from tracker.testing import report

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database of a test is, or will be."""
    return tmp_path / "tracker.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        yield opened


@pytest.fixture
def raw(path: Path) -> Callable[..., list[tuple[object, ...]]]:
    """Runs statements on the file as any other program would; each call is one connection."""

    def run(*statements: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            rows: list[tuple[object, ...]] = []
            for statement in statements:
                rows = connection.execute(statement).fetchall()
            return rows

    return run


@pytest.fixture
def reports() -> Callable[..., list[StanceReported]]:
    """Reports that differ in their speaker."""

    def make(number: int, prefix: str = "speaker") -> list[StanceReported]:
        return [report(speaker=f"{prefix} {n}") for n in range(1, number + 1)]

    return make


@pytest.fixture
def item() -> Item:
    return Item(
        id=ItemId("0123456789abcdef01234567"),
        source="The Gazette",
        url="https://gazette.example/first-one",
        title="Aland backs First One",
        summary="",
        body="<p>Aland said it <b>backs</b> First One.</p>",
        lang="en",
        published_at=datetime(2024, 2, 22, 8, 30, tzinfo=UTC),
        guid="g-1",
        feed="gazette",
    )


@pytest.fixture
def alert() -> Alert:
    return Alert(
        key="0011223344556677",
        contest=ContestId("chair-2024"),
        elector=ElectorId("aa"),
        candidate=CandidateId("first-one"),
        at=NOON,
        occurred_at=datetime(2024, 2, 22, tzinfo=UTC),
        was=None,
        now=Stance.SUPPORTS,
        certainty=Certainty.OFFICIAL,
        disputed=False,
        speaker="the foreign minister of Aland",
        outlet="The Gazette",
        evidence="Aland backs First One",
        url="https://gazette.example/first-one",
        report="ab" * 16,
        have=1,
        needed=32,
        missing=(ElectorId("bb"), ElectorId("cc")),
    )
