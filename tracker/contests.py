"""A contest: one selection for one post, with everybody who matters in it and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tracker.rules import Rule
from tracker.stances import CandidateId, ContestId, ElectorId


class CandidateStatus(StrEnum):
    """Where a candidacy stood when the contest file was written; the log takes it from there."""

    DECLARED = "declared"
    MENTIONED = "mentioned"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ElectorKind(StrEnum):
    """What decides: a state, a person, or a party."""

    STATE = "state"
    PERSON = "person"
    PARTY = "party"


class Gender(StrEnum):
    """For pronouns only; `UNKNOWN` lets any pronoun fit."""

    FEMALE = "f"
    MALE = "m"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may get the post.

    aliases       other names, nicknames, transliterations, and descriptions that fit nobody else
    nationality   id of the home elector (or ISO 3166 alpha-2 of the home country); empty if none
    offices       titles held at some time of the contest ("prime minister"), for "the Dutch premier"
    declared, withdrawn
                  days, or `None` when it did not happen or is not known
    nominated_by  electors that had put the name forward when the file was written
    """

    id: CandidateId
    name: str
    aliases: tuple[str, ...] = ()
    nationality: str = ""
    gender: Gender = Gender.UNKNOWN
    offices: tuple[str, ...] = ()
    status: CandidateStatus = CandidateStatus.MENTIONED
    declared: date | None = None
    withdrawn: date | None = None
    nominated_by: tuple[ElectorId, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elector:
    """Who decides.

    id            ISO 3166 alpha-2, lower case, for a state (its names then come from the country
                  data and the fields here add to them); kebab-case for a person or party
    joined, left  first and last day of membership; `None` when open
    votes         False: listed because it nominates or is named, without a vote
    weight        votes it casts (1 unless votes are weighted)
    veto          True: its opposition alone can stop a candidate
    aliases       further names; `adjectives` ("Hungarian"), `people` ("Hungarians") likewise
    seats         capital, palaces, ministries whose name stands for it
    affiliation, office
                  for persons: party, state or group, and office held ("senator")
    """

    id: ElectorId
    kind: ElectorKind = ElectorKind.STATE
    name: str = ""
    aliases: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    joined: date | None = None
    left: date | None = None
    votes: bool = True
    weight: float = 1.0
    veto: bool = False
    affiliation: str = ""
    office: str = ""
    gender: Gender = Gender.UNKNOWN

    def present(self, at: datetime) -> bool:
        """Whether it has a seat and a vote at that moment (days are UTC days, both ends included)."""
        day = at.date()
        return (
            self.votes
            and (self.joined is None or self.joined <= day)
            and (self.left is None or day <= self.left)
        )


class SpeakerRole(StrEnum):
    """The office a speaker holds, as far as reading needs it."""

    HEAD_OF_STATE = "head_of_state"
    HEAD_OF_GOVERNMENT = "head_of_government"
    FOREIGN_MINISTER = "foreign_minister"
    DEFENCE_MINISTER = "defence_minister"
    FINANCE_MINISTER = "finance_minister"
    AMBASSADOR = "ambassador"
    SPOKESPERSON = "spokesperson"
    LEADER = "leader"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A person who speaks for an elector between two days, both included; `None`: open."""

    elector: ElectorId
    name: str
    aliases: tuple[str, ...] = ()
    title: str = ""
    role: SpeakerRole = SpeakerRole.OTHER
    since: date | None = None
    until: date | None = None
    gender: Gender = Gender.UNKNOWN

    def in_office(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bloc:
    """A named group of electors ("the Baltic states"). `members` may be empty: then its name gives a
    claim on the bloc itself, as it does for every bloc of more than eight.

    binds   True: its word is that of every member that has not spoken for itself
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    members: tuple[ElectorId, ...] = ()
    binds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """An elector's seat in an electorate, from day to day, both included; `None`: open."""

    elector: ElectorId
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Electorate:
    """Those of the electors that one stage of the decision asks.

    members   for as long as they are electors
    terms     those that sit in it for a time (elected members of a council)
    """

    id: str
    name: str = ""
    members: tuple[ElectorId, ...] = ()
    terms: tuple[Term, ...] = ()

    def seats(self, elector: ElectorId, at: datetime) -> bool:
        """Whether the elector sits in it on that (UTC) day."""
        day = at.date()
        return elector in self.members or any(
            term.elector == elector
            and (term.since is None or term.since <= day)
            and (term.until is None or day <= term.until)
            for term in self.terms
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The organisation whose post it is."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One selection.

    post          the post in words; `key_terms` further ways the press names post and race
    opened, closed
                  days between which the race runs; `None`: open
    places        cities that host the body or its meetings: their names are never an elector's
    incumbent     who holds the post now (no elector, whatever he or she says)
    electorates   those that single stages of the decision ask, where not all electors are
    nominations_close
                  last day for candidacies; one that comes later is late, and counts all the same
    """

    id: ContestId
    title: str
    post: str
    body: Body
    rule: Rule
    candidates: tuple[Candidate, ...]
    electors: tuple[Elector, ...]
    speakers: tuple[Speaker, ...] = ()
    blocs: tuple[Bloc, ...] = ()
    electorates: tuple[Electorate, ...] = ()
    key_terms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    incumbent: str = ""
    opened: date | None = None
    closed: date | None = None
    nominations_close: date | None = None
    takes_office: date | None = None
    note: str = ""

    def elector(self, elector: str) -> Elector | None:
        """The elector of that id, or `None`."""
        return next((e for e in self.electors if e.id == elector), None)

    def candidate(self, candidate: str) -> Candidate | None:
        """The candidate of that id, or `None`."""
        return next((c for c in self.candidates if c.id == candidate), None)

    def present(self, at: datetime) -> tuple[Elector, ...]:
        """Electors with a vote at that moment, in roster order."""
        return tuple(e for e in self.electors if e.present(at))
