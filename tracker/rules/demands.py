"""Demands: each condition of a rule as arithmetic, so that answers and paths need to know no kinds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from types import MappingProxyType

from tracker.rules.rule import ALL_OF, STAGES, Effect, Part, Seat, Vote
from tracker.stances import ElectorId, Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one condition asks: what those for the candidate bring must reach `bar`.

    seats    of its electorate, in roster order
    gains    what each seat brings when it is for the candidate; nothing for one that cannot count
    strict   True: the bar must be passed
    blocking electors that alone stop it as they stand
    holders  electors that alone could stop it, whatever the numbers
    excused  electors known not to vote that nobody waits for
    needed   votes (or weight) needed, as people say it; `None` where nothing is decided by counting
    """

    part: Part
    seats: tuple[Seat, ...]
    gains: Mapping[ElectorId, Fraction]
    bar: Fraction
    strict: bool
    needed: float | None
    blocking: tuple[ElectorId, ...] = ()
    holders: tuple[ElectorId, ...] = ()
    excused: frozenset[ElectorId] = frozenset()

    def reached(self, score: Fraction) -> bool:
        """Whether such a sum of gains is enough."""
        enough = score > self.bar if self.strict else score >= self.bar
        return self.needed is not None and score > 0 and enough

    def score(self, backers: Collection[ElectorId]) -> Fraction:
        """What these bring together."""
        return sum((self.gains[s.elector] for s in self.seats if s.elector in backers), Fraction())

    def holds(self, backers: Collection[ElectorId]) -> bool:
        """Whether it is met with these for the candidate, and all others as they stand."""
        return self.reached(self.score(backers)) and all(elector in backers for elector in self.blocking)


def demand(part: Part, seats: Sequence[Seat]) -> Demand:
    """The condition, applied to the seats of its electorate.

    Raises KeyError for a kind that `RULES` lacks (the contest file check refuses it).
    """
    chosen = tuple(seat for seat in seats if not part.of or part.of in seat.electorates)
    make = RULES[part.kind]
    if make is None:
        raise KeyError(part.kind)
    return make(part, chosen)


def _effect(part: Part, seat: Seat) -> Effect | None:
    """What the seat's not voting does; `None` when it votes, or may yet."""
    if seat.vote is Vote.ABSTAIN:
        return part.abstention
    return part.absence if seat.vote is Vote.ABSENT else None


def _left_out(part: Part, seats: tuple[Seat, ...], *effects: Effect) -> frozenset[ElectorId]:
    """Those that are known not to vote, to such an effect; nobody, when that would leave no voter at all."""
    out = frozenset(s.elector for s in seats if _effect(part, s) in effects)
    return frozenset() if len(out) == len(seats) else out


@lru_cache(maxsize=4096)
def _exact(weight: float) -> Fraction:
    """A weight as written: 0.1 is a tenth."""
    return Fraction(str(weight))


def _consensus(part: Part, seats: tuple[Seat, ...]) -> Demand:
    excused = _left_out(part, seats, Effect.NEUTRAL, Effect.LOWERS)
    needed = (part.total or len(seats)) - len(excused)
    return Demand(
        part=part,
        seats=seats,
        gains={s.elector: Fraction(s.elector not in excused) for s in seats},
        bar=Fraction(needed),
        strict=False,
        needed=needed,
        blocking=tuple(
            s.elector
            for s in seats
            if _effect(part, s) is Effect.AGAINST or (s.stance is Stance.OPPOSES and not s.idle)
        ),
        holders=tuple(s.elector for s in seats if s.elector not in excused),
        excused=excused,
    )


def _counted(
    part: Part,
    seats: tuple[Seat, ...],
    worth: Callable[[Seat], Fraction],
    *,
    share: Fraction | None,
    strict: bool,
    needed: Callable[[Fraction], float],
) -> Demand:
    """A condition that counts heads or weight: `share` of the base, or (`None`) a fixed number."""
    lowered = _left_out(part, seats, Effect.LOWERS)
    base = Fraction(part.total) if part.total else sum((worth(s) for s in seats), Fraction())
    base -= sum((worth(s) for s in seats if s.elector in lowered), Fraction())
    if share is None:
        bar = Fraction(part.needed if part.needed is not None else len(seats))
        gains = {s.elector: worth(s) for s in seats}
    else:
        bar = base * share
        # One that left the base comes back into it when it votes after all.
        gains = {s.elector: worth(s) * (1 - share if s.elector in lowered else 1) for s in seats}
    holders = tuple(s.elector for s in seats if s.veto) if part.vetoes else ()
    return Demand(
        part=part,
        seats=seats,
        gains=gains,
        bar=bar,
        strict=strict,
        needed=needed(bar),
        blocking=tuple(
            s.elector
            for s in seats
            if s.elector in holders
            and (_effect(part, s) is Effect.AGAINST or (s.stance is Stance.OPPOSES and not s.idle))
        ),
        holders=holders,
        excused=lowered,
    )


def _head(_seat: Seat) -> Fraction:
    return Fraction(1)


def _weight(seat: Seat) -> Fraction:
    return _exact(seat.weight)


def _threshold(part: Part, seats: tuple[Seat, ...]) -> Demand:
    return _counted(part, seats, _head, share=None, strict=False, needed=float)


def _majority(part: Part, seats: tuple[Seat, ...]) -> Demand:
    def needed(bar: Fraction) -> float:
        return floor(bar) + 1

    return _counted(part, seats, _head, share=Fraction(1, 2), strict=True, needed=needed)


def _supermajority(part: Part, seats: tuple[Seat, ...]) -> Demand:
    """At least `fraction` of all: two thirds of 32 are 22."""
    share = Fraction(*part.fraction) if part.fraction else Fraction(2, 3)
    return _counted(part, seats, _head, share=share, strict=False, needed=ceil)


def _weighted_majority(part: Part, seats: tuple[Seat, ...]) -> Demand:
    """More than `share` of all weight, or at least `fraction` of it. `total` is the whole weight, listed or
    not."""
    if part.fraction:
        share = Fraction(*part.fraction)
    else:
        share = _exact(part.share) if part.share is not None else Fraction(1, 2)
    return _counted(part, seats, _weight, share=share, strict=not part.fraction, needed=float)


def _open(part: Part, seats: tuple[Seat, ...]) -> Demand:
    """Endorsements are counted; nothing is decided by them."""
    gains = {s.elector: Fraction(1) for s in seats}
    return Demand(part=part, seats=seats, gains=gains, bar=Fraction(), strict=False, needed=None)


# `None`: made of parts.
RULES: Mapping[str, Callable[[Part, tuple[Seat, ...]], Demand] | None] = MappingProxyType(
    {
        "consensus": _consensus,
        "threshold": _threshold,
        "majority": _majority,
        "supermajority": _supermajority,
        "weighted_majority": _weighted_majority,
        ALL_OF: None,
        STAGES: None,
        "open": _open,
    }
)
