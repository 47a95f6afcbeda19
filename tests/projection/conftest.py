"""Histories in a few words, as `docs/standings.md` writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tracker.claims import Evidence
from tracker.events import (
    Event,
    ReportConfirmed,
    ReportReinstated,
    ReportRetracted,
    Source,
    SupportCounted,
)
from tracker.items import ItemId, OutletClass
from tracker.log.identity import identity
from tracker.projection import ContestState, Standing, standing
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId, Precision, Stance, Voice
from tracker.testing import on_day, race, state_of, told

_WHO = {
    "own": (Voice.ELECTOR, Certainty.OFFICIAL),
    "outlet": (Voice.OUTLET, Certainty.REPORTED),
    "own-unnamed": (Voice.ELECTOR_UNNAMED, Certainty.ANONYMOUS),
    "other": (Voice.THIRD_PARTY, Certainty.REPORTED),
    "unnamed": (Voice.UNNAMED, Certainty.ANONYMOUS),
    "silence": (Voice.OUTLET, Certainty.REPORTED),
    "guess": (Voice.UNNAMED, Certainty.SPECULATION),
    "future": (Voice.UNNAMED, Certainty.ANONYMOUS),
    "if": (Voice.ELECTOR, Certainty.OFFICIAL),
    "past": (Voice.OUTLET, Certainty.REPORTED),
}
_TIMES = {"future": ClaimTime.FUTURE, "if": ClaimTime.CONDITIONAL, "past": ClaimTime.HISTORICAL}
_WORDS: dict[str, type[ReportRetracted] | type[ReportReinstated] | type[ReportConfirmed]] = {
    "retracted": ReportRetracted,
    "reinstated": ReportReinstated,
    "confirmed": ReportConfirmed,
}


def counted(day: float, *missing: str, certainty: Certainty = Certainty.REPORTED) -> SupportCounted:
    """A count on that day that names who alone is missing."""
    return SupportCounted(
        contest=race().id,
        candidate=CandidateId("first-one"),
        low=4 - len(missing),
        high=4 - len(missing),
        of=4,
        approximate=False,
        beside=(),
        holdouts=tuple(ElectorId(elector) for elector in missing),
        certainty=certainty,
        speaker="",
        occurred_at=on_day(day),
        precision=Precision.INSTANT,
        item=None,
        source=Source(outlet="w", url="", title="", outlet_class=OutletClass.WIRE, origins=("outlet:w",)),
        evidence=Evidence(field="body", start=0, end=1, text="x", sentence="x"),
        rule="count",
        producer="reader-1",
    )


def _history(text: str) -> list[Event]:
    events: list[Event] = []
    for part in text.split(";"):
        day, who, *words = part.split()
        if who == "count":
            events.append(counted(float(day), *words[1:]))
            continue
        voice, certainty = _WHO[who]
        stance = Stance.UNDECIDED if who == "silence" else Stance(words.pop(0))
        origin = next((word[1:] for word in words if word.startswith("@")), "")
        report = told(
            stance,
            day=float(day),
            voice=voice,
            certainty=certainty,
            outlet=origin,
            silence=who == "silence",
            time=_TIMES.get(who, ClaimTime.NOW),
        )
        # Two reports of one day, voice and outlet are still two.
        events.append(replace(report, item=ItemId(f"item-{len(events)}")))
        report_id = identity(events[-1])
        for n, word in enumerate(word for word in words if not word.startswith("@")):
            kind, at = _WORDS[word], on_day(30 + n)
            events.append(
                kind(contest=race().id, report=report_id, reason="because", producer="editor", occurred_at=at)
            )
    return events


@pytest.fixture
def history() -> Callable[[str], list[Event]]:
    """The events of a history in words: `1 own supports; 2 outlet opposes @A retracted`."""
    return _history


@pytest.fixture
def weighed() -> Callable[[str | Sequence[Event]], Standing]:
    """The standing of "aa" toward "first-one" at the end of such a history, or of events."""

    def weigh(told: str | Sequence[Event]) -> Standing:
        return standing(_contest(told), (ElectorId("aa"), CandidateId("first-one")), on_day(31))

    return weigh


def _contest(told: str | Sequence[Event]) -> ContestState:
    return state_of(*(_history(told) if isinstance(told, str) else told)).contests[race().id]


@pytest.fixture
def contest_of() -> Callable[[str | Sequence[Event]], ContestState]:
    """The state of the small race after such a history, or events."""
    return _contest


@pytest.fixture
def count() -> Callable[..., SupportCounted]:
    """A count on a day that names who alone is missing."""
    return counted


def words(found: Standing) -> str:
    """A standing as the documentation writes it."""
    parts = [found.stance.value if found.stance else "unknown"]
    parts += [found.certainty.value] if found.certainty else []
    parts += ["disputed"] if found.disputed else []
    return " ".join(parts)


@pytest.fixture
def in_words() -> Callable[[Standing], str]:
    return words
