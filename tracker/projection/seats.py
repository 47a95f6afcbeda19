"""Seats: where each elector counts for a candidate, by its own standing or a bloc's word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tracker.contests import Elector
from tracker.projection.standing import Standing
from tracker.projection.state import ContestState, Pair
from tracker.rules import Seat
from tracker.stances import CandidateId, ElectorId, Stance

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
    return tuple(
        _seat(state, elector, candidate, as_of, standing_of) for elector in state.roster.present(as_of)
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
    state: ContestState, elector: Elector, candidate: CandidateId, as_of: datetime, standing_of: Lookup
) -> Seat:
    own = standing_of((elector.id, candidate))
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
        bloc=bloc,
    )
