"""An alert: one change of standing that somebody asked to be told of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.events import EventId
from tracker.projection import (
    DEFAULT_POLICY,
    ContestState,
    Pair,
    Policy,
    Standing,
    seats,
    standing,
)
from tracker.rules import Answer, Seat, answer
from tracker.stances import CandidateId, Certainty, ContestId, ElectorId, Stance


class AlertState(StrEnum):
    """quiet: recorded, not to be sent (backfill); failed: will be tried again; dead: given up."""

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


def compare(
    before: ContestState, after: ContestState, *, now: datetime, policy: Policy = DEFAULT_POLICY
) -> tuple[Alert, ...]:
    """The changes of standing between two states of one contest, as of `now` (UTC), by elector and candidate.

    Only electors present at `now` alert. A new `undecided` that rests on silence does not, nor does a
    standing moved by evidence older than what carried it before: that is late news, not a change. A
    person's correction tells of every change that it brings, whatever the dates.
    """
    alerts = []
    present = {elector.id for elector in after.roster.present(now)}
    for pair, corrections in sorted(_touched(before, after)):
        if pair[0] not in present:
            continue
        old, new = standing(before, pair, now, policy), standing(after, pair, now, policy)
        if new.stance is old.stance:
            continue
        if corrections or not (new.silence or _late(old, new)):
            alerts.append(_alert(after, pair, old, new, corrections, now=now, policy=policy))
    return tuple(alerts)


def position(
    state: ContestState, candidate: CandidateId, as_of: datetime, policy: Policy = DEFAULT_POLICY
) -> Answer:
    """What the decision rule says of a candidate at a moment."""
    return answer(state.roster.rule, seats_for(state, candidate, as_of, policy))


def seats_for(
    state: ContestState, candidate: CandidateId, as_of: datetime, policy: Policy = DEFAULT_POLICY
) -> tuple[Seat, ...]:
    """The electors present at a moment, each where it counts for the candidate."""
    return seats(state, candidate, as_of, lambda pair: standing(state, pair, as_of, policy))


def _touched(before: ContestState, after: ContestState) -> Iterator[tuple[Pair, tuple[EventId, ...]]]:
    """Pairs whose reports, or a person's word on them, differ, with the ids of the new words.

    A word on a count bears on every pair of its candidate. A new count does not: it never alerts.
    """
    words: dict[EventId, tuple[EventId, ...]] = {}
    for report, verdicts in after.verdicts.items():
        known = before.verdicts.get(report, ())
        if verdicts is not known:
            words[report] = tuple(held.id for held in verdicts[len(known) :])
    on_counts: dict[CandidateId, list[EventId]] = {}
    for count in after.counts if words else ():
        on_counts.setdefault(count.event.candidate, []).extend(words.get(count.id, ()))
    for pair, reports in after.reports.items():
        new_words = list(on_counts.get(pair[1], ()))
        if words:
            new_words += [word for held in reports for word in words.get(held.id, ())]
        if new_words or reports is not before.reports.get(pair):
            yield pair, tuple(new_words)


def _late(old: Standing, new: Standing) -> bool:
    if old.carried_by is None or new.carried_by is None:
        return False
    return new.carried_by.event.occurred_at < old.carried_by.event.occurred_at


def _alert(
    state: ContestState,
    pair: Pair,
    old: Standing,
    new: Standing,
    corrections: tuple[EventId, ...],
    *,
    now: datetime,
    policy: Policy,
) -> Alert:
    elector, candidate = pair
    place = position(state, candidate, now, policy)
    carrier = new.carried_by
    # What a correction brings back was told of before, so the correction is part of what tells it apart.
    parts = (
        state.roster.id, elector, candidate, new.stance or "unknown",
        carrier.id if carrier else "", *corrections,
    )  # fmt: skip
    speaker, outlet, evidence, url = _told(state, old, new, corrections)
    return Alert(
        key=hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32],
        contest=state.roster.id,
        elector=elector,
        candidate=candidate,
        at=now,
        occurred_at=carrier.event.occurred_at if carrier else now,
        was=old.stance,
        now=new.stance,
        certainty=new.certainty,
        disputed=new.disputed,
        speaker=speaker,
        outlet=outlet,
        evidence=evidence,
        url=url,
        report=carrier.id if carrier else "",
        have=place.have,
        needed=place.needed,
        missing=place.missing,
    )


def _told(
    state: ContestState, old: Standing, new: Standing, corrections: tuple[EventId, ...]
) -> tuple[str, str, str, str]:
    """Who says so, where, in which words, at which address.

    A standing that fell back to unknown has no words of its own: those of the correction are told, with
    the address of the report that was taken back.
    """
    if new.carried_by is not None:
        event = new.carried_by.event
        return event.speaker, event.source.outlet, event.evidence.sentence, event.source.url
    if old.carried_by is None:
        return "", "", "", ""
    for held in reversed(state.verdicts.get(old.carried_by.id, ())):
        if held.id in corrections:
            return held.event.producer, "", held.event.reason, old.carried_by.event.source.url
    return "", "", "", old.carried_by.event.source.url
