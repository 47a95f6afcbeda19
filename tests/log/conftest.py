"""Events of every kind: one of each to hold its stored form, and arbitrary ones."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import strategies as st

from tracker.claims import CandidacyStep
from tracker.contests import (
    Bloc,
    Body,
    Candidate,
    CandidateStatus,
    Contest,
    Elector,
    Electorate,
    Gender,
    Speaker,
    SpeakerRole,
    Term,
)
from tracker.events import (
    BallotCounted,
    CandidacyReported,
    ContestDecided,
    ContestDeclared,
    Event,
    EventId,
    ReportConfirmed,
    ReportReinstated,
    ReportRetracted,
    RoundOpened,
    SupportCounted,
    SupportImplied,
    VoteRecorded,
)
from tracker.rules import Effect, Part, Reopening, Rule, Vote
from tracker.stances import CandidateId, Certainty, ClaimTime, ContestId, ElectorId, Precision
from tracker.testing import report

# What a column takes: any text but control characters.
_names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
_COLUMNS = {"contest", "elector", "candidate", "item", "producer"}


def _of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type as the records use them."""
    if isinstance(hint, typing.NewType):
        return _of(hint.__supertype__)
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return st.one_of([_of(part) for part in typing.get_args(hint)])
    if origin is tuple:
        return st.lists(_of(typing.get_args(hint)[0]), max_size=3).map(tuple)
    if origin is typing.Literal:
        return st.sampled_from(typing.get_args(hint))
    if is_dataclass(hint):
        return records(hint)
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return {
        str: st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
        int: st.integers(-(2**53), 2**53),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        datetime: st.datetimes(timezones=st.just(UTC)),
        date: st.dates(),
        type(None): st.none(),
    }[hint]


def records(kind: Any) -> st.SearchStrategy[Any]:
    """Any record of a kind; columns of an event get names."""
    hints = typing.get_type_hints(kind)
    parts = {}
    for field in fields(kind):
        of_column = field.name in _COLUMNS and hasattr(kind, "kind")
        optional = of_column and type(None) in typing.get_args(hints[field.name])
        parts[field.name] = (
            _of(hints[field.name]) if not of_column else (st.none() | _names if optional else _names)
        )
    return st.builds(kind, **parts)


@pytest.fixture(scope="session")
def any_event() -> st.SearchStrategy[Event]:
    """Any event of any kind."""
    return st.one_of([records(kind) for kind in typing.get_args(Event)])


@pytest.fixture(scope="session")
def one_of_each() -> dict[str, Event]:
    """One event of each kind with every field filled, by kind; the golden files hold their stored form."""
    reported = report(
        condition="if Aland gets the deputy",
        via="northern-states",
        note="zweite Quelle: „Überraschung“ 🎈",
        time=ClaimTime.CONDITIONAL,
    )
    told = {
        "contest": reported.contest,
        "certainty": Certainty.REPORTED,
        "speaker": "diplomats",
        "occurred_at": datetime(2024, 3, 7, 14, 30, 0, 250_000, tzinfo=UTC),
        "precision": Precision.INSTANT,
        "item": reported.item,
        "source": reported.source,
        "evidence": reported.evidence,
        "producer": "reader-1",
    }
    on_record = {
        "contest": reported.contest,
        "round": 2,
        "occurred_at": datetime(2024, 3, 9, 16, tzinfo=UTC),
        "precision": Precision.INSTANT,
        "source": reported.source,
        "evidence": reported.evidence,
        "producer": "a person",
        "note": "by the minutes",
    }
    by_hand = {
        "contest": reported.contest,
        "reason": "the quotation was another country's",
        "occurred_at": datetime(2024, 3, 8, 9, tzinfo=UTC),
        "producer": "a person",
    }
    events: tuple[Event, ...] = (
        ContestDeclared(
            contest=ContestId("chair-2024"),
            occurred_at=datetime(2024, 1, 2, tzinfo=UTC),
            producer="contest file",
            roster=_roster(),
        ),
        reported,
        SupportCounted(
            **told,
            candidate=CandidateId("first-one"),
            low=28,
            high=None,
            of=32,
            approximate=True,
            beside=(ElectorId("aa"),),
            holdouts=(ElectorId("bb"), ElectorId("cc")),
            rule="count.of",
        ),
        CandidacyReported(
            **told,
            candidate=CandidateId("first-one"),
            step=CandidacyStep.NOMINATED,
            by=ElectorId("aa"),
            time=ClaimTime.NOW,
            rule="candidacy.nominates",
        ),
        SupportImplied(
            **told,
            candidate=CandidateId("first-one"),
            electors=(ElectorId("aa"),),
            holdouts=(ElectorId("bb"), ElectorId("cc")),
            count=EventId("cd" * 16),
            rule="count.of",
        ),
        RoundOpened(
            contest=reported.contest,
            round=2,
            candidates=(CandidateId("first-one"), CandidateId("second-one")),
            secret=True,
            occurred_at=datetime(2024, 3, 9, tzinfo=UTC),
            precision=Precision.DAY,
            producer="a person",
            note="second straw poll",
        ),
        VoteRecorded(
            **on_record,
            elector=ElectorId("aa"),
            candidate=CandidateId("first-one"),
            vote=Vote.ABSTAIN,
        ),
        BallotCounted(
            **on_record,
            candidate=CandidateId("first-one"),
            votes_for=10,
            against=2,
            abstained=None,
            absent=1,
            certainty=Certainty.ANONYMOUS,
            speaker="two diplomats",
        ),
        ReportRetracted(report=EventId("ab" * 16), **by_hand),
        ReportReinstated(report=EventId("ab" * 16), **by_hand),
        ReportConfirmed(report=EventId("ab" * 16), **by_hand),
        ContestDecided(candidate=CandidateId("first-one"), precision=Precision.DAY, **by_hand),
    )
    return {event.kind: event for event in events}


@pytest.fixture(scope="session")
def as_first_stored(one_of_each: dict[str, Event]) -> dict[str, Event]:
    """By the name of a golden file of an old version: what it reads as today."""
    declared = one_of_each["contest_declared"]
    assert isinstance(declared, ContestDeclared)
    roster = declared.roster
    old = replace(
        roster,
        rule=Rule(kind="weighted_majority", needed=2, share=0.5, total=4, vetoes=True, note="as agreed"),
        candidates=tuple(replace(candidate, nominated_by=()) for candidate in roster.candidates),
        blocs=tuple(replace(bloc, binds=False) for bloc in roster.blocs),
        electorates=(),
        nominations_close=None,
    )
    return {"contest_declared.v1": replace(declared, roster=old)}


def _roster() -> Contest:
    return Contest(
        id=ContestId("chair-2024"),
        title="The chair, 2024",
        post="Chair",
        body=Body(id="club", name="The Club", aliases=("Club of States",)),
        rule=Rule(
            kind="stages",
            needed=2,
            share=0.5,
            fraction=(2, 3),
            total=4,
            vetoes=True,
            abstention=Effect.LOWERS,
            absence=Effect.NEUTRAL,
            parts=(
                Part(
                    kind="supermajority",
                    name="Council",
                    of="council",
                    stage=1,
                    needed=2,
                    share=0.25,
                    fraction=(3, 5),
                    total=9,
                    vetoes=True,
                    abstention=Effect.NEUTRAL,
                    absence=Effect.LOWERS,
                ),
            ),
            reopens=Reopening.DOUBLES,
            note="as agreed",
        ),
        candidates=(
            Candidate(
                id=CandidateId("first-one"),
                name="First One",
                aliases=("F. One",),
                nationality="aa",
                gender=Gender.FEMALE,
                offices=("prime minister",),
                status=CandidateStatus.DECLARED,
                declared=date(2024, 1, 1),
                withdrawn=date(2024, 6, 1),
                nominated_by=(ElectorId("aa"), ElectorId("bb")),
                note="late",
            ),
        ),
        electors=(
            Elector(
                id=ElectorId("aa"),
                name="Aland",
                aliases=("Åland",),
                adjectives=("Alandic",),
                people=("Alanders",),
                seats=("Aville",),
                joined=date(1949, 4, 4),
                left=date(2030, 1, 1),
                weight=2.5,
                veto=True,
            ),
            Elector(id=ElectorId("bb"), name="Bland", affiliation="north", office="senator"),
        ),
        speakers=(
            Speaker(
                elector=ElectorId("aa"),
                name="Ana Able",
                aliases=("Able",),
                title="Foreign Minister",
                role=SpeakerRole.FOREIGN_MINISTER,
                since=date(2020, 1, 1),
                until=date(2025, 1, 1),
                gender=Gender.FEMALE,
            ),
        ),
        blocs=(
            Bloc(
                id="both",
                name="The Two",
                aliases=("Twins",),
                members=(ElectorId("aa"), ElectorId("bb")),
                binds=True,
            ),
        ),
        electorates=(
            Electorate(
                id="council",
                name="The Council",
                members=(ElectorId("aa"),),
                terms=(Term(elector=ElectorId("bb"), since=date(2024, 1, 1), until=date(2025, 12, 31)),),
            ),
        ),
        key_terms=("chair of the club",),
        places=("Middletown",),
        incumbent="Old One",
        opened=date(2024, 1, 1),
        closed=date(2024, 7, 1),
        nominations_close=date(2024, 2, 1),
        takes_office=date(2024, 10, 1),
        note="made up",
    )
