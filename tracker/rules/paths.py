"""Paths to a decision: the smallest sets of holdouts whose change would decide, and who can block.

Holdouts that bring the same everywhere are interchangeable, so the search goes over their kinds ("any 5 of
these 20"), never over single electors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, combinations, islice, product
from math import comb, prod

from tracker.rules.answers import demands
from tracker.rules.demands import Demand
from tracker.rules.rule import Rule, Seat
from tracker.stances import ElectorId, Stance

MOST_SETS = 10
# Steps after which the search gives up: a body of thirty different weights needs some thousands.
_MOST_STEPS = 50_000
# Who is told of first: the nearest to backing the candidate.
_NEAREST = (Stance.LEANS_SUPPORT, Stance.UNDECIDED, None, Stance.LEANS_OPPOSE, Stance.OPPOSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Any `number` of these electors, the nearest to the candidate first; all of them when it is as many."""

    number: int
    of: tuple[ElectorId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What still lies between a candidate and the decision, in the stage that comes now.

    size       how many electors must change at least; 0 when the rule is met; `None` when no change of
               the electors known would do, or nothing is decided by counting
    ways       the smallest ways, each as picks that must all be made
    sets       the same as sets of electors, up to `MOST_SETS`, in the order of `ways`
    number     how many smallest sets there are
    complete   False: the search was given up, and there may be other ways as small
    must       electors without whom no way leads there
    can_block  electors present whose opposition alone stops the candidate
    block_size how many, at the fewest, can stop the candidate together; `None` when nobody can
    """

    size: int | None
    ways: tuple[tuple[Pick, ...], ...] = ()
    sets: tuple[tuple[ElectorId, ...], ...] = ()
    number: int = 0
    complete: bool = True
    must: tuple[ElectorId, ...] = ()
    can_block: tuple[ElectorId, ...] = ()
    block_size: int | None = None


def path(rule: Rule, seats: Sequence[Seat]) -> Path:
    """The path of one candidate. Raises KeyError for a kind that `RULES` lacks."""
    backers = {seat.elector for seat in seats if seat.backs}
    here: tuple[Demand, ...] = ()
    for here in demands(rule, seats):
        if not all(each.holds(backers) for each in here):
            break
    else:
        can_block, block_size = _blocks(here)
        return Path(size=0 if here else None, can_block=can_block, block_size=block_size)
    can_block, block_size = _blocks(here)
    order = {seat.elector: n for n, seat in enumerate(seats)}
    holdouts = sorted(
        {s.elector: s for each in here for s in each.seats if not s.backs}.values(),
        key=lambda s: (_NEAREST.index(s.stance) if s.stance in _NEAREST else 0, order[s.elector]),
    )
    everybody = backers | {s.elector for s in holdouts}
    if not all(each.holds(everybody) for each in here):
        return Path(size=None, can_block=can_block, block_size=block_size)
    forced = tuple(s.elector for s in holdouts if any(s.elector in each.blocking for each in here))
    search = _Search(here, backers | {*forced}, [s.elector for s in holdouts if s.elector not in forced])
    ways = search.ways()
    full = [_joined(forced, way, order) for way in ways]
    sets = islice(
        (tuple(sorted(one, key=order.__getitem__)) for way in full for one in _sets(way)), MOST_SETS
    )
    certain = [{e for pick in way if pick.number == len(pick.of) for e in pick.of} for way in full]
    must = set.intersection(*certain) if certain and search.complete else {*forced}
    return Path(
        size=len(forced) + search.size,
        ways=tuple(full),
        sets=tuple(sets),
        number=sum(prod(comb(len(pick.of), pick.number) for pick in way) for way in full),
        complete=search.complete,
        must=tuple(sorted(must, key=order.__getitem__)),
        can_block=can_block,
        block_size=block_size,
    )


def _joined(
    forced: Sequence[ElectorId], way: Sequence[Pick], order: Mapping[ElectorId, int]
) -> tuple[Pick, ...]:
    """A way with those it cannot do without in one pick, in roster order; the choices follow."""
    certain = [*forced, *(e for pick in way if pick.number == len(pick.of) for e in pick.of)]
    choices = tuple(pick for pick in way if pick.number < len(pick.of))
    if not certain:
        return choices
    return (Pick(number=len(certain), of=tuple(sorted(certain, key=order.__getitem__))), *choices)


def _sets(way: Sequence[Pick]) -> Iterator[tuple[ElectorId, ...]]:
    for chosen in product(*(combinations(pick.of, pick.number) for pick in way)):
        yield tuple(e for part in chosen for e in part)


def _blocks(here: Sequence[Demand]) -> tuple[tuple[ElectorId, ...], int | None]:
    """Who alone can stop the candidate in this stage, and how many together can."""
    alone: dict[ElectorId, None] = {}
    fewest: list[int] = []
    for each in here:
        if each.needed is None:
            continue
        alone |= dict.fromkeys(each.holders)
        gains = sorted(each.gains.values(), reverse=True)
        left = sum(gains, Fraction())
        for number, gain in enumerate(gains, 1):
            left -= gain
            if not each.reached(left):
                fewest.append(number)
                break
        most = sum(gains, Fraction())
        alone |= {s.elector: None for s in each.seats if not each.reached(most - each.gains[s.elector])}
    return tuple(alone), 1 if alone else min(fewest, default=None)


class _Search:
    """The smallest further changes, after those that no way can do without."""

    def __init__(
        self, here: Sequence[Demand], backers: set[ElectorId], holdouts: Sequence[ElectorId]
    ) -> None:
        self._here = here
        self._short = [each.score(backers) for each in here]
        kinds: dict[tuple[Fraction, ...], list[ElectorId]] = {}
        for elector in holdouts:
            gains = tuple(each.gains.get(elector, Fraction()) for each in here)
            if any(gains):
                kinds.setdefault(gains, []).append(elector)
        self._kinds = sorted(kinds.items(), key=lambda kind: sum(kind[0]), reverse=True)
        self._most = [self._most_from(start) for start in range(len(self._kinds) + 1)]
        self._steps = 0
        self.complete = True
        self.size = 0

    def ways(self) -> list[tuple[Pick, ...]]:
        """Every way of the smallest size, as far as the search comes. There is one: all holdouts do."""
        total = sum(len(electors) for _, electors in self._kinds)
        for self.size in range(total + 1):
            found = list(self._of_size(0, self.size, self._short))
            if found:
                return found
            if self._steps > _MOST_STEPS:
                break
        if self._steps > _MOST_STEPS:
            self.complete = False
            return [self._greedy()]
        return []

    def _of_size(self, start: int, left: int, scores: Sequence[Fraction]) -> Iterator[tuple[Pick, ...]]:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            self.complete = False
            return
        if left == 0:
            if all(d.reached(score) for d, score in zip(self._here, scores, strict=True)):
                yield ()
            return
        if start == len(self._kinds) or not self._possible(start, left, scores):
            return
        gains, electors = self._kinds[start]
        for number in range(min(left, len(electors)), -1, -1):
            more = [score + number * gain for score, gain in zip(scores, gains, strict=True)]
            for rest in self._of_size(start + 1, left - number, more):
                yield ((Pick(number=number, of=tuple(electors)),) if number else ()) + rest

    def _possible(self, start: int, left: int, scores: Sequence[Fraction]) -> bool:
        """Whether the `left` best of the kinds from here on could do, for each condition by itself."""
        sums = self._most[start]
        return all(
            demand.reached(score + most[min(left, len(most) - 1)])
            for demand, score, most in zip(self._here, scores, sums, strict=True)
        )

    def _most_from(self, start: int) -> list[list[Fraction]]:
        """For each condition: the most that 0, 1, 2 … electors of the kinds from `start` on bring."""
        found = []
        for n in range(len(self._here)):
            gains = sorted((g[n] for g, electors in self._kinds[start:] for _ in electors), reverse=True)
            found.append([Fraction(), *accumulate(gains)])
        return found

    def _greedy(self) -> tuple[Pick, ...]:
        """One way that does, not always the smallest: the weightiest first."""
        scores, chosen = list(self._short), []
        for gains, electors in self._kinds:
            for elector in electors:
                if all(d.reached(score) for d, score in zip(self._here, scores, strict=True)):
                    break
                scores = [score + gain for score, gain in zip(scores, gains, strict=True)]
                chosen.append(elector)
        self.size = len(chosen)
        return (Pick(number=len(chosen), of=tuple(chosen)),)
