"""The roster on a day: who holds which office, who stands, and what a noun phrase therefore stands for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tracker.contests import Candidate, CandidateStatus, Contest, ElectorKind, Speaker, SpeakerRole
from tracker.countries import BLOCS
from tracker.extraction.gazetteer import LARGEST_EXPANDED, Name, NameKind
from tracker.extraction.persons import Persons
from tracker.extraction.tokens import fold
from tracker.extraction.units import Head, Kind, Unit, name_of

_ROLES = {f"role_{role.value}": role for role in SpeakerRole}
_STATE = (NameKind.NAME, NameKind.CAPITAL, NameKind.SEAT)


_GRACE = timedelta(days=7)
"""Days around a term in which the press already, or still, speaks of the holder by office."""


def _serves(speaker: Speaker, day: date) -> bool:
    return speaker.in_office(day) or speaker.in_office(day + _GRACE) or speaker.in_office(day - _GRACE)


def _definite(units: Sequence[Unit], i: int) -> bool:
    """A definite article stands before unit `i`, with an adjective between them at most."""
    k = i - 1
    if k > 0 and "modifier" in units[k].classes and "det" not in units[k].classes:
        k -= 1
    return k >= 0 and "det" in units[k].classes and "indefinite" not in units[k].classes


class Roster:
    """A contest as it stood on one day."""

    def __init__(self, contest: Contest, day: date) -> None:
        self.contest = contest
        self.day = day
        self.kinds = {e.id: e.kind for e in contest.electors}
        self.electors = frozenset(self.kinds)
        self.by_name = {fold(c.name): c for c in contest.candidates}
        names = (contest.post, contest.body.name, *contest.body.aliases)
        self._post_words = frozenset(word for name in names for word in fold(name).split())
        self.by_person = any(e.kind is ElectorKind.PERSON for e in contest.electors)
        self.parties = frozenset(e.id for e in contest.electors if e.kind is ElectorKind.PARTY)
        head = fold(contest.post).split(" of ")[0].split(" for ")[0]
        self.post_head = frozenset(head.split())
        self.by_people = any(e.kind is not ElectorKind.STATE for e in contest.electors)
        self.candidates: dict[str, Candidate] = {c.id: c for c in contest.candidates}
        self.speakers = [s for s in contest.speakers if _serves(s, day)]
        self.blocs = self._blocs()
        self.persons = Persons(contest)
        self._nationals: dict[str, tuple[str, ...]] = {}
        people = {fold(e.name): e.id for e in contest.electors if e.kind is ElectorKind.PERSON}
        self._duals: dict[str, tuple[str, ...]] = {}
        for candidate in contest.candidates:
            found = [s.elector for s in self.speakers if fold(s.name) == fold(candidate.name)]
            if fold(candidate.name) in people:
                found.append(people[fold(candidate.name)])
            self._duals[candidate.id] = tuple(dict.fromkeys(found))

    # -- questions ------------------------------------------------------------------------------

    def stands(self, candidate: str) -> bool:
        """Not known to have left the race before that day (the day itself still counts)."""
        one = self.candidates[candidate]
        return one.withdrawn is None or one.withdrawn >= self.day

    def gone(self, candidate: str) -> bool:
        """Has left the race, that day or before."""
        one = self.candidates[candidate]
        return one.withdrawn is not None and one.withdrawn <= self.day

    def own_post(self, unit: Unit) -> bool:
        """Whether words that may name another post name this body's ("Commission president")."""
        return "other_post" in unit.classes and self._post_words.issuperset(unit.word.split())

    def incumbent(self, candidate: str) -> bool:
        """Whether a candidate is whoever holds the post now: named in every story about it."""
        one = self.candidates[candidate]
        held = fold(self.contest.incumbent)
        return bool(held) and held in {fold(one.name), *(fold(alias) for alias in one.aliases)} | {
            fold(one.name).split(" (")[0]
        }

    def declared(self, candidate: str) -> bool:
        one = self.candidates[candidate]
        if self.by_people and one.declared is not None and one.declared <= self.day:
            return True
        return one.status is not CandidateStatus.MENTIONED and one.status is not CandidateStatus.DECLINED

    def entered(self, candidate: str) -> bool:
        """In the race by that day (or the week after), though the file has no more than a mention."""
        one = self.candidates[candidate]
        return one.declared is not None and one.declared <= self.day + _GRACE

    def national(self, elector: str) -> str | None:
        """The one candidate of that country: of several, the only one declared or still standing."""
        if elector not in self._nationals:
            self._nationals[elector] = self._pick(
                [c.id for c in self.contest.candidates if c.nationality == elector]
            )
        found = self._nationals[elector]
        return found[0] if len(found) == 1 else None

    def _pick(self, ids: list[str]) -> tuple[str, ...]:
        for test in (self.stands, self.declared):
            kept = [c for c in ids if test(c)]
            if len(kept) == 1:
                return tuple(kept)
            ids = kept or ids
        return tuple(ids)

    def dual(self, candidate: str) -> tuple[str, ...]:
        """Electors for whom a candidate speaks, or itself where people vote."""
        return self._duals.get(candidate, ())

    def running(self) -> tuple[str, ...]:
        """Who had declared and not left by that day, in the contest file's order."""
        return tuple(
            c.id
            for c in self.contest.candidates
            if self.stands(c.id) and self.declared(c.id) and (c.declared is None or c.declared <= self.day)
        )

    def favourite(self) -> str | None:
        """Who "the front-runner" is when the item names nobody: the first declared of those who stand."""
        standing = [c for c in self.contest.candidates if self.stands(c.id) and self.declared(c.id)]
        begun = [c for c in standing if c.declared is None or c.declared <= self.day]
        if not begun:
            return standing[0].id if len(standing) == 1 else None
        return min(begun, key=lambda c: c.declared or self.day).id

    def expand(self, bloc: str) -> tuple[tuple[str, ...], bool]:
        """Members of a small bloc that are electors; a large one stands for itself (second value False)."""
        members = self.blocs.get(bloc, ())
        if 0 < len(members) <= LARGEST_EXPANDED:
            return members, True
        return (bloc,), False

    def _blocs(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for key, known in BLOCS.items():
            found[key] = tuple(m for m in known.members(self.day) if m in self.electors)
            if len(known.members(self.day)) > LARGEST_EXPANDED:
                found[key] = ()
        for bloc in self.contest.blocs:
            if bloc.id in BLOCS and len(BLOCS[bloc.id].members(self.day)) > LARGEST_EXPANDED:
                continue  # the file lists only those of its members that matter
            found[bloc.id] = tuple(m for m in bloc.members if m in self.electors)
        return found

    # -- trust ----------------------------------------------------------------------------------

    def trusts(self, unit: Unit, units: Sequence[Unit], i: int) -> bool:
        """Whether a name that could be something else is a name here."""
        if not unit.names:
            return True
        if self.persons.void and unit.last == unit.first + 1:
            unit.names = tuple(n for n in unit.names if n.id not in self.persons.void)
        kinds = {n.kind for n in unit.names}
        if NameKind.PLACE in kinds and not kinds & {NameKind.CANDIDATE, NameKind.SPEAKER, NameKind.PERSON}:
            return False
        before = units[i - 1] if i else None
        if any(n.article for n in unit.names) and not _definite(units, i):
            unit.names = tuple(n for n in unit.names if not n.article)
        after = units[i + 1] if i + 1 < len(units) else None
        kept = tuple(n for n in unit.names if self._trusted(n, unit, before, after))
        if len(kept) != len(unit.names):
            unit.names = kept
        return bool(kept) or not unit.classes.isdisjoint(
            ("title", "voice", "unnamed", "outlet", "outsider", "race")
        )

    def _trusted(self, name: Name, unit: Unit, before: Unit | None, after: Unit | None) -> bool:
        if name.kind in (NameKind.CAPITAL, NameKind.NAME) and name.vague:
            return not (after is not None and ("venue" in after.classes)) and not (
                name.kind is NameKind.CAPITAL
                and before is not None
                and "at" in before.classes
                and "source" not in before.classes
            )
        if name.kind is NameKind.BLOC and name.vague:
            return after is not None and not after.classes.isdisjoint(
                ("voice", "title", "group_noun", "land")
            )
        if not name.short:
            return True
        if not unit.capital:
            return False
        if name.kind is NameKind.PERSON and before is not None and "local" in before.classes:
            return False
        if name.vague:
            stranger = after is not None and after.capital and not after.known and after.word[:1].isalpha()
            if stranger:
                return False
            if name.id in self.persons.full or (
                name.speaker and fold(name.speaker.name) in self.persons.full
            ):
                return True
            if before is not None and "title" in before.classes:
                return True
            if self.by_person and name.kind is NameKind.CANDIDATE and name.first:
                return False  # a first name is anybody's, unless the item gives the whole
            return name.kind is NameKind.CANDIDATE and (unit.classes == frozenset() and not unit.lemmas)
        other = (
            before is not None
            and before.capital
            and not before.known
            and not (before.names and self.by_people)
            and before.word.isalpha()
            and unit.first > 1
        )
        return not (other and name.kind is not NameKind.CANDIDATE and not before.upper) if before else True

    # -- reading a phrase -----------------------------------------------------------------------

    def resolve(self, unit: Unit, parts: Sequence[Unit], *, headed: bool) -> None:
        """Set what the phrase stands for. `headed`: an unknown noun follows that it may describe."""
        unit.names = _unowned(unit.names, parts)
        classes = unit.classes
        candidate = name_of(unit, NameKind.CANDIDATE)
        person = self._person(unit)
        elector = self._elector(parts)
        unit.race = "race" in classes
        former = "former" in classes
        voter = self.persons.voter(unit) if self.by_person else None
        if voter is not None and candidate is not None and voter != candidate.id:
            candidate = None  # a namesake of the candidate's
        if candidate is not None and voter is None and former and not unit.race:
            former = False
        if former and candidate is None and voter is None and elector and "title" in classes:
            own = self.national(elector)
            words = set(unit.word.split())
            if own is not None and any(set(fold(o).split()) <= words for o in self.candidates[own].offices):
                unit.kind, unit.candidates, unit.role = Kind.CANDIDATE, (own,), "title"
                return  # "the former Chilean president", where the file gives a former office
        if former and candidate is None and voter is None and (own := self._predecessor(unit)):
            unit.kind, unit.candidates, unit.dual, unit.role = Kind.CANDIDATE, (own,), self.dual(own), "title"
            return
        if self.by_person and candidate is None and voter is None and not unit.race:
            if self.persons.shared(unit):
                unit.kind = Kind.OUTSIDER
                return
            if not former and self._described(unit):
                return
        sits = self.by_person and (voter is not None or candidate is not None)
        if person is not None and "own_party" in parts[-1].classes and person.elector in self.parties:
            unit.kind, unit.head, unit.electors = Kind.ELECTOR, Head.NAME, (person.elector,)
            return  # "Meloni's party"
        if ("outsider" in classes and not sits and not _put_up(parts, elector)) or (
            former and voter is None and candidate is None
        ):
            unit.kind = Kind.OUTSIDER
            return
        if unit.race:
            self._race(unit, candidate, elector, person)
            unit.holder = self._claimant(unit, parts)
            return
        if "unnamed" in classes and not (voter or candidate):
            unit.kind = Kind.UNNAMED
            unit.electors = (elector,) if elector in self.electors else (person.elector,) if person else ()
            return
        if "outlet" in classes and not (person or candidate):
            unit.kind = Kind.OUTLET
            return
        if "voice" in classes and candidate is None and voter is None:
            whose = elector or (person.elector if person else None)
            self._office(unit, whose, parts)
            return
        party = name_of(parts[-1], NameKind.NAME)
        if candidate is not None and party is not None and party.id in self.parties:
            unit.kind, unit.head, unit.electors = Kind.ELECTOR, Head.NAME, (party.id,)
            return  # "Berlusconi's Forza Italia"
        if candidate is not None:
            unit.kind = Kind.CANDIDATE
            unit.candidates = tuple(dict.fromkeys(n.id for n in unit.names if n.kind is NameKind.CANDIDATE))[
                :1
            ]
            unit.dual = () if self.persons.doubtful(unit) else self.dual(candidate.id)
            if elector and "title" in classes:
                holder = self.holder(elector, classes)
                if holder and fold(holder.name) == fold(self.candidates[candidate.id].name):
                    unit.dual = (elector,)
            unit.role = "title" if "title" in classes else ""
            return
        if voter is not None:
            unit.kind, unit.head, unit.electors = Kind.ELECTOR, Head.PERSON, (voter,)
            return
        if person is not None:
            unit.kind, unit.head, unit.electors = Kind.ELECTOR, Head.PERSON, (person.elector,)
            return
        if any(n.kind is NameKind.SPEAKER for n in unit.names) and "title" not in classes:
            unit.kind = Kind.OUTSIDER  # somebody who was not in office that day
            return
        if "title" in classes:
            if self.by_people and elector is None and unit.word.rpartition(" ")[2] in self._post_words:
                unit.kind = Kind.BODY  # "the new speaker", where a speaker is elected
                return
            if name_of(unit, NameKind.INCUMBENT, NameKind.POST, NameKind.BODY) and elector is None:
                unit.kind = Kind.BODY
            else:
                self._office(unit, elector, parts)
            return
        self._plain(unit, parts, elector, headed)

    def _predecessor(self, unit: Unit) -> str | None:
        """ "The ousted speaker", where who held the post before has a vote or may be voted for."""
        if not self.by_people or unit.word.rpartition(" ")[2] not in self.post_head or unit.race:
            return None
        return next((c.id for c in self.contest.candidates if self.incumbent(c.id)), None)

    def _described(self, unit: Unit) -> bool:
        """ "The Iowa governor", "the Ipswich MP", "the Nebraskan": set when it can only be one."""
        if name_of(unit, NameKind.HOME, NameKind.NATIVE, NameKind.OFFICE) is None:
            return False
        found = self.persons.described(unit)
        if found is None:
            seated = not unit.classes.isdisjoint(("seat_member", "seat_senator", "seat_governor"))
            if seated or name_of(unit, NameKind.NATIVE, NameKind.PARTY):
                unit.kind = Kind.OUTSIDER
                return True
            return False
        candidate = self.candidates.get(found)
        if candidate is not None and self.stands(found):
            unit.kind, unit.candidates, unit.dual = Kind.CANDIDATE, (found,), self.dual(found)
            unit.role = "title"
        else:
            unit.kind, unit.head, unit.electors = Kind.ELECTOR, Head.PERSON, (found,)
        return True

    def _person(self, unit: Unit) -> Speaker | None:
        speakers = [n.speaker for n in unit.names if n.kind is NameKind.SPEAKER and n.speaker]
        serving = [s for s in speakers if _serves(s, self.day)]
        electors = {s.elector for s in serving}
        if len(electors) == 1:
            return serving[0]
        if len(electors) > 1:
            held = {n.id for n in unit.names if n.kind in (NameKind.NAME, NameKind.ADJECTIVE)}
            fitting = [s for s in serving if s.elector in held or fold(s.name) in self.persons.full]
            if len({s.elector for s in fitting}) == 1:
                return fitting[0]
        return None

    def _elector(self, parts: Sequence[Unit]) -> str | None:
        """The country the phrase names, by adjective, genitive or "of"."""
        found = None
        for part in parts:
            for kind in (NameKind.ADJECTIVE, *_STATE, NameKind.PEOPLE):
                name = name_of(part, kind)
                if name is not None:
                    if not self.by_people or name.id in self.electors:
                        return name.id
                    found = found or name.id  # "Italy's League", where parties decide
        return found

    def holder(self, elector: str, classes: frozenset[str]) -> Speaker | None:
        """Who held, on the day, the office of the elector that a phrase of these classes names."""
        roles = {_ROLES[c] for c in classes if c in _ROLES}
        held = [
            speaker
            for speaker in self.speakers
            if speaker.elector == elector
            and (
                speaker.role in roles
                or (
                    SpeakerRole.LEADER in roles
                    and speaker.role in (SpeakerRole.HEAD_OF_STATE, SpeakerRole.HEAD_OF_GOVERNMENT)
                )
            )
        ]
        # "The Dutch leader" is the one who runs, where a head of state stands beside him.
        return next((s for s in held if fold(s.name) in self.by_name), held[0] if held else None)

    def _office(self, unit: Unit, elector: str | None, parts: Sequence[Unit]) -> None:
        classes = unit.classes
        if elector is None:
            if name_of(unit, NameKind.BODY, NameKind.POST, NameKind.INCUMBENT):
                unit.kind = Kind.BODY
                return
            bloc = name_of(unit, NameKind.BLOC)
            if bloc is not None and ("title" not in classes or "holders" in classes):
                self._bloc(unit, bloc, parts)
                unit.head = Head.BLOC
                return
            leaving = self._leaving(classes) if {"outgoing", "title"} <= classes else None
            if leaving is not None:
                unit.kind, unit.candidates, unit.role = Kind.CANDIDATE, (leaving,), "title"
                unit.dual = self.dual(leaving)
                return
            unit.kind = Kind.VOICE
            unit.own = "poss" in classes and "title" in classes
            unit.role = "voice" if "voice" in classes else "title"
            return
        holder = self.holder(elector, classes) if "title" in classes else None
        candidate = self.by_name.get(fold(holder.name)) if holder else None
        if candidate is None and "title" in classes:
            candidate = self._by_office(elector, unit)
        if candidate is not None and "voice" not in classes:
            unit.kind = Kind.CANDIDATE
            unit.candidates = (candidate.id,)
            unit.dual = (elector,) if elector in self.electors else ()
            unit.role = "title"
            return
        if elector not in self.electors:
            unit.kind = Kind.OUTSIDER
            return
        unit.kind, unit.electors, unit.head = Kind.ELECTOR, (elector,), Head.OFFICE

    def _leaving(self, classes: frozenset[str]) -> str | None:
        """ "The outgoing premier", of no country: the one candidate who holds such an office that day."""
        found = {
            candidate.id
            for elector in self.electors
            if (holder := self.holder(elector, classes))
            and (candidate := self.by_name.get(fold(holder.name)))
            and self.declared(candidate.id)
        }
        return found.pop() if len(found) == 1 else None

    def _by_office(self, elector: str, unit: Unit) -> Candidate | None:
        for candidate in self.contest.candidates:
            if candidate.nationality == elector and self.stands(candidate.id):
                for office in candidate.offices:
                    if fold(office) in fold(unit.word):
                        return candidate
        return None

    def _race(self, unit: Unit, candidate: Name | None, elector: str | None, person: Speaker | None) -> None:
        unit.kind = Kind.CANDIDATE
        if candidate is not None:
            unit.candidates = (candidate.id,)
            return
        named = self.by_name.get(fold(person.name)) if person else None
        if named is not None:
            unit.candidates = (named.id,)
            return
        if elector is not None:
            own = self.national(elector)
            if own is not None and self.declared(own):
                unit.candidates = (own,)
                return
            unit.kind = Kind.WORD
            chosen = "nominee" in unit.classes and elector in self.electors
            unit.classes = frozenset({"foreign", "choice_of"} if chosen else {"foreign"})
            unit.electors = (elector,) if chosen else ()
            return
        unit.kind = Kind.WORD
        if "poss" in unit.classes:
            unit.own = True

    def _claimant(self, unit: Unit, parts: Sequence[Unit]) -> str:
        """ "Jamaica's nominee", "the candidate of Jamaica": the state that puts this candidate up."""
        if unit.kind is not Kind.CANDIDATE or "nominee" not in unit.classes:
            return ""
        for i, part in enumerate(parts):
            place = name_of(part, *_STATE)
            if place is None or place.id not in self.electors:
                continue
            owns = i + 1 < len(parts) and "genitive" in parts[i + 1].classes
            owned = i > 0 and "of" in parts[i - 1].classes
            home = all(self.candidates[c].nationality == place.id for c in unit.candidates)
            if home and (owns or owned):
                return place.id
        return ""

    def _bloc(self, unit: Unit, bloc: Name, parts: Sequence[Unit]) -> None:
        whole = any(not p.classes.isdisjoint(("det", "all")) for p in parts)
        some = any("some" in p.classes for p in parts)
        if some or (not whole and any("number" in p.classes for p in parts)):
            unit.kind = Kind.OUTSIDER
            return
        members, expanded = self.expand(bloc.id)
        if not members or (not expanded and bloc.id not in {b.id for b in self.contest.blocs}):
            unit.kind = Kind.OUTSIDER
            return
        unit.kind, unit.head, unit.plural = Kind.ELECTOR, Head.BLOC, True
        unit.electors = members
        unit.via = bloc.id

    def national_of(self, unit: Unit) -> None:
        """Let an adjective that is also the name of a people stand for the one candidate of that people."""
        people = name_of(unit, NameKind.PEOPLE)
        own = self.national(people.id) if people is not None and not people.plural else None
        if own is not None:
            unit.kind, unit.candidates, unit.electors = Kind.CANDIDATE, (own,), ()
            unit.dual = self.dual(own)
            unit.role = "people"

    def _plain(self, unit: Unit, parts: Sequence[Unit], elector: str | None, headed: bool) -> None:
        bloc = name_of(unit, NameKind.BLOC)
        if bloc is not None:
            if not headed:
                self._bloc(unit, bloc, parts)
            return
        if elector is None:
            if name_of(unit, NameKind.BODY, NameKind.POST, NameKind.INCUMBENT):
                unit.kind = Kind.BODY
            return
        last = parts[-1]
        people = name_of(last, NameKind.PEOPLE)
        state = name_of(last, *_STATE)
        if people is not None and name_of(last, NameKind.ADJECTIVE) and (headed or "det" not in unit.classes):
            people = None
        if state is None and people is not None:
            # "den Niederländer", "le Néerlandais": the article tells that it is one
            single = not people.plural or "singular" in parts[0].classes
            own = self.national(people.id)
            if single and own is not None:
                unit.kind, unit.candidates = Kind.CANDIDATE, (own,)
                unit.dual = self.dual(own)
                unit.role = "people"
                return
            if elector not in self.electors:
                unit.kind = Kind.OUTSIDER
                return
            unit.kind, unit.electors, unit.head = Kind.ELECTOR, (elector,), Head.PEOPLE
            unit.plural = people.plural
            unit.candidates = (own,) if own is not None else ()
            if any("some" in p.classes for p in parts):
                unit.kind = Kind.OUTSIDER
            return
        if state is None:
            unit.kind = Kind.ADJECTIVE if elector in self.electors else Kind.WORD
            unit.electors = (elector,) if elector in self.electors else ()
            return
        if elector not in self.electors:
            unit.kind = Kind.WORD
            unit.classes = unit.classes | {"foreign"}
            return
        unit.kind, unit.electors = Kind.ELECTOR, (state.id,)
        unit.head = Head.NAME if state.kind is NameKind.NAME else Head.CAPITAL


def _put_up(parts: Sequence[Unit], elector: str | None) -> bool:
    """ "Kenya's candidate for chairperson of ...": a state's, whatever the post is called after it."""
    race = next((i for i, part in enumerate(parts) if "race" in part.classes), -1)
    outside = next((i for i, part in enumerate(parts) if "outsider" in part.classes), -1)
    return elector is not None and 0 < race < outside


def _unowned(names: tuple[Name, ...], parts: Sequence[Unit]) -> tuple[Name, ...]:
    """The names of a phrase without a person who only owns its head ("Sikorski's Hungarian colleague")."""
    at = next((i for i, part in enumerate(parts) if "genitive" in part.classes), -1)
    if at <= 0 or not any("colleague" in part.classes for part in parts[at + 1 :]):
        return names
    owners = {n for part in parts[:at] for n in part.names}
    return tuple(n for n in names if n not in owners)
