"""Positions: where a candidate stands by the decision rule, what is still missing, and who could stop it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.alerts import seats_for
from tracker.projection import DEFAULT_POLICY, ContestState, Policy, bloc_word, breaks, standing
from tracker.rules import Answer, PartAnswer, Path, Seat, answer, path
from tracker.stances import CandidateId, ElectorId, Stance

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One candidate by the decision rule.

    seats  of the electors present, in roster order, each where it counts
    path   the smallest changes that would decide
    """

    candidate: CandidateId
    answer: Answer
    path: Path
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What binding blocs say for one elector toward one candidate.

    stance  the word that counts for it; `None`: it has spoken itself, or its blocs are divided
    blocs   those that spoke
    breaks  True: the elector's own word goes against theirs
    divided True: its blocs are for and against, and none of them counts
    """

    elector: ElectorId
    candidate: CandidateId
    stance: Stance | None
    blocs: tuple[str, ...]
    breaks: bool
    divided: bool


def positioned(
    state: ContestState, candidate: CandidateId, as_of: datetime, policy: Policy = DEFAULT_POLICY
) -> Position:
    """The position of a candidate of the roster at a moment (UTC)."""
    seats = seats_for(state, candidate, as_of, policy)
    rule = state.roster.rule
    return Position(candidate=candidate, answer=answer(rule, seats), path=path(rule, seats), seats=seats)


def bound(
    state: ContestState, candidate: CandidateId, as_of: datetime, policy: Policy = DEFAULT_POLICY
) -> tuple[Bound, ...]:
    """The electors present for which a binding bloc has spoken, in roster order."""
    found = []
    for elector in state.roster.present(as_of):

        def held(pair: tuple[ElectorId, CandidateId]) -> Any:
            return standing(state, pair, as_of, policy)

        word = bloc_word(state, elector.id, candidate, held)
        if not word.blocs:
            continue
        own = held((elector.id, candidate))
        spoken = own.stance is not None and not own.silence
        found.append(
            Bound(
                elector=elector.id,
                candidate=candidate,
                stance=None if spoken else word.stance,
                blocs=word.blocs,
                breaks=spoken and breaks(own, word),
                divided=word.divided,
            )
        )
    return tuple(found)


def number(value: float | None) -> float | None:
    """28.0 as 28."""
    return int(value) if value is not None and value == int(value) else value


def answer_json(value: Answer | None) -> Json:
    """The rule's answer, as in `tracker status --format json`; without a leader nothing is met."""
    if value is None:
        return {
            "met": False, "outcome": "not", "needed": None, "have": 0, "missing": [], "blocking": [],
            "toward": [], "passed": 0, "parts": [],
        }  # fmt: skip
    return {
        "met": value.met,
        "outcome": value.outcome.value,
        "needed": number(value.needed),
        "have": number(value.have),
        "missing": list(value.missing),
        "blocking": list(value.blocking),
        "toward": list(value.toward),
        "passed": value.passed,
        "parts": [_part_json(part) for part in value.parts],
    }


def _part_json(value: PartAnswer) -> Json:
    return {
        "name": value.part.name or value.part.of or value.part.kind,
        "kind": value.part.kind,
        "electorate": value.part.of or None,
        "stage": value.stage,
        "outcome": value.outcome.value,
        "needed": number(value.needed),
        "have": number(value.have),
        "missing": list(value.missing),
        "blocking": list(value.blocking),
    }


def path_json(value: Path) -> Json:
    """The path to a decision, as in `tracker path --format json`."""
    return {
        "size": value.size,
        "number": value.number,
        "ways": [[{"number": pick.number, "of": list(pick.of)} for pick in way] for way in value.ways],
        "sets": [list(one) for one in value.sets],
        "complete": value.complete,
        "must": list(value.must),
        "can_block": list(value.can_block),
        "block_size": value.block_size,
    }


def bound_json(value: Bound) -> Json:
    """A bloc's word for an elector, as in `tracker path --format json`."""
    return {
        "elector": value.elector,
        "stance": None if value.stance is None else value.stance.value,
        "blocs": list(value.blocs),
        "breaks": value.breaks,
        "divided": value.divided,
    }
