"""Rounds of voting: what a vote on record shows, who did not vote, and whose support a new round reopens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from tracker.events import RoundOpened, StanceReported, VoteRecorded
from tracker.projection.held import Held
from tracker.projection.state import ContestState
from tracker.rules import Reopening, Vote
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId, Stance, Voice

_SHOWN = {Vote.FOR: Stance.SUPPORTS, Vote.AGAINST: Stance.OPPOSES, Vote.ABSTAIN: Stance.UNDECIDED}


def stance_shown(event: VoteRecorded) -> StanceReported | None:
    """The stance that a vote shows, as the report it is weighed as; `None` for one that shows none: the
    elector was absent, or abstained from the whole round."""
    stance = _SHOWN.get(event.vote)
    if stance is None or event.candidate is None:
        return None
    return StanceReported(
        contest=event.contest,
        elector=event.elector,
        candidate=event.candidate,
        stance=stance,
        certainty=Certainty.RECORDED,
        time=ClaimTime.NOW,
        voice=Voice.ELECTOR,
        silence=False,
        speaker="",
        condition="",
        via=None,
        occurred_at=event.occurred_at,
        precision=event.precision,
        item=None,
        source=event.source,
        evidence=event.evidence,
        rule=f"round-{event.round}.{event.vote.value}",
        confidence=1.0,
        producer=event.producer,
        note=event.note,
    )


def votes_of(
    state: ContestState, as_of: datetime, *, round: int | None = None
) -> Iterator[Held[VoteRecorded]]:
    """Votes on record by that moment (UTC) and not retracted, by when they were cast."""
    for held in state.votes:
        event = held.event
        in_round = round is None or event.round == round
        if in_round and event.occurred_at <= as_of and not state.retracted(held.id):
            yield held


def current_round(state: ContestState, as_of: datetime) -> int | None:
    """The latest round that was opened by that moment; `None` before the first."""
    opened = (
        held.event.round
        for held in state.rounds
        if held.event.occurred_at <= as_of and not state.retracted(held.id)
    )
    return max(opened, default=None)


def not_voting(
    state: ContestState, candidate: CandidateId, as_of: datetime
) -> dict[ElectorId, Held[VoteRecorded]]:
    """Electors known to have abstained, or to be absent, in the round that is going on: toward this
    candidate or altogether, by their last vote in it."""
    now = current_round(state, as_of) if state.votes else None
    if now is None:
        return {}
    last: dict[ElectorId, Held[VoteRecorded]] = {}
    for held in votes_of(state, as_of, round=now):
        if held.event.candidate in (None, candidate):
            last[held.event.elector] = held
    return {e: held for e, held in last.items() if held.event.vote in (Vote.ABSTAIN, Vote.ABSENT)}


def reopenings(
    state: ContestState,
    elector: ElectorId,
    as_of: datetime,
    stance_before: Callable[[CandidateId, Iterable[Held[RoundOpened]], datetime], Stance | None],
) -> dict[CandidateId, tuple[Held[RoundOpened], ...]]:
    """The rounds at whose opening the elector's support was reopened, by candidate.

    stance_before  its stance toward a candidate just before a moment, given the reopenings found so far
    The first round reopens nothing: nobody has voted yet.
    """
    how = state.roster.rule.reopens
    if how is Reopening.NONE:
        return {}
    found: dict[CandidateId, tuple[Held[RoundOpened], ...]] = {}
    known = [candidate.id for candidate in state.roster.candidates]
    for held in state.rounds:
        opened = held.event
        if opened.round <= 1 or opened.occurred_at > as_of or state.retracted(held.id):
            continue
        if how is Reopening.ALL:
            reopened = known
        else:
            backed = [
                c for c in known
                if stance_before(c, found.get(c, ()), opened.occurred_at) is Stance.SUPPORTS
            ]  # fmt: skip
            reopened = backed if len(backed) > 1 else []
        for candidate in reopened:
            found[candidate] = (*found.get(candidate, ()), held)
    return found
