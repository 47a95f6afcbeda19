"""A database in a notebook: `tracker.open("tracker.db")`, then standings, turns and events as tables.

    race = tracker.open("tracker.db", contest="nato-sg-2024")
    race.standings(as_of="2024-06-18")

A table is a pandas DataFrame where pandas is installed (`pip install 'tracker[frames]'`), else a list of
dicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from tracker import exports
from tracker.clock import Clock, SystemClock, parse_end, utc
from tracker.errors import UnknownName
from tracker.log.codec import fields_of
from tracker.projection import DEFAULT_POLICY, ContestState, Policy
from tracker.store import LogFilter, open_store

Moment = str | datetime | None
_TIMES = ("at", "since", "occurred_at", "recorded_at", "date")


class Opened:
    """One database, opened for reading; a daemon may write it meanwhile.

    Moments are texts (a bare date means its end, UTC) or aware datetimes; `None`: now.
    """

    def __init__(self, path: Path, contest: str | None, *, policy: Policy, clock: Clock) -> None:
        self._store = open_store(path, read_only=True, policy=policy)
        self._contest = contest
        self._policy = policy
        self._clock = clock

    @property
    def contests(self) -> tuple[str, ...]:
        """The contests in the log."""
        return tuple(self._store.states.contests())

    def standings(self, *, as_of: Moment = None, contest: str | None = None) -> Any:
        """A row for each elector and candidate."""
        return self._table("standings", as_of, contest)

    def matrix(self, *, as_of: Moment = None, contest: str | None = None) -> Any:
        """A row for each elector, a column for each candidate."""
        return self._table("matrix", as_of, contest)

    def turns(self, *, as_of: Moment = None, contest: str | None = None) -> Any:
        """A row for each change of a standing, oldest first."""
        return self._table("turns", as_of, contest)

    def endorsements(self, *, as_of: Moment = None, contest: str | None = None) -> Any:
        """A row for each time an elector came to support a candidate, in FiveThirtyEight's columns."""
        return self._table("endorsements", as_of, contest)

    def events(self, *, contest: str | None = None, search: str = "") -> Any:
        """The log itself, of one contest or, where none was named, of all."""
        wanted = LogFilter(contest=contest or self._contest, text=search)
        return _tabled(exports.EVENTS, (fields_of(stored) for stored in self._store.log.find(wanted)))

    def close(self) -> None:
        """Close the file. Safe to repeat."""
        self._store.close()

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _table(self, kind: str, as_of: Moment, contest: str | None) -> Any:
        state = self._state(contest)
        fields, rows = exports.KINDS[kind]
        at = self._clock.now() if as_of is None else as_of
        moment = parse_end(at) if isinstance(at, str) else utc(at)
        return _tabled(fields or exports.matrix_fields(state), rows(state, moment, self._policy))

    def _state(self, contest: str | None) -> ContestState:
        known = self.contests
        wanted = contest or self._contest or (known[0] if len(known) == 1 else None)
        if wanted is None:
            raise UnknownName("contest", "", where=f"{self._store.path}: name one of them", near=known)
        state = self._store.states.contest(wanted, until=self._store.log.head().seq)
        if state is None:
            raise UnknownName("contest", wanted, where=str(self._store.path), near=known)
        return state


def opened(
    path: str | Path,
    *,
    contest: str | None = None,
    policy: Policy = DEFAULT_POLICY,
    clock: Clock | None = None,
) -> Opened:
    """Open a database for reading. Raises StoreError and its kinds."""
    return Opened(Path(path), contest, policy=policy, clock=clock or SystemClock())


def _tabled(fields: Sequence[str], rows: Iterable[dict[str, Any]]) -> Any:
    found = list(rows)
    try:
        import pandas
    except ImportError:
        return found
    frame = pandas.DataFrame(found, columns=list(fields))
    for name in _TIMES:
        if name in frame:
            frame[name] = pandas.to_datetime(frame[name], utc=True, format="ISO8601")
    return frame
