"""The fold: what each kind of event does to the state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracker.errors import LogError
from tracker.events import ContestDeclared, StoredEvent
from tracker.projection import EMPTY, apply, replay
from tracker.stances import Certainty, ContestId, Stance
from tracker.testing import MARCH, MemoryLog, on_day, race, state_of, told


def declared(day: float, **changes: object) -> ContestDeclared:
    return ContestDeclared(
        contest=race().id, occurred_at=on_day(day), producer="tests", roster=race(**changes)
    )


def test_an_empty_log_is_the_empty_state() -> None:
    assert replay([]) == EMPTY
    assert EMPTY.contest("chair-2024") is None


def test_the_state_knows_how_far_it_has_read() -> None:
    assert state_of(told(Stance.SUPPORTS), told(Stance.OPPOSES, day=2)).seq == 3


def test_an_event_of_a_contest_that_nobody_declared_stops_the_fold() -> None:
    stray = StoredEvent(
        seq=1, id="x", recorded_at=MARCH, prev_hash=b"", hash=b"", event=told(Stance.SUPPORTS)  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(LogError, match=r"event 1: .*'chair-2024' was never declared"):
        replay([stray])


def test_the_latest_declaration_is_the_roster() -> None:
    log = MemoryLog()
    log.append([declared(1), declared(5, title="Revised")], MARCH)
    state = replay(log.read())
    assert state.contests[race().id].roster.title == "Revised"


def test_a_revised_roster_keeps_the_reports() -> None:
    log = MemoryLog()
    log.append([declared(1), told(Stance.SUPPORTS)], MARCH)
    before = replay(log.read())
    (revision,) = log.append([declared(5, title="Revised")], MARCH)
    assert apply(before, revision).contests[race().id].reports == before.contests[race().id].reports


def test_contests_are_apart() -> None:
    other = race(id=ContestId("chair-2025"))
    log = MemoryLog()
    log.append(
        [
            declared(1),
            ContestDeclared(contest=other.id, occurred_at=MARCH, producer="tests", roster=other),
            told(Stance.SUPPORTS),
            replace(told(Stance.OPPOSES), contest=other.id),
        ],
        MARCH,
    )
    state = replay(log.read())
    stances = {
        contest: [held.event.stance for row in known.reports.values() for held in row]
        for contest, known in state.contests.items()
    }
    assert stances == {"chair-2024": [Stance.SUPPORTS], "chair-2025": [Stance.OPPOSES]}


def test_applying_to_one_contest_shares_the_rest() -> None:
    state = state_of(told(Stance.SUPPORTS), told(Stance.SUPPORTS, elector="bb"))
    more = StoredEvent(
        seq=9, id="y", recorded_at=MARCH, prev_hash=b"", hash=b"",  # type: ignore[arg-type]
        event=told(Stance.OPPOSES, certainty=Certainty.REPORTED, day=3),
    )  # fmt: skip
    after = apply(state, more)
    pair = ("bb", "first-one")
    old, new = state.contests[race().id], after.contests[race().id]
    assert new.reports[pair] is old.reports[pair]  # type: ignore[index]
    assert (state.seq, after.seq) == (3, 9)
