"""Seats: where each elector counts for a candidate, by its own standing or a bloc's word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tracker.contests import Elector
from tracker.events import SupportImplied, VoteRecorded
from tracker.projection.ballots import not_voting
from tracker.projection.held import Held, Pair
from tracker.projection.standing import Standing
from tracker.projection.state import ContestState
from tracker.rules import Seat
from tracker.stances import CandidateId, Certainty, ElectorId, Stance

Lookup = Callable[[Pair], Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocWord:
    """What the blocs that bind an elector say of a candidate.

    stance   their word, where they agree; `None` when none spoke, or they do not
    blocs    ids of those that spoke for or against, in roster order
    divided  they are for and against
    """

    stance: Stance | None
    blocs: tuple[str, ...]
    divided: bool = False


def seats(
    state: ContestState, candidate: CandidateId, as_of: datetime, standing_of: Lookup
) -> tuple[Seat, ...]:
    """The seats of the electors present at that moment (UTC), in roster order."""
    idle = not_voting(state, candidate, as_of)
    counted = implied_support(state, candidate, as_of)
    return tuple(
        _seat(state, elector, candidate, as_of, standing_of, idle.get(elector.id), counted)
        for elector in state.roster.present(as_of)
    )


def implied_support(state: ContestState, candidate: CandidateId, as_of: datetime) -> frozenset[ElectorId]:
    """The electors that the latest count which names who is missing has among the supporters."""
    latest = latest_implied(state, candidate, as_of)
    return frozenset() if latest is None else frozenset(latest.event.electors)


def counted_by(
    state: ContestState, elector: ElectorId, candidate: CandidateId, as_of: datetime
) -> Held[SupportImplied] | None:
    """The count by which an elector is among the supporters; `None` when the latest one has it not."""
    latest = latest_implied(state, candidate, as_of)
    return latest if latest is not None and elector in latest.event.electors else None


def latest_implied(
    state: ContestState, candidate: CandidateId, as_of: datetime
) -> Held[SupportImplied] | None:
    """The latest count which names who is missing; guesses and retracted ones left out, and those whose
    count was retracted."""
    return next(
        (
            held
            for held in reversed(state.implied)
            if held.event.candidate == candidate
            and held.event.occurred_at <= as_of
            and held.event.certainty is not Certainty.SPECULATION
            and not state.retracted(held.id)
            and not state.retracted(held.event.count)
        ),
        None,
    )


def bloc_word(
    state: ContestState, elector: ElectorId, candidate: CandidateId, standing_of: Lookup
) -> BlocWord:
    """The word of the blocs that bind an elector; where they differ in shade only, the weaker one."""
    said: dict[str, Stance] = {}
    for bloc in state.roster.blocs:
        if bloc.binds and elector in bloc.members:
            stance = standing_of((ElectorId(bloc.id), candidate)).stance
            if stance is not None and stance.polarity:
                said[bloc.id] = stance
    if len({stance.polarity for stance in said.values()}) > 1:
        return BlocWord(stance=None, blocs=tuple(said), divided=True)
    leaning = next((stance for stance in said.values() if stance.leans), None)
    return BlocWord(stance=leaning or next(iter(said.values()), None), blocs=tuple(said))


def breaks(own: Standing, word: BlocWord) -> bool:
    """Whether an elector has broken from a bloc that binds it: it is for where the bloc is against, or
    the other way round."""
    return own.stance is not None and word.stance is not None and own.stance.polarity == -word.stance.polarity


def _seat(
    state: ContestState,
    elector: Elector,
    candidate: CandidateId,
    as_of: datetime,
    standing_of: Lookup,
    idle: Held[VoteRecorded] | None,
    counted: frozenset[ElectorId],
) -> Seat:
    own = standing_of((elector.id, candidate))
    # What it said after it did not vote holds.
    spoke = own.last is not None and idle is not None and own.last.event.occurred_at > idle.event.occurred_at
    stance, bloc = own.stance, ""
    # Whoever has spoken for itself is not spoken for; what only silence filled in is no word.
    if own.stance is None or own.silence:
        word = bloc_word(state, elector.id, candidate, standing_of)
        if word.stance is not None:
            stance, bloc = word.stance, word.blocs[0]
    return Seat(
        elector=elector.id,
        weight=elector.weight,
        veto=elector.veto,
        stance=stance,
        electorates=frozenset(e.id for e in state.roster.electorates if e.seats(elector.id, as_of)),
        vote=None if idle is None or spoke else idle.event.vote,
        bloc=bloc,
        # It fills what is unknown, and takes a lean to support for what it leans to.
        counted=elector.id in counted and (stance is None or own.silence or stance is Stance.LEANS_SUPPORT),
    )
