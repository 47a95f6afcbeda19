"""Where each candidacy stands on a day, and who leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from tracker.claims import CandidacyStep
from tracker.contests import Candidate, CandidateStatus
from tracker.projection.standing import Standing
from tracker.projection.state import ContestState, Pair
from tracker.stances import CandidateId, Certainty, ClaimTime, Stance

_STATUS = {
    CandidacyStep.MENTIONED: CandidateStatus.MENTIONED,
    CandidacyStep.DECLARED: CandidateStatus.DECLARED,
    CandidacyStep.NOMINATED: CandidateStatus.DECLARED,
    CandidacyStep.DECLINED: CandidateStatus.DECLINED,
    CandidacyStep.WITHDRAWN: CandidateStatus.WITHDRAWN,
}


def candidate_status(state: ContestState, candidate: Candidate, as_of: datetime) -> CandidateStatus:
    """The status of a candidacy at a moment: the roster's dates, then what the news told since.

    A mention never undoes more than silence; a candidacy told as future, on a condition or as a guess
    changes nothing.
    """
    status = _by_roster(candidate, as_of)
    for held in state.candidacies:
        event = held.event
        if event.candidate != candidate.id or event.occurred_at > as_of or state.retracted(held.id):
            continue
        if event.time is not ClaimTime.NOW or event.certainty is Certainty.SPECULATION:
            continue
        if event.step is not CandidacyStep.MENTIONED:
            status = _STATUS[event.step]
    return status


def leader(state: ContestState, standings: Mapping[Pair, Standing], as_of: datetime) -> CandidateId | None:
    """The candidate still standing with most supporters among the electors present; none on a tie."""
    present = {elector.id for elector in state.roster.present(as_of)}
    backers: dict[CandidateId, int] = {}
    for (elector, candidate), standing in standings.items():
        if standing.stance is Stance.SUPPORTS and elector in present:
            backers[candidate] = backers.get(candidate, 0) + 1
    ranked = sorted(
        (
            (count, candidate.id)
            for candidate in state.roster.candidates
            if (count := backers.get(candidate.id, 0))
            and candidate_status(state, candidate, as_of)
            not in (CandidateStatus.WITHDRAWN, CandidateStatus.DECLINED)
        ),
        reverse=True,
    )
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]


def _by_roster(candidate: Candidate, as_of: datetime) -> CandidateStatus:
    def reached(day: date | None) -> bool:
        return day is not None and day <= as_of.date()

    if reached(candidate.withdrawn):
        return CandidateStatus.WITHDRAWN
    if reached(candidate.declared):
        return CandidateStatus.DECLARED
    if candidate.status is CandidateStatus.DECLINED and candidate.withdrawn is None:
        return CandidateStatus.DECLINED
    if candidate.declared is None and candidate.status is CandidateStatus.DECLARED:
        return CandidateStatus.DECLARED
    return CandidateStatus.MENTIONED
