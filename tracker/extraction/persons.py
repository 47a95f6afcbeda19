"""Persons who vote: told apart when names are shared, and found by home, office and party."""

from __future__ import annotations

from collections import defaultdict

from tracker.contests import Contest, ElectorKind, Gender
from tracker.extraction.gazetteer import NameKind
from tracker.extraction.homes import homes
from tracker.extraction.tokens import fold
from tracker.extraction.units import Unit, name_of

_SEATS = {"seat_governor": "governor", "seat_senator": "senator"}
_GENDERS = {"woman": Gender.FEMALE, "man": Gender.MALE}


class Persons:
    """The persons of a contest, and those of them that the item at hand names.

    full    ids whose full name the item gives
    named   ids that it names at all, by family name too
    void    ids whose bare family name is a country's in this item
    """

    def __init__(self, contest: Contest) -> None:
        self.full: frozenset[str] = frozenset()
        self.named: frozenset[str] = frozenset()
        self.void: frozenset[str] = frozenset()
        self._homes = homes(contest.electors)
        self._genders: dict[str, Gender] = {
            e.id: e.gender for e in contest.electors if e.kind is ElectorKind.PERSON
        }
        self._short: dict[str, str] = {}
        at: dict[str, list[str]] = defaultdict(list)
        for key, home in self._homes.items():
            if home.key:
                at[home.key].append(key)
            for name in home.places:
                self._short[fold(name)] = home.key
        self._at = {place: tuple(ids) for place, ids in at.items()}

    def place(self, name: str) -> str:
        """The key of the place of that name, whole or short; empty when no person sits for it."""
        return self._short.get(fold(name).rstrip("."), "")

    def gender(self, elector: str) -> Gender:
        """A person's gender; unknown for whoever is no person of this contest."""
        return self._genders.get(elector, Gender.UNKNOWN)

    def voter(self, unit: Unit) -> str | None:
        """The person a name stands for: of namesakes the one whose home is told, or whose full name is."""
        ids = tuple(dict.fromkeys(n.id for n in unit.names if n.kind is NameKind.PERSON))
        if not ids:
            return None
        candidates = {n.id for n in unit.names if n.kind is NameKind.CANDIDATE}
        placed = {i for n in unit.names if n.kind is NameKind.HOME for i in self._at.get(n.id, ())}
        if placed and (here := [i for i in ids if i in placed]):
            ids = tuple(here)
        if len(ids) > 1 or (candidates and not candidates >= set(ids)):
            told = [i for i in dict.fromkeys((*ids, *candidates)) if i in self.full]
            if len(told) == 1:
                return told[0] if told[0] in ids else None
            if candidates or len(ids) > 1:
                return None
        return ids[0]

    def doubtful(self, unit: Unit) -> bool:
        """A candidate's name that the item gives to somebody else as well: who votes is not told."""
        candidates = {n.id for n in unit.names if n.kind is NameKind.CANDIDATE}
        others = {n.id for n in unit.names if n.kind is NameKind.PERSON} - candidates
        return bool(others & self.full) and not any(
            n.kind is NameKind.CANDIDATE and not n.short for n in unit.names if len(unit.word.split()) > 1
        )

    def shared(self, unit: Unit) -> bool:
        """The name is that of several persons, and nothing tells which."""
        ids = {n.id for n in unit.names if n.kind is NameKind.PERSON}
        return len(ids) > 1 and name_of(unit, NameKind.CANDIDATE) is None and self.voter(unit) is None

    def described(self, unit: Unit) -> str | None:
        """Whom "the Iowa governor", "the Ipswich MP" or "the Nebraskan" means, if only one can be meant."""
        office = next((n for n in unit.names if n.kind is NameKind.OFFICE), None)
        if office is not None:
            return office.id
        place = name_of(unit, NameKind.HOME, NameKind.NATIVE)
        if place is None:
            return None
        native = name_of(unit, NameKind.NATIVE) is not None
        seats = {seat for name, seat in _SEATS.items() if name in unit.classes}
        titled = seats or "seat_member" in unit.classes or name_of(unit, NameKind.PARTY) is not None
        if not (native or titled) or not unit.classes.isdisjoint(("some", "plural_seat")):
            return None
        genders = {gender for name, gender in _GENDERS.items() if name in unit.classes}
        ids = [i for i in self._at.get(place.id, ()) if self._fits(i, seats, genders)]
        if not seats and "seat_member" in unit.classes:
            ids = [i for i in ids if not self._homes[i].office] or ids
        named = [i for i in ids if i in self.named]
        if len(named) == 1:
            return named[0]
        alone = len(ids) == 1 and (seats == {"governor"} or not self._homes[ids[0]].whole)
        return ids[0] if alone and not named else None

    def _fits(self, elector: str, seats: set[str], genders: set[Gender]) -> bool:
        office = self._homes[elector].office.casefold()
        held = not seats or not office or any(seat in office for seat in seats)
        return held and (not genders or self._genders[elector] in {*genders, Gender.UNKNOWN})
