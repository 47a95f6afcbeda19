"""The standing: what the evidence on one elector and one candidate adds up to, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tracker.events import EventId, StanceReported
from tracker.projection.held import Held
from tracker.projection.weights import Weight
from tracker.stances import Certainty, Stance


class Outcome(StrEnum):
    """What became of a report in the weighing."""

    CARRIES = "carries"
    AGREES = "agrees"
    SUPERSEDED = "superseded"
    OUTWEIGHED = "outweighed"
    DISPUTES = "disputes"
    BESIDE = "beside"
    RETRACTED = "retracted"


class Rung(NamedTuple):
    """A step of the ladder of certainty: from when on a stance was as certain as this, and by what report."""

    certainty: Certainty
    reached: datetime
    report: EventId


class Reason(NamedTuple):
    """One report's part in a standing, and why. (A tuple, because every report of a replay makes one.)"""

    report: EventId
    event: StanceReported
    weight: Weight
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an elector stands toward a candidate.

    stance       `None`: nothing known
    certainty    of the firmest evidence for it since it was last set; `None` with an unknown stance
    since        UTC; when this stance began to hold unbroken
    disputed     firm evidence says otherwise, or silence is told beside support
    silence      the stance is `undecided` only because others tell of no word
    reports, origins
                 how many reports speak for it since it began, from how many independent origins
    carried_by   the firmest report for it, the earliest of equals; `None` with an unknown stance
    ladder       when the stance reached each certainty since it began, the least certain first; a guess
                 before it began is its lowest rung
    reopened     the round of voting that reopened it; then the stance is unknown
    last         the latest report that bears on the present, agreeing or not
    reasons      every report on the pair, oldest first
    """

    stance: Stance | None = None
    certainty: Certainty | None = None
    since: datetime | None = None
    disputed: bool = False
    silence: bool = False
    reports: int = 0
    origins: int = 0
    carried_by: Held[StanceReported] | None = None
    ladder: tuple[Rung, ...] = ()
    reopened: int | None = None
    last: Held[StanceReported] | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def beside(self) -> tuple[Reason, ...]:
        """Guesses, forecasts, conditions and the past: shown beside the standing, never part of it."""
        return tuple(reason for reason in self.reasons if reason.outcome is Outcome.BESIDE)


UNKNOWN = Standing()
