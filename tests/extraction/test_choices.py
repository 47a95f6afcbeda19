"""That the body has chosen is read only where the post is named and the choice is made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker.claims import Candidacy, CandidacyStep
from tracker.configuration.contest_file import read_contest
from tracker.extraction import Reader
from tracker.items import Item, ItemId
from tracker.stances import Certainty, ClaimTime

CONTEST = read_contest(Path(__file__).parent.parent.parent / "config" / "contests" / "nato-sg-2024.toml")


def chosen(text: str) -> list[Candidacy]:
    item = Item(
        id=ItemId("i"), source="X", url="", title=text, summary="", body="", lang="en",
        published_at=datetime(2024, 6, 26, 10, tzinfo=UTC),
    )  # fmt: skip
    steps = Reader(CONTEST).read(item).candidacies
    return [s for s in steps if s.step is CandidacyStep.CHOSEN and s.time is ClaimTime.NOW]


@pytest.mark.parametrize(
    "text",
    [
        "NATO appoints Rutte as next secretary general",
        "The North Atlantic Council decided to appoint Mark Rutte as the next secretary general of NATO.",
        "Rutte was appointed NATO secretary general",
        "Mark Rutte has been chosen as NATO secretary general",
    ],
)
def test_a_choice_is_read(text: str) -> None:
    (found,) = chosen(text)
    assert (found.candidate, found.certainty) == ("mark-rutte", Certainty.REPORTED)


def test_a_government_that_tells_of_the_choice_is_an_official_source() -> None:
    (found,) = chosen(
        "Mark Rutte has been formally appointed NATO secretary general, the Dutch government said."
    )
    assert found.certainty is Certainty.OFFICIAL


@pytest.mark.parametrize(
    "text",
    [
        "Mark Rutte will be appointed secretary general of NATO.",
        "Mark Rutte could be named as NATO secretary general.",
        "Mark Rutte was elected president of the party.",
        "Rutte is expected to be appointed NATO secretary general in July.",
        "If Rutte is appointed NATO secretary general, he will leave.",
        "Rutte has not been appointed NATO secretary general.",
        "Stoltenberg was appointed NATO secretary general in 2014, when Rutte was prime minister.",
        "Rutte wants to be named NATO secretary general.",
        "Was Rutte appointed NATO secretary general?",
        "Allies want Rutte to be appointed NATO secretary general",
        "Diplomats said Rutte had been chosen as NATO secretary general.",
    ],
)
def test_a_choice_to_come_or_of_something_else_is_none(text: str) -> None:
    assert chosen(text) == []
