"""Doubles for tests: a clock that is set, a log in memory, a channel that keeps what it is sent, a report
to alter. Only tests import this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tracker.alerts import Alert
from tracker.claims import Evidence
from tracker.clock import SetClock, sortable
from tracker.contests import Body, Candidate, CandidateStatus, Contest, Elector
from tracker.events import (
    ContestDeclared,
    Event,
    RoundOpened,
    Source,
    StanceReported,
    StoredEvent,
    VoteRecorded,
)
from tracker.items import ItemId, OutletClass
from tracker.log import Head
from tracker.log.chain import GENESIS
from tracker.log.entries import drafts, entries
from tracker.projection import State, replay
from tracker.rules import Rule, Vote
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


class FakeClock(SetClock):
    """A clock that stands at noon of 1 March 2024 until it is set or moved on."""

    def __init__(self, at: datetime = datetime(2024, 3, 1, 12, tzinfo=UTC)) -> None:
        super().__init__(at)

    def advance(self, **step: float) -> datetime:
        """Move on (or back) by `seconds=`, `minutes=`, `hours=`, `days=`; the new time."""
        self.set(self.now() + timedelta(**step))
        return self.now()


class MemoryLog:
    """An `EventLog` that forgets all at the end; for the laws of the pure core."""

    def __init__(self) -> None:
        self._events: list[StoredEvent] = []
        self._ids: set[str] = set()

    def append(self, events: Sequence[Event], recorded_at: datetime) -> tuple[StoredEvent, ...]:
        """As `EventLog.append`."""
        new = [draft for draft in drafts(events) if draft.id not in self._ids]
        last_at = sortable(self._events[-1].recorded_at) if self._events else ""
        placed = entries(new, head=self.head(), last_at=last_at, recorded_at=recorded_at)
        stored = tuple(entry.stored for entry in placed)
        self._events.extend(stored)
        self._ids.update(event.id for event in stored)
        return stored

    def read(self, *, after: int = 0, known_at: datetime | None = None) -> Iterator[StoredEvent]:
        """As `EventLog.read`."""
        position = max(after, 0)
        while position < len(self._events):
            stored = self._events[position]
            if known_at is not None and stored.recorded_at > known_at:
                return
            yield stored
            position += 1

    def head(self) -> Head:
        """As `EventLog.head`."""
        return Head(self._events[-1].seq, self._events[-1].hash) if self._events else Head(0, GENESIS)


class RecordingChannel:
    """A `Channel` that keeps what it is sent; it raises the `errors` given, one at a time, before that."""

    def __init__(self, name: str = "desk", errors: Sequence[Exception | None] = ()) -> None:
        self.name = name
        self.errors = list(errors)
        self.tried: list[Alert] = []
        self.taken: list[Alert] = []
        self.closed = False

    def send(self, alert: Alert) -> None:
        """As `Channel.send`; `None` among the errors lets one through."""
        self.tried.append(alert)
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.taken.append(alert)

    def close(self) -> None:
        self.closed = True


def report(**changes: Any) -> StanceReported:
    """A report that an elector supports a candidate, all fields filled; `changes` replace some."""
    return replace(
        StanceReported(
            contest=ContestId("chair-2024"),
            elector=ElectorId("aa"),
            candidate=CandidateId("first-one"),
            stance=Stance.SUPPORTS,
            certainty=Certainty.OFFICIAL,
            time=ClaimTime.NOW,
            voice=Voice.ELECTOR,
            silence=False,
            speaker="the foreign minister of Aland",
            condition="",
            via=None,
            occurred_at=datetime(2024, 2, 22, tzinfo=UTC),
            precision=Precision.DAY,
            item=ItemId("0123456789abcdef01234567"),
            source=Source(
                outlet="The Gazette",
                url="https://gazette.example/first-one",
                title="Aland backs First One",
                outlet_class=OutletClass.OUTLET,
                origins=("outlet:the-gazette",),
            ),
            evidence=Evidence(
                field="title",
                start=0,
                end=21,
                text="Aland backs First One",
                sentence="Aland backs First One",
            ),
            rule="verb.backs",
            confidence=0.9,
            producer="reader-1",
        ),
        **changes,
    )


MARCH = datetime(2024, 3, 1, tzinfo=UTC)
"""Day 1 of the small race."""


def race(**changes: Any) -> Contest:
    """A race of four electors and two declared candidates, decided by consensus; `changes` replace fields."""
    return replace(
        Contest(
            id=ContestId("chair-2024"),
            title="Chair 2024",
            post="Chair",
            body=Body(id="board", name="The Board"),
            rule=Rule(kind="consensus"),
            candidates=tuple(
                Candidate(id=CandidateId(id_), name=name, status=CandidateStatus.DECLARED)
                for id_, name in (("first-one", "First One"), ("second-one", "Second One"))
            ),
            electors=tuple(Elector(id=ElectorId(id_), name=id_.upper()) for id_ in ("aa", "bb", "cc", "dd")),
        ),
        **changes,
    )


def on_day(day: float) -> datetime:
    """Noon of that day of March 2024; 1.5 is the midnight after it."""
    return MARCH + timedelta(days=day - 1, hours=12)


def told(
    stance: Stance,
    *,
    elector: str = "aa",
    candidate: str = "first-one",
    day: float = 1,
    certainty: Certainty = Certainty.OFFICIAL,
    voice: Voice = Voice.ELECTOR,
    outlet: str = "",
    **changes: Any,
) -> StanceReported:
    """A report of the small race; without an `outlet` it has an origin of its own."""
    outlet = outlet or f"the paper of {elector} and {candidate} on day {day:g}"
    plain = report()
    return replace(
        plain,
        elector=ElectorId(elector),
        candidate=CandidateId(candidate),
        stance=stance,
        certainty=certainty,
        voice=voice,
        occurred_at=on_day(day),
        precision=Precision.INSTANT,
        source=replace(plain.source, outlet=outlet, origins=(f"outlet:{outlet}",)),
        **changes,
    )


def voted(
    vote: Vote, *, round: int = 1, elector: str = "aa", candidate: str | None = "first-one", day: float = 1
) -> VoteRecorded:
    """A vote on record in the small race."""
    plain = report()
    return VoteRecorded(
        contest=plain.contest,
        round=round,
        elector=ElectorId(elector),
        candidate=None if candidate is None else CandidateId(candidate),
        vote=vote,
        occurred_at=on_day(day),
        precision=Precision.INSTANT,
        source=plain.source,
        evidence=plain.evidence,
        producer="tests",
    )


def opened(round: int, *, day: float = 1) -> RoundOpened:
    """A round of voting in the small race, for all that run."""
    return RoundOpened(
        contest=race().id,
        round=round,
        candidates=(),
        secret=False,
        occurred_at=on_day(day),
        precision=Precision.INSTANT,
        producer="tests",
    )


def state_of(*events: Event, roster: Contest | None = None) -> State:
    """The state after the small race (or `roster`) was declared and these events were stored, in order."""
    roster = roster or race()
    declared = ContestDeclared(contest=roster.id, occurred_at=MARCH, producer="tests", roster=roster)
    log = MemoryLog()
    log.append([declared, *events], MARCH)
    return replay(log.read())


def hostile_texts(size: int, candidate: str, electors: Sequence[str]) -> dict[str, str]:
    """Texts of about `size` characters, by kind, of the shapes that make a careless reader slow or blind.

    candidate  a full name, family name last
    electors   at least three names
    """
    short, one, two = candidate.rsplit(maxsplit=1)[-1], electors[0], electors[1]
    dots = "\u200b".join(one)
    kinds = {
        "nested quotes": f'“‘"«{one} supports {candidate}',
        "no spaces": f"{one}supports{candidate}".replace(" ", ""),
        "one word": "a",
        "right-to-left marks": f"{one} \u202esupports\u202c \u200f\u2067{candidate}\u2069 ",
        "zero-width characters": f"{dots} sup\u200dports {short}\ufeff ",
        "combining marks": short + "\u0301" * 40 + " ",
        "endless names": ", ".join([*electors, candidate, ""]),
        "endless and": f"{one} and {two} and ",
        "endless who": f"{short}, who is backed by {one}, who ",
        "endless not": f"{one} does not not not refuse to deny that it will not block {candidate} and ",
        "endless that": f"{one} said that {two} said that {candidate} ",
        "endless if": f"if {one} backs {candidate} whether or not ",
        "endless brackets": f"(({one}) [backs ({short} ",
        "open tags": f"<a <b <{one} backs {short} ",
        "nested tags": f"<div><p>{one} backs {short}<br>",
        "entities": f"&amp;&lt;{one}&nbsp;backs&#32;{short}&gt; ",
        "broken entities": f"&amp&#&#x&{one} &backs; {short}&",
        "stops": f". . . {short}. {one}! ",
        "hyphens": f"{one}-backs-{short}-and-",
        "apostrophes": f"{one}'s's'{short}'s ",
        "questions": f"Does {one} back {short}? ",
        "capitals": f"{one} backs {short} for chief ".upper(),
        "numbers": f"28 of 32 allies back {short}, 29 of 32, ",
        "new lines": f"{one}\n\nbacks\n\n{short}\n",
    }
    return {kind: (text * (size // len(text) + 1))[:size] for kind, text in kinds.items()}
