"""Ballots: rounds of voting as a person enters them, and what they add up to, apart from the standings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.byhand import ByHand, known_candidate, known_elector, signed
from tracker.clock import iso
from tracker.errors import InputError
from tracker.events import BallotCounted, RoundOpened, VoteRecorded
from tracker.projection import ContestState, Held
from tracker.projection.ballots import votes_of
from tracker.rules import Outcome, Rule, Seat, Vote, answer
from tracker.stances import CandidateId, Certainty, ElectorId, Stance

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One candidate in one round.

    named     by kind of vote: electors whose vote is on record, in roster order
    told      counts without names, by when they were told, retracted ones left out
    conflict  the counts differ, or more are on record than a count has
    outcome   what the rule says of these votes alone; `None` when they do not settle it
    """

    candidate: CandidateId
    named: Mapping[Vote, tuple[ElectorId, ...]]
    told: tuple[Held[BallotCounted], ...]
    conflict: bool
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundHeld:
    """One round: as it was opened (`None` when nobody entered that), and its candidates' tallies."""

    round: int
    opened: Held[RoundOpened] | None
    tallies: tuple[Tally, ...]


def open_round(
    state: ContestState,
    round: int,
    *,
    candidates: Sequence[str] = (),
    secret: bool = False,
    hand: ByHand,
) -> RoundOpened:
    """The event by which a round begins; `hand.why` says which it is. Raises UnknownName, InputError."""
    signed(hand.by, hand.why)
    chosen = tuple(known_candidate(state.roster, candidate) for candidate in candidates)
    if round < 1:
        raise InputError("ROUND", f"rounds are counted from 1, not {round}")
    for held in _opened(state):
        if held.event.round == round:
            raise InputError(
                "ROUND", f"round {round} was opened on {held.event.occurred_at:%Y-%m-%d}; retract {held.id}"
            )
        if (held.event.round < round) != (held.event.occurred_at <= hand.at):
            raise InputError(
                "--date", f"round {held.event.round} was opened on {held.event.occurred_at:%Y-%m-%d}"
            )
    return RoundOpened(
        contest=state.roster.id,
        round=round,
        candidates=chosen,
        secret=secret,
        occurred_at=hand.at,
        precision=hand.precision,
        producer=hand.by,
        note=hand.why,
    )


def record_vote(
    state: ContestState,
    elector: str,
    vote: Vote,
    *,
    round: int,
    candidate: str | None,
    hand: ByHand,
) -> VoteRecorded:
    """The event that puts one elector's vote on record. Raises UnknownName, InputError."""
    signed(hand.by, hand.why)
    roster = state.roster
    who = known_elector(roster, elector)
    whom = None if candidate is None else known_candidate(roster, candidate)
    if whom is None and vote in (Vote.FOR, Vote.AGAINST):
        raise InputError("--candidate", f"a vote {vote.value} is on somebody: on whom?")
    _in_round(state, round, whom, hand.at, secret=False)
    if who not in {e.id for e in roster.present(hand.at)}:
        raise InputError("ELECTOR", f"{who} had no vote on {hand.at:%Y-%m-%d}")
    for held in votes_of(state, datetime.max.replace(tzinfo=hand.at.tzinfo), round=round):
        if (held.event.elector, held.event.candidate) == (who, whom) and held.event.vote is not vote:
            raise InputError(
                "ELECTOR",
                f"{who} voted {held.event.vote.value} in round {round} already; retract {held.id}",
            )
    return VoteRecorded(
        contest=roster.id,
        round=round,
        elector=who,
        candidate=whom,
        vote=vote,
        occurred_at=hand.at,
        precision=hand.precision,
        source=hand.source,
        evidence=hand.evidence(f"round {round}: {vote.value}"),
        producer=hand.by,
        note=hand.why,
    )


def count_ballot(
    state: ContestState,
    candidate: str,
    *,
    round: int,
    votes_for: int,
    against: int | None = None,
    abstained: int | None = None,
    absent: int | None = None,
    certainty: Certainty = Certainty.OFFICIAL,
    speaker: str = "",
    hand: ByHand,
) -> BallotCounted:
    """The event that keeps a number of votes without names. Raises UnknownName, InputError."""
    signed(hand.by, hand.why)
    roster = state.roster
    whom = known_candidate(roster, candidate)
    _in_round(state, round, whom, hand.at, secret=True)
    numbers = [n for n in (votes_for, against, abstained, absent) if n is not None]
    if min(numbers) < 0:
        raise InputError("--for", f"not a number of votes: {min(numbers)}")
    seats = max(len(roster.present(hand.at)), roster.rule.total or 0)
    if sum(numbers) > seats:
        raise InputError("--for", f"{sum(numbers)} votes in all, but {seats} electors had one that day")
    return BallotCounted(
        contest=roster.id,
        round=round,
        candidate=whom,
        votes_for=votes_for,
        against=against,
        abstained=abstained,
        absent=absent,
        certainty=certainty,
        speaker=speaker,
        occurred_at=hand.at,
        precision=hand.precision,
        source=hand.source,
        evidence=hand.evidence(f"round {round}: {votes_for} for {whom}"),
        producer=hand.by,
        note=hand.why,
    )


def rounds_held(state: ContestState, as_of: datetime) -> tuple[RoundHeld, ...]:
    """Every round begun by that moment (UTC), the first one first."""
    opened = {h.event.round: h for h in _opened(state) if h.event.occurred_at <= as_of}
    votes = list(votes_of(state, as_of))
    counts = [
        h for h in state.ballots if h.event.occurred_at <= as_of and not state.retracted(h.id)
    ]  # fmt: skip
    numbers = {*opened, *(h.event.round for h in votes), *(h.event.round for h in counts)}
    return tuple(
        RoundHeld(
            round=number,
            opened=opened.get(number),
            tallies=_tallies(
                state,
                opened.get(number),
                [h for h in votes if h.event.round == number],
                [h for h in counts if h.event.round == number],
                as_of,
            ),
        )
        for number in sorted(numbers)
    )


def _opened(state: ContestState) -> list[Held[RoundOpened]]:
    return [held for held in state.rounds if not state.retracted(held.id)]


def _in_round(state: ContestState, round: int, candidate: str | None, at: datetime, *, secret: bool) -> None:
    """Raises InputError unless the round was opened, by then, with that candidate in it."""
    held = next((held for held in _opened(state) if held.event.round == round), None)
    if held is None:
        raise InputError("--round", f"round {round} was not opened; `tracker ballot open {round}` first")
    if at < held.event.occurred_at:
        raise InputError("--date", f"round {round} was opened on {held.event.occurred_at:%Y-%m-%d}")
    if candidate is not None and held.event.candidates and candidate not in held.event.candidates:
        standing = ", ".join(held.event.candidates)
        raise InputError("CANDIDATE", f"{candidate} did not stand in round {round}, but {standing}")
    if held.event.secret and not secret:
        raise InputError("--round", f"round {round} is secret: nobody's vote is known, only their number")


def _tallies(
    state: ContestState,
    opened: Held[RoundOpened] | None,
    votes: Sequence[Held[VoteRecorded]],
    counts: Sequence[Held[BallotCounted]],
    as_of: datetime,
) -> tuple[Tally, ...]:
    roster = state.roster
    listed = opened.event.candidates if opened is not None and opened.event.candidates else ()
    touched = {h.event.candidate for h in votes} | {h.event.candidate for h in counts}
    found = []
    for candidate in roster.candidates:
        if candidate.id not in (listed or touched):
            continue
        cast = {h.event.elector: h.event.vote for h in votes if h.event.candidate in (None, candidate.id)}
        told = tuple(h for h in counts if h.event.candidate == candidate.id)
        named = {
            vote: tuple(e.id for e in roster.electors if cast.get(e.id) is vote) for vote in Vote
        }  # fmt: skip
        found.append(
            Tally(
                candidate=candidate.id,
                named=named,
                told=told,
                conflict=_conflict(named, told),
                outcome=_outcome(state, cast, told, as_of),
            )
        )
    return tuple(found)


def _conflict(named: Mapping[Vote, tuple[ElectorId, ...]], told: Sequence[Held[BallotCounted]]) -> bool:
    for name, vote in _NUMBERS.items():
        numbers = {number for h in told if (number := getattr(h.event, name)) is not None}
        if len(numbers) > 1 or (numbers and len(named[vote]) > min(numbers)):
            return True
    return False


_NUMBERS = {
    "votes_for": Vote.FOR,
    "against": Vote.AGAINST,
    "abstained": Vote.ABSTAIN,
    "absent": Vote.ABSENT,
}


def _outcome(
    state: ContestState, cast: Mapping[ElectorId, Vote], told: Sequence[Held[BallotCounted]], as_of: datetime
) -> Outcome | None:
    """What the votes settle: those on record, when all are; else the counts, when all of them agree on it."""
    present = state.roster.present(as_of)
    if present and all(elector.id in cast for elector in present):
        seats = [
            Seat(
                elector=e.id,
                weight=e.weight,
                veto=e.veto,
                stance=_AS_STANCE.get(cast[e.id]),
                vote=cast[e.id],
                electorates=frozenset(x.id for x in state.roster.electorates if x.seats(e.id, as_of)),
            )
            for e in present
        ]
        return answer(state.roster.rule, seats).outcome
    rule = state.roster.rule
    # Numbers alone say nothing of who has a veto, what weight they have, or where they sit.
    if not told or rule.compound or rule.vetoes or rule.kind in ("weighted_majority", "open"):
        return None
    outcomes = {_by_numbers(rule, held.event, len(present)) for held in told}
    return outcomes.pop() if len(outcomes) == 1 else None


_AS_STANCE = {Vote.FOR: Stance.SUPPORTS, Vote.AGAINST: Stance.OPPOSES}


def _by_numbers(rule: Rule, event: BallotCounted, present: int) -> Outcome:
    """The rule applied to nameless seats; a number that was not told is nobody, and those left over did not
    vote for the candidate."""
    votes = [vote for name, vote in _NUMBERS.items() for _ in range(getattr(event, name) or 0)]
    votes += [Vote.AGAINST] * (max(present, rule.total or 0) - len(votes))
    seats = [
        Seat(elector=ElectorId(str(n)), weight=1.0, veto=False, stance=_AS_STANCE.get(vote), vote=vote)
        for n, vote in enumerate(votes)
    ]
    return answer(rule, seats).outcome


def round_json(value: RoundHeld) -> Json:
    """One round, as in `tracker ballot --format json`."""
    opened = value.opened
    return {
        "round": value.round,
        "opened": None if opened is None else iso(opened.event.occurred_at),
        "id": None if opened is None else opened.id,
        "secret": None if opened is None else opened.event.secret,
        "note": None if opened is None else opened.event.note or None,
        "candidates": [
            {
                "candidate": tally.candidate,
                "named": {vote.value: list(electors) for vote, electors in tally.named.items()},
                "told": [_count_json(held) for held in tally.told],
                "conflict": tally.conflict,
                "outcome": None if tally.outcome is None else tally.outcome.value,
            }
            for tally in value.tallies
        ],
    }


def _count_json(held: Held[BallotCounted]) -> Json:
    event = held.event
    return {
        "id": held.id,
        "at": iso(event.occurred_at),
        "for": event.votes_for,
        "against": event.against,
        "abstain": event.abstained,
        "absent": event.absent,
        "certainty": event.certainty.value,
        "speaker": event.speaker or None,
        "outlet": event.source.outlet,
        "url": event.source.url or None,
    }
