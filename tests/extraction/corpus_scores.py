"""Scores of a labelled corpus: polarity of `now` claims, micro-averaged, and the false flips.

A label on a bloc of many is met by the bloc's id or by at least 80 % of its members, and members read beside
it are no error. A false flip is a claim read as in force, for or against, that the labels do not bear out:
the one kind of error that turns an elector in front of a user. Source: the labelling rules the cases rest on.

`python tests/extraction/corpus_scores.py FILE...` prints one line a file: precision, recall, false flips.
That is how a new file is measured before anybody opens it; `--all` lists
the false claims and the missed labels too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extraction_cases import contest, reading_of

from tracker.stances import Stance

Pair = tuple[str, str, int]
"""Elector, candidate, polarity."""

MET_BY = 0.8
SIGN = {1: "+", 0: "0", -1: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What came out over many items.

    right, missed  labels found and not found
    false          claims that no label bears out, as `item: elector sign candidate (kind)`, flips marked
    flips          how many of the false ones are for or against: the kinds are `sign` (the labels say the
                   opposite), `neutral` (they say undecided), `stale` (they say it of another time) and
                   `phantom` (they say nothing of the two)
    """

    right: int
    missed: tuple[str, ...]
    false: tuple[str, ...]
    flips: int

    @property
    def precision(self) -> float:
        made = self.right + len(self.false)
        return self.right / made if made else 1.0

    @property
    def recall(self) -> float:
        there = self.right + len(self.missed)
        return self.right / there if there else 1.0


def read_in(item: dict[str, Any]) -> set[Pair]:
    """What the reader says is in force."""
    return {(c.elector, c.candidate, c.stance.polarity) for c in reading_of(item).claims if c.time == "now"}


def score(items: Iterable[dict[str, Any]], said: Callable[[dict[str, Any]], set[Pair]] = read_in) -> Score:
    """The score on these labelled items of the reader, or of whatever else says what is in force."""
    right, flips = 0, 0
    missed: list[str] = []
    false: list[str] = []
    for item in items:
        wanted, got = labelled(item), said(item)
        absorbed: set[Pair] = set()
        for elector, candidate, sign in wanted:
            members = members_of(item, elector)
            inside = {pair for member in members if (pair := (member, candidate, sign)) in got - wanted}
            absorbed |= inside
            if (elector, candidate, sign) in got or (members and len(inside) >= MET_BY * len(members)):
                right += 1
            else:
                missed.append(f"{item['id']}: {elector} {SIGN[sign]} {candidate}")
        for elector, candidate, sign in sorted(got - wanted - absorbed):
            kind = flip(item, elector, candidate, sign) if sign else "no flip"
            flips += sign != 0
            false.append(f"{item['id']}: {elector} {SIGN[sign]} {candidate} ({kind})")
    return Score(right=right, missed=tuple(missed), false=tuple(false), flips=flips)


def labelled(item: dict[str, Any]) -> set[Pair]:
    """The labels of an item that say what is in force."""
    return {
        (c["elector"], c["candidate"], Stance(c["stance"]).polarity)
        for c in item["claims"]
        if c["time"] == "now"
    }


def members_of(item: dict[str, Any], elector: str) -> frozenset[str]:
    """Who belongs to the elector when it is a bloc of the item's contest; nobody otherwise."""
    blocs = contest(item["contest"]).blocs
    return frozenset(member for bloc in blocs if bloc.id == elector for member in bloc.members)


def flip(item: dict[str, Any], elector: str, candidate: str, sign: int) -> str:
    """Which kind of flip a false claim for or against is."""
    same = [c for c in item["claims"] if (c["elector"], c["candidate"]) == (elector, candidate)]
    now = {Stance(c["stance"]).polarity for c in same if c["time"] == "now"}
    if not same:
        return "phantom"
    if -sign in now:
        return "sign"
    if 0 in now:
        return "neutral"
    return "stale" if any(Stance(c["stance"]).polarity == sign for c in same) else "sign"


def told(name: str, *, whole: bool) -> str:
    """What came out on one file, for a person."""
    items = [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]
    found = score(items)
    lines = [
        f"{name} ({len(items)} items): precision {found.precision:.3f}, recall {found.recall:.3f}, "
        f"{found.flips} false flips"
    ]
    if whole:
        lines += [f"  false   {claim}" for claim in found.false]
        lines += [f"  missed  {label}" for label in found.missed]
    return "\n".join(lines)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        if argument != "--all":
            print(told(argument, whole="--all" in sys.argv))
