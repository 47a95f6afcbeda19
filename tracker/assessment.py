"""An assessment: everything that follows from one item, or one word of a person, as one value.

The value is stored in one transaction (`store`); nothing of it is sent before that.
"""

from __future__ import annotations

import html
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, assert_never

from tracker.alerts import Alert, compare
from tracker.byhand import ByHand, known_candidate, known_elector, signed
from tracker.claims import Candidacy, CandidacyStep, Claim, Count, Evidence, Reading
from tracker.contests import Contest
from tracker.errors import InputError, UnknownName
from tracker.events import (
    CandidacyReported,
    ContestDecided,
    ContestDeclared,
    Event,
    EventId,
    Report,
    ReportConfirmed,
    ReportReinstated,
    ReportRetracted,
    Source,
    StanceReported,
    SupportCounted,
    SupportImplied,
)
from tracker.items import Item, ItemId, OutletClass
from tracker.log.identity import identity
from tracker.projection import DEFAULT_POLICY, ContestState, Held, Policy, State, suppose
from tracker.projection.origins import cited_key, item_keys, sentence_keys
from tracker.projection.state import Verdict
from tracker.stances import Certainty, ClaimTime, ContestId, ElectorId, Precision, Stance, Voice

NOT_READ_AGAIN = "a later reading of the item does not find it"
READ_AGAIN = "read in the item again"
_MARKUP = re.compile(r"<[^<>]{0,500}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one item, or one word of a person, adds.

    item     the item to keep; `None` when a person entered the events, or all items are kept already
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
    Raises UnknownName when nobody declared the contest.
    """
    events = _reports(item, reading, _contest(state, reading.contest), now)
    return _assessed(item, events, state, now=now, send=send, policy=policy)


def reassess(
    texts: Sequence[tuple[Item, Reading]],
    state: State,
    *,
    now: datetime,
    send: bool,
    policy: Policy = DEFAULT_POLICY,
) -> Assessment:
    """What it adds to read items again that were read before, as one value: the reader is a better one.

    texts  each text that an item had, with its new reading, the texts of one item oldest first. What one of
           them says the item says, so an item comes with all of them.
    Only the difference is added: reports that the item was not known to make, and retractions of those
    that none of its texts makes. What a person decided stays: a report retracted by a person does not come
    back in other words, and one that a person confirmed or reinstated is neither retracted nor contradicted
    by its own item. Raises UnknownName when nobody declared the contest.
    """
    by_item: dict[tuple[ContestId, ItemId], list[tuple[Item, Reading]]] = {}
    for item, reading in texts:
        by_item.setdefault((reading.contest, item.id), []).append((item, reading))
    held: dict[tuple[ContestId, ItemId | None], list[Held[Any]]] = {}
    for contest in {contest for contest, _ in by_item}:
        for report in _contest(state, contest).all_reports():
            held.setdefault((contest, report.event.item), []).append(report)
    events: list[Event] = []
    for (contest, item_id), read in by_item.items():
        before = held.get((contest, item_id), ())
        events += _differing(read, before, _contest(state, contest), now)
    return _assessed(None, events, state, now=now, send=send, policy=policy)


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
    hand: ByHand,
    certainty: Certainty = Certainty.OFFICIAL,
    voice: Voice = Voice.ELECTOR,
    speaker: str = "",
) -> StanceReported:
    """A stance entered by a person, who must say why. Raises UnknownName, InputError."""
    signed(hand.by, hand.why)
    roster = state.roster
    return StanceReported(
        contest=roster.id,
        elector=known_elector(roster, elector, blocs=True),
        candidate=known_candidate(roster, candidate),
        stance=stance,
        certainty=certainty,
        time=ClaimTime.NOW,
        voice=voice,
        silence=False,
        speaker=speaker,
        condition="",
        via=None,
        occurred_at=hand.at,
        precision=hand.precision,
        item=None,
        source=hand.source,
        evidence=hand.evidence(),
        rule="by-hand",
        confidence=1.0,
        producer=hand.by,
        note=hand.why,
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
    """The event by which a person stands by a report. Raises UnknownName; InputError when it is retracted."""
    target = _target(state, report, by, why)
    if state.retracted(target):
        raise InputError(f"report {target}", "it is retracted; reinstate it first")
    return ReportConfirmed(contest=state.roster.id, report=target, reason=why, occurred_at=now, producer=by)


def decide(state: ContestState, candidate: str, *, hand: ByHand) -> ContestDecided:
    """The event that closes the race. Raises UnknownName, InputError."""
    signed(hand.by, hand.why)
    chosen = known_candidate(state.roster, candidate)
    return ContestDecided(
        contest=state.roster.id, candidate=chosen, reason=hand.why, occurred_at=hand.at,
        precision=hand.precision, producer=hand.by,
    )  # fmt: skip


def step(
    state: ContestState,
    candidate: str,
    what: CandidacyStep,
    *,
    nominator: str | None = None,
    hand: ByHand,
    speaker: str = "",
) -> CandidacyReported:
    """A step of a candidacy entered by a person: official, so it holds by itself.

    nominator  who nominates, or takes a nomination back: an elector of the roster, with a vote or without
    Raises UnknownName, InputError.
    """
    signed(hand.by, hand.why)
    roster = state.roster
    chosen = known_candidate(roster, candidate)
    if nominator is not None:
        if what not in (CandidacyStep.NOMINATED, CandidacyStep.RESCINDED):
            raise InputError("--nominator", f"nobody but the candidate has {what.value}")
        known_elector(roster, nominator)
    return CandidacyReported(
        contest=roster.id,
        candidate=chosen,
        step=what,
        by=None if nominator is None else ElectorId(nominator),
        certainty=Certainty.OFFICIAL,
        time=ClaimTime.NOW,
        speaker=speaker,
        occurred_at=hand.at,
        precision=hand.precision,
        item=None,
        source=hand.source,
        evidence=hand.evidence(hand.why),
        rule="by-hand",
        producer=hand.by,
    )


def entered(
    event: Event, state: State, *, now: datetime, send: bool, policy: Policy = DEFAULT_POLICY
) -> Assessment:
    """What an event entered by a person adds."""
    return _assessed(None, [event], state, now=now, send=send, policy=policy)


def _assessed(
    item: Item | None, events: Sequence[Event], state: State, *, now: datetime, send: bool, policy: Policy
) -> Assessment:
    alerts: list[Alert] = []
    for contest in dict.fromkeys(event.contest for event in events):
        before = state.contest(contest)
        after = suppose(state, [(identity(e), e) for e in events if e.contest == contest]).contest(contest)
        if before is not None and after is not None:
            alerts += compare(before, after, now=now, policy=policy)
    return Assessment(item=item, events=tuple(events), alerts=tuple(alerts), send=send)


def _contest(state: State, contest: ContestId) -> ContestState:
    known = state.contest(contest)
    if known is None:
        near = tuple(get_close_matches(contest, state.contests, n=3))
        raise UnknownName("contest", contest, where="the log", near=near)
    return known


def _differing(
    texts: Sequence[tuple[Item, Reading]],
    before: Sequence[Held[Any]],
    known: ContestState,
    now: datetime,
) -> Iterator[Event]:
    """What the texts of one item, read again, add to the reports that it was known to make."""
    read = texts[0][1]
    by_meaning: dict[Hashable, list[Held[Any]]] = {}
    for held in before:
        by_meaning.setdefault(_meaning(held.event), []).append(held)
    rejected = {_matter(held.event) for held in before if _word(known, held.id) is ReportRetracted}
    upheld = {
        _matter(held.event)[:-1]
        for held in before
        if isinstance(held.event, StanceReported)
        and _word(known, held.id) in (ReportConfirmed, ReportReinstated)
        and not known.retracted(held.id)
    }
    meant: set[Hashable] = set()
    for item, reading in texts:
        fresh = [event for event in _reports(item, reading, known, now) if _meaning(event) not in meant]
        meant.update(map(_meaning, fresh))
        for event in fresh:
            same = by_meaning.get(_meaning(event), ())
            matter = _matter(event)
            if not same:
                if matter not in rejected and matter[:-1] not in upheld:
                    yield event
            elif all(known.retracted(held.id) for held in same) and matter not in rejected:
                yield _corrected(ReportReinstated, same[-1].id, READ_AGAIN, reading, now)
    for held in before:
        if (
            _meaning(held.event) not in meant
            and not known.retracted(held.id)
            and _word(known, held.id) is None
        ):
            yield _corrected(ReportRetracted, held.id, NOT_READ_AGAIN, read, now)


def _word(known: ContestState, report: EventId) -> type[Verdict] | None:
    """The kind of the last word that a person said on a report; `None` when only a reader did, or nobody."""
    for held in reversed(known.verdicts.get(report, ())):
        if held.event.reason not in (NOT_READ_AGAIN, READ_AGAIN):
            return type(held.event)
    return None


def _matter(event: Report) -> tuple[Hashable, ...]:
    """What a report is about, and last what it says of it, coarsely: what a person's word on it settles."""
    match event:
        case StanceReported():
            return event.kind, event.elector, event.candidate, event.time, event.stance.polarity
        case SupportCounted():
            return event.kind, event.candidate, (event.low, event.high, event.of)
        case SupportImplied():
            return event.kind, event.candidate, event.holdouts
        case CandidacyReported():
            return event.kind, event.candidate, event.step
        case _:
            assert_never(event)


def _corrected(
    kind: type[ReportRetracted] | type[ReportReinstated],
    report: EventId,
    reason: str,
    reading: Reading,
    now: datetime,
) -> ReportRetracted | ReportReinstated:
    return kind(
        contest=reading.contest, report=report, reason=reason, occurred_at=now, producer=reading.extractor
    )


def _reports(item: Item, reading: Reading, known: ContestState, now: datetime) -> list[Report]:
    """The reading as events, in its order. Guesses are speculation, and are shown beside a standing."""
    read = _Read(item, reading, known.roster, min(item.published_at, now), item_keys(item))
    return [
        *(read.stance(claim) for claim in (*reading.claims, *reading.guesses)),
        *(event for count in reading.counts for event in read.count(count)),
        *(read.candidacy(step) for step in reading.candidacies),
    ]


def _meaning(event: Report) -> tuple[object, ...]:
    """What a report says, whoever read it and in whichever words of the item."""
    match event:
        case StanceReported():
            return (
                event.kind, event.elector, event.candidate, event.stance, event.certainty, event.time,
                event.voice, event.silence,
            )  # fmt: skip
        case SupportCounted():
            number = (event.low, event.high, event.of)
            return event.kind, event.candidate, *number, event.beside, event.holdouts
        case CandidacyReported():
            return event.kind, event.candidate, event.step, event.by, event.certainty, event.time
        case SupportImplied():
            return event.kind, event.candidate, event.electors, event.holdouts
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True)
class _Read:
    """One reading of one item, as events."""

    item: Item
    reading: Reading
    roster: Contest
    occurred_at: datetime
    origins: frozenset[str]

    @property
    def precision(self) -> Precision:
        return Precision.INSTANT if self.item.date_given else Precision.APPROXIMATE

    def source(self, evidence: Evidence, cited: str | None = None) -> Source:
        keys = {*self.origins, *sentence_keys(evidence.sentence)}
        if cited is not None:
            keys.add(cited)
        return Source(
            outlet=self.item.source,
            url=self.item.url,
            title=" ".join(html.unescape(_MARKUP.sub(" ", self.item.title)).split()),
            outlet_class=self.item.outlet_class,
            origins=tuple(sorted(keys)),
        )

    def stance(self, claim: Claim) -> StanceReported:
        return StanceReported(
            contest=self.reading.contest,
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
            occurred_at=self.occurred_at,
            precision=self.precision,
            item=self.item.id,
            source=self.source(claim.evidence, cited_key(self.roster, claim.speaker, claim.voice)),
            evidence=claim.evidence,
            rule=claim.rule,
            confidence=claim.confidence,
            producer=self.reading.extractor,
        )

    def count(self, count: Count) -> Iterator[SupportCounted | SupportImplied]:
        """The count, and what it implies of those that it does not name as missing."""
        told = self._counted(count)
        yield told
        present = tuple(elector.id for elector in self.roster.present(self.occurred_at))
        others = tuple(elector for elector in present if elector not in count.holdouts)
        # The number must bear out that those named are all that are missing.
        if count.holdouts and not count.approximate and told.low == told.high == len(others):
            yield SupportImplied(
                contest=told.contest,
                candidate=told.candidate,
                electors=others,
                holdouts=told.holdouts,
                count=identity(told),
                certainty=told.certainty,
                speaker=told.speaker,
                occurred_at=told.occurred_at,
                precision=told.precision,
                item=told.item,
                source=told.source,
                evidence=told.evidence,
                rule=told.rule,
                producer=told.producer,
            )

    def _counted(self, count: Count) -> SupportCounted:
        return SupportCounted(
            contest=self.reading.contest,
            candidate=count.candidate,
            low=count.low,
            high=count.high,
            of=count.of,
            approximate=count.approximate,
            beside=count.beside,
            holdouts=count.holdouts,
            certainty=count.certainty,
            speaker=count.speaker,
            occurred_at=self.occurred_at,
            precision=self.precision,
            item=self.item.id,
            source=self.source(count.evidence),
            evidence=count.evidence,
            rule=count.rule,
            producer=self.reading.extractor,
        )

    def _told_by(self, step: Candidacy) -> Certainty:
        """Of the body's choice an official feed is an official source, whoever it quotes."""
        official = step.step is CandidacyStep.CHOSEN and self.item.outlet_class is OutletClass.OFFICIAL
        return Certainty.OFFICIAL if official and step.certainty is Certainty.REPORTED else step.certainty

    def candidacy(self, step: Candidacy) -> CandidacyReported:
        return CandidacyReported(
            contest=self.reading.contest,
            candidate=step.candidate,
            step=step.step,
            by=step.by,
            certainty=self._told_by(step),
            time=step.time,
            speaker=step.speaker,
            occurred_at=self.occurred_at,
            precision=self.precision,
            item=self.item.id,
            source=self.source(step.evidence),
            evidence=step.evidence,
            rule=step.rule,
            producer=self.reading.extractor,
        )


def _target(state: ContestState, report: str, by: str, why: str) -> EventId:
    signed(by, why)
    held = state.retractable(report)
    if held is None:
        raise UnknownName("report", report, where=f"contest {state.roster.id}")
    return held.id
