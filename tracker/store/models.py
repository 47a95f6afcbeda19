"""The read models kept: what each event changes in them, written in the event's own transaction.

A standing goes on from where it was (`projection.course`), so an append costs the same however long the log
is; a pair that this process has not weighed yet is weighed once, from its own reports. `remake` and `check`
are in `store.remaking`.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from tracker.events import (
    BallotCounted,
    Event,
    StanceReported,
    StoredEvent,
    SupportCounted,
    SupportImplied,
    VoteRecorded,
)
from tracker.log import Head
from tracker.projection import DEFAULT_POLICY, ContestState, Held, Pair, Policy, State, suppose
from tracker.projection.course import Course, course_of, reach, reopens
from tracker.projection.fold import weighing_order
from tracker.stances import ContestId
from tracker.store.editions import edition, mark
from tracker.store.history import History, reported
from tracker.store.model_rows import BEGINNING, NO_TURNS, write_heard, write_roster, write_standings
from tracker.store.remaking import remake_within
from tracker.store.rows import SELECTED, stored

# Reports whose weighing is kept in memory (about 1.5 kB each); beyond, the contests least in use are let go.
_KEPT_REPORTS = 100_000


class _Live:
    """A contest as this process holds it: all but its reports, and the courses weighed so far."""

    def __init__(self, state: ContestState | None) -> None:
        self.state = state
        self.courses: dict[Pair, Course] = {}

    @property
    def size(self) -> int:
        return sum(course.taken for course in self.courses.values())


class ReadModels:
    """Keeps the models of one database, for one weighing."""

    def __init__(self, policy: Policy = DEFAULT_POLICY) -> None:
        self.policy = policy
        self._live: OrderedDict[ContestId, _Live] = OrderedDict()
        self._at: Head | None = None
        self._weighed = 0
        self._ours = False

    def take(
        self, connection: sqlite3.Connection, new: Sequence[StoredEvent], *, before: Head, after: Head
    ) -> None:
        """Bring the models up to date with events just inserted; inside their transaction.

        before, after   the log's end without and with them
        Models that another weighing made are made anew, once; if that happens again under this process, the
        other is a newer program, and the models are left to it.
        """
        made_by, known = mark(connection)
        try:
            if made_by != edition(self.policy):
                if not self._ours:
                    remake_within(connection, self.policy)
                return
            # Seen, so committed: a remake that was rolled back is tried again.
            self._ours = True
            if known != before.seq:
                rows = connection.execute(
                    f"SELECT {SELECTED} FROM events WHERE seq > ? ORDER BY seq", (known,)
                )
                new = list(stored(rows))
            self._check_place(connection, before)
            by_contest: dict[ContestId, list[StoredEvent]] = defaultdict(list)
            for one in new:
                by_contest[one.event.contest].append(one)
            for contest, events in by_contest.items():
                self._follow(connection, contest, events)
            connection.execute("UPDATE read_models SET events = ?", (after.seq,))
            self._at = after
            self._let_go()
        except BaseException:
            self._live.clear()
            raise

    def _check_place(self, connection: sqlite3.Connection, before: Head) -> None:
        """Forget what was held where the log is not as we left it: a rollback, another writer."""
        if self._at is None or self._at == before:
            return
        at = self._at
        row = connection.execute("SELECT hash FROM events WHERE seq = ?", (at.seq,)).fetchone()
        if at.seq > before.seq or (at.seq and (row is None or row[0] != at.hash)):
            self._live.clear()
            return
        told = "SELECT DISTINCT contest FROM events WHERE seq > ? AND seq <= ?"
        for (contest,) in connection.execute(told, (at.seq, before.seq)).fetchall():
            self._live.pop(contest, None)

    def _let_go(self) -> None:
        if self._weighed < _KEPT_REPORTS:
            return
        # Counted now and then only: a single append would feel it.
        held = sum(live.size for live in self._live.values())
        while held > _KEPT_REPORTS // 2 and len(self._live) > 1:
            _, live = self._live.popitem(last=False)
            held -= live.size
        self._weighed = held

    def _follow(
        self, connection: sqlite3.Connection, contest: ContestId, events: Sequence[StoredEvent]
    ) -> None:
        log = History(connection.execute)
        told: dict[Pair, list[Held[StanceReported]]] = defaultdict(list)
        heard: dict[Pair, tuple[int, int]] = {}
        others: list[StoredEvent] = []
        for one in events:
            event = one.event
            if isinstance(event, StanceReported | VoteRecorded):
                if event.candidate is not None:
                    pair = (event.elector, event.candidate)
                    heard[pair] = (heard.get(pair, (0, 0))[0] + 1, one.seq)
                said = reported(event)
                if said is not None:
                    told[said.elector, said.candidate].append(Held(one.id, said))
            else:
                others.append(one)
        write_heard(connection, contest, heard)
        live = self._held(log, contest, others)
        if live.state is None:
            return
        anew = self._spread(log, contest, live, others, told)
        goes_on: list[tuple[Pair, Course, datetime]] = []
        for pair, reports in told.items():
            if pair in anew:
                continue
            course = live.courses[pair]
            for held in reports:
                course.take(held)
            self._weighed += len(reports)
            goes_on.append((pair, course, reports[0].event.occurred_at))
        for pair, reports in log.reports_of(contest, anew):
            openings = log.openings(contest, live.state, pair, self.policy)
            course = live.courses[pair] = course_of(live.state, pair, reports, self.policy, openings)
            connection.execute(NO_TURNS, (contest, *pair))
            self._weighed += len(reports)
            goes_on.append((pair, course, BEGINNING))
        write_standings(connection, contest, goes_on)
        # Corrections may be of a decision, or of a report of it.
        if any(not isinstance(one.event, SupportCounted | SupportImplied | BallotCounted) for one in others):
            write_roster(connection, contest, live.state, self.policy)

    def _held(self, log: History, contest: ContestId, others: Sequence[StoredEvent]) -> _Live:
        live = self._live.get(contest)
        if live is None or (live.state is None and others):
            live = self._live[contest] = _Live(log.light(contest))
        elif others and live.state is not None:
            before = State(contests={contest: live.state})
            live.state = suppose(before, [(one.id, one.event) for one in others]).contest(contest)
        self._live.move_to_end(contest)
        return live

    def _spread(
        self,
        log: History,
        contest: ContestId,
        live: _Live,
        others: Sequence[StoredEvent],
        told: Mapping[Pair, list[Held[StanceReported]]],
    ) -> set[Pair]:
        """The pairs to be weighed anew; reports that only go on are put in order."""
        assert live.state is not None
        anew: set[Pair] = set()
        wide = [
            reached for one in others if (reached := reach(one.event, _about(log, one.event))) is not None
        ]
        if wide:
            anew.update(
                pair
                for pair in log.pairs(contest)
                if any(
                    elector in (None, pair[0]) and candidate in (None, pair[1]) for elector, candidate in wide
                )
            )
        if others:
            for pair in anew & live.courses.keys():
                del live.courses[pair]
            for course in live.courses.values():
                course.go_on(live.state)
        if reopens(live.state):
            touched = {elector for elector, _ in (*told, *anew)}
            anew.update(pair for pair in log.pairs(contest) if pair[0] in touched)
        for pair, reports in told.items():
            if len(reports) > 1:
                reports.sort(key=weighing_order)
            known = live.courses.get(pair)
            if known is None or not known.follows(reports[0]):
                anew.add(pair)
        return anew


def _about(log: History, event: Event) -> Event | None:
    report = getattr(event, "report", None)
    return None if report is None else log.event(report)
