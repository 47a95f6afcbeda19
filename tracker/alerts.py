"""An alert: one change of standing that somebody asked to be told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.stances import CandidateId, Certainty, ContestId, ElectorId, Stance


class AlertState(StrEnum):
    """quiet: recorded, not to be sent (backfill); queued, sent; failed: will be tried again; dead: given up."""

    QUIET = "quiet"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One change of one elector's standing toward one candidate.

    key          made from content: the same change found twice is one alert, for ever
    at           UTC; when the change was seen (the log's clock)
    occurred_at  UTC; when the stance was taken, by the evidence that carries the new standing
    was, now     the standings; `None` is unknown
    certainty    of the new standing; `None` when it fell back to unknown
    speaker, outlet, evidence, url
                 who says so, where, in which words
    report       the id of the event that carries the new standing; empty when it fell back to unknown
    have, needed, missing
                 the candidate's position after the change, by the decision rule
    """

    key: str
    contest: ContestId
    elector: ElectorId
    candidate: CandidateId
    at: datetime
    occurred_at: datetime
    was: Stance | None
    now: Stance | None
    certainty: Certainty | None
    disputed: bool
    speaker: str
    outlet: str
    evidence: str
    url: str
    report: str
    have: float
    needed: float | None
    missing: tuple[ElectorId, ...]
