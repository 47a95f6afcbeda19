"""Decision rules: when is a candidate chosen, who is missing, how far is it?

A rule is data from the contest file; what it answers is pure arithmetic over the seats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from types import MappingProxyType

from tracker.stances import ElectorId, Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the body decides.

    kind         a key of `RULES`
    needed       supporters (or weight) needed, for `threshold`
    share        share of all weight that must be passed, for `weighted_majority` (0.5: more than half)
    total        seats in all when the file lists only some of them; `None`: the seats listed
    vetoes       True: an elector with a veto that opposes blocks the candidate
    note         words for a reader; nothing is computed from them
    """

    kind: str
    needed: int | None = None
    share: float | None = None
    total: int | None = None
    vetoes: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One elector present on the day, with its standing toward the candidate (`None`: unknown)."""

    elector: ElectorId
    weight: float
    veto: bool
    stance: Stance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the rule says of one candidate.

    needed, have   in votes, or in weight where votes are weighted; `needed` is `None` where
                   nothing is decided by counting
    missing        electors that do not back the candidate, in roster order
    blocking       electors whose opposition alone stops it
    """

    met: bool
    needed: float | None
    have: float
    missing: tuple[ElectorId, ...]
    blocking: tuple[ElectorId, ...]


def answer(rule: Rule, seats: Sequence[Seat]) -> Answer:
    """Apply the rule. Raises KeyError for a kind that `RULES` lacks (the contest file check refuses it)."""
    return RULES[rule.kind](rule, seats)


def _backers(seats: Sequence[Seat]) -> list[Seat]:
    return [seat for seat in seats if seat.stance is Stance.SUPPORTS]


def _missing(seats: Sequence[Seat]) -> tuple[ElectorId, ...]:
    return tuple(seat.elector for seat in seats if seat.stance is not Stance.SUPPORTS)


def _consensus(rule: Rule, seats: Sequence[Seat]) -> Answer:
    total = rule.total or len(seats)
    have = len(_backers(seats))
    against = tuple(seat.elector for seat in seats if seat.stance is Stance.OPPOSES)
    return Answer(met=0 < total <= have, needed=total, have=have, missing=_missing(seats), blocking=against)


def _counted(rule: Rule, seats: Sequence[Seat], needed: float, have: float) -> Answer:
    blocking = tuple(s.elector for s in seats if s.veto and s.stance is Stance.OPPOSES) if rule.vetoes else ()
    return Answer(
        met=0 < needed <= have and not blocking,
        needed=needed,
        have=have,
        missing=_missing(seats),
        blocking=blocking,
    )


def _threshold(rule: Rule, seats: Sequence[Seat]) -> Answer:
    needed = rule.needed if rule.needed is not None else len(seats)
    return _counted(rule, seats, needed, len(_backers(seats)))


def _majority(rule: Rule, seats: Sequence[Seat]) -> Answer:
    total = rule.total or len(seats)
    return _counted(rule, seats, floor(total / 2) + 1, len(_backers(seats)))


def _weighted_majority(rule: Rule, seats: Sequence[Seat]) -> Answer:
    """More than `share` of all weight. `total` is then the whole weight, listed or not."""
    total = rule.total or sum(seat.weight for seat in seats)
    bar = total * (rule.share if rule.share is not None else 0.5)
    have = sum(seat.weight for seat in _backers(seats))
    result = _counted(rule, seats, bar, have)
    return Answer(
        met=have > bar and not result.blocking,
        needed=bar,
        have=have,
        missing=result.missing,
        blocking=result.blocking,
    )


def _open(rule: Rule, seats: Sequence[Seat]) -> Answer:
    """Endorsements are counted; nothing is decided by them."""
    return Answer(met=False, needed=None, have=len(_backers(seats)), missing=_missing(seats), blocking=())


RULES: Mapping[str, Callable[[Rule, Sequence[Seat]], Answer]] = MappingProxyType(
    {
        "consensus": _consensus,
        "threshold": _threshold,
        "majority": _majority,
        "weighted_majority": _weighted_majority,
        "open": _open,
    }
)
