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
    """A source says that a candidate is mentioned, declares, is nominated, declines or withdraws."""

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
    | ReportRetracted
    | ReportReinstated
    | ReportConfirmed
    | ContestDecided
)
Report = StanceReported | SupportCounted | CandidacyReported


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
