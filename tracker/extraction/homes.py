"""Homes: where persons who vote come from and what they are, as their roster lines say.

"Republican Party, NE-2" gives Nebraska, "the Nebraskan" and the party; "Governor of Iowa" a place and an
office; "Defence Secretary" an office that names one person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.contests import Elector, ElectorKind
from tracker.countries import Region, region, region_named
from tracker.extraction.tokens import fold

_DISTRICT = re.compile(r"^([A-Z]{2})-(?:\d{1,2}|AL)$")
_PLACED = re.compile(r"^(?P<office>\D+?) (?:of|from|for) (?:the )?(?P<place>[^\W\d_].*)$")
_PARTY = re.compile(r"^(?P<name>.+?) [Pp]arty$")
_REMARK = re.compile(r"\s*\(.*?\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What a roster line tells of a person.

    places   names of the place, the full one first ("Nebraska", "Neb"); its folded full name is its key
    people   what somebody from there is called
    whole    the place is a part of a country with many who sit for it, no constituency of one
    party    the party's adjective ("Republican"); empty when none is told
    office   the office held for the place ("Governor"); empty when none is told
    posts    offices that name a person without any place ("Defence Secretary")
    """

    places: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    whole: bool = False
    party: str = ""
    office: str = ""
    posts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return fold(self.places[0]) if self.places else ""


def homes(electors: Iterable[Elector]) -> dict[str, Home]:
    """The home of each person among the electors, by id; posts that several hold are left out."""
    found = {e.id: _home(e) for e in electors if e.kind is ElectorKind.PERSON}
    held = Counter(fold(post) for home in found.values() for post in home.posts)
    return {
        key: Home(
            places=home.places,
            people=home.people,
            whole=home.whole,
            party=home.party,
            office=home.office,
            posts=tuple(post for post in home.posts if held[fold(post)] == 1),
        )
        for key, home in found.items()
    }


def _home(elector: Elector) -> Home:
    party = office = ""
    places: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    whole = False
    posts: list[str] = []
    parts = [(part, False) for part in elector.affiliation.split(", ")]
    parts += [(part, True) for one in elector.office.split("; ") for part in one.split(", ")]
    for text, held in parts:
        part = _REMARK.sub("", text).strip()
        if not part:
            continue
        district = _DISTRICT.match(part)
        placed = _PLACED.match(part)
        if placed and not held and region_named(placed["place"]) is None:
            placed = None  # "Forest of Dean" is a place itself
        named: Region | None = region(district[1]) if district else None
        if placed:
            named = region_named(placed["place"])
            office = office or placed["office"]
            if named is None and places:
                posts.append(part)
                continue
        elif held and not district:
            posts.append(part)
            continue
        elif named is None:
            named = region_named(part)
        if named is not None:
            places, people, whole = (named.name, named.short), named.people, True
        elif placed:
            places = (placed["place"],)
        elif match := _PARTY.match(part):
            party = match["name"]
        elif not places:
            places = (part,)
    return Home(
        places=tuple(filter(None, places)),
        people=people,
        whole=whole,
        party=party,
        office=office,
        posts=tuple(posts),
    )
