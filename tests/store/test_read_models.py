"""The read models say what the fold says, however the events came, and are remade beside a live log."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from race_events import candidacies, counts, reports_of, rounds, votes

from tracker.errors import GuardMissing, LogError
from tracker.events import (
    ContestDecided,
    ContestDeclared,
    Event,
    ReportConfirmed,
    ReportReinstated,
    ReportRetracted,
)
from tracker.log.identity import identity
from tracker.projection import Policy, State, replay, standing, standings, suppose
from tracker.queries import status, status_json
from tracker.rules import Reopening, Rule
from tracker.stances import CandidateId, ClaimTime, ContestId, Precision, Stance
from tracker.store import Difference, Store, open_store
from tracker.store.schema import FORMAT
from tracker.testing import MARCH, on_day, race, report, told

Raw = Callable[..., list[tuple[object, ...]]]
RACE = race()
DECLARED = ContestDeclared(contest=RACE.id, occurred_at=MARCH, producer="tests", roster=RACE)
REVISED = replace(DECLARED, occurred_at=on_day(3), roster=replace(RACE, title="Chair, revised"))
REOPENING = replace(
    DECLARED,
    occurred_at=on_day(4),
    roster=replace(RACE, rule=Rule(kind="majority", reopens=Reopening.DOUBLES)),
)
DECIDED = ContestDecided(
    contest=RACE.id, candidate=CandidateId("first-one"), reason="r", occurred_at=on_day(6),
    precision=Precision.DAY, producer="p",
)  # fmt: skip
END = on_day(60)

# "the-bloc" is no elector.
reports = reports_of(
    electors=["aa", "bb", "the-bloc"], outlets=["W", "X", "Y"], times=[ClaimTime.CONDITIONAL]
)
facts = st.lists(
    st.one_of(
        reports,
        reports,
        reports,
        counts,
        candidacies,
        votes,
        rounds,
        st.sampled_from([REVISED, REOPENING, DECIDED]),
    ),
    min_size=1,
    max_size=14,
)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[list[Event], bool]]:
    """Batches to append, each with whether its transaction is taken back and tried again."""
    events: list[Event] = list(draw(facts))
    for _ in range(draw(st.integers(0, 4))):
        about = identity(draw(st.sampled_from(events)))
        kind = draw(st.sampled_from([ReportRetracted, ReportReinstated, ReportConfirmed]))
        word = kind(contest=RACE.id, report=about, reason="r", producer="e", occurred_at=on_day(30))
        events.insert(draw(st.integers(0, len(events))), word)
    events.insert(0, DECLARED)
    batches: list[tuple[list[Event], bool]] = []
    while events:
        size = draw(st.integers(1, 5))
        batches.append((events[:size], draw(st.booleans())))
        events = events[size:]
    return batches


class TakenBack(Exception):
    pass


@settings(max_examples=120, deadline=None)
@given(histories())
def test_kept_models_are_what_the_log_gives(batches: Sequence[tuple[list[Event], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "t.db") as store:
        for batch, taken_back in batches:
            if taken_back:
                with pytest.raises(TakenBack), store.transaction():
                    store.log.append(batch, MARCH)
                    raise TakenBack
            store.log.append(batch, MARCH)
        assert list(store.differences()) == []
        assert store.standings.current()
        _agrees_with_the_fold(store)
        whole, light = store.states.contest(RACE.id, until=store.log.head().seq), store.states.light(RACE.id)
        assert whole is not None
        if whole.rounds:
            assert light is None
            return
        assert light is not None
        # Days before the last report are weighed anew, from reports read on demand.
        for day in (1, 2.5, 5, 60):
            told_ = [
                status_json(status(state, as_of=on_day(day), head=store.log.head()))
                for state in (whole, light)
            ]
            assert told_[0] == told_[1]


def _agrees_with_the_fold(store: Store) -> None:
    state = replay(store.log.read()).contests[RACE.id]
    for day in (0.5, 1, 2, 3.5, 5, 60):
        stood = store.standings.as_of(RACE.id, on_day(day))
        for pair in state.reports:
            expected, found = standing(state, pair, on_day(day)), stood.get(pair)
            if found is None:
                assert expected.stance is None
                continue
            assert (found.stance, found.certainty, found.since, found.disputed, found.silence) == (
                expected.stance, expected.certainty, expected.since, expected.disputed, expected.silence
            )  # fmt: skip
            assert found.carried_by == (expected.carried_by and expected.carried_by.id)
    rows = {
        (elector, candidate): rest
        for elector, candidate, *rest in store._database.rows(
            "SELECT elector, candidate, stance, reports, origins, last_report FROM standings"
        )
    }
    assert rows == {
        pair: [held.stance, held.reports, held.origins, held.last and held.last.id]
        for pair, held in standings(state, END).items()
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(reports, min_size=1, max_size=20))
def test_the_latest_report_of_each_pair_by_sql_is_that_of_the_fold(told_: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "t.db") as store:
        store.log.append([DECLARED, *told_], MARCH)
        seen: dict[tuple[str, str], tuple[int, int]] = {}
        for stored in store.log.read(after=1):
            pair = (stored.event.elector, stored.event.candidate)  # type: ignore[union-attr]
            seen[pair] = (seen.get(pair, (0, 0))[0] + 1, stored.seq)
        rows = "SELECT elector, candidate, reports, seq FROM latest_reports"
        kept = store._database.rows(rows)
        store.remake()
        assert store._database.rows(rows) == kept
        assert {(elector, candidate): rest for elector, candidate, *rest in kept} == {
            pair: list(last) for pair, last in seen.items()
        }


@pytest.fixture
def filled(store: Store) -> Store:
    first = told(Stance.SUPPORTS, day=2)
    store.log.append([DECLARED, first, told(Stance.OPPOSES, elector="bb", day=3)], MARCH)
    return store


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE standings SET stance = 'undecided' WHERE elector = 'aa'", "standings"),
        ("UPDATE standings SET reports = 2 WHERE elector = 'aa'", "standings"),
        ("DELETE FROM standing_turns WHERE elector = 'bb'", "standing_turns"),
        ("UPDATE electors SET name = 'AB' WHERE elector = 'aa'", "electors"),
        ("UPDATE candidates SET nationality = 'x'", "candidates"),
        ("UPDATE contests SET title = 'Chair  2024'", "contests"),
        ("UPDATE latest_reports SET seq = seq - 1 WHERE elector = 'bb'", "latest_reports"),
        ("INSERT INTO electors SELECT 'other', elector, name, kind, joined, left_on, votes, weight, veto "
         "FROM electors LIMIT 1", "electors"),
        ("UPDATE read_models SET events = events - 1", "read_models"),
    ],
)  # fmt: skip
def test_a_model_that_was_tampered_with_is_found_and_made_anew(
    filled: Store, raw: Raw, statement: str, table: str
) -> None:
    raw(statement)
    assert [found.table for found in filled.differences()] == [table]
    assert filled.remake() == 3
    assert list(filled.differences()) == []


def test_an_append_brings_in_what_another_program_put_into_the_log(filled: Store, raw: Raw) -> None:
    raw("UPDATE read_models SET events = 1", "DELETE FROM standings", "DELETE FROM standing_turns",
        "DELETE FROM latest_reports")  # fmt: skip
    filled.log.append([told(Stance.UNDECIDED, elector="cc", day=4)], MARCH)
    assert list(filled.differences()) == []


def test_two_processes_that_write_in_turn_keep_one_model(filled: Store) -> None:
    with open_store(filled.path) as other:
        for day in range(5, 25):
            writer = filled if day % 3 else other
            writer.log.append([told(Stance.SUPPORTS if day % 2 else Stance.OPPOSES, day=day)], MARCH)
            if day % 5 == 0:
                writer.log.append([told(Stance.UNDECIDED, elector="dd", day=day - 3.5)], MARCH)
        assert list(filled.differences()) == []


def test_models_of_another_policy_are_made_anew_by_the_first_append(filled: Store) -> None:
    filled.log.append([told(Stance.UNDECIDED, elector="dd", day=1)], MARCH)
    with open_store(filled.path, policy=Policy(origins_needed=1)) as other:
        assert not other.standings.current()
        other.log.append([told(Stance.UNDECIDED, elector="cc", day=4)], MARCH)
        assert other.standings.current() and list(other.differences()) == []
    # The first process leaves the models to the one that came after it, and says that they are not its own.
    filled.log.append([told(Stance.UNDECIDED, elector="dd", day=4)], MARCH)
    assert not filled.standings.current()
    assert {"read_models"} <= {found.table for found in filled.differences()}


def test_the_models_are_remade_while_others_append(filled: Store) -> None:
    done = threading.Event()

    def write() -> None:
        with open_store(filled.path) as writer:
            for n in range(150):
                stance = Stance.SUPPORTS if n % 2 else Stance.OPPOSES
                writer.log.append([told(stance, elector="aa", day=4 + n / 10)], MARCH + timedelta(days=n))
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    rounds = 0
    while not done.is_set():
        filled.remake()
        rounds += 1
    thread.join()
    assert rounds >= 1 and filled.log.head().seq == 153
    assert list(filled.differences()) == []


def test_a_rolled_back_append_leaves_the_models_as_they_were(filled: Store, raw: Raw) -> None:
    before = [raw(f"SELECT * FROM {table}") for table in ("standings", "standing_turns", "read_models")]
    with pytest.raises(TakenBack), filled.transaction():
        filled.log.append([told(Stance.OPPOSES, day=9)], MARCH)
        raise TakenBack
    after = [raw(f"SELECT * FROM {table}") for table in ("standings", "standing_turns", "read_models")]
    assert after == before


def test_a_contest_that_nobody_declared_is_named_with_its_place(store: Store) -> None:
    store.log.append([report(contest=ContestId("nowhere"))], MARCH)
    with pytest.raises(LogError, match="event 1: contest 'nowhere' was never declared"):
        store.remake()
    with pytest.raises(LogError, match="never declared"):
        list(store.differences())


def test_every_column_of_a_model_is_described_and_no_other(store: Store, raw: Raw) -> None:
    described = raw("SELECT table_name, column_name FROM column_descriptions WHERE column_name <> ''")
    for table, column in described:
        assert raw(f"SELECT 1 FROM pragma_table_info('{table}') WHERE name = '{column}'"), (table, column)
    plain = {"contest", "elector", "candidate", "title", "post", "body", "kind", "opened", "closed",
             "takes_office"}  # fmt: skip
    for table in ("contests", "electors", "candidates", "latest_reports", "standings"):
        columns = {name for (name,) in raw(f"SELECT name FROM pragma_table_info('{table}')")}
        assert columns - plain == {column for name, column in described if name == table} - plain


def _of_format_1(path: Path) -> None:
    """Take from a file what format 2 added."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for kind, name in connection.execute(
            "SELECT type, name FROM sqlite_master WHERE name IN ('standing_spans', 'support', 'contests', "
            "'electors', 'candidates', 'latest_reports', 'standings', 'standing_turns', 'read_models', "
            "'column_descriptions', 'events_by_pair') ORDER BY type = 'table'"
        ).fetchall():
            connection.execute(f"DROP {kind} {name}")
        connection.execute(
            "CREATE INDEX events_by_elector ON events (elector, candidate) WHERE elector IS NOT NULL"
        )
        connection.execute("PRAGMA user_version = 1")


def test_a_file_of_the_first_format_is_brought_up_when_it_is_written_to(filled: Store, raw: Raw) -> None:
    events = raw("SELECT * FROM events")
    filled.close()
    _of_format_1(filled.path)
    with open_store(filled.path) as store:
        assert raw("PRAGMA user_version") == [(FORMAT,)]
        assert raw("SELECT * FROM events") == events
        assert not store.standings.current()
        store.log.append([told(Stance.UNDECIDED, elector="cc", day=4)], MARCH)
        assert store.standings.current() and list(store.differences()) == []
    copy = filled.path.with_name("tracker.db.format-1")
    with closing(sqlite3.connect(copy)) as kept:  # as it was, for whoever goes back to the older program
        assert kept.execute("PRAGMA user_version").fetchone() == (1,)
        assert kept.execute("SELECT * FROM events").fetchall() == events


def test_an_old_file_whose_guards_are_gone_is_not_touched(filled: Store, raw: Raw) -> None:
    filled.close()
    _of_format_1(filled.path)
    raw("DROP TRIGGER events_never_go")
    with pytest.raises(GuardMissing):
        open_store(filled.path)
    assert raw("PRAGMA user_version") == [(1,)]


def test_an_old_file_can_be_read_without_being_changed(filled: Store) -> None:
    filled.close()
    _of_format_1(filled.path)
    with open_store(filled.path, read_only=True) as store:
        assert not store.standings.current()
        assert list(store.differences()) == [Difference(table="read_models", contest="", missing=1, extra=0)]
        assert len(list(store.log.read())) == 3


def test_states_of_some_contests_are_those_of_the_whole_log_and_are_caught_up(filled: Store) -> None:
    other = ContestId("other-2025")
    filled.log.append([replace(DECLARED, contest=other, roster=race(id=other))], MARCH)
    held = filled.states.state({RACE.id})
    assert (held.seq, set(held.contests)) == (4, {RACE.id})
    assert held.contests[RACE.id] == replay(filled.log.read()).contests[RACE.id]
    filled.log.append([told(Stance.UNDECIDED, elector="cc"), told(Stance.OPPOSES, contest=other)], MARCH)
    later = filled.states.state({RACE.id}, held)
    assert (later.seq, set(later.contests)) == (6, {RACE.id})
    assert later.contests[RACE.id] == replay(filled.log.read()).contests[RACE.id]
    assert filled.states.state({RACE.id}, later) is later


def test_a_light_state_that_is_folded_on_weighs_anew(filled: Store) -> None:
    light = filled.states.light(RACE.id)
    assert light is not None and light.settled
    word = told(Stance.OPPOSES, day=9)
    after = suppose(State(contests={RACE.id: light}), [(identity(word), word)]).contests[RACE.id]
    pair = (word.elector, word.candidate)
    assert standing(light, pair, END).stance is Stance.SUPPORTS
    assert standing(after, pair, END).stance is Stance.OPPOSES
    assert len(light.reports) == 2 and set(light.reports) == set(after.reports)


def test_a_state_is_not_light_when_the_models_are_not_of_the_log(filled: Store, raw: Raw) -> None:
    raw("UPDATE read_models SET events = events - 1")
    assert filled.states.light(RACE.id) is None
    assert filled.states.light("nowhere") is None
