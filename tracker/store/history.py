"""The log by contest and pair: what a read model is made from, read through one connection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from tracker.events import ContestDeclared, Event, RoundOpened, StanceReported, StoredEvent, VoteRecorded
from tracker.projection import EMPTY, ContestState, Held, Pair, Policy, replay
from tracker.projection.ballots import stance_shown
from tracker.projection.course import reopens
from tracker.projection.fold import weighing_order
from tracker.projection.reckoning import rounds_reopening
from tracker.stances import CandidateId, ContestId, ElectorId
from tracker.store.rows import SELECTED, stored

FOREVER = 2**62

# Runs SQL with its values and gives the rows: a connection's `execute`, or `Database.rows`.
Query = Callable[..., Iterable[Any]]

# Pairs of a contest that are read one by one; for more, the contest is read once.
_FEW = 16
_END = datetime.max.replace(tzinfo=UTC)
_ELECTOR = SELECTED.split(", ").index("elector")


def reported(event: Event) -> StanceReported | None:
    """The event as a report of a stance, if it is one: a vote on record is too."""
    if isinstance(event, VoteRecorded):
        return stance_shown(event)
    return event if isinstance(event, StanceReported) else None


class History:
    """Contests and their reports as the log holds them."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def all(self) -> list[ContestId]:
        """Every contest that any event is about."""
        # Jumps from one contest to the next along the index.
        return [
            ContestId(contest)
            for (contest,) in self._query(
                "WITH RECURSIVE c (contest) AS (SELECT min(contest) FROM events UNION ALL "
                "SELECT (SELECT min(contest) FROM events WHERE contest > c.contest) FROM c "
                "WHERE c.contest IS NOT NULL) SELECT contest FROM c WHERE contest IS NOT NULL"
            )
        ]

    def whole(self, contest: ContestId, until: int = FOREVER) -> list[StoredEvent]:
        """All its events up to that place, oldest first."""
        # A unary plus keeps SQLite from walking the whole log in the order of seq.
        return list(
            stored(
                self._query(
                    f"SELECT {SELECTED} FROM events WHERE contest = ? AND seq <= ? ORDER BY +seq",
                    (contest, until),
                )
            )
        )

    def light(self, contest: ContestId) -> ContestState | None:
        """All but the reports of stances; `None` for a contest that was never declared."""
        rows = self._query(
            f"SELECT {SELECTED} FROM events WHERE contest = ? AND elector IS NULL ORDER BY +seq", (contest,)
        )
        events = list(stored(rows))
        # What came before the first declaration is held too, as a fold would after it.
        declared = next((n for n, one in enumerate(events) if isinstance(one.event, ContestDeclared)), None)
        if declared is None:
            return None
        events.insert(0, events.pop(declared))
        return replay(events, EMPTY).contest(contest)

    def first(self, contest: ContestId) -> int:
        """The place of the contest's first event; 0 when there is none."""
        first = "SELECT coalesce(min(seq), 0) FROM events WHERE contest = ?"
        return int(next(iter(self._query(first, (contest,))))[0])

    def reports(self, contest: ContestId, pair: Pair) -> list[Held[StanceReported]]:
        """The pair's reports in the order of weighing."""
        return self._held(
            self._query(
                f"SELECT {SELECTED} FROM events WHERE contest = ? AND elector = ? AND candidate = ?",
                (contest, *pair),
            )
        )

    def all_reports(self, contest: ContestId) -> Iterator[tuple[Pair, list[Held[StanceReported]]]]:
        """Each pair with its reports in the order of weighing."""
        rows = self._query(
            f"SELECT {SELECTED} FROM events WHERE contest = ? AND elector IS NOT NULL "
            "ORDER BY elector, candidate",
            (contest,),
        )
        for (elector, candidate), group in groupby(rows, key=lambda row: (row[_ELECTOR], row[_ELECTOR + 1])):
            held = self._held(group)
            if held:
                yield (ElectorId(elector), CandidateId(candidate)), held

    def openings(
        self, contest: ContestId, state: ContestState, pair: Pair, policy: Policy
    ) -> tuple[Held[RoundOpened], ...]:
        """The rounds of voting that reopened the pair, which the elector's other pairs have a part in."""
        if not reopens(state):
            return ()
        mine = [(pair[0], candidate.id) for candidate in state.roster.candidates]
        reports = {one: tuple(self.reports(contest, one)) for one in mine}
        return rounds_reopening(replace(state, reports=MappingProxyType(reports)), pair, _END, policy)

    def pairs(self, contest: ContestId) -> list[Pair]:
        """Every pair that any report is about."""
        return [
            (ElectorId(elector), CandidateId(candidate))
            for elector, candidate in self._query(
                "SELECT DISTINCT elector, candidate FROM events "
                "WHERE contest = ? AND elector IS NOT NULL AND candidate IS NOT NULL",
                (contest,),
            )
        ]

    def event(self, id_: str) -> Event | None:
        """The event of that id."""
        rows = self._query(f"SELECT {SELECTED} FROM events WHERE id = ?", (id_,))
        return next((one.event for one in stored(rows)), None)

    @staticmethod
    def _held(rows: Iterable[Any]) -> list[Held[StanceReported]]:
        held = [Held(one.id, said) for one in stored(rows) if (said := reported(one.event)) is not None]
        held.sort(key=weighing_order)
        return held

    def reports_of(
        self, contest: ContestId, pairs: Collection[Pair]
    ) -> Iterator[tuple[Pair, list[Held[StanceReported]]]]:
        """These pairs' reports, each in the order of weighing."""
        if len(pairs) <= _FEW:
            for pair in pairs:
                reports = self.reports(contest, pair)
                if reports:
                    yield pair, reports
        else:
            for pair, reports in self.all_reports(contest):
                if pair in pairs:
                    yield pair, reports
