"""The course of a standing: what it was after each report, told once, without weighing all again.

    course = Course(state, pair, policy)
    for held in reports: course.take(held)
    course.turns      each moment at which the standing changed
    course.standing   what it is now

The read models in the store are made of it. A report that is not the latest cannot be slipped in: then
the pair is weighed anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from tracker.events import (
    BallotCounted,
    CandidacyReported,
    ContestDecided,
    ContestDeclared,
    Event,
    EventId,
    RoundOpened,
    StanceReported,
    SupportCounted,
    SupportImplied,
    VoteRecorded,
)
from tracker.projection.fold import weighing_order
from tracker.projection.held import Held, Pair
from tracker.projection.origins import Origins
from tracker.projection.policy import Policy
from tracker.projection.reckoning import rounds_reopening, told_by
from tracker.projection.standing import Standing
from tracker.projection.state import ContestState
from tracker.projection.weighing import Weighing
from tracker.rules import Reopening
from tracker.stances import Certainty, Stance

_END = datetime.max.replace(tzinfo=UTC)


class Turn(NamedTuple):
    """A moment from which a standing was another than before (fields: as in `Standing`)."""

    at: datetime
    stance: Stance | None
    certainty: Certainty | None
    since: datetime | None
    disputed: bool
    silence: bool
    carried_by: EventId | None


class Course:
    """One pair's reports weighed one after the other, with every turn that the standing took."""

    __slots__ = (
        "_agreeing", "_last", "_openings", "_origins", "_told", "_turned_at", "_turns", "_weighing", "taken",
    )  # fmt: skip

    def __init__(
        self, state: ContestState, pair: Pair, policy: Policy, openings: Iterable[Held[RoundOpened]] = ()
    ) -> None:
        self._openings = list(openings)
        self._weighing = Weighing(state, pair, policy)
        self._turns: dict[datetime, Turn] = {}
        self._told: tuple[object, ...] | None = None
        self._turned_at: datetime | None = None
        self._last: Held[StanceReported] | None = None
        self._origins = Origins()
        self._agreeing: list[Held[StanceReported]] = []
        self.taken = 0

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Oldest first; of several at one instant the last, by which alone the instant is judged."""
        return tuple(self._turns.values())

    def turns_since(self, at: datetime) -> tuple[Turn, ...]:
        """The turns at that moment and after it."""
        return tuple(turn for turn in self._turns.values() if turn.at >= at)

    @property
    def told_until(self) -> datetime | None:
        """When the latest report taken was told (UTC)."""
        return None if self._last is None else self._last.event.occurred_at

    @property
    def standing(self) -> Standing:
        """What all reports taken add up to, but for the reasons, which grow with the log."""
        weighing = self._weighing
        if weighing.agreeing is not self._agreeing or not self._agreeing:
            self._origins, self._agreeing = Origins(), weighing.agreeing
        for held in self._agreeing[self._origins.added :]:
            self._origins.add(held.event.source.origins)
        return told_by(weighing, origins=self._origins.count)

    def follows(self, held: Held[StanceReported]) -> bool:
        """Whether the report is to be weighed after all that were taken."""
        return self._last is None or weighing_order(self._last) < weighing_order(held)

    def take(self, held: Held[StanceReported]) -> None:
        """Weigh the next report, one that `follows`."""
        self._open(held.event.occurred_at)
        weighing = self._weighing
        weighing.take(held)
        self._last = held
        self.taken += 1
        self._turn(held.event.occurred_at)

    def finish(self) -> None:
        """Let the rounds come that opened after the last report."""
        self._open(None)

    def _open(self, until: datetime | None) -> None:
        while self._openings and (until is None or self._openings[0].event.occurred_at <= until):
            opened = self._openings.pop(0).event
            self._weighing.reopen(opened.round, opened.occurred_at)
            self._turn(opened.occurred_at)

    def go_on(self, state: ContestState) -> None:
        """Go on by a later state of the contest, one that changes nothing for the reports taken."""
        self._weighing.go_on(state)

    def _turn(self, at: datetime) -> None:
        weighing = self._weighing
        carrier = weighing.carrier
        told = (
            weighing.stance, weighing.certainty, weighing.since, weighing.disputed, weighing.silent,
            None if carrier is None else carrier.id,
        )  # fmt: skip
        if told != self._told or at == self._turned_at:
            self._turns[at] = Turn(at, *told)
            self._told, self._turned_at = told, at


def course(state: ContestState, pair: Pair, policy: Policy) -> Course:
    """The whole course of a pair by what the state holds."""
    reports = state.reports.get(pair, ())
    return course_of(state, pair, reports, policy, rounds_reopening(state, pair, _END, policy))


def course_of(
    state: ContestState,
    pair: Pair,
    reports: Iterable[Held[StanceReported]],
    policy: Policy,
    openings: Iterable[Held[RoundOpened]] = (),
) -> Course:
    """The course of a pair from its reports, in the order of weighing, and the rounds that reopened it."""
    made = Course(state, pair, policy, openings)
    for held in reports:
        made.take(held)
    made.finish()
    return made


def reopens(state: ContestState) -> bool:
    """Whether rounds of voting reopen standings here: then an elector's standings hang together, and none of
    them goes on by itself."""
    return bool(state.rounds) and state.roster.rule.reopens is not Reopening.NONE


def reach(event: Event, of: Event | None) -> tuple[str | None, str | None] | None:
    """Whose standings an event bears on besides what it is itself a report of.

    of   the report that a correction is about; `None` when it is not in the log
    An elector and a candidate, `None` standing for all of them; or `None`: nobody's. A correction of a
    report that is not there yet bears on nobody's: the report is weighed with it when it comes.
    """
    match event:
        case ContestDeclared():
            return None, None
        case StanceReported():
            return event.elector, event.candidate
        case SupportCounted():
            # Only a count that names who is missing is weighed (rule b).
            return (None, event.candidate) if event.holdouts else None
        case VoteRecorded():
            return None if event.candidate is None else (event.elector, event.candidate)
        case RoundOpened():
            return None, None
        case CandidacyReported() | ContestDecided() | SupportImplied() | BallotCounted():
            return None
        case _:
            return None if of is None else reach(of, None)
