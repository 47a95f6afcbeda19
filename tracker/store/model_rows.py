"""What a read model holds of a contest, as rows, and how they are written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

import msgspec

from tracker.clock import sortable
from tracker.projection import ContestState, Pair, Policy, decision
from tracker.projection.course import Course, Turn
from tracker.queries import display_name
from tracker.stances import ContestId
from tracker.store.model_tables import MODELS

Values = tuple[object, ...]
BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
NO_TURNS = "DELETE FROM standing_turns WHERE contest = ? AND elector = ? AND candidate = ?"
_HEARD = (
    "INSERT INTO latest_reports VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
    "SET reports = reports + excluded.reports, seq = excluded.seq"
)
# By SQL alone, along the covering index.
HEARD_OF = (
    "SELECT contest, elector, candidate, count(*), max(seq) FROM events "
    "WHERE contest = ? AND elector IS NOT NULL AND candidate IS NOT NULL GROUP BY contest, elector, candidate"
)
ALL_HEARD = (
    "INSERT INTO latest_reports SELECT contest, elector, candidate, count(*), max(seq) FROM events "
    "WHERE elector IS NOT NULL AND candidate IS NOT NULL GROUP BY contest, elector, candidate"
)


def values_of(table: str) -> str:
    """The placeholders for one row of a model."""
    columns = MODELS[table].split("PRIMARY KEY (")[0].count(",") + (table == "contests")
    return f"({', '.join('?' * columns)})"


_STANDING = f"INSERT OR REPLACE INTO standings VALUES {values_of('standings')}"
_TURN = f"INSERT OR REPLACE INTO standing_turns VALUES {values_of('standing_turns')}"


def write_heard(
    connection: sqlite3.Connection, contest: ContestId, heard: Mapping[Pair, tuple[int, int]]
) -> None:
    """Add to `latest_reports`: for each pair how many reports more, and the place of the last."""
    if heard:
        connection.executemany(_HEARD, [(contest, *pair, *last) for pair, last in heard.items()])


def write_standings(
    connection: sqlite3.Connection,
    contest: ContestId,
    courses: Iterable[tuple[Pair, Course, datetime]],
) -> None:
    """Write each pair's standing, and its turns from a moment on."""
    standings: list[Values] = []
    turns: list[Values] = []
    for pair, course, since in courses:
        standings.append(standing_values(contest, pair, course))
        turns += (turn_values(contest, pair, turn) for turn in course.turns_since(since))
    connection.executemany(_STANDING, standings)
    if turns:
        connection.executemany(_TURN, turns)


def standing_values(contest: ContestId, pair: Pair, course: Course) -> Values:
    """A row of `standings`."""
    held, until = course.standing, course.told_until
    return (
        contest, *pair, held.stance, held.certainty, _moment(held.since), held.disputed, held.silence,
        held.reports, held.origins, None if held.carried_by is None else held.carried_by.id,
        None if held.last is None else held.last.id, _moment(until),
    )  # fmt: skip


def turn_values(contest: ContestId, pair: Pair, turn: Turn) -> Values:
    """A row of `standing_turns`."""
    return (
        contest, *pair, sortable(turn.at), turn.stance, turn.certainty, _moment(turn.since), turn.disputed,
        turn.silence, turn.carried_by,
    )  # fmt: skip


def write_roster(
    connection: sqlite3.Connection, contest: ContestId, state: ContestState, policy: Policy
) -> None:
    """Write the contest, its electors and its candidates as last declared."""
    for table, rows in roster_values(contest, state, policy).items():
        connection.execute(f"DELETE FROM {table} WHERE contest = ?", (contest,))
        connection.executemany(f"INSERT INTO {table} VALUES {values_of(table)}", rows)


def roster_values(contest: ContestId, state: ContestState, policy: Policy) -> dict[str, list[Values]]:
    """The rows of `contests`, `electors` and `candidates` for one contest, one a key."""
    roster, decided = state.roster, decision(state, _END, policy)
    rule = msgspec.json.encode(roster.rule, order="sorted").decode()
    electors: dict[str, Values] = {
        one.id: (
            contest, one.id, display_name(one), one.kind, _day(one.joined), _day(one.left), one.votes,
            one.weight, one.veto,
        )
        for one in roster.electors
    }  # fmt: skip
    candidates: dict[str, Values] = {
        one.id: (contest, one.id, one.name, one.nationality, _day(one.declared), _day(one.withdrawn))
        for one in roster.candidates
    }
    return {
        "contests": [
            (
                contest, roster.title, roster.post, roster.body.name, rule, _day(roster.opened),
                _day(roster.closed), _day(roster.takes_office), sortable(state.declared_at),
                None if decided is None else sortable(decided.at),
                None if decided is None else decided.candidate,
            )
        ],
        "electors": [*electors.values()],
        "candidates": [*candidates.values()],
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(at: datetime | None) -> str | None:
    return None if at is None else sortable(at)
