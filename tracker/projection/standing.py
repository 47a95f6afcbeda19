"""The standing: what the evidence on one elector and one candidate adds up to, with its reasons."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

from tracker.events import StanceReported
from tracker.projection.origins import count_origins
from tracker.projection.state import ContestState, Held, Pair
from tracker.projection.weighing import DEFAULT_POLICY, Outcome, Policy, Reason, Weighing
from tracker.stances import Certainty, Stance

__all__ = ["DEFAULT_POLICY", "UNKNOWN", "Policy", "Standing", "standing", "standings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an elector stands toward a candidate.

    stance       `None`: nothing known
    certainty    of the firmest evidence for it since it was last set; `None` with an unknown stance
    since        UTC; when this stance began to hold unbroken
    disputed     firm evidence says otherwise, or silence is told beside support
    silence      the stance is `undecided` only because others tell of no word
    reports, origins
                 how many reports speak for it since it began, from how many independent origins
    carried_by   the firmest report for it, the earliest of equals; `None` with an unknown stance
    last         the latest report that bears on the present, agreeing or not
    reasons      every report on the pair, oldest first
    """

    stance: Stance | None = None
    certainty: Certainty | None = None
    since: datetime | None = None
    disputed: bool = False
    silence: bool = False
    reports: int = 0
    origins: int = 0
    carried_by: Held[StanceReported] | None = None
    last: Held[StanceReported] | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def beside(self) -> tuple[Reason, ...]:
        """Guesses, forecasts, conditions and the past: shown beside the standing, never part of it."""
        return tuple(reason for reason in self.reasons if reason.outcome is Outcome.BESIDE)


UNKNOWN = Standing()


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
    weighing = Weighing(state, pair, policy)
    for held in reports[:told]:
        weighing.take(held)
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
        last=weighing.last,
        reasons=reasons,
    )


def standings(state: ContestState, as_of: datetime, policy: Policy = DEFAULT_POLICY) -> dict[Pair, Standing]:
    """Every standing that any report bears on, by elector and candidate."""
    return {pair: standing(state, pair, as_of, policy) for pair in state.reports}


def _occurred_at(held: Held[StanceReported]) -> datetime:
    return held.event.occurred_at
