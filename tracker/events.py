"""Events: the facts the log keeps. Reports are logged; what they add up to is the projection's work.

Every kind has a literal `kind` and a `version`; a stored event never changes shape. The names are
stored: renaming a class is free, renaming a kind or a field is a new version with an upcast.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType

from tracker.claims import CandidacyStep, Evidence
from tracker.contests import Contest
from tracker.items import ItemId, OutletClass
from tracker.rules import Vote
from tracker.stances import (
    CandidateId,
    Certainty,
    ClaimTime,
    ContestId,
    ElectorId,
    Precision,
    Stance,
    Voice,
)

EventId = NewType("EventId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a report was read.

    outlet    its name; `url` the item's link; `title` the item's headline, for a reader
    origins   keys that tell whether two reports go back to one origin (`projection/origins.py`):
              reports that share any key count once
    """

    outlet: str
    url: str
    title: str
    outlet_class: OutletClass
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestDeclared:
    """The roster, whole, as declared or revised: a replay depends on the log alone.

    occurred_at  UTC; when it was taken in
    producer     who or what declared it
    """

    kind: ClassVar[str] = "contest_declared"
    version: ClassVar[int] = 2
    contest: ContestId
    occurred_at: datetime
    precision: Precision = Precision.INSTANT
    producer: str
    roster: Contest


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceReported:
    """A source says that an elector holds a stance on a candidate.

    elector      an elector's id, or a bloc's
    occurred_at  UTC; when the stance was taken or last told, as fine as `precision` says
    item         the item it was read in; `None` when a person entered it
    producer     the extractor's version, or the person who entered it
    note         why, when a person entered it
    Other fields: as in `claims.Claim`.
    """

    kind: ClassVar[str] = "stance_reported"
    version: ClassVar[int] = 1
    contest: ContestId
    elector: ElectorId
    candidate: CandidateId
    stance: Stance
    certainty: Certainty
    time: ClaimTime
    voice: Voice
    silence: bool
    speaker: str
    condition: str
    via: str | None
    occurred_at: datetime
    precision: Precision
    item: ItemId | None
    source: Source
    evidence: Evidence
    rule: str
    confidence: float
    producer: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportCounted:
    """A source tells a number of supporters without all their names. Fields: `claims.Count`."""

    kind: ClassVar[str] = "support_counted"
    version: ClassVar[int] = 1
    contest: ContestId
    candidate: CandidateId
    low: int
    high: int | None
    of: int | None
    approximate: bool
    beside: tuple[ElectorId, ...]
    holdouts: tuple[ElectorId, ...]
    certainty: Certainty
    speaker: str
    occurred_at: datetime
    precision: Precision
    item: ItemId | None
    source: Source
    evidence: Evidence
    rule: str
    producer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidacyReported:
    """A source says that a candidate is mentioned, declares, is nominated, declines or withdraws, or that a
    nomination is taken back."""

    kind: ClassVar[str] = "candidacy_reported"
    version: ClassVar[int] = 1
    contest: ContestId
    candidate: CandidateId
    step: CandidacyStep
    by: ElectorId | None
    certainty: Certainty
    time: ClaimTime
    speaker: str
    occurred_at: datetime
    precision: Precision
    item: ItemId | None
    source: Source
    evidence: Evidence
    rule: str
    producer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportImplied:
    """What a count that names who is missing says of all others: that they support the candidate.

    Weaker than any report that names an elector: it fills where there is none, and raises no alert.

    electors   those present that day and not named as missing, in roster order
    count      id of the `support_counted` event it follows from
    """

    kind: ClassVar[str] = "support_implied"
    version: ClassVar[int] = 1
    contest: ContestId
    candidate: CandidateId
    electors: tuple[ElectorId, ...]
    holdouts: tuple[ElectorId, ...]
    count: EventId
    certainty: Certainty
    speaker: str
    occurred_at: datetime
    precision: Precision
    item: ItemId | None
    source: Source
    evidence: Evidence
    rule: str
    producer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOpened:
    """A round of voting begins; what the rule says is reopened by it is.

    round       from 1
    candidates  who stands in it; empty: everybody that runs
    secret      True: nobody's vote becomes known
    note        why, or which ("straw poll")
    """

    kind: ClassVar[str] = "round_opened"
    version: ClassVar[int] = 1
    contest: ContestId
    round: int
    candidates: tuple[CandidateId, ...]
    secret: bool
    occurred_at: datetime
    precision: Precision
    producer: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRecorded:
    """How an elector voted in a round, on record: an act, firmer than any word.

    candidate   `None`: it abstained, or was absent, altogether
    """

    kind: ClassVar[str] = "vote_recorded"
    version: ClassVar[int] = 1
    contest: ContestId
    round: int
    elector: ElectorId
    candidate: CandidateId | None
    vote: Vote
    occurred_at: datetime
    precision: Precision
    source: Source
    evidence: Evidence
    producer: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotCounted:
    """How many voted for a candidate in a round, without their names: all that a secret ballot tells.

    Two sources may tell different numbers; both are kept. It never moves a named elector.

    against, abstained, absent
                `None`: not told
    """

    kind: ClassVar[str] = "ballot_counted"
    version: ClassVar[int] = 1
    contest: ContestId
    round: int
    candidate: CandidateId
    votes_for: int
    against: int | None
    abstained: int | None
    absent: int | None
    certainty: Certainty
    speaker: str
    occurred_at: datetime
    precision: Precision
    source: Source
    evidence: Evidence
    producer: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRetracted:
    """An earlier report (by its event id) no longer counts. `reason` and `producer` say why and who."""

    kind: ClassVar[str] = "report_retracted"
    version: ClassVar[int] = 1
    contest: ContestId
    report: EventId
    reason: str
    occurred_at: datetime
    precision: Precision = Precision.INSTANT
    producer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReinstated:
    """A retracted report counts again."""

    kind: ClassVar[str] = "report_reinstated"
    version: ClassVar[int] = 1
    contest: ContestId
    report: EventId
    reason: str
    occurred_at: datetime
    precision: Precision = Precision.INSTANT
    producer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportConfirmed:
    """A person has checked a report and stands by it."""

    kind: ClassVar[str] = "report_confirmed"
    version: ClassVar[int] = 1
    contest: ContestId
    report: EventId
    reason: str
    occurred_at: datetime
    precision: Precision = Precision.INSTANT
    producer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestDecided:
    """The body has chosen; the race is over."""

    kind: ClassVar[str] = "contest_decided"
    version: ClassVar[int] = 1
    contest: ContestId
    candidate: CandidateId
    reason: str
    occurred_at: datetime
    precision: Precision
    producer: str


Event = (
    ContestDeclared
    | StanceReported
    | SupportCounted
    | CandidacyReported
    | SupportImplied
    | RoundOpened
    | VoteRecorded
    | BallotCounted
    | ReportRetracted
    | ReportReinstated
    | ReportConfirmed
    | ContestDecided
)
# What an item says; and all that a person can take back.
Report = StanceReported | SupportCounted | CandidacyReported | SupportImplied
Retractable = Report | VoteRecorded | BallotCounted | RoundOpened | ContestDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event with its place in the log.

    seq          1-based, without gaps
    id           made from the event's content (`log.identity`)
    recorded_at  UTC, the clock's, never the article's; never goes back
    prev_hash, hash
                 SHA-256, 32 bytes each; the chain (`log.chain`)
    """

    seq: int
    id: EventId
    recorded_at: datetime
    prev_hash: bytes
    hash: bytes
    event: Event
