"""Mentions: names, titles and adjectives put together into noun phrases, each with what it stands for.

A phrase is read by what it holds, not by its order, so that "the Hungarian foreign minister", "le ministre
hongrois des Affaires étrangères" and "Hungary's foreign minister, X" come out the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.extraction.asides import joined
from tracker.extraction.gazetteer import LARGEST_EXPANDED, Name, NameKind
from tracker.extraction.lexicon import EMPTY, Language
from tracker.extraction.lists import listed
from tracker.extraction.roster import Roster
from tracker.extraction.units import BEGINNING, MARKS, NOUNS_OF_STANCE, Head, Kind, Unit, is_noun, name_of

_YEAR = 4
"""Digits of a year ("Rutte's 2024 bid")."""
_REACH = 4
"""Words that may stand between the parts of one noun phrase."""

_PERSONS = (NameKind.PERSON, NameKind.SPEAKER, NameKind.CANDIDATE, NameKind.INCUMBENT)
_PLACES = (NameKind.NAME, NameKind.CAPITAL, NameKind.SEAT, NameKind.BLOC)
_HOMES = (NameKind.HOME, NameKind.OFFICE, NameKind.PARTY, NameKind.NATIVE)
_SEATS = ("title", "seat_member", "seat_senator", "seat_governor", "voice")


def phrases(units: Sequence[Unit], language: Language, roster: Roster, *, title: bool) -> list[Unit]:
    """The sentence with its noun phrases made one unit each, and lists of electors or candidates too."""
    found = joined(units, roster) if roster.by_person else list(units)
    return listed(_Assembly(found, language, roster, title).run(), title=title)


class _Assembly:
    def __init__(self, units: list[Unit], language: Language, roster: Roster, title: bool) -> None:
        self.units = units
        self.language = language
        self.roster = roster
        self.title = title

    def run(self) -> list[Unit]:
        out: list[Unit] = []
        i = 0
        while i < len(self.units):
            first = self.units[i]
            stop = self._stranger(i) if first.names else i
            if stop > i:
                out.append(self._someone(i, stop))
                i = stop
                continue
            begins = first.names or not first.classes.isdisjoint(BEGINNING)
            stop = self._extent(i) if begins else i
            if stop > i:
                out.append(self._read(i, stop))
                i = stop
            else:
                unit = self.units[i]
                if unit.names and not is_noun(unit):
                    unit.names = ()
                if "former" in unit.classes and self._alone(i):
                    unit.classes = unit.classes | {"first_of_two"}
                out.append(unit)
                i += 1
        return out

    def _alone(self, i: int) -> bool:
        """ "The former": an adjective with an article before it and no noun after it."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        ends = after is None or after.word in MARKS or "and" in after.classes
        return ends and i > 0 and "det" in self.units[i - 1].classes

    def _stranger(self, i: int) -> int:
        """ "Ireland's Leo Varadkar said": where a name that the roster lacks ends, after its state; else `i`.

        The wires' way to introduce whoever speaks for a state; a verb or a comma must follow.
        """
        units = self.units
        place = name_of(units[i], NameKind.NAME) if self.language.possessor_first else None
        if place is None or place.id not in self.roster.electors or not self._has(i + 1, "genitive"):
            return i
        k = i + 2
        while k < min(i + 5, len(units)) and self._unheard(k):
            k += 1
        if k == i + 2 or k >= len(units) or (self.title and k > i + 3):
            return i
        after = units[k]
        verb = bool(after.lemmas) or not after.classes.isdisjoint(("say", "aux", "cop"))
        return k if (verb and not after.capital) or after.word in {",", ":"} else i

    def _unheard(self, k: int) -> bool:
        unit = self.units[k]
        return unit.capital and not unit.upper and not unit.known and not unit.names and unit.word.isalpha()

    def _someone(self, i: int, stop: int) -> Unit:
        """The person of that state."""
        parts = self.units[i:stop]
        place = name_of(parts[0], NameKind.NAME)
        return replace(
            parts[0],
            last=parts[-1].last,
            end=parts[-1].end,
            text=" ".join(p.text for p in parts),
            word=" ".join(p.word for p in parts),
            kind=Kind.ELECTOR,
            electors=(place.id,) if place is not None else (),
            head=Head.PERSON,
            classes=EMPTY,
            lemmas={},
        )

    # -- how far a phrase reaches ---------------------------------------------------------------

    def _has(self, i: int, *classes: str) -> bool:
        return i < len(self.units) and not self.units[i].classes.isdisjoint(classes)

    def _noun(self, i: int) -> bool:
        if i >= len(self.units) or not is_noun(self.units[i]):
            return False
        units = self.units
        stance = {"contra", "outsider"} <= units[i].classes and (
            self._has(i + 1, "toward", "origin")
            or (i > 1 and self._has(i - 1, "poss") and bool(units[i - 2].lemmas))  # "dropped its opposition"
        )
        if "race" in units[i].classes and units[i].lemmas and i and self._has(i - 1, "inf_to", "aux"):
            return False  # "to campaign for X"
        return not stance and not self._shadowed(i)  # "opposition to X" is no party

    def _shadowed(self, i: int) -> bool:
        """A vague name that here is an ordinary word, or a different thing."""
        unit = self.units[i]
        return not self.roster.trusts(unit, self.units, i) or self._resisting(i)

    def _resisting(self, i: int) -> bool:
        """ "La oposición de Hungría a X", "opoziția sa față de X": what somebody feels, and no party."""
        units = self.units
        if not {"contra", "outsider"} <= units[i].classes or not self.language.drops:
            return False
        for unit in units[i + 1 : i + 5]:
            if "of" not in unit.classes and "toward" in unit.classes:
                return True
            if not unit.names and unit.classes.isdisjoint(("of", "poss", "det")):
                return False
        return False

    def _ahead(self, i: int) -> int:
        """Position of the noun that articles and adjectives from `i` lead to, or -1."""
        unknown = 0
        for j in range(i, min(i + _REACH, len(self.units))):
            if self._noun(j):
                return j
            unit = self.units[j]
            if unit.word.isdigit() and len(unit.word) == _YEAR:
                continue
            if unit.classes:
                if unit.classes.isdisjoint(("det", "poss", "modifier", "number")):
                    return -1
                if unknown and self.language.drops and "det" in unit.classes:
                    return -1  # "torcem o nariz a X": an article after a noun begins another phrase
            elif (
                unit.lemmas
                or unit.word[:1].isalpha() is False
                or unknown >= 1
                or (unit.capital and not self.title)
            ):
                return -1
            else:
                unknown += 1
        return -1

    def _extent(self, i: int) -> int:
        """Where the phrase beginning at `i` ends (exclusive); `i` when none begins there."""
        units = self.units
        if not self._noun(i):
            if not self._has(i, "det", "poss", "modifier", "number"):
                return i
            if any("past" in forms for forms in units[i].lemmas.values()):
                return i  # "he preferred X to Y": a verb, no adjective
            if self._ahead(i) < 0:
                return i
        j = i
        noun = -1
        while j < len(units):
            unit = units[j]
            if self._noun(j):
                if noun >= 0 and not self._joins(noun, j, i):
                    break
                noun = j
                j += 1
                continue
            if noun < 0:
                j += 1
                continue
            if "genitive" in unit.classes and j == noun + 1 and not self._has(j + 1, "det", "poss", "neg"):
                k = self._ahead(j + 1)
                backers = self.roster.by_people and self._has(k + 1, "in_favour")
                if k >= 0 and not self._has(k, *NOUNS_OF_STANCE) and self._owns(noun, k) and not backers:
                    noun, j = k, k + 1
                    continue
                return j + 1
            if self._whose(noun, j) and (k := self._ahead(j)) >= 0 and self._joins(noun, k, i):
                noun, j = k, k + 1
                continue
            if "modifier" in unit.classes or (
                unit.names == () and "det" in unit.classes and self._complete(i, j)
            ):
                k = self._ahead(j)
                if k >= 0 and "modifier" in unit.classes and self._joins(noun, k, i) and not self._full(noun):
                    noun, j = k, k + 1
                    continue
                break
            if "of" in unit.classes or "link" in unit.classes:
                k = self._linked(i, noun, j)
                if k > j:
                    noun, j = k - 1, k
                    continue
                break
            if unit.word == ",":
                k = self._apposition(i, noun, j)
                if k > j:
                    noun, j = k - 1, k
                    if j < len(units) and units[j].word == ",":
                        j += 1
                        break
                    continue
                break
            if self._surname(noun, j):
                j += 1
                continue
            break
        return i if self._weak(i, j) else j

    def _whose(self, noun: int, j: int) -> bool:
        """ "Kandydaturę swojego prezydenta": the genitive of a candidacy's owner begins at `j`."""
        return (
            self.language.genitive_after
            and "race" in self.units[noun].classes
            and not self.units[noun].names
            and self._has(j, "poss", "det", "modifier")
        )

    def _weak(self, i: int, j: int) -> bool:
        """Nouns that mean a candidacy only when somebody owns it ("Rutte's dream", not "a dream")."""
        held = self.units[i:j]
        nouns = [u for u in held if is_noun(u)]
        return (
            bool(nouns)
            and all("weak" in u.classes and not u.names for u in nouns)
            and not any("poss" in u.classes and "our" not in u.classes for u in held)
        )

    def _complete(self, i: int, j: int) -> bool:
        return any(self.units[k].names for k in range(i, j))

    def _full(self, k: int) -> bool:
        """The noun at `k` needs nothing after it: a person's, a state's or a city's name."""
        return any(n.kind in _PERSONS or n.kind in _PLACES for n in self.units[k].names)

    def _owns(self, noun: int, k: int) -> bool:
        """Whether what "X's" leads to belongs to one phrase with X: a person's side or camp is a place."""
        owner = name_of(self.units[noun], *_PERSONS, NameKind.PEOPLE)
        return owner is None or "corner" not in self.units[k].classes

    def _joins(self, noun: int, k: int, i: int) -> bool:
        """Whether two neighbouring nouns are one phrase ("Dutch" + "premier", "premier" + "Rutte")."""
        left, right = self.units[noun], self.units[k]
        person = name_of(right, *_PERSONS)
        if (
            "weak" in right.classes
            and not right.names
            and k == noun + 1
            and not name_of(left, NameKind.BODY, NameKind.POST)
        ):
            return False  # "the president hopes": a verb, unless somebody owns it
        if left.names:
            if name_of(left, NameKind.ADJECTIVE):
                return not (name_of(right, NameKind.NAME, NameKind.CAPITAL) and not person)
            if name_of(left, NameKind.BODY, NameKind.POST, NameKind.INCUMBENT):
                return (
                    not right.names
                    or (person is not None)
                    or name_of(right, NameKind.BODY, NameKind.POST) is not None
                )
            if (
                self.language.genitive_after
                and person is not None
                and name_of(left, *_PLACES)
                and any("title" in u.classes for u in self.units[i:noun])
            ):
                return True  # "premier Węgier Viktor Orban"
            if name_of(left, *_HOMES):
                return bool(right.names) or not right.classes.isdisjoint(_SEATS)
            if name_of(left, *_PERSONS):
                return not right.names and not right.classes.isdisjoint(("race", "voice", "unnamed"))
            if right.names:
                return bool(name_of(right, NameKind.BODY, NameKind.POST)) and self._has(
                    k + 1, "race", "unnamed", "title", "voice"
                )
            return True
        if "race" in left.classes:
            if self.language.genitive_after and (
                "title" in right.classes
                or name_of(right, NameKind.PEOPLE)
                or name_of(right, NameKind.ADJECTIVE)
            ):
                return True  # "candidatura premierului"
            return person is not None and person.kind is NameKind.CANDIDATE
        if right.names:
            placed = any(name_of(u, NameKind.ADJECTIVE, *_PLACES) for u in self.units[i : noun + 1])
            if self.language.genitive_after and name_of(right, *_PLACES) and not placed:
                return True  # "premierul Ungariei"
            if "title" in left.classes or "outsider" in left.classes:
                return (
                    person is not None
                    or name_of(right, NameKind.ADJECTIVE, NameKind.BODY, NameKind.POST) is not None
                )
            return person is not None or name_of(right, NameKind.ADJECTIVE) is not None
        return True

    def _linked(self, i: int, noun: int, j: int) -> int:
        """ "the president of Romania", "the candidacy of X": where it ends, or `j`."""
        left, link = self.units[noun], self.units[j]
        k = j + 1
        while (
            k < len(self.units)
            and k <= j + 3
            and not self._noun(k)
            and self._has(k, "det", "poss", "modifier", "of")
        ):
            k += 1
        if not self._noun(k):
            if "race" in left.classes and self._has(j + 1, "det", "poss", "modifier", "number"):
                k = self._ahead(j + 1)
            if k < 0 or not self._noun(k):
                return j
        right = self.units[k]
        if "race" in left.classes:
            fits = "of" in link.classes or "race_link" in link.classes
            place = name_of(right, *_PLACES)
            if place is not None and self._native(left, link, place):
                return k + 1
            if not fits or place is not None:
                return j
            return self._extent(k) if k > j else j
        if left.classes.isdisjoint(("title", "voice", "unnamed", "outsider", "outlet")):
            return j
        if "corner" in left.classes and name_of(right, *_PERSONS):
            return j  # "on the side of X"
        if "of" not in link.classes and any(
            name_of(self.units[m], NameKind.ADJECTIVE, *_PLACES, *_PERSONS) for m in range(i, noun + 1)
        ):
            return j
        place = name_of(right, *_PLACES, NameKind.BODY, NameKind.POST)
        if place and not (name_of(right, NameKind.CANDIDATE) and "of" not in link.classes):
            end = k + 1
            if end < len(self.units) and "genitive" in self.units[end].classes:
                return self._extent(k) if self._ahead(end + 1) >= 0 else end
            return end
        if not right.names and "of" in link.classes and not right.classes.isdisjoint(("title", "voice")):
            return self._extent(k)
        if name_of(right, NameKind.ADJECTIVE) and "of" in link.classes:
            return self._extent(k)
        if "side" in left.classes:
            return j  # "the side of X" is a place to stand on, and nobody who speaks
        if name_of(right, *_PERSONS) and not left.classes.isdisjoint(("voice", "outsider", "unnamed")):
            return k + 1
        return j

    def _native(self, noun: Unit, link: Unit, place: Name) -> bool:
        """ "The candidate of Jamaica", "the man from The Hague": the place tells which one."""
        if self.roster.national(place.id) is None:
            return False
        return ("nominee" in noun.classes and "of" in link.classes) or (
            "native" in noun.classes and "source" in link.classes
        )

    def _apposition(self, i: int, noun: int, comma: int) -> int:
        """ "Hungary's foreign minister, Peter X," and "Peter X, the Hungarian foreign minister,": the end."""
        held = self.units[i:comma]
        person = any(name_of(u, *_PERSONS) for u in held)
        office = any(not u.classes.isdisjoint(("title", "voice", "unnamed")) for u in held)
        k = self._ahead(comma + 1)
        if k < 0 or person == office:
            return comma
        if not person and all(u.classes.isdisjoint(("title", "voice")) for u in held):
            return comma  # "according to diplomats, Rutte ...": two things
        stop = self._extent(comma + 1)
        if not self._agree(held, self.units[comma + 1 : stop]):
            return comma
        inner = self.units[comma + 1 : stop]
        if office and not person:
            if not any(name_of(u, *_PERSONS) for u in inner) or any("title" in u.classes for u in inner):
                return comma
            first = name_of(self.units[k], *_PERSONS)
            return stop if first else comma
        if not any(not u.classes.isdisjoint(("title", "outsider")) for u in inner) or any(
            name_of(u, *_PERSONS) for u in inner
        ):
            return comma
        if not self._has(comma + 1, "det", "poss") and not any(u.names for u in inner):
            return comma
        if stop < len(self.units) and self.units[stop].word not in ",.;:)" and stop != len(self.units):
            return comma
        return stop

    def _agree(self, office: Sequence[Unit], name: Sequence[Unit]) -> bool:
        """No country of the one side is another than those of the other."""
        sides = []
        for side in (office, name):
            lands: set[str] = set()
            for unit in side:
                for n in unit.names:
                    if n.kind is NameKind.CANDIDATE:
                        home = self.roster.candidates[n.id].nationality
                        lands.update((home,) if home else ())
                    elif n.kind in (NameKind.SPEAKER, NameKind.ADJECTIVE, *_PLACES):
                        lands.add(n.id)
            sides.append(lands)
        return not sides[0] or not sides[1] or bool(sides[0] & sides[1])

    def _surname(self, noun: int, j: int) -> bool:
        """A capitalised word after a title or a first name goes with it."""
        unit = self.units[j]
        if self.title or not unit.capital or unit.known or not unit.word[:1].isalpha():
            return False
        left = self.units[noun]
        return (
            not left.classes.isdisjoint(("title", "voice"))
            or "outsider" in left.classes
            or (j > noun + 1 and self.units[j - 1].capital)
        )

    # -- what a phrase stands for ---------------------------------------------------------------

    def _read(self, i: int, stop: int) -> Unit:
        parts = self.units[i:stop]
        comma = parts[-1].word == "," and len(parts) > 1
        inner = parts[:-1] if comma else parts
        possessed = "genitive" in inner[-1].classes
        held = inner[:-1] if possessed else inner
        first, last = parts[0], held[-1]
        unit = replace(
            first,
            last=parts[-1].last,
            end=last.end,
            text=" ".join(p.text for p in held),
            word=" ".join(p.word for p in held) if len(held) > 1 else held[0].word,
            names=tuple(n for p in held for n in p.names),
            classes=frozenset().union(*(p.classes for p in held)) if len(held) > 1 else held[0].classes,
            lemmas={} if len(held) > 1 else held[0].lemmas,
            possessed=possessed,
            capital=first.capital,
        )
        self.roster.resolve(unit, held, headed=self._headed(stop))
        if unit.kind is Kind.ADJECTIVE and self._person(i):
            self.roster.national_of(unit)
        return unit

    def _person(self, i: int) -> bool:
        """ "Pe olandez", "spre argentinian": where the article is an ending, a preposition tells the noun."""
        return (
            self.language.adjective_after
            and self.language.genitive_after
            and i > 0
            and self._has(i - 1, "prep")
        )

    def _headed(self, stop: int) -> bool:
        """A noun of the adjective just read follows: an unknown word, or a noun of stance."""
        if self.language.adjective_after or stop >= len(self.units):
            return False
        unit = self.units[stop]
        if unit.classes or unit.lemmas:
            return not unit.classes.isdisjoint(NOUNS_OF_STANCE)
        return unit.word[:1].isalpha() and not unit.names and (not unit.capital or self.title)


__all__ = ["LARGEST_EXPANDED", "Name", "phrases"]
