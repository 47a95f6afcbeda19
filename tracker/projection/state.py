"""The state of a contest: the reports that count, by elector and candidate, and who said what of them.

State keeps reports, not standings: what they add up to on a day is asked of it (`reckoning`). Nothing in
it depends on the order in which reports arrived; of two words on one report the later in the log holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from tracker.contests import Contest
from tracker.events import (
    BallotCounted,
    CandidacyReported,
    ContestDecided,
    EventId,
    ReportConfirmed,
    ReportReinstated,
    ReportRetracted,
    Retractable,
    RoundOpened,
    StanceReported,
    SupportCounted,
    SupportImplied,
    VoteRecorded,
)
from tracker.projection.held import Held, Pair
from tracker.projection.policy import Policy
from tracker.projection.standing import Standing
from tracker.stances import CandidateId, Certainty, ContestId


class Settled(NamedTuple):
    """A standing that was weighed before (without its reasons), good for any moment from `told_until` on."""

    told_until: datetime
    policy: Policy
    standing: Standing


AnyReport = Held[StanceReported] | Held[SupportCounted] | Held[SupportImplied] | Held[CandidacyReported]
Verdict = ReportRetracted | ReportReinstated | ReportConfirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestState:
    """All that the log holds of one contest.

    roster       as last declared
    reports      by elector (or bloc) and candidate, in the order of weighing; retracted ones included, and
                 votes on record as the stances that they show
    counts, implied, candidacies, votes, ballots, rounds, decisions
                 by when they happened, retracted ones included
    settled      standings that need no weighing again, of a state that was read for its standings alone
    verdicts     by the id of the report they are about (known or yet to come), in the order of the log
    """

    roster: Contest
    declared_at: datetime
    reports: Mapping[Pair, tuple[Held[StanceReported], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    counts: tuple[Held[SupportCounted], ...] = ()
    implied: tuple[Held[SupportImplied], ...] = ()
    candidacies: tuple[Held[CandidacyReported], ...] = ()
    votes: tuple[Held[VoteRecorded], ...] = ()
    ballots: tuple[Held[BallotCounted], ...] = ()
    rounds: tuple[Held[RoundOpened], ...] = ()
    verdicts: Mapping[EventId, tuple[Held[Verdict], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    decisions: tuple[Held[ContestDecided], ...] = ()
    settled: Mapping[Pair, Settled] = field(default_factory=lambda: MappingProxyType({}))

    def retraction(self, report: EventId) -> ReportRetracted | None:
        """The word that took a report back, when it is the last of those that retract or reinstate it."""
        for held in reversed(self.verdicts.get(report, ())):
            if isinstance(held.event, ReportRetracted):
                return held.event
            if isinstance(held.event, ReportReinstated):
                return None
        return None

    def retracted(self, report: EventId) -> bool:
        """Whether the last word on a report took it back."""
        return self.retraction(report) is not None

    def confirmed(self, report: EventId) -> bool:
        """Whether a person has checked a report and stands by it."""
        return any(isinstance(held.event, ReportConfirmed) for held in self.verdicts.get(report, ()))

    def namings(self, candidate: CandidateId) -> tuple[Held[SupportCounted], ...]:
        """Counts for a candidate that name who alone is missing, by when they were told.

        Guesses and retracted ones are left out.
        """
        return tuple(
            held
            for held in self.counts
            if held.event.candidate == candidate
            and held.event.holdouts
            and held.event.certainty is not Certainty.SPECULATION
            and not self.retracted(held.id)
        )

    def all_reports(self) -> Iterator[AnyReport]:
        """Every report, retracted ones included: stances by pair, then counts and what they imply, then
        candidacies. A vote on record is there as the stance that it shows."""
        for reports in self.reports.values():
            yield from reports
        yield from self.counts
        yield from self.implied
        yield from self.candidacies

    def retractable(self, report: str) -> Held[Retractable] | None:
        """The report, vote, ballot's count, round or decision of that id, or `None`."""
        given: tuple[Iterable[Held[Any]], ...] = (
            self.votes, self.ballots, self.rounds, self.decisions, self.all_reports(),
        )  # fmt: skip
        return next((held for each in given for held in each if held.id == report), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a log adds up to, up to and with event `seq`."""

    seq: int = 0
    contests: Mapping[ContestId, ContestState] = field(default_factory=lambda: MappingProxyType({}))

    def contest(self, contest: str) -> ContestState | None:
        """The state of that contest, or `None` when the log does not know it."""
        return self.contests.get(ContestId(contest))


EMPTY = State()
