"""Discourse: what an item has spoken of so far, for pronouns and descriptions. Two that fit mean none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from tracker.contests import Gender
from tracker.extraction.roster import Roster
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import Head, Kind, Unit

_OPENING = 8
"""Units between a verb of saying and the pronoun that opens what is said, an addressee among them."""
BACK = 3
"""Sentences that a pronoun reaches back over."""

_PEOPLE = (Head.PERSON, Head.OFFICE)


def gender_of(unit: Unit) -> Gender:
    """The gender that a pronoun tells."""
    return (
        Gender.FEMALE
        if "female" in unit.classes
        else Gender.MALE
        if "masculine" in unit.classes
        else Gender.UNKNOWN
    )


@dataclass(slots=True)
class Discourse:
    """The sentences read so far, in text order; the title first.

    lede       candidates of the title and of the first sentence after it
    speakers   electors cited so far, latest last
    claimed    a sentence before made a claim
    astray     what was said first is about another matter of a candidate's
    here       (first unit, last unit, electors) of what is said in the sentence at hand
    said       (first unit, last unit, verb, who) of what is said in the sentence at hand
    cited      who was cited last (an `attribution.Source`)
    voice      electors whose own statement the item is; empty for a story
    of_post    the item names the body, the post, its holder or somebody's candidacy, or no other topic
    opinion    the item calls itself a comment: what its author thinks possible is no report
    leaving    the item tells that somebody left a race that persons decide
    racing     the item is about this post: it names it, a vote, or somebody who has declared
    """

    roster: Roster
    sentences: list[Sentence] = field(default_factory=list)
    item_candidates: tuple[str, ...] = ()
    lede: tuple[str, ...] = ()
    speakers: list[tuple[str, ...]] = field(default_factory=list)
    voice: tuple[str, ...] = ()
    here: list[tuple[int, int, tuple[str, ...]]] = field(default_factory=list)
    said: list[tuple[int, int, int, Unit]] = field(default_factory=list)
    cited: object | None = None
    opinion: bool = False
    astray: bool = False
    claimed: bool = False
    of_post: bool = True
    racing: bool = False
    leaving: bool = False

    # -- candidates -----------------------------------------------------------------------------

    def _mentions(self, sentence: Sentence, before: int, *, asides: bool = True) -> list[str]:
        """Candidates named before a unit; `asides`: also those in relative clauses between commas."""
        found: list[str] = []
        inside = False
        for i, unit in enumerate(sentence.units[:before]):
            if unit.word == ",":
                opens = sentence.units[i + 1 : i + 3]
                inside = not inside and any(u.classes & {"rel", "nobody"} and not u.kind for u in opens)
            if unit.kind is Kind.CANDIDATE and (asides or not inside):
                found.extend(unit.candidates)
        return found

    def _running(self, ids: Iterable[str]) -> list[str]:
        """Distinct; those who run before those who are only mentioned."""
        distinct = list(dict.fromkeys(ids))
        running = [c for c in distinct if self.roster.declared(c)]
        return running or distinct

    def candidate(
        self, sentence: Sentence, before: int, electors: Iterable[str], gender: Gender = Gender.UNKNOWN
    ) -> str | None:
        """Whom "him", or nothing at all, means at unit `before`: the nearest who fits, if only one does."""
        home = set(electors)
        mine = {c for c in self.item_candidates if self.roster.by_people and home & set(self.roster.dual(c))}
        running = any(self.roster.declared(c) for c in self.item_candidates)
        for place, upto in self._back(sentence, before):
            fitting = (c for c in self._mentions(place, upto) if self._fits(c, gender) and c not in mine)
            ids = self._running(fitting)
            if running:
                ids = [c for c in ids if self.roster.declared(c)]
            if len(ids) > 1:
                ids = [c for c in ids if self.roster.candidates[c].nationality not in home]
            if len(ids) > 1 and self.leaving:
                ids = [c for c in ids if not self.roster.gone(c)] or ids
            if len(ids) > 1 and self.roster.by_people and place is not sentence:
                ids = self._about(place, ids)
            if len(ids) == 1:
                return ids[0]
            if len(ids) > 1:
                return None
        if sentence.title:
            # A title whose object is left out is about whom the text opens with, if about anybody.
            lede = self._running(c for c in self.lede if self._fits(c, gender)) if self.of_post else []
            if len(lede) > 1:
                lede = [c for c in lede if self.roster.candidates[c].nationality not in home]
            return lede[0] if len(lede) == 1 else None
        # Not one that the text comes to only later: then it is not yet about anybody.
        named = {*self.lede, *(c for s in self.sentences for c in self._mentions(s, len(s.units)))}
        one = self.only(gender)
        return one if one in named else None

    def _about(self, place: Sentence, ids: list[str]) -> list[str]:
        """Of several the one that the sentence begins with, its subject."""
        first = next((u for u in place.units if u.kind), None)
        if first is None or first.kind is not Kind.CANDIDATE or first.possessed or first.race:
            return ids
        return [c for c in ids if first.candidates == (c,)] or ids

    def meant(self, sentence: Sentence, before: int, electors: Iterable[str]) -> str | None:
        """Whom words without an object are about: of several, the sentence's or the title's one."""
        running = self._running(self.item_candidates)
        if len(running) < 2:
            return self.candidate(sentence, before, electors)
        here = self._running(self._mentions(sentence, len(sentence.units), asides=False))
        if len(here) == 1 and self.roster.declared(here[0]):
            return here[0]
        if here:
            return None
        if one := self.headline():
            return one
        near = [s for s in self.sentences if s.field == sentence.field and s.paragraph == sentence.paragraph]
        several = any(map(self._names_one, filter(lambda s: s.title, self.sentences)))
        if several and not any(map(self._names_one, near)):
            return None  # the title is about more than one, and here we cannot tell which
        return self.candidate(sentence, before, electors)

    def _names_one(self, sentence: Sentence) -> bool:
        return bool(self._mentions(sentence, len(sentence.units)))

    def only(self, gender: Gender = Gender.UNKNOWN) -> str | None:
        """The one candidate the whole item names."""
        ids = self._running(c for c in self.item_candidates if self._fits(c, gender))
        return ids[0] if len(ids) == 1 and self.roster.declared(ids[0]) else None

    def titles(self) -> list[Sentence]:
        """The sentences of the title, which come before all others."""
        return list(takewhile(lambda sentence: sentence.title, self.sentences))

    def headline(self) -> str | None:
        """The one candidate the title names."""
        for sentence in self.sentences:
            if sentence.title:
                ids = self._running(self._mentions(sentence, len(sentence.units)))
                if self.roster.by_people:
                    ids = [c for c in ids if not self.roster.gone(c)]
                if not ids and self.roster.by_people:
                    break
                return ids[0] if len(ids) == 1 and self.roster.declared(ids[0]) else None
        lede = self._running(self.lede) if self.roster.by_people else []
        return lede[0] if len(lede) == 1 and self.roster.declared(lede[0]) else None

    def running(self) -> tuple[str, ...]:
        """The two who run on that day, when the item names neither; empty unless there are two."""
        ids = self.roster.running()
        return ids if len(ids) == 2 else ()

    def _fits(self, candidate: str, gender: Gender) -> bool:
        one = self.roster.candidates[candidate]
        return gender is Gender.UNKNOWN or one.gender in (gender, Gender.UNKNOWN)

    def rival(self, sentence: Sentence, before: int) -> str | None:
        """The other of two: of those the item names, else of those who run."""
        main = self.headline()
        if "poss" in sentence.units[before].classes and main is not None and not sentence.title:
            others = [c for c in self._running(self.item_candidates) if c != main]
            if len(others) == 1:
                return others[0]  # "his rival", where the headline says who "he" is
        for place, upto in self._back(sentence, before):
            said = self._running(self._mentions(place, upto))
            if not said:
                continue
            last = said[-1]
            others = [c for c in self._running(self.item_candidates) if c != last]
            if not others:
                others = [
                    c.id
                    for c in self.roster.contest.candidates
                    if c.id != last and self.roster.stands(c.id) and self.roster.declared(c.id)
                ]
            return others[0] if len(others) == 1 else None
        return None

    def pair(self, sentence: Sentence, before: int) -> tuple[str, ...]:
        """ "The former" and "the latter", in the order they were named; empty when that is unclear."""
        for place, upto in self._back(sentence, before):
            said = tuple(dict.fromkeys(self._mentions(place, upto)))
            if said:
                return said if len(said) == 2 else ()
        return ()

    def rivals(self, sentence: Sentence) -> tuple[str, ...]:
        """Those who run that the sentence names together: its open question is about them."""
        said = tuple(self._running(self._mentions(sentence, len(sentence.units))))
        return said if len(said) > 1 and all(map(self.roster.declared, said)) else ()

    def all_candidates(self) -> tuple[str, ...]:
        """Every candidate the item names who runs, and has not left by that day."""
        running = self._running(self.item_candidates)
        kept = [c for c in running if self.roster.stands(c) and not (self.leaving and self.roster.gone(c))]
        return tuple(kept or running)

    # -- electors -------------------------------------------------------------------------------

    def _back(self, sentence: Sentence, before: int) -> Iterator[tuple[Sentence, int]]:
        """This sentence up to the unit, the sentences before it, the title."""
        yield sentence, before
        count = 0
        for earlier in reversed(self.sentences):
            if earlier is sentence or (earlier.number >= sentence.number and earlier.field == sentence.field):
                continue
            if earlier.title:
                continue
            count += 1
            if count > BACK:
                break
            yield earlier, len(earlier.units)
        if not sentence.title:
            for earlier in reversed(self.sentences):
                if earlier.title and earlier is not sentence:
                    yield earlier, len(earlier.units)

    def elector(
        self, sentence: Sentence, before: int, *, person: bool, gender: Gender = Gender.UNKNOWN
    ) -> Unit | None:
        """What "it", "the government" (or, for a person, "he") means: the nearest elector."""
        for place, upto in self._back(sentence, before):
            spoken = self.roster.by_person and person and place is not sentence
            # Who the sentence before was about, rather than whom it named last.
            for i in range(upto) if spoken else range(upto - 1, -1, -1):
                unit = place.units[i]
                if person and self.roster.by_person and unit.kind is Kind.OUTSIDER and unit.names:
                    if self._governed(place, i):
                        continue
                    return None  # somebody else is told of
                if person and gender and self._other_gender(unit, gender):
                    continue
                if person and unit.kind is Kind.CANDIDATE and not unit.race:
                    told = unit.dual or (gender and self.roster.by_person)
                    if told and not self._governed(place, i):
                        return unit  # of those who vote or not: whoever is told of last is meant
                    continue
                if (
                    person
                    and unit.kind is Kind.VOICE
                    and unit.role == "title"
                    and not self._governed(place, i)
                ):
                    return self.elector(place, i, person=False)
                if unit.kind is not Kind.ELECTOR or (unit.plural and len(unit.electors) > 1):
                    continue
                if person and unit.head not in (*_PEOPLE, Head.PEOPLE):
                    continue
                if self._governed(place, i) and not self._alone(place, upto):
                    continue
                return unit
        return None

    def sayer(self, sentence: Sentence, at: int, gender: Gender) -> Unit | None:
        """Who says what "he" at unit `at` opens ("Davidson told them that he ..."): that is whom it means."""
        if not self.roster.by_person or not self.sentences or sentence is not self.sentences[-1]:
            return None
        for first, last, verb, who in reversed(self.said):
            person = who.kind in (Kind.ELECTOR, Kind.CANDIDATE)
            if person and first <= at <= last and verb < at and not self._other_gender(who, gender):
                between = [u for u in sentence.units[verb + 1 : at] if u.kind]
                addressed = len(between) <= 1 and all(u.kind is not Kind.ELECTOR for u in between)
                near = at - verb <= _OPENING and all(u.kind is not Kind.ELECTOR for u in between[1:])
                if not between or (addressed and near):
                    return who
        return None

    def _other_gender(self, unit: Unit, gender: Gender) -> bool:
        """A person known to be of the other gender."""
        if unit.kind is Kind.CANDIDATE:
            known = {self.roster.candidates[c].gender for c in unit.candidates}
        else:
            known = {n.speaker.gender for n in unit.names if n.speaker is not None}
            if not known and unit.head is Head.PERSON:
                known = {self.roster.persons.gender(e) for e in unit.electors}
        return bool(known) and not known & {gender, Gender.UNKNOWN}

    @staticmethod
    def _governed(place: Sentence, i: int) -> bool:
        while i > 1 and i > 0 and not place.units[i - 1].known and place.units[i - 1].word.isalpha():
            i -= 1
            if place.units[i - 1].known:
                break
        return i > 0 and not place.units[i - 1].classes.isdisjoint(("prep", "at", "by"))

    @staticmethod
    def _alone(place: Sentence, upto: int) -> bool:
        ids = {e for u in place.units[:upto] if u.kind is Kind.ELECTOR for e in u.electors}
        return len(ids) == 1

    def group(self, sentence: Sentence, before: int, size: int) -> Unit | None:
        """ "All four", "both": the nearest list of that many electors (any list for size 0)."""
        for place, upto in self._back(sentence, before):
            for unit in reversed(place.units[:upto]):
                if unit.kind is Kind.ELECTOR and len(unit.electors) > 1 and size in (0, len(unit.electors)):
                    return unit
            if size == 2:
                named = [u for u in place.units[:upto] if u.kind is Kind.ELECTOR and not u.possessed]
                ids = tuple(dict.fromkeys(e for u in named for e in u.electors))
                if len(ids) == 2:
                    return replace(named[-1], electors=ids, plural=True)  # "Hungary ...; Slovakia ... Both"
                if ids:
                    return None
        return None
