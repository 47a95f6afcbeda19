"""An assessment: everything that follows from one item, or one word of a person, as one value.

The value is stored in one transaction (`store`); nothing of it is sent before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from tracker.alerts import Alert, compare
from tracker.claims import Candidacy, Claim, Count, Evidence, Reading
from tracker.contests import Contest
from tracker.errors import InputError, UnknownName
from tracker.events import (
    CandidacyReported,
    ContestDecided,
    ContestDeclared,
    Event,
    EventId,
    ReportConfirmed,
    ReportReinstated,
    ReportRetracted,
    Source,
    StanceReported,
    SupportCounted,
)
from tracker.items import Item, OutletClass
from tracker.log.identity import identity
from tracker.projection import DEFAULT_POLICY, ContestState, Policy, State, suppose
from tracker.projection.origins import origin_keys, outlet_key
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId, Precision, Stance, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one item, or one word of a person, adds.

    item     the item to keep; `None` when a person entered the events
    events   to append, in order; those the log holds already add nothing
    alerts   changes of standing that the new events bring
    send     False: the alerts are recorded and not sent (backfill)
    """

    item: Item | None
    events: tuple[Event, ...]
    alerts: tuple[Alert, ...]
    send: bool


def assess(
    item: Item,
    reading: Reading,
    state: State,
    *,
    now: datetime,
    send: bool,
    policy: Policy = DEFAULT_POLICY,
) -> Assessment:
    """What a reading of an item adds to the state of its contest, which must have been declared.

    now  UTC; when it is taken in. A stance is dated by the item's publication, never later than now.
    """
    occurred_at = min(item.published_at, now)
    precision = Precision.INSTANT if item.date_given else Precision.APPROXIMATE
    events: list[Event] = [
        *(_stance(claim, item, reading, occurred_at, precision) for claim in reading.claims),
        *(_count(count, item, reading, occurred_at, precision) for count in reading.counts),
        *(_candidacy(step, item, reading, occurred_at, precision) for step in reading.candidacies),
    ]
    return _assessed(item, events, state, now=now, send=send, policy=policy)


def declare(contest: Contest, state: State, *, now: datetime, producer: str) -> ContestDeclared | None:
    """The event that takes a contest's roster into the log; `None` when the log holds just this one."""
    known = state.contest(contest.id)
    if known is not None and known.roster == contest:
        return None
    return ContestDeclared(contest=contest.id, occurred_at=now, producer=producer, roster=contest)


def record(
    state: ContestState,
    *,
    elector: str,
    candidate: str,
    stance: Stance,
    by: str,
    why: str,
    at: datetime,
    precision: Precision = Precision.DAY,
    certainty: Certainty = Certainty.OFFICIAL,
    voice: Voice = Voice.ELECTOR,
    speaker: str = "",
    words: str = "",
    url: str = "",
    outlet: str = "",
) -> StanceReported:
    """A stance entered by a person, who must say why. Raises UnknownName, InputError."""
    _signed(by, why)
    roster = state.roster
    return StanceReported(
        contest=roster.id,
        elector=ElectorId(_known("elector", elector, [e.id for e in roster.electors], roster)),
        candidate=CandidateId(_known("candidate", candidate, [c.id for c in roster.candidates], roster)),
        stance=stance,
        certainty=certainty,
        time=ClaimTime.NOW,
        voice=voice,
        silence=False,
        speaker=speaker,
        condition="",
        via=None,
        occurred_at=at,
        precision=precision,
        item=None,
        source=Source(
            outlet=outlet or by,
            url=url,
            title="",
            outlet_class=OutletClass.OUTLET,
            origins=tuple(sorted({outlet_key(outlet or by), *([f"url:{url}"] if url else [])})),
        ),
        evidence=Evidence(field="body", start=0, end=len(words), text=words, sentence=words),
        rule="by-hand",
        confidence=1.0,
        producer=by,
        note=why,
    )


def retract(state: ContestState, report: str, *, by: str, why: str, now: datetime) -> ReportRetracted:
    """The event that takes a report back. Raises UnknownName; InputError when it is taken back already."""
    target = _target(state, report, by, why)
    if state.retracted(target):
        raise InputError(f"report {target}", "it is retracted already; `reinstate` lets it count again")
    return ReportRetracted(contest=state.roster.id, report=target, reason=why, occurred_at=now, producer=by)


def reinstate(state: ContestState, report: str, *, by: str, why: str, now: datetime) -> ReportReinstated:
    """The event that lets a retracted report count again. Raises UnknownName; InputError if it counts."""
    target = _target(state, report, by, why)
    if not state.retracted(target):
        raise InputError(f"report {target}", "it is not retracted; there is nothing to reinstate")
    return ReportReinstated(contest=state.roster.id, report=target, reason=why, occurred_at=now, producer=by)


def confirm(state: ContestState, report: str, *, by: str, why: str, now: datetime) -> ReportConfirmed:
    """The event by which a person stands by a report. Raises UnknownName, InputError."""
    target = _target(state, report, by, why)
    return ReportConfirmed(contest=state.roster.id, report=target, reason=why, occurred_at=now, producer=by)


def decide(
    state: ContestState, candidate: str, *, by: str, why: str, at: datetime, precision: Precision
) -> ContestDecided:
    """The event that closes the race. Raises UnknownName, InputError."""
    _signed(by, why)
    chosen = _known("candidate", candidate, [c.id for c in state.roster.candidates], state.roster)
    return ContestDecided(
        contest=state.roster.id, candidate=CandidateId(chosen), reason=why, occurred_at=at,
        precision=precision, producer=by,
    )  # fmt: skip


def entered(
    event: Event, state: State, *, now: datetime, send: bool, policy: Policy = DEFAULT_POLICY
) -> Assessment:
    """What an event entered by a person adds."""
    return _assessed(None, [event], state, now=now, send=send, policy=policy)


def _assessed(
    item: Item | None, events: list[Event], state: State, *, now: datetime, send: bool, policy: Policy
) -> Assessment:
    alerts: list[Alert] = []
    for contest in dict.fromkeys(event.contest for event in events):
        before = state.contest(contest)
        after = suppose(state, [(identity(e), e) for e in events if e.contest == contest]).contest(contest)
        if before is not None and after is not None:
            alerts += compare(before, after, now=now, policy=policy)
    return Assessment(item=item, events=tuple(events), alerts=tuple(alerts), send=send)


def _source(item: Item, evidence: Evidence) -> Source:
    return Source(
        outlet=item.source,
        url=item.url,
        title=item.title,
        outlet_class=item.outlet_class,
        origins=origin_keys(item, evidence.sentence),
    )


def _stance(
    claim: Claim, item: Item, reading: Reading, occurred_at: datetime, precision: Precision
) -> StanceReported:
    return StanceReported(
        contest=reading.contest,
        elector=claim.elector,
        candidate=claim.candidate,
        stance=claim.stance,
        certainty=claim.certainty,
        time=claim.time,
        voice=claim.voice,
        silence=claim.silence,
        speaker=claim.speaker,
        condition=claim.condition,
        via=claim.via,
        occurred_at=occurred_at,
        precision=precision,
        item=item.id,
        source=_source(item, claim.evidence),
        evidence=claim.evidence,
        rule=claim.rule,
        confidence=claim.confidence,
        producer=reading.extractor,
    )


def _count(
    count: Count, item: Item, reading: Reading, occurred_at: datetime, precision: Precision
) -> SupportCounted:
    return SupportCounted(
        contest=reading.contest,
        candidate=count.candidate,
        low=count.low,
        high=count.high,
        of=count.of,
        approximate=count.approximate,
        beside=count.beside,
        holdouts=count.holdouts,
        certainty=count.certainty,
        speaker=count.speaker,
        occurred_at=occurred_at,
        precision=precision,
        item=item.id,
        source=_source(item, count.evidence),
        evidence=count.evidence,
        rule=count.rule,
        producer=reading.extractor,
    )


def _candidacy(
    step: Candidacy, item: Item, reading: Reading, occurred_at: datetime, precision: Precision
) -> CandidacyReported:
    return CandidacyReported(
        contest=reading.contest,
        candidate=step.candidate,
        step=step.step,
        by=step.by,
        certainty=step.certainty,
        time=step.time,
        speaker=step.speaker,
        occurred_at=occurred_at,
        precision=precision,
        item=item.id,
        source=_source(item, step.evidence),
        evidence=step.evidence,
        rule=step.rule,
        producer=reading.extractor,
    )


def _signed(by: str, why: str) -> None:
    if not by.strip():
        raise InputError("--by", "who enters this? Give a name")
    if not why.strip():
        raise InputError("--why", "every correction says why. Give the reason")


def _target(state: ContestState, report: str, by: str, why: str) -> EventId:
    _signed(by, why)
    held = state.report(report)
    if held is None:
        raise UnknownName("report", report, where=f"contest {state.roster.id}")
    return held.id


def _known(noun: str, name: str, names: list[str], roster: Contest) -> str:
    if name not in names:
        near = tuple(get_close_matches(name, names, n=3))
        raise UnknownName(noun, name, where=f"contest {roster.id}", near=near)
    return name
