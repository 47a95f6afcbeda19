"""Asides: what a text puts beside a person's name to tell who that is, made part of the name.

"Don Bacon of Nebraska", "Don Bacon (Neb.)", "Don Bacon, R-Neb.,", "Nebraska's Don Bacon", "Lee Anderson MP":
one unit each, so that lists of names stay lists.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tracker.extraction.gazetteer import Name, NameKind
from tracker.extraction.roster import Roster
from tracker.extraction.tokens import STOPS
from tracker.extraction.units import Unit, name_of

_NAMED = (NameKind.PERSON, NameKind.CANDIDATE)
_TAG = re.compile(r"^[A-Z]{1,3}-[A-Z][\w-]*$")
"""Party and place: "R-Neb", "D-NY"."""
_LONGEST = 8


def joined(units: Sequence[Unit], roster: Roster) -> list[Unit]:
    """The units with persons' asides put into their names; the offsets stay those of the name."""
    out: list[Unit] = []
    i = 0
    while i < len(units):
        unit = units[i]
        if name_of(unit, *_NAMED) is None or not unit.capital:
            out.append(unit)
            i += 1
            continue
        stop = _after(units, i + 1)
        told = tuple(n for u in units[i + 1 : stop] for n in _homes(u, roster))
        if len(out) > 1 and "genitive" in out[-1].classes and (home := name_of(out[-2], NameKind.HOME)):
            told = (*told, home)
            out[-2:] = []
        if stop > i + 1 or told:
            unit = replace(unit, last=units[stop - 1].last, names=(*unit.names, *told))
        out.append(unit)
        i = stop
    return out


def _after(units: Sequence[Unit], i: int) -> int:
    """Where the asides that begin at `i` end."""
    while i < len(units):
        unit = units[i]
        stop = i
        if unit.word == "(":
            stop = _bracket(units, i)
        elif unit.word == "," and i + 1 < len(units) and _TAG.match(units[i + 1].text):
            stop = i + 2
            while stop < len(units) and (
                units[stop].word in STOPS or (len(units[stop].word) == 1 and units[stop].capital)
            ):
                stop += 1
            closes = stop + 1 < len(units) and units[stop].word == "," and not _goes_on(units[stop + 1])
            stop += closes
        elif "source" in unit.classes and "by" not in unit.classes:
            stop = _place(units, i)
        elif "member_mark" in unit.classes and unit.upper:
            stop = i + 1
        if stop == i:
            return i
        i = stop
    return i


def _goes_on(unit: Unit) -> bool:
    """A list of names goes on here."""
    return "and" in unit.classes or bool(unit.names) or "title" in unit.classes


def _bracket(units: Sequence[Unit], i: int) -> int:
    """Behind the bracket that opens at `i`, when it is short and names nobody else."""
    for j in range(i + 1, min(i + _LONGEST, len(units))):
        if units[j].word == ")":
            return j + 1
        if name_of(units[j], *_NAMED, NameKind.SPEAKER) is not None:
            return i
    return i


def _place(units: Sequence[Unit], i: int) -> int:
    """Behind "of Nebraska", "from South Dakota": a home, or capitals that nothing else is known of."""
    j = i + 1
    while j < len(units) and j < i + 4 and units[j].capital:
        unit = units[j]
        if name_of(unit, NameKind.HOME) is None and (unit.names or unit.classes or unit.lemmas):
            break
        j += 1
    if j == i + 1 or (j < len(units) and "genitive" in units[j].classes):
        return i
    return j


def _homes(unit: Unit, roster: Roster) -> tuple[Name, ...]:
    """The home that a unit of an aside names, whole or short ("Neb", "R-Neb")."""
    found = name_of(unit, NameKind.HOME)
    if found is not None:
        return (found,)
    key = roster.persons.place(unit.text.rpartition("-")[2])
    return (Name(NameKind.HOME, key),) if key else ()
