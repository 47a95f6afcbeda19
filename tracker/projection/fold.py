"""The fold: events in, state out. One function, one case a kind.

A draft collects a run of events and is frozen once, so that replaying a long log does not copy the state
for every event; folding one event is the same code with a run of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar, assert_never

from tracker.errors import LogError
from tracker.events import (
    BallotCounted,
    CandidacyReported,
    ContestDecided,
    ContestDeclared,
    Event,
    EventId,
    ReportConfirmed,
    ReportReinstated,
    ReportRetracted,
    RoundOpened,
    StanceReported,
    StoredEvent,
    SupportCounted,
    SupportImplied,
    VoteRecorded,
)
from tracker.projection.ballots import stance_shown
from tracker.projection.held import Held, Pair
from tracker.projection.state import EMPTY, ContestState, Settled, State, Verdict
from tracker.stances import ContestId

K = TypeVar("K")
V = TypeVar("V")


def apply(state: State, stored: StoredEvent) -> State:
    """The state after one more event. Raises LogError for a contest that was never declared."""
    return replay((stored,), state)


def replay(events: Iterable[StoredEvent], state: State = EMPTY) -> State:
    """The state after all these events, which follow `state.seq` in the log's order.

    Raises LogError for an event of a contest that nobody declared before.
    """
    drafts: dict[ContestId, _Draft] = {}
    seq = state.seq
    for stored in events:
        _take(drafts, state, stored.id, stored.event, stored.seq)
        seq = stored.seq
    return _frozen(drafts, state, seq)


def suppose(state: State, events: Iterable[tuple[EventId, Event]]) -> State:
    """The state if these events were stored; `seq` stays, since they are not."""
    drafts: dict[ContestId, _Draft] = {}
    for event_id, event in events:
        _take(drafts, state, event_id, event, None)
    return _frozen(drafts, state, state.seq)


def _take(
    drafts: dict[ContestId, _Draft], state: State, event_id: EventId, event: Event, seq: int | None
) -> None:
    draft = drafts.get(event.contest)
    if draft is None:
        known = state.contests.get(event.contest)
        if known is not None:
            draft = _Draft(known)
        elif isinstance(event, ContestDeclared):
            draft = _Draft(ContestState(roster=event.roster, declared_at=event.occurred_at))
        else:
            raise LogError(f"contest {event.contest!r} was never declared", seq=seq)
        drafts[event.contest] = draft
    draft.take(event_id, event)


def _frozen(drafts: Mapping[ContestId, _Draft], state: State, seq: int) -> State:
    if not drafts:
        return state if seq == state.seq else replace(state, seq=seq)
    contests = {**state.contests, **{contest: draft.frozen() for contest, draft in drafts.items()}}
    return State(seq=seq, contests=MappingProxyType(contests))


# What is folded in may change any standing.
EMPTY_SETTLED: Mapping[Pair, Settled] = MappingProxyType({})


class _Draft:
    """A contest's state while a run of events is folded into it."""

    def __init__(self, state: ContestState) -> None:
        self.state = state
        self.reports: dict[Pair, dict[EventId, Held[StanceReported]]] = {}
        self.verdicts: dict[EventId, dict[EventId, Held[Verdict]]] = {}
        self.counts: dict[EventId, Held[SupportCounted]] = {}
        self.candidacies: dict[EventId, Held[CandidacyReported]] = {}
        self.decisions: dict[EventId, Held[ContestDecided]] = {}
        self.implied: dict[EventId, Held[SupportImplied]] = {}
        self.votes: dict[EventId, Held[VoteRecorded]] = {}
        self.ballots: dict[EventId, Held[BallotCounted]] = {}
        self.rounds: dict[EventId, Held[RoundOpened]] = {}

    def take(self, event_id: EventId, event: Event) -> None:
        match event:
            case StanceReported():
                pair = (event.elector, event.candidate)
                self.reports.setdefault(pair, {})[event_id] = Held(event_id, event)
            case SupportCounted():
                self.counts[event_id] = Held(event_id, event)
            case SupportImplied():
                self.implied[event_id] = Held(event_id, event)
            case RoundOpened():
                self.rounds[event_id] = Held(event_id, event)
            case VoteRecorded():
                self.votes[event_id] = Held(event_id, event)
                shown = stance_shown(event)
                if shown is not None:
                    pair = (shown.elector, shown.candidate)
                    self.reports.setdefault(pair, {})[event_id] = Held(event_id, shown)
            case BallotCounted():
                self.ballots[event_id] = Held(event_id, event)
            case CandidacyReported():
                self.candidacies[event_id] = Held(event_id, event)
            case ReportRetracted() | ReportReinstated() | ReportConfirmed():
                # Not Held[Verdict](...): Python 3.11 cannot make a slotted frozen generic that way.
                verdict: Held[Verdict] = Held(event_id, event)
                self.verdicts.setdefault(event.report, {})[event_id] = verdict
            case ContestDecided():
                self.decisions[event_id] = Held(event_id, event)
            case ContestDeclared():
                # The later declaration holds, whatever order they came in.
                if event.occurred_at >= self.state.declared_at:
                    self.state = replace(self.state, roster=event.roster, declared_at=event.occurred_at)
            case _:
                assert_never(event)

    def frozen(self) -> ContestState:
        state = self.state
        return replace(
            state,
            reports=_merged(state.reports, self.reports, _weighed),
            verdicts=_merged(state.verdicts, self.verdicts, _appended),
            counts=_ordered(state.counts, self.counts),
            candidacies=_ordered(state.candidacies, self.candidacies),
            decisions=_ordered(state.decisions, self.decisions),
            settled=EMPTY_SETTLED,
            implied=_ordered(state.implied, self.implied),
            votes=_ordered(state.votes, self.votes),
            ballots=_ordered(state.ballots, self.ballots),
            rounds=_ordered(state.rounds, self.rounds),
        )


def _merged(
    old: Mapping[K, tuple[Held[V], ...]],
    new: Mapping[K, Mapping[EventId, Held[V]]],
    join: Callable[[tuple[Held[V], ...], Mapping[EventId, Held[V]]], tuple[Held[V], ...]],
) -> Mapping[K, tuple[Held[V], ...]]:
    if not new:
        return old
    return MappingProxyType({**old, **{key: join(old.get(key, ()), held) for key, held in new.items()}})


def _appended(old: tuple[Held[V], ...], new: Mapping[EventId, Held[V]]) -> tuple[Held[V], ...]:
    """In the order of arrival, without doubles."""
    return tuple({**{held.id: held for held in old}, **new}.values()) if old else tuple(new.values())


def _ordered(old: tuple[Held[V], ...], new: Mapping[EventId, Held[V]]) -> tuple[Held[V], ...]:
    """By when things happened and then by id, without doubles: the order of arrival leaves no trace."""
    return tuple(sorted(_appended(old, new), key=_when)) if new else old


def _weighed(
    old: tuple[Held[StanceReported], ...], new: Mapping[EventId, Held[StanceReported]]
) -> tuple[Held[StanceReported], ...]:
    """In the order of weighing: by when stances were told; at one instant the firmer word comes last and
    so has the last word, of equals the one against; then by id."""
    return tuple(sorted(_appended(old, new), key=weighing_order))


def _when(held: Held[Any]) -> tuple[datetime, EventId]:
    return held.event.occurred_at, held.id


def weighing_order(held: Held[StanceReported]) -> tuple[datetime, int, int, EventId]:
    """The key that sorts reports into the order in which they are weighed."""
    event = held.event
    return event.occurred_at, -event.certainty.rank, -event.stance.polarity, held.id
