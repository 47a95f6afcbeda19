"""The reckoning: from what the state holds on one elector and one candidate to their standing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime

from tracker.events import RoundOpened, StanceReported
from tracker.projection.ballots import reopenings
from tracker.projection.held import Held, Pair
from tracker.projection.origins import count_origins
from tracker.projection.policy import DEFAULT_POLICY, Policy
from tracker.projection.standing import UNKNOWN, Reason, Standing
from tracker.projection.state import ContestState
from tracker.projection.weighing import Weighing
from tracker.stances import CandidateId, Stance


def standing(state: ContestState, pair: Pair, as_of: datetime, policy: Policy = DEFAULT_POLICY) -> Standing:
    """The standing of one elector toward one candidate at a moment (UTC), by what the state holds.

    Only what happened by `as_of` counts, with what is known of it today: a retraction made later has
    undone its report for every moment. (What was believed then is the state of that time.) One that is
    settled has no reasons with it.
    """
    settled = state.settled.get(pair)
    if settled is not None and settled.told_until <= as_of and settled.policy == policy:
        return settled.standing
    reports = state.reports.get(pair, ())
    told = bisect_right(reports, as_of, key=_occurred_at)
    if not told:
        return UNKNOWN
    weighing = _weighed(state, pair, reports[:told], rounds_reopening(state, pair, as_of, policy), policy)
    origins = count_origins(held.event.source.origins for held in weighing.agreeing)
    return told_by(weighing, origins=origins, reasons=weighing.reasons)


def told_by(weighing: Weighing, *, origins: int, reasons: tuple[Reason, ...] = ()) -> Standing:
    """What the reports weighed so far add up to; `origins` and `reasons` are the caller's."""
    return Standing(
        stance=weighing.stance,
        certainty=weighing.certainty,
        since=weighing.since,
        disputed=weighing.disputed,
        silence=weighing.silent,
        reports=len(weighing.agreeing),
        origins=origins,
        carried_by=weighing.carrier,
        ladder=weighing.ladder,
        reopened=weighing.reopened,
        last=weighing.last,
        reasons=reasons,
    )


def rounds_reopening(
    state: ContestState, pair: Pair, as_of: datetime, policy: Policy
) -> tuple[Held[RoundOpened], ...]:
    """The rounds at whose opening this standing was reopened."""
    if not state.rounds:
        return ()
    elector, wanted = pair

    def before(candidate: CandidateId, rounds: Iterable[Held[RoundOpened]], at: datetime) -> Stance | None:
        reports = state.reports.get((elector, candidate), ())
        told = bisect_left(reports, at, key=_occurred_at)
        return _weighed(state, (elector, candidate), reports[:told], rounds, policy).stance

    return reopenings(state, elector, as_of, before).get(wanted, ())


def _weighed(
    state: ContestState,
    pair: Pair,
    reports: Sequence[Held[StanceReported]],
    rounds: Iterable[Held[RoundOpened]],
    policy: Policy,
) -> Weighing:
    """The reports weighed in their order, reopened where a round opened: what is told at its very moment is
    told after it."""
    weighing = Weighing(state, pair, policy)
    at = 0
    for opened in rounds:
        upto = bisect_left(reports, opened.event.occurred_at, key=_occurred_at)
        for held in reports[at:upto]:
            weighing.take(held)
        at = max(at, upto)
        weighing.reopen(opened.event.round, opened.event.occurred_at)
    for held in reports[at:]:
        weighing.take(held)
    return weighing


def standings(state: ContestState, as_of: datetime, policy: Policy = DEFAULT_POLICY) -> dict[Pair, Standing]:
    """Every standing that any report bears on, by elector and candidate."""
    return {pair: standing(state, pair, as_of, policy) for pair in state.reports}


def _occurred_at(held: Held[StanceReported]) -> datetime:
    return held.event.occurred_at
