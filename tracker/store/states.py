"""States of single contests, read from the log by its indexes: what they cost does not grow with the log.

`state` holds all of some contests; `light` holds one for its standings alone, which come from the read
models: a pair's reports are then read only when they are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

import msgspec

from tracker.clock import parse
from tracker.events import StanceReported
from tracker.log import EventLog
from tracker.projection import EMPTY, ContestState, Held, Pair, Policy, Standing, State, replay
from tracker.projection.state import Settled
from tracker.stances import CandidateId, Certainty, ContestId, ElectorId, Stance
from tracker.store.database import Database
from tracker.store.history import History
from tracker.store.rows import SELECTED, stored
from tracker.store.standings import StandingsKept

_STANDINGS = """\
SELECT elector, candidate, stance, certainty, since, disputed, silence, reports, origins, carried_by,
    last_report, told_until
FROM standings WHERE contest = ?"""
_EVENTS = f"SELECT {SELECTED} FROM events WHERE id IN (SELECT value FROM json_each(?))"


class States:
    """Contests of one database, folded one by one."""

    def __init__(self, database: Database, log: EventLog, standings: StandingsKept, policy: Policy) -> None:
        self._database = database
        self._log = log
        self._standings = standings
        self._policy = policy

    def contests(self) -> list[ContestId]:
        """Every contest that any event is about, by id."""
        return History(self._database.rows).all()

    def contest(self, contest: str, *, until: int) -> ContestState | None:
        """All that the log holds of a contest up to a place; `None` when it does not know it.

        Raises LogError for a contest that was not declared first.
        """
        events = History(self._database.rows).whole(ContestId(contest), until)
        return replay(events).contest(contest)

    def state(self, contests: Collection[ContestId], since: State = EMPTY) -> State:
        """What the log holds of these contests, and of no other; from `since` on, once it was read.

        Raises LogError, StoreError.
        """
        head = self._log.head().seq
        if not since.seq:
            history = History(self._database.rows)
            found = {contest: replay(history.whole(contest, head)).contest(contest) for contest in contests}
            known = {contest: state for contest, state in found.items() if state is not None}
            return State(seq=head, contests=MappingProxyType(known))
        seq = since.seq
        new = []
        for one in self._log.read(after=seq):
            seq = one.seq
            if one.event.contest in contests:
                new.append(one)
        return since if seq == since.seq else replace(replay(new, since), seq=seq)

    def light(self, contest: str) -> ContestState | None:
        """A contest for its standings alone, at their present state or any later moment.

        `None` when the log does not know it, when it had rounds of voting, or when its read models are not of
        the present log and weighing: then ask for `contest`.
        """
        if not self._standings.current():
            return None
        id_ = ContestId(contest)
        history = History(self._database.rows)
        state = history.light(id_)
        # Where there were rounds of voting, who did not vote counts, and that is in the votes alone.
        if state is None or state.rounds:
            return None
        rows = self._database.rows(_STANDINGS, (id_,))
        wanted = [id_ for row in rows for id_ in row[9:11] if id_ is not None]
        held = {
            one.id: Held(one.id, one.event)
            for one in stored(self._database.rows(_EVENTS, (msgspec.json.encode(wanted).decode(),)))
            if isinstance(one.event, StanceReported)
        }
        settled: dict[Pair, Settled] = {}
        for row in rows:
            elector, candidate, stance, certainty, since, disputed, silence, reports, origins, *ids = row
            carried_by, last, told_until = ids
            settled[ElectorId(elector), CandidateId(candidate)] = Settled(
                parse(told_until),
                self._policy,
                Standing(
                    stance=None if stance is None else Stance(stance),
                    certainty=None if certainty is None else Certainty(certainty),
                    since=_moment(since),
                    disputed=bool(disputed),
                    silence=bool(silence),
                    reports=reports,
                    origins=origins,
                    carried_by=held.get(carried_by),
                    last=held.get(last),
                ),
            )
        lazy = _ReportsOnDemand(history, id_, settled)
        return replace(state, reports=lazy, settled=MappingProxyType(settled))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse(text)


class _ReportsOnDemand(Mapping[Pair, tuple[Held[StanceReported], ...]]):
    """A contest's reports by pair, read when they are asked for."""

    def __init__(self, history: History, contest: ContestId, pairs: Collection[Pair]) -> None:
        self._history = history
        self._contest = contest
        self._pairs = pairs
        self._read: dict[Pair, tuple[Held[StanceReported], ...]] = {}

    def __getitem__(self, pair: Pair) -> tuple[Held[StanceReported], ...]:
        if pair not in self._pairs:
            raise KeyError(pair)
        if pair not in self._read:
            self._read[pair] = tuple(self._history.reports(self._contest, pair))
        return self._read[pair]

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)
