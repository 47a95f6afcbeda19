"""What a rule says of one candidate: met, projected or not; who is missing; who blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracker.rules.demands import Demand, demand
from tracker.rules.rule import STAGES, Part, Rule, Seat
from tracker.stances import ElectorId


class Outcome(StrEnum):
    """MET: enough back the candidate. PROJECTED: enough would, if those that lean to it, or are counted as
    its supporters without a word of their own, came to it. NOT: neither."""

    MET = "met"
    PROJECTED = "projected"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAnswer:
    """What one condition says. Fields: as in `Answer`; `stage` counts from 1."""

    part: Part
    stage: int
    outcome: Outcome
    needed: float | None
    have: float
    missing: tuple[ElectorId, ...]
    blocking: tuple[ElectorId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the rule says of one candidate.

    needed, have   in votes, or in weight where votes are weighted; `needed` is `None` where nothing is
                   decided by counting. Of a rule of parts: the first condition that is not met, in the
                   stage that comes now, else the last one.
    missing        electors that do not back the candidate and are waited for, in roster order
    blocking       electors whose opposition alone stops it
    toward         electors by whose leaning, or by a count alone, it is projected
    passed         stages that are behind the candidate; 0 where there are none
    parts          each condition's own answer; empty where the rule has only one
    """

    met: bool
    needed: float | None
    have: float
    missing: tuple[ElectorId, ...]
    blocking: tuple[ElectorId, ...]
    projected: bool = False
    toward: tuple[ElectorId, ...] = ()
    passed: int = 0
    parts: tuple[PartAnswer, ...] = ()

    @property
    def outcome(self) -> Outcome:
        if self.met:
            return Outcome.MET
        return Outcome.PROJECTED if self.projected else Outcome.NOT


def demands(rule: Rule, seats: Sequence[Seat]) -> tuple[tuple[Demand, ...], ...]:
    """The rule's conditions by stage. Raises KeyError for a kind that `RULES` lacks."""
    return tuple(tuple(demand(part, seats) for part in stage) for stage in rule.stages())


def answer(rule: Rule, seats: Sequence[Seat]) -> Answer:
    """Apply the rule. Raises KeyError for a kind that `RULES` lacks (the contest file check refuses it)."""
    stages = demands(rule, seats)
    backers = {seat.elector for seat in seats if seat.backs}
    hoped = backers | {seat.elector for seat in seats if seat.toward}
    passed = 0
    while passed < len(stages) and all(each.holds(backers) for each in stages[passed]):
        passed += 1
    met = bool(stages) and passed == len(stages)
    here = stages[min(passed, len(stages) - 1)] if stages else ()
    open_ = [each for each in here if not each.holds(backers)] or list(here[-1:])
    waited = {e for each in here for e in _missing(each, backers)}
    parts = [_part_answer(each, n, backers, hoped) for n, stage in enumerate(stages, 1) for each in stage]
    if not open_:
        return Answer(met=False, needed=None, have=0, missing=(), blocking=())
    return Answer(
        met=met,
        needed=open_[0].needed,
        have=_have(open_[0], backers),
        missing=tuple(seat.elector for seat in seats if seat.elector in waited),
        blocking=tuple(dict.fromkeys(e for each in here for e in each.blocking)),
        projected=not met and all(each.holds(hoped) for stage in stages for each in stage),
        toward=tuple(s.elector for s in seats if s.toward and any(s in each.seats for each in here)),
        passed=passed if rule.kind == STAGES else 0,
        parts=tuple(parts) if rule.compound else (),
    )


def _part_answer(each: Demand, stage: int, backers: set[ElectorId], hoped: set[ElectorId]) -> PartAnswer:
    hopeful = Outcome.PROJECTED if each.holds(hoped) else Outcome.NOT
    return PartAnswer(
        part=each.part,
        stage=stage,
        outcome=Outcome.MET if each.holds(backers) else hopeful,
        needed=each.needed,
        have=_have(each, backers),
        missing=_missing(each, backers),
        blocking=each.blocking,
    )


def _have(each: Demand, backers: set[ElectorId]) -> float:
    """What the backers bring, as people count it."""
    have = each.score(backers)
    return int(have) if have == int(have) else float(have)


def _missing(each: Demand, backers: set[ElectorId]) -> tuple[ElectorId, ...]:
    return tuple(s.elector for s in each.seats if s.elector not in backers and s.elector not in each.excused)
