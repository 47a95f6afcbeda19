"""Questions put to a state: who stands where, who holds out, why, and what changed between two moments.

Each question is answered by a record, and each record has one JSON form, which scripts rely on
(docs/cli.md): an unknown stance is "unknown", any other absent value `null`, times are ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tracker.alerts import Alert, AlertState, position
from tracker.clock import iso
from tracker.contests import Candidate, CandidateStatus, Elector
from tracker.countries import country
from tracker.events import EventId, StanceReported, SupportImplied
from tracker.log import Head
from tracker.positions import answer_json
from tracker.projection import (
    DEFAULT_POLICY,
    UNKNOWN,
    BlocWord,
    Choice,
    ContestState,
    Held,
    Policy,
    Reason,
    Standing,
    bloc_word,
    candidate_status,
    counted_by,
    decision,
    leader,
    proposed,
    standing,
    standings,
)
from tracker.projection.origins import grouped
from tracker.rules import Answer
from tracker.stances import CandidateId, ContestId, ElectorId, Stance

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The whole picture of a contest at a moment.

    as_of, known_at   UTC; `known_at` is `None` when everything the log holds is used
    rule              the decision rule's answer for the leader; `None` without a leader
    decided           the body's choice, once it is known; `proposed`: one that is only told so far
    """

    contest: ContestId
    as_of: datetime
    known_at: datetime | None
    leader: CandidateId | None
    candidates: tuple[tuple[Candidate, CandidateStatus], ...]
    rule: Answer | None
    electors: tuple[ElectorStatus, ...]
    head: Head
    decided: Choice | None = None
    proposed: Choice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectorStatus:
    """One elector's standings toward every candidate, unknown ones included, in roster order."""

    elector: Elector
    name: str
    member: bool
    standings: tuple[tuple[CandidateId, Standing], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout:
    """An elector present that does not back the candidate. `last` is the latest report that bears on it."""

    elector: ElectorId
    name: str
    standing: Standing
    last: Held[StanceReported] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A person's word on a report."""

    report: EventId
    kind: str
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One standing with everything that was weighed for it, and what people corrected.

    known    UTC; when the log took each event in, as far as the caller told
    origins  the number of the origin that each report goes back to: equal numbers, one source
    blocs    the word of blocs that bind the elector
    counted  the count by which alone it is among the supporters, if it is
    """

    contest: ContestId
    elector: ElectorId
    elector_name: str
    candidate: CandidateId
    candidate_name: str
    as_of: datetime
    standing: Standing
    corrections: tuple[Correction, ...]
    known: Mapping[EventId, datetime]
    origins: Mapping[EventId, int]
    blocs: BlocWord
    counted: Held[SupportImplied] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One standing that differs between two moments."""

    elector: ElectorId
    candidate: CandidateId
    was: Standing
    now: Standing


def display_name(elector: Elector) -> str:
    """The name to show: the roster's, else the country's English one, else the id."""
    if elector.name:
        return elector.name
    known = country(elector.id)
    return known.name if known is not None else elector.id


def status(
    state: ContestState,
    *,
    as_of: datetime,
    head: Head,
    known_at: datetime | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Status:
    """The picture at a moment (UTC), by what the state holds."""
    held = standings(state, as_of, policy)
    ahead = leader(state, held, as_of, policy)
    made = decision(state, as_of, policy)
    electors = []
    for elector in state.roster.electors:
        row = tuple((c.id, held.get((elector.id, c.id), UNKNOWN)) for c in state.roster.candidates)
        electors.append(
            ElectorStatus(
                elector=elector, name=display_name(elector), member=elector.present(as_of), standings=row
            )
        )
    return Status(
        contest=state.roster.id,
        as_of=as_of,
        known_at=known_at,
        leader=ahead,
        candidates=tuple((c, candidate_status(state, c, as_of, policy)) for c in state.roster.candidates),
        rule=None if ahead is None else position(state, ahead, as_of, policy),
        electors=tuple(electors),
        head=head,
        decided=made,
        proposed=proposed(state, as_of) if made is None else None,
    )


def holdouts(
    state: ContestState, candidate: CandidateId, *, as_of: datetime, policy: Policy = DEFAULT_POLICY
) -> tuple[Holdout, ...]:
    """Electors present that do not back the candidate, unknown included, in roster order.

    Those for which a binding bloc has spoken back it too; of a decision in stages, only those that the
    stage asks which comes now are waited for.
    """
    missing = frozenset(position(state, candidate, as_of, policy).missing)
    rows = []
    for elector in state.roster.present(as_of):
        if elector.id in missing:
            held = standing(state, (elector.id, candidate), as_of, policy)
            rows.append(
                Holdout(elector=elector.id, name=display_name(elector), standing=held, last=held.last)
            )
    return tuple(rows)


def leading(state: ContestState, *, as_of: datetime, policy: Policy = DEFAULT_POLICY) -> CandidateId | None:
    """The leader at a moment; `None` when nobody has more supporters than every other."""
    return leader(state, standings(state, as_of, policy), as_of, policy)


def why(
    state: ContestState,
    elector: ElectorId,
    candidate: CandidateId,
    *,
    as_of: datetime,
    policy: Policy = DEFAULT_POLICY,
    known: Mapping[EventId, datetime] = MappingProxyType({}),
) -> Why:
    """One standing and its reasons. Elector and candidate must be of the roster (or a bloc's id).

    known  UTC; when the log took events in
    """
    held = standing(state, (elector, candidate), as_of, policy)
    known_elector, known_candidate = state.roster.elector(elector), state.roster.candidate(candidate)
    corrections = [
        Correction(
            report=reason.report,
            kind=verdict.event.kind,
            by=verdict.event.producer,
            why=verdict.event.reason,
            at=verdict.event.occurred_at,
        )
        for reason in held.reasons
        for verdict in state.verdicts.get(reason.report, ())
    ]
    return Why(
        contest=state.roster.id,
        elector=elector,
        elector_name=display_name(known_elector) if known_elector else elector,
        candidate=candidate,
        candidate_name=known_candidate.name if known_candidate else candidate,
        as_of=as_of,
        standing=held,
        corrections=tuple(corrections),
        known=known,
        origins=dict(
            zip(
                [reason.report for reason in held.reasons],
                grouped([reason.event.source.origins for reason in held.reasons]),
                strict=True,
            )
        ),
        blocs=bloc_word(state, elector, candidate, lambda pair: standing(state, pair, as_of, policy)),
        counted=counted_by(state, elector, candidate, as_of) if held.stance is None or held.silence else None,
    )


def diff(
    before: ContestState,
    after: ContestState,
    *,
    start: datetime,
    end: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> tuple[Change, ...]:
    """Standings whose stance, certainty or dispute differs from `before` at `start` to `after` at `end`."""
    old, new = standings(before, start, policy), standings(after, end, policy)
    order = {elector.id: n for n, elector in enumerate(after.roster.electors)}
    changes = []
    for pair in sorted({*old, *new}, key=lambda p: (order.get(p[0], len(order)), p)):
        was, now = old.get(pair, UNKNOWN), new.get(pair, UNKNOWN)
        if (was.stance, was.certainty, was.disputed) != (now.stance, now.certainty, now.disputed):
            changes.append(Change(elector=pair[0], candidate=pair[1], was=was, now=now))
    return tuple(changes)


# --- the JSON forms ---------------------------------------------------------------------------------------


def _stance(value: Stance | None) -> str:
    return "unknown" if value is None else value.value


def _moment(value: datetime | None) -> str | None:
    return None if value is None else iso(value)


def status_json(value: Status) -> Json:
    """The contract of `tracker status --format json`."""
    return {
        "contest": value.contest,
        "as_of": iso(value.as_of),
        "known_at": _moment(value.known_at),
        "leader": value.leader,
        "candidates": [{"id": c.id, "name": c.name, "status": s.value} for c, s in value.candidates],
        "rule": answer_json(value.rule),
        "electors": [
            {
                "id": row.elector.id,
                "name": row.name,
                "member": row.member,
                "standings": [standing_json(candidate, held) for candidate, held in row.standings],
            }
            for row in value.electors
        ],
        "log": {"seq": value.head.seq, "head": value.head.hash.hex()},
        "decided": _choice_json(value.decided),
        "proposed": _choice_json(value.proposed),
    }


def _choice_json(value: Choice | None) -> Json | None:
    if value is None:
        return None
    return {
        "candidate": value.candidate,
        "at": iso(value.at),
        "by": value.by or None,
        "reports": [held.id for held in value.reports],
    }


def standing_json(candidate: CandidateId, value: Standing) -> Json:
    """One standing, as in `tracker status --format json`."""
    return {
        "candidate": candidate,
        "stance": _stance(value.stance),
        "certainty": None if value.certainty is None else value.certainty.value,
        "since": _moment(value.since),
        "disputed": value.disputed,
        "reports": value.reports,
        "origins": value.origins,
    }


def holdouts_json(value: tuple[Holdout, ...]) -> list[Json]:
    """The contract of `tracker holdouts --format json`."""
    return [
        {
            "elector": row.elector,
            "stance": _stance(row.standing.stance),
            "since": _moment(row.standing.since),
            "certainty": None if row.standing.certainty is None else row.standing.certainty.value,
            "last_report": None if row.last is None else report_json(row.last.id, row.last.event),
        }
        for row in value
    ]


def report_json(report: EventId, event: StanceReported) -> Json:
    """One report with its evidence."""
    return {
        "id": report,
        "at": iso(event.occurred_at),
        "stance": event.stance.value,
        "certainty": event.certainty.value,
        "time": event.time.value,
        "voice": event.voice.value,
        "speaker": event.speaker or None,
        "evidence": event.evidence.text,
        "sentence": event.evidence.sentence,
        "condition": event.condition or None,
        "outlet": event.source.outlet,
        "title": event.source.title,
        "url": event.source.url or None,
        "rule": event.rule,
        "confidence": event.confidence,
        "producer": event.producer,
        "item": event.item,
        "note": event.note or None,
    }


def why_json(value: Why) -> Json:
    """The contract of `tracker why --format json`."""
    return {
        "contest": value.contest,
        "elector": value.elector,
        "candidate": value.candidate,
        "as_of": iso(value.as_of),
        "standing": standing_json(value.candidate, value.standing),
        "carried_by": None if value.standing.carried_by is None else value.standing.carried_by.id,
        "reopened": value.standing.reopened,
        "ladder": [
            {"certainty": rung.certainty.value, "reached": iso(rung.reached), "report": rung.report}
            for rung in value.standing.ladder
        ],
        "reports": [_reason_json(reason, value) for reason in value.standing.reasons],
        "blocs": {
            "stance": _stance(value.blocs.stance),
            "spoke": list(value.blocs.blocs),
            "divided": value.blocs.divided,
        },
        "counted": None
        if value.counted is None
        else {
            "id": value.counted.id,
            "at": iso(value.counted.event.occurred_at),
            "sentence": value.counted.event.evidence.sentence,
            "outlet": value.counted.event.source.outlet,
            "holdouts": list(value.counted.event.holdouts),
        },
        "corrections": [
            {"report": c.report, "kind": c.kind, "by": c.by, "why": c.why, "at": iso(c.at)}
            for c in value.corrections
        ],
    }


def _reason_json(reason: Reason, value: Why) -> Json:
    return {
        **report_json(reason.report, reason.event),
        "precision": reason.event.precision.value,
        "known_at": _moment(value.known.get(reason.report)),
        "origin": value.origins[reason.report],
        "weight": reason.weight.value,
        "outcome": reason.outcome.value,
        "why": reason.why,
    }


def diff_json(value: tuple[Change, ...]) -> list[Json]:
    """The contract of `tracker diff --format json`."""
    return [
        {
            "elector": change.elector,
            "candidate": change.candidate,
            "from": standing_json(change.candidate, change.was),
            "to": standing_json(change.candidate, change.now),
        }
        for change in value
    ]


def alert_json(alert: Alert, state: AlertState) -> Json:
    """One line of the contract of `tracker alerts list --format json`."""
    return {
        "key": alert.key,
        "at": iso(alert.at),
        "occurred_at": iso(alert.occurred_at),
        "contest": alert.contest,
        "elector": alert.elector,
        "candidate": alert.candidate,
        "from": _stance(alert.was),
        "to": _stance(alert.now),
        "certainty": None if alert.certainty is None else alert.certainty.value,
        "evidence": alert.evidence,
        "url": alert.url or None,
        "state": state.value,
    }
