"""Where each candidacy stands on a day, who leads, and who was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from tracker.claims import CandidacyStep
from tracker.contests import Candidate, CandidateStatus
from tracker.events import CandidacyReported, EventId, ReportConfirmed
from tracker.projection.held import Held, Pair
from tracker.projection.origins import Origins
from tracker.projection.policy import DEFAULT_POLICY, Policy
from tracker.projection.seats import seats
from tracker.projection.standing import UNKNOWN, Standing
from tracker.projection.state import ContestState
from tracker.rules import answer
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId

_STATUS = {
    CandidacyStep.MENTIONED: CandidateStatus.MENTIONED,
    CandidacyStep.DECLARED: CandidateStatus.DECLARED,
    CandidacyStep.NOMINATED: CandidateStatus.DECLARED,
    CandidacyStep.DECLINED: CandidateStatus.DECLINED,
    CandidacyStep.WITHDRAWN: CandidateStatus.WITHDRAWN,
}
_OUT = (CandidateStatus.WITHDRAWN, CandidateStatus.DECLINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where one candidacy stands.

    entered     UTC; when the candidate first ran, declared or nominated; `None` before that
    nominators  electors whose nomination stands, in the order they came; the candidate's own or another
    rescinded   electors that took their nomination back
    left        UTC; when the candidate left the race, while out of it
    late        True: entered after the day on which nominations closed
    """

    status: CandidateStatus
    entered: datetime | None = None
    nominators: tuple[ElectorId, ...] = ()
    rescinded: tuple[ElectorId, ...] = ()
    left: datetime | None = None
    late: bool = False


def candidate_status(
    state: ContestState, candidate: Candidate, as_of: datetime, policy: Policy = DEFAULT_POLICY
) -> CandidateStatus:
    """The status of a candidacy at a moment (UTC); see `running`."""
    return running(state, candidate, as_of, policy).status


def running(
    state: ContestState, candidate: Candidate, as_of: datetime, policy: Policy = DEFAULT_POLICY
) -> Running:
    """A candidacy at a moment (UTC): the roster's dates and the news, by when they happened.

    An official word sets its status. An outlet's report enters a candidate; to take one out of the race, or
    back into it, takes `policy.origins_needed` independent origins: a candidate out of it cannot lead.
    Unnamed sources never do the latter, and the former with as many origins. A mention undoes nothing; what
    is foretold, guessed or on a condition changes nothing. A report that a person confirmed sets it.
    A nomination is taken back as a candidacy is, and the candidate stays until he or she withdraws; when no
    elector is named, it is the only nomination that there is.
    """
    status = _at_first(candidate)
    entered = left = None
    nominators = dict.fromkeys(candidate.nominated_by)
    rescinded: dict[ElectorId, None] = {}
    heard: dict[object, Origins] = {}
    for at, step in sorted(_steps(state, candidate, as_of), key=lambda step: step[0]):
        new: CandidateStatus | None
        if isinstance(step, CandidateStatus):
            new, enough, by = step, True, None
        else:
            event = step.event
            if event.step is CandidacyStep.CHOSEN:
                continue
            new, by = _STATUS.get(event.step), event.by
            origins = heard.setdefault(new or (event.step, by), Origins())
            origins.add(event.source.origins)
            trusted = state.confirmed(step.id) or event.certainty is Certainty.OFFICIAL
            enough = trusted or _enough(event, status, new, origins.count, policy)
            if event.step is CandidacyStep.RESCINDED:
                if by is None and len(nominators) == 1:
                    by = next(iter(nominators))
                if enough and by is not None and by in nominators:
                    del nominators[by]
                    rescinded[by] = None
                continue
            if enough and event.step is CandidacyStep.NOMINATED and by is not None:
                rescinded.pop(by, None)
                nominators[by] = None
        if enough and new is CandidateStatus.DECLARED and entered is None:
            entered = at
        if enough and new is not None and new is not status and new is not CandidateStatus.MENTIONED:
            status = new
            left = at if status in _OUT else None
            heard.clear()
    closed = state.roster.nominations_close
    return Running(
        status=status,
        entered=entered,
        nominators=tuple(nominators),
        rescinded=tuple(rescinded),
        left=left,
        late=closed is not None and entered is not None and entered.date() > closed,
    )


def leader(
    state: ContestState,
    standings: Mapping[Pair, Standing],
    as_of: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> CandidateId | None:
    """The candidate still standing with most supporters (by weight, where votes are weighted) among the
    electors present; none on a tie, nor without any supporter.

    Where the decision has stages, whoever has more of them behind leads, then who has more in that one.
    """
    support: dict[CandidateId, tuple[int, float]] = {}
    for candidate in state.roster.candidates:
        if candidate_status(state, candidate, as_of, policy) in _OUT:
            continue
        found = answer(
            state.roster.rule,
            seats(state, candidate.id, as_of, lambda pair: standings.get(pair, UNKNOWN)),
        )
        # In a rule of parts the first one is counted: the one not met yet may be another for each.
        have = found.parts[0].have if found.parts and not found.passed else found.have
        support[candidate.id] = found.passed, have
    most = max(support.values(), default=(0, 0.0))
    ahead = [candidate for candidate, have in support.items() if have == most]
    return ahead[0] if most > (0, 0) and len(ahead) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The body's choice, as it is known or told.

    at       UTC; when it was made, by whoever tells it
    by       the person that entered or confirmed it; empty: official sources agree, or it is only told
    reports  the reports that tell of it, oldest first
    entered  id of the event by which a person closed the contest
    """

    candidate: CandidateId
    at: datetime
    by: str = ""
    reports: tuple[Held[CandidacyReported], ...] = ()
    entered: EventId | None = None


def decision(state: ContestState, as_of: datetime, policy: Policy = DEFAULT_POLICY) -> Choice | None:
    """The choice made by that moment, the latest told; `None` while the race is open.

    A person makes it (`tracker contest decide`), or confirms a report of it, or `policy.decision_origins`
    independent origins tell of it officially. What a person entered goes before what is told.
    """
    made = [h for h in state.decisions if h.event.occurred_at <= as_of and not state.retracted(h.id)]
    if made:
        event = made[-1].event
        return Choice(
            candidate=event.candidate,
            at=event.occurred_at,
            by=event.producer,
            reports=_chosen(state, event.candidate, as_of),
            entered=made[-1].id,
        )
    found: list[Choice] = []
    for candidate in state.roster.candidates:
        told = _chosen(state, candidate.id, as_of)
        origins = Origins()
        for held in told:
            words = (verdict.event for verdict in state.verdicts.get(held.id, ()))
            confirmed = next((w.producer for w in words if isinstance(w, ReportConfirmed)), "")
            if held.event.certainty is Certainty.OFFICIAL:
                origins.add(held.event.source.origins)
            if confirmed or (0 < policy.decision_origins <= origins.count):
                at = held.event.occurred_at
                found.append(Choice(candidate=candidate.id, at=at, by=confirmed, reports=told))
                break
    return max(found, key=lambda choice: choice.at, default=None)


def proposed(state: ContestState, as_of: datetime) -> Choice | None:
    """The choice that reports tell of, whether or not it is enough: of several the one told by most."""
    told = [
        Choice(candidate=candidate.id, at=reports[0].event.occurred_at, reports=reports)
        for candidate in state.roster.candidates
        if (reports := _chosen(state, candidate.id, as_of))
    ]
    return max(told, key=lambda choice: len(choice.reports), default=None)


def _chosen(
    state: ContestState, candidate: CandidateId, as_of: datetime
) -> tuple[Held[CandidacyReported], ...]:
    return tuple(
        held
        for held in state.candidacies
        if held.event.candidate == candidate
        and held.event.step is CandidacyStep.CHOSEN
        and held.event.occurred_at <= as_of
        and held.event.time is ClaimTime.NOW
        and held.event.certainty is not Certainty.SPECULATION
        and not state.retracted(held.id)
    )


def _enough(
    event: CandidacyReported,
    status: CandidateStatus,
    new: CandidateStatus | None,
    origins: int,
    policy: Policy,
) -> bool:
    turns = new is None or new in _OUT or status in _OUT
    if event.certainty is Certainty.ANONYMOUS:
        return not turns and origins >= policy.origins_needed
    return not turns or origins >= policy.origins_needed


def _at_first(candidate: Candidate) -> CandidateStatus:
    """The roster's word before any date of its own."""
    dated = {CandidateStatus.DECLARED: candidate.declared, CandidateStatus.WITHDRAWN: candidate.withdrawn}
    return CandidateStatus.MENTIONED if dated.get(candidate.status) is not None else candidate.status


def _steps(
    state: ContestState, candidate: Candidate, as_of: datetime
) -> Iterator[tuple[datetime, CandidateStatus | Held[CandidacyReported]]]:
    out_undated = candidate.status in _OUT and candidate.withdrawn is None
    dates = ((candidate.declared, CandidateStatus.DECLARED), (candidate.withdrawn, CandidateStatus.WITHDRAWN))
    for day, status in dates:
        if day is not None and day <= as_of.date() and not out_undated:
            yield datetime.combine(day, time(), UTC), status
    for held in state.candidacies:
        event = held.event
        if (
            event.candidate == candidate.id
            and event.occurred_at <= as_of
            and event.time is ClaimTime.NOW
            and event.certainty is not Certainty.SPECULATION
            and not state.retracted(held.id)
        ):
            yield event.occurred_at, held
