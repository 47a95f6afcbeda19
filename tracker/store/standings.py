"""Standings read from the read models: what a contest looked like at a moment, without folding the log."""

from __future__ import annotations

from datetime import datetime

from tracker.clock import parse, sortable
from tracker.projection import Pair, Policy
from tracker.projection.course import Turn
from tracker.stances import CandidateId, Certainty, ContestId, ElectorId, Stance
from tracker.store.database import Database
from tracker.store.editions import edition

_AS_OF = """\
SELECT elector, candidate, stance, certainty, since, disputed, silence, carried_by, max(at)
FROM standing_turns WHERE contest = ? AND at <= ? GROUP BY elector, candidate"""
# A file of format 1, opened for reading, has none.
_THERE = "SELECT 1 FROM sqlite_master WHERE name = 'read_models'"
_CURRENT = """\
SELECT edition = ? AND events = (SELECT coalesce(max(seq), 0) FROM events) FROM read_models"""


class StandingsKept:
    """The tables `standings` and `standing_turns`, read."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def current(self) -> bool:
        """Whether the models are made by this program's weighing, and of every event in the log."""
        if self._database.row(_THERE) is None:
            return False
        row = self._database.row(_CURRENT, (edition(self._policy),))
        return row is not None and bool(row[0])

    def as_of(self, contest: ContestId, at: datetime) -> dict[Pair, Turn]:
        """The last turn of every standing that a report had borne on by then, by today's knowledge.

        Only asked of models that are `current`. Raises StoreError.
        """
        return {
            (ElectorId(elector), CandidateId(candidate)): Turn(
                at=parse(turned_at),
                stance=None if stance is None else Stance(stance),
                certainty=None if certainty is None else Certainty(certainty),
                since=None if since is None else parse(since),
                disputed=bool(disputed),
                silence=bool(silence),
                carried_by=carried_by,
            )
            for elector, candidate, stance, certainty, since, disputed, silence, carried_by, turned_at in (
                self._database.rows(_AS_OF, (contest, sortable(at)))
            )
        }
